// Rows.h - kernels of elementwise work and reductions: nests over rows, sweeps along the vector
// dim. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A nest loops over outer dims and runs a row program at each position: sweep s does all work of a
// row that needs s earlier reductions along it. Sums along outer dims run over 64 blocks of rows,
// each into a partial sum of its own.
#ifndef GRADC_LIB_TARGET_CPU_ROWS_H
#define GRADC_LIB_TARGET_CPU_ROWS_H

#include "Emitters.h"
#include "Owned.h"

namespace gradc::cpu {

/// What a sweep computes for later.
struct Root {
  enum Kind { Store, Accumulate, RowReduce, Save } kind;
  int node;  // whose value is wanted
  int which; // the result, the outer reduction, the row reduction, or the node
};

class RowEmitter {
public:
  RowEmitter(LaneBuilder &b, const Kernel &kernel);
  void run();

private:
  // Nests.
  void nest(const sched::KernelNest &n);
  void loopOver(llvm::ArrayRef<int> dims, llvm::function_ref<void()> body);
  void shareOver(llvm::ArrayRef<int> dims, llvm::function_ref<void()> body);
  bool sharesDims(llvm::ArrayRef<int> dims) const;
  void blocks(const sched::KernelNest &n);
  void setRow(const sched::KernelNest &n, mlir::Value row);
  void sumBlocks(int reduce, mlir::Value slots, int64_t count);
  void fillNeutral(int reduce, mlir::Value slots, mlir::Value offset);
  llvm::SmallVector<int> parallelDims(const sched::KernelNest &n) const;
  bool isPure(const sched::KernelNest &n) const;
  void chooseCommonDims(llvm::ArrayRef<sched::KernelNest> nests);
  // Columns.cpp
  void columns(const sched::KernelNest &n);
  void columnTile(const sched::KernelNest &n, mlir::Value column, llvm::ArrayRef<int64_t> lanes,
                  llvm::ArrayRef<mlir::Value> slots);
  // Tiles.cpp
  int tileDim(const sched::KernelNest &n) const;
  void tiles(const sched::KernelNest &n, int dim);
  void tile(const sched::KernelNest &n, int dim, mlir::Value row, mlir::Value column);
  void storeRoots(const sched::KernelNest &n, Evaluator &e);

  // One row (Sweep.cpp).
  void row(const sched::KernelNest &n);
  void planRow(const sched::KernelNest &n);
  void planSaves(const sched::KernelNest &n);
  bool visit(int node, int sweep, llvm::SmallVectorImpl<bool> &seen);
  void prepare(int node, int sweep, Evaluator &step, sched::DimSet window = 0);
  void sweep(int s, Evaluator &step);
  void scalarRoots(const sched::KernelNest &n, int s);
  void setScalar(int node, mlir::Value v, Evaluator &step);
  using Columns = llvm::ArrayRef<std::pair<mlir::Value, int64_t>>; // first element, lanes
  void stepOver(Evaluator &step, Columns columns, size_t first, Lanes &sums);
  Lanes span(Evaluator &step, mlir::Value from, int64_t length, const Lanes &sums);
  Lanes sumsOver(Evaluator &step, mlir::Value from, int64_t length);
  Lanes trees(const Lanes &sums);
  Lanes sumParts(llvm::ArrayRef<const sched::KernelNode *> reduces,
                 llvm::ArrayRef<mlir::Value> parts);
  Lanes neutrals(llvm::ArrayRef<const sched::KernelNode *> reduces);
  llvm::SmallVector<mlir::Value> neutralParts(llvm::ArrayRef<const sched::KernelNode *> reduces);
  void addChunk(llvm::ArrayRef<const sched::KernelNode *> reduces,
                llvm::ArrayRef<mlir::Value> parts, mlir::Value number, const Lanes &chunk);
  llvm::SmallVector<const sched::KernelNode *> activeReduces() const;
  Lanes inChunks(mlir::Value from, int64_t length,
                 llvm::function_ref<Lanes(mlir::Value from, int64_t length)> part);
  Lanes sharedSums(Evaluator &step, mlir::Value from, int64_t length);
  void accumulate(const Root &root, mlir::Value v, mlir::Value column);

  LaneBuilder &b;
  const Kernel &kernel;
  const sched::KernelGraph &g;
  int v; // the vector dim
  int64_t columnCount, width;
  llvm::DenseMap<int, Buffer> sums;  // where outer reductions end
  llvm::SmallVector<int> commonDims; // looped over around all nests
  // Of the nest being emitted:
  llvm::SmallVector<mlir::Value> index;
  llvm::DenseMap<int, mlir::Value> slots; // partial sums of outer reductions
  sched::KernelGraph::Blocks rowBlocks{1, 1, 1};
  mlir::Value block;
  /// What threads share of the nest: the positions of its outer dims, or (where these are few) the
  /// blocks that are summed up, or the columns.
  enum { Positions, BlocksOfRows, AlongRow } shares = Positions;
  bool resident = false;
  llvm::SmallVector<llvm::SmallVector<Root>> roots; // by sweep
  llvm::SmallVector<Root> active;                   // of the sweep being emitted
  llvm::DenseMap<int, Buffer> saved;
  llvm::DenseMap<int, int> savedAt;
  llvm::DenseSet<std::pair<int, sched::DimSet>> prepared; // in the sweep being emitted
  std::unique_ptr<Evaluator> rowValues;
};

} // namespace gradc::cpu

#endif
