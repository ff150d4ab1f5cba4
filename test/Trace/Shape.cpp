// Shape.cpp - shapes and errors of views, reductions, contractions and creation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"

using namespace gradc;

TEST(Shape, Reductions) {
  for (auto function : {gradc::sum, gradc::mean, gradc::amax, gradc::amin}) {
    const auto type = [&](const Dims &dims, bool keepdim) {
      return TYPE(function(ones({2, 3, 4}), dims, keepdim, Location::here()));
    };
    EXPECT_EQ(type({}, false), "f32[]");
    EXPECT_EQ(type({}, true), "f32[1,1,1]");
    EXPECT_EQ(type(1, false), "f32[2,4]");
    EXPECT_EQ(type({0, -1}, false), "f32[3]");
    EXPECT_EQ(type({-1, 0}, true), "f32[1,3,1]");
    EXPECT_EQ(type(3, false),
              "Dimension out of range (expected to be in range of [-3, 2], but got 3)");
    EXPECT_EQ(type({1, -2}, false), "dim 1 appears multiple times in the list of dims");
    EXPECT_EQ(TYPE(function(ones({}), 0, true, Location::here())), "f32[]");
  }
  EXPECT_EQ(TYPE(ones({2}, boolean).sum()), "i64[]");
  EXPECT_EQ(TYPE(ones({2}, i32).sum()), "i64[]");
  EXPECT_EQ(TYPE(ones({2}, i32).amax()), "i32[]");
  EXPECT_EQ(TYPE(ones({2}, i64).mean()),
            "mean(): could not infer output dtype. Input dtype must be either a floating point or "
            "complex dtype. Got: Long");
  EXPECT_EQ(TYPE(ones({0, 3}).amax(0)), "amax(): Expected reduction dim 0 to have non-zero size.");
  EXPECT_EQ(TYPE(ones({0, 3}).amin()),
            "amin(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument.");
  EXPECT_EQ(TYPE(ones({0, 3}).amax(1)), "f32[0]");
}

TEST(Shape, Matmul) {
  EXPECT_EQ(TYPE(matmul(ones({3}), ones({3}))), "f32[]");
  EXPECT_EQ(TYPE(matmul(ones({2, 3}), ones({3}))), "f32[2]");
  EXPECT_EQ(TYPE(matmul(ones({3}), ones({3, 4}))), "f32[4]");
  EXPECT_EQ(TYPE(matmul(ones({2, 3}), ones({3, 4}))), "f32[2,4]");
  EXPECT_EQ(TYPE(matmul(ones({5, 2, 3}), ones({3, 4}))), "f32[5,2,4]");
  EXPECT_EQ(TYPE(matmul(ones({5, 1, 2, 3}), ones({7, 3, 4}))), "f32[5,7,2,4]");
  EXPECT_EQ(TYPE(matmul(ones({3}), ones({5, 3, 4}))), "f32[5,4]");
  EXPECT_EQ(TYPE(matmul(ones({5, 2, 3}), ones({3}))), "f32[5,2]");
  EXPECT_EQ(TYPE(matmul(ones({2, 3}, i64), ones({3, 4}, i64))), "i64[2,4]");
  EXPECT_EQ(TYPE(matmul(ones({10, 3}), ones({4, 1}))),
            "mat1 and mat2 shapes cannot be multiplied (10x3 and 4x1)");
  EXPECT_EQ(TYPE(matmul(ones({10, 3}), ones({4}))),
            "size mismatch, got input (10), mat (10x3), vec (4)");
  EXPECT_EQ(TYPE(matmul(ones({3}), ones({4}))),
            "inconsistent tensor size, expected tensor [3] and src [4] to have the same number of "
            "elements, but got 3 and 4 elements respectively");
  EXPECT_EQ(TYPE(matmul(ones({2, 3, 4}), ones({2, 5, 4}))),
            "Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [2, "
            "5].");
  EXPECT_EQ(TYPE(matmul(ones({}), ones({3}))),
            "both arguments to matmul need to be at least 1D, but they are 0D and 1D");
  EXPECT_EQ(TYPE(matmul(ones({2, 2}), ones({2, 2}, f64))),
            "expected m1 and m2 to have the same dtype, but got: float != double");
  EXPECT_EQ(TYPE(matmul(ones({2}, boolean), ones({2}, boolean))),
            "\"matmul\" not implemented for 'Bool'");
}

