// MathRules.cpp - derivatives of elementwise ops that take more than a line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"
#include <cmath>
#include <numbers>

using namespace mlir;
namespace gradc::ag {

static constexpr double pi = std::numbers::pi;

Expr finiteMask(Expr x) {
  Expr finite = abs(x) < INFINITY;
  return {x.rule,
          CastOp::create(x.rule->builder, x.rule->op->getLoc(), x.value.getType(), finite.value)};
}

Expr logistic(Expr x) { return op<ReciprocalOp>(exp(x) + 1.0); }

Expr sincDerivative(Expr d, Expr x) {
  Expr product = x * pi;
  Expr slope = (product * cos(product) - sin(product)) / (x * x) / pi;
  return select(x * x == 0.0, 0.0, d * slope); // where the square underflows, too
}

Expr logitDerivative(Expr d, Expr x, double eps) {
  Expr inner = d / abs(x * (1.0 - x)); // -0 is 0
  if (eps < 0)
    return select((x >= 0.0) & (x <= 1.0), inner, std::numeric_limits<double>::quiet_NaN());
  Expr low = constant(x, eps);
  return select((x < low) | (x > 1.0 - low), constant(x, 0.0), inner); // NaN stays
}

Expr geluDerivative(Expr d, Expr x) {
  Expr cdf = op<ErfcOp>(x * -std::sqrt(0.5)) * 0.5;
  Expr pdf = exp(x * x * -0.5) * (0.5 * std::numbers::inv_sqrtpi * std::numbers::sqrt2);
  return d * (cdf + x * pdf);
}

Expr geluTanhDerivative(Expr d, Expr x) {
  double beta = std::numbers::sqrt2 * std::numbers::inv_sqrtpi, kappa = 0.044715;
  Expr square = x * x, negative = x < 0.0;
  Expr u = (x + square * x * kappa) * (beta * 2);
  // The logistic of u and of -u, each exact in its tail. The exponential is the function's own.
  Expr e = exp(select(negative, u, -u)), large = op<ReciprocalOp>(e + 1.0), small = e * large;
  Expr left = select(negative, small, large), right = select(negative, large, small);
  Expr slope = (square * (3 * kappa) + 1.0) * beta;
  return d * (left + x * 2.0 * left * right * slope);
}

Expr siluDerivative(Expr d, Expr x) {
  Expr s = sigmoid(x);
  return d * (s * (x * (1.0 - s) + 1.0));
}

Expr mishDerivative(Expr d, Expr x) {
  Expr s = sigmoid(x), t = tanh(op<Log1pOp>(exp(x)));
  return d * (t + x * s * (1.0 - t * t));
}

// In the rules below, what is not chosen is kept finite, and constant where PyTorch's second
// derivative is 0: else 0 * inf would come out of it.

Expr softplusDerivative(Expr d, Expr x, double beta, double threshold) {
  Expr inner = beta == 1 ? x : x * beta;
  Expr z = exp(select(inner >= threshold, threshold, inner));
  return select(inner > threshold, d, d * z / (z + 1.0));
}

Expr logSigmoidDerivative(Expr d, Expr x) { return d * sigmoid(-x); }

Expr eluDerivative(Expr d, Expr x, double alpha, double scale, double inputScale) {
  Expr low = select(x < 0.0, x, 0.0);
  Expr below = d * (inputScale * alpha * scale) * exp(low * inputScale);
  return select(x <= 0.0, below, d * scale);
}

Expr reciprocalOfSquares(Expr a, Expr b) {
  Expr squares = a * a + b * b;
  return select(squares == 0.0, 0.0, op<ReciprocalOp>(squares));
}

Expr logAddDerivative(Expr d, Expr mine, Expr other, bool base2) {
  Expr way = other - mine;
  return d / ((base2 ? op<Exp2Op>(way) : exp(way)) + 1.0);
}

} // namespace gradc::ag
