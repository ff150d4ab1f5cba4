// Number.h - host arithmetic of a training step: doubles that are constants or f64 scalars.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PyTorch's optimisers compute learning rates and bias corrections as Python floats and round them
// once, where they meet a tensor. A Number does the same: what is known is folded here, what
// depends on the step becomes a tensor<f64>.
#ifndef GRADC_LIB_GRADIENT_NUMBER_H
#define GRADC_LIB_GRADIENT_NUMBER_H

#include "gradc/IR/Ag.h"

namespace gradc::gradient {

/// Where ops are built.
struct Place {
  mlir::OpBuilder &b;
  mlir::Location loc;
};

struct Number {
  double known = 0;
  mlir::Value value = {}; // a tensor<f64>; null: `known`

  Number(double known) : known(known) {}
  explicit Number(mlir::Value value) : value(value) {}
  bool isKnown() const { return !value; }
};

/// A tensor of one repeated element.
mlir::Value filled(Place at, mlir::Type type, double value);
/// The number as a tensor<f64>.
mlir::Value scalar(Place at, Number n);
/// The number, rounded to the element type of `type` and repeated.
mlir::Value spread(Place at, Number n, mlir::Type type);

Number add(Place at, Number a, Number b);
Number subtract(Place at, Number a, Number b);
Number multiply(Place at, Number a, Number b);
Number divide(Place at, Number a, Number b);
Number power(Place at, Number base, Number exponent);
Number squareRoot(Place at, Number a);
Number cosine(Place at, Number a);
Number lesser(Place at, Number a, Number b);
/// The whole part of a number not below 0.
Number whole(Place at, Number a);
/// `a` where `n` is below `limit`, else `b`.
Number below(Place at, Number n, double limit, Number a, Number b);

} // namespace gradc::gradient

#endif
