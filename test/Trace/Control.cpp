// Control.cpp - what repeat and if_ carry, and what they refuse.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"
#include <optional>

using namespace gradc;

TEST(Repeat, CarriesAReboundHandle) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x"), h = zeros({2}).named("h");
              repeat(3, [&] { h = (h + x).named("next"); });
              print(h);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"name": "h", "op": "zeros", "shape": [2]},
{"op": "repeat", "count": 3, "index": "step", "carry": {"h_1": "h"}, "yield": {"h_1": "next"}, "body": [
{"name": "next", "op": "add", "inputs": ["h_1", "x"]}]},
{"op": "print", "inputs": ["h_1"]})");
}

TEST(Repeat, WritesNeedNoCarry) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x"), same = x;
              repeat(2, [&](Tensor step) { x += step; });
              print(same);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "repeat", "count": 2, "index": "step", "body": [
{"op": "add_", "inputs": ["x", "step"]}]},
{"op": "print", "inputs": ["x"]})");
}

TEST(Repeat, SwapIsTwoCarries) {
  EXPECT_EQ(nodesOf([] {
              Tensor a = ones({2}).named("a"), b = zeros({2}).named("b");
              repeat(3, [&] { std::swap(a, b); });
              print(a, b);
            }),
            R"({"name": "a", "op": "ones", "shape": [2]},
{"name": "b", "op": "zeros", "shape": [2]},
{"op": "repeat", "count": 3, "index": "step", "carry": {"a_1": "a", "b_1": "b"}, )"
            R"("yield": {"a_1": "b_1", "b_1": "a_1"}, "body": []},
{"op": "print", "inputs": ["a_1", "b_1"]})");
}

TEST(Repeat, HandlesOfOneTensorStayOne) {
  EXPECT_EQ(nodesOf([] {
              Tensor a = ones({2}).named("a"), b = a;
              repeat(3, [&] {
                a = (a * 2).named("next");
                b = a;
              });
              a += 1;
              print(b);
            }),
            R"({"name": "a", "op": "ones", "shape": [2]},
{"op": "repeat", "count": 3, "index": "step", "carry": {"a_1": "a"}, "yield": {"a_1": "next"}, "body": [
{"name": "next", "op": "mul", "inputs": ["a_1", 2]}]},
{"op": "add_", "inputs": ["a_1", 1]},
{"op": "print", "inputs": ["a_1"]})");
}

TEST(Repeat, AHandleSetToAnOuterTensorIsThatTensor) {
  EXPECT_EQ(nodesOf([] {
              Tensor a = ones({2}).named("a"), b = zeros({2}).named("b");
              repeat(2, [&] { a = b; });
              a += 1;
              print(b);
            }),
            R"({"name": "a", "op": "ones", "shape": [2]},
{"name": "b", "op": "zeros", "shape": [2]},
{"op": "repeat", "count": 2, "index": "step", "carry": {"a_1": "a"}, "yield": {"a_1": "b"}, "body": []},
{"op": "add_", "inputs": ["b", 1]},
{"op": "print", "inputs": ["b"]})");
}

TEST(Repeat, NestsAndNamesItsSteps) {
  EXPECT_EQ(nodesOf([] {
              Tensor h = zeros({}).named("h");
              repeat(2,
                     [&](Tensor) { repeat(3, [&](Tensor step) { h = (h + step).named("sum"); }); });
              print(h);
            }),
            R"({"name": "h", "op": "zeros", "shape": []},
{"op": "repeat", "count": 2, "index": "step", "carry": {"h_1": "h"}, "yield": {"h_1": "h_2"}, "body": [
{"op": "repeat", "count": 3, "index": "step_1", "carry": {"h_2": "h_1"}, "yield": {"h_2": "sum"}, "body": [
{"name": "sum", "op": "add", "inputs": ["h_2", "step_1"]}]}]},
{"op": "print", "inputs": ["h_1"]})");
}

