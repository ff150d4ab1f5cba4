// FlattenNoGrad.cpp - replaces no_grad regions by detached values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_FLATTENNOGRAD
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// Whether a value could carry history.
bool mayHaveHistory(Value v) {
  auto type = dyn_cast<RankedTensorType>(v.getType());
  return type && isa<FloatType>(type.getElementType());
}

/// Puts a detach behind a result and hands it to all users.
void detach(Value v) {
  OpBuilder b(v.getContext());
  b.setInsertionPointAfterValue(v);
  auto cut = ag::DetachOp::create(b, v.getLoc(), v);
  v.replaceAllUsesExcept(cut, cut);
}

struct FlattenNoGrad : impl::FlattenNoGradBase<FlattenNoGrad> {
  void runOnOperation() override {
    if (failed(checkWrites()))
      return signalPassFailure();
    SmallVector<ag::NoGradOp> regions; // inner ones first
    getOperation().walk([&](ag::NoGradOp op) { regions.push_back(op); });
    for (ag::NoGradOp op : regions)
      flatten(op);
  }

  /// A leaf that requires grad may be written only where no history is recorded.
  LogicalResult checkWrites() {
    WalkResult result = getOperation().walk([&](ag::SetOp set) -> WalkResult {
      ag::VariableOp variable = ag::lookupVariable(set, set.getVariableAttr());
      if (set.getInit() || !variable.getRequiresGrad() || set->getParentOfType<ag::NoGradOp>())
        return WalkResult::advance();
      return set.emitError(
          "a leaf Variable that requires grad is being used in an in-place operation.");
    });
    return failure(result.wasInterrupted());
  }

  void flatten(ag::NoGradOp region) {
    Block &body = region.getBody().front();
    auto yield = cast<ag::YieldOp>(body.getTerminator());
    SmallVector<Value> cut;
    region.getBody().walk([&](Operation *op) {
      // A leaf stays a leaf in here, and a gradient keeps the history it has.
      if (isa<ag::GetOp, ag::GradOp, ag::DetachOp>(op))
        return;
      for (Value v : op->getResults())
        if (mayHaveHistory(v))
          cut.push_back(v);
    });
    for (Value v : cut)
      detach(v);
    SmallVector<Value> results(yield.getValues());
    yield.erase();
    region->getBlock()->getOperations().splice(Block::iterator(region), body.getOperations());
    region->replaceAllUsesWith(results);
    region.erase();
  }
};

} // namespace
} // namespace gradc::gradient
