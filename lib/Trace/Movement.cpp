// Movement.cpp - shapes, stacks and more reductions of the trace API.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/Movement.h"
#include "Call.h"
#include "gradc/Trace/Functions.h"
#include <algorithm>

namespace gradc {

using detail::Access;
using detail::Call;
using detail::Context;
using detail::fail;
using detail::Type;
using detail::ValueRef;

static int64_t rankOf(const Shape &shape) { return static_cast<int64_t>(shape.size()); }

//===-- Views ---------------------------------------------------------------------------------===//

Tensor unflatten(const Tensor &x, int64_t dim, const Shape &sizes, Location where) {
  Shape shape = x.sizes(where);
  int64_t at = detail::wrapDim(dim, rankOf(shape), where);
  Shape part = detail::reshapedShape({shape[at]}, sizes, where);
  shape.erase(shape.begin() + at);
  shape.insert(shape.begin() + at, part.begin(), part.end());
  return x.reshape(shape, where);
}

Tensor movedim(const Tensor &x, int64_t source, int64_t destination, Location where) {
  int64_t rank = x.dim(where);
  int64_t from = detail::wrapDim(source, rank, where),
          to = detail::wrapDim(destination, rank, where);
  Shape order;
  for (int64_t d = 0; d < rank; ++d)
    if (d != from)
      order.push_back(d);
  order.insert(order.begin() + to, from);
  return x.permute(order, where);
}

Tensor swapdims(const Tensor &x, int64_t dim0, int64_t dim1, Location where) {
  return x.transpose(dim0, dim1, where);
}

/// How many elements a diagonal of a matrix has.
static int64_t diagonalSize(int64_t rows, int64_t columns, int64_t offset) {
  int64_t size = offset < 0 ? std::min(rows + offset, columns) : std::min(rows, columns - offset);
  return std::max<int64_t>(size, 0);
}

Tensor diagonal(const Tensor &x, int64_t offset, int64_t dim1, int64_t dim2, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where);
  const Shape &from = value->type.shape;
  int64_t a = detail::wrapDim(dim1, rankOf(from), where),
          b = detail::wrapDim(dim2, rankOf(from), where);
  if (a == b)
    fail(where, "diagonal dimensions cannot be identical " + std::to_string(dim1) + ", " +
                    std::to_string(dim2));
  Shape shape;
  for (int64_t d = 0; d < rankOf(from); ++d)
    if (d != a && d != b)
      shape.push_back(from[d]);
  shape.push_back(diagonalSize(from[a], from[b], offset));
  return Access::make(context.computeView("diagonal", value,
                                          {{"offset", std::to_string(offset)},
                                           {"dim1", std::to_string(a)},
                                           {"dim2", std::to_string(b)}},
                                          shape, where));
}

std::vector<Tensor> tensor_split(const Tensor &x, int64_t sections, int64_t dim, Location where) {
  if (sections < 1)
    fail(where, "number of sections must be larger than 0, got " + std::to_string(sections));
  int64_t total = x.size(dim, where), each = total / sections, more = total % sections;
  std::vector<Tensor> parts;
  for (int64_t i = 0, at = 0; i < sections; ++i) {
    int64_t size = each + (i < more);
    parts.push_back(x.narrow(dim, at, size, where));
    at += size;
  }
  return parts;
}

std::vector<Tensor> tensor_split(const Tensor &x, const Shape &indices, int64_t dim,
                                 Location where) {
  int64_t total = x.size(dim, where), from = 0;
  auto clamped = [&](int64_t i) {
    return std::min(std::max<int64_t>(i < 0 ? i + total : i, 0), total);
  };
  std::vector<Tensor> parts;
  for (size_t i = 0; i <= indices.size(); ++i) {
    int64_t to = i < indices.size() ? clamped(indices[i]) : total;
    parts.push_back(x.narrow(dim, from, std::max<int64_t>(to - from, 0), where));
    from = to;
  }
  return parts;
}

//===-- Copies --------------------------------------------------------------------------------===//

Tensor fliplr(const Tensor &x, Location where) {
  if (x.dim(where) < 2)
    fail(where, "Input must be >= 2-d.");
  return flip(x, {1}, where);
}

Tensor flipud(const Tensor &x, Location where) {
  if (x.dim(where) < 1)
    fail(where, "Input must be >= 1-d.");
  return flip(x, {0}, where);
}

