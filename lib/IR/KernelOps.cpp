// KernelOps.cpp - types, verifiers and needs of the ag ops that own a kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"
#include "gradc/IR/Convolution.h"

using namespace mlir;
using namespace gradc::ag;
using MaybeLoc = std::optional<Location>;
using Types = SmallVectorImpl<Type>;
using Pairs = SmallVector<std::pair<unsigned, unsigned>>;

static RankedTensorType tensorOf(Value v) { return cast<RankedTensorType>(v.getType()); }

static std::string text(ArrayRef<int64_t> list) {
  std::string s = "[";
  for (auto [i, x] : llvm::enumerate(list))
    s += (i ? ", " : "") + std::to_string(x);
  return s + "]";
}

//===-- Scatter -------------------------------------------------------------------------------===//

LogicalResult ScatterOp::verify() {
  auto x = tensorOf(getX()), i = tensorOf(getI()), u = tensorOf(getU());
  int64_t dim = getDim();
  if (dim < 0 || dim >= x.getRank())
    return emitOpError("expected 'dim' below ") << x.getRank() << ", got " << dim;
  if (u.getElementType() != x.getElementType())
    return emitOpError("expected element type ")
           << x.getElementType() << ", got " << u.getElementType();
  SmallVector<int64_t> shape(x.getShape().take_front(dim));
  llvm::append_range(shape, i.getShape());
  llvm::append_range(shape, x.getShape().drop_front(dim + 1));
  if (u.getShape() != ArrayRef(shape))
    return emitOpError("expected updates of shape ")
           << text(shape) << ", got " << text(u.getShape());
  return success();
}
Pairs ScatterOp::getInplacePairs() { return {{0, 0}}; }

//===-- Convolution ---------------------------------------------------------------------------===//

/// What both ops of a convolution have in common: 1 to 3 spatial dimensions, a number for each in
/// every list.
template <typename OpAdaptor>
static LogicalResult checkWindows(MaybeLoc loc, OpAdaptor a, RankedTensorType x,
                                  ArrayRef<int64_t> window) {
  int64_t n = x.getRank() - 2;
  if (n < 1 || n > 3)
    return emitOptionalError(loc, "expected 3 to 5 dimensions, got ", x.getRank());
  for (ArrayRef<int64_t> list : {a.getStrides(), a.getPaddingLow(), a.getPaddingHigh(),
                                 a.getBaseDilation(), a.getWindowDilation(), window})
    if (int64_t(list.size()) != n)
      return emitOptionalError(loc, "expected a number for each of ", n,
                               " spatial dimensions, got ", text(list));
  for (ArrayRef<int64_t> list :
       {a.getStrides(), a.getBaseDilation(), a.getWindowDilation(), window})
    if (llvm::any_of(list, [](int64_t v) { return v < 1; }))
      return emitOptionalError(loc, "expected strides, dilations and windows of 1 at least, got ",
                               text(list));
  int64_t groups = a.getGroups();
  if (groups < 1 || x.getDimSize(1) % groups != 0)
    return emitOptionalError(loc, "expected groups that divide ", x.getDimSize(1),
                             " channels, got ", groups);
  return success();
}

template <typename OpAdaptor>
static SmallVector<int64_t> convolvedShape(OpAdaptor a, RankedTensorType x, int64_t channels,
                                           ArrayRef<int64_t> window) {
  SmallVector<int64_t> shape = {x.getDimSize(0), channels};
  for (size_t i = 0; i < window.size(); ++i)
    shape.push_back(convolvedSize(x.getDimSize(i + 2), window[i], a.getStrides()[i],
                                  a.getPaddingLow()[i], a.getPaddingHigh()[i],
                                  a.getBaseDilation()[i], a.getWindowDilation()[i]));
  return shape;
}

LogicalResult ConvolutionOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  auto x = tensorOf(a.getX()), w = tensorOf(a.getW());
  if (x.getElementType() != w.getElementType())
    return emitOptionalError(loc, "expected equal element types, got ", x.getElementType(), " and ",
                             w.getElementType());
  if (x.getRank() != w.getRank())
    return emitOptionalError(loc, "expected a weight of ", x.getRank(), " dimensions, got ",
                             w.getRank());
  if (x.getRank() < 3)
    return emitOptionalError(loc, "expected 3 to 5 dimensions, got ", x.getRank());
  ArrayRef<int64_t> window = w.getShape().drop_front(2);
  if (failed(checkWindows(loc, a, x, window)))
    return failure();
  int64_t groups = a.getGroups();
  if (w.getDimSize(1) * groups != x.getDimSize(1) || w.getDimSize(0) % groups != 0)
    return emitOptionalError(loc, "expected a weight of [multiple of ", groups, ", ",
                             x.getDimSize(1) / groups, ", ...], got ", text(w.getShape()));
  out.push_back(
      RankedTensorType::get(convolvedShape(a, x, w.getDimSize(0), window), x.getElementType()));
  return success();
}

