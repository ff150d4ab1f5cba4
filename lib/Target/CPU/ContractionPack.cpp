// ContractionPack.cpp - columns and rows of a contraction's factors, put in order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Contraction.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::Access;
using sched::KernelNode;

/// So many row tiles are packed side by side.
static constexpr int64_t kPackedTiles = 32;

/// How many terms of a sum come before the current k, from `first` on.
Value ContractionEmitter::depth(Value first) {
  Value sum;
  int64_t stride = 1;
  for (int d : llvm::reverse(c.order)) {
    Value i = index[d];
    if (d == c.order[0])
      i = arith::SubIOp::create(b.b, b.loc, i, first);
    Value term = b.mul(i, stride);
    sum = sum ? b.add(sum, term) : term;
    stride *= g.sizes[d];
  }
  return sum ? sum : b.i64(0);
}

/// Where the packed columns from `column` on have the current k; rows are as long as a full tile.
Value ContractionEmitter::panelOffset(Value column, Value first) {
  Value offset = b.mul(depth(first), tileVectors * width);
  if (!plan.packsBlocks() || !kernel.scratch)
    return offset;
  Value i = arith::SubIOp::create(b.b, b.loc, column, firstColumn);
  return b.add(b.mul(i, plan.inner * kBlock), offset);
}

/// Where the packed row tile that begins at `row` has the current k: tile by tile, k by k.
Value ContractionEmitter::packedRow(Value row, Value first) {
  Value i = arith::SubIOp::create(b.b, b.loc, row, firstRow);
  Value tile = arith::DivUIOp::create(b.b, b.loc, i, b.i64(tileRows));
  return b.add(b.mul(tile, plan.packedTileElements(tileRows)), b.mul(depth(first), tileRows));
}

/// Full squares of a factor that has k contiguous are transposed; returns the first k that is left.
Value ContractionEmitter::packSquares(Value column, ArrayRef<int64_t> lanes, Value from, Value to) {
  const KernelNode &factor = load(wide);
  int k = c.order[0];
  Value first = from;
  Value length = arith::SubIOp::create(b.b, b.loc, to, from);
  length = arith::AndIOp::create(b.b, b.loc, length, b.i64(-width));
  Value end = b.add(from, length);
  b.loop(from, end, width, [&](Value start) {
    index[k] = start;
    for (size_t j = 0; j < lanes.size(); ++j) {
      Lanes square;
      for (int64_t i = 0; i < width; ++i) {
        // Columns that are not there are read as the last one, and never used.
        Instance where{index, 1};
        where.index[n] = b.add(column, int64_t(j) * width + std::min(i, lanes[j] - 1));
        square.push_back(b.load(kernel.arguments[factor.arg], at.offset(factor.access, where),
                                factor.type, width));
      }
      square = b.transpose(square);
      for (int64_t i = 0; i < width; ++i) {
        index[k] = b.add(start, i);
        b.store(widened(wide, b.narrow(square[i], lanes[j])), panel,
                b.add(panelOffset(column, first), int64_t(j) * width));
      }
      index[k] = start;
    }
  });
  return end;
}

/// Whether the factor that is read by vectors has k contiguous.
bool ContractionEmitter::packsBySquares() const {
  return c.order.size() == 1 && load(wide).access.strideOf(c.order[0]) == 1 && width > 1 &&
         kBlock >= width;
}

/// The current k of a column tile.
void ContractionEmitter::packOne(Value column, ArrayRef<int64_t> lanes, Value first) {
  for (size_t j = 0; j < lanes.size(); ++j) {
    Instance where{index, lanes[j]};
    where.index[n] = b.add(column, int64_t(j) * width);
    b.store(loadFactor(wide, where), panel, b.add(panelOffset(column, first), int64_t(j) * width));
  }
}

void ContractionEmitter::pack(Value column, ArrayRef<int64_t> lanes, Value from, Value to) {
  Value first = from;
  if (packsBySquares())
    from = packSquares(column, lanes, from, to);
  kLoops(c.order, from, to, {}, [&](Lanes) {
    packOne(column, lanes, first);
    return Lanes();
  });
}

/// All columns of the block at hand, along memory.
void ContractionEmitter::packBlock(Value from, Value to) {
  if (packsBySquares())
    return columnTiles(
        [&](Value column, ArrayRef<int64_t> lanes) { pack(column, lanes, from, to); });
  kLoops(c.order, from, to, {}, [&](Lanes) {
    columnTiles([&](Value column, ArrayRef<int64_t> lanes) { packOne(column, lanes, from); });
    return Lanes();
  });
}

/// The rows of the block at hand, a tile's values of one k beside each other.
void ContractionEmitter::packRows(Value from, Value to) {
  const KernelNode &factor = load(1 - wide);
  auto tiles = [&](Value row, int64_t count, int64_t lanes) {
    kLoops(c.order, from, to, {}, [&](Lanes) {
      for (int64_t i = 0; i < count; ++i) {
        Value tile = b.add(row, i * tileRows), first = placeRow(tile);
        Instance where{index, lanes};
        where.index[m] = first;
        Value v = b.loadStrided(kernel.arguments[factor.arg], at.offset(factor.access, where),
                                factor.access.strideOf(m), factor.type, lanes);
        b.store(widened(1 - wide, v), packed, packedRow(tile, from));
      }
      return Lanes();
    });
  };
  // Some tiles at once use what a cache line has.
  int64_t group = kPackedTiles * tileRows, full = rows / tileRows * tileRows;
  Value end = arith::MinSIOp::create(b.b, b.loc, rowTo, b.i64(full));
  Value length = arith::SubIOp::create(b.b, b.loc, end, rowFrom);
  length = arith::MaxSIOp::create(b.b, b.loc, length, b.i64(0));
  Value groups = arith::DivUIOp::create(b.b, b.loc, length, b.i64(group));
  Value groupEnd = b.add(rowFrom, b.mul(groups, group));
  b.loop(rowFrom, groupEnd, group, [&](Value row) { tiles(row, kPackedTiles, tileRows); });
  b.loop(groupEnd, end, tileRows, [&](Value row) { tiles(row, 1, tileRows); });
  if (rows > full)
    inLastBlock(rows, mBlock, rowTo, [&] { tiles(b.i64(full), 1, rows - full); });
}
