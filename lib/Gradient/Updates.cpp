// Updates.cpp - torch.optim's update rules, in the order of its single-tensor path.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SGD: Sutskever et al. 2013; Adam: Kingma and Ba, arXiv:1412.6980; AdamW: Loshchilov and Hutter,
// arXiv:1711.05101; AMSGrad: Reddi et al., arXiv:1904.09237; RMSprop: Hinton's lecture 6e; Adagrad:
// Duchi et al. 2011.
#include "Updates.h"

using namespace mlir;
namespace gradc::gradient {

namespace {

/// The tensor ops that torch.optim is written with. Each computes in `wide` and rounds once.
class Elements {
public:
  Elements(Place at, Type type) : at(at), type(type), wide(type) {
    Type element = getElementTypeOrSelf(type);
    if (element.isF16() || element.isBF16())
      wide = cast<RankedTensorType>(type).clone(at.b.getF32Type());
  }

  Value neg(Value a) { return out(ag::NegOp::create(at.b, at.loc, in(a))); }
  Value sqrt(Value a) { return out(ag::SqrtOp::create(at.b, at.loc, in(a))); }
  Value maximum(Value a, Value b) { return out(ag::MaximumOp::create(at.b, at.loc, in(a), in(b))); }
  /// a * n
  Value mul(Value a, Number n) { return out(times(in(a), n)); }
  /// a / n
  Value div(Value a, Number n) {
    return out(ag::DivOp::create(at.b, at.loc, in(a), spread(at, n, wide)));
  }
  /// a + n
  Value add(Value a, Number n) { return out(plus(in(a), spread(at, n, wide))); }
  /// a + n * b
  Value add(Value a, Value b, Number n) { return out(plus(in(a), times(in(b), n))); }
  /// a + w * (b - a), from the nearer end
  Value lerp(Value a, Value b, Number w) {
    Value from = in(a), to = in(b);
    Value difference = ag::SubOp::create(at.b, at.loc, to, from);
    if (w.isKnown() && w.known < 0.5)
      return out(plus(from, times(difference, w)));
    Value backward = ag::SubOp::create(at.b, at.loc, to, times(difference, subtract(at, 1.0, w)));
    if (w.isKnown())
      return out(backward);
    Value forward = plus(from, times(difference, w));
    return out(ag::SelectOp::create(at.b, at.loc, isBelow(w, 0.5), forward, backward));
  }
  /// Whether n < limit, everywhere.
  Value isBelow(Number n, double limit) {
    Value below =
        ag::CompareOp::create(at.b, at.loc, scalar(at, n), scalar(at, limit), ag::Predicate::lt);
    return ag::BroadcastOp::create(at.b, at.loc, ag::boolLike(type), below, ArrayRef<int64_t>{});
  }
  /// a + n * x * y
  Value addcmul(Value a, Value x, Value y, Number n) {
    Value product = ag::MulOp::create(at.b, at.loc, times(in(x), n), in(y));
    return out(plus(in(a), product));
  }
  /// a + n * x / y
  Value addcdiv(Value a, Value x, Value y, Number n) {
    Value quotient = ag::DivOp::create(at.b, at.loc, times(in(x), n), in(y));
    return out(plus(in(a), quotient));
  }

private:
  Value in(Value v) { return wide == type ? v : Value(ag::CastOp::create(at.b, at.loc, wide, v)); }
  Value out(Value v) { return wide == type ? v : Value(ag::CastOp::create(at.b, at.loc, type, v)); }
  Value plus(Value a, Value b) { return ag::AddOp::create(at.b, at.loc, a, b); }
  Value times(Value a, Number n) {
    if (n.isKnown() && n.known == 1)
      return a;
    return ag::MulOp::create(at.b, at.loc, a, spread(at, n, wide));
  }

  Place at;
  Type type, wide;
};

/// One parameter's update.
class Update {
public:
  Update(Place at, const Optimizer &o, Value p, Value g, const Rates &rates, StateOf state)
      : at(at), o(o), type(p.getType()), e(at, type), p(p), g(g), lr(rates.lr),
        inertia(rates.inertia), done(rates.done), state(state) {}

