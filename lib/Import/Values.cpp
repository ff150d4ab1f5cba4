// Values.cpp - types, sizes, constants, conversion and broadcasting.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;
namespace gradc::graph {

/// No tensor may be larger: 1 TiB.
static constexpr int64_t maxBytes = int64_t(1) << 40;

//===-- Text ----------------------------------------------------------------------------------===//

std::string listText(ArrayRef<int64_t> list) {
  return "[" +
         llvm::join(llvm::map_range(list, [](int64_t i) { return std::to_string(i); }), ", ") + "]";
}

namespace {
/// An element type in the words of graph JSON, of PyTorch's messages, and of C++ in these.
struct Dtype {
  StringRef name, word, cName, scalarName;
};
} // namespace

static const Dtype kDtypes[] = {
    {"f32", "Float", "float", "float"},
    {"f64", "Double", "double", "double"},
    {"f16", "Half", "c10::Half", "c10::Half"},
    {"bf16", "BFloat16", "c10::BFloat16", "c10::BFloat16"},
    {"i64", "Long", "long int", "int64_t"},
    {"i32", "Int", "int", "int"},
    {"i16", "Short", "short int", "int16_t"},
    {"i8", "Char", "signed char", "int8_t"},
    {"u8", "Byte", "unsigned char", "uint8_t"},
    {"bool", "Bool", "bool", "bool"},
};

static const Dtype &describe(Type element) {
  unsigned bits = element.getIntOrFloatBitWidth();
  if (isa<FloatType>(element))
    return kDtypes[bits == 64 ? 1 : bits == 32 ? 0 : element.isF16() ? 2 : 3];
  if (element.isUnsignedInteger())
    return kDtypes[8];
  return kDtypes[bits == 64 ? 4 : bits == 32 ? 5 : bits == 16 ? 6 : bits == 8 ? 7 : 9];
}

StringRef dtypeName(Type element) { return describe(element).name; }
StringRef dtypeWord(Type element) { return describe(element).word; }
StringRef dtypeCName(Type element) { return describe(element).cName; }

std::string dtypeList() {
  std::string list;
  for (const Dtype &dtype : llvm::drop_end(kDtypes))
    list += (dtype.name + (dtype.name == "u8" ? " or " : ", ")).str();
  return list + "bool";
}

std::string typeText(RankedTensorType type) {
  return dtypeName(type.getElementType()).str() + "[" +
         llvm::join(llvm::map_range(type.getShape(), [](int64_t i) { return std::to_string(i); }),
                    ",") +
         "]";
}

bool isSpecialNumber(const Json &json) {
  return json.kind == Json::Kind::string &&
         (json.text == "inf" || json.text == "-inf" || json.text == "nan");
}

double numberOf(const Json &json) {
  if (json.kind == Json::Kind::boolean)
    return json.boolean;
  if (json.kind == Json::Kind::string) {
    double inf = std::numeric_limits<double>::infinity();
    return json.text == "nan"   ? std::numeric_limits<double>::quiet_NaN()
           : json.text == "inf" ? inf
                                : -inf;
  }
  return json.asDouble();
}

//===-- Types ---------------------------------------------------------------------------------===//

Type Importer::dtype(StringRef name) {
  return llvm::StringSwitch<Type>(name)
      .Case("f32", b.getF32Type())
      .Case("f64", b.getF64Type())
      .Case("i64", b.getI64Type())
      .Case("i32", b.getI32Type())
      .Case("f16", b.getF16Type())
      .Case("bf16", b.getBF16Type())
      .Case("i16", b.getI16Type())
      .Case("i8", b.getI8Type())
      .Case("u8", b.getIntegerType(8, /*isSigned=*/false))
      .Case("bool", b.getI1Type())
      .Default(Type());
}

RankedTensorType Importer::makeType(ArrayRef<int64_t> shape, Type element) {
  return RankedTensorType::get(shape, element);
}

LogicalResult Importer::checkSize(Location at, ArrayRef<int64_t> shape, Type element) {
  for (int64_t size : shape)
    if (size < 0)
      return fail(at, "expected sizes not below 0, found " + listText(shape));
  // An empty tensor has strides, too: none of them overflows.
  int64_t left = maxBytes / std::max(1u, element.getIntOrFloatBitWidth() / 8);
  for (int64_t size : shape) {
    left /= std::max<int64_t>(size, 1);
    if (left == 0)
      return fail(at, "expected a tensor of at most 2^40 bytes, found " + dtypeName(element) +
                          listText(shape));
  }
  return success();
}

LogicalResult Importer::checkCount(Location at, StringRef what, int64_t count, unsigned power) {
  if (count <= int64_t(1) << power)
    return success();
  return fail(at, "expected at most 2^" + Twine(power) + " " + what + ", found " + Twine(count));
}

RankedTensorType Importer::parseType(const Json &json) {
  if (json.kind != Json::Kind::string) {
    (void)expected(json, "a type like \"f32[10,3]\"");
    return {};
  }
  auto [name, dims] = StringRef(json.text).split('[');
  Type element = dtype(name);
  Shape shape;
  bool good = element && dims.consume_back("]");
  SmallVector<StringRef> sizes;
  if (!dims.empty())
    dims.split(sizes, ',');
  for (StringRef text : sizes) {
    text = text.trim(' ');
    int64_t size = 0;
    if (isName(text)) {
      (void)fail(json, "expected sizes that are numbers, found '" + text + "' in '" + json.text +
                           "': this build compiles for fixed sizes, named dims are not supported");
      return {};
    }
    good &= !text.getAsInteger(10, size);
    shape.push_back(size);
  }
  if (!good) {
    (void)fail(json, "expected a type like \"f32[10,3]\" of " + dtypeList() + ", found '" +
                         json.text + "'");
    return {};
  }
  if (failed(checkSize(userLocation ? *userLocation : locate(json), shape, element)))
    return {};
  return makeType(shape, element);
}

//===-- Constants -----------------------------------------------------------------------------===//

FloatAttr floatAttr(FloatType type, double value) {
  // PyTorch's short floats are made from f32: rounded twice.
  bool isShort = type.getWidth() < 32;
  return FloatAttr::get(type, isShort ? double(float(value)) : value);
}

IntegerAttr integerAttr(Type type, int64_t value) {
  return IntegerAttr::get(type, APInt(64, value, true).trunc(type.getIntOrFloatBitWidth()));
}

LogicalResult checkWindowNumbers(Importer &importer, Node &node, StringRef key,
                                 ArrayRef<int64_t> numbers) {
  constexpr int64_t limit = 1 << 21;
  for (int64_t number : numbers)
    if (number > limit || number < -limit)
      return importer.fail(node.loc, "expected numbers of at most 2^21 for '" + key + "', found " +
                                         Twine(number));
  return success();
}

int64_t diagonalOffset(const Node &node, StringRef key) {
  return std::clamp(node.integer(key, 0), -2 * maxBytes, 2 * maxBytes);
}

DenseElementsAttr packIntegers(RankedTensorType type, llvm::function_ref<int64_t(int64_t)> at) {
  unsigned bits = type.getElementTypeBitWidth();
  if (bits == 1) {
    SmallVector<bool> bools;
    for (int64_t i = 0; i < type.getNumElements(); ++i)
      bools.push_back(at(i) & 1);
    return DenseElementsAttr::get(type, ArrayRef<bool>(bools));
  }
  std::vector<char> bytes(type.getNumElements() * (bits / 8));
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    int64_t value = at(i);
    std::memcpy(&bytes[i * (bits / 8)], &value, bits / 8);
  }
  return DenseElementsAttr::getFromRawBuffer(type, bytes);
}

