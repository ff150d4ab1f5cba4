// Model.h - inputs and outputs: a traced program that has them is a model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_MODEL_H
#define GRADC_TRACE_MODEL_H

#include "gradc/Trace/Tensor.h"

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

} // namespace gradc

#endif // GRADC_TRACE_MODEL_H
