// Scatter.cpp - the ops that write at indices: scatter, index_add, index_put and their like.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Structure.h"

using namespace mlir;
namespace gradc::graph {

using ag::ScatterMode;
static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }
static Type elementOf(Value v) { return typeOf(v).getElementType(); }

//===-- Indices -------------------------------------------------------------------------------===//

static Value compareWith(Importer &importer, Value x, int64_t n, ag::Predicate p, Location loc) {
  return ag::CompareOp::create(importer.b, loc, x, importer.splat(typeOf(x), double(n), loc), p);
}

/// Negative indices count from the end.
static Value wrapped(Importer &importer, Value index, int64_t size, Location loc) {
  Value end =
      ag::AddOp::create(importer.b, loc, index, importer.splat(typeOf(index), double(size), loc));
  Value isNegative = compareWith(importer, index, 0, ag::Predicate::lt, loc);
  return ag::SelectOp::create(importer.b, loc, isNegative, end, index);
}

/// Indices must be in range: constants are checked here, others while the program runs.
static LogicalResult checkRange(Importer &importer, Node &node, Value index, int64_t dim,
                                int64_t size, bool mayWrap, StringRef prefix = "") {
  auto constant = index.getDefiningOp<ag::ConstantOp>();
  if (!constant) {
    Term at{&importer, node.loc, index};
    expectAll(logicalAnd(compare(at, mayWrap ? -size : 0, ag::Predicate::ge),
                         compare(at, double(size), ag::Predicate::lt)),
              prefix + "index is out of bounds for dimension " + Twine(dim) + " with size " +
                  Twine(size));
    return success();
  }
  for (const APInt &value : constant.getValue().getValues<APInt>())
    if (int64_t i = value.getSExtValue(); i >= size || i < (mayWrap ? -size : 0))
      return importer.fail(node.loc, prefix + "index " + Twine(i) +
                                         " is out of bounds for dimension " + Twine(dim) +
                                         " with size " + Twine(size));
  return success();
}

static bool isIndex(Value v, bool only64 = false) {
  return elementOf(v).isInteger(64) || (!only64 && elementOf(v).isInteger(32));
}

static Value atLeast1d(Importer &importer, Value v, Location loc) {
  return typeOf(v).getRank() ? v : importer.reshape(v, {1}, loc);
}

static Value sliceTo(Importer &importer, Value v, ArrayRef<int64_t> shape, Location loc) {
  if (typeOf(v).getShape() == shape)
    return v;
  SmallVector<int64_t> starts(shape.size(), 0), steps(shape.size(), 1);
  return ag::SliceOp::create(importer.b, loc, v, starts, shape, steps);
}

//===-- scatter, scatter_add, scatter_reduce --------------------------------------------------===//

/// torch.scatter's operands: index and src have as many dimensions as x.
struct Elements {
  Value x, index, src;
  int64_t dim = 0;
  Shape shape; // x's own
};

static LogicalResult checkElements(Importer &importer, Node &node, const Elements &e) {
  auto x = typeOf(e.x), index = typeOf(e.index), src = typeOf(e.src);
  if (!isIndex(e.index))
    return importer.fail(node.loc, "scatter(): Expected dtype int32/int64 for index");
  if (src.getElementType() != x.getElementType())
    return importer.fail(node.loc, "scatter(): Expected self.dtype to be equal to src.dtype");
  if (index.getNumElements() == 0)
    return success();
  for (auto [type, word] : {std::pair(x, "self"), std::pair(src, "src")})
    if (type.getRank() != index.getRank())
      return importer.fail(node.loc, "Index tensor must have the same number of dimensions as " +
                                         Twine(word) + " tensor");
  bool fits = true;
  for (int64_t d = 0; d < x.getRank(); ++d)
    fits &= (d == e.dim || index.getDimSize(d) <= x.getDimSize(d)) &&
            index.getDimSize(d) <= src.getDimSize(d);
  if (!fits)
    return importer.fail(
        node.loc, "Expected index " + listText(index.getShape()) + " to be no larger than self " +
                      listText(x.getShape()) + " apart from dimension " + Twine(e.dim) +
                      " and to be no larger size than src " + listText(src.getShape()));
  return checkRange(importer, node, e.index, e.dim, x.getDimSize(e.dim), /*mayWrap=*/false);
}

