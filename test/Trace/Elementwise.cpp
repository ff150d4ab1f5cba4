// Elementwise.cpp - promotion, broadcasting and errors of elementwise ops and in-place writes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"
#include <cmath>

using namespace gradc;

static const Dtype dtypes[] = {f32, f64, f16, bf16, i64, i32, i16, i8, u8, boolean};

TEST(Elementwise, UnaryKeepsShapeAndMakesFloats) {
  using Function = Tensor (*)(const Tensor &, Location);
  const Function functions[] = {gradc::exp,     gradc::log, gradc::sqrt, gradc::tanh,
                                gradc::sigmoid, gradc::sin, gradc::cos,  gradc::reciprocal};
  for (Function function : functions) {
    EXPECT_EQ(TYPE(function(ones({2, 3}), Location::here())), "f32[2,3]");
    EXPECT_EQ(TYPE(function(ones({2, 3}, f64), Location::here())), "f64[2,3]");
    for (Dtype dtype : {i64, i32, boolean})
      EXPECT_EQ(TYPE(function(ones({2, 3}, dtype), Location::here())), "f32[2,3]");
  }
}

TEST(Elementwise, UnaryThatKeepsTheDtype) {
  for (auto function : {gradc::neg, gradc::relu, gradc::abs}) {
    EXPECT_EQ(TYPE(function(ones({2}, i32), Location::here())), "i32[2]");
    EXPECT_EQ(TYPE(function(ones({}, f64), Location::here())), "f64[]");
  }
  EXPECT_EQ(TYPE(-ones({2}, boolean)),
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
            "invert a mask, use the `~` or `logical_not()` operator instead.");
  EXPECT_EQ(TYPE(relu(ones({2}, boolean))), "Boolean inputs not supported for relu");
  EXPECT_EQ(TYPE(abs(ones({2}, boolean))), "\"abs\" not implemented for 'Bool'");
  for (Dtype dtype : dtypes)
    EXPECT_EQ(TYPE(!ones({2}, dtype)), "bool[2]");
}

TEST(Elementwise, Broadcasting) {
  EXPECT_EQ(TYPE(ones({2, 1}) + ones({3})), "f32[2,3]");
  EXPECT_EQ(TYPE(ones({}) * ones({4, 1, 2})), "f32[4,1,2]");
  EXPECT_EQ(TYPE(ones({0, 3}) - ones({1, 3})), "f32[0,3]");
  EXPECT_EQ(TYPE(ones({2, 3}) < ones({3})), "bool[2,3]");
  EXPECT_EQ(TYPE(ones({2, 3}) / ones({2})),
            "The size of tensor a (3) must match the size of tensor b (2) at non-singleton "
            "dimension 1");
}

TEST(Elementwise, PromotionOfTensors) {
  const char *const expected[10][10] = {
      {"f32", "f64", "f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32"},
      {"f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64"},
      {"f32", "f64", "f16", "f32", "f16", "f16", "f16", "f16", "f16", "f16"},
      {"f32", "f64", "f32", "bf16", "bf16", "bf16", "bf16", "bf16", "bf16", "bf16"},
      {"f32", "f64", "f16", "bf16", "i64", "i64", "i64", "i64", "i64", "i64"},
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i32", "i32", "i32", "i32"},
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i16", "i16", "i16", "i16"},
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i16", "i8", "i16", "i8"},
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i16", "i16", "u8", "u8"},
      {"f32", "f64", "f16", "bf16", "i64", "i32", "i16", "i8", "u8", "bool"}};
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < 10; ++j)
      for (auto function : {gradc::add, gradc::mul, gradc::maximum, gradc::minimum})
        EXPECT_EQ(TYPE(function(ones({3}, dtypes[i]), ones({3}, dtypes[j]))),
                  std::string(expected[i][j]) + "[3]");
}

