// Tiny.cpp - small kernels without a loop: every tensor lives in registers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every access to a buffer cuts it at multiples of the vector width, whatever the kernel, so that
// LLVM can forward values from one inlined kernel to the next and keep a loop's state in registers.
#include "Emitters.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::Access;
using sched::DimSet;
using sched::KernelNode;

namespace {

/// One element of a list of vectors.
struct Element {
  Value piece;
  int64_t lane;
};

/// A node's values at all positions of its dims, slowest first in the order of `dims`.
struct Tensor {
  SmallVector<int> dims;
  Lanes pieces;
};

class TinyEmitter {
public:
  TinyEmitter(LaneBuilder &b, const Kernel &kernel)
      : b(b), kernel(kernel), g(kernel.graph), width(kernel.width(b.target, g.vectorDim)) {}
  void run();

private:
  using Index = SmallVector<int64_t>; // by kernel dim

  const Tensor &tensor(int node);
  Lanes compute(int node, ArrayRef<int> dims);
  Lanes loads(const KernelNode &n, ArrayRef<int> dims);
  Lanes indices(const KernelNode &n, ArrayRef<int> dims);
  Value positions(const KernelNode &n, ArrayRef<int> dims, int64_t start, int64_t count, Type type);
  Lanes gathers(const KernelNode &n, ArrayRef<int> dims);
  Lanes operation(const KernelNode &n, ArrayRef<int> dims);
  Lanes reduction(int node, ArrayRef<int> dims);
  Lanes contraction(const KernelNode &n, ArrayRef<int> dims);
  Value reduceToScalar(int node, Lanes operands);

  SmallVector<int> order(DimSet dims) const;
  Index indexAt(ArrayRef<int> dims, int64_t position) const;
  Element at(int node, const Index &index);
  Value piece(int arg, int64_t number, Type element);
  Value gather(ArrayRef<Element> elements);
  /// `node` at the positions [0, count) of `dims`, the other dims fixed as in `base`.
  Lanes pick(int node, ArrayRef<int> dims, const Index &base);

  LaneBuilder &b;
  const Kernel &kernel;
  const sched::KernelGraph &g;
  int64_t width;
  SmallVector<int> rank; // position of a kernel dim in the common order
  llvm::MapVector<int, Tensor> tensors;
  DenseMap<std::pair<int, int64_t>, Value> pieces;
};

} // namespace

SmallVector<int> TinyEmitter::order(DimSet dims) const {
  SmallVector<int> list;
  for (unsigned d = 0; d < g.sizes.size(); ++d)
    if (dims >> d & 1)
      list.push_back(int(d));
  llvm::sort(list, [&](int x, int y) { return rank[x] < rank[y]; });
  return list;
}

TinyEmitter::Index TinyEmitter::indexAt(ArrayRef<int> dims, int64_t position) const {
  Index index(g.sizes.size(), 0);
  for (int d : llvm::reverse(dims)) {
    index[d] = position % g.sizes[d];
    position /= g.sizes[d];
  }
  return index;
}

Element TinyEmitter::at(int node, const Index &index) {
  const Tensor &t = tensor(node);
  int64_t position = 0;
  for (int d : t.dims)
    position = position * g.sizes[d] + index[d];
  return {t.pieces[position / width], position % width};
}

/// The elements as one vector, with as few shuffles as the pieces allow.
Value TinyEmitter::gather(ArrayRef<Element> elements) {
  int64_t count = int64_t(elements.size());
  const Element &first = elements[0];
  if (count == 1)
    return b.extract(first.piece, first.lane);
  auto same = [&](const Element &e) { return e.piece == first.piece && e.lane == first.lane; };
  if (llvm::all_of(elements, same)) {
    Value scalar = b.extract(first.piece, first.lane);
    return b.splat(scalar, laneType(scalar.getType(), count));
  }
  llvm::MapVector<Value, SmallVector<int64_t>> sources;
  for (auto [i, e] : llvm::enumerate(elements)) {
    auto &mask = sources[e.piece];
    mask.resize(count, -1);
    mask[i] = e.lane;
  }
  Value sum;
  SmallVector<bool> filled(count, false);
  for (auto &[source, mask] : sources) {
    bool whole = lanesOf(source.getType()) == count;
    for (int64_t i = 0; i < count; ++i)
      whole &= mask[i] == i || mask[i] < 0;
    Value part = whole ? source : b.shuffle(source, source, mask);
    if (sum) {
      SmallVector<int64_t> blend;
      for (int64_t i = 0; i < count; ++i)
        blend.push_back(mask[i] >= 0 ? count + i : filled[i] ? i : -1);
      part = b.shuffle(sum, part, blend);
    }
    for (int64_t i = 0; i < count; ++i)
      filled[i] = filled[i] || mask[i] >= 0;
    sum = part;
  }
  return sum;
}

