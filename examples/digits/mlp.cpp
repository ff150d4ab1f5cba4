// mlp.cpp - handwritten digits, 8x8, by a perceptron with one hidden layer.
#include "gradc/Trace/gradc.h"
using namespace gradc;

int main(int argc, char **argv) {
  return trace(argc, argv, [] {
    const int64_t batch = 64, classes = 10;
    Tensor x = input("x", {batch, 64}), label = input("label", {batch}, i64);
    nn::Linear hidden(64, 128), last(128, classes);
    hidden.weight.named("hidden_weight");
    hidden.bias.named("hidden_bias");
    last.weight.named("last_weight");
    last.bias.named("last_bias");
    Tensor scores = last(relu(hidden(x)));
    // Cross entropy: minus the log of the softmax at the label.
    Tensor shifted = scores - scores.amax(1, true);
    Tensor log_p = shifted - shifted.exp().sum(1, true).log();
    Tensor is_label = label.reshape({batch, 1}) == arange(classes);
    output("loss", -(log_p * is_label.to(f32)).sum() / double(batch));
    output("scores", scores);
  });
}
