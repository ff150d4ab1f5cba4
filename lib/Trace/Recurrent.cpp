// Recurrent.cpp - LSTM, GRU, RNN and their cells, as torch.nn has them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "gradc/Trace/Modules.h"
#include <cmath>

namespace gradc::nn {

using detail::fail;

// All of them are drawn in (-1/sqrt(hidden), 1/sqrt(hidden)), in the order of the parameters.
static Tensor draw(const std::string &name, const Shape &shape, int64_t hidden,
                   const Options &options, Location where) {
  double bound = 1 / std::sqrt(static_cast<double>(hidden));
  Tensor unit = gradc::rand(shape, options.requires_grad(false), where);
  Tensor scaled = mul(Arg(unit, where), Arg(2 * bound, where));
  return sub(Arg(scaled, where), Arg(bound, where)).requires_grad_(true, where).named(name, where);
}

static std::vector<std::string> partNames(bool bias) {
  std::vector<std::string> names = {"weight_ih", "weight_hh"};
  if (bias)
    names.insert(names.end(), {"bias_ih", "bias_hh"});
  return names;
}

static std::vector<std::string> layerNames(const functional::RecurrentOptions &config) {
  std::vector<std::string> names;
  for (int64_t layer = 0; layer < config.num_layers; ++layer)
    for (int direction = 0; direction < (config.bidirectional ? 2 : 1); ++direction)
      for (const std::string &part : partNames(config.bias))
        names.push_back(part + "_l" + std::to_string(layer) + (direction ? "_reverse" : ""));
  return names;
}

static void checkSizes(int64_t input, int64_t hidden, Location where) {
  if (input < 1 || hidden < 1)
    fail(where, "hidden_size must be greater than zero");
}

Recurrent::Recurrent(std::string op, int64_t gates, int64_t input_size, int64_t hidden_size,
                     const functional::RecurrentOptions &config, const Options &options,
                     Location where)
    : op(std::move(op)), config(config) {
  checkSizes(input_size, hidden_size, where);
  if (config.num_layers < 1)
    fail(where, "num_layers must be greater than zero");
  int64_t directions = config.bidirectional ? 2 : 1, rows = gates * hidden_size;
  size_t each = config.bias ? 4 : 2;
  std::vector<std::string> names = layerNames(config);
  for (size_t i = 0; i < names.size(); ++i) {
    bool isFirst = i / each < static_cast<size_t>(directions);
    int64_t in = isFirst ? input_size : hidden_size * directions;
    Shape shapes[] = {{rows, in}, {rows, hidden_size}, {rows}, {rows}};
    weights.push_back(draw(names[i], shapes[i % each], hidden_size, options, where));
  }
}

Recurred Recurrent::forward(const Tensor &x, const std::vector<Tensor> &states,
                            Location where) const {
  functional::RecurrentOptions options = config;
  options.training = is_training();
  std::vector<Tensor> results = functional::recurrent(op, x, states, weights, options, where);
  return {results[0], results[1], results.size() > 2 ? results[2] : Tensor()};
}

void Recurrent::visit(Visitor &visitor) {
  std::vector<std::string> names = layerNames(config);
  for (size_t i = 0; i < names.size(); ++i)
    visitor.parameter(names[i], weights[i]);
}

RecurrentCell::RecurrentCell(std::string op, int64_t gates, int64_t input_size, int64_t hidden_size,
                             bool bias, const Options &options, Location where)
    : op(std::move(op)) {
  checkSizes(input_size, hidden_size, where);
  int64_t rows = gates * hidden_size;
  Shape shapes[] = {{rows, input_size}, {rows, hidden_size}, {rows}, {rows}};
  std::vector<std::string> names = partNames(bias);
  for (size_t i = 0; i < names.size(); ++i)
    weights.push_back(draw(names[i], shapes[i], hidden_size, options, where));
}

std::vector<Tensor> RecurrentCell::forward(const Tensor &x, const std::vector<Tensor> &states,
                                           Location where) const {
  return functional::recurrent_cell(op, x, states, weights, where);
}

void RecurrentCell::visit(Visitor &visitor) {
  std::vector<std::string> names = partNames(weights.size() == 4);
  for (size_t i = 0; i < names.size(); ++i)
    visitor.parameter(names[i], weights[i]);
}

} // namespace gradc::nn
