// Derivatives.h - derivatives of straight-line functions, to test the rules alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_DERIVATIVES_H
#define GRADC_TEST_DERIVATIVES_H

#include "gradc/IR/Ag.h"

namespace gradc::test {
/// Adds `<name>_vjp` behind a function without control flow: its arguments, then a cotangent of
/// every float result; it returns the cotangent of every float argument.
mlir::func::FuncOp buildVjp(mlir::func::FuncOp f);
/// Adds `<name>_jvp`: the arguments, then a tangent of every float argument; it returns the tangent
/// of every float result.
mlir::func::FuncOp buildJvp(mlir::func::FuncOp f);
/// Whether a value can have a derivative at all.
bool isFloatTensor(mlir::Type type);
/// The pass --test-ag-rules, which does both to every function.
void registerTestRulesPass();
} // namespace gradc::test

#endif
