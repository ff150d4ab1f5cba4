// ShortFloats.h - derivative rules of ops on f16 and bf16, computed in f32.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_SHORTFLOATS_H
#define GRADC_LIB_GRADIENT_SHORTFLOATS_H

#include "gradc/IR/Ag.h"

namespace gradc::gradient {

/// Whether an op's rule computes, on short floats: then it is run in f32.
bool hasWideRule(mlir::Operation *op);

/// Builds the rule in f32 and rounds what it contributes. Gives the values of the forward program
/// that it reads.
llvm::SmallVector<mlir::Value> runWideRule(mlir::OpBuilder &b, ag::DifferentiableOpInterface op,
                                           llvm::ArrayRef<mlir::Value> cotangents,
                                           ag::Rule::Active active, ag::Rule::Available available,
                                           ag::Vjp::Contribute contribute);

} // namespace gradc::gradient

#endif
