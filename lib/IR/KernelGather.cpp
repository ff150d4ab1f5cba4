// KernelGather.cpp - elements at computed places, and reductions over windows of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of an index that is linear in the loops becomes part of the access, so that an emitter
// sees what is contiguous: a reversal is a load with a negative stride, a gather of rows a
// contiguous load at a computed base.
#include "KernelGraphBuilder.h"

using namespace mlir;
using namespace gradc::sched;

void gradc::sched::sortDims(Access &access) {
  llvm::sort(access.dims, [](const Access::Dim &a, const Access::Dim &b) {
    return std::pair(-std::abs(a.stride), a.dim) < std::pair(-std::abs(b.stride), b.dim);
  });
}

//===-- Building ------------------------------------------------------------------------------===//

static std::optional<int64_t> integerOf(const KernelNode &n) {
  auto value = dyn_cast_or_null<IntegerAttr>(n.value);
  if (n.kind != KernelNode::Constant || !value)
    return std::nullopt;
  return value.getValue().getSExtValue();
}

static bool isWide(Type type) { return type.isIndex() || type.isInteger(64); }

/// Numbers beyond this are not looked at: no sum or product of two overflows.
static constexpr int64_t kLargest = int64_t(1) << 31;

static std::optional<IndexRange> within(IndexRange r) {
  if (r.least < -kLargest || r.most > kLargest)
    return std::nullopt;
  return r;
}

/// What an index may be, as far as the sizes of loops tell.
std::optional<IndexRange> KernelGraphBuilder::rangeOf(int node) {
  if (auto it = ranges.find(node); it != ranges.end())
    return it->second;
  std::optional<IndexRange> range = computeRange(node);
  ranges[node] = range;
  return range;
}

std::optional<IndexRange> KernelGraphBuilder::computeRange(int node) {
  const KernelNode &n = graph.nodes[node];
  if (std::optional<int64_t> value = integerOf(n); value && isWide(n.type))
    return within({*value, *value});
  if (n.kind == KernelNode::Index) {
    IndexRange r{n.access.offset, n.access.offset};
    for (const Access::Dim &d : n.access.dims)
      r.most += d.stride * std::max<int64_t>(0, graph.sizes[d.dim] - 1);
    return within(r);
  }
  if (n.kind != KernelNode::Op || !isWide(n.type))
    return std::nullopt;
  if (isa<arith::IndexCastOp>(n.op) && isWide(graph.nodes[n.in[0]].type))
    return rangeOf(n.in[0]);
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::MaxSIOp, arith::MinSIOp>(n.op))
    return std::nullopt;
  std::optional<IndexRange> x = rangeOf(n.in[0]), y = rangeOf(n.in[1]);
  if (!x || !y)
    return std::nullopt;
  if (isa<arith::AddIOp>(n.op))
    return within({x->least + y->least, x->most + y->most});
  if (isa<arith::SubIOp>(n.op))
    return within({x->least - y->most, x->most - y->least});
  if (isa<arith::MaxSIOp>(n.op))
    return IndexRange{std::max(x->least, y->least), std::max(x->most, y->most)};
  if (isa<arith::MinSIOp>(n.op))
    return IndexRange{std::min(x->least, y->least), std::min(x->most, y->most)};
  if (std::max({-x->least, x->most, -y->least, y->most}) == kLargest)
    return std::nullopt;
  auto corners = {x->least * y->least, x->least * y->most, x->most * y->least, x->most * y->most};
  return within({std::min(corners), std::max(corners)});
}

/// Whether the sizes of loops decide that `a` is less than `b` (or equal, with `equal` 1).
std::optional<bool> KernelGraphBuilder::isLess(int a, int b, int64_t equal) {
  if (a == b)
    return equal != 0;
  std::optional<IndexRange> x = rangeOf(a), y = rangeOf(b);
  if (x && y && x->most < y->least + equal)
    return true;
  if (x && y && x->least >= y->most + equal)
    return false;
  return std::nullopt;
}

std::optional<bool> KernelGraphBuilder::decide(arith::CmpIPredicate predicate, int a, int b) {
  switch (predicate) {
  case arith::CmpIPredicate::slt:
    return isLess(a, b, 0);
  case arith::CmpIPredicate::sle:
    return isLess(a, b, 1);
  case arith::CmpIPredicate::sgt:
    return isLess(b, a, 0);
  case arith::CmpIPredicate::sge:
    return isLess(b, a, 1);
  case arith::CmpIPredicate::eq:
  case arith::CmpIPredicate::ne:
    if (a == b)
      return predicate == arith::CmpIPredicate::eq;
    return std::nullopt;
  default:
    return std::nullopt;
  }
}

