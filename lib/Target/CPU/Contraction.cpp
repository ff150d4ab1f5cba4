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
#include "Emitters.h"
#include "Owned.h"
#include "gradc/IR/ContractionPlan.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::Access;
using sched::KernelNode;

namespace {

/// About this many multiply-adds stand in one turn of the innermost loop.
constexpr int64_t kUnrolledProducts = 96;
/// The epilogue works on so many vectors in lockstep.
constexpr size_t kEpilogueVectors = 4;
/// So many row tiles are packed side by side.
constexpr int64_t kPackedTiles = 8;

class ContractionEmitter {
public:
  ContractionEmitter(LaneBuilder &b, const Kernel &kernel);
  void run();

private:
  using Index = SmallVector<Value>;

  void chooseTiles();
  void chooseTileSize();
  void outerLoops(ArrayRef<int> dims);
  void shareBatch();
  void oneProduct();
  void shareTiles(llvm::function_ref<void()> body);
  void shareColumns(llvm::function_ref<void()> body);
  void shareRows(llvm::function_ref<void()> body);
  Value tilesIn(Value first, Value end, int64_t tile);
  void meet();
  void blocks(Value from, Value to, int64_t size, llvm::function_ref<void(Value, Value)> body);
  void sumsOf(Value first, Value end);
  void products(Value first, Value end, Value from, Value to);
  void blockTile(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes, Value from,
                 Value to);
  void columnTiles(llvm::function_ref<void(Value, ArrayRef<int64_t>)> body);
  void rowTiles(llvm::function_ref<void(Value, int64_t)> body);
  void inLastBlock(int64_t size, int64_t block, Value end, llvm::function_ref<void()> body);
  Value sumPlace(Value row, Value column, int64_t r, size_t j);
  void keep(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes, const Lanes &sums);
  Lanes restore(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes);
  Lanes multiply(Value row, int64_t rows, Value column, ArrayRef<int64_t> lanes, Value from,
                 Value to, const Lanes &sums);
  Lanes kLoops(ArrayRef<int> dims, Value from, Value to, const Lanes &sums,
               llvm::function_ref<Lanes(Lanes)> body);
  Lanes fuse(Value row, int64_t rows, Value column, ArrayRef<int64_t> lanes, const Lanes &sums);
  void epilogue(Value row, int64_t rows, Value column, ArrayRef<int64_t> lanes, const Lanes &sums);
  void pack(Value column, ArrayRef<int64_t> lanes, Value from, Value to);
  void packRows(Value from, Value to);
  Value packSquares(Value column, ArrayRef<int64_t> lanes, Value from, Value to);
  Value depth(Value first);
  Value panelOffset(Value column, Value first);
  Value packedRow(Value row, Value first);
  Lanes zeros(int64_t rows, ArrayRef<int64_t> lanes);
  const KernelNode &load(int factor) const { return g.nodes[g.factorOf(c.in[factor])]; }
  Value widened(int factor, Value v);
  Value loadFactor(int factor, const Instance &where);
  bool hasRows() const { return m >= 0; }
  Value placeRow(Value row);

  LaneBuilder &b;
  const Kernel &kernel;
  const sched::KernelGraph &g;
  sched::ContractionPlan plan;
  Evaluator at;
  int n, m;
  const KernelNode &c;
  int wide; // which factor is read by vectors
  int64_t width, tileVectors, tileRows, rows, columns, kBlock, mBlock, nBlock, sumBlock;
  SmallVector<int> outer;
  Value panel, packed, sumsBuffer;
  // The block at hand, and what of it is being worked on.
  Value firstRow, endRow, firstColumn, endColumn, firstSum;
  Value rowFrom, rowTo, columnFrom, columnTo;
  bool sharesTiles = false; // between the threads; else one does all of a block
  Index index;
};

} // namespace

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
      firstRow = firstSum = first, endRow = end;
      sumsOf(first, end);
    });
  });
}