TEST(Shape, OtherContractions) {
  EXPECT_EQ(TYPE(mm(ones({2, 3}), ones({3, 4}))), "f32[2,4]");
  EXPECT_EQ(TYPE(mm(ones({3}), ones({3, 4}))), "mm: self must be a matrix, got 1-D tensor");
  EXPECT_EQ(TYPE(mm(ones({3, 4}), ones({4}))), "mm: mat2 must be a matrix, got 1-D tensor");
  EXPECT_EQ(TYPE(ones({2, 3}).mv(ones({3}))), "f32[2]");
  EXPECT_EQ(TYPE(ones({3}).mv(ones({3}))), "vector + matrix @ vector expected, got 1, 1, 1");
  EXPECT_EQ(TYPE(ones({5, 2, 3}).bmm(ones({5, 3, 4}))), "f32[5,2,4]");
  EXPECT_EQ(TYPE(ones({5, 2, 3}).bmm(ones({1, 3, 4}))),
            "Expected size for first two dimensions of batch2 tensor to be: [5, 3] but got: [1, "
            "3].");
  EXPECT_EQ(TYPE(ones({3}).dot(ones({3}))), "f32[]");
  EXPECT_EQ(TYPE(ones({3, 3}).dot(ones({3}))), "1D tensors expected, but got 2D and 1D tensors");
  EXPECT_EQ(TYPE(linear(ones({4, 3}), ones({2, 3}), ones({2}))), "f32[4,2]");
  EXPECT_EQ(TYPE(linear(ones({3}), ones({2, 3}))), "f32[2]");
  EXPECT_EQ(TYPE(linear(ones({5, 4, 3}), ones({3}))), "f32[5,4]");
  EXPECT_EQ(TYPE(linear(ones({4, 3}), ones({2, 5}))),
            "mat1 and mat2 shapes cannot be multiplied (4x3 and 5x2)");
  EXPECT_EQ(TYPE(linear(ones({4, 3}), ones({2, 3}), ones({5}))),
            "The expanded size of the tensor (2) must match the existing size (5) at non-singleton "
            "dimension 1.  Target sizes: [4, 2].  Tensor sizes: [5]");
}

TEST(Shape, Reshape) {
  EXPECT_EQ(TYPE(ones({2, 6}).reshape({3, -1})), "f32[3,4]");
  EXPECT_EQ(TYPE(ones({2, 6}).view({12})), "f32[12]");
  EXPECT_EQ(TYPE(ones({}).reshape({1, 1})), "f32[1,1]");
  EXPECT_EQ(TYPE(ones({2, 3, 4}).reshape({5, 5})),
            "shape '[5, 5]' is invalid for input of size 24");
  EXPECT_EQ(TYPE(ones({2}).reshape({-1, -1})), "only one dimension can be inferred");
  EXPECT_EQ(TYPE(ones({2}).reshape({-2, 5})),
            "invalid shape dimension -2 at index 0 of shape [-2, 5]");
  EXPECT_EQ(TYPE(ones({0, 3}).reshape({0, -1})),
            "cannot reshape tensor of 0 elements into shape [0, -1] because the unspecified "
            "dimension size -1 can be any value and is ambiguous");
}

