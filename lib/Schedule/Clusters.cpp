// Clusters.cpp - groups of a block's ops, kept acyclic while they grow.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Clusters.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace gradc::sched;

Clusters::Clusters(Block &block) : block(block) {
  for (Operation &op : block.without_terminator()) {
    groupOfOp[&op] = groups.size();
    sequence.push_back(groups.size());
    groups.push_back({{&op}, {}, static_cast<unsigned>(groups.size())});
  }
  Operation *lastEffect = nullptr;
  for (Operation &op : block.without_terminator()) {
    for (Operation *user : op.getUsers())
      if (Operation *at = ancestor(user))
        connect(&op, at);
    // What has effects keeps its order.
    if (isMemoryEffectFree(&op))
      continue;
    if (lastEffect)
      connect(lastEffect, &op);
    lastEffect = &op;
  }
}

void Clusters::connect(Operation *from, Operation *to) {
  if (groupOfOp.contains(to) && from != to)
    groups[groupOf(from)].successors.push_back(to);
}

bool Clusters::merge(unsigned into, unsigned from) {
  unsigned low = into, high = from;
  if (groups[low].position > groups[high].position)
    std::swap(low, high);
  unsigned begin = groups[low].position, end = groups[high].position;

  // What stands between the two and follows from `low` must come after the new group.
  llvm::SmallDenseSet<unsigned> after;
  SmallVector<unsigned> work{low};
  while (!work.empty()) {
    unsigned group = work.pop_back_val();
    for (Operation *op : groups[group].successors) {
      unsigned next = groupOf(op);
      if (next == high && group != low)
        return false;
      if (next != low && groups[next].position < end && after.insert(next).second)
        work.push_back(next);
    }
  }
  SmallVector<unsigned> first, last;
  for (unsigned i = begin; i <= end; ++i) {
    unsigned group = sequence[i];
    if (group != into && group != from)
      (after.contains(group) ? last : first).push_back(group);
  }
  first.push_back(into);
  first.append(last);
  first.push_back(from); // empty from now on; it keeps the positions of all others
  for (auto [i, group] : llvm::enumerate(first)) {
    sequence[begin + i] = group;
    groups[group].position = begin + i;
  }

  Group &target = groups[into], &source = groups[from];
  for (Operation *op : source.ops)
    groupOfOp[op] = into;
  target.ops.append(source.ops);
  llvm::sort(target.ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  target.successors.append(source.successors);
  source.ops.clear();
  source.successors.clear();
  return true;
}
