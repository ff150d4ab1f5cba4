// Contract.cpp - the shapes of matmul, mm and linear in all of PyTorch's cases.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Infer.h"

namespace gradc::detail {

static void failProduct(const std::string &a, const std::string &b, Location where) {
  fail(where, "mat1 and mat2 shapes cannot be multiplied (" + a + " and " + b + ")");
}

static Dtype contractedDtype(const Type &a, const Type &b, Location where) {
  if (a.dtype != b.dtype)
    fail(where, std::string("expected m1 and m2 to have the same dtype, but got: ") +
                    cppName(a.dtype) + " != " + cppName(b.dtype));
  if (a.dtype == Dtype::boolean)
    fail(where, "\"matmul\" not implemented for 'Bool'");
  return a.dtype;
}

static Shape dotShape(const Shape &a, const Shape &b, Location where) {
  if (a[0] != b[0])
    fail(where, "inconsistent tensor size, expected tensor " + shapeText(a) + " and src " +
                    shapeText(b) + " to have the same number of elements, but got " +
                    std::to_string(a[0]) + " and " + std::to_string(b[0]) +
                    " elements respectively");
  return {};
}

static std::string count(int64_t size) { return std::to_string(size); }

// Both have two dims at least.
static Shape batchedShape(const Shape &a, const Shape &b, Location where) {
  Shape batchA(a.begin(), a.end() - 2), batchB(b.begin(), b.end() - 2);
  Shape result = broadcast(batchA, batchB, where);
  int64_t rows = a[a.size() - 2], inner = a.back();
  int64_t innerB = b[b.size() - 2], columns = b.back();
  if (inner != innerB) {
    if (b.size() == 2)
      failProduct(count(numelOf(batchA) * rows) + "x" + count(inner), productText(b), where);
    if (a.size() == 2)
      failProduct(productText(a), count(innerB) + "x" + count(columns), where);
    int64_t batch = numelOf(result);
    fail(where, "Expected size for first two dimensions of batch2 tensor to be: " +
                    shapeText({batch, inner}) + " but got: " + shapeText({batch, innerB}) + ".");
  }
  result.push_back(rows);
  result.push_back(columns);
  return result;
}

static Shape matmulShape(const Shape &a, const Shape &b, Location where) {
  if (a.empty() || b.empty())
    fail(where, "both arguments to matmul need to be at least 1D, but they are " + count(a.size()) +
                    "D and " + count(b.size()) + "D");
  if (a.size() == 1 && b.size() == 1)
    return dotShape(a, b, where);
  if (a.size() == 1) {
    if (a[0] != b[b.size() - 2])
      failProduct("1x" + count(a[0]), count(b[b.size() - 2]) + "x" + count(b.back()), where);
    Shape result(b.begin(), b.end() - 2);
    result.push_back(b.back());
    return result;
  }
  if (b.size() == 1) {
    Shape result(a.begin(), a.end() - 1);
    if (a.back() != b[0])
      fail(where, "size mismatch, got input (" + count(numelOf(result)) + "), mat (" +
                      count(numelOf(result)) + "x" + count(a.back()) + "), vec (" + count(b[0]) +
                      ")");
    return result;
  }
  return batchedShape(a, b, where);
}

Type matmulType(const Type &a, const Type &b, Location where) {
  Shape shape = matmulShape(a.shape, b.shape, where);
  return {contractedDtype(a, b, where), shape};
}

Type mmType(const Type &a, const Type &b, Location where) {
  if (a.shape.size() != 2)
    fail(where, "mm: self must be a matrix, got " + count(a.shape.size()) + "-D tensor");
  if (b.shape.size() != 2)
    fail(where, "mm: mat2 must be a matrix, got " + count(b.shape.size()) + "-D tensor");
  return matmulType(a, b, where);
}

Type linearType(const Type &x, const Type &weight, const Type *bias, Location where) {
  if (x.shape.empty() || weight.shape.empty())
    fail(where, "both arguments to linear need to be at least 1D, but they are " +
                    count(x.shape.size()) + "D and " + count(weight.shape.size()) + "D");
  if (weight.shape.size() > 2)
    fail(where, "t() expects a tensor with <= 2 dimensions, but self is " +
                    count(weight.shape.size()) + "D");
  if (weight.shape.size() == 1 && bias)
    fail(where, "linear: expected a weight of 2 dims beside a bias, got 1");
  Type transposed = weight;
  if (weight.shape.size() == 2)
    std::swap(transposed.shape[0], transposed.shape[1]);
  Type result = matmulType(x, transposed, where);
  if (!bias)
    return result;
  contractedDtype(result, *bias, where);
  if (bias->shape.size() > result.shape.size())
    fail(where, "linear: expected a bias that broadcasts to " + shapeText(result.shape) +
                    ", got shape " + shapeText(bias->shape));
  expandedShape(bias->shape, result.shape, where);
  return result;
}

} // namespace gradc::detail
