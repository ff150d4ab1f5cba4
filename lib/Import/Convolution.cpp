// Convolution.cpp - convolutions and transposed ones of one to three dimensions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"

using namespace mlir;
namespace gradc::graph {

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

namespace {
/// A node as its operands and numbers for each spatial dimension.
struct Reader {
  Reader(Importer &importer, Node &node)
      : importer(importer), node(node), op(node.spec->name),
        isTransposed(StringRef(op).starts_with("conv_transpose")), n(op[op.size() - 2] - '0') {}

  LogicalResult run();

private:
  LogicalResult readOperands();
  LogicalResult readNumbers();
  LogicalResult readList(StringRef key, int64_t absent, Shape &list);
  LogicalResult readPadding();
  LogicalResult checkChannels();
  LogicalResult checkBias();
  LogicalResult checkWindow();
  LogicalResult checkOutputPadding();
  Value convolve();
  std::string sizes(ArrayRef<int64_t> list);

  Importer &importer;
  Node &node;
  std::string op;
  bool isTransposed, isBatched = true;
  int64_t n, groups = 1;
  Value x, w, bias;
  Shape stride, dilation, low, high, outputPadding;
};
} // namespace

/// "(5 x 5)".
std::string Reader::sizes(ArrayRef<int64_t> list) {
  std::string text;
  for (int64_t size : list)
    text += (text.empty() ? "(" : " x ") + std::to_string(size);
  return text + ")";
}

LogicalResult Reader::readOperands() {
  x = importer.readInput(node, 0);
  w = x ? importer.readInput(node, 1) : Value();
  if (!w)
    return failure();
  if (node.inputs.size() == 3 && !(bias = importer.readInput(node, 2)))
    return failure();
  auto type = typeOf(x);
  if (type.getRank() != n + 1 && type.getRank() != n + 2)
    return importer.fail(node.loc, "Expected " + Twine(n + 1) + "D (unbatched) or " + Twine(n + 2) +
                                       "D (batched) input to " + op +
                                       ", but got input of size: " + listText(type.getShape()));
  if (typeOf(w).getRank() != n + 2)
    return importer.fail(*node.inputs[1].json, "expected a weight of " + Twine(n + 2) +
                                                   " dimensions, found shape " +
                                                   listText(typeOf(w).getShape()));
  Type a = type.getElementType(), c = typeOf(w).getElementType();
  if (a != c)
    return importer.fail(node.loc,
                         "Input type (torch." + dtypeWord(a) + "Tensor) and weight type (torch." +
                             dtypeWord(c) +
                             "Tensor) should be the same or input should be a MKLDNN tensor and "
                             "weight is a dense tensor");
  if (bias && typeOf(bias).getElementType() != a)
    return importer.fail(node.loc, "Input type (" + dtypeCName(a) + ") and bias type (" +
                                       dtypeCName(typeOf(bias).getElementType()) +
                                       ") should be the same");
  if (type.getRank() == n + 1) {
    isBatched = false;
    Shape batch = {1};
    llvm::append_range(batch, type.getShape());
    x = importer.reshape(x, batch, node.loc);
  }
  return success();
}

LogicalResult Reader::readList(StringRef key, int64_t absent, Shape &list) {
  list = node.integers(key);
  if (!node.attribute(key))
    list.assign(n, absent);
  if (list.size() == 1)
    list.assign(n, list[0]);
  if (int64_t(list.size()) == n)
    return checkWindowNumbers(importer, node, key, list);
  return importer.fail(*node.attribute(key),
                       "expected " + key + " to be a single integer value or a list of " +
                           Twine(n) + " values to match the convolution dimensions, but got " +
                           key + "=" + listText(list));
}

LogicalResult Reader::readPadding() {
  const Json *padding = node.attribute("padding");
  if (!padding || padding->kind != Json::Kind::string) {
    if (failed(readList("padding", 0, low)))
      return failure();
    high = low;
    if (llvm::any_of(low, [](int64_t v) { return v < 0; }))
      return importer.fail(node.loc, "negative padding is not supported");
    return success();
  }
  low.assign(n, 0);
  high = low;
  if (padding->text == "valid")
    return success();
  if (isTransposed || padding->text != "same")
    return importer.fail(*padding, "Invalid padding string: '" + padding->text + "'");
  if (llvm::any_of(stride, [](int64_t v) { return v != 1; }))
    return importer.fail(node.loc, "padding='same' is not supported for strided convolutions");
  for (int64_t i = 0; i < n; ++i) {
    int64_t total = dilation[i] * (typeOf(w).getDimSize(i + 2) - 1);
    low[i] = total / 2;
    high[i] = total - low[i];
  }
  return success();
}

LogicalResult Reader::readNumbers() {
  groups = node.integer("groups", 1);
  auto positive = [](const Shape &list) {
    return llvm::all_of(list, [](int64_t v) { return v > 0; });
  };
  if (failed(readList("stride", 1, stride)) || failed(readList("dilation", 1, dilation)) ||
      failed(readList("output_padding", 0, outputPadding)) || failed(readPadding()))
    return failure();
  if (!positive(stride))
    return importer.fail(node.loc, "non-positive stride is not supported");
  if (!positive(dilation))
    return importer.fail(node.loc, "non-positive dilation is not supported");
  if (groups <= 0)
    return importer.fail(node.loc, "non-positive groups is not supported");
  return success();
}

LogicalResult Reader::checkChannels() {
  auto type = typeOf(x), weight = typeOf(w);
  std::string given = (isTransposed ? "Given transposed=" : "Given groups=") +
                      std::to_string(isTransposed ? 1 : groups);
  if (weight.getDimSize(0) % groups)
    return importer.fail(node.loc, "Given groups=" + Twine(groups) +
                                       ", expected weight to be divisible by " + Twine(groups) +
                                       " at dimension 0, but got weight of size [" +
                                       listText(weight.getShape()) + "] instead");
  int64_t wanted = isTransposed ? weight.getDimSize(0) : weight.getDimSize(1) * groups;
  if (type.getDimSize(1) == wanted)
    return success();
  Shape shown(type.getShape().drop_front(isBatched ? 0 : 1));
  return importer.fail(node.loc, given + ", weight of size " + listText(weight.getShape()) +
                                     ", expected input" + listText(shown) + " to have " +
                                     Twine(wanted) + " channels, but got " +
                                     Twine(type.getDimSize(1)) + " channels instead");
}

LogicalResult Reader::checkBias() {
  auto weight = typeOf(w);
  int64_t channels = isTransposed ? weight.getDimSize(1) * groups : weight.getDimSize(0);
  if (!bias || typeOf(bias).getShape() == ArrayRef<int64_t>{channels})
    return success();
  return importer.fail(node.loc, "Given " + Twine(isTransposed ? "transposed=1, " : "") +
                                     "weight of size " + listText(weight.getShape()) +
                                     ", expected bias to be 1-dimensional with " + Twine(channels) +
                                     " elements, but got bias of size " +
                                     listText(typeOf(bias).getShape()) + " instead");
}

LogicalResult Reader::checkWindow() {
  Shape padded, reach;
  bool fits = true;
  for (int64_t i = 0; i < n; ++i) {
    padded.push_back(typeOf(x).getDimSize(i + 2) + low[i] + high[i]);
    reach.push_back(dilation[i] * (typeOf(w).getDimSize(i + 2) - 1) + 1);
    fits &= reach[i] <= padded[i];
  }
  if (fits || isTransposed)
    return success();
  return importer.fail(node.loc, "Calculated padded input size per channel: " + sizes(padded) +
                                     ". Kernel size: " + sizes(reach) +
                                     ". Kernel size can't be greater than actual input size");
}

LogicalResult Reader::checkOutputPadding() {
  bool fits = true;
  for (int64_t i = 0; i < n; ++i)
    fits &= outputPadding[i] < std::max(stride[i], dilation[i]);
  if (fits)
    return success();
  std::string text = "output padding must be smaller than either stride or dilation, but got";
  static const char *const words[] = {"depth", "height", "width"};
  for (auto [name, list] : {std::pair("output_padding_", &outputPadding),
                            std::pair("stride_", &stride), std::pair("dilation_", &dilation)})
    for (int64_t i = 0; i < n; ++i)
      text += std::string(" ") + name + words[3 - n + i] + ": " + std::to_string((*list)[i]);
  return importer.fail(node.loc, text);
}

Value Reader::convolve() {
  SmallVector<int64_t> ones(n, 1);
  if (!isTransposed)
    return ag::ConvolutionOp::create(importer.b, node.loc, x, w, stride, low, high, ones, dilation,
                                     groups, /*flipped=*/false);
  // The gradient of a convolution by its input, as an op of its own.
  Shape before, behind;
  for (int64_t i = 0; i < n; ++i) {
    int64_t reach = dilation[i] * (typeOf(w).getDimSize(i + 2) - 1);
    before.push_back(reach - low[i]);
    behind.push_back(reach - high[i] + outputPadding[i]);
    int64_t size = typeOf(x).getDimSize(i + 2);
    if (size && (size - 1) * stride[i] + 1 + before[i] + behind[i] <= reach) {
      (void)importer.fail(node.loc, "expected an output of one element at least along dimension " +
                                        Twine(i + 2) + ": the padding takes all of it");
      return {};
    }
  }
  return ag::ConvolutionOp::create(importer.b, node.loc, x,
                                   ag::swapChannels(importer.b, node.loc, w, groups), ones, before,
                                   behind, stride, dilation, groups, /*flipped=*/true);
}

LogicalResult Reader::run() {
  if (failed(readOperands()) || failed(readNumbers()) || failed(checkChannels()) ||
      failed(checkBias()) || failed(checkWindow()) || failed(checkOutputPadding()))
    return failure();
  Value y = convolve();
  if (!y || failed(checkResult(importer, node, y)))
    return failure();
  auto type = typeOf(y);
  if (bias)
    y = ag::AddOp::create(
        importer.b, node.loc, y,
        ag::BroadcastOp::create(importer.b, node.loc, type, bias, ArrayRef<int64_t>{1}));
  if (!isBatched)
    y = importer.reshape(y, type.getShape().drop_front(1), node.loc);
  node.results = {importer.makeTensor(y, importer.needsGrad(node))};
  return success();
}

static LogicalResult convolution(Importer &importer, Node &node) {
  return Reader(importer, node).run();
}

void addConvolutionOps(OpTable &table) {
  using K = AttributeKind;
  for (int n = 1; n <= 3; ++n) {
    std::vector<AttributeSpec> attributes = {{"stride", K::dims},
                                             {"padding", K::dimsOrText},
                                             {"dilation", K::dims},
                                             {"groups", K::integer}};
    std::string digit = std::to_string(n);
    table.add("convolution", {"conv" + digit + "d", 2, 3, attributes,
                              "sums over windows of [N, C, ...] weighted by [O, C / groups, ...], "
                              "plus a bias; padding may be \"same\" or \"valid\"",
                              convolution});
    attributes[1].kind = K::dims;
    attributes.push_back({"output_padding", K::dims});
    table.add("convolution",
              {"conv_transpose" + digit + "d", 2, 3, attributes,
               "the transpose of a convolution: weight [C, O / groups, ...]", convolution});
  }
}

} // namespace gradc::graph
