// Passes.h - the passes that make kernels for NVIDIA GPUs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_GPU_PASSES_H
#define GRADC_TARGET_GPU_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace gradc::gpu {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "gradc/Target/GPU/Passes.h.inc"
} // namespace gradc::gpu

#endif
