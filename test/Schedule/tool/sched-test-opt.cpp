// sched-test-opt.cpp - schedules programs and lowers them plainly to the LLVM dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "LowerKernels.h"
#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "gradc/Schedule/Schedule.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/AllInterfaces.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

static void lowerToLLVM(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  ConvertFuncToLLVMPassOptions options;
  options.useBarePtrCallConv = true;
  pm.addPass(createConvertFuncToLLVMPass(options));
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

int main(int argc, char **argv) {
  DialectRegistry registry;
  registry.insert<gradc::ag::AgDialect, gradc::sched::SchedDialect, func::FuncDialect,
                  arith::ArithDialect, math::MathDialect, tensor::TensorDialect, scf::SCFDialect,
                  linalg::LinalgDialect, memref::MemRefDialect, affine::AffineDialect,
                  bufferization::BufferizationDialect, cf::ControlFlowDialect, LLVM::LLVMDialect>();
  linalg::registerAllDialectInterfaceImplementations(registry);
  gradc::sched::registerScheduleInterfaces(registry);
  gradc::sched::registerSchedule();
  registerTestLowerKernels();
  registerTransformsPasses();
  PassPipelineRegistration<> llvm("test-to-llvm", "loops on memrefs to the LLVM dialect",
                                  lowerToLLVM);
  return asMainReturnCode(
      MlirOptMain(argc, argv, "runs scheduled programs without an emitter\n", registry));
}
