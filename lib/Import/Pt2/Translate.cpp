// Translate.cpp - the program's signature, its names, and its nodes in order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Translate.h"
#include "../Importer.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
namespace gradc::pt2 {

using Kind = Argument::Kind;

//===-- Messages and names --------------------------------------------------------------------===//

Location Translator::locate(const GraphNode &node) const {
  if (!node.file.empty())
    return FileLineColLoc::get(StringAttr::get(context(), node.file), node.line, 0);
  return archive.program().at(*node.json);
}

LogicalResult Translator::fail(const GraphNode &node, const Twine &text) {
  return emitError(locate(node), text);
}

std::string Translator::fresh(StringRef hint) {
  std::string base;
  for (char c : hint)
    base += llvm::isAlnum(c) ? c : '_';
  if (base.empty() || llvm::isDigit(base[0]))
    base = "v" + base;
  std::string name = base;
  for (unsigned i = 1; !taken.insert(name).second; ++i)
    name = base + "_" + std::to_string(i);
  return name;
}

std::string Translator::declare(StringRef name) {
  std::string result = fresh(name);
  bind(name, word(result));
  return result;
}

Json Translator::value(const GraphNode &node, StringRef name) {
  auto found = scope->values.find(name);
  if (found != scope->values.end())
    return found->second;
  (void)fail(node,
             "expected a value that is defined before '" + node.target + "', found '" + name + "'");
  return null();
}

const TensorMeta *Translator::meta(StringRef name) const {
  auto found = scope->graph->tensors.find(name);
  return found == scope->graph->tensors.end() ? nullptr : &found->second;
}

std::string Translator::typeOf(const TensorMeta &meta) const {
  return graph::typeText(RankedTensorType::get(meta.sizes, meta.element));
}

std::string Translator::dtypeOf(const TensorMeta &meta) const {
  return graph::dtypeName(meta.element).str();
}

void Translator::emit(const GraphNode &node, Json json) {
  json.at = node.json->at;
  if (!node.file.empty())
    set(json, "loc", object({{"file", word(node.file)}, {"line", integer(node.line)}}));
  body->push_back(std::move(json));
}

//===-- Nodes ---------------------------------------------------------------------------------===//

/// Nodes that compute sizes, which are numbers here, or check what is known.
static bool isHostOnly(StringRef target) {
  return target.starts_with("_operator.") || target.starts_with("torch.sym_") ||
         target.starts_with("math.") || target.starts_with("torch.ops.aten.sym_") ||
         target.starts_with("torch.ops.aten._assert_") ||
         target == "torch.ops.aten._linalg_check_errors.default";
}

/// A tensor's one element as a number of the program.
static bool isItem(StringRef target) {
  return target == "torch.ops.aten.item.default" ||
         target == "torch.ops.aten._local_scalar_dense.default";
}

static bool isHigherOrder(StringRef target) {
  static const StringRef known[] = {"cond", "while_loop", "scan", "wrap_with_set_grad_enabled"};
  return target.consume_front("torch.ops.higher_order.") && llvm::is_contained(known, target);
}

void Translator::collectUnsupported(const Graph &graph,
                                    std::vector<std::pair<const GraphNode *, std::string>> &found) {
  for (const GraphNode &node : graph.nodes) {
    for (const auto &[name, argument] : node.inputs)
      if (argument.graph)
        collectUnsupported(*argument.graph, found);
    StringRef target = node.target;
    if (isHostOnly(target) || isHigherOrder(target) || isItem(target))
      continue;
    const Schema *schema = findSchema(atenName(target));
    if (!schema || !findRule(*schema, ops))
      found.emplace_back(&node, target.str());
  }
}

/// All operators that are not supported, at once.
LogicalResult Translator::checkSupported(const Graph &graph) {
  std::vector<std::pair<const GraphNode *, std::string>> found;
  collectUnsupported(graph, found);
  if (found.empty())
    return success();
  llvm::StringSet<> seen;
  InFlightDiagnostic error = emitError(locate(*found[0].first))
                             << "operator '" << found[0].second << "' is not supported";
  seen.insert(found[0].second);
  for (auto &[node, target] : found)
    if (seen.insert(target).second)
      error.attachNote(locate(*node)) << "nor is operator '" << target << "'";
  return error;
}

/// Opens the scope of a graph.
void Translator::enter(const Graph &graph) {
  scope = std::make_unique<Scope>();
  scope->graph = &graph;
  auto note = [&](const Argument &argument) {
    if (argument.kind == Kind::tensor)
      scope->read.insert(argument.text);
    for (const std::string &name : argument.names)
      scope->read.insert(name);
  };
  for (const GraphNode &node : graph.nodes)
    for (const auto &[name, argument] : node.inputs)
      note(argument);
  for (const Argument &output : graph.outputs)
    note(output);
}

LogicalResult Translator::translate(const Graph &graph) {
  for (const GraphNode &node : graph.nodes)
    if (failed(translateNode(node)))
      return failure();
  return success();
}

LogicalResult Translator::checkResult(const GraphNode &node, StringRef name) {
  const TensorMeta *known = meta(name);
  if (!known)
    return archive.program().fail(*node.json, "the graph does not tell the type of '" + name + "'");
  if (!known->element)
    return fail(node, "'" + name + "' is a tensor of " + scalarTypeName(known->scalarType) +
                          ", which is not supported");
  if (!known->unknown.empty())
    return fail(node, "the size of '" + name +
                          "' is not known when the program is compiled: " + known->unknown);
  return success();
}

LogicalResult Translator::translateNode(const GraphNode &node) {
  StringRef target = node.target;
  if (isHostOnly(target))
    return success();
  if (isItem(target))
    return item(node);
  for (const Argument &output : node.outputs) {
    if (output.kind == Kind::tensor && failed(checkResult(node, output.text)))
      return failure();
    for (const std::string &name : output.names)
      if (failed(checkResult(node, name)))
        return failure();
  }
  if (target.consume_front("torch.ops.higher_order."))
    return higherOrder(node, target);
  return translateAten(node, atenName(node.target));
}

/// Notes which tensor a number is: some operators can take it as an index.
LogicalResult Translator::item(const GraphNode &node) {
  if (node.inputs.size() != 1 || node.inputs[0].second.kind != Kind::tensor ||
      node.outputs.size() != 1)
    return fail(node, "expected a tensor as the argument of '" + node.target + "'");
  Json tensor = value(node, node.inputs[0].second.text);
  scope->numbers[node.outputs[0].symbol] = tensor;
  return success(tensor.kind != Json::Kind::null);
}

LogicalResult Translator::higherOrder(const GraphNode &node, StringRef name) {
  if (name == "cond")
    return cond(node);
  if (name == "while_loop")
    return whileLoop(node);
  if (name == "scan")
    return scan(node);
  return setGradEnabled(node);
}

LogicalResult Translator::translateAten(const GraphNode &node, StringRef name) {
  const Schema *schema = findSchema(name);
  auto rule = schema ? findRule(*schema, ops) : std::nullopt;
  if (!rule)
    return fail(node, "operator '" + node.target + "' is not supported");
  Aten call(*this, node, *schema);
  if (failed(call.bind()))
    return failure();
  // A rule that has reported an error gives null, and so does one that has bound all results.
  size_t errors = 0;
  ScopedDiagnosticHandler counter(context(), [&](Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return failure();
  });
  Json json = rule->rule ? rule->rule(call) : call.generic(rule->op, rule->renames);
  if (errors)
    return failure();
  return json.kind == Json::Kind::null ? success() : bindResults(call, std::move(json));
}

/// Names the results of a node that a rule gave.
LogicalResult Translator::bindResults(Aten &call, Json json) {
  const GraphNode &node = call.node;
  if (call.schema.isInPlace() && !call.rebinds &&
      (json.kind != Json::Kind::object || !StringRef(json.find("op")->text).ends_with("_")))
    json = makeNode("copy_", {call.operand(call.schema.parameters[0].name), std::move(json)});
  if (json.kind != Json::Kind::object) { // the operand itself
    if (call.resultCount())
      bind(call.resultName(0), std::move(json));
    return success();
  }
  if (call.resultCount() == 0) {
    emit(node, std::move(json));
    return success();
  }
  const graph::OpSpec *spec = ops.find(json.find("op")->text);
  bool isList = node.outputs.size() != 1 || node.outputs[0].kind == Kind::tensors;
  bool hasNames = spec && llvm::any_of(spec->attributes, [](const graph::AttributeSpec &a) {
                    return a.name == "names";
                  });
  if (isList && hasNames) {
    std::vector<Json> names;
    for (unsigned i = 0; i < call.resultCount(); ++i)
      names.push_back(
          word(call.resultName(i).empty() ? fresh("unused") : declare(call.resultName(i))));
    set(json, "names", list(std::move(names)));
  } else {
    set(json, "name", word(declare(call.resultName(0))));
    if (const TensorMeta *known = call.result(); known && known->element && known->unknown.empty())
      set(json, "type", word(typeOf(*known)));
  }
  emit(node, std::move(json));
  return success();
}

LogicalResult Translator::inlineGraph(const GraphNode &node, const Graph &graph,
                                      ArrayRef<Json> operands, std::vector<Json> &inner,
                                      std::vector<Json> &results) {
  if (graph.inputs.size() != operands.size())
    return archive.program().fail(*node.json, "expected " + Twine(operands.size()) +
                                                  " inputs of the subgraph, found " +
                                                  Twine(graph.inputs.size()));
  auto outer = std::move(scope);
  auto *outerBody = std::exchange(body, &inner);
  enter(graph);
  for (auto [input, operand] : llvm::zip(graph.inputs, operands))
    if (input.kind == Kind::tensor)
      bind(input.text, operand);
  LogicalResult done = translate(graph);
  for (const Argument &output : graph.outputs) {
    if (failed(done))
      break;
    if (output.kind != Kind::tensor) {
      done = fail(node, "a subgraph of '" + node.target + "' has an output that is no tensor");
      break;
    }
    results.push_back(value(node, output.text));
    done = success(results.back().kind != Json::Kind::null);
  }
  scope = std::move(outer);
  body = outerBody;
  return done;
}

//===-- Signature -----------------------------------------------------------------------------===//

/// Finds inputs that are written: a result may be a view of an argument, and a write goes through.
/// `roots` tells which input a value is a view of.
void Translator::findWrites(const Graph &graph, llvm::StringMap<std::string> &roots) {
  walkAliases(graph, roots,
              [&](const GraphNode &, StringRef, const Parameter &parameter, StringRef root) {
                if (parameter.isWritten)
                  written.insert(root);
              });
  for (const GraphNode &node : graph.nodes) {
    StringRef target = node.target;
    // Norms write running statistics though their signatures do not say so.
    bool isNorm = target.contains("batch_norm") || target.contains("instance_norm");
    for (const auto &[name, argument] : node.inputs)
      if (isNorm && StringRef(name).starts_with("running_") && argument.kind == Kind::tensor)
        written.insert(roots.lookup(argument.text));
    if (target.starts_with("torch.ops.higher_order."))
      findInnerWrites(node, roots);
  }
}

/// What a subgraph writes to its inputs.
void Translator::findInnerWrites(const GraphNode &node, const llvm::StringMap<std::string> &roots) {
  std::vector<std::string> operands;
  for (const auto &[name, argument] : node.inputs) {
    if (argument.kind == Kind::tensor)
      operands.push_back(roots.lookup(argument.text));
    for (const std::string &tensor : argument.names)
      operands.push_back(roots.lookup(tensor));
  }
  // The predicate of cond is no operand.
  if (StringRef(node.target).ends_with(".cond") && !operands.empty())
    operands.erase(operands.begin());
  for (const auto &[name, argument] : node.inputs) {
    if (!argument.graph)
      continue;
    llvm::StringMap<std::string> inner;
    for (auto [input, root] : llvm::zip(argument.graph->inputs, operands))
      if (input.kind == Kind::tensor && !root.empty())
        inner[input.text] = root;
    findWrites(*argument.graph, inner);
  }
}

LogicalResult Translator::stateInput(const InputSpec &spec, StringRef name, Json &parameters,
                                     Json &buffers) {
  bool isParameter = spec.kind == InputSpec::Kind::parameter;
  const Payload *payload = archive.weight(spec.target);
  StringRef from = "weight:";
  if (!payload && !spec.persistent) {
    payload = archive.constant(spec.target);
    from = "constant:";
  }
  if (!payload)
    return archive.program().fail(*spec.json, "expected tensor '" + spec.target +
                                                  "' in the archive, found none");
  // Parameters that share all of their elements are one.
  for (auto &[known, operand] : variables)
    if (isParameter && known->isTiedTo(*payload)) {
      bind(name, word(operand));
      for (Json &entry : parameters.items)
        if (entry.find("as")->text == operand) {
          const Json *aliases = entry.find("aliases");
          std::vector<Json> names = aliases ? aliases->items : std::vector<Json>();
          names.push_back(word(spec.target));
          set(entry, "aliases", list(std::move(names)));
        }
      return success();
    }
  std::string local = declare(name);
  if (isParameter)
    variables.emplace_back(payload, local);
  Json entry = object(
      {{"type", word(graph::typeText(RankedTensorType::get(payload->sizes, payload->element)))},
       {"as", word(local)},
       {"init", object({{"op", word("load")},
                        {"file", word("")},
                        {"key", word((from + spec.target).str())}})}});
  if (isParameter)
    set(entry, "requires_grad", boolean(payload->requiresGrad && isa<FloatType>(payload->element)));
  set(isParameter ? parameters : buffers, spec.target, std::move(entry));
  return success();
}

/// What a constant may have to be written into the program wherever it is used.
constexpr int64_t maxInlineElements = 4096;

LogicalResult Translator::constantInput(const InputSpec &spec, StringRef name, Json &buffers) {
  const Payload *payload = archive.constant(spec.target);
  if (!payload)
    payload = archive.weight(spec.target);
  if (!payload)
    return archive.program().fail(*spec.json, "expected tensor '" + spec.target +
                                                  "' in the archive, found none");
  std::string local = declare(name);
  Json load =
      object({{"op", word("load")}, {"file", word("")}, {"key", word("constant:" + spec.target)}});
  int64_t count = 1;
  for (int64_t size : payload->sizes)
    if (__builtin_mul_overflow(count, size, &count))
      return payload->document->fail(*payload->json, "the sizes of the tensor overflow");
  if (!written.contains(name) && count <= maxInlineElements) {
    set(load, "name", word(local));
    body->push_back(std::move(load));
    return success();
  }
  set(buffers, spec.target,
      object(
          {{"type", word(graph::typeText(RankedTensorType::get(payload->sizes, payload->element)))},
           {"as", word(local)},
           {"init", std::move(load)}}));
  return success();
}

LogicalResult Translator::userInput(const InputSpec &spec, StringRef name, Json &inputs) {
  const TensorMeta *known = meta(name);
  if (!known)
    return archive.program().fail(*spec.json,
                                  "the graph does not tell the type of input '" + name + "'");
  if (!known->element)
    return archive.program().fail(*spec.json, "input '" + name + "' is a tensor of " +
                                                  scalarTypeName(known->scalarType) +
                                                  ", which is not supported");
  if (!known->unknown.empty())
    return archive.program().fail(*spec.json, "the size of input '" + name +
                                                  "' is not known: " + known->unknown);
  std::string local = fresh(spec.target.empty() ? name : StringRef(spec.target));
  bind(name, word(local));
  set(inputs, local, word(typeOf(*known)));
  if (!written.contains(name))
    return success();
  // A function does not write what its caller owns: it has a copy, as torch.export's users see it.
  std::string copy = declare((name + "_copy").str());
  bind(name, word(copy));
  Json clone = known->element.isInteger(1) ? makeNode("logical_or", {word(local), word(local)})
                                           : makeNode("mul", {word(local), integer(1)});
  set(clone, "name", word(copy));
  body->push_back(std::move(clone));
  return success();
}

LogicalResult Translator::outputs(Json &table) {
  size_t users = 0, index = 0, losses = 0;
  auto isLoss = [&](const OutputSpec &spec, const Argument &output) {
    const TensorMeta *type = output.kind == Kind::tensor ? meta(output.text) : nullptr;
    return spec.kind == OutputSpec::Kind::loss ||
           (spec.kind == OutputSpec::Kind::user && type && type->sizes.empty() &&
            isa_and_nonnull<FloatType>(type->element));
  };
  for (auto [spec, output] : llvm::zip(program.outputs, program.graph.outputs)) {
    users += spec.kind == OutputSpec::Kind::user || spec.kind == OutputSpec::Kind::loss;
    losses += isLoss(spec, output);
  }
  GraphNode none;
  none.json = program.graph.json;
  none.target = "output";
  for (auto [spec, output] : llvm::zip(program.outputs, program.graph.outputs)) {
    using K = OutputSpec::Kind;
    if (spec.kind == K::token || spec.kind == K::inputMutation)
      continue;
    if (spec.kind == K::bufferMutation || spec.kind == K::parameterMutation) {
      Json from = value(none, output.text), to;
      for (auto [input, argument] : llvm::zip(program.inputs, program.graph.inputs))
        if (input.target == spec.target)
          to = value(none, argument.text);
      if (from.kind == Json::Kind::null || to.kind == Json::Kind::null)
        return archive.program().fail(*spec.json, "'" + spec.target + "' is no input");
      body->push_back(makeNode("copy_", {to, from}));
      continue;
    }
    std::string name = losses == 1 && isLoss(spec, output) ? "loss"
                       : users == 1                        ? "output"
                                                           : "output_" + std::to_string(index);
    ++index;
    if (output.kind != Kind::tensor)
      continue; // a number or None: it is the same in every run
    Json from = value(none, output.text);
    if (from.kind == Json::Kind::null)
      return failure();
    set(table, name, std::move(from));
  }
  return success();
}

LogicalResult Translator::signature(Json &root) {
  Json inputs = object({}), parameters = object({}), buffers = object({});
  for (auto [spec, argument] : llvm::zip(program.inputs, program.graph.inputs)) {
    using K = InputSpec::Kind;
    if (spec.kind == K::literal || spec.kind == K::token || argument.kind != Kind::tensor)
      continue;
    StringRef name = argument.text;
    LogicalResult done = spec.kind == K::user       ? userInput(spec, name, inputs)
                         : spec.kind == K::constant ? constantInput(spec, name, buffers)
                                                    : stateInput(spec, name, parameters, buffers);
    if (failed(done))
      return failure();
  }
  set(root, "inputs", std::move(inputs));
  set(root, "parameters", std::move(parameters));
  set(root, "buffers", std::move(buffers));
  return success();
}

LogicalResult Translator::run(Json &root) {
  root = object({{"format", word("gradc.graph")}, {"version", integer(1)}});
  if (failed(checkSupported(program.graph)) || failed(checkLayouts(program.graph)))
    return failure();
  llvm::StringMap<std::string> roots;
  for (const Argument &input : program.graph.inputs)
    if (input.kind == Kind::tensor)
      roots[input.text] = input.text;
  findWrites(program.graph, roots);
  std::vector<Json> nodes;
  Json table = object({});
  body = &nodes;
  enter(program.graph);
  if (failed(signature(root)) || failed(translate(program.graph)) || failed(outputs(table)))
    return failure();
  set(root, "functions",
      object({{"forward", object({{"export", boolean(true)},
                                  {"body", list(std::move(nodes))},
                                  {"outputs", std::move(table)}})}}));
  return success();
}

} // namespace gradc::pt2
