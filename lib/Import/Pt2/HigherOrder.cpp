// HigherOrder.cpp - cond, while_loop, scan and set_grad_enabled of exported programs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Translate.h"

using namespace mlir;
namespace gradc::pt2 {

using Kind = Argument::Kind;

namespace {
/// What a higher-order operator is called with.
struct Parts {
  std::vector<const Argument *> graphs;
  /// The lists of tensors, or single tensors as lists of one, in order.
  std::vector<std::vector<std::string>> lists;
  const Argument *predicate = nullptr;
  std::vector<std::string> results;
};
} // namespace

static Parts partsOf(const GraphNode &node) {
  Parts parts;
  for (const auto &[name, argument] : node.inputs) {
    if (argument.kind == Kind::graph)
      parts.graphs.push_back(&argument);
    else if (argument.kind == Kind::tensors)
      parts.lists.push_back(argument.names);
    else if (!parts.predicate && parts.graphs.empty())
      parts.predicate = &argument;
    else if (argument.kind == Kind::tensor)
      parts.lists.push_back({argument.text});
  }
  for (const Argument &output : node.outputs) {
    if (output.kind == Kind::tensor)
      parts.results.push_back(output.text);
    for (const std::string &name : output.names)
      parts.results.push_back(name);
  }
  return parts;
}

/// The tensors of several lists as operands; false after an error.
static bool operandsOf(Translator &t, const GraphNode &node,
                       ArrayRef<std::vector<std::string>> lists, std::vector<Json> &operands) {
  for (const auto &names : lists)
    for (const std::string &name : names) {
      operands.push_back(t.value(node, name));
      if (operands.back().kind == Json::Kind::null)
        return false;
    }
  return true;
}

LogicalResult Translator::setGradEnabled(const GraphNode &node) {
  Parts parts = partsOf(node);
  std::vector<Json> operands, inner, results;
  if (parts.graphs.size() != 1 || !parts.predicate || parts.predicate->kind != Kind::boolean)
    return fail(node, "expected a bool and a subgraph as arguments of '" + node.target + "'");
  bool enabled = parts.predicate->integer != 0;
  if (enabled && noGrad)
    return fail(node, "torch.enable_grad within torch.no_grad is not supported");
  bool outer = std::exchange(noGrad, !enabled);
  LogicalResult done =
      success(operandsOf(*this, node, parts.lists, operands) &&
              succeeded(inlineGraph(node, *parts.graphs[0]->graph, operands, inner, results)));
  noGrad = outer;
  if (failed(done))
    return failure();
  if (results.size() < parts.results.size())
    return fail(node, "expected " + Twine(parts.results.size()) + " outputs of the subgraph");
  if (enabled) {
    llvm::append_range(*body, inner);
  } else {
    Json region = object({{"op", word("no_grad")}, {"body", list(std::move(inner))}});
    emit(node, std::move(region));
  }
  for (auto [name, result] : llvm::zip(parts.results, results))
    bind(name, result);
  return success();
}

LogicalResult Translator::cond(const GraphNode &node) {
  Parts parts = partsOf(node);
  if (parts.graphs.size() != 2 || !parts.predicate)
    return fail(node,
                "expected a predicate and two subgraphs as arguments of '" + node.target + "'");
  std::vector<Json> operands;
  if (!operandsOf(*this, node, parts.lists, operands))
    return failure();
  if (parts.predicate->kind != Kind::tensor) {
    // The predicate is known: one branch is left.
    if (parts.predicate->kind != Kind::boolean)
      return fail(node, "the predicate of '" + node.target + "' is known at run time only");
    std::vector<Json> results;
    const Graph &taken = *parts.graphs[parts.predicate->integer ? 0 : 1]->graph;
    if (failed(inlineGraph(node, taken, operands, *body, results)))
      return failure();
    for (auto [name, result] : llvm::zip(parts.results, results))
      bind(name, result);
    return success();
  }
  Json predicate = value(node, parts.predicate->text);
  if (predicate.kind == Json::Kind::null)
    return failure();
  Json bodies[2], yields[2];
  std::vector<Json> results[2];
  for (unsigned i : {0, 1}) {
    std::vector<Json> inner;
    if (failed(inlineGraph(node, *parts.graphs[i]->graph, operands, inner, results[i])))
      return failure();
    if (results[i].size() != parts.results.size())
      return fail(node, "expected " + Twine(parts.results.size()) + " outputs of a branch");
    bodies[i] = list(std::move(inner));
    yields[i] = object({});
  }
  for (auto [k, name] : llvm::enumerate(parts.results)) {
    std::string local = declare(name);
    set(yields[0], local, results[0][k]);
    set(yields[1], local, results[1][k]);
  }
  Json branch = makeNode("if", {predicate},
                         {{"then", bodies[0]},
                          {"else", bodies[1]},
                          {"yield", object({{"then", yields[0]}, {"else", yields[1]}})}});
  emit(node, std::move(branch));
  return success();
}

//===-- Loops ---------------------------------------------------------------------------------===//

/// The most turns of a while whose bound the program does not tell: a longer run is an error.
constexpr int64_t kMaxTrips = 1024;

LogicalResult Translator::whileLoop(const GraphNode &node) {
  Parts parts = partsOf(node);
  if (parts.graphs.size() != 2 || parts.lists.empty())
    return fail(node,
                "expected two subgraphs and what is carried as arguments of '" + node.target + "'");
  std::vector<Json> carried, rest;
  if (!operandsOf(*this, node, ArrayRef(parts.lists).take_front(1), carried) ||
      !operandsOf(*this, node, ArrayRef(parts.lists).drop_front(1), rest))
    return failure();
  // A carried tensor has one name in the loop and after it.
  Json carry = object({}), yield = object({});
  std::vector<Json> operands, before, results, inner, next;
  std::vector<std::string> locals;
  for (size_t i = 0; i < carried.size(); ++i) {
    locals.push_back(fresh(i < parts.results.size() ? parts.results[i] : "carried"));
    set(carry, locals.back(), carried[i]);
    operands.push_back(word(locals.back()));
  }
  llvm::append_range(operands, rest);
  if (failed(inlineGraph(node, *parts.graphs[0]->graph, operands, before, results)) ||
      failed(inlineGraph(node, *parts.graphs[1]->graph, operands, inner, next)))
    return failure();
  if (results.size() != 1 || next.size() < carried.size())
    return fail(node, "expected one output of the condition and " + Twine(carried.size()) +
                          " of the body of '" + node.target + "'");
  for (auto [name, operand] : llvm::zip(locals, next))
    set(yield, name, operand);
  Json loop = object({{"op", word("while")},
                      {"before", list(std::move(before))},
                      {"condition", object({{"value", results[0]}})},
                      {"body", list(std::move(inner))},
                      {"carry", std::move(carry)},
                      {"yield", std::move(yield)},
                      {"max_trips", integer(kMaxTrips)}});
  emit(node, std::move(loop));
  for (auto [name, local] : llvm::zip(parts.results, locals))
    bind(name, word(local));
  return success();
}

/// Turns a scan into a loop that reads the slices at its index, and writes the stacked results.
LogicalResult Translator::scan(const GraphNode &node) {
  Parts parts = partsOf(node);
  if (parts.graphs.size() != 1 || parts.lists.size() < 2)
    return fail(node, "expected a subgraph, first values and what is scanned as arguments of '" +
                          node.target + "'");
  std::vector<Json> first, scanned, rest;
  if (!operandsOf(*this, node, {parts.lists[0]}, first) ||
      !operandsOf(*this, node, {parts.lists[1]}, scanned) ||
      !operandsOf(*this, node, ArrayRef(parts.lists).drop_front(2), rest))
    return failure();
  const TensorMeta *along = parts.lists[1].empty() ? nullptr : meta(parts.lists[1][0]);
  if (!along || along->sizes.empty())
    return fail(node, "expected a tensor to scan along its first dimension");
  int64_t count = along->sizes[0];
  const Graph &graph = *parts.graphs[0]->graph;
  size_t stacked = parts.results.size() - std::min(parts.results.size(), first.size());
  Json carry = object({}), yield = object({});
  std::vector<Json> operands, inner, next;
  std::vector<std::string> locals;
  auto carryOn = [&](StringRef hint, Json start) {
    locals.push_back(fresh(hint));
    set(carry, locals.back(), std::move(start));
  };
  std::string index = fresh("step");
  for (size_t i = 0; i < first.size(); ++i) {
    carryOn(i < parts.results.size() ? StringRef(parts.results[i]) : "carried", first[i]);
    operands.push_back(word(locals.back()));
  }
  for (size_t i = 0; i < stacked; ++i) {
    const std::string &name = parts.results[first.size() + i];
    const TensorMeta *known = meta(name);
    if (!known || !known->element)
      return fail(node, "the type of '" + name + "' is not known");
    carryOn(name, object({{"op", word("zeros")},
                          {"shape", integers(known->sizes)},
                          {"dtype", word(dtypeOf(*known))}}));
  }
  // The slices of this step.
  for (const Json &whole : scanned) {
    std::string name = fresh("slice");
    Json row = makeNode("index", {whole, word(index)});
    set(row, "name", word(name));
    inner.push_back(std::move(row));
    operands.push_back(word(name));
  }
  llvm::append_range(operands, rest);
  if (failed(inlineGraph(node, graph, operands, inner, next)))
    return failure();
  if (next.size() != first.size() + stacked)
    return fail(node, "expected " + Twine(first.size() + stacked) + " outputs of the subgraph");
  for (auto [i, local] : llvm::enumerate(locals)) {
    Json result = next[i];
    if (i >= first.size())
      result =
          makeNode("index_copy",
                   {word(local), makeNode("reshape", {word(index)}, {{"shape", integers({1})}}),
                    makeNode("unsqueeze", {next[i]}, {{"dim", integer(0)}})},
                   {{"dim", integer(0)}});
    set(yield, local, std::move(result));
  }
  Json loop = object({{"op", word("repeat")},
                      {"count", integer(count)},
                      {"index", word(index)},
                      {"body", list(std::move(inner))},
                      {"carry", std::move(carry)},
                      {"yield", std::move(yield)}});
  emit(node, std::move(loop));
  for (auto [name, local] : llvm::zip(parts.results, locals))
    bind(name, word(local));
  return success();
}

} // namespace gradc::pt2
