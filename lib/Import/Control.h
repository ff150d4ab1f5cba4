// Control.h - what loops and branches of graph JSON share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_CONTROL_H
#define GRADC_LIB_IMPORT_CONTROL_H

#include "Importer.h"

namespace gradc::graph {

/// Reads the operands of an object of names; the values are under those names' order.
mlir::LogicalResult readTable(Importer &importer, const Json &table, mlir::Location loc,
                              llvm::SmallVectorImpl<Operand> &operands,
                              llvm::SmallVectorImpl<Value> &values);
/// Copies in the graph are one tensor in PyTorch: neither name may be written.
void shareStorage(llvm::SmallVectorImpl<Operand> &operands, mlir::Block *inner,
                  llvm::StringRef why);
mlir::LogicalResult defineShared(Importer &importer, const Key &key, Value value, bool history,
                                 llvm::StringRef why);
/// Whether `carry` and `yield` of a loop have the same names.
mlir::LogicalResult checkCarries(Importer &importer, Node &node);
/// Which results of a loop may have a history after some turns, given that of what it begins with.
/// Fails where a turn reads what the one before it handed to this one, after it has written that;
/// `written` is what turns write of what was made outside. None of this matters to a single turn.
mlir::FailureOr<llvm::SmallVector<bool>>
historyOfResults(Importer &importer, Node &node, llvm::ArrayRef<bool> initial,
                 llvm::ArrayRef<Operand> yielded, mlir::ValueRange yields, mlir::ValueRange carried,
                 const llvm::SmallPtrSetImpl<Storage *> &written, bool onlyOnce);
/// The one element of a tensor as an i1; null after an error.
Value conditionOf(Importer &importer, const Json &at, Value value, mlir::Location loc);

mlir::LogicalResult whileLoop(Importer &importer, Node &node);

} // namespace gradc::graph

#endif
