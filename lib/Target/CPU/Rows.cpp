// Rows.cpp - nests over rows, and sums along outer dims.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rows.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::Access;
using sched::DimSet;
using sched::KernelNest;
using sched::KernelNode;

/// Positions are counted along so many dims that there are so many of them.
static constexpr int64_t kSharedPositions = 256;

RowEmitter::RowEmitter(LaneBuilder &b, const Kernel &kernel)
    : b(b), kernel(kernel), g(kernel.graph), v(kernel.graph.vectorDim),
      columnCount(kernel.graph.sizes[v]), width(kernel.width(b.target, v)) {}

void RowEmitter::run() {
  SmallVector<bool> live = g.liveNodes();
  for (unsigned n = 0; n < g.nodes.size(); ++n) {
    if (!live[n] || !g.isOuterReduce(n))
      continue;
    if (int r = g.accumulatorOf(n); r >= 0) {
      sums[n] = {kernel.results[r], g.results[r].access};
      continue;
    }
    Access access;
    int64_t stride = 1;
    auto add = [&](int d) {
      access.dims.insert(access.dims.begin(), {d, stride});
      stride *= g.sizes[d];
    };
    if (g.varies(n, v))
      add(v);
    for (unsigned d = 0; d < g.sizes.size(); ++d)
      if (int(d) != v && g.varies(n, d))
        add(int(d));
    sums[n] = {b.sharedWorkspace(g.nodes[n].type, stride), access};
  }
  index.assign(g.sizes.size(), b.i64(0));
  SmallVector<KernelNest> nests = g.nests();
  chooseCommonDims(nests);
  // One nest after another at each common position: what the first has read is still in the cache.
  auto all = [&] {
    bool isFirst = true;
    for (const KernelNest &n : nests) {
      if (!isFirst && commonDims.empty())
        b.barrier();
      isFirst = false;
      nest(n);
    }
  };
  if (commonDims.empty())
    return all();
  Team *team = b.team;
  shareOver(commonDims, [&] {
    b.team = nullptr; // the positions are shared, not what is done at each
    all();
    b.team = team;
  });
}

/// The slow dims that no nest sums over, if there are several nests.
void RowEmitter::chooseCommonDims(ArrayRef<KernelNest> nests) {
  if (nests.size() < 2)
    return;
  DimSet common = ~DimSet(0);
  for (const KernelNest &n : nests)
    common &= n.outer & ~n.reduced;
  SmallVector<int> dims;
  for (int d : parallelDims(nests[0]))
    if (common >> d & 1)
      dims.push_back(d);
  if (!b.team || sharesDims(dims))
    commonDims = dims;
}

/// Sums whose operands need no sum along the row: whole columns can be walked at once.
bool RowEmitter::isPure(const KernelNest &n) const {
  return n.results.empty() && llvm::all_of(n.reduces, [&](int r) {
           int in = g.nodes[r].in[0];
           return g.nodes[in].stage == 0 && g.varies(in, v);
         });
}

/// The dims that are not summed over, slowest first as the nest's first tensor has them.
SmallVector<int> RowEmitter::parallelDims(const KernelNest &n) const {
  SmallVector<int> dims;
  DimSet wanted = n.outer & ~n.reduced;
  for (int d : commonDims)
    wanted &= ~(DimSet(1) << d);
  auto take = [&](const Access &access) {
    for (const Access::Dim &d : access.dims)
      if (wanted >> d.dim & 1 && !llvm::is_contained(dims, d.dim))
        dims.push_back(d.dim);
  };
  for (int r : n.results)
    take(g.results[r].access);
  for (int r : n.reduces)
    take(sums.find(r)->second.access);
  for (unsigned d = 0; d < g.sizes.size(); ++d)
    if (wanted >> d & 1 && !llvm::is_contained(dims, int(d)))
      dims.push_back(int(d));
  return dims;
}

void RowEmitter::loopOver(ArrayRef<int> dims, llvm::function_ref<void()> body) {
  if (dims.empty())
    return body();
  int d = dims[0];
  b.loop(b.i64(0), b.i64(g.sizes[d]), 1, [&](Value i) {
    index[d] = i;
    loopOver(dims.drop_front(), body);
  });
  index[d] = Value();
}

/// Whether there are enough positions for each thread to have some.
bool RowEmitter::sharesDims(ArrayRef<int> dims) const {
  int64_t count = 1;
  for (int d : dims)
    count *= g.sizes[d];
  return count >= kShareFrom;
}

/// Each thread has its share of the positions, counted along the slowest dims.
void RowEmitter::shareOver(ArrayRef<int> dims, llvm::function_ref<void()> body) {
  if (!b.team)
    return loopOver(dims, body);
  int64_t count = 1;
  size_t taken = 0;
  while (taken < dims.size() && count < kSharedPositions)
    count *= g.sizes[dims[taken++]];
  shareLoop(b, count, [&](Value position) {
    for (size_t i = taken; i-- > 0;) {
      int d = dims[i];
      index[d] = position;
      if (i == 0)
        break;
      index[d] = arith::RemUIOp::create(b.b, b.loc, position, b.i64(g.sizes[d]));
      position = arith::DivUIOp::create(b.b, b.loc, position, b.i64(g.sizes[d]));
    }
    loopOver(dims.drop_front(taken), body);
  });
  for (int d : dims.take_front(taken))
    index[d] = Value();
}

