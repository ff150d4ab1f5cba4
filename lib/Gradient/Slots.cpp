// Slots.cpp - slices of a tensor along its first dim at a place that a loop's index decides.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Slots.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace gradc::gradient {

/// Sums and products of two such numbers fit.
constexpr int64_t kLimit = int64_t(1) << 31;

static std::optional<AffineIndex> small(const AffineIndex &a) {
  bool fits = std::abs(a.scale) < kLimit && std::abs(a.offset) < kLimit;
  return fits ? std::optional(a) : std::nullopt;
}

std::optional<AffineIndex> plus(const AffineIndex &a, const AffineIndex &b) {
  if (a.loop && b.loop && a.loop != b.loop)
    return std::nullopt;
  return small({a.loop ? a.loop : b.loop, a.scale + b.scale, a.offset + b.offset});
}

std::optional<AffineIndex> times(const AffineIndex &a, int64_t factor) {
  if (std::abs(factor) >= kLimit)
    return std::nullopt;
  return small({a.loop, a.scale * factor, a.offset * factor});
}

static std::optional<AffineIndex> product(const AffineIndex &a, const AffineIndex &b) {
  if (!a.loop)
    return times(b, a.offset);
  return b.loop ? std::nullopt : times(a, b.offset);
}

/// Division that leaves nothing.
static std::optional<AffineIndex> quotient(const AffineIndex &a, const AffineIndex &b) {
  if (b.loop || b.offset == 0 || a.scale % b.offset || a.offset % b.offset)
    return std::nullopt;
  return AffineIndex{a.loop, a.scale / b.offset, a.offset / b.offset};
}

std::optional<AffineIndex> affineIndex(Value v) {
  if (std::optional<int64_t> n = getConstantIntValue(v))
    return small({{}, 0, *n});
  if (auto argument = dyn_cast<BlockArgument>(v)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (!loop || loop.getInductionVar() != v)
      return std::nullopt;
    return AffineIndex{loop, 1, 0};
  }
  Operation *op = v.getDefiningOp();
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::DivSIOp>(op))
    return std::nullopt;
  auto a = affineIndex(op->getOperand(0)), b = affineIndex(op->getOperand(1));
  if (!a || !b)
    return std::nullopt;
  if (isa<arith::MulIOp>(op))
    return product(*a, *b);
  if (isa<arith::DivSIOp>(op))
    return quotient(*a, *b);
  if (isa<arith::SubIOp>(op))
    b = times(*b, -1);
  return b ? plus(*a, *b) : b;
}

std::optional<std::pair<int64_t, int64_t>> rangeOf(const AffineIndex &a) {
  if (!a.loop)
    return std::pair(a.offset, a.offset);
  scf::ForOp loop = a.loop;
  std::optional<int64_t> count = tripCount(loop);
  if (!count || *count < 1 || *count >= kLimit)
    return std::nullopt;
  int64_t lower = *getConstantIntValue(loop.getLowerBound()),
          step = *getConstantIntValue(loop.getStep());
  if (std::abs(lower) >= kLimit || step >= kLimit / *count)
    return std::nullopt;
  int64_t first = a.scale * lower + a.offset,
          last = a.scale * (lower + (*count - 1) * step) + a.offset;
  return std::minmax(first, last);
}

SlotUse slotUse(OffsetSizeAndStrideOpInterface slice, RankedTensorType whole, scf::ForOp loop) {
  SlotUse none;
  if (whole.getRank() == 0 || slice.getStaticSizes()[0] != 1)
    return none;
  for (int64_t d = 0; d < whole.getRank(); ++d)
    if (slice.getStaticStrides()[d] != 1 ||
        (d &&
         (slice.getStaticOffsets()[d] != 0 || slice.getStaticSizes()[d] != whole.getDimSize(d))))
      return none;
  auto offset = dyn_cast<Value>(slice.getMixedOffsets()[0]);
  std::optional<AffineIndex> at = offset ? affineIndex(offset) : std::nullopt;
  if (!at || at->loop != loop || at->scale == 0)
    return none;
  auto range = rangeOf(*at);
  if (!range)
    return none;
  // A loop may end early.
  bool covers = range->first == 0 && range->second == whole.getDimSize(0) - 1 &&
                *tripCount(loop) == whole.getDimSize(0) &&
                loop.getBody()->getOps<ag::ContinueIfOp>().empty();
  return {at, covers};
}

tensor::InsertSliceOp stackWrite(scf::ForOp loop, unsigned i) {
  auto write =
      loop.getBody()->getTerminator()->getOperand(i).getDefiningOp<tensor::InsertSliceOp>();
  Value argument = loop.getRegionIterArg(i);
  bool isStack = write && write.getDest() == argument && argument.hasOneUse() &&
                 write->hasOneUse() && write->getBlock() == loop.getBody() &&
                 slotUse(write, write.getDestType(), loop).at;
  return isStack ? write : tensor::InsertSliceOp();
}

void slotOf(OpBuilder &b, Value slot, ArrayRef<int64_t> shape, SmallVector<OpFoldResult> &offsets,
            SmallVector<OpFoldResult> &sizes, SmallVector<OpFoldResult> &strides) {
  offsets = {slot};
  sizes = strides = {b.getIndexAttr(1)};
  for (int64_t n : shape) {
    offsets.push_back(b.getIndexAttr(0));
    sizes.push_back(b.getIndexAttr(n));
    strides.push_back(b.getIndexAttr(1));
  }
}

} // namespace gradc::gradient
