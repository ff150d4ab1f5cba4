// Checkpoint.cpp - the backward of regions that are computed again instead of kept.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The backward first repeats the region on what it captures, and then goes back through the
// repetition. A barrier behind each captured value keeps later passes from taking the repetition
// for the forward (Chen et al., Training Deep Nets with Sublinear Memory Cost, arXiv:1604.06174).
#include "Residuals.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
namespace gradc::gradient {

void inlineCheckpoint(ag::CheckpointOp op) {
  Block &body = op.getBody().front();
  auto yield = cast<ag::YieldOp>(body.getTerminator());
  SmallVector<Value> results(yield.getValues());
  yield.erase();
  op->getBlock()->getOperations().splice(Block::iterator(op), body.getOperations());
  op->replaceAllUsesWith(results);
  op.erase();
}

/// What is done once only.
static bool isStatement(Operation *op) {
  return isa<ag::ExpectOp, ag::PrintOp, ag::ModifiedOp, ag::SavedOp, ag::RequiresGradOp>(op);
}

/// The values from outside that the region reads, in its order.
static llvm::SetVector<Value> capturedBy(Region &region) {
  llvm::SetVector<Value> values;
  region.walk([&](Operation *op) {
    if (isStatement(op))
      return;
    for (Value v : op->getOperands())
      if (!region.isAncestor(v.getParentRegion()))
        values.insert(v);
  });
  return values;
}

/// A captured value, where the repetition reads it.
Value Reverse::captured(Value v, Value after, Frame &frame) {
  Value here = frame.scope->available(v);
  Operation *op = v.getDefiningOp();
  bool isConstant = op && op->hasTrait<OpTrait::ConstantLike>();
  if (isConstant || !isa<RankedTensorType>(v.getType()))
    return here;
  here = ag::BarrierOp::create(builder, v.getLoc(), here, after);
  if (active(v))
    active.mark(here);
  return here;
}

LogicalResult Reverse::throughCheckpoint(ag::CheckpointOp op, Frame &frame) {
  Value after;
  for (Value result : op.getResults())
    if (Value c = frame.cotangents.lookup(result); c && !after)
      after = c;
  IRMapping map;
  llvm::SetVector<Value> outside = capturedBy(op.getBody());
  for (Value v : outside)
    map.map(v, captured(v, after, frame));
  SmallVector<Operation *> repeated;
  for (Operation &inner : op.getBody().front().without_terminator())
    if (!isStatement(&inner))
      repeated.push_back(builder.clone(inner, map));
  for (auto [from, to] : map.getOperationMap()) {
    Operation *first = originals.lookup(from);
    originals[to] = first ? first : from;
  }
  for (auto [from, to] : map.getValueMap())
    if (active(from))
      active.mark(to);
  SmallVector<Operation *> gone;
  for (Operation *inner : repeated)
    inner->walk([&](Operation *nested) {
      if (isStatement(nested))
        gone.push_back(nested);
    });
  for (Operation *statement : llvm::reverse(gone))
    statement->erase();

  Frame inner{frame.scope};
  for (auto [result, v] :
       llvm::zip(op.getResults(), op.getBody().front().getTerminator()->getOperands()))
    if (Value c = frame.cotangents.lookup(result); c && active(v))
      add(inner.cotangents, map.lookupOrDefault(v), c);
  if (failed(throughBlock(repeated, inner)))
    return failure();
  for (Value v : outside)
    if (Value c = inner.cotangents.lookup(map.lookup(v)); c && active(v))
      add(frame.cotangents, v, c);
  for (auto &[name, term] : inner.leaves)
    addLeaf(frame, name, term);
  return success();
}

} // namespace gradc::gradient
