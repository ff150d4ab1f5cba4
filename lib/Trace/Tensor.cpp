// Tensor.cpp - handles: their list, what is known of a tensor, autograd and devices.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/Tensor.h"
#include "Graph.h"
#include "Infer.h"
#include "Text.h"
#include "gradc/Trace/Functions.h"

namespace gradc {

using detail::Access;
using detail::Context;
using detail::Effect;
using detail::fail;
using detail::ValueRef;

// The list of live handles, by age: constructing appends.
static thread_local Tensor *firstHandle = nullptr;
static thread_local Tensor *lastHandle = nullptr;

void Tensor::link() {
  previous = lastHandle;
  (lastHandle ? lastHandle->next : firstHandle) = this;
  lastHandle = this;
}

void Tensor::unlink() {
  (previous ? previous->next : firstHandle) = next;
  (next ? next->previous : lastHandle) = previous;
}

Tensor::Tensor() { link(); }
Tensor::Tensor(ValueRef value) : value(std::move(value)) { link(); }
Tensor::Tensor(const Tensor &other) : value(other.value) { link(); }
Tensor::~Tensor() { unlink(); }

Tensor &Tensor::operator=(const Tensor &other) & {
  value = other.value;
  return *this;
}

std::vector<Tensor *> Access::handles() {
  std::vector<Tensor *> result;
  for (Tensor *handle = firstHandle; handle; handle = handle->next)
    result.push_back(handle);
  return result;
}

bool Tensor::defined() const {
  if (!value && Context::active())
    for (detail::Frame &frame : Context::active()->frames)
      frame.askedUndefined.insert(this);
  return value != nullptr;
}

const Shape &Tensor::sizes(Location where) const {
  return Context::get(where).use(*this, where)->type.shape;
}

int64_t Tensor::dim(Location where) const { return static_cast<int64_t>(sizes(where).size()); }
int64_t Tensor::numel(Location where) const { return detail::numelOf(sizes(where)); }

int64_t Tensor::size(int64_t dim, Location where) const {
  const Shape &shape = sizes(where);
  if (shape.empty())
    fail(where, "Dimension specified as " + std::to_string(dim) + " but tensor has no dimensions");
  return shape[detail::wrapDim(dim, static_cast<int64_t>(shape.size()), where)];
}

Dtype Tensor::dtype(Location where) const {
  return Context::get(where).use(*this, where)->type.dtype;
}

Device Tensor::device(Location where) const {
  return Context::get(where).use(*this, where)->device;
}

Tensor Tensor::named(const std::string &name, Location where) const {
  ValueRef target = Context::get(where).use(*this, where);
  bool valid = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  for (char c : name)
    valid &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  if (!valid)
    fail(where, "'" + name + "' is not a name: letters, digits and _, not a digit first");
  if (target->gradOf)
    fail(where, "a gradient has the name of its tensor: name that");
  target->hint = name;
  return *this;
}

Tensor Tensor::grad(Location where) const {
  Context &context = Context::get(where);
  ValueRef base = context.use(*this, where);
  ValueRef result = context.makeValue(base->type, base->device, where);
  result->gradOf = base;
  result->scope = base->scope;
  if (base->leaf) {
    result->gradEpoch = base->leaf->gradEpoch;
    if (!base->leaf->gradStorage)
      base->leaf->gradStorage = result->storage;
    result->storage = base->leaf->gradStorage;
  }
  return Access::make(result);
}

Tensor Tensor::detach(Location where) const {
  Context &context = Context::get(where);
  ValueRef base = context.use(*this, where);
  ValueRef result = context.computeView("detach", base, {}, base->type.shape, where);
  result->leaves.clear();
  return Access::make(result);
}

static Item query(const char *op, const ValueRef &base, Dtype dtype, Location where) {
  Context &context = Context::get(where);
  ValueRef result = context.compute(op, {base}, {}, {dtype, {}}, Device(), where);
  result->leaves.clear();
  return Access::item(Access::make(result));
}

Item Tensor::requires_grad(Location where) const {
  return query("requires_grad", Context::get(where).use(*this, where), Dtype::boolean, where);
}

Tensor Tensor::requires_grad_(bool value, Location where) const {
  Context &context = Context::get(where);
  ValueRef base = context.use(*this, where);
  if (value && !detail::isFloat(base->type.dtype))
    fail(where, "only Tensors of floating point dtype can require gradients");
  context
      .append("requires_grad_", {base}, {{"value", detail::boolText(value)}}, Effect::writes, where)
      ->firstNestable = 1;
  std::shared_ptr<detail::Leaf> leaf = base->leaf;
  if (value && !leaf && Context::leavesOf(base).empty())
    leaf = context.makeLeaf();
  if (!value)
    leaf = nullptr;
  // Inside a repeat the handle stands for an outer tensor: both are the leaf.
  for (ValueRef each = base; each; each = each->same) {
    each->leaf = leaf;
    if (leaf)
      each->leaves = {leaf};
    else if (!value)
      each->leaves.clear();
  }
  return *this;
}

Item Tensor::item(Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  int64_t count = detail::numelOf(base->type.shape);
  if (count != 1)
    fail(where,
         "a Tensor with " + std::to_string(count) + " elements cannot be converted to Scalar");
  return query("item", base, base->type.dtype, where);
}

Tensor Tensor::to(Device device, Location where) const {
  Context &context = Context::get(where);
  ValueRef base = context.use(*this, where);
  if (base->device.is_cuda() == device.is_cuda())
    return *this;
  const char *op = device.is_cuda() ? "to_device" : "to_host";
  return Access::make(context.compute(op, {base}, {}, base->type, device, where));
}

Tensor Tensor::cpu(Location where) const { return to(Device(), where); }
Tensor Tensor::cuda(Location where) const { return to(Device("cuda", where), where); }

Tensor Tensor::to(Dtype dtype, Location where) const {
  Context &context = Context::get(where);
  ValueRef base = context.use(*this, where);
  if (base->type.dtype == dtype)
    return *this;
  return Access::make(context.compute("cast", {base},
                                      {{"dtype", detail::quoted(detail::dtypeName(dtype))}},
                                      {dtype, base->type.shape}, base->device, where));
}

Tensor Tensor::half(Location where) const { return to(Dtype::f16, where); }
Tensor Tensor::bfloat16(Location where) const { return to(Dtype::bf16, where); }

Tensor Tensor::clone(Location where) const {
  ValueRef base = Context::get(where).use(*this, where);
  // The graph has no clone: these two return the same bits in a new storage.
  if (base->type.dtype == Dtype::boolean)
    return gradc::logical_or(Arg(*this, where), Arg(*this, where));
  return gradc::mul(Arg(*this, where), Arg(1, where));
}

} // namespace gradc
