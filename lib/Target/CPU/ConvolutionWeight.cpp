// ConvolutionWeight.cpp - the gradient of a convolution by its weight.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of a register tile are window positions of input channels, whose elements are broadcast;
// its vectors run along output channels, of which the output's gradient is made neighbours first.
// Sums wait in memory from block to block: every element is one chain of fused multiply-adds over
// images, then positions. In the end they are transposed into the weight's order. Threads share the
// groups, or the window positions; each packs for itself, as what another one packed would have to
// come from that one's cache.
#include "Panel.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using ag::ConvolutionDim;

namespace {

class WeightEmitter {
public:
  WeightEmitter(LaneBuilder &b, ag::ConvolutionWeightOp op, const OwnedKernel &kernel)
      : b(b), plan(op), element(getElementTypeOrSelf(op.getX().getType())),
        gradient(kernel.operands[1]), output(kernel.results[0]), scratch(kernel.results[1]),
        shareGroups(b.team && plan.groups >= kShareFrom),
        memory(b.ownMemory(scratch, kernel.resultBytes[1])),
        panel(b, plan, element, kernel.operands[0], memory), width(vectorWidth(b, element)) {
    int64_t registers = b.target.registers;
    tileVectors =
        std::min<int64_t>(llvm::divideCeil(plan.outChannels, width), registers >= 32 ? 4 : 2);
    tileRows = (registers - 2 - tileVectors) / tileVectors;
    channels = plan.groups * plan.outChannels;
    kernelSize = plan.dims[0].window * plan.dims[1].window * plan.dims[2].window;
  }

  void run() {
    int64_t count = plan.inChannels * kernelSize * channels;
    shareParts(b, element, count, 1, [&](Value at, ArrayRef<int64_t> lanes) {
      b.store(zeroOf(b, laneType(element, lanes[0])), scratch, b.add(at, plan.sumsOffset()));
    });
    b.barrier();
    Panel::Share share = shareGroups ? Panel::Groups : Panel::Nothing;
    panel.forEachBlock(/*overlap=*/false, share, [&](const ConvolutionBlock &block) {
      panel.pack(block);
      const ConvolutionDim *d = plan.dims;
      for (phase[0] = 0; phase[0] < d[0].phases; ++phase[0])
        for (phase[1] = 0; phase[1] < d[1].phases; ++phase[1])
          for (phase[2] = 0; phase[2] < d[2].phases; ++phase[2])
            addPhase(block);
    });
    b.barrier();
    transpose();
  }

private:
  /// Rows of a register tile: input channels, and lines of window positions of each.
  struct Tile {
    int64_t channels = 1, lines = 1;
  };

  /// How many outputs of the phase a block has along a dim: `size`, or what is left.
  Value extent(Value first, int64_t size, int64_t total) {
    Value left = arith::SubIOp::create(b.b, b.loc, b.i64(total), first);
    return arith::MaxSIOp::create(b.b, b.loc, arith::MinSIOp::create(b.b, b.loc, left, b.i64(size)),
                                  b.i64(0));
  }

  void addPhase(const ConvolutionBlock &block) {
    const ConvolutionDim *d = plan.dims;
    for (int i = 0; i < 3; ++i)
      if (d[i].taps[phase[i]].count == 0 || d[i].outputsOf(phase[i]) == 0)
        return;
    Value depths = extent(block.depth, 1, d[0].outputsOf(phase[0]));
    images = extent(block.image, plan.blockImages, plan.images);
    // No depth of the phase is left: no images.
    images = arith::MulIOp::create(b.b, b.loc, images, depths);
    rows = extent(block.row, plan.blockRows, d[1].outputsOf(phase[1]));
    columns = extent(block.column, plan.blockColumns, d[2].outputsOf(phase[2]));
    packGradient(block);
    int64_t taps = d[2].taps[phase[2]].count, lines = d[1].taps[phase[1]].count;
    Tile tile;
    tile.channels = std::clamp<int64_t>(tileRows / taps, 1, plan.inChannels);
    // Where there are no more channels, lines of window positions.
    int64_t most = b.team && plan.inChannels == tile.channels ? (lines + 1) / 2 : lines;
    if (plan.inChannels == tile.channels)
      tile.lines = std::clamp<int64_t>(tileRows / taps / tile.channels, 1, most);
    int64_t groups = plan.inChannels / tile.channels;
    inputChannels(block, b.i64(0), groups, tile);
    if (int64_t rest = plan.inChannels % tile.channels)
      inputChannels(block, b.i64(groups * tile.channels), 1, {rest, tile.lines});
  }

  /// Where the gradient of an output is in scratch, from its channel on.
  Value gradientPlace(Value image, Value row, Value column) {
    Value at = b.add(b.mul(image, plan.blockRows), row);
    at = b.add(b.mul(at, plan.blockColumns), column);
    return b.add(b.mul(at, plan.outChannels), plan.gradientOffset());
  }

