// Owned.h - what the emitters of ops that own a kernel share between targets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_LANES_OWNED_H
#define GRADC_LIB_TARGET_LANES_OWNED_H

#include "Lanes.h"
#include "gradc/IR/Ag.h"

namespace gradc::lanes {

/// The elements before, of and behind a dim.
struct Lines {
  Lines(mlir::Value tensor, int64_t dim);
  int64_t outer = 1, size, inner = 1;
};

/// What a scatter leaves of an element and its update.
mlir::Value combineScattered(LaneBuilder &b, ag::ScatterMode mode, mlir::Value old,
                             mlir::Value update);

/// Whether y comes before x in sorted order although it stands behind it; NaN is the largest.
mlir::Value sortsBefore(LaneBuilder &b, bool descending, mlir::Value y, mlir::Value x);

} // namespace gradc::lanes

#endif
