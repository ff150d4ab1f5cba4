// Saved.cpp - what PyTorch saves for backward, where the derivatives here read something else.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A backward through a freed graph, or one that needs a value that was written since, is PyTorch's
// error: it depends on what an op saves, not on what its derivative needs. Most ops save just that;
// the others are listed here, after the `_saved_` attributes of PyTorch's nodes.
#include "Importer.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
namespace gradc::graph {

namespace {
/// Words: "x1" an input, "x*" all of them, "y0" a result, "+" a copy or a value of the op's own,
/// each followed by
/// "/2" where PyTorch saves it only for the gradient of that input. An empty text: nothing; "?": as
/// `special` says.
struct Row {
  const char *ops, *saves;
};
constexpr Row rows[] = {
    {"take gather take_along_dim layer_norm", "x*"},
    {"scatter_reduce", "x* y0"},
    {"conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d group_norm", "x0 x1"},
    {"mse_loss smooth_l1_loss huber_loss soft_margin_loss clamp_min clamp_max", "x0 x1"},
    {"nextafter", "x0/0 x1/0"},
    {"nextafter_", "x1/0 +/0"},
    {"prelu", "x0 x1"},
    {"softmin", "y0"},
    {"clamp_min_ clamp_max_", "x1 +"},
    {"norm amax amin prod cumprod logsumexp logcumsumexp std", "x0 y0"},
    {"aminmax", "x0 y0 y1"},
    {"adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d max_pool1d max_pool2d max_pool3d "
     "cummax cummin",
     "x0 y1"},
    {"clamp clip hardtanh erfinv var var_mean nansum avg_pool1d avg_pool2d avg_pool3d", "x0"},
    {"instance_norm nanmean", "x0 +"},
    {"matmul", "?"},
    {"kthvalue topk sort", "y1"},
    {"max min median", "x0 y0"},
    {"celu_ elu_ selu_ leaky_relu_", "y0"},
    {"cdist dist", "x0 x1 y0"},
    {"pairwise_distance", "y0 +"},
    {"copysign", "x0/0 y0"},
    {"copysign_", "y0 +/0"},
    {"softmax log_softmax", "y0"},
    {"fmod remainder", "x0/1 x1/1"},
    {"fmod_ remainder_", "x1/1 +/1"},
    {"index_add index_add_", "x1/2 x2/2"},
    {"index_copy index_copy_", "x1 x2/2"},
    {"index_put index_put_", "x2 x3 x4 x5"},
    {"ldexp ldexp_", "x1/0 y0"},
    {"pow", "x0 x1 y0"},
    {"pow_", "x1 y0 +"},
    {"lerp", "x2 x0/2 x1/2"},
    {"lerp_", "x2 x1/2 +/2"},
    {"addcmul addcmul_ addmm addmv addr baddbmm", "x2/1 x1/2"},
    {"addcdiv addcdiv_", "x2 x1/2"},
    {"erfinv_ kron clamp_ clip_", "+"},
    {"trace roll rad2deg deg2rad rad2deg_ deg2rad_ interpolate", ""},
    {"div div_ pad float_power adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d "
     "scaled_dot_product_attention inner tensordot",
     "?"},
};
} // namespace

static bool isNumber(const Node &node, unsigned i) {
  return i < node.inputs.size() && node.inputs[i].isLiteral;
}

/// An op whose attributes or numbers decide what it saves.
static std::optional<StringRef> special(Importer &importer, const Node &node) {
  StringRef op = node.spec->name;
  bool along = node.attribute("dim");
  if ((op == "max" || op == "min" || op == "median") && along)
    return "y1";
  if ((op == "max" || op == "min") && node.inputs.size() > 1)
    return "x0 x1";
  if (op == "div" || op == "div_") {
    if (const Json *mode = node.attribute("rounding_mode"); !mode || mode->text.empty())
      return std::nullopt;
    return op == "div" ? "x1 x0/1" : "x1 +/1";
  }
  if (op == "pad") {
    const Json *mode = node.attribute("mode");
    if (!mode || mode->text == "constant")
      return std::nullopt;
    // One is written piece by piece into a new tensor, which only one backward goes through.
    return mode->text == "circular" ? "+" : "x0";
  }
  if (op == "inner" || op == "tensordot") {
    // Where the second operand has a size of 1, the first is summed: a copy.
    int64_t count = op == "inner" ? 1 : node.integer("dims", 0);
    auto shape = node.inputs[1].tensor->type.getShape();
    if (node.inputs[0].tensor->type.getRank() == 0 || count < 1 || count > int64_t(shape.size()) ||
        (node.attribute("dims") && node.attribute("dims")->kind != Json::Kind::integer) ||
        !llvm::is_contained(op == "inner" ? shape.take_back(1) : shape.take_front(count), 1))
      return std::nullopt;
    return "+/1 x1/0";
  }
  if (op.starts_with("lerp") && isNumber(node, 2))
    return "";
  if (op.starts_with("pow"))
    return isNumber(node, 0)    ? "x1 y0"
           : !isNumber(node, 1) ? std::nullopt
           : op == "pow"        ? std::optional("x0")
                                : std::optional("+");
  if (op == "matmul" && node.inputs[0].tensor && node.inputs[1].tensor) {
    // A vector times matrices is their transpose, put in rows, times the vector: a copy.
    auto shape = node.inputs[1].tensor->type.getShape();
    bool folds = node.inputs[0].tensor->type.getRank() == 1 && shape.size() > 2 &&
                 importer.needsGrad(*node.inputs[0].tensor);
    return folds && shape[shape.size() - 2] > 1 && shape.back() > 1 ? std::optional("x0/1 +/0")
                                                                    : std::nullopt;
  }
  if (op == "float_power") {
    // Others than f64 are converted first.
    auto isWide = [&](unsigned i) {
      return !node.inputs[i].tensor || node.inputs[i].tensor->type.getElementType().isF64();
    };
    if (isNumber(node, 0))
      return isWide(1) ? "x1 y0" : "y0 +";
    if (isNumber(node, 1))
      return isWide(0) ? "x0" : "+";
    return isWide(0) ? isWide(1) ? "x0 x1 y0" : "x0 y0 +" : isWide(1) ? "x1 y0 +" : "y0 +";
  }
  if (op.starts_with("adaptive_avg_pool"))
    // A mean, where one element of each channel is left.
    return llvm::all_of(node.results[0]->type.getShape().take_back(op[17] - '0'),
                        [](int64_t n) { return n == 1; }) &&
                   op != "adaptive_avg_pool3d"
               ? ""
               : "x0";
  if (op == "scaled_dot_product_attention") {
    // PyTorch's kernel of one piece; else products and a softmax.
    auto last = [&](unsigned i) { return node.inputs[i].tensor->type.getShape().back(); };
    bool mask = node.inputs.size() > 3 && node.inputs[3].tensor;
    bool isShort = isShortFloat(node.results[0]->type.getElementType());
    // The products read scaled copies of the first two; of short floats all is widened first.
    if (node.inputs[0].tensor->type.getRank() < 3 || last(0) != last(1) || last(0) != last(2) ||
        (mask && importer.needsGrad(*node.inputs[3].tensor)))
      return isShort ? "+" : "x2/0 x2/1 x2/3 +";
    return "x* y0";
  }
  return std::nullopt;
}

/// The row of an op; null where its derivative says what it saves.
static const StringRef *rowOf(const Node &node) {
  static const llvm::StringMap<StringRef> table = [] {
    llvm::StringMap<StringRef> table;
    for (const Row &row : rows) {
      SmallVector<StringRef> names;
      StringRef(row.ops).split(names, ' ', -1, /*KeepEmpty=*/false);
      for (StringRef name : names)
        table[name] = row.saves;
    }
    return table;
  }();
  auto it = table.find(node.spec->name);
  return it == table.end() ? nullptr : &it->second;
}

SavedValues::SavedValues(Importer &importer, const Node &node) : importer(importer) {
  importer.written = {};
  row = importer.isCanonical || !importer.needsGrad(node) ? nullptr : rowOf(node);
  // Nothing is read for a product, which has few cases that save otherwise.
  if (row && node.spec->name == "matmul" && !special(importer, node))
    row = nullptr;
  if (!row)
    return;
  block = importer.b.getInsertionBlock();
  for (const Operand &operand : node.inputs) {
    inputs.push_back(operand.tensor ? importer.read(*operand.tensor, node.loc) : Value());
    needsGrad.push_back(operand.tensor && importer.needsGrad(*operand.tensor));
  }
  auto at = importer.b.getInsertionPoint();
  before = at == block->begin() ? nullptr : &*std::prev(at);
}

/// The values that the words stand for; whether there are any words that count.
bool SavedValues::parse(const Node &node, StringRef text, SmallVectorImpl<Value> &values) {
  SmallVector<StringRef> words;
  text.split(words, ' ', -1, /*KeepEmpty=*/false);
  bool any = false;
  for (StringRef word : words) {
    auto [what, need] = word.split('/');
    unsigned index = 0;
    if (!need.getAsInteger(10, index) && (index >= needsGrad.size() || !needsGrad[index]))
      continue;
    if (what == "x*") {
      llvm::copy_if(inputs, std::back_inserter(values), [](Value v) { return bool(v); });
    } else if (what != "+") {
      bool isInput = what.consume_front("x");
      if (!isInput)
        what.consume_front("y");
      what.getAsInteger(10, index);
      Value value;
      if (isInput && index < inputs.size())
        value = inputs[index];
      else if (!isInput && index < node.results.size())
        value = importer.read(*node.results[index], node.loc);
      else
        continue;
      // A number is saved, too, as a tensor of its own.
      if (value)
        values.push_back(value);
    }
    any = true;
  }
  return any;
}

void SavedValues::note(const Node &node) {
  if (!row || node.results.empty() || importer.b.getInsertionBlock() != block)
    return;
  StringRef text = special(importer, node).value_or(*row);
  if (text == "?")
    return;
  llvm::SmallPtrSet<Operation *, 16> made;
  auto end = importer.b.getInsertionPoint();
  for (auto it = before ? std::next(Block::iterator(before)) : block->begin(); it != end; ++it)
    made.insert(&*it);
  SmallVector<Value> values;
  bool any = parse(node, text, values);
  // Of a write it is what was written, whatever views that went through.
  Value result = importer.written;
  if (!result || !made.contains(result.getDefiningOp()))
    result = importer.read(*node.results[0], node.loc);
  if (!made.contains(result.getDefiningOp()))
    return;
  for (Operation *op : made)
    if (isa<ag::DifferentiableOpInterface>(op) &&
        isa<FloatType>(getElementTypeOrSelf(op->getResult(0))) &&
        !op->hasTrait<OpTrait::ConstantLike>())
      op->setAttr("ag.unsaved", importer.b.getUnitAttr());
  if (!any)
    return;
  ag::SavedOp::create(importer.b, node.loc, result, values);
  for (const TensorRef &other : ArrayRef(node.results).drop_front())
    if (isa<FloatType>(other->type.getElementType()))
      ag::SavedOp::create(importer.b, node.loc, importer.read(*other, node.loc), values);
}

} // namespace gradc::graph
