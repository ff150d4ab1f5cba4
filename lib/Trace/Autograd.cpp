// Autograd.cpp - backward, grad, zero_grad and the gradient mode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Infer.h"
#include "Text.h"

namespace gradc {

using detail::Access;
using detail::Attributes;
using detail::Context;
using detail::Effect;
using detail::fail;
using detail::ValueRef;

static std::string sizeText(const Shape &shape) {
  return "torch.Size(" + detail::shapeText(shape) + ")";
}

static void checkCotangent(const ValueRef &y, const ValueRef &cotangent, Location where) {
  if (!cotangent && detail::numelOf(y->type.shape) != 1)
    fail(where, "grad can be implicitly created only for scalar outputs");
  if (cotangent && cotangent->type.shape != y->type.shape)
    fail(where, "Mismatch in shape: grad_output[0] has a shape of " +
                    sizeText(cotangent->type.shape) + " and output[0] has a shape of " +
                    sizeText(y->type.shape) + ".");
  if (cotangent && cotangent->device.is_cuda() != y->device.is_cuda())
    fail(where, "Expected all tensors to be on the same device, but found at least two devices, "
                "cuda:0 and cpu!");
}

static Attributes flagAttributes(GradFlags flags) {
  Attributes attributes;
  if (flags & retain_graph)
    attributes.emplace_back("retain_graph", "true");
  if (flags & create_graph)
    attributes.emplace_back("create_graph", "true");
  if (flags & allow_unused)
    attributes.emplace_back("allow_unused", "true");
  return attributes;
}

static void backwardFrom(const Tensor &y, const Tensor *gradient, GradFlags flags, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(y, where);
  ValueRef cotangent = gradient ? context.use(*gradient, where, "the gradient") : nullptr;
  checkCotangent(value, cotangent, where);
  if (flags & allow_unused)
    fail(where, "backward() has no flag allow_unused: grad() has");
  std::vector<detail::Operand> inputs = {value};
  if (cotangent)
    inputs.push_back(cotangent);
  context.append("backward", std::move(inputs), flagAttributes(flags), Effect::writes, where);
  for (const auto &leaf : Context::leavesOf(value)) {
    leaf->gradEpoch += !leaf->hasGrad;
    leaf->hasGrad = true;
    if (!leaf->gradStorage)
      leaf->gradStorage = context.makeStorage();
    ++leaf->gradStorage->version;
    for (detail::Frame &frame : context.frames)
      frame.written.emplace(leaf->gradStorage.get(), where);
  }
}

void Tensor::backward(GradFlags flags, Location where) const {
  backwardFrom(*this, nullptr, flags, where);
}

void Tensor::backward(const Tensor &gradient, GradFlags flags, Location where) const {
  backwardFrom(*this, &gradient, flags, where);
}

static std::vector<Tensor> gradOf(const Tensor &y, const std::vector<Tensor> &xs,
                                  const Tensor *cotangent, GradFlags flags, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(y, where);
  ValueRef seed = cotangent ? context.use(*cotangent, where, "the cotangent") : nullptr;
  if (xs.empty())
    fail(where, "`inputs` argument to `grad()` cannot be empty.");
  checkCotangent(value, seed, where);
  std::vector<detail::Operand> inputs = {value};
  if (seed)
    inputs.push_back(seed);
  detail::Node *node =
      context.append("grad", std::move(inputs), flagAttributes(flags), Effect::writes, where);
  std::vector<Tensor> results;
  for (const Tensor &x : xs) {
    ValueRef wrt = context.use(x, where);
    ValueRef result = context.makeValue(wrt->type, wrt->device, where);
    if (flags & create_graph)
      result->leaves = Context::leavesOf(value);
    result->node = node;
    node->wrt.push_back(wrt);
    node->results.push_back(result);
    results.push_back(Access::make(result));
  }
  return results;
}

std::vector<Tensor> grad(const Tensor &y, const std::vector<Tensor> &xs, const Tensor &v,
                         GradFlags flags, Location where) {
  return gradOf(y, xs, &v, flags, where);
}

std::vector<Tensor> grad(const Tensor &y, const std::vector<Tensor> &xs, GradFlags flags,
                         Location where) {
  return gradOf(y, xs, nullptr, flags, where);
}

void zero_grad(const std::vector<Tensor> &leaves, bool set_to_none, Location where) {
  Context &context = Context::get(where);
  std::vector<detail::Operand> inputs;
  for (const Tensor &tensor : leaves)
    inputs.push_back(context.use(tensor, where));
  if (inputs.empty())
    return;
  Attributes attributes;
  if (!set_to_none)
    attributes.emplace_back("set_to_none", "false");
  size_t count = inputs.size();
  context.append("zero_grad", std::move(inputs), std::move(attributes), Effect::writes, where)
      ->firstNestable = count;
  for (const Tensor &tensor : leaves) {
    detail::Leaf *leaf = Access::value(tensor)->leaf.get();
    if (leaf && leaf->gradStorage && !set_to_none)
      ++leaf->gradStorage->version;
    if (!leaf || !set_to_none)
      continue;
    leaf->gradEpoch += leaf->hasGrad;
    leaf->hasGrad = false;
    leaf->gradStorage = nullptr;
  }
}

NoGradGuard::NoGradGuard(Location where) {
  Context &context = Context::get(where);
  detail::Node *node = context.append("no_grad", {}, {}, Effect::writes, where);
  node->blocks.emplace_back("body", nullptr);
  block = context.open(detail::BlockKind::noGrad, node->blocks.back().second);
}

NoGradGuard::~NoGradGuard() {
  // After an error the trace is over, and blocks within may still be open.
  Context *context = Context::active();
  if (context && context->current == block)
    context->close(block);
}

void no_grad(const std::function<void()> &body, Location where) {
  NoGradGuard guard(where);
  body();
}

void checkpoint(const std::function<void()> &body, Location where) {
  Context &context = Context::get(where);
  detail::Node *node = context.append("checkpoint", {}, {}, Effect::writes, where);
  node->blocks.emplace_back("body", nullptr);
  detail::Block *block = context.open(detail::BlockKind::checkpoint, node->blocks.back().second);
  body();
  if (context.current != block)
    fail(where, "a NoGradGuard outlives the body of this checkpoint");
  context.close(block);
}

} // namespace gradc
