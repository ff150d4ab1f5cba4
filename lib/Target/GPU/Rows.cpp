// Rows.cpp - elementwise kernels, and reductions along rows and columns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of every sum is that of the CPU's emitters, so that both give the same bits: along a
// row, chunks of 4096 elements of 64 strided partial sums each, of which a lane of a warp has two;
// along outer dims, 64 blocks of rows, each summed up by one thread.
#include "Rows.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;
using sched::Access;
using sched::DimSet;
using sched::KernelNest;
using sched::KernelNode;

/// A thread of an elementwise kernel moves so many bytes at once.
static constexpr int64_t kVectorBytes = 16;

void RowEmitter::run() {
  placeSums();
  for (const KernelNest &n : g.nests())
    nest(n);
}

/// Where outer reductions end: in a result's buffer, or in the workspace.
void RowEmitter::placeSums() {
  SmallVector<bool> live = g.liveNodes();
  for (unsigned n = 0; n < g.nodes.size(); ++n) {
    if (!live[n] || !g.isOuterReduce(n))
      continue;
    if (int r = g.accumulatorOf(n); r >= 0) {
      sums[n] = {r, 0, g.results[r].access};
      continue;
    }
    Place place;
    int64_t stride = 1;
    auto add = [&](int d) {
      place.access.dims.insert(place.access.dims.begin(), {d, stride});
      stride *= g.sizes[d];
    };
    if (g.varies(n, v))
      add(v);
    for (unsigned d = 0; d < g.sizes.size(); ++d)
      if (int(d) != v && g.varies(n, d))
        add(int(d));
    place.workspace = w.reserve(g.nodes[n].type, stride);
    sums[n] = place;
  }
}

void RowEmitter::nest(const KernelNest &n) {
  KernelNest sumsOnly = n, along = n, still = n;
  sumsOnly.results.clear();
  for (KernelNest *k : {&along, &still}) {
    k->reduces.clear();
    k->reduced = 0;
    k->results.clear();
  }
  for (int r : n.results)
    (g.results[r].access.dimSet() >> v & 1 ? along : still).results.push_back(r);
  // Apart, each has more threads. The sums come first: a result may lie over what they read.
  if (!n.reduces.empty()) {
    keepRowSums(sumsOnly);
    columnSums(sumsOnly);
  }
  KernelNest resultsOnly = along;
  llvm::append_range(resultsOnly.results, still.results);
  if (resultsOnly.results.empty())
    return;
  if (isElementwise(resultsOnly))
    return elementwise(resultsOnly);
  if (columns <= sched::kChunk)
    return rows(resultsOnly);
  keepRowSums(resultsOnly);
  // Those that run along rows come first: the others may lie over what they read.
  for (const KernelNest *k : {&along, &still})
    if (!k->results.empty())
      elementwise(*k);
}

/// No sums of its own, and results that all or none run along the vector dim: an element that is
/// overwritten is read by the same thread only.
bool RowEmitter::isElementwise(const KernelNest &n) const {
  auto along = [&](int r) { return g.results[r].access.dimSet() >> v & 1; };
  return !needsRowSums(n) &&
         llvm::all_of(n.results, [&](int r) { return along(r) == along(n.results[0]); });
}

/// The dims that are not summed over, slowest first as the nest's first tensor has them.
SmallVector<int> RowEmitter::parallelDims(const KernelNest &n) const {
  SmallVector<int> dims;
  auto take = [&](const Access &access) {
    for (const Access::Dim &d : access.dims)
      if ((n.outer & ~n.reduced) >> d.dim & 1 && !llvm::is_contained(dims, d.dim))
        dims.push_back(d.dim);
  };
  for (int r : n.results)
    take(g.results[r].access);
  for (int r : n.reduces)
    take(sums.find(r)->second.access);
  for (unsigned d = 0; d < g.sizes.size(); ++d)
    if ((n.outer & ~n.reduced) >> d & 1 && !llvm::is_contained(dims, int(d)))
      dims.push_back(int(d));
  return dims;
}

SmallVector<int64_t> RowEmitter::sizesOf(ArrayRef<int> dims) const {
  SmallVector<int64_t> sizes;
  for (int d : dims)
    sizes.push_back(g.sizes[d]);
  return sizes;
}

