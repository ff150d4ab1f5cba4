// Contraction.h - sums of products: the state of the emitter, which Contraction.cpp (blocks and
// threads), ContractionTile.cpp (one tile) and ContractionPack.cpp (factors put in order) share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_CPU_CONTRACTION_H
#define GRADC_LIB_TARGET_CPU_CONTRACTION_H

#include "Emitters.h"
#include "Owned.h"
#include "gradc/IR/ContractionPlan.h"

namespace gradc::cpu {

class ContractionEmitter {
public:
  ContractionEmitter(LaneBuilder &b, const Kernel &kernel);
  void run();

private:
  using Index = llvm::SmallVector<mlir::Value>;

  void chooseTiles();
  void chooseTileSize();
  void outerLoops(llvm::ArrayRef<int> dims);
  void shareBatch();
  void oneProduct();
  /// A dim that is cut into tiles of some units each, and the part of it that is being worked on.
  struct Side {
    mlir::Value first, end, tile;
    int64_t unit;
    mlir::Value &from, &to;
  };
  void shareTiles(llvm::function_ref<void()> body);
  void sharePairs(const Side &slow, const Side &fast, llvm::function_ref<void()> body);
  void shareOwnColumns(mlir::Value from, mlir::Value to);
  std::pair<mlir::Value, mlir::Value> rowsOfThread(mlir::Value first, mlir::Value end);
  int64_t elementBytes() const { return std::max(1u, c.type.getIntOrFloatBitWidth() / 8); }
  void rowsOfTiles(mlir::Value from, mlir::Value to);
  void shareColumns(llvm::function_ref<void()> body);
  void shareRows(llvm::function_ref<void()> body);
  mlir::Value tilesIn(mlir::Value first, mlir::Value end, mlir::Value tile);
  void meet();
  void blocks(mlir::Value from, mlir::Value to, int64_t size,
              llvm::function_ref<void(mlir::Value, mlir::Value)> body);
  void sumsOf(mlir::Value first, mlir::Value end);
  void products(mlir::Value first, mlir::Value end, mlir::Value from, mlir::Value to);
  void blockTile(mlir::Value row, int64_t count, mlir::Value column, llvm::ArrayRef<int64_t> lanes,
                 mlir::Value from, mlir::Value to);
  void columnTiles(llvm::function_ref<void(mlir::Value, llvm::ArrayRef<int64_t>)> body);
  void rowTiles(llvm::function_ref<void(mlir::Value, int64_t)> body);
  void inLastBlock(int64_t size, int64_t block, mlir::Value end, llvm::function_ref<void()> body);
  mlir::Value sumPlace(mlir::Value row, mlir::Value column, int64_t r, size_t j);
  void keep(mlir::Value row, int64_t count, mlir::Value column, llvm::ArrayRef<int64_t> lanes,
            const Lanes &sums);
  Lanes restore(mlir::Value row, int64_t count, mlir::Value column, llvm::ArrayRef<int64_t> lanes);
  Lanes multiply(mlir::Value row, int64_t rows, mlir::Value column, llvm::ArrayRef<int64_t> lanes,
                 mlir::Value from, mlir::Value to, const Lanes &sums);
  Lanes kLoops(llvm::ArrayRef<int> dims, mlir::Value from, mlir::Value to, const Lanes &sums,
               llvm::function_ref<Lanes(Lanes)> body);
  Lanes fuse(mlir::Value row, int64_t rows, mlir::Value column, llvm::ArrayRef<int64_t> lanes,
             const Lanes &sums);
  void epilogue(mlir::Value row, int64_t rows, mlir::Value column, llvm::ArrayRef<int64_t> lanes,
                const Lanes &sums);
  void pack(mlir::Value column, llvm::ArrayRef<int64_t> lanes, mlir::Value from, mlir::Value to);
  bool packsBySquares() const;
  void packOne(mlir::Value column, llvm::ArrayRef<int64_t> lanes, mlir::Value first);
  void packBlock(mlir::Value from, mlir::Value to);
  void packRows(mlir::Value from, mlir::Value to);
  mlir::Value packSquares(mlir::Value column, llvm::ArrayRef<int64_t> lanes, mlir::Value from,
                          mlir::Value to);
  mlir::Value depth(mlir::Value first);
  mlir::Value panelOffset(mlir::Value column, mlir::Value first);
  mlir::Value packedRow(mlir::Value row, mlir::Value first);
  Lanes zeros(int64_t rows, llvm::ArrayRef<int64_t> lanes);
  const sched::KernelNode &load(int factor) const { return g.nodes[g.factorOf(c.in[factor])]; }
  mlir::Value widened(int factor, mlir::Value v);
  mlir::Value loadFactor(int factor, const Instance &where);
  bool hasRows() const { return m >= 0; }
  mlir::Value placeRow(mlir::Value row);

  LaneBuilder &b;
  const Kernel &kernel;
  const sched::KernelGraph &g;
  sched::ContractionPlan plan;
  Evaluator at;
  int n, m;
  const sched::KernelNode &c;
  int wide; // which factor is read by vectors
  int64_t width, tileVectors, tileRows, rows, columns, kBlock, mBlock, nBlock, sumBlock;
  llvm::SmallVector<int> outer;
  mlir::Value panel, packed, sumsBuffer;
  // The block at hand, and what of it is being worked on.
  mlir::Value firstRow, endRow, firstColumn, endColumn, firstSum;
  mlir::Value rowFrom, rowTo, columnFrom, columnTo;
  bool sharesTiles = false; // between the threads; else one does all of a block
  bool ownsRows = false;    // each thread has rows that are its own
  Index index;
};

} // namespace gradc::cpu

#endif
