// CreationRules.cpp - tensors that no other tensor gives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Importer.h"
#include "Rules.h"

using namespace mlir;
namespace gradc::pt2 {

/// One number everywhere, in the shape and dtype of the result.
static Json full(Aten &call, Json value) {
  std::string dtype = resultDtype(call);
  if (dtype.empty())
    return null();
  return object({{"op", word("full")},
                 {"shape", integers(call.result()->sizes)},
                 {"value", std::move(value)},
                 {"dtype", word(dtype)}});
}

Json filled(Aten &call, double value) {
  bool isFloat = isa<FloatType>(call.result()->element);
  return full(call, isFloat ? number(value) : integer(int64_t(value)));
}

static Json zeros(Aten &call) { return filled(call, 0); }
static Json ones(Aten &call) { return filled(call, 1); }

static Json fullOf(Aten &call) {
  StringRef key = call.find("fill_value") ? "fill_value" : call.find("s") ? "s" : "value";
  return full(call, call.attribute(key));
}

/// fill(x, value): x in another content; a tensor as value keeps its history.
static Json fill(Aten &call) {
  if (call.find("value")->kind != Argument::Kind::tensor)
    return full(call, call.attribute("value"));
  return makeNode("expand", {cast(call.operand("value"), resultDtype(call))},
                  {{"shape", integers(call.result()->sizes)}});
}

static Json arange(Aten &call) {
  Json node = object({{"op", word("arange")}, {"dtype", word(resultDtype(call))}});
  for (StringRef key : {"start", "end", "step"})
    if (call.has(key))
      set(node, key, call.attribute(key));
  return node;
}

static Json linspace(Aten &call) {
  int64_t steps = call.integerOf("steps");
  double start = call.numberOf("start"), end = call.numberOf("end");
  std::string dtype = resultDtype(call);
  if (call.find("start")->kind == Argument::Kind::tensor ||
      call.find("end")->kind == Argument::Kind::tensor)
    return call.fail("linspace between tensors is not supported");
  if (!isWritable(call, steps))
    return null();
  // Both halves count from their own end, as PyTorch's kernel has it.
  std::vector<Json> values;
  double step = steps > 1 ? (end - start) / double(steps - 1) : 0;
  bool isFloat = isa<FloatType>(call.result()->element);
  for (int64_t i = 0; i < steps; ++i) {
    double value = 0;
    if (call.result()->element.isF32()) {
      float narrow = steps > 1 ? (float(end) - float(start)) / float(steps - 1) : 0;
      value = i < steps / 2 ? float(start) + narrow * float(i)
                            : float(end) - narrow * float(steps - i - 1);
    } else {
      value = i < steps / 2 ? start + step * double(i) : end - step * double(steps - i - 1);
    }
    values.push_back(isFloat ? number(value) : integer(graph::truncated(value)));
  }
  return object(
      {{"op", word("tensor")}, {"value", list(std::move(values))}, {"dtype", word(dtype)}});
}

static Json eye(Aten &call) {
  ArrayRef<int64_t> shape = call.result()->sizes;
  if (!call.hasRank(shape, 2, 2))
    return null();
  auto count = [&](unsigned d) {
    Json along = object({{"op", word("arange")}, {"end", integer(shape[d])}});
    return reshape(std::move(along), d ? ArrayRef<int64_t>{1, -1} : ArrayRef<int64_t>{-1, 1});
  };
  return cast(makeNode("eq", {count(0), count(1)}), resultDtype(call));
}

/// The rows and columns of a triangle, in row-major order.
static Json triangle(Aten &call, bool upper) {
  int64_t rows = call.integerOf("row"), columns = call.integerOf("col"),
          offset = call.integerOf("offset");
  if (!isWritable(call, graph::saturatedProduct(std::max<int64_t>(rows, 0), columns)))
    return null();
  std::vector<Json> at[2];
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      if (upper ? c - r >= offset : c - r <= offset) {
        at[0].push_back(integer(r));
        at[1].push_back(integer(c));
      }
  return object({{"op", word("tensor")},
                 {"value", list({list(std::move(at[0])), list(std::move(at[1]))})},
                 {"dtype", word(resultDtype(call))}});
}
static Json lowerTriangle(Aten &call) { return triangle(call, false); }
static Json upperTriangle(Aten &call) { return triangle(call, true); }

//===-- Draws ---------------------------------------------------------------------------------===//

static Json uniform(Aten &call) { return makeNode("rand_like", {filled(call, 0)}); }
static Json normal(Aten &call) { return makeNode("randn_like", {filled(call, 0)}); }

/// normal(mean, std), either of them a tensor or a number.
static Json normalAround(Aten &call) {
  Json draw = makeNode("mul", {normal(call), call.operand("std")});
  return makeNode("detach", {makeNode("add", {std::move(draw), call.operand("mean")})});
}

static Json uniformBetween(Aten &call) {
  double from = call.numberOf("from"), to = call.numberOf("to");
  Json draw = makeNode("mul", {uniform(call), number(to - from)});
  return makeNode("add", {std::move(draw), number(from)});
}

/// Whole numbers of [low, high).
static Json wholes(Aten &call) {
  double low = call.numberOf("low"), high = call.numberOf("high");
  Json shape = object(
      {{"op", word("zeros")}, {"shape", integers(call.result()->sizes)}, {"dtype", word("f32")}});
  Json draw = makeNode("mul", {makeNode("rand_like", {std::move(shape)}), number(high - low)});
  return cast(makeNode("add", {makeNode("floor", {std::move(draw)}), number(low)}),
              resultDtype(call));
}

static Json bernoulli(Aten &call) {
  Json node = makeNode("bernoulli", {call.operand("self")});
  if (call.find("p") && call.find("p")->kind == Argument::Kind::tensor)
    node = makeNode("bernoulli", {call.operand("p")});
  else if (call.has("p"))
    set(node, "p", call.attribute("p"));
  return node;
}

void addCreationRules(RuleTable &table) {
  for (StringRef name :
       {"zeros", "zeros_like", "new_zeros", "empty", "empty_like", "new_empty", "empty_strided",
        "new_empty_strided", "empty_permuted", "zero", "_efficientzerotensor"})
    table[name].rule = zeros;
  for (StringRef name : {"ones", "ones_like", "new_ones"})
    table[name].rule = ones;
  for (StringRef name : {"full", "full_like", "new_full", "scalar_tensor"})
    table[name].rule = fullOf;
  table["fill"].rule = fill;
  table["arange"].rule = arange;
  table["linspace"].rule = linspace;
  table["eye"].rule = eye;
  table["tril_indices"].rule = lowerTriangle;
  table["triu_indices"].rule = upperTriangle;
  table["rand"].rule = uniform;
  table["rand_like"].rule = uniform;
  table["randn"].rule = normal;
  table["randn_like"].rule = normal;
  table["normal"].rule = normalAround;
  table["normal_functional"].rule = normalAround;
  table["uniform"].rule = uniformBetween;
  for (StringRef name : {"randint.low", "randint_like.low_dtype", "randint", "randint_like"})
    table[name].rule = wholes;
  table["bernoulli"].rule = bernoulli;
}

} // namespace gradc::pt2
