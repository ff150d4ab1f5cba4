// Contraction.cpp - sums of products: register tiles over an unpacked or packed factor, then the
// epilogue. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every element of the result is one chain of fused multiply-adds over k from 0 up, whatever the
// tile: blocking and packing change the speed, not a bit of the result. The vectors run along the
// dim that the result has contiguous; the factor that varies along it is read by vectors (through a
// packed panel if it lies otherwise in memory), the other is broadcast (through packed row tiles if
// it has neighbours along k far apart). The blocks are ContractionPlan's; inside of them come
// column tiles, then row tiles. Threads pack the blocks together and share their tiles, or share
// the batch. Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008), has
// the reasons.
#include "Contraction.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::Access;
using sched::KernelNode;

/// With so many tiles of rows, threads share the rows rather than each block of them.
static constexpr int64_t kOwnedTiles = 32;

ContractionEmitter::ContractionEmitter(LaneBuilder &b, const Kernel &kernel)
    : b(b), kernel(kernel), g(kernel.graph), plan(g), at(b, kernel, plan.n), n(plan.n), m(plan.m),
      c(g.nodes[plan.node]), wide(plan.wide), width(kernel.width(b.target, n)), rows(plan.rows),
      columns(plan.columns) {
  chooseTiles();
}

void ContractionEmitter::chooseTiles() {
  for (const Access::Dim &d : g.results[0].access.dims)
    if (d.dim != n && d.dim != m && !llvm::is_contained(plan.outerRows, d.dim))
      outer.push_back(d.dim);
  chooseTileSize();
  int64_t tile = tileVectors * width;
  auto whole = [](int64_t size, int64_t block, int64_t tile) {
    return block >= size ? int64_t(llvm::alignTo(size, tile)) : block / tile * tile;
  };
  // Without memory for what stays between blocks, one block is all.
  bool blocks = kernel.scratch != nullptr;
  kBlock = blocks ? plan.kBlock : plan.kSize;
  nBlock = whole(columns, blocks ? plan.nBlock : columns, tile);
  sumBlock = whole(rows, blocks ? plan.sumBlock : rows, tileRows);
  mBlock = whole(rows, blocks ? plan.mBlock : rows, tileRows);
  if (plan.packsColumns && !(blocks && plan.packsBlocks()) && kBlock == plan.kBlock)
    panel = b.workspace(c.type, plan.inner * kBlock * tile);
  if (!blocks)
    return;
  int64_t offset = 0;
  auto take = [&](int64_t elements) {
    Value part = elements ? b.address(kernel.scratch, b.i64(offset), c.type) : Value();
    offset += elements;
    return part;
  };
  if (Value block = take(plan.packedColumnElements()))
    panel = block;
  packed = take(plan.packedRowElements());
  sumsBuffer = take(plan.sumElements());
}

/// Sums fill the registers, but for the vectors that are read and one broadcast element. A tall
/// tile reads less of the panel, which comes from the second-level cache; a few rows are better
/// off with more vectors.
void ContractionEmitter::chooseTileSize() {
  int64_t registers = b.target.registers, vectors = 2;
  if (registers >= 32)
    vectors = rows < 8 ? 4 : columns > 3 * width && columns < 6 * width ? 2 : 3;
  tileVectors = std::min<int64_t>(
      {int64_t(llvm::divideCeil(columns, width)), vectors, plan.kMaxTileColumns / width});
  tileRows = std::min<int64_t>(
      {rows, (registers - 1 - tileVectors) / tileVectors, 24 / tileVectors, plan.kMaxTileRows});
  // No tile crosses from one position of the outer dims to the next.
  while (!plan.outerRows.empty() && g.sizes[m] % tileRows)
    --tileRows;
  // A slightly lower tile that divides the rows needs no code for the rest.
  for (int64_t r = tileRows; r > 1 && r + 2 >= tileRows; --r)
    if (rows % r == 0) {
      tileRows = r;
      break;
    }
}

