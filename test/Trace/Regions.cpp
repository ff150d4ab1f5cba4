// Regions.cpp - while_, checkpoint, and what gives a model its first values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"

using namespace gradc;

TEST(While, AsksBeforeEachTurn) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x"), h = x;
              while_([&] { return (h.sum() < 9).named("more"); },
                     [&] { h = (h * 2).named("next"); }, 8);
              print(h);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "while", "max_trips": 8, "condition": {"value": "more"}, "carry": {"x_1": "x"}, )"
            R"("yield": {"x_1": "next"}, "before": [
{"name": "more", "op": "lt", "inputs": [{"op": "sum", "inputs": ["x_1"]}, 9]}], "body": [
{"name": "next", "op": "mul", "inputs": ["x_1", 2]}]},
{"op": "print", "inputs": ["x_1"]})");
}

TEST(While, Errors) {
  EXPECT_EQ(ERROR(Tensor x = ones({2}); while_([&] { return x < 1; }, [] {})),
            "Boolean value of Tensor with more than one value is ambiguous");
  EXPECT_EQ(ERROR(Tensor x = ones({}); while_(
                      [&] {
                        x = x + 1;
                        return x < 9;
                      },
                      [] {})),
            "the condition of a while_ rebinds or writes a tensor: only its body may");
  EXPECT_EQ(ERROR(Tensor x = ones({}); while_(
                      [&] {
                        x += 1;
                        return x < 9;
                      },
                      [] {})),
            "the condition of a while_ rebinds or writes a tensor: only its body may");
  EXPECT_EQ(ERROR(while_([] { return ones({}); }, [] {}, 0)),
            "max_trips: expected a number above 0, got 0");
  EXPECT_EQ(ERROR(while_([] { return Tensor(); }, [] {})),
            "the tensor is undefined: nothing was assigned to it");
}

TEST(Checkpoint, NamesStayVisible) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}, requires_grad()).named("x"), y;
              checkpoint([&] { y = x.exp().sum().named("y"); });
              y.backward();
            }),
            R"({"name": "x", "op": "ones", "shape": [2], "requires_grad": true},
{"op": "checkpoint", "body": [
{"name": "y", "op": "sum", "inputs": [{"op": "exp", "inputs": ["x"]}]}]},
{"op": "backward", "inputs": ["y"]})");
}

static std::string initialError(const std::function<void(Tensor &, Tensor &)> &body) {
  return errorOf([&] {
    Tensor x = input("x", {2}), w = ones({2}, requires_grad()).named("w");
    body(x, w);
    output("y", w * x);
  });
}

TEST(FirstValues, AreWrittenOnce) {
  std::string text = trace_json([] {
    Tensor x = input("x", {2}), w = zeros({2}, requires_grad()).named("w");
    no_grad([&] { nn::init::constant_(w, 3); });
    output("y", (w * x).named("y"));
  });
  EXPECT_NE(text.find("\"init\": [\n  {\"op\": \"fill_\", \"inputs\": [\"w\", 3"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\"body\": [\n  {\"name\": \"y\", \"op\": \"mul\""), std::string::npos)
      << text;
}

TEST(FirstValues, Errors) {
  EXPECT_EQ(initialError([](Tensor &, Tensor &w) { initialize([&] { w.mul_(2); }); }), "no error");
  EXPECT_EQ(initialError([](Tensor &x, Tensor &w) {
              x = x + w;
              nn::init::zeros_(w);
            }),
            "the model has used this tensor already: give first values before");
  EXPECT_EQ(initialError([](Tensor &x, Tensor &w) { initialize([&] { w.copy_(x); }); }),
            "the first value of a parameter or buffer cannot depend on an input");
  EXPECT_EQ(initialError([](Tensor &, Tensor &w) { repeat(2, [&] { nn::init::zeros_(w); }); }),
            "first values are given once: not within a repeat or a branch");
}
