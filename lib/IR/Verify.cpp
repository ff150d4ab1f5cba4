// Verify.cpp - result types and verifiers of the ag dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"
#include "gradc/IR/Data.h"
#include <cmath>

using namespace mlir;
using namespace gradc::ag;
using MaybeLoc = std::optional<Location>;
using Types = SmallVectorImpl<Type>;

static RankedTensorType tensorOf(Value v) { return cast<RankedTensorType>(v.getType()); }

static std::string text(ArrayRef<int64_t> list) {
  std::string s = "[";
  for (auto [i, x] : llvm::enumerate(list))
    s += (i ? ", " : "") + std::to_string(x);
  return s + "]";
}

/// Whether `dims` are distinct, ascending and below `rank`.
static LogicalResult checkDims(MaybeLoc loc, StringRef name, ArrayRef<int64_t> dims, int64_t rank) {
  int64_t last = -1;
  for (int64_t d : dims) {
    if (d <= last || d >= rank)
      return emitOptionalError(loc, "expected '", name, "' to be ascending dimensions below ", rank,
                               ", got ", text(dims));
    last = d;
  }
  return success();
}

LogicalResult CompareOp::inferReturnTypes(MLIRContext *, MaybeLoc, Adaptor a, Types &out) {
  out.push_back(boolLike(a.getA().getType()));
  return success();
}

LogicalResult PowScalarOp::verify() {
  double exponent = getExponent().convertToDouble();
  bool whole = exponent >= 0 && exponent <= double(1LL << 53) && std::floor(exponent) == exponent;
  if (isa<IntegerType>(tensorOf(getX()).getElementType()) && !whole)
    return emitOpError("expected a whole exponent from 0 to 2^53 for integers, got ") << exponent;
  return success();
}

LogicalResult PolygammaOp::verify() {
  if (getN() < 1 || getN() > 20)
    return emitOpError("expected n from 1 to 20, got ") << getN();
  return success();
}

//===-- Reduction -----------------------------------------------------------------------------===//

static LogicalResult inferReduce(MaybeLoc loc, Value x, ArrayRef<int64_t> dims, bool nonEmpty,
                                 Types &out) {
  auto type = tensorOf(x);
  if (failed(checkDims(loc, "dims", dims, type.getRank())))
    return failure();
  SmallVector<int64_t> shape;
  int64_t count = 1;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (llvm::is_contained(dims, i))
      count *= type.getDimSize(i);
    else
      shape.push_back(type.getDimSize(i));
  }
  if (nonEmpty && count == 0)
    return emitOptionalError(loc, "expected elements to take the extremum of, got shape ",
                             text(type.getShape()), " over dims ", text(dims));
  out.push_back(RankedTensorType::get(shape, type.getElementType()));
  return success();
}
LogicalResult ReduceSumOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  return inferReduce(loc, a.getX(), a.getDims(), false, out);
}
LogicalResult ReduceMeanOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  return inferReduce(loc, a.getX(), a.getDims(), false, out);
}
LogicalResult ReduceMaxOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  return inferReduce(loc, a.getX(), a.getDims(), true, out);
}
LogicalResult ReduceMinOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  return inferReduce(loc, a.getX(), a.getDims(), true, out);
}

//===-- Contraction ---------------------------------------------------------------------------===//

/// Appends the sizes of the dimensions of `type` that are in neither list.
static void appendFree(RankedTensorType type, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract,
                       SmallVectorImpl<int64_t> &shape) {
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (!llvm::is_contained(batch, i) && !llvm::is_contained(contract, i))
      shape.push_back(type.getDimSize(i));
}

static LogicalResult checkPairs(MaybeLoc loc, StringRef what, RankedTensorType a,
                                RankedTensorType b, ArrayRef<int64_t> aDims,
                                ArrayRef<int64_t> bDims) {
  if (aDims.size() != bDims.size())
    return emitOptionalError(loc, "expected as many ", what, " dimensions on both sides, got ",
                             text(aDims), " and ", text(bDims));
  for (auto [i, k] : llvm::zip(aDims, bDims)) {
    if (i < 0 || i >= a.getRank() || k < 0 || k >= b.getRank())
      return emitOptionalError(loc, "expected ", what, " dimensions below the ranks ", a.getRank(),
                               " and ", b.getRank(), ", got ", text(aDims), " and ", text(bDims));
    if (a.getDimSize(i) != b.getDimSize(k))
      return emitOptionalError(loc, "expected equal ", what, " sizes, got ", a.getDimSize(i),
                               " and ", b.getDimSize(k));
  }
  return success();
}

