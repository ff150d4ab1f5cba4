// CPU.h - vector code for CPUs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_CPU_H
#define GRADC_TARGET_CPU_H

#include "gradc/Target/Machine.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace gradc::cpu {

/// A processor. Its members change the speed of what is emitted, never its results.
struct CpuTarget : lanes::Machine {
  /// Kernels that take about so many nanoseconds share their work among the caller's threads.
  double shareFrom = 20'000;

  /// The machine of a triple ("" is the host's) and of what clang's -march takes ("" and "native"
  /// are the host for its own architecture). Failure with the reason in `why`: x86 needs AVX2 and
  /// FMA (x86-64-v3), since products and sums are fused.
  static mlir::FailureOr<CpuTarget> create(llvm::StringRef triple, llvm::StringRef march,
                                           std::string &why);
};

/// Passes from the kernels level to vector code.
void buildCpuPipeline(mlir::OpPassManager &pm, const CpuTarget &target);

} // namespace gradc::cpu

#endif
