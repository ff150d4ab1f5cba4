// Evaluator.h - the value of a graph's nodes at given positions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_LANES_EVALUATOR_H
#define GRADC_LIB_TARGET_LANES_EVALUATOR_H

#include "Lanes.h"

namespace gradc::lanes {

/// A kernel that is being emitted: its graph and where its tensors are.
struct Kernel {
  const sched::KernelGraph &graph;
  llvm::SmallVector<mlir::Value> arguments; // pointers or scalars; then the constants' pointers
  llvm::SmallVector<int64_t> elements;      // how many elements an argument has
  llvm::SmallVector<mlir::Value> results;   // pointers
  mlir::Value scratch;                      // memory for the kernel's own use, if Schedule gave it

  /// Vectors of this many elements fill a register with the widest type along `vectorDim`.
  int64_t width(const Machine &target, int vectorDim) const;
};

/// Elements in memory of a value that an earlier nest computed.
struct Buffer {
  mlir::Value pointer;
  sched::Access access;
};

/// A vector along `vectorDim` (or one element) whose first element is at `index`.
struct Instance {
  llvm::SmallVector<mlir::Value> index; // by kernel dim
  int64_t lanes;
};

/// The positions along the lanes of one instance from its first on.
mlir::Value positions(LaneBuilder &b, mlir::Value first, int64_t stride, int64_t lanes);

class Evaluator {
public:
  Evaluator(LaneBuilder &b, const Kernel &kernel, int vectorDim)
      : b(b), kernel(kernel), vectorDim(vectorDim) {}

  /// Nodes whose values are known: as vectors, as scalars of the row, or in memory.
  llvm::DenseMap<int, Lanes> given;
  llvm::DenseMap<int, mlir::Value> rowScalars;
  llvm::DenseMap<int, Buffer> buffers;
  llvm::SmallVector<Instance> instances;

  /// The node at every instance: vectors if it varies along the vector dim, else scalars.
  Lanes values(int node);
  /// The node at every instance, as vectors.
  Lanes vectors(int node);
  void forget() { memo.clear(); }

  mlir::Value offset(const sched::Access &access, const Instance &at);
  mlir::Value load(mlir::Value pointer, const sched::Access &access, const Instance &at,
                   mlir::Type element);
  void store(mlir::Value v, mlir::Value pointer, const sched::Access &access, const Instance &at);

private:
  Lanes compute(int node);
  mlir::Value gather(const sched::KernelNode &n, size_t instance);
  mlir::Value gatherVector(const sched::KernelNode &n, size_t instance);
  Lanes unrolled(const sched::KernelNode &n);

  LaneBuilder &b;
  const Kernel &kernel;
  int vectorDim;
  llvm::DenseMap<int, Lanes> memo;
  // At one position of an unrolled reduction: the rest of the kernel, and the dims that are fixed.
  Evaluator *around = nullptr;
  sched::DimSet fixed = 0;
};

} // namespace gradc::lanes

#endif
