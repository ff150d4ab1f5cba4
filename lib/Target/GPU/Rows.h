// Rows.h - elementwise kernels, and reductions along rows and columns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_GPU_ROWS_H
#define GRADC_LIB_TARGET_GPU_ROWS_H

#include "Writer.h"
#include "llvm/ADT/MapVector.h"

namespace gradc::gpu {

class RowEmitter {
public:
  RowEmitter(KernelWriter &w, const sched::KernelGraph &g)
      : w(w), g(g), v(g.vectorDim), columns(g.sizes[g.vectorDim]) {}
  void run();

private:
  /// Partial sums of an outer reduction in the workspace: block by block, in each by `dims`.
  struct Part {
    llvm::SmallVector<int> dims;
    int64_t count; // of a block
    int64_t workspace;
  };

  void placeSums();
  void nest(const sched::KernelNest &n);
  bool isElementwise(const sched::KernelNest &n) const;
  llvm::SmallVector<int> parallelDims(const sched::KernelNest &n) const;
  llvm::SmallVector<int64_t> sizesOf(llvm::ArrayRef<int> dims) const;
  int64_t vectorLanes(llvm::ArrayRef<int> nodes, llvm::ArrayRef<int> results, int64_t most) const;
  void elementwise(const sched::KernelNest &n);
  Instance start(DeviceKernel &k, Evaluator &e) const;

  // Sums along outer dims.
  void setRow(LaneBuilder &b, const sched::KernelNest &n, mlir::Value row, Instance &at) const;
  mlir::Value endOfBlock(LaneBuilder &b, const sched::KernelGraph::Blocks &blocks,
                         mlir::Value from) const;
  llvm::SmallVector<int> keptDims(const sched::KernelNest &n, int reduce) const;
  void placeParts(const sched::KernelNest &n);
  void columnSums(const sched::KernelNest &n);
  void sumParts(const sched::KernelNest &n);

  // Rows with sums along them (Sweep.cpp).
  void forEachWarp(int64_t count, llvm::function_ref<void(DeviceKernel &, mlir::Value)> body);
  void rows(const sched::KernelNest &n);
  bool needsRowSums(const sched::KernelNest &n) const;
  void keepRowSums(const sched::KernelNest &n);
  void keepRowSum(int node);
  mlir::Value sumOfSums(DeviceKernel &k, const sched::KernelNode &x, mlir::Value memory,
                        mlir::Value begin, int64_t count);

  KernelWriter &w;
  const sched::KernelGraph &g;
  int v; // the vector dim
  int64_t columns;
  llvm::MapVector<int, Place> sums; // where reductions end that later kernels read
  llvm::SmallVector<Part> parts;    // of the nest being emitted
};

} // namespace gradc::gpu

#endif
