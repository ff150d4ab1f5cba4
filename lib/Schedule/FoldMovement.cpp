// FoldMovement.cpp - reads through broadcasts, transposes and unit dims instead of storing them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Schedule/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace gradc::sched {
#define GEN_PASS_DEF_FOLDMOVEMENTPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;

namespace {

/// `value` is `source` read through `map` (from the dims of `value` to those of `source`).
struct Movement {
  Value source;
  AffineMap map;
};

/// A generic whose body is the yield of an input, all loops parallel, each result dim one loop.
std::optional<Movement> movementOf(linalg::GenericOp op, OpResult result) {
  if (op.getNumReductionLoops())
    return std::nullopt;
  Value yielded = op.getBody()->getTerminator()->getOperand(result.getResultNumber());
  auto arg = dyn_cast<BlockArgument>(yielded);
  if (!arg || arg.getOwner() != op.getBody() || arg.getArgNumber() >= op.getNumDpsInputs())
    return std::nullopt;
  Value source = op.getDpsInputs()[arg.getArgNumber()];
  AffineMap out = op.getIndexingMapMatchingResult(result);
  if (!isa<RankedTensorType>(source.getType()) || !out.isPermutation())
    return std::nullopt;
  AffineMap in = op.getMatchingIndexingMap(op.getDpsInputOperand(arg.getArgNumber()));
  return Movement{source, in.compose(inversePermutation(out))};
}

/// The dims of size other than 1.
SmallVector<unsigned> realDims(RankedTensorType type) {
  SmallVector<unsigned> dims;
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    if (size != 1)
      dims.push_back(i);
  return dims;
}

/// A reshape that adds or drops dims of size 1.
std::optional<Movement> movementOfReshape(Value source, Value result) {
  auto from = cast<RankedTensorType>(source.getType());
  auto to = cast<RankedTensorType>(result.getType());
  SmallVector<unsigned> in = realDims(from), out = realDims(to);
  if (in.size() != out.size())
    return std::nullopt;
  MLIRContext *context = source.getContext();
  SmallVector<AffineExpr> exprs(from.getRank(), getAffineConstantExpr(0, context));
  for (auto [i, o] : llvm::zip(in, out)) {
    if (from.getDimSize(i) != to.getDimSize(o))
      return std::nullopt;
    exprs[i] = getAffineDimExpr(o, context);
  }
  return Movement{source, AffineMap::get(to.getRank(), 0, exprs, context)};
}

std::optional<Movement> movementOf(Value value) {
  if (auto op = value.getDefiningOp<linalg::GenericOp>())
    return movementOf(op, cast<OpResult>(value));
  if (auto op = value.getDefiningOp<tensor::ExpandShapeOp>())
    return movementOfReshape(op.getSrc(), op.getResult());
  if (auto op = value.getDefiningOp<tensor::CollapseShapeOp>())
    return movementOfReshape(op.getSrc(), op.getResult());
  return std::nullopt;
}

/// Composes what moves an input of a generic into the indexing map of that input.
struct FoldIntoConsumer : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    for (OpOperand *input : op.getDpsInputOperands()) {
      std::optional<Movement> movement = movementOf(input->get());
      if (!movement || movement->source == input->get())
        continue;
      unsigned n = input->getOperandNumber();
      AffineMap old = maps[n];
      maps[n] = movement->map.compose(old);
      // The sizes of all loops must still follow from the operands.
      if (!inversePermutation(concatAffineMaps(maps, op.getContext()))) {
        maps[n] = old;
        continue;
      }
      rewriter.modifyOpInPlace(op, [&] {
        input->set(movement->source);
        op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
      });
      return success();
    }
    return failure();
  }
};

/// The same for what a body reads at computed places.
struct FoldIntoExtract : OpRewritePattern<tensor::ExtractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExtractOp op, PatternRewriter &rewriter) const override {
    std::optional<Movement> movement = movementOf(op.getTensor());
    if (!op->getParentOfType<linalg::GenericOp>() || !movement)
      return failure();
    SmallVector<Value> indices;
    for (AffineExpr e : movement->map.getResults()) {
      auto d = dyn_cast<AffineDimExpr>(e);
      indices.push_back(d ? op.getIndices()[d.getPosition()]
                          : arith::ConstantIndexOp::create(rewriter, op.getLoc(),
                                                           cast<AffineConstantExpr>(e).getValue()));
    }
    rewriter.replaceOpWithNewOp<tensor::ExtractOp>(op, movement->source, indices);
    return success();
  }
};