TEST(Shape, Dims) {
  EXPECT_EQ(TYPE(ones({2, 3, 4}).transpose(0, -1)), "f32[4,3,2]");
  EXPECT_EQ(TYPE(ones({2, 3}).transpose(0, 2)),
            "Dimension out of range (expected to be in range of [-2, 1], but got 2)");
  EXPECT_EQ(TYPE(ones({2, 3}).t()), "f32[3,2]");
  EXPECT_EQ(TYPE(ones({3}).t()), "f32[3]");
  EXPECT_EQ(TYPE(ones({1, 2, 3}).t()), "t() expects a tensor with <= 2 dimensions, but self is 3D");
  EXPECT_EQ(TYPE(ones({2, 3, 4}).permute({2, 0, -2})), "f32[4,2,3]");
  EXPECT_EQ(TYPE(ones({2, 3}).permute({0, 0})), "permute(): duplicate dims are not allowed.");
  EXPECT_EQ(TYPE(ones({2, 3}).permute({0})),
            "permute: number of dimensions in the tensor input does not match the length of the "
            "desired ordering of dimensions i.e. input.dim() = 2 is not equal to len(dims) = 1");
  EXPECT_EQ(TYPE(ones({2}).unsqueeze(-1)), "f32[2,1]");
  EXPECT_EQ(TYPE(ones({2}).unsqueeze(2)),
            "Dimension out of range (expected to be in range of [-2, 1], but got 2)");
  EXPECT_EQ(TYPE(ones({1, 2, 1}).squeeze()), "f32[2]");
  EXPECT_EQ(TYPE(ones({1, 2, 1}).squeeze(-1)), "f32[1,2]");
  EXPECT_EQ(TYPE(ones({1, 2, 1}).squeeze(1)), "f32[1,2,1]");
  EXPECT_EQ(TYPE(ones({2, 3, 4}).flatten()), "f32[24]");
  EXPECT_EQ(TYPE(ones({2, 3, 4}).flatten(1)), "f32[2,12]");
  EXPECT_EQ(TYPE(ones({}).flatten()), "f32[1]");
  EXPECT_EQ(TYPE(ones({2, 3}).flatten(1, 0)),
            "flatten() has invalid args: start_dim cannot come after end_dim");
}

TEST(Shape, Expand) {
  EXPECT_EQ(TYPE(ones({3, 1}).expand({2, -1, 4})), "f32[2,3,4]");
  EXPECT_EQ(TYPE(ones({3, 1}).expand({3, 5})), "f32[3,5]");
  EXPECT_EQ(TYPE(ones({2, 3}).expand({3, 3})),
            "The expanded size of the tensor (3) must match the existing size (2) at non-singleton "
            "dimension 0.  Target sizes: [3, 3].  Tensor sizes: [2, 3]");
  EXPECT_EQ(TYPE(ones({3}).expand({-1, 3})),
            "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
            "dimension 0");
  EXPECT_EQ(TYPE(ones({2, 3}).expand({3})),
            "expand: the number of sizes provided (1) must be greater or equal to the number of "
            "dimensions in the tensor (2)");
}

TEST(Shape, Slices) {
  EXPECT_EQ(TYPE(ones({5, 3}).slice(0, 1)), "f32[4,3]");
  EXPECT_EQ(TYPE(ones({5, 3}).slice(0, -4, -1, 2)), "f32[2,3]");
  EXPECT_EQ(TYPE(ones({5, 3}).slice(0, 0, 100)), "f32[5,3]");
  EXPECT_EQ(TYPE(ones({5, 3}).slice(0, 4, 2)), "f32[0,3]");
  EXPECT_EQ(TYPE(ones({5, 3}).slice(0, 0, 5, 0)), "slice step must be positive");
  EXPECT_EQ(TYPE(ones({}).slice(0, 0)), "slice() cannot be applied to a 0-dim tensor.");
  EXPECT_EQ(TYPE(ones({5, 3}).narrow(1, 1, 2)), "f32[5,2]");
  EXPECT_EQ(TYPE(ones({5, 3}).narrow(1, 2, 4)),
            "start (2) + length (4) exceeds dimension size (3).");
  EXPECT_EQ(TYPE(ones({5, 3}).select(1, -1)), "f32[5]");
  EXPECT_EQ(TYPE(ones({5, 3}).select(1, 3)),
            "select(): index 3 out of range for tensor of size [5, 3] at dimension 1");
  EXPECT_EQ(TYPE(ones({5, 3})[4][-1]), "f32[]");
  EXPECT_EQ(TYPE(ones({5, 3})[5]), "index 5 is out of bounds for dimension 0 with size 5");
}

