// Scalars.h - one element of each elementwise op, as arith and math ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IR_SCALARS_H
#define GRADC_LIB_IR_SCALARS_H

#include "gradc/IR/Ag.h"

namespace gradc::ag {
using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;
using mlir::ValueRange;

Value scalarNeg(OpBuilder &b, Location loc, ValueRange args);
Value scalarSigmoid(OpBuilder &b, Location loc, ValueRange args);
Value scalarRelu(OpBuilder &b, Location loc, ValueRange args);
Value scalarAbs(OpBuilder &b, Location loc, ValueRange args);
Value scalarSign(OpBuilder &b, Location loc, ValueRange args);
Value scalarReciprocal(OpBuilder &b, Location loc, ValueRange args);
Value scalarPow(OpBuilder &b, Location loc, Value x, double exponent);
Value scalarPowTensor(OpBuilder &b, Location loc, ValueRange args);
Value scalarNot(OpBuilder &b, Location loc, ValueRange args);
Value scalarCast(OpBuilder &b, Location loc, Value x, mlir::Type to);
Value scalarAdd(OpBuilder &b, Location loc, ValueRange args);
Value scalarSub(OpBuilder &b, Location loc, ValueRange args);
Value scalarMul(OpBuilder &b, Location loc, ValueRange args);
Value scalarMaximum(OpBuilder &b, Location loc, ValueRange args);
Value scalarMinimum(OpBuilder &b, Location loc, ValueRange args);
Value scalarCompare(OpBuilder &b, Location loc, ValueRange args, Predicate predicate);
} // namespace gradc::ag

#endif
