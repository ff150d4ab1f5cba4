// Check.cpp - gradc check: gradients against central differences in f64.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Pipeline/Check.h"
#include "Commands.h"
#include "gradc_abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <random>

using namespace gradc;

/// Elements of one variable that are compared; of larger ones an even choice.
static constexpr uint64_t kMostElements = 64;
/// Truncation and rounding of central differences stay well below this.
static constexpr double kTolerance = 1e-6;

namespace {
/// The check program, loaded into this process.
class Loaded {
public:
  ~Loaded() {
    if (library)
      dlclose(library);
    free(memory);
  }
  bool load(const std::string &path, const std::vector<CheckedVariable> &variables);
  /// A fresh instance; `element` of variable `changed` (or none) differs by `change`.
  void reset(const CheckedVariable *changed = nullptr, uint64_t element = 0, double change = 0);
  double loss();
  std::vector<std::vector<double>> gradients();
  const gradc_tensor *find(const std::string &name) const;
  double *data(const gradc_tensor &t) { return reinterpret_cast<double *>(memory + t.offset); }
  static uint64_t elements(const gradc_tensor &t) {
    uint64_t n = 1;
    for (uint32_t i = 0; i < t.rank; ++i)
      n *= t.shape[i];
    return n;
  }

private:
  const gradc_function *function(llvm::StringRef name) const;
  void makeInputs();
  void call(const gradc_function &f, std::vector<std::vector<double>> &results);

  void *library = nullptr;
  char *memory = nullptr;
  const gradc_program *program = nullptr;
  int (*init)(void *, size_t, const void *, void **) = nullptr;
  const std::vector<CheckedVariable> *variables = nullptr;
  std::vector<std::vector<double>> inputs; // 8 bytes are enough for every element
};
} // namespace

bool Loaded::load(const std::string &path, const std::vector<CheckedVariable> &list) {
  variables = &list;
  library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    report(dlerror(), Outcome::Internal);
    return false;
  }
  program = static_cast<const gradc_program *>(dlsym(library, "check_program"));
  init = reinterpret_cast<decltype(init)>(dlsym(library, "check_init"));
  if (!program || !init)
    return false;
  memory = static_cast<char *>(aligned_alloc(GRADC_ALIGNMENT, program->size));
  makeInputs();
  return memory && function("loss") && function("gradients");
}

/// Normal numbers; integers and bools are all 0, which is a valid index of anything.
void Loaded::makeInputs() {
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  for (uint32_t i = 0; i < program->n_inputs; ++i) {
    const gradc_tensor &t = program->inputs[i];
    std::vector<double> values(std::max<uint64_t>(elements(t), 1));
    if (t.dtype == GRADC_F64)
      std::generate(values.begin(), values.end(), [&] { return normal(generator); });
    inputs.push_back(std::move(values));
  }
}

const gradc_function *Loaded::function(llvm::StringRef name) const {
  for (uint32_t i = 0; i < program->n_functions; ++i)
    if (name == program->functions[i].name)
      return &program->functions[i];
  return nullptr;
}

const gradc_tensor *Loaded::find(const std::string &name) const {
  for (uint32_t i = 0; i < program->n_variables; ++i)
    if (name == program->variables[i].name)
      return &program->variables[i];
  return nullptr;
}

void Loaded::reset(const CheckedVariable *changed, uint64_t element, double change) {
  init(memory, program->size, nullptr, nullptr);
  std::mt19937_64 generator(2);
  std::normal_distribution<double> normal(0, 0.5);
  for (const CheckedVariable &variable : *variables) {
    const gradc_tensor *t = find(variable.perturbed);
    for (uint64_t i = 0, n = t && !variable.hasValue ? elements(*t) : 0; i < n; ++i)
      data(*t)[i] = normal(generator);
  }
  if (changed)
    data(*find(changed->perturbed))[element] += change;
}

void Loaded::call(const gradc_function &f, std::vector<std::vector<double>> &results) {
  std::vector<const void *> in;
  for (uint32_t i = 0; i < f.n_inputs; ++i)
    in.push_back(inputs[f.inputs[i]].data());
  std::vector<void *> out;
  results.clear();
  for (uint32_t i = 0; i < f.n_outputs; ++i)
    results.emplace_back(std::max<uint64_t>(elements(program->outputs[f.outputs[i]]), 1));
  for (std::vector<double> &result : results)
    out.push_back(result.data());
  f.fn(memory, in.data(), out.data());
}

