// KernelRules.cpp - the derivatives of the ag ops that own a kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"

using namespace mlir;
namespace gradc::ag {

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }
static RankedTensorType withElement(Type type, Type element) {
  return RankedTensorType::get(cast<RankedTensorType>(type).getShape(), element);
}

//===-- Building blocks -----------------------------------------------------------------------===//

static Value splat(OpBuilder &b, Location loc, Type type, int64_t value) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  Attribute attr = isa<FloatType>(element) ? Attribute(b.getFloatAttr(element, double(value)))
                                           : Attribute(b.getIntegerAttr(element, value));
  return ConstantOp::create(b, loc, DenseElementsAttr::get(tensor, attr));
}

static Expr gather(Expr x, Expr i, int64_t dim) { return op<GatherOp>(x, i, dim); }
static Expr scatter(Expr x, Expr i, Expr u, int64_t dim, ScatterMode mode) {
  return op<ScatterOp>(x, i, u, dim, mode);
}
/// 1 and 0 of the element type of `like`.
static Expr numbers(Expr bools, Expr like) {
  Rule *rule = bools.rule;
  Type type = withElement(bools.value.getType(), typeOf(like.value).getElementType());
  return {rule, CastOp::create(rule->builder, rule->op->getLoc(), type, rule->use(bools))};
}

static Value compare(OpBuilder &b, Location loc, Value x, Value y, Predicate p) {
  return CompareOp::create(b, loc, x, y, p);
}

Value flatIndices(OpBuilder &b, Location loc, Value indices, ArrayRef<int64_t> shape, int64_t dim) {
  auto type = withElement(indices.getType(), b.getI64Type());
  if (indices.getType() != type)
    indices = CastOp::create(b, loc, type, indices);
  Value isValid = LogicalAndOp::create(
      b, loc, compare(b, loc, indices, splat(b, loc, type, 0), Predicate::ge),
      compare(b, loc, indices, splat(b, loc, type, shape[dim]), Predicate::lt));
  Value flat;
  int64_t stride = 1;
  for (int64_t d = int64_t(shape.size()) - 1; d >= 0; stride *= shape[d--]) {
    Value at = d == dim ? indices : Value(IotaOp::create(b, loc, type, d));
    if (stride != 1)
      at = MulOp::create(b, loc, at, splat(b, loc, type, stride));
    flat = flat ? Value(AddOp::create(b, loc, flat, at)) : at;
  }
  return SelectOp::create(b, loc, isValid, flat, splat(b, loc, type, -1));
}

Value cumulativeIndices(OpBuilder &b, Location loc, Value x, Value y, int64_t dim, bool reverse) {
  Value isHere = compare(b, loc, x, y, Predicate::eq);
  if (isa<FloatType>(typeOf(x).getElementType())) {
    Value nan = LogicalAndOp::create(b, loc, compare(b, loc, x, x, Predicate::ne),
                                     compare(b, loc, y, y, Predicate::ne));
    isHere = LogicalOrOp::create(b, loc, isHere, nan);
  }
  auto type = withElement(x.getType(), b.getI64Type());
  Value at = IotaOp::create(b, loc, type, dim);
  Value none = splat(b, loc, type, reverse ? type.getDimSize(dim) : -1);
  Value places = SelectOp::create(b, loc, isHere, at, none);
  return CumulativeOp::create(b, loc, places, dim,
                              reverse ? CumulativeKind::min : CumulativeKind::max, reverse);
}

static Expr flat(Expr e) {
  Rule *rule = e.rule;
  Value v = rule->use(e);
  auto type = typeOf(v);
  auto line = RankedTensorType::get({type.getNumElements()}, type.getElementType());
  return {rule, ReshapeOp::create(rule->builder, rule->op->getLoc(), line, v)};
}
/// `d` added to zeros like `x` at indices along `dim`.
static Expr addAt(Expr d, Expr x, Value indices, int64_t dim) {
  Rule *rule = d.rule;
  auto shape = typeOf(x.value).getShape();
  Expr at{rule, flatIndices(rule->builder, rule->op->getLoc(), indices, shape, dim)};
  Expr zero = flat(zerosLike(x));
  return reshapeLike(scatter(zero, flat(at), flat(d), 0, ScatterMode::add), x);
}
/// The elements of `t` at indices along `dim`.
static Expr takeAt(Expr t, Value indices, int64_t dim) {
  Rule *rule = t.rule;
  Value at =
      flatIndices(rule->builder, rule->op->getLoc(), indices, typeOf(t.value).getShape(), dim);
  Expr taken = gather(flat(t), flat(Expr{rule, at}), 0);
  return {rule, ReshapeOp::create(rule->builder, rule->op->getLoc(),
                                  withElement(indices.getType(), typeOf(t.value).getElementType()),
                                  taken.value)};
}

