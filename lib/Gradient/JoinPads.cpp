// JoinPads.cpp - sums of padded parts become the parts beside each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cotangent of a tensor that was cut into parts is the sum of the parts' cotangents, each
// padded with zeros to the whole. Where two of them meet, one concatenation says the same.
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_JOINPADS
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// A value that only its one user needs, padded with zeros around it.
ag::PadOp zeroPad(Value v) {
  auto pad = v.getDefiningOp<ag::PadOp>();
  bool isPlain = pad && v.hasOneUse() && pad.getValue().isZero() &&
                 llvm::all_of(pad.getInterior(), [](int64_t n) { return n == 0; });
  return isPlain ? pad : ag::PadOp();
}

/// The dim along which `second` begins where `first` ends, with equal padding along all others.
std::optional<unsigned> dimBetween(ag::PadOp first, ag::PadOp second) {
  std::optional<unsigned> found;
  auto shape = first.getX().getType().getShape(), other = second.getX().getType().getShape();
  for (unsigned d = 0; d < shape.size(); ++d) {
    if (first.getLow()[d] == second.getLow()[d] && first.getHigh()[d] == second.getHigh()[d] &&
        shape[d] == other[d])
      continue;
    if (found || first.getLow()[d] + shape[d] != second.getLow()[d])
      return std::nullopt;
    found = d;
  }
  return found;
}

/// The parts of a concatenation that nobody else reads, or the value itself.
void appendParts(Value v, unsigned dim, SmallVectorImpl<Value> &parts) {
  auto concat = v.getDefiningOp<ag::ConcatOp>();
  if (concat && v.hasOneUse() && concat.getDim() == dim)
    llvm::append_range(parts, concat.getParts());
  else
    parts.push_back(v);
}

/// The sum of two padded values that meet.
Value join(PatternRewriter &b, Location loc, ag::PadOp first, ag::PadOp second) {
  if (first.getType() != second.getType())
    return {};
  std::optional<unsigned> dim = dimBetween(first, second);
  if (!dim) {
    std::swap(first, second);
    dim = dimBetween(first, second);
  }
  if (!dim)
    return {};
  SmallVector<Value> parts;
  appendParts(first.getX(), *dim, parts);
  appendParts(second.getX(), *dim, parts);
  Value whole = ag::ConcatOp::create(b, loc, parts, int64_t(*dim));
  SmallVector<int64_t> low(first.getLow()), high(first.getHigh());
  high[*dim] = second.getHigh()[*dim];
  auto none = [](int64_t n) { return n == 0; };
  if (llvm::all_of(low, none) && llvm::all_of(high, none))
    return whole;
  return ag::PadOp::create(b, loc, whole, low, high, SmallVector<int64_t>(low.size(), 0),
                           APFloat(0.0));
}

struct JoinAddedPads : OpRewritePattern<ag::AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ag::AddOp op, PatternRewriter &b) const override {
    for (auto [v, w] : {std::pair(op->getOperand(0), op->getOperand(1)),
                        std::pair(op->getOperand(1), op->getOperand(0))}) {
      ag::PadOp pad = zeroPad(v);
      if (!pad)
        continue;
      if (ag::PadOp other = zeroPad(w)) {
        Value joined = join(b, op.getLoc(), other, pad);
        if (!joined)
          return failure();
        b.replaceOp(op, joined);
        return success();
      }
      // (x + pad) + pad: an element has one of the two at most, so the order does not matter.
      auto sum = w.getDefiningOp<ag::AddOp>();
      if (!sum || !w.hasOneUse())
        continue;
      for (unsigned i : {0, 1})
        if (ag::PadOp other = zeroPad(sum->getOperand(i)))
          if (Value joined = join(b, op.getLoc(), other, pad)) {
            b.replaceOpWithNewOp<ag::AddOp>(op, sum->getOperand(1 - i), joined);
            return success();
          }
    }
    return failure();
  }
};

struct JoinPads : impl::JoinPadsBase<JoinPads> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<JoinAddedPads>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace gradc::gradient
