// ScalarMath.cpp - one element of rounding, division, bits and functions of two numbers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ScalarExpr.h"
#include <cmath>
#include <numbers>

using namespace mlir;
namespace gradc::ag {

static Scalar first(OpBuilder &b, Location loc, ValueRange args) { return Scalar(b, loc, args[0]); }
static Scalar second(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar(b, loc, args[1]);
}

//===-- Rounding ------------------------------------------------------------------------------===//

Value scalarFloor(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args);
  return x.isFloat() ? floor(x) : x;
}
Value scalarCeil(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args);
  return x.isFloat() ? apply<math::CeilOp>(x) : x;
}
Value scalarTrunc(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args);
  return x.isFloat() ? apply<math::TruncOp>(x) : x;
}
Value scalarFrac(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args);
  return x - apply<math::TruncOp>(x);
}

Value scalarRound(OpBuilder &b, Location loc, Value value, int64_t decimals) {
  Scalar x(b, loc, value);
  if (!x.isFloat())
    return x;
  if (decimals == 0)
    return apply<math::RoundEvenOp>(x);
  Scalar scale = x.number(std::pow(10.0, double(std::abs(decimals))));
  return decimals > 0 ? apply<math::RoundEvenOp>(x * scale) / scale
                      : apply<math::RoundEvenOp>(x / scale) * scale;
}

//===-- Division ------------------------------------------------------------------------------===//

/// Divisors that no machine traps on: 1 in place of 0 and of -1, whose results are set apart.
static Scalar safeDivisor(const Scalar &d) {
  return select((d == 0.0) | (d == -1.0), d.integer(1), d);
}
static Scalar quotient(const Scalar &x, const Scalar &d) {
  Scalar q = apply<arith::DivSIOp>(x, safeDivisor(d));
  return select(d == 0.0, x.integer(0), select(d == -1.0, -x, q));
}
static Scalar rest(const Scalar &x, const Scalar &d) {
  return apply<arith::RemSIOp>(x, safeDivisor(d)); // of 1: 0
}

Value scalarFmod(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), d = second(b, loc, args);
  return x.isFloat() ? apply<arith::RemFOp>(x, d) : rest(x, d);
}

Value scalarRemainder(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), d = second(b, loc, args);
  Scalar r = x.isFloat() ? apply<arith::RemFOp>(x, d) : rest(x, d);
  Scalar wrong = (r != 0.0) & ((r < 0.0) ^ (d < 0.0));
  return select(wrong, r + d, r);
}

Value scalarTruncDiv(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), d = second(b, loc, args);
  return x.isFloat() ? apply<math::TruncOp>(x / d) : quotient(x, d);
}

Value scalarFloorDiv(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), d = second(b, loc, args);
  if (!x.isFloat()) {
    Scalar q = quotient(x, d), r = rest(x, d);
    return select((r != 0.0) & ((r < 0.0) ^ (d < 0.0)), q - 1.0, q);
  }
  // As Python and PyTorch: exact for whole results, which floor(x / d) is not.
  Scalar r = apply<arith::RemFOp>(x, d), q = (x - r) / d;
  q = select((r != 0.0) & ((r < 0.0) ^ (d < 0.0)), q - 1.0, q);
  Scalar whole = floor(q);
  whole = select(q - whole > 0.5, whole + 1.0, whole);
  Scalar zero = apply<math::CopySignOp>(x.number(0), x / d);
  return select(d == 0.0, x / d, select(q == 0.0, zero, whole));
}

Value scalarGcd(OpBuilder &b, Location loc, ValueRange args) {
  return ScalarGcdOp::create(b, loc, args[0], args[1]);
}

//===-- Bits ----------------------------------------------------------------------------------===//

Value scalarBitwiseNot(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args);
  return x ^ x.with(arith::ConstantOp::create(
                 b, loc, b.getIntegerAttr(x.type(), APInt::getAllOnes(x.width()))));
}

/// Whether a shift by `n` is one that the machine defines.
static Scalar isDistance(const Scalar &n) { return (n >= 0.0) & (n < double(n.width())); }

Value scalarShiftLeft(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), n = second(b, loc, args), good = isDistance(n);
  return select(good, apply<arith::ShLIOp>(x, select(good, n, 0.0)), 0.0);
}

Value scalarShiftRight(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), n = second(b, loc, args);
  return apply<arith::ShRSIOp>(x, select(isDistance(n), n, double(x.width() - 1)));
}

/// The same bits as another type.
static Scalar bitcast(const Scalar &x, Type type) {
  return x.with(arith::BitcastOp::create(*x.b, x.loc, type, x.value));
}

