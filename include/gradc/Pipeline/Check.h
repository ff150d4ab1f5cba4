// Check.h - a program's loss and gradients as functions in f64, for comparison with finite
// differences. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_PIPELINE_CHECK_H
#define GRADC_PIPELINE_CHECK_H

#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace gradc {

struct CheckedVariable {
  std::string name;
  std::string perturbed; // the variable to change: itself, or what is added to its first value
  bool hasValue;         // what it starts with is part of the program
};

/// Rewrites an imported module into two functions of the model's inputs (none for a script):
/// `loss`, and `gradients`, whose outputs are the gradients of the variables in the order given.
/// Of a script it is the first backward that counts; in a loop, that of the first iteration. All
/// f32 becomes f64; draws stay f32 draws and are widened.
mlir::FailureOr<std::vector<CheckedVariable>> makeCheckProgram(mlir::ModuleOp module,
                                                               llvm::StringRef lossName);

} // namespace gradc

#endif
