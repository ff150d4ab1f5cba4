// History.cpp - writes that PyTorch gives a history although nothing flows through them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "History.h"

using namespace mlir;
namespace gradc::graph {

Value writtenOver(Importer &importer, Tensor &tensor, Value value, Location loc) {
  auto type = cast<RankedTensorType>(value.getType());
  if (!importer.gradEnabled() || !importer.needsGrad(tensor) ||
      !isa<FloatType>(type.getElementType()))
    return value;
  Value old = importer.cast(importer.read(tensor, loc), type.getElementType(), loc);
  old = importer.broadcast(old, type.getShape(), loc);
  Shape starts(type.getRank(), 0), steps(type.getRank(), 1);
  return ag::UpdateSliceOp::create(importer.b, loc, type, old, value, starts, steps);
}

TensorRef unexpanded(TensorRef tensor) {
  if (!tensor || tensor->views.empty() || tensor->views.back().kind != View::Kind::expand)
    return tensor;
  auto whole = std::make_shared<Tensor>(*tensor);
  whole->views.pop_back();
  whole->type = whole->views.empty() ? whole->storage->type : whole->views.back().type;
  whole->cache = {};
  return whole;
}

} // namespace gradc::graph
