// Check.h - numeric checks of functions and their derivatives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_CHECK_H
#define GRADC_TEST_CHECK_H

#include "Interpreter.h"
#include "llvm/Support/JSON.h"

namespace gradc::test {
/// Checks the cases of a reference file: values and gradients against the numbers in it, the
/// lowered program against the interpreter's, and what is smooth against finite differences.
/// Returns the number of failures, each reported on stderr; -1 when the file cannot be read.
int checkFile(mlir::MLIRContext &context, llvm::StringRef path);
} // namespace gradc::test

#endif
