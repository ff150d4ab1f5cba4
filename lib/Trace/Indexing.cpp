// Indexing.cpp - writes at indices, sorting, cumulation and convolutions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the types of the operands do not decide is left to the compiler, which has PyTorch's words
// for it and reports it at the same line.
#include "gradc/Trace/Indexing.h"
#include "Graph.h"
#include "Infer.h"
#include "Text.h"

namespace gradc {

using detail::Access;
using detail::Attributes;
using detail::Context;
using detail::fail;
using detail::Operand;
using detail::Type;
using detail::ValueRef;

static int64_t wrap(const ValueRef &x, int64_t dim, Location where) {
  return detail::wrapDim(dim, static_cast<int64_t>(x->type.shape.size()), where);
}

//===-- Writes at indices ---------------------------------------------------------------------===//

/// An op whose name ends in "_" writes x.
static Tensor write(const std::string &op, const Tensor &x, std::vector<Operand> rest,
                    Attributes attributes, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where);
  if (op.back() == '_') {
    context.write(op, value, std::move(rest), std::move(attributes), where);
    return x;
  }
  rest.insert(rest.begin(), value);
  return Access::make(context.compute(op, std::move(rest), std::move(attributes), value->type,
                                      value->device, where));
}

static Attributes alongDim(const Tensor &x, int64_t dim, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  return {{"dim", std::to_string(wrap(value, dim, where))}};
}

static Tensor scatterAs(const char *op, const Tensor &x, int64_t dim, const Tensor &index,
                        const Arg &src) {
  detail::Resolved source = Context::get(src.where).resolve(src);
  Location where = source.where;
  ValueRef at = Context::get(where).use(index, where);
  return write(op, x, {at, source.operand}, alongDim(x, dim, where), where);
}

static Tensor scatterAddAs(const char *op, const Tensor &x, int64_t dim, const Tensor &index,
                           const Tensor &src, Location where) {
  Context &context = Context::get(where);
  return write(op, x, {context.use(index, where), context.use(src, where)}, alongDim(x, dim, where),
               where);
}

static Tensor scatterReduceAs(const char *op, const Tensor &x, int64_t dim, const Tensor &index,
                              const Tensor &src, const std::string &reduce, bool include_self,
                              Location where) {
  Context &context = Context::get(where);
  Attributes attributes = alongDim(x, dim, where);
  attributes.emplace_back("reduce", detail::quoted(reduce));
  if (!include_self)
    attributes.emplace_back("include_self", "false");
  return write(op, x, {context.use(index, where), context.use(src, where)}, std::move(attributes),
               where);
}

static Tensor indexAddAs(const char *op, const Tensor &x, int64_t dim, const Tensor &index,
                         const Tensor &source, Number alpha, Location where) {
  Context &context = Context::get(where);
  Attributes attributes = alongDim(x, dim, where);
  std::string factor = detail::numberText(alpha, where);
  if (factor != "1")
    attributes.emplace_back("alpha", factor);
  return write(op, x, {context.use(index, where), context.use(source, where)},
               std::move(attributes), where);
}

static Tensor indexCopyAs(const char *op, const Tensor &x, int64_t dim, const Tensor &index,
                          const Tensor &source, Location where) {
  Context &context = Context::get(where);
  return write(op, x, {context.use(index, where), context.use(source, where)},
               alongDim(x, dim, where), where);
}

static Tensor indexFillAs(const char *op, const Tensor &x, int64_t dim, const Tensor &index,
                          const Arg &value) {
  detail::Resolved given = Context::get(value.where).resolve(value);
  Location where = given.where;
  ValueRef at = Context::get(where).use(index, where);
  return write(op, x, {at, given.operand}, alongDim(x, dim, where), where);
}

static Tensor indexPutAs(const char *op, const Tensor &x, const std::vector<Tensor> &indices,
                         const Tensor &values, bool accumulate, Location where) {
  Context &context = Context::get(where);
  if (indices.empty())
    fail(where, "index_put: expected one tensor of indices at least, got none");
  std::vector<Operand> rest = {context.use(values, where)};
  for (const Tensor &index : indices)
    rest.push_back(context.use(index, where));
  Attributes attributes;
  if (accumulate)
    attributes.emplace_back("accumulate", "true");
  return write(op, x, std::move(rest), std::move(attributes), where);
}

