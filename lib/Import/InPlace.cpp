// InPlace.cpp - ops that write into their first input what another op computes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "History.h"
#include "Importer.h"

using namespace mlir;
namespace gradc::graph {

/// The op without "_", its result written into the first input.
static LogicalResult writeResult(Importer &importer, Node &node) {
  if (failed(checkTarget(importer, node)))
    return failure();
  const OpSpec *plain = importer.table().find(StringRef(node.spec->name).drop_back());
  Node inner{node.json, plain, node.loc, {}, node.inputs, {}};
  if (failed(plain->handler(importer, inner)))
    return failure();
  ArrayRef<int64_t> wanted = node.inputs[0].tensor->type.getShape(),
                    found = inner.results[0]->type.getShape();
  if (wanted != found && node.inputs.size() == 3 && StringRef(node.spec->name).contains("add"))
    return importer.fail(node.loc, "Bad in-place call: input tensor size " + listText(wanted) +
                                       " and output tensor size " + listText(found) +
                                       " should match");
  return writeTarget(importer, node, importer.read(*inner.results[0], node.loc));
}

/// Draws of PyTorch's generator, written into a tensor.
template <typename OpT> static LogicalResult drawInto(Importer &importer, Node &node) {
  if (failed(checkTarget(importer, node)))
    return failure();
  RankedTensorType type = node.inputs[0].tensor->type;
  if (type.getNumElements() == 0) {
    node.results = {node.inputs[0].tensor};
    return success();
  }
  if (!isa<FloatType>(type.getElementType()))
    return importer.fail(node.loc, "\"" + StringRef(node.spec->name) + "\" not implemented for '" +
                                       dtypeWord(type.getElementType()) + "'");
  auto number = [&](StringRef key, double absent) {
    const Json *json = node.attribute(key);
    return json ? numberOf(*json) : absent;
  };
  bool isUniform = std::is_same_v<OpT, ag::RandOp>;
  double low = number(isUniform ? "from" : "mean", 0), high = number(isUniform ? "to" : "std", 1);
  if (isUniform && !(low <= high))
    return importer.fail(node.loc,
                         "uniform_ expects to return a [from, to) range, but found from=" +
                             std::to_string(low) + " > to=" + std::to_string(high));
  if (!isUniform && !(high >= 0))
    return importer.fail(node.loc,
                         "normal expects std >= 0.0, but found std " + std::to_string(high));
  Value value = OpT::create(importer.b, node.loc, type);
  auto constant = [&](double x) { return importer.splat(type, x, node.loc); };
  double scale = isUniform ? high - low : high;
  if (scale != 1)
    value = ag::MulOp::create(importer.b, node.loc, value, constant(scale));
  if (low != 0)
    value = ag::AddOp::create(importer.b, node.loc, value, constant(low));
  value = writtenOver(importer, *node.inputs[0].tensor, value, node.loc);
  return writeTarget(importer, node, value);
}

void addInPlaceOps(OpTable &table) {
  using K = AttributeKind;
  for (StringRef name :
       {"eq", "ne", "lt", "le", "gt", "ge", "tril", "triu", "cumsum", "cumprod", "masked_fill",
        "masked_scatter", "addmm", "addmv", "addr", "addbmm", "baddbmm"}) {
    OpSpec spec = *table.find(name);
    spec.summary = "'" + spec.name + "', written into the first input";
    spec.name += "_";
    spec.handler = writeResult;
    llvm::erase_if(spec.attributes,
                   [](const AttributeSpec &a) { return a.kind == AttributeKind::dtype; });
    table.add("in place", std::move(spec));
  }
  table.add("in place", {"uniform_",
                         1,
                         1,
                         {{"from", K::number}, {"to", K::number}},
                         "writes uniform draws of [from, to) of PyTorch's CPU generator",
                         drawInto<ag::RandOp>});
  table.add("in place", {"normal_",
                         1,
                         1,
                         {{"mean", K::number}, {"std", K::number}},
                         "writes normal draws of PyTorch's CPU generator",
                         drawInto<ag::RandnOp>});
}

} // namespace gradc::graph
