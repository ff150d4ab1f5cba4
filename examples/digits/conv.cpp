// conv.cpp - handwritten digits, 8x8, by two convolutions, a pooling and a hidden layer.
#include "gradc/Trace/gradc.h"
using namespace gradc;

template <class Layer> static Layer named(Layer layer, const std::string &name) {
  layer.weight.named(name + "_weight");
  layer.bias.named(name + "_bias");
  return layer;
}

int main(int argc, char **argv) {
  return trace(argc, argv, [] {
    const int64_t batch = 64, classes = 10;
    Tensor x = input("x", {batch, 64}), label = input("label", {batch}, i64);
    Conv same;
    same.padding = {1};
    auto first = named(nn::Conv2d(1, 16, 3, same), "first");
    auto second = named(nn::Conv2d(16, 32, 3, same), "second");
    auto hidden = named(nn::Linear(32 * 4 * 4, 64), "hidden");
    auto last = named(nn::Linear(64, classes), "last");
    Tensor image = relu(second(relu(first(x.reshape({batch, 1, 8, 8})))));
    Tensor pooled = dropout(max_pool2d(image, {2}).flatten(1), 0.5);
    Tensor scores = last(relu(hidden(pooled)));
    output("loss", nn::functional::cross_entropy(scores, label));
    output("scores", scores);
  });
}
