// Convolution.h - how a convolution is cut into blocks, apart from any machine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Along each spatial dim an output at o reads the input at (o * stride + k * window_dilation - low)
// / base_dilation, where that is a whole number in range. With P = base_dilation / gcd(stride,
// base_dilation), the outputs o = P * i + f of one phase f read the input at step * i + e, with an
// offset e for each window position k of that phase: a convolution without dilated input. A panel
// holds the part of the input that a block of outputs reads, padded, and split by the remainder by
// `step`, so that neighbouring outputs read neighbouring elements for every window position. Rows
// of the images of a block alternate, so that outputs lie side by side across images as across
// rows. Short rows come once for each offset: what stands between their ends would be computed in
// vain.
//
// Where blocks have few rows, window positions that only read padding for all of these are left
// out: of the gradient by the input of a convolution without padding they are many. Where not all
// channels fit in a panel, sums wait in memory between the blocks of channels.
#ifndef GRADC_IR_CONVOLUTION_H
#define GRADC_IR_CONVOLUTION_H

#include "gradc/IR/Ag.h"

namespace gradc::ag {

/// How many windows fit.
int64_t convolvedSize(int64_t size, int64_t window, int64_t stride, int64_t low, int64_t high,
                      int64_t baseDilation, int64_t windowDilation);

/// One spatial dim.
struct ConvolutionDim {
  ConvolutionDim() = default;
  ConvolutionDim(int64_t in, int64_t out, int64_t window, int64_t stride, int64_t low,
                 int64_t baseDilation, int64_t windowDilation);
  int64_t in = 1, out = 1, window = 1;
  int64_t phases = 1;        // of outputs
  int64_t step = 1;          // of the input from one output of a phase to the next
  int64_t count = 1;         // outputs of phase 0, which has the most
  int64_t low = 0, span = 0; // offsets e are low ... low + span
  /// The window positions of a phase: first, first + each, ... and their offsets.
  struct Taps {
    int64_t count = 0, first = 0, each = 1, offset = 0, eachOffset = 0;
  };
  llvm::SmallVector<Taps, 2> taps = {{1, 0, 1, 0, 0}};

  bool isCopied = false; // once for each offset
  /// Parts of the panel by the remainder of the offset, or by the offset.
  int64_t parts() const { return isCopied ? span + 1 : std::min(step, span + 1); }
  /// Elements of a part that a block of outputs reads.
  int64_t extent(int64_t block) const { return isCopied ? block : block + span / step; }
  int64_t outputsOf(int64_t phase) const {
    return out > phase ? (out - phase + phases - 1) / phases : 0;
  }
  /// How many window positions of phase 0 read the input, rather than padding only, for any of the
  /// outputs [first, first + block).
  int64_t tapsInside(int64_t first, int64_t block) const;
};

struct ConvolutionPlan {
  explicit ConvolutionPlan(ConvolutionOp op);
  explicit ConvolutionPlan(ConvolutionWeightOp op);

  int64_t images, groups, inChannels, outChannels; // channels of a group
  ConvolutionDim dims[3];                          // absent dims come first, of size 1
  bool flipped;
  int64_t elementBytes;
  /// A block has this many images, and outputs of each phase along the last two dims.
  int64_t blockImages = 1, blockRows, blockColumns;
  int64_t blockChannels; // of the input, in a panel at once
  /// No panel: the input itself is one.
  bool direct = false;
  /// Window positions along the rows that only read padding are left out of a block.
  bool skipsRows = false;
  bool isSplit() const { return blockChannels < inChannels; }
  /// Vectors run along images, and no output computes with padding: the panel has all of the input
  /// of a block of images, these last.
  bool byImages = false;
  int64_t inputPlane() const { return dims[0].in * dims[1].in * dims[2].in; }
  int64_t outputPlane() const { return dims[0].out * dims[1].out * dims[2].out; }

  int64_t panelRow() const { return direct ? dims[2].in : dims[2].extent(blockColumns); }
  int64_t panelRows() const { return direct ? dims[1].in : dims[1].extent(blockRows); }
  /// Elements of one part of one channel and depth.
  int64_t panelPart() const { return blockImages * panelRows() * panelRow(); }
  int64_t panelDepth() const { return panelPart() * dims[1].parts() * dims[2].parts(); }
  int64_t panelChannel() const { return panelDepth() * (dims[0].span + 1); }
  int64_t panelElements() const {
    return direct     ? 0
           : byImages ? inChannels * inputPlane() * blockImages
                      : panelChannel() * blockChannels;
  }
  /// From the first output of a block to behind its last, in panel rows.
  int64_t blockLength() const { return (blockRows * blockImages - 1) * panelRow() + blockColumns; }
  /// The sums of a channel are neighbours in the output, too.
  bool isFlat() const {
    return dims[1].phases == 1 && dims[2].phases == 1 && blockImages == 1 &&
           blockColumns == dims[2].out && panelRow() == dims[2].out;
  }
  int64_t scratchBytes() const { return scratch; }
  /// Sums wait here, behind the panel.
  int64_t sumsOffset() const { return llvm::alignTo(panelElements(), 64); }
  /// The output's gradient with channels last, of the gradient by the weight.
  int64_t gradientOffset() const { return sumsOffset() + llvm::alignTo(sums, 64); }

  static constexpr int64_t kMaxRows = 12;      // of sums in registers
  static constexpr int64_t kMaxImageRows = 24; // with vectors along images, of one each

private:
  void blocksOfWeight();
  void blocksOfOutputs();
  double blocksOfRows();
  void chooseSizes(double &least, ConvolutionPlan &best);
  bool fits() const;
  double cycles(int64_t tapRows) const;
  double cyclesByImages() const;
  int64_t tapRows() const;
  void reserve(int64_t gradient);
  int64_t scratch = 0, sums = 0;
};

} // namespace gradc::ag

#endif
