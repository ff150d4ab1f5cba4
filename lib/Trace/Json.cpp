// Json.cpp - decides what is nested, names the values, and writes the graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Json.h"
#include "Infer.h"
#include "ModelParts.h"
#include "Text.h"
#include <cstring>
#include <utility>

namespace gradc::detail {

namespace {
// Nodes nested deeper than this get a line of their own.
constexpr unsigned maxNesting = 3;

Value *resolved(const ValueRef &value) {
  Value *result = value.get();
  while (result->same)
    result = result->same.get();
  return result;
}

class Writer {
public:
  explicit Writer(const JsonOptions &options) : options(options) {}
  std::string write(const Context &context);
  std::string writeModel(const Context &context);

private:
  void nameAll(const Context &context);
  std::string initText(const Node &node);
  std::string statementsText(const ModelParts &parts);
  static std::string variablesText(const std::vector<Value *> &variables, const std::string *inits);

  // Planning: a pure, unnamed node of one use is nested in its user, or else put just before it. So
  // the text does not depend on the order in which C++ evaluated the operands.
  void countUses(const Block &block);
  void countUse(const ValueRef &value);
  void plan(const Block &block);
  void place(Node *node, std::vector<Node *> &order);
  void findWaiting(const Block &block);

  // Naming: the user's names first, then generated ones.
  void nameBlock(const Block &block, bool generated);
  void nameNode(const Node &node, bool generated);
  void nameValue(const ValueRef &value, bool generated, bool always = true);

  std::string blockText(const Block &block, unsigned indent);
  std::string nodeText(const Node &node, unsigned indent, const Location *outer = nullptr);
  std::string head(const Node &node);
  std::string inputsText(const Node &node);
  std::string operandText(const Operand &operand, Location outer);
  std::string controlText(const Node &node);
  std::string locationText(Location where) const;
  static std::string nameText(const ValueRef &value);
  static std::string yieldText(const Node &node, const std::vector<ValueRef> &values);

