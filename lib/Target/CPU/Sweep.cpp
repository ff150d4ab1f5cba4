// Sweep.cpp - the program of one row: its sweeps along the vector dim.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rows.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::Access;
using sched::DimSet;
using sched::KernelNest;
using sched::KernelNode;

/// A row of at most this many vectors needs no loop: its values stay in registers from sweep to
/// sweep.
static constexpr int64_t kResidentVectors = 8;
/// Values of a row that are kept from one sweep to the next may take this many bytes.
static constexpr int64_t kSavedBytes = 256 << 10;

//===-- Planning ------------------------------------------------------------------------------===//

void RowEmitter::planRow(const KernelNest &n) {
  roots.clear();
  saved.clear();
  savedAt.clear();
  resident = columnCount <= kResidentVectors * width;
  auto at = [&](int sweep) -> SmallVector<Root> & {
    if (int(roots.size()) <= sweep)
      roots.resize(sweep + 1);
    return roots[sweep];
  };
  SmallVector<int> work;
  for (int r : n.reduces) {
    int in = g.nodes[r].in[0];
    at(g.nodes[in].stage).push_back({Root::Accumulate, in, r});
    work.push_back(in);
  }
  for (int r : n.results) {
    int node = g.results[r].node;
    at(g.nodes[node].stage).push_back({Root::Store, node, r});
    work.push_back(node);
  }
  SmallVector<bool> seen(g.nodes.size(), false);
  while (!work.empty()) {
    int node = work.pop_back_val();
    if (seen[node] || g.isOuterReduce(node))
      continue;
    seen[node] = true;
    const KernelNode &x = g.nodes[node];
    if (g.isRowReduce(node))
      at(g.nodes[x.in[0]].stage).push_back({Root::RowReduce, x.in[0], node});
    work.append(x.in.begin(), x.in.end());
  }
  if (!resident)
    planSaves(n);
}

/// Marks what sweep `sweep` computes for `node`; a costly node that an earlier sweep computed, too,
/// is kept by that one.
bool RowEmitter::visit(int node, int sweep, SmallVectorImpl<bool> &seen) {
  if (!g.varies(node, v) || seen[node] || g.isOuterReduce(node))
    return false;
  seen[node] = true;
  return true;
}

void RowEmitter::planSaves(const KernelNest &n) {
  SmallVector<SmallVector<bool>> seen(roots.size(), SmallVector<bool>(g.nodes.size(), false));
  int64_t bytes = 0;
  for (int s = 0; s < int(roots.size()); ++s) {
    SmallVector<int> work;
    for (const Root &r : roots[s])
      work.push_back(r.node);
    while (!work.empty()) {
      int node = work.pop_back_val();
      if (!visit(node, s, seen[s]))
        continue;
      bool inWindow = g.nodes[node].dims & ~(n.outer | DimSet(1) << v);
      auto first = llvm::find_if(seen, [&](const auto &at) { return at[node]; });
      int at = int(first - seen.begin());
      Type type = g.nodes[node].type;
      int64_t size = type.isIndex() ? kSavedBytes + 1
                                    : columnCount * std::max(1u, type.getIntOrFloatBitWidth() / 8);
      if (at < s && !inWindow && g.isCostly(node) &&
          (savedAt.count(node) || bytes + size <= kSavedBytes)) {
        if (savedAt.try_emplace(node, at).second) {
          bytes += size;
          Access access;
          access.dims.push_back({v, 1});
          saved[node] = {b.workspace(g.nodes[node].type, columnCount), access};
          roots[at].push_back({Root::Save, node, node});
        }
        continue;
      }
      work.append(g.nodes[node].in.begin(), g.nodes[node].in.end());
    }
  }
}

//===-- Emission ------------------------------------------------------------------------------===//

void RowEmitter::row(const KernelNest &n) {
  rowValues = std::make_unique<Evaluator>(b, kernel, v);
  rowValues->instances = {{index, 1}};
  rowValues->buffers = sums;
  Evaluator step(b, kernel, v);
  step.buffers = sums;
  for (int s = 0; s < int(roots.size()); ++s) {
    active.clear();
    prepared.clear();
    for (const Root &r : roots[s])
      if (r.kind == Root::RowReduce || g.varies(r.node, v) ||
          (r.kind == Root::Store && g.results[r.which].access.strideOf(v)) ||
          // The sum of what is the same in all columns still has a place a column.
          (r.kind == Root::Accumulate && g.varies(r.which, v)))
        active.push_back(r);
    for (const Root &r : active)
      prepare(r.node, s, step);
    if (!active.empty())
      sweep(s, step);
    scalarRoots(n, s);
    for (auto [node, at] : savedAt)
      if (at == s)
        step.buffers[node] = saved[node];
  }
}

