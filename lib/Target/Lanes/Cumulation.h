// Cumulation.h - cumulative sums and their like along one line of elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_LANES_CUMULATION_H
#define GRADC_LIB_TARGET_LANES_CUMULATION_H

#include "Owned.h"

namespace gradc::lanes {

/// Sums of floats are kept in double and rounded for every element, as PyTorch does.
class Cumulation {
public:
  /// `inputs` are pointers to the op's operands.
  Cumulation(LaneBuilder &b, ag::CumulativeOp op, llvm::ArrayRef<mlir::Value> inputs,
             mlir::Value output);
  Cumulation(LaneBuilder &b, ag::RecurrenceOp op, llvm::ArrayRef<mlir::Value> inputs,
             mlir::Value output);

  Lines lines;
  mlir::Type element;
  /// Lines side by side: `lanes` neighbours each, the first of which begins at `offsets`.
  void along(llvm::ArrayRef<mlir::Value> offsets, llvm::ArrayRef<int64_t> lanes);

private:
  mlir::Value place(mlir::Value offset, mlir::Value i);
  mlir::Value widen(mlir::Value v);
  mlir::Value narrow(mlir::Value v);

  LaneBuilder &b;
  mlir::Type carry;
  bool reverse;
  llvm::SmallVector<mlir::Value> inputs; // the last one is what the result starts with
  mlir::Value output;
  /// The next element of every instance from the inputs' elements and the one before.
  std::function<Lanes(llvm::ArrayRef<Lanes> inputs, const Lanes &last)> step;
};

} // namespace gradc::lanes

#endif