TEST(Elementwise, NarrowDtypes) {
  EXPECT_EQ(TYPE(ones({3}, bf16) + 0.5), "bf16[3]");
  EXPECT_EQ(TYPE(ones({3}, f16) + ones({}, f64)), "f16[3]");
  EXPECT_EQ(TYPE(ones({3}, u8) + 300), "u8[3]");
  EXPECT_EQ(TYPE(ones({3}, u8) / 2), "f32[3]");
  EXPECT_EQ(TYPE(ones({3}, i8).sum()), "i64[]");
  EXPECT_EQ(TYPE(gradc::exp(ones({3}, i16))), "f32[3]");
  EXPECT_EQ(TYPE(gradc::exp(ones({3}, bf16))), "bf16[3]");
  EXPECT_EQ(TYPE(ones({3}).half()), "f16[3]");
  EXPECT_EQ(TYPE(ones({3}, i8).bfloat16()), "bf16[3]");
  EXPECT_EQ(TYPE(randn({3}, requires_grad().dtype(bf16)).to(u8)), "u8[3]");
  EXPECT_EQ(TYPE(tensor({-1, 255}, u8)), "u8[2]");
  EXPECT_EQ(TYPE(tensor({256}, u8)), "value cannot be converted to type uint8 without overflow");
  EXPECT_EQ(TYPE(tensor({-129}, i8)), "value cannot be converted to type int8 without overflow");
  EXPECT_EQ(TYPE(rand({3}, i8)), "\"check_uniform_bounds\" not implemented for 'Char'");
  EXPECT_EQ(TYPE(ones({2, 2}, bf16).matmul(ones({2, 2}))),
            "expected m1 and m2 to have the same dtype, but got: c10::BFloat16 != float");
  EXPECT_EQ(ERROR(ones({2}, u8).add_(0.5)),
            "result type Float can't be cast to the desired output type Byte");
}

TEST(Elementwise, ScalarsAndNumbersPromoteAcrossCategoriesOnly) {
  EXPECT_EQ(TYPE(ones({3}) + ones({}, f64)), "f32[3]");
  EXPECT_EQ(TYPE(ones({3}, i32) + ones({}, i64)), "i32[3]");
  EXPECT_EQ(TYPE(ones({3}, i64) + ones({}, f64)), "f64[3]");
  EXPECT_EQ(TYPE(ones({3}, i32) + 2), "i32[3]");
  EXPECT_EQ(TYPE(ones({3}, i32) * 2.5), "f32[3]");
  EXPECT_EQ(TYPE(ones({3}, boolean) + 2), "i64[3]");
  EXPECT_EQ(TYPE(ones({3}, boolean) + true), "bool[3]");
  EXPECT_EQ(TYPE(2.5 - ones({}, f64)), "f64[]");
  EXPECT_EQ(TYPE(ones({}, boolean) + 1.0), "f32[]");
}

TEST(Elementwise, DivisionIsOfFloats) {
  EXPECT_EQ(TYPE(ones({3}, i64) / ones({3}, i64)), "f32[3]");
  EXPECT_EQ(TYPE(1 / ones({3}, boolean)), "f32[3]");
  EXPECT_EQ(TYPE(ones({3}, f64) / 2), "f64[3]");
}

TEST(Elementwise, ComparisonsAndLogic) {
  for (auto function : {gradc::eq, gradc::ne, gradc::lt, gradc::le, gradc::gt, gradc::ge,
                        gradc::logical_and, gradc::logical_or})
    EXPECT_EQ(TYPE(function(ones({2, 1}, f64), ones({3}, i32))), "bool[2,3]");
  EXPECT_EQ(TYPE(ones({2}) == 1), "bool[2]");
  EXPECT_EQ(TYPE(1.5 >= ones({2}, i64)), "bool[2]");
}

