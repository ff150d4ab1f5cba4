// Owned.h - kernels of ag ops that own one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_CPU_OWNED_H
#define GRADC_LIB_TARGET_CPU_OWNED_H

#include "../Lanes/Owned.h"
#include "Emitters.h"
#include "gradc/IR/Ag.h"

namespace gradc::cpu {

/// Pointers to the op's operands and results, in order; behind the results to its own memory, if it
/// needs any.
struct OwnedKernel {
  llvm::SmallVector<mlir::Value> operands, results;
  llvm::SmallVector<int64_t> resultBytes;
};

void emitOwnedKernel(LaneBuilder &b, ag::KernelOpInterface op, const OwnedKernel &kernel);

// The emitters, one a family.
void emitScatter(LaneBuilder &b, ag::ScatterOp op, const OwnedKernel &kernel);
void emitConvolution(LaneBuilder &b, ag::ConvolutionOp op, const OwnedKernel &kernel);
void emitConvolutionOfImages(LaneBuilder &b, ag::ConvolutionOp op, const OwnedKernel &kernel);
void emitConvolutionWeight(LaneBuilder &b, ag::ConvolutionWeightOp op, const OwnedKernel &kernel);
void emitSort(LaneBuilder &b, ag::SortOp op, const OwnedKernel &kernel);
void emitCumulative(LaneBuilder &b, ag::CumulativeOp op, const OwnedKernel &kernel);
void emitRecurrence(LaneBuilder &b, ag::RecurrenceOp op, const OwnedKernel &kernel);

/// How many elements of a type fill a register.
int64_t vectorWidth(const LaneBuilder &b, mlir::Type element);
/// Calls `body` for parts of [0, count): vectors in a loop, `unroll` at a time, then what is left.
void forEachPart(LaneBuilder &b, mlir::Type element, int64_t count, int64_t unroll,
                 llvm::function_ref<void(mlir::Value offset, llvm::ArrayRef<int64_t> lanes)> body);
/// The same, each thread its share.
void shareParts(LaneBuilder &b, mlir::Type element, int64_t count, int64_t unroll,
                llvm::function_ref<void(mlir::Value offset, llvm::ArrayRef<int64_t> lanes)> body);
/// Loops of fewer turns are not shared where there are longer ones.
inline constexpr int64_t kShareFrom = 16;
/// A loop over [0, count), each thread its share.
void shareLoop(LaneBuilder &b, int64_t count, llvm::function_ref<void(mlir::Value)> body);
/// Copies `count` elements, unless both are one buffer.
void copyUnlessSame(LaneBuilder &b, mlir::Value from, mlir::Value to, mlir::Type element,
                    int64_t count);
/// Runs `body` where the condition holds.
void when(LaneBuilder &b, mlir::Value condition, llvm::function_ref<void()> body);

} // namespace gradc::cpu

#endif
