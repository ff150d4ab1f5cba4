// Reduction.cpp - sums, means and extrema as loop nests with one combiner.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

using namespace mlir;
namespace gradc::lower {

static bool isFloat(Value v) { return isa<FloatType>(v.getType()); }
static bool isBool(Value v) { return v.getType().isInteger(1); }

Value combineSum(OpBuilder &b, Location loc, Value x, Value y) {
  if (isFloat(x))
    return arith::AddFOp::create(b, loc, x, y);
  if (isBool(x))
    return arith::OrIOp::create(b, loc, x, y);
  return arith::AddIOp::create(b, loc, x, y);
}

static Value combineMax(OpBuilder &b, Location loc, Value x, Value y) {
  if (isFloat(x))
    return arith::MaximumFOp::create(b, loc, x, y);
  if (isBool(x))
    return arith::OrIOp::create(b, loc, x, y);
  return arith::MaxSIOp::create(b, loc, x, y);
}

static Value combineMin(OpBuilder &b, Location loc, Value x, Value y) {
  if (isFloat(x))
    return arith::MinimumFOp::create(b, loc, x, y);
  if (isBool(x))
    return arith::AndIOp::create(b, loc, x, y);
  return arith::MinSIOp::create(b, loc, x, y);
}

/// The least (or greatest) value of an element type.
static TypedAttr limit(OpBuilder &b, Type element, bool least) {
  if (auto type = dyn_cast<FloatType>(element))
    return FloatAttr::get(type, APFloat::getInf(type.getFloatSemantics(), least));
  unsigned width = element.getIntOrFloatBitWidth();
  if (width == 1)
    return b.getBoolAttr(!least);
  return IntegerAttr::get(element, least ? APInt::getSignedMinValue(width)
                                         : APInt::getSignedMaxValue(width));
}

static Value reduce(OpBuilder &b, Location loc, Value x, ArrayRef<int64_t> dims,
                    RankedTensorType type, TypedAttr neutral,
                    function_ref<Value(OpBuilder &, Location, Value, Value)> combine) {
  Value init = fill(b, loc, type, neutral);
  if (!hasElements(x))
    return init;
  SmallVector<AffineExpr> kept;
  int64_t rank = typeOf(x).getRank();
  for (int64_t i = 0; i < rank; ++i)
    if (!llvm::is_contained(dims, i))
      kept.push_back(b.getAffineDimExpr(i));
  return generic(b, loc, x, b.getMultiDimIdentityMap(rank), init,
                 AffineMap::get(rank, 0, kept, b.getContext()),
                 [&](OpBuilder &b, Location loc, ValueRange elements) {
                   return combine(b, loc, elements[1], elements[0]);
                 });
}

/// The quotient of every element and a number.
static Value divide(OpBuilder &b, Location loc, Value x, double count) {
  auto type = typeOf(x);
  AffineMap map = b.getMultiDimIdentityMap(type.getRank());
  Value init = tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  return generic(b, loc, x, map, init, map, [&](OpBuilder &b, Location loc, ValueRange elements) {
    Value n = arith::ConstantOp::create(b, loc, number(b, type.getElementType(), count));
    return arith::DivFOp::create(b, loc, elements[0], n);
  });
}

Value lowerReduction(OpBuilder &b, Operation *op) {
  Value x = op->getOperand(0);
  auto type = typeOf(op->getResult(0));
  Type element = type.getElementType();
  Location loc = op->getLoc();
  ArrayRef<int64_t> dims = op->getAttrOfType<DenseI64ArrayAttr>("dims").asArrayRef();
  if (dims.empty())
    return x;
  if (isa<ag::ReduceMaxOp>(op))
    return reduce(b, loc, x, dims, type, limit(b, element, true), combineMax);
  if (isa<ag::ReduceMinOp>(op))
    return reduce(b, loc, x, dims, type, limit(b, element, false), combineMin);
  Value sum = reduce(b, loc, x, dims, type, number(b, element, 0), combineSum);
  if (isa<ag::ReduceSumOp>(op))
    return sum;
  double count = 1;
  for (int64_t d : dims)
    count *= typeOf(x).getDimSize(d);
  return divide(b, loc, sum, count);
}

} // namespace gradc::lower
