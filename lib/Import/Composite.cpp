// Composite.cpp - the vocabulary of composite ops: arithmetic, shapes and reductions of Terms.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Composite.h"

using namespace mlir;
namespace gradc::graph {

//===-- Calls ---------------------------------------------------------------------------------===//

Term Call::input(unsigned i) { return {&importer, node.loc, importer.readInput(node, i)}; }

bool Call::has(unsigned i) const { return i < node.inputs.size() && !node.inputs[i].isAbsent; }

double Call::number(StringRef key, double absent) const {
  const Json *json = node.attribute(key);
  return json ? numberOf(*json) : absent;
}

StringRef Call::text(StringRef key, StringRef absent) const {
  const Json *json = node.attribute(key);
  return json ? StringRef(json->text) : absent;
}

LogicalResult Call::result(Term y) {
  if (!y || failed(checkResult(importer, node, y.value)))
    return failure();
  node.results = {importer.makeTensor(y.value, importer.needsGrad(node) && y.isFloat())};
  return success();
}

LogicalResult Call::results(ArrayRef<Term> ys) {
  bool history = importer.needsGrad(node);
  for (const Term &y : ys) {
    if (!y || failed(checkResult(importer, node, y.value)))
      return failure();
    node.results.push_back(importer.makeTensor(y.value, history && y.isFloat()));
  }
  const Json *names = node.attribute("names");
  if (!names)
    return success();
  if (names->items.size() > ys.size())
    return importer.expected(*names, "a list of at most " + Twine(ys.size()) + " for 'names'");
  node.definesNames = true;
  for (auto [name, result] : llvm::zip(names->items, node.results))
    if (failed(importer.define(name, name.text, result)))
      return failure();
  return success();
}

LogicalResult Call::dim(StringRef key, int64_t absent, int64_t rank, int64_t &result) {
  const Json *at = node.attribute(key);
  return wrapDim(importer, at ? *at : node.json, node.integer(key, absent), rank, result);
}

Term Call::constant(ArrayRef<int64_t> shape, Type element, double value) {
  return {&importer, node.loc, importer.splat(importer.makeType(shape, element), value, node.loc)};
}

//===-- Arithmetic ----------------------------------------------------------------------------===//

/// Gives both one shape and one element type; false after an error.
static bool unify(Term &a, Term &c) {
  if (!a || !c)
    return false;
  Shape shape;
  if (failed(broadcastShapes(*a.importer, a.loc, a.shape(), c.shape(), shape)))
    return false;
  Operand operands[2];
  for (int i = 0; i < 2; ++i) {
    operands[i].tensor = std::make_shared<Tensor>();
    operands[i].tensor->type = (i ? c : a).type();
  }
  Type element = commonType(*a.importer, operands);
  for (Term *x : {&a, &c}) {
    Term same = cast(*x, element);
    // PyTorch saves what it was given.
    if (same.value != x->value && x->isFloat())
      same.value.getDefiningOp()->setAttr("ag.saves_operand", a.importer->b.getUnitAttr());
    *x = expand(same, shape);
  }
  return true;
}

template <typename OpT> static Term binary(Term a, Term c) {
  if (!unify(a, c))
    return a.with({});
  return a.with(OpT::create(a.importer->b, a.loc, a.value, c.value));
}
template <typename OpT> static Term unary(Term x) {
  return x ? x.with(OpT::create(x.importer->b, x.loc, x.value)) : x;
}

Term full(Term like, double value) {
  return like ? like.with(like.importer->splat(like.type(), value, like.loc)) : like;
}

Term operator+(Term a, Term c) { return binary<ag::AddOp>(a, c); }
Term operator-(Term a, Term c) { return binary<ag::SubOp>(a, c); }
Term operator*(Term a, Term c) { return binary<ag::MulOp>(a, c); }
Term operator/(Term a, Term c) { return binary<ag::DivOp>(a, c); }
Term operator+(Term a, double c) { return a + full(a, c); }
Term operator-(Term a, double c) { return a - full(a, c); }
Term operator-(double a, Term c) { return full(c, a) - c; }
Term operator*(Term a, double c) { return a * full(a, c); }
Term operator/(Term a, double c) { return a / full(a, c); }
Term operator-(Term a) { return unary<ag::NegOp>(a); }
Term maximum(Term a, Term c) { return binary<ag::MaximumOp>(a, c); }
Term maximum(Term a, double c) { return maximum(a, full(a, c)); }
Term minimum(Term a, Term c) { return binary<ag::MinimumOp>(a, c); }
Term minimum(Term a, double c) { return minimum(a, full(a, c)); }
Term logicalAnd(Term a, Term c) { return binary<ag::LogicalAndOp>(a, c); }
Term logicalNot(Term a) { return unary<ag::LogicalNotOp>(a); }
Term exp(Term x) { return unary<ag::ExpOp>(x); }
Term log(Term x) { return unary<ag::LogOp>(x); }
Term sqrt(Term x) { return unary<ag::SqrtOp>(x); }
Term abs(Term x) { return unary<ag::AbsOp>(x); }
Term sign(Term x) { return unary<ag::SignOp>(x); }
Term tanh(Term x) { return unary<ag::TanhOp>(x); }
Term relu(Term x) { return unary<ag::ReluOp>(x); }
Term sigmoid(Term x) { return unary<ag::SigmoidOp>(x); }

Term compare(Term a, Term c, ag::Predicate predicate) {
  if (!unify(a, c))
    return a.with({});
  return a.with(ag::CompareOp::create(a.importer->b, a.loc, a.value, c.value, predicate));
}
Term compare(Term a, double c, ag::Predicate predicate) {
  return compare(a, full(a, c), predicate);
}

Term select(Term condition, Term a, Term c) {
  if (!condition || !unify(a, c))
    return condition.with({});
  Shape shape;
  if (failed(broadcastShapes(*a.importer, a.loc, condition.shape(), a.shape(), shape)))
    return condition.with({});
  a = expand(a, shape);
  c = expand(c, shape);
  condition = expand(condition, shape);
  return a.with(ag::SelectOp::create(a.importer->b, a.loc, condition.value, a.value, c.value));
}
Term select(Term condition, Term a, double c) { return select(condition, a, full(a, c)); }
Term select(Term condition, double a, Term c) { return select(condition, full(c, a), c); }

Term pow(Term x, double exponent) {
  if (!x)
    return x;
  return x.with(ag::PowScalarOp::create(x.importer->b, x.loc, x.value, APFloat(exponent)));
}

Term xlogy(Term x, Term y) {
  if (!unify(x, y))
    return x.with({});
  // Where x is 0 the logarithm is that of 1, so that no inf times 0 arises in its gradient.
  Term isZero = logicalAnd(compare(x, 0, ag::Predicate::eq), compare(y, y, ag::Predicate::eq));
  return select(isZero, 0, x * log(select(isZero, 1, y)));
}

Term logSigmoid(Term x) { return unary<ag::LogSigmoidOp>(x); }

//===-- Conversion and shape ------------------------------------------------------------------===//

Term cast(Term x, Type element) {
  return x ? x.with(x.importer->cast(x.value, element, x.loc)) : x;
}

Term detach(Term x) { return unary<ag::DetachOp>(x); }

Term iota(Term like, ArrayRef<int64_t> shape, int64_t dim) {
  auto type = RankedTensorType::get(shape, like.importer->b.getI64Type());
  return like.with(ag::IotaOp::create(like.importer->b, like.loc, type, dim));
}

Term reshape(Term x, ArrayRef<int64_t> shape) {
  return x ? x.with(x.importer->reshape(x.value, shape, x.loc)) : x;
}

Term permute(Term x, ArrayRef<int64_t> perm) {
  if (!x || llvm::is_sorted(perm))
    return x;
  return x.with(ag::TransposeOp::create(x.importer->b, x.loc, x.value, perm));
}

Term transpose(Term x, int64_t a, int64_t c) {
  if (!x)
    return x;
  SmallVector<int64_t> perm = range(0, x.rank());
  std::swap(perm[a < 0 ? a + x.rank() : a], perm[c < 0 ? c + x.rank() : c]);
  return permute(x, perm);
}

Term expand(Term x, ArrayRef<int64_t> shape) {
  return x ? x.with(x.importer->broadcast(x.value, shape, x.loc)) : x;
}

Term unsqueeze(Term x, int64_t dim) {
  if (!x)
    return x;
  Shape shape(x.shape());
  shape.insert(shape.begin() + (dim < 0 ? dim + x.rank() + 1 : dim), 1);
  return reshape(x, shape);
}

Term slice(Term x, int64_t dim, int64_t start, int64_t end) {
  if (!x || (start == 0 && end == x.size(dim)))
    return x;
  Shape starts(x.rank(), 0), limits(x.shape()), steps(x.rank(), 1);
  starts[dim] = start;
  limits[dim] = end;
  return x.with(ag::SliceOp::create(x.importer->b, x.loc, x.value, starts, limits, steps));
}

Term concat(ArrayRef<Term> parts, int64_t dim) {
  SmallVector<Value> values;
  for (const Term &part : parts) {
    if (!part)
      return part;
    values.push_back(part.value);
  }
  const Term &first = parts.front();
  if (parts.size() == 1)
    return first;
  return first.with(ag::ConcatOp::create(first.importer->b, first.loc, values, dim));
}

//===-- Reductions and contractions -----------------------------------------------------------===//

SmallVector<int64_t> range(int64_t from, int64_t to) {
  return llvm::to_vector(llvm::seq<int64_t>(from, std::max(from, to)));
}

template <typename OpT> static Term reduce(Term x, Dims dims, bool keep) {
  if (!x || dims.empty())
    return x;
  SmallVector<int64_t> wrapped;
  for (int64_t dim : dims)
    wrapped.push_back(dim < 0 ? dim + x.rank() : dim);
  llvm::sort(wrapped);
  Term y = x.with(OpT::create(x.importer->b, x.loc, x.value, wrapped));
  if (!keep)
    return y;
  Shape shape(x.shape());
  for (int64_t dim : wrapped)
    shape[dim] = 1;
  return reshape(y, shape);
}

Term sum(Term x, Dims dims, bool keep) { return reduce<ag::ReduceSumOp>(x, dims, keep); }
Term mean(Term x, Dims dims, bool keep) { return reduce<ag::ReduceMeanOp>(x, dims, keep); }
Term amax(Term x, Dims dims, bool keep) { return reduce<ag::ReduceMaxOp>(x, dims, keep); }
Term sumAll(Term x) { return x ? sum(x, range(0, x.rank())) : x; }
Term meanAll(Term x) { return x ? mean(x, range(0, x.rank())) : x; }

Term contract(Term a, Term c, Dims aBatch, Dims cBatch, Dims aContract, Dims cContract) {
  if (!a || !c)
    return a.with({});
  return a.with(ag::ContractOp::create(a.importer->b, a.loc, a.value, c.value, aBatch, cBatch,
                                       aContract, cContract));
}

Term linear(Term x, Term weight) {
  return x && weight ? contract(x, weight, {}, {}, {x.rank() - 1}, {1}) : x.with({});
}

Term logSoftmax(Term x, int64_t dim) {
  if (!x)
    return x;
  SmallVector<int64_t> dims = range(dim, x.rank() ? dim + 1 : dim);
  return x.with(ag::LogSoftmaxOp::create(x.importer->b, x.loc, x.value, dims));
}

Term softmax(Term x, int64_t dim) {
  if (!x)
    return x;
  SmallVector<int64_t> dims = range(dim, x.rank() ? dim + 1 : dim);
  return x.with(ag::SoftmaxOp::create(x.importer->b, x.loc, x.value, dims));
}

} // namespace gradc::graph
