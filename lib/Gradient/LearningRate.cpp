// LearningRate.cpp - the closed forms of torch.optim.lr_scheduler.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Updates.h"
#include <cmath>

using namespace mlir;
namespace gradc::gradient {

/// From `start` to `end` as `part` goes from 0 to 1.
static Number anneal(Place at, bool linear, double start, double end, Number part) {
  if (linear)
    return add(at, multiply(at, end - start, part), start);
  Number wave = add(at, cosine(at, multiply(at, M_PI, part)), 1.0);
  return add(at, multiply(at, (start - end) / 2, wave), end);
}

namespace {
struct Phase {
  double end, from, to;
};
} // namespace

/// Smith and Topin's cycle (arXiv:1708.07120), in the phases of torch's OneCycleLR; the end is
/// held.
static Number inPhases(Place at, const Schedule &s, ArrayRef<Phase> phases, Number t) {
  t = lesser(at, t, s.steps - 1);
  Number lr = phases.back().to;
  for (size_t i = phases.size(); i-- > 0;) {
    const Phase &phase = phases[i];
    double start = i ? phases[i - 1].end : 0;
    if (phase.end <= start)
      continue;
    Number part = divide(at, subtract(at, t, start), phase.end - start);
    Number here = anneal(at, s.linearAnneal, phase.from, phase.to, part);
    // A phase holds up to its end: t is whole.
    lr = i + 1 == phases.size() ? here : below(at, t, std::floor(phase.end) + 1, here, lr);
  }
  return lr;
}

static Number oneCycle(Place at, const Schedule &s, double base, Number t) {
  double max = s.max != 0 ? s.max : base, initial = max / s.div, least = initial / s.finalDiv;
  SmallVector<Phase> phases{{s.pctStart * s.steps - 1, initial, max}};
  if (s.threePhase)
    phases.push_back({2 * s.pctStart * s.steps - 2, max, initial});
  phases.push_back({s.steps - 1, s.threePhase ? initial : max, least});
  return inPhases(at, s, phases, t);
}

Number cycledMomentum(Place at, const Schedule &s, Number done) {
  double least = s.baseMomentum, most = s.maxMomentum;
  SmallVector<Phase> phases{{s.pctStart * s.steps - 1, most, least}};
  if (s.threePhase)
    phases.push_back({2 * s.pctStart * s.steps - 2, least, most});
  phases.push_back({s.steps - 1, s.threePhase ? most : least, most});
  return inPhases(at, s, phases, done);
}

static Number main(Place at, const Schedule &s, double base, Number t) {
  switch (s.kind) {
  case Schedule::Constant:
    return base;
  case Schedule::Step:
    return multiply(at, base, power(at, s.gamma, whole(at, divide(at, t, s.size))));
  case Schedule::MultiStep: {
    SmallVector<double> sorted(s.milestones);
    llvm::sort(sorted);
    Number lr = base * std::pow(s.gamma, double(sorted.size()));
    for (size_t i = sorted.size(); i-- > 0;)
      lr = below(at, t, sorted[i], base * std::pow(s.gamma, double(i)), lr);
    return lr;
  }
  case Schedule::Exponential:
    return multiply(at, base, power(at, s.gamma, t));
  case Schedule::Cosine:
    return anneal(at, false, base, s.min, divide(at, t, s.steps - s.warmup));
  case Schedule::Linear: {
    Number part = divide(at, multiply(at, s.end - s.start, lesser(at, t, s.steps)), s.steps);
    return multiply(at, base, add(at, s.start, part));
  }
  case Schedule::Polynomial: {
    Number left = subtract(at, 1.0, divide(at, lesser(at, t, s.steps), s.steps));
    return multiply(at, base, s.power == 1 ? left : power(at, left, s.power));
  }
  case Schedule::OneCycle:
    return oneCycle(at, s, base, t);
  }
  return base;
}

Number learningRate(Place at, const Schedule &s, double base, Number done) {
  if (s.warmup == 0)
    return main(at, s, base, done);
  Number later = main(at, s, base, subtract(at, done, s.warmup));
  // The first of `warmup` updates has base / (warmup + 1), the one behind them the whole of it.
  Number rising = divide(at, multiply(at, base, add(at, done, 1.0)), s.warmup + 1);
  return below(at, done, s.warmup, rising, later);
}

} // namespace gradc::gradient
