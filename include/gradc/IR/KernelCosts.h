// KernelCosts.h - what a kernel does, counted from its body.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_KERNELCOSTS_H
#define GRADC_IR_KERNELCOSTS_H

#include "gradc/IR/Sched.h"

namespace gradc::sched {

/// Float operations of one launch; a transcendental is one.
uint64_t flopsOf(KernelOp kernel);
/// Bytes of a buffer or tensor; 0 of anything else, or if its shape is not static.
uint64_t bytesOf(mlir::Type type);
/// Bytes of the operands of a launch: each buffer once, read or written.
uint64_t bytesOf(LaunchOp launch);

} // namespace gradc::sched

#endif
