// GradState.h - what is known at compile time of each leaf's .grad.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_GRADSTATE_H
#define GRADC_LIB_GRADIENT_GRADSTATE_H

#include "Activity.h"
#include "llvm/ADT/MapVector.h"

namespace gradc::gradient {

/// PyTorch's .grad is None or a tensor; a loop or a branch may leave that open.
enum class GradKind { None, Some, Maybe };

struct GradState {
  GradKind kind = GradKind::None;
  mlir::Value value; // Some and Maybe: the tensor (zeros while it is None)
  mlir::Value flag;  // Maybe: an i1, whether there is a tensor
};

/// By variable; ordered, so that the output does not depend on pointers. A missing leaf is None.
using GradEnv = llvm::MapVector<mlir::StringAttr, GradState>;
using GradKinds = llvm::MapVector<mlir::StringAttr, GradKind>;

GradKind join(GradKind a, GradKind b);
/// The kinds after `block`, from those before it.
void transfer(mlir::Block &block, const Activity &active, GradKinds &kinds);
/// The kinds at the head of a loop's body: what holds at its entry and at the end of every
/// iteration.
GradKinds atHead(mlir::scf::ForOp loop, const Activity &active, GradKinds entry);
/// The leaves whose .grad a statement under `op` may change.
llvm::SetVector<mlir::StringAttr> touchedUnder(mlir::Operation *op, const Activity &active);
GradKinds kindsOf(const GradEnv &env);

} // namespace gradc::gradient

#endif