TEST(Shape, PadCatStack) {
  EXPECT_EQ(TYPE(ones({2, 3}).pad({1, 2})), "f32[2,6]");
  EXPECT_EQ(TYPE(ones({2, 3}).pad({0, -1, 1, 1}, 0.5)), "f32[4,2]");
  EXPECT_EQ(TYPE(ones({2, 3}).pad({1})), "Padding length must be divisible by 2");
  EXPECT_EQ(TYPE(ones({3}).pad({1, 1, 1, 1})),
            "Padding length should be less than or equal to two times the input dimension but got "
            "padding length 4 and input of dimension 1");
  EXPECT_EQ(TYPE(ones({3}).pad({-4, 4})), "pad: [-4, 4] cuts more than the size 3 of dimension 0");
  EXPECT_EQ(TYPE(cat({ones({2, 3}), ones({4, 3}, f64)})), "f64[6,3]");
  EXPECT_EQ(TYPE(cat({ones({2, 3}), ones({2, 1})}, -1)), "f32[2,4]");
  EXPECT_EQ(TYPE(cat({ones({2, 3}), ones({2, 4})})),
            "Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for "
            "tensor number 1 in the list.");
  EXPECT_EQ(TYPE(cat({ones({2, 3}), ones({2})})),
            "Tensors must have same number of dimensions: got 2 and 1");
  EXPECT_EQ(TYPE(cat({ones({})})),
            "zero-dimensional tensor (at position 0) cannot be concatenated");
  EXPECT_EQ(TYPE(cat({})), "torch.cat(): expected a non-empty list of Tensors");
  EXPECT_EQ(TYPE(stack({ones({2}), ones({2})}, -1)), "f32[2,2]");
  EXPECT_EQ(TYPE(stack({ones({2}), ones({3})})),
            "stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry "
            "1");
}

TEST(Shape, Literals) {
  EXPECT_EQ(TYPE(tensor({1.0, 2.0})), "f32[2]");
  EXPECT_EQ(TYPE(tensor({1, 2})), "i64[2]");
  EXPECT_EQ(TYPE(tensor({true, false})), "bool[2]");
  EXPECT_EQ(TYPE(tensor({1, 2.5, true})), "f32[3]");
  EXPECT_EQ(TYPE(tensor({{1, 2, 3}, {4, 5, 6}}, f64)), "f64[2,3]");
  EXPECT_EQ(TYPE(tensor({{{1.5}}})), "f32[1,1,1]");
  EXPECT_EQ(TYPE(tensor(3)), "i64[]");
  EXPECT_EQ(TYPE(tensor({})), "f32[0]");
  EXPECT_EQ(TYPE(tensor(std::vector<double>{1, 2, 3})), "f32[3]");
  EXPECT_EQ(TYPE(tensor({{1, 2}, {3}})), "expected sequence of length 2 at dim 1 (got 1)");
  EXPECT_EQ(TYPE(tensor({{1, 2}, 3})), "expected a sequence at dim 1, got a number");
  EXPECT_EQ(TYPE(tensor({1, {2, 3}})), "expected a number at dim 1, got a list");
  EXPECT_EQ(TYPE(tensor({1LL << 40}, i32)),
            "value cannot be converted to type int32 without overflow");
}

