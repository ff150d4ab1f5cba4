// Model.cpp - inputs and outputs, and what of a traced program is a model's parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/Model.h"
#include "Graph.h"
#include "Infer.h"
#include "ModelParts.h"
#include <algorithm>

namespace gradc {

using detail::Access;
using detail::Context;
using detail::fail;
using detail::Node;
using detail::Value;
using detail::ValueRef;

static void checkOutermost(const Context &context, const char *what, Location where) {
  if (context.current != context.main.get())
    fail(where, std::string(what) + " inside the body of a repeat, a branch or no_grad");
}

Tensor input(const std::string &name, const Shape &shape, const Options &options, Location where) {
  Context &context = Context::get(where);
  checkOutermost(context, "an input", where);
  detail::checkSizes(shape, where);
  if (options.requiresGradOption)
    fail(where, "an input does not require grad by itself: gradc build --grad=inputs asks for it");
  for (const ValueRef &other : context.inputs)
    if (other->hint == name)
      fail(where, "there is an input '" + name + "' already");
  ValueRef value =
      context.makeValue({options.dtypeOption.value_or(f32), shape}, options.deviceOption, where);
  Tensor result = Access::make(value);
  result.named(name, where);
  context.inputs.push_back(value);
  return result;
}

void output(const std::string &name, const Tensor &tensor, Location where) {
  Context &context = Context::get(where);
  checkOutermost(context, "an output", where);
  ValueRef value = context.use(tensor, where);
  for (const auto &[other, unused] : context.outputs)
    if (other == name)
      fail(where, "there is an output '" + name + "' already");
  if (value->hint.empty() && !value->gradOf)
    tensor.named(name, where);
  context.outputs.emplace_back(name, value);
}

Tensor buffer(const std::string &name, const Tensor &first, Location where) {
  Context &context = Context::get(where);
  context.buffers.push_back(context.use(first, where));
  return first.named(name, where);
}

Tensor is_training(Location where) {
  return Access::make(
      Context::get(where).compute("ag.training", {}, {}, {Dtype::boolean, {}}, Device(), where));
}

void initialize(const std::function<void()> &body, Location where) {
  detail::InitialScope scope(where);
  NoGradGuard guard(where);
  body();
}

namespace detail {

static Value *resolved(const ValueRef &value) {
  Value *result = value.get();
  while (result->same)
    result = result->same.get();
  return result;
}

static bool says(const Node &node, const char *key) {
  for (const auto &[name, text] : node.attributes)
    if (name == key && text == "true")
      return true;
  return false;
}

// The value that a node of the outermost block makes a leaf.
static Value *leafOf(const Node &node) {
  if (node.op == "requires_grad_" && says(node, "value") && node.inputs[0].value)
    return resolved(node.inputs[0].value);
  return says(node, "requires_grad") && node.results.size() == 1 ? node.results[0].get() : nullptr;
}

// Nodes that a parameter's first value is computed by.
static void collect(const Node *root, ModelParts &parts) {
  std::vector<const Node *> rest = {root};
  while (!rest.empty()) {
    const Node *node = rest.back();
    rest.pop_back();
    if (!node->blocks.empty())
      fail(node->where,
           "the first value of a parameter or buffer cannot come from a loop or a branch");
    parts.initial.insert(node);
    for (const Operand &operand : node->inputs) {
      const Value *value = operand.value ? resolved(operand.value) : nullptr;
      if (!value)
        continue;
      if (!value->node || value->leaf)
        fail(node->where, "the first value of a parameter cannot depend on an input or on another "
                          "parameter");
      rest.push_back(value->node);
    }
  }
}

static bool isVariable(const Value *value, const ModelParts &parts) {
  return value->leaf ||
         std::find(parts.buffers.begin(), parts.buffers.end(), value) != parts.buffers.end();
}

static void checkUses(const Block &block, const ModelParts &parts) {
  for (const auto &node : block.nodes) {
    for (const auto &[name, inner] : node->blocks)
      checkUses(*inner, parts);
    if (parts.initial.count(node.get()) || parts.marks.count(node.get()))
      continue;
    for (const Operand &operand : node->inputs) {
      const Value *value = operand.value ? resolved(operand.value) : nullptr;
      if (value && value->node && parts.initial.count(value->node) && !isVariable(value, parts))
        fail(node->where, "a tensor that a parameter's first value is computed from cannot be used "
                          "by the model: compute it again");
    }
  }
}

namespace {
/// Finds the writes to first values and what they need.
class InitialWrites {
public:
  explicit InitialWrites(ModelParts &parts) : parts(parts) {}
  void collect(const Block &block);
  void check(const Block &block);
  void list(const Block &block);

private:
  void add(const Node *node);

