// Attention.cpp - scaled dot product attention with masks, causal order and grouped heads.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Composite.h"
#include <cmath>
#include <limits>

using namespace mlir;
namespace gradc::graph {

using P = ag::Predicate;

namespace {
struct Attention {
  Call &call;
  Term query, key, value, mask;
  /// The batch dims of all three; of grouped heads those of the keys.
  Shape batch;
  /// How many heads of the query share one of the keys; 1 unless they are grouped.
  int64_t group = 1;

  LogicalResult check();
  LogicalResult join();
  LogicalResult applyMask(Term &scores);
  Term matrices(Term x, int64_t group);
  LogicalResult run();
};
} // namespace

LogicalResult Attention::check() {
  Type type = query.element();
  if (type != key.element() || type != value.element())
    return call.fail(
        "Expected query, key, and value to have the same dtype, but got query.dtype: " +
        Twine(dtypeCName(type)) + " key.dtype: " + dtypeCName(key.element()) +
        " and value.dtype: " + dtypeCName(value.element()) + " instead.");
  if (query.rank() < 2 || key.rank() < 2 || value.rank() < 2)
    return call.fail("Expected query, key, and value to all be  at least 2 dimensional, but got "
                     "query.dim: " +
                     Twine(query.rank()) + " key.dim: " + Twine(key.rank()) +
                     " and value.dim: " + Twine(value.rank()) + " instead.");
  if (!query.isFloat())
    return call.fail("\"scaled_dot_product_attention\" not implemented for '" + dtypeWord(type) +
                     "'");
  if (!mask)
    return success();
  if (call.node.flag("is_causal"))
    return call.fail("_scaled_dot_product_attention: Explicit attn_mask should not be set when "
                     "is_causal=True");
  if (!mask.isBool() && mask.element() != type && !mask.element().isF32())
    return call.fail("Expected attn_mask dtype to be bool or float or to match query dtype, but "
                     "got attn_mask.dtype: " +
                     Twine(dtypeCName(mask.element())) + " and  query.dtype: " + dtypeCName(type) +
                     " instead.");
  return success();
}

/// The batch dims, and the sizes that products need.
LogicalResult Attention::join() {
  ArrayRef<int64_t> q = query.shape().drop_back(2), k = key.shape().drop_back(2),
                    v = value.shape().drop_back(2);
  if (call.node.flag("enable_gqa") && !q.empty() && !k.empty() && q.back() != k.back()) {
    if (k.back() == 0 || q.back() % k.back() || v.empty() || v.back() != k.back())
      return call.fail("Number of heads in key and value must divide the number of heads in query");
    group = q.back() / k.back();
  }
  Shape grouped(q), joined;
  if (group > 1)
    grouped.back() = k.back();
  if (failed(broadcastShapes(call.importer, call.node.loc, grouped, k, joined)) ||
      failed(broadcastShapes(call.importer, call.node.loc, joined, v, batch)))
    return failure();
  int64_t count = 1;
  for (int64_t size : batch)
    count *= size;
  if (query.size(-1) != key.size(-1))
    return call.fail("Expected size for first two dimensions of batch2 tensor to be: " +
                     listText({count * group, query.size(-1)}) +
                     " but got: " + listText({count * group, key.size(-1)}) + ".");
  if (key.size(-2) != value.size(-2))
    return call.fail("Expected size for first two dimensions of batch2 tensor to be: " +
                     listText({count * group, key.size(-2)}) +
                     " but got: " + listText({count * group, value.size(-2)}) + ".");
  return success();
}

/// x [batch, (heads of a group,) rows, columns].
Term Attention::matrices(Term x, int64_t heads) {
  Shape shape(batch);
  if (heads > 1) {
    Shape full(batch);
    full.back() *= heads;
    full.append({x.size(-2), x.size(-1)});
    shape.push_back(heads);
    shape.append({x.size(-2), x.size(-1)});
    return reshape(expand(x, full), shape);
  }
  shape.append({x.size(-2), x.size(-1)});
  return expand(x, shape);
}

LogicalResult Attention::applyMask(Term &scores) {
  double inf = std::numeric_limits<double>::infinity();
  if (call.node.flag("is_causal")) {
    Shape square{scores.size(-2), scores.size(-1)};
    Term sees = compare(iota(scores, square, 0), iota(scores, square, 1), P::ge);
    scores = select(sees, scores, -inf);
    return success();
  }
  if (!mask)
    return success();
  Shape joined;
  if (failed(broadcastShapes(call.importer, call.node.loc, scores.shape(), mask.shape(), joined)))
    return failure();
  if (mask.isBool())
    scores = select(mask, scores, -inf);
  else
    scores = scores + cast(mask, scores.element());
  return success();
}

LogicalResult Attention::run() {
  if (failed(check()) || failed(join()))
    return failure();
  int64_t rows = query.size(-2);
  double scale = call.number("scale", 1 / std::sqrt(double(query.size(-1))));
  SmallVector<int64_t> shared = range(0, batch.size());
  int64_t first = batch.size(), rank = first + (group > 1 ? 3 : 2);
  Term q = matrices(query * scale, group), k = matrices(key, 1), v = matrices(value, 1);
  Term scores = contract(q, k, shared, shared, {rank - 1}, {first + 1});
  Shape plain(batch);
  if (group > 1)
    plain.back() *= group;
  plain.append({rows, key.size(-2)});
  scores = reshape(scores, plain);
  if (failed(applyMask(scores)) || !scores)
    return failure();
  // A row that sees nothing is 0, as in PyTorch.
  Term weights = scores;
  if (mask) {
    Term isBlind =
        compare(amax(detach(scores), {-1}, true), -std::numeric_limits<double>::infinity(), P::eq);
    weights = select(isBlind, 0, softmax(select(isBlind, 0, scores), scores.rank() - 1));
  } else {
    weights = softmax(scores, scores.rank() - 1);
  }
  weights = dropout(call, "dropout_p", weights);
  if (!weights)
    return failure();
  Term y = contract(matrices(weights, group), v, shared, shared, {rank - 1}, {first});
  Shape result(plain);
  result.back() = value.size(-1);
  return call.result(reshape(y, result));
}

static LogicalResult attention(Importer &importer, Node &node) {
  Call call(importer, node);
  Term q = call.input(0), k = q ? call.input(1) : call.none(), v = k ? call.input(2) : call.none();
  Term mask = call.has(3) ? call.input(3) : call.none();
  if (!v || (call.has(3) && !mask))
    return failure();
  return Attention{call, q, k, v, mask, {}}.run();
}

void addAttentionOps(OpTable &table) {
  using K = AttributeKind;
  table.add("layer", {"scaled_dot_product_attention",
                      3,
                      4,
                      {{"is_causal", K::boolean},
                       {"scale", K::number},
                       {"enable_gqa", K::boolean},
                       {"dropout_p", K::number},
                       {"train", K::boolean}},
                      "softmax(query @ key.t() * scale + mask) @ value; a mask of bools or floats",
                      attention,
                      true,
                      nullptr,
                      {},
                      true});
}

} // namespace gradc::graph
