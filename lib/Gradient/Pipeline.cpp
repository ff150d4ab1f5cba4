// Pipeline.cpp - the order of the Gradient stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void gradc::gradient::buildGradientPipeline(OpPassManager &pm) {
  pm.addPass(createInlineCalls());
  pm.addNestedPass<func::FuncOp>(createResolveMode());
  pm.addPass(createExpandDraws());
  pm.addNestedPass<func::FuncOp>(createFlattenNoGrad());
  pm.addNestedPass<func::FuncOp>(createPromoteVariables());
  pm.addNestedPass<func::FuncOp>(createRollLoops());
  pm.addNestedPass<func::FuncOp>(createSlotIndices());
  // Nothing may merge equal values before this: two equal tensors can be modified apart.
  pm.addPass(createDifferentiate());
  pm.addNestedPass<func::FuncOp>(createStripAutograd());
  pm.addNestedPass<func::FuncOp>(createJoinPads());
  pm.addNestedPass<func::FuncOp>(createHoistSums());
  pm.addPass(createSplitFunctions());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}
