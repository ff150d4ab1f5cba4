// Link.cpp - the passes of the last stage in their order, and the dialects that they need.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Link.h"
#include "gradc/Target/Link/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"

using namespace mlir;

void gradc::link::buildLinkPipeline(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createStackArenaPass());
  pm.addPass(createSealFunctionsPass());
  pm.addNestedPass<func::FuncOp>(createExitLoopsPass());
  // Upstream's passes simplify regions over and over: loops are one block each as long as they are
  // loops.
  // Function by function, which threads share; those of a device lie in a module of their own.
  auto lower = [](OpPassManager &functions) {
    functions.addPass(createConvertVectorToLLVMPass());
    functions.addPass(memref::createExpandStridedMetadataPass());
    functions.addPass(createLowerAffinePass());
    functions.addPass(createSCFToControlFlowPass());
  };
  lower(pm.nest<func::FuncOp>());
  lower(pm.nest<ModuleOp>().nest<func::FuncOp>());
  pm.addPass(createSchedToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

void gradc::link::registerUpstreamPasses() {
  registerPass([] { return createSCFToControlFlowPass(); });
  registerPass([] { return createConvertVectorToLLVMPass(); });
  registerPass([] { return memref::createExpandStridedMetadataPass(); });
  registerPass([] { return createLowerAffinePass(); });
  registerPass([] { return createReconcileUnrealizedCastsPass(); });
}

void gradc::link::registerLinkDialects(DialectRegistry &registry) {
  registry.insert<LLVM::LLVMDialect, cf::ControlFlowDialect, affine::AffineDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}
