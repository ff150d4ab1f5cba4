// Tiny.cpp - small kernels: one block computes node after node into its own memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No value has more than a few hundred elements. Sums, their operands and the results are kept in
// shared memory; what lies between is computed where it is wanted. Results are stored at the end:
// everything is read before anything is written.
#include "Writer.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;
using sched::Access;
using sched::DimSet;
using sched::KernelNode;

namespace {

class TinyEmitter {
public:
  TinyEmitter(DeviceKernel &k, const sched::KernelGraph &g) : k(k), t(k.threads), b(t.b), g(g) {}
  void run();

private:
  SmallVector<int> dimsOf(DimSet dims) const;
  SmallVector<int64_t> sizesOf(ArrayRef<int> dims) const;
  void keep(int node);
  void each(int node, Value to);
  void reduce(int node, Value to);
  Value valueAt(int node, const Instance &at);
  Value contraction(const KernelNode &n, const Instance &at);
  Instance origin() { return {SmallVector<Value>(g.sizes.size(), b.i64(0)), 1}; }

  DeviceKernel &k;
  Threads &t;
  LaneBuilder &b;
  const sched::KernelGraph &g;
  llvm::MapVector<int, Buffer> kept;
};

} // namespace

SmallVector<int> TinyEmitter::dimsOf(DimSet dims) const {
  SmallVector<int> list;
  for (unsigned d = 0; d < g.sizes.size(); ++d)
    if (dims >> d & 1)
      list.push_back(int(d));
  return list;
}

SmallVector<int64_t> TinyEmitter::sizesOf(ArrayRef<int> dims) const {
  SmallVector<int64_t> sizes;
  for (int d : dims)
    sizes.push_back(g.sizes[d]);
  return sizes;
}

Value TinyEmitter::valueAt(int node, const Instance &at) {
  Evaluator e(b, k.kernel, int(g.sizes.size())); // no dim is a vector
  for (auto &[n, buffer] : kept)
    e.buffers[n] = buffer;
  e.instances = {at};
  return e.values(node)[0];
}

/// One chain of fused multiply-adds.
Value TinyEmitter::contraction(const KernelNode &n, const Instance &at) {
  Lanes sum =
      b.loop(b.i64(0), b.i64(g.count(n.reduced)), 1, {b.zero(n.type)},
             [&](Value position, Lanes carried) -> Lanes {
               Instance here = at;
               for (auto [d, i] : llvm::zip(n.order, t.unpack(position, sizesOf(n.order))))
                 here.index[d] = i;
               return {b.multiplyAdd(valueAt(n.in[0], here), valueAt(n.in[1], here), carried[0])};
             });
  return sum[0];
}

/// A thread an element.
void TinyEmitter::each(int node, Value to) {
  const KernelNode &n = g.nodes[node];
  SmallVector<int> dims = dimsOf(n.dims);
  int64_t count = g.count(n.dims);
  t.when(t.isBelow(t.thread, count), [&] {
    Instance at = origin();
    for (auto [d, i] : llvm::zip(dims, t.unpack(t.thread, sizesOf(dims))))
      at.index[d] = i;
    Value v = n.kind == KernelNode::Contract ? contraction(n, at) : valueAt(node, at);
    b.store(v, to, t.thread);
  });
}

/// A warp an element: each lane has two partial sums. Along the vector dim these are strided, along
/// others blocks.
void TinyEmitter::reduce(int node, Value to) {
  const KernelNode &n = g.nodes[node];
  SmallVector<int> dims = dimsOf(n.dims);
  int64_t length = g.count(n.reduced);
  int64_t size = int64_t(llvm::divideCeil(uint64_t(length), uint64_t(sched::kPartials)));
  bool isRow = g.isRowReduce(node);
  Value neutral = b.constant(sched::neutralElement(n.combiner, n.type), n.type);
  b.loop(t.warp, b.i64(g.count(n.dims)), t.blockSize / kWarp, [&](Value element) {
    Instance at = origin();
    for (auto [d, i] : llvm::zip(dims, t.unpack(element, sizesOf(dims))))
      at.index[d] = i;
    Lanes parts;
    for (int64_t j = 0; j < 2; ++j) {
      Value part = b.add(b.mul(t.lane, 2), j), sum = neutral;
      for (int64_t turn = 0; turn < size; ++turn) {
        Value row = isRow ? b.add(part, turn * sched::kPartials) : b.add(b.mul(part, size), turn);
        sum = t.choose(t.isBelow(row, length), {sum}, [&]() -> Lanes {
          Instance here = at;
          for (auto [d, i] : llvm::zip(n.order, t.unpack(row, sizesOf(n.order))))
            here.index[d] = i;
          return {b.combine(n.combiner, sum, valueAt(n.in[0], here))};
        })[0];
      }
      parts.push_back(sum);
    }
    Value total = b.finish(n.combiner, t.tree(n.combiner, parts[0], parts[1]));
    t.when(t.equals(t.lane, 0), [&] { b.store(total, to, element); });
  });
}

/// Computes a node for all to read.
void TinyEmitter::keep(int node) {
  const KernelNode &n = g.nodes[node];
  Buffer buffer;
  int64_t stride = 1;
  SmallVector<int> dims = dimsOf(n.dims);
  for (int d : llvm::reverse(dims)) {
    buffer.access.dims.insert(buffer.access.dims.begin(), {d, stride});
    stride *= g.sizes[d];
  }
  buffer.pointer = t.shared(n.type, stride);
  if (n.kind == KernelNode::Reduce)
    reduce(node, buffer.pointer);
  else
    each(node, buffer.pointer);
  t.barrier();
  kept[node] = buffer;
}

void TinyEmitter::run() {
  // Sums, what they add up where that is computed, and results; operands come before their users.
  SmallVector<bool> wanted(g.nodes.size(), false), live = g.liveNodes();
  for (auto [i, n] : llvm::enumerate(g.nodes)) {
    if (!live[i] || (n.kind != KernelNode::Reduce && n.kind != KernelNode::Contract))
      continue;
    wanted[i] = true;
    for (int in : n.in)
      wanted[in] = wanted[in] || g.nodes[in].kind == KernelNode::Op;
  }
  for (const sched::KernelResult &r : g.results)
    wanted[r.node] = wanted[r.node] || g.count(r.access.dimSet()) > 0;
  for (unsigned i = 0; i < g.nodes.size(); ++i)
    if (wanted[i])
      keep(int(i));
  for (auto [i, r] : llvm::enumerate(g.results)) {
    int64_t count = g.count(r.access.dimSet());
    if (!count)
      continue;
    SmallVector<int> dims;
    for (const Access::Dim &d : r.access.dims)
      dims.push_back(d.dim);
    Value pointer = k.kernel.results[i];
    b.loop(t.thread, b.i64(count), t.blockSize, [&, &r = r](Value position) {
      Instance at = origin();
      for (auto [d, x] : llvm::zip(dims, t.unpack(position, sizesOf(dims))))
        at.index[d] = x;
      Evaluator e(b, k.kernel, int(g.sizes.size())); // no dim is a vector
      e.store(valueAt(r.node, at), pointer, r.access, at);
    });
  }
}

LogicalResult gradc::gpu::emitTiny(KernelWriter &writer, const sched::KernelGraph &graph,
                                   std::string &) {
  writer.add(graph, 1, kBlock, [&](DeviceKernel &k) { TinyEmitter(k, graph).run(); });
  return success();
}
