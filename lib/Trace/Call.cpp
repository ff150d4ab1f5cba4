// Call.cpp - makes a node from operands and attributes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Call.h"

namespace gradc::detail {

const Type &Call::input(const Tensor &tensor) {
  values.push_back(context.use(tensor, where));
  operands.emplace_back(values.back());
  return values.back()->type;
}

void Call::optional(const Tensor &tensor) {
  if (Access::value(tensor))
    input(tensor);
  else
    operands.emplace_back(std::string("null"));
}

void Call::attribute(const char *name, double value, double absent) {
  if (!(value == absent))
    attributes.emplace_back(name, numberText(value, where));
}
void Call::attribute(const char *name, int64_t value, int64_t absent) {
  if (value != absent)
    attributes.emplace_back(name, numberText(value, where));
}
void Call::attribute(const char *name, bool value, bool absent) {
  if (value != absent)
    attributes.emplace_back(name, boolText(value));
}

Device Call::device() const {
  std::vector<Resolved> resolved;
  for (const ValueRef &value : values) {
    resolved.emplace_back();
    resolved.back().type = value->type;
    resolved.back().device = value->device;
  }
  return commonDevice(resolved, where);
}

void Call::trim() {
  while (!operands.empty() && !operands.back().value && operands.back().literal == "null")
    operands.pop_back();
}

Tensor Call::result(Type type) {
  trim();
  Device common = device();
  return Access::make(context.compute(op, operands, attributes, std::move(type), common, where));
}

std::vector<Tensor> Call::results(const std::vector<Type> &types) {
  trim();
  Device common = device();
  ValueRef first = context.compute(op, operands, attributes, types.front(), common, where);
  std::vector<Tensor> made = {Access::make(first)};
  for (size_t i = 1; i < types.size(); ++i) {
    checkSizes(types[i].shape, where);
    ValueRef value = context.makeValue(types[i], common, where);
    value->leaves = first->leaves;
    value->node = first->node;
    first->node->results.push_back(value);
    made.push_back(Access::make(value));
  }
  return made;
}

} // namespace gradc::detail
