// IndexRules.cpp - reading and writing at indices.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Importer.h"
#include "Rules.h"

using namespace mlir;
namespace gradc::pt2 {

/// The tensors of an index list and the dims that they stand at.
static bool indicesOf(Aten &call, std::vector<Json> &tensors, SmallVectorImpl<int64_t> &dims) {
  std::vector<Json> given = call.operands("indices");
  for (auto [i, index] : llvm::enumerate(given)) {
    const std::string &name = call.find("indices")->names[i];
    if (name.empty())
      continue;
    const TensorMeta *type = call.translator.meta(name);
    if (!type) {
      (void)call.fail("the type of '" + name + "' is not known");
      return false;
    }
    if (type && type->element && type->element.isInteger(1)) {
      (void)call.fail("indexing by a mask gives a tensor whose size depends on values; sizes are "
                      "fixed when a program is compiled: use where or masked_fill");
      return false;
    }
    tensors.push_back(std::move(index));
    dims.push_back(i);
  }
  return true;
}

static Json index(Aten &call) {
  std::vector<Json> inputs{call.operand("self")};
  SmallVector<int64_t> dims;
  if (!indicesOf(call, inputs, dims))
    return null();
  if (dims.empty())
    return inputs[0];
  return makeNode("index", std::move(inputs), {{"dims", integers(dims)}});
}

/// x[mask] = value for a mask of x's leading dims: a choice.
static std::optional<Json> putByMask(Aten &call) {
  const Argument *indices = call.find("indices");
  if (indices->names.size() != 1 || indices->names[0].empty())
    return std::nullopt;
  const TensorMeta *mask = call.translator.meta(indices->names[0]);
  ArrayRef<int64_t> values = call.shape("values"), self = call.shape("self");
  bool isOne = llvm::all_of(values, [](int64_t size) { return size == 1; });
  if (!mask || !mask->element || !mask->element.isInteger(1) || !isOne)
    return std::nullopt;
  SmallVector<int64_t> shape(mask->sizes);
  shape.resize(self.size(), 1);
  Json condition = reshape(call.operands("indices")[0], shape);
  Json value = reshape(call.operand("values"), {});
  Json x = call.operand("self");
  if (call.flag("accumulate"))
    value = makeNode("add", {x, std::move(value)});
  return makeNode("where", {std::move(condition), std::move(value), std::move(x)});
}

/// An index for every dim: those that are left out count, and all broadcast to the values' shape.
static Json indexPut(Aten &call) {
  if (auto chosen = putByMask(call))
    return *chosen;
  std::vector<Json> tensors;
  SmallVector<int64_t> dims;
  if (!indicesOf(call, tensors, dims))
    return null();
  ArrayRef<int64_t> self = call.shape("self");
  if (!call.hasRank(self, call.find("indices")->names.size()))
    return null();
  size_t width = 0; // of the indices, broadcast
  for (int64_t dim : dims)
    width = std::max(width, call.translator.meta(call.find("indices")->names[dim])->sizes.size());
  bool adjacent = dims.empty() || dims.back() - dims.front() == int64_t(dims.size()) - 1;
  size_t before = adjacent && !dims.empty() ? dims.front() : 0;
  size_t rank = self.size() - dims.size() + width, hole = 0;
  std::vector<Json> inputs{call.operand("self"), call.operand("values")};
  for (size_t d = 0; d < self.size(); ++d) {
    auto *found = llvm::find(dims, int64_t(d));
    SmallVector<int64_t> shape(rank, 1);
    if (found == dims.end()) {
      // The result has the dims before the indices, the indices', then the rest.
      size_t at = hole < before ? hole : hole + width;
      ++hole;
      shape[at] = self[d];
      inputs.push_back(reshape(object({{"op", word("arange")}, {"end", integer(self[d])}}), shape));
      continue;
    }
    size_t k = found - dims.begin();
    ArrayRef<int64_t> own = call.translator.meta(call.find("indices")->names[d])->sizes;
    for (size_t j = 0; j < own.size(); ++j)
      shape[before + width - own.size() + j] = own[j];
    inputs.push_back(reshape(tensors[k], shape));
  }
  return makeNode("index_put", std::move(inputs), {{"accumulate", call.attribute("accumulate")}});
}

/// x plus the values where a mask holds; elsewhere indices may lie outside.
static Json maskedAccumulate(Aten &call) {
  if (call.operands("indices").size() != call.shape("self").size())
    return call.fail("expected an index for every dimension");
  Json mask = call.operand("mask");
  std::vector<Json> inputs{call.operand("self"),
                           makeNode("where", {mask, call.operand("values"), integer(0)})};
  for (Json &at : call.operands("indices")) {
    if (at.kind == Json::Kind::null)
      return call.fail("expected an index for every dimension");
    inputs.push_back(makeNode("where", {mask, std::move(at), integer(0)}));
  }
  return makeNode("index_put", std::move(inputs), {{"accumulate", boolean(true)}});
}

static Json scatter(Aten &call) {
  StringRef key = call.find("src") ? "src" : "value";
  std::vector<Json> inputs{call.operand("self"), call.operand("index"), call.operand(key)};
  if (!call.has("reduce"))
    return makeNode(call.named("scatter"), std::move(inputs), {{"dim", call.attribute("dim")}});
  std::string kind = call.textOf("reduce");
  if (key == "value")
    return call.fail("scatter of a number with 'reduce' is not supported");
  return makeNode(call.named("scatter_reduce"), std::move(inputs),
                  {{"dim", call.attribute("dim")},
                   {"reduce", word(kind == "add"        ? "sum"
                                   : kind == "multiply" ? "prod"
                                                        : kind)}});
}

static Json scatterReduce(Aten &call) {
  return makeNode(call.named("scatter_reduce"),
                  {call.operand("self"), call.operand("index"), call.operand("src")},
                  {{"dim", call.attribute("dim")},
                   {"reduce", call.attribute("reduce")},
                   {"include_self", call.attribute("include_self")}});
}

/// index_reduce(x, dim, index, source, reduce): scatter_reduce at indices along all of the slice.
static Json indexReduce(Aten &call) {
  ArrayRef<int64_t> source = call.shape("source");
  auto dim = wrapped(call, call.integerOf("dim"), source.size());
  if (!dim)
    return null();
  SmallVector<int64_t> shape(source.size(), 1);
  if (!source.empty())
    shape[*dim] = source[*dim];
  Json index =
      makeNode("expand", {reshape(call.operand("index"), shape)}, {{"shape", integers(source)}});
  return makeNode("scatter_reduce",
                  {call.operand("self"), std::move(index), call.operand("source")},
                  {{"dim", integer(*dim)},
                   {"reduce", call.attribute("reduce")},
                   {"include_self", call.attribute("include_self")}});
}

static Json indexFill(Aten &call) {
  return makeNode(call.named("index_fill"),
                  {call.operand("self"), call.operand("index"), call.operand("value")},
                  {{"dim", call.attribute("dim")}});
}

static Json maskedFill(Aten &call) {
  return makeNode("masked_fill",
                  {call.operand("self"), call.operand("mask"), call.operand("value")});
}

static Json embedding(Aten &call) {
  Json node = makeNode("embedding", {call.operand("indices"), call.operand("weight")});
  if (call.flag("scale_grad_by_freq"))
    return call.fail("embedding with scale_grad_by_freq is not supported");
  if (call.integerOf("padding_idx", -1) >= 0)
    set(node, "padding_idx", call.attribute("padding_idx"));
  return node;
}

void addIndexRules(RuleTable &table) {
  table["index"].rule = index;
  table["_unsafe_index"].rule = index;
  for (StringRef name : {"index_put", "_unsafe_index_put", "_index_put_impl"})
    table[name].rule = indexPut;
  table["_unsafe_masked_index_put_accumulate"].rule = maskedAccumulate;
  table["scatter"].rule = scatter;
  table["scatter_reduce"].rule = scatterReduce;
  table["index_reduce"].rule = indexReduce;
  table["index_fill"].rule = indexFill;
  table["masked_fill"].rule = maskedFill;
  table["embedding"].rule = embedding;
}

} // namespace gradc::pt2
