// Create.cpp - tensors from literals, constants and random draws.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Infer.h"
#include "Text.h"
#include "gradc/Trace/Functions.h"
#include <cmath>

namespace gradc {

using detail::Access;
using detail::Attributes;
using detail::Context;
using detail::Effect;
using detail::fail;
using detail::ValueRef;

static Tensor create(const char *op, Attributes attributes, const Shape &shape, Dtype natural,
                     const Options &options, Effect effect, Location where) {
  Context &context = Context::get(where);
  detail::checkSizes(shape, where);
  Dtype dtype = options.dtypeOption.value_or(natural);
  if (options.requiresGradOption && !detail::isFloat(dtype))
    fail(where, "Only Tensors of floating point and complex dtype can require gradients");
  if (options.requiresGradOption) {
    attributes.emplace_back("requires_grad", "true");
    effect = Effect::fixed;
  }
  ValueRef result = context.compute(op, {}, std::move(attributes), {dtype, shape},
                                    options.deviceOption, where, effect);
  if (options.requiresGradOption) {
    result->leaf = context.makeLeaf();
    result->leaves = {result->leaf};
  }
  return Access::make(result);
}

static void addDtype(Attributes &attributes, Dtype dtype) {
  attributes.emplace_back("dtype", detail::quoted(detail::dtypeName(dtype)));
}

// Shape and dtype of ops whose default is f32.
static Attributes shaped(const Shape &shape, const Options &options) {
  Attributes attributes = {{"shape", detail::listText(shape)}};
  if (options.dtypeOption.value_or(f32) != f32)
    addDtype(attributes, *options.dtypeOption);
  return attributes;
}

static Shape shapeOf(const Data &data) {
  if (data.number)
    return {};
  Shape shape = {static_cast<int64_t>(data.list.size())};
  if (data.list.empty())
    return shape;
  Shape inner = shapeOf(data.list.front());
  shape.insert(shape.end(), inner.begin(), inner.end());
  return shape;
}

/// "int32", as PyTorch's messages about Python numbers have it.
static std::string pythonName(Dtype dtype) {
  std::string name = detail::dtypeName(dtype);
  return (name[0] == 'u' ? "uint" : "int") + name.substr(1);
}

namespace {
/// Reads nested data once its shape is known.
struct DataReader {
  const Shape &shape;
  Location where;
  std::optional<Dtype> wanted, natural = std::nullopt;