TEST(Repeat, OfNoTurnsIsNothing) {
  EXPECT_EQ(nodesOf([] {
              Tensor h = zeros({2}).named("h");
              repeat(0, [&] { h = h + 1; });
              repeat(-1, [&] { h = h + 1; });
              print(h);
            }),
            R"({"name": "h", "op": "zeros", "shape": [2]},
{"op": "print", "inputs": ["h"]})");
}

TEST(Repeat, ACppLoopIsUnrolled) {
  EXPECT_EQ(nodesOf([] {
              Tensor h = zeros({2}).named("h");
              for (int i = 0; i < 3; ++i)
                h = (h + i).named("h");
            }),
            R"({"name": "h", "op": "zeros", "shape": [2]},
{"name": "h_1", "op": "add", "inputs": ["h", 0]},
{"name": "h_2", "op": "add", "inputs": ["h_1", 1]},
{"name": "h_3", "op": "add", "inputs": ["h_2", 2]})");
}

TEST(Repeat, ACarryKeepsShapeAndDtype) {
  int line = 0;
  const auto program = [&] {
    Tensor h = zeros({2});
    repeat(2, [&] {
      line = __LINE__ + 1;
      h = cat({h, h});
    });
  };
  EXPECT_EQ(errorOf(program),
            "a tensor that a repeat rebinds must keep its shape and dtype: it was "
            "f32[2] before the body, and is f32[4] after it");
  EXPECT_EQ(errorLineOf(program), line);
  EXPECT_EQ(ERROR(Tensor h = zeros({2}); repeat(2, [&] { h = h.to(f64); })),
            "a tensor that a repeat rebinds must keep its shape and dtype: it was f32[2] before "
            "the body, and is f64[2] after it");
}

TEST(Repeat, WhatIsMadeInsideEndsThere) {
  std::string made;
  const auto program = [&] {
    Tensor loss;
    repeat(2, [&] {
      made = std::to_string(__LINE__ + 1);
      loss = ones({2});
    });
    print(loss);
  };
  EXPECT_EQ(errorOf(program), "this tensor was made at " __FILE__ ":" + made +
                                  " inside a repeat or if_ body, and that body is over: make it "
                                  "before the body and assign to it inside");
  const auto collecting = [] {
    std::vector<Tensor> all;
    repeat(2, [&](Tensor step) { all.push_back(step + 1); });
    stack(all);
  };
  EXPECT_NE(errorOf(collecting).find("inside a repeat or if_ body"), std::string::npos);
}

