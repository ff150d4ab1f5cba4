// Bodies.h - what repeat and if_ share: handles from outside of a body, and shared storages.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TRACE_BODIES_H
#define GRADC_LIB_TRACE_BODIES_H

#include "Graph.h"

namespace gradc::detail {

/// A handle from outside of a body.
struct Entry {
  Tensor *handle;
  ValueRef before;
  /// What stands in its place inside of a repeat.
  ValueRef placeholder;
  /// What the body has left in it.
  ValueRef after;
};

using Storages = std::set<std::shared_ptr<Storage>>;

/// The storages that a value may be in.
Storages storagesOf(const ValueRef &value);
/// Notes that the result of a body may be in the storages of other tensors.
void mayShare(const ValueRef &result, const Storages &storages);

} // namespace gradc::detail

#endif // GRADC_LIB_TRACE_BODIES_H
