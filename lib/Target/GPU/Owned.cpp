// Owned.cpp - kernels of ag ops that own one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread an element, or a line of elements; in each the order is the CPU's.
#include "../Lanes/Cumulation.h"
#include "Writer.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;

namespace {

/// A convolution's sizes and steps, by spatial dim.
struct Windows {
  template <class Op>
  explicit Windows(Op op, ArrayRef<int64_t> window, ArrayRef<int64_t> out)
      : in(cast<RankedTensorType>(op.getX().getType()).getShape().drop_front(2)), window(window),
        out(out), strides(op.getStrides()), low(op.getPaddingLow()), base(op.getBaseDilation()),
        dilation(op.getWindowDilation()) {}
  ArrayRef<int64_t> in, window, out, strides, low, base, dilation;

  /// The input's position of one output and window position, behind `channel`, and whether it is
  /// one: not between the elements of a dilated input. `isThere` is null where that is certain;
  /// `inside` is whether it is no padding.
  struct Read {
    Value place, isThere, inside;
  };
  Read read(Threads &t, Value channel, ArrayRef<Value> output, ArrayRef<Value> tap) const;
  static int64_t count(ArrayRef<int64_t> sizes) {
    int64_t n = 1;
    for (int64_t size : sizes)
      n *= size;
    return n;
  }
};

/// The operands are the kernel's arguments in another order.
Value argumentOf(const DeviceKernel &k, Value operand) {
  return k.kernel.arguments[cast<BlockArgument>(operand).getArgNumber()];
}

} // namespace

static Value both(LaneBuilder &b, Value x, Value y) {
  return x ? Value(arith::AndIOp::create(b.b, b.loc, x, y)) : y;
}

Windows::Read Windows::read(Threads &t, Value channel, ArrayRef<Value> output,
                            ArrayRef<Value> tap) const {
  LaneBuilder &b = t.b;
  Read r{channel, nullptr, nullptr};
  for (size_t d = 0; d < in.size(); ++d) {
    Value at = b.add(b.mul(output[d], strides[d]), b.add(b.mul(tap[d], dilation[d]), -low[d]));
    if (base[d] > 1) {
      Value size = b.i64(base[d]);
      Value rest = arith::RemSIOp::create(b.b, b.loc, at, size);
      r.isThere = both(b, r.isThere, t.equals(rest, 0));
      at = arith::DivSIOp::create(b.b, b.loc, at, size);
      // What lies before the first element is no element, though the quotient is 0.
      Value before =
          b.add(b.mul(output[d], strides[d]), b.add(b.mul(tap[d], dilation[d]), -low[d]));
      r.inside =
          both(b, r.inside,
               arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::sge, before, b.i64(0)));
    }
    r.inside = both(b, r.inside, t.isBelow(at, in[d])); // negative ones are large
    r.place = b.add(b.mul(r.place, in[d]), at);
  }
  return r;
}

/// The input there, zero in the padding.
static Value paddedLoad(Threads &t, Value pointer, const Windows::Read &r, Type element) {
  LaneBuilder &b = t.b;
  return t.choose(r.inside, {b.zero(laneType(element, 1))},
                  [&] { return Lanes{b.load(pointer, r.place, element, 1)}; })[0];
}

/// One product of the chain, unless the window position falls between elements.
static Lanes chain(Threads &t, const Windows::Read &r, Lanes sum,
                   llvm::function_ref<Value()> product) {
  if (!r.isThere)
    return {product()};
  return t.choose(r.isThere, sum, [&] { return Lanes{product()}; });
}