  /// The output's gradient in the block, with channels last: by squares, as far as there are any.
  void packGradient(const ConvolutionBlock &block) {
    const ConvolutionDim *d = plan.dims;
    int64_t plane = d[0].out * d[1].out * d[2].out;
    int64_t square = width > 1 && d[2].phases == 1 ? width : 1;
    int64_t squares = plan.outChannels / square * square;
    b.loop(b.i64(0), images, 1, [&](Value image) {
      Value first = b.add(b.mul(b.add(block.image, image), plan.groups), block.group);
      b.loop(b.i64(0), rows, 1, [&](Value row) {
        Value y = b.add(b.mul(b.add(block.row, row), d[1].phases), phase[1]);
        Value depth = b.add(b.mul(block.depth, d[0].phases), phase[0]);
        Value line = b.mul(b.add(b.mul(depth, d[1].out), y), d[2].out);
        line = b.add(line, b.mul(first, plan.outChannels * plane));
        auto source = [&](Value column) {
          return b.add(line, b.add(b.mul(b.add(block.column, column), d[2].phases), phase[2]));
        };
        auto one = [&](Value column) {
          Value at = source(column), place = gradientPlace(image, row, column);
          forEachPart(b, element, plan.outChannels, 1, [&](Value c, ArrayRef<int64_t> lanes) {
            b.store(b.loadStrided(gradient, b.add(at, b.mul(c, plane)), plane, element, lanes[0]),
                    memory, b.add(place, c));
          });
        };
        Value end = b.i64(0);
        if (square > 1 && squares == plan.outChannels) {
          end = arith::AndIOp::create(b.b, b.loc, columns, b.i64(-square));
          b.loop(b.i64(0), end, square, [&](Value column) {
            Value at = source(column), place = gradientPlace(image, row, column);
            b.loop(b.i64(0), b.i64(squares), square, [&](Value c) {
              packSquare(b.add(at, b.mul(c, plane)), plane, b.add(place, c));
            });
          });
        }
        b.loop(end, columns, 1, one);
      });
    });
  }

  /// `width` neighbours of as many channels.
  void packSquare(Value from, int64_t plane, Value to) {
    Lanes lines;
    for (int64_t i = 0; i < width; ++i)
      lines.push_back(b.load(gradient, b.add(from, i * plane), element, width));
    lines = b.transpose(lines);
    for (int64_t i = 0; i < width; ++i)
      b.store(lines[i], memory, b.add(to, i * plan.outChannels));
  }

  /// What this thread does of [0, n). Reversed, few things go to the first threads, and not to the
  /// last as else.
  std::pair<Value, Value> share(int64_t n, bool reversed) {
    if (shareGroups || !b.team)
      return {b.i64(0), b.i64(n)};
    auto [from, to] = b.share(n);
    if (!reversed)
      return {from, to};
    return {arith::SubIOp::create(b.b, b.loc, b.i64(n), to),
            arith::SubIOp::create(b.b, b.loc, b.i64(n), from)};
  }

  /// Tiles of all window positions and `groups` groups of input channels from `first` on.
  void inputChannels(const ConvolutionBlock &block, Value first, int64_t groups, Tile size) {
    const ConvolutionDim *d = plan.dims;
    int64_t depths = d[0].taps[phase[0]].count, lines = d[1].taps[phase[1]].count;
    auto tiles = [&](Value firstLine, int64_t count, int64_t perDepth) {
      int64_t total = groups * depths * perDepth;
      auto [from, to] = share(total, /*reversed=*/count < size.lines);
      b.loop(from, to, 1, [&](Value i) {
        auto split = [&](int64_t size) -> Value {
          if (size == 1)
            return b.i64(0);
          Value low = arith::RemUIOp::create(b.b, b.loc, i, b.i64(size));
          i = arith::DivUIOp::create(b.b, b.loc, i, b.i64(size));
          return low;
        };
        Value line = b.add(firstLine, b.mul(split(perDepth), size.lines)), depth = split(depths);
        Value channel = b.add(first, b.mul(i, size.channels));
        int64_t taps = d[2].taps[phase[2]].count;
        for (int64_t tap = 0; tap < taps; tap += tileRows)
          tile(block, channel, {size.channels, count}, depth, line, tap,
               std::min(tap + tileRows, taps));
      });
    };
    int64_t full = lines / size.lines;
    tiles(b.i64(0), size.lines, full);
    if (lines % size.lines)
      tiles(b.i64(full * size.lines), lines % size.lines, 1);
  }

