// Panel.cpp - the part of a convolution's input that a block of outputs reads.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Panel.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;

Lanes gradc::cpu::countedLoop(LaneBuilder &b, int64_t count, int64_t limit, Lanes carried,
                              llvm::function_ref<Lanes(Value, Lanes)> body) {
  if (count > limit)
    return b.loop(b.i64(0), b.i64(count), 1, carried, body);
  for (int64_t i = 0; i < count; ++i)
    carried = body(b.i64(i), carried);
  return carried;
}

Value gradc::cpu::multiplyAdd(LaneBuilder &b, Value x, Value y, Value z) {
  Type element = getElementTypeOrSelf(x.getType());
  if (isa<FloatType>(element))
    return math::FmaOp::create(b.b, b.loc, x, y, z);
  bool isBool = element.isInteger(1);
  Value product = b.combine(isBool ? sched::Combiner::And : sched::Combiner::Mul, x, y);
  return b.combine(isBool ? sched::Combiner::Or : sched::Combiner::Add, z, product);
}

Value gradc::cpu::zeroOf(LaneBuilder &b, Type type) {
  return isa<FloatType>(getElementTypeOrSelf(type)) ? b.real(0, type) : b.integer(0, type);
}

namespace {
/// How many elements a loop over blocks covers, and how many a block has.
struct BlockLoop {
  int64_t total, size;
  int64_t count() const { return std::max<int64_t>(1, llvm::divideCeil(total, size)); }
};
} // namespace

static SmallVector<BlockLoop, 5> loopsOf(const ag::ConvolutionPlan &plan) {
  const ag::ConvolutionDim *dims = plan.dims;
  return {{plan.groups, 1},
          {plan.images, plan.blockImages},
          {dims[0].count, 1},
          {dims[1].count, plan.blockRows},
          {dims[2].count, plan.blockColumns}};
}

int64_t Panel::countBlocks() const {
  int64_t count = 1;
  for (const BlockLoop &loop : loopsOf(plan))
    count *= loop.count();
  return count;
}

void Panel::forEachBlock(bool overlap, Share share,
                         llvm::function_ref<void(const ConvolutionBlock &)> body) {
  SmallVector<BlockLoop, 5> loops = loopsOf(plan);
  // The first element of a block; the last block may begin early enough to be whole.
  auto first = [&](const BlockLoop &loop, Value number) {
    Value at = b.mul(number, loop.size);
    if (overlap && loop.total > loop.size && loop.total % loop.size)
      at = arith::MinSIOp::create(b.b, b.loc, at, b.i64(loop.total - loop.size));
    return at;
  };
  SmallVector<Value, 5> at;
  auto nest = [&](auto &nest) -> void {
    if (at.size() == loops.size())
      return body({at[0], at[1], at[2], at[3], at[4], {}, {}});
    const BlockLoop &loop = loops[at.size()];
    auto inside = [&](Value number) {
      at.push_back(first(loop, number));
      nest(nest);
      at.pop_back();
    };
    if (loop.count() == 1)
      return inside(b.i64(0));
    if (share == Groups && at.empty())
      return shareLoop(b, loop.count(), inside);
    b.loop(b.i64(0), b.i64(loop.count()), 1, inside);
  };
  if (!b.team || share != Blocks)
    return nest(nest);
  shareLoop(b, countBlocks(), [&](Value block) {
    for (const BlockLoop &loop : llvm::reverse(loops)) {
      Value number = b.i64(0);
      if (loop.count() > 1) {
        number = arith::RemUIOp::create(b.b, b.loc, block, b.i64(loop.count()));
        block = arith::DivUIOp::create(b.b, b.loc, block, b.i64(loop.count()));
      }
      at.push_back(first(loop, number));
    }
    body({at[4], at[3], at[2], at[1], at[0], {}, {}});
    at.clear();
  });
}

Value Panel::inRange(Value at, int64_t size) {
  return arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, at, b.i64(size));
}