Lanes TinyEmitter::pick(int node, ArrayRef<int> dims, const Index &base) {
  int64_t count = 1;
  for (int d : dims)
    count *= g.sizes[d];
  const Tensor &t = tensor(node);
  if (t.dims == dims)
    return t.pieces;
  Lanes out;
  for (int64_t start = 0; start < count; start += width) {
    SmallVector<Element> elements;
    for (int64_t i = start; i < std::min(count, start + width); ++i) {
      Index index = indexAt(dims, i);
      for (unsigned d = 0; d < index.size(); ++d)
        if (!llvm::is_contained(dims, int(d)))
          index[d] = base[d];
      elements.push_back(at(node, index));
    }
    out.push_back(gather(elements));
  }
  return out;
}

/// The `number`th piece of an argument's buffer.
Value TinyEmitter::piece(int arg, int64_t number, Type element) {
  Value &v = pieces[{arg, number}];
  if (!v) {
    int64_t lanes = std::min(width, kernel.elements[arg] - number * width);
    v = b.load(kernel.arguments[arg], b.i64(number * width), element, lanes);
  }
  return v;
}

Lanes TinyEmitter::loads(const KernelNode &n, ArrayRef<int> dims) {
  Lanes out;
  int64_t count = g.count(n.dims);
  for (int64_t start = 0; start < count; start += width) {
    SmallVector<Element> elements;
    for (int64_t i = start; i < std::min(count, start + width); ++i) {
      Index index = indexAt(dims, i);
      int64_t position = n.access.offset;
      for (const Access::Dim &d : n.access.dims)
        position += d.stride * index[d.dim];
      elements.push_back({piece(n.arg, position / width, n.type), position % width});
    }
    out.push_back(gather(elements));
  }
  return out;
}

/// The positions of an access from the `start`th of `dims` on, as constants.
Value TinyEmitter::positions(const KernelNode &n, ArrayRef<int> dims, int64_t start, int64_t count,
                             Type type) {
  SmallVector<Attribute> values;
  for (int64_t i = start; i < start + count; ++i) {
    Index index = indexAt(dims, i);
    int64_t position = n.access.offset;
    for (const Access::Dim &d : n.access.dims)
      position += d.stride * index[d.dim];
    values.push_back(b.b.getIntegerAttr(type, position));
  }
  if (count == 1)
    return arith::ConstantOp::create(b.b, b.loc, cast<TypedAttr>(values[0]));
  return arith::ConstantOp::create(b.b, b.loc,
                                   DenseElementsAttr::get(VectorType::get({count}, type), values));
}

Lanes TinyEmitter::indices(const KernelNode &n, ArrayRef<int> dims) {
  Lanes out;
  int64_t count = g.count(n.dims);
  for (int64_t start = 0; start < count; start += width)
    out.push_back(positions(n, dims, start, std::min(width, count - start), b.b.getIndexType()));
  return out;
}

Lanes TinyEmitter::gathers(const KernelNode &n, ArrayRef<int> dims) {
  SmallVector<Lanes> in;
  for (int i : n.in)
    in.push_back(pick(i, dims, Index(g.sizes.size(), 0)));
  Lanes out;
  int64_t count = g.count(n.dims);
  for (int64_t start = 0; start < count; start += width) {
    int64_t lanes = std::min(width, count - start);
    Value place = positions(n, dims, start, lanes, b.b.getI64Type());
    for (auto [x, step] : llvm::zip(in, n.steps)) {
      Value v = b.asI64(x[start / width]);
      if (step != 1)
        v = arith::MulIOp::create(b.b, b.loc, v, b.integer(step, v.getType()));
      place = b.add(place, v);
    }
    out.push_back(lanes == 1 ? b.load(kernel.arguments[n.arg], place, n.type, 1)
                             : b.gather(kernel.arguments[n.arg], place, n.type));
  }
  return out;
}

Lanes TinyEmitter::operation(const KernelNode &n, ArrayRef<int> dims) {
  SmallVector<Lanes> in;
  for (int i : n.in)
    in.push_back(pick(i, dims, Index(g.sizes.size(), 0)));
  return applyOp(b, n.op, in);
}

/// Operands in the order of the sum, as vectors along it; the order of combination is that of
/// Rows.cpp.
Value TinyEmitter::reduceToScalar(int node, Lanes operands) {
  const KernelNode &n = g.nodes[node];
  if (g.isRowReduce(node)) {
    // Partial sum j has the elements j, j + 64, ...
    size_t group = sched::kPartials / width;
    Lanes parts(operands.begin(), operands.begin() + std::min(group, operands.size()));
    for (size_t i = group; i < operands.size(); ++i) {
      Value &part = parts[i % group];
      Value neutral = b.constant(sched::neutralElement(n.combiner, n.type), part.getType());
      part = b.combine(n.combiner, part, b.widen(operands[i], lanesOf(part.getType()), neutral));
    }
    return b.tree(n.combiner, parts);
  }
  Lanes parts;
  int64_t rows = g.count(n.reduced), size = llvm::divideCeil(rows, sched::kPartials);
  for (int64_t row = 0; row < rows; ++row) {
    Value v = b.extract(operands[row / width], row % width);
    if (row % size == 0)
      parts.push_back(v);
    else
      parts.back() = b.combine(n.combiner, parts.back(), v);
  }
  return b.treeOfParts(n.combiner, parts);
}

