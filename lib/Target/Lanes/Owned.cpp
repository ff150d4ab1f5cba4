// Owned.cpp - what the emitters of ops that own a kernel share between targets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Owned.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::lanes;
using sched::Combiner;

Lines::Lines(Value tensor, int64_t dim) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(tensor.getType()).getShape();
  for (int64_t n : shape.take_front(dim))
    outer *= n;
  size = shape[dim];
  for (int64_t n : shape.drop_front(dim + 1))
    inner *= n;
}

Value gradc::lanes::combineScattered(LaneBuilder &b, ag::ScatterMode mode, Value old,
                                     Value update) {
  bool isBool = getElementTypeOrSelf(old.getType()).isInteger(1);
  switch (mode) {
  case ag::ScatterMode::add:
    return b.combine(isBool ? Combiner::Or : Combiner::Add, old, update);
  case ag::ScatterMode::set:
    return update;
  case ag::ScatterMode::mul:
    return b.combine(isBool ? Combiner::And : Combiner::Mul, old, update);
  case ag::ScatterMode::max:
    return b.combine(isBool ? Combiner::Or : Combiner::Max, old, update);
  case ag::ScatterMode::min:
    return b.combine(isBool ? Combiner::And : Combiner::Min, old, update);
  }
  llvm_unreachable("not a mode");
}

Value gradc::lanes::sortsBefore(LaneBuilder &b, bool descending, Value y, Value x) {
  if (descending)
    std::swap(x, y);
  Type element = y.getType();
  if (!isa<FloatType>(element)) {
    auto less = element.isInteger(1) ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
    return arith::CmpIOp::create(b.b, b.loc, less, y, x);
  }
  auto compare = [&](arith::CmpFPredicate p, Value v, Value w) -> Value {
    return arith::CmpFOp::create(b.b, b.loc, p, v, w);
  };
  Value less = compare(arith::CmpFPredicate::OLT, y, x);
  Value lastIsNan = arith::AndIOp::create(b.b, b.loc, compare(arith::CmpFPredicate::UNO, x, x),
                                          compare(arith::CmpFPredicate::ORD, y, y));
  return arith::OrIOp::create(b.b, b.loc, less, lastIsNan);
}
