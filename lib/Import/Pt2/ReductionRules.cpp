// ReductionRules.cpp - reductions, orders and statistics.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Importer.h"
#include "Rules.h"
#include <cmath>

using namespace mlir;
namespace gradc::pt2 {

/// The argument in the dtype that the call asks for, before it is reduced.
static Json widened(Aten &call) {
  Json self = call.operand("self");
  if (!call.has("dtype"))
    return self;
  Type wanted = elementOf(call.translator.context(), call.integerOf("dtype"));
  if (!wanted) {
    (void)call.fail(scalarTypeName(call.integerOf("dtype")) + " is not supported");
    return null();
  }
  return wanted == elementOf(call, "self") ? self : cast(self, graph::dtypeName(wanted));
}

static void passDims(Aten &call, Json &node) {
  if (call.has("dim") && !call.integersOf("dim").empty())
    set(node, "dim", call.attribute("dim"));
  if (call.find("keepdim"))
    set(node, "keepdim", call.attribute("keepdim"));
}

static Json reduce(Aten &call, StringRef op) {
  Json node = makeNode(op, {widened(call)});
  passDims(call, node);
  return node;
}
static Json sum(Aten &call) { return reduce(call, "sum"); }
static Json mean(Aten &call) { return reduce(call, "mean"); }
static Json nansum(Aten &call) { return reduce(call, "nansum"); }
static Json nanmean(Aten &call) { return reduce(call, "nanmean"); }
static Json anyOf(Aten &call) { return reduce(call, "any"); }
static Json allOf(Aten &call) { return reduce(call, "all"); }
static Json countNonzero(Aten &call) { return reduce(call, "count_nonzero"); }
static Json largest(Aten &call) { return reduce(call, "amax"); }
static Json smallest(Aten &call) { return reduce(call, "amin"); }
static Json logsumexp(Aten &call) { return reduce(call, "logsumexp"); }

//===-- Spread --------------------------------------------------------------------------------===//

static Json spread(Aten &call, StringRef op) {
  Json node = makeNode(op, {call.operand("self")});
  passDims(call, node);
  double correction = call.find("correction") ? call.numberOf("correction", 1)
                      : call.find("unbiased") ? double(call.flag("unbiased"))
                                              : 1;
  set(node, "correction",
      correction == std::floor(correction) ? integer(correction) : number(correction));
  return node;
}
static Json var(Aten &call) { return spread(call, "var"); }
static Json standardDeviation(Aten &call) { return spread(call, "std"); }
static Json varMean(Aten &call) { return spread(call, "var_mean"); }
static Json stdMean(Aten &call) { return spread(call, "std_mean"); }

//===-- Norms ---------------------------------------------------------------------------------===//

static Json vectorNorm(Aten &call) {
  StringRef key = call.find("ord") ? "ord" : "p";
  double p = call.numberOf(key, 2);
  Json node = makeNode("norm", {widened(call)});
  set(node, "p", std::isinf(p) ? word(p > 0 ? "inf" : "-inf") : number(p));
  passDims(call, node);
  return node;
}

/// Frobenius and the norms of absolute row and column sums.
static Json matrixNorm(Aten &call) {
  SmallVector<int64_t> dims = call.integersOf("dim");
  size_t rank = call.shape("self").size();
  if (dims.size() != 2)
    return call.fail("a matrix norm takes two dims");
  for (int64_t &dim : dims) {
    auto at = wrapped(call, dim, rank);
    if (!at)
      return null();
    dim = *at;
  }
  bool keep = call.flag("keepdim");
  std::string named = call.textOf("ord");
  if (named == "fro")
    return makeNode("norm", {widened(call)},
                    {{"p", number(2)}, {"dim", integers(dims)}, {"keepdim", boolean(keep)}});
  double order = call.numberOf("ord", NAN);
  if (!named.empty() || (std::fabs(order) != 1 && !std::isinf(order)))
    return call.fail("this matrix norm needs singular values, which are not supported");
  // 1: the largest sum of a column, which runs along the first dim.
  unsigned inner = std::fabs(order) == 1 ? 0 : 1;
  Json sums = makeNode("sum", {makeNode("abs", {widened(call)})},
                       {{"dim", integer(dims[inner])}, {"keepdim", boolean(true)}});
  Json found = makeNode(order > 0 ? "amax" : "amin", {std::move(sums)},
                        {{"dim", integer(dims[1 - inner])}, {"keepdim", boolean(true)}});
  return reshape(std::move(found), call.result()->sizes);
}

//===-- Extremes and orders -------------------------------------------------------------------===//

/// max and min of everything, along a dim with indices, or of two tensors.
static Json extreme(Aten &call) {
  StringRef op = call.schema.base();
  if (call.find("other"))
    return makeNode(op == "max" ? "maximum" : "minimum",
                    {call.operand("self"), call.operand("other")});
  Json node = makeNode(op, {call.operand("self")});
  passDims(call, node);
  return node;
}

static Json sort(Aten &call) {
  Json node = makeNode(call.schema.base(), {call.operand("self")},
                       {{"descending", call.attribute("descending")}});
  if (call.has("dim"))
    set(node, "dim", call.attribute("dim"));
  return node;
}

/// The quantile at a number q, along a dim or of everything, by linear interpolation.
static Json quantile(Aten &call) {
  double q = call.numberOf("q", NAN);
  std::string mode = call.textOf("interpolation");
  ArrayRef<int64_t> shape = call.shape("self");
  bool all = !call.has("dim") || shape.empty();
  auto at = wrapped(call, all ? 0 : call.integerOf("dim"), shape.size());
  if (!at)
    return null();
  int64_t dim = *at;
  if (!(q >= 0 && q <= 1))
    return call.fail("quantile() q value must be in the range [0, 1]");
  if (call.schema.base() == "nanquantile")
    return call.fail("nanquantile is not supported: where NaN stands decides the place");
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  Json self = all ? reshape(call.operand("self"), {count}) : call.operand("self");
  count = all ? count : shape[dim];
  if (count == 0)
    return call.fail("quantile() input tensor must be non-empty");
  Json sorted = call.let(makeNode("sort", {self}, {{"dim", integer(dim)}}), "sorted");
  double place = q * double(count - 1);
  double low = std::floor(place), weight = place - low;
  if (mode == "lower")
    weight = 0;
  else if (mode == "higher")
    weight = weight > 0;
  else if (mode == "nearest")
    weight = std::nearbyint(place) - low;
  else if (mode == "midpoint")
    weight = weight > 0 ? 0.5 : 0;
  auto element = [&](double index) {
    return makeNode("narrow", {sorted},
                    {{"dim", integer(dim)}, {"start", integer(index)}, {"length", integer(1)}});
  };
  Json result =
      weight ? makeNode("lerp", {element(low), element(low + 1), number(weight)}) : element(low);
  // NaN stands last, and makes the result NaN.
  Json last = element(double(count - 1));
  result = makeNode("where", {makeNode("isnan", {last}), last, std::move(result)});
  return reshape(std::move(result), call.result()->sizes);
}

/// _softmax and _log_softmax of core ATen.
static Json plainSoftmax(Aten &call) {
  if (call.flag("half_to_float"))
    return call.fail("'" + call.node.target + "' with half_to_float is not supported");
  return makeNode(call.schema.base().drop_front(), {call.operand("self")},
                  {{"dim", call.attribute("dim")}});
}

/// Softmax, and 0 where all of a row is -inf.
static Json safeSoftmax(Aten &call) {
  Json x = call.operand("self"), dim = call.attribute("dim");
  Json empty = call.let(
      makeNode("all", {makeNode("isneginf", {x})}, {{"dim", dim}, {"keepdim", boolean(true)}}),
      "empty");
  // The softmax of such a row has no gradient to speak of: it never sees one.
  Json y = makeNode("softmax", {makeNode("where", {empty, integer(0), x})}, {{"dim", dim}});
  if (call.has("dtype"))
    set(y, "dtype", call.attribute("dtype"));
  return makeNode("where", {empty, integer(0), std::move(y)});
}

/// The lower median of what is not NaN: the elements in order have NaN last.
static Json nanMedian(Aten &call) {
  ArrayRef<int64_t> shape = call.shape("self");
  bool all = !call.has("dim") || shape.empty();
  Json x = all ? reshape(call.operand("self"), {-1}) : call.operand("self");
  Json dim = integer(all ? 0 : call.integerOf("dim"));
  std::string values = call.translator.fresh("sorted"), places = call.translator.fresh("places");
  Json sorted = makeNode("sort", {x}, {{"dim", dim}});
  set(sorted, "names", list({word(values), word(places)}));
  call.translator.emit(call.node, std::move(sorted));
  // How many numbers there are, less one, halved; 0 when all are NaN.
  Json count = makeNode("sum", {makeNode("logical_not", {makeNode("isnan", {x})})},
                        {{"dim", dim}, {"keepdim", boolean(true)}});
  Json middle = call.let(
      makeNode("clamp_min",
               {makeNode("floor_divide", {makeNode("sub", {count, integer(1)}), integer(2)}),
                integer(0)}),
      "middle");
  auto at = [&](StringRef name, unsigned i) {
    return reshape(makeNode("gather", {word(name), middle}, {{"dim", dim}}), call.result(i)->sizes);
  };
  call.define(0, at(values, 0));
  if (call.resultCount() > 1)
    call.define(1, at(places, 1));
  return null();
}

void addReductionRules(RuleTable &table) {
  table["sum"].rule = sum;
  table["mean"].rule = mean;
  table["nansum"].rule = nansum;
  table["nanmean"].rule = nanmean;
  table["any"].rule = anyOf;
  table["all"].rule = allOf;
  table["count_nonzero"].rule = countNonzero;
  table["amax"].rule = largest;
  table["amin"].rule = smallest;
  table["logsumexp"].rule = logsumexp;
  table["special_logsumexp"].rule = logsumexp;
  table["var"].rule = var;
  table["std"].rule = standardDeviation;
  table["var_mean"].rule = varMean;
  table["std_mean"].rule = stdMean;
  table["norm"].rule = vectorNorm;
  table["linalg_vector_norm"].rule = vectorNorm;
  table["linalg_matrix_norm"].rule = matrixNorm;
  table["max"].rule = extreme;
  table["min"].rule = extreme;
  table["sort"].rule = sort;
  table["argsort"].rule = sort;
  table["_softmax"].rule = plainSoftmax;
  table["_log_softmax"].rule = plainSoftmax;
  table["_safe_softmax"].rule = safeSoftmax;
  table["nanmedian"].rule = nanMedian;
  table["quantile"].rule = quantile;
  table["nanquantile"].rule = quantile;
}

} // namespace gradc::pt2
