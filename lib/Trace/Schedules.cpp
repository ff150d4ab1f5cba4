// Schedules.cpp - learning rates by step, and the clipping of gradients.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "gradc/Trace/Optim.h"
#include <cmath>

namespace gradc {

using detail::fail;

namespace optim {

static const double pi = 3.14159265358979323846;

// The rates of all steps are a table of the program: they are those of the host to the bit.
Tensor Schedule::operator()(const Tensor &step, int64_t count, Location where) const {
  if (count < 1)
    fail(where, "a schedule needs the number of steps, got " + std::to_string(count));
  std::vector<double> rates;
  for (int64_t i = 0; i < count; ++i)
    rates.push_back(at(i));
  Tensor table = tensor(rates, f64, where), steps = arange(count, {}, where);
  Tensor isNow = eq(Arg(steps, where), Arg(step, where));
  return gradc::where(isNow, Arg(table, where), Arg(0.0, where)).sum({}, false, where);
}

Schedule constant(double lr) {
  return Schedule([=](int64_t) { return lr; });
}

Schedule step_lr(double lr, int64_t step_size, double gamma) {
  return Schedule([=](int64_t i) {
    return lr * std::pow(gamma, static_cast<double>(i / std::max<int64_t>(step_size, 1)));
  });
}

Schedule multi_step(double lr, std::vector<int64_t> milestones, double gamma) {
  return Schedule([=](int64_t i) {
    int passed = 0;
    for (int64_t milestone : milestones)
      passed += milestone <= i;
    return lr * std::pow(gamma, passed);
  });
}

Schedule exponential(double lr, double gamma) {
  return Schedule([=](int64_t i) { return lr * std::pow(gamma, static_cast<double>(i)); });
}

Schedule cosine(double lr, int64_t t_max, double eta_min) {
  return Schedule([=](int64_t i) {
    double turn = std::cos(pi * static_cast<double>(i) / static_cast<double>(t_max));
    return eta_min + (lr - eta_min) * (1 + turn) / 2;
  });
}

Schedule linear_warmup(double lr, int64_t steps, double start_factor) {
  return Schedule([=](int64_t i) {
    double part = i >= steps ? 1 : static_cast<double>(i) / static_cast<double>(steps);
    return lr * (start_factor + (1 - start_factor) * part);
  });
}

Schedule one_cycle(double max_lr, int64_t total_steps, double pct_start, double div_factor,
                   double final_div_factor) {
  double first = max_lr / div_factor, last = first / final_div_factor;
  double top = pct_start * static_cast<double>(total_steps) - 1;
  double end = static_cast<double>(total_steps) - 1;
  auto between = [](double from, double to, double part) {
    return to + (from - to) / 2 * (1 + std::cos(pi * part));
  };
  return Schedule([=](int64_t i) {
    double at = static_cast<double>(i);
    return at <= top ? between(first, max_lr, at / top)
                     : between(max_lr, last, (at - top) / (end - top));
  });
}

} // namespace optim

namespace nn {

static std::vector<Tensor> gradients(const std::vector<Tensor> &parameters, Location where) {
  std::vector<Tensor> result;
  for (const Tensor &parameter : parameters) {
    const auto &leaf = detail::Context::get(where).use(parameter, where)->leaf;
    if (leaf && leaf->hasGrad)
      result.push_back(parameter.grad(where));
  }
  return result;
}

Tensor clip_grad_norm_(const std::vector<Tensor> &parameters, double max_norm, double norm_type,
                       Location where) {
  bool isInfinite = std::isinf(norm_type) && norm_type > 0;
  if (norm_type != 1 && norm_type != 2 && !isInfinite)
    fail(where,
         "clip_grad_norm_: expected a norm_type of 1, 2 or inf, got " + std::to_string(norm_type));
  std::vector<Tensor> grads = gradients(parameters, where);
  NoGradGuard guard(where);
  Tensor total;
  for (const Tensor &g : grads) {
    Tensor size = norm_type == 2 ? mul(Arg(g, where), Arg(g, where)) : gradc::abs(g, where);
    Tensor norm = isInfinite ? size.amax({}, false, where) : size.sum({}, false, where);
    total = !total.defined() ? norm
            : isInfinite     ? maximum(Arg(total, where), Arg(norm, where))
                             : add(Arg(total, where), Arg(norm, where));
  }
  if (!total.defined())
    return zeros({}, {}, where);
  if (norm_type == 2)
    total = gradc::sqrt(total, where);
  Tensor safe = add(Arg(total, where), Arg(1e-6, where));
  Tensor scale = minimum(Arg(div(Arg(max_norm, where), Arg(safe, where)), where), Arg(1.0, where));
  for (const Tensor &g : grads)
    g.mul_(Arg(scale, where));
  return total;
}

void clip_grad_value_(const std::vector<Tensor> &parameters, double clip_value, Location where) {
  std::vector<Tensor> grads = gradients(parameters, where);
  NoGradGuard guard(where);
  for (const Tensor &g : grads) {
    Tensor low = maximum(Arg(g, where), Arg(-clip_value, where));
    g.copy_(minimum(Arg(low, where), Arg(clip_value, where)), where);
  }
}

} // namespace nn
} // namespace gradc