/// What does not vary along the row is computed before the loop over it.
void RowEmitter::prepare(int node, int sweep, Evaluator &step, DimSet window) {
  if (step.rowScalars.count(node) || !prepared.insert({node, window}).second)
    return;
  // What a window's positions have their own values of is computed at each.
  bool inWindow = g.nodes[node].dims & window;
  if (!inWindow && !g.varies(node, v)) {
    setScalar(node, rowValues->values(node)[0], step);
    return;
  }
  auto kept = savedAt.find(node);
  if (g.isOuterReduce(node) || (kept != savedAt.end() && kept->second < sweep))
    return;
  if (g.nodes[node].isShort)
    window |= g.nodes[node].reduced;
  for (int i : g.nodes[node].in)
    prepare(i, sweep, step, window);
}

void RowEmitter::setScalar(int node, Value value, Evaluator &step) {
  rowValues->rowScalars[node] = value;
  step.rowScalars[node] = value;
}

/// Stores and sums of what does not vary along the row.
void RowEmitter::scalarRoots(const KernelNest &n, int s) {
  // Others may still have to read what is written here.
  bool together = b.team && shares == AlongRow;
  if (together && llvm::any_of(roots[s], [&](const Root &r) {
        return r.kind == Root::Store && llvm::none_of(active, [&](const Root &a) {
                 return a.kind == r.kind && a.which == r.which;
               });
      }))
    b.barrier();
  for (const Root &r : roots[s]) {
    if (llvm::any_of(active, [&](const Root &a) { return a.kind == r.kind && a.which == r.which; }))
      continue;
    Value value = rowValues->values(r.node)[0];
    auto store = [&] {
      rowValues->store(value, kernel.results[r.which], g.results[r.which].access, {index, 1});
    };
    if (r.kind == Root::Store && together)
      b.lead(store);
    else if (r.kind == Root::Store)
      store();
    else
      accumulate(r, value, Value());
  }
}

/// Adds to the partial sums of the block.
void RowEmitter::accumulate(const Root &root, Value value, Value column) {
  Value pointer = slots[root.which];
  Value at = b.mul(block, column ? columnCount : 1);
  if (column)
    at = b.add(at, column);
  if (rowBlocks.size > 1) {
    Type type = value.getType();
    Value old = b.load(pointer, at, getElementTypeOrSelf(type), lanesOf(type));
    value = b.combine(g.nodes[root.which].combiner, old, value);
  }
  b.store(value, pointer, at);
}

/// All roots at `columns`; everything is read before anything is written.
void RowEmitter::stepOver(Evaluator &step, Columns columns, size_t first, Lanes &sums) {
  if (!resident)
    step.forget();
  step.instances.clear();
  for (auto [column, lanes] : columns) {
    Instance at{index, lanes};
    at.index[v] = column;
    step.instances.push_back(at);
  }
  SmallVector<Lanes> values;
  for (const Root &r : active)
    values.push_back(step.vectors(r.node));
  size_t group = resident ? llvm::divideCeil(columnCount, width) : sched::kPartials / width;
  size_t sum = 0;
  for (auto [r, x] : llvm::zip(active, values)) {
    for (size_t i = 0; i < columns.size(); ++i) {
      switch (r.kind) {
      case Root::Store:
        step.store(x[i], kernel.results[r.which], g.results[r.which].access, step.instances[i]);
        break;
      case Root::Save:
        b.store(x[i], saved[r.which].pointer, columns[i].first);
        break;
      case Root::Accumulate:
        accumulate(r, x[i], columns[i].first);
        break;
      case Root::RowReduce: {
        const KernelNode &n = g.nodes[r.which];
        Value &part = sums[sum + (first + i) % group];
        if (!part) {
          part = x[i];
          break;
        }
        Value neutral = b.constant(sched::neutralElement(n.combiner, n.type), part.getType());
        part = b.combine(n.combiner, part, b.widen(x[i], lanesOf(part.getType()), neutral));
        break;
      }
      }
    }
    if (r.kind == Root::RowReduce)
      sum += group;
  }
}

