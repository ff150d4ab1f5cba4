// ModelParts.h - which nodes of a traced program belong to the parameters of a model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TRACE_MODELPARTS_H
#define GRADC_LIB_TRACE_MODELPARTS_H

#include "Graph.h"

namespace gradc::detail {

struct ModelParts {
  /// In the order of the program.
  std::vector<Value *> parameters, buffers;
  /// Nodes that compute the parameters' and buffers' first values, their own among them.
  std::set<const Node *> initial;
  /// Where first values are written besides, all of `initial` but no_grad, in program order.
  std::vector<Node *> statements;
  /// Nodes that only say that a tensor requires grad.
  std::set<const Node *> marks;
};

/// Fails where the program is no model.
ModelParts findModelParts(const Context &context);

} // namespace gradc::detail

#endif // GRADC_LIB_TRACE_MODELPARTS_H
