// NodeNames.cpp - PyTorch's names of the nodes that ops record, where they are several ops here.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tensor with history shows its node when it is printed. That of most ops is that of the
// dialect's op; `print` tells the others.
#include "Importer.h"

using namespace mlir;
namespace gradc::graph {

/// On ops while a graph is read.
constexpr StringLiteral kNote = "ag.node";

/// Ops whose node has another number than 0, or another word.
static const llvm::StringMap<StringRef> &nodeWords() {
  static const llvm::StringMap<StringRef> words = {
      {"index_select", "IndexSelect"},
      {"embedding", "Embedding"},
      {"gather", "Gather"},
      {"take_along_dim", "Gather"},
      {"take", "Take"},
      {"index", "Index"},
      {"masked_fill", "MaskedFill"},
      {"scatter_add", "ScatterAdd"},
      {"scatter_reduce", "ScatterReduce"},
      {"index_add", "IndexAdd"},
      {"index_copy", "IndexCopy"},
      {"index_fill", "IndexFill"},
      {"index_put", "IndexPut"},
      {"flip", "Flip"},
      {"roll", "Roll"},
      {"msort", "Sort"},
      {"topk", "Topk"},
      {"kthvalue", "Kthvalue"},
      {"cumsum", "Cumsum"},
      {"cumprod", "Cumprod"},
      {"cummax", "Cummax"},
      {"cummin", "Cummin"},
      {"logcumsumexp", "Logcumsumexp"},
      {"tril", "Tril"},
      {"triu", "Triu"},
      {"std", "Std"},
      {"var", "Var"},
      {"norm", "LinalgVectorNorm"},
      {"stack", "Stack"},
      {"tile", "Repeat"},
      {"bmm", "Bmm"},
      {"mv", "Mv"},
      {"dot", "Dot"},
      {"cdist", "Cdist"},
      {"outer", "Mul"},
      {"deg2rad", "Deg2Rad"},
      {"rad2deg", "Rad2Deg"},
      {"log1p", "Log1P"},
      {"square", "Pow"},
      {"ldexp", "Ldexp"},
      {"addcmul", "Addcmul"},
      {"addcdiv", "Addcdiv"},
      {"celu", "Celu"},
      {"glu", "Glu"},
      {"softsign", "Div"},
      {"tanhshrink", "Sub"},
      {"logsigmoid", "LogSigmoid"},
      {"prelu", "PreluKernel"},
      {"mse_loss", "MseLoss"},
      {"smooth_l1_loss", "SmoothL1Loss"},
      {"huber_loss", "HuberLoss"},
      {"soft_margin_loss", "SoftMarginLoss"},
      {"binary_cross_entropy", "BinaryCrossEntropy"},
      {"binary_cross_entropy_with_logits", "BinaryCrossEntropyWithLogits"},
      {"nll_loss", "NllLoss"},
      {"layer_norm", "NativeLayerNorm"},
      {"group_norm", "NativeGroupNorm"},
      {"batch_norm", "NativeBatchNorm"}};
  return words;
}

/// The number at the end of a node's name: PyTorch's overloads of one op count them.
static unsigned overloadOf(const Node &node, StringRef op) {
  bool hasNumber = node.inputs.size() > 1 && node.inputs.back().isLiteral;
  bool hasDim = node.attribute("dim") || node.attribute("dims");
  if (op == "sum" || op == "mean" || op == "prod" || op == "median")
    return hasDim;
  if (op == "max" || op == "min")
    return !hasDim && node.inputs.size() == 1;
  if (op == "fmod" || op == "remainder" || op == "clamp_min" || op == "clamp_max" || op == "lerp")
    return !hasNumber;
  if (op == "scatter")
    return hasNumber;
  if (op == "clamp" || op == "clip")
    return node.inputs.size() == 1;
  if (op == "pow")
    return node.inputs[0].isLiteral ? 2 : !hasNumber;
  return 0;
}

static std::string nodeName(const Node &node) {
  StringRef op = node.spec->name;
  op.consume_back("_");
  static const llvm::StringMap<StringRef> numbered = {{"sum", "Sum"},
                                                      {"mean", "Mean"},
                                                      {"prod", "Prod"},
                                                      {"median", "Median"},
                                                      {"max", "Max"},
                                                      {"min", "Min"},
                                                      {"fmod", "Fmod"},
                                                      {"remainder", "Remainder"},
                                                      {"clamp_min", "ClampMin"},
                                                      {"clamp_max", "ClampMax"},
                                                      {"lerp", "Lerp"},
                                                      {"scatter", "Scatter"},
                                                      {"clamp", "Clamp"},
                                                      {"clip", "Clamp"},
                                                      {"pow", "Pow"}};
  if (auto found = numbered.find(op); found != numbered.end())
    return (found->second + "Backward" + Twine(overloadOf(node, op))).str();
  auto found = nodeWords().find(op);
  return found == nodeWords().end() ? "" : (found->second + "Backward0").str();
}

void noteNode(const Node &node) {
  if (node.results.empty() || !node.results[0]->storage->history)
    return;
  Tensor &result = *node.results[0];
  Value value = result.storage->current;
  Operation *op = value ? value.getDefiningOp() : nullptr;
  // A result that is an input, or a value of another node, has that one's name.
  if (!op || !result.views.empty() || op->getLoc() != node.loc || op->hasAttr(kNote))
    return;
  for (const Operand &operand : node.inputs)
    if (operand.tensor && operand.tensor != node.results[0] &&
        (operand.tensor->storage->current == value || operand.tensor->cache == value))
      return;
  if (std::string name = nodeName(node); !name.empty())
    op->setAttr(kNote, StringAttr::get(op->getContext(), name));
}

std::string noteOf(Value value) {
  Operation *op = value.getDefiningOp();
  auto name = op ? op->getAttrOfType<StringAttr>(kNote) : StringAttr();
  return name ? name.str() : "";
}

void forgetNotes(Operation *root) {
  root->walk([](Operation *op) { op->removeAttr(kNote); });
}

} // namespace gradc::graph