Tensor scatter(const Tensor &x, int64_t dim, const Tensor &index, const Arg &src) {
  return scatterAs("scatter", x, dim, index, src);
}
Tensor Tensor::scatter_(int64_t dim, const Tensor &index, const Arg &src) const {
  return scatterAs("scatter_", *this, dim, index, src);
}
Tensor scatter_add(const Tensor &x, int64_t dim, const Tensor &index, const Tensor &src,
                   Location where) {
  return scatterAddAs("scatter_add", x, dim, index, src, where);
}
Tensor Tensor::scatter_add_(int64_t dim, const Tensor &index, const Tensor &src,
                            Location where) const {
  return scatterAddAs("scatter_add_", *this, dim, index, src, where);
}
Tensor scatter_reduce(const Tensor &x, int64_t dim, const Tensor &index, const Tensor &src,
                      const std::string &reduce, bool include_self, Location where) {
  return scatterReduceAs("scatter_reduce", x, dim, index, src, reduce, include_self, where);
}
Tensor Tensor::scatter_reduce_(int64_t dim, const Tensor &index, const Tensor &src,
                               const std::string &reduce, bool include_self, Location where) const {
  return scatterReduceAs("scatter_reduce_", *this, dim, index, src, reduce, include_self, where);
}
Tensor index_add(const Tensor &x, int64_t dim, const Tensor &index, const Tensor &source,
                 Number alpha, Location where) {
  return indexAddAs("index_add", x, dim, index, source, alpha, where);
}
Tensor Tensor::index_add_(int64_t dim, const Tensor &index, const Tensor &source, Number alpha,
                          Location where) const {
  return indexAddAs("index_add_", *this, dim, index, source, alpha, where);
}
Tensor index_copy(const Tensor &x, int64_t dim, const Tensor &index, const Tensor &source,
                  Location where) {
  return indexCopyAs("index_copy", x, dim, index, source, where);
}
Tensor Tensor::index_copy_(int64_t dim, const Tensor &index, const Tensor &source,
                           Location where) const {
  return indexCopyAs("index_copy_", *this, dim, index, source, where);
}
Tensor index_fill(const Tensor &x, int64_t dim, const Tensor &index, const Arg &value) {
  return indexFillAs("index_fill", x, dim, index, value);
}
Tensor Tensor::index_fill_(int64_t dim, const Tensor &index, const Arg &value) const {
  return indexFillAs("index_fill_", *this, dim, index, value);
}
Tensor index_put(const Tensor &x, const std::vector<Tensor> &indices, const Tensor &values,
                 bool accumulate, Location where) {
  return indexPutAs("index_put", x, indices, values, accumulate, where);
}
Tensor Tensor::index_put_(const std::vector<Tensor> &indices, const Tensor &values, bool accumulate,
                          Location where) const {
  return indexPutAs("index_put_", *this, indices, values, accumulate, where);
}

//===-- Order and cumulation ------------------------------------------------------------------===//

static Pair computePair(const char *op, const ValueRef &x, Attributes attributes, Shape shape,
                        Location where) {
  Context &context = Context::get(where);
  ValueRef first =
      context.compute(op, {x}, std::move(attributes), {x->type.dtype, shape}, x->device, where);
  ValueRef second = context.makeValue({Dtype::i64, std::move(shape)}, x->device, where);
  second->node = first->node;
  first->node->results.push_back(second);
  return {Access::make(first), Access::make(second)};
}

static Tensor computeOne(const char *op, const ValueRef &x, Attributes attributes, Type type,
                         Location where) {
  return Access::make(Context::get(where).compute(op, {x}, std::move(attributes), std::move(type),
                                                  x->device, where));
}

static Attributes ofSort(const ValueRef &x, int64_t dim, bool descending, Location where) {
  Attributes attributes = {{"dim", std::to_string(wrap(x, dim, where))}};
  if (descending)
    attributes.emplace_back("descending", "true");
  return attributes;
}

