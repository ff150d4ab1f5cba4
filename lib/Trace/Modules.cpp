// Modules.cpp - the layers of torch.nn: their initialisation and their parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/Modules.h"
#include "Graph.h"
#include "gradc/Trace/Model.h"
#include <cmath>

namespace gradc::nn {

using detail::fail;

//===-- Modules -------------------------------------------------------------------------------===//

namespace {
/// Lists tensors with the names of the modules around them.
class Listing : public Visitor {
public:
  std::vector<std::pair<std::string, Tensor>> parameters, buffers;

  void parameter(const std::string &name, const Tensor &tensor) override {
    if (tensor.defined())
      parameters.emplace_back(prefix + name, tensor);
  }
  void buffer(const std::string &name, const Tensor &tensor) override {
    if (tensor.defined())
      buffers.emplace_back(prefix + name, tensor);
  }
  void module(const std::string &name, Module &child) override {
    std::string outer = prefix;
    prefix += name + ".";
    child.visit(*this);
    prefix = outer;
  }

private:
  std::string prefix;
};

class Training : public Visitor {
public:
  explicit Training(bool mode) : mode(mode) {}
  void parameter(const std::string &, const Tensor &) override {}
  void buffer(const std::string &, const Tensor &) override {}
  void module(const std::string &, Module &child) override { child.train(mode); }

private:
  bool mode;
};
} // namespace

// `visit` may change children (train does); a listing does not.
static Listing listing(const Module &module) {
  Listing result;
  const_cast<Module &>(module).visit(result);
  return result;
}

std::vector<std::pair<std::string, Tensor>> Module::named_parameters() const {
  return listing(*this).parameters;
}
std::vector<std::pair<std::string, Tensor>> Module::named_buffers() const {
  return listing(*this).buffers;
}

std::vector<Tensor> Module::parameters() const {
  std::vector<Tensor> result;
  for (const auto &named : named_parameters())
    result.push_back(named.second);
  return result;
}

void Module::train(bool mode) {
  training = mode;
  Training children(mode);
  visit(children);
}

void Module::zero_grad(bool set_to_none, Location where) const {
  gradc::zero_grad(parameters(), set_to_none, where);
}

Tensor Sequential::forward(const Tensor &x, Location where) const {
  Tensor y = x;
  for (const auto &layer : layers)
    y = layer->forward(y, where);
  return y;
}

void Sequential::visit(Visitor &visitor) {
  for (size_t i = 0; i < layers.size(); ++i)
    visitor.module(std::to_string(i), *layers[i]);
}

//===-- Initialisation ------------------------------------------------------------------------===//

static Arg arg(const Tensor &tensor, Location where) { return Arg(tensor, where); }

// PyTorch draws u in [0, 1) and computes u * (to - from) + from.
static Tensor drawUniform(const Shape &shape, double from, double to, const Options &options,
                          Location where) {
  Tensor unit = gradc::rand(shape, options.requires_grad(false), where);
  Tensor scaled = mul(arg(unit, where), Arg(to - from, where));
  return from < 0 ? sub(arg(scaled, where), Arg(-from, where))
                  : add(arg(scaled, where), Arg(from, where));
}

static Tensor uniformLeaf(const char *name, const Shape &shape, double bound,
                          const Options &options, Location where) {
  return drawUniform(shape, -bound, bound, options, where)
      .requires_grad_(true, where)
      .named(name, where);
}

static Tensor constantLeaf(const char *name, const Shape &shape, double value,
                           const Options &options, Location where) {
  return full(shape, value, options.requires_grad(true), where).named(name, where);
}

namespace init {

static void write(const Tensor &x, const Tensor &contents, Location where) {
  NoGradGuard guard(where);
  x.copy_(contents, where);
}

static Options like(const Tensor &x, Location where) {
  return Options(x.dtype(where)).device(x.device(where));
}

static std::pair<double, double> fans(const Tensor &x, Location where) {
  const Shape &shape = x.sizes(where);
  if (shape.size() < 2)
    fail(where, "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  double each = 1;
  for (size_t d = 2; d < shape.size(); ++d)
    each *= static_cast<double>(shape[d]);
  return {static_cast<double>(shape[1]) * each, static_cast<double>(shape[0]) * each};
}

void uniform_(const Tensor &x, double from, double to, Location where) {
  detail::InitialScope scope(where);
  write(x, drawUniform(x.sizes(where), from, to, like(x, where), where), where);
}

void normal_(const Tensor &x, double mean, double std, Location where) {
  detail::InitialScope scope(where);
  Tensor unit = gradc::randn(x.sizes(where), like(x, where), where);
  Tensor scaled = std == 1 ? unit : mul(arg(unit, where), Arg(std, where));
  write(x, mean == 0 ? scaled : add(arg(scaled, where), Arg(mean, where)), where);
}

void constant_(const Tensor &x, double value, Location where) {
  detail::InitialScope scope(where);
  NoGradGuard guard(where);
  x.fill_(Arg(value, where));
}
void zeros_(const Tensor &x, Location where) { constant_(x, 0, where); }
void ones_(const Tensor &x, Location where) { constant_(x, 1, where); }

void xavier_uniform_(const Tensor &x, double gain, Location where) {
  auto [in, out] = fans(x, where);
  double bound = std::sqrt(3.0) * gain * std::sqrt(2.0 / (in + out));
  uniform_(x, -bound, bound, where);
}

void xavier_normal_(const Tensor &x, double gain, Location where) {
  auto [in, out] = fans(x, where);
  normal_(x, 0, gain * std::sqrt(2.0 / (in + out)), where);
}

static double kaimingStd(const Tensor &x, double a, Location where) {
  return std::sqrt(2.0 / (1 + a * a)) / std::sqrt(fans(x, where).first);
}

void kaiming_uniform_(const Tensor &x, double a, Location where) {
  double bound = std::sqrt(3.0) * kaimingStd(x, a, where);
  uniform_(x, -bound, bound, where);
}

void kaiming_normal_(const Tensor &x, double a, Location where) {
  normal_(x, 0, kaimingStd(x, a, where), where);
}

} // namespace init

//===-- Linear and Flatten --------------------------------------------------------------------===//

Linear::Linear(int64_t in_features, int64_t out_features, bool bias, const Options &options,
               Location where) {
  if (in_features < 1 || out_features < 0)
    fail(where, "Linear: expected at least one input feature, got in_features = " +
                    std::to_string(in_features) +
                    ", out_features = " + std::to_string(out_features));
  // kaiming_uniform_(a = sqrt(5)) comes to the same bound as that of the bias.
  double bound = 1 / std::sqrt(static_cast<double>(in_features));
  weight = uniformLeaf("weight", {out_features, in_features}, bound, options, where);
  if (bias)
    this->bias = uniformLeaf("bias", {out_features}, bound, options, where);
}

Tensor Linear::forward(const Tensor &x, Location where) const {
  return linear(x, weight, bias, where);
}

void Linear::visit(Visitor &visitor) {
  visitor.parameter("weight", weight);
  visitor.parameter("bias", bias);
}

Tensor Flatten::forward(const Tensor &x, Location where) const {
  return x.flatten(start, end, where);
}

Convolution::Convolution(Apply apply, size_t spatial, bool transposed, int64_t in, int64_t out,
                         const Dims &kernel_size, const Conv &conv, bool bias,
                         const Options &options, Location where)
    : apply(apply), conv(conv) {
  Shape kernel = kernel_size.list();
  if (kernel.size() == 1)
    kernel.assign(spatial, kernel[0]);
  if (kernel.size() != spatial)
    fail(where, "expected a kernel of " + std::to_string(spatial) + " sizes, got " +
                    std::to_string(kernel.size()));
  if (conv.groups < 1 || in % conv.groups)
    fail(where, "in_channels must be divisible by groups");
  if (out % conv.groups)
    fail(where, "out_channels must be divisible by groups");
  Shape shape = transposed ? Shape{in, out / conv.groups} : Shape{out, in / conv.groups};
  double fanIn = static_cast<double>(shape[1]);
  for (int64_t size : kernel) {
    shape.push_back(size);
    fanIn *= static_cast<double>(size);
  }
  double bound = 1 / std::sqrt(fanIn);
  weight = uniformLeaf("weight", shape, bound, options, where);
  if (bias)
    this->bias = uniformLeaf("bias", {out}, bound, options, where);
}

Tensor Convolution::forward(const Tensor &x, Location where) const {
  return apply(x, weight, bias, conv, where);
}

void Convolution::visit(Visitor &visitor) {
  visitor.parameter("weight", weight);
  visitor.parameter("bias", bias);
}

//===-- Norms ---------------------------------------------------------------------------------===//

LayerNorm::LayerNorm(const Shape &normalized_shape, double eps, bool elementwise_affine, bool bias,
                     const Options &options, Location where)
    : shape(normalized_shape), eps(eps) {
  if (elementwise_affine)
    weight = constantLeaf("weight", shape, 1, options, where);
  if (elementwise_affine && bias)
    this->bias = constantLeaf("bias", shape, 0, options, where);
}

Tensor LayerNorm::forward(const Tensor &x, Location where) const {
  return functional::layer_norm(x, shape, weight, bias, eps, where);
}

void LayerNorm::visit(Visitor &visitor) {
  visitor.parameter("weight", weight);
  visitor.parameter("bias", bias);
}

RMSNorm::RMSNorm(const Shape &normalized_shape, std::optional<double> eps, bool elementwise_affine,
                 const Options &options, Location where)
    : shape(normalized_shape), eps(eps) {
  if (elementwise_affine)
    weight = constantLeaf("weight", shape, 1, options, where);
}

Tensor RMSNorm::forward(const Tensor &x, Location where) const {
  return functional::rms_norm(x, shape, weight, eps, where);
}

void RMSNorm::visit(Visitor &visitor) { visitor.parameter("weight", weight); }

GroupNorm::GroupNorm(int64_t num_groups, int64_t num_channels, double eps, bool affine,
                     const Options &options, Location where)
    : groups(num_groups), eps(eps) {
  if (num_groups < 1 || num_channels % num_groups)
    fail(where, "num_channels (" + std::to_string(num_channels) +
                    ") must be divisible by num_groups (" + std::to_string(num_groups) + ")");
  if (!affine)
    return;
  weight = constantLeaf("weight", {num_channels}, 1, options, where);
  bias = constantLeaf("bias", {num_channels}, 0, options, where);
}

Tensor GroupNorm::forward(const Tensor &x, Location where) const {
  return functional::group_norm(x, groups, weight, bias, eps, where);
}

void GroupNorm::visit(Visitor &visitor) {
  visitor.parameter("weight", weight);
  visitor.parameter("bias", bias);
}

BatchNorm::BatchNorm(int64_t num_features, double eps, double momentum, bool affine,
                     bool track_running_stats, const Options &options, Location where)
    : eps(eps), momentum(momentum) {
  if (affine) {
    weight = constantLeaf("weight", {num_features}, 1, options, where);
    bias = constantLeaf("bias", {num_features}, 0, options, where);
  }
  if (!track_running_stats)
    return;
  Options plain = options.requires_grad(false);
  running_mean = buffer("running_mean", zeros({num_features}, plain, where), where);
  running_var = buffer("running_var", ones({num_features}, plain, where), where);
}

Tensor BatchNorm::forward(const Tensor &x, Location where) const {
  bool isModel = !detail::Context::get(where).inputs.empty();
  if (isModel && is_training() && running_mean.defined())
    return functional::batch_norm_by_mode(x, running_mean, running_var, weight, bias, momentum, eps,
                                          where);
  return functional::batch_norm(x, running_mean, running_var, weight, bias,
                                is_training() || !running_mean.defined(), momentum, eps, where);
}

void BatchNorm::visit(Visitor &visitor) {
  visitor.parameter("weight", weight);
  visitor.parameter("bias", bias);
  visitor.buffer("running_mean", running_mean);
  visitor.buffer("running_var", running_var);
}

//===-- Attention -----------------------------------------------------------------------------===//

MultiheadAttention::MultiheadAttention(int64_t embed_dim, int64_t num_heads, bool bias,
                                       bool batch_first, const Options &options, Location where)
    : out_proj(embed_dim, embed_dim, bias, options, where), size(embed_dim), count(num_heads),
      batchFirst(batch_first) {
  if (num_heads < 1 || embed_dim % num_heads)
    fail(where, "embed_dim must be divisible by num_heads");
  // PyTorch draws the output's bias before it sets it to zero.
  double bound = std::sqrt(6.0 / static_cast<double>(4 * embed_dim));
  in_proj_weight = uniformLeaf("in_proj_weight", {3 * embed_dim, embed_dim}, bound, options, where);
  if (!bias)
    return;
  in_proj_bias = constantLeaf("in_proj_bias", {3 * embed_dim}, 0, options, where);
  init::zeros_(out_proj.bias, where);
}

/// x [N, L, E] projected, as [N, heads, L, E / heads].
Tensor MultiheadAttention::heads(const Tensor &x, int64_t part, Location where) const {
  Tensor weight = in_proj_weight.narrow(0, part * size, size, where), bias;
  if (in_proj_bias.defined())
    bias = in_proj_bias.narrow(0, part * size, size, where);
  Tensor y = linear(x, weight, bias, where);
  return y.reshape({x.size(0, where), x.size(1, where), count, size / count}, where)
      .transpose(1, 2, where);
}

Tensor MultiheadAttention::forward(const Tensor &query, const Tensor &key, const Tensor &value,
                                   const functional::AttentionOptions &attention,
                                   Location where) const {
  if (query.dim(where) != 3)
    fail(where, "MultiheadAttention: expected a query of 3 dimensions, got " +
                    std::to_string(query.dim(where)));
  auto batched = [&](const Tensor &x) { return batchFirst ? x : x.transpose(0, 1, where); };
  Tensor q = batched(query), k = batched(key), v = batched(value);
  functional::AttentionOptions options = attention;
  if (dropout != 0)
    options.dropout_p = dropout;
  options.training = attention.training && is_training();
  Tensor y = functional::scaled_dot_product_attention(heads(q, 0, where), heads(k, 1, where),
                                                      heads(v, 2, where), options, where);
  y = y.transpose(1, 2, where)
          .clone(where)
          .reshape({q.size(0, where), q.size(1, where), size}, where);
  return batched(out_proj.forward(y, where));
}

void MultiheadAttention::visit(Visitor &visitor) {
  visitor.parameter("in_proj_weight", in_proj_weight);
  visitor.parameter("in_proj_bias", in_proj_bias);
  visitor.module("out_proj", out_proj);
}

} // namespace gradc::nn