//===-- Scatter -------------------------------------------------------------------------------===//

namespace {
/// How a product at an element depends on x and on each update: PyTorch's formulas, which need no
/// division by a zero that is alone.
struct ProductFactors {
  ProductFactors(Rule &rule, ScatterOp op) {
    Expr x = rule.operand(0), i = rule.operand(1), u = rule.operand(2), y = rule.result(0);
    int64_t dim = op.getDim();
    Expr ones = select(x == 0.0, 1.0, x);
    ofX = scatter(ones, i, u, dim, ScatterMode::mul) / ones;
    Expr isZero = u == 0.0;
    Expr zeros =
        gather(scatter(zerosLike(x), i, numbers(isZero, x), dim, ScatterMode::add), i, dim);
    alone = isZero & (zeros == 1.0);
    others = scatter(x, i, select(alone, 1.0, u), dim, ScatterMode::mul);
    divisor = select(isZero, 1.0, u);
    result = y;
  }
  Expr ofX, alone, others, divisor, result;
};

/// Which elements attain an extremum, and how many do at each place.
struct Ties {
  Ties(Rule &rule, ScatterOp op) {
    Expr x = rule.operand(0), i = rule.operand(1), u = rule.operand(2), y = rule.result(0);
    inX = x == y;
    inU = u == gather(y, i, op.getDim());
    count = scatter(numbers(inX, x), i, numbers(inU, x), op.getDim(), ScatterMode::add);
  }
  Expr inX, inU, count;
};
} // namespace

void ScatterOp::buildVjp(Vjp &rule) {
  Expr d = rule.cotangent(0), x = rule.operand(0), i = rule.operand(1), u = rule.operand(2);
  int64_t dim = getDim();
  bool toX = rule.isActive(0), toU = rule.isActive(2);
  switch (getMode()) {
  case ScatterMode::add:
  case ScatterMode::set:
    if (toX)
      rule.contribute(0, getMode() == ScatterMode::add
                             ? d
                             : scatter(d, i, zerosLike(u), dim, ScatterMode::set));
    if (toU)
      rule.contribute(2, gather(d, i, dim));
    return;
  case ScatterMode::mul: {
    ProductFactors p(rule, *this);
    if (toX)
      rule.contribute(0, d * p.ofX);
    if (toU)
      rule.contribute(2, select(p.alone, gather(d * p.others, i, dim),
                                gather(d * p.result, i, dim) / p.divisor));
    return;
  }
  case ScatterMode::max:
  case ScatterMode::min: {
    Ties ties(rule, *this);
    Expr share = d / ties.count;
    if (toX)
      rule.contribute(0, numbers(ties.inX, x) * share);
    if (toU)
      rule.contribute(2, numbers(ties.inU, x) * gather(share, i, dim));
    return;
  }
  }
}

void ScatterOp::buildJvp(Jvp &rule) {
  Expr x = rule.operand(0), i = rule.operand(1), u = rule.operand(2);
  int64_t dim = getDim();
  Expr tx = rule.isActive(0) ? rule.tangent(0) : zerosLike(x);
  Expr tu = rule.isActive(2) ? rule.tangent(2) : zerosLike(u);
  switch (getMode()) {
  case ScatterMode::add:
  case ScatterMode::set:
    rule.contribute(0, scatter(tx, i, tu, dim, getMode()));
    return;
  case ScatterMode::mul: {
    ProductFactors p(rule, *this);
    Expr ofU = select(p.alone, gather(p.others, i, dim), gather(p.result, i, dim) / p.divisor);
    rule.contribute(0, scatter(tx * p.ofX, i, tu * ofU, dim, ScatterMode::add));
    return;
  }
  case ScatterMode::max:
  case ScatterMode::min: {
    Ties ties(rule, *this);
    Expr sum =
        scatter(select(ties.inX, tx, 0.0), i, select(ties.inU, tu, 0.0), dim, ScatterMode::add);
    rule.contribute(0, sum / ties.count);
    return;
  }
  }
}

