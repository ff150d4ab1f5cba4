// InterpretAg.cpp - the meaning of every ag value op, written independently of its lowering.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interpreter.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace gradc;
namespace gradc::test {

using Operands = ArrayRef<const Datum *>;

//===-- Elementwise ---------------------------------------------------------------------------===//

static double floatUnary(Operation &op, double x) {
  return TypeSwitch<Operation *, double>(&op)
      .Case([&](ag::NegOp) { return -x; })
      .Case([&](ag::ExpOp) { return std::exp(x); })
      .Case([&](ag::LogOp) { return std::log(x); })
      .Case([&](ag::SqrtOp) { return std::sqrt(x); })
      .Case([&](ag::TanhOp) { return std::tanh(x); })
      .Case([&](ag::SigmoidOp) { return 1 / (1 + std::exp(-x)); })
      .Case([&](ag::ReluOp) { return x < 0 ? 0 : x; })
      .Case([&](ag::AbsOp) { return std::fabs(x); })
      .Case([&](ag::SignOp) { return double((x > 0) - (x < 0)); })
      .Case([&](ag::SinOp) { return std::sin(x); })
      .Case([&](ag::CosOp) { return std::cos(x); })
      .Case([&](ag::ReciprocalOp) { return 1 / x; })
      .Case([&](ag::PowScalarOp p) {
        double e = p.getExponent().convertToDouble();
        // PyTorch's square root of -inf is NaN, pow's is inf.
        return e == 0.5 ? std::sqrt(x) : e == -0.5 ? 1 / std::sqrt(x) : std::pow(x, e);
      });
}

static int64_t power(int64_t x, int64_t n) {
  uint64_t y = 1;
  if (n < 0)
    return x == 1 ? 1 : x == -1 ? (n % 2 ? -1 : 1) : 0;
  for (uint64_t base = x; n; n /= 2, base *= base)
    y *= n % 2 ? base : 1;
  return int64_t(y);
}

static int64_t integerUnary(Operation &op, int64_t x) {
  return TypeSwitch<Operation *, int64_t>(&op)
      .Case([&](ag::NegOp) { return int64_t(-uint64_t(x)); })
      .Case([&](ag::ReluOp) { return std::max<int64_t>(x, 0); })
      .Case([&](ag::AbsOp) { return int64_t(x < 0 ? -uint64_t(x) : x); })
      .Case([&](ag::SignOp) { return int64_t((x > 0) - (x < 0)); })
      .Case([&](ag::LogicalNotOp) { return int64_t(!x); })
      .Case(
          [&](ag::PowScalarOp p) { return power(x, int64_t(p.getExponent().convertToDouble())); });
}

/// IEEE 754-2019's maximum: NaN wins, and 0 is above -0.
static double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return NAN;
  return a > b || (a == b && !std::signbit(a)) ? a : b;
}

static double floatBinary(Operation &op, double a, double b) {
  return TypeSwitch<Operation *, double>(&op)
      .Case([&](ag::AddOp) { return a + b; })
      .Case([&](ag::SubOp) { return a - b; })
      .Case([&](ag::MulOp) { return a * b; })
      .Case([&](ag::DivOp) { return a / b; })
      .Case([&](ag::PowOp) { return std::pow(a, b); })
      .Case([&](ag::MaximumOp) { return maximum(a, b); })
      .Case([&](ag::MinimumOp) { return -maximum(-a, -b); });
}

static int64_t integerBinary(Operation &op, int64_t a, int64_t b, bool isBool) {
  return TypeSwitch<Operation *, int64_t>(&op)
      .Case([&](ag::AddOp) { return isBool ? a | b : int64_t(uint64_t(a) + uint64_t(b)); })
      .Case([&](ag::SubOp) { return int64_t(uint64_t(a) - uint64_t(b)); })
      .Case([&](ag::MulOp) { return int64_t(uint64_t(a) * uint64_t(b)); })
      .Case([&](ag::PowOp) { return power(a, b); })
      .Case([&](ag::MaximumOp) { return std::max(a, b); })
      .Case([&](ag::MinimumOp) { return std::min(a, b); })
      .Case([&](ag::LogicalAndOp) { return a & b; })
      .Case([&](ag::LogicalOrOp) { return a | b; });
}

template <typename T> static bool compare(ag::Predicate p, T a, T b) {
  switch (p) {
  case ag::Predicate::eq:
    return a == b;
  case ag::Predicate::ne:
    return a != b;
  case ag::Predicate::lt:
    return a < b;
  case ag::Predicate::le:
    return a <= b;
  case ag::Predicate::gt:
    return a > b;
  case ag::Predicate::ge:
    return a >= b;
  }
  llvm_unreachable("not a predicate");
}

