// Math.cpp - the elementwise mathematics of the trace API beyond Elementwise.cpp.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/Math.h"
#include "Graph.h"
#include "Infer.h"
#include "Text.h"

namespace gradc {

using detail::Access;
using detail::Attributes;
using detail::Context;
using detail::fail;
using detail::Resolved;
using detail::ValueRef;

namespace {
/// Which dtype an op has from the promoted dtype of its operands: the same; a float in any case; a
/// bool; the same, and it must be a float, or an integer or bool; f64.
enum class Rule { same, floating, boolean, onlyFloat, onlyInteger, wide };
} // namespace

static Dtype applyRule(Rule rule, Dtype dtype, const char *op, Location where) {
  bool isFloat = detail::isFloat(dtype);
  if (rule == Rule::boolean)
    return Dtype::boolean;
  if (rule == Rule::wide)
    return Dtype::f64;
  if (rule == Rule::floating)
    return isFloat ? dtype : Dtype::f32;
  if ((rule == Rule::onlyFloat && !isFloat) || (rule == Rule::onlyInteger && isFloat))
    fail(where,
         "\"" + std::string(op) + "\" not implemented for '" + detail::torchName(dtype) + "'");
  return dtype;
}

/// `promoted` is x's dtype where it is not given.
static Tensor unary(const char *op, Rule rule, const Tensor &x, Location where,
                    Attributes attributes = {}, std::optional<Dtype> promoted = {}) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where);
  Dtype dtype = applyRule(rule, promoted.value_or(value->type.dtype), op, where);
  return Access::make(context.compute(op, {value}, std::move(attributes),
                                      {dtype, value->type.shape}, value->device, where));
}

static Tensor several(const char *op, Rule rule, std::initializer_list<const Arg *> args,
                      Attributes attributes = {}) {
  Location where = (*args.begin())->where;
  Context &context = Context::get(where);
  std::vector<Resolved> operands;
  std::vector<detail::Operand> inputs;
  Shape shape;
  bool hasTensor = false;
  for (const Arg *arg : args) {
    operands.push_back(context.resolve(*arg));
    inputs.push_back(operands.back().operand);
    shape = detail::broadcast(shape, operands.back().type.shape, where);
    hasTensor |= !operands.back().isNumber;
  }
  if (!hasTensor)
    fail(where, std::string(op) + ": one of the operands must be a tensor");
  Dtype dtype = applyRule(rule, detail::resultType(operands), op, where);
  Device device = detail::commonDevice(operands, where);
  return Access::make(
      context.compute(op, std::move(inputs), std::move(attributes), {dtype, shape}, device, where));
}

/// Writes what an op makes of the target and `rest` into the target.
static Tensor write(const char *op, Rule rule, const Tensor &target,
                    std::initializer_list<const Arg *> rest, Attributes attributes,
                    Location where) {
  Context &context = Context::get(where);
  std::vector<Resolved> operands{context.resolve(Arg(target, where))};
  std::vector<detail::Operand> inputs;
  Shape shape = operands[0].type.shape;
  for (const Arg *arg : rest) {
    operands.push_back(context.resolve(*arg));
    inputs.push_back(operands.back().operand);
    shape = detail::broadcast(shape, operands.back().type.shape, where);
  }
  const detail::Type &type = operands[0].type;
  if (shape != type.shape)
    fail(where, "output with shape " + detail::shapeText(type.shape) +
                    " doesn't match the broadcast shape " + detail::shapeText(shape));
  detail::checkCanCast(applyRule(rule, detail::resultType(operands), op, where), type.dtype, where);
  detail::commonDevice(operands, where);
  context.write(op, operands[0].value, std::move(inputs), std::move(attributes), where);
  return target;
}

static std::string text(double value, Location where) { return detail::numberText(value, where); }

