// Cost.cpp - what kernels cost, roughly: whether sharing one among threads pays.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Owned.h"
#include "Team.h"
#include "gradc/IR/Convolution.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::KernelNode;

/// Nanoseconds of one element, on a core of about 3 GHz with vectors of 256 bits.
static constexpr double kCheap = 0.06, kCostly = 0.6, kMemory = 0.1, kProduct = 0.02, kScalar = 1;

double gradc::cpu::estimateTime(const sched::KernelGraph &graph) {
  double time = 0;
  SmallVector<bool> live = graph.liveNodes();
  for (auto [i, n] : llvm::enumerate(graph.nodes)) {
    if (!live[i])
      continue;
    double count = double(graph.count(n.dims | n.reduced));
    switch (n.kind) {
    case KernelNode::Constant:
    case KernelNode::Scalar:
    case KernelNode::Index:
      break;
    case KernelNode::Load:
      time += count * kMemory;
      break;
    case KernelNode::Gather:
      time += count * kCostly;
      break;
    case KernelNode::Contract:
      time += count * kProduct;
      break;
    case KernelNode::Op:
    case KernelNode::Reduce:
      time += count * (graph.isCostly(int(i)) ? kCostly : kCheap);
      break;
    }
  }
  for (const sched::KernelResult &r : graph.results)
    time += double(graph.count(r.access.dimSet())) * kMemory;
  return time;
}

static double countOf(Value v) {
  return double(cast<RankedTensorType>(v.getType()).getNumElements());
}

static double products(const ag::ConvolutionPlan &plan) {
  double count = double(plan.images) * double(plan.groups * plan.inChannels * plan.outChannels);
  for (const ag::ConvolutionDim &d : plan.dims)
    count *= double(d.out * d.window) / double(d.phases);
  return count;
}

double gradc::cpu::estimateTime(Operation *owner) {
  return llvm::TypeSwitch<Operation *, double>(owner)
      .Case([](ag::ConvolutionOp op) { return products(ag::ConvolutionPlan(op)) * kProduct; })
      .Case([](ag::ConvolutionWeightOp op) { return products(ag::ConvolutionPlan(op)) * kProduct; })
      .Case([](ag::ScatterOp op) { return (countOf(op.getX()) + countOf(op.getU())) * kMemory; })
      .Case([](ag::SortOp op) {
        double passes = llvm::Log2_64_Ceil(Lines(op.getX(), op.getDim()).size + 1);
        return countOf(op.getX()) * passes * kScalar;
      })
      .Case<ag::CumulativeOp, ag::RecurrenceOp>(
          [](auto op) { return countOf(op.getX()) * kScalar; })
      .Default([](Operation *) { return 0.0; });
}
