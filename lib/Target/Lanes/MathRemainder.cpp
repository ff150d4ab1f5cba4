// MathRemainder.cpp - the remainder of a division of floats, exactly.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"
#include <cmath>

using namespace mlir;
using namespace gradc::lanes;

/// The binary exponent of a positive number, and the number itself, scaled up if it is denormal.
static Vec exponentOf(const Vec &x) {
  Vec small = x < 0x1p-1022;
  Vec biased = shiftRight(select(small, x * 0x1p54, x).bits(), 52);
  return addInt(biased, select(small, biased.integer(-54), biased.integer(0)));
}

/// The largest of all lanes.
static Value largest(const Vec &x) {
  LaneBuilder &b = *x.b;
  Value all;
  for (Value v : x.lanes) {
    Value one =
        isa<VectorType>(v.getType())
            ? Value(vector::ReductionOp::create(b.b, b.loc, vector::CombiningKind::MAXSI, v))
            : v;
    all = all ? Value(arith::MaxSIOp::create(b.b, b.loc, all, one)) : one;
  }
  return all;
}

/// C's fmod. Of the quotient at most 50 bits are taken off at a time, from the top: each step is
/// exact, as the rest is a multiple of the last bit of either operand and not above the divisor.
Vec gradc::lanes::fmodVec(const Vec &x, const Vec &y) {
  constexpr int64_t step = 50;
  LaneBuilder &b = *x.b;
  Vec a = x.abs(), d = y.abs();
  Vec good = (a < INFINITY) & (d > 0.0) & (d < INFINITY);
  Vec top = select(good, a, a.real(0)), bottom = select(good, d, d.real(1));
  Vec way = subInt(exponentOf(top), exponentOf(bottom));
  way = select(lessInt(way, 0), way.integer(0), way);
  Value steps = arith::DivSIOp::create(b.b, b.loc, largest(way), b.i64(step));
  Lanes rest = b.loop(b.i64(0), b.add(steps, 1), 1, top.lanes, [&](Value i, Lanes carried) {
    Vec r(b, carried);
    Value left = arith::SubIOp::create(b.b, b.loc, steps, i);
    Value distance = b.mul(left, step);
    Vec shift = way.map([&](Value v) {
      return Value(arith::MinSIOp::create(b.b, b.loc, v, b.splat(distance, v.getType())));
    });
    Vec part = scaleByPower(bottom, shift);
    Vec q = (r / part).trunc();
    r = fma(-q, part, r);
    return select(r < 0.0, r + part, r).lanes;
  });
  Vec r = Vec(b, rest).copySign(x);
  // A divisor that is infinite leaves the number as it is.
  r = select((a < INFINITY) & equal(d, INFINITY), x, r);
  Vec broken = isNan(x) | isNan(y) | equal(a, INFINITY) | equal(d, 0);
  return select(broken, x.real(NAN), r);
}
