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

bool liesInRows(ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  int64_t stride = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] == 0)
      return true;
    if (sizes[i] != 1 && strides[i] != stride)
      return false;
    stride *= sizes[i];
  }
  return true;
}
bool liesInRows(const TensorMeta &meta) { return liesInRows(meta.sizes, meta.strides); }

/// Operators that join or divide dimensions.
static bool reshapes(StringRef base) {
  return llvm::is_contained({"reshape", "view", "flatten", "unflatten", "ravel", "reshape_as",
                             "view_as", "_unsafe_view", "_reshape_alias"},
                            base);
}

void Translator::walkAliases(const Graph &graph, llvm::StringMap<std::string> &roots,
                             AliasVisitor visit) {
  for (const GraphNode &node : graph.nodes) {
    const Schema *schema = findSchema(atenName(node.target));
    for (const Parameter &parameter :
         schema ? ArrayRef<Parameter>(schema->parameters) : ArrayRef<Parameter>())
      for (const auto &[name, argument] : node.inputs) {
        if (parameter.name != name || argument.kind != Kind::tensor || !parameter.isAliased)
          continue;
        std::string root = roots.lookup(argument.text);
        if (root.empty())
          continue;
        visit(node, schema->base(), parameter, root);
        for (const Argument &output : node.outputs) {
          if (output.kind == Kind::tensor)
            roots[output.text] = root;
          for (const std::string &tensor : output.names)
            roots[tensor] = root;
        }
      }
  }
}

LogicalResult Translator::checkLayouts(const Graph &graph) {
  for (const GraphNode &node : graph.nodes)
    for (const auto &[name, argument] : node.inputs)
      if (argument.graph && failed(checkLayouts(*argument.graph)))
        return failure();
  llvm::StringMap<std::string> roots; // a new tensor is its own
  for (const auto &[name, type] : graph.tensors)
    roots[name] = name;
  llvm::StringSet<> writtenRoots;
  llvm::StringMap<const GraphNode *> reshaped;
  walkAliases(
      graph, roots,
      [&](const GraphNode &node, StringRef base, const Parameter &parameter, StringRef root) {
        if (parameter.isWritten)
          writtenRoots.insert(root);
        if (reshapes(base))
          reshaped.try_emplace(root, &node);
      });
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
