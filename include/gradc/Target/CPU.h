// CPU.h - vector code for CPUs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_CPU_H
#define GRADC_TARGET_CPU_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace gradc::cpu {

/// What the emitters know of a machine. It changes the speed of what they emit, never its results.
struct CpuTarget {
  unsigned vectorBits = 256;
  unsigned registers = 16;
  /// A load or store of part of a vector is one instruction.
  bool masks = false;
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
