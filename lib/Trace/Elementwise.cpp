// Elementwise.cpp - unary and binary ops, comparisons, where, and the in-place writes.
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
using detail::Operand;
using detail::Resolved;
using detail::Type;
using detail::ValueRef;

static const char *const negatedBool =
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a "
    "mask, use the `~` or `logical_not()` operator instead.";

namespace {
/// Which dtype an elementwise op has from the promoted dtype of its operands.
enum class Rule { same, floating, boolean, noBool };
} // namespace

static void refuseBool(const std::string &op, Location where) {
  if (op == "neg")
    fail(where, negatedBool);
  if (op == "relu")
    fail(where, "Boolean inputs not supported for relu");
  fail(where, "\"" + op + "\" not implemented for 'Bool'");
}

static Dtype applyRule(Rule rule, Dtype dtype, const char *op, Location where) {
  if (rule == Rule::boolean)
    return Dtype::boolean;
  if (rule == Rule::floating)
    return detail::isFloat(dtype) ? dtype : Dtype::f32;
  if (rule == Rule::noBool && dtype == Dtype::boolean)
    refuseBool(op, where);
  return dtype;
}

static Tensor unary(const char *op, Rule rule, const Tensor &x, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where);
  Dtype dtype = applyRule(rule, value->type.dtype, op, where);
  return Access::make(
      context.compute(op, {value}, {}, {dtype, value->type.shape}, value->device, where));
}

static void checkSub(const Resolved &a, const Resolved &b, Location where) {
  bool boolA = a.type.dtype == Dtype::boolean, boolB = b.type.dtype == Dtype::boolean;
  if (boolA && boolB)
    fail(where, "Subtraction, the `-` operator, with two bool tensors is not supported. Use the "
                "`^` or `logical_xor()` operator instead.");
  if (boolA || boolB)
    fail(where, "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
                "trying to invert a mask, use the `~` or `logical_not()` operator instead.");
}

static void checkPow(const Resolved &base, const Resolved &exponent, Location where) {
  bool isWhole = !detail::isFloat(base.type.dtype) && exponent.number &&
                 exponent.number->kind == Number::Kind::integer;
  if (isWhole && exponent.number->integer < 0)
    fail(where, "Integers to negative integer powers are not allowed.");
  if (!base.isNumber && !exponent.isNumber && base.type.dtype == Dtype::boolean &&
      exponent.type.dtype == Dtype::boolean)
    fail(where, "\"pow\" not implemented for 'Bool'");
}

static void checkOperands(const std::string &op, const Resolved &a, const Resolved &b) {
  if (a.isNumber && b.isNumber)
    fail(a.where, op + ": one of the operands must be a tensor");
  if (op == "sub")
    checkSub(a, b, a.where);
  if (op == "pow")
    checkPow(a, b, a.where);
}

static Tensor binary(const char *op, Rule rule, const Arg &argA, const Arg &argB) {
  Location where = argA.where;
  Context &context = Context::get(where);
  Resolved a = context.resolve(argA), b = context.resolve(argB);
  checkOperands(op, a, b);
  Shape shape = detail::broadcast(a.type.shape, b.type.shape, where);
  Dtype dtype = applyRule(rule, detail::resultType({a, b}), op, where);
  Device device = detail::commonDevice({a, b}, where);
  return Access::make(
      context.compute(op, {a.operand, b.operand}, {}, {dtype, shape}, device, where));
}

// A method's operand carries the line; the tensor itself has none.
static Arg self(const Tensor &tensor, const Arg &other) { return Arg(tensor, other.where); }