/// The node that an op on indices comes down to, if the sizes of loops tell: clamping what is in
/// bounds, asking whether it is. Windows without padding become plain loads by this.
std::optional<int> KernelGraphBuilder::simplify(Operation *op, ArrayRef<int> in) {
  auto constantOf = [&](int node) { return integerOf(graph.nodes[node]); };
  if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
    if (!isWide(graph.nodes[in[0]].type))
      return std::nullopt;
    if (auto known = decide(compare.getPredicate(), in[0], in[1]))
      return constantNode(BoolAttr::get(op->getContext(), *known));
    return std::nullopt;
  }
  if (isa<arith::MaxSIOp, arith::MinSIOp>(op) && isWide(op->getResult(0).getType())) {
    if (auto less = isLess(in[0], in[1], 1))
      return in[*less == isa<arith::MaxSIOp>(op)];
    if (auto more = isLess(in[1], in[0], 1))
      return in[*more != isa<arith::MaxSIOp>(op)];
    return std::nullopt;
  }
  if (isa<arith::AndIOp>(op) && op->getResult(0).getType().isInteger(1))
    for (int k : {0, 1})
      if (auto known = constantOf(in[k]))
        return *known ? in[1 - k] : in[k];
  if (isa<arith::SelectOp>(op))
    if (auto condition = constantOf(in[0]))
      return in[*condition ? 1 : 2];
  return std::nullopt;
}

/// Adds `step` times the value of the node `index` to the position of `gather`.
void KernelGraphBuilder::addLinear(KernelNode &gather, int index, int64_t step) {
  const KernelNode &x = graph.nodes[index];
  if (std::optional<int64_t> value = integerOf(x)) {
    gather.access.offset += step * *value;
    return;
  }
  if (x.kind == KernelNode::Index) {
    gather.access.offset += step * x.access.offset;
    for (const Access::Dim &d : x.access.dims) {
      auto same =
          llvm::find_if(gather.access.dims, [&](const Access::Dim &e) { return e.dim == d.dim; });
      if (same != gather.access.dims.end())
        same->stride += step * d.stride;
      else
        gather.access.dims.push_back({d.dim, step * d.stride});
    }
    return;
  }
  if (x.kind == KernelNode::Op && isWide(x.type)) {
    SmallVector<int, 3> in = x.in;
    if (isa<arith::AddIOp, arith::SubIOp>(x.op)) {
      addLinear(gather, in[0], step);
      return addLinear(gather, in[1], isa<arith::SubIOp>(x.op) ? -step : step);
    }
    if (isa<arith::IndexCastOp>(x.op) && isWide(graph.nodes[in[0]].type))
      return addLinear(gather, in[0], step);
    if (isa<arith::MulIOp>(x.op))
      for (int k : {0, 1})
        if (std::optional<int64_t> factor = integerOf(graph.nodes[in[k]]))
          return addLinear(gather, in[1 - k], step * *factor);
  }
  auto same = llvm::find(gather.in, index);
  if (same != gather.in.end()) {
    gather.steps[same - gather.in.begin()] += step;
    return;
  }
  gather.in.push_back(index);
  gather.steps.push_back(step);
}

LogicalResult KernelGraphBuilder::addGather(tensor::ExtractOp op, DenseMap<Value, int> &scalars) {
  auto it = views.find(op.getTensor());
  if (it == views.end())
    return fail("a tensor that is read at computed places comes from outside the kernel");
  const TensorView &view = it->second;
  if (view.kind == TensorView::Intermediate)
    return fail("a tensor that is read at computed places is made in the kernel: not one kernel");
  if (view.kind == TensorView::Uniform) {
    FailureOr<int> node = uniformNode(view.base);
    if (failed(node))
      return failure();
    scalars[op.getResult()] = *node;
    return success();
  }
  KernelNode n{KernelNode::Gather, op.getType()};
  n.arg = argNumbers.lookup(view.base);
  n.access.offset = view.offset;
  for (auto [pieces, v] : llvm::zip(view.dims, op.getIndices())) {
    for (size_t i = 1; i < pieces.size(); ++i)
      if (pieces[i - 1].stride != pieces[i].stride * pieces[i].size)
        return fail("a computed index into a reshaped slice");
    FailureOr<int> index = scalarNode(v, scalars);
    if (failed(index))
      return failure();
    if (!pieces.empty())
      addLinear(n, *index, pieces.back().stride);
  }
  llvm::erase_if(n.access.dims, [](const Access::Dim &d) { return d.stride == 0; });
  sortDims(n.access);
  n.dims = n.access.dimSet();
  for (int in : n.in)
    n.dims |= graph.nodes[in].dims;
  if (n.in.empty())
    n.kind = KernelNode::Load;
  scalars[op.getResult()] = add(n);
  return success();
}

