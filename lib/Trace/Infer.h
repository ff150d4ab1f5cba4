// Infer.h - PyTorch's rules of dtypes and shapes, and their error texts; pure functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TRACE_INFER_H
#define GRADC_LIB_TRACE_INFER_H

#include "Graph.h"

namespace gradc::detail {

bool isFloat(Dtype dtype);
bool isInteger(Dtype dtype);
/// "f32", as in the graph JSON.
const char *dtypeName(Dtype dtype);
/// "Float", as in PyTorch's messages.
const char *torchName(Dtype dtype);
/// "float", as C++ and some of PyTorch's messages have it.
const char *cppName(Dtype dtype);
/// Whether a whole number is of an integer dtype; always where the dtype is another.
bool holds(Dtype dtype, int64_t value);
std::string shapeText(const Shape &shape);
/// "10x3".
std::string productText(const Shape &shape);
/// "f32[10,3]".
std::string typeText(const Type &type);
int64_t numelOf(const Shape &shape);

Dtype dtypeOf(const Number &number);
Dtype promote(Dtype a, Dtype b);
/// PyTorch's result_type: tensors with dims before scalars before numbers, each within its
/// category.
Dtype resultType(const std::vector<Resolved> &operands);
Shape broadcast(const Shape &a, const Shape &b, Location where);
void checkCanCast(Dtype from, Dtype to, Location where);
/// The device of an op's operands; scalars of the host go with any.
Device commonDevice(const std::vector<Resolved> &operands, Location where);

/// 0 <= result < rank (of a scalar: 1), else "Dimension out of range".
int64_t wrapDim(int64_t dim, int64_t rank, Location where);
/// Sorted and without repeats; all dims for an empty list.
Shape wrapDims(const Shape &dims, int64_t rank, Location where);
Shape reducedShape(const Shape &shape, const Shape &dims, bool keepdim);
Shape reshapedShape(const Shape &from, const Shape &to, Location where);
Shape expandedShape(const Shape &from, const Shape &to, Location where);
void checkSizes(const Shape &shape, Location where);
Type matmulType(const Type &a, const Type &b, Location where);
/// `shape` as PyTorch's errors of functions for matrices say it.
Type mmType(const Type &a, const Type &b, Location where);
Type linearType(const Type &x, const Type &weight, const Type *bias, Location where);
Shape catShape(const std::vector<Shape> &shapes, int64_t &dim, Location where);

} // namespace gradc::detail

#endif // GRADC_LIB_TRACE_INFER_H
