// Optim.cpp - the optimisers of torch.optim, as ordinary nodes in PyTorch's order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/Optim.h"
#include "Graph.h"
#include <cmath>

namespace gradc::optim {

using detail::Context;
using detail::fail;

namespace {
/// Arithmetic whose nodes have the line of the step.
struct At {
  Location where;

  Arg arg(const Arg &x) const {
    Arg result = x;
    result.where = where;
    return result;
  }
  Tensor add(const Arg &a, const Arg &b) const { return gradc::add(arg(a), arg(b)); }
  Tensor sub(const Arg &a, const Arg &b) const { return gradc::sub(arg(a), arg(b)); }
  Tensor mul(const Arg &a, const Arg &b) const { return gradc::mul(arg(a), arg(b)); }
  Tensor div(const Arg &a, const Arg &b) const { return gradc::div(arg(a), arg(b)); }
  Tensor sqrt(const Tensor &x) const { return gradc::sqrt(x, where); }
  /// average = average + weight * (x - average).
  void lerp(const Tensor &average, const Tensor &x, double weight) const {
    Tensor change = mul(sub(x, average), weight);
    average.add_(arg(change));
  }
  /// square = square * decay + (1 - decay) * x * x.
  void decaySquare(const Tensor &square, const Tensor &x, double decay) const {
    square.mul_(arg(decay));
    Tensor scaled = mul(mul(x, 1 - decay), x);
    square.add_(arg(scaled));
  }
  /// The gradient, with the weight decay that is part of it.
  Tensor gradient(const Tensor &parameter, double weightDecay) const {
    Tensor g = parameter.grad(where);
    return weightDecay == 0 ? g : add(g, mul(parameter, weightDecay));
  }
};
} // namespace

static void checkNonNegative(const char *text, double value, Location where) {
  if (!(value >= 0))
    fail(where, text + std::to_string(value));
}

//===-- Steps ---------------------------------------------------------------------------------===//

Optimizer::Optimizer(std::vector<Tensor> list, double lr, Location where)
    : parameters(std::move(list)), lr(lr) {
  if (parameters.empty())
    fail(where, "optimizer got an empty parameter list");
  for (const Tensor &parameter : parameters)
    if (!Context::get(where).use(parameter, where)->leaf)
      fail(where, "can't optimize a tensor that is not a leaf that requires grad");
  checkNonNegative("Invalid learning rate: ", lr, where);
}

std::vector<Tensor> Optimizer::state(const char *suffix, double value, Location where) const {
  std::vector<Tensor> result;
  for (const Tensor &parameter : parameters) {
    const std::string &name = detail::Access::value(parameter)->hint;
    Tensor buffer =
        value == 0 ? zeros_like(parameter, where)
                   : full(parameter.sizes(where), value,
                          Options(parameter.dtype(where)).device(parameter.device(where)), where);
    result.push_back(name.empty() ? buffer : buffer.named(name + suffix, where));
  }
  return result;
}

void Optimizer::zero_grad(bool set_to_none, Location where) const {
  gradc::zero_grad(parameters, set_to_none, where);
}

void Optimizer::set_lr(double value, Location where) {
  checkNonNegative("Invalid learning rate: ", value, where);
  lr = value;
}

void Optimizer::step(Location where) { stepWith(Arg(lr, where), where); }

void Optimizer::step(const Tensor &rate, Location where) {
  if (rate.numel(where) != 1)
    fail(where,
         "expected a learning rate of one element, got " + std::to_string(rate.numel(where)));
  // A tensor with dims would take part in promotion and broadcasting.
  Tensor scalar = rate.dim(where) ? rate.reshape({}, where) : rate;
  stepWith(Arg(scalar, where), where);
}

void Optimizer::stepWith(const Arg &rate, Location where) {
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
  if (counts && updated && *updated != withGrad)
    fail(where, "this optimiser counts the steps of all its parameters together: each step has to "
                "update the same parameters; give the others an optimiser of their own");
  updated = withGrad;
  NoGradGuard guard(where);
  begin(where);
  for (size_t index : withGrad)
    update(index, rate, where);
  end(where);
}

//===-- SGD -----------------------------------------------------------------------------------===//

SGD::SGD(std::vector<Tensor> list, const Config &config, Location where)
    : Optimizer(std::move(list), config.lr, where), config(config) {
  checkNonNegative("Invalid momentum value: ", config.momentum, where);
  checkNonNegative("Invalid weight_decay value: ", config.weight_decay, where);
  if (config.nesterov && (config.momentum <= 0 || config.dampening != 0))
    fail(where, "Nesterov momentum requires a momentum and zero dampening");
  if (config.momentum == 0)
    return;
  buffers = state("_momentum", 0, where);
  if (config.dampening != 0)
    dampingScale = full({}, 1.0, f64, where).named("undamped", where);
}

SGD::SGD(std::vector<Tensor> list, double lr, double momentum, Location where)
    : SGD(std::move(list), Config{lr, momentum, 0, 0, false}, where) {}

// torch.optim.SGD's order: weight decay, momentum, nesterov, update.
void SGD::update(size_t index, const Arg &lr, Location where) {
  At at{where};
  const Tensor &parameter = parameters[index];
  Tensor direction = at.gradient(parameter, config.weight_decay);
  if (config.momentum != 0) {
    const Tensor &buffer = buffers[index];
    buffer.mul_(at.arg(config.momentum));
    buffer.add_(at.arg(dampingScale.defined() ? at.mul(direction, dampingScale) : direction));
    direction = config.nesterov ? at.add(direction, at.mul(buffer, config.momentum)) : buffer;
  }
  parameter.sub_(at.arg(at.mul(direction, lr)));
}

void SGD::end(Location where) {
  if (dampingScale.defined())
    dampingScale.fill_(Arg(1 - config.dampening, where));
}

//===-- Adam ----------------------------------------------------------------------------------===//

Adam::Adam(std::vector<Tensor> list, const Config &config, bool decoupled, Location where)
    : Optimizer(std::move(list), config.lr, where), config(config), decoupled(decoupled) {
  countSteps();
  checkNonNegative("Invalid epsilon value: ", config.eps, where);
  checkNonNegative("Invalid weight_decay value: ", config.weight_decay, where);
  double betas[] = {config.beta1, config.beta2};
  for (int i = 0; i < 2; ++i)
    if (!(betas[i] >= 0 && betas[i] < 1))
      fail(where, "Invalid beta parameter at index " + std::to_string(i) + ": " +
                      std::to_string(betas[i]));
  averages = state("_exp_avg", 0, where);
  squares = state("_exp_avg_sq", 0, where);
  if (config.amsgrad)
    largest = state("_max_exp_avg_sq", 0, where);
  power1 = full({}, 1.0, f64, where).named("beta1_power", where);
  power2 = full({}, 1.0, f64, where).named("beta2_power", where);
}

Adam::Adam(std::vector<Tensor> list, double lr, Location where)
    : Adam(std::move(list), Config{lr, 0.9, 0.999, 1e-8, 0, false}, false, where) {}

AdamW::AdamW(std::vector<Tensor> list, double lr, Location where)
    : Adam(std::move(list), Config{lr, 0.9, 0.999, 1e-8, 0.01, false}, true, where) {}

void Adam::begin(Location where) {
  power1.mul_(Arg(config.beta1, where));
  power2.mul_(Arg(config.beta2, where));
}

void Adam::update(size_t index, const Arg &lr, Location where) {
  At at{where};
  const Tensor &parameter = parameters[index], &average = averages[index], &square = squares[index];
  if (decoupled && config.weight_decay != 0) {
    if (lr.number)
      parameter.mul_(at.arg(1 - lr.number->floating * config.weight_decay));
    else
      parameter.mul_(at.arg(at.sub(1.0, at.mul(lr, config.weight_decay))));
  }
  Tensor gradient = at.gradient(parameter, decoupled ? 0 : config.weight_decay);
  at.lerp(average, gradient, 1 - config.beta1);
  at.decaySquare(square, gradient, config.beta2);
  Tensor second = square;
  if (config.amsgrad) {
    largest[index].copy_(maximum(at.arg(largest[index]), at.arg(square)), where);
    second = largest[index];
  }
  // The corrections are numbers of the host in PyTorch, so they are f64 here.
  Tensor correction = at.sqrt(at.sub(1.0, power2)), size = at.div(lr, at.sub(1.0, power1));
  Tensor divisor = at.add(at.div(at.sqrt(second), correction), config.eps);
  parameter.sub_(at.arg(at.div(at.mul(average, size), divisor)));
}

//===-- RMSprop -------------------------------------------------------------------------------===//

RMSprop::RMSprop(std::vector<Tensor> list, const Config &config, Location where)
    : Optimizer(std::move(list), config.lr, where), config(config) {
  checkNonNegative("Invalid epsilon value: ", config.eps, where);
  checkNonNegative("Invalid momentum value: ", config.momentum, where);
  checkNonNegative("Invalid weight_decay value: ", config.weight_decay, where);
  checkNonNegative("Invalid alpha value: ", config.alpha, where);
  squares = state("_square_avg", 0, where);
  if (config.centered)
    averages = state("_grad_avg", 0, where);
  if (config.momentum != 0)
    buffers = state("_momentum_buffer", 0, where);
}

RMSprop::RMSprop(std::vector<Tensor> list, double lr, Location where)
    : RMSprop(std::move(list), Config{lr, 0.99, 1e-8, 0, 0, false}, where) {}

void RMSprop::update(size_t index, const Arg &lr, Location where) {
  At at{where};
  const Tensor &parameter = parameters[index], &square = squares[index];
  Tensor gradient = at.gradient(parameter, config.weight_decay), spread = square;
  at.decaySquare(square, gradient, config.alpha);
  if (config.centered) {
    const Tensor &average = averages[index];
    at.lerp(average, gradient, 1 - config.alpha);
    spread = at.sub(square, at.mul(average, average));
  }
  Tensor divisor = at.add(at.sqrt(spread), config.eps);
  if (config.momentum == 0)
    return (void)parameter.sub_(at.arg(at.div(at.mul(gradient, lr), divisor)));
  const Tensor &buffer = buffers[index];
  buffer.mul_(at.arg(config.momentum));
  buffer.add_(at.arg(at.div(gradient, divisor)));
  parameter.sub_(at.arg(at.mul(buffer, lr)));
}

//===-- Adagrad -------------------------------------------------------------------------------===//

Adagrad::Adagrad(std::vector<Tensor> list, const Config &config, Location where)
    : Optimizer(std::move(list), config.lr, where), config(config) {
  checkNonNegative("Invalid lr_decay value: ", config.lr_decay, where);
  checkNonNegative("Invalid weight_decay value: ", config.weight_decay, where);
  checkNonNegative("Invalid initial_accumulator_value value: ", config.initial_accumulator_value,
                   where);
  checkNonNegative("Invalid epsilon value: ", config.eps, where);
  sums = state("_sum", config.initial_accumulator_value, where);
  if (config.lr_decay == 0)
    return;
  countSteps();
  done = full({}, 0.0, f64, where).named("steps_done", where);
}

Adagrad::Adagrad(std::vector<Tensor> list, double lr, Location where)
    : Adagrad(std::move(list), Config{lr, 0, 0, 0, 1e-10}, where) {}

void Adagrad::update(size_t index, const Arg &lr, Location where) {
  At at{where};
  const Tensor &parameter = parameters[index], &sum = sums[index];
  Tensor gradient = at.gradient(parameter, config.weight_decay);
  Tensor square = at.mul(gradient, gradient);
  sum.add_(at.arg(square));
  Tensor scaled = done.defined()
                      ? at.mul(gradient, at.div(lr, at.add(at.mul(done, config.lr_decay), 1.0)))
                      : at.mul(gradient, lr);
  parameter.sub_(at.arg(at.div(scaled, at.add(at.sqrt(sum), config.eps))));
}

void Adagrad::end(Location where) {
  if (done.defined())
    done.add_(Arg(1.0, where));
}

} // namespace gradc::optim