//===-- Elementwise ---------------------------------------------------------------------------===//

/// How many neighbours along the vector dim a thread takes at once to compute `nodes` and store
/// `results`: what fills 16 bytes, if everything that runs along it does so in such steps.
int64_t RowEmitter::vectorLanes(ArrayRef<int> nodes, ArrayRef<int> results, int64_t most) const {
  unsigned bits = 8;
  SmallVector<std::pair<const Access *, unsigned>> accesses; // and the argument
  SmallVector<bool> wanted(g.nodes.size(), false);
  for (int n : nodes)
    wanted[n] = true;
  for (int r : results) {
    if (!g.results[r].access.strideOf(v))
      continue;
    accesses.push_back({&g.results[r].access, unsigned(g.numArgs + r)});
    bits = std::max(bits, g.results[r].type.getIntOrFloatBitWidth());
  }
  for (int i = int(g.nodes.size()) - 1; i >= 0; --i) {
    const KernelNode &x = g.nodes[i];
    if (!wanted[i])
      continue;
    bool isKnown = sums.count(i);
    for (int in : x.in)
      wanted[in] = wanted[in] || !isKnown;
    if (!g.varies(i, v))
      continue;
    if (x.kind == KernelNode::Gather || x.isShort || isKnown)
      return 1;
    if (x.kind == KernelNode::Load) {
      if (x.arg >= g.numArgs)
        return 1;
      accesses.push_back({&x.access, unsigned(x.arg)});
      bits = std::max(bits, x.type.getIntOrFloatBitWidth());
    }
  }
  int64_t lanes = std::min<int64_t>(most, kVectorBytes * 8 / bits);
  auto fits = [&](const std::pair<const Access *, unsigned> &a) {
    if (a.first->strideOf(v) != 1 || a.first->offset % lanes ||
        w.alignment(a.second) < kVectorBytes)
      return false;
    return llvm::all_of(a.first->dims,
                        [&](const Access::Dim &d) { return d.dim == v || d.stride % lanes == 0; });
  };
  while (lanes > 1 && (columns % lanes || !llvm::all_of(accesses, fits)))
    lanes /= 2;
  return lanes;
}

void RowEmitter::elementwise(const KernelNest &n) {
  SmallVector<int> dims = parallelDims(n);
  bool along = g.results[n.results[0]].access.dimSet() >> v & 1;
  SmallVector<int> nodes;
  for (int r : n.results)
    nodes.push_back(g.results[r].node);
  int64_t lanes = along ? vectorLanes(nodes, n.results, kVectorBytes) : 1;
  SmallVector<int64_t> sizes = sizesOf(dims);
  if (along) {
    dims.push_back(v);
    sizes.push_back(columns / lanes);
  }
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  w.forEach(g, count, [&](DeviceKernel &k, Value position) {
    LaneBuilder &b = k.threads.b;
    b.aligned = lanes > 1;
    Evaluator e(b, k.kernel, v);
    Instance at = start(k, e);
    for (auto [d, i] : llvm::zip(dims, k.threads.unpack(position, sizes)))
      at.index[d] = d == v ? b.mul(i, lanes) : i;
    at.lanes = lanes;
    e.instances = {at};
    SmallVector<Value> values;
    for (int r : n.results)
      values.push_back(e.vectors(g.results[r].node)[0]);
    for (auto [r, x] : llvm::zip(n.results, values))
      e.store(x, k.kernel.results[r], g.results[r].access, at);
  });
}

/// An evaluator that knows the sums of earlier kernels, and a position at 0.
Instance RowEmitter::start(DeviceKernel &k, Evaluator &e) const {
  for (const auto &[node, place] : sums)
    e.buffers[node] = k.bufferOf(place);
  return {SmallVector<Value>(g.sizes.size(), k.threads.b.i64(0)), 1};
}

//===-- Columns -------------------------------------------------------------------------------===//

void RowEmitter::setRow(LaneBuilder &b, const KernelNest &n, Value row, Instance &at) const {
  ArrayRef<int> order = g.nodes[n.reduces[0]].order;
  int64_t stride = 1, rows = g.count(n.reduced);
  for (int d : llvm::reverse(order)) {
    Value i = row;
    if (stride > 1)
      i = arith::DivUIOp::create(b.b, b.loc, i, b.i64(stride));
    stride *= g.sizes[d];
    if (stride < rows)
      i = arith::RemUIOp::create(b.b, b.loc, i, b.i64(g.sizes[d]));
    at.index[d] = i;
  }
}

