// Shape.cpp - ops that move elements and compute none.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;
namespace gradc::lower {

static Value empty(OpBuilder &b, Location loc, RankedTensorType type) {
  return tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
}

/// A tensor whose element at `out`'s indices is that of `x` at `in`'s.
static Value gather(OpBuilder &b, Location loc, Value x, AffineMap in, RankedTensorType type) {
  return generic(b, loc, x, in, empty(b, loc, type), b.getMultiDimIdentityMap(type.getRank()),
                 [](OpBuilder &, Location, ValueRange elements) { return elements[0]; });
}

/// All dimensions in one group; no group at all for a scalar.
static SmallVector<ReassociationIndices> oneGroup(int64_t rank) {
  if (rank == 0)
    return {};
  return {llvm::to_vector<2>(llvm::seq<int64_t>(rank))};
}

Value lowerReshape(OpBuilder &b, Location loc, Value x, RankedTensorType type) {
  auto from = typeOf(x);
  if (from == type)
    return x;
  auto groups = getReassociationIndicesForReshape(from, type);
  if (groups && from.getRank() > type.getRank())
    return tensor::CollapseShapeOp::create(b, loc, type, x, *groups);
  if (groups && from.getRank() < type.getRank())
    return tensor::ExpandShapeOp::create(b, loc, type, x, *groups);
  // Neither shape refines the other: go through the flat one.
  auto flat = RankedTensorType::get({from.getNumElements()}, from.getElementType());
  if (from.getRank() == 0)
    x = tensor::ExpandShapeOp::create(b, loc, flat, x, ArrayRef<ReassociationIndices>());
  else if (from.getRank() > 1)
    x = tensor::CollapseShapeOp::create(b, loc, flat, x, oneGroup(from.getRank()));
  if (type.getRank() == 0)
    return tensor::CollapseShapeOp::create(b, loc, type, x, ArrayRef<ReassociationIndices>());
  if (type.getRank() == 1)
    return x;
  return tensor::ExpandShapeOp::create(b, loc, type, x, oneGroup(type.getRank()));
}

Value lowerBroadcast(OpBuilder &b, ag::BroadcastOp op) {
  auto type = typeOf(op.getY());
  if (TypedAttr splat = splatOf(op.getX()))
    return fill(b, op.getLoc(), type, splat);
  // New dimensions of size 1 only: no element is repeated.
  if (typeOf(op.getX()).getNumElements() == type.getNumElements())
    return lowerReshape(b, op.getLoc(), op.getX(), type);
  SmallVector<AffineExpr> dims;
  for (int64_t d : op.getDims())
    dims.push_back(b.getAffineDimExpr(d));
  return gather(b, op.getLoc(), op.getX(), AffineMap::get(type.getRank(), 0, dims, b.getContext()),
                type);
}

Value lowerTranspose(OpBuilder &b, ag::TransposeOp op) {
  auto type = typeOf(op.getY());
  // Moving only dimensions of size 1 moves no element.
  SmallVector<int64_t> large;
  for (int64_t p : op.getPerm())
    if (typeOf(op.getX()).getDimSize(p) != 1)
      large.push_back(p);
  if (llvm::is_sorted(large))
    return lowerReshape(b, op.getLoc(), op.getX(), type);
  SmallVector<AffineExpr> dims(type.getRank());
  for (auto [i, p] : llvm::enumerate(op.getPerm()))
    dims[p] = b.getAffineDimExpr(i);
  return gather(b, op.getLoc(), op.getX(), AffineMap::get(type.getRank(), 0, dims, b.getContext()),
                type);
}

static SmallVector<OpFoldResult> indices(OpBuilder &b, ArrayRef<int64_t> values) {
  return getAsIndexOpFoldResult(b.getContext(), values);
}

Value lowerSlice(OpBuilder &b, ag::SliceOp op) {
  auto type = typeOf(op.getY());
  if (type == op.getX().getType())
    return op.getX();
  return tensor::ExtractSliceOp::create(b, op.getLoc(), type, op.getX(), indices(b, op.getStarts()),
                                        indices(b, type.getShape()), indices(b, op.getStrides()));
}

static Value insert(OpBuilder &b, Location loc, Value part, Value whole, ArrayRef<int64_t> starts,
                    ArrayRef<int64_t> strides) {
  if (!hasElements(part))
    return whole;
  return tensor::InsertSliceOp::create(b, loc, part, whole, indices(b, starts),
                                       indices(b, typeOf(part).getShape()), indices(b, strides));
}

Value lowerUpdateSlice(OpBuilder &b, ag::UpdateSliceOp op) {
  if (op.getU().getType() == op.getX().getType())
    return op.getU();
  return insert(b, op.getLoc(), op.getU(), op.getX(), op.getStarts(), op.getStrides());
}

/// The dim that is padded, if it is one and nothing stands between its elements.
static std::optional<unsigned> onlyPadded(ag::PadOp op) {
  std::optional<unsigned> dim;
  for (unsigned d = 0; d < op.getLow().size(); ++d) {
    if (op.getInterior()[d] || (dim && (op.getLow()[d] || op.getHigh()[d])))
      return std::nullopt;
    if (op.getLow()[d] || op.getHigh()[d])
      dim = d;
  }
  return dim;
}

/// What stands before, the tensor, and what stands behind: each element is written once.
static Value padAlong(OpBuilder &b, ag::PadOp op, unsigned dim, TypedAttr value) {
  auto type = typeOf(op.getY());
  Value whole = empty(b, op.getLoc(), type);
  SmallVector<int64_t> starts(type.getRank(), 0), strides(type.getRank(), 1);
  auto add = [&](Value part, int64_t extent) {
    if (!extent)
      return;
    if (!part) {
      SmallVector<int64_t> shape(type.getShape());
      shape[dim] = extent;
      part = fill(b, op.getLoc(), type.clone(shape), value);
    }
    whole = insert(b, op.getLoc(), part, whole, starts, strides);
    starts[dim] += extent;
  };
  add({}, op.getLow()[dim]);
  add(op.getX(), typeOf(op.getX()).getDimSize(dim));
  add({}, op.getHigh()[dim]);
  return whole;
}

Value lowerPad(OpBuilder &b, ag::PadOp op) {
  auto type = typeOf(op.getY());
  if (type == op.getX().getType())
    return op.getX();
  TypedAttr value = number(b, type.getElementType(), op.getValue().convertToDouble());
  std::optional<unsigned> dim = onlyPadded(op);
  if (dim && hasElements(op.getX()))
    return padAlong(b, op, *dim, value);
  SmallVector<int64_t> strides;
  for (int64_t i : op.getInterior())
    strides.push_back(i + 1);
  return insert(b, op.getLoc(), op.getX(), fill(b, op.getLoc(), type, value), op.getLow(), strides);
}

Value lowerConcat(OpBuilder &b, ag::ConcatOp op) {
  auto type = typeOf(op.getY());
  Value whole = empty(b, op.getLoc(), type);
  SmallVector<int64_t> starts(type.getRank(), 0), strides(type.getRank(), 1);
  for (Value part : op.getParts()) {
    if (part.getType() == type)
      return part; // the only one with elements
    whole = insert(b, op.getLoc(), part, whole, starts, strides);
    starts[op.getDim()] += typeOf(part).getDimSize(op.getDim());
  }
  return whole;
}

Value lowerIota(OpBuilder &b, ag::IotaOp op) {
  auto type = typeOf(op.getY());
  Type element = type.getElementType();
  auto body = [&](OpBuilder &b, Location loc, ValueRange) -> Value {
    Value i = linalg::IndexOp::create(b, loc, op.getDim());
    Type wide = wideElement(element);
    if (!isa<FloatType>(element))
      return narrow(b, loc, arith::IndexCastOp::create(b, loc, wide, i), element);
    Value whole = arith::IndexCastOp::create(b, loc, b.getI64Type(), i);
    return narrow(b, loc, arith::SIToFPOp::create(b, loc, wide, whole), element);
  };
  return generic(b, op.getLoc(), {}, {}, empty(b, op.getLoc(), type),
                 b.getMultiDimIdentityMap(type.getRank()), body);
}

} // namespace gradc::lower
