// Sched.h - the sched dialect: the kernel graph between Lower and Target.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_SCHED_H
#define GRADC_IR_SCHED_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "gradc/IR/SchedDialect.h.inc"

#define GET_OP_CLASSES
#include "gradc/IR/SchedOps.h.inc"

namespace gradc::sched {
/// Attributes of a scheduled function's memref arguments.
inline constexpr llvm::StringLiteral kInputAttr = "sched.input";       // StringAttr: input name
inline constexpr llvm::StringLiteral kVariableAttr = "sched.variable"; // FlatSymbolRefAttr
inline constexpr llvm::StringLiteral kOutputAttr = "sched.output";     // StringAttr: output name
inline constexpr llvm::StringLiteral kArenaAttr = "sched.arena";       // UnitAttr
/// A pointer to the threads that launches may share their work among, null for none.
inline constexpr llvm::StringLiteral kTeamAttr = "sched.team"; // UnitAttr
/// Of a module with kernels that share their work: bytes of memory for each thread but the first.
inline constexpr llvm::StringLiteral kThreadScratchAttr = "sched.thread_scratch"; // i64
} // namespace gradc::sched

#endif
