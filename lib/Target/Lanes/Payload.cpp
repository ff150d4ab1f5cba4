// Payload.cpp - one payload op on all instances.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lanes.h"
#include "Math.h"
#include "gradc/IR/Ag.h"

using namespace mlir;
using namespace gradc::lanes;

/// x to an integer power: by squaring for powers of at least 0; else the truncated reciprocal.
static Lanes integerPower(LaneBuilder &b, const Lanes &base, const Lanes &exponent) {
  Lanes out;
  for (auto [x, n] : llvm::zip(base, exponent)) {
    Type type = x.getType();
    Value one = b.integer(1, type), zero = b.integer(0, type);
    int64_t bits = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
    Lanes end = b.loop(b.i64(0), b.i64(bits - 1), 1, {one, x, n}, [&](Value, Lanes c) -> Lanes {
      Value odd = arith::AndIOp::create(b.b, b.loc, c[2], one);
      Value isOdd = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ne, odd, zero);
      Value product = arith::MulIOp::create(b.b, b.loc, c[0], c[1]);
      return {arith::SelectOp::create(b.b, b.loc, isOdd, product, c[0]),
              arith::MulIOp::create(b.b, b.loc, c[1], c[1]),
              arith::ShRUIOp::create(b.b, b.loc, c[2], one)};
    });
    auto is = [&](Value v, int64_t k) {
      return Value(
          arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, v, b.integer(k, type)));
    };
    Value odd = is(Value(arith::AndIOp::create(b.b, b.loc, n, one)), 1);
    Value sign = arith::SelectOp::create(b.b, b.loc, odd, b.integer(-1, type), one);
    Value inverse =
        arith::SelectOp::create(b.b, b.loc, is(x, 1), one,
                                Value(arith::SelectOp::create(b.b, b.loc, is(x, -1), sign, zero)));
    Value negative = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::slt, n, zero);
    out.push_back(arith::SelectOp::create(b.b, b.loc, negative, inverse, end[0]));
  }
  return out;
}

/// A quotient rounded down or up: the truncated one, corrected where there is a rest.
static Lanes roundedQuotient(LaneBuilder &b, const Lanes &x, const Lanes &y, bool up) {
  Lanes out;
  for (auto [n, d] : llvm::zip(x, y)) {
    Type type = n.getType();
    Value zero = b.integer(0, type), q = arith::DivSIOp::create(b.b, b.loc, n, d);
    auto compare = [&](arith::CmpIPredicate p, Value v, Value w) -> Value {
      return arith::CmpIOp::create(b.b, b.loc, p, v, w);
    };
    Value back = arith::MulIOp::create(b.b, b.loc, q, d);
    Value rest = compare(arith::CmpIPredicate::ne, back, n);
    Value sign = arith::XOrIOp::create(b.b, b.loc, n, d);
    Value off = compare(up ? arith::CmpIPredicate::sge : arith::CmpIPredicate::slt, sign, zero);
    Value next = b.add(q, b.integer(up ? 1 : -1, type));
    Value correct = arith::AndIOp::create(b.b, b.loc, rest, off);
    out.push_back(arith::SelectOp::create(b.b, b.loc, correct, next, q));
  }
  return out;
}

/// Euclid's algorithm, until no lane has a rest.
static Lanes greatestDivisor(LaneBuilder &b, const Lanes &x, const Lanes &y) {
  Lanes init(x);
  init.append(y.begin(), y.end());
  size_t n = x.size();
  auto isZero = [&](Value v) {
    return Value(
        arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, v, b.integer(0, v.getType())));
  };
  SmallVector<Type> types;
  for (Value v : init)
    types.push_back(v.getType());
  auto loop = scf::WhileOp::create(
      b.b, b.loc, types, init,
      [&](OpBuilder &, Location, ValueRange carried) {
        Value all;
        for (Value v : carried.drop_front(n)) {
          Value none = isZero(v);
          if (isa<VectorType>(none.getType()))
            none = vector::ReductionOp::create(b.b, b.loc, vector::CombiningKind::AND, none);
          all = all ? Value(arith::AndIOp::create(b.b, b.loc, all, none)) : none;
        }
        Value more = arith::XOrIOp::create(b.b, b.loc, all, b.integer(1, all.getType()));
        scf::ConditionOp::create(b.b, b.loc, more, carried);
      },
      [&](OpBuilder &, Location, ValueRange carried) {
        Lanes first, second;
        for (size_t i = 0; i < n; ++i) {
          Value a = carried[i], d = carried[n + i], done = isZero(d);
          // By 0 and by -1 machines trap; 1 leaves no rest either.
          Value one = b.integer(1, d.getType()), minus = b.integer(-1, d.getType());
          Value bad = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, d, minus);
          bad = arith::OrIOp::create(b.b, b.loc, bad, done);
          Value safe = arith::SelectOp::create(b.b, b.loc, bad, one, d);
          Value rest = arith::RemSIOp::create(b.b, b.loc, a, safe);
          first.push_back(arith::SelectOp::create(b.b, b.loc, done, a, d));
          second.push_back(arith::SelectOp::create(b.b, b.loc, done, d, rest));
        }
        first.append(second.begin(), second.end());
        scf::YieldOp::create(b.b, b.loc, first);
      });
  Lanes out;
  for (Value v : loop.getResults().take_front(n))
    out.push_back(math::AbsIOp::create(b.b, b.loc, v));
  return out;
}

Lanes gradc::lanes::applyOp(LaneBuilder &b, Operation *op, ArrayRef<Lanes> in) {
  if (std::optional<Lanes> v = applyNarrow(b, op, in))
    return *v;
  return applyWide(b, op, in, op->getResult(0).getType());
}

Lanes gradc::lanes::applyWide(LaneBuilder &b, Operation *op, ArrayRef<Lanes> in, Type result) {
  if (std::optional<Lanes> v = applyMath(b, op, in))
    return *v;
  if (isa<math::IPowIOp>(op))
    return integerPower(b, in[0], in[1]);
  if (isa<arith::FloorDivSIOp, arith::CeilDivSIOp>(op))
    return roundedQuotient(b, in[0], in[1], isa<arith::CeilDivSIOp>(op));
  if (isa<ag::ScalarGcdOp>(op))
    return greatestDivisor(b, in[0], in[1]);
  Lanes out;
  for (size_t i = 0; i < in[0].size(); ++i) {
    OperationState state(b.loc, op->getName());
    for (const Lanes &x : in)
      state.operands.push_back(x[i]);
    // A condition may be one for all lanes; the result is as wide as the operands.
    state.types.push_back(withElement(in.back()[i].getType(), result));
    state.attributes = op->getDiscardableAttrDictionary().getValue();
    state.propertiesAttr = op->getPropertiesAsAttribute();
    out.push_back(b.b.create(state)->getResult(0));
  }
  return out;
}
