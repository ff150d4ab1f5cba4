// MoreLayers.cpp - activations and embedding as modules.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Call.h"
#include "gradc/Trace/Layers.h"

namespace gradc::nn {

using detail::Call;
using detail::fail;
using detail::Type;

Tensor Activation::forward(const Tensor &x, Location where) const {
  Call call(op, where);
  Type type = call.input(x);
  if (!detail::isFloat(type.dtype))
    call.fail("\"" + call.op + "\" not implemented for '" + detail::torchName(type.dtype) + "'");
  if (!approximate.empty() && approximate != "none" && approximate != "tanh")
    call.fail("approximate argument must be either none or tanh.");
  if (approximate == "tanh")
    call.attribute("approximate", detail::quoted(approximate));
  for (const auto &[name, number] : numbers)
    call.attribute(name, detail::numberText(number, where));
  return call.result(type);
}

PReLU::PReLU(int64_t num_parameters, double init, const Options &options, Location where)
    : weight(
          full({num_parameters}, init, options.requires_grad(true), where).named("weight", where)) {
}

Tensor PReLU::forward(const Tensor &x, Location where) const {
  Call call("prelu", where);
  Type type = call.input(x);
  int64_t channels = type.shape.size() < 2 ? 1 : type.shape[1], count = weight.numel(where);
  if (count != 1 && count != channels)
    call.fail("Mismatch of parameter numbers and input channel size. Found parameter numbers = " +
              std::to_string(count) + " and channel size = " + std::to_string(channels) + ".");
  call.input(weight);
  return call.result(type);
}

Embedding::Embedding(int64_t num_embeddings, int64_t embedding_dim,
                     std::optional<int64_t> padding_idx, const Options &options, Location where) {
  if (padding_idx) {
    padding = *padding_idx < 0 ? *padding_idx + num_embeddings : *padding_idx;
    if (padding < 0 || padding >= num_embeddings)
      fail(where, "Padding_idx must be within num_embeddings");
  }
  Tensor drawn = randn({num_embeddings, embedding_dim}, options.requires_grad(false), where);
  if (padding_idx) {
    Tensor rows = arange(num_embeddings, Options(), where).reshape({num_embeddings, 1}, where);
    drawn = masked_fill(drawn, eq(Arg(rows, where), Arg(padding, where)), Arg(0, where));
  }
  weight = drawn.requires_grad_(true, where).named("weight", where);
}

Tensor Embedding::forward(const Tensor &indices, Location where) const {
  return embedding(indices, weight, padding, where);
}

} // namespace gradc::nn
