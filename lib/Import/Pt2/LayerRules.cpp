// LayerRules.cpp - convolutions, norms, pooling, attention, recurrent layers, dropout.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Importer.h"
#include "Rules.h"

using namespace mlir;
namespace gradc::pt2 {

static Json orNull(Aten &call, StringRef name) {
  return call.has(name) ? call.operand(name) : null();
}

/// Inputs without those at the end that are left out.
static std::vector<Json> trimmed(std::vector<Json> inputs) {
  while (!inputs.empty() && inputs.back().kind == Json::Kind::null)
    inputs.pop_back();
  return inputs;
}

//===-- Convolution ---------------------------------------------------------------------------===//

/// convolution(...) of core ATen, where lists may have one number for all dims.
static Json convolution(Aten &call) {
  size_t dims = call.shape("input").size() - 2;
  if (!call.hasRank(call.shape("input"), 3, 5))
    return null();
  bool transposed = call.flag("transposed");
  std::string op = (transposed ? "conv_transpose" : "conv") + std::to_string(dims) + "d";
  std::vector<Json> inputs{call.operand("input"), call.operand("weight")};
  if (call.has("bias"))
    inputs.push_back(call.operand("bias"));
  Json node = makeNode(op, std::move(inputs),
                       {{"stride", call.attribute("stride")},
                        {"padding", call.attribute("padding")},
                        {"dilation", call.attribute("dilation")},
                        {"groups", call.attribute("groups")}});
  if (transposed)
    set(node, "output_padding", call.attribute("output_padding"));
  return node;
}

static Json convolutionMode(Aten &call) {
  if (!call.hasRank(call.shape("input"), 3, 5))
    return null();
  std::string op = "conv" + std::to_string(call.shape("input").size() - 2) + "d";
  return makeNode(op,
                  trimmed({call.operand("input"), call.operand("weight"), orNull(call, "bias")}),
                  {{"stride", call.attribute("stride")},
                   {"padding", word(call.textOf("padding"))},
                   {"dilation", call.attribute("dilation")},
                   {"groups", call.attribute("groups")}});
}

/// nll_loss_forward of core ATen: the loss and the weight of all targets.
static Json nllLossForward(Aten &call) {
  if (call.isUsed(1))
    return call.fail("the total weight of '" + call.node.target + "' is not supported");
  call.define(
      0, makeNode("nll_loss",
                  trimmed({call.operand("self"), call.operand("target"), orNull(call, "weight")}),
                  {{"reduction", reductionWord(call.integerOf("reduction"))},
                   {"ignore_index", call.attribute("ignore_index")}}));
  return null();
}

//===-- Norms ---------------------------------------------------------------------------------===//

static Json batchNormOf(Aten &call, bool training) {
  return makeNode(
      "batch_norm",
      trimmed({call.operand("input"), orNull(call, "running_mean"), orNull(call, "running_var"),
               orNull(call, "weight"), orNull(call, "bias")}),
      {{"training", boolean(training)},
       {"momentum", number(call.numberOf("momentum", 0.1))},
       {"eps", call.attribute("eps")}});
}

static Json batchNorm(Aten &call) {
  // momentum None: cumulative averages, which the module turns into a number before the call.
  if (call.find("momentum") && !call.has("momentum"))
    return call.fail("batch_norm without momentum is not supported");
  return batchNormOf(call, call.flag("training"));
}

/// The native forms also give the statistics that their backward takes.
static Json nativeBatchNorm(Aten &call) {
  bool training = call.find("training") ? call.flag("training")
                                        : call.schema.base() == "_batch_norm_with_update";
  for (unsigned i = 1; i < call.resultCount(); ++i)
    if (call.isUsed(i) && i < 3)
      return call.fail("the saved statistics of '" + call.node.target + "' are not supported");
  if (call.schema.base() == "_native_batch_norm_legit_functional") {
    // Its running statistics are results: those that the buffers are after the write.
    Json mean = call.let(clone(call, call.operand("running_mean")), "running_mean"),
         var = call.let(clone(call, call.operand("running_var")), "running_var");
    call.define(0, makeNode("batch_norm",
                            trimmed({call.operand("input"), mean, var, orNull(call, "weight"),
                                     orNull(call, "bias")}),
                            {{"training", boolean(training)},
                             {"momentum", number(call.numberOf("momentum", 0.1))},
                             {"eps", call.attribute("eps")}}));
    call.define(3, std::move(mean));
    call.define(4, std::move(var));
    return null();
  }
  call.define(0, batchNormOf(call, training));
  return null();
}

static Json instanceNorm(Aten &call) {
  return makeNode(
      "instance_norm",
      trimmed({call.operand("input"), orNull(call, "running_mean"), orNull(call, "running_var"),
               orNull(call, "weight"), orNull(call, "bias")}),
      {{"use_input_stats", call.attribute("use_input_stats")},
       {"momentum", number(call.numberOf("momentum"))},
       {"eps", call.attribute("eps")}});
}

/// Mean and 1 / sqrt(variance + eps) over dims, kept.
static void statistics(Aten &call, Json x, ArrayRef<int64_t> dims) {
  if (call.isUsed(1))
    call.define(
        1, reshape(makeNode("mean", {x}, {{"dim", integers(dims)}, {"keepdim", boolean(true)}}),
                   call.result(1)->sizes));
  if (!call.isUsed(2))
    return;
  Json var =
      makeNode("var", {x},
               {{"dim", integers(dims)}, {"keepdim", boolean(true)}, {"correction", integer(0)}});
  Json rstd = makeNode("rsqrt", {makeNode("add", {std::move(var), call.attribute("eps")})});
  call.define(2, reshape(std::move(rstd), call.result(2)->sizes));
}

static Json nativeLayerNorm(Aten &call) {
  Json x = call.operand("input");
  call.define(0, makeNode("layer_norm", trimmed({x, orNull(call, "weight"), orNull(call, "bias")}),
                          {{"normalized_shape", call.attribute("normalized_shape")},
                           {"eps", call.attribute("eps")}}));
  size_t rank = call.shape("input").size(), own = call.integersOf("normalized_shape").size();
  SmallVector<int64_t> dims;
  if (!call.hasRank(call.shape("input"), own))
    return null();
  for (size_t d = rank - own; d < rank; ++d)
    dims.push_back(d);
  statistics(call, x, dims);
  return null();
}

static Json nativeGroupNorm(Aten &call) {
  Json x = call.operand("input");
  call.define(0,
              makeNode("group_norm", trimmed({x, orNull(call, "weight"), orNull(call, "bias")}),
                       {{"num_groups", call.attribute("group")}, {"eps", call.attribute("eps")}}));
  statistics(call, reshape(x, {call.integerOf("N"), call.integerOf("group"), -1}), {2});
  return null();
}

//===-- Pooling and resampling ----------------------------------------------------------------===//

static Json pool(Aten &call, StringRef op) {
  Json node = call.generic(op);
  // No stride: that of the window.
  Json kept = node;
  if (const Json *stride = node.find("stride"); stride && stride->items.empty()) {
    kept.keys.clear();
    kept.items.clear();
    for (auto [key, item] : llvm::zip(node.keys, node.items))
      if (key.text != "stride")
        set(kept, key.text, item);
  }
  return kept;
}

static Json poolByName(Aten &call) {
  StringRef op = call.schema.base();
  op.consume_back("_with_indices");
  return pool(call, op);
}

static Json adaptiveAverage(Aten &call) {
  StringRef op = call.schema.base();
  op.consume_front("_");
  return call.generic(op);
}

/// upsample_MODE of a size, or of factors.
static Json upsample(Aten &call, StringRef mode, bool corners) {
  if (!call.hasRank(call.result()->sizes, 3, 5))
    return null();
  size_t dims = call.result()->sizes.size() - 2;
  StringRef key = call.find("input") ? "input" : "self";
  Json node = makeNode("interpolate", {call.operand(key)}, {{"mode", word(mode)}});
  std::vector<Json> factors;
  if (call.has("scale_factors"))
    factors = call.attribute("scale_factors").items;
  for (StringRef name : {"scales", "scales_d", "scales_h", "scales_w"})
    if (call.has(name))
      factors.push_back(number(call.numberOf(name)));
  // Factors decide where samples lie, so they are kept where they are given.
  if (factors.size() == dims)
    set(node, "scale_factor", list(std::move(factors)));
  else
    set(node, "size", integers(ArrayRef(call.result()->sizes).drop_front(2)));
  if (corners)
    set(node, "align_corners", call.attribute("align_corners"));
  return node;
}
static Json upsampleNearest(Aten &call) { return upsample(call, "nearest", false); }
static Json upsampleExact(Aten &call) { return upsample(call, "nearest-exact", false); }
static Json upsampleLinear(Aten &call) { return upsample(call, "linear", true); }
static Json upsampleBilinear(Aten &call) { return upsample(call, "bilinear", true); }
static Json upsampleTrilinear(Aten &call) { return upsample(call, "trilinear", true); }
static Json upsampleBicubic(Aten &call) { return upsample(call, "bicubic", true); }

/// Values back to where their maxima were.
static Json maxUnpool(Aten &call, size_t dims) {
  ArrayRef<int64_t> in = call.shape("self"), out = call.result()->sizes;
  if (!call.hasRank(in, dims) || !call.hasRank(out, dims))
    return null();
  SmallVector<int64_t> flatIn(in.drop_back(dims)), flatOut(out.drop_back(dims));
  flatIn.push_back(-1);
  int64_t plane = 1;
  for (int64_t size : out.take_back(dims))
    plane *= size;
  flatOut.push_back(plane);
  Json zeros = object(
      {{"op", word("zeros")}, {"shape", integers(flatOut)}, {"dtype", word(resultDtype(call))}});
  Json put = makeNode("scatter",
                      {std::move(zeros), reshape(call.operand("indices"), flatIn),
                       reshape(call.operand("self"), flatIn)},
                      {{"dim", integer(-1)}});
  return reshape(std::move(put), out);
}
static Json maxUnpool2d(Aten &call) { return maxUnpool(call, 2); }
static Json maxUnpool3d(Aten &call) { return maxUnpool(call, 3); }

//===-- Attention, recurrence -----------------------------------------------------------------===//

static Json attention(Aten &call) {
  if (call.numberOf("dropout_p") != 0) {
    const graph::OpSpec *spec = call.translator.ops.find("scaled_dot_product_attention");
    if (llvm::none_of(spec->attributes,
                      [](const graph::AttributeSpec &a) { return a.name == "dropout_p"; }))
      return call.fail("dropout within attention is not supported");
  }
  Json node = makeNode(
      "scaled_dot_product_attention",
      trimmed({call.operand("query"), call.operand("key"), call.operand("value"),
               orNull(call, "attn_mask")}),
      {{"is_causal", call.attribute("is_causal")}, {"enable_gqa", call.attribute("enable_gqa")}});
  if (call.has("scale"))
    set(node, "scale", call.attribute("scale"));
  if (call.numberOf("dropout_p") != 0)
    set(node, "dropout_p", call.attribute("dropout_p"));
  return node;
}

static Json recurrent(Aten &call) {
  std::vector<Json> inputs{call.operand("input")};
  if (call.find("hx")->kind == Argument::Kind::tensors)
    llvm::append_range(inputs, call.operands("hx"));
  else
    inputs.push_back(call.operand("hx"));
  llvm::append_range(inputs, call.operands("params"));
  Json node = makeNode(call.schema.base(), std::move(inputs),
                       {{"num_layers", call.attribute("num_layers")},
                        {"bidirectional", call.attribute("bidirectional")},
                        {"batch_first", call.attribute("batch_first")},
                        {"bias", call.attribute("has_biases")}});
  if (call.numberOf("dropout") != 0 && call.flag("train")) {
    set(node, "dropout", call.attribute("dropout"));
    set(node, "train", boolean(true));
  }
  return node;
}

static Json packed(Aten &call) { return call.fail("packed sequences are not supported: pad them"); }

static Json recurrentCell(Aten &call) {
  std::vector<Json> inputs{call.operand("input")};
  if (call.find("hx")->kind == Argument::Kind::tensors)
    llvm::append_range(inputs, call.operands("hx"));
  else
    inputs.push_back(call.operand("hx"));
  for (StringRef name : {"w_ih", "w_hh", "b_ih", "b_hh"})
    if (call.has(name))
      inputs.push_back(call.operand(name));
  return makeNode(call.schema.base(), std::move(inputs));
}

/// Sums, means or maxima of rows of a table, over bags that begin at `offsets`.
static Json embeddingBag(Aten &call) {
  for (unsigned i = 1; i < call.resultCount(); ++i)
    if (call.isUsed(i))
      return call.fail("only the first result of embedding_bag is supported");
  if (call.flag("scale_grad_by_freq"))
    return call.fail("embedding_bag with scale_grad_by_freq is not supported");
  if (call.integerOf("mode") == 2)
    return call.fail("embedding_bag with mode 'max' is not supported");
  if (!call.hasRank(call.result()->sizes, 1) || !call.hasRank(call.shape("offsets"), 1) ||
      !call.hasRank(call.shape("weight"), 2, 2))
    return null();
  int64_t count = call.shape("indices").empty() ? 1 : call.shape("indices")[0];
  int64_t bags = call.result()->sizes[0], ends = call.shape("offsets")[0];
  // The bag of an index: how many offsets are at or before it, less one.
  Json places = object({{"op", word("arange")}, {"end", integer(count)}});
  Json begun = makeNode(
      "ge", {reshape(std::move(places), {count, 1}), reshape(call.operand("offsets"), {1, ends})});
  Json bag =
      makeNode("sub", {makeNode("sum", {std::move(begun)}, {{"dim", integer(1)}}), integer(1)});
  Json mine =
      makeNode("eq", {reshape(object({{"op", word("arange")}, {"end", integer(bags)}}), {bags, 1}),
                      reshape(std::move(bag), {1, count})});
  Json weights = cast(std::move(mine), resultDtype(call));
  if (call.has("padding_idx")) { // here a negative one counts from the end
    int64_t rows = call.shape("weight")[0], padding = call.integerOf("padding_idx");
    Json kept =
        makeNode("ne", {call.operand("indices"), integer(padding < 0 ? padding + rows : padding)});
    weights = makeNode("mul", {std::move(weights), cast(std::move(kept), resultDtype(call))});
  }
  weights = call.let(std::move(weights), "bags");
  Json scaled = weights;
  if (call.has("per_sample_weights"))
    scaled = makeNode("mul", {scaled, call.operand("per_sample_weights")});
  Json rows = makeNode("embedding", {call.operand("indices"), call.operand("weight")});
  Json sums = makeNode("matmul", {std::move(scaled), std::move(rows)});
  if (call.integerOf("mode") == 1) {
    Json sizes = makeNode("sum", {weights}, {{"dim", integer(1)}, {"keepdim", boolean(true)}});
    sums =
        makeNode("div", {std::move(sums), makeNode("clamp_min", {std::move(sizes), integer(1)})});
  }
  call.define(0, std::move(sums));
  return null();
}

//===-- Dropout -------------------------------------------------------------------------------===//

static Json dropoutAs(Aten &call, StringRef op) {
  if (!call.flag("train")) {
    call.rebinds = true;
    return call.operand("input");
  }
  return makeNode(op, {call.operand("input")},
                  {{"p", call.attribute("p")}, {"train", call.attribute("train")}});
}
static Json dropout(Aten &call) { return dropoutAs(call, call.schema.base()); }
static Json featureDropout(Aten &call) { return dropoutAs(call, "dropout2d"); }

/// dropout and the mask of what was kept.
static Json nativeDropout(Aten &call) {
  double p = call.numberOf("p");
  Json x = call.operand("input");
  if (call.has("train") && !call.flag("train")) {
    call.define(0, x);
    if (call.isUsed(1))
      call.define(1, filled(call, 1));
    return null();
  }
  Json mask = call.let(makeNode("lt", {makeNode("rand_like", {x}), number(1 - p)}), "mask");
  Json scaled = makeNode("mul", {x, number(p == 1 ? 0 : 1 / (1 - p))});
  call.define(0, makeNode("mul", {std::move(scaled), mask}));
  call.define(1, mask);
  return null();
}

void addLayerRules(RuleTable &table) {
  table["convolution"].rule = convolution;
  table["_convolution"].rule = convolution;
  table["_convolution_mode"].rule = convolutionMode;
  table["nll_loss_forward"].rule = nllLossForward;
  table["nll_loss2d_forward"].rule = nllLossForward;
  table["batch_norm"].rule = batchNorm;
  for (StringRef name :
       {"native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training",
        "_batch_norm_with_update", "_batch_norm_no_update", "_native_batch_norm_legit_functional"})
    table[name].rule = nativeBatchNorm;
  table["instance_norm"].rule = instanceNorm;
  table["native_layer_norm"].rule = nativeLayerNorm;
  table["native_group_norm"].rule = nativeGroupNorm;
  for (StringRef dims : {"1d", "2d", "3d"}) {
    table[("max_pool" + dims).str()].rule = poolByName;
    table[("max_pool" + dims + "_with_indices").str()].rule = poolByName;
    table[("avg_pool" + dims).str()].rule = poolByName;
    table[("_adaptive_avg_pool" + dims).str()].rule = adaptiveAverage;
    table[("upsample_nearest" + dims).str()].rule = upsampleNearest;
    table[("_upsample_nearest_exact" + dims).str()].rule = upsampleExact;
  }
  table["upsample_linear1d"].rule = upsampleLinear;
  table["upsample_bilinear2d"].rule = upsampleBilinear;
  table["upsample_trilinear3d"].rule = upsampleTrilinear;
  table["upsample_bicubic2d"].rule = upsampleBicubic;
  table["max_unpool2d"].rule = maxUnpool2d;
  table["max_unpool3d"].rule = maxUnpool3d;
  table["scaled_dot_product_attention"].rule = attention;
  for (StringRef name : {"lstm", "gru", "rnn_tanh", "rnn_relu"}) {
    table[name].rule = recurrent;
    table[(name + ".data").str()].rule = packed;
    table[(name + "_cell").str()].rule = recurrentCell;
  }
  table["embedding_bag"].rule = embeddingBag;
  for (StringRef name : {"dropout", "alpha_dropout", "feature_alpha_dropout"})
    table[name].rule = dropout;
  table["feature_dropout"].rule = featureDropout;
  table["native_dropout"].rule = nativeDropout;
  table["native_channel_shuffle"] = {"", "", table["channel_shuffle"].rule};
}

} // namespace gradc::pt2