void Panel::pack(const ConvolutionBlock &block) {
  if (plan.direct)
    return;
  const ag::ConvolutionDim *dims = plan.dims;
  int64_t parts = dims[1].parts() * dims[2].parts();
  Value firstDepth = b.add(b.mul(block.depth, dims[0].step), dims[0].low);
  auto plane = [&](Value channel, Value slice, Value i) {
    Value inputPlane = b.add(b.mul(block.group, plan.inChannels), channel);
    Value depth = b.add(firstDepth, slice), hasDepth = inRange(depth, dims[0].in);
    Value to = b.add(this->channel(block, channel), b.mul(slice, plan.panelDepth()));
    Value image = b.add(block.image, i);
    Value hasImage = arith::AndIOp::create(b.b, b.loc, hasDepth, inRange(image, plan.images));
    Value from = b.add(b.mul(image, plan.groups * plan.inChannels), inputPlane);
    from = b.add(b.mul(from, dims[0].in), depth);
    b.loop(b.i64(0), b.i64(plan.panelRows()), 1, [&](Value r) {
      Value first = b.add(b.mul(b.add(block.row, r), dims[1].step), dims[1].low);
      Value place = b.add(b.mul(r, plan.blockImages), i);
      for (int64_t part = 0; part < parts; ++part) {
        Value row = b.add(first, part / dims[2].parts());
        Value isThere = arith::AndIOp::create(b.b, b.loc, hasImage, inRange(row, dims[1].in));
        Value source = b.mul(b.add(b.mul(from, dims[1].in), row), dims[2].in);
        Value dest = b.add(b.add(to, part * plan.panelPart()), b.mul(place, plan.panelRow()));
        auto branch = scf::IfOp::create(b.b, b.loc, isThere, /*withElseRegion=*/true);
        OpBuilder::InsertionGuard guard(b.b);
        b.b.setInsertionPointToStart(branch.thenBlock());
        packRow(source, dest, block.column, part % dims[2].parts());
        b.b.setInsertionPointToStart(branch.elseBlock());
        fillZeros(dest, 0, plan.panelRow());
      }
    });
  };
  int64_t slices = dims[0].span + 1;
  Value begin = block.channel ? block.channel : b.i64(0);
  Value end = block.channel ? block.endChannel : b.i64(plan.inChannels);
  b.loop(begin, end, 1, [&](Value channel) {
    b.loop(b.i64(0), b.i64(slices), 1, [&](Value slice) {
      b.loop(b.i64(0), b.i64(plan.blockImages), 1, [&](Value i) { plane(channel, slice, i); });
    });
  });
}

void Panel::packRow(Value from, Value to, Value column, int64_t part) {
  if (plan.blockColumns == plan.dims[2].count)
    copyRow(from, to, part);
  else
    selectRow(from, to, column, part);
}

void Panel::fillZeros(Value to, int64_t from, int64_t count) {
  forEachPart(b, element, count, 1, [&](Value at, ArrayRef<int64_t> lanes) {
    b.store(zeroOf(b, laneType(element, lanes[0])), memory, b.add(b.add(to, from), at));
  });
}

/// A whole row: which elements are inside the input is known.
void Panel::copyRow(Value from, Value to, int64_t part) {
  const ag::ConvolutionDim &d = plan.dims[2];
  int64_t first = d.low + part, row = plan.panelRow();
  int64_t begin = first >= 0 ? 0 : std::min(row, (-first + d.step - 1) / d.step);
  int64_t end = d.in <= first ? 0 : std::min(row, (d.in - first + d.step - 1) / d.step);
  end = std::max(begin, end);
  fillZeros(to, 0, begin);
  Value source = b.add(from, first + begin * d.step);
  forEachPart(b, element, end - begin, 1, [&](Value at, ArrayRef<int64_t> lanes) {
    Value v = b.loadStrided(input, b.add(source, b.mul(at, d.step)), d.step, element, lanes[0]);
    b.store(v, memory, b.add(b.add(to, begin), at));
  });
  if (end < row)
    fillZeros(to, end, row - end);
}