LogicalResult ContractOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor c, Types &out) {
  auto a = tensorOf(c.getA()), b = tensorOf(c.getB());
  if (a.getElementType() != b.getElementType())
    return emitOptionalError(loc, "expected equal element types, got ", a.getElementType(), " and ",
                             b.getElementType());
  if (failed(checkPairs(loc, "batch", a, b, c.getABatch(), c.getBBatch())) ||
      failed(checkPairs(loc, "contracted", a, b, c.getAContract(), c.getBContract())))
    return failure();
  auto distinct = [](ArrayRef<int64_t> x, ArrayRef<int64_t> y) {
    SmallVector<int64_t> all(x);
    llvm::append_range(all, y);
    llvm::sort(all);
    return std::adjacent_find(all.begin(), all.end()) == all.end();
  };
  if (!distinct(c.getABatch(), c.getAContract()) || !distinct(c.getBBatch(), c.getBContract()))
    return emitOptionalError(loc,
                             "expected every dimension at most once among batch and contracted");
  SmallVector<int64_t> shape;
  for (int64_t i : c.getABatch())
    shape.push_back(a.getDimSize(i));
  appendFree(a, c.getABatch(), c.getAContract(), shape);
  appendFree(b, c.getBBatch(), c.getBContract(), shape);
  out.push_back(RankedTensorType::get(shape, a.getElementType()));
  return success();
}

//===-- Shape ---------------------------------------------------------------------------------===//

LogicalResult IotaOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (getDim() >= uint64_t(type.getRank()))
    return emitOpError("expected 'dim' below ") << type.getRank() << ", got " << int64_t(getDim());
  return success();
}

LogicalResult BroadcastOp::verify() {
  auto from = tensorOf(getX()), to = tensorOf(getY());
  if (int64_t(getDims().size()) != from.getRank())
    return emitOpError("expected ") << from.getRank() << " dims, got " << text(getDims());
  if (failed(checkDims(getLoc(), "dims", getDims(), to.getRank())))
    return failure();
  if (from.getElementType() != to.getElementType())
    return emitOpError("expected element type ")
           << from.getElementType() << ", got " << to.getElementType();
  for (auto [i, d] : llvm::enumerate(getDims()))
    if (from.getDimSize(i) != to.getDimSize(d))
      return emitOpError("expected size ")
             << from.getDimSize(i) << " at result dimension " << d << ", got " << to.getDimSize(d);
  return success();
}

LogicalResult ReshapeOp::verify() {
  auto from = tensorOf(getX()), to = tensorOf(getY());
  if (from.getElementType() != to.getElementType())
    return emitOpError("expected element type ")
           << from.getElementType() << ", got " << to.getElementType();
  if (from.hasStaticShape() && to.hasStaticShape() && from.getNumElements() != to.getNumElements())
    return emitOpError("expected ")
           << from.getNumElements() << " elements, got " << to.getNumElements();
  return success();
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  auto type = tensorOf(a.getX());
  SmallVector<int64_t> sorted(a.getPerm()), shape;
  llvm::sort(sorted);
  bool good = int64_t(sorted.size()) == type.getRank();
  for (auto [i, p] : llvm::enumerate(sorted))
    good &= p == int64_t(i);
  if (!good)
    return emitOptionalError(loc, "expected 'perm' to be a permutation of the ", type.getRank(),
                             " dimensions, got ", text(a.getPerm()));
  for (int64_t p : a.getPerm())
    shape.push_back(type.getDimSize(p));
  out.push_back(RankedTensorType::get(shape, type.getElementType()));
  return success();
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  auto type = tensorOf(a.getX());
  size_t rank = type.getRank();
  if (a.getStarts().size() != rank || a.getLimits().size() != rank || a.getStrides().size() != rank)
    return emitOptionalError(loc, "expected ", rank, " starts, limits and strides");
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < rank; ++i) {
    int64_t from = a.getStarts()[i], to = a.getLimits()[i], step = a.getStrides()[i];
    if (from < 0 || to < from || to > type.getDimSize(i) || step < 1)
      return emitOptionalError(loc, "expected 0 <= start <= limit <= ", type.getDimSize(i),
                               " and stride >= 1 at dimension ", i, ", got ", from, ", ", to, ", ",
                               step);
    shape.push_back((to - from + step - 1) / step);
  }
  out.push_back(RankedTensorType::get(shape, type.getElementType()));
  return success();
}

