// Layers.cpp - norms, attention and recurrent layers of torch.nn.functional.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Call.h"
#include "gradc/Trace/Functional.h"

namespace gradc::nn::functional {

using detail::Call;
using detail::Type;

static std::string count(size_t size) { return std::to_string(size); }

static void requireFloat(const Call &call, const Type &type) {
  if (!detail::isFloat(type.dtype))
    call.fail("\"" + call.op + "\" not implemented for '" + detail::torchName(type.dtype) + "'");
}

//===-- Norms ---------------------------------------------------------------------------------===//

static void checkShape(const Call &call, const Type &x, const Shape &wanted, const char *star) {
  if (wanted.empty())
    call.fail("Expected normalized_shape to be at least 1-dimensional, i.e., containing at least "
              "one element, but got normalized_shape = []");
  bool fits = x.shape.size() >= wanted.size() &&
              std::equal(wanted.rbegin(), wanted.rend(), x.shape.rbegin());
  std::string text = detail::shapeText(wanted);
  if (!fits)
    call.fail("Given normalized_shape=" + text + ", expected input with shape [" + star +
              text.substr(1) + ", but got input of size" + detail::shapeText(x.shape));
}

Tensor layer_norm(const Tensor &x, const Shape &normalized_shape, const Tensor &weight,
                  const Tensor &bias, double eps, Location where) {
  Call call("layer_norm", where);
  Type type = call.input(x);
  checkShape(call, type, normalized_shape, "*, ");
  requireFloat(call, type);
  call.optional(weight);
  call.optional(bias);
  call.attribute("normalized_shape", detail::listText(normalized_shape));
  call.attribute("eps", eps, 1e-5);
  return call.result(type);
}

Tensor rms_norm(const Tensor &x, const Shape &normalized_shape, const Tensor &weight,
                std::optional<double> eps, Location where) {
  Call call("rms_norm", where);
  Type type = call.input(x);
  checkShape(call, type, normalized_shape, "*");
  requireFloat(call, type);
  call.optional(weight);
  call.attribute("normalized_shape", detail::listText(normalized_shape));
  if (eps)
    call.attribute("eps", detail::numberText(*eps, where));
  return call.result(type);
}

Tensor group_norm(const Tensor &x, int64_t num_groups, const Tensor &weight, const Tensor &bias,
                  double eps, Location where) {
  Call call("group_norm", where);
  Type type = call.input(x);
  requireFloat(call, type);
  if (type.shape.size() < 2)
    call.fail("Expected at least 2 dimensions for input tensor but received " +
              count(type.shape.size()));
  if (num_groups < 1 || type.shape[1] % num_groups)
    call.fail("Expected number of channels in input to be divisible by num_groups, but got input "
              "of shape " +
              detail::shapeText(type.shape) + " and num_groups=" + std::to_string(num_groups));
  call.optional(weight);
  call.optional(bias);
  call.attribute("num_groups", std::to_string(num_groups));
  call.attribute("eps", eps, 1e-5);
  return call.result(type);
}

/// A norm that has running statistics; it writes them where it uses its input's own.
static Tensor running(const char *op, const char *flag, bool absent, const Tensor &x,
                      const Tensor &mean, const Tensor &var, const Tensor &weight,
                      const Tensor &bias, bool useInput, double momentum, double eps,
                      Location where) {
  Call call(op, where);
  Type type = call.input(x);
  requireFloat(call, type);
  if (type.shape.size() < 2)
    call.fail(call.op + ": expected an input of 2 dimensions at least, got " +
              count(type.shape.size()));
  if (!useInput && !(mean.defined() && var.defined()))
    call.fail(std::string(mean.defined() ? "running_var" : "running_mean") +
              " must be defined in evaluation mode");
  static const char *const names[] = {"running_mean", "running_var", "weight", "bias"};
  const Tensor *tensors[] = {&mean, &var, &weight, &bias};
  for (int i = 0; i < 4; ++i) {
    if (tensors[i]->defined() && tensors[i]->numel(where) != type.shape[1])
      call.fail(std::string(names[i]) + " should contain " + std::to_string(type.shape[1]) +
                " elements not " + std::to_string(tensors[i]->numel(where)));
    call.optional(*tensors[i]);
  }
  call.attribute(flag, useInput, absent);
  call.attribute("momentum", momentum, 0.1);
  call.attribute("eps", eps, 1e-5);
  Tensor y = call.result(type);
  if (useInput)
    call.context.noteWrites(y, {&mean, &var}, where);
  return y;
}

Tensor batch_norm(const Tensor &x, const Tensor &running_mean, const Tensor &running_var,
                  const Tensor &weight, const Tensor &bias, bool training, double momentum,
                  double eps, Location where) {
  return running("batch_norm", "training", false, x, running_mean, running_var, weight, bias,
                 training, momentum, eps, where);
}

Tensor batch_norm_by_mode(const Tensor &x, const Tensor &running_mean, const Tensor &running_var,
                          const Tensor &weight, const Tensor &bias, double momentum, double eps,
                          Location where) {
  return running("batch_norm", "by_mode", false, x, running_mean, running_var, weight, bias, true,
                 momentum, eps, where);
}

Tensor instance_norm(const Tensor &x, const Tensor &running_mean, const Tensor &running_var,
                     const Tensor &weight, const Tensor &bias, bool use_input_stats,
                     double momentum, double eps, Location where) {
  return running("instance_norm", "use_input_stats", true, x, running_mean, running_var, weight,
                 bias, use_input_stats, momentum, eps, where);
}

Tensor local_response_norm(const Tensor &x, int64_t size, double alpha, double beta, double k,
                           Location where) {
  Call call("local_response_norm", where);
  Type type = call.input(x);
  requireFloat(call, type);
  if (type.shape.size() < 3)
    call.fail("Expected 3D or higher dimensionality                          input (got " +
              count(type.shape.size()) + " dimensions)");
  call.attribute("size", std::to_string(size));
  call.attribute("alpha", alpha, 1e-4);
  call.attribute("beta", beta, 0.75);
  call.attribute("k", k, 1.0);
  return call.result(type);
}

Tensor normalize(const Tensor &x, double p, int64_t dim, double eps, Location where) {
  Call call("normalize", where);
  Type type = call.input(x);
  requireFloat(call, type);
  detail::wrapDim(dim, static_cast<int64_t>(type.shape.size()), where);
  call.attribute("p", p, 2.0);
  call.attribute("dim", dim, int64_t(1));
  call.attribute("eps", eps, 1e-12);
  return call.result(type);
}

/// Dropout of a layer: nothing is said where nothing is dropped.
static void addDropout(Call &call, const char *name, double p, bool training) {
  if (!(p >= 0 && p <= 1))
    call.fail("dropout probability has to be between 0 and 1, but got " +
              detail::numberText(p, call.where));
  if (!training)
    return;
  call.attribute(name, p, 0.0);
}

//===-- Attention -----------------------------------------------------------------------------===//

Tensor scaled_dot_product_attention(const Tensor &query, const Tensor &key, const Tensor &value,
                                    const AttentionOptions &options, Location where) {
  Call call("scaled_dot_product_attention", where);
  Type q = call.input(query), k = call.input(key), v = call.input(value);
  call.optional(options.attn_mask);
  if (q.shape.size() < 2 || k.shape.size() < 2 || v.shape.size() < 2)
    call.fail("Expected query, key, and value to all be  at least 2 dimensional, but got "
              "query.dim: " +
              count(q.shape.size()) + " key.dim: " + count(k.shape.size()) +
              " and value.dim: " + count(v.shape.size()) + " instead.");
  if (options.is_causal && options.attn_mask.defined())
    call.fail("_scaled_dot_product_attention: Explicit attn_mask should not be set when "
              "is_causal=True");
  requireFloat(call, q);
  auto batch = [](const Type &t) { return Shape(t.shape.begin(), t.shape.end() - 2); };
  Shape shape = batch(q), keys = batch(k);
  bool isGrouped =
      options.enable_gqa && !shape.empty() && !keys.empty() && keys.back() != shape.back();
  int64_t heads = shape.empty() ? 0 : shape.back();
  if (isGrouped && (keys.back() == 0 || heads % keys.back()))
    call.fail("Number of heads in key and value must divide the number of heads in query");
  if (isGrouped)
    shape.back() = keys.back();
  shape = detail::broadcast(detail::broadcast(shape, keys, where), batch(v), where);
  if (isGrouped)
    shape.back() = heads;
  shape.push_back(q.shape[q.shape.size() - 2]);
  shape.push_back(v.shape.back());
  call.attribute("is_causal", options.is_causal, false);
  if (options.scale)
    call.attribute("scale", detail::numberText(*options.scale, where));
  call.attribute("enable_gqa", options.enable_gqa, false);
  addDropout(call, "dropout_p", options.dropout_p, options.training);
  return call.result({q.dtype, shape});
}

//===-- Recurrence ----------------------------------------------------------------------------===//

std::vector<Tensor> recurrent(const std::string &op, const Tensor &x,
                              const std::vector<Tensor> &states, const std::vector<Tensor> &weights,
                              const RecurrentOptions &options, Location where) {
  Call call(op, where);
  size_t wanted = op == "lstm" ? 2 : 1;
  std::string name = op == "lstm" ? "LSTM" : op == "gru" ? "GRU" : "RNN";
  Type type = call.input(x);
  size_t rank = type.shape.size();
  if (rank != 2 && rank != 3)
    call.fail(name + ": Expected input to be 2D or 3D, got " + count(rank) + "D instead");
  if (!states.empty() && states.size() != wanted)
    call.fail(name + ": expected " + count(wanted) + " first states, got " + count(states.size()));
  if (weights.size() < 2 || weights[0].dim(where) != 2 || weights[1].dim(where) != 2)
    call.fail(name + ": expected weights of two dimensions first");
  if (type.shape.back() != weights[0].size(1, where))
    call.fail("input.size(-1) must be equal to input_size. Expected " +
              std::to_string(weights[0].size(1, where)) + ", got " +
              std::to_string(type.shape.back()));
  for (size_t i = 0; i < wanted; ++i)
    if (states.empty())
      call.operands.emplace_back(std::string("null"));
    else
      call.input(states[i]);
  for (const Tensor &weight : weights)
    call.input(weight);
  int64_t directions = options.bidirectional ? 2 : 1, hidden = weights[1].size(1, where);
  Type last{type.dtype, {options.num_layers * directions}};
  if (rank == 3)
    last.shape.push_back(type.shape[options.batch_first ? 0 : 1]);
  last.shape.push_back(hidden);
  type.shape.back() = hidden * directions;
  call.attribute("num_layers", options.num_layers, int64_t(1));
  call.attribute("bidirectional", options.bidirectional, false);
  call.attribute("batch_first", options.batch_first, false);
  call.attribute("bias", options.bias, true);
  addDropout(call, "dropout", options.dropout, options.training);
  std::vector<Type> types = {type, last};
  if (op == "lstm")
    types.push_back(last);
  return call.results(types);
}

std::vector<Tensor> recurrent_cell(const std::string &op, const Tensor &x,
                                   const std::vector<Tensor> &states,
                                   const std::vector<Tensor> &weights, Location where) {
  Call call(op, where);
  Type type = call.input(x);
  bool isLstm = op == "lstm_cell";
  if (type.shape.size() != 1 && type.shape.size() != 2)
    call.fail(op + ": Expected input to be 1D or 2D, got " + count(type.shape.size()) +
              "D instead");
  if (states.size() != (isLstm ? 2u : 1u) || weights.size() < 2 || weights[0].dim(where) != 2)
    call.fail(op + ": expected its states and at least two weights of two dimensions");
  if (type.shape.back() != weights[0].size(1, where))
    call.fail("input has inconsistent input_size: got " + std::to_string(type.shape.back()) +
              " expected " + std::to_string(weights[0].size(1, where)));
  for (const Tensor &state : states)
    call.input(state);
  for (const Tensor &weight : weights)
    call.input(weight);
  type.shape.back() = weights[1].size(1, where);
  if (isLstm)
    return call.results({type, type});
  return {call.result(type)};
}

} // namespace gradc::nn::functional
