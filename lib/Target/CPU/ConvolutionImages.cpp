// ConvolutionImages.cpp - convolutions whose vectors run along images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each output has the window positions that read the input, and no others: where images are small
// or most of what windows cover is padding, vectors along rows would compute much in vain. A block
// of images is turned so that they come last, and so are the outputs on their way back. Every
// output is the same chain of fused multiply-adds as in Convolution.cpp, without the padding.
#include "Panel.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using ag::ConvolutionDim;

namespace {

class ImagesEmitter {
public:
  ImagesEmitter(LaneBuilder &b, ag::ConvolutionOp op, const OwnedKernel &kernel)
      : b(b), plan(op), element(getElementTypeOrSelf(op.getX().getType())),
        input(kernel.operands[0]), weight(kernel.operands[1]), output(kernel.results[0]),
        memory(b.ownMemory(kernel.results[1], kernel.resultBytes[1])),
        panel(b, plan, element, input, memory), width(vectorWidth(b, element)),
        vectors(std::min<int64_t>(plan.blockImages / width, 2)) {
    tileRows = std::min<int64_t>({plan.outChannels, (b.target.registers - 1 - vectors) / vectors,
                                  ag::ConvolutionPlan::kMaxImageRows});
    int64_t tiles = llvm::divideCeil(plan.outChannels, tileRows);
    tileRows = llvm::divideCeil(plan.outChannels, tiles);
  }

  /// Threads share the tiles of all blocks.
  void run() {
    int64_t blocks = llvm::divideCeil(plan.images, plan.blockImages);
    int64_t tiles = llvm::divideCeil(plan.outChannels, tileRows);
    auto [from, to] = b.share(b.i64(plan.groups * blocks * tiles));
    Value first = arith::DivUIOp::create(b.b, b.loc, from, b.i64(tiles));
    Value end = arith::DivUIOp::create(b.b, b.loc, b.add(to, tiles - 1), b.i64(tiles));
    b.loop(first, end, 1, [&](Value number) {
      group = arith::DivUIOp::create(b.b, b.loc, number, b.i64(blocks));
      image = arith::RemUIOp::create(b.b, b.loc, number, b.i64(blocks));
      // The last block begins early enough to be whole.
      image = arith::MinSIOp::create(b.b, b.loc, b.mul(image, plan.blockImages),
                                     b.i64(plan.images - plan.blockImages));
      turnInput();
      auto inBlock = [&](Value at) -> Value {
        at = arith::SubIOp::create(b.b, b.loc, at, b.mul(number, tiles));
        at = arith::MaxSIOp::create(b.b, b.loc, at, b.i64(0));
        return arith::MinSIOp::create(b.b, b.loc, at, b.i64(tiles));
      };
      tilesOfBlock(inBlock(from), inBlock(to));
    });
  }

private:
  void tilesOfBlock(Value from, Value to) {
    int64_t full = plan.outChannels / tileRows, rest = plan.outChannels % tileRows;
    Value end = arith::MinSIOp::create(b.b, b.loc, to, b.i64(full));
    b.loop(from, end, 1, [&](Value tile) { rowTile(b.mul(tile, tileRows), tileRows); });
    Value isLast = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::sgt, to, b.i64(full));
    if (rest)
      when(b, isLast, [&] { rowTile(b.i64(full * tileRows), rest); });
  }

  /// Squares of a matrix of `rows` images by `count` elements each; the last ones overlap.
  void squares(int64_t count, llvm::function_ref<void(Value at, Value image)> body) {
    b.loop(b.i64(0), b.i64(llvm::divideCeil(count, width)), 1, [&](Value i) {
      Value at = arith::MinSIOp::create(b.b, b.loc, b.mul(i, width), b.i64(count - width));
      b.loop(b.i64(0), b.i64(plan.blockImages), width, [&](Value image) { body(at, image); });
    });
  }

  /// Images last: the group's channels and places of an image follow each other in the input.
  void turnInput() {
    int64_t count = plan.inChannels * plan.inputPlane();
    Value source = b.add(b.mul(image, plan.groups), group);
    source = b.mul(source, count);
    int64_t step = plan.groups * count;
    squares(count, [&](Value at, Value i) {
      Lanes square;
      for (int64_t k = 0; k < width; ++k) {
        Value from = b.add(b.add(source, at), b.mul(b.add(i, k), step));
        square.push_back(b.load(input, from, element, width));
      }
      square = b.transpose(square);
      for (int64_t k = 0; k < width; ++k)
        b.store(square[k], memory, b.add(b.mul(b.add(at, k), plan.blockImages), i));
    });
  }

