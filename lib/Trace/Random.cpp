// Random.cpp - dropout and draws that depend on the program's seed and counter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Infer.h"
#include "Text.h"
#include "gradc/Trace/Functions.h"

namespace gradc {

using detail::Access;
using detail::Attributes;
using detail::Context;
using detail::fail;
using detail::ValueRef;

static Tensor draw(const char *op, const Tensor &x, Attributes attributes, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(x, where);
  return Access::make(
      context.compute(op, {value}, std::move(attributes), value->type, value->device, where));
}

static void needFloat(const char *text, const Tensor &x, Location where) {
  if (!detail::isFloat(x.dtype(where)))
    fail(where, text + std::string("'") + detail::torchName(x.dtype(where)) + "'");
}

static Tensor drop(const char *op, const Tensor &x, double p, bool training, Location where) {
  if (!(p >= 0 && p <= 1))
    fail(where,
         "dropout probability has to be between 0 and 1, but got " + detail::numberText(p, where));
  needFloat("dropout: expected a floating point dtype, got ", x, where);
  Attributes attributes{{"p", detail::numberText(p, where)}};
  if (!training)
    attributes.emplace_back("train", "false");
  return draw(op, x, std::move(attributes), where);
}

static void checkDims(const char *op, const Tensor &x, int64_t batched, Location where) {
  auto rank = static_cast<int64_t>(x.sizes(where).size());
  if (rank == batched || rank == batched - 1)
    return;
  std::string name(op), few = std::to_string(batched - 1), many = std::to_string(batched);
  fail(where, name + ": Expected " + few + "D or " + many + "D input, but received a " +
                  std::to_string(rank) + "D input. Note that " + name +
                  " exists to provide channel-wise dropout on inputs with " +
                  (batched == 3 ? "1 spatial dimension" : "3 spatial dimensions") +
                  ", a channel dimension, and an optional batch dimension");
}

static void checkFeatures(const Tensor &x, Location where) {
  if (x.sizes(where).size() < 2)
    fail(where, "Feature dropout requires at least 2 dimensions in the input");
}

Tensor dropout(const Tensor &x, double p, bool training, Location where) {
  return drop("dropout", x, p, training, where);
}
Tensor dropout1d(const Tensor &x, double p, bool training, Location where) {
  checkDims("dropout1d", x, 3, where);
  return drop("dropout1d", x, p, training, where);
}
Tensor dropout2d(const Tensor &x, double p, bool training, Location where) {
  checkFeatures(x, where);
  return drop("dropout2d", x, p, training, where);
}
Tensor dropout3d(const Tensor &x, double p, bool training, Location where) {
  checkDims("dropout3d", x, 5, where);
  return drop("dropout3d", x, p, training, where);
}
Tensor alpha_dropout(const Tensor &x, double p, bool training, Location where) {
  return drop("alpha_dropout", x, p, training, where);
}
Tensor feature_alpha_dropout(const Tensor &x, double p, bool training, Location where) {
  checkFeatures(x, where);
  return drop("feature_alpha_dropout", x, p, training, where);
}

Tensor bernoulli(const Tensor &probabilities, Location where) {
  needFloat("bernoulli: expected a floating point dtype, got ", probabilities, where);
  return draw("bernoulli", probabilities, {}, where);
}
Tensor bernoulli(const Tensor &like, double p, Location where) {
  if (!(p >= 0 && p <= 1))
    fail(where, "bernoulli_ expects p to be in [0, 1], but got p=" + detail::numberText(p, where));
  return draw("bernoulli", like, {{"p", detail::numberText(p, where)}}, where);
}
Tensor rand_like(const Tensor &like, Location where) {
  needFloat("rand_like: expected a floating point dtype, got ", like, where);
  return draw("rand_like", like, {}, where);
}
Tensor randn_like(const Tensor &like, Location where) {
  needFloat("randn_like: expected a floating point dtype, got ", like, where);
  return draw("randn_like", like, {}, where);
}

} // namespace gradc