Tensor rot90(const Tensor &x, int64_t k, const Shape &dims, Location where) {
  Call call("rot90", where);
  Type type = call.input(x);
  if (dims.size() != 2)
    call.fail("expected total rotation dims == 2, but got dims = " + std::to_string(dims.size()));
  int64_t a = detail::wrapDim(dims[0], rankOf(type.shape), where),
          b = detail::wrapDim(dims[1], rankOf(type.shape), where);
  if (a == b)
    call.fail("expected rotation dims to be different, but got dim0 = " + std::to_string(dims[0]) +
              " and dim1 = " + std::to_string(dims[1]));
  if (k % 2)
    std::swap(type.shape[a], type.shape[b]);
  call.attribute("k", std::to_string(k));
  call.attribute("dims", detail::listText({a, b}));
  return call.result(type);
}

Tensor diag(const Tensor &x, int64_t diagonal, Location where) {
  Call call("diag", where);
  Type type = call.input(x);
  if (type.shape.size() != 1 && type.shape.size() != 2)
    call.fail("diag(): Supports 1D or 2D tensors. Got " + std::to_string(type.shape.size()) + "D");
  if (type.shape.size() == 1)
    type.shape = Shape(2, type.shape[0] + std::abs(diagonal));
  else
    type.shape = {diagonalSize(type.shape[0], type.shape[1], diagonal)};
  call.attribute("diagonal", diagonal, int64_t(0));
  return call.result(type);
}

Tensor diag_embed(const Tensor &x, int64_t offset, int64_t dim1, int64_t dim2, Location where) {
  Call call("diag_embed", where);
  Type type = call.input(x);
  if (type.shape.empty())
    call.fail("diag_embed: expected a tensor of one dimension at least");
  int64_t rank = rankOf(type.shape) + 1;
  int64_t a = detail::wrapDim(dim1, rank, where), b = detail::wrapDim(dim2, rank, where);
  if (a == b)
    call.fail("diagonal dimensions cannot be identical " + std::to_string(dim1) + ", " +
              std::to_string(dim2));
  int64_t size = type.shape.back() + std::abs(offset);
  type.shape.pop_back();
  type.shape.insert(type.shape.begin() + std::min(a, b), size);
  type.shape.insert(type.shape.begin() + std::max(a, b), size);
  call.attribute("offset", offset, int64_t(0));
  call.attribute("dim1", std::to_string(a));
  call.attribute("dim2", std::to_string(b));
  return call.result(type);
}

Tensor repeat_interleave(const Tensor &x, int64_t repeats, std::optional<int64_t> dim,
                         Location where) {
  Call call("repeat_interleave", where);
  Type type = call.input(x);
  if (repeats < 0)
    call.fail("Repeats must be non-negative");
  if (!dim)
    type.shape = {detail::numelOf(type.shape) * repeats};
  call.attribute("repeats", std::to_string(repeats));
  if (dim) {
    int64_t at = detail::wrapDim(*dim, rankOf(type.shape), where);
    type.shape[at] *= repeats;
    call.attribute("dim", std::to_string(at));
  }
  return call.result(type);
}

std::vector<Tensor> meshgrid(const std::vector<Tensor> &vectors, const std::string &indexing,
                             Location where) {
  Call call("meshgrid", where);
  if (vectors.empty())
    call.fail("meshgrid expects a non-empty TensorList");
  if (indexing != "ij" && indexing != "xy")
    call.fail("torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: " +
              indexing);
  Type type;
  for (const Tensor &vector : vectors) {
    Type own = call.input(vector);
    if (own.shape.size() > 1)
      call.fail("torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: " +
                detail::shapeText(own.shape));
    type.dtype = own.dtype;
    type.shape.push_back(own.shape.empty() ? 1 : own.shape[0]);
  }
  if (indexing == "xy" && type.shape.size() > 1)
    std::swap(type.shape[0], type.shape[1]);
  if (indexing != "ij")
    call.attribute("indexing", detail::quoted(indexing));
  return call.results(std::vector<Type>(vectors.size(), type));
}

Tensor unfold(const Tensor &x, int64_t dimension, int64_t size, int64_t step, Location where) {
  Call call("unfold", where);
  Type type = call.input(x);
  int64_t at = detail::wrapDim(dimension, rankOf(type.shape), where);
  if (type.shape.empty())
    type.shape = {1};
  if (size < 0 || size > type.shape[at])
    call.fail("maximum size for tensor at dimension " + std::to_string(at) + " is " +
              std::to_string(type.shape[at]) + " but size is " + std::to_string(size));
  if (step < 1)
    call.fail("step is " + std::to_string(step) + " but must be > 0");
  type.shape[at] = (type.shape[at] - size) / step + 1;
  type.shape.push_back(size);
  call.attribute("dimension", std::to_string(at));
  call.attribute("size", std::to_string(size));
  call.attribute("step", std::to_string(step));
  return call.result(type);
}