/// How many tiles [first, end) has, the last one perhaps not whole.
Value ContractionEmitter::tilesIn(Value first, Value end, int64_t tile) {
  Value length = arith::SubIOp::create(b.b, b.loc, end, first);
  return arith::DivUIOp::create(b.b, b.loc, b.add(length, tile - 1), b.i64(tile));
}

void ContractionEmitter::meet() {
  if (sharesTiles)
    b.barrier();
}

/// The tiles of the block at hand, column after column; this thread's come to `body` as a part of
/// one column tile after the other.
void ContractionEmitter::shareTiles(llvm::function_ref<void()> body) {
  rowFrom = firstRow, rowTo = endRow, columnFrom = firstColumn, columnTo = endColumn;
  if (!sharesTiles)
    return body();
  int64_t tile = tileVectors * width;
  Value rowTiles = tilesIn(firstRow, endRow, tileRows);
  Value total = arith::MulIOp::create(b.b, b.loc, tilesIn(firstColumn, endColumn, tile), rowTiles);
  auto [from, to] = b.share(total);
  Value first = arith::DivUIOp::create(b.b, b.loc, from, rowTiles);
  Value end = arith::DivUIOp::create(b.b, b.loc, b.add(b.add(to, rowTiles), -1), rowTiles);
  b.loop(first, end, 1, [&](Value column) {
    Value before = arith::MulIOp::create(b.b, b.loc, column, rowTiles);
    auto inColumn = [&](Value at) -> Value {
      Value i = arith::SubIOp::create(b.b, b.loc, at, before);
      i = arith::MaxSIOp::create(b.b, b.loc, i, b.i64(0));
      i = arith::MinSIOp::create(b.b, b.loc, i, rowTiles);
      return arith::MinSIOp::create(b.b, b.loc, b.add(firstRow, b.mul(i, tileRows)), endRow);
    };
    rowFrom = inColumn(from), rowTo = inColumn(to);
    columnFrom = b.add(firstColumn, b.mul(column, tile));
    columnTo = arith::MinSIOp::create(b.b, b.loc, b.add(columnFrom, tile), endColumn);
    body();
  });
}

/// This thread's columns of the block at hand.
void ContractionEmitter::shareColumns(llvm::function_ref<void()> body) {
  columnFrom = firstColumn, columnTo = endColumn;
  if (sharesTiles) {
    int64_t tile = tileVectors * width;
    auto [from, to] = b.share(tilesIn(firstColumn, endColumn, tile));
    columnTo = arith::MinSIOp::create(b.b, b.loc, b.add(firstColumn, b.mul(to, tile)), endColumn);
    columnFrom = b.add(firstColumn, b.mul(from, tile));
  }
  body();
}

/// The same for rows.
void ContractionEmitter::shareRows(llvm::function_ref<void()> body) {
  rowFrom = firstRow, rowTo = endRow;
  if (sharesTiles) {
    auto [from, to] = b.share(tilesIn(firstRow, endRow, tileRows));
    rowTo = arith::MinSIOp::create(b.b, b.loc, b.add(firstRow, b.mul(to, tileRows)), endRow);
    rowFrom = b.add(firstRow, b.mul(from, tileRows));
  }
  body();
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
  meet();
}

