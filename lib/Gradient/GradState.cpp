// GradState.cpp - what is known at compile time of each leaf's .grad.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "GradState.h"

using namespace mlir;
namespace gradc::gradient {

GradKind join(GradKind a, GradKind b) { return a == b ? a : GradKind::Maybe; }

static void joinInto(GradKinds &into, const GradKinds &other) {
  for (auto &[name, kind] : into) {
    auto it = other.find(name);
    kind = join(kind, it == other.end() ? GradKind::None : it->second);
  }
  for (auto &[name, kind] : other)
    if (into.insert({name, GradKind::None}).second)
      into[name] = join(GradKind::None, kind);
}

GradKinds kindsOf(const GradEnv &env) {
  GradKinds kinds;
  for (auto &[name, state] : env)
    kinds[name] = state.kind;
  return kinds;
}

GradKinds atHead(scf::ForOp loop, const Activity &active, GradKinds entry) {
  GradKinds head = entry;
  for (bool changed = true; changed;) { // the lattice has height two
    GradKinds exit = head;
    transfer(*loop.getBody(), active, exit);
    GradKinds next = head;
    joinInto(next, exit);
    changed = next.size() != head.size();
    for (auto &[name, kind] : head)
      changed |= next[name] != kind;
    head = next;
  }
  return head;
}

static void transferOp(Operation *op, const Activity &active, GradKinds &kinds) {
  if (auto backward = dyn_cast<ag::BackwardOp>(op)) {
    for (StringAttr name : reachedFrom(backward.getValue(), active, nullptr).leaves)
      kinds[name] = GradKind::Some;
  } else if (auto zero = dyn_cast<ag::ZeroGradOp>(op)) {
    if (zero.getSetToNone())
      kinds[zero.getVariableAttr().getAttr()] = GradKind::None;
  } else if (isa<ag::CheckpointOp>(op)) {
    transfer(op->getRegion(0).front(), active, kinds);
  } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
    GradKinds entry = kinds;
    kinds = atHead(loop, active, entry);
    transfer(*loop.getBody(), active, kinds);
    std::optional<int64_t> count = tripCount(loop);
    if (!count)
      joinInto(kinds, entry);
    else if (*count == 0)
      kinds = entry;
  } else if (auto branch = dyn_cast<scf::IfOp>(op)) {
    GradKinds other = kinds;
    transfer(branch.getThenRegion().front(), active, kinds);
    if (!branch.getElseRegion().empty())
      transfer(branch.getElseRegion().front(), active, other);
    joinInto(kinds, other);
  }
}

void transfer(Block &block, const Activity &active, GradKinds &kinds) {
  for (Operation &op : block)
    transferOp(&op, active, kinds);
}

llvm::SetVector<StringAttr> touchedUnder(Operation *root, const Activity &active) {
  llvm::SetVector<StringAttr> names;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto backward = dyn_cast<ag::BackwardOp>(op)) {
      Reached reached = reachedFrom(backward.getValue(), active, nullptr);
      names.insert(reached.leaves.begin(), reached.leaves.end());
    } else if (auto zero = dyn_cast<ag::ZeroGradOp>(op)) {
      names.insert(zero.getVariableAttr().getAttr());
    } else if (auto set = dyn_cast<ag::SetGradOp>(op)) {
      names.insert(set.getVariableAttr().getAttr());
    }
  });
  return names;
}

} // namespace gradc::gradient