/// Columns [from, from + length) with the partial sums carried along.
Lanes RowEmitter::span(Evaluator &step, Value from, int64_t length, const Lanes &init) {
  int64_t perLoop = sched::kPartials / width;
  if (init.empty())
    perLoop = std::min<int64_t>(perLoop, 4);
  // More than the registers hold would go through memory: tanh alone has two branches.
  bool full = g.nodes.size() > 24 || llvm::any_of(g.nodes, [](const KernelNode &n) {
                return n.kind == KernelNode::Op && isa<math::TanhOp>(n.op);
              });
  size_t together = std::min<int64_t>(perLoop, full ? 2 : 4);
  auto group = [&](Value start, int64_t count, Lanes &sums) {
    SmallVector<std::pair<Value, int64_t>> columns;
    for (int64_t c = 0; c < count; c += width)
      columns.push_back({b.add(start, c), std::min(width, count - c)});
    for (size_t i = 0; i < columns.size(); i += together) {
      size_t n = std::min(together, columns.size() - i);
      stepOver(step, ArrayRef(columns).slice(i, n), i, sums);
    }
  };
  int64_t stride = perLoop * width, whole = length / stride * stride;
  Lanes sums = init;
  if (whole) {
    Value end = b.add(from, whole);
    sums = b.loop(from, end, stride, sums, [&](Value c, Lanes carried) {
      group(c, stride, carried);
      return carried;
    });
  }
  if (length > whole)
    group(b.add(from, whole), length - whole, sums);
  return sums;
}

/// One value a row reduction from its 64 partial sums.
Lanes RowEmitter::trees(const Lanes &sums) {
  Lanes out;
  size_t at = 0;
  size_t group = resident ? llvm::divideCeil(columnCount, width) : sched::kPartials / width;
  for (const Root &r : active)
    if (r.kind == Root::RowReduce) {
      Lanes parts(sums.begin() + at, sums.begin() + at + group);
      out.push_back(b.tree(g.nodes[r.which].combiner, parts));
      at += group;
    }
  return out;
}

Lanes RowEmitter::neutrals(ArrayRef<const KernelNode *> reduces) {
  Lanes init;
  for (const KernelNode *n : reduces)
    init.append(sched::kPartials / width,
                b.constant(sched::neutralElement(n->combiner, n->type), laneType(n->type, width)));
  return init;
}

/// The 64 partial sums of chunks, in memory, before the first chunk.
SmallVector<Value> RowEmitter::neutralParts(ArrayRef<const KernelNode *> reduces) {
  SmallVector<Value> parts;
  Lanes init = neutrals(reduces);
  for (auto [k, n] : llvm::enumerate(reduces)) {
    parts.push_back(b.workspace(n->type, sched::kPartials));
    int64_t vectors = sched::kPartials / width;
    for (int64_t i = 0; i < vectors; ++i)
      b.store(init[k * vectors + i], parts.back(), b.i64(i * width));
  }
  return parts;
}

/// Adds the sums of a chunk to those.
void RowEmitter::addChunk(ArrayRef<const KernelNode *> reduces, ArrayRef<Value> parts, Value number,
                          const Lanes &chunk) {
  Value at = arith::AndIOp::create(b.b, b.loc, number, b.i64(sched::kPartials - 1));
  for (auto [n, part, x] : llvm::zip(reduces, parts, chunk))
    b.store(b.combine(n->combiner, b.load(part, at, n->type, 1), x), part, at);
}

SmallVector<const KernelNode *> RowEmitter::activeReduces() const {
  SmallVector<const KernelNode *> reduces;
  for (const Root &r : active)
    if (r.kind == Root::RowReduce)
      reduces.push_back(&g.nodes[r.which]);
  return reduces;
}

/// The reductions over `length` columns by chunks, chunks of chunks by the same rule; `part` gives
/// those of a chunk.
Lanes RowEmitter::inChunks(Value from, int64_t length,
                           llvm::function_ref<Lanes(Value from, int64_t length)> part) {
  SmallVector<const KernelNode *> reduces = activeReduces();
  int64_t unit = sched::kChunk;
  while (length > unit * sched::kChunk)
    unit *= sched::kChunk;
  SmallVector<Value> parts = neutralParts(reduces);
  int64_t full = length / unit;
  b.loop(b.i64(0), b.i64(full), 1,
         [&](Value i) { addChunk(reduces, parts, i, part(b.add(from, b.mul(i, unit)), unit)); });
  if (length % unit)
    addChunk(reduces, parts, b.i64(full), part(b.add(from, full * unit), length % unit));
  return sumParts(reduces, parts);
}

