// Trainer.h - what a model is trained with.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_GRADIENT_TRAINER_H
#define GRADC_GRADIENT_TRAINER_H

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace gradc::gradient {

/// torch.optim.SGD and its options; the update order is PyTorch's.
struct Optimizer {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weightDecay = 0;
  bool nesterov = false;
};

/// Reads `sgd:lr=0.01,momentum=0.9`. On an error `error` says what was expected and what was found.
std::optional<Optimizer> parseOptimizer(llvm::StringRef text, std::string &error);

} // namespace gradc::gradient

#endif
