// Structure.cpp - reductions with indices, softmax, elements at indices, windows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the types of the operands do not decide is left to the compiler, which has PyTorch's words
// for it and reports it at the same line.
#include "gradc/Trace/Structure.h"
#include "Graph.h"
#include "Infer.h"
#include "Text.h"
#include "gradc/Trace/Functions.h"

namespace gradc {

using detail::Access;
using detail::Attributes;
using detail::Context;
using detail::fail;
using detail::Operand;
using detail::ValueRef;

static int64_t rankOf(const ValueRef &x) { return static_cast<int64_t>(x->type.shape.size()); }

static ValueRef use(const Tensor &x, Location where) { return Context::get(where).use(x, where); }

static Tensor compute(const char *op, const ValueRef &x, std::vector<Operand> rest,
                      Attributes attributes, Dtype dtype, Shape shape, Location where) {
  rest.insert(rest.begin(), x);
  return Access::make(Context::get(where).compute(op, std::move(rest), std::move(attributes),
                                                  {dtype, std::move(shape)}, x->device, where));
}

//===-- Reductions ----------------------------------------------------------------------------===//

static Tensor reduce(const char *op, const Tensor &x, const Dims &dims, bool keepdim,
                     Attributes attributes, bool asBool, Location where) {
  ValueRef value = use(x, where);
  Shape reduced = detail::wrapDims(dims.list(), rankOf(value), where);
  if (!reduced.empty())
    attributes.emplace_back("dim", detail::listText(reduced));
  if (keepdim && !reduced.empty())
    attributes.emplace_back("keepdim", "true");
  Dtype dtype = asBool ? Dtype::boolean : value->type.dtype;
  return compute(op, value, {}, std::move(attributes), dtype,
                 detail::reducedShape(value->type.shape, reduced, keepdim), where);
}

static void checkFloat(const char *text, const Tensor &x, Location where) {
  if (!detail::isFloat(x.dtype(where)))
    fail(where, text);
}

Tensor any(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  return reduce("any", x, dims, keepdim, {}, true, where);
}
Tensor all(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  return reduce("all", x, dims, keepdim, {}, true, where);
}
Tensor prod(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  const Tensor &whole = detail::isFloat(x.dtype(where)) ? x : x.to(i64, where);
  return reduce("prod", whole, dims, keepdim, {}, false, where);
}
Tensor logsumexp(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  const Tensor &whole = detail::isFloat(x.dtype(where)) ? x : x.to(f32, where);
  return reduce("logsumexp", whole, dims, keepdim, {}, false, where);
}
Tensor var(const Tensor &x, const Dims &dims, bool keepdim, int64_t correction, Location where) {
  checkFloat("var only support floating point and complex dtypes", x, where);
  return reduce("var", x, dims, keepdim, {{"correction", std::to_string(correction)}}, false,
                where);
}
Tensor std(const Tensor &x, const Dims &dims, bool keepdim, int64_t correction, Location where) {
  checkFloat("std only support floating point and complex dtypes", x, where);
  return reduce("std", x, dims, keepdim, {{"correction", std::to_string(correction)}}, false,
                where);
}
Tensor norm(const Tensor &x, double p, const Dims &dims, bool keepdim, Location where) {
  checkFloat("linalg.vector_norm: Expected a floating point or complex tensor as input.", x, where);
  return reduce("norm", x, dims, keepdim, {{"p", detail::numberText(p, where)}}, false, where);
}

static Shape withoutDim(Shape shape, int64_t dim, bool keepdim) {
  if (shape.empty())
    return shape;
  if (keepdim)
    shape[dim] = 1;
  else
    shape.erase(shape.begin() + dim);
  return shape;
}

static Attributes alongDim(int64_t dim, bool keepdim) {
  Attributes attributes = {{"dim", std::to_string(dim)}};
  if (keepdim)
    attributes.emplace_back("keepdim", "true");
  return attributes;
}

static Tensor place(const char *op, const Tensor &x, int64_t dim, bool keepdim, Location where) {
  ValueRef value = use(x, where);
  int64_t at = detail::wrapDim(dim, rankOf(value), where);
  return compute(op, value, {}, alongDim(at, keepdim), Dtype::i64,
                 withoutDim(value->type.shape, at, keepdim), where);
}

static Pair extremum(const char *op, const Tensor &x, int64_t dim, bool keepdim, Location where) {
  Context &context = Context::get(where);
  ValueRef value = use(x, where);
  int64_t at = detail::wrapDim(dim, rankOf(value), where);
  Shape shape = withoutDim(value->type.shape, at, keepdim);
  ValueRef first = context.compute(op, {value}, alongDim(at, keepdim), {value->type.dtype, shape},
                                   value->device, where);
  ValueRef second = context.makeValue({Dtype::i64, std::move(shape)}, value->device, where);
  second->node = first->node;
  first->node->results.push_back(second);
  return {Access::make(first), Access::make(second)};
}

Tensor argmax(const Tensor &x, Location where) {
  return compute("argmax", use(x, where), {}, {}, Dtype::i64, {}, where);
}
Tensor argmax(const Tensor &x, int64_t dim, bool keepdim, Location where) {
  return place("argmax", x, dim, keepdim, where);
}
Tensor argmin(const Tensor &x, Location where) {
  return compute("argmin", use(x, where), {}, {}, Dtype::i64, {}, where);
}
Tensor argmin(const Tensor &x, int64_t dim, bool keepdim, Location where) {
  return place("argmin", x, dim, keepdim, where);
}
Tensor max(const Tensor &x, Location where) { return amax(x, {}, false, where); }
Tensor min(const Tensor &x, Location where) { return amin(x, {}, false, where); }
Pair max(const Tensor &x, int64_t dim, bool keepdim, Location where) {
  return extremum("max", x, dim, keepdim, where);
}
Pair min(const Tensor &x, int64_t dim, bool keepdim, Location where) {
  return extremum("min", x, dim, keepdim, where);
}

static Tensor alike(const char *op, const ValueRef &x, std::vector<Operand> rest,
                    Attributes attributes, Location where) {
  return compute(op, x, std::move(rest), std::move(attributes), x->type.dtype, x->type.shape,
                 where);
}

Tensor softmax(const Tensor &x, int64_t dim, Location where) {
  checkFloat("softmax: expected a float tensor", x, where);
  ValueRef value = use(x, where);
  return alike("softmax", value, {},
               {{"dim", std::to_string(detail::wrapDim(dim, rankOf(value), where))}}, where);
}
Tensor log_softmax(const Tensor &x, int64_t dim, Location where) {
  checkFloat("log_softmax: expected a float tensor", x, where);
  ValueRef value = use(x, where);
  return alike("log_softmax", value, {},
               {{"dim", std::to_string(detail::wrapDim(dim, rankOf(value), where))}}, where);
}

//===-- Indices -------------------------------------------------------------------------------===//

Tensor index_select(const Tensor &x, int64_t dim, const Tensor &index, Location where) {
  ValueRef value = use(x, where), at = use(index, where);
  int64_t d = detail::wrapDim(dim, rankOf(value), where);
  Shape shape = value->type.shape;
  if (!shape.empty())
    shape[d] = detail::numelOf(at->type.shape);
  return compute("index_select", value, {at}, {{"dim", std::to_string(d)}}, value->type.dtype,
                 shape, where);
}

Tensor gather(const Tensor &x, int64_t dim, const Tensor &index, Location where) {
  ValueRef value = use(x, where), at = use(index, where);
  int64_t d = detail::wrapDim(dim, rankOf(value), where);
  return compute("gather", value, {at}, {{"dim", std::to_string(d)}}, value->type.dtype,
                 at->type.shape, where);
}

Tensor take(const Tensor &x, const Tensor &index, Location where) {
  ValueRef value = use(x, where), at = use(index, where);
  return compute("take", value, {at}, {}, value->type.dtype, at->type.shape, where);
}

Tensor index(const Tensor &x, const std::vector<Tensor> &indices, Location where) {
  ValueRef value = use(x, where);
  if (indices.empty() || static_cast<int64_t>(indices.size()) > rankOf(value))
    fail(where, indices.empty()
                    ? "index: expected one tensor of indices at least, got none"
                    : "too many indices for tensor of dimension " + std::to_string(rankOf(value)));
  std::vector<Operand> rest;
  Shape shape;
  for (const Tensor &one : indices) {
    ValueRef at = use(one, where);
    shape = detail::broadcast(shape, at->type.shape, where);
    rest.push_back(at);
  }
  const Shape &from = value->type.shape;
  shape.insert(shape.end(), from.begin() + static_cast<int64_t>(indices.size()), from.end());
  return compute("index", value, std::move(rest), {}, value->type.dtype, shape, where);
}

Tensor embedding(const Tensor &indices, const Tensor &weight, int64_t padding_idx, Location where) {
  ValueRef at = use(indices, where), rows = use(weight, where);
  if (rankOf(rows) != 2)
    fail(where, "'weight' must be 2-D");
  Shape shape = at->type.shape;
  shape.push_back(rows->type.shape[1]);
  Attributes attributes;
  if (padding_idx >= 0)
    attributes.emplace_back("padding_idx", std::to_string(padding_idx));
  return compute("embedding", at, {rows}, std::move(attributes), rows->type.dtype, shape, where);
}

Tensor one_hot(const Tensor &indices, int64_t num_classes, Location where) {
  ValueRef at = use(indices, where);
  Shape shape = at->type.shape;
  shape.push_back(num_classes);
  return compute("one_hot", at, {}, {{"num_classes", std::to_string(num_classes)}}, Dtype::i64,
                 shape, where);
}

Tensor masked_fill(const Tensor &x, const Tensor &mask, const Arg &value) {
  detail::Resolved number = Context::get(value.where).resolve(value);
  Location where = number.where;
  ValueRef from = use(x, where), at = use(mask, where);
  return compute("masked_fill", from, {at, number.operand}, {}, from->type.dtype,
                 detail::broadcast(from->type.shape, at->type.shape, where), where);
}

//===-- Movement ------------------------------------------------------------------------------===//

Tensor tril(const Tensor &x, int64_t diagonal, Location where) {
  return alike("tril", use(x, where), {}, {{"diagonal", std::to_string(diagonal)}}, where);
}
Tensor triu(const Tensor &x, int64_t diagonal, Location where) {
  return alike("triu", use(x, where), {}, {{"diagonal", std::to_string(diagonal)}}, where);
}
Tensor flip(const Tensor &x, const Shape &dims, Location where) {
  return alike("flip", use(x, where), {}, {{"dims", detail::listText(dims)}}, where);
}
Tensor roll(const Tensor &x, const Shape &shifts, const Shape &dims, Location where) {
  return alike("roll", use(x, where), {},
               {{"shifts", detail::listText(shifts)}, {"dims", detail::listText(dims)}}, where);
}

Tensor tile(const Tensor &x, const Shape &counts, Location where) {
  ValueRef value = use(x, where);
  Shape shape = value->type.shape, by = counts;
  shape.insert(shape.begin(), by.size() > shape.size() ? by.size() - shape.size() : 0, 1);
  by.insert(by.begin(), shape.size() - by.size(), 1);
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] *= by[i];
  detail::checkSizes(shape, where);
  return compute("tile", value, {}, {{"dims", detail::listText(by)}}, value->type.dtype, shape,
                 where);
}

