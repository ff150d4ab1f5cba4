// Reductions.cpp - any, all, prod, extrema with indices, variances, norms and softmax.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Structure.h"
#include <cmath>

using namespace mlir;
namespace gradc::graph {

using Handler = LogicalResult (*)(Importer &, Node &);

static bool keeps(Call &call) { return call.node.flag("keepdim"); }

static double countOf(Term x, Dims dims) {
  double count = 1;
  for (int64_t d : dims)
    count *= double(x.size(d));
  return count;
}

static Term truth(Term x) { return x ? cast(x, x.importer->b.getI1Type()) : x; }

//===-- Bools, products and counts ------------------------------------------------------------===//

template <bool isAll> static LogicalResult anyOrAll(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = truth(call.input(0));
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  return call.result(reduceBools(x, dims, isAll, keeps(call)));
}

static LogicalResult prod(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  if (const Json *dtype = node.attribute("dtype"))
    x = cast(x, importer.dtype(dtype->text));
  else if (!x.isFloat())
    x = cast(x, importer.b.getI64Type());
  return call.result(reduceProd(x, dims, keeps(call)));
}

static LogicalResult countNonzero(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = truth(call.input(0));
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  return call.result(sum(cast(x, importer.b.getI64Type()), dims));
}

static Term withoutNaN(Term x) { return select(compare(x, x, ag::Predicate::eq), x, 0.0); }

static LogicalResult nansum(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  if (!x.isFloat())
    return call.result(sum(cast(x, importer.b.getI64Type()), dims, keeps(call)));
  return call.result(sum(withoutNaN(x), dims, keeps(call)));
}

static LogicalResult nanmean(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  if (!x.isFloat())
    return call.fail("nanmean(): expected input to have floating point or complex dtype but got " +
                     dtypeWord(x.element()));
  Term count = sum(cast(compare(x, x, ag::Predicate::eq), x.element()), dims, keeps(call));
  return call.result(sum(withoutNaN(x), dims, keeps(call)) / count);
}

//===-- Extrema -------------------------------------------------------------------------------===//

static LogicalResult checkNonEmpty(Call &call, Term x, int64_t dim) {
  StringRef name = call.node.spec->name;
  if (x.rank() && x.size(dim) == 0)
    return call.fail(name + "(): Expected reduction dim " + Twine(call.node.integer("dim", dim)) +
                     " to have non-zero size.");
  return success();
}

template <bool isLeast> static LogicalResult argOf(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  if (x.isBool())
    return call.fail("\"" + node.spec->name + "_cpu\" not implemented for 'Bool'");
  bool isAll = !node.attribute("dim");
  if (isAll && x.numel() == 0)
    return call.fail(node.spec->name + "(): Expected reduction dim to be specified for "
                                       "input.numel() == 0. Specify the reduction dim with the "
                                       "'dim' argument.");
  Shape kept(isAll && keeps(call) ? x.rank() : 0, 1);
  int64_t dim = 0;
  if (isAll)
    return call.result(reshape(argExtremum(reshape(x, {x.numel()}), 0, isLeast, false), kept));
  if (failed(call.dim("dim", 0, x.rank(), dim)) || failed(checkNonEmpty(call, x, dim)))
    return failure();
  if (x.rank() == 0)
    return call.result(reshape(argExtremum(reshape(x, {1}), 0, isLeast, false), {}));
  return call.result(argExtremum(x, dim, isLeast, keeps(call)));
}

/// Values and indices along a dim; the gradient goes to the index.
static LogicalResult extremum(Call &call, Term x, bool isLeast) {
  int64_t dim = 0;
  if (failed(call.dim("dim", 0, x.rank(), dim)) || failed(checkNonEmpty(call, x, dim)))
    return failure();
  Shape shape(x.shape());
  if (x.rank() == 0)
    x = reshape(x, {1});
  Term at = x.isBool() ? argExtremum(cast(x, call.importer.b.getI32Type()), dim, isLeast, true)
                       : argExtremum(x, dim, isLeast, true);
  // With a mask and a sum the gradient needs no scatter.
  Term places = iota(x, x.shape(), dim);
  Term taken = compare(places, at, ag::Predicate::eq);
  Term values = x.with({});
  if (x.isBool() || !x.isFloat())
    values = isLeast ? amin(x, {dim}, true) : amax(x, {dim}, true);
  else
    values = sum(select(taken, x, 0.0), {dim}, true);
  Shape kept(at.shape());
  if (shape.empty())
    kept = {};
  else if (!keeps(call))
    kept.erase(kept.begin() + dim);
  return call.results({reshape(values, kept), reshape(at, kept)});
}

template <bool isLeast> static LogicalResult maxOrMin(Importer &importer, Node &node) {
  Call call(importer, node);
  if (node.inputs.size() == 2) {
    if (node.attribute("dim") || node.attribute("keepdim"))
      return call.fail("'" + node.spec->name + "' takes a dim or a second tensor, not both");
    Term a = call.input(0), c = a ? call.input(1) : a;
    return c ? call.result(isLeast ? minimum(a, c) : maximum(a, c)) : failure();
  }
  Term x = call.input(0);
  if (!x)
    return failure();
  if (node.attribute("dim"))
    return extremum(call, x, isLeast);
  if (x.numel() == 0)
    return call.fail(node.spec->name +
                     "(): Expected reduction dim to be specified for input.numel() == 0. Specify "
                     "the reduction dim with the 'dim' argument.");
  SmallVector<int64_t> all = range(0, x.rank());
  return call.result(isLeast ? amin(x, all) : amax(x, all));
}

static LogicalResult aminmax(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  for (int64_t d : dims)
    if (x.size(d) == 0)
      return call.fail("aminmax(): cannot compute aminmax over an empty dimension as the operation "
                       "has no identity.");
  return call.results({amin(x, dims, keeps(call)), amax(x, dims, keeps(call))});
}

//===-- Variance ------------------------------------------------------------------------------===//

static LogicalResult moments(Call &call, Term &variance, Term &average) {
  Term x = call.input(0);
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  if (!x.isFloat())
    return call.fail(call.node.spec->name + " only support floating point and complex dtypes");
  double correction = call.number("correction", 1);
  if (const Json *unbiased = call.node.attribute("unbiased"))
    correction = unbiased->boolean;
  double count = countOf(x, dims), free = std::max(0.0, count - correction);
  average = mean(x, dims, true);
  Term centred = x - average;
  variance = sum(centred * centred, dims, keeps(call));
  if (count == 0 || free == 0)
    // 0 / 0 is NaN, and what is not 0 divided by 0 is inf, as in PyTorch.
    variance = variance / full(variance, 0);
  else
    variance = variance / free;
  if (!keeps(call))
    average = reshape(average, variance.shape());
  return success();
}

/// PyTorch's gradient at 0 is 0: the root is cut off there.
static Term rootAboveZero(Term x) {
  Term isZero = compare(x, 0, ag::Predicate::eq);
  return select(isZero, 0.0, sqrt(select(isZero, 1.0, x)));
}

template <bool isRoot> static LogicalResult varOrStd(Importer &importer, Node &node) {
  Call call(importer, node);
  Term variance = call.none(), average = call.none();
  if (failed(moments(call, variance, average)))
    return failure();
  return call.result(isRoot ? (variance ? rootAboveZero(variance) : variance) : variance);
}

template <bool isRoot> static LogicalResult varAndMean(Importer &importer, Node &node) {
  Call call(importer, node);
  Term variance = call.none(), average = call.none();
  if (failed(moments(call, variance, average)))
    return failure();
  // A value of its own: the variance is not made of what `grad` may ask for.
  if (average)
    average = average.with(
        ag::ReshapeOp::create(importer.b, node.loc, average.value.getType(), average.value));
  return call.results(
      {isRoot ? (variance ? rootAboveZero(variance) : variance) : variance, average});
}

//===-- Norms ---------------------------------------------------------------------------------===//

/// x / |x|, with 0 at 0.
static Term rootOfSquares(Term x, Dims dims, bool keep) {
  Term root = rootAboveZero(sum(x * x, dims, true));
  if (keep)
    return root;
  Shape shape;
  for (int64_t d = 0; d < x.rank(); ++d)
    if (!llvm::is_contained(dims, d))
      shape.push_back(x.size(d));
  return reshape(root, shape);
}

static Term norm(Call &call, Term x, Dims dims, double p, bool keep) {
  bool isEmpty = countOf(x, dims) == 0;
  if (std::isinf(p)) {
    if (isEmpty) {
      (void)call.fail("linalg.vector_norm cannot compute the " + Twine(p > 0 ? "inf" : "-inf") +
                      " norm on an empty tensor because the operation does not have an identity");
      return call.none();
    }
    return p > 0 ? amax(abs(x), dims, keep) : amin(abs(x), dims, keep);
  }
  if (p == 0)
    return sum(cast(compare(x, 0, ag::Predicate::ne), x.element()), dims, keep) +
           select(call.constant({}, call.importer.b.getI1Type(), 0), sum(x, dims, keep), 0.0);
  if (p == 1)
    return sum(abs(x), dims, keep);
  if (p == 2)
    return rootOfSquares(x, dims, keep);
  Term size = abs(x);
  // |x|^p with p < 1 has an infinite derivative at 0, where PyTorch's gradient is 0.
  Term isZero = compare(size, 0, ag::Predicate::eq);
  double atZero = p < 0 ? std::numeric_limits<double>::infinity() : 0;
  Term powers = select(isZero, atZero, pow(select(isZero, 1.0, size), p));
  Term total = sum(powers, dims, keep);
  Term none = compare(total, 0, ag::Predicate::eq);
  if (p < 0)
    return pow(total, 1 / p);
  return select(none, 0.0, pow(select(none, 1.0, total), 1 / p));
}

static LogicalResult normOp(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  if (!x.isFloat())
    return call.fail("linalg.vector_norm: Expected a floating point or complex tensor as input. "
                     "Got " +
                     dtypeWord(x.element()));
  return call.result(norm(call, x, dims, call.number("p", 2), keeps(call)));
}

static LogicalResult dist(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : a;
  if (!c)
    return failure();
  Term d = a - c;
  return d ? call.result(norm(call, d, range(0, d.rank()), call.number("p", 2), false)) : failure();
}

static LogicalResult trace(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  if (x.rank() != 2)
    return call.fail("trace: expected a matrix, but got tensor with dim " + Twine(x.rank()));
  int64_t n = std::min(x.size(0), x.size(1));
  if (!x.isFloat())
    x = cast(x, importer.b.getI64Type());
  x = slice(slice(x, 0, 0, n), 1, 0, n);
  Term eye = compare(iota(x, {n, n}, 0), iota(x, {n, n}, 1), ag::Predicate::eq);
  return call.result(sum(select(eye, x, 0.0), {0, 1}));
}

//===-- Softmax -------------------------------------------------------------------------------===//

template <typename OpT, bool isNegated>
static LogicalResult softmaxOp(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  int64_t dim = 0;
  if (!x || failed(call.dim("dim", -1, x.rank(), dim)))
    return failure();
  if (const Json *dtype = node.attribute("dtype"))
    x = cast(x, importer.dtype(dtype->text));
  if (!x.isFloat())
    return call.fail("\"" + Twine(std::is_same_v<OpT, ag::LogSoftmaxOp> ? "log_" : "") +
                     "softmax_lastdim_kernel_impl\" not implemented for '" +
                     dtypeWord(x.element()) + "'");
  Shape shape(x.shape());
  if (shape.empty())
    x = reshape(x, {1});
  if (isNegated)
    x = -x;
  Term y = x.with(OpT::create(importer.b, node.loc, x.value, ArrayRef<int64_t>(dim)));
  return call.result(reshape(y, shape));
}

static LogicalResult logsumexpOp(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = toFloat(call.input(0));
  SmallVector<int64_t> dims;
  if (!x || failed(reducedDims(call, x.rank(), dims)))
    return failure();
  return call.result(dims.empty() ? x * 1.0 : logsumexp(x, dims, keeps(call)));
}

void addReductionOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec dims{"dim", K::dims}, dim{"dim", K::integer}, keepdim{"keepdim", K::boolean},
      names{"names", K::names}, dtype{"dtype", K::dtype}, p{"p", K::number},
      correction{"correction", K::number}, unbiased{"unbiased", K::boolean};
  auto add = [&](StringRef name, std::vector<AttributeSpec> attributes, StringRef summary,
                 Handler handler, unsigned most = 1) {
    table.add("reduction", {name.str(), 1, most, std::move(attributes), summary.str(), handler});
  };
  add("any", {dims, keepdim}, "whether any element is not 0, over `dim` (all when absent)",
      anyOrAll<false>);
  add("all", {dims, keepdim}, "whether all elements are not 0", anyOrAll<true>);
  add("prod", {dims, keepdim, dtype}, "product over `dim`; i64 for integers and bools", prod);
  add("argmax", {dim, keepdim}, "where the first maximum is; of all elements without `dim`",
      argOf<false>);
  add("argmin", {dim, keepdim}, "where the first minimum is", argOf<true>);
  add("max", {dim, keepdim, names},
      "maximum of all elements, with `dim` values and indices, of two tensors elementwise",
      maxOrMin<false>, 2);
  add("min", {dim, keepdim, names},
      "minimum of all elements, with `dim` values and indices, of two tensors elementwise",
      maxOrMin<true>, 2);
  add("aminmax", {dims, keepdim, names}, "minimum and maximum", aminmax);
  add("var", {dims, keepdim, correction, unbiased}, "variance, divided by n - `correction` (1)",
      varOrStd<false>);
  add("std", {dims, keepdim, correction, unbiased}, "standard deviation", varOrStd<true>);
  add("var_mean", {dims, keepdim, correction, unbiased, names}, "variance and mean",
      varAndMean<false>);
  add("std_mean", {dims, keepdim, correction, unbiased, names}, "standard deviation and mean",
      varAndMean<true>);
  add("norm", {p, dims, keepdim}, "the p-norm of vectors (2 when absent; 0, \"inf\", \"-inf\")",
      normOp);
  add("logsumexp", {dims, keepdim}, "logarithm of the sum of exponentials", logsumexpOp);
  add("nansum", {dims, keepdim}, "sum without NaN", nansum);
  add("nanmean", {dims, keepdim}, "mean without NaN", nanmean);
  add("count_nonzero", {dims}, "how many elements are not 0", countNonzero);
  add("trace", {}, "sum of the diagonal of a matrix", trace);
  table.add("reduction", {"dist", 2, 2, {p}, "the p-norm of the difference", dist});
  add("softmax", {dim, dtype}, "exponentials that sum to 1 along `dim` (the last when absent)",
      softmaxOp<ag::SoftmaxOp, false>);
  add("log_softmax", {dim, dtype}, "logarithm of the softmax", softmaxOp<ag::LogSoftmaxOp, false>);
  add("softmin", {dim, dtype}, "softmax of the negated elements", softmaxOp<ag::SoftmaxOp, true>);
}

} // namespace gradc::graph