/// The reductions of the sweep over `length` columns: long rows by chunks.
Lanes RowEmitter::sumsOver(Evaluator &step, Value from, int64_t length) {
  SmallVector<const KernelNode *> reduces = activeReduces();
  if (length <= sched::kChunk || reduces.empty())
    return trees(span(step, from, length, neutrals(reduces)));
  return inChunks(from, length, [&](Value at, int64_t size) { return sumsOver(step, at, size); });
}

/// The same by all threads: each takes some of the chunks, whose sums are put together in the same
/// order by each. A sweep without reductions is cut in the same way.
Lanes RowEmitter::sharedSums(Evaluator &step, Value from, int64_t length) {
  SmallVector<const KernelNode *> reduces = activeReduces();
  int64_t unit = sched::kChunk;
  if (length > unit * sched::kChunk && !reduces.empty())
    return inChunks(from, length,
                    [&](Value at, int64_t size) { return sharedSums(step, at, size); });
  int64_t full = length / unit, rest = length % unit, count = full + (rest != 0);
  SmallVector<Value> chunks;
  for (const KernelNode *n : reduces)
    chunks.push_back(b.sharedWorkspace(n->type, count));
  auto chunk = [&](Value number, int64_t size) {
    Lanes all = trees(span(step, b.add(from, b.mul(number, unit)), size, neutrals(reduces)));
    for (auto [sum, to] : llvm::zip(all, chunks))
      b.store(sum, to, number);
  };
  shareLoop(b, full, [&](Value number) { chunk(number, unit); });
  if (rest)
    when(b, b.isLast(), [&] { chunk(b.i64(full), rest); });
  if (reduces.empty())
    return {};
  b.barrier();
  SmallVector<Value> parts = neutralParts(reduces);
  b.loop(b.i64(0), b.i64(count), 1, [&](Value i) {
    Lanes sums;
    for (auto [n, at] : llvm::zip(reduces, chunks))
      sums.push_back(b.load(at, i, n->type, 1));
    addChunk(reduces, parts, i, sums);
  });
  b.barrier(); // the sums of the next chunks may lie in the same memory
  return sumParts(reduces, parts);
}

/// One value a row reduction from partial sums in memory.
Lanes RowEmitter::sumParts(ArrayRef<const KernelNode *> reduces, ArrayRef<Value> parts) {
  Lanes out;
  for (auto [n, part] : llvm::zip(reduces, parts)) {
    Lanes vectors;
    for (int64_t i = 0; i < sched::kPartials; i += width)
      vectors.push_back(b.load(part, b.i64(i), n->type, width));
    out.push_back(b.tree(n->combiner, vectors));
  }
  return out;
}

void RowEmitter::sweep(int s, Evaluator &step) {
  Lanes totals;
  if (resident) {
    size_t reduces =
        llvm::count_if(active, [](const Root &r) { return r.kind == Root::RowReduce; });
    size_t group = llvm::divideCeil(columnCount, width);
    Lanes sums(reduces * group, Value());
    SmallVector<std::pair<Value, int64_t>> columns;
    for (int64_t c = 0; c < columnCount; c += width)
      columns.push_back({b.i64(c), std::min(width, columnCount - c)});
    // At most 64 elements are one partial sum each; longer rows wrap around.
    size_t wrap = sched::kPartials / width;
    stepOver(step, columns, 0, sums);
    Lanes wrapped;
    size_t at = 0;
    for (const Root &r : active) {
      if (r.kind != Root::RowReduce)
        continue;
      const KernelNode &n = g.nodes[r.which];
      Lanes parts(sums.begin() + at, sums.begin() + at + group);
      for (size_t i = wrap; i < parts.size(); ++i) {
        Value &part = parts[i % wrap];
        Value neutral = b.constant(sched::neutralElement(n.combiner, n.type), part.getType());
        part = b.combine(n.combiner, part, b.widen(parts[i], lanesOf(part.getType()), neutral));
      }
      parts.resize(std::min(parts.size(), wrap));
      totals.push_back(b.tree(n.combiner, parts));
      at += group;
    }
  } else if (b.team && shares == AlongRow) {
    totals = sharedSums(step, b.i64(0), columnCount);
  } else {
    totals = sumsOver(step, b.i64(0), columnCount);
  }
  size_t i = 0;
  for (const Root &r : active)
    if (r.kind == Root::RowReduce)
      setScalar(r.which, b.finish(g.nodes[r.which].combiner, totals[i++]), step);
}
