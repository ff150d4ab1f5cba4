// Structure.cpp - types of reductions with indices, softmax, elements at indices and windows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"

using namespace gradc;

TEST(Structure, Reductions) {
  EXPECT_EQ(TYPE(any(ones({2, 3}))), "bool[]");
  EXPECT_EQ(TYPE(all(ones({2, 3}), 1, true)), "bool[2,1]");
  EXPECT_EQ(TYPE(prod(ones({2, 3}, i32), 0)), "i64[3]");
  EXPECT_EQ(TYPE(logsumexp(ones({2, 3}), {0, 1})), "f32[]");
  EXPECT_EQ(TYPE(var(ones({2, 3}), 1, false, 0)), "f32[2]");
  EXPECT_EQ(TYPE(gradc::std(ones({2, 3}, i64))),
            "std only support floating point and complex dtypes");
  EXPECT_EQ(TYPE(norm(ones({2, 3}), 1, 0, true)), "f32[1,3]");
  EXPECT_EQ(TYPE(argmax(ones({2, 3}))), "i64[]");
  EXPECT_EQ(TYPE(argmin(ones({2, 3}), -1)), "i64[2]");
  EXPECT_EQ(TYPE(gradc::max(ones({2, 3}), 1).first), "f32[2]");
  EXPECT_EQ(TYPE(gradc::min(ones({2, 3}), 0, true).second), "i64[1,3]");
  EXPECT_EQ(TYPE(softmax(ones({2, 3}), 2)),
            "Dimension out of range (expected to be in range of [-2, 1], but got 2)");
}

TEST(Structure, Indices) {
  EXPECT_EQ(TYPE(index_select(ones({2, 3}), 1, zeros({5}, i64))), "f32[2,5]");
  EXPECT_EQ(TYPE(gather(ones({2, 3}), 1, zeros({2, 5}, i64))), "f32[2,5]");
  EXPECT_EQ(TYPE(take(ones({2, 3}), zeros({4}, i64))), "f32[4]");
  EXPECT_EQ(TYPE(gradc::index(ones({2, 3, 4}), {zeros({5, 1}, i64), zeros({6}, i64)})),
            "f32[5,6,4]");
  EXPECT_EQ(TYPE(embedding(zeros({5}, i64), ones({9, 4}), 0)), "f32[5,4]");
  EXPECT_EQ(TYPE(embedding(zeros({5}, i64), ones({9}))), "'weight' must be 2-D");
  EXPECT_EQ(TYPE(one_hot(zeros({5}, i64), 7)), "i64[5,7]");
  EXPECT_EQ(TYPE(masked_fill(ones({2, 3}), ones({3}) > 0, 1.5)), "f32[2,3]");
}

TEST(Structure, Movement) {
  EXPECT_EQ(TYPE(tril(ones({2, 3}), 1)), "f32[2,3]");
  EXPECT_EQ(TYPE(tile(ones({3}), {2, 2})), "f32[2,6]");
  EXPECT_EQ(TYPE(split(ones({5, 2}), 2)[2]), "f32[1,2]");
  EXPECT_EQ(TYPE(chunk(ones({2, 7}), 3, 1)[0]), "f32[2,3]");
  EXPECT_EQ(TYPE(unbind(ones({2, 7}), 1)[6]), "f32[2]");
}

TEST(Structure, Windows) {
  EXPECT_EQ(TYPE(max_pool2d(ones({1, 2, 5, 6}), {2})), "f32[1,2,2,3]");
  Pool ceil;
  ceil.stride = {2};
  ceil.padding = {1};
  ceil.ceil_mode = true;
  EXPECT_EQ(TYPE(avg_pool1d(ones({2, 8}), {3}, ceil)), "f32[2,5]");
  EXPECT_EQ(TYPE(adaptive_avg_pool3d(ones({1, 4, 5, 6}), {2, -1, 3})), "f32[1,2,5,3]");
  EXPECT_EQ(TYPE(interpolate(ones({1, 1, 4, 4}), {8}, "bilinear")), "f32[1,1,8,8]");
  EXPECT_EQ(TYPE(max_pool1d(ones({8}), {2})),
            "max_pool1d: Expected 2D or 3D input tensor, but got [8]");
}
