// Signature.cpp - the names of a program's inputs, from the tree of forward's arguments.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"

using namespace mlir;
namespace gradc::pt2 {

/// How many tensors and other leaves stand below a tree specification.
static size_t leavesOf(const Json &spec) {
  const Json *type = spec.find("type"), *children = spec.find("children_spec");
  if (!type || type->kind == Json::Kind::null || !children)
    return 1;
  size_t count = 0;
  for (const Json &child : children->items)
    count += leavesOf(child);
  return count;
}

/// Names inputs by the arguments of forward: the graph's own names are in lower case. Arguments
/// that are lists or dicts keep the graph's names.
void nameInputs(const Json &owner, Program &result) {
  const Json *calls = owner.find("module_call_graph");
  if (!calls || calls->items.empty())
    return;
  const Json *signature = calls->items[0].find("signature"),
             *names = signature ? signature->find("forward_arg_names") : nullptr,
             *spec = signature ? signature->find("in_spec") : nullptr;
  if (!names || names->kind != Json::Kind::array || !spec || spec->kind != Json::Kind::string)
    return;
  Json tree;
  graph::JsonError error;
  if (!graph::parseJson(spec->text, tree, error) || tree.items.size() != 2)
    return;
  // [version, tuple of (tuple of positional arguments, dict of the others)]
  SmallVector<size_t> leaves;
  if (const Json *parts = tree.items[1].find("children_spec"))
    for (const Json &part : parts->items)
      if (const Json *children = part.find("children_spec"))
        for (const Json &child : children->items)
          leaves.push_back(leavesOf(child));
  if (leaves.size() != names->items.size())
    return;
  size_t at = 0, left = 0;
  for (InputSpec &input : result.inputs) {
    if (input.kind != InputSpec::Kind::user && input.kind != InputSpec::Kind::literal)
      continue;
    while (at < leaves.size() && left == leaves[at]) {
      ++at;
      left = 0;
    }
    if (at == leaves.size())
      return;
    if (leaves[at] == 1 && names->items[at].kind == Json::Kind::string)
      input.target = names->items[at].text;
    ++left;
  }
}

} // namespace gradc::pt2
