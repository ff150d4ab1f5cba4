// Schedule.cpp - reads the text of --schedule.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OptionText.h"
#include "gradc/Gradient/Trainer.h"

using namespace llvm;
namespace gradc::gradient {

static std::optional<Schedule::Kind> kindOf(StringRef name) {
  static const std::pair<StringRef, Schedule::Kind> kinds[] = {
      {"constant", Schedule::Constant},     {"step", Schedule::Step},
      {"multistep", Schedule::MultiStep},   {"exponential", Schedule::Exponential},
      {"cosine", Schedule::Cosine},         {"linear", Schedule::Linear},
      {"polynomial", Schedule::Polynomial}, {"onecycle", Schedule::OneCycle}};
  for (auto [known, kind] : kinds)
    if (known == name)
      return kind;
  return std::nullopt;
}

static SmallVector<OptionSlot> slotsOf(Schedule &s) {
  OptionSlot steps{"steps", &s.steps, Range::Whole}, gamma{"gamma", &s.gamma};
  SmallVector<OptionSlot> slots;
  switch (s.kind) {
  case Schedule::Constant:
    break;
  case Schedule::Step:
    slots = {{"size", &s.size, Range::Whole}, gamma};
    break;
  case Schedule::MultiStep:
    slots = {{"milestones", &s.milestones, Range::Whole}, gamma};
    break;
  case Schedule::Exponential:
    slots = {gamma};
    break;
  case Schedule::Cosine:
    slots = {steps, {"min", &s.min}};
    break;
  case Schedule::Linear:
    slots = {steps, {"start", &s.start, Range::Positive}, {"end", &s.end}};
    break;
  case Schedule::Polynomial:
    slots = {steps, {"power", &s.power}};
    break;
  case Schedule::OneCycle:
    return {steps,
            {"max", &s.max, Range::Positive},
            {"pct_start", &s.pctStart, Range::BelowOne},
            {"div", &s.div, Range::Positive},
            {"final_div", &s.finalDiv, Range::Positive},
            {"linear", &s.linearAnneal},
            {"three_phase", &s.threePhase},
            {"cycle_momentum", &s.cycleMomentum},
            {"base_momentum", &s.baseMomentum, Range::BelowOne},
            {"max_momentum", &s.maxMomentum, Range::BelowOne}};
  }
  slots.push_back({"warmup", &s.warmup, Range::Whole});
  return slots;
}

/// What a kind cannot do without.
static StringRef missing(const Schedule &s) {
  switch (s.kind) {
  case Schedule::Step:
    return s.size == 0 ? "size" : "";
  case Schedule::MultiStep:
    return s.milestones.empty() ? "milestones" : "";
  case Schedule::Exponential:
    return s.gamma == 0 ? "gamma" : "";
  case Schedule::Cosine:
  case Schedule::Linear:
  case Schedule::Polynomial:
  case Schedule::OneCycle:
    return s.steps == 0 ? "steps" : "";
  default:
    return "";
  }
}

std::optional<Schedule> parseSchedule(StringRef text, std::string &error) {
  auto [name, options] = text.split(':');
  Schedule s;
  std::optional<Schedule::Kind> kind = kindOf(name);
  if (!kind) {
    error = ("expected constant, step, multistep, exponential, cosine, linear, polynomial or "
             "onecycle, got '" +
             name + "'")
                .str();
    return std::nullopt;
  }
  s.kind = *kind;
  if (s.kind == Schedule::Exponential)
    s.gamma = 0; // has no default
  if (!readOptions(options, slotsOf(s), error))
    return std::nullopt;
  if (StringRef key = missing(s); !key.empty()) {
    error = ("'" + name + "' needs '" + key + "'").str();
    return std::nullopt;
  }
  if (s.kind == Schedule::Cosine && s.warmup >= s.steps) {
    error = "expected 'steps' above 'warmup', which is a part of them";
    return std::nullopt;
  }
  return s;
}

} // namespace gradc::gradient