#define GRADC_UNARY(NAME, RULE)                                                                    \
  Tensor NAME(const Tensor &x, Location where) { return unary(#NAME, RULE, x, where); }            \
  Tensor Tensor::NAME(Location where) const { return unary(#NAME, RULE, *this, where); }
GRADC_UNARY(neg, Rule::noBool)
GRADC_UNARY(exp, Rule::floating)
GRADC_UNARY(log, Rule::floating)
GRADC_UNARY(sqrt, Rule::floating)
GRADC_UNARY(tanh, Rule::floating)
GRADC_UNARY(sigmoid, Rule::floating)
GRADC_UNARY(relu, Rule::noBool)
GRADC_UNARY(abs, Rule::noBool)
GRADC_UNARY(sin, Rule::floating)
GRADC_UNARY(cos, Rule::floating)
GRADC_UNARY(reciprocal, Rule::floating)
GRADC_UNARY(logical_not, Rule::boolean)
#undef GRADC_UNARY

#define GRADC_BINARY(NAME, RULE)                                                                   \
  Tensor NAME(const Arg &a, const Arg &b) { return binary(#NAME, RULE, a, b); }                    \
  Tensor Tensor::NAME(const Arg &b) const { return binary(#NAME, RULE, self(*this, b), b); }
GRADC_BINARY(add, Rule::same)
GRADC_BINARY(sub, Rule::same)
GRADC_BINARY(mul, Rule::same)
GRADC_BINARY(div, Rule::floating)
GRADC_BINARY(pow, Rule::same)
GRADC_BINARY(maximum, Rule::same)
GRADC_BINARY(minimum, Rule::same)
GRADC_BINARY(eq, Rule::boolean)
GRADC_BINARY(ne, Rule::boolean)
GRADC_BINARY(lt, Rule::boolean)
GRADC_BINARY(le, Rule::boolean)
GRADC_BINARY(gt, Rule::boolean)
GRADC_BINARY(ge, Rule::boolean)
GRADC_BINARY(logical_and, Rule::boolean)
GRADC_BINARY(logical_or, Rule::boolean)
#undef GRADC_BINARY

Tensor operator+(const Arg &a, const Arg &b) { return binary("add", Rule::same, a, b); }
Tensor operator-(const Arg &a, const Arg &b) { return binary("sub", Rule::same, a, b); }
Tensor operator*(const Arg &a, const Arg &b) { return binary("mul", Rule::same, a, b); }
Tensor operator/(const Arg &a, const Arg &b) { return binary("div", Rule::floating, a, b); }
Tensor operator==(const Arg &a, const Arg &b) { return binary("eq", Rule::boolean, a, b); }
Tensor operator!=(const Arg &a, const Arg &b) { return binary("ne", Rule::boolean, a, b); }
Tensor operator<(const Arg &a, const Arg &b) { return binary("lt", Rule::boolean, a, b); }
Tensor operator<=(const Arg &a, const Arg &b) { return binary("le", Rule::boolean, a, b); }
Tensor operator>(const Arg &a, const Arg &b) { return binary("gt", Rule::boolean, a, b); }
Tensor operator>=(const Arg &a, const Arg &b) { return binary("ge", Rule::boolean, a, b); }

Tensor operator-(const Arg &a) {
  if (!a.tensor)
    fail(a.where, "neg: the operand must be a tensor");
  return unary("neg", Rule::noBool, *a.tensor, a.where);
}

static Location lineOf(const Tensor &tensor) {
  const ValueRef &value = Access::value(tensor);
  return value ? value->where : Location();
}

Tensor operator&&(const Tensor &a, const Tensor &b) {
  return binary("logical_and", Rule::boolean, Arg(a, lineOf(a)), Arg(b, lineOf(b)));
}
Tensor operator||(const Tensor &a, const Tensor &b) {
  return binary("logical_or", Rule::boolean, Arg(a, lineOf(a)), Arg(b, lineOf(b)));
}
Tensor operator!(const Tensor &a) { return unary("logical_not", Rule::boolean, a, lineOf(a)); }

Tensor where(const Tensor &condition, const Arg &argA, const Arg &argB) {
  Location where = argA.where;
  Context &context = Context::get(where);
  Resolved cond = context.resolve(Arg(condition, where));
  Resolved a = context.resolve(argA), b = context.resolve(argB);
  if (cond.type.dtype != Dtype::boolean)
    fail(where, std::string("where expected condition to be a boolean tensor, but got a tensor "
                            "with dtype ") +
                    detail::torchName(cond.type.dtype));
  Shape values = detail::broadcast(a.type.shape, b.type.shape, where);
  Type type{detail::resultType({a, b}), detail::broadcast(cond.type.shape, values, where)};
  Device device = detail::commonDevice({cond, a, b}, where);
  return Access::make(
      context.compute("where", {cond.operand, a.operand, b.operand}, {}, type, device, where));
}

Tensor Tensor::where(const Tensor &condition, const Arg &other) const {
  return gradc::where(condition, self(*this, other), other);
}

static void checkSameShape(const Shape &target, const Shape &broadcast, Location where) {
  if (broadcast != target)
    fail(where, "output with shape " + detail::shapeText(target) +
                    " doesn't match the broadcast shape " + detail::shapeText(broadcast));
}

static void writeBinary(const char *op, Rule rule, const Tensor &target, const Arg &arg) {
  Location where = arg.where;
  Context &context = Context::get(where);
  Resolved a = context.resolve(self(target, arg)), b = context.resolve(arg);
  checkOperands(std::string(op, 3), a, b);
  checkSameShape(a.type.shape, detail::broadcast(a.type.shape, b.type.shape, where), where);
  Dtype dtype = applyRule(rule, detail::resultType({a, b}), op, where);
  detail::checkCanCast(dtype, a.type.dtype, where);
  detail::commonDevice({a, b}, where);
  context.write(op, a.value, {b.operand}, {}, where);
}

static void writeUnary(const char *op, Rule rule, const Tensor &target, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(target, where);
  std::string name(op);
  name.pop_back();
  Dtype dtype = applyRule(rule, value->type.dtype, name.c_str(), where);
  detail::checkCanCast(dtype, value->type.dtype, where);
  context.write(op, value, {}, {}, where);
}

#define GRADC_WRITE_BINARY(NAME, OPERATOR, RULE)                                                   \
  Tensor Tensor::NAME(const Arg &other) const {                                                    \
    writeBinary(#NAME, RULE, *this, other);                                                        \
    return *this;                                                                                  \
  }                                                                                                \
  const Tensor &Tensor::OPERATOR(const Arg &other) const {                                         \
    writeBinary(#NAME, RULE, *this, other);                                                        \
    return *this;                                                                                  \
  }
GRADC_WRITE_BINARY(add_, operator+=, Rule::same)
GRADC_WRITE_BINARY(sub_, operator-=, Rule::same)
GRADC_WRITE_BINARY(mul_, operator*=, Rule::same)
GRADC_WRITE_BINARY(div_, operator/=, Rule::floating)
#undef GRADC_WRITE_BINARY

#define GRADC_WRITE_UNARY(NAME, RULE)                                                              \
  Tensor Tensor::NAME(Location where) const {                                                      \
    writeUnary(#NAME, RULE, *this, where);                                                         \
    return *this;                                                                                  \
  }
GRADC_WRITE_UNARY(zero_, Rule::same)
GRADC_WRITE_UNARY(neg_, Rule::noBool)
GRADC_WRITE_UNARY(exp_, Rule::floating)
GRADC_WRITE_UNARY(sqrt_, Rule::floating)
GRADC_WRITE_UNARY(tanh_, Rule::floating)
GRADC_WRITE_UNARY(sigmoid_, Rule::floating)
GRADC_WRITE_UNARY(relu_, Rule::noBool)
#undef GRADC_WRITE_UNARY

Tensor Tensor::copy_(const Tensor &source, Location where) const {
  Context &context = Context::get(where);
  ValueRef target = context.use(*this, where), from = context.use(source, where);
  checkSameShape(target->type.shape, detail::broadcast(target->type.shape, from->type.shape, where),
                 where);
  context.write("copy_", target, {from}, {}, where);
  return *this;
}

Tensor Tensor::fill_(const Arg &value) const {
  Context &context = Context::get(value.where);
  ValueRef target = context.use(*this, value.where);
  Resolved from = context.resolve(value);
  if (!from.type.shape.empty())
    fail(value.where, "fill_ only supports 0-dimension value tensor but got tensor with " +
                          std::to_string(from.type.shape.size()) + " dimensions.");
  context.write("fill_", target, {from.operand}, {}, value.where);
  return *this;
}

} // namespace gradc