  const JsonOptions &options;
  std::map<const Value *, unsigned> uses;
  std::set<const Node *> nested;
  std::map<const Node *, unsigned> heights;
  std::map<const Block *, std::vector<Node *>> orders;
  std::set<const Node *> waiting;
  std::set<std::string> taken;
  /// Of a model: what is not part of its function.
  std::set<const Node *> skipped;
  unsigned nextName = 0;
};
} // namespace

void Writer::countUse(const ValueRef &value) {
  Value *target = resolved(value);
  ++uses[target];
  if (target->gradOf)
    countUse(target->gradOf);
}

void Writer::countUses(const Block &block) {
  for (const auto &node : block.nodes) {
    if (skipped.count(node.get()))
      continue;
    for (const Operand &input : node->inputs)
      if (input.value)
        countUse(input.value);
    for (const ValueRef &value : node->wrt)
      countUse(value);
    if (node->condition)
      countUse(node->condition);
    for (const Carry &carry : node->carries) {
      countUse(carry.initial);
      countUse(carry.yielded);
    }
    for (const auto *yields : {&node->thenYields, &node->elseYields})
      for (const ValueRef &value : *yields)
        countUse(value);
    for (const auto &[name, inner] : node->blocks)
      countUses(*inner);
  }
}

// Places what the node waits for. A stack of our own: an unrolled loop makes chains of any length.
void Writer::place(Node *root, std::vector<Node *> &order) {
  struct Frame {
    Node *node;
    size_t nextInput;
  };
  std::vector<Frame> stack = {{root, 0}};
  while (true) {
    auto &[node, nextInput] = stack.back();
    unsigned &height = heights.emplace(node, 1).first->second;
    if (nextInput < node->inputs.size()) {
      const ValueRef &value = node->inputs[nextInput++].value;
      Node *child = value ? resolved(value)->node : nullptr;
      if (child && waiting.count(child))
        stack.push_back({child, 0});
      continue;
    }
    Node *done = node;
    unsigned doneHeight = height;
    stack.pop_back();
    if (stack.empty())
      return;
    const Frame &user = stack.back();
    bool nests = user.nextInput > user.node->firstNestable && doneHeight < maxNesting;
    if (!nests) {
      order.push_back(done);
      continue;
    }
    nested.insert(done);
    heights[user.node] = std::max(heights[user.node], doneHeight + 1);
  }
}

static bool isMovable(const Node &node, const std::map<const Value *, unsigned> &uses) {
  if (node.effect != Effect::pure || node.results.size() != 1 || !node.results[0]->hint.empty())
    return false;
  auto found = uses.find(node.results[0].get());
  return found != uses.end() && found->second == 1;
}

// Marks the nodes that wait for their use: it is in their block, with no write in between.
void Writer::findWaiting(const Block &block) {
  std::map<const Node *, size_t> writesBefore;
  size_t writes = 0;
  for (const auto &node : block.nodes) {
    if (skipped.count(node.get()))
      continue;
    writesBefore[node.get()] = writes;
    writes += node->effect == Effect::writes;
    for (const Operand &input : node->inputs) {
      Node *child = input.value ? resolved(input.value)->node : nullptr;
      auto found = writesBefore.find(child);
      if (child && found != writesBefore.end() && isMovable(*child, uses) &&
          found->second == writesBefore[node.get()])
        waiting.insert(child);
    }
  }
}

void Writer::plan(const Block &block) {
  findWaiting(block);
  std::vector<Node *> &order = orders[&block];
  for (const auto &node : block.nodes) {
    if (waiting.count(node.get()) || skipped.count(node.get()))
      continue;
    place(node.get(), order);
    order.push_back(node.get());
  }
  for (const auto &node : block.nodes)
    for (const auto &[name, inner] : node->blocks)
      plan(*inner);
}

void Writer::nameValue(const ValueRef &value, bool generated, bool always) {
  Value *target = resolved(value);
  if (!target->name.empty() || target->gradOf)
    return;
  if (generated) {
    if (!always && !uses[target])
      return;
    do
      target->name = "t" + std::to_string(nextName++);
    while (!taken.insert(target->name).second);
    return;
  }
  if (target->hint.empty())
    return;
  target->name = target->hint;
  for (unsigned i = 1; !taken.insert(target->name).second; ++i)
    target->name = target->hint + "_" + std::to_string(i);
}

void Writer::nameNode(const Node &node, bool generated) {
  for (const Operand &input : node.inputs)
    if (input.value && resolved(input.value)->node && nested.count(resolved(input.value)->node))
      nameNode(*resolved(input.value)->node, generated);
  if (node.index)
    nameValue(node.index, generated);
  for (const Carry &carry : node.carries) {
    if (carry.carried->hint.empty())
      carry.carried->hint = resolved(carry.initial)->hint;
    nameValue(carry.carried, generated);
  }
  for (const auto &[name, inner] : node.blocks)
    nameBlock(*inner, generated);
  if (nested.count(&node))
    return;
  // The results of grad and if are listed: each needs a name.
  bool always = node.results.size() > 1 || node.op == "if";
  for (const ValueRef &result : node.results)
    nameValue(result, generated, always);
}

void Writer::nameBlock(const Block &block, bool generated) {
  for (const Node *node : orders[&block])
    nameNode(*node, generated);
}

std::string Writer::nameText(const ValueRef &value) {
  Value *target = resolved(value);
  if (target->gradOf)
    return quoted(resolved(target->gradOf)->name + ".grad");
  return quoted(target->name);
}

std::string Writer::operandText(const Operand &operand, Location outer) {
  if (!operand.value)
    return operand.literal;
  Value *target = resolved(operand.value);
  if (target->node && nested.count(target->node))
    return nodeText(*target->node, 0, &outer);
  return nameText(operand.value);
}

std::string Writer::inputsText(const Node &node) {
  std::string text;
  for (const Operand &input : node.inputs)
    text += (text.empty() ? "" : ", ") + operandText(input, node.where);
  return text.empty() ? "" : ", \"inputs\": [" + text + "]";
}

static std::string baseName(const char *file) {
  // An absolute path, or one that leaves the folder, would make the text depend on the machine.
  const char *slash = std::strrchr(file, '/');
  bool leaves = file[0] == '/' || std::strstr(file, "../");
  return leaves && slash ? slash + 1 : file;
}

std::string Writer::locationText(Location where) const {
  std::string text = ", \"loc\": {\"file\": " + quoted(baseName(where.file)) +
                     ", \"line\": " + std::to_string(where.line);
  if (options.columns && where.column)
    text += ", \"column\": " + std::to_string(where.column);
  return text + "}";
}

std::string Writer::yieldText(const Node &node, const std::vector<ValueRef> &values) {
  std::string text;
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : "") + nameText(node.results[i]) + ": " + nameText(values[i]);
  return "{" + text + "}";
}