/// The shape with channels and planes changed by `factor`, or the way back.
static Tensor shuffle(const char *op, const char *name, const Tensor &x, int64_t factor, bool grows,
                      Location where) {
  Call call(op, where);
  Type type = call.input(x);
  if (type.shape.size() < 3)
    call.fail(call.op + " expects input to have at least 3 dimensions, but got input with " +
              std::to_string(type.shape.size()) + " dimension(s)");
  if (factor < 1)
    call.fail(call.op + " expects a positive " + name + ", but got " + std::to_string(factor));
  int64_t &channels = type.shape[type.shape.size() - 3], &rows = type.shape[type.shape.size() - 2],
          &columns = type.shape.back();
  if (grows ? channels % (factor * factor) : rows % factor || columns % factor)
    call.fail(call.op + ": the sizes " + detail::shapeText(type.shape) +
              " are not divisible by the factor " + std::to_string(factor));
  channels = grows ? channels / (factor * factor) : channels * factor * factor;
  rows = grows ? rows * factor : rows / factor;
  columns = grows ? columns * factor : columns / factor;
  call.attribute(name, std::to_string(factor));
  return call.result(type);
}

Tensor pixel_shuffle(const Tensor &x, int64_t factor, Location where) {
  return shuffle("pixel_shuffle", "upscale_factor", x, factor, true, where);
}
Tensor pixel_unshuffle(const Tensor &x, int64_t factor, Location where) {
  return shuffle("pixel_unshuffle", "downscale_factor", x, factor, false, where);
}

/// At least `rank` dims: vectors are rows, and a third dim stands behind.
static Tensor widened(const Tensor &x, int64_t rank, Location where) {
  Shape shape = x.sizes(where);
  if (shape.empty())
    shape = {1};
  if (rank > 1 && shape.size() == 1)
    shape.insert(shape.begin(), 1);
  if (rank > 2 && shape.size() == 2)
    shape.push_back(1);
  return shape == x.sizes(where) ? x : x.reshape(shape, where);
}

static std::vector<Tensor> widened(const std::vector<Tensor> &tensors, int64_t rank,
                                   Location where) {
  std::vector<Tensor> result;
  for (const Tensor &x : tensors)
    result.push_back(widened(x, rank, where));
  return result;
}

Tensor hstack(const std::vector<Tensor> &tensors, Location where) {
  std::vector<Tensor> parts = widened(tensors, 1, where);
  return cat(parts, parts.empty() || parts[0].dim(where) == 1 ? 0 : 1, where);
}
Tensor vstack(const std::vector<Tensor> &tensors, Location where) {
  return cat(widened(tensors, 2, where), 0, where);
}
Tensor dstack(const std::vector<Tensor> &tensors, Location where) {
  return cat(widened(tensors, 3, where), 2, where);
}
Tensor column_stack(const std::vector<Tensor> &tensors, Location where) {
  std::vector<Tensor> columns;
  for (const Tensor &x : tensors)
    columns.push_back(x.dim(where) < 2 ? x.reshape({x.numel(where), 1}, where) : x);
  return cat(columns, 1, where);
}

Tensor diff(const Tensor &x, int64_t n, int64_t dim, Location where) {
  Call call("diff", where);
  Type type = call.input(x);
  if (type.shape.empty())
    call.fail("diff expects input to be at least one-dimensional");
  if (n < 0)
    call.fail("order must be non-negative but got " + std::to_string(n));
  int64_t at = detail::wrapDim(dim, rankOf(type.shape), where);
  type.shape[at] = std::max<int64_t>(type.shape[at] - n, 0);
  call.attribute("n", n, int64_t(1));
  call.attribute("dim", std::to_string(at));
  return call.result(type);
}

Tensor masked_scatter(const Tensor &x, const Tensor &mask, const Tensor &source, Location where) {
  Call call("masked_scatter", where);
  Type type = call.input(x), at = call.input(mask), from = call.input(source);
  if (at.dtype != Dtype::boolean)
    call.fail(std::string("masked_scatter_ only supports boolean masks, but got mask with dtype ") +
              detail::torchName(at.dtype));
  if (from.dtype != type.dtype)
    call.fail(std::string("masked_scatter: expected self and source to have same dtypes but got") +
              detail::torchName(type.dtype) + " and " + detail::torchName(from.dtype));
  return call.result({type.dtype, detail::broadcast(type.shape, at.shape, where)});
}

