// models.cpp - small models that train; their losses are compared with PyTorch's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `trace-models NAME` writes the graph of one; make_training.py has the same in PyTorch.
#include "gradc/Trace/gradc.h"
#include <cstring>

using namespace gradc;
namespace F = nn::functional;

static constexpr int steps = 30;

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
    {"scheduled", scheduled},
    {"norms", norms},
    {"lstm", lstm},
    {"gru_cell", gru_cell},
    {"transformer", transformer},
};

int main(int argc, char **argv) {
  for (const auto &[name, program] : models)
    if (argc == 2 && !strcmp(argv[1], name))
      return trace(1, argv, program);
  return 2;
}
