// Updates.h - the learning rate and the update rules of a training step, as ag ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_UPDATES_H
#define GRADC_LIB_GRADIENT_UPDATES_H

#include "Number.h"
#include "gradc/Gradient/Trainer.h"

namespace gradc::gradient {

/// The learning rate of the update that follows `done` others.
Number learningRate(Place at, const Schedule &schedule, double base, Number done);

/// The momentum (or beta1) that OneCycle gives the update that follows `done` others.
Number cycledMomentum(Place at, const Schedule &schedule, Number done);

/// Whether the update of `o` depends on how many went before.
bool countsUpdates(const Optimizer &o);

/// Gives the symbol of a state variable of this name, made with this content before the first step.
using StateOf = llvm::function_ref<mlir::FlatSymbolRefAttr(llvm::StringRef suffix, double init)>;

/// What changes from update to update; `inertia` is the momentum, or Adam's beta1.
struct Rates {
  Number lr, inertia, done;
};
/// The momentum, or beta1, of an optimiser whose schedule leaves it alone.
Number inertiaOf(const Optimizer &o);

/// Emits the update of one parameter from its gradient; returns the new content.
mlir::Value emitUpdate(Place at, const Optimizer &o, mlir::Value parameter, mlir::Value gradient,
                       const Rates &rates, StateOf state);

} // namespace gradc::gradient

#endif
