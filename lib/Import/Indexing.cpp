// Indexing.cpp - elements and slices at indices that are tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Structure.h"

using namespace mlir;
namespace gradc::graph {

/// Input `i` as an index; `what` begins the message for another dtype.
static Term indexInput(Call &call, unsigned i, const Twine &message, bool longOnly = true) {
  Term index = call.input(i);
  if (!index)
    return index;
  Type element = index.element();
  if (isa<IntegerType>(element) && !index.isBool() &&
      (!longOnly || element.isInteger(64) || element.isInteger(32)))
    return index;
  (void)call.fail(message);
  return index.with({});
}

static std::string outOfBounds(int64_t dim, int64_t size) {
  return ("index is out of bounds for dimension " + Twine(dim) + " with size " + Twine(size)).str();
}

//===-- Slices --------------------------------------------------------------------------------===//

static LogicalResult indexSelect(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  Term index =
      x ? indexInput(call, 1, "index_select(): Expected dtype int32 or int64 for index") : x;
  int64_t dim = 0;
  if (!index || failed(call.dim("dim", 0, x.rank(), dim)))
    return failure();
  if (index.rank() > 1)
    return call.fail(
        "index_select(): Index is supposed to be a vector, but got dim: " + Twine(index.rank()) +
        " with type: " + dtypeWord(index.element()) + " and size: " + listText(index.shape()));
  if (x.rank() == 0) {
    Term checked = checkedIndex(call, index, 1, false, "index out of range in self");
    return checked ? call.result(x * 1.0) : failure();
  }
  index = checkedIndex(call, index, x.size(dim), false, "index out of range in self");
  return call.result(gather(x, index && index.rank() == 0 ? reshape(index, {1}) : index, dim));
}

static LogicalResult embedding(Importer &importer, Node &node) {
  Call call(importer, node);
  Term given = indexInput(call, 0,
                          "Expected tensor for argument #1 'indices' to have one of the following "
                          "scalar types: Long, Int; but got another one instead (while checking "
                          "arguments for embedding)");
  Term weight = given ? call.input(1) : given;
  if (!weight)
    return failure();
  if (weight.rank() != 2)
    return call.fail("'weight' must be 2-D");
  Term index = checkedIndex(call, given, weight.size(0), false, "index out of range in self");
  Term y = gather(weight, index, 0);
  if (!y || !node.attribute("padding_idx"))
    return call.result(y);
  int64_t padding = node.integer("padding_idx", 0), n = weight.size(0);
  if (padding < -n || padding >= n)
    return call.fail("Padding_idx must be within num_embeddings");
  Term isPadding =
      unsqueeze(compare(index, double(padding < 0 ? padding + n : padding), ag::Predicate::eq), -1);
  return call.result(select(isPadding, detach(y), y));
}

//===-- Elements ------------------------------------------------------------------------------===//

/// Where each element of an array of shape `at`, which has `index` along `dim`, lies in `shape`.
static Term linearIndex(Term index, ArrayRef<int64_t> shape, int64_t dim) {
  Shape strides = contiguousStrides(shape);
  Term flat = index * double(strides[dim]);
  for (int64_t d = 0; d < index.rank(); ++d)
    if (d != dim && index.size(d) > 1)
      flat = flat + iota(index, index.shape(), d) * double(strides[d]);
  return flat;
}

static Term gatherAlong(Term x, Term index, int64_t dim) {
  if (!x || !index)
    return x.with({});
  Term flat = linearIndex(index, x.shape(), dim);
  return flat ? gather(reshape(x, {x.numel()}), flat, 0) : flat;
}

static LogicalResult gatherOp(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  Term index = x ? indexInput(call, 1, "gather(): Expected dtype int32/int64 for index") : x;
  int64_t dim = 0;
  if (!index || failed(call.dim("dim", 0, x.rank(), dim)))
    return failure();
  Shape shape(index.shape());
  if (x.rank() == 0)
    x = reshape(x, {1});
  if (index.rank() == 0)
    index = reshape(index, {1});
  if (index.rank() != x.rank())
    return call.fail("Index tensor must have the same number of dimensions as input tensor");
  for (int64_t d = 0; d < x.rank(); ++d)
    if (d != dim && index.size(d) > x.size(d))
      return call.fail("Size does not match at dimension " + Twine(d) + " expected index " +
                       listText(index.shape()) + " to be no larger than self " +
                       listText(x.shape()) + " apart from dimension " + Twine(dim));
  index = checkedIndex(call, index, x.size(dim), false, outOfBounds(dim, x.size(dim)));
  return call.result(reshape(gatherAlong(x, index, dim), shape));
}

static LogicalResult takeAlongDim(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  Term index = x ? indexInput(call, 1,
                              "torch.take_along_dim(): dtype of indices should be Long but got " +
                                  dtypeWord(x.element()))
                 : x;
  if (!index)
    return failure();
  int64_t dim = 0;
  if (!node.attribute("dim")) {
    x = reshape(x, {x.numel()});
    index = reshape(index, {index.numel()});
  } else if (x.rank() != index.rank()) {
    return call.fail("torch.take_along_dim(): input and indices should have the same number of "
                     "dimensions, but got " +
                     Twine(x.rank()) + " dimensions for input, and " + Twine(index.rank()) +
                     " dimensions for indices");
  } else if (failed(call.dim("dim", 0, x.rank(), dim))) {
    return failure();
  }
  Shape xShape(x.shape()), iShape(index.shape()), joined;
  xShape[dim] = iShape[dim] = 1;
  if (failed(broadcastShapes(importer, node.loc, xShape, iShape, joined)))
    return failure();
  xShape = iShape = joined;
  xShape[dim] = x.size(dim);
  iShape[dim] = index.size(dim);
  index =
      checkedIndex(call, expand(index, iShape), x.size(dim), false, outOfBounds(dim, x.size(dim)));
  return call.result(gatherAlong(expand(x, xShape), index, dim));
}

static LogicalResult take(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  Term index =
      x ? indexInput(call, 1, "take(): Expected a long tensor for index, but got another one") : x;
  if (!index)
    return failure();
  index = checkedIndex(call, index, x.numel(), true,
                       "out of range: tried to access an index on a tensor of " + Twine(x.numel()) +
                           " elements.");
  return call.result(gather(reshape(x, {x.numel()}), index, 0));
}

//===-- Several indices -----------------------------------------------------------------------===//

/// The dims that index tensors are of; ascending.
static LogicalResult indexedDims(Call &call, Term x, SmallVectorImpl<int64_t> &dims) {
  size_t count = call.node.inputs.size() - 1;
  const Json *stated = call.node.attribute("dims");
  if (!stated) {
    if (int64_t(count) > x.rank())
      return call.fail("too many indices for tensor of dimension " + Twine(x.rank()));
    dims = range(0, count);
    return success();
  }
  for (int64_t dim : call.node.integers("dims")) {
    int64_t wrapped = 0;
    if (failed(wrapDim(call.importer, *stated, dim, x.rank(), wrapped)))
      return failure();
    dims.push_back(wrapped);
  }
  bool ascends =
      llvm::is_sorted(dims) && std::adjacent_find(dims.begin(), dims.end()) == dims.end();
  if (dims.size() != count || !ascends)
    return call.fail("expected ascending 'dims', one for each index, found " + listText(dims));
  return success();
}

/// x[:, i, j]: index tensors broadcast together; their dims stand where the first indexed one was,
/// or in front where other dims lie between the indexed ones.
static LogicalResult index(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  SmallVector<int64_t> dims;
  if (!x || failed(indexedDims(call, x, dims)))
    return failure();
  SmallVector<Term> given;
  Shape joined;
  for (unsigned i = 1; i < node.inputs.size(); ++i) {
    Term one = call.input(i);
    if (!one)
      return failure();
    if (one.isBool())
      return call.fail("an index that is a mask gives a tensor whose size depends on values; sizes "
                       "are fixed when a program is compiled: use 'where'");
    if (one.isFloat())
      return call.fail("tensors used as indices must be long, int, byte or bool tensors");
    Shape next;
    if (failed(broadcastShapes(importer, node.loc, joined, one.shape(), next)))
      return failure();
    joined = next;
    int64_t size = x.size(dims[i - 1]);
    given.push_back(checkedIndex(call, one, size, true, outOfBounds(dims[i - 1], size)));
    if (!given.back())
      return failure();
  }
  int64_t first = dims.front(), count = dims.size();
  if (dims.back() - first + 1 != count) {
    SmallVector<int64_t> perm(dims);
    for (int64_t d = 0; d < x.rank(); ++d)
      if (!llvm::is_contained(dims, d))
        perm.push_back(d);
    x = permute(x, perm);
    first = 0;
  }
  Shape shape(x.shape().take_front(first)), taken(x.shape().slice(first, count));
  Shape strides = contiguousStrides(taken);
  shape.push_back(1);
  for (int64_t size : taken)
    shape.back() *= size;
  llvm::append_range(shape, x.shape().drop_front(first + count));
  Term flat = call.none();
  for (auto [one, stride] : llvm::zip(given, strides)) {
    Term part = expand(one, joined) * double(stride);
    flat = flat ? flat + part : part;
  }
  return call.result(gather(reshape(x, shape), flat, first));
}

//===-- Masks ---------------------------------------------------------------------------------===//

static LogicalResult maskedFill(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0), mask = x ? call.input(1) : x;
  if (!mask)
    return failure();
  if (!mask.isBool())
    return call.fail("masked_fill_ only supports boolean masks, but got mask with dtype " +
                     dtypeWord(mask.element()));
  const Operand &value = node.inputs[2];
  if (value.isLiteral)
    return call.result(select(
        mask, x.with(importer.constant(importer.makeType({}, x.element()), *value.json, node.loc)),
        x));
  Term v = call.input(2);
  if (v && v.rank() != 0)
    return call.fail(
        "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with " +
        Twine(v.rank()) + " dimension(s).");
  return call.result(select(mask, cast(v, x.element()), x));
}