static LogicalResult readElements(Importer &importer, Node &node, Elements &e) {
  e.x = importer.readInput(node, 0);
  e.index = e.x ? importer.readInput(node, 1) : Value();
  if (!e.index || failed(wrapDim(importer, *node.attribute("dim"), node.integer("dim", 0),
                                 typeOf(e.x).getRank(), e.dim)))
    return failure();
  e.shape = Shape(typeOf(e.x).getShape());
  e.x = atLeast1d(importer, e.x, node.loc);
  e.index = atLeast1d(importer, e.index, node.loc);
  const Operand &src = node.inputs[2];
  if (src.isLiteral)
    e.src = importer.constant(importer.makeType(typeOf(e.index).getShape(), elementOf(e.x)),
                              *src.json, node.loc);
  else if (Value given = importer.readInput(node, 2))
    e.src = atLeast1d(importer, given, node.loc);
  return e.src ? checkElements(importer, node, e) : failure();
}

static Value flatten(Importer &importer, Value v, Location loc) {
  return importer.reshape(v, {typeOf(v).getNumElements()}, loc);
}

/// x with src combined into it at the indices.
static Value combine(Importer &importer, const Elements &e, Value x, Value src, ScatterMode mode,
                     Location loc) {
  auto type = typeOf(x);
  if (typeOf(e.index).getNumElements() == 0)
    return x;
  src = sliceTo(importer, src, typeOf(e.index).getShape(), loc);
  Value at = ag::flatIndices(importer.b, loc, e.index, type.getShape(), e.dim);
  Value y = ag::ScatterOp::create(importer.b, loc, flatten(importer, x, loc),
                                  flatten(importer, at, loc), flatten(importer, src, loc), 0, mode);
  return importer.reshape(y, type.getShape(), loc);
}

template <ScatterMode mode> static Value scatterWith(Importer &importer, Node &node) {
  Elements e;
  if (failed(readElements(importer, node, e)))
    return {};
  return importer.reshape(combine(importer, e, e.x, e.src, mode, node.loc), e.shape, node.loc);
}

/// What leaves every combination as it is.
static Value neutral(Importer &importer, RankedTensorType type, StringRef reduce, Location loc) {
  if (reduce == "sum" || reduce == "mean" || reduce == "prod")
    return importer.splat(type, reduce == "prod", loc);
  Type element = type.getElementType();
  bool most = reduce == "amin";
  Attribute value;
  if (isa<FloatType>(element)) {
    value = importer.b.getFloatAttr(element, most ? INFINITY : -INFINITY);
  } else {
    unsigned bits = element.getIntOrFloatBitWidth();
    value = importer.b.getIntegerAttr(element, bits == 1 ? APInt(1, most)
                                               : most    ? APInt::getSignedMaxValue(bits)
                                                         : APInt::getSignedMinValue(bits));
  }
  return ag::ConstantOp::create(importer.b, loc, DenseElementsAttr::get(type, value));
}

/// The sum divided by how many elements it has.
static Value meanOf(Importer &importer, Node &node, const Elements &e, Value sum, bool withSelf) {
  Location loc = node.loc;
  auto type = typeOf(sum);
  if (type.getElementType().isInteger(1)) {
    (void)importer.fail(loc, "scatter_reduce with \"mean\" is not supported for bools");
    return {};
  }
  Value count = combine(importer, e, importer.splat(type, withSelf, loc),
                        importer.splat(typeOf(e.src), 1, loc), ScatterMode::add, loc);
  count = ag::MaximumOp::create(importer.b, loc, count, importer.splat(type, 1, loc));
  if (!isa<FloatType>(type.getElementType()))
    return ag::FloorDivOp::create(importer.b, loc, sum, count);
  return ag::DivOp::create(importer.b, loc, sum, count);
}