TEST(Shape, Creation) {
  EXPECT_EQ(TYPE(zeros({2, 0})), "f32[2,0]");
  EXPECT_EQ(TYPE(zeros_like(ones({2}, i32))), "i32[2]");
  EXPECT_EQ(TYPE(ones_like(ones({}, f64))), "f64[]");
  EXPECT_EQ(TYPE(full({2}, 1)), "i64[2]");
  EXPECT_EQ(TYPE(full({2}, 1, f32)), "f32[2]");
  EXPECT_EQ(TYPE(full({2}, true)), "bool[2]");
  EXPECT_EQ(TYPE(arange(5)), "i64[5]");
  EXPECT_EQ(TYPE(arange(1, 7, 3)), "i64[2]");
  EXPECT_EQ(TYPE(arange(5, 0, -2)), "i64[3]");
  EXPECT_EQ(TYPE(arange(0, 1, 0.25)), "f32[4]");
  EXPECT_EQ(TYPE(arange(3, f64)), "f64[3]");
  EXPECT_EQ(TYPE(arange(0, 5, 0)), "step must be nonzero");
  EXPECT_EQ(TYPE(arange(5, 0)), "upper bound and lower bound inconsistent with step sign");
  EXPECT_EQ(TYPE(randn({2, 3}, f64)), "f64[2,3]");
  EXPECT_EQ(TYPE(rand({2}, i64)), "\"check_uniform_bounds\" not implemented for 'Long'");
  EXPECT_EQ(TYPE(randint(0, 5, {2})), "i64[2]");
  EXPECT_EQ(TYPE(randint(5, {2}, f32)), "f32[2]");
  EXPECT_EQ(TYPE(randint(5, 5, {2})),
            "random_ expects 'from' to be less than 'to', but got from=5 >= to=5");
  EXPECT_EQ(TYPE(randperm(4)), "i64[4]");
  EXPECT_EQ(TYPE(ones({-1, 2})), "Trying to create tensor with negative dimension -1: [-1, 2]");
  EXPECT_EQ(TYPE(ones({1LL << 40, 1LL << 40})),
            "the size of a tensor of shape [1099511627776, 1099511627776] is out of range");
  EXPECT_EQ(TYPE(ones({1}).expand({1LL << 40, 1LL << 40})),
            "the size of a tensor of shape [1099511627776, 1099511627776] is out of range");
  EXPECT_EQ(TYPE(ones({2}, requires_grad().dtype(i64))),
            "Only Tensors of floating point and complex dtype can require gradients");
  EXPECT_EQ(TYPE(load("w.safetensors", "w", {2, 3})), "f32[2,3]");
}

