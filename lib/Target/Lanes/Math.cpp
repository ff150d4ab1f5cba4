// Math.cpp - which math ops become polynomials.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"

using namespace mlir;
using namespace gradc::lanes;

namespace {
/// A function that is computed in f64 for either type.
struct WideFunction {
  StringRef name;
  Vec (*compute)(const Vec &x, const Vec &y);
};
} // namespace

static const WideFunction kWideFunctions[] = {
    {"math.exp2", [](const Vec &x, const Vec &) { return exp2Vec(x); }},
    {"math.expm1", [](const Vec &x, const Vec &) { return expm1Vec(x); }},
    {"math.log1p", [](const Vec &x, const Vec &) { return log1pVec(x); }},
    {"math.log2", [](const Vec &x, const Vec &) { return logBaseVec(x, false); }},
    {"math.log10", [](const Vec &x, const Vec &) { return logBaseVec(x, true); }},
    {"math.tan", [](const Vec &x, const Vec &) { return tanVec(x); }},
    {"math.asin", [](const Vec &x, const Vec &) { return asinVec(x, false); }},
    {"math.acos", [](const Vec &x, const Vec &) { return asinVec(x, true); }},
    {"math.atan", [](const Vec &x, const Vec &) { return atanVec(x); }},
    {"math.atan2", [](const Vec &x, const Vec &y) { return atan2Vec(x, y); }},
    {"math.sinh", [](const Vec &x, const Vec &) { return sinhVec(x); }},
    {"math.cosh", [](const Vec &x, const Vec &) { return coshVec(x); }},
    {"math.asinh", [](const Vec &x, const Vec &) { return asinhVec(x); }},
    {"math.acosh", [](const Vec &x, const Vec &) { return acoshVec(x); }},
    {"math.atanh", [](const Vec &x, const Vec &) { return atanhVec(x); }},
    {"arith.remf", [](const Vec &x, const Vec &y) { return fmodVec(x, y); }},
};

static const WideFunction *wideFunction(Operation *op) {
  auto *found = llvm::find_if(kWideFunctions, [&](const WideFunction &f) {
    return f.name == op->getName().getStringRef();
  });
  return found == std::end(kWideFunctions) ? nullptr : found;
}

bool gradc::lanes::hasVectorForm(Operation *op) {
  if (!isa<math::MathDialect>(op->getDialect()) || wideFunction(op))
    return true;
  return isa<math::ExpOp, math::LogOp, math::TanhOp, math::SinOp, math::CosOp, math::PowFOp,
             math::ErfOp, math::ErfcOp, math::RsqrtOp, math::IPowIOp, math::SqrtOp, math::AbsFOp,
             math::AbsIOp, math::FmaOp, math::FloorOp, math::CeilOp, math::TruncOp,
             math::CopySignOp, math::RoundEvenOp>(op);
}

std::optional<Lanes> gradc::lanes::applyMath(LaneBuilder &b, Operation *op, ArrayRef<Lanes> in) {
  if (const WideFunction *f = wideFunction(op)) {
    Type wide = b.b.getF64Type();
    Vec x = Vec(b, in[0]).toFloat(wide), y = in.size() > 1 ? Vec(b, in[1]).toFloat(wide) : x;
    return f->compute(x, y).toFloat(getElementTypeOrSelf(in[0][0].getType())).lanes;
  }
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
  if (isa<math::ErfOp>(op))
    return erfVec(x).lanes;
  if (isa<math::ErfcOp>(op))
    return erfcVec(x).lanes;
  if (isa<math::PowFOp>(op))
    return powVec(x, Vec(b, in[1])).lanes;
  if (isa<math::RsqrtOp>(op))
    return (1.0 / x.sqrt()).lanes;
  return std::nullopt;
}
