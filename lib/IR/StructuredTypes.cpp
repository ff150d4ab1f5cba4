// StructuredTypes.cpp - result types, verifiers and folders of AgStructuredOps.td.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"

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
static LogicalResult checkDims(MaybeLoc loc, ArrayRef<int64_t> dims, int64_t rank) {
  int64_t last = -1;
  for (int64_t d : dims) {
    if (d <= last || d >= rank)
      return emitOptionalError(loc, "expected 'dims' to be ascending dimensions below ", rank,
                               ", got ", text(dims));
    last = d;
  }
  return success();
}

//===-- Indexing ------------------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  auto x = tensorOf(a.getX()), i = tensorOf(a.getI());
  int64_t dim = a.getDim();
  if (dim < 0 || dim >= x.getRank())
    return emitOptionalError(loc, "expected 'dim' below ", x.getRank(), ", got ", dim);
  if (x.getDimSize(dim) == 0 && i.getNumElements() != 0)
    return emitOptionalError(loc, "expected elements along dimension ", dim, " to take, got shape ",
                             text(x.getShape()));
  SmallVector<int64_t> shape(x.getShape().take_front(dim));
  llvm::append_range(shape, i.getShape());
  llvm::append_range(shape, x.getShape().drop_front(dim + 1));
  out.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  out.push_back(a.getX().getType());
  return checkDims(loc, a.getDims(), tensorOf(a.getX()).getRank());
}

OpFoldResult ReverseOp::fold(FoldAdaptor) {
  return getDims().empty() ? OpFoldResult(getX()) : OpFoldResult();
}

//===-- Windows -------------------------------------------------------------------------------===//

/// How many windows of `reach` + 1 positions fit into `room` by steps of `stride`.
static int64_t countWindows(int64_t room, int64_t reach, int64_t stride) {
  return room <= reach ? 0 : (room - reach - 1) / stride + 1;
}

LogicalResult ReduceWindowOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  auto x = tensorOf(a.getX());
  size_t rank = x.getRank();
  for (ArrayRef<int64_t> list : {a.getSizes(), a.getStrides(), a.getPaddingLow(),
                                 a.getPaddingHigh(), a.getBaseDilation(), a.getWindowDilation()})
    if (list.size() != rank)
      return emitOptionalError(loc, "expected ", rank, " numbers in each list of a window, got ",
                               text(list));
  SmallVector<int64_t> shape;
  for (size_t k = 0; k < rank; ++k) {
    int64_t n = x.getDimSize(k), base = a.getBaseDilation()[k];
    if (a.getSizes()[k] < 1 || a.getStrides()[k] < 1 || base < 1 || a.getWindowDilation()[k] < 1)
      return emitOptionalError(loc, "expected sizes, strides and dilations above 0 at dimension ",
                               k);
    int64_t room = (n ? (n - 1) * base + 1 : 0) + a.getPaddingLow()[k] + a.getPaddingHigh()[k];
    shape.push_back(
        countWindows(room, (a.getSizes()[k] - 1) * a.getWindowDilation()[k], a.getStrides()[k]));
  }
  out.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult WindowArgmaxOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor a,
                                               Types &out) {
  auto x = tensorOf(a.getX());
  size_t windows = a.getSizes().size(), rank = x.getRank();
  for (ArrayRef<int64_t> list :
       {a.getSizes(), a.getStrides(), a.getPaddingLow(), a.getPaddingHigh(), a.getWindowDilation()})
    if (list.size() != windows || windows > rank)
      return emitOptionalError(loc, "expected as many numbers in each list of a window, at most ",
                               rank, ", got ", text(list));
  SmallVector<int64_t> shape(x.getShape().drop_back(windows));
  for (size_t k = 0; k < windows; ++k) {
    int64_t n = x.getDimSize(rank - windows + k);
    if (a.getSizes()[k] < 1 || a.getStrides()[k] < 1 || a.getWindowDilation()[k] < 1 ||
        a.getPaddingLow()[k] < 0 || a.getPaddingHigh()[k] < 0)
      return emitOptionalError(loc,
                               "expected sizes, strides and dilation above 0 and paddings not "
                               "below 0 at window dimension ",
                               k);
    shape.push_back(countWindows(n + a.getPaddingLow()[k] + a.getPaddingHigh()[k],
                                 (a.getSizes()[k] - 1) * a.getWindowDilation()[k],
                                 a.getStrides()[k]));
    if (n == 0 && shape.back() != 0)
      return emitOptionalError(loc, "expected elements in the windows, got shape ",
                               text(x.getShape()));
  }
  out.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}

//===-- Rows ----------------------------------------------------------------------------------===//

static LogicalResult inferReduce(MaybeLoc loc, Value x, ArrayRef<int64_t> dims, Types &out) {
  auto type = tensorOf(x);
  if (failed(checkDims(loc, dims, type.getRank())))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    if (!llvm::is_contained(dims, i))
      shape.push_back(size);
  out.push_back(RankedTensorType::get(shape, type.getElementType()));
  return success();
}
LogicalResult ReduceProdOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  return inferReduce(loc, a.getX(), a.getDims(), out);
}
LogicalResult LogsumexpOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &out) {
  return inferReduce(loc, a.getX(), a.getDims(), out);
}

LogicalResult SoftmaxOp::verify() {
  return checkDims(getLoc(), getDims(), tensorOf(getX()).getRank());
}
LogicalResult LogSoftmaxOp::verify() {
  return checkDims(getLoc(), getDims(), tensorOf(getX()).getRank());
}
LogicalResult NormalizeOp::verify() {
  return checkDims(getLoc(), getDims(), tensorOf(getX()).getRank());
}
LogicalResult RmsNormalizeOp::verify() {
  return checkDims(getLoc(), getDims(), tensorOf(getX()).getRank());
}

LogicalResult ExpectOp::verify() {
  if (tensorOf(getCondition()).getRank() == 0)
    return success();
  return emitOpError("expected one condition, got ") << getCondition().getType();
}
