// History.h - writes that PyTorch gives a history although nothing flows through them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_HISTORY_H
#define GRADC_LIB_IMPORT_HISTORY_H

#include "Importer.h"

namespace gradc::graph {

/// `value`, with the history of a tensor that it overwrites or is decided by: the result still
/// requires grad in PyTorch, and what the tensor was made of gets a gradient of zero.
Value writtenOver(Importer &importer, Tensor &tensor, Value value, mlir::Location loc);

/// The tensor without the last view of it, if that shows elements several times: a constant may be
/// written through it.
TensorRef unexpanded(TensorRef tensor);

/// Whether a gradient of `from` may flow to a value that is wanted: along values of floats, through
/// all that branches and loops hold.
bool mayReach(Importer &importer, Value from, llvm::function_ref<bool(Value)> isWanted);
/// Whether the value is the contents of a variable.
bool isReading(Value v, mlir::Operation *variable);

} // namespace gradc::graph

#endif
