// StructuredRules.cpp - derivatives of indexing, windows, products, softmax and normalisation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"

using namespace mlir;
namespace gradc::ag {

static RankedTensorType typeOf(Expr e) { return cast<RankedTensorType>(e.value.getType()); }

//===-- Precision -----------------------------------------------------------------------------===//

static Expr convert(Expr e, Type element) {
  auto type = RankedTensorType::get(typeOf(e).getShape(), element);
  if (type == e.value.getType())
    return e;
  return {e.rule, CastOp::create(e.rule->builder, e.rule->op->getLoc(), type, e.rule->use(e))};
}

/// Rows of short floats are summed in f32.
static Expr widen(Expr e) {
  Type element = typeOf(e).getElementType();
  return element.getIntOrFloatBitWidth() >= 32 ? e : convert(e, e.rule->builder.getF32Type());
}

static Expr narrowLike(Expr e, Expr like) { return convert(e, typeOf(like).getElementType()); }

//===-- Indexing and windows ------------------------------------------------------------------===//

Expr gatherBack(Expr d, Expr x, Expr i, int64_t dim) {
  return op<ScatterOp>(zerosLike(x), i, d, dim, ScatterMode::add);
}

void GatherOp::buildJvp(Jvp &rule) {
  rule.contribute(0, {&rule, GatherOp::create(rule.builder, getLoc(), rule.tangent(0).value,
                                              rule.use(rule.operand(1)), getDim())});
}

/// A sum of windows is linear; its transpose slides the same window with strides and dilation of
/// the base exchanged.
Expr reduceWindowBack(Expr d, Expr x, ReduceWindowOp op) {
  auto to = typeOf(x), from = typeOf(d);
  SmallVector<int64_t> low, high;
  for (int64_t k = 0; k < to.getRank(); ++k) {
    int64_t reach = (op.getSizes()[k] - 1) * op.getWindowDilation()[k], n = to.getDimSize(k);
    int64_t stride = op.getStrides()[k], base = op.getBaseDilation()[k];
    int64_t spread = from.getDimSize(k) ? (from.getDimSize(k) - 1) * stride + 1 : 0;
    low.push_back(reach - op.getPaddingLow()[k]);
    high.push_back((n - 1) * base + reach + 1 - spread - low.back());
  }
  Rule *rule = d.rule;
  return {rule, ReduceWindowOp::create(rule->builder, op.getLoc(), to, rule->use(d), op.getSizes(),
                                       op.getBaseDilation(), low, high, op.getStrides(),
                                       op.getWindowDilation())};
}

//===-- Reductions ----------------------------------------------------------------------------===//

Expr rowSum(Expr e, ArrayRef<int64_t> dims) {
  return broadcastBack(op<ReduceSumOp>(e, dims), e, dims);
}

static Expr rowMean(Expr e, ArrayRef<int64_t> dims) {
  return broadcastBack(op<ReduceMeanOp>(e, dims), e, dims);
}

/// At every element the product of the others, so written that its own derivative holds at zeros.
static Expr productOfOthers(Expr x, Expr y, ArrayRef<int64_t> dims) {
  auto spread = [&](Expr e) { return broadcastBack(e, x, dims); };
  Expr isZero = x == 0.0;
  Expr safe = select(isZero, 1.0, x), zeros = select(isZero, x, 0.0);
  Expr rest = spread(op<ReduceProdOp>(safe, dims));
  Expr count = rowSum(convert(isZero, typeOf(x).getElementType()), dims);
  // With two zeros the product is 0, but grows with the other zero.
  Expr other = spread(op<ReduceSumOp>(zeros, dims)) - zeros;
  Expr atZero = select(count == 1.0, rest, select(count == 2.0, rest * other, 0.0));
  return select(isZero, atZero, spread(y) / safe);
}

Expr prodBack(Expr d, Expr x, Expr y, ArrayRef<int64_t> dims) {
  return broadcastBack(d, x, dims) * productOfOthers(x, y, dims);
}

void ReduceProdOp::buildJvp(Jvp &rule) {
  Expr others = productOfOthers(rule.operand(0), rule.result(0), getDims());
  rule.contribute(0, op<ReduceSumOp>(rule.tangent(0) * others, getDims()));
}

void LogsumexpOp::buildJvp(Jvp &rule) {
  Expr x = rule.operand(0), y = broadcastBack(rule.result(0), x, getDims());
  rule.contribute(0, op<ReduceSumOp>(rule.tangent(0) * exp(x - y), getDims()));
}

//===-- Rows ----------------------------------------------------------------------------------===//

Expr softmaxBack(Expr d, Expr y, ArrayRef<int64_t> dims) {
  Expr wideD = widen(d), wideY = widen(y);
  return narrowLike(wideY * (wideD - rowSum(wideD * wideY, dims)), d);
}

void LogSoftmaxOp::buildJvp(Jvp &rule) {
  Expr t = rule.tangent(0);
  rule.contribute(0, t - rowSum(exp(rule.result(0)) * t, getDims()));
}

/// 1 / sqrt(`square` + eps), at every element of a row.
static Expr scaleOf(Expr square, double eps) {
  Rule *rule = square.rule;
  Expr sum = square + constant(square, eps);
  return {rule,
          PowScalarOp::create(rule->builder, rule->op->getLoc(), rule->use(sum), APFloat(-0.5))};
}

/// The scale and the normalised rows are computed again from `x`, which is all that is kept. The
/// Jacobian is symmetric: this is both modes' rule.
Expr normalizeBack(Expr d, Expr x, NormalizeOp op) {
  ArrayRef<int64_t> dims = op.getDims();
  Expr wideD = widen(d), wideX = widen(x);
  Expr centred = wideX - rowMean(wideX, dims);
  Expr scale = scaleOf(rowMean(centred * centred, dims), op.getEps().convertToDouble());
  Expr y = centred * scale;
  return narrowLike(scale * (wideD - rowMean(wideD, dims) - y * rowMean(wideD * y, dims)), d);
}

Expr rmsNormalizeBack(Expr d, Expr x, RmsNormalizeOp op) {
  ArrayRef<int64_t> dims = op.getDims();
  Expr wideD = widen(d), wideX = widen(x);
  Expr scale = scaleOf(rowMean(wideX * wideX, dims), op.getEps().convertToDouble());
  Expr y = wideX * scale;
  return narrowLike(scale * (wideD - y * rowMean(wideD * y, dims)), d);
}

} // namespace gradc::ag
