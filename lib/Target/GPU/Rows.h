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
  mlir::LogicalResult run(std::string &why);

private:
  /// Partial sums of an outer reduction in the workspace: block by block, in each by `dims`.
  struct Part {
    llvm::SmallVector<int> dims;
    int64_t count; // of a block
    int64_t workspace;
  };

  void placeSums();
  mlir::LogicalResult nest(const sched::KernelNest &n, std::string &why);
  bool isPure(const sched::KernelNest &n) const;
  bool isElementwise(const sched::KernelNest &n) const;
  llvm::SmallVector<int> parallelDims(const sched::KernelNest &n) const;
  llvm::SmallVector<int64_t> sizesOf(llvm::ArrayRef<int> dims) const;
  int64_t vectorLanes(const sched::KernelNest &n, int64_t most) const;
  void elementwise(const sched::KernelNest &n);
  Instance start(DeviceKernel &k, Evaluator &e) const;

  // Sums along outer dims.
  void setRow(LaneBuilder &b, const sched::KernelNest &n, mlir::Value row, Instance &at) const;
  mlir::Value endOfBlock(LaneBuilder &b, const sched::KernelGraph::Blocks &blocks,
                         mlir::Value from) const;
  llvm::SmallVector<int> keptDims(const sched::KernelNest &n, int reduce) const;
  void placeParts(const sched::KernelNest &n);
  mlir::Value placeOf(LaneBuilder &b, const Part &part, mlir::Value block,
                      const Instance &at) const;
  void columnSums(const sched::KernelNest &n);
  void sumParts(const sched::KernelNest &n);

  // Rows with sums along them (Sweep.cpp).
  mlir::LogicalResult rows(const sched::KernelNest &n, std::string &why);
  void addToPart(DeviceKernel &k, const sched::KernelNest &n, int which, mlir::Value block,
                 mlir::Value isFirst, mlir::Value x, const Instance &at);

  KernelWriter &w;
  const sched::KernelGraph &g;
  int v; // the vector dim
  int64_t columns;
  llvm::MapVector<int, Place> sums; // where outer reductions end
  llvm::SmallVector<Part> parts;    // of the nest being emitted
};

} // namespace gradc::gpu

#endif
