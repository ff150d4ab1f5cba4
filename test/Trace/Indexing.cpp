// Indexing.cpp - types and nodes of writes at indices, order, cumulation and convolutions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"

using namespace gradc;

TEST(Indexing, Writes) {
  EXPECT_EQ(TYPE(scatter(ones({3, 4}), 0, zeros({2, 4}, i64), 1.5)), "f32[3,4]");
  EXPECT_EQ(TYPE(scatter_add(ones({3, 4}), -1, zeros({3, 2}, i64), ones({3, 2}))), "f32[3,4]");
  EXPECT_EQ(TYPE(scatter_reduce(ones({3}), 0, zeros({2}, i64), ones({2}), "amax", false)),
            "f32[3]");
  EXPECT_EQ(TYPE(index_add(ones({3, 4}), 1, zeros({2}, i64), ones({3, 2}), 2)), "f32[3,4]");
  EXPECT_EQ(TYPE(index_copy(ones({3}), 0, zeros({1}, i64), ones({1}))), "f32[3]");
  EXPECT_EQ(TYPE(index_fill(ones({3}), 0, zeros({1}, i64), 2)), "f32[3]");
  EXPECT_EQ(TYPE(index_put(ones({3, 4}), {zeros({2}, i64), zeros({2}, i64)}, ones({2}), true)),
            "f32[3,4]");
  EXPECT_EQ(TYPE(index_put(ones({3, 4}), {}, ones({2}))),
            "index_put: expected one tensor of indices at least, got none");
  EXPECT_EQ(TYPE(scatter_add(ones({3, 4}), 2, zeros({3, 2}, i64), ones({3, 2}))),
            "Dimension out of range (expected to be in range of [-2, 1], but got 2)");
}

TEST(Indexing, Order) {
  EXPECT_EQ(TYPE(sort(ones({2, 3})).first), "f32[2,3]");
  EXPECT_EQ(TYPE(sort(ones({2, 3}), 0, true).second), "i64[2,3]");
  EXPECT_EQ(TYPE(argsort(ones({2, 3}))), "i64[2,3]");
  EXPECT_EQ(TYPE(msort(ones({2, 3}, f64))), "f64[2,3]");
  EXPECT_EQ(TYPE(topk(ones({2, 5}), 3).first), "f32[2,3]");
  EXPECT_EQ(TYPE(topk(ones({2, 5}), 6).first), "selected index k out of range");
  EXPECT_EQ(TYPE(kthvalue(ones({2, 5}), 2, 0, true).second), "i64[1,5]");
  EXPECT_EQ(TYPE(median(ones({2, 5}))), "f32[]");
  EXPECT_EQ(TYPE(median(ones({2, 5}), 1).first), "f32[2]");
  EXPECT_EQ(TYPE(cumsum(ones({2, 5}, i32), 1)), "i64[2,5]");
  EXPECT_EQ(TYPE(cumprod(ones({2, 5}), 1)), "f32[2,5]");
  EXPECT_EQ(TYPE(logcumsumexp(ones({2, 5}), 0)), "f32[2,5]");
  EXPECT_EQ(TYPE(cummax(ones({2, 5}), 0).second), "i64[2,5]");
  EXPECT_EQ(TYPE(cummin(ones({2, 5}), 0).first), "f32[2,5]");
}

TEST(Indexing, Convolutions) {
  const Tensor none;
  EXPECT_EQ(TYPE(conv2d(ones({2, 3, 8, 9}), ones({4, 3, 3, 3}))), "f32[2,4,6,7]");
  Conv strided;
  strided.stride = {2};
  strided.padding = {1, 0};
  EXPECT_EQ(TYPE(conv2d(ones({2, 3, 8, 9}), ones({4, 3, 3, 3}), ones({4}), strided)),
            "f32[2,4,4,4]");
  Conv same;
  same.same = true;
  EXPECT_EQ(TYPE(conv1d(ones({3, 8}), ones({4, 3, 4}), none, same)), "f32[4,8]");
  EXPECT_EQ(TYPE(conv3d(ones({1, 1, 4, 4, 4}), ones({2, 1, 2, 2, 2}))), "f32[1,2,3,3,3]");
  Conv transposed;
  transposed.stride = {2};
  transposed.padding = {1};
  transposed.output_padding = {1};
  EXPECT_EQ(TYPE(conv_transpose2d(ones({1, 3, 4, 4}), ones({3, 2, 3, 3}), none, transposed)),
            "f32[1,2,8,8]");
  EXPECT_EQ(
      TYPE(conv2d(ones({5, 5}), ones({4, 3, 3, 3}))),
      "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [5, 5]");
  Conv wrong;
  wrong.stride = {1, 2, 3};
  EXPECT_EQ(TYPE(conv2d(ones({2, 3, 8, 9}), ones({4, 3, 3, 3}), none, wrong)),
            "expected stride to be a single integer value or a list of 2 values to match the "
            "convolution dimensions, but got stride=[1, 2, 3]");
}