static LogicalResult oneHot(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  if (!x.element().isInteger(64))
    return call.fail("one_hot is only applicable to index tensor of type LongTensor.");
  int64_t classes = node.integer("num_classes", 0);
  if (classes <= 0)
    return call.fail(
        classes == -1 ? Twine("one_hot: num_classes must be given, as a program's sizes are fixed "
                              "when it is compiled")
                      : "num_classes should be positive");
  x = checkedIndex(call, x, classes, false, "Class values must be smaller than num_classes.");
  if (!x)
    return failure();
  Shape shape(x.shape());
  shape.push_back(classes);
  Term hit = compare(unsqueeze(x, -1), iota(x, shape, x.rank()), ag::Predicate::eq);
  return call.result(cast(hit, importer.b.getI64Type()));
}

void addIndexOps(OpTable &table) {
  using K = AttributeKind;
  auto add = [&](StringRef name, unsigned least, unsigned most, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &),
                 std::vector<AttributeSpec> attributes = {}) {
    table.add("index", {name.str(), least, most, std::move(attributes), summary.str(), handler});
  };
  const AttributeSpec dim{"dim", K::integer, true}, maybeDim{"dim", K::integer};
  add("index", 2, unlimited,
      "elements at indices: input 1 at the tensors that follow, of `dims` (the first ones)", index,
      {{"dims", K::integers}});
  add("index_select", 2, 2, "the slices at a vector of indices along `dim`", indexSelect, {dim});
  add("gather", 2, 2, "elements at indices along `dim`, of the shape of the indices", gatherOp,
      {dim});
  add("take_along_dim", 2, 2, "the same with broadcasting; of all elements without `dim`",
      takeAlongDim, {maybeDim});
  add("take", 2, 2, "elements at indices into the flattened tensor", take);
  add("embedding", 2, 2, "rows of input 2 at the indices of input 1; `padding_idx` has no gradient",
      embedding, {{"padding_idx", K::integer}});
  add("masked_fill", 3, 3, "a number where a mask is true", maskedFill);
  add("one_hot", 1, 1, "1 at the index of a new last dimension, else 0", oneHot,
      {{"num_classes", K::integer, true}});
}

} // namespace gradc::graph
