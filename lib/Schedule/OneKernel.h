// OneKernel.h - which ops an emitter can compute together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_SCHEDULE_ONEKERNEL_H
#define GRADC_LIB_SCHEDULE_ONEKERNEL_H

#include "gradc/IR/Sched.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

namespace gradc::sched {

enum class OpKind {
  None,        ///< not computed by kernels
  Free,        ///< constants, fills, empty tensors: copied into every kernel that wants them
  Elementwise, ///< parallel loops, operands read at the loops' own positions
  Reduction,   ///< one combiner over some loops
  Contraction, ///< sums of products of two operands
  Other,       ///< computed by kernels, one op each: gathers, strided windows, positions as values
};
OpKind kindOf(mlir::Operation *op);

/// The loops of some linalg.generic ops, where loops are equal if an intermediate tensor or (as far
/// as possible) a common operand says so.
class LoopClasses {
public:
  /// Fails where two loops of one op would be equal: that is not one nest of loops.
  static std::optional<LoopClasses> of(llvm::ArrayRef<mlir::Operation *> ops);

  /// How many classes there are.
  unsigned size();
  /// The classes of all loops of `op` that run more than once, ascending.
  llvm::SmallVector<int> loops(mlir::linalg::GenericOp op);
  /// The same of its parallel loops.
  llvm::SmallVector<int> parallelLoops(mlir::linalg::GenericOp op);
  /// The class of each dim of an operand read or written through `map`; -1 where the dim is not a
  /// loop.
  llvm::SmallVector<int> dims(mlir::linalg::GenericOp op, mlir::AffineMap map);

private:
  int find(int loop);
  void unite(int a, int b) { parent[find(a)] = find(b); }
  bool clash();
  bool uniteIntermediates();
  void uniteOperands();

  llvm::SmallVector<mlir::linalg::GenericOp> ops;
  llvm::DenseMap<mlir::Operation *, int> first; ///< the first loop of an op
  llvm::SmallVector<int> parent;
  llvm::SmallVector<int64_t> sizes;
};

/// Whether the emitters can compute these linalg ops of one block in one kernel.
bool isOneKernel(llvm::ArrayRef<mlir::Operation *> ops);

/// Whether two groups without a common intermediate run through the same loops over a common
/// operand.
bool areSiblings(llvm::ArrayRef<mlir::Operation *> a, llvm::ArrayRef<mlir::Operation *> b);

/// Pairs (argument, result) of a kernel such that the argument is read only at the element that is
/// about to be written, however the emitter orders its loops.
llvm::SmallVector<int64_t> overwritablePairs(KernelOp kernel);

} // namespace gradc::sched

#endif
