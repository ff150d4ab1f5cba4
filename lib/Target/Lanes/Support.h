// Support.h - which kernels the emitters have code for, and the constants in them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_LANES_SUPPORT_H
#define GRADC_LIB_TARGET_LANES_SUPPORT_H

#include "gradc/IR/Sched.h"

namespace gradc::lanes {

/// Reports types and ops of a kernel that the emitters do not know.
mlir::LogicalResult checkSupport(sched::KernelOp op);

/// A constant as it lies in memory: one row of elements, bools as bytes.
mlir::DenseElementsAttr inMemory(mlir::DenseElementsAttr data);

} // namespace gradc::lanes

#endif