  /// A channel's outputs, as they lie in the output.
  void turnOutput(Value channel, Value from) {
    int64_t count = plan.outputPlane();
    Value dest = b.add(b.mul(image, plan.groups), group);
    dest = b.mul(b.add(b.mul(dest, plan.outChannels), channel), count);
    int64_t step = plan.groups * plan.outChannels * count;
    squares(count, [&](Value at, Value i) {
      Lanes square;
      for (int64_t k = 0; k < width; ++k)
        square.push_back(b.load(
            memory, b.add(b.add(from, i), b.mul(b.add(at, k), plan.blockImages)), element, width));
      square = b.transpose(square);
      for (int64_t k = 0; k < width; ++k)
        b.store(square[k], output, b.add(b.add(dest, at), b.mul(b.add(i, k), step)));
    });
  }

  /// Some output channels of all outputs of the block's images.
  void rowTile(Value row, int64_t rows) {
    const ConvolutionDim *d = plan.dims;
    int64_t plane = plan.outputPlane() * plan.blockImages;
    auto nest = [&](auto &nest, int dim, Value place) -> void {
      if (dim == 3) {
        Lanes sums(rows * vectors, zeroOf(b, laneType(element, width)));
        sums = multiply(row, rows, sums);
        Value to = b.add(b.add(b.mul(place, plan.blockImages), lane), plan.sumsOffset());
        for (int64_t r = 0; r < rows; ++r)
          for (int64_t v = 0; v < vectors; ++v)
            b.store(sums[r * vectors + v], memory, b.add(to, r * plane + v * width));
        return;
      }
      b.loop(b.i64(0), b.i64(d[dim].out), 1, [&](Value o) {
        at[dim] = b.add(b.mul(o, d[dim].step), d[dim].taps[0].offset);
        taps[dim] = panel.tapsInside(dim, o, 1);
        nest(nest, dim + 1, b.add(b.mul(place, d[dim].out), o));
      });
    };
    b.loop(b.i64(0), b.i64(plan.blockImages), vectors * width, [&](Value first) {
      lane = first;
      nest(nest, 0, b.i64(0));
    });
    b.loop(b.i64(0), b.i64(rows), 1,
           [&](Value r) { turnOutput(b.add(row, r), b.add(b.mul(r, plane), plan.sumsOffset())); });
  }

  Lanes multiply(Value row, int64_t rows, const Lanes &sums) {
    const ConvolutionDim *d = plan.dims;
    auto nest = [&](auto &nest, int dim, Value from, Value weights, Lanes sums) -> Lanes {
      if (dim == 3)
        return fuse(from, weights, rows, sums);
      return b.loop(taps[dim].first, taps[dim].second, 1, sums, [&](Value tap, Lanes sums) {
        Value i = b.add(at[dim], b.mul(tap, d[dim].taps[0].eachOffset));
        return nest(nest, dim + 1, b.add(b.mul(from, d[dim].in), i),
                    b.add(b.mul(weights, d[dim].window), panel.tapPosition(dim, 0, tap)), sums);
      });
    };
    Value first = b.add(b.mul(group, plan.outChannels), row);
    return b.loop(b.i64(0), b.i64(plan.inChannels), 1, sums, [&](Value channel, Lanes sums) {
      return nest(nest, 0, channel, b.add(b.mul(first, plan.inChannels), channel), sums);
    });
  }

  Lanes fuse(Value from, Value weights, int64_t rows, const Lanes &sums) {
    const ConvolutionDim *d = plan.dims;
    int64_t stride = plan.inChannels * d[0].window * d[1].window * d[2].window;
    Lanes x, out;
    for (int64_t v = 0; v < vectors; ++v)
      x.push_back(b.load(memory, b.add(b.add(b.mul(from, plan.blockImages), lane), v * width),
                         element, width));
    for (int64_t r = 0; r < rows; ++r) {
      Value w = b.load(weight, b.add(weights, r * stride), element, 1);
      for (Value v : x)
        out.push_back(multiplyAdd(b, b.splat(w, v.getType()), v, sums[out.size()]));
    }
    return out;
  }

  LaneBuilder &b;
  ag::ConvolutionPlan plan;
  Type element;
  Value input, weight, output, memory;
  Panel panel; // for its window positions only
  int64_t width, vectors, tileRows;
  Value group, image;
  Value lane; // the first image of the block that is being worked on
  // Of the output at hand, along each dim: what its first window position reads, and which ones do.
  Value at[3];
  std::pair<Value, Value> taps[3];
};

} // namespace

void gradc::cpu::emitConvolutionOfImages(LaneBuilder &b, ag::ConvolutionOp op,
                                         const OwnedKernel &kernel) {
  ImagesEmitter(b, op, kernel).run();
}
