// MathRules.cpp - elementwise mathematics and products with arguments of their own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rules.h"
#include <cmath>

using namespace mlir;
namespace gradc::pt2 {

/// x + alpha y, x - alpha y.
static Json addScaled(Aten &call) {
  StringRef base = call.schema.base();
  StringRef op = base.starts_with("add") ? "add" : "sub";
  Json other = call.operand("other");
  if (call.has("alpha") && call.numberOf("alpha") != 1)
    other = makeNode("mul", {std::move(other), call.attribute("alpha")});
  return makeNode(call.named(op), {call.operand("self"), std::move(other)});
}

static Json clamp(Aten &call) {
  bool low = call.has("min"), high = call.has("max");
  Json self = call.operand("self");
  auto isTensor = [&](StringRef name) { return call.find(name)->kind == Argument::Kind::tensor; };
  if ((low && isTensor("min")) || (high && isTensor("max"))) {
    if (low && high)
      return makeNode(call.named("clamp"), {self, call.operand("min"), call.operand("max")});
    return makeNode(call.named(low ? "clamp_min" : "clamp_max"),
                    {self, call.operand(low ? "min" : "max")});
  }
  Json node = makeNode(call.named("clamp"), {self});
  if (low)
    set(node, "min", call.attribute("min"));
  if (high)
    set(node, "max", call.attribute("max"));
  return node;
}

/// log of the multivariate gamma function.
static Json mvlgamma(Aten &call) {
  int64_t p = call.integerOf("p");
  Json self = call.operand("self"), sum;
  for (int64_t j = 1; j <= p; ++j) {
    Json term = makeNode("lgamma", {makeNode("add", {self, number((1.0 - j) / 2)})});
    sum = j == 1 ? std::move(term) : makeNode("add", {std::move(sum), std::move(term)});
  }
  return makeNode("add", {std::move(sum), number(p * (p - 1) / 4.0 * std::log(M_PI))});
}

/// Randomised leaky ReLU: in training the slope of each element is drawn.
static Json rrelu(Aten &call) {
  double lower = call.numberOf("lower"), upper = call.numberOf("upper");
  Json self = call.operand("self");
  if (!call.flag("training"))
    return makeNode("leaky_relu", {self}, {{"negative_slope", number((lower + upper) / 2)}});
  Json draw = makeNode("mul", {makeNode("rand_like", {self}), number(upper - lower)});
  Json slope = makeNode("add", {std::move(draw), number(lower)});
  return makeNode("where", {makeNode("ge", {self, integer(0)}), self,
                            makeNode("mul", {self, std::move(slope)})});
}

static Json logSigmoidForward(Aten &call) {
  call.define(0, makeNode("logsigmoid", {call.operand("self")}));
  if (call.isUsed(1))
    return call.fail("the buffer of log_sigmoid_forward is not supported");
  return null();
}

//===-- Products ------------------------------------------------------------------------------===//

static Json vecdot(Aten &call) {
  return makeNode("sum", {makeNode("mul", {call.operand("x"), call.operand("y")})},
                  {{"dim", call.attribute("dim")}});
}

/// a x b in three dimensions, by cyclic shifts.
static Json cross(Aten &call) {
  size_t rank = call.result()->sizes.size();
  int64_t dim = -1;
  if (call.has("dim"))
    dim = call.integerOf("dim");
  else // of torch.cross: the first dim of size 3
    for (size_t d = rank; d-- > 0;)
      if (call.result()->sizes[d] == 3)
        dim = d;
  Json shape = integers(call.result()->sizes);
  auto broad = [&](StringRef name) {
    return makeNode("expand", {call.operand(name)}, {{"shape", shape}});
  };
  auto rolled = [&](StringRef name, int64_t by) {
    return makeNode("roll", {broad(name)}, {{"shifts", integers({by})}, {"dims", integers({dim})}});
  };
  return makeNode("sub", {makeNode("mul", {rolled("self", -1), rolled("other", -2)}),
                          makeNode("mul", {rolled("self", -2), rolled("other", -1)})});
}

static Json bilinear(Aten &call) {
  Json y =
      makeNode("einsum", {call.operand("input1"), call.operand("weight"), call.operand("input2")},
               {{"equation", word("...i,kij,...j->...k")}});
  return call.has("bias") ? makeNode("add", {std::move(y), call.operand("bias")}) : y;
}

/// Powers 0 to N - 1 of the elements, in a new last dimension.
static Json vander(Aten &call) {
  ArrayRef<int64_t> shape = call.result()->sizes;
  if (!call.hasRank(shape, 1))
    return null();
  Json exponents = object({{"op", word("arange")}, {"end", integer(shape.back())}});
  Json base = makeNode("unsqueeze", {call.operand("x")}, {{"dim", integer(-1)}});
  return reshape(makeNode("pow", {std::move(base), std::move(exponents)}), shape);
}

//===-- Differences ---------------------------------------------------------------------------===//

static Json diff(Aten &call) {
  Json self = call.operand("self");
  std::vector<Json> parts;
  if (call.has("prepend"))
    parts.push_back(call.operand("prepend"));
  parts.push_back(self);
  if (call.has("append"))
    parts.push_back(call.operand("append"));
  Json dim = call.attribute("dim");
  if (parts.size() > 1)
    self = makeNode("cat", std::move(parts), {{"dim", dim}});
  bool isBool = call.result()->element.isInteger(1);
  if (call.integerOf("n") > 1000)
    return call.fail("differences of more than 1000 orders are not supported");
  for (int64_t i = 0; i < call.integerOf("n"); ++i) {
    Json whole = call.let(std::move(self), "diff");
    Json after = makeNode("slice", {whole}, {{"dim", dim}, {"start", integer(1)}});
    Json before =
        makeNode("slice", {whole}, {{"dim", dim}, {"start", integer(0)}, {"end", integer(-1)}});
    self = makeNode(isBool ? "logical_xor" : "sub", {std::move(after), std::move(before)});
  }
  return self;
}

/// The trapezoidal rule along a dim; `cumulative`: of all beginnings.
static Json trapezoids(Aten &call, bool cumulative) {
  Json dim = call.attribute("dim");
  auto pair = [&](StringRef name, StringRef op) {
    Json value = call.operand(name);
    Json at = dim;
    if (name == "x" && call.shape("x").size() < call.shape("y").size()) {
      // One list of places for all rows: it lies along the dim.
      SmallVector<int64_t> shape(call.shape("y").size(), 1);
      auto at = wrapped(call, call.integerOf("dim"), shape.size());
      if (!at || !call.hasRank(call.shape("x"), 1))
        return null();
      shape[*at] = call.shape("x")[0];
      value = reshape(std::move(value), shape);
    }
    Json after = makeNode("slice", {value}, {{"dim", at}, {"start", integer(1)}});
    Json before =
        makeNode("slice", {value}, {{"dim", at}, {"start", integer(0)}, {"end", integer(-1)}});
    return makeNode(op, {std::move(after), std::move(before)});
  };
  Json area = pair("y", "add");
  Json width = call.find("x") ? pair("x", "sub") : number(call.numberOf("dx", 1));
  area = makeNode("mul", {std::move(area), std::move(width)});
  area = makeNode(cumulative ? "cumsum" : "sum", {std::move(area)}, {{"dim", dim}});
  return makeNode("mul", {std::move(area), number(0.5)});
}
static Json trapezoid(Aten &call) { return trapezoids(call, false); }
static Json cumulativeTrapezoid(Aten &call) { return trapezoids(call, true); }

void addMathRules(RuleTable &table) {
  for (StringRef name : {"add", "sub", "subtract"})
    table[name].rule = addScaled;
  for (StringRef name : {"clamp", "clip"})
    table[name].rule = clamp;
  table["mvlgamma"].rule = mvlgamma;
  table["special_multigammaln"].rule = mvlgamma;
  table["rrelu"].rule = rrelu;
  table["log_sigmoid_forward"].rule = logSigmoidForward;
  table["linalg_vecdot"].rule = vecdot;
  table["linalg_cross"].rule = cross;
  table["cross"].rule = cross;
  table["bilinear"].rule = bilinear;
  table["linalg_vander"].rule = vander;
  table["diff"].rule = diff;
  table["trapezoid"].rule = trapezoid;
  table["trapz"].rule = trapezoid;
  table["cumulative_trapezoid"].rule = cumulativeTrapezoid;
  table["tensordot"] = {"tensordot", "dims_self=dims_a dims_other=dims_b"};
}

} // namespace gradc::pt2
