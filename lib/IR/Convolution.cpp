// Convolution.cpp - how a convolution is cut into blocks, apart from any machine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Convolution.h"
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace gradc::ag;

/// A panel stays in the second-level cache.
static constexpr int64_t kPanelBytes = 256 << 10;
/// One of images is read over and over, by a few lines at a time: half of that cache.
static constexpr int64_t kImagePanelBytes = 512 << 10;
/// A block is this long where the panel allows it: longer ones gain nothing.
static constexpr int64_t kLongBlock = 2048;
/// Rows may be copied for each offset if these are so few and there are so many output channels to
/// repay it.
static constexpr int64_t kMostCopies = 8, kManyChannels = 8;
/// Sums that wait between blocks of channels, and how many of these there may be.
static constexpr int64_t kSumBytes = 1 << 20, kMostParts = 64;
static constexpr int64_t kNearBytes = 32 << 10;
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
  blocksOfOutputs();
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
  blocksOfWeight();
}

void ConvolutionPlan::reserve(int64_t gradient) {
  scratch = (gradientOffset() + llvm::alignTo(gradient, 64)) * elementBytes;
}

/// Whether every read of every window is inside the input, and rows follow each other as outputs
/// do.
static bool isInside(const ConvolutionDim &d) {
  return d.step == 1 && d.phases == 1 && d.low >= 0 && d.low + d.span + d.count <= d.in;
}

void ConvolutionPlan::blocksOfWeight() {
  blockRows = dims[1].count;
  blockColumns = dims[2].count;
  blockChannels = inChannels;
  direct = isInside(dims[1]) && isInside(dims[2]) && dims[0].phases == 1 && dims[0].low >= 0 &&
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
  sums = inChannels * dims[0].window * dims[1].window * dims[2].window * outChannels * groups;
  reserve(blockImages * blockRows * blockColumns * outChannels);
}

//===-- Blocks of outputs ---------------------------------------------------------------------===//

int64_t ConvolutionDim::tapsInside(int64_t first, int64_t block) const {
  int64_t inside = 0;
  for (int64_t k = 0; k < taps[0].count; ++k) {
    int64_t e = taps[0].offset + k * taps[0].eachOffset;
    inside += step * (first + block - 1) + e >= 0 && step * first + e < in;
  }
  return inside;
}

/// The window positions along the rows that all blocks have, together.
int64_t ConvolutionPlan::tapRows() const {
  const ConvolutionDim &d = dims[1];
  int64_t all = 0;
  for (int64_t row = 0; row < d.count; row += blockRows)
    for (const ConvolutionDim::Taps &t : d.taps)
      all += d.phases > 1 ? t.count
                          : d.tapsInside(std::min(row, std::max<int64_t>(0, d.count - blockRows)),
                                         blockRows);
  return all;
}

bool ConvolutionPlan::fits() const {
  int64_t kept = isSplit() ? outChannels * llvm::alignTo(blockLength(), 64) : 0;
  return blockLength() <= kLongBlock && panelElements() * elementBytes <= kPanelBytes &&
         kept * elementBytes <= kSumBytes;
}

/// Roughly the cycles of a core with two 64-byte units for a group, all images and depths:
/// products, the panels' rows, weights that come from beyond the second-level cache, and sums that
/// wait. It chooses between sizes; what it says of one is not a promise.
double ConvolutionPlan::cycles(int64_t tapRows) const {
  int64_t lanes = 64 / elementBytes, vectors = llvm::divideCeil(blockLength(), lanes);
  double blocks = double(llvm::divideCeil(images, blockImages)) *
                  double(llvm::divideCeil(dims[2].count, blockColumns)) * double(dims[0].count);
  int64_t rowBlocks = llvm::divideCeil(dims[1].count, blockRows);
  double taps = 0;
  for (const ConvolutionDim::Taps &depth : dims[0].taps)
    for (const ConvolutionDim::Taps &column : dims[2].taps)
      taps += double(depth.count * column.count);
  double perTap = double(inChannels * outChannels) / 2;
  double time = blocks * taps * double(tapRows) * perTap * (double(vectors) + 0.2 * (vectors % 3));
  blocks *= double(rowBlocks);
  if (!direct)
    time += blocks * double(inChannels) *
            double(panelChannel() / std::max<int64_t>(1, panelRow())) *
            (6 + double(panelRow()) / double(lanes));
  double weights = double(inChannels * outChannels * dims[0].window * dims[1].window *
                          dims[2].window * elementBytes);
  time += blocks * weights / (weights > double(kPanelBytes) ? 12 : 48);
  // Sums that are no outputs yet: a tile's in the first-level cache, or all of them further away.
  double moves =
      blocks * double(outChannels * vectors * dims[0].phases * dims[1].phases * dims[2].phases);
  bool near = kMaxRows * blockLength() * elementBytes <= kNearBytes;
  if (isSplit())
    time += moves * (6 + 4 * double(llvm::divideCeil(inChannels, blockChannels)));
  else if (!isFlat())
    time += moves * (near ? 2.5 : 6);
  return time;
}

