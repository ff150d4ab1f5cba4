// Structure.cpp - indices, their checks, and reductions that composites are made of.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Structure.h"
#include "gradc/IR/Data.h"

using namespace mlir;
namespace gradc::graph {

static OpBuilder &builderOf(const Term &x) { return x.importer->b; }

Term gather(Term x, Term index, int64_t dim) {
  if (!x || !index)
    return x.with({});
  return x.with(ag::GatherOp::create(builderOf(x), x.loc, x.value, index.value, dim));
}

void expectAll(Term condition, const Twine &text) {
  if (!condition || condition.numel() == 0)
    return;
  condition = reduceBools(condition, range(0, condition.rank()), true);
  ag::ExpectOp::create(builderOf(condition), condition.loc, condition.value, text.str());
}

/// Whether all elements of a constant are in range; nothing for what is no constant.
static std::optional<bool> constantInRange(Term index, int64_t least, int64_t size) {
  auto constant = index.value.getDefiningOp<ag::ConstantOp>();
  if (!constant)
    return std::nullopt;
  DenseElementsAttr data = denseElements(constant.getValue());
  for (const APInt &i : data.getValues<APInt>())
    if (i.getSExtValue() < least || i.getSExtValue() >= size)
      return false;
  return true;
}

Term checkedIndex(Call &call, Term index, int64_t size, bool wraps, const Twine &text) {
  if (!index)
    return index;
  index = cast(index, call.importer.b.getI64Type());
  int64_t least = wraps ? -size : 0;
  std::optional<bool> known;
  // A cast of a constant is looked through.
  Term source = index;
  if (auto from = index.value.getDefiningOp<ag::CastOp>())
    source = index.with(from.getX());
  known = constantInRange(source, least, size);
  if ((known && !*known) || (size == 0 && index.numel() != 0)) {
    (void)call.fail(text);
    return index.with({});
  }
  if (!known)
    expectAll(logicalAnd(compare(index, double(least), ag::Predicate::ge),
                         compare(index, double(size), ag::Predicate::lt)),
              text);
  if (!wraps)
    return index;
  return select(compare(index, 0, ag::Predicate::lt), index + double(size), index);
}

//===-- Reductions ----------------------------------------------------------------------------===//

template <typename OpT> static Term reduce(Term x, Dims dims, bool keep) {
  if (!x || dims.empty())
    return x;
  SmallVector<int64_t> sorted(dims);
  llvm::sort(sorted);
  Term y = x.with(OpT::create(builderOf(x), x.loc, x.value, sorted));
  if (!keep)
    return y;
  Shape shape(x.shape());
  for (int64_t dim : sorted)
    shape[dim] = 1;
  return reshape(y, shape);
}

Term amin(Term x, Dims dims, bool keep) { return reduce<ag::ReduceMinOp>(x, dims, keep); }
Term reduceProd(Term x, Dims dims, bool keep) { return reduce<ag::ReduceProdOp>(x, dims, keep); }
Term logsumexp(Term x, Dims dims, bool keep) { return reduce<ag::LogsumexpOp>(x, dims, keep); }

Term reduceBools(Term x, Dims dims, bool all, bool keep) {
  if (!x || dims.empty())
    return x;
  Shape shape(x.shape());
  bool isEmpty = false;
  for (int64_t dim : dims) {
    isEmpty |= shape[dim] == 0;
    shape[dim] = 1;
  }
  if (!isEmpty)
    return all ? reduce<ag::ReduceMinOp>(x, dims, keep) : reduce<ag::ReduceMaxOp>(x, dims, keep);
  Shape kept;
  for (auto [i, size] : llvm::enumerate(shape))
    if (keep || !llvm::is_contained(dims, i))
      kept.push_back(size);
  auto type = x.importer->makeType(kept, x.element());
  return x.with(x.importer->splat(type, all, x.loc));
}

Term argExtremum(Term x, int64_t dim, bool least, bool keep) {
  if (!x)
    return x;
  Term most = least ? amin(x, {dim}, true) : amax(x, {dim}, true);
  Term hits = compare(x, most, ag::Predicate::eq);
  if (x.isFloat())
    hits = hits.with(ag::LogicalOrOp::create(builderOf(x), x.loc, hits.value,
                                             compare(x, x, ag::Predicate::ne).value));
  Term places = iota(x, x.shape(), dim);
  return amin(select(hits, places, double(x.size(dim))), {dim}, keep);
}

Term reverse(Term x, ArrayRef<int64_t> dims) {
  if (!x || dims.empty())
    return x;
  SmallVector<int64_t> sorted(dims);
  llvm::sort(sorted);
  return x.with(ag::ReverseOp::create(builderOf(x), x.loc, x.value, sorted));
}

Term padTo(Term x, ArrayRef<int64_t> low, ArrayRef<int64_t> high, double value) {
  if (!x)
    return x;
  SmallVector<int64_t> before(x.rank(), 0), after(x.rank(), 0), inner(x.rank(), 0);
  for (int64_t d = 0; d < x.rank(); ++d) {
    x = slice(x, d, std::max<int64_t>(0, -low[d]), x.size(d) + std::min<int64_t>(0, high[d]));
    before[d] = std::max<int64_t>(0, low[d]);
    after[d] = std::max<int64_t>(0, high[d]);
  }
  auto isZero = [](int64_t n) { return n == 0; };
  if (llvm::all_of(before, isZero) && llvm::all_of(after, isZero))
    return x;
  return x.with(
      ag::PadOp::create(builderOf(x), x.loc, x.value, before, after, inner, APFloat(value)));
}

//===-- Data ----------------------------------------------------------------------------------===//

Term indices(Call &call, ArrayRef<int64_t> shape, ArrayRef<int64_t> values) {
  OpBuilder &b = call.importer.b;
  auto type = RankedTensorType::get(shape, b.getI64Type());
  return call.none().with(
      ag::ConstantOp::create(b, call.node.loc, DenseElementsAttr::get(type, values)));
}

Term numbers(Call &call, ArrayRef<int64_t> shape, Type element, ArrayRef<double> values) {
  OpBuilder &b = call.importer.b;
  DenseElementsAttr data =
      packNumbers(RankedTensorType::get(shape, element), [&](int64_t i) { return values[i]; });
  return call.none().with(ag::ConstantOp::create(b, call.node.loc, data));
}

LogicalResult reducedDims(Call &call, int64_t rank, SmallVectorImpl<int64_t> &dims) {
  Shape stated = call.node.integers("dim");
  for (int64_t dim : stated) {
    int64_t wrapped = 0;
    if (failed(wrapDim(call.importer, *call.node.attribute("dim"), dim, rank, wrapped)))
      return failure();
    if (llvm::is_contained(dims, wrapped))
      return call.fail("dim " + Twine(wrapped) + " appears multiple times in the list of dims");
    dims.push_back(wrapped);
  }
  if (rank == 0)
    dims.clear();
  else if (stated.empty())
    llvm::append_range(dims, llvm::seq<int64_t>(rank));
  llvm::sort(dims);
  return success();
}

Term toFloat(Term x) { return x && !x.isFloat() ? cast(x, x.importer->b.getF32Type()) : x; }

} // namespace gradc::graph
