// Movement.h - elements taken from computed places along several dimensions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_MOVEMENT_H
#define GRADC_LIB_IMPORT_MOVEMENT_H

#include "Structure.h"

namespace gradc::graph {

/// `x` with, along each named dim, the elements at a vector of indices: one gather in all.
Term remap(Term x, llvm::ArrayRef<std::pair<int64_t, Term>> places);
/// The op pad with a mode other than constant.
mlir::LogicalResult padByContent(Importer &importer, Node &node);

} // namespace gradc::graph

#endif