std::vector<Tensor> split(const Tensor &x, int64_t size, int64_t dim, Location where) {
  if (size <= 0)
    fail(where,
         "split expects split_size be non-negative, but got split_size=" + std::to_string(size));
  std::vector<Tensor> parts;
  int64_t total = x.size(dim, where);
  for (int64_t at = 0; at < total; at += size)
    parts.push_back(x.narrow(dim, at, size < total - at ? size : total - at, where));
  return parts;
}

std::vector<Tensor> chunk(const Tensor &x, int64_t chunks, int64_t dim, Location where) {
  if (chunks <= 0)
    fail(where, "chunk expects `chunks` to be greater than 0, got: " + std::to_string(chunks));
  int64_t total = x.size(dim, where);
  return split(x, total ? (total + chunks - 1) / chunks : 1, dim, where);
}

std::vector<Tensor> unbind(const Tensor &x, int64_t dim, Location where) {
  std::vector<Tensor> parts;
  for (int64_t i = 0; i < x.size(dim, where); ++i)
    parts.push_back(x.select(dim, i, where));
  return parts;
}

//===-- Windows -------------------------------------------------------------------------------===//

static ValueRef planesOf(const char *op, const Tensor &x, size_t n, Location where) {
  ValueRef value = use(x, where);
  size_t rank = value->type.shape.size();
  if (rank != n + 1 && rank != n + 2)
    fail(where, std::string(op) + ": Expected " + std::to_string(n + 1) + "D or " +
                    std::to_string(n + 2) + "D input tensor, but got " +
                    detail::shapeText(value->type.shape));
  return value;
}

