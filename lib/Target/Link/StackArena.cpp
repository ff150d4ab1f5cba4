// StackArena.cpp - turns the views of a small arena into stack slots.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Sched.h"
#include "gradc/Target/Link/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace gradc::link {
#define GEN_PASS_DEF_STACKARENAPASS
#include "gradc/Target/Link/Passes.h.inc"
} // namespace gradc::link

using namespace mlir;
using namespace gradc;

namespace {
struct StackArenaPass : link::impl::StackArenaPassBase<StackArenaPass> {
  using StackArenaPassBase::StackArenaPassBase;
  void runOnOperation() override;
};
} // namespace

static BlockArgument arenaOf(func::FuncOp f) {
  for (unsigned i = 0; i < f.getNumArguments(); ++i)
    if (f.getArgAttr(i, sched::kArenaAttr))
      return f.getArgument(i);
  return nullptr;
}

void StackArenaPass::runOnOperation() {
  func::FuncOp f = getOperation();
  if (f.isExternal())
    return;
  BlockArgument arena = arenaOf(f);
  if (!arena)
    return;
  // Scratch space that is not a plain view keeps the arena.
  if (!llvm::all_of(arena.getUsers(), llvm::IsaPred<memref::ViewOp>))
    return;
  int64_t bytes = 0;
  SmallVector<memref::ViewOp> views;
  f.walk([&](memref::ViewOp view) {
    if (view.getSource() != arena)
      return;
    int64_t size = view.getType().getNumElements() *
                   llvm::divideCeil(view.getType().getElementTypeBitWidth(), 8);
    bytes += llvm::alignTo(size, 64);
    views.push_back(view);
  });
  if (bytes > limit)
    return;
  // Slots are made at the entry, also for views inside of loops: a buffer's content never
  // outlives the iteration that made it, and the stack must not grow.
  OpBuilder b = OpBuilder::atBlockBegin(&f.getBody().front());
  for (memref::ViewOp view : views) {
    auto slot = memref::AllocaOp::create(b, view.getLoc(), view.getType(), b.getI64IntegerAttr(64));
    view.replaceAllUsesWith(slot.getResult());
    view.erase();
  }
}
