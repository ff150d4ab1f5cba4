// Ag.h - the ag dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_AG_H
#define GRADC_IR_AG_H

#include "gradc/IR/Rules.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "gradc/IR/AgInterfaces.h.inc"

#include "gradc/IR/AgDialect.h.inc"
#include "gradc/IR/AgEnums.h.inc"

#define GET_OP_CLASSES
#include "gradc/IR/AgOps.h.inc"

namespace gradc::ag {
/// The variable that `symbol` names, seen from `from`; null when there is none.
VariableOp lookupVariable(mlir::Operation *from, mlir::FlatSymbolRefAttr symbol);
/// The entries of all ops of the dialect, in the order of their definition.
llvm::ArrayRef<const OpEntry *> allEntries();
} // namespace gradc::ag

#endif
