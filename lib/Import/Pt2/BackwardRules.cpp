// BackwardRules.cpp - derivatives that a program holds itself: of gradients taken within forward.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// They are written with ordinary ops, so that they can be differentiated again.
#include "../Importer.h"
#include "Rules.h"
#include <cmath>

using namespace mlir;
namespace gradc::pt2 {

static Json mul(Json a, Json b) { return makeNode("mul", {std::move(a), std::move(b)}); }
static Json add(Json a, Json b) { return makeNode("add", {std::move(a), std::move(b)}); }
static Json sub(Json a, Json b) { return makeNode("sub", {std::move(a), std::move(b)}); }
static Json where(Json condition, Json a, Json b) {
  return makeNode("where", {std::move(condition), std::move(a), std::move(b)});
}
static Json sigmoid(Json x) { return makeNode("sigmoid", {std::move(x)}); }

/// The cotangent: the first argument of all of these.
static Json cotangent(Aten &call) { return call.operand(call.schema.parameters[0].name); }

static Json tanhBackward(Aten &call) {
  Json y = call.operand("output");
  return mul(cotangent(call), sub(integer(1), mul(y, y)));
}

static Json sigmoidBackward(Aten &call) {
  Json y = call.operand("output");
  return mul(cotangent(call), mul(sub(integer(1), y), y));
}

static Json thresholdBackward(Aten &call) {
  return where(makeNode("le", {call.operand("self"), call.attribute("threshold")}), integer(0),
               cotangent(call));
}

static Json siluBackward(Aten &call) {
  Json x = call.operand("self"), s = call.let(sigmoid(x), "sigmoid");
  return mul(cotangent(call), mul(s, add(mul(x, sub(integer(1), s)), integer(1))));
}

static Json geluBackward(Aten &call) {
  Json x = call.operand("self"), d = cotangent(call);
  if (call.textOf("approximate") == "tanh") {
    double k = std::sqrt(2 / M_PI);
    Json square = call.let(mul(x, x), "square");
    Json inner = mul(number(k), add(x, mul(number(0.044715), mul(square, x))));
    Json t = call.let(makeNode("tanh", {std::move(inner)}), "tanh");
    Json slope = mul(number(k), add(integer(1), mul(number(3 * 0.044715), square)));
    Json left = mul(number(0.5), add(integer(1), t));
    Json right = mul(mul(mul(number(0.5), x), sub(integer(1), mul(t, t))), std::move(slope));
    return mul(d, add(std::move(left), std::move(right)));
  }
  Json cdf = mul(number(0.5), add(integer(1), makeNode("erf", {mul(x, number(M_SQRT1_2))})));
  Json pdf =
      mul(makeNode("exp", {mul(mul(x, x), number(-0.5))}), number(M_2_SQRTPI * M_SQRT1_2 * 0.5));
  return mul(d, add(std::move(cdf), mul(x, std::move(pdf))));
}

static Json leakyReluBackward(Aten &call) {
  Json d = cotangent(call);
  return where(makeNode("gt", {call.operand("self"), integer(0)}), d,
               mul(d, call.attribute("negative_slope")));
}

static Json eluBackward(Aten &call) {
  double alpha = call.numberOf("alpha"), scale = call.numberOf("scale"),
         slope = call.numberOf("input_scale");
  Json x = call.operand("self_or_result"), d = cotangent(call);
  Json low = call.flag("is_result") ? mul(mul(d, number(slope)), add(x, number(alpha * scale)))
                                    : mul(mul(d, number(slope * alpha * scale)),
                                          makeNode("exp", {mul(x, number(slope))}));
  return where(makeNode("le", {x, integer(0)}), std::move(low), mul(d, number(scale)));
}

static Json softplusBackward(Aten &call) {
  double beta = call.numberOf("beta");
  Json d = cotangent(call), scaled = call.let(mul(call.operand("self"), number(beta)), "scaled");
  return where(makeNode("gt", {scaled, call.attribute("threshold")}), d, mul(d, sigmoid(scaled)));
}

static Json hardtanhBackward(Aten &call) {
  Json x = call.operand("self");
  Json out = makeNode("logical_or", {makeNode("le", {x, call.attribute("min_val")}),
                                     makeNode("ge", {x, call.attribute("max_val")})});
  return where(std::move(out), integer(0), cotangent(call));
}

static Json logSigmoidBackward(Aten &call) {
  return mul(cotangent(call), sigmoid(makeNode("neg", {call.operand("self")})));
}

static Json softmaxBackward(Aten &call) {
  Json y = call.operand("output"), d = cotangent(call);
  Json dim = call.attribute("dim");
  if (call.schema.base() == "_log_softmax_backward_data") {
    Json total = makeNode("sum", {d}, {{"dim", dim}, {"keepdim", boolean(true)}});
    return sub(d, mul(makeNode("exp", {y}), std::move(total)));
  }
  Json product = call.let(mul(d, y), "product");
  Json total = makeNode("sum", {product}, {{"dim", dim}, {"keepdim", boolean(true)}});
  return sub(product, mul(y, std::move(total)));
}

static Json dropoutBackward(Aten &call) {
  return mul(mul(cotangent(call), call.operand("mask")), call.attribute("scale"));
}

//===-- Losses --------------------------------------------------------------------------------===//

/// The cotangent of an elementwise loss, divided where the loss is a mean.
static Json spread(Aten &call) {
  Json d = cotangent(call);
  if (call.integerOf("reduction") != 1)
    return d;
  double count = 1;
  for (int64_t size : call.result()->sizes)
    count *= double(size);
  return makeNode("div", {std::move(d), number(count)});
}

static Json mseBackward(Aten &call) {
  return mul(mul(spread(call), number(2)), sub(call.operand("self"), call.operand("target")));
}

static Json smoothL1Backward(Aten &call) {
  double beta = call.numberOf("beta");
  Json x = call.let(sub(call.operand("self"), call.operand("target")), "difference");
  Json within = makeNode("lt", {makeNode("abs", {x}), number(beta)});
  Json slope = where(std::move(within), makeNode("div", {x, number(beta ? beta : 1)}),
                     makeNode("sign", {x}));
  return mul(spread(call), std::move(slope));
}

//===-- Views ---------------------------------------------------------------------------------===//

/// Zeros of the input's shape, one view of which is the cotangent.
static Json intoView(Aten &call, Json (*view)(Aten &, Json)) {
  Json base = call.let(filled(call, 0), "zeros");
  call.translator.emit(call.node, makeNode("copy_", {view(call, base), cotangent(call)}));
  return base;
}

static Json selectBackward(Aten &call) {
  return intoView(call, [](Aten &call, Json base) {
    return makeNode("select", {base},
                    {{"dim", call.attribute("dim")}, {"index", call.attribute("index")}});
  });
}
static Json sliceBackward(Aten &call) {
  return intoView(call, [](Aten &call, Json base) {
    return makeNode("slice", {base},
                    {{"dim", call.attribute("dim")},
                     {"start", call.attribute("start")},
                     {"end", call.attribute("end")},
                     {"step", call.attribute("step")}});
  });
}
static Json diagonalBackward(Aten &call) {
  return intoView(call, [](Aten &call, Json base) {
    return makeNode("diagonal", {base},
                    {{"offset", call.attribute("offset")},
                     {"dim1", call.attribute("dim1")},
                     {"dim2", call.attribute("dim2")}});
  });
}

static Json indexSelectBackward(Aten &call) {
  return makeNode("index_add", {filled(call, 0), call.operand("index"), cotangent(call)},
                  {{"dim", call.attribute("dim")}});
}
static Json gatherBackward(Aten &call) {
  return makeNode("scatter_add", {filled(call, 0), call.operand("index"), cotangent(call)},
                  {{"dim", call.attribute("dim")}});
}

static Json embeddingBackward(Aten &call) {
  if (call.flag("scale_grad_by_freq"))
    return call.fail("embedding with scale_grad_by_freq is not supported");
  ArrayRef<int64_t> shape = call.result()->sizes;
  if (!call.hasRank(shape, 2, 2))
    return null();
  Json index = reshape(call.operand("indices"), {-1});
  Json d = reshape(cotangent(call), {-1, shape[1]});
  int64_t padding = call.integerOf("padding_idx", -1);
  if (padding >= 0) {
    index = call.let(std::move(index), "index");
    d = mul(std::move(d), reshape(makeNode("ne", {index, integer(padding)}), {-1, 1}));
  }
  return makeNode("index_add", {filled(call, 0), std::move(index), std::move(d)},
                  {{"dim", integer(0)}});
}

void addBackwardRules(RuleTable &table) {
  table["tanh_backward"].rule = tanhBackward;
  table["sigmoid_backward"].rule = sigmoidBackward;
  table["threshold_backward"].rule = thresholdBackward;
  table["silu_backward"].rule = siluBackward;
  table["gelu_backward"].rule = geluBackward;
  table["leaky_relu_backward"].rule = leakyReluBackward;
  table["elu_backward"].rule = eluBackward;
  table["softplus_backward"].rule = softplusBackward;
  table["hardtanh_backward"].rule = hardtanhBackward;
  table["log_sigmoid_backward"].rule = logSigmoidBackward;
  table["_softmax_backward_data"].rule = softmaxBackward;
  table["_log_softmax_backward_data"].rule = softmaxBackward;
  table["native_dropout_backward"].rule = dropoutBackward;
  table["mse_loss_backward"].rule = mseBackward;
  table["smooth_l1_loss_backward"].rule = smoothL1Backward;
  table["select_backward"].rule = selectBackward;
  table["slice_backward"].rule = sliceBackward;
  table["diagonal_backward"].rule = diagonalBackward;
  table["index_select_backward"].rule = indexSelectBackward;
  table["gather_backward"].rule = gatherBackward;
  table["embedding_dense_backward"].rule = embeddingBackward;
}

} // namespace gradc::pt2