//===-- Convolution ---------------------------------------------------------------------------===//

Value swapChannels(OpBuilder &b, Location loc, Value w, int64_t groups) {
  auto type = typeOf(w);
  SmallVector<int64_t> split = {groups, type.getDimSize(0) / groups}, joined, perm = {0, 2, 1};
  llvm::append_range(split, type.getShape().drop_front(1));
  joined = {groups * split[2], split[1]};
  llvm::append_range(joined, type.getShape().drop_front(2));
  for (int64_t i = 3; i < int64_t(split.size()); ++i)
    perm.push_back(i);
  w = ReshapeOp::create(b, loc, RankedTensorType::get(split, type.getElementType()), w);
  w = TransposeOp::create(b, loc, w, perm);
  return ReshapeOp::create(b, loc, RankedTensorType::get(joined, type.getElementType()), w);
}

/// The gradient by the input: `d` spread by the strides and convolved with the weight, read from
/// its end, at the distance of the base dilation.
template <typename OpT>
static Expr inputGradient(Expr d, Expr w, RankedTensorType x, ArrayRef<int64_t> window, OpT op) {
  Rule *rule = d.rule;
  OpBuilder &b = rule->builder;
  Location loc = rule->op->getLoc();
  Value cotangent = rule->use(d), weight = rule->use(w);
  SmallVector<int64_t> low, high;
  for (size_t i = 0; i < window.size(); ++i) {
    int64_t reach = (window[i] - 1) * op.getWindowDilation()[i];
    int64_t n = typeOf(cotangent).getDimSize(i + 2);
    int64_t spread = n == 0 ? 0 : (n - 1) * op.getStrides()[i] + 1;
    low.push_back(reach - op.getPaddingLow()[i]);
    high.push_back((x.getDimSize(i + 2) - 1) * op.getBaseDilation()[i] + reach + 1 - spread -
                   low[i]);
  }
  return {rule,
          ConvolutionOp::create(b, loc, cotangent, swapChannels(b, loc, weight, op.getGroups()),
                                op.getBaseDilation(), low, high, op.getStrides(),
                                op.getWindowDilation(), op.getGroups(), !op.getFlipped())};
}

Expr convolveBackX(Expr d, Expr w, Expr x, ConvolutionOp op) {
  return inputGradient(d, w, typeOf(x.value), typeOf(w.value).getShape().drop_front(2), op);
}
Expr convolveBackW(Expr d, Expr x, Expr w, ConvolutionOp c) {
  Rule *rule = d.rule;
  Value input = rule->use(x), cotangent = rule->use(d);
  return {rule,
          ConvolutionWeightOp::create(rule->builder, rule->op->getLoc(), input, cotangent,
                                      typeOf(w.value).getShape().drop_front(2), c.getStrides(),
                                      c.getPaddingLow(), c.getPaddingHigh(), c.getBaseDilation(),
                                      c.getWindowDilation(), c.getGroups(), c.getFlipped())};
}

void ConvolutionWeightOp::buildVjp(Vjp &rule) {
  Expr d = rule.cotangent(0);
  if (rule.isActive(0))
    rule.contribute(0, inputGradient(rule.operand(1), d, typeOf(getX()), getWindow(), *this));
  if (rule.isActive(1))
    rule.contribute(1,
                    {&rule, ConvolutionOp::create(rule.builder, getLoc(), rule.use(rule.operand(0)),
                                                  d.value, getStrides(), getPaddingLow(),
                                                  getPaddingHigh(), getBaseDilation(),
                                                  getWindowDilation(), getGroups(), getFlipped())});
}
void ConvolutionWeightOp::buildJvp(Jvp &rule) { rule.multilinear(); }

//===-- Order ---------------------------------------------------------------------------------===//

void SortOp::buildVjp(Vjp &rule) {
  if (rule.cotangent(0).value && rule.isActive(0))
    rule.contribute(0,
                    addAt(rule.cotangent(0), rule.operand(0), rule.use(rule.result(1)), getDim()));
}
void SortOp::buildJvp(Jvp &rule) {
  rule.contribute(0, takeAt(rule.tangent(0), rule.use(rule.result(1)), getDim()));
}

