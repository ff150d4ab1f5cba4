// Trainer.h - what a model is trained with.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_GRADIENT_TRAINER_H
#define GRADC_GRADIENT_TRAINER_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace gradc::gradient {

/// One of torch.optim's optimisers and its options; the update order is PyTorch's (the
/// single-tensor path).
struct Optimizer {
  enum Kind { SGD, Adam, AdamW, RMSprop, Adagrad } kind = SGD;
  double lr = 1e-3;
  double weightDecay = 0;
  bool maximize = false;
  double momentum = 0; // SGD, RMSprop
  double dampening = 0;
  bool nesterov = false;
  double beta1 = 0.9, beta2 = 0.999; // Adam, AdamW
  double eps = 1e-8;                 // all but SGD
  bool amsgrad = false;
  double alpha = 0.99; // RMSprop
  bool centered = false;
  double lrDecay = 0, initialAccumulator = 0; // Adagrad
};

/// The learning rate as a function of the updates done so far: the closed forms of
/// torch.optim.lr_scheduler, behind a linear warm-up of `warmup` updates.
struct Schedule {
  enum Kind {
    Constant,
    Step,
    MultiStep,
    Exponential,
    Cosine,
    Linear,
    Polynomial,
    OneCycle
  } kind = Constant;
  double warmup = 0;
  double steps = 0;
  double gamma = 0.1;
  double size = 0;                      // Step: updates between two drops
  llvm::SmallVector<double> milestones; // MultiStep
  double min = 0;                       // Cosine
  double start = 1.0 / 3, end = 1;      // Linear: factors
  double power = 1;                     // Polynomial
  double max = 0;                       // OneCycle; 0: the optimiser's lr
  double pctStart = 0.3, div = 25, finalDiv = 1e4;
  bool linearAnneal = false, threePhase = false;
  bool cycleMomentum = true; // OneCycle: momentum, or beta1, goes the other way
  double baseMomentum = 0.85, maxMomentum = 0.95;
  bool cyclesMomentum() const { return kind == OneCycle && cycleMomentum; }
};

/// Reads `adam:lr=0.001,beta1=0.9`. On an error `error` says what was expected and what was found.
std::optional<Optimizer> parseOptimizer(llvm::StringRef text, std::string &error);
/// Reads `cosine:steps=1000,warmup=50,min=1e-5`.
std::optional<Schedule> parseSchedule(llvm::StringRef text, std::string &error);

} // namespace gradc::gradient

#endif
