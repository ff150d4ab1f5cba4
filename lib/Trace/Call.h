// Call.h - a node of graph JSON that is made from operands and attributes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TRACE_CALL_H
#define GRADC_LIB_TRACE_CALL_H

#include "Graph.h"
#include "Infer.h"
#include "Text.h"

namespace gradc::detail {

/// Collects the operands and attributes of one node; the type of its result is the caller's.
class Call {
public:
  Call(std::string op, Location where)
      : op(std::move(op)), where(where), context(Context::get(where)) {}

  /// An operand; its type.
  const Type &input(const Tensor &tensor);
  /// One that may be undefined: then it is null; where nothing follows, it is left out.
  void optional(const Tensor &tensor);
  void attribute(const char *name, const std::string &text) { attributes.emplace_back(name, text); }
  void attribute(const char *name, double value, double absent);
  void attribute(const char *name, int64_t value, int64_t absent);
  void attribute(const char *name, bool value, bool absent);

  Tensor result(Type type);
  std::vector<Tensor> results(const std::vector<Type> &types);
  [[noreturn]] void fail(const std::string &text) const { detail::fail(where, text); }

  std::string op;
  Location where;
  Context &context;
  std::vector<Operand> operands;

private:
  Device device() const;
  void trim();

  Attributes attributes;
  std::vector<ValueRef> values;
};

} // namespace gradc::detail

#endif // GRADC_LIB_TRACE_CALL_H
