// Panel.h - the part of a convolution's input that a block of outputs reads.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_CPU_PANEL_H
#define GRADC_LIB_TARGET_CPU_PANEL_H

#include "Owned.h"
#include "gradc/IR/Convolution.h"

namespace gradc::cpu {

/// A block of outputs: its images, its place along the depth, its first row and column. The latter
/// count outputs of one phase.
struct ConvolutionBlock {
  mlir::Value group, image, depth, row, column;
  mlir::Value channel, endChannel; // of the input; null: all
};

class Panel {
public:
  Panel(LaneBuilder &b, const ag::ConvolutionPlan &plan, mlir::Type element, mlir::Value input,
        mlir::Value memory)
      : b(b), plan(plan), element(element), input(input), memory(memory) {}

  /// Makes the panel of a block, unless the input itself serves.
  void pack(const ConvolutionBlock &block);

  mlir::Value pointer() const { return plan.direct ? input : memory; }
  /// Where the elements of channel `channel` (of the group) for the first output of the block lie,
  /// without the offsets of window positions.
  mlir::Value channel(const ConvolutionBlock &block, mlir::Value channel);
  /// What to add for position `tap` (a number of the phase's positions) along a dim.
  mlir::Value tapOffset(int dim, int64_t phase, mlir::Value tap);
  /// The position itself, in the weight.
  mlir::Value tapPosition(int dim, int64_t phase, mlir::Value tap);

  /// The window positions along a dim, of phase 0, that do not only read padding for any of `count`
  /// outputs from `first` on: [begin, end).
  std::pair<mlir::Value, mlir::Value> tapsInside(int dim, mlir::Value first, int64_t count);

  /// Calls `body` with the first image, row and column of every block; the last ones begin early
  /// enough to be whole where `overlap` says so. Each thread has its share of them, or of the
  /// groups, if `share` says so.
  enum Share { Nothing, Blocks, Groups };
  void forEachBlock(bool overlap, Share share,
                    llvm::function_ref<void(const ConvolutionBlock &)> body);
  int64_t countBlocks() const;

private:
  void packRow(mlir::Value from, mlir::Value to, mlir::Value column, int64_t part);
  void fillZeros(mlir::Value to, int64_t from, int64_t count);
  void copyRow(mlir::Value from, mlir::Value to, int64_t part);
  void selectRow(mlir::Value from, mlir::Value to, mlir::Value column, int64_t part);
  mlir::Value inRange(mlir::Value at, int64_t size);

  LaneBuilder &b;
  const ag::ConvolutionPlan &plan;
  mlir::Type element;
  mlir::Value input, memory;
};

/// Whole numbers from 0 up: unrolled where there are at most `limit`, else a loop; with carried
/// values.
Lanes countedLoop(LaneBuilder &b, int64_t count, int64_t limit, Lanes carried,
                  llvm::function_ref<Lanes(mlir::Value, Lanes)> body);
/// x * y + z, with one rounding for floats.
mlir::Value multiplyAdd(LaneBuilder &b, mlir::Value x, mlir::Value y, mlir::Value z);
mlir::Value zeroOf(LaneBuilder &b, mlir::Type type);

} // namespace gradc::cpu

#endif
