// Nn.cpp - Linear and SGD: the nodes of initialisation and update, and what is refused.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"

using namespace gradc;

TEST(Linear, DrawsWeightThenBias) {
  EXPECT_EQ(nodesOf([] {
              nn::Linear layer(4, 2);
              print(layer(ones({3, 4}).named("x")));
            }),
            R"({"name": "t0", "op": "rand", "shape": [2, 4]},
{"name": "weight", "op": "sub", "inputs": [{"op": "mul", "inputs": ["t0", 1.0]}, 0.5]},
{"op": "requires_grad_", "inputs": ["weight"], "value": true},
{"name": "t1", "op": "rand", "shape": [2]},
{"name": "bias", "op": "sub", "inputs": [{"op": "mul", "inputs": ["t1", 1.0]}, 0.5]},
{"op": "requires_grad_", "inputs": ["bias"], "value": true},
{"name": "x", "op": "ones", "shape": [3, 4]},
{"op": "print", "inputs": [{"op": "linear", "inputs": ["x", "weight", "bias"]}]})");
}

TEST(Linear, WithoutBias) {
  trace_json([] {
    nn::Linear layer(4, 2, false, f64);
    EXPECT_EQ(layer.parameters().size(), 1u);
    EXPECT_EQ(layer.weight.dtype(), f64);
    EXPECT_EQ(layer(ones({3, 4}, f64)).sizes(), Shape({3, 2}));
  });
  EXPECT_EQ(ERROR(nn::Linear(4, 2)(ones({3, 5}))),
            "mat1 and mat2 shapes cannot be multiplied (3x5 and 4x2)");
}

// The nodes of one step for a parameter w that has a gradient.
static std::string stepOf(const optim::SGD::Config &config) {
  std::string text = nodesOf([&] {
    Tensor w = ones({2}, requires_grad()).named("w");
    optim::SGD optimizer({w}, config);
    w.sum().backward();
    optimizer.step();
  });
  return text.substr(text.find("{\"op\": \"no_grad\""));
}

TEST(SGD, Plain) {
  EXPECT_EQ(stepOf({0.5, 0, 0, 0, false}), R"({"op": "no_grad", "body": [
{"op": "sub_", "inputs": ["w", {"op": "mul", "inputs": ["w.grad", 0.5]}]}]})");
}

TEST(SGD, WeightDecay) {
  EXPECT_EQ(stepOf({0.5, 0, 0, 0.1, false}), R"({"op": "no_grad", "body": [
{"name": "t0", "op": "mul", "inputs": [{"op": "add", "inputs": ["w.grad", )"
                                             R"({"op": "mul", "inputs": ["w", 0.1]}]}, 0.5]},
{"op": "sub_", "inputs": ["w", "t0"]}]})");
}

TEST(SGD, Momentum) {
  EXPECT_EQ(stepOf({0.5, 0.9, 0, 0, false}), R"({"op": "no_grad", "body": [
{"op": "mul_", "inputs": ["w_momentum", 0.9]},
{"op": "add_", "inputs": ["w_momentum", "w.grad"]},
{"op": "sub_", "inputs": ["w", {"op": "mul", "inputs": ["w_momentum", 0.5]}]}]})");
}

TEST(SGD, Nesterov) {
  EXPECT_EQ(stepOf({0.5, 0.9, 0, 0, true}),
            R"({"op": "no_grad", "body": [
{"op": "mul_", "inputs": ["w_momentum", 0.9]},
{"op": "add_", "inputs": ["w_momentum", "w.grad"]},
{"name": "t0", "op": "mul", "inputs": [{"op": "add", "inputs": ["w.grad", )"
            R"({"op": "mul", "inputs": ["w_momentum", 0.9]}]}, 0.5]},
{"op": "sub_", "inputs": ["w", "t0"]}]})");
}

TEST(SGD, DampeningSparesTheFirstStep) {
  EXPECT_EQ(stepOf({0.5, 0.9, 0.25, 0, false}), R"({"op": "no_grad", "body": [
{"op": "mul_", "inputs": ["w_momentum", 0.9]},
{"op": "add_", "inputs": ["w_momentum", {"op": "mul", "inputs": ["w.grad", "undamped"]}]},
{"op": "sub_", "inputs": ["w", {"op": "mul", "inputs": ["w_momentum", 0.5]}]},
{"op": "fill_", "inputs": ["undamped", 0.75]}]})");
}