/// The same over [from, to) of the slowest contracted dim.
void ContractionEmitter::products(Value first, Value end, Value from, Value to) {
  bool whole = plan.packsBlocks() && kernel.scratch;
  if (whole) {
    shareColumns([&] {
      columnTiles([&](Value column, ArrayRef<int64_t> lanes) { pack(column, lanes, from, to); });
    });
    if (!packed)
      meet();
  }
  blocks(first, end, mBlock >= std::min(rows, sumBlock) ? 0 : mBlock, [&](Value row, Value last) {
    firstRow = row, endRow = last;
    if (packed) {
      shareRows([&] { packRows(from, to); });
      meet();
    }
    shareTiles([&] {
      columnTiles([&](Value column, ArrayRef<int64_t> lanes) {
        if (panel && !whole)
          pack(column, lanes, from, to);
        rowTiles([&](Value row, int64_t count) { blockTile(row, count, column, lanes, from, to); });
      });
    });
    if (packed)
      meet();
  });
  // What is packed is read no more, and the sums are there.
  if ((whole || sumsBuffer) && !packed)
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

/// Where the sums of a tile wait: row by row in the block.
Value ContractionEmitter::sumPlace(Value row, Value column, int64_t r, size_t j) {
  Value i = arith::SubIOp::create(b.b, b.loc, row, firstSum);
  Value k = arith::SubIOp::create(b.b, b.loc, column, firstColumn);
  return b.add(b.add(b.mul(i, nBlock), k), r * nBlock + int64_t(j) * width);
}

void ContractionEmitter::keep(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes,
                              const Lanes &sums) {
  for (int64_t r = 0; r < count; ++r)
    for (size_t j = 0; j < lanes.size(); ++j)
      b.store(sums[r * lanes.size() + j], sumsBuffer, sumPlace(row, column, r, j));
}

Lanes ContractionEmitter::restore(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes) {
  Lanes sums;
  for (int64_t r = 0; r < count; ++r)
    for (size_t j = 0; j < lanes.size(); ++j)
      sums.push_back(b.load(sumsBuffer, sumPlace(row, column, r, j), c.type, lanes[j]));
  return sums;
}

/// Sets the place of a tile of rows in the outer dims; returns that of its first row in m.
Value ContractionEmitter::placeRow(Value row) {
  if (!hasRows() || plan.outerRows.empty())
    return row;
  auto split = [&](int64_t size) {
    Value inner = arith::RemUIOp::create(b.b, b.loc, row, b.i64(size));
    row = arith::DivUIOp::create(b.b, b.loc, row, b.i64(size));
    return inner;
  };
  Value first = split(g.sizes[m]);
  for (int d : llvm::reverse(llvm::drop_begin(plan.outerRows)))
    index[d] = split(g.sizes[d]);
  index[plan.outerRows[0]] = row;
  return first;
}

Lanes ContractionEmitter::zeros(int64_t count, ArrayRef<int64_t> lanes) {
  Lanes sums;
  for (int64_t r = 0; r < count; ++r)
    for (int64_t l : lanes)
      sums.push_back(b.zero(laneType(c.type, l)));
  return sums;
}

/// The contracted dims as loops, slowest first; the slowest only over [from, to).
Lanes ContractionEmitter::kLoops(ArrayRef<int> dims, Value from, Value to, const Lanes &sums,
                                 llvm::function_ref<Lanes(Lanes)> body) {
  if (dims.empty())
    return body(sums);
  ArrayRef<int> rest = dims.drop_front();
  int64_t turns = 1;
  if (rest.empty()) // copies have nothing to overlap but themselves
    turns = sums.empty() ? 2 : std::max<int64_t>(1, kUnrolledProducts / int64_t(sums.size()));
  auto turn = [&](Value k, Lanes carried) {
    index[dims[0]] = k;
    return kLoops(rest, b.i64(0), rest.empty() ? Value() : b.i64(g.sizes[rest[0]]), carried, body);
  };
  return b.loop(from, to, 1, sums, turn, int64_t(llvm::bit_floor(uint64_t(turns))));
}

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
  return b.add(b.mul(i, plan.inner * kBlock), b.mul(depth(first), tileRows));
}

/// What was loaded of a factor, in the type of the sum.
Value ContractionEmitter::widened(int factor, Value v) {
  const KernelNode &x = g.nodes[c.in[factor]];
  return x.kind == KernelNode::Op ? applyOp(b, x.op, {Lanes{v}})[0] : v;
}