#define GRADC_WRITE(NAME, RULE)                                                                    \
  Tensor Tensor::NAME(Location where) const { return write(#NAME, RULE, *this, {}, {}, where); }
#define GRADC_PURE(NAME, RULE)                                                                     \
  Tensor NAME(const Tensor &x, Location where) { return unary(#NAME, RULE, x, where); }
#define GRADC_UNARY(NAME, RULE) GRADC_PURE(NAME, RULE) GRADC_WRITE(NAME##_, RULE)
GRADC_UNARY(floor, Rule::same)
GRADC_UNARY(ceil, Rule::same)
GRADC_UNARY(trunc, Rule::same)
GRADC_UNARY(frac, Rule::onlyFloat)
GRADC_UNARY(exp2, Rule::floating)
GRADC_UNARY(expm1, Rule::floating)
GRADC_UNARY(log2, Rule::floating)
GRADC_UNARY(log10, Rule::floating)
GRADC_UNARY(log1p, Rule::floating)
GRADC_UNARY(rsqrt, Rule::floating)
GRADC_UNARY(square, Rule::same)
GRADC_UNARY(tan, Rule::floating)
GRADC_UNARY(asin, Rule::floating)
GRADC_UNARY(acos, Rule::floating)
GRADC_UNARY(atan, Rule::floating)
GRADC_UNARY(sinh, Rule::floating)
GRADC_UNARY(cosh, Rule::floating)
GRADC_UNARY(asinh, Rule::floating)
GRADC_UNARY(acosh, Rule::floating)
GRADC_UNARY(atanh, Rule::floating)
GRADC_UNARY(sinc, Rule::floating)
GRADC_UNARY(deg2rad, Rule::floating)
GRADC_UNARY(rad2deg, Rule::floating)
GRADC_UNARY(erf, Rule::floating)
GRADC_UNARY(erfc, Rule::floating)
GRADC_UNARY(erfinv, Rule::floating)
GRADC_UNARY(lgamma, Rule::floating)
GRADC_UNARY(digamma, Rule::floating)
GRADC_UNARY(sign, Rule::same)
GRADC_PURE(positive, Rule::same)
GRADC_PURE(signbit, Rule::boolean)
GRADC_PURE(isnan, Rule::boolean)
GRADC_PURE(isinf, Rule::boolean)
GRADC_PURE(isfinite, Rule::boolean)
GRADC_PURE(isposinf, Rule::boolean)
GRADC_PURE(isneginf, Rule::boolean)
GRADC_UNARY(bitwise_not, Rule::onlyInteger)
GRADC_WRITE(abs_, Rule::same)
GRADC_WRITE(log_, Rule::floating)
GRADC_WRITE(sin_, Rule::floating)
GRADC_WRITE(cos_, Rule::floating)
GRADC_WRITE(reciprocal_, Rule::floating)
GRADC_WRITE(logical_not_, Rule::boolean)
GRADC_WRITE(relu6_, Rule::same)
GRADC_WRITE(selu_, Rule::onlyFloat)
GRADC_WRITE(silu_, Rule::onlyFloat)
GRADC_WRITE(mish_, Rule::onlyFloat)
GRADC_WRITE(hardswish_, Rule::onlyFloat)
GRADC_WRITE(hardsigmoid_, Rule::onlyFloat)
#undef GRADC_UNARY
#undef GRADC_PURE
#undef GRADC_WRITE

Tensor round(const Tensor &x, int64_t decimals, Location where) {
  return unary("round", Rule::same, x, where, {{"decimals", std::to_string(decimals)}});
}
Tensor logit(const Tensor &x, double eps, Location where) {
  return unary("logit", Rule::floating, x, where, {{"eps", text(eps, where)}});
}
Tensor polygamma(int64_t n, const Tensor &x, Location where) {
  return unary("polygamma", Rule::floating, x, where, {{"n", std::to_string(n)}});
}
Tensor nan_to_num(const Tensor &x, double nan, std::optional<double> posinf,
                  std::optional<double> neginf, Location where) {
  Attributes attributes{{"nan", text(nan, where)}};
  if (posinf)
    attributes.emplace_back("posinf", text(*posinf, where));
  if (neginf)
    attributes.emplace_back("neginf", text(*neginf, where));
  return unary("nan_to_num", Rule::same, x, where, std::move(attributes));
}
#define GRADC_WRITE(NAME, RULE)                                                                    \
  Tensor Tensor::NAME(const Arg &b) const { return write(#NAME, RULE, *this, {&b}, {}, b.where); }
#define GRADC_PURE(NAME, RULE)                                                                     \
  Tensor NAME(const Arg &a, const Arg &b) { return several(#NAME, RULE, {&a, &b}); }
#define GRADC_BINARY(NAME, RULE) GRADC_PURE(NAME, RULE) GRADC_WRITE(NAME##_, RULE)
GRADC_BINARY(fmod, Rule::same)
GRADC_BINARY(remainder, Rule::same)
GRADC_BINARY(floor_divide, Rule::same)
GRADC_BINARY(atan2, Rule::floating)
GRADC_BINARY(hypot, Rule::onlyFloat)
GRADC_BINARY(copysign, Rule::floating)
GRADC_PURE(fmax, Rule::same)
GRADC_PURE(fmin, Rule::same)
GRADC_BINARY(xlogy, Rule::floating)
GRADC_BINARY(xlog1py, Rule::floating)
GRADC_PURE(logaddexp, Rule::onlyFloat)
GRADC_PURE(logaddexp2, Rule::onlyFloat)
GRADC_BINARY(ldexp, Rule::floating)
GRADC_BINARY(heaviside, Rule::same)
GRADC_BINARY(nextafter, Rule::onlyFloat)
GRADC_BINARY(gcd, Rule::onlyInteger)
GRADC_BINARY(lcm, Rule::onlyInteger)
GRADC_BINARY(clamp_min, Rule::same)
GRADC_BINARY(clamp_max, Rule::same)
GRADC_BINARY(logical_xor, Rule::boolean)
GRADC_BINARY(bitwise_and, Rule::onlyInteger)
GRADC_BINARY(bitwise_or, Rule::onlyInteger)
GRADC_BINARY(bitwise_xor, Rule::onlyInteger)
GRADC_BINARY(bitwise_left_shift, Rule::onlyInteger)
GRADC_BINARY(bitwise_right_shift, Rule::onlyInteger)
GRADC_BINARY(float_power, Rule::wide)
GRADC_WRITE(pow_, Rule::same)
GRADC_WRITE(maximum_, Rule::same)
GRADC_WRITE(minimum_, Rule::same)
GRADC_WRITE(logical_and_, Rule::boolean)
GRADC_WRITE(logical_or_, Rule::boolean)
GRADC_WRITE(eq_, Rule::boolean)
GRADC_WRITE(ne_, Rule::boolean)
GRADC_WRITE(lt_, Rule::boolean)
GRADC_WRITE(le_, Rule::boolean)
GRADC_WRITE(gt_, Rule::boolean)
GRADC_WRITE(ge_, Rule::boolean)
#undef GRADC_BINARY
#undef GRADC_PURE
#undef GRADC_WRITE

Tensor div(const Arg &a, const Arg &b, const char *rounding_mode) {
  return several("div", Rule::same, {&a, &b},
                 {{"rounding_mode", "\"" + std::string(rounding_mode) + "\""}});
}
Tensor isclose(const Arg &a, const Arg &b, double rtol, double atol, bool equal_nan) {
  return several("isclose", Rule::boolean, {&a, &b},
                 {{"rtol", text(rtol, a.where)},
                  {"atol", text(atol, a.where)},
                  {"equal_nan", equal_nan ? "true" : "false"}});
}
Tensor rsub(const Arg &x, const Arg &other, double alpha) {
  return several("rsub", Rule::same, {&x, &other}, {{"alpha", text(alpha, x.where)}});
}

/// The dtype between numbers; notes them.
static Dtype clampType(const Tensor &x, const std::optional<Number> &min,
                       const std::optional<Number> &max, Attributes &attributes, Location where) {
  if (!min && !max)
    fail(where, "torch.clamp: At least one of 'min' or 'max' must not be None");
  std::vector<Resolved> operands{Context::get(where).resolve(Arg(x, where))};
  const std::pair<const char *, const std::optional<Number> *> bounds[] = {{"min", &min},
                                                                           {"max", &max}};
  for (const auto &[name, bound] : bounds) {
    if (!*bound)
      continue;
    Resolved number;
    number.isNumber = true;
    number.type.dtype = detail::dtypeOf(**bound);
    operands.push_back(number);
    attributes.emplace_back(name, detail::numberText(**bound, where));
  }
  return detail::resultType(operands);
}

Tensor clamp(const Tensor &x, std::optional<Number> min, std::optional<Number> max,
             Location where) {
  Attributes attributes;
  Dtype dtype = clampType(x, min, max, attributes, where);
  return unary("clamp", Rule::same, x, where, std::move(attributes), dtype);
}
Tensor clamp(const Tensor &x, const Tensor &min, const Tensor &max, Location where) {
  Arg value(x, where), low(min, where), high(max, where);
  return several("clamp", Rule::same, {&value, &low, &high});
}
Tensor lerp(const Arg &start, const Arg &end, const Arg &weight) {
  return several("lerp", Rule::onlyFloat, {&start, &end, &weight});
}
Tensor addcmul(const Arg &x, const Arg &a, const Arg &b, double value) {
  return several("addcmul", Rule::same, {&x, &a, &b}, {{"value", text(value, x.where)}});
}
Tensor addcdiv(const Arg &x, const Arg &a, const Arg &b, double value) {
  return several("addcdiv", Rule::onlyFloat, {&x, &a, &b}, {{"value", text(value, x.where)}});
}

//===-- In place ------------------------------------------------------------------------------===//

Tensor Tensor::round_(int64_t decimals, Location where) const {
  return write("round_", Rule::same, *this, {}, {{"decimals", std::to_string(decimals)}}, where);
}
Tensor Tensor::logit_(double eps, Location where) const {
  return write("logit_", Rule::floating, *this, {}, {{"eps", text(eps, where)}}, where);
}
Tensor Tensor::polygamma_(int64_t n, Location where) const {
  return write("polygamma_", Rule::floating, *this, {}, {{"n", std::to_string(n)}}, where);
}
Tensor Tensor::nan_to_num_(double nan, Location where) const {
  return write("nan_to_num_", Rule::same, *this, {}, {{"nan", text(nan, where)}}, where);
}
Tensor Tensor::leaky_relu_(double slope, Location where) const {
  return write("leaky_relu_", Rule::onlyFloat, *this, {}, {{"negative_slope", text(slope, where)}},
               where);
}
Tensor Tensor::elu_(double alpha, Location where) const {
  return write("elu_", Rule::onlyFloat, *this, {}, {{"alpha", text(alpha, where)}}, where);
}
Tensor Tensor::celu_(double alpha, Location where) const {
  return write("celu_", Rule::onlyFloat, *this, {}, {{"alpha", text(alpha, where)}}, where);
}
Tensor Tensor::gelu_(const char *approximate, Location where) const {
  return write("gelu_", Rule::onlyFloat, *this, {}, {{"approximate", detail::quoted(approximate)}},
               where);
}
Tensor Tensor::hardtanh_(double min_val, double max_val, Location where) const {
  return write("hardtanh_", Rule::same, *this, {},
               {{"min_val", text(min_val, where)}, {"max_val", text(max_val, where)}}, where);
}
Tensor Tensor::threshold_(double threshold, double value, Location where) const {
  return write("threshold_", Rule::same, *this, {},
               {{"threshold", text(threshold, where)}, {"value", text(value, where)}}, where);
}
Tensor Tensor::clamp_(std::optional<Number> min, std::optional<Number> max, Location where) const {
  Attributes attributes;
  Dtype dtype = clampType(*this, min, max, attributes, where);
  detail::checkCanCast(dtype, this->dtype(where), where);
  return write("clamp_", Rule::same, *this, {}, std::move(attributes), where);
}
Tensor Tensor::lerp_(const Arg &end, const Arg &weight) const {
  return write("lerp_", Rule::onlyFloat, *this, {&end, &weight}, {}, end.where);
}
Tensor Tensor::addcmul_(const Arg &a, const Arg &b, double value) const {
  return write("addcmul_", Rule::same, *this, {&a, &b}, {{"value", text(value, a.where)}}, a.where);
}
Tensor Tensor::addcdiv_(const Arg &a, const Arg &b, double value) const {
  return write("addcdiv_", Rule::onlyFloat, *this, {&a, &b}, {{"value", text(value, a.where)}},
               a.where);
}

namespace nn::functional {

#define GRADC_UNARY(NAME, RULE)                                                                    \
  Tensor NAME(const Tensor &x, Location where) { return unary(#NAME, RULE, x, where); }
GRADC_UNARY(relu6, Rule::same)
GRADC_UNARY(selu, Rule::onlyFloat)
GRADC_UNARY(silu, Rule::onlyFloat)
GRADC_UNARY(mish, Rule::onlyFloat)
GRADC_UNARY(hardswish, Rule::onlyFloat)
GRADC_UNARY(hardsigmoid, Rule::onlyFloat)
GRADC_UNARY(tanhshrink, Rule::floating)
GRADC_UNARY(softsign, Rule::floating)
GRADC_UNARY(logsigmoid, Rule::onlyFloat)
#undef GRADC_UNARY

Tensor gelu(const Tensor &x, const char *approximate, Location where) {
  std::string kind(approximate);
  if (kind != "none" && kind != "tanh")
    fail(where, "approximate argument must be either none or tanh.");
  return unary("gelu", Rule::onlyFloat, x, where, {{"approximate", "\"" + kind + "\""}});
}
Tensor leaky_relu(const Tensor &x, double slope, Location where) {
  return unary("leaky_relu", Rule::onlyFloat, x, where, {{"negative_slope", text(slope, where)}});
}
Tensor elu(const Tensor &x, double alpha, Location where) {
  return unary("elu", Rule::onlyFloat, x, where, {{"alpha", text(alpha, where)}});
}
Tensor celu(const Tensor &x, double alpha, Location where) {
  return unary("celu", Rule::onlyFloat, x, where, {{"alpha", text(alpha, where)}});
}
Tensor softplus(const Tensor &x, double beta, double threshold, Location where) {
  return unary("softplus", Rule::onlyFloat, x, where,
               {{"beta", text(beta, where)}, {"threshold", text(threshold, where)}});
}
Tensor hardtanh(const Tensor &x, double min_val, double max_val, Location where) {
  return unary("hardtanh", Rule::same, x, where,
               {{"min_val", text(min_val, where)}, {"max_val", text(max_val, where)}});
}
Tensor hardshrink(const Tensor &x, double lambd, Location where) {
  return unary("hardshrink", Rule::onlyFloat, x, where, {{"lambd", text(lambd, where)}});
}
Tensor softshrink(const Tensor &x, double lambd, Location where) {
  return unary("softshrink", Rule::onlyFloat, x, where, {{"lambd", text(lambd, where)}});
}
Tensor threshold(const Tensor &x, double threshold, double value, Location where) {
  return unary("threshold", Rule::same, x, where,
               {{"threshold", text(threshold, where)}, {"value", text(value, where)}});
}

Tensor glu(const Tensor &x, int64_t dim, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where);
  Shape shape = value->type.shape;
  if (shape.empty())
    fail(where, "glu does not support 0-dimensional tensors");
  int64_t at = detail::wrapDim(dim, int64_t(shape.size()), where);
  if (shape[at] % 2)
    fail(where, "Halving dimension must be even, but dimension " + std::to_string(at) +
                    " is size " + std::to_string(shape[at]));
  shape[at] /= 2;
  Dtype dtype = applyRule(Rule::onlyFloat, value->type.dtype, "glu", where);
  return Access::make(context.compute("glu", {value}, {{"dim", std::to_string(at)}}, {dtype, shape},
                                      value->device, where));
}

Tensor prelu(const Tensor &x, const Tensor &weight, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where), slope = context.use(weight, where);
  const Shape &shape = value->type.shape;
  int64_t channels = shape.size() < 2 ? 1 : shape[1], count = detail::numelOf(slope->type.shape);
  if (count != 1 && count != channels)
    fail(where, "Mismatch of parameter numbers and input channel size. Found parameter numbers = " +
                    std::to_string(count) + " and channel size = " + std::to_string(channels) +
                    ".");
  return Access::make(
      context.compute("prelu", {value, slope}, {}, value->type, value->device, where));
}

} // namespace nn::functional
} // namespace gradc