  std::string read(const Data &data, size_t depth = 0) {
    if (data.number)
      return readNumber(*data.number, depth);
    if (depth == shape.size())
      fail(where, "expected a number at dim " + std::to_string(depth) + ", got a list");
    auto length = static_cast<int64_t>(data.list.size());
    if (length != shape[depth])
      fail(where, "expected sequence of length " + std::to_string(shape[depth]) + " at dim " +
                      std::to_string(depth) + " (got " + std::to_string(length) + ")");
    std::string text = "[";
    for (const Data &element : data.list)
      text += (text.size() > 1 ? ", " : "") + read(element, depth + 1);
    return text + "]";
  }

private:
  std::string readNumber(const Number &number, size_t depth) {
    if (depth != shape.size())
      fail(where, "expected a sequence at dim " + std::to_string(depth) + ", got a number");
    Dtype dtype = detail::dtypeOf(number);
    natural = natural ? detail::promote(*natural, dtype) : dtype;
    if (wanted && number.kind == Number::Kind::integer && !detail::holds(*wanted, number.integer))
      fail(where, "value cannot be converted to type " + pythonName(*wanted) + " without overflow");
    return detail::numberText(number, where);
  }
};
} // namespace

Tensor tensor(const Data &data, const Options &options, Location where) {
  Shape shape = shapeOf(data);
  DataReader reader{shape, where, options.dtypeOption};
  Attributes attributes = {{"value", reader.read(data)}};
  Dtype natural = reader.natural.value_or(f32);
  // Always said: a list of mixed numbers, or of none, does not show it.
  addDtype(attributes, options.dtypeOption.value_or(natural));
  return create("tensor", std::move(attributes), shape, natural, options, Effect::pure, where);
}

Tensor full(const Shape &shape, Number value, const Options &options, Location where) {
  Dtype natural = detail::dtypeOf(value);
  Attributes attributes = {{"shape", detail::listText(shape)},
                           {"value", detail::numberText(value, where)}};
  addDtype(attributes, options.dtypeOption.value_or(natural));
  return create("full", std::move(attributes), shape, natural, options, Effect::pure, where);
}

Tensor zeros(const Shape &shape, const Options &options, Location where) {
  return create("zeros", shaped(shape, options), shape, f32, options, Effect::pure, where);
}

Tensor ones(const Shape &shape, const Options &options, Location where) {
  return create("ones", shaped(shape, options), shape, f32, options, Effect::pure, where);
}

Tensor zeros_like(const Tensor &like, Location where) {
  return zeros(like.sizes(where), Options(like.dtype(where)).device(like.device(where)), where);
}

Tensor ones_like(const Tensor &like, Location where) {
  return ones(like.sizes(where), Options(like.dtype(where)).device(like.device(where)), where);
}

Tensor full_like(const Tensor &like, Number value, Location where) {
  return full(like.sizes(where), value, Options(like.dtype(where)).device(like.device(where)),
              where);
}

static Tensor spaced(const char *op, double start, double end, int64_t steps, double base,
                     const Options &options, Location where) {
  if (steps < 0)
    fail(where, "number of steps must be non-negative");
  Dtype dtype = options.dtypeOption.value_or(f32);
  if (dtype == boolean)
    fail(where, "\"" + std::string(op) + "_cpu\" not implemented for 'Bool'");
  Attributes attributes = {{"start", detail::numberText(start, where)},
                           {"end", detail::numberText(end, where)},
                           {"steps", std::to_string(steps)}};
  if (base != 0)
    attributes.emplace_back("base", detail::numberText(base, where));
  if (dtype != f32)
    addDtype(attributes, dtype);
  return create(op, std::move(attributes), {steps}, f32, options, Effect::pure, where);
}

Tensor linspace(double start, double end, int64_t steps, const Options &options, Location where) {
  return spaced("linspace", start, end, steps, 0, options, where);
}
Tensor logspace(double start, double end, int64_t steps, double base, const Options &options,
                Location where) {
  return spaced("logspace", start, end, steps, base, options, where);
}

Tensor eye(int64_t n, std::optional<int64_t> m, const Options &options, Location where) {
  int64_t columns = m.value_or(n);
  if (n < 0 || columns < 0)
    fail(where, std::string(n < 0 ? "n" : "m") + " must be greater or equal to 0, got " +
                    std::to_string(n < 0 ? n : columns));
  Attributes attributes = {{"n", std::to_string(n)}, {"m", std::to_string(columns)}};
  if (options.dtypeOption.value_or(f32) != f32)
    addDtype(attributes, *options.dtypeOption);
  return create("eye", std::move(attributes), {n, columns}, f32, options, Effect::pure, where);
}

static int64_t arangeLength(const Number &start, const Number &end, const Number &step,
                            bool isWhole, Location where) {
  if (step.floating == 0)
    fail(where, "step must be nonzero");
  if (!std::isfinite(start.floating) || !std::isfinite(end.floating) ||
      !std::isfinite(step.floating))
    fail(where, "unsupported range of arange: infinity or NaN");
  double span = end.floating - start.floating;
  if (span != 0 && (span > 0) != (step.floating > 0))
    fail(where, "upper bound and lower bound inconsistent with step sign");
  double length = std::ceil(span / step.floating);
  if (length > 9e15)
    fail(where, "invalid size, possible overflow?");
  if (!isWhole)
    return static_cast<int64_t>(length);
  int64_t distance = end.integer - start.integer, sign = step.integer > 0 ? 1 : -1;
  return (distance + step.integer - sign) / step.integer;
}

Tensor arange(Number start, Number end, Number step, const Options &options, Location where) {
  bool isWhole = true;
  for (const Number &number : {start, end, step})
    isWhole &= number.kind != Number::Kind::floating;
  Dtype natural = isWhole ? i64 : f32;
  Dtype dtype = options.dtypeOption.value_or(natural);
  if (dtype == boolean)
    fail(where, "\"arange_cpu\" not implemented for 'Bool'");
  Attributes attributes = {{"start", detail::numberText(start, where)},
                           {"end", detail::numberText(end, where)},
                           {"step", detail::numberText(step, where)}};
  addDtype(attributes, dtype);
  int64_t length = arangeLength(start, end, step, isWhole, where);
  return create("arange", std::move(attributes), {length}, natural, options, Effect::pure, where);
}

Tensor arange(Number start, Number end, const Options &options, Location where) {
  return arange(start, end, 1, options, where);
}

Tensor arange(Number end, const Options &options, Location where) {
  return arange(0, end, 1, options, where);
}

Tensor load(const std::string &file, const std::string &key, const Shape &shape,
            const Options &options, Location where) {
  detail::Type type{options.dtypeOption.value_or(f32), shape};
  // The reader of the graph checks what the file holds against the type.
  Attributes attributes = {{"file", detail::quoted(file)},
                           {"key", detail::quoted(key)},
                           {"type", detail::quoted(detail::typeText(type))}};
  return create("load", std::move(attributes), shape, f32, options, Effect::fixed, where);
}

void manual_seed(int64_t seed, Location where) {
  Context::get(where).append("manual_seed", {}, {{"value", std::to_string(seed)}}, Effect::fixed,
                             where);
}

static void checkFloatDraw(const char *kernel, const Options &options, Location where) {
  Dtype dtype = options.dtypeOption.value_or(f32);
  if (!detail::isFloat(dtype))
    fail(where,
         std::string("\"") + kernel + "\" not implemented for '" + detail::torchName(dtype) + "'");
}

Tensor randn(const Shape &shape, const Options &options, Location where) {
  checkFloatDraw("normal_kernel_cpu", options, where);
  return create("randn", shaped(shape, options), shape, f32, options, Effect::fixed, where);
}

Tensor rand(const Shape &shape, const Options &options, Location where) {
  checkFloatDraw("check_uniform_bounds", options, where);
  return create("rand", shaped(shape, options), shape, f32, options, Effect::fixed, where);
}

// The graph draws i64; another dtype is a cast of it.
static Tensor drawWhole(const char *op, Attributes attributes, const Shape &shape,
                        const Options &options, Location where) {
  Options drawn = Options(i64).device(options.deviceOption);
  Tensor result = create(op, std::move(attributes), shape, i64, drawn, Effect::fixed, where);
  result = result.to(options.dtypeOption.value_or(i64), where);
  return options.requiresGradOption ? result.requires_grad_(true, where) : result;
}

Tensor randint(int64_t low, int64_t high, const Shape &shape, const Options &options,
               Location where) {
  if (low >= high)
    fail(where, "random_ expects 'from' to be less than 'to', but got from=" + std::to_string(low) +
                    " >= to=" + std::to_string(high));
  Attributes attributes = {{"low", std::to_string(low)},
                           {"high", std::to_string(high)},
                           {"shape", detail::listText(shape)}};
  return drawWhole("randint", std::move(attributes), shape, options, where);
}

Tensor randint(int64_t high, const Shape &shape, const Options &options, Location where) {
  return randint(0, high, shape, options, where);
}

Tensor randperm(int64_t n, const Options &options, Location where) {
  return drawWhole("randperm", {{"n", std::to_string(n)}}, {n}, options, where);
}

} // namespace gradc
