// Support.cpp - which kernels the emitters have code for, and the constants in them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Support.h"
#include "Math.h"
#include "gradc/IR/Ag.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::lanes;

static bool isElement(Type type) {
  return isa<Float16Type, BFloat16Type, Float32Type, Float64Type>(type) ||
         (type.isSignlessInteger() &&
          llvm::is_contained({1u, 8u, 16u, 32u, 64u}, type.getIntOrFloatBitWidth()));
}

LogicalResult gradc::lanes::checkSupport(sched::KernelOp op) {
  for (Type t : llvm::concat<const Type>(op.getArgumentTypes(), op.getResultTypes())) {
    if (auto shaped = dyn_cast<ShapedType>(t)) {
      if (!shaped.hasStaticShape())
        return op.emitError("cannot emit kernel '")
               << op.getSymName() << "': a shape is not static, got " << t;
      if (!isElement(shaped.getElementType()))
        return op.emitError("cannot emit kernel '")
               << op.getSymName()
               << "': expected elements of f16, bf16, f32, f64, i8, i16, i32, i64 or i1, got " << t;
    }
  }
  WalkResult walk = op.walk([&](Operation *inner) {
    if (isa<ag::KernelOpInterface>(inner) || hasVectorForm(inner))
      return WalkResult::advance();
    op.emitError("cannot emit kernel '")
        << op.getSymName() << "': '" << inner->getName() << "' has no vector form yet";
    return WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

DenseElementsAttr gradc::lanes::inMemory(DenseElementsAttr data) {
  Type element = data.getElementType();
  if (element.isInteger(1)) {
    SmallVector<uint8_t> bytes;
    for (bool v : data.getValues<bool>())
      bytes.push_back(v);
    element = IntegerType::get(data.getContext(), 8);
    data = DenseElementsAttr::get(RankedTensorType::get({int64_t(bytes.size())}, element),
                                  ArrayRef<uint8_t>(bytes));
  }
  return data.reshape(RankedTensorType::get({data.getNumElements()}, element));
}