/// A thread an output: over channels, then window positions.
static LogicalResult emitConvolution(KernelWriter &w, ag::ConvolutionOp op) {
  auto y = cast<RankedTensorType>(op.getY().getType()).getShape();
  auto weight = cast<RankedTensorType>(op.getW().getType()).getShape();
  Windows windows(op, weight.drop_front(2), y.drop_front(2));
  int64_t groups = op.getGroups(), perGroup = weight[0] / groups, channels = weight[1];
  Type element = getElementTypeOrSelf(op.getX().getType());
  w.forEach(sched::KernelGraph(), Windows::count(y), [&](DeviceKernel &k, Value position) {
    Threads &t = k.threads;
    LaneBuilder &b = t.b;
    Lanes at = t.unpack(position, y);
    Value group = arith::DivUIOp::create(b.b, b.loc, at[1], b.i64(perGroup));
    ArrayRef<Value> output = ArrayRef(at).drop_front(2);
    SmallVector<int64_t> taps{channels};
    llvm::append_range(taps, windows.window);
    Lanes sum = b.loop(
        b.i64(0), b.i64(Windows::count(taps)), 1, {b.zero(element)}, [&](Value n, Lanes carried) {
          Lanes tap = t.unpack(n, taps);
          Value channel = b.add(b.mul(b.add(b.mul(at[0], groups), group), channels), tap[0]);
          Windows::Read r = windows.read(t, channel, output, ArrayRef(tap).drop_front());
          return chain(t, r, carried, [&]() -> Value {
            Value from = b.add(b.mul(at[1], channels), tap[0]);
            for (size_t d = 0; d < windows.window.size(); ++d) {
              Value i = tap[d + 1];
              if (op.getFlipped())
                i = arith::SubIOp::create(b.b, b.loc, b.i64(windows.window[d] - 1), i);
              from = b.add(b.mul(from, windows.window[d]), i);
            }
            Value x = paddedLoad(t, argumentOf(k, op.getX()), r, element);
            return b.multiplyAdd(b.load(argumentOf(k, op.getW()), from, element, 1), x, carried[0]);
          });
        });
    b.store(sum[0], k.kernel.results[0], position);
  });
  return success();
}

/// A thread an element of the weight: over images, then positions.
static LogicalResult emitConvolutionWeight(KernelWriter &w, ag::ConvolutionWeightOp op) {
  auto y = cast<RankedTensorType>(op.getY().getType()).getShape();
  auto gradient = cast<RankedTensorType>(op.getD().getType()).getShape();
  Windows windows(op, y.drop_front(2), gradient.drop_front(2));
  int64_t groups = op.getGroups(), perGroup = y[0] / groups, channels = y[1];
  Type element = getElementTypeOrSelf(op.getX().getType());
  w.forEach(sched::KernelGraph(), Windows::count(y), [&](DeviceKernel &k, Value position) {
    Threads &t = k.threads;
    LaneBuilder &b = t.b;
    Lanes at = t.unpack(position, y);
    Value group = arith::DivUIOp::create(b.b, b.loc, at[0], b.i64(perGroup));
    SmallVector<Value> tap;
    for (size_t d = 0; d < windows.window.size(); ++d)
      tap.push_back(op.getFlipped() ? Value(arith::SubIOp::create(
                                          b.b, b.loc, b.i64(windows.window[d] - 1), at[d + 2]))
                                    : at[d + 2]);
    SmallVector<int64_t> positions{gradient[0]};
    llvm::append_range(positions, windows.out);
    Lanes sum = b.loop(
        b.i64(0), b.i64(Windows::count(positions)), 1, {b.zero(element)},
        [&](Value n, Lanes carried) {
          Lanes where = t.unpack(n, positions);
          Value channel = b.add(b.mul(b.add(b.mul(where[0], groups), group), channels), at[1]);
          Windows::Read r = windows.read(t, channel, ArrayRef(where).drop_front(), tap);
          return chain(t, r, carried, [&]() -> Value {
            Value from = b.add(b.mul(where[0], gradient[1]), at[0]);
            for (size_t d = 0; d < windows.out.size(); ++d)
              from = b.add(b.mul(from, windows.out[d]), where[d + 1]);
            Value x = paddedLoad(t, argumentOf(k, op.getX()), r, element);
            return b.multiplyAdd(x, b.load(argumentOf(k, op.getD()), from, element, 1), carried[0]);
          });
        });
    b.store(sum[0], k.kernel.results[0], position);
  });
  return success();
}

