// Convolution.cpp - convolutions as products of the weight and a panel of the input.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of a register tile are output channels, whose weights are broadcast; its vectors run
// along outputs, across the ends of rows. What they compute there is dropped. Every output is one
// chain of fused multiply-adds over channels, then window positions.
#include "Panel.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using ag::ConvolutionDim;

namespace {

/// From so many output channels on a tile has more of these and fewer vectors.
constexpr int64_t kTallTile = 8;

class ConvolutionEmitter {
public:
  ConvolutionEmitter(LaneBuilder &b, ag::ConvolutionOp op, const OwnedKernel &kernel)
      : b(b), plan(op), element(getElementTypeOrSelf(op.getX().getType())),
        weight(kernel.operands[1]), output(kernel.results[0]),
        scratch(kernel.results.size() > 1 ? b.ownMemory(kernel.results[1], kernel.resultBytes[1])
                                          : Value()),
        panel(b, plan, element, kernel.operands[0], scratch), width(vectorWidth(b, element)) {
    int64_t registers = b.target.registers, length = plan.blockLength();
    // The panel comes from the second-level cache: many channels at once read it less often.
    int64_t most = registers < 32 ? 2 : plan.outChannels >= kTallTile ? 3 : 4;
    tileVectors = std::min<int64_t>(llvm::divideCeil(length, width), most);
    tileRows = std::min<int64_t>({plan.outChannels, (registers - 2 - tileVectors) / tileVectors,
                                  ag::ConvolutionPlan::kMaxRows});
    for (int64_t r = tileRows; r > 1 && r + 2 >= tileRows; --r)
      if (plan.outChannels % r == 0) {
        tileRows = r;
        break;
      }
  }

  void run() {
    // Of few blocks each thread makes its own panel, and some of the output channels.
    shareBlocks = panel.countBlocks() >= kShareFrom;
    Panel::Share share = shareBlocks ? Panel::Blocks : Panel::Nothing;
    panel.forEachBlock(/*overlap=*/true, share, [&](ConvolutionBlock block) {
      if (plan.skipsRows)
        tapsInside = panel.tapsInside(1, block.row, plan.blockRows);
      if (!plan.isSplit()) {
        panel.pack(block);
        forEachPhase([&] {
          outputChannels([&](Value row, int64_t rows) {
            rowTile(block, row, rows);
            storeTile(block, row, rows);
          });
        });
        return;
      }
      forEachPhase([&] { outputChannels([&](Value row, int64_t rows) { clearTile(row, rows); }); });
      b.loop(b.i64(0), b.i64(plan.inChannels), plan.blockChannels, [&](Value channel) {
        block.channel = channel;
        block.endChannel = arith::MinSIOp::create(b.b, b.loc, b.add(channel, plan.blockChannels),
                                                  b.i64(plan.inChannels));
        panel.pack(block);
        forEachPhase(
            [&] { outputChannels([&](Value row, int64_t rows) { rowTile(block, row, rows); }); });
      });
      forEachPhase(
          [&] { outputChannels([&](Value row, int64_t rows) { storeTile(block, row, rows); }); });
    });
  }

private:
  void forEachPhase(llvm::function_ref<void()> body) {
    const ConvolutionDim *d = plan.dims;
    for (phase[0] = 0; phase[0] < d[0].phases; ++phase[0])
      for (phase[1] = 0; phase[1] < d[1].phases; ++phase[1])
        for (phase[2] = 0; phase[2] < d[2].phases; ++phase[2])
          body();
  }

  /// This thread's tiles of output channels.
  void outputChannels(llvm::function_ref<void(Value row, int64_t rows)> body) {
    int64_t full = plan.outChannels / tileRows * tileRows;
    if (b.team && !shareBlocks) {
      int64_t tiles = llvm::divideCeil(plan.outChannels, tileRows);
      auto [from, to] = b.share(tiles);
      Value end = arith::MinSIOp::create(b.b, b.loc, to, b.i64(full / tileRows));
      b.loop(from, end, 1, [&](Value tile) { body(b.mul(tile, tileRows), tileRows); });
      if (plan.outChannels > full)
        when(b, b.isLast(), [&] { body(b.i64(full), plan.outChannels - full); });
      return;
    }
    if (full)
      b.loop(b.i64(0), b.i64(full), tileRows, [&](Value row) { body(row, tileRows); });
    if (plan.outChannels > full)
      body(b.i64(full), plan.outChannels - full);
  }