/// Part of a row, from a column that only the running program knows.
void Panel::selectRow(Value from, Value to, Value column, int64_t part) {
  const ag::ConvolutionDim &d = plan.dims[2];
  Value first = b.add(b.mul(column, d.step), d.low + part);
  b.loop(b.i64(0), b.i64(plan.panelRow()), 1, [&](Value i) {
    Value at = b.add(first, b.mul(i, d.step));
    Value clamped = arith::MaxSIOp::create(
        b.b, b.loc, arith::MinSIOp::create(b.b, b.loc, at, b.i64(d.in - 1)), b.i64(0));
    Value v = b.load(input, b.add(from, clamped), element, 1);
    v = arith::SelectOp::create(b.b, b.loc, inRange(at, d.in), v, zeroOf(b, element));
    b.store(v, memory, b.add(to, i));
  });
}

Value Panel::channel(const ConvolutionBlock &block, Value channel) {
  if (!plan.direct) {
    if (block.channel)
      channel = arith::SubIOp::create(b.b, b.loc, channel, block.channel);
    return b.mul(channel, plan.panelChannel());
  }
  const ag::ConvolutionDim *dims = plan.dims;
  Value plane = b.add(b.mul(block.image, plan.groups), block.group);
  plane = b.add(b.mul(plane, plan.inChannels), channel);
  Value depth = b.add(b.mul(block.depth, dims[0].step), dims[0].low);
  Value row = b.add(b.mul(b.add(b.mul(plane, dims[0].in), depth), dims[1].in),
                    b.add(block.row, dims[1].low));
  return b.add(b.mul(row, dims[2].in), b.add(block.column, dims[2].low));
}

std::pair<Value, Value> Panel::tapsInside(int dim, Value first, int64_t count) {
  const ag::ConvolutionDim &d = plan.dims[dim];
  const ag::ConvolutionDim::Taps &t = d.taps[0];
  // Position k of output i reads at step * i + offset + k * eachOffset.
  first = b.add(b.mul(first, d.step), t.offset);
  int64_t each = std::max<int64_t>(1, t.eachOffset); // 0 of a single one
  // The first position that is at least `room` elements further on.
  auto positions = [&](Value room) -> Value {
    room = arith::MaxSIOp::create(b.b, b.loc, room, b.i64(0));
    Value k = arith::DivUIOp::create(b.b, b.loc, b.add(room, each - 1), b.i64(each));
    return arith::MinSIOp::create(b.b, b.loc, k, b.i64(t.count));
  };
  Value last = b.add(first, (count - 1) * d.step);
  return {positions(arith::SubIOp::create(b.b, b.loc, b.i64(0), last)),
          positions(arith::SubIOp::create(b.b, b.loc, b.i64(d.in), first))};
}

Value Panel::tapOffset(int dim, int64_t phase, Value tap) {
  const ag::ConvolutionDim &d = plan.dims[dim];
  const ag::ConvolutionDim::Taps &t = d.taps[phase];
  Value e = b.add(b.mul(tap, t.eachOffset), t.offset - d.low);
  if (dim == 0)
    return b.mul(e, plan.direct ? plan.dims[1].in * plan.dims[2].in : plan.panelDepth());
  Value part, shift = e;
  if (d.isCopied) {
    part = e;
    shift = b.i64(0);
  } else if (d.step > 1) {
    shift = arith::DivUIOp::create(b.b, b.loc, e, b.i64(d.step));
    part = arith::RemUIOp::create(b.b, b.loc, e, b.i64(d.step));
  }
  Value offset = dim == 1 ? b.mul(shift, plan.blockImages * plan.panelRow()) : shift;
  if (!part)
    return offset;
  int64_t stride = plan.panelPart() * (dim == 1 ? plan.dims[2].parts() : 1);
  return b.add(offset, b.mul(part, stride));
}

Value Panel::tapPosition(int dim, int64_t phase, Value tap) {
  const ag::ConvolutionDim &d = plan.dims[dim];
  const ag::ConvolutionDim::Taps &t = d.taps[phase];
  Value k = b.add(b.mul(tap, t.each), t.first);
  if (!plan.flipped)
    return k;
  return arith::SubIOp::create(b.b, b.loc, b.i64(d.window - 1), k);
}
