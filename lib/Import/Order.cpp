// Order.cpp - sorting, what is made of it, and cumulative sums and their like.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"

using namespace mlir;
namespace gradc::graph {

using Kind = ag::CumulativeKind;
static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

/// Binds the values of a node that has two: to "names", else the first one to "name".
static LogicalResult bindPair(Importer &importer, Node &node, Value first, Value second) {
  node.results = {importer.makeTensor(first, importer.needsGrad(node)),
                  importer.makeTensor(second, false)};
  const Json *names = node.attribute("names");
  if (!names) {
    node.results.resize(1);
    return success();
  }
  if (names->items.size() != 2)
    return importer.expected(*names, "a list of 2 for 'names'");
  node.definesNames = true;
  for (auto [name, result] : llvm::zip(names->items, node.results))
    if (failed(importer.define(name, name.text, result)))
      return failure();
  return success();
}

namespace {
/// A tensor of one dimension at least, and one of them.
struct Line {
  Value x;
  int64_t dim = 0, size = 1;
  Shape shape; // the input's own
};
} // namespace

static LogicalResult readLine(Importer &importer, Node &node, Line &line, int64_t absent) {
  Value x = importer.readInput(node, 0);
  if (!x)
    return failure();
  const Json *at = node.attribute("dim");
  line.shape = Shape(typeOf(x).getShape());
  if (failed(wrapDim(importer, at ? *at : node.json, node.integer("dim", absent), line.shape.size(),
                     line.dim)))
    return failure();
  line.x = line.shape.empty() ? importer.reshape(x, {1}, node.loc) : x;
  line.size = typeOf(line.x).getDimSize(line.dim);
  return success();
}

static ag::SortOp sorted(Importer &importer, Node &node, Value x, int64_t dim, bool descending) {
  return ag::SortOp::create(importer.b, node.loc, x, dim, descending);
}

static Value part(Importer &importer, Value v, int64_t dim, int64_t from, int64_t to,
                  Location loc) {
  auto type = typeOf(v);
  SmallVector<int64_t> starts(type.getRank(), 0), limits(type.getShape()), steps(type.getRank(), 1);
  starts[dim] = from;
  limits[dim] = to;
  return ag::SliceOp::create(importer.b, loc, v, starts, limits, steps);
}

/// The elements of `x` at indices along a dimension: what is selected gets the gradient.
static Value take(Importer &importer, Value x, Value indices, int64_t dim, Location loc) {
  auto type = typeOf(x), at = typeOf(indices);
  Value flat = ag::flatIndices(importer.b, loc, indices, type.getShape(), dim);
  Value line = importer.reshape(x, {type.getNumElements()}, loc);
  Value taken = ag::GatherOp::create(importer.b, loc, line,
                                     importer.reshape(flat, {at.getNumElements()}, loc), 0);
  return importer.reshape(taken, at.getShape(), loc);
}

//===-- sort and its like ---------------------------------------------------------------------===//

static LogicalResult sort(Importer &importer, Node &node) {
  Line line;
  bool isMsort = node.spec->name == "msort";
  if (failed(readLine(importer, node, line, isMsort ? 0 : -1)))
    return failure();
  ag::SortOp op = sorted(importer, node, line.x, line.dim, node.flag("descending"));
  Value values = importer.reshape(op.getValues(), line.shape, node.loc);
  Value indices = importer.reshape(op.getIndices(), line.shape, node.loc);
  if (node.spec->name == "sort")
    return bindPair(importer, node, values, indices);
  node.results = {isMsort ? importer.makeTensor(values, importer.needsGrad(node))
                          : importer.makeTensor(indices, false)};
  return success();
}

static LogicalResult topk(Importer &importer, Node &node) {
  Line line;
  if (failed(readLine(importer, node, line, -1)))
    return failure();
  int64_t k = node.integer("k", 1);
  if (k < 0 || k > line.size)
    return importer.fail(*node.attribute("k"), "selected index k out of range");
  if (typeOf(line.x).getElementType().isInteger(1))
    return importer.fail(node.loc, "topk does not support bool dtypes on CPU");
  ag::SortOp op = sorted(importer, node, line.x, line.dim, node.flag("largest", true));
  Value indices = part(importer, op.getIndices(), line.dim, 0, k, node.loc);
  Value values = take(importer, line.x, indices, line.dim, node.loc);
  if (line.shape.empty() && k == 1) {
    values = importer.reshape(values, {}, node.loc);
    indices = importer.reshape(indices, {}, node.loc);
  }
  return bindPair(importer, node, values, indices);
}

/// Drops the dimension, of size 1, unless told to keep it.
static Value reduced(Importer &importer, Node &node, const Line &line, Value v) {
  Shape shape(line.shape);
  if (!shape.empty() && node.flag("keepdim"))
    shape[line.dim] = 1;
  else if (!shape.empty())
    shape.erase(shape.begin() + line.dim);
  return importer.reshape(v, shape, node.loc);
}

static LogicalResult checkOrdered(Importer &importer, Node &node, Type element) {
  if (element.isInteger(1))
    return importer.fail(node.loc, "\"" + node.spec->name + "_cpu\" not implemented for 'Bool'");
  return success();
}

static LogicalResult kthvalue(Importer &importer, Node &node) {
  Line line;
  if (failed(readLine(importer, node, line, -1)) ||
      failed(checkOrdered(importer, node, typeOf(line.x).getElementType())))
    return failure();
  int64_t k = node.integer("k", 1);
  if (line.size == 0)
    return importer.fail(node.loc, "kthvalue(): Expected reduction dim " + Twine(line.dim) +
                                       " to have non-zero size.");
  if (k < 1 || k > line.size)
    return importer.fail(*node.attribute("k"),
                         "kthvalue(): selected number k out of range for dimension " +
                             Twine(line.dim));
  ag::SortOp op = sorted(importer, node, line.x, line.dim, false);
  Value indices = part(importer, op.getIndices(), line.dim, k - 1, k, node.loc);
  Value values = take(importer, line.x, indices, line.dim, node.loc);
  return bindPair(importer, node, reduced(importer, node, line, values),
                  reduced(importer, node, line, indices));
}

static Value isNan(Importer &importer, Value x, Location loc) {
  return ag::CompareOp::create(importer.b, loc, x, x, ag::Predicate::ne);
}

/// Where the lower median is; the first NaN, if there is one.
static Value medianIndices(Importer &importer, Node &node, Value x, int64_t dim) {
  OpBuilder &b = importer.b;
  int64_t n = typeOf(x).getDimSize(dim);
  ag::SortOp op = sorted(importer, node, x, dim, false);
  Value at = part(importer, op.getIndices(), dim, (n - 1) / 2, (n - 1) / 2 + 1, node.loc);
  if (!isa<FloatType>(typeOf(x).getElementType()))
    return at;
  Value last = part(importer, op.getValues(), dim, n - 1, n, node.loc);
  auto type = typeOf(op.getIndices());
  Value place = ag::IotaOp::create(b, node.loc, type, dim);
  place = ag::SelectOp::create(b, node.loc, isNan(importer, x, node.loc), place,
                               importer.splat(type, double(n), node.loc));
  Value first = ag::ReduceMinOp::create(b, node.loc, place, ArrayRef<int64_t>{dim});
  first = importer.reshape(first, typeOf(at).getShape(), node.loc);
  return ag::SelectOp::create(b, node.loc, isNan(importer, last, node.loc), first, at);
}

/// The median of everything: elements that are equal to it share its gradient.
static LogicalResult medianOfAll(Importer &importer, Node &node) {
  OpBuilder &b = importer.b;
  Value x = importer.readInput(node, 0);
  if (!x || failed(checkOrdered(importer, node, typeOf(x).getElementType())))
    return failure();
  auto type = typeOf(x);
  Type element = type.getElementType();
  int64_t n = type.getNumElements();
  bool isFloat = isa<FloatType>(element);
  Value y;
  if (n == 0) {
    y = importer.splat(importer.makeType({}, element), isFloat ? NAN : double(INT64_MIN), node.loc);
  } else {
    Value line = importer.reshape(x, {n}, node.loc);
    Value fixed = ag::DetachOp::create(b, node.loc, line);
    y = take(importer, fixed, medianIndices(importer, node, fixed, 0), 0, node.loc);
    if (isFloat) {
      y = importer.broadcast(y, {n}, node.loc);
      Value same = ag::CompareOp::create(b, node.loc, line, y, ag::Predicate::eq);
      same = ag::LogicalOrOp::create(b, node.loc, same, isNan(importer, y, node.loc));
      Value rest = importer.splat(typeOf(line), -INFINITY, node.loc);
      y = ag::SelectOp::create(b, node.loc, same, line, rest);
      y = ag::ReduceMaxOp::create(b, node.loc, y, ArrayRef<int64_t>{0});
    } else {
      y = importer.reshape(y, {}, node.loc);
    }
  }
  node.results = {importer.makeTensor(y, importer.needsGrad(node))};
  return success();
}

static LogicalResult median(Importer &importer, Node &node) {
  if (!node.attribute("dim"))
    return medianOfAll(importer, node);
  Line line;
  if (failed(readLine(importer, node, line, -1)) ||
      failed(checkOrdered(importer, node, typeOf(line.x).getElementType())))
    return failure();
  if (line.size == 0)
    return importer.fail(node.loc, "median(): Expected reduction dim " + Twine(line.dim) +
                                       " to have non-zero size.");
  Value indices = medianIndices(importer, node, line.x, line.dim);
  Value values = take(importer, line.x, indices, line.dim, node.loc);
  return bindPair(importer, node, reduced(importer, node, line, values),
                  reduced(importer, node, line, indices));
}

//===-- Cumulation ----------------------------------------------------------------------------===//

static Value cumulate(Importer &importer, Node &node, Value x, int64_t dim, Kind kind) {
  return ag::CumulativeOp::create(importer.b, node.loc, x, dim, kind, /*reverse=*/false);
}

static LogicalResult cumulative(Importer &importer, Node &node) {
  Line line;
  if (failed(readLine(importer, node, line, 0)))
    return failure();
  StringRef op = node.spec->name;
  Type element = typeOf(line.x).getElementType();
  bool isFloat = isa<FloatType>(element);
  if (op == "logcumsumexp" && !isFloat)
    return importer.fail(node.loc, "\"logcumsumexp_out_cpu\" not implemented for '" +
                                       dtypeWord(element) + "'");
  if (const Json *dtype = node.attribute("dtype"))
    line.x = importer.cast(line.x, importer.dtype(dtype->text), node.loc);
  else if (!isFloat)
    line.x = importer.cast(line.x, importer.b.getI64Type(), node.loc);
  Kind kind = op == "cumsum" ? Kind::sum : op == "cumprod" ? Kind::prod : Kind::logaddexp;
  Value y = cumulate(importer, node, line.x, line.dim, kind);
  y = importer.reshape(y, line.shape, node.loc);
  node.results = {importer.makeTensor(y, importer.needsGrad(node))};
  return success();
}

static LogicalResult cumulativeExtremum(Importer &importer, Node &node) {
  Line line;
  if (failed(readLine(importer, node, line, 0)))
    return failure();
  Value y = cumulate(importer, node, line.x, line.dim,
                     node.spec->name == "cummax" ? Kind::max : Kind::min);
  Value at = ag::cumulativeIndices(importer.b, node.loc, line.x, y, line.dim, /*reverse=*/false);
  return bindPair(importer, node, importer.reshape(y, line.shape, node.loc),
                  importer.reshape(at, line.shape, node.loc));
}

//===-- Table ---------------------------------------------------------------------------------===//

void addOrderOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec dim{"dim", K::integer}, must{"dim", K::integer, true},
      names{"names", K::names}, keepdim{"keepdim", K::boolean}, k{"k", K::integer, true},
      descending{"descending", K::boolean}, dtype{"dtype", K::dtype};
  auto add = [&](StringRef name, std::vector<AttributeSpec> attributes, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &)) {
    table.add("order", {name.str(), 1, 1, std::move(attributes), summary.str(), handler});
  };
  add("sort", {dim, descending, names},
      "elements in order along `dim` (the last one), and their indices; stable, NaN is largest",
      sort);
  add("argsort", {dim, descending}, "the indices of sort", sort);
  add("msort", {}, "elements in order along the first dimension", sort);
  add("topk", {k, dim, {"largest", K::boolean}, {"sorted", K::boolean}, names},
      "the `k` largest (or smallest) elements along `dim`, in order, and their indices", topk);
  add("kthvalue", {k, dim, keepdim, names}, "the `k`th smallest element along `dim`, and its index",
      kthvalue);
  add("median", {dim, keepdim, names},
      "the lower median: of everything, or along `dim` with its index; NaN if there is one",
      median);
  add("cumsum", {must, dtype}, "the sum of the elements so far; i64 for integers and bools",
      cumulative);
  add("cumprod", {must, dtype}, "the product of the elements so far; i64 for integers and bools",
      cumulative);
  add("logcumsumexp", {must}, "the logarithm of the sum of exponentials so far", cumulative);
  add("cummax", {must, names}, "the largest element so far, and its index; NaN wins",
      cumulativeExtremum);
  add("cummin", {must, names}, "the smallest element so far, and its index; NaN wins",
      cumulativeExtremum);
}

} // namespace gradc::graph
