// Columns.cpp - sums along outer dims alone: a tile of columns at a time, its sums in registers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rows.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::KernelNest;
using sched::KernelNode;

/// One tile: blocks of rows one after another, then the tree over the blocks' sums.
void RowEmitter::columnTile(const KernelNest &n, Value column, ArrayRef<int64_t> lanes,
                            ArrayRef<Value> slots) {
  size_t vectors = lanes.size();
  int64_t tileWidth = int64_t(vectors) * width;
  Evaluator step(b, kernel, v);
  step.buffers = sums;
  auto valuesAt = [&](Value row) {
    setRow(n, row);
    step.forget();
    step.instances.clear();
    for (size_t i = 0; i < vectors; ++i) {
      Instance at{index, lanes[i]};
      at.index[v] = b.add(column, int64_t(i) * width);
      step.instances.push_back(at);
    }
    Lanes all;
    for (int r : n.reduces)
      all.append(step.vectors(g.nodes[r].in[0]));
    return all;
  };
  bool together = shares == BlocksOfRows;
  auto [first, end] = b.share(together ? rowBlocks.count : 0);
  if (!together)
    first = b.i64(0), end = b.i64(rowBlocks.count);
  b.loop(first, end, 1, [&](Value i) {
    Lanes part;
    if (rowBlocks.size == 1) {
      part = valuesAt(i);
    } else {
      for (int r : n.reduces)
        for (int64_t l : lanes)
          part.push_back(b.constant(sched::neutralElement(g.nodes[r].combiner, g.nodes[r].type),
                                    laneType(g.nodes[r].type, l)));
      Value from = b.mul(i, rowBlocks.size), to = b.add(from, rowBlocks.size);
      if (rowBlocks.rows % rowBlocks.size)
        to = arith::MinSIOp::create(b.b, b.loc, to, b.i64(rowBlocks.rows));
      part = b.loop(from, to, 1, part, [&](Value row, Lanes carried) {
        Lanes x = valuesAt(row);
        for (size_t k = 0; k < x.size(); ++k)
          x[k] = b.combine(g.nodes[n.reduces[k / vectors]].combiner, carried[k], x[k]);
        return x;
      });
    }
    for (size_t k = 0; k < part.size(); ++k)
      b.store(part[k], slots[k / vectors],
              b.add(b.mul(i, tileWidth), int64_t(k % vectors) * width));
  });
  if (together)
    b.barrier();
  auto finish = [&](int r, Value slot) {
    const KernelNode &x = g.nodes[r];
    const Buffer &to = sums.find(r)->second;
    for (size_t i = 0; i < vectors; ++i) {
      Lanes parts;
      for (int64_t k = 0; k < rowBlocks.count; ++k)
        parts.push_back(b.load(slot, b.i64(k * tileWidth + int64_t(i) * width), x.type, lanes[i]));
      Instance at{index, lanes[i]};
      at.index[v] = b.add(column, int64_t(i) * width);
      step.store(b.finish(x.combiner, b.treeOfParts(x.combiner, parts)), to.pointer, to.access, at);
    }
  };
  auto finishAll = [&] {
    for (auto [r, slot] : llvm::zip(n.reduces, slots))
      finish(r, slot);
  };
  if (!together)
    return finishAll();
  b.lead(finishAll);
  b.barrier(); // the next tile has its sums in the same memory
}

/// Threads share positions or tiles of columns; where both are few, the blocks of each tile.
void RowEmitter::columns(const KernelNest &n) {
  rowBlocks = g.blocksOf(n);
  int64_t vectors =
      std::max<int64_t>(1, std::min<int64_t>(4, b.target.registers / 2 / n.reduces.size()));
  int64_t tileWidth = vectors * width, full = columnCount / tileWidth;
  SmallVector<int> dims = parallelDims(n);
  bool sharesTiles = b.team && !sharesDims(dims) && full >= kShareFrom;
  shares = sharesDims(dims) || sharesTiles ? Positions : BlocksOfRows;
  SmallVector<Value> partials;
  for (int r : n.reduces) {
    int64_t count = rowBlocks.count * tileWidth;
    partials.push_back(shares == BlocksOfRows ? b.sharedWorkspace(g.nodes[r].type, count)
                                              : b.workspace(g.nodes[r].type, count));
  }
  SmallVector<int64_t> rest;
  for (int64_t c = full * tileWidth; c < columnCount; c += width)
    rest.push_back(std::min(width, columnCount - c));
  auto tile = [&](Value c) { columnTile(n, c, SmallVector<int64_t>(vectors, width), partials); };
  auto last = [&] { columnTile(n, b.i64(full * tileWidth), rest, partials); };
  auto all = [&] {
    if (sharesTiles) {
      shareLoop(b, full, [&](Value i) { tile(b.mul(i, tileWidth)); });
      if (!rest.empty())
        when(b, b.isLast(), last);
      return;
    }
    if (full)
      b.loop(b.i64(0), b.i64(full * tileWidth), tileWidth, tile);
    if (!rest.empty())
      last();
  };
  if (shares == Positions && !sharesTiles)
    shareOver(dims, all);
  else
    loopOver(dims, all);
}
