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
  checkUses(*context.main, parts);
  return parts;
}

} // namespace detail
} // namespace gradc
