// SlotIndices.cpp - reads and writes at a loop's index become slices.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loop over time takes the slice of its turn with a gather, and puts its result in place with a
// scatter. That their index is in range, and another one in each turn, follows from the loop: as
// slices of stacks the derivative of the whole tensor is filled slice by slice, and the code
// computes where it wants to read and write.
#include "Slots.h"
#include "gradc/Gradient/Passes.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_SLOTINDICES
#include "gradc/Gradient/Passes.h.inc"

namespace {

bool isSingle(Value v) {
  auto type = dyn_cast<RankedTensorType>(v.getType());
  return type && type.hasStaticShape() && type.getNumElements() == 1;
}

std::optional<AffineIndex> affineNumber(Value v);

/// What a tensor of one bool is.
std::optional<bool> knownBool(Value v) {
  Operation *op = v.getDefiningOp();
  if (!op || !isSingle(v))
    return std::nullopt;
  if (isa<ag::ReshapeOp, ag::BroadcastOp, ag::ReduceMinOp, ag::ReduceMaxOp>(op))
    return knownBool(op->getOperand(0));
  if (isa<ag::LogicalAndOp>(op)) {
    auto a = knownBool(op->getOperand(0)), b = knownBool(op->getOperand(1));
    return a && b ? std::optional(*a && *b) : std::nullopt;
  }
  auto compare = dyn_cast<ag::CompareOp>(op);
  if (!compare)
    return std::nullopt;
  auto a = affineNumber(compare.getA()), b = affineNumber(compare.getB());
  auto minus = b ? times(*b, -1) : std::nullopt;
  auto difference = a && minus ? plus(*a, *minus) : std::nullopt;
  auto range = difference ? rangeOf(*difference) : std::nullopt;
  if (!range)
    return std::nullopt;
  auto decide = [](bool yes, bool no) { return yes || no ? std::optional(yes) : std::nullopt; };
  switch (compare.getPredicate()) {
  case ag::Predicate::lt:
    return decide(range->second < 0, range->first >= 0);
  case ag::Predicate::le:
    return decide(range->second <= 0, range->first > 0);
  case ag::Predicate::gt:
    return decide(range->first > 0, range->second <= 0);
  case ag::Predicate::ge:
    return decide(range->first >= 0, range->second < 0);
  default:
    return std::nullopt;
  }
}

/// A tensor of one integer.
std::optional<AffineIndex> affineNumber(Value v) {
  Operation *op = v.getDefiningOp();
  if (!op || !isSingle(v) || !getElementTypeOrSelf(v.getType()).isInteger(64))
    return std::nullopt;
  if (auto constant = dyn_cast<ag::ConstantOp>(op)) {
    auto data = dyn_cast<DenseElementsAttr>(constant.getValue());
    return data ? std::optional(AffineIndex{{}, 0, (*data.value_begin<APInt>()).getSExtValue()})
                : std::nullopt;
  }
  if (auto number = dyn_cast<tensor::FromElementsOp>(op)) {
    auto cast = number.getElements().front().getDefiningOp<arith::IndexCastOp>();
    return cast ? affineIndex(cast.getIn()) : std::nullopt;
  }
  if (isa<ag::ReshapeOp, ag::BroadcastOp>(op))
    return affineNumber(op->getOperand(0));
  if (auto choice = dyn_cast<ag::SelectOp>(op)) {
    auto known = knownBool(choice.getCondition());
    return known ? affineNumber(*known ? choice.getA() : choice.getB()) : std::nullopt;
  }
  if (!isa<ag::AddOp, ag::SubOp, ag::MulOp>(op))
    return std::nullopt;
  auto a = affineNumber(op->getOperand(0)), b = affineNumber(op->getOperand(1));
  if (!a || !b)
    return std::nullopt;
  if (isa<ag::MulOp>(op))
    return a->loop ? b->loop ? std::nullopt : times(*a, b->offset) : times(*b, a->offset);
  if (isa<ag::SubOp>(op))
    b = times(*b, -1);
  return b ? plus(*a, *b) : b;
}

class Slicer {
public:
  unsigned run(func::FuncOp func) {
    SmallVector<Operation *> ops;
    func.walk([&](Operation *op) {
      if (isa<ag::GatherOp, ag::ScatterOp, ag::ExpectOp>(op) && op->getParentOfType<scf::ForOp>())
        ops.push_back(op);
    });
    for (Operation *op : ops)
      if (auto take = dyn_cast<ag::GatherOp>(op))
        gather(take);
      else if (auto put = dyn_cast<ag::ScatterOp>(op))
        scatter(put);
      else if (auto expect = cast<ag::ExpectOp>(op); knownBool(expect.getCondition()) == true)
        expect.erase();
    return count;
  }

private:
  /// The place along the first dim of `whole` as a number of the loop; null where it is not one in
  /// range.
  Value slotIn(Value whole, Value index, int64_t dim) {
    auto at = dim == 0 && isSingle(index) ? affineNumber(index) : std::nullopt;
    auto range = at && at->loop ? rangeOf(*at) : std::nullopt;
    int64_t size = cast<RankedTensorType>(whole.getType()).getDimSize(0);
    if (!range || range->first < 0 || range->second >= size || rowOf(whole).getNumElements() == 0)
      return {};
    Value &slot = slots[{at->loop, at->scale, at->offset}];
    if (slot)
      return slot;
    // At the start of the loop: what is computed before the write may aim there.
    OpBuilder b = OpBuilder::atBlockBegin(at->loop.getBody());
    Location loc = at->loop.getLoc();
    slot = at->loop.getInductionVar();
    if (at->scale != 1)
      slot = arith::MulIOp::create(b, loc, slot, arith::ConstantIndexOp::create(b, loc, at->scale));
    if (at->offset != 0)
      slot =
          arith::AddIOp::create(b, loc, slot, arith::ConstantIndexOp::create(b, loc, at->offset));
    return slot;
  }