TEST(Elementwise, SubtractionOfBools) {
  EXPECT_EQ(TYPE(ones({2}, boolean) - ones({2}, boolean)),
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
            "`logical_xor()` operator instead.");
  EXPECT_EQ(TYPE(ones({2}, boolean) - 1),
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying "
            "to invert a mask, use the `~` or `logical_not()` operator instead.");
}

TEST(Elementwise, Pow) {
  EXPECT_EQ(TYPE(ones({2}).pow(2)), "f32[2]");
  EXPECT_EQ(TYPE(ones({2}, i64).pow(2)), "i64[2]");
  EXPECT_EQ(TYPE(ones({2}, i64).pow(0.5)), "f32[2]");
  EXPECT_EQ(TYPE(pow(2, ones({2}, i64))), "i64[2]");
  EXPECT_EQ(TYPE(ones({2}, i64).pow(-1)), "Integers to negative integer powers are not allowed.");
  EXPECT_EQ(TYPE(pow(ones({2}, boolean), ones({2}, boolean))),
            "\"pow\" not implemented for 'Bool'");
}

TEST(Elementwise, Where) {
  EXPECT_EQ(TYPE(where(ones({2, 1}, boolean), ones({3}), 0)), "f32[2,3]");
  EXPECT_EQ(TYPE(where(ones({3}, boolean), 1, 2)), "i64[3]");
  EXPECT_EQ(TYPE(ones({3}, i64).where(ones({3}, boolean), 0.5)), "f32[3]");
  EXPECT_EQ(TYPE(where(ones({3}), ones({3}), 0)),
            "where expected condition to be a boolean tensor, but got a tensor with dtype Float");
}

TEST(Elementwise, NumbersAloneAreNoOperands) {
  EXPECT_EQ(TYPE(add(1, 2)), "add: one of the operands must be a tensor");
  EXPECT_EQ(ERROR(ones({2}) * 18446744073709551615u), "the number does not fit in i64");
}

TEST(Elementwise, InfinityAndNaN) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x");
              print(where(x > 0, x, -INFINITY), NAN, INFINITY);
              full({2}, -INFINITY);
              x.pad({1, 1}, NAN);
              tensor({1.0, INFINITY});
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "print", "inputs": [{"op": "where", "inputs": [{"op": "gt", "inputs": ["x", 0]}, "x", )"
            R"({"op": "full", "shape": [], "value": "-inf", "dtype": "f32"}]}, )"
            R"({"op": "text", "value": "nan"}, {"op": "text", "value": "inf"}]},
{"op": "full", "shape": [2], "value": "-inf", "dtype": "f32"},
{"op": "pad", "inputs": ["x"], "pad": [1, 1], "value": "nan"},
{"op": "tensor", "value": [1.0, "inf"], "dtype": "f32"})");
}

