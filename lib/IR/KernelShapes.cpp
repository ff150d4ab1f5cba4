// KernelShapes.cpp - which loop dims of a kernel's ops are the same.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "KernelGraphBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace gradc::sched;

static SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

TensorView gradc::sched::argumentView(Value v) {
  TensorView view{TensorView::Argument, v, 0, {}};
  auto type = cast<RankedTensorType>(v.getType());
  for (auto [size, stride] : llvm::zip(type.getShape(), rowMajorStrides(type.getShape())))
    view.dims.push_back({Piece{size, stride, -1}});
  return view;
}

SmallVector<int> KernelGraphBuilder::dimsOf(ArrayRef<Piece> pieces) {
  SmallVector<int> dims;
  for (const Piece &p : pieces)
    dims.push_back(p.dim >= 0 ? p.dim : classes.make(p.size));
  return dims;
}

LogicalResult KernelGraphBuilder::matchOperand(linalg::GenericOp op, OpOperand &operand,
                                               ArrayRef<int> loops) {
  auto it = views.find(operand.get());
  if (it == views.end())
    return fail("an operand comes from outside the kernel");
  const TensorView view = it->second;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  SmallVector<int> use;
  for (auto [k, e] : llvm::enumerate(map.getResults())) {
    auto d = dyn_cast<AffineDimExpr>(e);
    if (!d && !isa<AffineConstantExpr>(e))
      return fail("an indexing map is not a projection");
    use.push_back(d ? loops[d.getPosition()] : -1);
    if (view.kind == TensorView::Uniform)
      continue;
    if (!d) {
      if (view.kind == TensorView::Intermediate && !classes.leaves(dimsOf(view.dims[k])).empty())
        return fail("a constant index into an intermediate");
      continue;
    }
    if (view.kind == TensorView::Argument && view.dims[k].size() == 1)
      continue;
    if (!classes.unify(loops[d.getPosition()], dimsOf(view.dims[k])))
      return fail("two shapes do not match dim by dim: not one kernel");
  }
  if (view.kind != TensorView::Argument)
    return success();
  // Each reader of a reshape has a reshape of its own.
  auto same = llvm::find_if(argumentUses, [&](const ArgumentUses &other) {
    return other.view.base == view.base && other.view.offset == view.offset &&
           other.view.dims == view.dims;
  });
  if (same == argumentUses.end())
    same = argumentUses.insert(same, {view, {}});
  same->uses.push_back(use);
  return success();
}

LogicalResult KernelGraphBuilder::visitGeneric(linalg::GenericOp op) {
  OpLoops loops{op, {}};
  for (int64_t size : op.getStaticLoopRanges()) {
    if (ShapedType::isDynamic(size))
      return fail("a shape is not static");
    loops.dims.push_back(classes.make(size));
  }
  for (OpOperand &operand : op->getOpOperands())
    if (isa<RankedTensorType>(operand.get().getType()) &&
        (op.isDpsInput(&operand) || op.payloadUsesValueFromOperand(&operand)))
      if (failed(matchOperand(op, operand, loops.dims)))
        return failure();
  for (auto [k, result] : llvm::enumerate(op.getResults())) {
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(k));
    TensorView view{TensorView::Intermediate, result, 0, {}};
    for (AffineExpr e : map.getResults()) {
      auto d = dyn_cast<AffineDimExpr>(e);
      if (!d)
        return fail("an output's indexing map is not a projection");
      int dim = loops.dims[d.getPosition()];
      view.dims.push_back({Piece{classes.size(dim), 0, dim}});
    }
    views[result] = view;
  }
  generics.push_back(loops);
  return success();
}

/// Splits the pieces of one dim into dims of the sizes given.
static bool splitPieces(SmallVector<Piece, 1> pieces, ArrayRef<int64_t> sizes,
                        SmallVectorImpl<SmallVector<Piece, 1>> &out) {
  SmallVector<SmallVector<Piece, 1>> parts;
  for (int64_t size : llvm::reverse(sizes)) {
    SmallVector<Piece, 1> part;
    while (size > 1 && !pieces.empty()) {
      Piece &p = pieces.back();
      if (p.size <= size) {
        if (p.size == 0 || size % p.size)
          return false;
        part.insert(part.begin(), p);
        size /= p.size;
        pieces.pop_back();
      } else {
        if (p.size % size)
          return false;
        part.insert(part.begin(), Piece{size, p.stride, -1});
        p = {p.size / size, p.stride * size, -1};
        size = 1;
      }
    }
    if (size != 1)
      return false;
    parts.insert(parts.begin(), part);
  }
  out.append(parts.begin(), parts.end());
  return llvm::all_of(pieces, [](const Piece &p) { return p.size == 1; });
}

LogicalResult KernelGraphBuilder::expand(TensorView &view, ArrayRef<ReassociationIndices> groups,
                                         ArrayRef<int64_t> shape) {
  SmallVector<SmallVector<Piece, 1>> dims;
  if (groups.empty()) // one element under dims of size 1
    for (int64_t size : shape) {
      dims.emplace_back();
      if (view.kind != TensorView::Argument)
        dims.back().push_back(Piece{size, 0, classes.make(size)});
    }
  for (auto [k, group] : llvm::enumerate(groups)) {
    SmallVector<int64_t> sizes;
    for (int64_t i : group)
      sizes.push_back(shape[i]);
    if (view.kind == TensorView::Argument) {
      if (!splitPieces(view.dims[k], sizes, dims))
        return fail("a reshape of a strided view");
      continue;
    }
    SmallVector<int> fresh;
    for (int64_t size : sizes) {
      fresh.push_back(classes.make(size));
      dims.push_back({Piece{size, 0, fresh.back()}});
    }
    if (!classes.unify(dimsOf(view.dims[k]), fresh))
      return fail("two shapes do not match dim by dim: not one kernel");
  }
  view.dims = dims;
  return success();
}

