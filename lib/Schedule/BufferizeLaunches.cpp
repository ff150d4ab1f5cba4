// BufferizeLaunches.cpp - One-Shot Bufferize of a function around its kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "StridedViews.h"
#include "gradc/Schedule/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Bufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"

namespace gradc::sched {
#define GEN_PASS_DEF_BUFFERIZELAUNCHESPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;

bool gradc::sched::isContiguous(MemRefType type) {
  int64_t offset, expected = 1;
  SmallVector<int64_t> strides;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return false;
  for (auto [size, stride] : llvm::reverse(llvm::zip(type.getShape(), strides))) {
    if (size != 1 && stride != expected)
      return false;
    expected *= size;
  }
  return true;
}

namespace {

struct BufferizeLaunchesPass : sched::impl::BufferizeLaunchesPassBase<BufferizeLaunchesPass> {
  /// Emitters take contiguous operands: a strided view goes through a buffer of its own.
  static void packOperand(OpOperand &operand, bool isDestination) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type || sched::isContiguous(type))
      return;
    Operation *op = operand.getOwner();
    OpBuilder b(op);
    Value view = operand.get();
    Value packed = memref::AllocOp::create(b, op->getLoc(),
                                           MemRefType::get(type.getShape(), type.getElementType()));
    operand.set(packed);
    if (!isDestination) {
      memref::CopyOp::create(b, op->getLoc(), view, packed);
      return;
    }
    b.setInsertionPointAfter(op);
    memref::CopyOp::create(b, op->getLoc(), packed, view);
  }

  void runOnOperation() override {
    bufferization::OneShotBufferizationOptions options;
    options.allowReturnAllocsFromLoops = true;
    options.unknownTypeConverterFn = [](TensorType type, Attribute space,
                                        const bufferization::BufferizationOptions &) {
      return bufferization::getMemRefTypeWithStaticIdentityLayout(type, space);
    };
    bufferization::BufferizationState state;
    if (failed(bufferization::runOneShotBufferize(getOperation(), options, state)))
      return signalPassFailure();
    getOperation().walk([](DestinationStyleOpInterface op) {
      if (!isa<sched::LaunchOp, sched::HostOp>(op.getOperation()))
        return;
      for (OpOperand &operand : op->getOpOperands())
        packOperand(operand, op.isDpsInit(&operand));
    });
  }
};

} // namespace
