// Constant.cpp - numbers, filled tensors and constants that need memory of their own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
namespace gradc::lower {

TypedAttr number(OpBuilder &b, Type element, double value) {
  if (isa<FloatType>(element))
    return b.getFloatAttr(element, value);
  return b.getIntegerAttr(element, int64_t(value));
}

TypedAttr splatOf(Value v) {
  auto constant = v.getDefiningOp<ag::ConstantOp>();
  if (!constant)
    return {};
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  return splat ? splat.getSplatValue<TypedAttr>() : TypedAttr();
}

Value fill(OpBuilder &b, Location loc, RankedTensorType type, TypedAttr value) {
  Value element = arith::ConstantOp::create(b, loc, value);
  Value init = tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  return linalg::FillOp::create(b, loc, element, init).getResult(0);
}

/// A variable that holds `value`, not visible to the user: no name of a program has a dot.
static ag::VariableOp addVariable(ModuleOp module, Location loc, ElementsAttr value) {
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  unsigned n = 0;
  auto name = [&] { return "constant." + std::to_string(n); };
  while (module.lookupSymbol(name()))
    ++n;
  return ag::VariableOp::create(b, loc, name(), value.getType(), "local",
                                /*requires_grad=*/false, value);
}

void hoistConstants(ModuleOp module) {
  llvm::MapVector<Attribute, SmallVector<ag::ConstantOp>> uses;
  module.walk([&](ag::ConstantOp op) {
    if (!isa<SplatElementsAttr>(op.getValue()) && op.getValue().getNumElements() != 0)
      uses[op.getValue()].push_back(op);
  });
  for (auto &[value, constants] : uses) {
    ag::VariableOp variable =
        addVariable(module, constants.front().getLoc(), cast<ElementsAttr>(value));
    llvm::DenseMap<Operation *, Value> loaded; // by function
    for (ag::ConstantOp op : constants) {
      auto function = op->getParentOfType<func::FuncOp>();
      Value &get = loaded[function];
      if (!get) {
        OpBuilder b = OpBuilder::atBlockBegin(&function.getBody().front());
        get = ag::GetOp::create(b, op.getLoc(), op.getType(), variable.getSymName());
      }
      op.replaceAllUsesWith(get);
      op.erase();
    }
  }
}

} // namespace gradc::lower
