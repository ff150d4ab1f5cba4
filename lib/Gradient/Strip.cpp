// Strip.cpp - removes what only differentiation needs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Reverse.h"
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_STRIPAUTOGRAD
#include "gradc/Gradient/Passes.h.inc"

namespace {
struct StripAutograd : impl::StripAutogradBase<StripAutograd> {
  void runOnOperation() override {
    SmallVector<ag::CheckpointOp> checkpoints; // inner ones first
    getOperation().walk([&](ag::CheckpointOp op) { checkpoints.push_back(op); });
    llvm::for_each(checkpoints, inlineCheckpoint);
    SmallVector<Operation *> gone;
    getOperation().walk([&](Operation *op) {
      if (isa<ag::LeafOp, ag::DetachOp>(op))
        op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      else if (!isa<ag::ModifiedOp, ag::SavedOp>(op))
        return;
      gone.push_back(op);
    });
    for (Operation *op : llvm::reverse(gone))
      op->erase();
  }
};
} // namespace
} // namespace gradc::gradient
