// Tiles.cpp - elementwise kernels that read across rows: square tiles, transposed by shuffles.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rows.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::KernelNest;
using sched::KernelNode;

/// The outer dim along which some load is contiguous, if the nest is elementwise and has such a
/// load; else -1.
int RowEmitter::tileDim(const KernelNest &n) const {
  if (n.reduced || columnCount < width || width < 2)
    return -1;
  SmallVector<bool> seen(g.nodes.size(), false);
  SmallVector<int> work;
  for (int r : n.results)
    work.push_back(g.results[r].node);
  int dim = -1;
  while (!work.empty()) {
    int node = work.pop_back_val();
    if (seen[node] || g.isOuterReduce(node))
      continue;
    seen[node] = true;
    const KernelNode &x = g.nodes[node];
    if (g.isRowReduce(node) || x.isShort)
      return -1;
    work.append(x.in.begin(), x.in.end());
    if (x.kind != KernelNode::Load || !g.varies(node, v) || x.access.strideOf(v) == 1)
      continue;
    for (const sched::Access::Dim &d : x.access.dims)
      if (d.stride == 1 && g.sizes[d.dim] >= width && n.outer >> d.dim & 1)
        dim = d.dim;
  }
  return dim;
}

void RowEmitter::storeRoots(const KernelNest &n, Evaluator &e) {
  SmallVector<Lanes> values;
  for (int r : n.results)
    values.push_back(e.vectors(g.results[r].node));
  for (auto [r, x] : llvm::zip(n.results, values))
    for (auto [value, at] : llvm::zip(x, e.instances))
      e.store(value, kernel.results[r], g.results[r].access, at);
}

/// `width` rows along `dim` of `width` columns each.
void RowEmitter::tile(const KernelNest &n, int dim, Value row, Value column) {
  Evaluator e(b, kernel, v);
  e.buffers = sums;
  for (int64_t i = 0; i < width; ++i) {
    Instance at{index, width};
    at.index[dim] = b.add(row, i);
    at.index[v] = column;
    e.instances.push_back(at);
  }
  for (auto [i, x] : llvm::enumerate(g.nodes)) {
    if (x.kind != KernelNode::Load || !g.varies(i, v) || x.access.strideOf(v) == 1 ||
        x.access.strideOf(dim) != 1 || x.type.isInteger(1))
      continue;
    Value first = e.offset(x.access, e.instances[0]);
    Lanes columns;
    for (int64_t k = 0; k < width; ++k)
      columns.push_back(
          b.load(kernel.arguments[x.arg], b.add(first, k * x.access.strideOf(v)), x.type, width));
    e.given[i] = b.transpose(columns);
  }
  storeRoots(n, e);
}

void RowEmitter::tiles(const KernelNest &n, int dim) {
  SmallVector<int> dims = parallelDims(n);
  llvm::erase(dims, dim);
  int64_t rows = g.sizes[dim], fullRows = rows / width * width,
          fullColumns = columnCount / width * width;
  auto rest = [&](Value row, Value column, int64_t lanes) {
    Evaluator e(b, kernel, v);
    e.buffers = sums;
    Instance at{index, lanes};
    at.index[dim] = row;
    at.index[v] = column;
    e.instances = {at};
    storeRoots(n, e);
  };
  // Threads share positions or, where these are few, rows and columns of tiles.
  bool sharesTiles = b.team && !sharesDims(dims);
  auto loop = [&](int64_t from, int64_t to, int64_t step, llvm::function_ref<void(Value)> body) {
    if (!sharesTiles)
      return b.loop(b.i64(from), b.i64(to), step, body);
    shareLoop(b, (to - from) / step, [&](Value i) { body(b.add(b.mul(i, step), from)); });
  };
  auto all = [&] {
    loop(0, fullRows, width, [&](Value row) {
      b.loop(b.i64(0), b.i64(fullColumns), width, [&](Value column) { tile(n, dim, row, column); });
    });
    if (columnCount > fullColumns)
      loop(0, fullRows, 1,
           [&](Value row) { rest(row, b.i64(fullColumns), columnCount - fullColumns); });
    if (rows > fullRows)
      loop(fullRows, rows, 1, [&](Value row) {
        b.loop(b.i64(0), b.i64(fullColumns), width,
               [&](Value column) { rest(row, column, width); });
        if (columnCount > fullColumns)
          rest(row, b.i64(fullColumns), columnCount - fullColumns);
      });
  };
  if (sharesTiles)
    loopOver(dims, all);
  else
    shareOver(dims, all);
}
