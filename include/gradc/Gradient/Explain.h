// Explain.h - why a tensor has, lacks, saves or recomputes a gradient.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_GRADIENT_EXPLAIN_H
#define GRADC_GRADIENT_EXPLAIN_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace gradc::gradient {

/// Prints what is known of the tensor that the user called `name`: where it is defined, whether a
/// gradient flows to it and from where, which ops keep it for a backward. `module` is ag with
/// statements; it is changed. Fails, with a diagnostic, when there is no such name or the program
/// is wrong.
mlir::LogicalResult explain(mlir::ModuleOp module, llvm::StringRef name, llvm::raw_ostream &os);

} // namespace gradc::gradient

#endif