void RowEmitter::nest(const KernelNest &n) {
  if (isPure(n))
    return columns(n);
  if (int dim = tileDim(n); dim >= 0)
    return tiles(n, dim);
  planRow(n);
  slots.clear();
  rowBlocks = g.blocksOf(n);
  SmallVector<int> dims = parallelDims(n);
  bool isLong = columnCount > 2 * sched::kChunk;
  shares = sharesDims(dims) ? Positions : n.reduced ? BlocksOfRows : isLong ? AlongRow : Positions;
  for (int r : n.reduces) {
    Type type = g.nodes[r].type;
    int64_t count = rowBlocks.count * (g.varies(r, v) ? columnCount : 1);
    slots[r] = shares == BlocksOfRows ? b.sharedWorkspace(type, count) : b.workspace(type, count);
  }
  auto body = [&] {
    if (n.reduced)
      blocks(n);
    else
      row(n);
  };
  if (shares == Positions)
    shareOver(dims, body);
  else
    loopOver(dims, body);
}

/// The position of row `row` of the rows summed over.
void RowEmitter::setRow(const KernelNest &n, Value row) {
  ArrayRef<int> order = g.nodes[n.reduces[0]].order;
  int64_t stride = 1;
  for (int d : llvm::reverse(order)) {
    Value i = row;
    if (stride > 1)
      i = arith::DivUIOp::create(b.b, b.loc, i, b.i64(stride));
    stride *= g.sizes[d];
    if (stride < rowBlocks.rows)
      i = arith::RemUIOp::create(b.b, b.loc, i, b.i64(g.sizes[d]));
    index[d] = i;
  }
}

void RowEmitter::blocks(const KernelNest &n) {
  bool together = shares == BlocksOfRows;
  auto [first, end] = b.share(together ? rowBlocks.count : 0);
  if (!together)
    first = b.i64(0), end = b.i64(rowBlocks.count);
  b.loop(first, end, 1, [&](Value i) {
    block = i;
    if (rowBlocks.size == 1) {
      setRow(n, i);
      row(n);
      return;
    }
    for (int r : n.reduces)
      fillNeutral(r, slots[r], b.mul(i, g.varies(r, v) ? columnCount : 1));
    Value from = b.mul(i, rowBlocks.size), to = b.add(from, rowBlocks.size);
    if (rowBlocks.rows % rowBlocks.size)
      to = arith::MinSIOp::create(b.b, b.loc, to, b.i64(rowBlocks.rows));
    b.loop(from, to, 1, [&](Value t) {
      setRow(n, t);
      row(n);
    });
  });
  if (together)
    b.barrier();
  for (int r : n.reduces)
    sumBlocks(r, slots[r], rowBlocks.count);
  // At the next position the partial sums are written again.
  if (together && !parallelDims(n).empty())
    b.barrier();
}

void RowEmitter::fillNeutral(int reduce, Value slots, Value offset) {
  const KernelNode &n = g.nodes[reduce];
  TypedAttr neutral = sched::neutralElement(n.combiner, n.type);
  int64_t count = g.varies(reduce, v) ? columnCount : 1, full = count / width * width;
  if (full)
    b.loop(b.i64(0), b.i64(full), width, [&](Value c) {
      b.store(b.constant(neutral, laneType(n.type, width)), slots, b.add(offset, c));
    });
  if (count > full)
    b.store(b.constant(neutral, laneType(n.type, count - full)), slots, b.add(offset, full));
}

/// The end of an outer reduction at one position: the partial sums of `count` blocks, halved to
/// one.
void RowEmitter::sumBlocks(int reduce, Value slots, int64_t count) {
  const KernelNode &n = g.nodes[reduce];
  const Buffer &to = sums.find(reduce)->second;
  Evaluator at(b, kernel, v);
  if (!g.varies(reduce, v)) {
    Lanes parts;
    for (int64_t i = 0; i < count; i += width)
      parts.push_back(b.load(slots, b.i64(i), n.type, std::min(width, count - i)));
    Value sum = b.finish(n.combiner, b.tree(n.combiner, parts));
    auto store = [&] { at.store(sum, to.pointer, to.access, {index, 1}); };
    if (shares == BlocksOfRows)
      b.lead(store);
    else
      store();
    return;
  }
  auto part = [&](Value column, int64_t lanes) {
    Lanes parts;
    for (int64_t i = 0; i < count; ++i)
      parts.push_back(b.load(slots, b.add(column, i * columnCount), n.type, lanes));
    Instance where{index, lanes};
    where.index[v] = column;
    at.store(b.finish(n.combiner, b.treeOfParts(n.combiner, parts)), to.pointer, to.access, where);
  };
  auto parts = shares == BlocksOfRows ? shareParts : forEachPart;
  parts(b, n.type, columnCount, 1, [&](Value c, ArrayRef<int64_t> lanes) { part(c, lanes[0]); });
}

void gradc::cpu::emitRows(LaneBuilder &b, const Kernel &kernel) { RowEmitter(b, kernel).run(); }