TEST(Repeat, AVectorMayGrowInTheBody) {
  // Moved handles still refer to the tensors from outside.
  EXPECT_EQ(nodesOf([] {
              std::vector<Tensor> all(1, ones({2}).named("x"));
              repeat(2, [&] {
                for (int i = 0; i < 20; ++i)
                  all.push_back(all[0]);
              });
              print(all[0], all[20]);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "repeat", "count": 2, "index": "step", "body": []},
{"op": "print", "inputs": ["x", "x"]})");
}

TEST(Repeat, RefusesWhatItsTurnsWouldShare) {
  EXPECT_EQ(ERROR(Tensor h = zeros({2}); repeat(2,
                                                [&] {
                                                  h += 1;
                                                  h = h * 2;
                                                })),
            "in-place write to a tensor that a handle of this repeat starts from and then leaves: "
            "write `x = x + y` here, or clone() it before the repeat");
  EXPECT_EQ(ERROR(Tensor h = zeros({2}), w = ones({2}); repeat(2,
                                                               [&] {
                                                                 w += h;
                                                                 h = w.detach();
                                                               })),
            "a repeat carries a tensor that shares its storage with one that the body writes: "
            "clone() it");
  // After the loop h is a view of w, which the graph no longer knows.
  EXPECT_NE(ERROR(Tensor h = zeros({2}), w = ones({2}); repeat(2, [&] { h = w.detach(); }); h += 1)
                .find("may share its storage: clone() it first"),
            std::string::npos);
  EXPECT_NE(ERROR(Tensor h = zeros({2}), w = ones({2}); repeat(2, [&] { h = w.detach(); }); w += 1;
                  print(h))
                .find("may share its storage with one that was written since"),
            std::string::npos);
  EXPECT_EQ(ERROR(Tensor h = zeros({2}), w = ones({2}); repeat(2, [&] { h = w.clone(); }); w += 1;
                  h += 1; print(h)),
            "no error");
}

TEST(Repeat, RefusesGradientsAsCarries) {
  EXPECT_EQ(
      ERROR(Tensor w = ones({2}, requires_grad()), g = zeros({2}); repeat(2,
                                                                          [&] {
                                                                            w.sum().backward();
                                                                            g = w.grad();
                                                                          })),
      "a repeat cannot carry the gradient of a tensor itself: clone() it");
}

TEST(Repeat, RefusesABodyWhoseFirstTurnDiffers) {
  EXPECT_EQ(ERROR(Tensor h; repeat(2,
                                   [&] {
                                     if (!h.defined())
                                       h = ones({2});
                                   })),
            "the body asks whether a tensor is defined() and then assigns to it: its first turn "
            "would differ from the others, and the body is traced once");
  EXPECT_EQ(ERROR(Tensor h = ones({2}); repeat(2, [&] { h = Tensor(); })),
            "the body resets a tensor from outside to an undefined one");
}

TEST(Views, AReshapeThatMayBeACopyIsNotWritten) {
  const char *const refused = "in-place write to a tensor that is a reshape of a tensor computed "
                              "from a transposed or sliced one at ";
  const auto writes = [&](const std::function<Tensor(Tensor)> &view) {
    std::string error = errorOf([&] { view(ones({2, 3})).add_(1); });
    return error == "no error" ? "" : error.substr(0, std::string(refused).size());
  };
  EXPECT_EQ(writes([](Tensor x) { return (x.t() + 1).reshape({6}); }), refused);
  EXPECT_EQ(writes([](Tensor x) { return x.slice(1, 0, 2).exp().flatten(); }), refused);
  EXPECT_EQ(writes([](Tensor x) { return (x.t() + 1).t(); }), "");
  EXPECT_EQ(writes([](Tensor x) { return (x.t() + 1).reshape({3, 1, 2}); }), "");
  EXPECT_EQ(writes([](Tensor x) { return (x.t() + 1).reshape({6}).clone(); }), "");
  EXPECT_EQ(writes([](Tensor x) { return x.t().reshape({6}); }), "");
  EXPECT_EQ(writes([](Tensor x) { return (x + 1).reshape({6}); }), "");
  EXPECT_EQ(writes([](Tensor x) { return (x.slice(0, 0, 1) + 1).reshape({3}); }), "");
  EXPECT_EQ(writes([](Tensor x) { return matmul(x, x.t()).reshape({4}); }), "");
  EXPECT_NE(ERROR(Tensor x = ones({2, 3}).t() + 1; Tensor y = x.reshape({6}); x += 1; print(y))
                .find("may share its storage with one that was written since"),
            std::string::npos);
}

TEST(If, YieldsWhatABranchRebinds) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x"), y = zeros({2}).named("y");
              if_(x.sum() > 0, [&] { y = (x + 1).named("more"); });
              print(y);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"name": "y", "op": "zeros", "shape": [2]},
{"op": "if", "inputs": [{"op": "gt", "inputs": [{"op": "sum", "inputs": ["x"]}, 0]}], )"
            R"("yield": {"then": {"y_1": "more"}, "else": {"y_1": "y"}}, "then": [
{"name": "more", "op": "add", "inputs": ["x", 1]}], "else": []},
{"op": "print", "inputs": ["y_1"]})");
}