/// Products of a batch that is large enough are shared one by one, if they need no memory.
void ContractionEmitter::run() {
  index.assign(g.sizes.size() + 1, b.i64(0));
  int64_t batch = 1;
  for (int d : outer)
    batch *= g.sizes[d];
  bool sharesBatch = b.team && !kernel.scratch && batch >= kShareFrom;
  sharesTiles = b.team && !sharesBatch;
  // What another core has just written is slow to read: each thread packs the rows that it needs.
  ownsRows = sharesTiles && packed && plan.packsBlocks() && rows >= kOwnedTiles * tileRows;
  if (ownsRows)
    packed = b.ownMemory(packed, plan.packedRowElements() * elementBytes());
  if (sharesBatch)
    return shareBatch();
  outerLoops(outer);
}

void ContractionEmitter::shareBatch() {
  int64_t batch = 1;
  for (int d : outer)
    batch *= g.sizes[d];
  shareLoop(b, batch, [&](Value number) {
    for (int d : llvm::reverse(outer)) {
      index[d] = arith::RemUIOp::create(b.b, b.loc, number, b.i64(g.sizes[d]));
      number = arith::DivUIOp::create(b.b, b.loc, number, b.i64(g.sizes[d]));
    }
    oneProduct();
  });
}

void ContractionEmitter::outerLoops(ArrayRef<int> dims) {
  if (dims.empty())
    return oneProduct();
  b.loop(b.i64(0), b.i64(g.sizes[dims[0]]), 1, [&](Value i) {
    index[dims[0]] = i;
    outerLoops(dims.drop_front());
  });
}

void ContractionEmitter::oneProduct() {
  Value zero = b.i64(0);
  blocks(zero, b.i64(columns), nBlock >= columns ? 0 : nBlock, [&](Value from, Value to) {
    firstColumn = from, endColumn = to;
    blocks(zero, b.i64(rows), sumBlock >= rows ? 0 : sumBlock, [&](Value first, Value end) {
      firstSum = first;
      if (ownsRows)
        std::tie(first, end) = rowsOfThread(first, end);
      firstRow = first, endRow = end;
      sumsOf(first, end);
    });
  });
}

/// How many tiles [first, end) has, the last one perhaps not whole.
Value ContractionEmitter::tilesIn(Value first, Value end, Value tile) {
  Value length = arith::SubIOp::create(b.b, b.loc, end, first);
  return arith::DivUIOp::create(b.b, b.loc, b.add(b.add(length, tile), -1), tile);
}

void ContractionEmitter::meet() {
  if (sharesTiles)
    b.barrier();
}

/// The tiles of the block at hand, column after column or row after row; this thread's come to
/// `body` as a part of one column (or row) of tiles after the other.
void ContractionEmitter::shareTiles(llvm::function_ref<void()> body) {
  rowFrom = firstRow, rowTo = endRow, columnFrom = firstColumn, columnTo = endColumn;
  if (!sharesTiles || ownsRows)
    return body();
  Side rowSide{firstRow, endRow, b.i64(tileRows), tileRows, rowFrom, rowTo};
  Side columnSide{firstColumn, endColumn, b.i64(tileVectors * width), width, columnFrom, columnTo};
  if (plan.rowsFirst)
    sharePairs(rowSide, columnSide, body);
  else
    sharePairs(columnSide, rowSide, body);
}

/// The pairs of tiles of two dims that are this thread's: `body` gets one tile of the slow dim
/// after the other, with all or a part of the fast one's. A tile counts as the units that it has,
/// so that one that is not whole does not leave a thread waiting.
void ContractionEmitter::sharePairs(const Side &slow, const Side &fast,
                                    llvm::function_ref<void()> body) {
  auto times = [&](Value x, Value y) -> Value { return arith::MulIOp::create(b.b, b.loc, x, y); };
  Value unit = b.i64(slow.unit), length = tilesIn(fast.first, fast.end, fast.tile);
  Value whole = times(length, arith::DivUIOp::create(b.b, b.loc, slow.tile, unit));
  auto [from, to] = b.share(times(tilesIn(slow.first, slow.end, unit), length));
  Value first = arith::DivUIOp::create(b.b, b.loc, from, whole);
  Value end = tilesIn(b.i64(0), to, whole);
  b.loop(first, end, 1, [&](Value number) {
    slow.from = b.add(slow.first, times(number, slow.tile));
    slow.to = arith::MinSIOp::create(b.b, b.loc, b.add(slow.from, slow.tile), slow.end);
    Value units = tilesIn(slow.from, slow.to, unit), before = times(number, whole);
    auto placeOf = [&](Value at) -> Value {
      Value i = arith::SubIOp::create(b.b, b.loc, at, before);
      i = arith::MaxSIOp::create(b.b, b.loc, i, b.i64(0));
      i = arith::MinSIOp::create(b.b, b.loc, arith::DivUIOp::create(b.b, b.loc, i, units), length);
      return arith::MinSIOp::create(b.b, b.loc, b.add(fast.first, times(i, fast.tile)), fast.end);
    };
    fast.from = placeOf(from), fast.to = placeOf(to);
    body();
  });
}

