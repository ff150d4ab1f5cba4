// StridedViews.h - what a strided view is.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_SCHEDULE_STRIDEDVIEWS_H
#define GRADC_LIB_SCHEDULE_STRIDEDVIEWS_H

#include "mlir/IR/BuiltinTypes.h"

namespace gradc::sched {

/// Whether the elements of a buffer lie next to each other in row-major order, at any offset.
bool isContiguous(mlir::MemRefType type);

} // namespace gradc::sched

#endif
