// Distances.cpp - norms of differences, and cosines.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Losses.h"
#include <cmath>

using namespace mlir;
namespace gradc::graph {

using P = ag::Predicate;

Term vectorNorm(Term x, double p, int64_t dim, bool keep) {
  if (!x)
    return x;
  Term a = abs(x);
  if (p == 0)
    return sum(cast(compare(x, 0, P::ne), x.element()), {dim}, keep);
  if (p == 1)
    return sum(a, {dim}, keep);
  if (std::isinf(p))
    return p > 0 ? amax(a, {dim}, keep) : -amax(-a, {dim}, keep);
  // Zeros are replaced before the power: it may have no finite derivative there.
  Term isZero = compare(a, 0, P::eq);
  Term total = p == 2 ? sum(x * x, {dim}, keep)
                      : sum(select(isZero, 0, pow(select(isZero, 1, a), p)), {dim}, keep);
  Term none = compare(total, 0, P::eq), safe = select(none, 1, total);
  return select(none, 0, p == 2 ? sqrt(safe) : pow(safe, 1 / p));
}

double inOwnDtype(Term x, double number) {
  auto wide = x.value.getDefiningOp<ag::CastOp>();
  if (!wide || !wide->hasAttr("ag.saves_operand"))
    return number;
  APFloat value(number);
  bool inexact;
  value.convert(cast<FloatType>(getElementTypeOrSelf(wide.getX())).getFloatSemantics(),
                APFloat::rmNearestTiesToEven, &inexact);
  return value.convertToDouble();
}

static LogicalResult cosineSimilarity(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  Shape shape;
  int64_t dim = 0;
  if (!c || failed(broadcastShapes(importer, node.loc, a.shape(), c.shape(), shape)) ||
      failed(call.dim("dim", 1, shape.size(), dim)))
    return failure();
  if (!a.isFloat() || !c.isFloat())
    return call.fail("expected common dtype to be floating point, yet common dtype is " +
                     dtypeWord(a.element()));
  double eps = call.number("eps", 1e-8);
  eps = std::max(inOwnDtype(a, eps), inOwnDtype(c, eps));
  // The bound of the norms is not differentiated.
  auto unit = [&](Term x) {
    x = expand(x, shape);
    Term norm = vectorNorm(x, 2, dim, true);
    return x / (norm + detach(maximum(norm, eps) - norm));
  };
  return call.result(sum(unit(a) * unit(c), {dim}));
}

static LogicalResult pairwiseDistance(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  if (!c)
    return failure();
  Term z = a - c + call.number("eps", 1e-6);
  return z ? call.result(vectorNorm(z, call.number("p", 2), -1, node.flag("keepdim"))) : failure();
}

static LogicalResult cdist(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  double p = call.number("p", 2);
  if (!c)
    return failure();
  if (a.rank() < 2 || c.rank() < 2)
    return call.fail(StringRef("cdist only supports at least 2D tensors, ") +
                     (a.rank() < 2 ? "X1" : "X2") +
                     " got: " + Twine(a.rank() < 2 ? a.rank() : c.rank()) + "D");
  if (a.size(-1) != c.size(-1))
    return call.fail("X1 and X2 must have the same number of columns. X1: " + Twine(a.size(-1)) +
                     " X2: " + Twine(c.size(-1)));
  if (!(p >= 0))
    return call.fail("cdist only supports non-negative p values");
  Term z = unsqueeze(a, -2) - unsqueeze(c, -3);
  return z ? call.result(vectorNorm(z, p, -1)) : failure();
}

void addDistanceOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec p{"p", K::number}, eps{"eps", K::number};
  table.add("loss", {"cosine_similarity",
                     2,
                     2,
                     {{"dim", K::integer}, eps},
                     "cosine of the angle between vectors along `dim`",
                     cosineSimilarity});
  table.add("loss", {"pairwise_distance",
                     2,
                     2,
                     {p, eps, {"keepdim", K::boolean}},
                     "p-norm of the difference along the last dimension",
                     pairwiseDistance});
  table.add("loss",
            {"cdist", 2, 2, {p}, "p-norms of all differences of two lists of vectors", cdist});
}

} // namespace gradc::graph
