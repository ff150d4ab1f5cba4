// conv.cpp - handwritten digits, 8x8, by two convolutions, a pooling and a hidden layer.
#include "gradc/Trace/gradc.h"
using namespace gradc;

// Convolution with a 3x3 window and padding 1 of an image [batch, height, width, channels]: the
// nine shifted images beside each other, times the weight [out, 9 * channels].
static Tensor conv3x3(const nn::Linear &layer, const Tensor &image) {
  int64_t height = image.size(1), width = image.size(2);
  Tensor padded = image.pad({0, 0, 1, 1, 1, 1});
  std::vector<Tensor> shifted;
  for (int64_t y = 0; y < 3; ++y)
    for (int64_t x = 0; x < 3; ++x)
      shifted.push_back(padded.narrow(1, y, height).narrow(2, x, width));
  return layer(cat(shifted, 3));
}

static nn::Linear layer(const std::string &name, int64_t in, int64_t out) {
  nn::Linear result(in, out);
  result.weight.named(name + "_weight");
  result.bias.named(name + "_bias");
  return result;
}

int main(int argc, char **argv) {
  return trace(argc, argv, [] {
    const int64_t batch = 64, classes = 10;
    Tensor x = input("x", {batch, 64}), label = input("label", {batch}, i64);
    nn::Linear first = layer("first", 9, 16), second = layer("second", 9 * 16, 32);
    nn::Linear hidden = layer("hidden", 4 * 4 * 32, 64), last = layer("last", 64, classes);
    Tensor image = relu(conv3x3(first, x.reshape({batch, 8, 8, 1})));
    image = relu(conv3x3(second, image));
    Tensor pooled = image.reshape({batch, 4, 2, 4, 2, 32}).amax({2, 4}); // 2x2 by 2x2
    Tensor scores = last(relu(hidden(pooled.flatten(1))));
    // Cross entropy: minus the log of the softmax at the label.
    Tensor shifted = scores - scores.amax(1, true);
    Tensor log_p = shifted - shifted.exp().sum(1, true).log();
    Tensor is_label = label.reshape({batch, 1}) == arange(classes);
    output("loss", -(log_p * is_label.to(f32)).sum() / double(batch));
    output("scores", scores);
  });
}
