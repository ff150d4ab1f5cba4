// Nn.h - layers and optimisers with PyTorch's initialisation and update rules.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_NN_H
#define GRADC_TRACE_NN_H

#include "gradc/Trace/Control.h"
#include "gradc/Trace/Functions.h"

namespace gradc {
namespace nn {

/// A layer: it has parameters.
class Module {
public:
  virtual ~Module() = default;
  virtual std::vector<Tensor> parameters() const = 0;
  /// Sets the gradients of the parameters to None, or to zeros.
  void zero_grad(bool set_to_none = true, Location where = Location::here()) const;
};

/// x @ weight.t() + bias. The weight [out, in], then the bias [out], are drawn as torch.nn.Linear
/// does: uniform in (-1/sqrt(in), 1/sqrt(in)).
class Linear : public Module {
public:
  Linear(int64_t in_features, int64_t out_features, bool bias = true, const Options &options = {},
         Location where = Location::here());

  Tensor forward(const Tensor &x, Location where = Location::here()) const;
  Tensor operator()(const Tensor &x, Location where = Location::here()) const {
    return forward(x, where);
  }
  std::vector<Tensor> parameters() const override;

  Tensor weight, bias;
};

} // namespace nn

namespace optim {

/// torch.optim.SGD. The momentum buffers are made here, as zeros, not at the first step: the first
/// step may stand inside a repeat.
class SGD {
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

  void zero_grad(bool set_to_none = true, Location where = Location::here()) const;
  /// Updates each parameter that a backward so far has given a gradient.
  void step(Location where = Location::here());
  /// The learning rate of the steps to come.
  void set_lr(double lr, Location where = Location::here());

private:
  void check(Location where) const;
  void update(size_t index, Location where) const;

  std::vector<Tensor> parameters;
  std::vector<Tensor> buffers;
  /// What the first gradient is scaled by, then 1 - dampening: a tensor, as the step is traced
  /// once.
  Tensor dampingScale;
  Config config;
};

} // namespace optim
} // namespace gradc

#endif // GRADC_TRACE_NN_H
