// MathExp.cpp - exp and tanh.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"

using namespace gradc::lanes;

static constexpr double kLog2E = 1.44269504088896340736;
static constexpr double kLn2High = 6.93147180369123816490e-01;
static constexpr double kLn2Low = 1.90821492927058770002e-10;
// 1/2!, 1/3!, ...: up to half of ln 2 the rest is below 2^-57.
static const double kInverseFactorials[] = {
    1. / 2,     1. / 6,      1. / 24,      1. / 120,      1. / 720,       1. / 5040,
    1. / 40320, 1. / 362880, 1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800,
};
// (2^r - 1) / r on |r| <= 1/2, minimax, f32.
static const double kExp2[] = {6.93147187935490794e-01, 2.40226497937980898e-01,
                               5.55035739099492137e-02, 9.61823759457274344e-03,
                               1.33907583259536994e-03, 1.54035082176755023e-04};
// (tanh(x) / x - 1) / x^2 over x^2 on [0, 0.55^2]: our own fit, f32.
static const double kTanh[] = {-0.33332946629888116, 0.1332072493400226, -0.05267180693443811,
                               0.01643757018692415};

// Comparisons instead of minimum and maximum: they leave NaN alone.
static Vec clamp(const Vec &x, double low, double high) {
  Vec y = select(x > high, x.real(high), x);
  return select(y < low, y.real(low), y);
}

// The least exponents have powers of two whose halves are 0: that makes exact zeros. Where a
// product is rounded to 0 a CPU may take some hundred cycles for a vector, and a mask of -inf would
// be the slowest of inputs.
static constexpr double kLowSingle = -176.06, kLowDouble = -1418.2;
// Below these exp rounds to 0.
static constexpr double kZeroSingle = -103.98, kZeroDouble = -745.14;

/// Bounded on both sides, or above only where what is below a bound is left out.
static Vec bounded(const Vec &x, double low, double high) {
  return hasScale(x) ? select(x > high, x.real(high), x) : clamp(x, low, high);
}

namespace {
/// An exponential before its power of two: factor times 2^power.
struct Scaled {
  Vec factor;
  Rounded power;
};
} // namespace

/// exp(times x + low) in f32, where `times` is 1 or 2; `low` is small, and may be left out.
static Scaled expParts(const Vec &x, double times, const Vec *low = nullptr) {
  Rounded n = roundSmall(x, times * kLog2E);
  // x log2(e) - n with log2(e) in two parts.
  Vec r = fma(x, times * 1.44269502162933349609375, -n.number);
  r = fma(x, times * 1.92596299112661746887e-8, r);
  if (low)
    r = fma(*low, kLog2E, r);
  return {fma(polynomial(r, kExp2), r, 1), n};
}

static Vec expSingle(const Vec &argument, const Vec *low = nullptr) {
  Scaled e = expParts(bounded(argument, kLowSingle, 89), 1, low);
  Vec vanishes = argument < kZeroSingle;
  return scaleByPower(e.factor, e.power, &vanishes);
}

Vec gradc::lanes::expVec(const Vec &argument, const Vec &low) {
  if (!argument.isDouble())
    return expSingle(argument, &low);
  Vec x = bounded(argument, kLowDouble, 710);
  Rounded n = roundSmall(x, kLog2E);
  Vec high = fma(n.number, -kLn2High, x); // exact: kLn2High ends in zeros
  Vec rest = fma(n.number, -kLn2Low, low);
  Vec r = high + rest;
  Vec lost = (high - r) + rest;
  Vec square = r * r;
  // 1 + (r + ...): the sum's own rounding is the only one that counts.
  Vec tail = fma(square, polynomial(r, kInverseFactorials), lost) + r;
  Vec vanishes = argument < kZeroDouble;
  return scaleByPower(tail + 1.0, n, &vanishes);
}

Vec gradc::lanes::expVec(const Vec &x) {
  return x.isDouble() ? expVec(x, x.real(0)) : expSingle(x);
}

/// Below 0.55 a polynomial, from there 1 - 2 / (exp(2|x|) + 1).
static Vec tanhSingle(const Vec &x) {
  Vec a = x.abs();
  a = select(a > 10.0, a.real(10), a); // from 9.02 up it rounds to 1
  Vec square = a * a, small = fma(a * square, polynomial(square, kTanh), a);
  Scaled e = expParts(a, 2);
  Vec power = hasScale(a) ? scaleByPower(e.factor, e.power, nullptr)
                          : e.factor * shiftLeft(addInt(e.power.integer, 127), 23).asFloat();
  Vec large = 1.0 - 2.0 / (power + 1.0);
  return select(a > 0.55, large, small).copySign(x);
}

Vec gradc::lanes::tanhVec(const Vec &x) {
  if (!x.isDouble())
    return tanhSingle(x);
  // With e = exp(2|x|) - 1: tanh = e / (e + 2). Beyond the bound it rounds to 1.
  Vec a = x.abs();
  a = a + a;
  a = select(a > 44.0, a.real(44), a);
  Rounded n = roundSmall(a, kLog2E);
  Vec r = fma(n.number, -kLn2Low, fma(n.number, -kLn2High, a));
  Vec p = fma(r * r, polynomial(r, kInverseFactorials), r);
  Vec s = shiftLeft(addInt(n.integer, 1023), 52).asFloat();
  Vec e = fma(p, s, s - 1.0), d = e + 2.0;
  // From 1/2 up 1 - 2 / d is the better conditioned form; one division does for both.
  Vec large = e > 2.0;
  Vec q = select(large, e.real(2), e) / d;
  // What e + 2 lost to rounding, and the quotient's remainder, made good; 1 / d is (1 - q) / 2.
  Vec lost = e - (d - 2.0);
  Vec remainder = fma(-q, lost, fma(-q, d, e));
  Vec small = fma(remainder, (1.0 - q) * 0.5, q);
  return select(large, 1.0 - q, small).copySign(x);
}
