// ScalarActivations.cpp - one element of the activations of neural networks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ScalarExpr.h"
#include <cmath>
#include <numbers>

using namespace mlir;
namespace gradc::ag {

Value scalarLeakyRelu(OpBuilder &b, Location loc, Value value, double slope) {
  Scalar x(b, loc, value);
  return select(x > 0.0, x, x * slope);
}

Value scalarPrelu(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x(b, loc, args[0]), w(b, loc, args[1]);
  return select(x > 0.0, x, w * x);
}

Value scalarElu(OpBuilder &b, Location loc, Value value, double alpha, double scale,
                double inputScale) {
  Scalar x(b, loc, value);
  Scalar inner = inputScale == 1 ? x : x * inputScale;
  Scalar below = apply<math::ExpM1Op>(inner) * (alpha * scale);
  return select(x < 0.0, below, scale == 1 ? x : x * scale);
}

Value scalarGelu(OpBuilder &b, Location loc, ValueRange args) {
  // erfc, as 1 + erf loses the left tail; the derivative's, too.
  Scalar x(b, loc, args[0]);
  return x * 0.5 * apply<math::ErfcOp>(x * -std::sqrt(0.5));
}

Value scalarGeluTanh(OpBuilder &b, Location loc, ValueRange args) {
  // 0.5 (1 + tanh(u)) is 1 / (1 + exp(-2u)), which keeps the left tail. With exp(-|2u|), which the
  // derivative shares, nothing overflows.
  Scalar x(b, loc, args[0]);
  double beta = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
  Scalar u = (x + x * x * x * 0.044715) * (beta * 2);
  Scalar e = exp(select(x < 0.0, u, -u));
  return select(x < 0.0, x * e, x) / (e + 1.0);
}

Value scalarSilu(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x(b, loc, args[0]);
  return x / (exp(-x) + 1.0);
}

Value scalarMish(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x(b, loc, args[0]);
  return x * apply<math::TanhOp>(log1p(exp(x)));
}

Value scalarSoftplus(OpBuilder &b, Location loc, Value value, double beta, double threshold) {
  Scalar x(b, loc, value), inner = beta == 1 ? x : x * beta;
  Scalar y = log1p(exp(inner));
  return select(inner > threshold, x, beta == 1 ? y : y / beta);
}

Value scalarHardtanh(OpBuilder &b, Location loc, Value value, double low, double high) {
  Scalar x(b, loc, value);
  return select(x < low, low, select(x > high, high, x));
}

static Scalar shifted(const Scalar &x) {
  Scalar y = x + 3.0;
  return select(y < 0.0, 0.0, select(y > 6.0, 6.0, y));
}
Value scalarHardswish(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x(b, loc, args[0]);
  return x * shifted(x) / 6.0;
}
Value scalarHardsigmoid(OpBuilder &b, Location loc, ValueRange args) {
  return shifted(Scalar(b, loc, args[0])) / 6.0;
}

Value scalarHardshrink(OpBuilder &b, Location loc, Value value, double lambd) {
  Scalar x(b, loc, value);
  return select((x >= -lambd) & (x <= lambd), 0.0, x);
}
Value scalarSoftshrink(OpBuilder &b, Location loc, Value value, double lambd) {
  Scalar x(b, loc, value);
  return select(x > lambd, x - lambd, select(x < -lambd, x + lambd, x * x.number(0)));
}

Value scalarLogSigmoid(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x(b, loc, args[0]);
  Scalar low = x.with(scalarMinimum(b, loc, {x.value, x.number(0).value}));
  return low - log1p(exp(-abs(x)));
}

Value scalarThreshold(OpBuilder &b, Location loc, Value v, double threshold, double value) {
  Scalar x(b, loc, v);
  return select(x <= threshold, value, x);
}

} // namespace gradc::ag
