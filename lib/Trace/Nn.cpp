// Nn.cpp - Linear with PyTorch's initialisation, SGD with PyTorch's update.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/Nn.h"
#include "Graph.h"
#include <cmath>

namespace gradc {

using detail::Context;
using detail::fail;

void nn::Module::zero_grad(bool set_to_none, Location where) const {
  gradc::zero_grad(parameters(), set_to_none, where);
}

// PyTorch draws u in [0, 1) and computes u * (to - from) + from.
static Tensor uniform(const Shape &shape, double bound, const Options &options, Location where) {
  Options drawn = options.requires_grad(false);
  Tensor unit = gradc::rand(shape, drawn, where);
  Tensor scaled = mul(Arg(unit, where), Arg(2 * bound, where));
  return sub(Arg(scaled, where), Arg(bound, where)).requires_grad_(true, where);
}

nn::Linear::Linear(int64_t in_features, int64_t out_features, bool bias, const Options &options,
                   Location where) {
  if (in_features < 1 || out_features < 0)
    fail(where, "Linear: expected at least one input feature, got in_features = " +
                    std::to_string(in_features) +
                    ", out_features = " + std::to_string(out_features));
  // kaiming_uniform_(a = sqrt(5)) comes to the same bound as that of the bias.
  double bound = 1 / std::sqrt(static_cast<double>(in_features));
  weight = uniform({out_features, in_features}, bound, options, where).named("weight", where);
  if (bias)
    this->bias = uniform({out_features}, bound, options, where).named("bias", where);
}

Tensor nn::Linear::forward(const Tensor &x, Location where) const {
  return linear(x, weight, bias, where);
}

std::vector<Tensor> nn::Linear::parameters() const {
  std::vector<Tensor> result = {weight};
  if (bias.defined())
    result.push_back(bias);
  return result;
}

optim::SGD::SGD(std::vector<Tensor> parameters, const Config &config, Location where)
    : parameters(std::move(parameters)), config(config) {
  check(where);
  if (config.momentum == 0)
    return;
  for (const Tensor &parameter : this->parameters) {
    const std::string &name = detail::Access::value(parameter)->hint;
    Tensor buffer = zeros_like(parameter, where);
    buffers.push_back(name.empty() ? buffer : buffer.named(name + "_momentum", where));
  }
  if (config.dampening != 0)
    dampingScale = full({}, 1.0, f64, where).named("undamped", where);
}

optim::SGD::SGD(std::vector<Tensor> parameters, double lr, double momentum, Location where)
    : SGD(std::move(parameters), Config{lr, momentum, 0, 0, false}, where) {}

static void checkNonNegative(const char *text, double value, Location where) {
  if (!(value >= 0))
    fail(where, text + std::to_string(value));
}

void optim::SGD::check(Location where) const {
  if (parameters.empty())
    fail(where, "optimizer got an empty parameter list");
  for (const Tensor &parameter : parameters)
    if (!Context::get(where).use(parameter, where)->leaf)
      fail(where, "can't optimize a tensor that is not a leaf that requires grad");
  checkNonNegative("Invalid learning rate: ", config.lr, where);
  checkNonNegative("Invalid momentum value: ", config.momentum, where);
  checkNonNegative("Invalid weight_decay value: ", config.weight_decay, where);
  if (config.nesterov && (config.momentum <= 0 || config.dampening != 0))
    fail(where, "Nesterov momentum requires a momentum and zero dampening");
}

void optim::SGD::zero_grad(bool set_to_none, Location where) const {
  gradc::zero_grad(parameters, set_to_none, where);
}

void optim::SGD::set_lr(double lr, Location where) {
  config.lr = lr;
  check(where);
}

// torch.optim.SGD's order: weight decay, momentum, nesterov, update.
void optim::SGD::update(size_t index, Location where) const {
  const Tensor &parameter = parameters[index];
  const auto arg = [where](const auto &operand) { return Arg(operand, where); };
  Tensor direction = parameter.grad(where);
  if (config.weight_decay != 0)
    direction = add(arg(direction), arg(mul(arg(parameter), arg(config.weight_decay))));
  if (config.momentum != 0) {
    const Tensor &buffer = buffers[index];
    buffer.mul_(arg(config.momentum));
    buffer.add_(arg(dampingScale.defined() ? mul(arg(direction), arg(dampingScale)) : direction));
    direction =
        config.nesterov ? add(arg(direction), arg(mul(arg(buffer), arg(config.momentum)))) : buffer;
  }
  parameter.sub_(arg(mul(arg(direction), arg(config.lr))));
}

void optim::SGD::step(Location where) {
  Context &context = Context::get(where);
  std::vector<size_t> withGrad;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const auto &leaf = context.use(parameters[i], where)->leaf;
    if (leaf && leaf->hasGrad) {
      withGrad.push_back(i);
      continue;
    }
    for (detail::Frame &frame : context.frames)
      if (leaf)
        frame.skippedLeaves.emplace_back(leaf, where);
  }
  if (withGrad.empty())
    return;
  NoGradGuard guard(where);
  for (size_t index : withGrad)
    update(index, where);
  if (dampingScale.defined())
    dampingScale.fill_(Arg(1 - config.dampening, where));
}

} // namespace gradc
