// Updates.h - the learning rate and the update rules of a training step, as ag ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_UPDATES_H
#define GRADC_LIB_GRADIENT_UPDATES_H

#include "Number.h"
#include "gradc/Gradient/Trainer.h"

namespace gradc::gradient {

/// The learning rate of the update that follows `done` others.
Number learningRate(Place at, const Schedule &schedule, double base, Number done);

/// Whether the update of `o` depends on how many went before.
bool countsUpdates(const Optimizer &o);

/// Gives the symbol of a state variable of this name, made with this content before the first step.
using StateOf = llvm::function_ref<mlir::FlatSymbolRefAttr(llvm::StringRef suffix, double init)>;

/// Emits the update of one parameter from its gradient; returns the new content.
mlir::Value emitUpdate(Place at, const Optimizer &o, mlir::Value parameter, mlir::Value gradient,
                       Number lr, Number done, StateOf state);

} // namespace gradc::gradient

#endif
