// Layouts.cpp - refuses writes through views that depend on how PyTorch laid out a tensor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether reshape gives a view or a copy follows from strides. The importer of graph JSON takes new
// tensors to lie in rows; PyTorch keeps the layout of operands in some results. Both agree on all
// values, and on what a write reaches unless a reshaped view of such a tensor is written.
#include "Translate.h"

using namespace mlir;
namespace gradc::pt2 {

using Kind = Argument::Kind;

bool liesInRows(const TensorMeta &meta) {
  int64_t stride = 1;
  for (size_t i = meta.sizes.size(); i-- > 0;) {
    if (meta.sizes[i] == 0)
      return true;
    if (meta.sizes[i] != 1 && meta.strides[i] != stride)
      return false;
    stride *= meta.sizes[i];
  }
  return true;
}

/// Operators that join or divide dimensions.
static bool reshapes(StringRef base) {
  return llvm::is_contained({"reshape", "view", "flatten", "unflatten", "ravel", "reshape_as",
                             "view_as", "_unsafe_view", "_reshape_alias"},
                            base);
}

LogicalResult Translator::checkLayouts(const Graph &graph) {
  // The tensor that a value is a view of; of a new tensor it is itself.
  llvm::StringMap<std::string> roots;
  auto rootOf = [&](const std::string &name) {
    auto found = roots.find(name);
    return found == roots.end() ? name : found->second;
  };
  llvm::StringSet<> writtenRoots;
  llvm::StringMap<const GraphNode *> reshaped;
  for (const GraphNode &node : graph.nodes) {
    for (const auto &[name, argument] : node.inputs)
      if (argument.graph && failed(checkLayouts(*argument.graph)))
        return failure();
    StringRef target = node.target;
    if (!target.consume_front("torch.ops.aten."))
      continue;
    target.consume_back(".default");
    const Schema *schema = findSchema(target);
    for (const Parameter &parameter :
         schema ? ArrayRef<Parameter>(schema->parameters) : ArrayRef<Parameter>())
      for (const auto &[name, argument] : node.inputs) {
        if (parameter.name != name || argument.kind != Kind::tensor || !parameter.isAliased)
          continue;
        std::string root = rootOf(argument.text);
        if (parameter.isWritten)
          writtenRoots.insert(root);
        if (reshapes(schema->base()))
          reshaped.try_emplace(root, &node);
        for (const Argument &output : node.outputs) {
          if (output.kind == Kind::tensor)
            roots[output.text] = root;
          for (const std::string &tensor : output.names)
            roots[tensor] = root;
        }
      }
  }
  for (const auto &entry : reshaped) {
    auto meta = graph.tensors.find(entry.first());
    if (writtenRoots.contains(entry.first()) && meta != graph.tensors.end() &&
        meta->second.unknown.empty() && !liesInRows(meta->second))
      return fail(*entry.second, "a reshaped view of '" + entry.first() +
                                     "', whose elements do not lie in rows, is written in place or "
                                     "shares its storage with what is: call contiguous() first");
  }
  return success();
}

} // namespace gradc::pt2
