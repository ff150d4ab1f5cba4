// Optimizer.cpp - reads the text of --optimizer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OptionText.h"
#include "gradc/Gradient/Trainer.h"

using namespace llvm;
namespace gradc::gradient {

/// The defaults are torch.optim's.
static bool defaults(StringRef name, Optimizer &o) {
  if (name == "sgd") {
    o.kind = Optimizer::SGD;
  } else if (name == "adam") {
    o.kind = Optimizer::Adam;
  } else if (name == "adamw") {
    o.kind = Optimizer::AdamW;
    o.weightDecay = 1e-2;
  } else if (name == "rmsprop") {
    o.kind = Optimizer::RMSprop;
    o.lr = 1e-2;
  } else if (name == "adagrad") {
    o.kind = Optimizer::Adagrad;
    o.lr = 1e-2;
    o.eps = 1e-10;
  } else {
    return false;
  }
  return true;
}

static SmallVector<OptionSlot> slotsOf(Optimizer &o) {
  SmallVector<OptionSlot> slots{{"lr", &o.lr}};
  switch (o.kind) {
  case Optimizer::SGD:
    slots.append({{"momentum", &o.momentum},
                  {"dampening", &o.dampening, Range::Any},
                  {"nesterov", &o.nesterov}});
    break;
  case Optimizer::Adam:
  case Optimizer::AdamW:
    slots.append({{"beta1", &o.beta1, Range::BelowOne},
                  {"beta2", &o.beta2, Range::BelowOne},
                  {"eps", &o.eps},
                  {"amsgrad", &o.amsgrad}});
    break;
  case Optimizer::RMSprop:
    slots.append({{"alpha", &o.alpha},
                  {"eps", &o.eps},
                  {"momentum", &o.momentum},
                  {"centered", &o.centered}});
    break;
  case Optimizer::Adagrad:
    slots.append({{"lr_decay", &o.lrDecay},
                  {"initial_accumulator_value", &o.initialAccumulator},
                  {"eps", &o.eps}});
    break;
  }
  slots.append({{"weight_decay", &o.weightDecay}, {"maximize", &o.maximize}});
  return slots;
}

std::optional<Optimizer> parseOptimizer(StringRef text, std::string &error) {
  auto [name, options] = text.split(':');
  Optimizer o;
  if (!defaults(name, o)) {
    error =
        ("expected the optimiser sgd, adam, adamw, rmsprop or adagrad, got '" + name + "'").str();
    return std::nullopt;
  }
  if (!readOptions(options, slotsOf(o), error))
    return std::nullopt;
  if (o.nesterov && (o.momentum == 0 || o.dampening != 0)) {
    error = "nesterov needs a momentum and no dampening";
    return std::nullopt;
  }
  return o;
}

} // namespace gradc::gradient