Value ContractionEmitter::loadFactor(int factor, const Instance &where) {
  const KernelNode &x = load(factor);
  return widened(factor, at.load(kernel.arguments[x.arg], x.access, where, x.type));
}

Lanes ContractionEmitter::multiply(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes,
                                   Value from, Value to, const Lanes &sums) {
  Value first = placeRow(row);
  return kLoops(c.order, from, to, sums, [&](Lanes carried) {
    Lanes out;
    SmallVector<Value> x;
    for (size_t j = 0; j < lanes.size(); ++j) {
      Instance where{index, lanes[j]};
      where.index[n] = b.add(column, int64_t(j) * width);
      Value v = panel ? b.load(panel, b.add(panelOffset(column, from), int64_t(j) * width), c.type,
                               lanes[j])
                      : loadFactor(wide, where);
      x.push_back(lanesOf(v.getType()) == lanes[j] ? v : b.splat(v, laneType(c.type, lanes[j])));
    }
    for (int64_t r = 0; r < count; ++r)
      for (size_t j = 0; j < lanes.size(); ++j) {
        Instance where{index, lanes[j]};
        if (hasRows())
          where.index[m] = b.add(first, r);
        where.index[n] = b.add(column, int64_t(j) * width);
        Value y = packed ? b.load(packed, b.add(packedRow(row, from), r), c.type, 1)
                         : loadFactor(1 - wide, where);
        if (lanesOf(y.getType()) != lanes[j])
          y = b.splat(y, laneType(c.type, lanes[j]));
        out.push_back(b.multiplyAdd(y, x[j], carried[out.size()]));
      }
    return out;
  });
}

/// What follows the sums, for a few vectors at a time: all of a tile's at once would be more than
/// the registers hold.
void ContractionEmitter::epilogue(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes,
                                  const Lanes &sums) {
  SmallVector<Instance> places;
  Value first = placeRow(row);
  for (int64_t r = 0; r < count; ++r)
    for (size_t j = 0; j < lanes.size(); ++j) {
      Instance where{index, lanes[j]};
      if (hasRows())
        where.index[m] = b.add(first, r);
      where.index[n] = b.add(column, int64_t(j) * width);
      places.push_back(where);
    }
  for (size_t i = 0; i < places.size(); i += kEpilogueVectors) {
    size_t size = std::min<size_t>(kEpilogueVectors, places.size() - i);
    at.forget();
    at.instances.assign(places.begin() + i, places.begin() + i + size);
    at.given[plan.node] = Lanes(sums.begin() + i, sums.begin() + i + size);
    SmallVector<Lanes> values;
    for (const sched::KernelResult &r : g.results)
      values.push_back(at.vectors(r.node));
    for (size_t k = 0; k < values.size(); ++k)
      for (auto [value, where] : llvm::zip(values[k], at.instances))
        at.store(value, kernel.results[k], g.results[k].access, where);
  }
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

void ContractionEmitter::pack(Value column, ArrayRef<int64_t> lanes, Value from, Value to) {
  const KernelNode &factor = load(wide);
  Value first = from;
  auto one = [&](Lanes) {
    for (size_t j = 0; j < lanes.size(); ++j) {
      Instance where{index, lanes[j]};
      where.index[n] = b.add(column, int64_t(j) * width);
      b.store(loadFactor(wide, where), panel,
              b.add(panelOffset(column, first), int64_t(j) * width));
    }
    return Lanes();
  };
  bool squares = c.order.size() == 1 && factor.access.strideOf(c.order[0]) == 1 && width > 1;
  if (squares && kBlock >= width)
    from = packSquares(column, lanes, from, to);
  kLoops(c.order, from, to, {}, one);
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

void gradc::cpu::emitContraction(LaneBuilder &b, const Kernel &kernel) {
  // Without elements there is nothing to compute, and no tile.
  if (kernel.graph.count(kernel.graph.results[0].access.dimSet()) != 0)
    ContractionEmitter(b, kernel).run();
}