Value scalarNextafter(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args);
  Type type = x.type();
  Scalar n = bitcast(x, b.getIntegerType(x.width()));
  // Away from zero is one up in the bits.
  Scalar up = (y > x) ^ (n < 0.0);
  Scalar moved = bitcast(n + select(up, n.integer(1), n.integer(-1)), type);
  Scalar least = apply<math::CopySignOp>(bitcast(n.integer(1), type), y);
  Scalar next = select(x == 0.0, least, moved);
  return select((x != x) | (y != y), x + y, select(x == y, y, next));
}

//===-- Functions of two and three numbers ----------------------------------------------------===//

Value scalarHypot(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = abs(first(b, loc, args)), y = abs(second(b, loc, args));
  auto infinite = [&](const Scalar &r) {
    return select((x == INFINITY) | (y == INFINITY), INFINITY, r);
  };
  if (x.width() < 64) {
    auto wide = [&](const Scalar &v) {
      return v.with(arith::ExtFOp::create(b, loc, b.getF64Type(), v.value));
    };
    Scalar u = wide(x), v = wide(y), r = apply<math::SqrtOp>(u * u + v * v);
    return infinite(x.with(arith::TruncFOp::create(b, loc, x.type(), r.value)));
  }
  // A power of two keeps the squares from overflow and from the denormals.
  Scalar large = (x > 0x1p500) | (y > 0x1p500), small = (x < 0x1p-459) & (y < 0x1p-459);
  Scalar scale = select(large, 0x1p-600, select(small, 0x1p600, x.number(1)));
  Scalar back = select(large, 0x1p600, select(small, 0x1p-600, x.number(1)));
  x = x * scale;
  y = y * scale;
  return infinite(apply<math::SqrtOp>(x * x + y * y) * back);
}

Value scalarFmax(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args);
  return select((x >= y) | (y != y), x, y);
}
Value scalarFmin(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args);
  return select((x <= y) | (y != y), x, y);
}

static Value timesLog(const Scalar &x, const Scalar &y, const Scalar &logarithm) {
  return select(isNan(y), NAN, select(x == 0.0, 0.0, x * logarithm));
}
Value scalarXlogy(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args);
  return timesLog(x, y, log(y));
}
Value scalarXlog1py(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args);
  return timesLog(x, y, log1p(y));
}

static Scalar larger(const Scalar &x, const Scalar &y) {
  return x.with(scalarMaximum(*x.b, x.loc, {x.value, y.value}));
}
Value scalarLogaddexp(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args);
  Scalar sum = larger(x, y) + log1p(exp(-abs(x - y)));
  return select((abs(x) == INFINITY) & (x == y), x, sum);
}
Value scalarLogaddexp2(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args);
  Scalar sum =
      larger(x, y) + log1p(apply<math::Exp2Op>(-abs(x - y))) * std::numbers::log2e_v<double>;
  return select((abs(x) == INFINITY) & (x == y), x, sum);
}

Value scalarHeaviside(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args);
  return select(x == 0.0, y, select(x > 0.0, 1.0, x.number(0)));
}

Value scalarClamp(OpBuilder &b, Location loc, ValueRange args) {
  return scalarMinimum(b, loc, {scalarMaximum(b, loc, args.take_front(2)), args[2]});
}

Value scalarLerp(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), y = second(b, loc, args), w(b, loc, args[2]), way = y - x;
  return select(abs(w) < 0.5, x + w * way, y - way * (1.0 - w));
}

Value scalarNanToNum(OpBuilder &b, Location loc, Value value, const APFloat &nan,
                     const APFloat &posinf, const APFloat &neginf) {
  Scalar x(b, loc, value);
  Scalar y = select(x == INFINITY, posinf.convertToDouble(),
                    select(x == -INFINITY, neginf.convertToDouble(), x));
  return select(isNan(x), nan.convertToDouble(), y);
}

Value scalarLogit(OpBuilder &b, Location loc, Value value, double eps) {
  Scalar x(b, loc, value);
  if (eps >= 0) {
    // The bounds in the type of x, as PyTorch has them.
    Scalar low = x.number(eps), high = 1.0 - low;
    x = select(x < low, low, select(x > high, high, x));
  }
  return log(x / (1.0 - x));
}

Value scalarSinc(OpBuilder &b, Location loc, ValueRange args) {
  Scalar x = first(b, loc, args), product = x * std::numbers::pi;
  return select(x == 0.0, 1.0, apply<math::SinOp>(product) / product);
}

} // namespace gradc::ag
