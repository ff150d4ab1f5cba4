// CarryInPlace.cpp - lets loops carry buffers unchanged.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Schedule/Passes.h"

namespace gradc::sched {
#define GEN_PASS_DEF_CARRYINPLACEPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;

namespace {

struct CarryInPlacePass : sched::impl::CarryInPlacePassBase<CarryInPlacePass> {
  void runOnOperation() override {
    getOperation().walk([](scf::ForOp loop) {
      Operation *yield = loop.getBody()->getTerminator();
      SmallVector<Value> sources, dests;
      for (auto [i, carried] : llvm::enumerate(loop.getRegionIterArgs())) {
        Value next = yield->getOperand(i);
        if (!isa<MemRefType>(carried.getType()) || next == carried)
          continue;
        sources.push_back(next);
        dests.push_back(carried);
        yield->setOperand(i, carried);
      }
      OpBuilder b(yield);
      if (!sources.empty())
        sched::CommitOp::create(b, yield->getLoc(), sources, dests);
    });
  }
};

} // namespace