//===-- Analysis ------------------------------------------------------------------------------===//

namespace {
using Change = KernelGraph::Change;

class Changes {
public:
  Changes(const KernelGraph &g, int dim) : g(g), dim(dim) {}
  std::optional<Change> of(int node) {
    if (auto it = known.find(node); it != known.end())
      return it->second;
    std::optional<Change> change = compute(node);
    known[node] = change;
    return change;
  }

private:
  std::optional<Change> compute(int node);
  const KernelGraph &g;
  int dim;
  DenseMap<int, std::optional<Change>> known;
};
} // namespace

std::optional<Change> Changes::compute(int node) {
  const KernelNode &n = g.nodes[node];
  if (!g.varies(node, dim))
    return Change{0, 0};
  if (n.kind == KernelNode::Index)
    return Change{n.access.strideOf(dim), n.access.strideOf(dim)};
  if (n.kind != KernelNode::Op || !isWide(n.type))
    return std::nullopt;
  if (isa<arith::IndexCastOp>(n.op) && isWide(g.nodes[n.in[0]].type))
    return of(n.in[0]);
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::MaxSIOp, arith::MinSIOp>(n.op))
    return std::nullopt;
  std::optional<Change> x = of(n.in[0]), y = of(n.in[1]);
  if (!x || !y)
    return std::nullopt;
  if (isa<arith::AddIOp>(n.op))
    return Change{x->least + y->least, x->most + y->most};
  if (isa<arith::SubIOp>(n.op))
    return Change{x->least - y->most, x->most - y->least};
  if (isa<arith::MaxSIOp, arith::MinSIOp>(n.op))
    return Change{std::min(x->least, y->least), std::max(x->most, y->most)};
  for (int k : {0, 1})
    if (std::optional<int64_t> factor = integerOf(g.nodes[n.in[k]])) {
      const Change &c = k ? *x : *y;
      return Change{std::min(c.least * *factor, c.most * *factor),
                    std::max(c.least * *factor, c.most * *factor)};
    }
  return std::nullopt;
}

std::optional<Change> KernelGraph::changeAlong(int node, int dim) const {
  return Changes(*this, dim).of(node);
}

/// Whether some elements are loaded at several positions, or neighbours are in one window.
static bool overlaps(const KernelGraph &g, const Access &access, DimSet window) {
  int64_t end = 1, along = std::abs(access.strideOf(g.vectorDim));
  for (const Access::Dim &d : llvm::reverse(access.dims)) {
    if (std::abs(d.stride) < end || (window >> d.dim & 1 && std::abs(d.stride) < along))
      return true;
    end = std::abs(d.stride) * g.sizes[d.dim];
  }
  return false;
}

/// A reduction over a window: few positions outside the vector dim, along which no argument is
/// walked in its own right. A pass over its operands saves nothing.
bool KernelGraph::isWindow(int node) const {
  const KernelNode &n = nodes[node];
  if (n.kind != KernelNode::Reduce || vectorDim < 0 || n.reduced >> vectorDim & 1 ||
      count(n.reduced) > kWindow)
    return false;
  bool gathers = false;
  SmallVector<int> work{n.in[0]};
  SmallVector<bool> seen(nodes.size(), false);
  while (!work.empty()) {
    int i = work.pop_back_val();
    const KernelNode &x = nodes[i];
    if (seen[i] || !(x.dims & n.reduced))
      continue;
    seen[i] = true;
    if ((x.kind == KernelNode::Reduce && !x.isShort) || x.kind == KernelNode::Contract)
      return false;
    bool windowed = x.kind == KernelNode::Gather || overlaps(*this, x.access, n.reduced);
    if (x.kind == KernelNode::Load && !windowed && count(x.dims) > kWindow)
      return false;
    gathers |= windowed;
    work.append(x.in.begin(), x.in.end());
  }
  return gathers;
}