/// Behind the last row of a block that begins at `from`.
Value RowEmitter::endOfBlock(LaneBuilder &b, const sched::KernelGraph::Blocks &blocks,
                             Value from) const {
  Value to = b.add(from, blocks.size);
  if (blocks.rows % blocks.size)
    to = arith::MinSIOp::create(b.b, b.loc, to, b.i64(blocks.rows));
  return to;
}

/// The dims of a sum along outer dims that it keeps, as the partial sums lie in the workspace.
SmallVector<int> RowEmitter::keptDims(const KernelNest &n, int reduce) const {
  SmallVector<int> dims = parallelDims(n);
  if (g.varies(reduce, v))
    dims.push_back(v);
  return dims;
}

/// Partial sums: block by block, in each the kept dims.
void RowEmitter::placeParts(const KernelNest &n) {
  parts.clear();
  for (int r : n.reduces) {
    Part part{keptDims(n, r), 1, 0};
    for (int d : part.dims)
      part.count *= g.sizes[d];
    part.workspace = w.reserve(g.nodes[r].type, part.count * g.blocksOf(n).count);
    parts.push_back(part);
  }
}

void RowEmitter::columnSums(const KernelNest &n) {
  placeParts(n);
  sched::KernelGraph::Blocks blocks = g.blocksOf(n);
  // Reductions of one nest may differ in whether they run along the vector dim.
  for (auto [r, part] : llvm::zip(n.reduces, parts)) {
    SmallVector<int64_t> sizes{blocks.count};
    llvm::append_range(sizes, sizesOf(part.dims));
    const KernelNode &x = g.nodes[r];
    w.forEach(g, blocks.count * part.count, [&, &part = part](DeviceKernel &k, Value position) {
      LaneBuilder &b = k.threads.b;
      Evaluator e(b, k.kernel, v);
      Instance at = start(k, e);
      Lanes where = k.threads.unpack(position, sizes);
      for (auto [d, i] : llvm::zip(part.dims, ArrayRef(where).drop_front()))
        at.index[d] = i;
      Value from = b.mul(where[0], blocks.size);
      Value neutral = b.constant(sched::neutralElement(x.combiner, x.type), x.type);
      Lanes sum = b.loop(from, endOfBlock(b, blocks, from), 1, {neutral}, [&](Value row, Lanes c) {
        setRow(b, n, row, at);
        e.forget();
        e.instances = {at};
        return Lanes{b.combine(x.combiner, c[0], e.values(x.in[0])[0])};
      });
      b.store(sum[0], k.inWorkspace(part.workspace), position);
    });
  }
  sumParts(n);
}

/// The partial sums of all blocks, halved to one.
void RowEmitter::sumParts(const KernelNest &n) {
  int64_t blocks = g.blocksOf(n).count;
  for (auto [r, part] : llvm::zip(n.reduces, parts)) {
    const KernelNode &x = g.nodes[r];
    w.forEach(g, part.count, [&, r = r, &part = part](DeviceKernel &k, Value position) {
      LaneBuilder &b = k.threads.b;
      Lanes all;
      for (int64_t i = 0; i < blocks; ++i)
        all.push_back(
            b.load(k.inWorkspace(part.workspace), b.add(position, i * part.count), x.type, 1));
      Value sum = blocks ? b.treeOfParts(x.combiner, all)
                         : b.constant(sched::neutralElement(x.combiner, x.type), x.type);
      Evaluator e(b, k.kernel, v);
      Instance at = start(k, e);
      for (auto [d, i] : llvm::zip(part.dims, k.threads.unpack(position, sizesOf(part.dims))))
        at.index[d] = i;
      Buffer to = k.bufferOf(sums.find(r)->second);
      e.store(b.finish(x.combiner, sum), to.pointer, to.access, at);
    });
  }
}

LogicalResult gradc::gpu::emitRows(KernelWriter &writer, const sched::KernelGraph &graph,
                                   std::string &) {
  RowEmitter(writer, graph).run();
  return success();
}