TEST(Shape, NodesHaveResolvedAttributes) {
  EXPECT_EQ(
      nodesOf([] {
        Tensor x = ones({2, 3, 4}, f64).named("x");
        print(x.sum(), x.sum(-1), x.sum({0, -1}, true), x.mean({}, true));
        print(x.reshape({-1, 2}), x.transpose(0, -1), x.permute({-1, 0, 1}), x.flatten());
        print(x.unsqueeze(-1), x.slice(1, -2), x[-1], x.pad({1, 1}, 0.5));
        print(cat({x, x}, -1), x[0].t(), x.slice(0, 0, 1).squeeze(0), x[0].expand({1, -1, 4}));
      }),
      R"({"name": "x", "op": "ones", "shape": [2, 3, 4], "dtype": "f64"},
{"op": "print", "inputs": [{"op": "sum", "inputs": ["x"]}, {"op": "sum", "inputs": ["x"], "dim": 2}, )"
      R"({"op": "sum", "inputs": ["x"], "dim": [0, 2], "keepdim": true}, )"
      R"({"op": "mean", "inputs": ["x"], "dim": [0, 1, 2], "keepdim": true}]},
{"op": "print", "inputs": [{"op": "reshape", "inputs": ["x"], "shape": [12, 2]}, )"
      R"({"op": "transpose", "inputs": ["x"], "dim0": 0, "dim1": 2}, )"
      R"({"op": "permute", "inputs": ["x"], "dims": [2, 0, 1]}, )"
      R"({"op": "flatten", "inputs": ["x"], "start_dim": 0, "end_dim": 2}]},
{"op": "print", "inputs": [{"op": "unsqueeze", "inputs": ["x"], "dim": 3}, )"
      R"({"op": "slice", "inputs": ["x"], "dim": 1, "start": 1, "end": 3}, )"
      R"({"op": "squeeze", "inputs": [{"op": "slice", "inputs": ["x"], "dim": 0, "start": 1, "end": 2}], "dim": 0}, )"
      R"({"op": "pad", "inputs": ["x"], "pad": [1, 1], "value": 0.5}]},
{"name": "t0", "op": "t", "inputs": [{"op": "squeeze", "inputs": [{"op": "slice", "inputs": ["x"], "dim": 0, "start": 0, "end": 1}], "dim": 0}]},
{"name": "t1", "op": "expand", "inputs": [{"op": "squeeze", "inputs": [{"op": "slice", "inputs": ["x"], "dim": 0, "start": 0, "end": 1}], "dim": 0}], "shape": [1, 3, 4]},
{"op": "print", "inputs": [{"op": "cat", "inputs": ["x", "x"], "dim": 2}, "t0", )"
      R"({"op": "squeeze", "inputs": [{"op": "slice", "inputs": ["x"], "dim": 0, "start": 0, "end": 1}], "dim": 0}, "t1"]})");
}

TEST(Shape, CreationNodes) {
  EXPECT_EQ(nodesOf([] {
              manual_seed(7);
              Tensor a = randn({2}, requires_grad()).named("a");
              rand({}, f64);
              randint(2, 9, {3});
              randperm(4);
              tensor({{1, 2}, {3, 4}}, f32);
              full({2}, 0.1);
              arange(1, 4);
              load("w.safetensors", "layer.weight", {2, 3}, f64);
            }),
            R"({"op": "manual_seed", "value": 7},
{"name": "a", "op": "randn", "shape": [2], "requires_grad": true},
{"op": "rand", "shape": [], "dtype": "f64"},
{"op": "randint", "low": 2, "high": 9, "shape": [3]},
{"op": "randperm", "n": 4},
{"op": "tensor", "value": [[1, 2], [3, 4]], "dtype": "f32"},
{"op": "full", "shape": [2], "value": 0.1, "dtype": "f32"},
{"op": "arange", "start": 1, "end": 4, "step": 1, "dtype": "i64"},
{"op": "load", "file": "w.safetensors", "key": "layer.weight", "type": "f64[2,3]"})");
}

TEST(Shape, Dropout) {
  EXPECT_EQ(TYPE(dropout(ones({2, 3}), 0.1)), "f32[2,3]");
  EXPECT_EQ(TYPE(dropout(ones({2, 3}), 1.5)),
            "dropout probability has to be between 0 and 1, but got 1.5");
  EXPECT_EQ(TYPE(dropout2d(ones({2, 3, 4, 4}, f64), 0.1, false)), "f64[2,3,4,4]");
  EXPECT_EQ(TYPE(dropout2d(ones({2}))),
            "Feature dropout requires at least 2 dimensions in the input");
  EXPECT_EQ(
      TYPE(dropout1d(ones({2}))),
      "dropout1d: Expected 2D or 3D input, but received a 1D input. Note that dropout1d exists "
      "to provide channel-wise dropout on inputs with 1 spatial dimension, a channel "
      "dimension, and an optional batch dimension");
  EXPECT_EQ(TYPE(alpha_dropout(ones({2}, i64))),
            "dropout: expected a floating point dtype, got 'Long'");
  EXPECT_EQ(TYPE(bernoulli(ones({2}), 0.5)), "f32[2]");
  EXPECT_EQ(TYPE(bernoulli(ones({2}), 2)), "bernoulli_ expects p to be in [0, 1], but got p=2.0");
  EXPECT_EQ(TYPE(randn_like(ones({2, 1}))), "f32[2,1]");
}