  /// Between one channel's sums and the next one's.
  int64_t sumStride() const { return llvm::alignTo(plan.blockLength(), 64); }

  /// Where the sums of an output channel wait, the first of the tile or any: of a tile only, unless
  /// they wait between blocks of input channels.
  Value sumsOf(Value row) {
    if (!plan.isSplit())
      return b.i64(plan.sumsOffset());
    const ConvolutionDim *d = plan.dims;
    int64_t number = (phase[0] * d[1].phases + phase[1]) * d[2].phases + phase[2];
    return b.add(b.mul(b.add(row, number * plan.outChannels), sumStride()), plan.sumsOffset());
  }

  void clearTile(Value row, int64_t rows) {
    Value from = sumsOf(row);
    forEachPart(b, element, rows * sumStride(), 1, [&](Value at, ArrayRef<int64_t> lanes) {
      b.store(zeroOf(b, laneType(element, lanes[0])), scratch, b.add(from, at));
    });
  }

  /// Some output channels of the whole block.
  void rowTile(const ConvolutionBlock &block, Value row, int64_t rows) {
    Value waiting = plan.isFlat() && !plan.isSplit() ? Value() : sumsOf(row);
    forEachPart(
        b, element, plan.blockLength(), tileVectors, [&](Value at, ArrayRef<int64_t> lanes) {
          SmallVector<Value> places;
          for (int64_t r = 0; r < rows; ++r) {
            Value to = waiting ? b.add(waiting, r * sumStride())
                               : outputPlace(block, b.add(row, r), b.i64(0), b.i64(0), b.i64(0));
            to = b.add(to, at);
            for (int64_t n : lanes) {
              places.push_back(to);
              to = b.add(to, n);
            }
          }
          Lanes sums;
          for (auto [i, place] : llvm::enumerate(places)) {
            int64_t n = lanes[i % lanes.size()];
            sums.push_back(plan.isSplit() ? b.load(scratch, place, element, n)
                                          : zeroOf(b, laneType(element, n)));
          }
          sums = multiply(block, row, rows, at, lanes, sums);
          for (auto [sum, place] : llvm::zip(sums, places))
            b.store(sum, waiting ? scratch : output, place);
        });
  }

  /// What waits of a tile goes into the output.
  void storeTile(const ConvolutionBlock &block, Value row, int64_t rows) {
    if (plan.isFlat() && !plan.isSplit())
      return;
    Value from = sumsOf(row);
    b.loop(b.i64(0), b.i64(rows), 1,
           [&](Value r) { storeRows(block, b.add(row, r), b.add(from, b.mul(r, sumStride()))); });
  }

  /// Window positions along the rows: those that read the input, or all.
  Lanes rowTaps(int64_t count, int64_t limit, Lanes sums,
                llvm::function_ref<Lanes(Value, Lanes)> body) {
    if (plan.skipsRows)
      return b.loop(tapsInside.first, tapsInside.second, 1, sums, body);
    return countedLoop(b, count, limit, sums, body);
  }

  Lanes multiply(const ConvolutionBlock &block, Value row, int64_t rows, Value at,
                 ArrayRef<int64_t> lanes, const Lanes &sums) {
    const ConvolutionDim *d = plan.dims;
    int64_t taps[3];
    for (int i = 0; i < 3; ++i)
      taps[i] = d[i].taps[phase[i]].count;
    // Few window positions are written out; of many only a row, or not even that.
    int64_t columnLimit = taps[2] <= 8 ? 8 : 1, rowLimit = taps[1] * taps[2] <= 9 ? 9 : 1;
    Value begin = block.channel ? block.channel : b.i64(0);
    Value end = block.channel ? block.endChannel : b.i64(plan.inChannels);
    return b.loop(begin, end, 1, sums, [&](Value channel, Lanes sums) {
      Value from = b.add(panel.channel(block, channel), at);
      Value group = b.add(b.mul(block.group, plan.outChannels), row);
      Value weights = b.add(b.mul(group, plan.inChannels), channel);
      return countedLoop(b, taps[0], 1, sums, [&](Value t0, Lanes sums) {
        Value from0 = b.add(from, panel.tapOffset(0, phase[0], t0));
        Value w0 = b.add(b.mul(weights, d[0].window), panel.tapPosition(0, phase[0], t0));
        return rowTaps(taps[1], rowLimit, sums, [&](Value t1, Lanes sums) {
          Value from1 = b.add(from0, panel.tapOffset(1, phase[1], t1));
          Value w1 = b.add(b.mul(w0, d[1].window), panel.tapPosition(1, phase[1], t1));
          return countedLoop(b, taps[2], columnLimit, sums, [&](Value t2, Lanes sums) {
            Value from2 = b.add(from1, panel.tapOffset(2, phase[2], t2));
            Value w2 = b.add(b.mul(w1, d[2].window), panel.tapPosition(2, phase[2], t2));
            return fuse(from2, w2, rows, lanes, sums);
          });
        });
      });
    });
  }