// What repeat and if say beside their blocks.
std::string Writer::controlText(const Node &node) {
  std::string text;
  if (node.index)
    text += ", \"index\": " + nameText(node.index);
  if (node.condition)
    text += ", \"condition\": {\"value\": " + nameText(node.condition) + "}";
  std::string initial, yielded;
  for (const Carry &carry : node.carries) {
    std::string comma = initial.empty() ? "" : ", ";
    initial += comma + nameText(carry.carried) + ": " + nameText(carry.initial);
    yielded += comma + nameText(carry.carried) + ": " + nameText(carry.yielded);
  }
  if (!initial.empty())
    text += ", \"carry\": {" + initial + "}, \"yield\": {" + yielded + "}";
  if (!node.thenYields.empty())
    text += ", \"yield\": {\"then\": " + yieldText(node, node.thenYields) +
            ", \"else\": " + yieldText(node, node.elseYields) + "}";
  return text;
}

// The names of the results and the op.
std::string Writer::head(const Node &node) {
  std::string text = "{";
  bool isListed =
      node.op != "if" && node.op != "repeat" && node.op != "while" && node.results.size() > 1;
  if (!isListed && node.op != "if" && node.results.size() == 1 && !node.results[0]->name.empty())
    text += "\"name\": " + quoted(node.results[0]->name) + ", ";
  if (isListed) {
    std::string names;
    for (const ValueRef &result : node.results)
      names += (names.empty() ? "" : ", ") + nameText(result);
    text += "\"names\": [" + names + "], ";
  }
  return text + "\"op\": " + quoted(node.op);
}

static bool isSame(Location a, Location b, bool columns) {
  return !std::strcmp(a.file, b.file) && a.line == b.line && (!columns || a.column == b.column);
}

// A nested node without a location has that of the node around it.
std::string Writer::nodeText(const Node &node, unsigned indent, const Location *outer) {
  std::string text = head(node) + inputsText(node);
  std::string wrt;
  for (const ValueRef &value : node.wrt)
    wrt += (wrt.empty() ? "" : ", ") + nameText(value);
  if (!wrt.empty())
    text += ", \"wrt\": [" + wrt + "]";
  bool hasType = false;
  for (const auto &[key, value] : node.attributes) {
    if (key == "requires_grad" && skipped.count(&node))
      continue; // parameters do without saying so
    text += ", " + quoted(key) + ": " + value;
    hasType |= key == "type";
  }
  bool isTyped = options.types && !hasType && node.results.size() == 1 && node.blocks.empty();
  if (isTyped && node.op != "item" && node.op != "requires_grad")
    text += ", \"type\": " + quoted(typeText(node.results[0]->type));
  text += controlText(node);
  if (!outer || !isSame(*outer, node.where, options.columns))
    text += locationText(node.where);
  for (const auto &[key, block] : node.blocks)
    text += ", " + quoted(key) + ": [" + blockText(*block, indent + 2) + "]";
  return text + "}";
}

std::string Writer::blockText(const Block &block, unsigned indent) {
  std::string text;
  for (const Node *node : orders[&block])
    text += (text.empty() ? "\n" : ",\n") + std::string(indent, ' ') + nodeText(*node, indent);
  return text;
}

void Writer::nameAll(const Context &context) {
  countUses(*context.main);
  plan(*context.main);
  nameBlock(*context.main, false);
  nameBlock(*context.main, true);
}

std::string Writer::write(const Context &context) {
  nameAll(context);
  std::string text = "{\"format\": \"gradc.graph\", \"version\": 1";
  if (context.usesCuda)
    text += std::string(", \"device\": ") + (context.usesAuto ? "\"auto\"" : "\"cuda\"");
  return text + ", \"main\": [" + blockText(*context.main, 2) + "]}\n";
}

// A first value is one node without a name, all others nested in it.
std::string Writer::initText(const Node &node) {
  if (node.op == "zeros")
    return "";
  return ", \"init\": " + nodeText(node, 0);
}

