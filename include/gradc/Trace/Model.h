// Model.h - inputs and outputs: a traced program that has them is a model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_MODEL_H
#define GRADC_TRACE_MODEL_H

#include "gradc/Trace/Tensor.h"
#include <functional>

namespace gradc {

/// An input of the model; f32 where the options name no dtype. What is traced becomes the model's
/// function `forward`; tensors that require grad become its parameters, under the names that
/// `named` gave them, and what they are computed from becomes their first value.
Tensor input(const std::string &name, const Shape &shape, const Options &options = {},
             Location where = Location::here());
/// An output of the model.
void output(const std::string &name, const Tensor &value, Location where = Location::here());
/// `first` as the first value of a variable that is no parameter, such as a running statistic;
/// writes into it stay from run to run. In a script it is the tensor under this name.
Tensor buffer(const std::string &name, const Tensor &first, Location where = Location::here());
/// Whether the compiled entry point trains, a bool: of a model `step` and `forward` do, and
/// `predict` does not; a script does.
Tensor is_training(Location where = Location::here());
/// Of a model: `body`, which nothing is recorded for autograd of, is done once, to the first values
/// of parameters and buffers, and not in every call of `forward`. In a script it is done where it
/// stands. The functions of nn::init do so by themselves.
void initialize(const std::function<void()> &body, Location where = Location::here());

} // namespace gradc

#endif // GRADC_TRACE_MODEL_H
