// Owned.h - ops that own a kernel, evaluated by the interpreter of test/lib.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_TARGET_CPU_OWNED_H
#define GRADC_TEST_TARGET_CPU_OWNED_H

#include "mlir/IR/Operation.h"
#include <vector>

namespace gradc {
/// The elements of a tensor: as floats and as integers, of which its type says which count.
using Elements = std::vector<std::pair<double, int64_t>>;
std::vector<Elements> evaluateOwner(mlir::Operation &op, const std::vector<Elements> &operands);
} // namespace gradc

#endif
