// Activity.cpp - which values have a history that leads to a leaf.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Activity.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace gradc::gradient {

bool isDifferentiableType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

std::optional<int64_t> tripCount(scf::ForOp loop) {
  auto lower = getConstantIntValue(loop.getLowerBound());
  auto upper = getConstantIntValue(loop.getUpperBound());
  auto step = getConstantIntValue(loop.getStep());
  if (!lower || !upper || !step || *step <= 0)
    return std::nullopt;
  if (*upper == std::numeric_limits<int64_t>::max())
    return std::nullopt; // a while without a bound
  return *upper <= *lower ? 0 : (*upper - *lower + *step - 1) / *step;
}

void Activity::sweep(Block &block) {
  for (Operation &op : block)
    visit(&op);
}

void Activity::visit(Operation *op) {
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return visitLoop(loop);
  bool on = false;
  if (auto leaf = dyn_cast<ag::LeafOp>(op)) {
    on = allLeaves || rootLeaves.contains(leaf.getVariableAttr().getAttr());
  } else if (isa<scf::IfOp, ag::CheckpointOp>(op)) {
    for (Region &region : op->getRegions()) {
      if (region.empty())
        continue;
      sweep(region.front());
      for (auto [i, v] : llvm::enumerate(region.front().getTerminator()->getOperands()))
        if (active.contains(v))
          mark(op->getResult(i));
    }
  } else if (auto gradient = dyn_cast<ag::GradientOp>(op)) {
    // Not expanded yet: its results may have a history, which the expansion finds out.
    on = throughGradients && gradient.getCreateGraph() && active.contains(gradient.getValue());
  } else if (!isa<ag::DetachOp, ag::GradOp>(op)) {
    on = llvm::any_of(op->getOperands(), [&](Value v) { return active.contains(v); });
  }
  for (Value v : op->getResults())
    if (on || rootValues.contains(v))
      mark(v);
}

void Activity::visitLoop(scf::ForOp loop) {
  for (bool changed = true; changed;) {
    changed = false;
    Operation *yield = loop.getBody()->getTerminator();
    for (auto [i, arg] : llvm::enumerate(loop.getRegionIterArgs())) {
      bool on = active.contains(loop.getInitArgs()[i]) || active.contains(yield->getOperand(i)) ||
                rootValues.contains(arg);
      if (!on || active.contains(arg) || !isDifferentiableType(arg.getType()))
        continue;
      mark(arg);
      changed = true;
    }
    size_t before = active.size();
    sweep(*loop.getBody());
    changed |= active.size() != before;
  }
  for (auto [i, result] : llvm::enumerate(loop.getResults()))
    if (active.contains(loop.getRegionIterArgs()[i]) || rootValues.contains(result))
      mark(result);
}

namespace {
/// A depth-first walk against the arrows.
class Reacher {
public:
  Reacher(const Activity &active, Region *within) : active(active), within(within) {}
  Reached result;

  void from(Value v) {
    SmallVector<Value> pending{v};
    while (!pending.empty()) {
      Value at = pending.pop_back_val();
      if (active(at) && seen.insert(at).second)
        expand(at, pending);
    }
  }

private:
  void expand(Value v, SmallVectorImpl<Value> &pending) {
    if (within && !within->isAncestor(v.getParentRegion())) {
      result.captured.insert(v);
      return;
    }
    if (auto arg = dyn_cast<BlockArgument>(v)) {
      if (arg.getParentRegion() == within)
        result.arguments.insert(arg);
      if (auto loop = dyn_cast<scf::ForOp>(arg.getOwner()->getParentOp()))
        if (OpOperand *init = loop.getTiedLoopInit(arg)) {
          // Inside the limit the loop's own body is walked by its yields.
          if (!within || within->isAncestor(loop->getParentRegion()))
            pending.push_back(init->get());
          pending.push_back(loop.getTiedLoopYieldedValue(arg)->get());
        }
      return;
    }
    Operation *op = v.getDefiningOp();
    unsigned number = cast<OpResult>(v).getResultNumber();
    if (auto leaf = dyn_cast<ag::LeafOp>(op)) {
      result.leaves.insert(leaf.getVariableAttr().getAttr());
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      pending.push_back(loop.getInitArgs()[number]);
      pending.push_back(loop.getBody()->getTerminator()->getOperand(number));
    } else if (isa<scf::IfOp, ag::CheckpointOp>(op)) {
      for (Region &region : op->getRegions())
        if (!region.empty())
          pending.push_back(region.front().getTerminator()->getOperand(number));
    } else {
      llvm::append_range(pending, op->getOperands());
    }
  }

  const Activity &active;
  Region *within;
  llvm::DenseSet<Value> seen;
};
} // namespace

Reached reachedFrom(ValueRange values, const Activity &active, Region *within) {
  Reacher reacher(active, within);
  for (Value v : values)
    reacher.from(v);
  return reacher.result;
}

} // namespace gradc::gradient
