// MathPow.cpp - powers with a float exponent.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"
#include <cmath>

using namespace gradc::lanes;

namespace {
/// The unevaluated sum of two numbers, the second less than an ulp of the first.
struct Pair {
  Vec high, low;
};
} // namespace

static Pair sum(const Vec &x, const Vec &y) { // Knuth
  Vec s = x + y, part = s - x;
  return {s, (x - (s - part)) + (y - part)};
}
static Pair product(const Vec &x, const Vec &y) {
  Vec p = x * y;
  return {p, fma(x, y, -p)};
}

/// log of a positive normal f64 to about 2^-66, relative.
static Pair logPair(const Vec &m, const Vec &e) {
  // With f = (m - 1) / (m + 1): log m = 2 f (1 + f^2 / 3 + f^4 / 5 + ...), |f| < 0.172.
  Vec top = m - 1.0, bottom = m + 1.0, bottomLow = m - (bottom - 1.0);
  Vec f = top / bottom;
  Vec fLow = (fma(-f, bottom, top) - f * bottomLow) / bottom;
  Pair square = product(f, f);
  square.low = fma(f * 2.0, fLow, square.low);
  double c[13];
  for (int i = 0; i < 13; ++i)
    c[i] = 1.0 / (2 * i + 5);
  Vec q = polynomial(square.high, c);
  Pair t = product(square.high, q);
  double third = 1.0 / 3;
  Pair a = sum(m.real(third), t.high);
  a.low = a.low + (fma(square.low, q, t.low) + 1.850371707708594e-17);
  Pair g = product(square.high, a.high);
  g.low = g.low + fma(square.high, a.low, square.low * a.high);
  Pair w = product(f, g.high);
  w.low = w.low + fma(f, g.low, fLow * g.high);
  Pair log = sum(f, w.high);
  log.low = log.low + (w.low + fLow);
  // e ln 2: the high part ends in zeros, so its product is exact.
  Pair all = sum(e * 6.93147180369123816490e-01, log.high * 2.0);
  all.low = all.low + fma(log.low, 2.0, e * 1.90821492927058770002e-10);
  Vec high = all.high + all.low;
  return {high, all.low - (high - all.high)};
}

Vec gradc::lanes::logBaseVec(const Vec &x, bool decimal) {
  Vec small = x < 0x1p-1022;
  Vec bits = select(small, x * 0x1p54, x).bits();
  Vec e = shiftRight(addInt(bits, -0x3FE6A09E667F3BCD), 52);
  Vec m = subInt(bits, shiftLeft(e, 52)).asFloat();
  Vec shift = select(small, e.integer(-54), e.integer(0));
  Vec k = addInt(e, shift).resize(32).intToFloat(x.element());
  // Base 2 takes the exponent as it is: powers of 2 are exact.
  Pair log = logPair(m, decimal ? k : k.real(0));
  double factor = decimal ? 4.34294481903251816668e-01 : 1.44269504088896338700e+00;
  double factorRest = decimal ? 1.09831965021676508e-17 : 2.03552737409310331e-17;
  Pair y = product(log.high, log.high.real(factor));
  y.low = y.low + fma(log.high, factorRest, log.low * factor);
  if (!decimal) {
    Pair all = sum(k, y.high);
    y = {all.high, all.low + y.low};
  }
  Vec r = y.high + y.low;
  r = select(equal(x, 1), x.real(0), r); // not -0
  r = select(equal(x, 0), x.real(-INFINITY), select(x < 0.0, x.real(NAN), r));
  return select(x < INFINITY, r, x);
}

/// |x|^y for f64, but for zero, infinite and NaN operands, which logVec and expVec treat right.
static Vec powPositive(const Vec &x, const Vec &y) {
  Vec small = x < 0x1p-1022;
  Vec bits = select(small, x * 0x1p54, x).bits();
  Vec e = shiftRight(addInt(bits, -0x3FE6A09E667F3BCD), 52);
  Vec m = subInt(bits, shiftLeft(e, 52)).asFloat();
  Vec shift = select(small, e.integer(-54), e.integer(0));
  Vec k = addInt(e, shift).resize(32).intToFloat(x.element());
  Pair log = logPair(m, k);
  Vec p = y * log.high;
  Vec low = fma(y, log.high, -p) + y * log.low;
  Vec finite = p.abs() < 800.0;
  return expVec(p, select(finite, low, low.real(0)));
}

Vec gradc::lanes::powVec(const Vec &base, const Vec &exponent) {
  mlir::Type type = base.element();
  mlir::Type wide = base.b->b.getF64Type();
  Vec x = base.toFloat(wide), y = exponent.toFloat(wide);
  Vec a = x.abs();
  Vec special = select(equal(a, 0), equal(a, 0), select(a < INFINITY, equal(a, 0), equal(a, a)));
  Vec simple = expVec(y * logVec(a));
  // f32: the logarithm in f64 is exact enough as it is.
  Vec r = type.isF64() ? select(special, simple, powPositive(a, y)) : simple;
  r = select(equal(a, 1), r.real(1), r);
  r = select(isNan(y), y, r);
  r = select(isNan(x), x, r);
  Vec whole = equal(y, y.roundEven());
  Vec half = y * 0.5;
  Vec odd = whole & select(equal(half, half.roundEven()), equal(y.real(0), 1), equal(y.real(0), 0));
  Vec negative = lessInt(x.bits(), 0);
  Vec broken = negative & (a < INFINITY) & (a > 0.0) &
               select(whole, equal(y.real(0), 1), equal(y.real(0), 0));
  r = select(broken, r.real(NAN), select(negative & odd, -r, r));
  r = select(equal(x, 1), r.real(1), r);
  r = select(equal(y, 0), r.real(1), r);
  return r.toFloat(type);
}