TEST(If, DefinesInBothBranches) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x"), y;
              if_(x.sum(), [&] { y = x + 1; }, [&] { y = x * 2; });
              print(y);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "if", "inputs": [{"op": "ne", "inputs": [{"op": "sum", "inputs": ["x"]}, 0]}], )"
            R"("yield": {"then": {"t2": "t0"}, "else": {"t2": "t1"}}, "then": [
{"name": "t0", "op": "add", "inputs": ["x", 1]}], "else": [
{"name": "t1", "op": "mul", "inputs": ["x", 2]}]},
{"op": "print", "inputs": ["t2"]})");
}

TEST(If, OfACppBoolIsDecidedAtOnce) {
  EXPECT_EQ(nodesOf([] {
              if_(true, [] { print(1); }, [] { print(2); });
              if_(false, [] { print(1); }, [] { print(2); });
              if_(0, [] { print(3); });
            }),
            R"({"op": "print", "inputs": [1]},
{"op": "print", "inputs": [2]})");
}

TEST(If, Errors) {
  EXPECT_EQ(ERROR(if_(ones({2}), [] {})),
            "Boolean value of Tensor with more than one value is ambiguous");
  EXPECT_EQ(ERROR(if_(ones({0}), [] {})), "Boolean value of Tensor with no values is ambiguous");
  EXPECT_EQ(ERROR(Tensor y = ones({2}); if_(ones({}) > 0, [&] { y = ones({3}); })),
            "a tensor that an if_ rebinds must have the same shape and dtype after both branches: "
            "it is f32[3] after the first, f32[2] after the second");
  EXPECT_NE(ERROR(Tensor y; if_(ones({}) > 0, [&] { y = ones({3}); }); print(y))
                .find("inside a repeat or if_ body"),
            std::string::npos);
  EXPECT_EQ(ERROR(Tensor w = ones({2}, requires_grad()), g = zeros({2});
                  if_(ones({}) > 0, [&] { g = w.grad(); })),
            "an if_ cannot yield the gradient of a tensor itself: clone() it");
}

TEST(If, RefusesWritesToWhatMayBeShared) {
  EXPECT_NE(ERROR(Tensor a = ones({2}), b = zeros({2}); if_(ones({}) > 0, [&] { a = b; }); a += 1)
                .find("may share its storage: clone() it first"),
            std::string::npos);
  // Nobody else holds what a was.
  EXPECT_EQ(ERROR(Tensor a = ones({2}); if_(ones({}) > 0, [&] { a = a * 2; }); a += 1), "no error");
}

TEST(If, WritesInABranchAreStatements) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x");
              if_(x.sum() > 0, [&] { x -= 1; }, [&] { x += 1; });
              print(x);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "if", "inputs": [{"op": "gt", "inputs": [{"op": "sum", "inputs": ["x"]}, 0]}], "then": [
{"op": "sub_", "inputs": ["x", 1]}], "else": [
{"op": "add_", "inputs": ["x", 1]}]},
{"op": "print", "inputs": ["x"]})");
}

TEST(NoGrad, LambdaAndGuardAreTheSame) {
  const char *const expected = R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "no_grad", "body": [
{"name": "y", "op": "mul", "inputs": ["x", 2]}]},
{"op": "print", "inputs": ["y"]})";
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x"), y;
              no_grad([&] { y = (x * 2).named("y"); });
              print(y);
            }),
            expected);
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x"), y;
              {
                NoGradGuard guard;
                y = (x * 2).named("y");
              }
              print(y);
            }),
            expected);
}

TEST(NoGrad, AGuardEndsWithItsBlock) {
  EXPECT_EQ(ERROR(std::optional<NoGradGuard> guard; repeat(2, [&] { guard.emplace(); })),
            "a NoGradGuard outlives the body of this repeat");
  EXPECT_EQ(ERROR(std::optional<NoGradGuard> guard; if_(ones({}) > 0, [&] { guard.emplace(); })),
            "a NoGradGuard outlives a branch of this if_");
}