static Value scatterReduce(Importer &importer, Node &node) {
  Elements e;
  StringRef reduce = node.attribute("reduce")->text;
  if (failed(readElements(importer, node, e)))
    return {};
  if (!llvm::is_contained({"sum", "prod", "mean", "amax", "amin"}, reduce)) {
    (void)importer.fail(*node.attribute("reduce"),
                        "reduce argument must be either sum, prod, mean, amax or amin, got " +
                            reduce);
    return {};
  }
  bool withSelf = node.flag("include_self", true);
  Value x = e.x;
  if (!withSelf)
    x = combine(importer, e, x, neutral(importer, typeOf(e.src), reduce, node.loc),
                ScatterMode::set, node.loc);
  ScatterMode mode = reduce == "prod"   ? ScatterMode::mul
                     : reduce == "amax" ? ScatterMode::max
                     : reduce == "amin" ? ScatterMode::min
                                        : ScatterMode::add;
  Value y = combine(importer, e, x, e.src, mode, node.loc);
  if (reduce == "mean")
    y = meanOf(importer, node, e, y, withSelf);
  return y ? importer.reshape(y, e.shape, node.loc) : y;
}

//===-- index_add, index_copy, index_fill -----------------------------------------------------===//

/// Slices of x along `dim` at a vector of indices.
struct Slices {
  Value x, index;
  int64_t dim = 0;
  Shape shape;
};

static LogicalResult readSlices(Importer &importer, Node &node, Slices &s) {
  s.x = importer.readInput(node, 0);
  s.index = s.x ? importer.readInput(node, 1) : Value();
  if (!s.index || failed(wrapDim(importer, *node.attribute("dim"), node.integer("dim", 0),
                                 typeOf(s.x).getRank(), s.dim)))
    return failure();
  s.shape = Shape(typeOf(s.x).getShape());
  s.x = atLeast1d(importer, s.x, node.loc);
  StringRef op = StringRef(node.spec->name).rtrim('_');
  auto type = typeOf(s.index);
  Type element = type.getElementType();
  bool only64 = op != "index_add";
  if (type.getRank() > 1)
    return importer.fail(
        node.loc, op == "index_add"
                      ? "index_add_(): Index is supposed to be a vector, but got dim: " +
                            Twine(type.getRank()) + " with type: " + dtypeWord(element) +
                            " and size: " + listText(type.getShape())
                  : op == "index_copy" ? "index_copy_(): Index should have dimension 1 or 0 (got " +
                                             Twine(type.getRank()) + ")"
                                       : "Index has to be a vector/scalar" + Twine());
  if (!isIndex(s.index, only64))
    return importer.fail(
        node.loc,
        op == "index_add"
            ? "index_add_(): Expected dtype int32/int64 for index but got: " + dtypeWord(element)
        : op == "index_copy"
            ? "index_copy_(): Expected a long tensor for index, but got " + dtypeWord(element)
            : "index_fill_(): Expected dtype int64 for index." + Twine());
  s.index = atLeast1d(importer, s.index, node.loc);
  return checkRange(importer, node, s.index, s.dim, typeOf(s.x).getDimSize(s.dim),
                    op == "index_fill", op == "index_copy" ? "index_copy_(): " : "");
}

static LogicalResult checkSource(Importer &importer, Node &node, const Slices &s, Value source) {
  auto x = typeOf(s.x), u = typeOf(source);
  StringRef op = StringRef(node.spec->name).rtrim('_');
  bool isAdd = op == "index_add";
  int64_t count = typeOf(s.index).getNumElements();
  if (u.getElementType() != x.getElementType())
    return importer.fail(node.loc, isAdd ? "index_add_(): self (" + dtypeWord(x.getElementType()) +
                                               ") and source (" + dtypeWord(u.getElementType()) +
                                               ") must have the same scalar type"
                                         : "index_copy_(): self and source expected to have the "
                                           "same dtype, but got (self) " +
                                               dtypeWord(x.getElementType()) + " and (source) " +
                                               dtypeWord(u.getElementType()));
  int64_t given = s.dim < u.getRank() ? u.getDimSize(s.dim) : 1;
  if (given != count)
    return importer.fail(node.loc, "index_" + Twine(isAdd ? "add" : "copy") +
                                       "_(): Number of indices (" + Twine(count) +
                                       ") should be equal to source.size(dim)" +
                                       (isAdd ? ": (" : " (") + Twine(given) + ")" +
                                       (isAdd ? ", for dim: " + Twine(s.dim) : Twine()));
  Shape wanted(x.getShape());
  wanted[s.dim] = count;
  if (u.getShape() == ArrayRef(wanted))
    return success();
  if (isAdd)
    return importer.fail(node.loc, "source tensor shape must match self tensor shape, excluding "
                                   "the specified dimension. Got self.shape = " +
                                       listText(x.getShape()) +
                                       " source.shape = " + listText(u.getShape()));
  auto others = [&](RankedTensorType type) {
    std::string text;
    for (int64_t d = 0; d < type.getRank(); ++d)
      if (d != s.dim)
        text += (text.empty() ? "" : " ") + std::to_string(type.getDimSize(d));
    return text;
  };
  return importer.fail(node.loc, "index_copy_(): Source/destination tensor must have same slice "
                                 "shapes. Destination slice shape: " +
                                     others(x) + " at dimension " + Twine(s.dim) +
                                     " and source slice shape: " + others(u) + " at dimension " +
                                     Twine(s.dim) + ".");
}

