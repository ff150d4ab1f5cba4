// Reduce.cpp - reductions and contractions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Infer.h"
#include "Text.h"
#include "gradc/Trace/Functions.h"

namespace gradc {

using detail::Access;
using detail::Attributes;
using detail::Context;
using detail::fail;
using detail::Type;
using detail::ValueRef;

static Tensor reduce(const char *op, const Tensor &x, const Dims &dims, bool keepdim, Dtype dtype,
                     Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where);
  const Shape &shape = value->type.shape;
  Shape reduced = detail::wrapDims(dims.list(), static_cast<int64_t>(shape.size()), where);
  Attributes attributes;
  bool isAll = reduced.size() == shape.size();
  if (reduced.size() == 1 && !(isAll && !keepdim))
    attributes.emplace_back("dim", std::to_string(reduced[0]));
  else if (!isAll || (keepdim && !reduced.empty()))
    attributes.emplace_back("dim", detail::listText(reduced));
  if (keepdim && !reduced.empty())
    attributes.emplace_back("keepdim", "true");
  return Access::make(context.compute(op, {value}, std::move(attributes),
                                      {dtype, detail::reducedShape(shape, reduced, keepdim)},
                                      value->device, where));
}

Tensor sum(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  Dtype dtype = x.dtype(where);
  return reduce("sum", x, dims, keepdim, detail::isFloat(dtype) ? dtype : i64, where);
}

Tensor mean(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  Dtype dtype = x.dtype(where);
  if (!detail::isFloat(dtype))
    fail(where, std::string("mean(): could not infer output dtype. Input dtype must be either a "
                            "floating point or complex dtype. Got: ") +
                    detail::torchName(dtype));
  return reduce("mean", x, dims, keepdim, dtype, where);
}

static Tensor extreme(const char *op, const Tensor &x, const Dims &dims, bool keepdim,
                      Location where) {
  const Shape &shape = x.sizes(where);
  Shape reduced = detail::wrapDims(dims.list(), static_cast<int64_t>(shape.size()), where);
  if (dims.list().empty() && detail::numelOf(shape) == 0)
    fail(where, std::string(op) + "(): Expected reduction dim to be specified for input.numel() == "
                                  "0. Specify the reduction dim with the 'dim' argument.");
  for (int64_t dim : reduced)
    if (shape[dim] == 0)
      fail(where, std::string(op) + "(): Expected reduction dim " + std::to_string(dim) +
                      " to have non-zero size.");
  return reduce(op, x, dims, keepdim, x.dtype(where), where);
}

Tensor amax(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  return extreme("amax", x, dims, keepdim, where);
}

Tensor amin(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  return extreme("amin", x, dims, keepdim, where);
}

Tensor Tensor::sum(const Dims &dims, bool keepdim, Location where) const {
  return gradc::sum(*this, dims, keepdim, where);
}
Tensor Tensor::mean(const Dims &dims, bool keepdim, Location where) const {
  return gradc::mean(*this, dims, keepdim, where);
}
Tensor Tensor::amax(const Dims &dims, bool keepdim, Location where) const {
  return gradc::amax(*this, dims, keepdim, where);
}
Tensor Tensor::amin(const Dims &dims, bool keepdim, Location where) const {
  return gradc::amin(*this, dims, keepdim, where);
}

// A contraction never mixes devices, not even with a scalar.
static Device contractDevice(const std::vector<ValueRef> &values, Location where) {
  for (const ValueRef &value : values)
    if (value->device.is_cuda() != values.front()->device.is_cuda())
      fail(where, "Expected all tensors to be on the same device, but found at least two devices, "
                  "cuda:0 and cpu!");
  return values.front()->device;
}

Tensor matmul(const Tensor &a, const Tensor &b, Location where) {
  Context &context = Context::get(where);
  ValueRef left = context.use(a, where), right = context.use(b, where);
  Type type = detail::matmulType(left->type, right->type, where);
  Device device = contractDevice({left, right}, where);
  return Access::make(context.compute("matmul", {left, right}, {}, type, device, where));
}

static void checkRank(const Tensor &x, int64_t rank, const std::string &text, Location where) {
  if (x.dim(where) != rank)
    fail(where, text);
}

Tensor mm(const Tensor &a, const Tensor &b, Location where) {
  checkRank(a, 2, "mm: self must be a matrix, got " + std::to_string(a.dim(where)) + "-D tensor",
            where);
  checkRank(b, 2, "mm: mat2 must be a matrix, got " + std::to_string(b.dim(where)) + "-D tensor",
            where);
  return matmul(a, b, where);
}

Tensor linear(const Tensor &x, const Tensor &weight, const Tensor &bias, Location where) {
  Context &context = Context::get(where);
  std::vector<ValueRef> values = {context.use(x, where), context.use(weight, where)};
  if (Access::value(bias))
    values.push_back(context.use(bias, where));
  const Type *biasType = values.size() == 3 ? &values[2]->type : nullptr;
  Type type = detail::linearType(values[0]->type, values[1]->type, biasType, where);
  Device device = contractDevice(values, where);
  return Access::make(
      context.compute("linear", {values.begin(), values.end()}, {}, type, device, where));
}

Tensor Tensor::matmul(const Tensor &other, Location where) const {
  return gradc::matmul(*this, other, where);
}
Tensor Tensor::mm(const Tensor &other, Location where) const {
  return gradc::mm(*this, other, where);
}

Tensor Tensor::mv(const Tensor &vector, Location where) const {
  if (dim(where) != 2 || vector.dim(where) != 1)
    fail(where, "vector + matrix @ vector expected, got 1, " + std::to_string(dim(where)) + ", " +
                    std::to_string(vector.dim(where)));
  return gradc::matmul(*this, vector, where);
}

Tensor Tensor::bmm(const Tensor &other, Location where) const {
  checkRank(*this, 3, "batch1 must be a 3D tensor", where);
  checkRank(other, 3, "batch2 must be a 3D tensor", where);
  // bmm does not broadcast as matmul does.
  Shape expected = {size(0, where), size(2, where)};
  Shape found = {other.size(0, where), other.size(1, where)};
  if (found != expected)
    fail(where, "Expected size for first two dimensions of batch2 tensor to be: " +
                    detail::shapeText(expected) + " but got: " + detail::shapeText(found) + ".");
  return gradc::matmul(*this, other, where);
}

Tensor Tensor::dot(const Tensor &other, Location where) const {
  if (dim(where) != 1 || other.dim(where) != 1)
    fail(where, "1D tensors expected, but got " + std::to_string(dim(where)) + "D and " +
                    std::to_string(other.dim(where)) + "D tensors");
  return gradc::matmul(*this, other, where);
}

} // namespace gradc
