// Residuals.h - forward values kept for the backward of a loop or a branch.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_RESIDUALS_H
#define GRADC_LIB_GRADIENT_RESIDUALS_H

#include "Reverse.h"

namespace gradc::gradient {

/// Whether a value is rather computed again than kept.
bool isCheap(mlir::Operation *op);

/// Values of a loop's body: one slot an iteration of a stack that the loop fills.
class LoopScope : public Scope {
public:
  /// `back` runs over 0..n-1; its iteration r undoes iteration n-1-r of `loop`.
  LoopScope(Scope &outer, mlir::scf::ForOp loop, mlir::scf::ForOp back, int64_t count);
  mlir::Value available(mlir::Value v) override;
  /// Rewrites the forward loop so that it fills the stacks. The old loop is gone afterwards.
  void finish();

private:
  mlir::Value inBackward(mlir::Value v);
  mlir::Value stacked(mlir::Value v);

  struct Stack {
    mlir::Value empty;                 // stands before the forward loop
    mlir::tensor::InsertSliceOp write; // at the end of its body
    mlir::Value placeholder;           // what the backward loop reads
    mlir::Operation *read;             // in the backward loop
  };
  Scope &outer;
  mlir::scf::ForOp loop, back;
  mlir::OpBuilder reads; // at the start of the backward body
  mlir::Operation *fence;
  mlir::Value slot, iteration;
  llvm::DenseMap<mlir::Value, mlir::Value> known;
  llvm::SmallVector<Stack> stacks;
};

/// Values of the branches of an scf.if: more results of it.
class BranchScope : public Scope {
public:
  BranchScope(Scope &outer, mlir::scf::IfOp branch, mlir::OpBuilder &reads)
      : Scope(outer.tape), outer(outer), branch(branch), reads(reads) {}
  mlir::Value available(mlir::Value v) override;
  /// Rewrites the forward op so that it yields the values. The old op is gone afterwards.
  void finish();

private:
  Scope &outer;
  mlir::scf::IfOp branch;
  mlir::OpBuilder reads; // right before the backward scf.if
  llvm::DenseMap<mlir::Value, mlir::Value> known;
  llvm::SmallVector<mlir::Value> placeholders;
};

} // namespace gradc::gradient

#endif