template <ScatterMode mode> static Value indexWith(Importer &importer, Node &node) {
  Slices s;
  Value source = failed(readSlices(importer, node, s)) ? Value() : importer.readInput(node, 2);
  if (!source)
    return {};
  source = atLeast1d(importer, source, node.loc);
  if (failed(checkSource(importer, node, s, source)))
    return {};
  if (const Json *alpha = node.attribute("alpha")) {
    Value factor = importer.constant(typeOf(source), *alpha, node.loc);
    if (!factor)
      return {};
    source = ag::MulOp::create(importer.b, node.loc, source, factor);
  }
  Value y = ag::ScatterOp::create(importer.b, node.loc, s.x, s.index, source, s.dim, mode);
  return importer.reshape(y, s.shape, node.loc);
}

static Value indexFill(Importer &importer, Node &node) {
  Slices s;
  if (failed(readSlices(importer, node, s)))
    return {};
  Shape shape(typeOf(s.x).getShape());
  int64_t size = shape[s.dim];
  shape[s.dim] = typeOf(s.index).getNumElements();
  RankedTensorType type = importer.makeType(shape, elementOf(s.x));
  const Operand &given = node.inputs[2];
  Value value;
  if (given.isLiteral) {
    value = importer.constant(type, *given.json, node.loc);
  } else if ((value = importer.readInput(node, 2))) {
    if (int64_t rank = typeOf(value).getRank()) {
      (void)importer.fail(node.loc, "index_fill_ only supports a 0-dimensional value tensor, but "
                                    "got tensor with " +
                                        Twine(rank) + " dimension(s).");
      return {};
    }
    value = importer.cast(value, elementOf(s.x), node.loc);
    value = importer.broadcast(value, shape, node.loc);
  }
  if (!value)
    return {};
  Value y =
      ag::ScatterOp::create(importer.b, node.loc, s.x, wrapped(importer, s.index, size, node.loc),
                            value, s.dim, ScatterMode::set);
  return importer.reshape(y, s.shape, node.loc);
}

//===-- index_put -----------------------------------------------------------------------------===//

/// The place of each tuple of indices in the dims that they count, laid flat; -1 out of range.
static Value linearIndices(Importer &importer, Node &node, Value x, SmallVector<Value> indices) {
  Location loc = node.loc;
  Shape shape;
  for (Value index : indices) {
    Shape joined;
    ArrayRef<int64_t> mine = typeOf(index).getShape();
    ScopedDiagnosticHandler quiet(importer.b.getContext(), [](Diagnostic &) { return success(); });
    if (failed(broadcastShapes(importer, loc, shape, mine, joined)))
      return {};
    shape = joined;
  }
  Value flat, isValid;
  for (auto [d, index] : llvm::enumerate(indices)) {
    int64_t size = typeOf(x).getDimSize(d);
    index = importer.cast(index, importer.b.getI64Type(), loc);
    index = wrapped(importer, importer.broadcast(index, shape, loc), size, loc);
    Value inside = ag::LogicalAndOp::create(
        importer.b, loc, compareWith(importer, index, 0, ag::Predicate::ge, loc),
        compareWith(importer, index, size, ag::Predicate::lt, loc));
    isValid = isValid ? Value(ag::LogicalAndOp::create(importer.b, loc, isValid, inside)) : inside;
    if (flat)
      flat =
          ag::MulOp::create(importer.b, loc, flat, importer.splat(typeOf(flat), double(size), loc));
    flat = flat ? Value(ag::AddOp::create(importer.b, loc, flat, index)) : index;
  }
  return ag::SelectOp::create(importer.b, loc, isValid, flat,
                              importer.splat(typeOf(flat), -1, loc));
}

