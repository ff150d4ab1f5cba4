// Residuals.cpp - forward values kept for the backward of a loop or a branch.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Residuals.h"
#include "Slots.h"

using namespace mlir;
namespace gradc::gradient {

bool isCheap(Operation *op) {
  // A choice between two constants is kept as its condition.
  if (auto choice = dyn_cast_or_null<ag::SelectOp>(op))
    return choice.getA().getDefiningOp<ag::ConstantOp>() &&
           choice.getB().getDefiningOp<ag::ConstantOp>();
  return op && (op->hasTrait<OpTrait::ConstantLike>() ||
                isa<ag::BroadcastOp, ag::CastOp, ag::ReshapeOp, ag::IotaOp, ag::LeafOp,
                    ag::DetachOp, arith::IndexCastOp, arith::AddIOp, arith::SubIOp, arith::MulIOp,
                    arith::DivSIOp, tensor::FromElementsOp>(op));
}

/// Copies a cheap op; its operands are reached through `scope`.
static Value recompute(OpBuilder &b, Value v, Scope &scope) {
  Operation *op = v.getDefiningOp();
  SmallVector<Value> operands;
  for (Value o : op->getOperands())
    operands.push_back(scope.available(o));
  Operation *copy = b.clone(*op);
  copy->setOperands(operands);
  return copy->getResult(cast<OpResult>(v).getResultNumber());
}

//===-- Loops ---------------------------------------------------------------------------------===//

LoopScope::LoopScope(Scope &outer, scf::ForOp loop, scf::ForOp back, int64_t count)
    : Scope(outer.tape), outer(outer), loop(loop), back(back),
      reads(OpBuilder::atBlockBegin(back.getBody())) {
  Location loc = loop.getLoc();
  Value last = arith::ConstantIndexOp::create(reads, loc, count - 1);
  slot = arith::SubIOp::create(reads, loc, last, back.getInductionVar());
  Value step = outer.available(loop.getStep()), lower = outer.available(loop.getLowerBound());
  Value offset = arith::MulIOp::create(reads, loc, slot, step);
  iteration = arith::AddIOp::create(reads, loc, lower, offset);
  // Reads stand before the fence, whatever is built meanwhile; so they dominate nested regions too.
  fence = arith::ConstantIndexOp::create(reads, loc, 0);
  reads.setInsertionPoint(fence);
}

Value LoopScope::available(Value v) {
  if (!loop.getRegion().isAncestor(v.getParentRegion()))
    return outer.available(v);
  auto [it, fresh] = known.try_emplace(v);
  if (!fresh)
    return it->second;
  Value found = inBackward(v); // may grow the map
  known[v] = found;
  return found;
}

Value LoopScope::inBackward(Value v) {
  if (v == loop.getInductionVar())
    return iteration;
  if (isCheap(v.getDefiningOp()))
    return recompute(reads, v, *this);
  // Nothing is nothing; and a slot of a stack of it lies out of bounds.
  if (auto type = dyn_cast<RankedTensorType>(v.getType()); type && type.getNumElements() == 0)
    return splat(reads, v.getLoc(), type, 0);
  return stacked(v);
}

Value LoopScope::stacked(Value v) {
  Location loc = v.getLoc();
  Operation *yield = loop.getBody()->getTerminator();
  OpBuilder atEnd(yield), before(loop);
  int64_t count = *tripCount(loop);
  Value kept = v;
  if (!isa<RankedTensorType>(v.getType())) // a scalar: the condition of a branch
    kept = tensor::FromElementsOp::create(atEnd, loc, RankedTensorType::get({}, v.getType()), v);
  auto type = cast<RankedTensorType>(kept.getType());
  SmallVector<int64_t> shape{count};
  llvm::append_range(shape, type.getShape());
  Value empty = tensor::EmptyOp::create(before, loc, shape, type.getElementType());
  Value placeholder = tensor::EmptyOp::create(before, loc, shape, type.getElementType());
  // The slot that the forward loop fills: (i - lower) / step.
  Value index = arith::SubIOp::create(atEnd, loc, loop.getInductionVar(), loop.getLowerBound());
  index = arith::DivSIOp::create(atEnd, loc, index, loop.getStep());
  SmallVector<OpFoldResult> offsets, sizes, strides;
  slotOf(atEnd, index, type.getShape(), offsets, sizes, strides);
  auto write = tensor::InsertSliceOp::create(atEnd, loc, kept, empty, offsets, sizes, strides);
  size_t at = stacks.size();
  stacks.push_back({empty, write, placeholder, nullptr});

  Value stack = outer.available(placeholder);
  slotOf(reads, slot, type.getShape(), offsets, sizes, strides);
  Value read = tensor::ExtractSliceOp::create(reads, loc, type, stack, offsets, sizes, strides);
  stacks[at].read = read.getDefiningOp();
  if (isa<RankedTensorType>(v.getType()))
    return read;
  return tensor::ExtractOp::create(reads, loc, read, ValueRange{});
}

namespace {
/// What upstream replaces a loop with.
class BuryingRewriter : public IRRewriter {
public:
  BuryingRewriter(Operation *at, Tape &tape) : IRRewriter(at), tape(tape) {}
  void eraseOp(Operation *op) override { tape.bury(op); }

private:
  Tape &tape;
};
} // namespace

void LoopScope::finish() {
  fence->erase();
  llvm::erase_if(stacks, [&](Stack &s) {
    if (!s.read->use_empty())
      return false;
    tape.bury(s.read);
    tape.bury(s.write);
    tape.bury(s.placeholder.getDefiningOp());
    return true;
  });
  if (stacks.empty())
    return;
  // The backward goes through all slots: turns that do nothing have to fill theirs.
  for (auto exit : llvm::make_early_inc_range(loop.getBody()->getOps<ag::ContinueIfOp>()))
    exit.erase();
  SmallVector<Value> inits;
  for (Stack &s : stacks)
    inits.push_back(s.empty);
  BuryingRewriter rewriter(loop, tape);
  unsigned base = loop.getNumResults();
  auto filled = [&](OpBuilder &, Location, ArrayRef<BlockArgument> args) {
    SmallVector<Value> values;
    for (auto [s, arg] : llvm::zip(stacks, args)) {
      s.write.getDestMutable().assign(arg);
      values.push_back(s.write);
    }
    return values;
  };
  auto wide = cast<scf::ForOp>(*loop.replaceWithAdditionalYields(rewriter, inits, false, filled));
  for (auto [i, s] : llvm::enumerate(stacks)) {
    s.placeholder.replaceAllUsesWith(wide.getResult(base + i));
    tape.bury(s.placeholder.getDefiningOp());
  }
}

//===-- Branches ------------------------------------------------------------------------------===//

Value BranchScope::available(Value v) {
  if (!branch->isAncestor(v.getParentRegion()->getParentOp()))
    return outer.available(v);
  auto it = known.find(v);
  if (it != known.end())
    return it->second;
  if (Operation *op = v.getDefiningOp(); op && op->hasTrait<OpTrait::ConstantLike>())
    return known[v] = recompute(reads, v, *this);
  // Yield it from its own branch, zeros from the other.
  for (Region &region : branch->getRegions()) {
    Operation *yield = region.front().getTerminator();
    OpBuilder b(yield);
    Value out = v;
    if (!region.isAncestor(v.getParentRegion())) {
      if (isa<RankedTensorType>(v.getType()))
        out = splat(b, v.getLoc(), v.getType(), 0);
      else
        out = arith::ConstantOp::create(b, v.getLoc(), b.getZeroAttr(v.getType()));
    }
    yield->insertOperands(yield->getNumOperands(), out);
  }
  OpBuilder before(branch);
  auto type = dyn_cast<RankedTensorType>(v.getType());
  Value placeholder =
      type ? Value(tensor::EmptyOp::create(before, v.getLoc(), type.getShape(),
                                           type.getElementType()))
           : Value(UnrealizedConversionCastOp::create(before, v.getLoc(), v.getType(), ValueRange{})
                       .getResult(0));
  placeholders.push_back(placeholder);
  return known[v] = outer.available(placeholder);
}

void BranchScope::finish() {
  if (placeholders.empty())
    return;
  unsigned base = branch.getNumResults();
  scf::IfOp wide = widenIf(branch, ValueRange(placeholders).getTypes(), tape);
  for (auto [i, p] : llvm::enumerate(placeholders)) {
    p.replaceAllUsesWith(wide.getResult(base + i));
    tape.bury(p.getDefiningOp());
  }
}

} // namespace gradc::gradient
