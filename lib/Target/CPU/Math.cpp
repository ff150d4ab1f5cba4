// Math.cpp - which math ops become polynomials.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"

using namespace mlir;
using namespace gradc::cpu;

bool gradc::cpu::hasVectorForm(Operation *op) {
  if (isa<arith::RemFOp>(op))
    return false;
  if (!isa<math::MathDialect>(op->getDialect()))
    return true;
  return isa<math::ExpOp, math::LogOp, math::TanhOp, math::SinOp, math::CosOp, math::PowFOp,
             math::RsqrtOp, math::IPowIOp, math::SqrtOp, math::AbsFOp, math::AbsIOp, math::FmaOp,
             math::FloorOp, math::CeilOp, math::TruncOp, math::CopySignOp, math::RoundEvenOp>(op);
}

std::optional<Lanes> gradc::cpu::applyMath(LaneBuilder &b, Operation *op, ArrayRef<Lanes> in) {
  if (!isa<math::MathDialect>(op->getDialect()))
    return std::nullopt;
  Vec x(b, in[0]);
  if (isa<math::ExpOp>(op))
    return expVec(x).lanes;
  if (isa<math::LogOp>(op))
    return logVec(x).lanes;
  if (isa<math::TanhOp>(op))
    return tanhVec(x).lanes;
  if (isa<math::SinOp>(op))
    return sinVec(x, false).lanes;
  if (isa<math::CosOp>(op))
    return sinVec(x, true).lanes;
  if (isa<math::PowFOp>(op))
    return powVec(x, Vec(b, in[1])).lanes;
  if (isa<math::RsqrtOp>(op))
    return (1.0 / x.sqrt()).lanes;
  return std::nullopt;
}
