// Clusters.h - groups of a block's ops, kept acyclic while they grow.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_SCHEDULE_CLUSTERS_H
#define GRADC_LIB_SCHEDULE_CLUSTERS_H

#include "mlir/IR/Operation.h"
#include <vector>

namespace gradc::sched {

/// A partition of a block's ops (without the terminator) into groups such that the groups can be
/// put in an order: no path leaves a group and comes back. At first every op is a group of its own.
/// The order is kept as groups merge (after Pearce and Kelly, "A dynamic topological sort algorithm
/// for directed acyclic graphs", 2006), so that a merge looks only at what stands between the two.
class Clusters {
public:
  explicit Clusters(mlir::Block &block);

  /// The group of an op of the block.
  unsigned groupOf(mlir::Operation *op) const { return groupOfOp.lookup(op); }
  bool contains(mlir::Operation *op) const { return groupOfOp.contains(op); }
  /// The ops of a group in program order.
  llvm::ArrayRef<mlir::Operation *> members(unsigned group) const { return groups[group].ops; }

  /// Makes one group of two, named `into`, unless a path through a third group connects them.
  bool merge(unsigned into, unsigned from);

  /// All groups, producers first; some are empty.
  llvm::ArrayRef<unsigned> order() const { return sequence; }

  /// The op of this block that holds `op`, or null.
  mlir::Operation *ancestor(mlir::Operation *op) const { return block.findAncestorOpInBlock(*op); }

private:
  struct Group {
    llvm::SmallVector<mlir::Operation *, 2> ops;
    llvm::SmallVector<mlir::Operation *, 4> successors;
    unsigned position;
  };
  void connect(mlir::Operation *from, mlir::Operation *to);

  mlir::Block &block;
  std::vector<Group> groups;
  llvm::DenseMap<mlir::Operation *, unsigned> groupOfOp;
  std::vector<unsigned> sequence;
};

} // namespace gradc::sched

#endif
