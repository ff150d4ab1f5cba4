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
/// The one element of a tensor as an i1; null after an error.
Value conditionOf(Importer &importer, const Json &at, Value value, mlir::Location loc);

mlir::LogicalResult whileLoop(Importer &importer, Node &node);

} // namespace gradc::graph

#endif
