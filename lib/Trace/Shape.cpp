// Shape.cpp - views of a tensor (reshape, transpose, slice, …), pad and cat.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Infer.h"
#include "Text.h"
#include "gradc/Trace/Functions.h"
#include <algorithm>

namespace gradc {

using detail::Access;
using detail::Attributes;
using detail::Context;
using detail::fail;
using detail::Resolved;
using detail::ValueRef;

static int64_t rankOf(const ValueRef &value) {
  return static_cast<int64_t>(value->type.shape.size());
}

static Tensor view(const char *op, const ValueRef &base, Attributes attributes, Shape shape,
                   Location where) {
  return Access::make(
      Context::get(where).computeView(op, base, std::move(attributes), std::move(shape), where));
}

Tensor Tensor::reshape(const Shape &shape, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  Shape result = detail::reshapedShape(base->type.shape, shape, where);
  return gradc::view("reshape", base, {{"shape", detail::listText(result)}}, result, where);
}

Tensor Tensor::view(const Shape &shape, Location where) const { return reshape(shape, where); }

Tensor Tensor::transpose(int64_t dim0, int64_t dim1, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  Shape shape = base->type.shape;
  int64_t first = detail::wrapDim(dim0, rankOf(base), where);
  int64_t second = detail::wrapDim(dim1, rankOf(base), where);
  // Of a scalar, where dims 0 and -1 are allowed, it is the scalar.
  if (shape.empty())
    return gradc::view("reshape", base, {{"shape", "[]"}}, {}, where);
  std::swap(shape[first], shape[second]);
  return gradc::view("transpose", base,
                     {{"dim0", std::to_string(first)}, {"dim1", std::to_string(second)}}, shape,
                     where);
}

Tensor Tensor::t(Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  Shape shape = base->type.shape;
  if (shape.size() > 2)
    fail(where, "t() expects a tensor with <= 2 dimensions, but self is " +
                    std::to_string(shape.size()) + "D");
  std::reverse(shape.begin(), shape.end());
  return gradc::view("t", base, {}, shape, where);
}

Tensor Tensor::permute(const Shape &dims, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  if (rankOf(base) != static_cast<int64_t>(dims.size()))
    fail(where, "permute: number of dimensions in the tensor input does not match the length of "
                "the desired ordering of dimensions i.e. input.dim() = " +
                    std::to_string(rankOf(base)) +
                    " is not equal to len(dims) = " + std::to_string(dims.size()));
  Shape order, shape;
  for (int64_t dim : dims) {
    order.push_back(detail::wrapDim(dim, rankOf(base), where));
    if (std::count(order.begin(), order.end(), order.back()) > 1)
      fail(where, "permute(): duplicate dims are not allowed.");
    shape.push_back(base->type.shape[order.back()]);
  }
  return gradc::view("permute", base, {{"dims", detail::listText(order)}}, shape, where);
}

Tensor Tensor::expand(const Shape &shape, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  Shape result = detail::expandedShape(base->type.shape, shape, where);
  Tensor expanded =
      gradc::view("expand", base, {{"shape", detail::listText(result)}}, result, where);
  if (detail::numelOf(result) > detail::numelOf(base->type.shape))
    Access::value(expanded)->isExpanded = true;
  return expanded;
}

Tensor Tensor::unsqueeze(int64_t dim, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  Shape shape = base->type.shape;
  int64_t position = detail::wrapDim(dim, rankOf(base) + 1, where);
  shape.insert(shape.begin() + position, 1);
  return gradc::view("unsqueeze", base, {{"dim", std::to_string(position)}}, shape, where);
}

Tensor Tensor::squeeze(Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  Shape shape;
  for (int64_t size : base->type.shape)
    if (size != 1)
      shape.push_back(size);
  return gradc::view("reshape", base, {{"shape", detail::listText(shape)}}, shape, where);
}

Tensor Tensor::squeeze(int64_t dim, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  Shape shape = base->type.shape;
  int64_t position = detail::wrapDim(dim, rankOf(base), where);
  // PyTorch leaves a dim of another size, and a scalar, as they are.
  if (shape.empty() || shape[position] != 1)
    return gradc::view("reshape", base, {{"shape", detail::listText(shape)}}, shape, where);
  shape.erase(shape.begin() + position);
  return gradc::view("squeeze", base, {{"dim", std::to_string(position)}}, shape, where);
}

Tensor Tensor::flatten(int64_t start_dim, int64_t end_dim, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  const Shape &from = base->type.shape;
  int64_t start = detail::wrapDim(start_dim, rankOf(base), where);
  int64_t end = detail::wrapDim(end_dim, rankOf(base), where);
  if (start > end)
    fail(where, "flatten() has invalid args: start_dim cannot come after end_dim");
  if (from.empty())
    return gradc::view("reshape", base, {{"shape", "[1]"}}, {1}, where);
  Shape shape(from.begin(), from.begin() + start);
  shape.push_back(detail::numelOf({from.begin() + start, from.begin() + end + 1}));
  shape.insert(shape.end(), from.begin() + end + 1, from.end());
  return gradc::view("flatten", base,
                     {{"start_dim", std::to_string(start)}, {"end_dim", std::to_string(end)}},
                     shape, where);
}

Tensor Tensor::slice(int64_t dim, int64_t start, int64_t end, int64_t step, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  Shape shape = base->type.shape;
  if (shape.empty())
    fail(where, "slice() cannot be applied to a 0-dim tensor.");
  int64_t position = detail::wrapDim(dim, rankOf(base), where);
  if (step <= 0)
    fail(where, "slice step must be positive");
  int64_t size = shape[position];
  // Negative bounds count from the end, and bounds beyond it are cut, as in Python.
  const auto clamp = [size](int64_t bound, int64_t least) {
    return std::min(std::max(bound < 0 ? bound + size : bound, least), size);
  };
  int64_t first = clamp(start, 0);
  int64_t last = clamp(end, first);
  shape[position] = (last - first) / step + ((last - first) % step != 0);
  Attributes attributes = {{"dim", std::to_string(position)},
                           {"start", std::to_string(first)},
                           {"end", std::to_string(last)}};
  if (step != 1)
    attributes.emplace_back("step", std::to_string(step));
  Tensor sliced = gradc::view("slice", base, std::move(attributes), shape, where);
  // Some of the first rows lie together as all of them do.
  if (position == 0 && step == 1)
    Access::value(sliced)->isStrided = base->isStrided;
  return sliced;
}

Tensor Tensor::narrow(int64_t dim, int64_t start, int64_t length, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  if (base->type.shape.empty())
    fail(where, "narrow() cannot be applied to a 0-dim tensor.");
  int64_t size = base->type.shape[detail::wrapDim(dim, rankOf(base), where)];
  if (length < 0)
    fail(where, "narrow(): length must be non-negative.");
  if (start < -size || start > size)
    fail(where, "start out of range (expected to be in range of [" + std::to_string(-size) + ", " +
                    std::to_string(size) + "], but got " + std::to_string(start) + ")");
  int64_t first = start < 0 ? start + size : start;
  if (first > size - length)
    fail(where, "start (" + std::to_string(first) + ") + length (" + std::to_string(length) +
                    ") exceeds dimension size (" + std::to_string(size) + ").");
  return slice(dim, first, first + length, 1, where);
}

Tensor Tensor::select(int64_t dim, int64_t index, Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  const Shape &shape = base->type.shape;
  if (shape.empty())
    fail(where, "select() cannot be applied to a 0-dim tensor.");
  int64_t position = detail::wrapDim(dim, rankOf(base), where), size = shape[position];
  if (index < -size || index >= size)
    fail(where, "select(): index " + std::to_string(index) + " out of range for tensor of size " +
                    detail::shapeText(shape) + " at dimension " + std::to_string(position));
  int64_t first = index < 0 ? index + size : index;
  return slice(position, first, first + 1, 1, where).squeeze(position, where);
}

Tensor Tensor::operator[](Index index) const {
  const Shape &shape = sizes(index.where);
  if (shape.empty())
    fail(index.where, "invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim "
                      "tensor to a number");
  if (index.position < -shape[0] || index.position >= shape[0])
    fail(index.where, "index " + std::to_string(index.position) +
                          " is out of bounds for dimension 0 with size " +
                          std::to_string(shape[0]));
  return select(0, index.position, index.where);
}

Tensor Tensor::pad(const Shape &pads, Number value, Location where) const {
  Context &context = Context::get(where);
  ValueRef base = context.use(*this, where);
  Shape shape = base->type.shape;
  if (pads.size() % 2 != 0)
    fail(where, "Padding length must be divisible by 2");
  if (pads.size() > 2 * shape.size())
    fail(where, "Padding length should be less than or equal to two times the input dimension but "
                "got padding length " +
                    std::to_string(pads.size()) + " and input of dimension " +
                    std::to_string(shape.size()));
  for (size_t i = 0; i < pads.size() / 2; ++i) {
    int64_t &size = shape[shape.size() - 1 - i];
    int64_t before = pads[2 * i], after = pads[2 * i + 1];
    if (size + std::min<int64_t>(before, 0) + std::min<int64_t>(after, 0) < 0)
      fail(where, "pad: " + detail::shapeText({before, after}) + " cuts more than the size " +
                      std::to_string(size) + " of dimension " +
                      std::to_string(shape.size() - 1 - i));
    size += before + after;
  }
  detail::checkSizes(shape, where);
  return Access::make(context.compute(
      "pad", {base}, {{"pad", detail::listText(pads)}, {"value", detail::numberText(value, where)}},
      {base->type.dtype, shape}, base->device, where));
}

Tensor cat(const std::vector<Tensor> &tensors, int64_t dim, Location where) {
  Context &context = Context::get(where);
  std::vector<Resolved> parts;
  std::vector<Shape> shapes;
  std::vector<detail::Operand> inputs;
  for (const Tensor &tensor : tensors) {
    parts.push_back(context.resolve(Arg(tensor, where)));
    shapes.push_back(parts.back().type.shape);
    inputs.push_back(parts.back().operand);
  }
  Shape shape = detail::catShape(shapes, dim, where);
  Dtype dtype = detail::resultType(parts);
  Device device = detail::commonDevice(parts, where);
  return Access::make(context.compute("cat", std::move(inputs), {{"dim", std::to_string(dim)}},
                                      {dtype, shape}, device, where));
}

Tensor stack(const std::vector<Tensor> &tensors, int64_t dim, Location where) {
  if (tensors.empty())
    fail(where, "stack expects a non-empty TensorList");
  const Shape first = tensors.front().sizes(where);
  int64_t position = detail::wrapDim(dim, static_cast<int64_t>(first.size()) + 1, where);
  std::vector<Tensor> parts;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].sizes(where) != first)
      fail(where, "stack expects each tensor to be equal size, but got " +
                      detail::shapeText(first) + " at entry 0 and " +
                      detail::shapeText(tensors[i].sizes(where)) + " at entry " +
                      std::to_string(i));
    parts.push_back(tensors[i].unsqueeze(position, where));
  }
  return cat(parts, position, where);
}

Tensor reshape(const Tensor &x, const Shape &shape, Location where) {
  return x.reshape(shape, where);
}
Tensor transpose(const Tensor &x, int64_t dim0, int64_t dim1, Location where) {
  return x.transpose(dim0, dim1, where);
}
Tensor permute(const Tensor &x, const Shape &dims, Location where) {
  return x.permute(dims, where);
}
Tensor unsqueeze(const Tensor &x, int64_t dim, Location where) { return x.unsqueeze(dim, where); }
Tensor squeeze(const Tensor &x, int64_t dim, Location where) { return x.squeeze(dim, where); }
Tensor flatten(const Tensor &x, int64_t start_dim, int64_t end_dim, Location where) {
  return x.flatten(start_dim, end_dim, where);
}
Tensor pad(const Tensor &x, const Shape &pads, Number value, Location where) {
  return x.pad(pads, value, where);
}

} // namespace gradc
