// MathElementary.cpp - exp2, expm1, log1p, the inverse trigonometric and the hyperbolic functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All of this is f64; f32 is widened, and narrowed at the end. Polynomials are our own minimax
// fits.
#include "Math.h"
#include <cmath>

using namespace gradc::lanes;

static constexpr double kLog2E = 1.44269504088896340736;
static constexpr double kLn2High = 6.93147180369123816490e-01;
static constexpr double kLn2Low = 1.90821492927058770002e-10;
static constexpr double kLn2 = 6.93147180559945286227e-01, kLn2Rest = 2.31904681384629956e-17;
static constexpr double kHalfPi = 1.57079632679489655800e+00;
static constexpr double kHalfPiRest = 6.12323399573676603587e-17;
static const double kInverseFactorials[] = {
    1. / 2,     1. / 6,      1. / 24,      1. / 120,      1. / 720,       1. / 5040,
    1. / 40320, 1. / 362880, 1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800,
};
// (asin(x) - x) / x^3 over x^2 in [0, 1/4].
static const double kAsin[] = {
    0.1666666666666674159,   0.07500000000000207743,  0.04464285714255109652,
    0.03038194447569459975,  0.02237215743562468305,  0.01735281676854731062,
    0.01396377578784894488,  0.01156651182189172616,  0.009621402747345563736,
    0.009322101501083649213, 0.003035007172726812207, 0.01957920161974738839,
    -0.01927754592858769481, 0.02963502626355287111};
// (atan(x) - x) / x^3 over x^2 in [0, 0.1717].
static const double kAtan[] = {
    -0.3333333333333313333,  0.1999999999999971392,   -0.1428571428571381332,
    0.1111111111108993551,   -0.09090909089280318795, 0.07692307615819615356,
    -0.06666664332718288982, 0.05882304422747895088,  -0.05262451340357630278,
    0.04754599295851809971,  -0.04294144746169968824, 0.03722983758733927227,
    -0.02726530574090380763, 0.01195071285087838166};

static Vec clamp(const Vec &x, double low, double high) {
  Vec y = select(x > high, x.real(high), x);
  return select(y < low, y.real(low), y);
}
/// What x + y lost to rounding, s being the sum (Knuth).
static Vec lostInSum(const Vec &s, const Vec &x, const Vec &y) {
  Vec part = s - x;
  return (x - (s - part)) + (y - part);
}

Vec gradc::lanes::exp2Vec(const Vec &argument) {
  Vec x = clamp(argument, -1080, 1030);
  Rounded n = roundSmall(x);
  Vec r = x - n.number; // exact
  Vec high = r * kLn2, low = fma(r, kLn2Rest, fma(r, kLn2, -high));
  Vec vanishes = argument < -1075.5;
  return scaleByPower(expVec(high, low), n, &vanishes);
}

Vec gradc::lanes::expm1Vec(const Vec &argument) {
  Vec x = clamp(argument, -45, 45);
  Rounded n = roundSmall(x, kLog2E);
  Vec high = fma(n.number, -kLn2High, x); // exact
  Vec rest = n.number * -kLn2Low, r = high + rest, lost = (high - r) + rest;
  Vec tail = fma(r * r, polynomial(r, kInverseFactorials), lost);
  Vec s = shiftLeft(addInt(n.integer, 1023), 52).asFloat();
  // s - 1 + s (r + tail), with the rounding of the first sum made good.
  Vec whole = s - 1.0, part = s * r, sum = whole + part;
  Vec y = sum + fma(s, tail, lostInSum(sum, whole, part));
  y = select(argument > 40.0, expVec(argument), y);
  return select(equal(argument, 0), argument, y);
}

Vec gradc::lanes::log1pVec(const Vec &x) {
  Vec u = x + 1.0, lost = lostInSum(u, x, x.real(1)) / u;
  // Not where 1 + x is exact, infinite or zero.
  lost = select(lost.abs() < 1.0, lost, lost.real(0));
  Vec y = logVec(u) + lost;
  return select(equal(x, 0), x, y);
}

//===-- Inverse trigonometric functions -------------------------------------------------------===//

/// asin(s) - s, s being the root of z in high and low part.
static Vec asinRest(const Vec &s, const Vec &low, const Vec &z) {
  return fma(s * z, polynomial(z, kAsin), low);
}

/// asin(x), or acos(x): pi / 2 - asin(x).
Vec gradc::lanes::asinVec(const Vec &x, bool cosine) {
  Vec a = x.abs(), negative = x < 0.0;
  // Beyond 1/2: asin(a) is pi / 2 - 2 asin(sqrt((1 - a) / 2)).
  Vec big = a > 0.5, z = select(big, (1.0 - a) * 0.5, a * a);
  Vec s = select(big, z.sqrt(), a);
  Vec low = fma(-s, s, z) / (s + s);
  low = select(big & (s > 0.0), low, low.real(0));
  Vec rest = asinRest(s, low, z);
  Vec two = s + s, twoRest = rest + rest;
  auto less = [&](double high, double highRest, const Vec &y, const Vec &yRest) {
    Vec h = high - y;
    return h + ((((h.real(high) - h) - y) + highRest) - yRest);
  };
  if (!cosine) {
    Vec y = select(big, less(kHalfPi, kHalfPiRest, two, twoRest), s + rest);
    return y.copySign(x);
  }
  Vec signedS = select(negative, -s, s), signedRest = select(negative, -rest, rest);
  Vec small = less(kHalfPi, kHalfPiRest, signedS, signedRest);
  Vec left = less(2 * kHalfPi, 2 * kHalfPiRest, two, twoRest);
  return select(big, select(negative, left, two + twoRest), small);
}