std::string Writer::variablesText(const std::vector<Value *> &variables, const std::string *inits) {
  std::string text;
  for (size_t i = 0; i < variables.size(); ++i) {
    const ValueRef &value = variables[i]->node->results[0];
    text += (i ? ",\n  " : "\n  ") + nameText(value) +
            ": {\"type\": " + quoted(typeText(value->type)) + inits[i] + "}";
  }
  return text;
}

// A first value that stands with its variable though others are written by statements.
static bool isConstant(const Node &node) {
  static const std::set<std::string> ops = {"zeros", "ones", "full", "tensor", "load"};
  return ops.count(node.op) != 0;
}

// All that first values come from, in the order of the program: it is that of the draws.
std::string Writer::statementsText(const ModelParts &parts) {
  std::set<const Node *> variables;
  for (const auto *values : {&parts.parameters, &parts.buffers})
    for (const Value *variable : *values)
      variables.insert(variable->node);
  for (bool generated : {false, true})
    for (const Node *node : parts.statements)
      for (const ValueRef &result : node->results)
        nameValue(result, generated);
  std::string text;
  for (const Node *node : parts.statements) {
    bool isVariable = variables.count(node) != 0;
    if (isVariable && isConstant(*node))
      continue;
    text += text.empty() ? "\n  " : ",\n  ";
    if (!isVariable) {
      text += nodeText(*node, 2);
      continue;
    }
    std::string name = std::exchange(node->results[0]->name, "");
    text += "{\"op\": \"copy_\", \"inputs\": [" + quoted(name) + ", " + nodeText(*node, 2) + "]" +
            locationText(node->where) + "}";
    node->results[0]->name = name;
  }
  return text;
}

std::string Writer::writeModel(const Context &context) {
  ModelParts parts = findModelParts(context);
  skipped = parts.initial;
  skipped.insert(parts.marks.begin(), parts.marks.end());
  bool hasStatements = !parts.statements.empty();
  if (!hasStatements)
    nested = parts.initial;
  for (const auto *values : {&parts.parameters, &parts.buffers})
    for (const Value *variable : *values)
      nested.erase(variable->node);
  std::vector<std::string> inits; // before there are names
  for (const auto *values : {&parts.parameters, &parts.buffers})
    for (const Value *variable : *values)
      inits.push_back(hasStatements && !isConstant(*variable->node) ? ""
                                                                    : initText(*variable->node));

  std::string inputs, outputs;
  for (const ValueRef &value : context.inputs) {
    nameValue(value, false);
    inputs += (inputs.empty() ? "" : ", ") + nameText(value) + ": " + quoted(typeText(value->type));
  }
  for (bool generated : {false, true})
    for (const auto *values : {&parts.parameters, &parts.buffers})
      for (Value *variable : *values)
        nameValue(variable->node->results[0], generated);
  std::string parameters = variablesText(parts.parameters, inits.data());
  std::string buffers = variablesText(parts.buffers, inits.data() + parts.parameters.size());
  if (!buffers.empty())
    parameters += "},\n \"buffers\": {" + buffers;
  parameters += "}";
  if (hasStatements)
    parameters += ",\n \"init\": [" + statementsText(parts) + "]";
  for (const auto &[name, value] : context.outputs)
    countUse(value);
  nameAll(context);
  for (const auto &[name, value] : context.outputs)
    outputs += (outputs.empty() ? "" : ", ") + quoted(name) + ": " + nameText(value);
  std::string text = "{\"format\": \"gradc.graph\", \"version\": 1";
  if (context.usesCuda)
    text += std::string(", \"device\": ") + (context.usesAuto ? "\"auto\"" : "\"cuda\"");
  return text + ",\n \"inputs\": {" + inputs + "},\n \"parameters\": {" + parameters +
         ",\n \"functions\": {\"forward\": {\"export\": true, \"body\": [" +
         blockText(*context.main, 2) + "],\n  \"outputs\": {" + outputs + "}}}}\n";
}

std::string writeJson(const Context &context, const JsonOptions &options) {
  bool isModel = !context.inputs.empty() || !context.outputs.empty();
  return isModel ? Writer(options).writeModel(context) : Writer(options).write(context);
}

} // namespace gradc::detail