/// One number for each spatial dim.
static Shape listOf(const char *op, const Shape &given, size_t n, Location where) {
  if (given.size() == 1)
    return Shape(n, given[0]);
  if (given.size() != n)
    fail(where, std::string(op) + ": expected one number or " + std::to_string(n) + ", got " +
                    detail::shapeText(given));
  return given;
}

static Tensor pool(const char *op, const Tensor &x, size_t n, bool isMax, const Shape &kernel,
                   const Pool &options, Location where) {
  ValueRef value = planesOf(op, x, n, where);
  Shape sizes = listOf(op, kernel, n, where), padding = listOf(op, options.padding, n, where);
  Shape strides = options.stride.empty() ? sizes : listOf(op, options.stride, n, where);
  Shape dilation = isMax ? listOf(op, options.dilation, n, where) : Shape(n, 1);
  Shape shape = value->type.shape;
  for (size_t k = 0; k < n; ++k) {
    int64_t &size = shape[shape.size() - n + k];
    if (sizes[k] < 1 || strides[k] < 1 || dilation[k] < 1 || padding[k] < 0)
      fail(where, std::string(op) + ": kernel size, stride and dilation should be above 0");
    int64_t room = size + 2 * padding[k] - dilation[k] * (sizes[k] - 1) - 1 +
                   (options.ceil_mode ? strides[k] - 1 : 0);
    int64_t count = room < 0 ? 0 : room / strides[k] + 1;
    if (options.ceil_mode && count && (count - 1) * strides[k] >= size + padding[k])
      --count;
    if (count < 1)
      fail(where, "Given input size: " + detail::shapeText(value->type.shape) +
                      ". Calculated output size is too small");
    size = count;
  }
  Attributes attributes = {{"kernel_size", detail::listText(sizes)},
                           {"stride", detail::listText(strides)},
                           {"padding", detail::listText(padding)}};
  if (isMax)
    attributes.emplace_back("dilation", detail::listText(dilation));
  if (options.ceil_mode)
    attributes.emplace_back("ceil_mode", "true");
  if (!isMax && !options.count_include_pad)
    attributes.emplace_back("count_include_pad", "false");
  return compute(op, value, {}, std::move(attributes), value->type.dtype, shape, where);
}

