// Modules.cpp - names, modes, shapes and errors of modules, optimisers and nn::functional.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"

using namespace gradc;
namespace F = nn::functional;

static std::string namesOf(const std::vector<std::pair<std::string, Tensor>> &named) {
  std::string text;
  for (const auto &[name, tensor] : named)
    text += (text.empty() ? "" : " ") + name;
  return text;
}

TEST(Modules, NamesAsInPyTorch) {
  trace_json([] {
    nn::Sequential inner{nn::Linear(3, 4, false), nn::BatchNorm1d(4)};
    nn::Sequential model{nn::Linear(2, 3), nn::ReLU(), inner};
    EXPECT_EQ(namesOf(model.named_parameters()), "0.weight 0.bias 2.0.weight 2.1.weight 2.1.bias");
    EXPECT_EQ(namesOf(model.named_buffers()), "2.1.running_mean 2.1.running_var");
    nn::LSTM lstm(2, 3, {2, true, false, true});
    EXPECT_EQ(lstm.named_parameters()[5].first, "weight_hh_l0_reverse");
    EXPECT_EQ(lstm.parameters()[8].sizes(), Shape({12, 6}));
    nn::MultiheadAttention attention(4, 2);
    EXPECT_EQ(namesOf(attention.named_parameters()),
              "in_proj_weight in_proj_bias out_proj.weight out_proj.bias");
    nn::Conv2d conv(4, 6, {3, 2}, Conv{{1}, {0}, {1}, 2, {0}, false});
    EXPECT_EQ(conv.weight.sizes(), Shape({6, 2, 3, 2}));
    nn::ConvTranspose1d up(4, 6, 3);
    EXPECT_EQ(up.weight.sizes(), Shape({4, 6, 3}));
  });
}

TEST(Modules, ModeOfTheCallsThatFollow) {
  std::string text = nodesOf([] {
    nn::Sequential model{nn::BatchNorm1d(2)};
    Tensor x = ones({3, 2}).named("x");
    print(model(x));
    model.eval();
    print(model(x));
  });
  const std::string inputs = R"("inputs": ["x", "running_mean", "running_var", "weight", "bias"])";
  size_t first = text.find(inputs + ", \"training\": true}");
  EXPECT_NE(first, std::string::npos) << text;
  EXPECT_NE(text.find(inputs + "}", first + 1), std::string::npos) << text;
}

TEST(Modules, DropoutFollowsTheMode) {
  std::string text = nodesOf([] {
    nn::Sequential model{nn::Dropout(0.25), nn::Dropout2d()};
    Tensor x = ones({3, 2}).named("x");
    print(model(x));
    model.eval();
    print(model(x));
  });
  EXPECT_NE(text.find("\"p\": 0.25}"), std::string::npos) << text;
  EXPECT_NE(text.find("\"p\": 0.25, \"train\": false}"), std::string::npos) << text;
}

