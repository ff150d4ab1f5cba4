// Passes.h - passes that turn ag value ops into linalg on tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LOWER_PASSES_H
#define GRADC_LOWER_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace gradc::lower {
#define GEN_PASS_DECL
#include "gradc/Lower/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "gradc/Lower/Passes.h.inc"
} // namespace gradc::lower

#endif
