// Scalars.cpp - one element of each elementwise op, as arith and math ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Scalars.h"
#include <cmath>

using namespace mlir;
namespace gradc::ag {

static bool isFloat(Value v) { return isa<FloatType>(v.getType()); }
static bool isBool(Value v) { return v.getType().isInteger(1); }

static Value number(OpBuilder &b, Location loc, Type type, double value) {
  TypedAttr attr = isa<FloatType>(type) ? TypedAttr(b.getFloatAttr(type, value))
                                        : TypedAttr(b.getIntegerAttr(type, int64_t(value)));
  return arith::ConstantOp::create(b, loc, attr);
}

Value scalarNeg(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return arith::NegFOp::create(b, loc, args[0]);
  return arith::SubIOp::create(b, loc, number(b, loc, args[0].getType(), 0), args[0]);
}

Value scalarSigmoid(OpBuilder &b, Location loc, ValueRange args) {
  Value one = number(b, loc, args[0].getType(), 1);
  Value e = math::ExpOp::create(b, loc, arith::NegFOp::create(b, loc, args[0]));
  return arith::DivFOp::create(b, loc, one, arith::AddFOp::create(b, loc, one, e));
}

Value scalarRelu(OpBuilder &b, Location loc, ValueRange args) {
  Value zero = number(b, loc, args[0].getType(), 0);
  // A compare and a select keep NaN and -0, as PyTorch does.
  Value small =
      isFloat(args[0])
          ? Value(arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, args[0], zero))
          : Value(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, args[0], zero));
  return arith::SelectOp::create(b, loc, small, zero, args[0]);
}

Value scalarAbs(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return math::AbsFOp::create(b, loc, args[0]);
  return math::AbsIOp::create(b, loc, args[0]);
}

Value scalarSign(OpBuilder &b, Location loc, ValueRange args) {
  Type type = args[0].getType();
  Value zero = number(b, loc, type, 0), one = number(b, loc, type, 1),
        minus = number(b, loc, type, -1);
  Value up = scalarCompare(b, loc, {args[0], zero}, Predicate::gt);
  Value down = scalarCompare(b, loc, {args[0], zero}, Predicate::lt);
  Value negative = arith::SelectOp::create(b, loc, down, minus, zero);
  return arith::SelectOp::create(b, loc, up, one, negative);
}

Value scalarReciprocal(OpBuilder &b, Location loc, ValueRange args) {
  return arith::DivFOp::create(b, loc, number(b, loc, args[0].getType(), 1), args[0]);
}

Value scalarPow(OpBuilder &b, Location loc, Value x, double exponent) {
  if (!isFloat(x)) {
    Value y = number(b, loc, x.getType(), 1);
    // By squares: an exponent is up to 2^53, so this is at most 106 products.
    for (auto n = uint64_t(exponent); n > 0; n /= 2) {
      if (n % 2)
        y = arith::MulIOp::create(b, loc, y, x);
      if (n > 1)
        x = arith::MulIOp::create(b, loc, x, x);
    }
    return y;
  }
  auto square = [&] { return Value(arith::MulFOp::create(b, loc, x, x)); };
  auto inverse = [&](Value v) -> Value { return scalarReciprocal(b, loc, v); };
  if (exponent == 0)
    return number(b, loc, x.getType(), 1);
  if (exponent == 0.5)
    return math::SqrtOp::create(b, loc, x);
  if (exponent == 1)
    return x;
  if (exponent == 2)
    return square();
  if (exponent == 3)
    return arith::MulFOp::create(b, loc, square(), x);
  if (exponent == -0.5)
    return inverse(math::SqrtOp::create(b, loc, x));
  if (exponent == -1)
    return inverse(x);
  if (exponent == -2)
    return inverse(square());
  return math::PowFOp::create(b, loc, x, number(b, loc, x.getType(), exponent));
}

Value scalarPowTensor(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return math::PowFOp::create(b, loc, args[0], args[1]);
  return math::IPowIOp::create(b, loc, args[0], args[1]);
}

Value scalarNot(OpBuilder &b, Location loc, ValueRange args) {
  return arith::XOrIOp::create(b, loc, args[0], number(b, loc, args[0].getType(), 1));
}

