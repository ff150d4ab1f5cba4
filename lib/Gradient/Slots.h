// Slots.h - slices of a tensor along its first dim at a place that a loop's index decides.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_SLOTS_H
#define GRADC_LIB_GRADIENT_SLOTS_H

#include "Activity.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace gradc::gradient {

/// scale * index of `loop` + offset; of a constant there is no loop.
struct AffineIndex {
  mlir::scf::ForOp loop;
  int64_t scale = 0, offset = 0;
};

/// Numbers that stay far from overflow; nullopt for others, and where there are two loops.
std::optional<AffineIndex> plus(const AffineIndex &a, const AffineIndex &b);
std::optional<AffineIndex> times(const AffineIndex &a, int64_t factor);
/// A number of type index.
std::optional<AffineIndex> affineIndex(mlir::Value v);
/// The least and greatest value, where the loop's bounds are known and it turns at all.
std::optional<std::pair<int64_t, int64_t>> rangeOf(const AffineIndex &a);

/// How the turns of a loop share a tensor of which each reads or writes a slice.
struct SlotUse {
  /// Each turn has a slot of its own: the slice at this index of the first dim, all of the others.
  std::optional<AffineIndex> at;
  /// The turns go through all of them.
  bool covers = false;
};
SlotUse slotUse(mlir::OffsetSizeAndStrideOpInterface slice, mlir::RankedTensorType whole,
                mlir::scf::ForOp loop);

/// The write by which alone a loop fills what it carries as argument `i`, each turn a slot; null if
/// it is not such a stack.
mlir::tensor::InsertSliceOp stackWrite(mlir::scf::ForOp loop, unsigned i);

/// [slot, 0, 0, ...], [1, sizes...] and [1, 1, ...] of one slot of a stack.
void slotOf(mlir::OpBuilder &b, mlir::Value slot, mlir::ArrayRef<int64_t> shape,
            mlir::SmallVector<mlir::OpFoldResult> &offsets,
            mlir::SmallVector<mlir::OpFoldResult> &sizes,
            mlir::SmallVector<mlir::OpFoldResult> &strides);

} // namespace gradc::gradient

#endif