Pair sort(const Tensor &x, int64_t dim, bool descending, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  return computePair("sort", value, ofSort(value, dim, descending, where), value->type.shape,
                     where);
}

Tensor argsort(const Tensor &x, int64_t dim, bool descending, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  return computeOne("argsort", value, ofSort(value, dim, descending, where),
                    {Dtype::i64, value->type.shape}, where);
}

Tensor msort(const Tensor &x, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  return computeOne("msort", value, {}, value->type, where);
}

Pair topk(const Tensor &x, int64_t k, int64_t dim, bool largest, bool sorted, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  Shape shape = value->type.shape;
  int64_t at = wrap(value, dim, where), size = shape.empty() ? 1 : shape[at];
  if (k < 0 || k > size)
    fail(where, "selected index k out of range");
  if (!shape.empty())
    shape[at] = k;
  else if (k == 0)
    shape = {0};
  Attributes attributes = {{"k", std::to_string(k)}, {"dim", std::to_string(at)}};
  if (!largest)
    attributes.emplace_back("largest", "false");
  if (!sorted)
    attributes.emplace_back("sorted", "false");
  return computePair("topk", value, std::move(attributes), std::move(shape), where);
}

static Shape withoutDim(Shape shape, int64_t dim, bool keepdim) {
  if (!shape.empty() && keepdim)
    shape[dim] = 1;
  else if (!shape.empty())
    shape.erase(shape.begin() + dim);
  return shape;
}

static Pair selected(const char *op, const Tensor &x, int64_t dim, bool keepdim,
                     Attributes attributes, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  int64_t at = wrap(value, dim, where);
  attributes.emplace_back("dim", std::to_string(at));
  if (keepdim)
    attributes.emplace_back("keepdim", "true");
  return computePair(op, value, std::move(attributes), withoutDim(value->type.shape, at, keepdim),
                     where);
}

Pair kthvalue(const Tensor &x, int64_t k, int64_t dim, bool keepdim, Location where) {
  return selected("kthvalue", x, dim, keepdim, {{"k", std::to_string(k)}}, where);
}
Pair median(const Tensor &x, int64_t dim, bool keepdim, Location where) {
  return selected("median", x, dim, keepdim, {}, where);
}
Tensor median(const Tensor &x, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  return computeOne("median", value, {}, {value->type.dtype, {}}, where);
}

static Tensor cumulate(const char *op, const Tensor &x, int64_t dim, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  Dtype dtype = detail::isFloat(value->type.dtype) ? value->type.dtype : Dtype::i64;
  return computeOne(op, value, {{"dim", std::to_string(wrap(value, dim, where))}},
                    {dtype, value->type.shape}, where);
}
Tensor cumsum(const Tensor &x, int64_t dim, Location where) {
  return cumulate("cumsum", x, dim, where);
}
Tensor cumprod(const Tensor &x, int64_t dim, Location where) {
  return cumulate("cumprod", x, dim, where);
}
Tensor logcumsumexp(const Tensor &x, int64_t dim, Location where) {
  return cumulate("logcumsumexp", x, dim, where);
}

static Pair extremum(const char *op, const Tensor &x, int64_t dim, Location where) {
  ValueRef value = Context::get(where).use(x, where);
  return computePair(op, value, {{"dim", std::to_string(wrap(value, dim, where))}},
                     value->type.shape, where);
}
Pair cummax(const Tensor &x, int64_t dim, Location where) {
  return extremum("cummax", x, dim, where);
}
Pair cummin(const Tensor &x, int64_t dim, Location where) {
  return extremum("cummin", x, dim, where);
}

//===-- Convolutions --------------------------------------------------------------------------===//

static Shape perDim(const char *name, Shape list, size_t n, Location where) {
  if (list.size() == 1)
    list.assign(n, list[0]);
  if (list.size() != n)
    fail(where, std::string("expected ") + name + " to be a single integer value or a list of " +
                    std::to_string(n) + " values to match the convolution dimensions, but got " +
                    name + "=" + detail::shapeText(list));
  return list;
}

