// Schedule.cpp - the order of the passes, and what a context needs to run them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Schedule/Schedule.h"
#include "gradc/Schedule/Passes.h"
#include "mlir/Dialect/Arith/Transforms/BufferViewFlowOpInterfaceImpl.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/Transforms/BufferViewFlowOpInterfaceImpl.h"
#include "mlir/Dialect/SCF/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void gradc::sched::buildSchedulePipeline(OpPassManager &pm, const ScheduleOptions &options) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createBindBuffersPass());
  pm.addNestedPass<func::FuncOp>(createFoldMovementPass());
  pm.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  // What only a branch wants (a loss that is printed now and then) is computed there.
  pm.addNestedPass<func::FuncOp>(createControlFlowSinkPass());
  pm.addPass(createCSEPass());
  // From here to bufferization no CSE: two tensor.empty are two buffers.
  pm.addPass(createFormKernelsPass());
  pm.addNestedPass<func::FuncOp>(createOrderLaunchesPass());
  pm.addNestedPass<func::FuncOp>(createChooseDestinationsPass({options.randomHints}));
  pm.addNestedPass<func::FuncOp>(createBufferizeLaunchesPass());
  pm.addNestedPass<func::FuncOp>(createCarryInPlacePass());
  // Equal views become one value, and a copy from a view to itself goes.
  pm.addNestedPass<func::FuncOp>(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  pm.addNestedPass<func::FuncOp>(createExpandCommitsPass());
  pm.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  pm.addNestedPass<func::FuncOp>(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createForwardCopiesPass());
  pm.addNestedPass<func::FuncOp>(createPlanMemoryPass({options.alignment}));
  pm.addNestedPass<func::FuncOp>(createCSEPass());
  if (options.profile)
    pm.addPass(createProfileLaunchesPass());
}

void gradc::sched::registerScheduleInterfaces(DialectRegistry &registry) {
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  scf::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  // Without these the memory plan does not see that a buffer lives on in an arith.select.
  arith::registerBufferViewFlowOpInterfaceExternalModels(registry);
  memref::registerBufferViewFlowOpInterfaceExternalModels(registry);
}

namespace {
struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<int64_t> alignment{*this, "alignment", llvm::cl::init(64),
                            llvm::cl::desc("alignment of every buffer in bytes")};
  Option<uint64_t> randomHints{*this, "random-hints", llvm::cl::init(0),
                               llvm::cl::desc("draw destinations by this seed")};
};
} // namespace

void gradc::sched::registerSchedule() {
  registerSchedulePasses();
  static PassPipelineRegistration<PipelineOptions> pipeline(
      "sched-pipeline", "from linalg on tensors to kernels, launches and one arena",
      [](OpPassManager &pm, const PipelineOptions &options) {
        buildSchedulePipeline(pm, {options.alignment, options.randomHints});
      });
}
