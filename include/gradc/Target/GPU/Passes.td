// Passes.td - the passes that make kernels for NVIDIA GPUs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_GPU_PASSES_TD
#define GRADC_TARGET_GPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmitDevicePass : Pass<"gpu-emit-kernels", "::mlir::ModuleOp"> {
  let summary = "adds GPU kernels and functions that launch them to a program";
  let description = [{
    Every `sched.kernel` becomes one or more kernels in the nested module `@gradc.device`, and a private function `NAME.cuda` that
    launches these in order. Every public function F gets a twin `F.cuda`, whose buffers lie on the device: launches are calls,
    copies and single elements go through the runtime, and what the host draws or prints passes through memory of the host. The
    program itself stays as it is. A kernel that has no GPU form is an error at its line, with `lenient` a remark, and the
    program gets nothing.
  }];
  let options = [
    Option<"lenient", "lenient", "bool", "false", "a kernel without a GPU form is a remark and leaves the program as it is">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif
