// Creation.cpp - tensors from data, from numbers, from files and from the random stream.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"
#include "Npy.h"
#include <cmath>

using namespace mlir;
namespace gradc::graph {

/// Binds the value, or a new leaf where the node says "requires_grad".
static LogicalResult finish(Importer &importer, Node &node, Value value) {
  if (!value)
    return failure();
  if (!node.flag("requires_grad")) {
    node.results = {importer.makeTensor(value, false)};
    return success();
  }
  if (!isa<FloatType>(getElementTypeOrSelf(value.getType())))
    return importer.fail(*node.attribute("requires_grad"),
                         "only Tensors of floating point dtype can require gradients");
  node.results = {importer.makeVariable(node, value)};
  return success();
}

/// The type that "shape" and "dtype" say; null after an error.
static RankedTensorType statedType(Importer &importer, Node &node, Type absent) {
  const Json *dtype = node.attribute("dtype");
  Type element = dtype ? importer.dtype(dtype->text) : absent;
  Shape shape = node.integers("shape");
  const Json *at = node.attribute("shape");
  if (failed(importer.checkSize(at ? importer.at(*at) : node.loc, shape, element)))
    return {};
  return importer.makeType(shape, element);
}

static Type dtypeOf(Importer &importer, const Json &number) {
  if (number.kind == Json::Kind::boolean)
    return importer.b.getI1Type();
  return number.kind == Json::Kind::integer ? Type(importer.b.getI64Type())
                                            : Type(importer.b.getF32Type());
}

//===-- Data ----------------------------------------------------------------------------------===//

namespace {
/// Walks nested lists: finds the shape and the kind of the numbers, and flattens them.
struct DataReader {
  Importer &importer;
  Shape shape;
  /// 0 none seen, 1 bools, 2 integers, 3 floats.
  int kind = 0;
  std::vector<const Json *> numbers;

  LogicalResult read(const Json &json, size_t depth) {
    if (json.kind != Json::Kind::array)
      return readNumber(json, depth);
    if (depth == shape.size()) {
      if (!numbers.empty())
        return importer.expected(json, "a number, as before in this list");
      shape.push_back(json.items.size());
    }
    if (int64_t(json.items.size()) != shape[depth])
      return importer.expected(json, "a list of " + Twine(shape[depth]) + ", as before");
    for (const Json &item : json.items)
      if (failed(read(item, depth + 1)))
        return failure();
    return success();
  }