  Value run() {
    if (o.maximize)
      g = e.neg(g);
    if (o.weightDecay != 0 && o.kind == Optimizer::AdamW)
      p = e.mul(p, subtract(at, 1.0, multiply(at, lr, o.weightDecay)));
    else if (o.weightDecay != 0)
      g = e.add(g, p, o.weightDecay);
    switch (o.kind) {
    case Optimizer::SGD:
      return sgd();
    case Optimizer::Adam:
    case Optimizer::AdamW:
      return adam();
    case Optimizer::RMSprop:
      return rmsprop();
    case Optimizer::Adagrad:
      return adagrad();
    }
    return p;
  }

private:
  bool hasMomentum() const { return !inertia.isKnown() || inertia.known != 0; }
  Number minus(Number n) { return n.isKnown() ? Number(-n.known) : multiply(at, n, -1.0); }

  /// Replaces a state variable by what `f` makes of it.
  Value advance(StringRef suffix, llvm::function_ref<Value(Value)> f, double init = 0) {
    FlatSymbolRefAttr symbol = state(suffix, init);
    Value now = f(ag::GetOp::create(at.b, at.loc, type, symbol));
    ag::SetOp::create(at.b, at.loc, symbol, now, UnitAttr());
    return now;
  }

  Value sgd() {
    if (!hasMomentum())
      return e.add(p, g, minus(lr));
    Value buffer = advance(".momentum", [&](Value old) -> Value {
      Value now = e.add(e.mul(old, inertia), g, 1 - o.dampening);
      if (o.dampening == 0)
        return now; // the buffer starts at zero
      // The first step copies the gradient undamped.
      return ag::SelectOp::create(at.b, at.loc, e.isBelow(done, 1), g, now);
    });
    return e.add(p, o.nesterov ? e.add(g, buffer, inertia) : buffer, minus(lr));
  }

  Value adam() {
    Number share = subtract(at, 1.0, inertia);
    Value average = advance(".exp_avg", [&](Value old) { return e.lerp(old, g, share); });
    Value square = advance(".exp_avg_sq", [&](Value old) {
      return e.addcmul(e.mul(old, o.beta2), g, g, 1 - o.beta2);
    });
    if (o.amsgrad)
      square = advance(".max_exp_avg_sq", [&](Value old) { return e.maximum(old, square); });
    Number step = add(at, done, 1.0);
    Number correction1 = subtract(at, 1.0, power(at, inertia, step));
    Number correction2 = subtract(at, 1.0, power(at, o.beta2, step));
    Value root = e.div(e.sqrt(square), squareRoot(at, correction2));
    return e.addcdiv(p, average, e.add(root, o.eps), minus(divide(at, lr, correction1)));
  }

  Value rmsprop() {
    Value square = advance(".square_avg", [&](Value old) {
      return e.addcmul(e.mul(old, o.alpha), g, g, 1 - o.alpha);
    });
    if (o.centered) {
      Value average = advance(".grad_avg", [&](Value old) { return e.lerp(old, g, 1 - o.alpha); });
      square = e.addcmul(square, average, average, -1.0);
    }
    Value root = e.add(e.sqrt(square), o.eps);
    if (!hasMomentum())
      return e.addcdiv(p, g, root, minus(lr));
    Value buffer = advance(".momentum",
                           [&](Value old) { return e.addcdiv(e.mul(old, inertia), g, root, 1.0); });
    return e.add(p, buffer, minus(lr));
  }

  Value adagrad() {
    Number rate = divide(at, lr, add(at, 1.0, multiply(at, done, o.lrDecay)));
    Value sum =
        advance(".sum", [&](Value old) { return e.addcmul(old, g, g, 1.0); }, o.initialAccumulator);
    return e.addcdiv(p, g, e.add(e.sqrt(sum), o.eps), minus(rate));
  }

  Place at;
  const Optimizer &o;
  Type type;
  Elements e;
  Value p, g;
  Number lr, inertia, done;
  StateOf state;
};

} // namespace

bool countsUpdates(const Optimizer &o) {
  switch (o.kind) {
  case Optimizer::SGD:
    return o.momentum != 0 && o.dampening != 0;
  case Optimizer::Adam:
  case Optimizer::AdamW:
    return true;
  case Optimizer::RMSprop:
    return false;
  case Optimizer::Adagrad:
    return o.lrDecay != 0;
  }
  return true;
}

Number inertiaOf(const Optimizer &o) {
  bool isAdam = o.kind == Optimizer::Adam || o.kind == Optimizer::AdamW;
  return isAdam ? o.beta1 : o.momentum;
}

Value emitUpdate(Place at, const Optimizer &o, Value parameter, Value gradient, const Rates &rates,
                 StateOf state) {
  return Update(at, o, parameter, gradient, rates, state).run();
}

} // namespace gradc::gradient