DenseElementsAttr packNumbers(RankedTensorType type, llvm::function_ref<double(int64_t)> at) {
  auto element = dyn_cast<FloatType>(type.getElementType());
  if (!element)
    return packIntegers(type, [&](int64_t i) { return truncated(at(i)); });
  return packIntegers(type, [&](int64_t i) {
    APFloat value(at(i));
    bool inexact;
    value.convert(element.getFloatSemantics(), APFloat::rmNearestTiesToEven, &inexact);
    return int64_t(value.bitcastToAPInt().getZExtValue());
  });
}

int64_t truncated(double value) {
  if (std::isnan(value))
    return 0;
  return value >= 0x1p63 ? INT64_MAX : value <= -0x1p63 ? INT64_MIN : int64_t(value);
}

bool fitsInteger(Type element, const Json &literal) {
  unsigned bits = element.getIntOrFloatBitWidth();
  if (isa<FloatType>(element) || bits == 1)
    return true;
  // A negative number stands for what it is modulo 2^8.
  bool isUnsigned = element.isUnsignedInteger();
  double limit = std::ldexp(1.0, isUnsigned ? bits : bits - 1);
  if (literal.kind == Json::Kind::integer && bits == 64)
    return true;
  double value = std::trunc(numberOf(literal));
  return value >= (isUnsigned ? 1 - limit : -limit) && value < limit;
}

