// OneKernel.h - which ops an emitter computes together, and what they need.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_SCHEDULE_ONEKERNEL_H
#define GRADC_LIB_SCHEDULE_ONEKERNEL_H

#include "gradc/IR/KernelGraph.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SetVector.h"

namespace gradc::sched {

enum class OpKind {
  None, ///< not computed by kernels
  Free, ///< constants, fills, empty tensors: copied into every kernel that wants them
  View, ///< reshapes and static slices: each reader has its own, in its kernel where it can be
  Loops ///< linalg.generic
};
OpKind kindOf(mlir::Operation *op);

/// A group of ops as a kernel. The ops stand in program order.
struct KernelParts {
  explicit KernelParts(llvm::ArrayRef<mlir::Operation *> ops);

  llvm::SetVector<mlir::Value> arguments;
  llvm::SetVector<mlir::Operation *> copies; ///< free ops that the group uses, producers first
  llvm::SmallVector<mlir::Value> results;    ///< what others use

  /// The graph of the kernel, or failure with the reason in `why`.
  mlir::FailureOr<KernelGraph> graph(std::string &why) const;

private:
  void need(mlir::Value value, mlir::Operation *reader);
  llvm::SetVector<mlir::Operation *> ops;
};

/// Whether one kernel is a good way to compute these ops, which are several groups so far.
bool isOneKernel(llvm::ArrayRef<mlir::Operation *> ops);

/// Whether two groups, of which none reads a result of the other, share a pass over their operands.
bool shareLoops(llvm::ArrayRef<mlir::Operation *> a, llvm::ArrayRef<mlir::Operation *> b);

} // namespace gradc::sched

#endif