  ModelParts &parts;
  /// What the model has used so far.
  std::set<const Storage *> used;
};
} // namespace

void InitialWrites::add(const Node *root) {
  std::vector<const Node *> rest = {root};
  while (!rest.empty()) {
    const Node *node = rest.back();
    rest.pop_back();
    parts.initial.insert(node);
    for (const Operand &operand : node->inputs) {
      const Value *value = operand.value ? resolved(operand.value) : nullptr;
      if (!value || isVariable(value, parts))
        continue;
      if (!value->node)
        fail(node->where, "the first value of a parameter or buffer cannot depend on an input");
      if (!parts.initial.count(value->node))
        rest.push_back(value->node);
    }
  }
}

void InitialWrites::check(const Block &block) {
  for (const auto &node : block.nodes) {
    for (const auto &[name, inner] : node->blocks)
      check(*inner);
    if (parts.marks.count(node.get()))
      continue;
    bool isInitial = parts.initial.count(node.get());
    for (const Operand &operand : node->inputs) {
      const Storage *storage = operand.value ? resolved(operand.value)->storage.get() : nullptr;
      // A view reads nothing yet.
      if (!storage || (!node->results.empty() && node->results[0]->storage.get() == storage))
        continue;
      if (!isInitial)
        used.insert(storage);
      else if (used.count(storage))
        fail(node->where, "the model has used this tensor already: give first values before");
    }
  }
}

void InitialWrites::collect(const Block &block) {
  bool isBody = block.kind == BlockKind::repeat || block.kind == BlockKind::branch;
  for (const auto &node : block.nodes) {
    if (node->isInitial && isBody)
      fail(node->where, "first values are given once: not within a repeat or a branch");
    bool isWithin = !node->blocks.empty();
    for (const auto &[name, inner] : node->blocks) {
      collect(*inner);
      for (const auto &statement : inner->nodes)
        isWithin &= parts.initial.count(statement.get()) != 0;
    }
    if (node->isInitial || isWithin)
      add(node.get());
  }
}

void InitialWrites::list(const Block &block) {
  for (const auto &node : block.nodes) {
    for (const auto &[name, inner] : node->blocks)
      list(*inner);
    if (node->blocks.empty() && parts.initial.count(node.get()))
      parts.statements.push_back(node.get());
  }
}

static bool writesFirstValues(const Block &block) {
  for (const auto &node : block.nodes) {
    for (const auto &[name, inner] : node->blocks)
      if (writesFirstValues(*inner))
        return true;
    if (node->isInitial)
      return true;
  }
  return false;
}

ModelParts findModelParts(const Context &context) {
  ModelParts parts;
  for (const auto &node : context.main->nodes) {
    if (node->op == "manual_seed")
      fail(node->where, "a model sets no seed: --seed of its executable does");
    for (const ValueRef &buffer : context.buffers)
      if (resolved(buffer)->node == node.get() && !buffer->leaf) {
        parts.buffers.push_back(resolved(buffer));
        collect(node.get(), parts);
      }
    Value *leaf = leafOf(*node);
    if (!leaf)
      continue;
    if (node->op == "requires_grad_")
      parts.marks.insert(node.get());
    if (!leaf->node)
      fail(node->where, "an input cannot be a parameter: gradc build --grad=inputs asks for its "
                        "gradient");
    parts.parameters.push_back(leaf);
    collect(leaf->node, parts);
  }
  if (writesFirstValues(*context.main)) {
    InitialWrites writes(parts);
    writes.collect(*context.main);
    writes.check(*context.main);
    writes.list(*context.main);
  }
  checkUses(*context.main, parts);
  return parts;
}

} // namespace detail
} // namespace gradc
