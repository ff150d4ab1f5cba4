// KernelCosts.cpp - counts the operations and bytes of kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/KernelCosts.h"
#include "gradc/IR/Ag.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gradc;

uint64_t gradc::sched::bytesOf(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasStaticShape() || !shaped.getElementType().isIntOrIndexOrFloat())
    return 0;
  unsigned bits =
      shaped.getElementType().isIndex() ? 64 : shaped.getElementType().getIntOrFloatBitWidth();
  return shaped.getNumElements() * llvm::divideCeil(bits, 8);
}

uint64_t gradc::sched::flopsOf(KernelOp kernel) {
  uint64_t total = 0;
  kernel.walk([&](ag::KernelOpInterface op) { total += op.getFlops(); });
  kernel.walk([&](linalg::LinalgOp op) {
    uint64_t iterations = 1;
    for (int64_t extent : op.getStaticLoopRanges())
      iterations *= ShapedType::isDynamic(extent) ? 1 : extent;
    uint64_t perIteration = 0;
    for (Operation &inner : op->getRegion(0).front())
      perIteration += inner.getNumResults() == 1 && inner.getNumOperands() &&
                      isa<FloatType>(inner.getResult(0).getType()) &&
                      isa<FloatType>(inner.getOperand(0).getType()) &&
                      !isa<arith::ExtFOp, arith::TruncFOp>(inner);
    total += iterations * perIteration;
  });
  return total;
}

uint64_t gradc::sched::bytesOf(LaunchOp launch) {
  uint64_t bytes = 0;
  for (Type type : launch->getOperandTypes())
    bytes += bytesOf(type);
  return bytes;
}
