// Optimizer.cpp - reads the text of --optimizer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Trainer.h"
#include "llvm/ADT/SmallVector.h"
#include <cmath>

using namespace llvm;
namespace gradc::gradient {

static bool readNumber(StringRef key, StringRef text, double &value, std::string &error) {
  if (!text.getAsDouble(value) && std::isfinite(value) && value >= 0)
    return true;
  error = ("expected a number not below 0 for '" + key + "', got '" + text + "'").str();
  return false;
}

static bool readOption(StringRef item, Optimizer &o, std::string &error) {
  auto [key, text] = item.split('=');
  if (key == "nesterov") {
    o.nesterov = text == "true" || text == "1";
    if (o.nesterov || text == "false" || text == "0")
      return true;
    error = ("expected true or false for 'nesterov', got '" + text + "'").str();
    return false;
  }
  double *slot = key == "lr"             ? &o.lr
                 : key == "momentum"     ? &o.momentum
                 : key == "dampening"    ? &o.dampening
                 : key == "weight_decay" ? &o.weightDecay
                                         : nullptr;
  if (slot)
    return readNumber(key, text, *slot, error);
  error = ("expected lr, momentum, dampening, weight_decay or nesterov, got '" + key + "'").str();
  return false;
}

std::optional<Optimizer> parseOptimizer(StringRef text, std::string &error) {
  auto [name, options] = text.split(':');
  if (name != "sgd") {
    error = ("expected the optimiser sgd (this build knows no other), got '" + name + "'").str();
    return std::nullopt;
  }
  Optimizer o;
  SmallVector<StringRef> items;
  options.split(items, ',', -1, false);
  for (StringRef item : items)
    if (!readOption(item, o, error))
      return std::nullopt;
  if (o.nesterov && (o.momentum == 0 || o.dampening != 0)) {
    error = "nesterov needs a momentum and no dampening";
    return std::nullopt;
  }
  return o;
}

} // namespace gradc::gradient
