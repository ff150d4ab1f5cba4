// Math.cpp - types of elementwise mathematics, and what it refuses.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"

using namespace gradc;
namespace F = nn::functional;

TEST(Math, OneOperand) {
  EXPECT_EQ(TYPE(gradc::floor(ones({2, 3}))), "f32[2,3]");
  EXPECT_EQ(TYPE(gradc::round(ones({2}, f64), 2)), "f64[2]");
  EXPECT_EQ(TYPE(gradc::expm1(ones({2}, i64))), "f32[2]");
  EXPECT_EQ(TYPE(gradc::lgamma(ones({2, 0}))), "f32[2,0]");
  EXPECT_EQ(TYPE(polygamma(2, ones({2}))), "f32[2]");
  EXPECT_EQ(TYPE(gradc::isnan(ones({2}))), "bool[2]");
  EXPECT_EQ(TYPE(F::gelu(ones({2}), "tanh")), "f32[2]");
  EXPECT_EQ(TYPE(F::softplus(ones({2}), 2, 10)), "f32[2]");
  EXPECT_EQ(TYPE(F::glu(ones({2, 6}))), "f32[2,3]");
  EXPECT_EQ(TYPE(bitwise_not(ones({2}, i32))), "i32[2]");
  EXPECT_EQ(TYPE(bitwise_not(ones({2}))), "\"bitwise_not\" not implemented for 'Float'");
  EXPECT_EQ(TYPE(F::silu(ones({2}, i64))), "\"silu\" not implemented for 'Long'");
}

TEST(Math, MoreOperands) {
  EXPECT_EQ(TYPE(gradc::fmod(ones({2, 1}), ones({3}))), "f32[2,3]");
  EXPECT_EQ(TYPE(gradc::atan2(ones({2}, i64), ones({2}, f64))), "f64[2]");
  EXPECT_EQ(TYPE(floor_divide(ones({2}, i64), 2)), "i64[2]");
  EXPECT_EQ(TYPE(div(ones({2}, i64), 2, "trunc")), "i64[2]");
  EXPECT_EQ(TYPE(logical_xor(ones({2}), ones({2}, i64))), "bool[2]");
  EXPECT_EQ(TYPE(bitwise_and(ones({2}, i32), 3)), "i32[2]");
  EXPECT_EQ(TYPE(gcd(ones({2}, i32), ones({2}, i64))), "i64[2]");
  EXPECT_EQ(TYPE(gradc::clamp(ones({2, 3}), zeros({1}), ones({3}))), "f32[2,3]");
  EXPECT_EQ(TYPE(gradc::clamp(ones({2, 3}), 0, 1)), "f32[2,3]");
  EXPECT_EQ(TYPE(gradc::clamp(ones({2}, i64), {}, 1)), "i64[2]");
  EXPECT_EQ(TYPE(gradc::clamp(ones({2}, i64), 0.5)), "f32[2]");
  EXPECT_EQ(TYPE(gradc::clamp(ones({2}), {}, std::optional<Number>())),
            "torch.clamp: At least one of 'min' or 'max' must not be None");
  EXPECT_EQ(TYPE(float_power(ones({2}, i32), 2)), "f64[2]");
  EXPECT_EQ(TYPE(F::prelu(ones({2, 3}), ones({3}))), "f32[2,3]");
  EXPECT_EQ(TYPE(gradc::lerp(ones({2}), ones({2}), 0.5)), "f32[2]");
  EXPECT_EQ(TYPE(addcmul(ones({2, 1}), ones({3}), ones({3}), 2)), "f32[2,3]");
  EXPECT_EQ(TYPE(isclose(ones({2}), ones({1}))), "bool[2]");
}
