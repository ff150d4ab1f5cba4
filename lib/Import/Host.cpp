// Host.cpp - printing, numbers of the host language, seeds and devices.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"
#include <charconv>
#include <cmath>

using namespace mlir;
namespace gradc::graph {

std::string noteOf(Value value);

/// A number as Python's repr has it.
static std::string pythonText(const Json &json) {
  if (json.kind == Json::Kind::boolean)
    return json.boolean ? "True" : "False";
  if (json.kind == Json::Kind::integer)
    return std::to_string(json.integer);
  char buffer[64];
  auto spell = [&](std::chars_format format) {
    auto end = std::to_chars(buffer, buffer + sizeof(buffer), json.number, format).ptr;
    return std::string(buffer, end);
  };
  double size = std::fabs(json.number);
  if (size != 0 && (size < 1e-4 || size >= 1e16))
    return spell(std::chars_format::scientific);
  std::string text = spell(std::chars_format::fixed);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

static LogicalResult print(Importer &importer, Node &node) {
  SmallVector<Value> values;
  SmallVector<Attribute> parts;
  for (Operand &operand : node.inputs) {
    auto part = [&](const Twine &text) { parts.push_back(importer.b.getStringAttr(text)); };
    if (operand.text) {
      part("text:" + *operand.text);
    } else if (operand.isNone) {
      part("none");
    } else if (operand.isLiteral) {
      part("text:" + pythonText(*operand.json));
    } else if (operand.tensor->storage->kind == Storage::Kind::gradient &&
               operand.tensor->views.empty() && operand.name.ends_with(".grad")) {
      part("tensor");
      values.push_back(ag::GradOp::create(importer.b, node.loc, operand.tensor->type,
                                          operand.tensor->storage->variable.getSymName(),
                                          /*may_be_none=*/true));
    } else {
      values.push_back(importer.read(*operand.tensor, node.loc));
      std::string made = noteOf(values.back());
      part(operand.tensor->wrapped    ? "number"
           : operand.tensor->saysGrad ? "tensor:requires_grad"
           : made.empty()             ? "tensor"
                                      : "tensor:node=" + made);
    }
  }
  ag::PrintOp::create(importer.b, node.loc, values, importer.b.getArrayAttr(parts));
  return success();
}

static LogicalResult text(Importer &importer, Node &node) {
  return importer.fail(node.json, "expected an operand that is a tensor, found 'text', which only "
                                  "'print' takes");
}

static LogicalResult item(Importer &importer, Node &node) {
  Value x = importer.readInput(node, 0);
  if (!x)
    return failure();
  auto type = cast<RankedTensorType>(x.getType());
  if (type.getNumElements() != 1)
    return importer.fail(node.loc, "a Tensor with " + Twine(type.getNumElements()) +
                                       " elements cannot be converted to Scalar");
  Value scalar = importer.reshape(x, {}, node.loc);
  scalar = ag::DetachOp::create(importer.b, node.loc, scalar);
  node.results = {importer.makeTensor(scalar, false)};
  node.results[0]->wrapped = true;
  node.results[0]->storage->shared = "is a number";
  return success();
}

static LogicalResult manualSeed(Importer &importer, Node &node) {
  ag::ManualSeedOp::create(importer.b, node.loc, node.integer("value", 0));
  return success();
}

/// On the CPU both are the tensor itself, as in PyTorch.
static LogicalResult toHost(Importer &importer, Node &node) {
  if (!node.inputs[0].tensor)
    return importer.expected(*node.inputs[0].json, "a tensor as input 1 of 'to_host'");
  if (importer.device == "cpu") {
    node.results = {node.inputs[0].tensor};
    return success();
  }
  Value x = importer.read(*node.inputs[0].tensor, node.loc);
  node.results = {
      importer.makeTensor(ag::ToHostOp::create(importer.b, node.loc, x), importer.needsGrad(node))};
  return success();
}

static LogicalResult toDevice(Importer &importer, Node &node) {
  if (!node.inputs[0].tensor)
    return importer.expected(*node.inputs[0].json, "a tensor as input 1 of 'to_device'");
  node.results = {node.inputs[0].tensor};
  return success();
}

void addHostOps(OpTable &table) {
  using K = AttributeKind;
  table.add("host", {"print",
                     0,
                     unlimited,
                     {},
                     "prints on one line: tensors in PyTorch's text, numbers and bools in Python's",
                     print,
                     false});
  table.add("host",
            {"text", 0, 0, {{"value", K::text, true}}, "text, as an operand of print", text});
  table.add("host", {"item", 1, 1, {}, "the one element as a number without history", item});
  table.add("host", {"manual_seed",
                     0,
                     0,
                     {{"value", K::integer, true}},
                     "restarts the random stream",
                     manualSeed,
                     false});
  table.add("host", {"to_host", 1, 1, {}, "the tensor in host memory", toHost});
  table.add("host",
            {"to_device", 1, 1, {}, "the tensor in the memory of the program's device", toDevice});
}

} // namespace gradc::graph
