// ScalarExpr.h - one element as a number to calculate with, for scalar forms of more than an op.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IR_SCALAREXPR_H
#define GRADC_LIB_IR_SCALAREXPR_H

#include "Scalars.h"

namespace gradc::ag {

/// An element: operators build arith ops for floats or integers, by its type. Numbers beside one
/// are constants of its type; comparisons give i1.
struct Scalar {
  OpBuilder *b;
  Location loc;
  Value value;

  Scalar(OpBuilder &b, Location loc, Value value) : b(&b), loc(loc), value(value) {}
  mlir::Type type() const { return value.getType(); }
  bool isFloat() const { return mlir::isa<mlir::FloatType>(type()); }
  unsigned width() const { return type().getIntOrFloatBitWidth(); }
  Scalar with(Value v) const { return Scalar(*b, loc, v); }
  Scalar number(double v) const;
  Scalar integer(int64_t v) const;
  operator Value() const { return value; }
};

Scalar operator+(const Scalar &x, const Scalar &y);
Scalar operator-(const Scalar &x, const Scalar &y);
Scalar operator*(const Scalar &x, const Scalar &y);
Scalar operator/(const Scalar &x, const Scalar &y); // floats
Scalar operator-(const Scalar &x);
inline Scalar operator+(const Scalar &x, double y) { return x + x.number(y); }
inline Scalar operator-(const Scalar &x, double y) { return x - x.number(y); }
inline Scalar operator*(const Scalar &x, double y) { return x * x.number(y); }
inline Scalar operator/(const Scalar &x, double y) { return x / x.number(y); }
inline Scalar operator-(double x, const Scalar &y) { return y.number(x) - y; }
inline Scalar operator/(double x, const Scalar &y) { return y.number(x) / y; }

// As PyTorch's: false for NaN, but for !=.
Scalar operator<(const Scalar &x, const Scalar &y);
Scalar operator<=(const Scalar &x, const Scalar &y);
Scalar operator>(const Scalar &x, const Scalar &y);
Scalar operator>=(const Scalar &x, const Scalar &y);
Scalar operator==(const Scalar &x, const Scalar &y);
Scalar operator!=(const Scalar &x, const Scalar &y);
inline Scalar operator<(const Scalar &x, double y) { return x < x.number(y); }
inline Scalar operator<=(const Scalar &x, double y) { return x <= x.number(y); }
inline Scalar operator>(const Scalar &x, double y) { return x > x.number(y); }
inline Scalar operator>=(const Scalar &x, double y) { return x >= x.number(y); }
inline Scalar operator==(const Scalar &x, double y) { return x == x.number(y); }
inline Scalar operator!=(const Scalar &x, double y) { return x != x.number(y); }

// Bools and integers.
Scalar operator&(const Scalar &x, const Scalar &y);
Scalar operator|(const Scalar &x, const Scalar &y);
Scalar operator^(const Scalar &x, const Scalar &y);

Scalar select(const Scalar &condition, const Scalar &x, const Scalar &y);
inline Scalar select(const Scalar &c, double x, const Scalar &y) {
  return select(c, y.number(x), y);
}
inline Scalar select(const Scalar &c, const Scalar &x, double y) {
  return select(c, x, x.number(y));
}

template <typename OpT> Scalar apply(const Scalar &x) {
  return x.with(OpT::create(*x.b, x.loc, x.value));
}
template <typename OpT> Scalar apply(const Scalar &x, const Scalar &y) {
  return x.with(OpT::create(*x.b, x.loc, x.value, y.value));
}
Scalar abs(const Scalar &x);
Scalar exp(const Scalar &x);
Scalar log(const Scalar &x);
Scalar log1p(const Scalar &x);
Scalar floor(const Scalar &x);
Scalar isNan(const Scalar &x);
/// c[0] + c[1] x + c[2] x^2 + ...
Scalar polynomial(const Scalar &x, llvm::ArrayRef<double> c);

/// Computes a function of floats in f64: `f` gets the element widened, the result is narrowed.
Value inDouble(OpBuilder &b, Location loc, Value x, llvm::function_ref<Scalar(Scalar)> f);

} // namespace gradc::ag

#endif