TEST(SGD, LeavesOutParametersWithoutGradient) {
  const auto updates = [](const std::function<void(optim::SGD &, Tensor, Tensor)> &program) {
    std::string text = nodesOf([&] {
      Tensor a = ones({2}, requires_grad()).named("a"), b = ones({2}, requires_grad()).named("b");
      optim::SGD optimizer({a, b}, 0.5);
      program(optimizer, a, b);
      optimizer.step();
    });
    return std::string(text.find("\"sub_\", \"inputs\": [\"a\"") != std::string::npos ? "a" : "") +
           (text.find("\"sub_\", \"inputs\": [\"b\"") != std::string::npos ? "b" : "");
  };
  EXPECT_EQ(updates([](optim::SGD &, Tensor, Tensor) {}), "");
  EXPECT_EQ(updates([](optim::SGD &, Tensor a, Tensor) { (a * 2).sum().backward(); }), "a");
  EXPECT_EQ(updates([](optim::SGD &, Tensor a, Tensor b) { (a * b).sum().backward(); }), "ab");
  EXPECT_EQ(updates([](optim::SGD &, Tensor a, Tensor b) { (a * b.detach()).sum().backward(); }),
            "a");
  EXPECT_EQ(updates([](optim::SGD &o, Tensor a, Tensor) {
              a.sum().backward();
              o.zero_grad();
            }),
            "");
  EXPECT_EQ(updates([](optim::SGD &o, Tensor a, Tensor) {
              a.sum().backward();
              o.zero_grad(false);
            }),
            "a");
  EXPECT_EQ(updates([](optim::SGD &, Tensor a, Tensor b) {
              // Into a buffer that a later loss reads.
              Tensor buffer = zeros({2});
              buffer.add_(b);
              (buffer * a).sum().backward();
            }),
            "ab");
  EXPECT_EQ(updates([](optim::SGD &, Tensor a, Tensor b) {
              if_(ones({}) > 0, [&] { a.sum().backward(); }, [&] { b.sum().backward(); });
            }),
            "ab");
  EXPECT_EQ(updates([](optim::SGD &, Tensor a, Tensor b) {
              Tensor h = zeros({2});
              repeat(3, [&] { h = h + a * b; });
              h.sum().backward();
            }),
            "ab");
}

TEST(SGD, Errors) {
  const auto errorWith = [](const optim::SGD::Config &config) {
    return ERROR(optim::SGD({ones({2}, requires_grad())}, config));
  };
  EXPECT_EQ(errorWith({-1, 0, 0, 0, false}), "Invalid learning rate: -1.000000");
  EXPECT_EQ(errorWith({1, -1, 0, 0, false}), "Invalid momentum value: -1.000000");
  EXPECT_EQ(errorWith({1, 0, 0, -1, false}), "Invalid weight_decay value: -1.000000");
  EXPECT_EQ(errorWith({1, 0, 0, 0, true}),
            "Nesterov momentum requires a momentum and zero dampening");
  EXPECT_EQ(ERROR(optim::SGD({}, 0.1)), "optimizer got an empty parameter list");
  EXPECT_EQ(ERROR(optim::SGD({ones({2})}, 0.1)),
            "can't optimize a tensor that is not a leaf that requires grad");
  EXPECT_EQ(ERROR(Tensor w = ones({2}, requires_grad()); optim::SGD o({w}, 0.1);
                  repeat(2,
                         [&] {
                           o.step();
                           w.sum().backward();
                         })),
            "step() comes before the first backward() of this repeat: the parameter would be left "
            "out in the first turn only");
}