Tensor max_pool1d(const Tensor &x, const Shape &kernel, const Pool &options, Location where) {
  return pool("max_pool1d", x, 1, true, kernel, options, where);
}
Tensor max_pool2d(const Tensor &x, const Shape &kernel, const Pool &options, Location where) {
  return pool("max_pool2d", x, 2, true, kernel, options, where);
}
Tensor max_pool3d(const Tensor &x, const Shape &kernel, const Pool &options, Location where) {
  return pool("max_pool3d", x, 3, true, kernel, options, where);
}
Tensor avg_pool1d(const Tensor &x, const Shape &kernel, const Pool &options, Location where) {
  return pool("avg_pool1d", x, 1, false, kernel, options, where);
}
Tensor avg_pool2d(const Tensor &x, const Shape &kernel, const Pool &options, Location where) {
  return pool("avg_pool2d", x, 2, false, kernel, options, where);
}
Tensor avg_pool3d(const Tensor &x, const Shape &kernel, const Pool &options, Location where) {
  return pool("avg_pool3d", x, 3, false, kernel, options, where);
}

static Tensor adaptive(const char *op, const Tensor &x, size_t n, const Shape &given,
                       Location where) {
  ValueRef value = planesOf(op, x, n, where);
  Shape sizes = listOf(op, given, n, where), shape = value->type.shape;
  for (size_t k = 0; k < n; ++k)
    if (sizes[k] != -1)
      shape[shape.size() - n + k] = sizes[k];
  detail::checkSizes(shape, where);
  return compute(op, value, {}, {{"output_size", detail::listText(sizes)}}, value->type.dtype,
                 shape, where);
}

Tensor adaptive_avg_pool1d(const Tensor &x, const Shape &sizes, Location where) {
  return adaptive("adaptive_avg_pool1d", x, 1, sizes, where);
}
Tensor adaptive_avg_pool2d(const Tensor &x, const Shape &sizes, Location where) {
  return adaptive("adaptive_avg_pool2d", x, 2, sizes, where);
}
Tensor adaptive_avg_pool3d(const Tensor &x, const Shape &sizes, Location where) {
  return adaptive("adaptive_avg_pool3d", x, 3, sizes, where);
}

Tensor interpolate(const Tensor &x, const Shape &size, const std::string &mode, bool align_corners,
                   Location where) {
  ValueRef value = use(x, where);
  if (rankOf(value) < 3)
    fail(where, "Input Error: Only 3D, 4D and 5D input Tensors supported (got " +
                    std::to_string(rankOf(value)) + "D)");
  size_t n = value->type.shape.size() - 2;
  Shape sizes = listOf("interpolate", size, n, where), shape = value->type.shape;
  for (size_t k = 0; k < n; ++k)
    shape[2 + k] = sizes[k];
  detail::checkSizes(shape, where);
  Attributes attributes = {{"size", detail::listText(sizes)}, {"mode", detail::quoted(mode)}};
  if (align_corners)
    attributes.emplace_back("align_corners", "true");
  return compute("interpolate", value, {}, std::move(attributes), value->type.dtype, shape, where);
}

} // namespace gradc