Value Importer::splat(RankedTensorType type, double value, Location loc) {
  Type element = type.getElementType();
  Attribute attr = isa<FloatType>(element)
                       ? Attribute(floatAttr(cast<FloatType>(element), value))
                       : Attribute(integerAttr(element, element.isInteger(1) ? int64_t(value != 0)
                                                                             : int64_t(value)));
  return ag::ConstantOp::create(b, loc, DenseElementsAttr::get(type, attr));
}

Value Importer::constant(RankedTensorType type, const Json &literal, Location loc) {
  Type element = type.getElementType();
  bool isInteger = literal.kind == Json::Kind::integer;
  double value = numberOf(literal);
  // PyTorch truncates a float toward zero here, but refuses what does not fit.
  if (!fitsInteger(element, literal) ||
      (element.isF16() && std::isfinite(value) && std::fabs(value) > 65504)) {
    (void)fail(literal, "value cannot be converted to type " + describe(element).scalarName +
                            " without overflow");
    return {};
  }
  if (isa<FloatType>(element) || element.isInteger(1))
    return splat(type, value, loc);
  int64_t integer = isInteger ? literal.integer : int64_t(value);
  return ag::ConstantOp::create(
      b, loc, DenseElementsAttr::get(type, Attribute(integerAttr(element, integer))));
}

Value Importer::wrappedConstant(RankedTensorType type, const Json &literal, Location loc) {
  Type element = type.getElementType();
  unsigned bits = element.getIntOrFloatBitWidth();
  if (element.isF16())
    return splat(type, numberOf(literal), loc);
  if (literal.kind != Json::Kind::integer || isa<FloatType>(element) || bits == 1 || bits > 16)
    return constant(type, literal, loc);
  return ag::ConstantOp::create(
      b, loc, DenseElementsAttr::get(type, Attribute(integerAttr(element, literal.integer))));
}

//===-- Conversion ----------------------------------------------------------------------------===//

Value Importer::cast(Value value, Type element, Location loc) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getElementType() == element)
    return value;
  return ag::CastOp::create(b, loc, makeType(type.getShape(), element), value);
}

Value Importer::reshape(Value value, ArrayRef<int64_t> shape, Location loc) {
  auto type = mlir::cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  return ag::ReshapeOp::create(b, loc, makeType(shape, type.getElementType()), value);
}

Value Importer::broadcast(Value value, ArrayRef<int64_t> shape, Location loc) {
  auto type = mlir::cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  // Dimensions of size 1 that grow are dropped first: ag.broadcast repeats along new ones.
  size_t lead = shape.size() - type.getRank();
  SmallVector<int64_t> kept, dims;
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    if (size == shape[lead + i]) {
      kept.push_back(size);
      dims.push_back(lead + i);
    }
  value = reshape(value, kept, loc);
  return ag::BroadcastOp::create(b, loc, makeType(shape, type.getElementType()), value, dims);
}

Shape contiguousStrides(ArrayRef<int64_t> shape) {
  Shape strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(shape[i], 1);
  }
  return strides;
}

} // namespace gradc::graph