LogicalResult ConvolutionWeightOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a,
                                                    Types &out) {
  auto x = tensorOf(a.getX()), d = tensorOf(a.getD());
  if (x.getElementType() != d.getElementType())
    return emitOptionalError(loc, "expected equal element types, got ", x.getElementType(), " and ",
                             d.getElementType());
  if (failed(checkWindows(loc, a, x, a.getWindow())))
    return failure();
  int64_t channels = d.getRank() < 2 ? 0 : d.getDimSize(1);
  SmallVector<int64_t> expected = convolvedShape(a, x, channels, a.getWindow());
  if (d.getShape() != ArrayRef(expected) || channels % int64_t(a.getGroups()) != 0)
    return emitOptionalError(loc, "expected a second operand of shape ", text(expected),
                             " with channels in ", int64_t(a.getGroups()), " groups, got ",
                             text(d.getShape()));
  SmallVector<int64_t> shape = {channels, x.getDimSize(1) / int64_t(a.getGroups())};
  llvm::append_range(shape, a.getWindow());
  out.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

int64_t ConvolutionOp::getScratchBytes() { return ConvolutionPlan(*this).scratchBytes(); }
int64_t ConvolutionWeightOp::getScratchBytes() { return ConvolutionPlan(*this).scratchBytes(); }
static uint64_t productsOf(RankedTensorType output, RankedTensorType weight) {
  if (!isa<FloatType>(output.getElementType()) || weight.getDimSize(0) == 0)
    return 0;
  return 2 * output.getNumElements() * (weight.getNumElements() / weight.getDimSize(0));
}
uint64_t ConvolutionOp::getFlops() { return productsOf(tensorOf(getY()), tensorOf(getW())); }
uint64_t ConvolutionWeightOp::getFlops() { return productsOf(tensorOf(getD()), tensorOf(getY())); }

//===-- Order and cumulation ------------------------------------------------------------------===//

static LogicalResult checkDim(MaybeLoc loc, int64_t dim, RankedTensorType type) {
  if (dim >= 0 && dim < type.getRank())
    return success();
  return emitOptionalError(loc, "expected 'dim' below ", type.getRank(), ", got ", dim);
}

LogicalResult SortOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor a, Types &out) {
  auto type = tensorOf(a.getX());
  if (failed(checkDim(loc, a.getDim(), type)))
    return failure();
  out.push_back(type);
  out.push_back(RankedTensorType::get(type.getShape(), IntegerType::get(context, 64)));
  return success();
}
/// Two rows of values and two of indices.
int64_t SortOp::getScratchBytes() {
  auto type = tensorOf(getX());
  unsigned bits = type.getElementTypeBitWidth();
  int64_t row = type.getDimSize(getDim()) * std::max<int64_t>(1, bits / 8);
  return 2 * (llvm::alignTo(row, 64) + llvm::alignTo(type.getDimSize(getDim()) * 8, 64));
}

LogicalResult CumulativeOp::verify() {
  auto type = tensorOf(getX());
  if (failed(checkDim(getLoc(), getDim(), type)))
    return failure();
  Type element = type.getElementType();
  if (getKind() == CumulativeKind::logaddexp && !isa<FloatType>(element))
    return emitOpError("expected floats for logaddexp, got ") << type;
  return success();
}
Pairs CumulativeOp::getInplacePairs() { return {{0, 0}}; }
uint64_t CumulativeOp::getFlops() {
  auto type = tensorOf(getX());
  return isa<FloatType>(type.getElementType()) ? type.getNumElements() : 0;
}

LogicalResult RecurrenceOp::verify() { return checkDim(getLoc(), getDim(), tensorOf(getX())); }
Pairs RecurrenceOp::getInplacePairs() { return {{0, 0}, {1, 0}}; }
uint64_t RecurrenceOp::getFlops() { return 2 * tensorOf(getX()).getNumElements(); }