  LogicalResult readNumber(const Json &json, size_t depth) {
    if (!json.isNumber() && json.kind != Json::Kind::boolean && !isSpecialNumber(json))
      return importer.expected(json, "a number");
    if (depth != shape.size())
      return importer.expected(json, "a list of " + Twine(shape[depth]) + ", as before");
    numbers.push_back(&json);
    kind = std::max(kind, json.kind == Json::Kind::boolean   ? 1
                          : json.kind == Json::Kind::integer ? 2
                                                             : 3);
    return success();
  }
};
} // namespace

static Attribute elementOf(Importer &importer, Type element, const Json &json, bool &good) {
  double value = numberOf(json);
  if (auto type = dyn_cast<FloatType>(element))
    return floatAttr(type, value);
  if (element.isInteger(1))
    return importer.b.getBoolAttr(value != 0);
  good = fitsInteger(element, json);
  if (!good)
    return {};
  return integerAttr(element, json.kind == Json::Kind::integer ? json.integer : int64_t(value));
}

static LogicalResult createTensor(Importer &importer, Node &node) {
  DataReader data{importer, {}, 0, {}};
  if (failed(data.read(*node.attribute("value"), 0)))
    return failure();
  OpBuilder &b = importer.b;
  Type element = data.kind == 1   ? Type(b.getI1Type())
                 : data.kind == 2 ? Type(b.getI64Type())
                                  : Type(b.getF32Type());
  if (const Json *dtype = node.attribute("dtype"))
    element = importer.dtype(dtype->text);
  SmallVector<Attribute> elements;
  elements.reserve(data.numbers.size());
  for (const Json *number : data.numbers) {
    bool good = true;
    elements.push_back(elementOf(importer, element, *number, good));
    if (!good)
      return importer.expected(*number, "a number that fits in " + dtypeName(element));
  }
  auto type = importer.makeType(data.shape, element);
  return finish(importer, node,
                ag::ConstantOp::create(b, node.loc, DenseElementsAttr::get(type, elements)));
}

static LogicalResult load(Importer &importer, Node &node) {
  SmallString<128> path(importer.folder);
  const Json &file = *node.attribute("file"), *key = node.attribute("key");
  if (importer.attached && file.text.empty()) {
    ElementsAttr data = importer.attached(key ? key->text : "");
    return data ? finish(importer, node, ag::ConstantOp::create(importer.b, node.loc, data))
                : failure();
  }
  appendPath(path, file.text);
  std::string problem;
  ElementsAttr data = readArray(importer.b.getContext(), path, key ? key->text : "", problem);
  if (!data)
    return importer.fail(file, file.text + (key ? "[" + key->text + "]" : "") + ": " + problem);
  return finish(importer, node, ag::ConstantOp::create(importer.b, node.loc, data));
}

//===-- Numbers -------------------------------------------------------------------------------===//

static LogicalResult filled(Importer &importer, Node &node, double value) {
  RankedTensorType type = statedType(importer, node, importer.b.getF32Type());
  return finish(importer, node, type ? importer.splat(type, value, node.loc) : Value());
}
static LogicalResult zeros(Importer &importer, Node &node) { return filled(importer, node, 0); }
static LogicalResult ones(Importer &importer, Node &node) { return filled(importer, node, 1); }

static LogicalResult full(Importer &importer, Node &node) {
  const Json &value = *node.attribute("value");
  RankedTensorType type = statedType(importer, node, dtypeOf(importer, value));
  return finish(importer, node, type ? importer.constant(type, value, node.loc) : Value());
}

/// Element i of arange, as PyTorch computes it: in f64 for floats.
static DenseElementsAttr arangeData(Importer &importer, RankedTensorType type, const Json *start,
                                    const Json *step) {
  Type element = type.getElementType();
  if (isa<FloatType>(element)) {
    double from = start ? numberOf(*start) : 0, by = step ? numberOf(*step) : 1;
    bool isShort = isShortFloat(element);
    return packNumbers(type, [&](int64_t i) {
      double value = from + by * double(i);
      return isShort ? double(float(value)) : value;
    });
  }
  auto integer = [](const Json &json) {
    return uint64_t(json.kind == Json::Kind::integer ? json.integer : truncated(numberOf(json)));
  };
  uint64_t from = start ? integer(*start) : 0, by = step ? integer(*step) : 1;
  return packIntegers(type, [&](int64_t i) { return int64_t(from + by * uint64_t(i)); });
}

static LogicalResult arange(Importer &importer, Node &node) {
  const Json *start = node.attribute("start"), *end = node.attribute("end"),
             *step = node.attribute("step"), *dtype = node.attribute("dtype");
  bool isFloat = false;
  for (const Json *json : {start, end, step})
    if (json) {
      if (!json->isNumber())
        return importer.expected(*json, "a number");
      isFloat |= json->kind == Json::Kind::number;
    }
  double from = start ? start->asDouble() : 0, by = step ? step->asDouble() : 1;
  if (by == 0)
    return importer.fail(*step, "step must be nonzero");
  double size = std::ceil((end->asDouble() - from) / by);
  if (size < 0)
    return importer.fail(node.json, "upper bound and lower bound inconsistent with step sign");
  constexpr int64_t limit = 1 << 24;
  if (!(size <= double(limit)))
    return importer.fail(node.json, "expected an arange of at most 2^24 elements, found more");
  Type element = dtype     ? importer.dtype(dtype->text)
                 : isFloat ? Type(importer.b.getF32Type())
                           : Type(importer.b.getI64Type());
  if (element.isInteger(1))
    return importer.fail(*dtype, "arange: unsupported dtype bool");
  auto type = importer.makeType({int64_t(size)}, element);
  Value value;
  if (from == 0 && by == 1)
    value = ag::IotaOp::create(importer.b, node.loc, type, 0);
  else
    value = ag::ConstantOp::create(importer.b, node.loc, arangeData(importer, type, start, step));
  return finish(importer, node, value);
}

/// The type that input 1 and "dtype" say; null after an error.
static RankedTensorType typeLike(Importer &importer, Node &node) {
  Value like = importer.readInput(node, 0);
  if (!like)
    return {};
  auto type = cast<RankedTensorType>(like.getType());
  const Json *dtype = node.attribute("dtype");
  return dtype ? importer.makeType(type.getShape(), importer.dtype(dtype->text)) : type;
}

static LogicalResult filledLike(Importer &importer, Node &node, double value) {
  RankedTensorType type = typeLike(importer, node);
  return finish(importer, node, type ? importer.splat(type, value, node.loc) : Value());
}
static LogicalResult zerosLike(Importer &importer, Node &node) {
  return filledLike(importer, node, 0);
}
static LogicalResult onesLike(Importer &importer, Node &node) {
  return filledLike(importer, node, 1);
}
static LogicalResult fullLike(Importer &importer, Node &node) {
  RankedTensorType type = typeLike(importer, node);
  return finish(importer, node,
                type ? importer.constant(type, *node.attribute("value"), node.loc) : Value());
}

/// Element i of n from `start` to `end`, from the nearer end as PyTorch computes it.
static double spacedAt(double start, double end, int64_t i, int64_t n, bool isF32) {
  double step = n > 1 ? (end - start) / double(n - 1) : 0;
  if (isF32)
    step = float(step);
  return n == 1 || i < n / 2 ? start + step * double(i) : end - step * double(n - i - 1);
}

/// linspace, and logspace where `isPower`: powers of "base".
template <bool isPower> static LogicalResult spaced(Importer &importer, Node &node) {
  const Json *dtype = node.attribute("dtype"), *base = node.attribute("base");
  Type element = dtype ? importer.dtype(dtype->text) : Type(importer.b.getF32Type());
  int64_t n = node.integer("steps", 0);
  if (n < 0)
    return importer.fail(*node.attribute("steps"), "number of steps must be non-negative");
  if (n > 1 << 24)
    return importer.fail(*node.attribute("steps"), "expected at most 2^24 steps, found more");
  if (element.isInteger(1))
    return importer.fail(*dtype, "\"" + StringRef(node.spec->name) +
                                     "_cpu\" not implemented for "
                                     "'Bool'");
  double start = numberOf(*node.attribute("start")), end = numberOf(*node.attribute("end"));
  DenseElementsAttr data = packNumbers(importer.makeType({n}, element), [&](int64_t i) {
    double value = spacedAt(start, end, i, n, element.isF32());
    return isPower ? std::pow(base ? numberOf(*base) : 10.0, value) : value;
  });
  return finish(importer, node, ag::ConstantOp::create(importer.b, node.loc, data));
}

static LogicalResult eye(Importer &importer, Node &node) {
  const Json *dtype = node.attribute("dtype");
  Type element = dtype ? importer.dtype(dtype->text) : Type(importer.b.getF32Type());
  int64_t n = node.integer("n", 0), m = node.integer("m", n);
  if (n < 0 || m < 0)
    return importer.fail(node.json, StringRef(n < 0 ? "n" : "m") +
                                        " must be greater or equal to 0, got " +
                                        Twine(n < 0 ? n : m));
  if (failed(importer.checkSize(node.loc, {n, m}, element)))
    return failure();
  auto places = importer.makeType({n, m}, importer.b.getI64Type());
  Value rows = ag::IotaOp::create(importer.b, node.loc, places, 0);
  Value columns = ag::IotaOp::create(importer.b, node.loc, places, 1);
  Value same = ag::CompareOp::create(importer.b, node.loc, rows, columns, ag::Predicate::eq);
  return finish(importer, node, importer.cast(same, element, node.loc));
}

//===-- Random --------------------------------------------------------------------------------===//

template <typename OpT> static LogicalResult drawFloats(Importer &importer, Node &node) {
  RankedTensorType type = statedType(importer, node, importer.b.getF32Type());
  if (!type)
    return failure();
  if (!isa<FloatType>(type.getElementType()))
    return importer.expected(*node.attribute("dtype"), "f32, f64, f16 or bf16");
  return finish(importer, node, OpT::create(importer.b, node.loc, type));
}

/// Whether the dtype of a randint holds what it may draw.
static LogicalResult checkRange(Importer &importer, Node &node, Type element, int64_t low,
                                int64_t high) {
  if (isa<FloatType>(element) || element.isInteger(64))
    return success();
  unsigned bits = element.getIntOrFloatBitWidth();
  bool isUnsigned = bits == 1 || element.isUnsignedInteger();
  int64_t least = isUnsigned ? 0 : -(int64_t(1) << (bits - 1));
  int64_t most = (int64_t(1) << (isUnsigned ? bits : bits - 1)) - 1;
  auto refuse = [&](StringRef what) {
    return importer.fail(node.json, what + " is out of bounds for " + dtypeCName(element));
  };
  if (low < least || low > most)
    return refuse("from");
  return high - 1 > most ? refuse("to - 1") : success();
}

static LogicalResult randint(Importer &importer, Node &node) {
  RankedTensorType type = statedType(importer, node, importer.b.getI64Type());
  if (!type)
    return failure();
  Type element = type.getElementType();
  int64_t low = node.integer("low", 0), high = node.integer("high", 0);
  if (low >= high)
    return importer.fail(node.json, "random_ expects 'from' to be less than 'to', but got from=" +
                                        Twine(low) + " >= to=" + Twine(high));
  if (failed(checkRange(importer, node, element, low, high)))
    return failure();
  // The draws do not depend on the dtype.
  auto drawn = importer.makeType(type.getShape(), importer.b.getI64Type());
  Value value = ag::RandintOp::create(importer.b, node.loc, drawn, low, high);
  return finish(importer, node, importer.cast(value, element, node.loc));
}

static LogicalResult randperm(Importer &importer, Node &node) {
  int64_t n = node.integer("n", 0);
  Type element = importer.b.getI64Type();
  if (failed(importer.checkSize(importer.at(*node.attribute("n")), {n}, element)))
    return failure();
  return finish(importer, node,
                ag::RandpermOp::create(importer.b, node.loc, importer.makeType({n}, element)));
}

void addCreationOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec shape{"shape", K::integers, true}, dtype{"dtype", K::dtype},
      leaf{"requires_grad", K::boolean};
  auto add = [&](StringRef name, std::vector<AttributeSpec> attributes, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &)) {
    table.add("creation", {name.str(), 0, 0, std::move(attributes), summary.str(), handler});
  };
  add("tensor", {{"value", K::data, true}, dtype, leaf},
      "data: nested lists of numbers; i64 for integers, f32 for floats, bool for bools",
      createTensor);
  add("full", {shape, {"value", K::number, true}, dtype, leaf}, "one number everywhere", full);
  add("zeros", {shape, dtype, leaf}, "0 everywhere", zeros);
  add("ones", {shape, dtype, leaf}, "1 everywhere", ones);
  add("arange", {{"start", K::number}, {"end", K::number, true}, {"step", K::number}, dtype, leaf},
      "start, start + step, ... below end", arange);
  const AttributeSpec start{"start", K::number, true}, end{"end", K::number, true},
      steps{"steps", K::integer, true};
  add("linspace", {start, end, steps, dtype, leaf}, "as many numbers as said from start to end",
      spaced<false>);
  add("logspace", {start, end, steps, {"base", K::number}, dtype, leaf},
      "powers of base (10) with exponents from start to end", spaced<true>);
  add("eye", {{"n", K::integer, true}, {"m", K::integer}, dtype, leaf},
      "1 on the diagonal of a matrix, else 0", eye);
  auto like = [&](StringRef name, std::vector<AttributeSpec> attributes, StringRef summary,
                  LogicalResult (*handler)(Importer &, Node &)) {
    table.add("creation", {name.str(), 1, 1, std::move(attributes), summary.str(), handler});
  };
  like("zeros_like", {dtype, leaf}, "0 in the input's shape", zerosLike);
  like("ones_like", {dtype, leaf}, "1 in the input's shape", onesLike);
  like("full_like", {{"value", K::number, true}, dtype, leaf}, "one number in the input's shape",
       fullLike);
  like("empty_like", {dtype, leaf}, "the same as zeros_like: nothing is left undefined", zerosLike);
  add("randn", {shape, dtype, leaf}, "standard normal draws of PyTorch's CPU generator",
      drawFloats<ag::RandnOp>);
  add("rand", {shape, dtype, leaf}, "uniform draws of [0, 1) of PyTorch's CPU generator",
      drawFloats<ag::RandOp>);
  add("randint", {{"low", K::integer}, {"high", K::integer, true}, shape, dtype},
      "uniform integer draws of [low, high) of PyTorch's CPU generator, i64 unless said otherwise",
      randint);
  add("randperm", {{"n", K::integer, true}}, "a random permutation of 0..n-1, i64", randperm);
  add("load", {{"file", K::text, true}, {"key", K::text}, leaf},
      "an array of a .npy file, or entry `key` of an .npz or .safetensors file, relative to the "
      "graph's folder",
      load);
}

} // namespace gradc::graph
