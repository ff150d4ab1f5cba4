// Cumulation.cpp - cumulative sums and their like along one line of elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Cumulation.h"
#include "Math.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::lanes;
using sched::Combiner;

namespace {

/// log(exp(x) + exp(y)), without overflow.
Vec logAddExp(const Vec &x, const Vec &y) {
  Vec high = select(x > y, x, y), low = select(x > y, y, x);
  Vec part = expVec(low - high);
  // log(1 + part), exact also where 1 + part is rounded (Kahan).
  Vec one = part + 1.0;
  Vec excess = one - 1.0;
  Vec log = select(equal(excess, 0.0), part, logVec(one) * (part / excess));
  // Equal infinities have no difference.
  Vec sum = select(equal(low, high) & isNan(low - high), high, high + log);
  return select(isNan(x), x, select(isNan(y), y, sum));
}

Lanes extremum(LaneBuilder &b, const Lanes &x, const Lanes &last, bool max) {
  Lanes out;
  for (auto [v, l] : llvm::zip(x, last)) {
    Type element = getElementTypeOrSelf(v.getType());
    if (!isa<FloatType>(element)) {
      bool isBool = element.isInteger(1);
      Combiner most = isBool ? Combiner::Or : Combiner::Max;
      Combiner least = isBool ? Combiner::And : Combiner::Min;
      out.push_back(b.combine(max ? most : least, l, v));
      continue;
    }
    // A later equal element replaces the former. NaN wins, and stays.
    auto predicate = max ? arith::CmpFPredicate::UGE : arith::CmpFPredicate::ULE;
    Value better = arith::CmpFOp::create(b.b, b.loc, predicate, v, l);
    Value isNan = arith::CmpFOp::create(b.b, b.loc, arith::CmpFPredicate::UNO, v, v);
    Value wasNan = arith::CmpFOp::create(b.b, b.loc, arith::CmpFPredicate::UNO, l, l);
    Value kept = arith::SelectOp::create(b.b, b.loc, wasNan, l, v);
    Value next = arith::SelectOp::create(b.b, b.loc, better, kept, l);
    out.push_back(arith::SelectOp::create(b.b, b.loc, isNan, v, next));
  }
  return out;
}

Lanes combineAll(LaneBuilder &b, Combiner combiner, const Lanes &x, const Lanes &y) {
  Lanes out;
  for (auto [v, w] : llvm::zip(x, y))
    out.push_back(b.combine(combiner, v, w));
  return out;
}

} // namespace

Cumulation::Cumulation(LaneBuilder &b, ag::CumulativeOp op, ArrayRef<Value> inputs, Value output)
    : lines(op.getX(), op.getDim()), element(getElementTypeOrSelf(op.getX().getType())), b(b),
      carry(element), reverse(op.getReverse()), inputs(inputs), output(output) {
  using Kind = ag::CumulativeKind;
  Kind kind = op.getKind();
  bool isExtremum = kind == Kind::max || kind == Kind::min;
  if (!isExtremum && isa<FloatType>(element))
    carry = b.b.getF64Type();
  step = [&b, kind, isExtremum](ArrayRef<Lanes> in, const Lanes &last) -> Lanes {
    if (isExtremum)
      return extremum(b, in[0], last, kind == Kind::max);
    if (kind == Kind::logaddexp)
      return logAddExp(Vec(b, last), Vec(b, in[0])).lanes;
    return combineAll(b, kind == Kind::sum ? Combiner::Add : Combiner::Mul, last, in[0]);
  };
}

Cumulation::Cumulation(LaneBuilder &b, ag::RecurrenceOp op, ArrayRef<Value> inputs, Value output)
    : lines(op.getX(), op.getDim()), element(getElementTypeOrSelf(op.getX().getType())), b(b),
      carry(b.b.getF64Type()), reverse(op.getReverse()), inputs(inputs), output(output) {
  step = [&b](ArrayRef<Lanes> in, const Lanes &last) {
    return combineAll(b, Combiner::Add, combineAll(b, Combiner::Mul, in[0], last), in[1]);
  };
}

void Cumulation::along(ArrayRef<Value> offsets, ArrayRef<int64_t> lanes) {
  auto load = [&](unsigned input, Value i) {
    Lanes out;
    for (auto [offset, n] : llvm::zip(offsets, lanes))
      out.push_back(widen(b.load(inputs[input], place(offset, i), element, n)));
    return out;
  };
  auto store = [&](const Lanes &values, Value i) {
    for (auto [offset, v] : llvm::zip(offsets, values))
      b.store(narrow(v), output, place(offset, i));
  };
  Lanes first = load(inputs.size() - 1, b.i64(0));
  store(first, b.i64(0));
  b.loop(b.i64(1), b.i64(lines.size), 1, first, [&](Value i, Lanes last) {
    SmallVector<Lanes> elements;
    for (unsigned k = 0; k < inputs.size(); ++k)
      elements.push_back(load(k, i));
    Lanes next = step(elements, last);
    store(next, i);
    return next;
  });
}

Value Cumulation::place(Value offset, Value i) {
  if (reverse)
    i = arith::SubIOp::create(b.b, b.loc, b.i64(lines.size - 1), i);
  return b.add(offset, b.mul(i, lines.inner));
}
Value Cumulation::widen(Value v) {
  if (element == carry)
    return v;
  return arith::ExtFOp::create(b.b, b.loc, withElement(v.getType(), carry), v);
}
Value Cumulation::narrow(Value v) {
  if (element == carry)
    return v;
  return arith::TruncFOp::create(b.b, b.loc, withElement(v.getType(), element), v);
}
