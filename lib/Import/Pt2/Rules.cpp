// Rules.cpp - which op of graph JSON an ATen operator is.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rules.h"

using namespace mlir;
namespace gradc::pt2 {

namespace {
/// An operator that graph JSON knows under another name.
struct Synonym {
  StringRef op, aten;
};
} // namespace

static const Synonym synonyms[] = {
    {"mul", "multiply"},
    {"sub", "subtract"},
    {"div", "divide"},
    {"div", "true_divide"},
    {"neg", "negative"},
    {"abs", "absolute"},
    {"gt", "greater"},
    {"ge", "greater_equal"},
    {"lt", "less"},
    {"le", "less_equal"},
    {"ne", "not_equal"},
    {"bitwise_and", "__and__"},
    {"bitwise_or", "__or__"},
    {"bitwise_xor", "__xor__"},
    {"bitwise_left_shift", "__lshift__"},
    {"bitwise_right_shift", "__rshift__"},
    {"bitwise_and", "__iand__"},
    {"bitwise_or", "__ior__"},
    {"bitwise_xor", "__ixor__"},
    {"sign", "sgn"},
    {"logsigmoid", "log_sigmoid"},
    {"cat", "concat"},
    {"cat", "concatenate"},
    {"vstack", "row_stack"},
    {"cross_entropy", "cross_entropy_loss"},
    {"nll_loss", "nll_loss_nd"},
    {"nll_loss", "nll_loss2d"},
    {"chain_matmul", "linalg_multi_dot"},
    {"sigmoid", "special_expit"},
    {"lgamma", "special_gammaln"},
    {"digamma", "special_psi"},
    {"matmul", "linalg_matmul"},
    {"prelu", "_prelu_kernel"},
};

/// Groups of ops that mean what the ATen operator of their name means.
static bool isAtenGroup(StringRef group) {
  return !llvm::is_contained({"control", "host", "autograd", "dialect", "creation"}, group);
}

static const RuleTable &rules() {
  static const RuleTable table = [] {
    RuleTable result;
    addShapeRules(result);
    addMathRules(result);
    addReductionRules(result);
    addLayerRules(result);
    addCreationRules(result);
    addIndexRules(result);
    addBackwardRules(result);
    addSamplingRules(result);
    for (const Synonym &synonym : synonyms)
      result.try_emplace(synonym.aten, RuleEntry{synonym.op, "", nullptr});
    return result;
  }();
  return table;
}

static std::optional<RuleEntry> findByName(StringRef name, const graph::OpTable &ops) {
  auto at = [&](StringRef key) -> std::optional<RuleEntry> {
    auto found = rules().find(key);
    return found == rules().end() ? std::nullopt : std::optional(found->second);
  };
  auto [base, overload] = name.split('.');
  if (auto found = at(name))
    return found;
  StringRef functional = base;
  bool inPlace = !base.ends_with("__") && functional.consume_back("_");
  if (inPlace && !overload.empty())
    if (auto found = at((functional + "." + overload).str()))
      return found;
  if (auto found = at(functional))
    return found;
  for (StringRef word : {functional, base}) // copy_ has no functional form
    if (const graph::OpSpec *spec = ops.find(word); spec && isAtenGroup(spec->group))
      return RuleEntry{spec->name, "", nullptr};
  StringRef plain = functional;
  if (plain.consume_front("special_"))
    if (const graph::OpSpec *spec = ops.find(plain); spec && spec->group == "elementwise")
      return RuleEntry{spec->name, "", nullptr};
  return std::nullopt;
}

/// view_copy and its like: the view's rule, and a copy of what it gives.
static Json copyOf(Aten &call) {
  auto [base, overload] = call.schema.name.split('.');
  std::string view = base.drop_back(StringRef("_copy").size()).str();
  if (!overload.empty())
    view += "." + overload.str();
  auto rule = findByName(view, call.translator.ops);
  Json json = rule->rule ? rule->rule(call) : call.generic(rule->op, rule->renames);
  if (json.kind == Json::Kind::null || call.resultCount() != 1)
    return json;
  return clone(call, std::move(json));
}

std::optional<RuleEntry> findRule(const Schema &schema, const graph::OpTable &ops) {
  if (auto found = findByName(schema.name, ops))
    return found;
  auto [base, overload] = schema.name.split('.');
  if (base.consume_back("_copy"))
    if (findByName(overload.empty() ? base.str() : (base + "." + overload).str(), ops))
      return RuleEntry{"", "", copyOf};
  return std::nullopt;
}

Json clone(Aten &call, Json operand) {
  const TensorMeta *type = call.result();
  if (type && type->element && type->element.isInteger(1)) {
    Json same = call.let(std::move(operand));
    return makeNode("logical_or", {same, same});
  }
  return makeNode("mul", {std::move(operand), integer(1)});
}

Json cast(Json operand, StringRef dtype) {
  return makeNode("cast", {std::move(operand)}, {{"dtype", word(dtype)}});
}

Json reshape(Json operand, ArrayRef<int64_t> shape) {
  return makeNode("reshape", {std::move(operand)}, {{"shape", integers(shape)}});
}

} // namespace gradc::pt2