static LogicalResult readIndices(Importer &importer, Node &node, Value x,
                                 SmallVectorImpl<Value> &indices) {
  for (unsigned i = 2; i < node.inputs.size(); ++i) {
    Value index = importer.readInput(node, i);
    if (!index)
      return failure();
    if (!isIndex(index))
      return importer.fail(node.loc,
                           "tensors used as indices must be long, int, byte or bool tensors");
    indices.push_back(index);
  }
  int64_t rank = typeOf(x).getRank();
  if (int64_t(indices.size()) > rank)
    return importer.fail(node.loc, "too many indices for tensor of dimension " + Twine(rank) +
                                       " (got " + Twine(indices.size()) + ")");
  for (auto [d, index] : llvm::enumerate(indices))
    if (failed(checkRange(importer, node, index, d, typeOf(x).getDimSize(d), /*mayWrap=*/true)))
      return failure();
  return success();
}

/// Whether the only index is a mask.
static bool isMask(const Node &node) {
  const Operand &index = node.inputs[2];
  return node.inputs.size() == 3 && index.tensor &&
         index.tensor->type.getElementType().isInteger(1);
}

/// x[mask] = values: values are one number, or one slice, for all places.
static Value putAtMask(Importer &importer, Node &node, Value x, Value values) {
  Location loc = node.loc;
  Value mask = importer.readInput(node, 2);
  auto type = typeOf(x);
  ArrayRef<int64_t> over = typeOf(mask).getShape(), from = typeOf(values).getShape();
  auto wrong = [&](const Twine &text) {
    (void)importer.fail(loc, text);
    return Value();
  };
  for (auto [d, size] : llvm::enumerate(over))
    if (int64_t(over.size()) > type.getRank() || size != type.getDimSize(d))
      return wrong("The shape of the mask " + listText(over) + " at index " + Twine(d) +
                   " does not match the shape of the indexed tensor " + listText(type.getShape()) +
                   " at index " + Twine(d));
  ArrayRef<int64_t> rest = type.getShape().drop_front(over.size());
  if (from.size() > rest.size()) {
    if (from.size() > rest.size() + 1 || from[0] != 1)
      return wrong("index_put with a mask takes one value for all of its places: how many there "
                   "are depends on data; use masked_scatter");
    from = from.drop_front();
    values = importer.reshape(values, from, loc);
  }
  Shape joined;
  if (failed(broadcastShapes(importer, loc, rest, from, joined)))
    return {};
  if (ArrayRef<int64_t>(joined) != rest)
    return wrong("shape mismatch: value tensor of shape " + listText(from) +
                 " cannot be broadcast to indexing result of shape " + listText(rest));
  values = importer.broadcast(values, type.getShape(), loc);
  if (node.flag("accumulate"))
    values = ag::AddOp::create(importer.b, loc, x, values);
  Shape wide(over);
  wide.append(rest.size(), 1);
  mask = importer.broadcast(importer.reshape(mask, wide, loc), type.getShape(), loc);
  return ag::SelectOp::create(importer.b, loc, mask, values, x);
}

static LogicalResult checkPutTypes(Importer &importer, Node &node, Value x, Value values) {
  if (elementOf(values) == elementOf(x))
    return success();
  return importer.fail(node.loc,
                       "Index put requires the source and destination dtypes match, got " +
                           dtypeWord(elementOf(x)) + " for the destination and " +
                           dtypeWord(elementOf(values)) + " for the source.");
}

