// Passes.h - the passes of the Schedule stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_SCHEDULE_PASSES_H
#define GRADC_SCHEDULE_PASSES_H

#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/Pass.h"

namespace gradc::sched {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

#endif
