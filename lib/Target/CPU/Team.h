// Team.h - kernels that several threads run together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_CPU_TEAM_H
#define GRADC_LIB_TARGET_CPU_TEAM_H

#include "Emitters.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace gradc::cpu {

/// Nanoseconds that one thread needs for a kernel, roughly: from the shapes alone.
double estimateTime(const sched::KernelGraph &graph);
/// The same for an op that owns a kernel; 0 for those that do not share their work.
double estimateTime(mlir::Operation *owner);

/// The functions of a kernel that shares its work. The code goes into `body`, whose arguments are
/// those of `entry` and the team.
class TeamKernel {
public:
  /// `entry` has a name that ends in ".cpu", and nothing in it yet; it gets the team as its last
  /// argument.
  TeamKernel(mlir::func::FuncOp entry, const CpuTarget &target);
  /// To be called when the code is there.
  void finish();

  mlir::func::FuncOp entry, body;
  Team team;

private:
  mlir::LLVM::LLVMFuncOp makePart();

  const CpuTarget &target;
  unsigned arguments;
};

} // namespace gradc::cpu

#endif