  static RankedTensorType rowOf(Value whole) {
    auto type = cast<RankedTensorType>(whole.getType());
    return RankedTensorType::get(type.getShape().drop_front(), type.getElementType());
  }

  static Value shaped(OpBuilder &b, Location loc, Value v, RankedTensorType type) {
    return v.getType() == type ? v : ag::ReshapeOp::create(b, loc, type, v).getResult();
  }

  void gather(ag::GatherOp op) {
    Value slot = slotIn(op.getX(), op.getI(), op.getDim());
    if (!slot)
      return;
    OpBuilder b(op);
    SmallVector<OpFoldResult> offsets, sizes, strides;
    RankedTensorType row = rowOf(op.getX());
    slotOf(b, slot, row.getShape(), offsets, sizes, strides);
    Value y =
        tensor::ExtractSliceOp::create(b, op.getLoc(), row, op.getX(), offsets, sizes, strides);
    op.getY().replaceAllUsesWith(
        shaped(b, op.getLoc(), y, cast<RankedTensorType>(op.getY().getType())));
    op.erase();
    ++count;
  }

  void scatter(ag::ScatterOp op) {
    Value slot =
        op.getMode() == ag::ScatterMode::set ? slotIn(op.getX(), op.getI(), op.getDim()) : Value();
    if (!slot)
      return;
    OpBuilder b(op);
    SmallVector<OpFoldResult> offsets, sizes, strides;
    RankedTensorType row = rowOf(op.getX());
    slotOf(b, slot, row.getShape(), offsets, sizes, strides);
    Value u = shaped(b, op.getLoc(), op.getU(), row);
    Value y = tensor::InsertSliceOp::create(b, op.getLoc(), u, op.getX(), offsets, sizes, strides);
    op.getY().replaceAllUsesWith(y);
    op.erase();
    ++count;
  }

  std::map<std::tuple<Operation *, int64_t, int64_t>, Value> slots;
  unsigned count = 0;
};

struct SlotIndices : impl::SlotIndicesBase<SlotIndices> {
  void runOnOperation() override { slices += Slicer().run(getOperation()); }
};

} // namespace
} // namespace gradc::gradient
