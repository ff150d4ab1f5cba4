// Activity.h - which values have a history that leads to a leaf.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_ACTIVITY_H
#define GRADC_LIB_GRADIENT_ACTIVITY_H

#include "gradc/IR/Ag.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

namespace gradc::gradient {

/// Whether a value is a tensor that a gradient can belong to.
bool isDifferentiableType(mlir::Type type);

/// The constant trip count of a loop, if it has one.
std::optional<int64_t> tripCount(mlir::scf::ForOp loop);

/// The values of a function from which differentiable ops lead back to a root. Roots are all
/// leaves, or chosen leaves and values. Computed by one forward sweep; loops are iterated to the
/// fixpoint.
class Activity {
public:
  /// Every leaf is a root: PyTorch's requires_grad.
  explicit Activity(mlir::func::FuncOp func) : allLeaves(true), throughGradients(true) {
    sweep(func.getBody().front());
  }
  /// Only these are roots; leaves are given by their variable. `throughGradients`: what a gradient
  /// that is not expanded yet gives may lead to them, too.
  Activity(mlir::func::FuncOp func, mlir::ValueRange values,
           mlir::ArrayRef<mlir::StringAttr> leaves, bool throughGradients = false)
      : throughGradients(throughGradients), rootLeaves(leaves.begin(), leaves.end()),
        rootValues(values.begin(), values.end()) {
    sweep(func.getBody().front());
  }
  bool operator()(mlir::Value v) const { return active.contains(v); }
  /// `v` was made since, and has a history.
  void mark(mlir::Value v) {
    if (isDifferentiableType(v.getType()))
      active.insert(v);
  }

private:
  void sweep(mlir::Block &block);
  void visit(mlir::Operation *op);
  void visitLoop(mlir::scf::ForOp loop);

  bool allLeaves = false, throughGradients = false;
  llvm::DenseSet<mlir::StringAttr> rootLeaves;
  llvm::DenseSet<mlir::Value> rootValues, active;
};

/// What a walk against the arrows from `values` meets, following active values only.
struct Reached {
  llvm::SetVector<mlir::StringAttr>
      leaves;                             // variables of leaves, in program order of first meeting
  llvm::SetVector<mlir::Value> captured;  // active values defined outside `within`
  llvm::SetVector<mlir::Value> arguments; // active arguments of the block of `within` itself
};
/// `within` limits the walk to one region (null: no limit).
Reached reachedFrom(mlir::ValueRange values, const Activity &active, mlir::Region *within);

} // namespace gradc::gradient

#endif