TEST(Elementwise, WritesKeepTheTarget) {
  EXPECT_EQ(TYPE(ones({2, 3}).add_(ones({3}))), "f32[2,3]");
  EXPECT_EQ(TYPE(ones({3}).add_(ones({3}, f64))), "f32[3]");
  EXPECT_EQ(TYPE(ones({3}, i64).copy_(ones({3}))), "i64[3]");
  EXPECT_EQ(TYPE(ones({3}, i64).fill_(2.5)), "i64[3]");
  EXPECT_EQ(TYPE(ones({3}, i64).add_(1.5)),
            "result type Float can't be cast to the desired output type Long");
  EXPECT_EQ(TYPE(ones({3}, i64).div_(2)),
            "result type Float can't be cast to the desired output type Long");
  EXPECT_EQ(TYPE(ones({3}, i64).exp_()),
            "result type Float can't be cast to the desired output type Long");
  EXPECT_EQ(TYPE(ones({3}, boolean).mul_(2)),
            "result type Long can't be cast to the desired output type Bool");
  EXPECT_EQ(TYPE(ones({3}).mul_(ones({2, 3}))),
            "output with shape [3] doesn't match the broadcast shape [2, 3]");
  EXPECT_EQ(TYPE(ones({3}).copy_(ones({4}))),
            "The size of tensor a (3) must match the size of tensor b (4) at non-singleton "
            "dimension 0");
  EXPECT_EQ(TYPE(ones({3}).fill_(ones({3}))),
            "fill_ only supports 0-dimension value tensor but got tensor with 1 dimensions.");
  EXPECT_EQ(TYPE(ones({1}).expand({3}).add_(1)),
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location. Please clone() the tensor before performing the operation.");
}

TEST(Elementwise, EveryWriteIsANode) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x");
              x += 1;
              x -= x;
              x *= 2.0;
              x /= 2;
              x.zero_().fill_(3).neg_().exp_().sqrt_().tanh_().sigmoid_().relu_();
              x.copy_(x);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "add_", "inputs": ["x", 1]},
{"op": "sub_", "inputs": ["x", "x"]},
{"op": "mul_", "inputs": ["x", 2.0]},
{"op": "div_", "inputs": ["x", 2]},
{"op": "zero_", "inputs": ["x"]},
{"op": "fill_", "inputs": ["x", 3]},
{"op": "neg_", "inputs": ["x"]},
{"op": "exp_", "inputs": ["x"]},
{"op": "sqrt_", "inputs": ["x"]},
{"op": "tanh_", "inputs": ["x"]},
{"op": "sigmoid_", "inputs": ["x"]},
{"op": "relu_", "inputs": ["x"]},
{"op": "copy_", "inputs": ["x", "x"]})");
}

TEST(Elementwise, EveryOpIsANode) {
  const auto binaryNode = [](Tensor (*function)(const Arg &, const Arg &)) {
    std::string text = nodesOf([&] { function(ones({2}).named("x"), 3); });
    return text.substr(text.find('\n') + 1);
  };
  EXPECT_EQ(binaryNode(gradc::add), R"({"op": "add", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::sub), R"({"op": "sub", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::mul), R"({"op": "mul", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::div), R"({"op": "div", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::pow), R"({"op": "pow", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::maximum), R"({"op": "maximum", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::minimum), R"({"op": "minimum", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::eq), R"({"op": "eq", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::ne), R"({"op": "ne", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::lt), R"({"op": "lt", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::le), R"({"op": "le", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::gt), R"({"op": "gt", "inputs": ["x", 3]})");
  EXPECT_EQ(binaryNode(gradc::ge), R"({"op": "ge", "inputs": ["x", 3]})");
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x");
              print(-x, x.exp(), x.log(), x.sqrt(), x.tanh(), x.sigmoid(), x.relu(), x.abs(),
                    x.sin(), x.cos(), x.reciprocal());
              print(!x, x && x, x || x, where(x > 0, x, 0.5), x.to(f64), x.to(f32));
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "print", "inputs": [{"op": "neg", "inputs": ["x"]}, {"op": "exp", "inputs": ["x"]}, )"
            R"({"op": "log", "inputs": ["x"]}, {"op": "sqrt", "inputs": ["x"]}, )"
            R"({"op": "tanh", "inputs": ["x"]}, {"op": "sigmoid", "inputs": ["x"]}, )"
            R"({"op": "relu", "inputs": ["x"]}, {"op": "abs", "inputs": ["x"]}, )"
            R"({"op": "sin", "inputs": ["x"]}, {"op": "cos", "inputs": ["x"]}, )"
            R"({"op": "reciprocal", "inputs": ["x"]}]},
{"op": "print", "inputs": [{"op": "logical_not", "inputs": ["x"]}, )"
            R"({"op": "logical_and", "inputs": ["x", "x"]}, )"
            R"({"op": "logical_or", "inputs": ["x", "x"]}, )"
            R"({"op": "where", "inputs": [{"op": "gt", "inputs": ["x", 0]}, "x", 0.5]}, )"
            R"({"op": "cast", "inputs": ["x"], "dtype": "f64"}, "x"]})");
}
