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

// AgMathOps.td
Value scalarFloor(OpBuilder &b, Location loc, ValueRange args);
Value scalarCeil(OpBuilder &b, Location loc, ValueRange args);
Value scalarTrunc(OpBuilder &b, Location loc, ValueRange args);
Value scalarFrac(OpBuilder &b, Location loc, ValueRange args);
Value scalarSinc(OpBuilder &b, Location loc, ValueRange args);
Value scalarErfinv(OpBuilder &b, Location loc, ValueRange args);
Value scalarLgamma(OpBuilder &b, Location loc, ValueRange args);
Value scalarDigamma(OpBuilder &b, Location loc, ValueRange args);
Value scalarFmod(OpBuilder &b, Location loc, ValueRange args);
Value scalarRemainder(OpBuilder &b, Location loc, ValueRange args);
Value scalarFloorDiv(OpBuilder &b, Location loc, ValueRange args);
Value scalarTruncDiv(OpBuilder &b, Location loc, ValueRange args);
Value scalarHypot(OpBuilder &b, Location loc, ValueRange args);
Value scalarFmax(OpBuilder &b, Location loc, ValueRange args);
Value scalarFmin(OpBuilder &b, Location loc, ValueRange args);
Value scalarXlogy(OpBuilder &b, Location loc, ValueRange args);
Value scalarXlog1py(OpBuilder &b, Location loc, ValueRange args);
Value scalarLogaddexp(OpBuilder &b, Location loc, ValueRange args);
Value scalarLogaddexp2(OpBuilder &b, Location loc, ValueRange args);
Value scalarHeaviside(OpBuilder &b, Location loc, ValueRange args);
Value scalarNextafter(OpBuilder &b, Location loc, ValueRange args);
Value scalarGcd(OpBuilder &b, Location loc, ValueRange args);
Value scalarBitwiseNot(OpBuilder &b, Location loc, ValueRange args);
Value scalarShiftLeft(OpBuilder &b, Location loc, ValueRange args);
Value scalarShiftRight(OpBuilder &b, Location loc, ValueRange args);
Value scalarClamp(OpBuilder &b, Location loc, ValueRange args);
Value scalarLerp(OpBuilder &b, Location loc, ValueRange args);
Value scalarPrelu(OpBuilder &b, Location loc, ValueRange args);
Value scalarGelu(OpBuilder &b, Location loc, ValueRange args);
Value scalarGeluTanh(OpBuilder &b, Location loc, ValueRange args);
Value scalarSilu(OpBuilder &b, Location loc, ValueRange args);
Value scalarMish(OpBuilder &b, Location loc, ValueRange args);
Value scalarHardswish(OpBuilder &b, Location loc, ValueRange args);
Value scalarHardsigmoid(OpBuilder &b, Location loc, ValueRange args);
Value scalarLogSigmoid(OpBuilder &b, Location loc, ValueRange args);
Value scalarRound(OpBuilder &b, Location loc, Value x, int64_t decimals);
Value scalarLogit(OpBuilder &b, Location loc, Value x, double eps);
Value scalarPolygamma(OpBuilder &b, Location loc, Value x, int64_t n);
Value scalarNanToNum(OpBuilder &b, Location loc, Value x, const llvm::APFloat &nan,
                     const llvm::APFloat &posinf, const llvm::APFloat &neginf);
Value scalarLeakyRelu(OpBuilder &b, Location loc, Value x, double slope);
Value scalarElu(OpBuilder &b, Location loc, Value x, double alpha, double scale, double inputScale);
Value scalarSoftplus(OpBuilder &b, Location loc, Value x, double beta, double threshold);
Value scalarHardtanh(OpBuilder &b, Location loc, Value x, double low, double high);
Value scalarHardshrink(OpBuilder &b, Location loc, Value x, double lambd);
Value scalarSoftshrink(OpBuilder &b, Location loc, Value x, double lambd);
Value scalarThreshold(OpBuilder &b, Location loc, Value x, double threshold, double value);
} // namespace gradc::ag

#endif