/// A thread a place of a slice, which takes the slices in order: no two add to one element.
static LogicalResult emitScatter(KernelWriter &w, ag::ScatterOp op) {
  Lines lines(op.getX(), op.getDim());
  Type element = getElementTypeOrSelf(op.getX().getType());
  auto indices = cast<RankedTensorType>(op.getI().getType());
  int64_t count = indices.getNumElements();
  sched::KernelGraph none;
  w.forEach(none, lines.outer * lines.size * lines.inner, [&](DeviceKernel &k, Value position) {
    LaneBuilder &b = k.threads.b;
    b.store(b.load(argumentOf(k, op.getX()), position, element, 1), k.kernel.results[0], position);
  });
  w.forEach(none, lines.outer * lines.inner, [&](DeviceKernel &k, Value position) {
    Threads &t = k.threads;
    LaneBuilder &b = t.b;
    Lanes at = t.unpack(position, {lines.outer, lines.inner});
    Value y = k.kernel.results[0];
    b.loop(b.i64(0), b.i64(count), 1, [&](Value j) {
      Value i = b.load(argumentOf(k, op.getI()), j, indices.getElementType(), 1);
      if (!i.getType().isInteger(64))
        i = arith::ExtSIOp::create(b.b, b.loc, b.b.getI64Type(), i);
      // As unsigned numbers negative ones are large.
      t.when(t.isBelow(i, lines.size), [&] {
        Value place = b.add(b.mul(b.add(b.mul(at[0], lines.size), i), lines.inner), at[1]);
        Value from = b.add(b.mul(b.add(b.mul(at[0], count), j), lines.inner), at[1]);
        Value update = b.load(argumentOf(k, op.getU()), from, element, 1);
        Value old = op.getMode() == ag::ScatterMode::set ? update : b.load(y, place, element, 1);
        b.store(combineScattered(b, op.getMode(), old, update), y, place);
      });
    });
  });
  return success();
}

/// A thread a line.
template <class Op> static LogicalResult emitCumulation(KernelWriter &w, Op op) {
  Lines lines(op.getX(), op.getDim());
  w.forEach(sched::KernelGraph(), lines.outer * lines.inner, [&](DeviceKernel &k, Value position) {
    LaneBuilder &b = k.threads.b;
    Lanes at = k.threads.unpack(position, {lines.outer, lines.inner});
    SmallVector<Value> inputs;
    for (Value v : op->getOperands())
      inputs.push_back(argumentOf(k, v));
    Cumulation cumulation(b, op, inputs, k.kernel.results[0]);
    cumulation.along({b.add(b.mul(at[0], lines.size * lines.inner), at[1])}, {1});
  });
  return success();
}

/// A thread an element, which counts those that come before it: that is its place.
static LogicalResult emitSort(KernelWriter &w, ag::SortOp op) {
  Lines lines(op.getX(), op.getDim());
  Type element = getElementTypeOrSelf(op.getX().getType());
  bool descending = op.getDescending();
  int64_t count = lines.outer * lines.size * lines.inner;
  w.forEach(sched::KernelGraph(), count, [&](DeviceKernel &k, Value position) {
    Threads &t = k.threads;
    LaneBuilder &b = t.b;
    Lanes at = t.unpack(position, {lines.outer, lines.size, lines.inner});
    Value line = b.add(b.mul(at[0], lines.size * lines.inner), at[2]);
    Value x = argumentOf(k, op.getX());
    auto load = [&](Value i) { return b.load(x, b.add(line, b.mul(i, lines.inner)), element, 1); };
    Value own = load(at[1]);
    // Before it in memory, all but those that belong behind it; behind it, those that belong
    // before.
    auto count = [&](Value from, Value to, Value start, bool before) {
      return b.loop(from, to, 1, {start}, [&](Value j, Lanes sum) -> Lanes {
        Value other = load(j);
        Value moves = before ? sortsBefore(b, descending, own, other)
                             : sortsBefore(b, descending, other, own);
        if (before)
          moves = arith::XOrIOp::create(b.b, b.loc, moves, b.integer(1, moves.getType()));
        return {b.add(sum[0], arith::ExtUIOp::create(b.b, b.loc, b.b.getI64Type(), moves))};
      })[0];
    };
    Value place = count(b.i64(0), at[1], b.i64(0), true);
    place = count(b.add(at[1], 1), b.i64(lines.size), place, false);
    Value to = b.add(line, b.mul(place, lines.inner));
    b.store(own, k.kernel.results[0], to);
    b.store(at[1], k.kernel.results[1], to);
  });
  return success();
}

LogicalResult gradc::gpu::emitOwned(KernelWriter &w, ag::KernelOpInterface op, std::string &why) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ag::ScatterOp o) { return emitScatter(w, o); })
      .Case([&](ag::ConvolutionOp o) { return emitConvolution(w, o); })
      .Case([&](ag::ConvolutionWeightOp o) { return emitConvolutionWeight(w, o); })
      .Case([&](ag::SortOp o) { return emitSort(w, o); })
      .Case([&](ag::CumulativeOp o) { return emitCumulation(w, o); })
      .Case([&](ag::RecurrenceOp o) { return emitCumulation(w, o); })
      .Default([&](Operation *o) {
        why = ("no emitter for '" + o->getName().getStringRef() + "'").str();
        return failure();
      });
}
