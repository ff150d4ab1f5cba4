// Products.h - what the products of tensors share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_PRODUCTS_H
#define GRADC_LIB_IMPORT_PRODUCTS_H

#include "Composite.h"

namespace gradc::graph {

/// The diagonal of two dims of one size, as the last dim.
Term diagonal(Term x, int64_t first, int64_t second);
/// Products want one element type, and not bool.
mlir::LogicalResult checkSameDtype(Call &call, Term a, Term c);
mlir::LogicalResult einsum(Importer &importer, Node &node);

} // namespace gradc::graph

#endif