static Attributes convAttributes(const Conv &o, bool transposed) {
  Attributes attributes;
  auto add = [&](const char *name, const Shape &list, int64_t absent) {
    if (list != Shape{absent})
      attributes.emplace_back(name, detail::listText(list));
  };
  add("stride", o.stride, 1);
  if (o.same)
    attributes.emplace_back("padding", "\"same\"");
  else
    add("padding", o.padding, 0);
  add("dilation", o.dilation, 1);
  if (o.groups != 1)
    attributes.emplace_back("groups", std::to_string(o.groups));
  if (transposed)
    add("output_padding", o.output_padding, 0);
  return attributes;
}

/// The sizes of the result; what does not fit is the compiler's to say.
static Shape convShape(const std::string &op, const Shape &x, const Shape &w, const Conv &o,
                       size_t n, bool transposed, Location where) {
  bool batched = x.size() == n + 2;
  if (!batched && x.size() != n + 1)
    fail(where, "Expected " + std::to_string(n + 1) + "D (unbatched) or " + std::to_string(n + 2) +
                    "D (batched) input to " + op +
                    ", but got input of size: " + detail::shapeText(x));
  if (w.size() != n + 2)
    fail(where, op + ": expected a weight of " + std::to_string(n + 2) + " dims, got shape " +
                    detail::shapeText(w));
  Shape stride = perDim("stride", o.stride, n, where),
        padding = perDim("padding", o.padding, n, where),
        dilation = perDim("dilation", o.dilation, n, where),
        extra = perDim("output_padding", o.output_padding, n, where);
  Shape shape;
  if (batched)
    shape.push_back(x[0]);
  shape.push_back(transposed ? w[1] * o.groups : w[0]);
  for (size_t i = 0; i < n; ++i) {
    if (stride[i] <= 0 || dilation[i] <= 0)
      fail(where, std::string("non-positive ") + (stride[i] <= 0 ? "stride" : "dilation") +
                      " is not supported");
    int64_t size = x[x.size() - n + i], reach = dilation[i] * (w[i + 2] - 1);
    int64_t around = o.same ? reach : 2 * padding[i];
    int64_t result = transposed ? (size - 1) * stride[i] - around + reach + extra[i] + 1
                                : (size + around - reach - 1) / stride[i] + 1;
    shape.push_back(result > 0 ? result : 0);
  }
  return shape;
}

static Tensor convolve(const char *op, size_t n, bool transposed, const Tensor &x,
                       const Tensor &weight, const Tensor &bias, const Conv &options,
                       Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where), w = context.use(weight, where);
  std::vector<Operand> inputs = {value, w};
  if (Access::value(bias))
    inputs.push_back(context.use(bias, where));
  Shape shape = convShape(op, value->type.shape, w->type.shape, options, n, transposed, where);
  return Access::make(context.compute(op, std::move(inputs), convAttributes(options, transposed),
                                      {value->type.dtype, std::move(shape)}, value->device, where));
}

Tensor conv1d(const Tensor &x, const Tensor &weight, const Tensor &bias, const Conv &options,
              Location where) {
  return convolve("conv1d", 1, false, x, weight, bias, options, where);
}
Tensor conv2d(const Tensor &x, const Tensor &weight, const Tensor &bias, const Conv &options,
              Location where) {
  return convolve("conv2d", 2, false, x, weight, bias, options, where);
}
Tensor conv3d(const Tensor &x, const Tensor &weight, const Tensor &bias, const Conv &options,
              Location where) {
  return convolve("conv3d", 3, false, x, weight, bias, options, where);
}
Tensor conv_transpose1d(const Tensor &x, const Tensor &weight, const Tensor &bias,
                        const Conv &options, Location where) {
  return convolve("conv_transpose1d", 1, true, x, weight, bias, options, where);
}
Tensor conv_transpose2d(const Tensor &x, const Tensor &weight, const Tensor &bias,
                        const Conv &options, Location where) {
  return convolve("conv_transpose2d", 2, true, x, weight, bias, options, where);
}
Tensor conv_transpose3d(const Tensor &x, const Tensor &weight, const Tensor &bias,
                        const Conv &options, Location where) {
  return convolve("conv_transpose3d", 3, true, x, weight, bias, options, where);
}

} // namespace gradc
