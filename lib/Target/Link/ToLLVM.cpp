// ToLLVM.cpp - the last conversion: host calls, buffers, scalars and functions to the LLVM dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Host.h"
#include "gradc/IR/Sched.h"
#include "gradc/Target/Link/Passes.h"
#include "mlir/Analysis/DataLayoutAnalysis.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Transforms/DialectConversion.h"

namespace gradc::link {
#define GEN_PASS_DEF_SCHEDTOLLVMPASS
#include "gradc/Target/Link/Passes.h.inc"
} // namespace gradc::link

using namespace mlir;
using namespace gradc;

namespace {
struct SchedToLLVMPass : link::impl::SchedToLLVMPassBase<SchedToLLVMPass> {
  using SchedToLLVMPassBase::SchedToLLVMPassBase;
  void runOnOperation() override;
};
} // namespace

void SchedToLLVMPass::runOnOperation() {
  ModuleOp module = getOperation();
  // A promise of gradc: compiled code allocates nothing.
  auto allocates = module.walk([](Operation *op) {
    if (!isa<memref::AllocOp, memref::ReallocOp>(op))
      return WalkResult::advance();
    op->emitError("a buffer was left out of the arena");
    return WalkResult::interrupt();
  });
  if (allocates.wasInterrupted())
    return signalPassFailure();

  MLIRContext *context = &getContext();
  const auto &layouts = getAnalysis<DataLayoutAnalysis>();
  LowerToLLVMOptions options(context, layouts.getAtOrAbove(module));
  LLVMTypeConverter converter(context, options, &layouts);
  RewritePatternSet patterns(context);
  unsigned constants = 0;
  link::populateHostPatterns(converter, patterns, constants);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  // What LLVM has an instruction for comes before a call into the C library.
  populateMathToLLVMConversionPatterns(converter, patterns, /*approximateLog1p=*/false,
                                       /*benefit=*/2);
  populateMathToLibmConversionPatterns(patterns);
  index::populateIndexToLLVMConversionPatterns(converter, patterns);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);
  LLVMConversionTarget target(*context);
  // Casts that ConvertVectorToLLVM left are reconciled by the next pass.
  target.addLegalOp<ModuleOp, UnrealizedConversionCastOp>();
  if (failed(applyFullConversion(module, target, std::move(patterns))))
    signalPassFailure();
}
