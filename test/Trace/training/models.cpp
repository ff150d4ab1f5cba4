// models.cpp - small models that train; their losses are compared with PyTorch's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `trace-models NAME` writes the graph of one; make_training.py has the same in PyTorch.
#include "gradc/Trace/gradc.h"
#include <cstring>

using namespace gradc;
namespace F = nn::functional;

static constexpr int steps = 30;

static void show(const Tensor &y) {
  Tensor sizes = arange(1, y.numel() + 1, f32);
  print((y.reshape({-1}) * sizes).sum().item());
}

/// A classifier of 12 rows and 3 classes, trained by any optimiser.
template <class Optimizer, class Config> static void classifier(const Config &config) {
  manual_seed(0);
  Tensor x = randn({12, 8}), target = randint(3, {12});
  nn::Sequential model{nn::Linear(8, 16), nn::Tanh(), nn::Linear(16, 16), nn::ReLU(),
                       nn::Linear(16, 3)};
  Optimizer optimizer(model.parameters(), config);
  repeat(50, [&] {
    optimizer.zero_grad();
    Tensor loss = F::cross_entropy(model(x), target);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

static void scheduled() {
  manual_seed(1);
  Tensor x = randn({12, 8}), y = randn({12, 2});
  nn::Sequential model{nn::Linear(8, 16), nn::Sigmoid(), nn::Linear(16, 2)};
  optim::Adam optimizer(model.parameters(), 0.05);
  optim::Schedule schedule = optim::one_cycle(0.1, steps);
  repeat(steps, [&](Tensor step) {
    optimizer.zero_grad();
    Tensor loss = F::smooth_l1_loss(model(x), y);
    loss.backward();
    Tensor norm = nn::clip_grad_norm_(model.parameters(), 0.3);
    optimizer.step(schedule(step, steps));
    print(loss.item(), norm.item());
  });
}

/// Batch statistics in training, running ones in the evaluation at the end.
static void norms() {
  manual_seed(2);
  Tensor x = randn({10, 6}), y = randn({10, 6});
  nn::Sequential model{nn::Linear(6, 8),    nn::BatchNorm1d(8), nn::ReLU(),
                       nn::GroupNorm(2, 8), nn::Linear(8, 8),   nn::RMSNorm({8}),
                       nn::LayerNorm({8}),  nn::Linear(8, 6)};
  optim::SGD optimizer(model.parameters(), 0.1, 0.9);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor loss = F::mse_loss(model(x), y);
    loss.backward();
    nn::clip_grad_value_(model.parameters(), 0.05);
    optimizer.step();
    print(loss.item());
  });
  model.eval();
  no_grad([&] { print(F::mse_loss(model(x), y).item()); });
}

static void conv() {
  manual_seed(6);
  Tensor x = randn({4, 2, 8, 8}), target = randint(3, {4});
  Conv wide, half;
  wide.padding = {1};
  half.stride = {2};
  nn::Sequential model{nn::Conv2d(2, 4, 3, wide),
                       nn::BatchNorm2d(4),
                       nn::ReLU(),
                       nn::Conv2d(4, 4, {2, 2}, half),
                       nn::Tanh(),
                       nn::ConvTranspose2d(4, 2, 3),
                       nn::Flatten(),
                       nn::Linear(72, 3)};
  optim::SGD optimizer(model.parameters(), 0.02, 0.9);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor loss = F::cross_entropy(model(x), target);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

/// Activations, pooling, and an embedding with a row of padding.
static void layers() {
  manual_seed(8);
  Tensor x = randn({4, 2, 8, 8}), words = randint(6, {4, 5}), target = randint(3, {4});
  Pool wide;
  wide.stride = {1};
  wide.padding = {1};
  nn::Sequential image{nn::Conv2d(2, 4, 3),
                       nn::GELU(),
                       nn::MaxPool2d(2),
                       nn::PReLU(4),
                       nn::AvgPool2d(3, wide),
                       nn::Hardtanh(-0.5, 0.9),
                       nn::AdaptiveAvgPool2d(2),
                       nn::Flatten(),
                       nn::Linear(16, 8),
                       nn::SiLU(),
                       nn::ELU(0.7),
                       nn::Softplus(2)};
  nn::Embedding table(6, 4, -2);
  nn::Sequential text{nn::Flatten(),    nn::Linear(20, 8),   nn::LeakyReLU(0.2),
                      nn::GELU("tanh"), nn::Hardshrink(0.1), nn::CELU(0.5),
                      nn::Mish(),       nn::SELU(),          nn::Dropout(0)};
  nn::Sequential head{nn::Linear(8, 3), nn::LogSoftmax(1)};
  std::vector<Tensor> parameters = table.parameters();
  for (const nn::Module *part : {&image, &text, &head})
    for (const Tensor &p : part->parameters())
      parameters.push_back(p);
  optim::SGD optimizer(parameters, 0.05, 0.9);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor loss = F::nll_loss(head(image(x) + text(table(words))), target);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
  show(table.weight);
}

static void lstm() {
  manual_seed(3);
  Tensor x = randn({5, 4, 3}), y = randn({4, 2});
  nn::LSTM layers(3, 6, {2, true, false, false});
  nn::Linear head(6, 2);
  std::vector<Tensor> parameters = layers.parameters();
  for (const Tensor &p : head.parameters())
    parameters.push_back(p);
  optim::RMSprop optimizer(parameters, 0.01);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor loss = F::mse_loss(head(layers(x).y[-1]), y);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

static void gru_cell() {
  manual_seed(4);
  Tensor x = randn({6, 4, 3}), y = randn({4, 5});
  nn::GRUCell cell(3, 5);
  optim::Adagrad optimizer(cell.parameters(), 0.1);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor h = zeros({4, 5});
    for (int t = 0; t < 6; ++t)
      h = cell(x[t], {h})[0];
    Tensor loss = F::huber_loss(h, y);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

namespace {
/// A block of a transformer with causal attention.
struct Transformer : nn::Module {
  nn::LayerNorm first{{8}}, second{{8}};
  nn::MultiheadAttention attention{8, 2, true, true};
  nn::Sequential dense{nn::Linear(8, 16), nn::ReLU(), nn::Linear(16, 8)};
  nn::Linear head{8, 5};

  void visit(nn::Visitor &v) override {
    v.module("first", first);
    v.module("second", second);
    v.module("attention", attention);
    v.module("dense", dense);
    v.module("head", head);
  }
  Tensor operator()(const Tensor &x) {
    F::AttentionOptions causal;
    causal.is_causal = true;
    Tensor normed = first(x), y = x + attention(normed, normed, normed, causal);
    return head(y + dense(second(y)));
  }
};
} // namespace

static void transformer() {
  manual_seed(5);
  Tensor x = randn({3, 6, 8}), target = randint(5, {18});
  Transformer model;
  optim::AdamW optimizer(model.parameters(), 0.01);
  repeat(steps, [&] {
    optimizer.zero_grad();
    F::CrossEntropyOptions options;
    options.label_smoothing = 0.1;
    Tensor loss = F::cross_entropy(model(x).reshape({18, 5}), target, options);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

/// Every function once; the reader verifies the types that the trace infers.
static void functions() {
  manual_seed(7);
  Tensor a = randn({3, 4}), b = randn({3, 4}), c = randn({4, 5}), v = randn({4}), w = rand({3, 4});
  Tensor t = randint(4, {3}), x = randn({2, 4, 3}), h = randn({2, 5});
  show(einsum("ij,jk->ki", {a, c}));
  show(einsum("...i,i", {a, v}));
  show(mv(a, v));
  show(outer(v, h.flatten()));
  show(inner(a, b));
  show(kron(a, h));
  show(tensordot(x, c.t(), 0));
  show(addmm(v, a, matmul(c, c.t()), 0.5, 2));
  show(cdist(a, b, 1));
  F::CrossEntropyOptions each;
  each.reduction = nn::Reduction::none;
  each.weight = v;
  show(F::cross_entropy(a, t, each));
  show(F::cross_entropy(a, w));
  show(F::nll_loss(a, t));
  show(F::mse_loss(a, v, nn::Reduction::sum));
  show(F::l1_loss(a, b));
  show(F::smooth_l1_loss(a, b, 0.5));
  show(F::huber_loss(a, b, 0.5, nn::Reduction::none));
  show(F::binary_cross_entropy(w, w, v.abs()));
  show(F::binary_cross_entropy_with_logits(a, w, {}, v.abs()));
  show(F::kl_div(a, w, false, nn::Reduction::batchmean));
  show(F::soft_margin_loss(a, b));
  show(F::hinge_embedding_loss(a, b.relu()));
  show(F::cosine_similarity(a, b, -1));
  show(F::layer_norm(x, {4, 3}));
  show(F::rms_norm(a, {4}, v));
  show(F::group_norm(x, 2, v, v));
  show(F::batch_norm(x, v, v.abs()));
  show(F::instance_norm(x));
  show(F::normalize(a, 2, 0));
  F::AttentionOptions masked;
  masked.attn_mask = b.slice(1, 0, 3) > -1;
  show(F::scaled_dot_product_attention(a, b, b.slice(1, 0, 2), masked));
  nn::RNN rnn(3, 2, "relu", {1, true, true, true});
  nn::Recurred result = rnn(x);
  show(result.y);
  show(result.h);
  nn::LSTMCell cell(5, 3);
  show(cell(h, {zeros({2, 3}), ones({2, 3})})[1]);
  Tensor z = zeros({4, 6});
  nn::init::xavier_uniform_(z);
  show(z);
  nn::init::kaiming_normal_(z);
  show(z);
}

static const std::pair<const char *, void (*)()> models[] = {
    {"sgd", [] { classifier<optim::SGD>(optim::SGD::Config{0.1, 0.9, 0, 0, false}); }},
    {"sgd_damped", [] { classifier<optim::SGD>(optim::SGD::Config{0.1, 0.9, 0.3, 0.01, false}); }},
    {"sgd_nesterov", [] { classifier<optim::SGD>(optim::SGD::Config{0.1, 0.8, 0, 0.01, true}); }},
    {"adam", [] { classifier<optim::Adam>(optim::Adam::Config{}); }},
    {"adam_amsgrad",
     [] { classifier<optim::Adam>(optim::Adam::Config{0.02, 0.8, 0.9, 1e-8, 0.01, true}); }},
    {"adamw",
     [] { classifier<optim::AdamW>(optim::Adam::Config{0.02, 0.9, 0.99, 1e-8, 0.1, false}); }},
    {"rmsprop", [] { classifier<optim::RMSprop>(optim::RMSprop::Config{}); }},
    {"rmsprop_centered",
     [] { classifier<optim::RMSprop>(optim::RMSprop::Config{0.01, 0.9, 1e-8, 0.01, 0.5, true}); }},
    {"adagrad",
     [] { classifier<optim::Adagrad>(optim::Adagrad::Config{0.05, 0.1, 0.01, 0.1, 1e-10}); }},
    {"functions", functions},
    {"scheduled", scheduled},
    {"norms", norms},
    {"conv", conv},
    {"layers", layers},
    {"lstm", lstm},
    {"gru_cell", gru_cell},
    {"transformer", transformer},
};

int main(int argc, char **argv) {
  for (const auto &[name, program] : models)
    if (argc == 2 && !strcmp(argv[1], name)) {
      const char *typed[] = {argv[0], "--types"};
      return trace(2, typed, program);
    }
  return 2;
}
