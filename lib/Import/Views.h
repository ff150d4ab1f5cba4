// Views.h - views that are chains of slices, transposes and reshapes of one storage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_VIEWS_H
#define GRADC_LIB_IMPORT_VIEWS_H

#include "Importer.h"

namespace gradc::graph {

/// A handle of `base` under further views; `strides` are those of the result in the storage.
TensorRef makeView(Importer &importer, mlir::Location loc, Tensor &base, llvm::ArrayRef<View> views,
                   Shape strides);
/// Binds results that are handles: under the list `names`, or as the node's only result.
mlir::LogicalResult bindHandles(Importer &importer, Node &node, llvm::ArrayRef<TensorRef> handles);

} // namespace gradc::graph

#endif