//===-- Cumulation ----------------------------------------------------------------------------===//

/// The element before (in the order of the cumulation) each one; `fill` at the first.
static Expr shifted(Expr e, int64_t dim, bool towardsEnd, double fill) {
  Rule *rule = e.rule;
  Value v = rule->use(e);
  auto type = typeOf(v);
  int64_t n = type.getDimSize(dim);
  if (n == 0)
    return {rule, v};
  SmallVector<int64_t> starts(type.getRank(), 0), limits(type.getShape()), steps(type.getRank(), 1),
      low(type.getRank(), 0), high(low), none(low);
  (towardsEnd ? limits[dim] : starts[dim]) += towardsEnd ? -1 : 1;
  (towardsEnd ? low : high)[dim] = 1;
  OpBuilder &b = rule->builder;
  Location loc = rule->op->getLoc();
  Value part = SliceOp::create(b, loc, v, starts, limits, steps);
  return {rule, PadOp::create(b, loc, part, low, high, none, APFloat(fill))};
}
static Expr previous(Expr e, int64_t dim, bool reverse, double fill) {
  return shifted(e, dim, !reverse, fill);
}
static Expr next(Expr e, int64_t dim, bool reverse) { return shifted(e, dim, reverse, 0); }

Expr cumulativeBack(Expr d, Expr x, Expr y, CumulativeOp c) {
  Rule *rule = d.rule;
  int64_t dim = c.getDim();
  bool reverse = c.getReverse();
  switch (c.getKind()) {
  case CumulativeKind::sum:
    return op<CumulativeOp>(d, dim, CumulativeKind::sum, !reverse);
  case CumulativeKind::prod:
    // Products of all but one factor, without a division: zeros are as good as other numbers.
    return previous(y, dim, reverse, 1) * op<RecurrenceOp>(next(x, dim, reverse), d, dim, !reverse);
  case CumulativeKind::max:
  case CumulativeKind::min: {
    Value at = cumulativeIndices(rule->builder, rule->op->getLoc(), rule->use(x), rule->use(y), dim,
                                 reverse);
    return addAt(d, x, at, dim);
  }
  case CumulativeKind::logaddexp:
    return exp(x - y) * op<RecurrenceOp>(exp(y - next(y, dim, reverse)), d, dim, !reverse);
  }
  llvm_unreachable("not a kind");
}

void CumulativeOp::buildJvp(Jvp &rule) {
  Expr x = rule.operand(0), y = rule.result(0), t = rule.tangent(0);
  int64_t dim = getDim();
  bool reverse = getReverse();
  switch (getKind()) {
  case CumulativeKind::sum:
    return rule.linear();
  case CumulativeKind::prod:
    return rule.contribute(0, op<RecurrenceOp>(x, previous(y, dim, reverse, 1) * t, dim, reverse));
  case CumulativeKind::max:
  case CumulativeKind::min: {
    Value at = cumulativeIndices(rule.builder, getLoc(), rule.use(x), rule.use(y), dim, reverse);
    return rule.contribute(0, takeAt(t, at, dim));
  }
  case CumulativeKind::logaddexp:
    return rule.contribute(
        0, op<RecurrenceOp>(exp(previous(y, dim, reverse, 0) - y), exp(x - y) * t, dim, reverse));
  }
}

Expr recurrenceBackX(Expr d, Expr a, RecurrenceOp r) {
  return op<RecurrenceOp>(next(a, r.getDim(), r.getReverse()), d, int64_t(r.getDim()),
                          !r.getReverse());
}
Expr recurrenceBackA(Expr d, Expr a, Expr y, RecurrenceOp r) {
  return recurrenceBackX(d, a, r) * previous(y, r.getDim(), r.getReverse(), 0);
}
void RecurrenceOp::buildJvp(Jvp &rule) {
  Expr a = rule.operand(0), y = rule.result(0);
  int64_t dim = getDim();
  Expr t = rule.isActive(1) ? rule.tangent(1) : zerosLike(rule.operand(1));
  if (rule.isActive(0))
    t = t + rule.tangent(0) * previous(y, dim, getReverse(), 0);
  rule.contribute(0, op<RecurrenceOp>(a, t, dim, getReverse()));
}

} // namespace gradc::ag
