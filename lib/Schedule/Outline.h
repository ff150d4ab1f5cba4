// Outline.h - makes kernels and launches of groups of ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_SCHEDULE_OUTLINE_H
#define GRADC_LIB_SCHEDULE_OUTLINE_H

#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "llvm/ADT/StringMap.h"

namespace gradc::sched {

/// The kernels of a module. Equal bodies are one kernel.
class KernelTable {
public:
  explicit KernelTable(mlir::ModuleOp module);

  /// Replaces `ops`, which stand next to each other in program order, by a launch at the last one's
  /// place. Constants and fills that they use are copied into the kernel. Fails with an error where
  /// no emitter can compute the ops.
  mlir::LogicalResult outline(llvm::ArrayRef<mlir::Operation *> ops);

  /// The same for an op that owns a kernel. Memory that it needs besides is one more result.
  void outlineOwner(ag::KernelOpInterface op);

  unsigned made = 0, shared = 0;

private:
  KernelOp intern(KernelOp kernel, llvm::StringRef kind);
  LaunchOp launch(mlir::OpBuilder &b, mlir::Location loc, KernelOp kernel, mlir::ValueRange inputs);

  mlir::SymbolTable symbols;
  mlir::OpBuilder top;
  llvm::StringMap<KernelOp> known;
  llvm::StringMap<unsigned> numbers;
};

} // namespace gradc::sched

#endif
