// Number.cpp - host arithmetic of a training step: doubles that are constants or f64 scalars.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Number.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
namespace gradc::gradient {

Value filled(Place at, Type type, double value) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  Attribute attr = isa<FloatType>(element)
                       ? Attribute(at.b.getFloatAttr(element, value))
                       : Attribute(at.b.getIntegerAttr(element, int64_t(value)));
  return ag::ConstantOp::create(at.b, at.loc, DenseElementsAttr::get(tensor, attr));
}

Value scalar(Place at, Number n) {
  auto type = RankedTensorType::get({}, at.b.getF64Type());
  return n.isKnown() ? filled(at, type, n.known) : n.value;
}

Value spread(Place at, Number n, Type type) {
  if (n.isKnown())
    return filled(at, type, n.known);
  auto tensor = cast<RankedTensorType>(type);
  Value v = n.value;
  auto one = RankedTensorType::get({}, tensor.getElementType());
  if (v.getType() != one)
    v = ag::CastOp::create(at.b, at.loc, one, v);
  if (one == type)
    return v;
  return ag::BroadcastOp::create(at.b, at.loc, type, v, ArrayRef<int64_t>{});
}

template <typename OpT, typename Fold> static Number binary(Place at, Number a, Number b, Fold f) {
  if (a.isKnown() && b.isKnown())
    return f(a.known, b.known);
  Value left = scalar(at, a), right = scalar(at, b);
  return Number(OpT::create(at.b, at.loc, left, right).getResult());
}

Number add(Place at, Number a, Number b) { return binary<ag::AddOp>(at, a, b, std::plus<>()); }
Number subtract(Place at, Number a, Number b) {
  return binary<ag::SubOp>(at, a, b, std::minus<>());
}
Number multiply(Place at, Number a, Number b) {
  return binary<ag::MulOp>(at, a, b, std::multiplies<>());
}
Number divide(Place at, Number a, Number b) {
  return binary<ag::DivOp>(at, a, b, std::divides<>());
}
Number power(Place at, Number base, Number exponent) {
  return binary<ag::PowOp>(at, base, exponent, [](double x, double y) { return std::pow(x, y); });
}
Number lesser(Place at, Number a, Number b) {
  return binary<ag::MinimumOp>(at, a, b, [](double x, double y) { return std::min(x, y); });
}
Number squareRoot(Place at, Number a) {
  if (a.isKnown())
    return std::sqrt(a.known);
  return Number(ag::SqrtOp::create(at.b, at.loc, a.value).getResult());
}
Number cosine(Place at, Number a) {
  if (a.isKnown())
    return std::cos(a.known);
  return Number(ag::CosOp::create(at.b, at.loc, a.value).getResult());
}
Number whole(Place at, Number a) {
  if (a.isKnown())
    return std::floor(a.known);
  auto integers = RankedTensorType::get({}, at.b.getI64Type());
  Value cut = ag::CastOp::create(at.b, at.loc, integers, a.value);
  return Number(ag::CastOp::create(at.b, at.loc, a.value.getType(), cut).getResult());
}
Number below(Place at, Number n, double limit, Number a, Number b) {
  if (n.isKnown())
    return n.known < limit ? a : b;
  Value bound = scalar(at, limit);
  Value is = ag::CompareOp::create(at.b, at.loc, n.value, bound, ag::Predicate::lt);
  Value yes = scalar(at, a), no = scalar(at, b);
  return Number(ag::SelectOp::create(at.b, at.loc, is, yes, no).getResult());
}

} // namespace gradc::gradient
