// ContractionPlan.h - how a contraction is cut into blocks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Schedule asks for the memory that a kernel needs besides its tensors, before a target is known;
// the emitters cut the blocks into their own tiles. Neither changes a sum: it runs over k from 0
// up.
#ifndef GRADC_IR_CONTRACTIONPLAN_H
#define GRADC_IR_CONTRACTIONPLAN_H

#include "gradc/IR/KernelGraph.h"

namespace gradc::sched {

struct ContractionPlan {
  /// The plan of a graph of form Contraction.
  explicit ContractionPlan(const KernelGraph &graph);

  int node;   // of kind Contract
  int n;      // the dim that the results have contiguous; one beyond all dims if there is none
  int m = -1; // another dim that only one factor varies over, if there is one
  /// Dims that only that factor varies over, too, slowest first: with m they count the rows. Tiles
  /// of rows do not cross from one position of these to the next.
  llvm::SmallVector<int> outerRows;
  int wide;                      // the factor that varies along n: 0 or 1
  int64_t rows = 1, columns = 1; // of m with the outer ones, and of n
  int64_t kSize = 1;             // of the slowest contracted dim
  int64_t inner = 1;             // how many terms there are to each position of it
  /// The factor that varies along n lies badly for reading it by vectors, or is read often enough
  /// to repay a copy: its columns are packed.
  bool packsColumns = false;
  /// The other factor has neighbours along k far apart: its rows are packed, a block at a time.
  bool packsRows = false;
  /// Each tile of rows meets all columns of a block before the next one does, so that results are
  /// written along memory; else the other way round.
  bool rowsFirst = false;
  /// From the outside, the loops take blocks of columns, of rows whose sums are waited for, of
  /// positions of the slowest contracted dim, and of rows that are packed.
  int64_t nBlock = 1, sumBlock = 1, kBlock = 1, mBlock = 1;
  /// Sums wait in memory between blocks of k.
  bool isSplit() const { return kBlock < kSize; }
  /// All columns of a block are packed at once, for more than one block of rows; else a tile.
  bool packsBlocks() const { return packsColumns && (rowsFirst || mBlock < sumBlock); }

private:
  void chooseRows(const KernelGraph &g, uint64_t dims);

public:
  /// Elements of memory, with tiles of at most kMaxTileRows by kMaxTileColumns.
  int64_t packedColumnElements() const;
  int64_t packedRowElements() const;
  int64_t sumElements() const;
  /// Packed tiles of so many rows lie a line further apart than they are long: written side by
  /// side, they would share a few sets of the cache.
  int64_t packedTileElements(int64_t tileRows) const { return tileRows * inner * kBlock + 16; }
  int64_t scratchElements() const {
    return packedColumnElements() + packedRowElements() + sumElements();
  }

  static constexpr int64_t kMaxTileRows = 12, kMaxTileColumns = 64;
};

} // namespace gradc::sched

#endif