/// The block at hand row after row, over columns that each thread packs for itself, since what
/// another core has just written is slow to read. One thread packs the whole block at once; several
/// take a tile of columns each time.
void ContractionEmitter::shareOwnColumns(Value from, Value to) {
  int64_t tile = tileVectors * width;
  Value several =
      arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ugt, b.team->count, b.i64(1));
  Value group = arith::SelectOp::create(b.b, b.loc, several, b.i64(tile), b.i64(nBlock));
  llvm::SaveAndRestore keptPanel(panel), keptFirst(firstColumn), keptEnd(endColumn);
  Value blockFirst = firstColumn, blockEnd = endColumn;
  panel = b.ownMemory(panel, plan.inner * kBlock * tile * elementBytes());
  sharePairs({blockFirst, blockEnd, group, width, columnFrom, columnTo},
             {firstRow, endRow, b.i64(tileRows), tileRows, rowFrom, rowTo}, [&] {
               firstColumn = columnFrom, endColumn = columnTo;
               packBlock(from, to);
               rowsOfTiles(from, to);
             });
}

/// All columns of the part at hand for each tile of rows.
void ContractionEmitter::rowsOfTiles(Value from, Value to) {
  rowTiles([&](Value row, int64_t count) {
    columnTiles([&](Value column, ArrayRef<int64_t> lanes) {
      blockTile(row, count, column, lanes, from, to);
    });
  });
}

/// This thread's columns of the block at hand.
void ContractionEmitter::shareColumns(llvm::function_ref<void()> body) {
  columnFrom = firstColumn, columnTo = endColumn;
  if (sharesTiles) {
    int64_t tile = tileVectors * width;
    auto [from, to] = b.share(tilesIn(firstColumn, endColumn, b.i64(tile)));
    columnTo = arith::MinSIOp::create(b.b, b.loc, b.add(firstColumn, b.mul(to, tile)), endColumn);
    columnFrom = b.add(firstColumn, b.mul(from, tile));
  }
  body();
}

/// The same for rows.
void ContractionEmitter::shareRows(llvm::function_ref<void()> body) {
  rowFrom = firstRow, rowTo = endRow;
  if (sharesTiles && !ownsRows)
    std::tie(rowFrom, rowTo) = rowsOfThread(firstRow, endRow);
  body();
}

/// This thread's part of [first, end).
std::pair<Value, Value> ContractionEmitter::rowsOfThread(Value first, Value end) {
  auto [from, to] = b.share(tilesIn(first, end, b.i64(tileRows)));
  return {b.add(first, b.mul(from, tileRows)),
          arith::MinSIOp::create(b.b, b.loc, b.add(first, b.mul(to, tileRows)), end)};
}

/// `body` with [from, to) in parts of `size`; 0: in one.
void ContractionEmitter::blocks(Value from, Value to, int64_t size,
                                llvm::function_ref<void(Value, Value)> body) {
  if (!size)
    return body(from, to);
  b.loop(from, to, size, [&](Value first) {
    body(first, arith::MinSIOp::create(b.b, b.loc, b.add(first, size), to));
  });
}

/// A block of rows and columns, over all k.
void ContractionEmitter::sumsOf(Value first, Value end) {
  Value zero = b.i64(0);
  if (!sumsBuffer)
    return products(first, end, zero, b.i64(kBlock));
  shareTiles([&] {
    columnTiles([&](Value column, ArrayRef<int64_t> lanes) {
      rowTiles(
          [&](Value row, int64_t count) { keep(row, count, column, lanes, zeros(count, lanes)); });
    });
  });
  if (!ownsRows)
    meet();
  blocks(zero, b.i64(plan.kSize), kBlock,
         [&](Value from, Value to) { products(first, end, from, to); });
  firstRow = first, endRow = end;
  shareTiles([&] {
    columnTiles([&](Value column, ArrayRef<int64_t> lanes) {
      rowTiles([&](Value row, int64_t count) {
        epilogue(row, count, column, lanes, restore(row, count, column, lanes));
      });
    });
  });
  if (!ownsRows)
    meet();
}

