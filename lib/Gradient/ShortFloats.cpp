// ShortFloats.cpp - derivative rules of ops on f16 and bf16, computed in f32.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PyTorch's backward kernels read short floats, compute in f32 and round once. A rule is several
// ops: it is built for a stand-in of the op whose operands and results are f32.
#include "ShortFloats.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
namespace gradc::gradient {

static bool isShort(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

bool hasWideRule(Operation *op) {
  if (llvm::none_of(op->getOperandTypes(), isShort))
    return false;
  if (isa<ag::ElementwiseOpInterface>(op))
    return !isa<ag::SelectOp, ag::CastOp, ag::AddOp, ag::SubOp, ag::NegOp>(op);
  return isa<ag::ReduceMeanOp, ag::ReduceMaxOp, ag::ReduceMinOp, ag::ReduceProdOp, ag::SoftmaxOp,
             ag::LogSoftmaxOp, ag::LogsumexpOp, ag::NormalizeOp, ag::RmsNormalizeOp,
             ag::CumulativeOp>(op);
}

/// A value as f32, or back; a conversion of a conversion is the value itself.
static Value converted(OpBuilder &b, Value v, Type type) {
  if (v.getType() == type)
    return v;
  if (auto inner = v.getDefiningOp<ag::CastOp>();
      inner && inner.getX().getType() == type && isShort(type))
    return inner.getX();
  return ag::CastOp::create(b, v.getLoc(), type, v);
}

SmallVector<Value> runWideRule(OpBuilder &b, ag::DifferentiableOpInterface op,
                               ArrayRef<Value> cotangents, ag::Rule::Active active,
                               ag::Rule::Available available, ag::Vjp::Contribute contribute) {
  auto wideType = [&](Type type) -> Type {
    return isShort(type) ? Type(cast<RankedTensorType>(type).clone(b.getF32Type())) : type;
  };
  // Stand-ins for the operands; nothing that a rule builds uses them.
  llvm::DenseMap<Value, Value> original;
  SmallVector<Operation *> standIns;
  IRMapping map;
  for (Value v : op->getOperands())
    if (isShort(v.getType()) && !map.contains(v)) {
      auto standIn =
          UnrealizedConversionCastOp::create(b, op->getLoc(), wideType(v.getType()), ValueRange{});
      map.map(v, standIn.getResult(0));
      original[standIn.getResult(0)] = v;
      standIns.push_back(standIn);
    }
  Operation *wide = op->clone(map);
  SmallVector<Value> given;
  for (auto [mine, theirs, d] : llvm::zip(wide->getResults(), op->getResults(), cotangents)) {
    original[mine] = theirs;
    mine.setType(wideType(mine.getType()));
    given.push_back(d ? converted(b, d, mine.getType()) : d);
  }
  auto originalOf = [&](Value v) {
    auto it = original.find(v);
    return it == original.end() ? v : it->second;
  };
  auto isActive = [&](Value v) { return active(originalOf(v)); };
  auto reach = [&](Value v) { return converted(b, available(originalOf(v)), v.getType()); };
  auto add = [&](unsigned i, Value term) {
    contribute(i, converted(b, term, op->getOperand(i).getType()));
  };
  ag::Vjp rule(b, wide, given, isActive, reach, add);
  cast<ag::DifferentiableOpInterface>(wide).buildVjp(rule);
  SmallVector<Value> reads;
  for (Value v : rule.reads())
    reads.push_back(originalOf(v));
  wide->erase();
  for (Operation *standIn : standIns)
    standIn->erase();
  return reads;
}

} // namespace gradc::gradient