double Loaded::loss() {
  std::vector<std::vector<double>> results;
  call(*function("loss"), results);
  return results[0][0];
}

std::vector<std::vector<double>> Loaded::gradients() {
  std::vector<std::vector<double>> results;
  call(*function("gradients"), results);
  return results;
}

/// One row: how well a variable's gradient agrees. False where it does not.
static bool checkVariable(Loaded &program, const CheckedVariable &variable,
                          const std::vector<double> &gradient, double loss) {
  const gradc_tensor *t = program.find(variable.perturbed);
  uint64_t n = t ? Loaded::elements(*t) : 0, count = std::min(n, kMostElements);
  double worst = 0;
  uint64_t worstAt = 0;
  for (uint64_t k = 0; k < count; ++k) {
    uint64_t i = k * n / count;
    program.reset();
    double h = 1e-6 * std::max(1.0, std::abs(program.data(*t)[i]));
    program.reset(&variable, i, h);
    double above = program.loss();
    program.reset(&variable, i, -h);
    double below = program.loss(), numeric = (above - below) / (2 * h);
    double scale = std::max({1.0, std::abs(numeric), std::abs(gradient[i]), 1e-3 * std::abs(loss)});
    double error = std::abs(numeric - gradient[i]) / scale;
    if (!(error <= worst)) {
      worst = error;
      worstAt = i;
    }
  }
  bool good = worst <= kTolerance;
  llvm::outs() << llvm::left_justify(variable.name, 24)
               << llvm::right_justify(std::to_string(count), 8) << " of "
               << llvm::left_justify(std::to_string(n), 10) << llvm::format("%12.2e", worst)
               << (good ? "  ok" : "  DIFFERS at element " + std::to_string(worstAt)) << "\n";
  return good;
}

static Outcome compare(Loaded &program, const std::vector<CheckedVariable> &variables,
                       const std::string &input) {
  program.reset();
  double loss = program.loss();
  program.reset();
  std::vector<std::vector<double>> gradients = program.gradients();
  if (!std::isfinite(loss))
    return Outcome(
        report("the loss of " + input + " is not finite: nothing to compare", Outcome::InputError));
  llvm::outs() << "loss " << llvm::format("%.17g", loss)
               << "\nvariable                elements          greatest error\n";
  bool good = true;
  for (auto [variable, gradient] : llvm::zip(variables, gradients))
    good &= checkVariable(program, variable, gradient, loss);
  llvm::outs().flush();
  if (good)
    return Outcome::Done;
  return Outcome(
      report("gradients of " + input + " differ from finite differences", Outcome::InputError));
}

static Outcome check(Compiler &compiler, const Request &request) {
  Outcome outcome = compileTo(compiler, request, Stage::Import);
  if (outcome != Outcome::Done)
    return outcome;
  auto variables = makeCheckProgram(compiler.module(), request.compile.loss);
  if (failed(variables))
    return Outcome::InputError;
  outcome = compiler.runThrough(Stage::Link);
  if (outcome != Outcome::Done)
    return outcome;
  llvm::SmallString<128> path;
  if (std::error_code code = llvm::sys::fs::createTemporaryFile("gradc-check", "so", path))
    return Outcome(report("cannot write a temporary file: " + code.message(), Outcome::InputError));
  outcome = compiler.link(request.runtimeArchive, path, /*shared=*/true);
  Loaded program;
  bool loaded = outcome == Outcome::Done && program.load(path.str().str(), *variables);
  llvm::sys::fs::remove(path);
  if (outcome != Outcome::Done)
    return outcome;
  return loaded ? compare(program, *variables, request.input) : Outcome::Internal;
}

int gradc::runCheck(Request request) {
  request.compile.name = "check";
  request.compile.march = "native";
  request.compile.triple = "";
  Outcome outcome = complete(request);
  request.compile.pt2.keepOpen = false;
  return outcome == Outcome::Done ? guarded(request, check) : int(outcome);
}
