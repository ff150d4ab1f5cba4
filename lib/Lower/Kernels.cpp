// Kernels.cpp - ops that own a kernel and have nothing to compute.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

using namespace mlir;
namespace gradc::lower {

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
