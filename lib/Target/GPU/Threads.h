// Threads.h - what one thread of a GPU knows, and how it works with others.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_GPU_THREADS_H
#define GRADC_LIB_TARGET_GPU_THREADS_H

#include "../Lanes/Evaluator.h"
#include "../Lanes/Math.h"

namespace gradc::gpu {

using namespace gradc::lanes;

/// Threads that run in lockstep and may read each other's registers.
inline constexpr int64_t kWarp = 32;
/// Threads of a block, where nothing asks for another number.
inline constexpr int64_t kBlock = 256;

class Threads {
public:
  Threads(LaneBuilder &b, int64_t blockSize);

  LaneBuilder &b;
  const int64_t blockSize;
  // Numbers of type i64.
  mlir::Value block;  // of the grid
  mlir::Value thread; // of the block
  mlir::Value lane;   // of the warp
  mlir::Value warp;   // of the block

  /// All threads of the block arrive, and see what the others wrote.
  void barrier();
  /// The same for a warp.
  void syncWarp();
  /// The value of the lane `delta` further on; anything for the last ones.
  mlir::Value down(mlir::Value v, int64_t delta);
  /// The value of lane 0.
  mlir::Value broadcast(mlir::Value v);
  /// Memory of the block.
  mlir::Value shared(mlir::Type element, int64_t count);

  mlir::Value isBelow(mlir::Value a, int64_t bound);
  mlir::Value isBelow(mlir::Value a, mlir::Value bound);
  mlir::Value equals(mlir::Value a, int64_t number);
  /// Runs `body` where the condition holds.
  void when(mlir::Value condition, llvm::function_ref<void()> body);
  /// `body` where the condition holds, else `otherwise`.
  Lanes choose(mlir::Value condition, const Lanes &otherwise, llvm::function_ref<Lanes()> body);
  /// The positions in dims of these sizes, slowest first, of a position in all of them.
  Lanes unpack(mlir::Value position, llvm::ArrayRef<int64_t> sizes);

  /// One result from kPartials of which each lane has two neighbours, halved down to one; in lane
  /// 0.
  mlir::Value tree(sched::Combiner combiner, mlir::Value first, mlir::Value second);

private:
  mlir::Value call(llvm::StringRef intrinsic, mlir::Type result, mlir::ValueRange arguments);
  mlir::Value i32(int64_t value);
  mlir::Value number(llvm::StringRef intrinsic);
  mlir::Value shuffle(llvm::StringRef intrinsic, mlir::Value v, mlir::Value where);
};

} // namespace gradc::gpu

#endif