/// Truncates toward zero; NaN and what the integer type cannot hold become its least value, which
/// is what PyTorch gives; i8 and i16 are the low bits of i32. The select hides that arith.fptosi is
/// undefined there.
static Value floatToInteger(OpBuilder &b, Location loc, Value x, Type to) {
  unsigned width = to.getIntOrFloatBitWidth();
  if (width < 32)
    return arith::TruncIOp::create(b, loc, to, floatToInteger(b, loc, x, b.getI32Type()));
  Value bound = number(b, loc, x.getType(), std::ldexp(1.0, width - 1));
  Value magnitude = math::AbsFOp::create(b, loc, x);
  Value fits = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, magnitude, bound);
  Value least =
      arith::ConstantOp::create(b, loc, b.getIntegerAttr(to, APInt::getSignedMinValue(width)));
  return arith::SelectOp::create(b, loc, fits, arith::FPToSIOp::create(b, loc, to, x), least);
}

Value scalarCast(OpBuilder &b, Location loc, Value x, Type to) {
  Type from = x.getType();
  if (from == to)
    return x;
  // f16 and bf16 are made from f32, u8 from i16: twice rounded, as PyTorch's are.
  bool isShort = isa<FloatType>(to) && to.getIntOrFloatBitWidth() < 32;
  if (isShort && !from.isF32())
    return arith::TruncFOp::create(b, loc, to, scalarCast(b, loc, x, b.getF32Type()));
  if (to.isUnsignedInteger())
    return arith::TruncIOp::create(b, loc, to, scalarCast(b, loc, x, b.getI16Type()));
  if (to.isInteger(1))
    return scalarCompare(b, loc, {x, number(b, loc, from, 0)}, Predicate::ne);
  if (isa<FloatType>(from) && isa<FloatType>(to)) {
    if (from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth())
      return arith::ExtFOp::create(b, loc, to, x);
    return arith::TruncFOp::create(b, loc, to, x);
  }
  if (isa<FloatType>(from))
    return floatToInteger(b, loc, x, to);
  if (isa<FloatType>(to)) {
    if (from.isInteger(1))
      return arith::UIToFPOp::create(b, loc, to, x);
    return arith::SIToFPOp::create(b, loc, to, x);
  }
  if (from.getIntOrFloatBitWidth() > to.getIntOrFloatBitWidth())
    return arith::TruncIOp::create(b, loc, to, x);
  if (from.isInteger(1))
    return arith::ExtUIOp::create(b, loc, to, x);
  return arith::ExtSIOp::create(b, loc, to, x);
}

Value scalarAdd(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return arith::AddFOp::create(b, loc, args);
  if (isBool(args[0]))
    return arith::OrIOp::create(b, loc, args);
  return arith::AddIOp::create(b, loc, args);
}

Value scalarSub(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return arith::SubFOp::create(b, loc, args);
  return arith::SubIOp::create(b, loc, args);
}

Value scalarMul(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return arith::MulFOp::create(b, loc, args);
  if (isBool(args[0]))
    return arith::AndIOp::create(b, loc, args);
  return arith::MulIOp::create(b, loc, args);
}

Value scalarMaximum(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return arith::MaximumFOp::create(b, loc, args);
  if (isBool(args[0]))
    return arith::OrIOp::create(b, loc, args);
  return arith::MaxSIOp::create(b, loc, args);
}

Value scalarMinimum(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return arith::MinimumFOp::create(b, loc, args);
  if (isBool(args[0]))
    return arith::AndIOp::create(b, loc, args);
  return arith::MinSIOp::create(b, loc, args);
}

Value scalarCompare(OpBuilder &b, Location loc, ValueRange args, Predicate predicate) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  static const F floats[] = {F::OEQ, F::UNE, F::OLT, F::OLE, F::OGT, F::OGE};
  static const I integers[] = {I::eq, I::ne, I::slt, I::sle, I::sgt, I::sge};
  static const I bools[] = {I::eq, I::ne, I::ult, I::ule, I::ugt, I::uge};
  unsigned i = unsigned(predicate);
  if (isFloat(args[0]))
    return arith::CmpFOp::create(b, loc, floats[i], args[0], args[1]);
  return arith::CmpIOp::create(b, loc, isBool(args[0]) ? bools[i] : integers[i], args[0], args[1]);
}

} // namespace gradc::ag