  Lanes fuse(Value from, Value weights, int64_t rows, ArrayRef<int64_t> lanes, const Lanes &sums) {
    const ConvolutionDim *d = plan.dims;
    int64_t stride = plan.inChannels * d[0].window * d[1].window * d[2].window;
    Lanes x, out;
    for (int64_t n : lanes) {
      x.push_back(b.load(panel.pointer(), from, element, n));
      from = b.add(from, n);
    }
    for (int64_t r = 0; r < rows; ++r) {
      Value w = b.load(weight, b.add(weights, r * stride), element, 1);
      for (Value v : x)
        out.push_back(multiplyAdd(b, b.splat(w, v.getType()), v, sums[out.size()]));
    }
    return out;
  }

  /// The place of an output of the block; rows and columns count outputs of the phase.
  Value outputPlace(const ConvolutionBlock &block, Value channel, Value image, Value row,
                    Value column) {
    const ConvolutionDim *d = plan.dims;
    auto position = [&](int dim, Value first, Value i) {
      return b.add(b.mul(b.add(first, i), d[dim].phases), phase[dim]);
    };
    Value at = b.add(b.mul(b.add(block.image, image), plan.groups), block.group);
    at = b.add(b.mul(at, plan.outChannels), channel);
    at = b.add(b.mul(at, d[0].out), position(0, block.depth, b.i64(0)));
    at = b.add(b.mul(at, d[1].out), position(1, block.row, row));
    return b.add(b.mul(at, d[2].out), position(2, block.column, column));
  }

  Value isOutput(int dim, Value first, Value i) {
    const ConvolutionDim &d = plan.dims[dim];
    return arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::slt, b.add(first, i),
                                 b.i64(d.outputsOf(phase[dim])));
  }

  /// Copies what are outputs of one channel's sums.
  void storeRows(const ConvolutionBlock &block, Value channel, Value from) {
    const ConvolutionDim *d = plan.dims;
    b.loop(b.i64(0), b.i64(plan.blockImages), 1, [&](Value image) {
      b.loop(b.i64(0), b.i64(plan.blockRows), 1, [&](Value row) {
        Value isThere = arith::AndIOp::create(b.b, b.loc, isOutput(0, block.depth, b.i64(0)),
                                              isOutput(1, block.row, row));
        when(b, isThere, [&] {
          Value line = b.mul(b.add(b.mul(row, plan.blockImages), image), plan.panelRow());
          Value source = b.add(from, line);
          Value dest = outputPlace(block, channel, image, row, b.i64(0));
          if (d[2].phases == 1)
            return forEachPart(b, element, plan.blockColumns, 1,
                               [&](Value at, ArrayRef<int64_t> lanes) {
                                 Value v = b.load(scratch, b.add(source, at), element, lanes[0]);
                                 b.store(v, output, b.add(dest, at));
                               });
          b.loop(b.i64(0), b.i64(plan.blockColumns), 1, [&](Value i) {
            when(b, isOutput(2, block.column, i), [&] {
              b.store(b.load(scratch, b.add(source, i), element, 1), output,
                      b.add(dest, b.mul(i, d[2].phases)));
            });
          });
        });
      });
    });
  }

  LaneBuilder &b;
  ag::ConvolutionPlan plan;
  Type element;
  Value weight, output, scratch;
  Panel panel;
  int64_t width, tileVectors, tileRows;
  bool shareBlocks = false;
  std::pair<Value, Value> tapsInside;
  int64_t phase[3] = {0, 0, 0};
};

} // namespace

void gradc::cpu::emitConvolution(LaneBuilder &b, ag::ConvolutionOp op, const OwnedKernel &kernel) {
  if (ag::ConvolutionPlan(op).byImages)
    return emitConvolutionOfImages(b, op, kernel);
  ConvolutionEmitter(b, op, kernel).run();
}
