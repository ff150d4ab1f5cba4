// History.cpp - where gradients may flow, and writes that PyTorch gives a history all the same.
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

bool isReading(Value v, Operation *variable) {
  auto get = v.getDefiningOp<ag::GetOp>();
  return get && get.getVariable() == cast<ag::VariableOp>(variable).getSymName();
}

/// What a gradient of the value may flow on to: an over-estimate.
static void sourcesOf(Importer &importer, Value value, SmallVectorImpl<Value> &sources) {
  Operation *op = value.getDefiningOp();
  bool isArgument = !op;
  if (isArgument)
    op = cast<BlockArgument>(value).getOwner()->getParentOp();
  if (isa<ag::DetachOp, ag::NoGradOp, func::FuncOp>(op))
    return;
  llvm::append_range(sources, op->getOperands());
  if (auto get = dyn_cast<ag::GetOp>(op))
    importer.module.getBody()->getParentOp()->walk([&](ag::SetOp set) {
      if (set.getVariable() == get.getVariable())
        sources.push_back(set.getValue());
    });
  for (Region &region : op->getRegions())
    for (Block &block : region)
      if (!block.empty() && block.back().hasTrait<OpTrait::IsTerminator>())
        llvm::append_range(sources, block.back().getOperands());
}

bool mayReach(Importer &importer, Value from, llvm::function_ref<bool(Value)> isWanted) {
  llvm::DenseSet<Value> seen;
  SmallVector<Value> todo{from};
  while (!todo.empty()) {
    Value value = todo.pop_back_val();
    if (!isa<FloatType>(getElementTypeOrSelf(value)) || !seen.insert(value).second)
      continue;
    // A function reads variables; a .grad may have a history of its own.
    if (isWanted(value) || isa_and_nonnull<func::CallOp, ag::GradOp>(value.getDefiningOp()))
      return true;
    sourcesOf(importer, value, todo);
  }
  return false;
}

} // namespace gradc::graph