Lanes TinyEmitter::reduction(int node, ArrayRef<int> dims) {
  const KernelNode &n = g.nodes[node];
  int64_t rows = g.count(n.reduced), size = llvm::divideCeil(rows, sched::kPartials);
  bool isRow = g.isRowReduce(node);
  if (dims.empty() && (isRow || size == 1)) {
    Lanes operands = pick(n.in[0], n.order, Index(g.sizes.size(), 0));
    // One row a partial sum is what a row of at most 64 elements does, too.
    if (!isRow)
      return {b.finish(n.combiner, b.tree(n.combiner, operands))};
    return {b.finish(n.combiner, reduceToScalar(node, operands))};
  }
  if (dims.empty())
    return {b.finish(n.combiner,
                     reduceToScalar(node, pick(n.in[0], n.order, Index(g.sizes.size(), 0))))};
  // Vectors along what is kept, one list a position of what is summed.
  SmallVector<Lanes> parts;
  for (int64_t row = 0; row < rows; ++row) {
    Lanes v = pick(n.in[0], dims, indexAt(n.order, row));
    size_t slot = size_t(isRow ? row % sched::kPartials : row / size);
    if (slot == parts.size()) {
      parts.push_back(v);
      continue;
    }
    for (auto [part, x] : llvm::zip(parts[slot], v))
      part = b.combine(n.combiner, part, x);
  }
  Lanes out;
  for (size_t i = 0; i < parts[0].size(); ++i) {
    Lanes column;
    for (Lanes &part : parts)
      column.push_back(part[i]);
    out.push_back(b.finish(n.combiner, b.treeOfParts(n.combiner, column)));
  }
  return out;
}

Lanes TinyEmitter::contraction(const KernelNode &n, ArrayRef<int> dims) {
  Lanes sum;
  int64_t count = g.count(n.dims);
  for (int64_t start = 0; start < count; start += width)
    sum.push_back(b.zero(laneType(n.type, std::min(width, count - start))));
  for (int64_t k = 0; k < g.count(n.reduced); ++k) {
    Index at = indexAt(n.order, k);
    Lanes x = pick(n.in[0], dims, at), y = pick(n.in[1], dims, at);
    for (size_t i = 0; i < sum.size(); ++i)
      sum[i] = b.multiplyAdd(x[i], y[i], sum[i]);
  }
  return sum;
}

Lanes TinyEmitter::compute(int node, ArrayRef<int> dims) {
  const KernelNode &n = g.nodes[node];
  switch (n.kind) {
  case KernelNode::Constant:
    return {b.constant(n.value, n.type)};
  case KernelNode::Scalar:
    return {b.argument(kernel.arguments[n.arg])};
  case KernelNode::Index:
    return indices(n, dims);
  case KernelNode::Load:
    return loads(n, dims);
  case KernelNode::Gather:
    return gathers(n, dims);
  case KernelNode::Op:
    return operation(n, dims);
  case KernelNode::Reduce:
    return reduction(node, dims);
  case KernelNode::Contract:
    return contraction(n, dims);
  }
  llvm_unreachable("all kinds are handled");
}

const Tensor &TinyEmitter::tensor(int node) {
  if (auto it = tensors.find(node); it != tensors.end())
    return it->second;
  Tensor t{order(g.nodes[node].dims), {}};
  t.pieces = compute(node, t.dims);
  return tensors[node] = t;
}

void TinyEmitter::run() {
  // The common order of dims is the first result's, so that its pieces need no shuffle.
  rank.assign(g.sizes.size(), -1);
  int next = 0;
  auto take = [&](const Access &access) {
    for (const Access::Dim &d : access.dims)
      if (rank[d.dim] < 0)
        rank[d.dim] = next++;
  };
  for (const sched::KernelResult &r : g.results)
    take(r.access);
  for (const KernelNode &n : g.nodes)
    take(n.access);
  for (int &r : rank)
    if (r < 0)
      r = next++;
  // Everything is computed before anything is stored: a result may overwrite any argument of its
  // size.
  struct Store {
    Value value, pointer;
    int64_t offset;
  };
  SmallVector<Store> stores;
  SmallVector<bool> live = g.liveNodes();
  for (auto [i, r] : llvm::enumerate(g.results)) {
    SmallVector<int> dims;
    for (const Access::Dim &d : r.access.dims)
      dims.push_back(d.dim);
    int64_t count = g.count(r.access.dimSet());
    if (count == 0)
      continue;
    Lanes v = pick(r.node, dims, Index(g.sizes.size(), 0));
    for (auto [k, x] : llvm::enumerate(v))
      stores.push_back({x, kernel.results[i], int64_t(k) * width});
  }
  for (const Store &s : stores)
    b.store(s.value, s.pointer, b.i64(s.offset));
}

void gradc::cpu::emitTiny(LaneBuilder &b, const Kernel &kernel) {
  b.masks = false;
  TinyEmitter(b, kernel).run();
}
