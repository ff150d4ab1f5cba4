// Kernels.cpp - ops that own a kernel: narrow element types, and those with nothing to compute.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

using namespace mlir;
namespace gradc::lower {

/// What a kernel computes in place of a type: floats of 32 bits at least, signed integers.
static Type wideElement(Type element) {
  MLIRContext *context = element.getContext();
  if (isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32)
    return Float32Type::get(context);
  return element.isUnsignedInteger(8) ? Type(IntegerType::get(context, 16)) : element;
}

static Type withElement(Type type, Type element) {
  return RankedTensorType::get(cast<RankedTensorType>(type).getShape(), element);
}

bool widenKernel(OpBuilder &b, Operation *op, SmallVectorImpl<Value> &values) {
  auto isNarrow = [](Type type) {
    Type element = getElementTypeOrSelf(type);
    return wideElement(element) != element;
  };
  if (llvm::none_of(op->getOperandTypes(), isNarrow))
    return false;
  Location loc = op->getLoc();
  Operation *wide = b.clone(*op);
  b.setInsertionPoint(wide);
  for (OpOperand &operand : wide->getOpOperands())
    if (Type type = operand.get().getType(); isNarrow(type)) {
      Type to = withElement(type, wideElement(getElementTypeOrSelf(type)));
      operand.set(ag::CastOp::create(b, loc, to, operand.get()));
    }
  b.setInsertionPointAfter(wide);
  for (Value result : wide->getResults()) {
    Type type = result.getType();
    if (!isNarrow(type)) {
      values.push_back(result);
      continue;
    }
    result.setType(withElement(type, wideElement(getElementTypeOrSelf(type))));
    values.push_back(ag::CastOp::create(b, loc, type, result));
  }
  return true;
}

bool lowerEmptyKernel(OpBuilder &b, Operation *op, SmallVectorImpl<Value> &values) {
  Location loc = op->getLoc();
  bool hasResults = llvm::any_of(op->getResults(), [](Value v) { return hasElements(v); });
  if (!hasResults) {
    for (Value v : op->getResults())
      values.push_back(
          tensor::EmptyOp::create(b, loc, typeOf(v).getShape(), typeOf(v).getElementType()));
    return true;
  }
  if (llvm::all_of(op->getOperands(), [](Value v) { return hasElements(v); }))
    return false;
  if (auto scatter = dyn_cast<ag::ScatterOp>(op)) {
    values.push_back(scatter.getX());
    return true;
  }
  // Sums of nothing.
  auto type = typeOf(op->getResult(0));
  Attribute zero = number(b, type.getElementType(), 0);
  values.push_back(ag::ConstantOp::create(b, loc, DenseElementsAttr::get(type, zero)));
  return true;
}

} // namespace gradc::lower