static Number convert(Number x, bool fromFloat, Type to) {
  if (to.isInteger(1))
    return {0, fromFloat ? x.f != 0 : x.i != 0};
  if (isa<FloatType>(to))
    return {fromFloat ? x.f : double(x.i), 0};
  if (!fromFloat)
    return {0, x.i};
  // i8, i16 and u8 are the low bits of i32.
  double bound = std::ldexp(1.0, std::max(32u, to.getIntOrFloatBitWidth()) - 1);
  return {0, std::fabs(x.f) < bound ? int64_t(x.f) : int64_t(-bound)};
}

static Number element(Operation &op, Operands operands, size_t i) {
  bool isFloat = operands[0]->isFloat();
  SmallVector<Number, 3> in;
  for (const Datum *d : operands)
    in.push_back(d->data[i]);
  if (Number y; evaluateMath(op, in, operands[0]->element, y))
    return y;
  Number a = operands[0]->data[i], b = operands.size() > 1 ? operands[1]->data[i] : Number();
  if (isa<ag::SelectOp>(op))
    return a.i ? b : operands[2]->data[i];
  if (auto c = dyn_cast<ag::CompareOp>(op))
    return {0, isFloat ? compare(c.getPredicate(), a.f, b.f) : compare(c.getPredicate(), a.i, b.i)};
  if (auto cast = dyn_cast<ag::CastOp>(op))
    return convert(a, isFloat, getElementTypeOrSelf(cast.getType()));
  if (operands.size() == 1)
    return isFloat ? Number{floatUnary(op, a.f), 0} : Number{0, integerUnary(op, a.i)};
  if (isFloat)
    return {floatBinary(op, a.f, b.f), 0};
  return {0, integerBinary(op, a.i, b.i, operands[0]->element.isInteger(1))};
}

//===-- Reduction and contraction
//---------------------------------------------------------------===//

static Number accumulate(Operation &op, Number sum, Number x, bool isFloat, bool isBool) {
  if (isa<ag::ReduceSumOp, ag::ReduceMeanOp>(op)) {
    if (isBool)
      return {0, sum.i | x.i};
    return {sum.f + x.f, int64_t(uint64_t(sum.i) + uint64_t(x.i))};
  }
  bool greater = isa<ag::ReduceMaxOp>(op);
  if (!isFloat)
    return {0, greater ? std::max(sum.i, x.i) : std::min(sum.i, x.i)};
  return {greater ? maximum(sum.f, x.f) : -maximum(-sum.f, -x.f), 0};
}

static void reduce(Operation &op, const Datum &x, ArrayRef<int64_t> dims, Datum &y) {
  std::vector<bool> seen(y.data.size(), false);
  bool isFloat = x.isFloat(), isBool = x.element.isInteger(1);
  forEachIndex(x.shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> kept;
    for (size_t d = 0; d < index.size(); ++d)
      if (!llvm::is_contained(dims, int64_t(d)))
        kept.push_back(index[d]);
    int64_t at = y.offset(kept);
    Number term = x.data[x.offset(index)];
    Number &sum = y.data[at];
    sum = seen[at] ? fit(accumulate(op, sum, term, isFloat, isBool), x.element) : term;
    seen[at] = true;
  });
  double count = 1;
  for (int64_t d : dims)
    count *= x.shape[d];
  if (isa<ag::ReduceMeanOp>(op))
    for (Number &n : y.data)
      n = fit({n.f / count, 0}, y.element);
}

static void contract(ag::ContractOp op, const Datum &a, const Datum &b, Datum &y) {
  auto isFree = [](int64_t d, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract) {
    return !llvm::is_contained(batch, d) && !llvm::is_contained(contract, d);
  };
  SmallVector<int64_t> summed;
  for (int64_t d : op.getAContract())
    summed.push_back(a.shape[d]);
  forEachIndex(y.shape, [&](ArrayRef<int64_t> out) {
    SmallVector<int64_t> ia(a.shape.size()), ib(b.shape.size());
    size_t next = 0;
    for (; next < op.getABatch().size(); ++next)
      ia[op.getABatch()[next]] = ib[op.getBBatch()[next]] = out[next];
    for (size_t d = 0; d < ia.size(); ++d)
      if (isFree(d, op.getABatch(), op.getAContract()))
        ia[d] = out[next++];
    for (size_t d = 0; d < ib.size(); ++d)
      if (isFree(d, op.getBBatch(), op.getBContract()))
        ib[d] = out[next++];
    Number sum;
    bool first = true;
    forEachIndex(summed, [&](ArrayRef<int64_t> k) {
      for (size_t i = 0; i < k.size(); ++i)
        ia[op.getAContract()[i]] = ib[op.getBContract()[i]] = k[i];
      Number u = a.data[a.offset(ia)], v = b.data[b.offset(ib)];
      Number term = fit({u.f * v.f, int64_t(uint64_t(u.i) * uint64_t(v.i))}, y.element);
      sum = first ? term : fit({sum.f + term.f, int64_t(uint64_t(sum.i) + term.i)}, y.element);
      first = false;
    });
    y.data[y.offset(out)] = sum;
  });
}

