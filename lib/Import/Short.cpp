// Short.cpp - composite ops on f16 and bf16: computed in f32, rounded once at the end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PyTorch's kernels for losses, norms, variances and their like read short floats, compute in f32
// and round what they write. Here such an op is made of several: they see f32.
#include "Importer.h"

using namespace mlir;
namespace gradc::graph {

static bool isComposite(const OpSpec &spec) {
  // One op of the dialect, which Lower computes in f32 anyway.
  if (spec.entry || !spec.hasResult)
    return false;
  StringRef name = spec.name;
  if (spec.group == "elementwise")
    return name != "cast" && name != "pow" && name != "div" && name != "positive" &&
           !llvm::is_contained({"eq", "ne", "lt", "le", "gt", "ge"}, name);
  if (spec.group == "layer")
    return name == "scaled_dot_product_attention";
  // A product and a sum.
  if (spec.group == "product")
    return name == "linear" || name == "baddbmm" || name.starts_with("add");
  return llvm::is_contained({"loss", "norm", "reduction", "pooling", "convolution"},
                            StringRef(spec.group));
}

/// The short type of the result; null where the op is computed in the types of its inputs.
static Type shortType(Importer &importer, Node &node) {
  if (!isComposite(*node.spec) || node.inputs.empty())
    return {};
  Type first;
  bool isMixed = false;
  for (const Operand &operand : node.inputs)
    if (operand.tensor) {
      Type element = operand.tensor->type.getElementType();
      if (!first && isa<FloatType>(element))
        first = element;
      isMixed |= isa<FloatType>(element) && element != first;
    }
  if (!first || !isa<FloatType>(first))
    return {};
  StringRef group = node.spec->group;
  // Parameters and running statistics of norms may be wider than what is normalised.
  if (group == "norm")
    return isShortFloat(first) ? first : Type();
  // Products say which dtypes differ.
  if (group == "layer" || group == "product" || group == "convolution")
    return isShortFloat(first) && !isMixed ? first : Type();
  Type common = commonType(importer, node.inputs);
  return isShortFloat(common) ? common : Type();
}

LogicalResult runHandler(Importer &importer, Node &node) {
  Type element = shortType(importer, node);
  if (!element)
    return node.spec->handler(importer, node);
  Type f32 = importer.b.getF32Type();
  // Norms write their running statistics.
  bool keepsWritten = node.spec->name == "batch_norm" || node.spec->name == "instance_norm";
  for (auto [i, operand] : llvm::enumerate(node.inputs)) {
    if (!operand.tensor || !isShortFloat(operand.tensor->type.getElementType()) ||
        (keepsWritten && (i == 1 || i == 2)))
      continue;
    Value wide = importer.cast(importer.read(*operand.tensor, node.loc), f32, node.loc);
    wide.getDefiningOp()->setAttr("ag.saves_operand", importer.b.getUnitAttr());
    TensorRef tensor = importer.makeTensor(wide, importer.needsGrad(*operand.tensor));
    tensor->wrapped = operand.tensor->wrapped;
    operand.tensor = tensor;
  }
  if (failed(node.spec->handler(importer, node)))
    return failure();
  for (TensorRef &result : node.results) {
    if (!result->type.getElementType().isF32())
      continue;
    Value value = importer.cast(importer.read(*result, node.loc), element, node.loc);
    unsigned names = result->storage->names;
    bool wrapped = result->wrapped;
    *result = *importer.makeTensor(value, importer.needsGrad(*result));
    result->wrapped = wrapped;
    result->storage->names = names;
  }
  return success();
}

} // namespace gradc::graph
