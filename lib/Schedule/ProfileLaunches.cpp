// ProfileLaunches.cpp - has every launch and copy timed by the runtime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/KernelCosts.h"
#include "gradc/Schedule/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace gradc::sched {
#define GEN_PASS_DEF_PROFILELAUNCHESPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;

namespace {
struct ProfileLaunchesPass : sched::impl::ProfileLaunchesPassBase<ProfileLaunchesPass> {
  using ProfileLaunchesPassBase::ProfileLaunchesPassBase;
  void runOnOperation() override;
};
} // namespace

static void surround(Operation *op, StringRef name, StringRef kind, uint64_t flops,
                     uint64_t bytes) {
  OpBuilder b(op);
  auto call = [&](StringRef what, DictionaryAttr config) {
    sched::HostOp::create(b, op->getLoc(), TypeRange{}, b.getStringAttr(what), ValueRange{},
                          ValueRange{}, config);
  };
  call("profile_begin", b.getDictionaryAttr({}));
  b.setInsertionPointAfter(op);
  call("profile_end", b.getDictionaryAttr({b.getNamedAttr("name", b.getStringAttr(name)),
                                           b.getNamedAttr("kind", b.getStringAttr(kind)),
                                           b.getNamedAttr("flops", b.getI64IntegerAttr(flops)),
                                           b.getNamedAttr("bytes", b.getI64IntegerAttr(bytes))}));
}

void ProfileLaunchesPass::runOnOperation() {
  SymbolTable symbols(getOperation());
  for (auto f : getOperation().getOps<func::FuncOp>())
    f.walk([&](Operation *op) {
      if (auto launch = dyn_cast<sched::LaunchOp>(op)) {
        auto kernel = symbols.lookup<sched::KernelOp>(launch.getKernel());
        surround(op, launch.getKernel(), kernel ? kernel.getKind() : "",
                 kernel ? sched::flopsOf(kernel) : 0, sched::bytesOf(launch));
      } else if (auto copy = dyn_cast<memref::CopyOp>(op)) {
        surround(op, "copy", "copy", 0, 2 * sched::bytesOf(copy.getSource().getType()));
      }
    });
}
