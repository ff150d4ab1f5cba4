// ScalarExpr.cpp - the operators of elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ScalarExpr.h"

using namespace mlir;
namespace gradc::ag {

Scalar Scalar::number(double v) const {
  if (!isFloat())
    return integer(int64_t(v));
  return with(arith::ConstantOp::create(*b, loc, b->getFloatAttr(type(), v)));
}
Scalar Scalar::integer(int64_t v) const {
  return with(arith::ConstantOp::create(*b, loc, b->getIntegerAttr(type(), v)));
}

Scalar operator+(const Scalar &x, const Scalar &y) {
  return x.isFloat() ? apply<arith::AddFOp>(x, y) : apply<arith::AddIOp>(x, y);
}
Scalar operator-(const Scalar &x, const Scalar &y) {
  return x.isFloat() ? apply<arith::SubFOp>(x, y) : apply<arith::SubIOp>(x, y);
}
Scalar operator*(const Scalar &x, const Scalar &y) {
  return x.isFloat() ? apply<arith::MulFOp>(x, y) : apply<arith::MulIOp>(x, y);
}
Scalar operator/(const Scalar &x, const Scalar &y) { return apply<arith::DivFOp>(x, y); }
Scalar operator-(const Scalar &x) {
  return x.isFloat() ? apply<arith::NegFOp>(x) : x.integer(0) - x;
}

static Scalar compare(const Scalar &x, const Scalar &y, Predicate p) {
  return x.with(scalarCompare(*x.b, x.loc, {x.value, y.value}, p));
}
Scalar operator<(const Scalar &x, const Scalar &y) { return compare(x, y, Predicate::lt); }
Scalar operator<=(const Scalar &x, const Scalar &y) { return compare(x, y, Predicate::le); }
Scalar operator>(const Scalar &x, const Scalar &y) { return compare(x, y, Predicate::gt); }
Scalar operator>=(const Scalar &x, const Scalar &y) { return compare(x, y, Predicate::ge); }
Scalar operator==(const Scalar &x, const Scalar &y) { return compare(x, y, Predicate::eq); }
Scalar operator!=(const Scalar &x, const Scalar &y) { return compare(x, y, Predicate::ne); }

Scalar operator&(const Scalar &x, const Scalar &y) { return apply<arith::AndIOp>(x, y); }
Scalar operator|(const Scalar &x, const Scalar &y) { return apply<arith::OrIOp>(x, y); }
Scalar operator^(const Scalar &x, const Scalar &y) { return apply<arith::XOrIOp>(x, y); }

Scalar select(const Scalar &condition, const Scalar &x, const Scalar &y) {
  return x.with(arith::SelectOp::create(*x.b, x.loc, condition.value, x.value, y.value));
}

Scalar abs(const Scalar &x) {
  return x.isFloat() ? apply<math::AbsFOp>(x) : apply<math::AbsIOp>(x);
}
Scalar exp(const Scalar &x) { return apply<math::ExpOp>(x); }
Scalar log(const Scalar &x) { return apply<math::LogOp>(x); }
Scalar log1p(const Scalar &x) { return apply<math::Log1pOp>(x); }
Scalar floor(const Scalar &x) { return apply<math::FloorOp>(x); }
Scalar isNan(const Scalar &x) { return x != x; }

Scalar polynomial(const Scalar &x, ArrayRef<double> c) {
  Scalar p = x.number(c.back());
  for (double k : llvm::reverse(c.drop_back()))
    p = p * x + k;
  return p;
}

Value inDouble(OpBuilder &b, Location loc, Value x, llvm::function_ref<Scalar(Scalar)> f) {
  Type type = x.getType(), wide = b.getF64Type();
  if (type == wide)
    return f(Scalar(b, loc, x));
  Value y = f(Scalar(b, loc, arith::ExtFOp::create(b, loc, wide, x)));
  return arith::TruncFOp::create(b, loc, type, y);
}

} // namespace gradc::ag