struct Generalize : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op, PatternRewriter &rewriter) const override {
    if (isa<linalg::GenericOp, linalg::FillOp>(op))
      return failure();
    return LogicalResult(linalg::generalizeNamedOp(rewriter, op));
  }
};

struct SplatToFill : OpRewritePattern<arith::ConstantOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::ConstantOp op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    auto splat = dyn_cast<SplatElementsAttr>(op.getValue());
    if (!type || !splat)
      return failure();
    auto value = arith::ConstantOp::create(rewriter, op.getLoc(),
                                           cast<TypedAttr>(splat.getSplatValue<Attribute>()));
    auto empty =
        tensor::EmptyOp::create(rewriter, op.getLoc(), type.getShape(), type.getElementType());
    rewriter.replaceOpWithNewOp<linalg::FillOp>(op, value.getResult(), empty.getResult());
    return success();
  }
};

/// A destination whose content is not read says nothing: a new one takes its place.
struct OwnDestination : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    for (OpOperand &init : op.getDpsInitsMutable()) {
      if (init.get().getDefiningOp<tensor::EmptyOp>() || op.payloadUsesValueFromOperand(&init))
        continue;
      auto type = cast<RankedTensorType>(init.get().getType());
      auto empty =
          tensor::EmptyOp::create(rewriter, op.getLoc(), type.getShape(), type.getElementType());
      rewriter.modifyOpInPlace(op, [&] { init.set(empty); });
      return success();
    }
    return failure();
  }
};

/// The number of which a tensor without dims is made.
Value numberOf(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (!type || type.getRank() != 0)
    return {};
  if (auto elements = tensor.getDefiningOp<tensor::FromElementsOp>())
    return elements.getElements().front();
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    return fill.getInputs().front();
  return {};
}

/// A number taken out of a tensor and put into one of the same shape is that tensor.
struct RewrapNumber : OpRewritePattern<tensor::FromElementsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::FromElementsOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getElements().size() != 1)
      return failure();
    auto extract = op.getElements().front().getDefiningOp<tensor::ExtractOp>();
    if (!extract || extract.getTensor().getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, extract.getTensor());
    return success();
  }
};

/// Kernels take numbers (a loop's index, say) without memory in between.
struct ReadNumber : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    for (OpOperand *input : op.getDpsInputOperands())
      if (Value number = numberOf(input->get())) {
        rewriter.modifyOpInPlace(op, [&] { input->set(number); });
        return success();
      }
    return failure();
  }
};

/// Arithmetic on nothing but numbers (`step % 10 == 0`) needs no kernel.
struct ComputeNumber : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    bool numbers =
        op.getNumLoops() == 0 && op.getNumDpsInits() == 1 && op.getNumDpsInputs() &&
        llvm::none_of(op.getDpsInputs(), [](Value v) { return isa<TensorType>(v.getType()); }) &&
        !op.payloadUsesValueFromOperand(op.getDpsInitOperand(0));
    if (!numbers || !llvm::all_of(*op.getBody(), [](Operation &inner) {
          return isa<arith::ArithDialect>(inner.getDialect()) || isa<linalg::YieldOp>(inner);
        }))
      return failure();
    IRMapping map;
    for (auto [argument, number] : llvm::zip(op.getBody()->getArguments(), op.getDpsInputs()))
      map.map(argument, number);
    for (Operation &inner : op.getBody()->without_terminator())
      rewriter.clone(inner, map);
    Value result = map.lookupOrDefault(op.getBody()->getTerminator()->getOperand(0));
    rewriter.replaceOpWithNewOp<tensor::FromElementsOp>(op, op.getResult(0).getType(), result);
    return success();
  }
};

struct FoldMovementPass : sched::impl::FoldMovementPassBase<FoldMovementPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoConsumer, FoldIntoExtract, Generalize, SplatToFill, OwnDestination,
                 RewrapNumber, ReadNumber, ComputeNumber>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