LogicalResult KernelGraphBuilder::visitSlice(tensor::ExtractSliceOp op, TensorView view) {
  if (ShapedType::isDynamicShape(op.getStaticOffsets()) ||
      ShapedType::isDynamicShape(op.getStaticSizes()) ||
      ShapedType::isDynamicShape(op.getStaticStrides()))
    return fail("a slice is not static");
  llvm::SmallBitVector dropped = op.getDroppedDims();
  SmallVector<SmallVector<Piece, 1>> dims;
  ArrayRef<int64_t> from = op.getSourceType().getShape();
  for (unsigned k = 0; k < from.size(); ++k) {
    int64_t offset = op.getStaticOffsets()[k], size = op.getStaticSizes()[k],
            step = op.getStaticStrides()[k];
    SmallVector<Piece, 1> pieces = view.dims[k];
    bool whole = size == from[k] && offset == 0 && step == 1;
    if (!whole) {
      if (view.kind != TensorView::Argument || pieces.size() != 1)
        return fail("a slice of an intermediate: not one kernel");
      view.offset += offset * pieces[0].stride;
      pieces = {Piece{size, pieces[0].stride * step, -1}};
    }
    if (!dropped[k])
      dims.push_back(pieces);
  }
  view.dims = dims;
  views[op.getResult()] = view;
  return success();
}

LogicalResult KernelGraphBuilder::visitView(Operation *op) {
  auto it = views.find(op->getOperand(0));
  if (it == views.end())
    return fail("an operand comes from outside the kernel");
  TensorView view = it->second;
  if (view.kind == TensorView::Uniform) {
    views[op->getResult(0)] = view;
    return success();
  }
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return visitSlice(slice, view);
  if (auto e = dyn_cast<tensor::ExpandShapeOp>(op)) {
    if (failed(expand(view, e.getReassociationIndices(), e.getResultType().getShape())))
      return failure();
  } else {
    auto c = cast<tensor::CollapseShapeOp>(op);
    SmallVector<SmallVector<Piece, 1>> dims;
    for (const ReassociationIndices &group : c.getReassociationIndices()) {
      dims.emplace_back();
      for (int64_t i : group)
        dims.back().append(view.dims[i].begin(), view.dims[i].end());
    }
    view.dims = dims;
  }
  views[op->getResult(0)] = view;
  return success();
}

LogicalResult KernelGraphBuilder::visitConstant(arith::ConstantOp op) {
  auto dense = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!dense)
    return isa<ShapedType>(op.getType()) ? fail("a constant is not dense") : success();
  if (dense.isSplat()) {
    views[op.getResult()] = {TensorView::Uniform, op.getResult(), 0, {}};
    return success();
  }
  argNumbers[op.getResult()] = graph.numArgs + int(graph.constants.size());
  graph.constants.push_back(dense);
  views[op.getResult()] = argumentView(op.getResult());
  return success();
}

LogicalResult KernelGraphBuilder::visit(Operation *op) {
  for (Value v : op->getResults())
    if (auto t = dyn_cast<ShapedType>(v.getType()); t && !t.hasStaticShape())
      return fail("a shape is not static");
  if (auto g = dyn_cast<linalg::GenericOp>(op))
    return visitGeneric(g);
  if (auto c = dyn_cast<arith::ConstantOp>(op))
    return visitConstant(c);
  if (isa<linalg::FillOp, tensor::EmptyOp>(op)) {
    views[op->getResult(0)] = {TensorView::Uniform, op->getResult(0), 0, {}};
    return success();
  }
  if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::ExtractSliceOp>(op))
    return visitView(op);
  // Arithmetic on the kernel's scalars.
  bool scalar = op->getNumResults() == 1 && op->getNumRegions() == 0 &&
                op->getResult(0).getType().isIntOrIndexOrFloat();
  if (scalar && isScalarOp(op))
    return success();
  return fail("'" + op->getName().getStringRef() + "' has no place in a kernel");
}

bool KernelGraphBuilder::clash() {
  for (const OpLoops &loops : generics) {
    llvm::SmallDenseSet<int> seen;
    for (int dim : classes.leaves(loops.dims))
      if (!seen.insert(dim).second)
        return true;
  }
  return false;
}

/// Two uses of one argument walk over the same dims where nothing speaks against it: then its
/// elements are loaded once.
LogicalResult KernelGraphBuilder::shareArgumentDims() {
  for (auto &[view, uses] : argumentUses)
    for (size_t i = 1; i < uses.size(); ++i)
      for (auto [a, b] : llvm::zip(uses[0], uses[i])) {
        if (a < 0 || b < 0)
          continue;
        DimClasses before = classes;
        if (!classes.unify(a, b) || clash())
          classes = before;
      }
  return success();
}
