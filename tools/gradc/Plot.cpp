// Plot.cpp - gradc plot: the curves of a training's log.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Chart.h"
#include "Commands.h"
#include "gradc/Target/Link/Link.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace gradc;
using llvm::StringRef;

namespace {
enum CurveIndex { Steps, Epochs, Eval, Accuracy };
} // namespace

static void addPoint(Curve &curve, const llvm::json::Object &line, StringRef key) {
  const llvm::json::Value *value = line.get(key);
  auto step = line.getInteger("step");
  // A loss that is not finite is written as null: it interrupts the curve.
  if (value && step)
    curve.points.emplace_back(double(*step), value->getAsNumber().value_or(NAN));
}

/// Takes one line of a log; what is wrong with it, or nothing.
static std::string addLine(StringRef text, std::vector<Curve> &curves) {
  auto parsed = llvm::json::parse(text);
  if (!parsed)
    return llvm::toString(parsed.takeError());
  const llvm::json::Object *line = parsed->getAsObject();
  if (!line)
    return "expected an object";
  auto kind = line->getString("kind");
  if (!kind || !line->getInteger("step"))
    return "expected an object with 'kind' and 'step'";
  addPoint(curves[*kind == "step" ? Steps : *kind == "epoch" ? Epochs : Eval], *line, "loss");
  addPoint(curves[Accuracy], *line, "accuracy");
  return "";
}

int gradc::runPlot(const std::string &input, const std::string &output, bool isLog) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(input);
  if (!buffer)
    return report("cannot read '" + input + "': " + buffer.getError().message(),
                  Outcome::InputError);
  std::vector<Curve> curves = {{"step", "#9ecae1", 1, false, {}},
                               {"mean of an epoch", "#2171b5", 2, false, {}},
                               {"held-out loss", "#e6550d", 2, false, {}},
                               {"held-out accuracy", "#31a354", 2, true, {}}};
  StringRef rest = (*buffer)->getBuffer();
  for (unsigned number = 1; !rest.empty(); ++number) {
    auto [line, others] = rest.split('\n');
    bool isCut = others.empty() && !rest.ends_with("\n"); // by a training that goes on
    rest = others;
    std::string wrong = line.trim().empty() ? "" : addLine(line, curves);
    if (!wrong.empty() && !isCut)
      return report(input + ":" + llvm::Twine(number) + ": " + wrong, Outcome::InputError);
  }
  llvm::erase_if(curves, [](const Curve &curve) { return curve.points.empty(); });
  if (curves.empty())
    return report(input + ": there is no loss and no accuracy in it", Outcome::InputError);
  std::string name = input == "-" ? "training" : llvm::sys::path::stem(input).str();
  Chart chart{name, "step", "loss", "accuracy", isLog, std::move(curves)};
  bool written = link::writeOutput(
      output, drawChart(chart), [](const llvm::Twine &text) { report(text, Outcome::InputError); });
  return int(written ? Outcome::Done : Outcome::InputError);
}