TEST(Modules, BuffersOfAModel) {
  std::string text = trace_json([] {
    Tensor x = input("x", {4, 2});
    nn::BatchNorm1d norm(2);
    Tensor calls = buffer("calls", zeros({}));
    calls += 1;
    output("y", norm(x));
    output("calls", calls);
  });
  for (const char *part :
       {R"("buffers": {)", R"("running_mean": {"type": "f32[2]"})", R"("calls": {"type": "f32[]"})",
        R"("by_mode": true)", R"("running_var": {"type": "f32[2]", "init": {"op": "ones")"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  EXPECT_EQ(text.find("\"training\""), std::string::npos) << text;
}

TEST(Modules, EmbeddingsAndWindows) {
  trace_json([] {
    nn::Embedding table(5, 3, -1);
    EXPECT_EQ(table(zeros({2, 4}, i64)).sizes(), Shape({2, 4, 3}));
    EXPECT_EQ(nn::MaxPool2d({2, 1})(ones({1, 2, 4, 4})).sizes(), Shape({1, 2, 2, 4}));
    EXPECT_EQ(nn::AdaptiveAvgPool1d(3)(ones({1, 2, 7})).sizes(), Shape({1, 2, 3}));
  });
  EXPECT_EQ(ERROR(nn::Embedding(5, 3, 5)), "Padding_idx must be within num_embeddings");
  EXPECT_EQ(ERROR(nn::PReLU(3)(ones({2, 4}))),
            "Mismatch of parameter numbers and input channel size. Found parameter numbers = 3 and "
            "channel size = 4.");
  EXPECT_EQ(ERROR(nn::GELU("erf")(ones({2}))), "approximate argument must be either none or tanh.");
  EXPECT_EQ(ERROR(nn::SiLU()(ones({2}, i64))), "\"silu\" not implemented for 'Long'");
}

TEST(Modules, StatisticsAreWrittenOnceInALoop) {
  EXPECT_EQ(errorOf([] {
              nn::BatchNorm1d norm(2);
              Tensor x = ones({3, 2});
              repeat(3, [&] { print(norm(x)); });
              print(norm.running_mean);
            }),
            "no error");
}

TEST(Modules, Recurrence) {
  trace_json([] {
    nn::GRU gru(3, 4, {2, true, true, true});
    nn::Recurred r = gru(ones({5, 6, 3}));
    EXPECT_EQ(r.y.sizes(), Shape({5, 6, 8}));
    EXPECT_EQ(r.h.sizes(), Shape({4, 5, 4}));
    EXPECT_FALSE(r.c.defined());
    nn::LSTM lstm(3, 4);
    nn::Recurred s = lstm(ones({6, 3}), {ones({1, 4}), ones({1, 4})});
    EXPECT_EQ(s.y.sizes(), Shape({6, 4}));
    EXPECT_EQ(s.c.sizes(), Shape({1, 4}));
  });
  EXPECT_EQ(ERROR(nn::LSTM(3, 4)(ones({2, 5, 4}))),
            "input.size(-1) must be equal to input_size. Expected 3, got 4");
}

TEST(Modules, Errors) {
  EXPECT_EQ(ERROR(nn::GroupNorm(3, 4)), "num_channels (4) must be divisible by num_groups (3)");
  EXPECT_EQ(ERROR(nn::MultiheadAttention(5, 2)), "embed_dim must be divisible by num_heads");
  EXPECT_EQ(ERROR(F::layer_norm(ones({2, 3}), {4})),
            "Given normalized_shape=[4], expected input with shape [*, 4], but got input of "
            "size[2, 3]");
  EXPECT_EQ(ERROR(F::cross_entropy(ones({2, 3}), zeros({3}, i64))),
            "Expected input batch_size (2) to match target batch_size (3).");
  EXPECT_EQ(ERROR(F::cross_entropy(ones({2, 3}), zeros({2}))),
            "expected target dtype to be Long or Byte, but got Float");
  EXPECT_EQ(ERROR(einsum("ij,jk", {ones({2, 3}), ones({2, 3})})),
            "einsum(): subscript j has size 2 for operand 1 which does not broadcast with "
            "previously seen size 3");
  EXPECT_EQ(ERROR(F::mse_loss(ones({2}), ones({2}), nn::Reduction::batchmean)),
            "batchmean is not a valid value for reduction");
}

TEST(Optimizers, Errors) {
  EXPECT_EQ(ERROR(optim::Adam({ones({2}, requires_grad())},
                              optim::Adam::Config{0.1, 1, 0.9, 1e-8, 0, false})),
            "Invalid beta parameter at index 0: 1.000000");
  EXPECT_EQ(ERROR(Tensor a = ones({2}, requires_grad()), b = ones({2}, requires_grad());
                  optim::Adam adam({a, b}); a.sum().backward(); adam.step(); b.sum().backward();
                  adam.step()),
            "this optimiser counts the steps of all its parameters together: each step has to "
            "update the same parameters; give the others an optimiser of their own");
  EXPECT_EQ(ERROR(nn::clip_grad_norm_({ones({2}, requires_grad())}, 1, 3)),
            "clip_grad_norm_: expected a norm_type of 1, 2 or inf, got 3.000000");
}

TEST(Schedules, AsInPyTorch) {
  EXPECT_DOUBLE_EQ(optim::step_lr(1, 10, 0.5)(25), 0.25);
  EXPECT_DOUBLE_EQ(optim::multi_step(1, {3, 5}, 0.1)(5), 0.01);
  EXPECT_DOUBLE_EQ(optim::exponential(1, 0.5)(3), 0.125);
  EXPECT_DOUBLE_EQ(optim::cosine(1, 10)(5), 0.5);
  EXPECT_DOUBLE_EQ(optim::linear_warmup(1, 4, 0.5)(2), 0.75);
  EXPECT_DOUBLE_EQ(optim::linear_warmup(1, 4, 0.5)(9), 1);
  EXPECT_NEAR(optim::one_cycle(1, 10)(0), 0.04, 1e-15);
  EXPECT_DOUBLE_EQ(optim::one_cycle(1, 10)(2), 1);
  EXPECT_NEAR(optim::one_cycle(1, 10)(9), 4e-6, 1e-15);
}
