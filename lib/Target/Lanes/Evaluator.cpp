// Evaluator.cpp - the value of a graph's nodes at given positions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Evaluator.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::lanes;
using sched::Access;
using sched::KernelNode;

int64_t Kernel::width(const Machine &target, int vectorDim) const {
  unsigned bits = 8;
  SmallVector<bool> live = graph.liveNodes();
  for (auto [i, n] : llvm::enumerate(graph.nodes))
    if (live[i] &&
        (graph.form == sched::KernelForm::Tiny ? n.dims != 0 : graph.varies(int(i), vectorDim)))
      bits = std::max(bits, n.type.isIndex() ? 64 : n.type.getIntOrFloatBitWidth());
  return std::min<int64_t>(target.vectorBits / bits, sched::kPartials);
}

Value Evaluator::offset(const Access &access, const Instance &at) {
  Value sum;
  for (const Access::Dim &d : access.dims) {
    Value term = b.mul(at.index[d.dim], d.stride);
    sum = sum ? b.add(sum, term) : term;
  }
  return sum ? b.add(sum, access.offset) : b.i64(access.offset);
}

Value Evaluator::load(Value pointer, const Access &access, const Instance &at, Type element) {
  if (!(access.dimSet() >> vectorDim & 1))
    return b.load(pointer, offset(access, at), element, 1);
  return b.loadStrided(pointer, offset(access, at), access.strideOf(vectorDim), element, at.lanes);
}

void Evaluator::store(Value v, Value pointer, const Access &access, const Instance &at) {
  b.storeStrided(v, pointer, offset(access, at), access.strideOf(vectorDim));
}

Lanes Evaluator::vectors(int node) {
  Lanes v = values(node);
  if (!kernel.graph.varies(node, vectorDim))
    for (auto [x, at] : llvm::zip(v, instances))
      if (lanesOf(x.getType()) != at.lanes)
        x = b.splat(x, laneType(x.getType(), at.lanes));
  return v;
}

Lanes Evaluator::values(int node) {
  if (around && !(kernel.graph.nodes[node].dims & fixed))
    return around->values(node);
  if (auto it = given.find(node); it != given.end())
    return it->second;
  if (auto it = rowScalars.find(node); it != rowScalars.end())
    return Lanes(instances.size(), it->second);
  if (auto it = memo.find(node); it != memo.end())
    return it->second;
  Lanes v = compute(node);
  memo[node] = v;
  return v;
}

Value gradc::lanes::positions(LaneBuilder &b, Value first, int64_t stride, int64_t lanes) {
  if (lanes == 1 || stride == 0)
    return first;
  Type type = laneType(first.getType(), lanes);
  SmallVector<APInt> steps;
  for (int64_t i = 0; i < lanes; ++i)
    steps.push_back(APInt(64, uint64_t(i * stride)));
  Value step =
      arith::ConstantOp::create(b.b, b.loc, DenseElementsAttr::get(cast<VectorType>(type), steps));
  return b.add(b.splat(first, type), step);
}

Lanes Evaluator::compute(int node) {
  const KernelNode &n = kernel.graph.nodes[node];
  bool wide = kernel.graph.varies(node, vectorDim);
  Lanes out;
  if (auto it = buffers.find(node); it != buffers.end()) {
    for (const Instance &at : instances)
      out.push_back(load(it->second.pointer, it->second.access, at, n.type));
    return out;
  }
  switch (n.kind) {
  case KernelNode::Constant:
    return Lanes(instances.size(), b.constant(n.value, n.type));
  case KernelNode::Scalar:
    return Lanes(instances.size(), b.argument(kernel.arguments[n.arg]));
  case KernelNode::Load:
    for (const Instance &at : instances)
      out.push_back(load(kernel.arguments[n.arg], n.access, at, n.type));
    return out;
  case KernelNode::Index:
    for (const Instance &at : instances) {
      Value v = positions(b, offset(n.access, at), n.access.strideOf(vectorDim), at.lanes);
      out.push_back(
          arith::IndexCastOp::create(b.b, b.loc, withElement(v.getType(), b.b.getIndexType()), v));
    }
    return out;
  case KernelNode::Op: {
    SmallVector<Lanes> in;
    for (int i : n.in)
      in.push_back(wide ? vectors(i) : values(i));
    return applyOp(b, n.op, in);
  }
  case KernelNode::Gather:
    for (size_t i = 0; i < instances.size(); ++i)
      out.push_back(gather(n, i));
    return out;
  case KernelNode::Reduce:
    if (n.isShort)
      return unrolled(n);
    break;
  case KernelNode::Contract:
    break;
  }
  llvm_unreachable("a reduction is computed by its emitter");
}