LogicalResult UpdateSliceOp::verify() {
  auto x = tensorOf(getX()), u = tensorOf(getU());
  size_t rank = x.getRank();
  if (size_t(u.getRank()) != rank || getStarts().size() != rank || getStrides().size() != rank)
    return emitOpError("expected ") << rank << " dimensions, starts and strides";
  if (x.getElementType() != u.getElementType())
    return emitOpError("expected element type ")
           << x.getElementType() << ", got " << u.getElementType();
  for (size_t i = 0; i < rank; ++i) {
    int64_t n = u.getDimSize(i), from = getStarts()[i], step = getStrides()[i];
    if (from < 0 || step < 1 || (n && from + (n - 1) * step >= x.getDimSize(i)))
      return emitOpError("expected the box inside size ")
             << x.getDimSize(i) << " at dimension " << i << ", got start " << from << ", size " << n
             << ", stride " << step;
  }
  return success();
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  auto type = tensorOf(a.getX());
  size_t rank = type.getRank();
  if (a.getLow().size() != rank || a.getHigh().size() != rank || a.getInterior().size() != rank)
    return emitOptionalError(loc, "expected ", rank, " low, high and interior paddings");
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < rank; ++i) {
    int64_t low = a.getLow()[i], high = a.getHigh()[i], inner = a.getInterior()[i];
    if (low < 0 || high < 0 || inner < 0)
      return emitOptionalError(loc, "expected paddings not below 0 at dimension ", i, ", got ", low,
                               ", ", high, ", ", inner);
    int64_t n = type.getDimSize(i);
    shape.push_back(low + high + n + (n ? (n - 1) * inner : 0));
  }
  out.push_back(RankedTensorType::get(shape, type.getElementType()));
  return success();
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  if (a.getParts().empty())
    return emitOptionalError(loc, "expected at least one part");
  auto first = tensorOf(a.getParts()[0]);
  int64_t dim = a.getDim(), total = 0;
  if (dim < 0 || dim >= first.getRank())
    return emitOptionalError(loc, "expected 'dim' below ", first.getRank(), ", got ", dim);
  for (Value p : a.getParts()) {
    auto type = tensorOf(p);
    SmallVector<int64_t> shape(type.getShape()), wanted(first.getShape());
    if (shape.size() == wanted.size())
      shape[dim] = wanted[dim];
    if (shape != wanted || type.getElementType() != first.getElementType())
      return emitOptionalError(loc, "expected parts like ", first, " but for dimension ", dim,
                               ", got ", type);
    total += type.getDimSize(dim);
  }
  SmallVector<int64_t> shape(first.getShape());
  shape[dim] = total;
  out.push_back(RankedTensorType::get(shape, first.getElementType()));
  return success();
}

//===-- State and autograd --------------------------------------------------------------------===//

LogicalResult VariableOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape())
    return emitOpError("expected a ranked tensor type of static shape, got ") << getType();
  static const StringRef kinds[] = {"parameter", "buffer", "grad", "state", "local", "residual"};
  if (!llvm::is_contained(kinds, getKind()))
    return emitOpError("expected kind parameter, buffer, grad, state, local or residual, got '")
           << getKind() << "'";
  if (getRequiresGrad() && !isa<FloatType>(type.getElementType()))
    return emitOpError("only floating point variables can require gradients, got ") << type;
  if (getInit() && getInit()->getType() != type)
    return emitOpError("expected an initial value of type ")
           << type << ", got " << getInit()->getType();
  if (isa_and_present<DenseResourceElementsAttr>(getInitAttr()) && !resourceBytes(getInitAttr()))
    return emitOpError("expected an initial value with the bytes of ") << type;
  return success();
}