Tensor take_along_dim(const Tensor &x, const Tensor &indices, int64_t dim, Location where) {
  Call call("take_along_dim", where);
  Type type = call.input(x), at = call.input(indices);
  if (type.shape.size() != at.shape.size())
    call.fail("torch.take_along_dim(): input and indices should have the same number of "
              "dimensions, but got " +
              std::to_string(type.shape.size()) + " dimensions for input, and " +
              std::to_string(at.shape.size()) + " dimensions for indices");
  int64_t along = detail::wrapDim(dim, rankOf(type.shape), where), size = at.shape[along];
  type.shape[along] = at.shape[along] = 1;
  type.shape = detail::broadcast(type.shape, at.shape, where);
  type.shape[along] = size;
  call.attribute("dim", std::to_string(along));
  return call.result(type);
}

//===-- Reductions ----------------------------------------------------------------------------===//

/// The type after a reduction; notes its dims.
static Type reducedType(Call &call, Type type, const Dims &dims, bool keepdim) {
  Shape list = detail::wrapDims(dims.list(), rankOf(type.shape), call.where);
  if (!list.empty())
    call.attribute("dim", detail::listText(list));
  if (keepdim && !list.empty())
    call.attribute("keepdim", "true");
  return {type.dtype, detail::reducedShape(type.shape, list, keepdim)};
}

Tensor nansum(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  Call call("nansum", where);
  Type type = reducedType(call, call.input(x), dims, keepdim);
  if (!detail::isFloat(type.dtype))
    type.dtype = Dtype::i64;
  return call.result(type);
}

Tensor nanmean(const Tensor &x, const Dims &dims, bool keepdim, Location where) {
  Call call("nanmean", where);
  Type type = call.input(x);
  if (!detail::isFloat(type.dtype))
    call.fail("nanmean(): expected input to have floating point or complex dtype but got " +
              std::string(detail::torchName(type.dtype)));
  return call.result(reducedType(call, type, dims, keepdim));
}

Tensor count_nonzero(const Tensor &x, const Dims &dims, Location where) {
  Call call("count_nonzero", where);
  Type type = reducedType(call, call.input(x), dims, false);
  type.dtype = Dtype::i64;
  return call.result(type);
}

static Pair pairOf(Call &call, const Type &type) {
  std::vector<Tensor> both = call.results({type, type});
  return {both[0], both[1]};
}

Pair aminmax(const Tensor &x, Location where) {
  Call call("aminmax", where);
  return pairOf(call, {call.input(x).dtype, {}});
}
Pair aminmax(const Tensor &x, int64_t dim, bool keepdim, Location where) {
  Call call("aminmax", where);
  Type type = call.input(x);
  Shape at = {detail::wrapDim(dim, rankOf(type.shape), where)};
  call.attribute("dim", std::to_string(at[0]));
  call.attribute("keepdim", keepdim, false);
  return pairOf(call,
                {type.dtype,
                 type.shape.empty() ? type.shape : detail::reducedShape(type.shape, at, keepdim)});
}

static Pair spreadAndMean(const char *op, const Tensor &x, const Dims &dims, bool keepdim,
                          int64_t correction, Location where) {
  Call call(op, where);
  Type type = call.input(x);
  if (!detail::isFloat(type.dtype))
    call.fail(call.op + " only support floating point and complex dtypes");
  type = reducedType(call, type, dims, keepdim);
  call.attribute("correction", correction, int64_t(1));
  return pairOf(call, type);
}

Pair var_mean(const Tensor &x, const Dims &dims, bool keepdim, int64_t correction, Location where) {
  return spreadAndMean("var_mean", x, dims, keepdim, correction, where);
}
Pair std_mean(const Tensor &x, const Dims &dims, bool keepdim, int64_t correction, Location where) {
  return spreadAndMean("std_mean", x, dims, keepdim, correction, where);
}

Tensor trace(const Tensor &matrix, Location where) {
  Call call("trace", where);
  Type type = call.input(matrix);
  if (type.shape.size() != 2)
    call.fail("trace: expected a matrix, but got tensor with dim " +
              std::to_string(type.shape.size()));
  return call.result({detail::isFloat(type.dtype) ? type.dtype : Dtype::i64, {}});
}

Tensor dist(const Tensor &x, const Tensor &y, double p, Location where) {
  Call call("dist", where);
  Type a = call.input(x), b = call.input(y);
  detail::broadcast(a.shape, b.shape, where);
  call.attribute("p", p, 2.0);
  return call.result({detail::promote(a.dtype, b.dtype), {}});
}

Tensor softmin(const Tensor &x, int64_t dim, Location where) {
  return softmax(neg(x, where), dim, where);
}

//===-- Windows -------------------------------------------------------------------------------===//