/// The same with vectors along images; infinite where they cannot run there.
double ConvolutionPlan::cyclesByImages() const {
  int64_t lanes = 64 / elementBytes, vectors = blockImages / lanes;
  double planes = double(inChannels * inputPlane() + outChannels * outputPlane());
  bool fit = images >= blockImages && inChannels * inputPlane() >= lanes &&
             outputPlane() >= lanes &&
             inChannels * inputPlane() * blockImages * elementBytes <= kImagePanelBytes;
  double taps = 1, lines = 1;
  for (const ConvolutionDim &d : dims) {
    int64_t inside = 0;
    for (int64_t o = 0; o < d.out; ++o)
      inside += d.tapsInside(o, 1);
    fit = fit && d.phases == 1;
    taps *= double(inside);
    lines *= double(&d == &dims[2] ? d.out : inside);
  }
  if (!fit)
    return std::numeric_limits<double>::infinity();
  double tiles = double(llvm::divideCeil(outChannels, kMaxImageRows / vectors));
  // Two products or loads in a cycle; a tile loads its weights, and a vector for all of them.
  double products =
      std::max(double(outChannels * vectors), double(outChannels) + tiles * double(vectors)) / 2;
  double time = double(inChannels) * (taps * products + lines * 3 * tiles);
  time += planes * double(blockImages) * 0.35;
  return time * double(llvm::divideCeil(images, blockImages));
}

/// All sizes of blocks, for copied columns or others, for a panel or none.
void ConvolutionPlan::chooseSizes(double &least, ConvolutionPlan &best) {
  int64_t before = 0;
  for (int64_t parts = 1; parts <= dims[1].count; ++parts) {
    blockRows = llvm::divideCeil(dims[1].count, parts);
    if (blockRows == before)
      continue;
    before = blockRows;
    int64_t taps = tapRows();
    for (blockImages = 1;; blockImages = std::min(images, 2 * blockImages)) {
      for (int64_t split = 1; split <= inChannels && split <= kMostParts; split *= 2) {
        blockChannels = llvm::divideCeil(inChannels, split);
        if (!fits())
          continue;
        double time = cycles(taps);
        if (time < least) {
          least = time;
          best = *this;
        }
        break; // more parts gain nothing
      }
      if (direct || blockImages >= images)
        break;
    }
  }
}

/// The best blocks with vectors along rows; returns their cost.
double ConvolutionPlan::blocksOfRows() {
  ConvolutionDim &columns = dims[2];
  bool reaches = columns.span > 0 && columns.span < kMostCopies && outChannels >= kManyChannels;
  bool inside = isInside(dims[1]) && isInside(columns) && dims[0].phases == 1 && dims[0].low >= 0 &&
                (dims[0].count - 1) * dims[0].step + dims[0].low + dims[0].span < dims[0].in;
  blockColumns = columns.count;
  double least = std::numeric_limits<double>::infinity();
  ConvolutionPlan best = *this;
  auto choose = [&](bool copied, bool isDirect) {
    columns.isCopied = copied;
    direct = isDirect;
    chooseSizes(least, best);
  };
  if (inside)
    choose(false, true);
  while (true) {
    choose(false, false);
    if (reaches)
      choose(true, false);
    if (!std::isinf(least) || blockColumns <= 64)
      break;
    blockColumns = (blockColumns + 1) / 2;
  }
  if (std::isinf(least)) { // whatever its size
    columns.isCopied = direct = false;
    blockRows = blockImages = blockChannels = 1;
    best = *this;
  }
  *this = best;
  return least;
}

void ConvolutionPlan::blocksOfOutputs() {
  double least = blocksOfRows();
  // What a plan says of its cost is rough: the simpler one unless there is more to gain.
  least *= 0.85;
  const ConvolutionPlan rows = *this;
  for (int64_t vectors : {2, 1}) {
    ConvolutionPlan other = rows;
    other.byImages = true;
    other.direct = false;
    other.blockImages = vectors * 64 / elementBytes;
    double time = elementBytes < 4 ? least : other.cyclesByImages();
    if (time < least) {
      least = time;
      *this = other;
    }
  }
  if (byImages) {
    sums = kMaxImageRows * outputPlane() * blockImages;
    return reserve(0);
  }
  // Worth it where a twentieth is saved.
  int64_t all = llvm::divideCeil(dims[1].count, blockRows) * dims[1].taps[0].count;
  skipsRows = !direct && dims[1].phases == 1 && 20 * tapRows() < 19 * all;
  int64_t phases = dims[0].phases * dims[1].phases * dims[2].phases;
  sums = (isSplit() ? outChannels * phases : kMaxRows) * llvm::alignTo(blockLength(), 64);
  reserve(0);
}