static LogicalResult checkUse(Operation *op, FlatSymbolRefAttr symbol, Type type, bool leaf,
                              SymbolTableCollection &table) {
  auto variable = table.lookupNearestSymbolFrom<VariableOp>(op, symbol);
  if (!variable)
    return op->emitOpError("expected a variable named ") << symbol << ", found none";
  if (type && variable.getType() != type)
    return op->emitOpError("expected the type ")
           << variable.getType() << " of " << symbol << ", got " << type;
  if (leaf && !variable.getRequiresGrad())
    return op->emitOpError("expected a variable that requires grad, got ") << symbol;
  return success();
}
LogicalResult GetOp::verifySymbolUses(SymbolTableCollection &t) {
  return checkUse(*this, getVariableAttr(), getValue().getType(), false, t);
}
LogicalResult SetOp::verifySymbolUses(SymbolTableCollection &t) {
  return checkUse(*this, getVariableAttr(), getValue().getType(), false, t);
}
LogicalResult GradOp::verifySymbolUses(SymbolTableCollection &t) {
  return checkUse(*this, getVariableAttr(), getValue().getType(), true, t);
}
LogicalResult SetGradOp::verifySymbolUses(SymbolTableCollection &t) {
  return checkUse(*this, getVariableAttr(), getValue().getType(), true, t);
}
LogicalResult ZeroGradOp::verifySymbolUses(SymbolTableCollection &t) {
  return checkUse(*this, getVariableAttr(), Type(), true, t);
}

/// The cotangent of a value has its type; it may be left out for one element only.
static LogicalResult checkCotangent(Operation *op, Value value, Value cotangent) {
  auto type = tensorOf(value);
  if (cotangent && cotangent.getType() != type)
    return op->emitOpError("expected a cotangent of type ")
           << type << ", got " << cotangent.getType();
  if (!cotangent && type.getNumElements() != 1)
    return op->emitOpError("grad can be implicitly created only for scalar outputs");
  return success();
}
LogicalResult BackwardOp::verify() { return checkCotangent(*this, getValue(), getCotangent()); }

LogicalResult GradientOp::verify() {
  if (getWrt().getTypes() != getGradients().getTypes())
    return emitOpError("expected one gradient of the type of each 'wrt'");
  return checkCotangent(*this, getValue(), getCotangent());
}

LogicalResult TangentOp::verify() {
  if (getWrt().getTypes() != getTangents().getTypes())
    return emitOpError("expected one tangent of the type of each 'wrt'");
  if (getValue().getType() != getTangent().getType())
    return emitOpError("expected a tangent of type ") << getValue().getType();
  return success();
}

static LogicalResult checkYield(Operation *op) {
  auto yield = cast<YieldOp>(op->getRegion(0).front().getTerminator());
  if (yield.getValues().getTypes() != op->getResultTypes())
    return op->emitOpError("expected the yielded types to be the result types");
  return success();
}
LogicalResult NoGradOp::verify() { return checkYield(*this); }
LogicalResult CheckpointOp::verify() { return checkYield(*this); }

static LogicalResult checkFloats(Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (isa<FloatType>(type.getElementType()))
    return success();
  return op->emitOpError("expected a float tensor, got ") << type;
}
LogicalResult RandnOp::verify() { return checkFloats(*this); }
LogicalResult RandOp::verify() { return checkFloats(*this); }

LogicalResult RandintOp::verify() {
  // The accessors are unsigned.
  int64_t low = getLow(), high = getHigh();
  if (low < high)
    return success();
  return emitOpError("expected low below high, got ") << low << " and " << high;
}

LogicalResult RandpermOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (type.getRank() == 1 && isa<IntegerType>(type.getElementType()))
    return success();
  return emitOpError("expected a vector of integers, got ") << type;
}

LogicalResult PrintOp::verify() {
  size_t operands = 0;
  for (Attribute a : getParts()) {
    StringRef part = cast<StringAttr>(a).getValue();
    if (part == "none" || part.starts_with("text:"))
      continue;
    if (part != "tensor" && part != "number" && part != "number:u8" && !part.starts_with("tensor:"))
      return emitOpError("expected parts tensor, number, text:... or none, got '") << part << "'";
    if (operands < getValues().size() && part.starts_with("number") &&
        tensorOf(getValues()[operands]).getNumElements() != 1)
      return emitOpError("expected one element to print as a number, got ")
             << getValues()[operands].getType();
    ++operands;
  }
  if (operands != getValues().size())
    return emitOpError("expected ")
           << operands << " operands for the parts, got " << getValues().size();
  return success();
}
