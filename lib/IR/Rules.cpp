// Rules.cpp - the functions that derivative rules are made of.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
namespace gradc::ag {

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

Value Rule::use(Expr e) {
  if (!e.primal)
    return e.value;
  readValues.insert(e.value);
  return available(e.value);
}

void Jvp::contribute(unsigned result, Expr e) {
  Value term = use(e);
  Value &sum = sums[result];
  sum = sum ? Value(AddOp::create(builder, op->getLoc(), sum, term)) : term;
}

void Jvp::linear() {
  IRMapping map;
  for (auto [i, v] : llvm::enumerate(op->getOperands()))
    map.map(v, isActive(i) ? tangents[i] : zerosLike(Expr{this, v}).value);
  // One value may stand at several operands with different activity; set them one by one.
  Operation *clone = builder.clone(*op, map);
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    clone->setOperand(i, map.lookup(op->getOperand(i)));
  for (unsigned r = 0; r < op->getNumResults(); ++r)
    contribute(r, {this, clone->getResult(r)});
}

void Jvp::multilinear() {
  for (unsigned i = 0; i < op->getNumOperands(); ++i) {
    if (!isActive(i))
      continue;
    Operation *clone = builder.clone(*op);
    for (unsigned k = 0; k < op->getNumOperands(); ++k)
      clone->setOperand(k, k == i ? tangents[i] : use(operand(k)));
    for (unsigned r = 0; r < op->getNumResults(); ++r)
      contribute(r, {this, clone->getResult(r)});
  }
}

//===-- Operators -----------------------------------------------------------------------------===//

Type boolLike(Type type) {
  auto t = cast<RankedTensorType>(type);
  return RankedTensorType::get(t.getShape(), IntegerType::get(type.getContext(), 1));
}

Expr constant(Expr like, double value) {
  auto type = typeOf(like.value);
  OpBuilder &b = like.rule->builder;
  Attribute element = isa<FloatType>(type.getElementType())
                          ? Attribute(b.getFloatAttr(type.getElementType(), value))
                          : Attribute(b.getIntegerAttr(type.getElementType(), int64_t(value)));
  return {like.rule,
          ConstantOp::create(b, like.rule->op->getLoc(), DenseElementsAttr::get(type, element))};
}
Expr zerosLike(Expr like) { return constant(like, 0); }
Expr zeros(Expr d) { return constant(d, 0); }

static Expr compare(Expr a, Expr b, Predicate p) {
  Rule *rule = a.rule;
  Value x = rule->use(a), y = rule->use(b);
  return {rule, CompareOp::create(rule->builder, rule->op->getLoc(), x, y, p)};
}

Expr operator+(Expr a, Expr b) { return op<AddOp>(a, b); }
Expr operator-(Expr a, Expr b) { return op<SubOp>(a, b); }
Expr operator*(Expr a, Expr b) { return op<MulOp>(a, b); }
Expr operator/(Expr a, Expr b) { return op<DivOp>(a, b); }
Expr operator-(Expr a) { return op<NegOp>(a); }
Expr operator&(Expr a, Expr b) { return op<LogicalAndOp>(a, b); }
Expr operator|(Expr a, Expr b) { return op<LogicalOrOp>(a, b); }
Expr operator!(Expr a) { return op<LogicalNotOp>(a); }
Expr operator+(Expr a, double s) { return a + constant(a, s); }
Expr operator*(Expr a, double s) { return a * constant(a, s); }
Expr operator/(Expr a, double s) { return a / constant(a, s); }
Expr operator-(Expr a, double s) { return a - constant(a, s); }
Expr operator-(double s, Expr a) { return constant(a, s) - a; }
Expr operator==(Expr a, Expr b) { return compare(a, b, Predicate::eq); }
Expr operator>(Expr a, Expr b) { return compare(a, b, Predicate::gt); }
Expr operator<(Expr a, Expr b) { return compare(a, b, Predicate::lt); }
Expr operator<=(Expr a, Expr b) { return compare(a, b, Predicate::le); }
Expr operator>=(Expr a, Expr b) { return compare(a, b, Predicate::ge); }
Expr operator<(Expr a, double s) { return compare(a, constant(a, s), Predicate::lt); }
Expr operator>(Expr a, double s) { return compare(a, constant(a, s), Predicate::gt); }
Expr isNan(Expr a) { return compare(a, a, Predicate::ne); }
Expr operator==(Expr a, double s) { return compare(a, constant(a, s), Predicate::eq); }
Expr operator<=(Expr a, double s) { return compare(a, constant(a, s), Predicate::le); }
Expr operator>=(Expr a, double s) { return compare(a, constant(a, s), Predicate::ge); }

Expr exp(Expr x) { return op<ExpOp>(x); }
Expr log(Expr x) { return op<LogOp>(x); }
Expr sin(Expr x) { return op<SinOp>(x); }
Expr cos(Expr x) { return op<CosOp>(x); }
Expr sign(Expr x) { return op<SignOp>(x); }
Expr abs(Expr x) { return op<AbsOp>(x); }
Expr tanh(Expr x) { return op<TanhOp>(x); }
Expr sigmoid(Expr x) { return op<SigmoidOp>(x); }
Expr pow(Expr x, double exponent) { return op<PowScalarOp>(x, APFloat(exponent)); }
Expr pow(Expr a, Expr b) { return op<PowOp>(a, b); }
Expr select(Expr condition, Expr a, Expr b) { return op<SelectOp>(condition, a, b); }
Expr select(Expr condition, Expr a, double b) { return select(condition, a, constant(a, b)); }
Expr select(Expr condition, double a, Expr b) { return select(condition, constant(b, a), b); }

//===-- Shapes --------------------------------------------------------------------------------===//

Expr powDerivative(Expr d, Expr x, double exponent) {
  if (exponent == 0)
    return zeros(d);
  // Of a loss d is a constant: one product is left.
  if (exponent == 2)
    return d * 2.0 * x;
  Rule *rule = d.rule;
  Value base = rule->use(x);
  Expr power{rule,
             PowScalarOp::create(rule->builder, rule->op->getLoc(), base, APFloat(exponent - 1))};
  return d * (power * exponent);
}

Expr castLike(Expr d, Expr x) {
  Rule *rule = d.rule;
  Location loc = rule->op->getLoc();
  if (!isa<FloatType>(typeOf(x.value).getElementType()))
    return zerosLike(x);
  return {rule, CastOp::create(rule->builder, loc, x.value.getType(), rule->use(d))};
}

Expr reshapeLike(Expr d, Expr x) {
  Rule *rule = d.rule;
  return {rule,
          ReshapeOp::create(rule->builder, rule->op->getLoc(), x.value.getType(), rule->use(d))};
}

static SmallVector<int64_t> complement(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> rest;
  for (int64_t i = 0; i < rank; ++i)
    if (!llvm::is_contained(dims, i))
      rest.push_back(i);
  return rest;
}

Expr broadcastBack(Expr d, Expr x, ArrayRef<int64_t> dims) {
  Rule *rule = d.rule;
  auto type = typeOf(x.value);
  return {rule, BroadcastOp::create(rule->builder, rule->op->getLoc(), type, rule->use(d),
                                    complement(type.getRank(), dims))};
}

Expr shareAmongAll(Expr d, Expr x, ArrayRef<int64_t> dims) {
  double n = 1;
  for (int64_t i : dims)
    n *= typeOf(x.value).getDimSize(i);
  // Nobody gets anything, and 0 / 0 must not reach `d` when this is differentiated again.
  return n == 0 ? zerosLike(x) : broadcastBack(d / n, x, dims);
}

Expr reduceBack(Expr d, ArrayRef<int64_t> kept) {
  SmallVector<int64_t> dims = complement(typeOf(d.value).getRank(), kept);
  return dims.empty() ? d : op<ReduceSumOp>(d, ArrayRef<int64_t>(dims));
}

Expr shareAmongEqual(Expr d, Expr x, Expr y, ArrayRef<int64_t> dims) {
  Rule *rule = d.rule;
  Expr equal = x == broadcastBack(y, x, dims);
  Value mask = CastOp::create(rule->builder, rule->op->getLoc(), x.value.getType(), equal.value);
  Expr ties = op<ReduceSumOp>(Expr{rule, mask}, dims);
  // A product and not a select: where the extremum is NaN nothing equals it, and 0 / 0 is NaN.
  return broadcastBack(d, x, dims) * Expr{rule, mask} / broadcastBack(ties, x, dims);
}

SmallVector<int64_t> inverse(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> result(permutation.size());
  for (auto [i, p] : llvm::enumerate(permutation))
    result[p] = i;
  return result;
}

//===-- Contraction ---------------------------------------------------------------------------===//

/// The gradient by one operand: `d` contracted with the other operand over the other's free
/// dimensions, in the order of the two that leaves the fewest dimensions to transpose. `dFree` is
/// where the other operand's free dimensions stand in `d`.
static Expr contractBack(Expr d, Expr other, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract,
                         ArrayRef<int64_t> otherBatch, ArrayRef<int64_t> otherContract,
                         int64_t rank, int64_t dFree) {
  Rule *rule = d.rule;
  OpBuilder &b = rule->builder;
  Location loc = rule->op->getLoc();
  int64_t otherRank = typeOf(other.value).getRank();
  SmallVector<int64_t> otherTaken(otherBatch);
  otherTaken.append(otherContract.begin(), otherContract.end());
  SmallVector<int64_t> otherFree = complement(otherRank, otherTaken), dBatch, dContract;
  for (size_t i = 0; i < batch.size(); ++i)
    dBatch.push_back(i);
  for (size_t i = 0; i < otherFree.size(); ++i)
    dContract.push_back(dFree + i);
  // The product has its batch dimensions, then own free ones ascending and the contracted ones in
  // `other`'s order, or these two the other way round.
  SmallVector<int64_t> taken(batch);
  taken.append(contract.begin(), contract.end());
  SmallVector<int64_t> free = complement(rank, taken), summed;
  SmallVector<std::pair<int64_t, int64_t>> order;
  for (auto [mine, theirs] : llvm::zip(contract, otherContract))
    order.push_back({theirs, mine});
  llvm::sort(order);
  for (auto [theirs, mine] : order)
    summed.push_back(mine);
  bool otherFirst = !summed.empty() && !free.empty() && summed.front() < free.front();
  SmallVector<int64_t> layout(batch);
  llvm::append_range(layout, otherFirst ? summed : free);
  llvm::append_range(layout, otherFirst ? free : summed);
  Value product = otherFirst ? ContractOp::create(b, loc, rule->use(other), rule->use(d),
                                                  otherBatch, dBatch, otherFree, dContract)
                             : ContractOp::create(b, loc, rule->use(d), rule->use(other), dBatch,
                                                  otherBatch, dContract, otherFree);
  SmallVector<int64_t> perm = inverse(layout);
  if (llvm::is_sorted(perm))
    return {rule, product};
  return {rule, TransposeOp::create(b, loc, product, perm)};
}

Expr contractBackA(Expr d, Expr b, ContractOp c) {
  int64_t rank = typeOf(c.getA()).getRank();
  int64_t dFree = rank - c.getAContract().size();
  return contractBack(d, b, c.getABatch(), c.getAContract(), c.getBBatch(), c.getBContract(), rank,
                      dFree);
}

Expr contractBackB(Expr d, Expr a, ContractOp c) {
  int64_t rank = typeOf(c.getB()).getRank();
  return contractBack(d, a, c.getBBatch(), c.getBContract(), c.getABatch(), c.getAContract(), rank,
                      c.getABatch().size());
}

//===-- Slices --------------------------------------------------------------------------------===//

Expr padBack(Expr d, Expr x, SliceOp s) {
  SmallVector<int64_t> low(s.getStarts()), high, interior;
  auto to = typeOf(x.value), from = typeOf(d.value);
  for (int64_t i = 0; i < to.getRank(); ++i) {
    int64_t n = from.getDimSize(i), step = s.getStrides()[i];
    int64_t span = n == 0 ? 0 : (n - 1) * step + 1;
    if (n == 0)
      low[i] = 0;
    high.push_back(to.getDimSize(i) - low[i] - span);
    interior.push_back(step - 1);
  }
  Rule *rule = d.rule;
  return {rule, PadOp::create(rule->builder, rule->op->getLoc(), rule->use(d), low, high, interior,
                              APFloat(0.0))};
}

static Expr slice(Expr d, ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
                  ArrayRef<int64_t> strides) {
  SmallVector<int64_t> limits;
  for (size_t i = 0; i < sizes.size(); ++i)
    limits.push_back(sizes[i] == 0 ? starts[i] : starts[i] + (sizes[i] - 1) * strides[i] + 1);
  return op<SliceOp>(d, starts, ArrayRef<int64_t>(limits), strides);
}

Expr sliceBack(Expr d, Expr u, UpdateSliceOp s) {
  return slice(d, s.getStarts(), typeOf(u.value).getShape(), s.getStrides());
}

Expr unpadBack(Expr d, PadOp p) {
  SmallVector<int64_t> strides;
  for (int64_t i : p.getInterior())
    strides.push_back(i + 1);
  return slice(d, p.getLow(), typeOf(p.getX()).getShape(), strides);
}

//===-- Rules in C++ --------------------------------------------------------------------------===//

void PadOp::buildJvp(Jvp &rule) {
  Location loc = getLoc();
  rule.contribute(0, {&rule, PadOp::create(rule.builder, loc, rule.tangent(0).value, getLow(),
                                           getHigh(), getInterior(), APFloat(0.0))});
}

/// The tangent of an extremum is the mean of the tangents at the places that attain it.
template <typename OpT> static void extremumJvp(OpT self, Jvp &rule) {
  Expr x = rule.operand(0), y = rule.result(0), t = rule.tangent(0);
  Expr equal = x == broadcastBack(y, x, self.getDims());
  Value mask = CastOp::create(rule.builder, self.getLoc(), x.value.getType(), equal.value);
  Expr ties = op<ReduceSumOp>(Expr{&rule, mask}, self.getDims());
  rule.contribute(0, op<ReduceSumOp>(select(equal, t, 0.0), self.getDims()) / ties);
}
void ReduceMaxOp::buildJvp(Jvp &rule) { extremumJvp(*this, rule); }
void ReduceMinOp::buildJvp(Jvp &rule) { extremumJvp(*this, rule); }

void ConcatOp::buildVjp(Vjp &rule) {
  auto type = typeOf(getY());
  int64_t at = 0, dim = getDim();
  for (auto [i, part] : llvm::enumerate(getParts())) {
    auto shape = typeOf(part).getShape();
    SmallVector<int64_t> starts(type.getRank(), 0), strides(type.getRank(), 1);
    starts[dim] = at;
    at += shape[dim];
    if (rule.isActive(i))
      rule.contribute(i, slice(rule.cotangent(0), starts, shape, strides));
  }
}
void ConcatOp::buildJvp(Jvp &rule) { rule.linear(); }

} // namespace gradc::ag
