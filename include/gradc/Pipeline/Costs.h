// Costs.h - what a scheduled program does, counted from its kernels and launches.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_PIPELINE_COSTS_H
#define GRADC_PIPELINE_COSTS_H

#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace gradc {

/// One call of an exported function. Loops count as often as they run; of a branch the dearer side
/// counts, and a loop whose count is not known counts once.
struct FunctionCosts {
  std::string name;
  uint64_t flops = 0;      // float operations; a transcendental is one
  uint64_t bytes = 0;      // read and written by launches and copies
  uint64_t leastBytes = 0; // each input, variable and output once
  uint64_t launches = 0;
  uint64_t copies = 0;  // memref.copy that are left
  unsigned kernels = 0; // distinct ones
  bool exact = true;    // no branch, no unknown loop
};

/// Costs of the public functions of a module at the kernels level.
std::vector<FunctionCosts> countCosts(mlir::ModuleOp module);

} // namespace gradc

#endif
