// Gather.cpp - elements at computed places, and reductions over windows of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Evaluator.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::lanes;
using sched::KernelNode;

/// The elements at computed places of one instance: contiguous where the places are.
Value Evaluator::gather(const KernelNode &n, size_t instance) {
  const Instance &at = instances[instance];
  bool still = llvm::none_of(n.in, [&](int i) { return kernel.graph.varies(i, vectorDim); });
  if (!still && at.lanes > 1)
    return gatherVector(n, instance);
  Value first = offset(n.access, at);
  for (auto [in, step] : llvm::zip(n.in, n.steps))
    first = b.add(first, b.mul(b.asI64(values(in)[instance]), step));
  if (!(n.dims >> vectorDim & 1))
    return b.load(kernel.arguments[n.arg], first, n.type, 1);
  return b.loadStrided(kernel.arguments[n.arg], first, n.access.strideOf(vectorDim), n.type,
                       at.lanes);
}

/// Places that a computed index moves along the lanes. Where clamping alone may keep an index from
/// running with the lanes, the first and the last place tell whether the steps are equal.
Value Evaluator::gatherVector(const KernelNode &n, size_t instance) {
  const Instance &at = instances[instance];
  int64_t lanes = at.lanes, stride = n.access.strideOf(vectorDim);
  Value first = offset(n.access, at), moving;
  sched::KernelGraph::Change change{stride, stride};
  bool known = true;
  for (auto [in, step] : llvm::zip(n.in, n.steps)) {
    Value v = b.asI64(values(in)[instance]);
    if (lanesOf(v.getType()) == 1) {
      first = b.add(first, b.mul(v, step));
      continue;
    }
    if (step != 1)
      v = arith::MulIOp::create(b.b, b.loc, v, b.integer(step, v.getType()));
    moving = moving ? b.add(moving, v) : v;
    auto c = kernel.graph.changeAlong(in, vectorDim);
    known &= c.has_value() && step > 0;
    if (known)
      change = {change.least + c->least * step, change.most + c->most * step};
  }
  Type type = laneType(b.b.getI64Type(), lanes);
  Value places = positions(b, first, stride, lanes);
  if (lanesOf(places.getType()) == 1)
    places = b.splat(places, type);
  places = b.add(places, moving);
  Value pointer = kernel.arguments[n.arg];
  if (!known || change.least < 0 || change.most < 1 || change.most > 2)
    return b.gather(pointer, places, n.type);
  Value low = b.extract(places, 0), high = b.extract(places, lanes - 1);
  Value whole = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, high,
                                      b.add(low, change.most * (lanes - 1)));
  auto branch = scf::IfOp::create(b.b, b.loc, TypeRange{laneType(n.type, lanes)}, whole, true);
  OpBuilder::InsertionGuard guard(b.b);
  b.b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b.b, b.loc, b.loadStrided(pointer, low, change.most, n.type, lanes));
  b.b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b.b, b.loc, b.gather(pointer, places, n.type));
  return branch.getResult(0);
}

/// A reduction over a window: one partial result a position, then the tree over these.
Lanes Evaluator::unrolled(const KernelNode &n) {
  int64_t count = kernel.graph.count(n.reduced);
  bool wide = n.dims >> vectorDim & 1;
  SmallVector<Lanes> parts(instances.size());
  for (int64_t k = 0; k < count; ++k) {
    Evaluator position(b, kernel, vectorDim);
    position.around = this;
    position.fixed = n.reduced | fixed;
    position.buffers = buffers;
    position.instances = instances;
    int64_t rest = k;
    for (int d : llvm::reverse(n.order)) {
      for (Instance &at : position.instances)
        at.index[d] = b.i64(rest % kernel.graph.sizes[d]);
      rest /= kernel.graph.sizes[d];
    }
    Lanes x = wide ? position.vectors(n.in[0]) : position.values(n.in[0]);
    for (auto [part, v] : llvm::zip(parts, x))
      part.push_back(v);
  }
  Lanes out;
  for (Lanes &part : parts)
    out.push_back(b.finish(n.combiner, b.treeOfParts(n.combiner, part)));
  return out;
}
