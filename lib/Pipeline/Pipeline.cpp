// Pipeline.cpp - the order of the stages: the one table that --emit, --stop-after and --dump-stages
// read. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Pipeline/Pipeline.h"
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "gradc/Lower/Passes.h"
#include "gradc/Schedule/Schedule.h"
#include "gradc/Target/CPU.h"
#include "gradc/Target/GPU.h"
#include "gradc/Target/Link/Link.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace gradc;

static bool buildGradient(OpPassManager &pm, const CompileOptions &options, std::string &) {
  gradient::MakeTrainerOptions trainer;
  trainer.grad = options.grad;
  trainer.lossName = options.loss;
  trainer.optimizer = options.optimizer;
  trainer.schedule = options.schedule;
  trainer.clipNorm = options.clipNorm;
  trainer.clipValue = options.clipValue;
  trainer.accumulate = options.accumulate;
  pm.addPass(gradient::createMakeTrainer(trainer));
  gradient::buildGradientPipeline(pm);
  return true;
}

static bool buildLower(OpPassManager &pm, const CompileOptions &options, std::string &) {
  // Behind Gradient: the identity of the program does not know of it, checkpoints can be taken
  // over.
  if (options.checkNan)
    pm.addNestedPass<func::FuncOp>(gradient::createCheckNan());
  pm.addPass(lower::createLowerToLinalgPass());
  return true;
}

static bool buildSchedule(OpPassManager &pm, const CompileOptions &compile, std::string &) {
  sched::ScheduleOptions options;
  options.profile = compile.profile;
  sched::buildSchedulePipeline(pm, options);
  return true;
}

static bool buildTarget(OpPassManager &pm, const CompileOptions &options, std::string &why) {
  auto target = cpu::CpuTarget::create(options.triple, options.march, why);
  if (failed(target))
    return false;
  if (options.device != DeviceChoice::Cpu)
    gpu::buildGpuPipeline(pm, /*lenient=*/options.device == DeviceChoice::Auto);
  cpu::buildCpuPipeline(pm, *target);
  link::buildLinkPipeline(pm);
  return true;
}

ArrayRef<StageInfo> gradc::allStages() {
  static const StageInfo stages[] = {
      {Stage::Import, "import", "ag", "mlir", nullptr},
      {Stage::Gradient, "gradient", "grad", "mlir", buildGradient},
      {Stage::Lower, "lower", "linalg", "mlir", buildLower},
      {Stage::Schedule, "schedule", "kernels", "mlir", buildSchedule},
      {Stage::Target, "target", "llvm", "ll", buildTarget},
      {Stage::Link, "link", "obj", "o", nullptr},
  };
  return stages;
}

const StageInfo &gradc::infoOf(Stage stage) { return allStages()[unsigned(stage)]; }

const StageInfo *gradc::findStage(StringRef nameOrLevel) {
  for (const StageInfo &info : allStages())
    if (info.name == nameOrLevel || info.level == nameOrLevel)
      return &info;
  return nullptr;
}

void gradc::registerAllDialects(DialectRegistry &registry) {
  registry
      .insert<ag::AgDialect, sched::SchedDialect, func::FuncDialect, arith::ArithDialect,
              math::MathDialect, tensor::TensorDialect, scf::SCFDialect, linalg::LinalgDialect,
              memref::MemRefDialect, bufferization::BufferizationDialect, vector::VectorDialect>();
  sched::registerScheduleInterfaces(registry);
  link::registerLinkDialects(registry);
}