/// The angle of (b, a), both not negative; pi minus it where `mirrored`.
static Vec angle(const Vec &a, const Vec &b, const Vec &mirrored) {
  // atan(a / b) is pi / 2 + atan(-b / a), and pi / 4 + atan((a - b) / (a + b)).
  Vec low = b * 0.41421356237309503 > a, high = b * 2.4142135623730951 < a;
  Vec sum = a + b, way = a - b;
  Vec top = select(low, a, select(high, -b, way)), bottom = select(low, b, select(high, a, sum));
  Vec zero = a.real(0), between = select(low, equal(b.real(1), 0), high ^ equal(zero, 0));
  Vec topLost = select(between, lostInSum(way, a, -b), zero);
  Vec bottomLost = select(between, lostInSum(sum, a, b), zero);
  Vec t = top / bottom;
  Vec lost = (fma(-t, bottom, top) + (topLost - t * bottomLost)) / bottom;
  lost = select(lost.abs() < 1.0, lost, zero);
  auto base = [&](double l, double m, double h) {
    return select(low, a.real(l), select(high, a.real(h), a.real(m)));
  };
  Vec start =
      select(mirrored, base(2 * kHalfPi, 1.5 * kHalfPi, kHalfPi), base(0, 0.5 * kHalfPi, kHalfPi));
  // 3 pi / 4 in f64 is 1.5 times that of pi / 2, less 2^-53 or so.
  double threeQuarters = 2.35619449019234483700e+00, threeRest = 9.18485099360514843751e-17;
  start = select(mirrored & between, a.real(threeQuarters), start);
  Vec startRest = select(mirrored, base(2 * kHalfPiRest, threeRest, kHalfPiRest),
                         base(0, 0.5 * kHalfPiRest, kHalfPiRest));
  t = select(mirrored, -t, t);
  lost = select(mirrored, -lost, lost);
  Vec z = t * t;
  Vec rest = fma(t * z, polynomial(z, kAtan), lost);
  Vec y = start + t;
  return y + ((lostInSum(y, start, t) + startRest) + rest);
}

Vec gradc::lanes::atanVec(const Vec &x) {
  Vec one = x.real(1);
  Vec y = angle(x.abs(), one, equal(one, 0));
  // A tiny argument is its own result; its square would vanish.
  return select(x.abs() < 0x1p-500, x, y.copySign(x));
}

Vec gradc::lanes::atan2Vec(const Vec &y, const Vec &x) {
  Vec a = y.abs(), b = x.abs(), one = a.real(1);
  Vec bothInfinite = equal(a, INFINITY) & equal(b, INFINITY);
  a = select(bothInfinite, one, a);
  b = select(bothInfinite | (equal(a, 0) & equal(b, 0)), one, b);
  // Away from overflow and denormals.
  Vec large = (a > 0x1p1000) | (b > 0x1p1000), small = (a < 0x1p-900) & (b < 0x1p-900);
  Vec scale = select(large, a.real(0x1p-100), select(small, a.real(0x1p120), one));
  a = a * scale;
  b = b * scale;
  Vec mirrored = lessInt(x.bits(), 0);
  Vec r = angle(a, b, mirrored);
  // Far below, the quotient is the angle, with no more to it (and maybe a denormal).
  Vec tiny = (a < b * 0x1p-500) & (mirrored ^ equal(one, 1));
  r = select(tiny, a / b, r);
  return select(isNan(x) | isNan(y), x + y, r.copySign(y));
}

//===-- Hyperbolic functions ------------------------------------------------------------------===//

/// exp(a) / 2, also where exp(a) overflows.
static Vec halfExp(const Vec &a) {
  Vec high = a - kLn2;
  Vec low = lostInSum(high, a, a.real(-kLn2)) - kLn2Rest;
  low = select(low.abs() < 1.0, low, low.real(0));
  return expVec(high, low);
}

Vec gradc::lanes::sinhVec(const Vec &x) {
  Vec a = x.abs(), e = expm1Vec(a), y = (e + e / (e + 1.0)) * 0.5;
  return select(a > 22.0, halfExp(a), y).copySign(x);
}

Vec gradc::lanes::coshVec(const Vec &x) {
  Vec a = x.abs(), e = expVec(a), y = (e + 1.0 / e) * 0.5;
  return select(a > 22.0, halfExp(a), y);
}

Vec gradc::lanes::asinhVec(const Vec &x) {
  Vec a = x.abs(), square = a * a;
  Vec y = log1pVec(a + square / ((square + 1.0).sqrt() + 1.0));
  y = select(a > 0x1p28, logVec(a) + kLn2, y);
  return select(a < 0x1p-28, x, y.copySign(x));
}

Vec gradc::lanes::acoshVec(const Vec &x) {
  Vec t = x - 1.0, y = log1pVec(t + fma(t, t, t + t).sqrt());
  y = select(x > 0x1p28, logVec(x) + kLn2, y);
  return select(x < 1.0, x.real(NAN), y);
}

Vec gradc::lanes::atanhVec(const Vec &x) {
  Vec a = x.abs(), y = log1pVec((a + a) / (1.0 - a)) * 0.5;
  return select(a < 0x1p-28, x, y.copySign(x));
}
