// Rules.h - what the files of rules share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_PT2_RULES_H
#define GRADC_LIB_IMPORT_PT2_RULES_H

#include "Translate.h"

namespace gradc::pt2 {

/// The same values in a storage of their own.
Json clone(Aten &call, Json operand);
Json cast(Json operand, llvm::StringRef dtype);
Json reshape(Json operand, llvm::ArrayRef<int64_t> shape);
/// The dtype of a result in graph JSON; empty, after an error, when there is none.
std::string resultDtype(Aten &call, unsigned i = 0);
/// The dtype of a tensor argument.
mlir::Type elementOf(Aten &call, llvm::StringRef name);
/// A dim counted from the start; of a number it is 0. None after an error.
std::optional<int64_t> wrapped(Aten &call, int64_t dim, size_t rank);
/// Refuses to write more numbers into the program than a compiler has room for.
bool isWritable(Aten &call, int64_t count);
/// A constant tensor of one number, in the shape and dtype of the result.
Json filled(Aten &call, double value);

} // namespace gradc::pt2

#endif
