// Elementwise.cpp - one linalg.generic for every op that applies one scalar function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include <numbers>

using namespace mlir;
namespace gradc::lower {

namespace {
/// An operand as the loop nest reads it: a tensor under a map, or one number.
struct Source {
  Value tensor;
  AffineMap map;
  TypedAttr number;
};
} // namespace

/// Looks through broadcasts: they cost nothing as an indexing map.
static Source sourceOf(Value operand) {
  MLIRContext *context = operand.getContext();
  int64_t rank = typeOf(operand).getRank();
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(rank));
  while (auto broadcast = operand.getDefiningOp<ag::BroadcastOp>()) {
    SmallVector<int64_t> inner;
    for (int64_t d : broadcast.getDims())
      inner.push_back(dims[d]);
    dims = inner;
    operand = broadcast.getX();
  }
  if (TypedAttr splat = splatOf(operand))
    return {{}, {}, splat};
  SmallVector<AffineExpr> results;
  for (int64_t d : dims)
    results.push_back(getAffineDimExpr(d, context));
  return {operand, AffineMap::get(rank, 0, results, context), {}};
}

/// The angle of two zeros is that of their signs; MLIR's folder of constants makes NaN of it.
static Value guardedAngle(OpBuilder &b, Location loc, Value y, Value x, Value angle) {
  Type type = x.getType();
  auto number = [&](double v) {
    return arith::ConstantOp::create(b, loc, b.getFloatAttr(type, v)).getResult();
  };
  auto isZero = [&](Value v) {
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, v, number(0)).getResult();
  };
  Value sign = math::CopySignOp::create(b, loc, number(1), x);
  Value left = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, sign, number(0));
  Value half = arith::SelectOp::create(b, loc, left, number(std::numbers::pi), number(0));
  Value both = arith::AndIOp::create(b, loc, isZero(y), isZero(x));
  return arith::SelectOp::create(b, loc, both, math::CopySignOp::create(b, loc, half, y), angle);
}

/// One element: short floats are computed in f32 and u8 in i16, and what comes out is made narrow
/// once. A choice between elements computes nothing.
static Value scalarOf(OpBuilder &b, Location loc, ag::ElementwiseOpInterface op,
                      SmallVectorImpl<Value> &args) {
  Type element = getElementTypeOrSelf(op->getResult(0));
  if (isa<ag::SelectOp>(op))
    return op.buildScalar(b, loc, args);
  for (Value &arg : args)
    arg = widen(b, loc, arg);
  Value y = op.buildScalar(b, loc, args);
  if (isa<ag::Atan2Op>(op))
    y = guardedAngle(b, loc, args[0], args[1], y);
  return narrow(b, loc, y, element);
}

Value lowerElementwise(OpBuilder &b, ag::ElementwiseOpInterface op) {
  Location loc = op.getLoc();
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  SmallVector<Source> sources;
  SmallVector<unsigned> positions; // of each operand among the inputs
  for (Value operand : op->getOperands()) {
    Source s = sourceOf(operand);
    sources.push_back(s);
    positions.push_back(inputs.size());
    if (!s.tensor)
      continue;
    for (auto [i, known] : llvm::enumerate(llvm::zip(inputs, maps)))
      if (known == std::make_tuple(s.tensor, s.map))
        positions.back() = i;
    if (positions.back() == inputs.size()) {
      inputs.push_back(s.tensor);
      maps.push_back(s.map);
    }
  }
  auto type = typeOf(op->getResult(0));
  Value init = tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  auto body = [&](OpBuilder &b, Location loc, ValueRange elements) {
    SmallVector<Value> args;
    for (auto [s, at] : llvm::zip(sources, positions))
      args.push_back(s.tensor ? elements[at] : Value(arith::ConstantOp::create(b, loc, s.number)));
    return scalarOf(b, loc, op, args);
  };
  return generic(b, loc, inputs, maps, init, b.getMultiDimIdentityMap(type.getRank()), body);
}

} // namespace gradc::lower
