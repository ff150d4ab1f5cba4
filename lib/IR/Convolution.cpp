// Convolution.cpp - how a convolution is cut into blocks, apart from any machine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Convolution.h"
#include <numeric>

using namespace mlir;
using namespace gradc::ag;

/// A panel stays in the second-level cache.
static constexpr int64_t kPanelBytes = 256 << 10;
/// A block is this long where the panel allows it: longer ones gain nothing.
static constexpr int64_t kLongBlock = 2048;
/// Rows are copied for each offset if these are so few, there are so many output channels to repay
/// it, and the ends of rows are at least a tenth of them.
static constexpr int64_t kMostCopies = 8, kManyChannels = 8, kLongestEnds = 10;
/// Images are joined to blocks of this length: shorter ones leave vectors empty.
static constexpr int64_t kShortBlock = 256;

int64_t gradc::ag::convolvedSize(int64_t size, int64_t window, int64_t stride, int64_t low,
                                 int64_t high, int64_t baseDilation, int64_t windowDilation) {
  int64_t dilated = size == 0 ? 0 : (size - 1) * baseDilation + 1;
  int64_t room = dilated + low + high - ((window - 1) * windowDilation + 1);
  return room < 0 ? 0 : room / stride + 1;
}

static int64_t floorDiv(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

ConvolutionDim::ConvolutionDim(int64_t in, int64_t out, int64_t window, int64_t stride,
                               int64_t paddingLow, int64_t base, int64_t dilation)
    : in(in), out(out), window(window) {
  int64_t common = std::gcd(stride, base);
  phases = base / common;
  step = stride / common;
  count = (out + phases - 1) / phases;
  taps.clear();
  int64_t least = INT64_MAX, most = INT64_MIN;
  for (int64_t f = 0; f < phases; ++f) {
    Taps t;
    t.each = base / std::gcd(dilation, base);
    t.eachOffset = t.each * dilation / base;
    for (int64_t k = 0; k < window; ++k) {
      int64_t at = f * stride + k * dilation - paddingLow;
      if (at - floorDiv(at, base) * base != 0)
        continue;
      int64_t e = floorDiv(at, base);
      if (t.count++ == 0) {
        t.first = k;
        t.offset = e;
      }
      least = std::min(least, e);
      most = std::max(most, e);
    }
    taps.push_back(t);
  }
  if (least <= most) {
    low = least;
    span = most - least;
  }
}

template <typename OpT>
static void readDims(OpT op, RankedTensorType x, ArrayRef<int64_t> out, ArrayRef<int64_t> window,
                     ConvolutionDim *dims) {
  size_t n = window.size();
  for (size_t i = 0; i < n; ++i)
    dims[3 - n + i] =
        ConvolutionDim(x.getDimSize(i + 2), out[i], window[i], op.getStrides()[i],
                       op.getPaddingLow()[i], op.getBaseDilation()[i], op.getWindowDilation()[i]);
}

ConvolutionPlan::ConvolutionPlan(ConvolutionOp op) {
  auto x = cast<RankedTensorType>(op.getX().getType()),
       w = cast<RankedTensorType>(op.getW().getType()),
       y = cast<RankedTensorType>(op.getY().getType());
  images = x.getDimSize(0);
  groups = op.getGroups();
  inChannels = x.getDimSize(1) / groups;
  outChannels = w.getDimSize(0) / groups;
  flipped = op.getFlipped();
  elementBytes = std::max<int64_t>(1, x.getElementTypeBitWidth() / 8);
  readDims(op, x, y.getShape().drop_front(2), w.getShape().drop_front(2), dims);
  chooseBlocks(/*forWeight=*/false);
}

ConvolutionPlan::ConvolutionPlan(ConvolutionWeightOp op) {
  auto x = cast<RankedTensorType>(op.getX().getType()),
       d = cast<RankedTensorType>(op.getD().getType());
  images = x.getDimSize(0);
  groups = op.getGroups();
  inChannels = x.getDimSize(1) / groups;
  outChannels = d.getDimSize(1) / groups;
  flipped = op.getFlipped();
  elementBytes = std::max<int64_t>(1, x.getElementTypeBitWidth() / 8);
  readDims(op, x, d.getShape().drop_front(2), op.getWindow(), dims);
  chooseBlocks(/*forWeight=*/true);
}

void ConvolutionPlan::chooseBlocks(bool forWeight) {
  blockRows = dims[1].count;
  blockColumns = dims[2].count;
  ConvolutionDim &columns = dims[2];
  columns.isCopied = !forWeight && columns.span > 0 && columns.span < kMostCopies &&
                     outChannels >= kManyChannels &&
                     kLongestEnds * (columns.span / columns.step) >= columns.count;
  // Every read of every window is inside the input, and rows follow each other as outputs do.
  auto isInside = [](const ConvolutionDim &d) {
    return d.step == 1 && d.phases == 1 && d.low >= 0 && d.low + d.span + d.count <= d.in;
  };
  direct = !columns.isCopied && isInside(dims[1]) && isInside(dims[2]) && dims[0].phases == 1 &&
           dims[0].low >= 0 &&
           (dims[0].count - 1) * dims[0].step + dims[0].low + dims[0].span < dims[0].in;
  int64_t length = blockRows * panelRow();
  if (direct && length < 32 && images > 1)
    direct = false;
  auto isTooLong = [&] {
    return blockLength() > kLongBlock || panelElements() * elementBytes > kPanelBytes;
  };
  while (isTooLong() && blockRows > 1)
    blockRows = (blockRows + 1) / 2;
  while (!direct && isTooLong() && blockColumns > 64)
    blockColumns = (blockColumns + 1) / 2;
  bool whole = blockRows == dims[1].count && blockColumns == dims[2].count;
  while (!direct && whole && blockImages < images && 2 * blockLength() <= kShortBlock &&
         2 * panelElements() * elementBytes <= kPanelBytes)
    blockImages = std::min(images, 2 * blockImages);
  int64_t kernel = dims[0].window * dims[1].window * dims[2].window;
  int64_t gradient = 0;
  if (forWeight) {
    sums = inChannels * kernel * outChannels * groups;
    gradient = blockImages * blockRows * blockColumns * outChannels;
  } else {
    sums = kMaxRows * llvm::alignTo(blockLength(), 64);
  }
  scratch = (gradientOffset() + llvm::alignTo(gradient, 64)) * elementBytes;
}
