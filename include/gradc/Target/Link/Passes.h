// Passes.h - the passes of the last stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_LINK_PASSES_H
#define GRADC_TARGET_LINK_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Pass/Pass.h"

namespace gradc::link {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "gradc/Target/Link/Passes.h.inc"
} // namespace gradc::link

#endif
