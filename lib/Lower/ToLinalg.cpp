// ToLinalg.cpp - the pass that replaces every ag value op.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include "gradc/Lower/Passes.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/FoldUtils.h"
#include "llvm/ADT/TypeSwitch.h"

namespace gradc::lower {
#define GEN_PASS_DEF_LOWERTOLINALGPASS
#include "gradc/Lower/Passes.h.inc"

using namespace mlir;

Value generic(OpBuilder &b, Location loc, ValueRange inputs, ArrayRef<AffineMap> inputMaps,
              Value init, AffineMap outMap, Body body) {
  SmallVector<AffineMap> maps(inputMaps);
  maps.push_back(outMap);
  SmallVector<utils::IteratorType> loops(outMap.getNumDims(), utils::IteratorType::reduction);
  for (AffineExpr e : outMap.getResults())
    loops[cast<AffineDimExpr>(e).getPosition()] = utils::IteratorType::parallel;
  return linalg::GenericOp::create(b, loc, init.getType(), inputs, init, maps, loops,
                                   [&](OpBuilder &b, Location loc, ValueRange elements) {
                                     linalg::YieldOp::create(b, loc, body(b, loc, elements));
                                   })
      .getResult(0);
}

/// Ops that the host runs, that move data between variables and values, or that own a kernel.
static bool stays(Operation *op) {
  return isa<ag::KernelOpInterface, ag::ContinueIfOp, ag::BarrierOp, ag::VariableOp, ag::GetOp,
             ag::SetOp, ag::PrintOp, ag::ExpectOp, ag::ManualSeedOp, ag::RandnOp, ag::RandOp,
             ag::RandintOp, ag::RandpermOp>(op);
}

/// Ops that loop nests read through: lowered last, where somebody still needs their values.
static bool isDeferred(Operation *op) {
  if (auto convert = dyn_cast<ag::CastOp>(op)) // a contraction widens as it reads
    return isNarrow(convert.getX().getType()) &&
           wideElement(typeOf(convert.getX()).getElementType()) ==
               typeOf(convert.getY()).getElementType();
  return isa<ag::ConstantOp, ag::BroadcastOp, ag::TransposeOp>(op);
}

/// The replacement of a value op; null for other ops.
static Value lower(OpBuilder &b, Operation *op) {
  if (isa<ag::DetachOp, ag::LeafOp, ag::ToHostOp>(op))
    return op->getOperand(0);
  Location loc = op->getLoc();
  if (op->getNumResults() == 1 && !hasElements(op->getResult(0))) {
    auto type = typeOf(op->getResult(0));
    return tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  }
  if (auto elementwise = dyn_cast<ag::ElementwiseOpInterface>(op))
    return lowerElementwise(b, elementwise);
  return TypeSwitch<Operation *, Value>(op)
      .Case<ag::ReduceSumOp, ag::ReduceMeanOp, ag::ReduceMaxOp, ag::ReduceMinOp>(
          [&](Operation *op) { return lowerReduction(b, op); })
      .Case([&](ag::ContractOp op) { return lowerContraction(b, op); })
      .Case([&](ag::ReshapeOp op) { return lowerReshape(b, loc, op.getX(), typeOf(op.getY())); })
      .Case([&](ag::SliceOp op) { return lowerSlice(b, op); })
      .Case([&](ag::UpdateSliceOp op) { return lowerUpdateSlice(b, op); })
      .Case([&](ag::PadOp op) { return lowerPad(b, op); })
      .Case([&](ag::ConcatOp op) { return lowerConcat(b, op); })
      .Case([&](ag::IotaOp op) { return lowerIota(b, op); })
      .Case([&](ag::PhiloxOp op) { return lowerPhilox(b, op); })
      .Case([&](ag::GatherOp op) { return lowerGather(b, op); })
      .Case([&](ag::ReverseOp op) { return lowerReverse(b, op); })
      .Case([&](ag::ReduceWindowOp op) { return lowerReduceWindow(b, op); })
      .Case([&](ag::WindowArgmaxOp op) { return lowerWindowArgmax(b, op); })
      .Case<ag::ReduceProdOp, ag::LogsumexpOp, ag::SoftmaxOp, ag::LogSoftmaxOp, ag::NormalizeOp,
            ag::RmsNormalizeOp>([&](Operation *op) { return lowerRows(b, op); })
      .Case([&](ag::BroadcastOp op) { return lowerBroadcast(b, op); })
      .Case([&](ag::TransposeOp op) { return lowerTranspose(b, op); })
      .Case([&](ag::ConstantOp op) { return fill(b, loc, typeOf(op.getY()), splatOf(op.getY())); })
      .Default([](Operation *) { return Value(); });
}

namespace {
class LowerToLinalgPass : public impl::LowerToLinalgPassBase<LowerToLinalgPass> {
  void runOnOperation() override;
  LogicalResult check();
  void fold();
  void prepareKernels();
  LogicalResult replace(bool deferred);
  void eraseDead();
};
} // namespace

/// Everything that this pass cannot lower is reported before anything changes.
LogicalResult LowerToLinalgPass::check() {
  WalkResult result = getOperation().walk([](Operation *op) {
    if (!isa_and_nonnull<ag::AgDialect>(op->getDialect()))
      return WalkResult::advance();
    for (Type type : op->getResultTypes()) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor || !tensor.hasStaticShape()) {
        op->emitOpError("expected a static shape, got ") << type;
        return WalkResult::interrupt();
      }
    }
    // An empty no_grad region has no effect either, yet it does not belong here.
    if (stays(op) || (isPure(op) && !isa<ag::NoGradOp, ag::CheckpointOp, ag::YieldOp>(op)))
      return WalkResult::advance();
    op->emitOpError("is left after differentiation; this is an error of the compiler");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// One sweep of folders and common subexpressions, while every op is still one operation.
void LowerToLinalgPass::fold() {
  ModuleOp module = getOperation();
  OperationFolder folder(&getContext());
  module.walk([&](Operation *op) {
    if (isa_and_nonnull<ag::AgDialect>(op->getDialect()) && !isa<ag::ConstantOp>(op))
      (void)folder.tryToFold(op);
  });
  IRRewriter rewriter(&getContext());
  DominanceInfo dominance(module);
  for (auto function : module.getOps<func::FuncOp>())
    eliminateCommonSubExpressions(rewriter, dominance, function);
}

/// Kernels have something to compute: results without elements, or of operands without any, do not
/// get that far.
void LowerToLinalgPass::prepareKernels() {
  SmallVector<Operation *> ops;
  getOperation().walk([&](ag::KernelOpInterface op) { ops.push_back(op); });
  for (Operation *op : ops) {
    OpBuilder b(op);
    SmallVector<Value> values;
    if (!lowerEmptyKernel(b, op, values) && !widenOp(b, op, values))
      continue;
    op->replaceAllUsesWith(values);
    op->erase();
  }
}

LogicalResult LowerToLinalgPass::replace(bool deferred) {
  SmallVector<Operation *> ops;
  getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa_and_nonnull<ag::AgDialect>(op->getDialect()) && !stays(op) &&
        isDeferred(op) == deferred)
      ops.push_back(op);
  });
  // Deferred ops read other deferred ops: uses first, so that what nobody needs is never built.
  if (deferred)
    std::reverse(ops.begin(), ops.end());
  for (Operation *op : ops) {
    if (!op->use_empty()) {
      OpBuilder b(op);
      Value value = lower(b, op);
      if (!value)
        return op->emitOpError("has no lowering; this is an error of the compiler");
      op->getResult(0).replaceAllUsesWith(value);
    }
    op->erase();
  }
  return success();
}

void LowerToLinalgPass::eraseDead() {
  for (auto function : getOperation().getOps<func::FuncOp>())
    function.getBody().walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
      if (isOpTriviallyDead(op))
        op->erase();
    });
}

void LowerToLinalgPass::runOnOperation() {
  if (failed(check()))
    return signalPassFailure();
  fold();
  prepareKernels();
  widenOps(getOperation());
  hoistFactors(getOperation());
  hoistConstants(getOperation());
  eraseDead();
  if (failed(replace(/*deferred=*/false)) || failed(replace(/*deferred=*/true)))
    return signalPassFailure();
  eraseDead();
  storeUnsigned(getOperation());
}

} // namespace gradc::lower
