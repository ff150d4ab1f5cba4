// Passes.h - the Gradient stage: autograd statements become ordinary ag ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_GRADIENT_PASSES_H
#define GRADC_GRADIENT_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace gradc::gradient {

#define GEN_PASS_DECL
#include "gradc/Gradient/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "gradc/Gradient/Passes.h.inc"

/// The whole stage: from ag with statements to ag with explicit gradients.
void buildGradientPipeline(mlir::OpPassManager &pm);

} // namespace gradc::gradient

#endif