/// The same over [from, to) of the slowest contracted dim.
void ContractionEmitter::products(Value first, Value end, Value from, Value to) {
  bool whole = plan.packsBlocks() && kernel.scratch;
  if (whole && plan.rowsFirst && sharesTiles) {
    firstRow = first, endRow = end;
    return shareOwnColumns(from, to);
  }
  if (whole) {
    shareColumns([&] { packBlock(from, to); });
    if (!packed || ownsRows)
      meet();
  }
  blocks(first, end, mBlock >= std::min(rows, sumBlock) ? 0 : mBlock, [&](Value row, Value last) {
    firstRow = row, endRow = last;
    if (packed) {
      shareRows([&] { packRows(from, to); });
      if (!ownsRows)
        meet();
    }
    shareTiles([&] {
      if (plan.rowsFirst && (whole || !panel))
        return rowsOfTiles(from, to);
      columnTiles([&](Value column, ArrayRef<int64_t> lanes) {
        if (panel && !whole)
          pack(column, lanes, from, to);
        rowTiles([&](Value row, int64_t count) { blockTile(row, count, column, lanes, from, to); });
      });
    });
    if (packed && !ownsRows)
      meet();
  });
  // What is packed is read no more, and the sums are there.
  if (ownsRows || ((whole || sumsBuffer) && !packed))
    meet();
}

/// A tile over [from, to): of all k, or added to what waits.
void ContractionEmitter::blockTile(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes,
                                   Value from, Value to) {
  if (!sumsBuffer) {
    Lanes sums = multiply(row, count, column, lanes, from, to, zeros(count, lanes));
    return epilogue(row, count, column, lanes, sums);
  }
  Lanes sums = restore(row, count, column, lanes);
  keep(row, count, column, lanes, multiply(row, count, column, lanes, from, to, sums));
}

/// `body` where the block at hand, which stops at `end`, is the last of `size`.
void ContractionEmitter::inLastBlock(int64_t size, int64_t block, Value end,
                                     llvm::function_ref<void()> body) {
  if (block >= size && !sharesTiles)
    return body();
  Value last = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, end, b.i64(size));
  auto branch = scf::IfOp::create(b.b, b.loc, last, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b.b);
  b.b.setInsertionPointToStart(branch.thenBlock());
  body();
}

/// The tiles of the block of columns at hand, the last one of all with what is left.
void ContractionEmitter::columnTiles(llvm::function_ref<void(Value, ArrayRef<int64_t>)> body) {
  int64_t tile = tileVectors * width, full = columns / tile * tile;
  if (full) {
    Value end = arith::MinSIOp::create(b.b, b.loc, columnTo, b.i64(full));
    b.loop(columnFrom, end, tile,
           [&](Value column) { body(column, SmallVector<int64_t>(tileVectors, width)); });
  }
  SmallVector<int64_t> rest;
  for (int64_t i = full; i < columns; i += width)
    rest.push_back(std::min(width, columns - i));
  if (!rest.empty())
    inLastBlock(columns, nBlock, columnTo, [&] { body(b.i64(full), rest); });
}

/// The same for rows.
void ContractionEmitter::rowTiles(llvm::function_ref<void(Value, int64_t)> body) {
  int64_t full = rows / tileRows * tileRows;
  if (full) {
    Value end = arith::MinSIOp::create(b.b, b.loc, rowTo, b.i64(full));
    b.loop(rowFrom, end, tileRows, [&](Value row) { body(row, tileRows); });
  }
  if (rows > full)
    inLastBlock(rows, mBlock, rowTo, [&] { body(b.i64(full), rows - full); });
}

void gradc::cpu::emitContraction(LaneBuilder &b, const Kernel &kernel) {
  // Without elements there is nothing to compute, and no tile.
  if (kernel.graph.count(kernel.graph.results[0].access.dimSet()) != 0)
    ContractionEmitter(b, kernel).run();
}
