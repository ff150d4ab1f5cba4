// gradc-opt.cpp - runs gradc's passes one by one on MLIR text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "gradc/Lower/Passes.h"
#include "gradc/Schedule/Schedule.h"
#include "gradc/Target/CPU/Passes.h"
#include "gradc/Target/GPU/Passes.h"
#include "gradc/Target/Link/Link.h"
#include "gradc/Target/Link/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

#ifdef GRADC_BUILD_TESTS
namespace gradc::test {
void registerTestRulesPass();
}
#endif

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry
      .insert<gradc::ag::AgDialect, gradc::sched::SchedDialect, mlir::func::FuncDialect,
              mlir::arith::ArithDialect, mlir::math::MathDialect, mlir::tensor::TensorDialect,
              mlir::scf::SCFDialect, mlir::linalg::LinalgDialect, mlir::memref::MemRefDialect,
              mlir::bufferization::BufferizationDialect, mlir::vector::VectorDialect,
              mlir::affine::AffineDialect, mlir::cf::ControlFlowDialect, mlir::LLVM::LLVMDialect>();
  mlir::registerTransformsPasses();
  gradc::gradient::registerGradientPasses();
  gradc::lower::registerLowerPasses();
  gradc::cpu::registerGradcCpuPasses();
  gradc::gpu::registerGradcGpuPasses();
#ifdef GRADC_BUILD_TESTS
  gradc::test::registerTestRulesPass();
#endif
  mlir::PassPipelineRegistration<>("gradient", "the whole Gradient stage",
                                   gradc::gradient::buildGradientPipeline);
  gradc::sched::registerScheduleInterfaces(registry);
  gradc::sched::registerSchedule();
  gradc::link::registerGradcLinkPasses();
  gradc::link::registerUpstreamPasses();
  gradc::link::registerLinkDialects(registry);
  mlir::PassPipelineRegistration<>("link-pipeline", "from vector code to the LLVM dialect",
                                   gradc::link::buildLinkPipeline);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "gradc's optimizer driver\n", registry));
}