static Pair adaptiveMax(const char *op, size_t n, const Tensor &x, Shape sizes, Location where) {
  Call call(op, where);
  Type type = call.input(x);
  if (type.shape.size() != n + 1 && type.shape.size() != n + 2)
    call.fail(call.op + ": Expected " + std::to_string(n + 1) + "D or " + std::to_string(n + 2) +
              "D tensor, but got: " + detail::shapeText(type.shape));
  if (sizes.size() == 1)
    sizes.assign(n, sizes[0]);
  if (sizes.size() != n)
    call.fail(call.op + ": expected one size or " + std::to_string(n) + ", got " +
              detail::shapeText(sizes));
  for (size_t k = 0; k < n; ++k)
    if (sizes[k] != -1)
      type.shape[type.shape.size() - n + k] = sizes[k];
  call.attribute("output_size", detail::listText(sizes));
  std::vector<Tensor> both = call.results({type, {Dtype::i64, type.shape}});
  return {both[0], both[1]};
}

Pair adaptive_max_pool1d(const Tensor &x, const Shape &sizes, Location where) {
  return adaptiveMax("adaptive_max_pool1d", 1, x, sizes, where);
}
Pair adaptive_max_pool2d(const Tensor &x, const Shape &sizes, Location where) {
  return adaptiveMax("adaptive_max_pool2d", 2, x, sizes, where);
}
Pair adaptive_max_pool3d(const Tensor &x, const Shape &sizes, Location where) {
  return adaptiveMax("adaptive_max_pool3d", 3, x, sizes, where);
}

namespace nn::functional {

namespace {
/// One number for each of the two dims.
Shape pairOf(const Call &call, const char *name, const Shape &given, int64_t least) {
  Shape list = given.size() == 1 ? Shape(2, given[0]) : given;
  if (list.size() != 2)
    call.fail(call.op + ": expected one number or two as " + name + ", got " +
              detail::shapeText(given));
  if (list[0] < least || list[1] < least)
    call.fail(std::string(name) + " should be " + (least ? "greater than zero" : "non-negative") +
              ", but got " + detail::shapeText(given));
  return list;
}

/// Notes how windows lie; returns how many there are along each dim.
Shape countWindows(Call &call, const Shape &size, const Shape &kernel_size,
                   const Windows &windows) {
  Shape kernel = pairOf(call, "kernel_size", kernel_size, 1),
        dilation = pairOf(call, "dilation", windows.dilation, 1),
        padding = pairOf(call, "padding", windows.padding, 0),
        stride = pairOf(call, "stride", windows.stride, 1), counts(2);
  call.attribute("kernel_size", detail::listText(kernel));
  call.attribute("dilation", detail::listText(dilation));
  call.attribute("padding", detail::listText(padding));
  call.attribute("stride", detail::listText(stride));
  for (size_t i = 0; i < 2; ++i) {
    int64_t room = size[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1;
    counts[i] = room < 0 ? 0 : room / stride[i] + 1;
  }
  return counts;
}
} // namespace

Tensor unfold(const Tensor &x, const Shape &kernel_size, const Windows &windows, Location where) {
  Call call("im2col", where);
  Type type = call.input(x);
  size_t rank = type.shape.size();
  if (rank != 3 && rank != 4)
    call.fail("Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
              "dimensions for input, but got: " +
              detail::shapeText(type.shape));
  Shape counts =
      countWindows(call, {type.shape[rank - 2], type.shape[rank - 1]}, kernel_size, windows);
  Shape kernel = pairOf(call, "kernel_size", kernel_size, 1);
  int64_t rows = type.shape[rank - 3] * kernel[0] * kernel[1];
  type.shape.resize(rank - 3);
  type.shape.insert(type.shape.end(), {rows, counts[0] * counts[1]});
  return call.result(type);
}

Tensor fold(const Tensor &x, const Shape &output_size, const Shape &kernel_size,
            const Windows &windows, Location where) {
  Call call("col2im", where);
  Type type = call.input(x);
  size_t rank = type.shape.size();
  if (rank != 2 && rank != 3)
    call.fail("Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
              "non-zero dimensions for input, but got: " +
              detail::shapeText(type.shape));
  Shape size = pairOf(call, "output_size", output_size, 1);
  call.attribute("output_size", detail::listText(size));
  countWindows(call, size, kernel_size, windows);
  Shape kernel = pairOf(call, "kernel_size", kernel_size, 1);
  int64_t channels = type.shape[rank - 2] / (kernel[0] * kernel[1]);
  type.shape.resize(rank - 2);
  type.shape.insert(type.shape.end(), {channels, size[0], size[1]});
  return call.result(type);
}

} // namespace nn::functional
} // namespace gradc