//===-- Shape
//-----------------------------------------------------------------------------------===//

/// Sets every element of `y` from the element of `x` at `source` of its index.
static void move(const Datum &x, Datum &y,
                 function_ref<void(ArrayRef<int64_t>, SmallVector<int64_t> &)> source) {
  forEachIndex(y.shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> from(x.shape.size());
    source(index, from);
    y.data[y.offset(index)] = x.data[x.offset(from)];
  });
}

/// Writes `u` into `y`, whose dimension d it enters at starts[d] by strides[d].
static void place(const Datum &u, Datum &y, ArrayRef<int64_t> starts, ArrayRef<int64_t> strides) {
  forEachIndex(u.shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> at;
    for (size_t d = 0; d < index.size(); ++d)
      at.push_back(starts[d] + index[d] * strides[d]);
    y.data[y.offset(at)] = u.data[u.offset(index)];
  });
}

static void pad(ag::PadOp op, const Datum &x, Datum &y) {
  double value = op.getValue().convertToDouble();
  std::fill(y.data.begin(), y.data.end(), fit({value, int64_t(value)}, y.element));
  SmallVector<int64_t> strides;
  for (int64_t i : op.getInterior())
    strides.push_back(i + 1);
  place(x, y, op.getLow(), strides);
}

static void concat(ag::ConcatOp op, Operands parts, Datum &y) {
  SmallVector<int64_t> starts(y.shape.size(), 0), strides(y.shape.size(), 1);
  for (const Datum *part : parts) {
    place(*part, y, starts, strides);
    starts[op.getDim()] += part->shape[op.getDim()];
  }
}

static bool evaluateShape(Operation &op, Operands operands, Datum &y) {
  return TypeSwitch<Operation *, bool>(&op)
      .Case([&](ag::BroadcastOp o) {
        move(*operands[0], y, [&](ArrayRef<int64_t> index, SmallVector<int64_t> &from) {
          for (auto [i, d] : llvm::enumerate(o.getDims()))
            from[i] = index[d];
        });
        return true;
      })
      .Case([&](ag::TransposeOp o) {
        move(*operands[0], y, [&](ArrayRef<int64_t> index, SmallVector<int64_t> &from) {
          for (auto [i, p] : llvm::enumerate(o.getPerm()))
            from[p] = index[i];
        });
        return true;
      })
      .Case([&](ag::SliceOp o) {
        move(*operands[0], y, [&](ArrayRef<int64_t> index, SmallVector<int64_t> &from) {
          for (size_t d = 0; d < index.size(); ++d)
            from[d] = o.getStarts()[d] + index[d] * o.getStrides()[d];
        });
        return true;
      })
      .Case([&](ag::ReshapeOp) { return y.data = operands[0]->data, true; })
      .Case([&](ag::UpdateSliceOp o) {
        y.data = operands[0]->data;
        place(*operands[1], y, o.getStarts(), o.getStrides());
        return true;
      })
      .Case([&](ag::PadOp o) { return pad(o, *operands[0], y), true; })
      .Case([&](ag::ConcatOp o) { return concat(o, operands, y), true; })
      .Default([](Operation *) { return false; });
}

bool evaluateAg(Operation &op, Operands operands, Datum &y) {
  if (isa<ag::ElementwiseOpInterface>(op)) {
    for (size_t i = 0; i < y.data.size(); ++i)
      y.data[i] = fit(element(op, operands, i), y.element);
  } else if (isa<ag::ReduceSumOp, ag::ReduceMeanOp, ag::ReduceMaxOp, ag::ReduceMinOp>(op)) {
    reduce(op, *operands[0], op.getAttrOfType<DenseI64ArrayAttr>("dims").asArrayRef(), y);
  } else if (auto c = dyn_cast<ag::ContractOp>(op)) {
    contract(c, *operands[0], *operands[1], y);
  } else if (auto c = dyn_cast<ag::ConstantOp>(op)) {
    y = readElements(c.getValue());
  } else if (auto iota = dyn_cast<ag::IotaOp>(op)) {
    forEachIndex(y.shape, [&](ArrayRef<int64_t> index) {
      int64_t i = index[iota.getDim()];
      y.data[y.offset(index)] = fit({double(i), i}, y.element);
    });
  } else if (isa<ag::DetachOp, ag::LeafOp, ag::ToHostOp, ag::BarrierOp>(op)) {
    y.data = operands[0]->data;
  } else {
    return evaluateShape(op, operands, y) || evaluateStructured(op, operands, y) ||
           evaluateRandom(op, operands, y);
  }
  return true;
}

} // namespace gradc::test
