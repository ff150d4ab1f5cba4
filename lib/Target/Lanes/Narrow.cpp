// Narrow.cpp - payload ops on f16 and bf16.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lanes hold these as their bits, i16: every shuffle, mask and select of integers works on them
// whatever the target has. Arithmetic widens to f32 and rounds once, to nearest even. f16 is
// converted by the hardware; bf16 by integer arithmetic, since its conversion would be a call where
// the hardware lacks it, and must give the same bits everywhere.
#include "Lanes.h"

using namespace mlir;
using namespace gradc::lanes;

bool gradc::lanes::isNarrow(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

Value LaneBuilder::widenFloat(Value bits, Type from) {
  Type f32 = withElement(bits.getType(), b.getF32Type());
  if (getElementTypeOrSelf(from).isF16()) {
    // A vector type by hand: laneType would make it i16 again.
    Type half = isa<VectorType>(bits.getType())
                    ? Type(VectorType::get({lanesOf(bits.getType())}, b.getF16Type()))
                    : Type(b.getF16Type());
    return arith::ExtFOp::create(b, loc, f32, Value(arith::BitcastOp::create(b, loc, half, bits)));
  }
  Type i32 = withElement(bits.getType(), b.getI32Type());
  Value wide = arith::ExtUIOp::create(b, loc, i32, bits);
  wide = arith::ShLIOp::create(b, loc, wide, integer(16, i32));
  return arith::BitcastOp::create(b, loc, f32, wide);
}

Value LaneBuilder::narrowFloat(Value x, Type to) {
  Type i16 = withElement(x.getType(), b.getI16Type());
  if (getElementTypeOrSelf(to).isF16()) {
    Type half = isa<VectorType>(x.getType())
                    ? Type(VectorType::get({lanesOf(x.getType())}, b.getF16Type()))
                    : Type(b.getF16Type());
    return arith::BitcastOp::create(b, loc, i16, Value(arith::TruncFOp::create(b, loc, half, x)));
  }
  Type i32 = withElement(x.getType(), b.getI32Type());
  Value bits = arith::BitcastOp::create(b, loc, i32, x);
  Value high = arith::ShRUIOp::create(b, loc, bits, integer(16, i32));
  // Half an ulp, less one where the last bit that stays is even: ties go to even.
  Value odd = arith::AndIOp::create(b, loc, high, integer(1, i32));
  Value bias = arith::AddIOp::create(b, loc, odd, integer(0x7fff, i32));
  Value rounded = arith::AddIOp::create(b, loc, bits, bias);
  rounded = arith::ShRUIOp::create(b, loc, rounded, integer(16, i32));
  Value nan = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x);
  rounded = arith::SelectOp::create(b, loc, nan, integer(0x7fc0, i32), rounded);
  return arith::TruncIOp::create(b, loc, i16, rounded);
}

Value LaneBuilder::argument(Value v) {
  return isNarrow(v.getType()) ? Value(arith::BitcastOp::create(b, loc, b.getI16Type(), v)) : v;
}

static Lanes map(const Lanes &x, llvm::function_ref<Value(Value)> f) {
  Lanes out;
  for (Value v : x)
    out.push_back(f(v));
  return out;
}

/// Conversions to f16 and bf16 round to f32 first, as PyTorch's do.
static Lanes convertTo(LaneBuilder &b, const Lanes &x, Type from, Type to) {
  if (from == to)
    return x;
  return map(x, [&](Value v) -> Value {
    Type type = withElement(v.getType(), to);
    if (to.isF64())
      return arith::ExtFOp::create(b.b, b.loc, type, v);
    return arith::TruncFOp::create(b.b, b.loc, type, v);
  });
}

std::optional<Lanes> gradc::lanes::applyNarrow(LaneBuilder &b, Operation *op, ArrayRef<Lanes> in) {
  Type f32 = b.b.getF32Type(), result = op->getResult(0).getType();
  bool any = isNarrow(result) || llvm::any_of(op->getOperandTypes(), isNarrow);
  if (!any || isa<arith::SelectOp>(op))
    return std::nullopt;
  if (isa<arith::BitcastOp>(op)) // i16 and f16 are the same lanes
    return in[0];
  SmallVector<Lanes> wide;
  for (auto [x, v] : llvm::zip(in, op->getOperands())) {
    Type from = v.getType();
    wide.push_back(isNarrow(from) ? map(x, [&](Value w) { return b.widenFloat(w, from); }) : x);
  }
  auto rounded = [&](const Lanes &x) {
    return map(x, [&](Value v) { return b.narrowFloat(v, result); });
  };
  if (isa<arith::ExtFOp>(op))
    return convertTo(b, wide[0], f32, result);
  if (isa<arith::TruncFOp>(op))
    return rounded(convertTo(b, wide[0], getElementTypeOrSelf(wide[0][0].getType()), f32));
  Lanes out = applyWide(b, op, wide, isNarrow(result) ? f32 : result);
  return isNarrow(result) ? rounded(out) : out;
}
