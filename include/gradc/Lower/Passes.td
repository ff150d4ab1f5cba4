// Passes.td - passes that turn ag value ops into linalg on tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LOWER_PASSES_TD
#define GRADC_LOWER_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerToLinalgPass : Pass<"lower-to-linalg", "::mlir::ModuleOp"> {
  let summary = "turns ag value ops into linalg, tensor, arith and math";
  let description = [{
    Leaves `linalg.generic`, `linalg.fill`, `tensor.empty`, static slices and reshapes, and the ag
    ops that the host runs or that touch variables. No `linalg` op ever has an operand without
    elements: what has none becomes `tensor.empty`, and a reduction over nothing its neutral
    element. Constants that are not splats become variables of kind "local", named `constant.N`,
    read at function entry.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"];
}

#endif