  /// Window positions [first, last) of some lines and input channels, and all output channels.
  void tile(const ConvolutionBlock &block, Value channel, Tile size, Value t0, Value line,
            int64_t first, int64_t last) {
    const ConvolutionDim *d = plan.dims;
    SmallVector<Value> from, to;
    for (int64_t c = 0; c < size.channels; ++c)
      for (int64_t l = 0; l < size.lines; ++l)
        for (int64_t t = first; t < last; ++t) {
          Value tap = b.i64(t), at = b.add(channel, c), t1 = b.add(line, l);
          Value start = b.add(panel.channel(block, at), panel.tapOffset(0, phase[0], t0));
          start = b.add(start, panel.tapOffset(1, phase[1], t1));
          from.push_back(b.add(start, panel.tapOffset(2, phase[2], tap)));
          Value k = b.add(b.mul(at, d[0].window), panel.tapPosition(0, phase[0], t0));
          k = b.add(b.mul(k, d[1].window), panel.tapPosition(1, phase[1], t1));
          k = b.add(b.mul(k, d[2].window), panel.tapPosition(2, phase[2], tap));
          Value sum = b.add(b.mul(k, plan.groups), block.group);
          to.push_back(b.add(b.mul(sum, plan.outChannels), plan.sumsOffset()));
        }
    forEachPart(b, element, plan.outChannels, tileVectors, [&](Value at, ArrayRef<int64_t> lanes) {
      Lanes sums;
      forEachSum(to, at, lanes, [&](Value place, int64_t n) {
        sums.push_back(b.load(scratch, place, element, n));
      });
      sums = accumulate(from, at, lanes, sums);
      size_t next = 0;
      forEachSum(to, at, lanes,
                 [&](Value place, int64_t) { b.store(sums[next++], scratch, place); });
    });
  }

  void forEachSum(ArrayRef<Value> to, Value at, ArrayRef<int64_t> lanes,
                  llvm::function_ref<void(Value, int64_t)> visit) {
    for (Value row : to) {
      Value place = b.add(row, at);
      for (int64_t n : lanes) {
        visit(place, n);
        place = b.add(place, n);
      }
    }
  }

  Lanes accumulate(ArrayRef<Value> from, Value at, ArrayRef<int64_t> lanes, const Lanes &first) {
    return b.loop(b.i64(0), images, 1, first, [&](Value image, Lanes sums) {
      return b.loop(b.i64(0), rows, 1, sums, [&](Value row, Lanes sums) {
        return b.loop(b.i64(0), columns, 1, sums, [&](Value column, Lanes sums) {
          Value line = b.mul(b.add(b.mul(row, plan.blockImages), image), plan.panelRow());
          Value position = b.add(line, column);
          Value place = b.add(gradientPlace(image, row, column), at);
          Lanes d, out;
          for (int64_t n : lanes) {
            d.push_back(b.load(memory, place, element, n));
            place = b.add(place, n);
          }
          for (Value start : from) {
            Value x = b.load(panel.pointer(), b.add(start, position), element, 1);
            for (Value v : d)
              out.push_back(multiplyAdd(b, b.splat(x, v.getType()), v, sums[out.size()]));
          }
          return out;
        });
      });
    });
  }

  /// [in channels and window positions][out channels] to the weight's order: by squares, as far as
  /// there are any.
  void transpose() {
    int64_t count = plan.inChannels * kernelSize;
    int64_t squareRows = count / width * width, squareChannels = channels / width * width;
    shareLoop(b, squareRows / width, [&](Value number) {
      Value row = b.mul(number, width);
      b.loop(b.i64(0), b.i64(squareChannels), width, [&](Value o) {
        Lanes square;
        for (int64_t i = 0; i < width; ++i)
          square.push_back(b.load(scratch, sumPlace(b.add(row, i), o), element, width));
        square = b.transpose(square);
        for (int64_t i = 0; i < width; ++i)
          b.store(square[i], output, b.add(b.mul(b.add(o, i), count), row));
      });
    });
    auto copy = [&](int64_t firstRow, int64_t firstChannel, int64_t lastChannel) {
      b.loop(b.i64(firstRow), b.i64(count), 1, [&](Value row) {
        b.loop(b.i64(firstChannel), b.i64(lastChannel), 1, [&](Value o) {
          Value v = b.load(scratch, sumPlace(row, o), element, 1);
          b.store(v, output, b.add(b.mul(o, count), row));
        });
      });
    };
    b.lead([&] {
      copy(squareRows, 0, squareChannels);
      copy(0, squareChannels, channels);
    });
  }
  Value sumPlace(Value row, Value channel) {
    return b.add(b.add(b.mul(row, channels), channel), plan.sumsOffset());
  }

  LaneBuilder &b;
  ag::ConvolutionPlan plan;
  Type element;
  Value gradient, output, scratch;
  bool shareGroups; // each thread has groups of its own
  Value memory;     // of what is packed
  Panel panel;
  int64_t width, tileVectors, tileRows, channels, kernelSize;
  Value images, rows, columns; // of the block, of the phase
  int64_t phase[3] = {0, 0, 0};
};

} // namespace

void gradc::cpu::emitConvolutionWeight(LaneBuilder &b, ag::ConvolutionWeightOp op,
                                       const OwnedKernel &kernel) {
  WeightEmitter(b, op, kernel).run();
}
