// Optim.h - torch.optim: optimisers, learning-rate schedules and clipping.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_OPTIM_H
#define GRADC_TRACE_OPTIM_H

#include "gradc/Trace/Control.h"
#include "gradc/Trace/Functions.h"

namespace gradc {
namespace optim {

/// An optimiser writes its update as ordinary nodes, in PyTorch's order. Its state is made with it,
/// not at the first step, as that may stand inside a repeat.
class Optimizer {
public:
  virtual ~Optimizer() = default;
  void zero_grad(bool set_to_none = true, Location where = Location::here()) const;
  /// Updates each parameter that a backward so far has given a gradient.
  void step(Location where = Location::here());
  /// The same with a learning rate that the compiled program knows, a tensor of one element.
  void step(const Tensor &lr, Location where = Location::here());
  /// The learning rate of the steps to come.
  void set_lr(double lr, Location where = Location::here());
  double get_lr() const { return lr; }

protected:
  Optimizer(std::vector<Tensor> parameters, double lr, Location where);
  /// One buffer a parameter, named after it.
  std::vector<Tensor> state(const char *suffix, double value, Location where) const;
  /// Writes the update of one parameter.
  virtual void update(size_t index, const Arg &lr, Location where) = 0;
  /// Before, and after the updates of a step.
  virtual void begin(Location) {}
  virtual void end(Location) {}
  /// An optimiser that counts its steps counts them for all parameters together.
  void countSteps() { counts = true; }

  std::vector<Tensor> parameters;

private:
  void stepWith(const Arg &lr, Location where);

  double lr;
  bool counts = false;
  std::optional<std::vector<size_t>> updated;
};

class SGD : public Optimizer {
public:
  struct Config {
    double lr = 1e-3;
    double momentum = 0;
    double dampening = 0;
    double weight_decay = 0;
    bool nesterov = false;
  };
  SGD(std::vector<Tensor> parameters, const Config &config, Location where = Location::here());
  SGD(std::vector<Tensor> parameters, double lr, double momentum = 0,
      Location where = Location::here());

private:
  void update(size_t index, const Arg &lr, Location where) override;
  void end(Location where) override;

  std::vector<Tensor> buffers;
  /// What the first gradient is scaled by, then 1 - dampening: a tensor, as the step is traced
  /// once.
  Tensor dampingScale;
  Config config;
};

/// Adam; AdamW has its weight decay apart from the gradient.
class Adam : public Optimizer {
public:
  struct Config {
    double lr = 1e-3;
    double beta1 = 0.9, beta2 = 0.999;
    double eps = 1e-8;
    double weight_decay = 0;
    bool amsgrad = false;
  };
  Adam(std::vector<Tensor> parameters, const Config &config, Location where = Location::here())
      : Adam(std::move(parameters), config, false, where) {}
  explicit Adam(std::vector<Tensor> parameters, double lr = 1e-3,
                Location where = Location::here());

protected:
  Adam(std::vector<Tensor> parameters, const Config &config, bool decoupled, Location where);

private:
  void update(size_t index, const Arg &lr, Location where) override;
  void begin(Location where) override;

  Config config;
  bool decoupled;
  std::vector<Tensor> averages, squares, largest;
  /// beta1 and beta2 to the power of the step.
  Tensor power1, power2;
};

class AdamW : public Adam {
public:
  AdamW(std::vector<Tensor> parameters, const Config &config, Location where = Location::here())
      : Adam(std::move(parameters), config, true, where) {}
  /// The weight decay is 0.01.
  explicit AdamW(std::vector<Tensor> parameters, double lr = 1e-3,
                 Location where = Location::here());
};

class RMSprop : public Optimizer {
public:
  struct Config {
    double lr = 1e-2;
    double alpha = 0.99;
    double eps = 1e-8;
    double weight_decay = 0;
    double momentum = 0;
    bool centered = false;
  };
  RMSprop(std::vector<Tensor> parameters, const Config &config, Location where = Location::here());
  explicit RMSprop(std::vector<Tensor> parameters, double lr = 1e-2,
                   Location where = Location::here());

private:
  void update(size_t index, const Arg &lr, Location where) override;

  Config config;
  std::vector<Tensor> squares, averages, buffers;
};

class Adagrad : public Optimizer {
public:
  struct Config {
    double lr = 1e-2;
    double lr_decay = 0;
    double weight_decay = 0;
    double initial_accumulator_value = 0;
    double eps = 1e-10;
  };
  Adagrad(std::vector<Tensor> parameters, const Config &config, Location where = Location::here());
  explicit Adagrad(std::vector<Tensor> parameters, double lr = 1e-2,
                   Location where = Location::here());

private:
  void update(size_t index, const Arg &lr, Location where) override;
  void end(Location where) override;

  Config config;
  std::vector<Tensor> sums;
  /// How many steps were done.
  Tensor done;
};

/// A learning rate for each step, as torch.optim.lr_scheduler has it: a number of the host in a C++
/// loop, `optimizer.set_lr(schedule(i))`, or a tensor in a repeat of `count` turns,
/// `optimizer.step(schedule(step, count))`.
class Schedule {
public:
  explicit Schedule(std::function<double(int64_t)> at) : at(std::move(at)) {}
  double operator()(int64_t step) const { return at(step); }
  Tensor operator()(const Tensor &step, int64_t count, Location where = Location::here()) const;

private:
  std::function<double(int64_t)> at;
};
Schedule constant(double lr);
Schedule step_lr(double lr, int64_t step_size, double gamma = 0.1);
Schedule multi_step(double lr, std::vector<int64_t> milestones, double gamma = 0.1);
Schedule exponential(double lr, double gamma);
Schedule cosine(double lr, int64_t t_max, double eta_min = 0);
/// From start_factor * lr to lr within `steps`.
Schedule linear_warmup(double lr, int64_t steps, double start_factor = 1.0 / 3);
Schedule one_cycle(double max_lr, int64_t total_steps, double pct_start = 0.3,
                   double div_factor = 25, double final_div_factor = 1e4);

} // namespace optim

namespace nn {
/// torch.nn.utils.clip_grad_norm_: scales the gradients so that their norm is `max_norm` at most;
/// the norm before is the result. `norm_type` is 1, 2 or infinite.
Tensor clip_grad_norm_(const std::vector<Tensor> &parameters, double max_norm, double norm_type = 2,
                       Location where = Location::here());
void clip_grad_value_(const std::vector<Tensor> &parameters, double clip_value,
                      Location where = Location::here());
} // namespace nn
} // namespace gradc

#endif // GRADC_TRACE_OPTIM_H