static Value indexPut(Importer &importer, Node &node) {
  Value x = importer.readInput(node, 0), values = x ? importer.readInput(node, 1) : Value();
  SmallVector<Value> indices;
  // One value for the places of a mask is masked_fill's: a number, of any dtype.
  if (values && isMask(node) && !node.flag("accumulate") && typeOf(values).getNumElements() == 1)
    values = importer.reshape(importer.cast(values, elementOf(x), node.loc), {}, node.loc);
  if (values && isMask(node))
    return failed(checkPutTypes(importer, node, x, values)) ? Value()
                                                            : putAtMask(importer, node, x, values);
  if (!values || failed(readIndices(importer, node, x, indices)))
    return {};
  auto type = typeOf(x);
  if (failed(checkPutTypes(importer, node, x, values)))
    return {};
  Value at = linearIndices(importer, node, x, indices);
  if (!at) {
    std::string shapes;
    for (Value index : indices)
      shapes += (shapes.empty() ? "" : ", ") + listText(typeOf(index).getShape());
    (void)importer.fail(node.loc, "shape mismatch: indexing tensors could not be broadcast "
                                  "together with shapes " +
                                      shapes);
    return {};
  }
  ArrayRef<int64_t> rest = type.getShape().drop_front(indices.size());
  Shape wanted(typeOf(at).getShape()), folded = {1}, joined;
  llvm::append_range(wanted, rest);
  for (int64_t size : type.getShape().take_front(indices.size()))
    folded[0] *= size;
  llvm::append_range(folded, rest);
  {
    ScopedDiagnosticHandler quiet(importer.b.getContext(), [](Diagnostic &) { return success(); });
    if (failed(broadcastShapes(importer, node.loc, wanted, typeOf(values).getShape(), joined)))
      joined.clear();
  }
  if (joined != wanted) {
    (void)importer.fail(
        node.loc, "shape mismatch: value tensor of shape " + listText(typeOf(values).getShape()) +
                      " cannot be broadcast to indexing result of shape " + listText(wanted));
    return {};
  }
  Value y = ag::ScatterOp::create(importer.b, node.loc, importer.reshape(x, folded, node.loc), at,
                                  importer.broadcast(values, wanted, node.loc), 0,
                                  node.flag("accumulate") ? ScatterMode::add : ScatterMode::set);
  return importer.reshape(y, type.getShape(), node.loc);
}

//===-- Table ---------------------------------------------------------------------------------===//

using Compute = Value (*)(Importer &, Node &);

template <Compute compute> static LogicalResult plain(Importer &importer, Node &node) {
  Value value = compute(importer, node);
  if (!value)
    return failure();
  node.results = {importer.makeTensor(value, importer.needsGrad(node))};
  return success();
}

template <Compute compute> static LogicalResult inPlace(Importer &importer, Node &node) {
  if (!node.inputs[0].tensor)
    return importer.expected(*node.inputs[0].json,
                             "a tensor to write as input 1 of '" + node.spec->name + "'");
  Tensor &target = *node.inputs[0].tensor;
  if (failed(importer.checkWritable(target, importer.needsGrad(node), node.loc)))
    return failure();
  Value value = compute(importer, node);
  if (!value)
    return failure();
  node.results = {node.inputs[0].tensor};
  return importer.write(target, value, importer.needsGrad(node), node.loc);
}

/// Adds the op itself, or the one that writes into its first input.
template <Compute compute>
static void add(OpTable &table, bool writes, StringRef name, unsigned most,
                std::vector<AttributeSpec> attributes, StringRef summary) {
  if (!writes)
    table.add("indexing", {name.str(), 3, most, attributes, summary.str(), plain<compute>});
  else
    table.add("in place",
              {(name + "_").str(), 3, most, attributes,
               ("'" + name + "', written into the first input").str(), inPlace<compute>});
}

void addScatterOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec dim{"dim", K::integer, true};
  for (bool writes : {false, true}) {
    add<scatterWith<ScatterMode::set>>(
        table, writes, "scatter", 3, {dim},
        "the third input (or a number) written into the first at the indices of the second");
    add<scatterWith<ScatterMode::add>>(table, writes, "scatter_add", 3, {dim},
                                       "the same, added to what is there");
    add<scatterReduce>(table, writes, "scatter_reduce", 3,
                       {dim, {"reduce", K::text, true}, {"include_self", K::boolean}},
                       "the same, combined by sum, prod, mean, amax or amin; with what is there "
                       "unless told not to");
    add<indexWith<ScatterMode::add>>(table, writes, "index_add", 3, {dim, {"alpha", K::number}},
                                     "slices of the third input added at a vector of indices");
    add<indexWith<ScatterMode::set>>(table, writes, "index_copy", 3, {dim},
                                     "slices of the third input written at a vector of indices");
    add<indexFill>(table, writes, "index_fill", 3, {dim},
                   "one number written at a vector of indices");
    add<indexPut>(table, writes, "index_put", unlimited, {{"accumulate", K::boolean}},
                  "the second input written, or added, at the indices that the further inputs "
                  "give, one tensor a dimension");
  }
}

} // namespace gradc::graph
