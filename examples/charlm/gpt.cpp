// gpt.cpp - a small GPT over characters: embeddings, causal attention, GELU, layer norms.
#include "gradc/Trace/gradc.h"
#include <cmath>
using namespace gradc;

// The sampler is the same model for one text: -DBATCH=1.
#ifndef BATCH
#define BATCH 16
#endif

namespace {
constexpr int64_t batch = BATCH, context = 64, characters = 62, width = 64, heads = 4, layers = 3;

Tensor parameter(const std::string &name, const Shape &shape, double scale) {
  Tensor drawn = randn(shape);
  return (drawn * scale).requires_grad_().named(name);
}

struct Linear {
  Linear(const std::string &name, int64_t in, int64_t out, double scale = 0.02)
      : weight(parameter(name + "_weight", {out, in}, scale)),
        bias(zeros({out}, requires_grad()).named(name + "_bias")) {}
  Tensor operator()(const Tensor &x) const { return linear(x, weight, bias); }
  Tensor weight, bias;
};

struct LayerNorm {
  explicit LayerNorm(const std::string &name)
      : weight(ones({width}, requires_grad()).named(name + "_weight")),
        bias(zeros({width}, requires_grad()).named(name + "_bias")) {}
  Tensor operator()(const Tensor &x) const {
    Tensor centred = x - x.mean(-1, true);
    Tensor variance = (centred * centred).mean(-1, true);
    return centred / (variance + 1e-5).sqrt() * weight + bias;
  }
  Tensor weight, bias;
};

Tensor gelu(const Tensor &x) {
  return 0.5 * x * (1 + ((x + 0.044715 * x * x * x) * std::sqrt(2 / M_PI)).tanh());
}

Tensor log_softmax(const Tensor &x) {
  Tensor shifted = x - x.amax(-1, true);
  return shifted - shifted.exp().sum(-1, true).log();
}

// Row i of the table for each token i: a product with ones and zeros.
Tensor is_token(const Tensor &tokens) {
  return (tokens.unsqueeze(-1) == arange(characters, i32)).to(f32);
}

struct Block {
  explicit Block(const std::string &name)
      : norm1(name + "_norm1"), norm2(name + "_norm2"), queries(name + "_queries", width, width),
        keys(name + "_keys", width, width), values(name + "_values", width, width),
        // Smaller where the block adds to the stream, as GPT-2 does.
        project(name + "_project", width, width, 0.02 / std::sqrt(2.0 * layers)),
        expand(name + "_expand", width, 4 * width),
        contract(name + "_contract", 4 * width, width, 0.02 / std::sqrt(2.0 * layers)) {}

  static Tensor split(const Tensor &x) { // [batch, heads, context, width / heads]
    return x.reshape({batch, context, heads, width / heads}).transpose(1, 2);
  }

  Tensor attend(const Tensor &x) const {
    Tensor q = split(queries(x)), k = split(keys(x)), v = split(values(x));
    Tensor scores = matmul(q, k.transpose(2, 3)) / std::sqrt(double(width) / heads);
    Tensor at = arange(context);
    Tensor is_past = at.reshape({context, 1}) >= at;
    scores = where(is_past, scores, -1e9);
    Tensor weights = (scores - scores.amax(-1, true)).exp();
    weights = weights / weights.sum(-1, true);
    return project(matmul(weights, v).transpose(1, 2).reshape({batch, context, width}));
  }

  Tensor operator()(const Tensor &x) const {
    Tensor y = x + attend(norm1(x));
    return y + contract(gelu(expand(norm2(y))));
  }

  LayerNorm norm1, norm2;
  Linear queries, keys, values, project, expand, contract;
};
} // namespace

int main(int argc, char **argv) {
  return trace(argc, argv, [] {
    // A row of the data has one character more than the context: each position predicts the next.
    Tensor text = input("text", {batch, context + 1}, i32);
    Tensor tokens = text.narrow(1, 0, context), next = text.narrow(1, 1, context);
    Tensor token_table = parameter("token_table", {characters, width}, 0.02);
    Tensor place_table = parameter("place_table", {context, width}, 0.02);
    std::vector<Block> blocks;
    for (int64_t i = 0; i < layers; ++i)
      blocks.emplace_back("block" + std::to_string(i));
    LayerNorm norm("norm");
    Linear head("head", width, characters);

    Tensor x = matmul(is_token(tokens), token_table) + place_table;
    for (const Block &block : blocks)
      x = block(x);
    Tensor scores = head(norm(x));
    output("loss", -(log_softmax(scores) * is_token(next)).sum() / double(batch * context));
    output("scores", scores);
  });
}
