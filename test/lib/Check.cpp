// Check.cpp - numeric checks of functions and their derivatives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Check.h"
#include "Derivatives.h"
#include "gradc/Lower/Passes.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <random>

using namespace mlir;
namespace gradc::test {

using Data = std::vector<Datum>;

namespace {
/// One entry of a reference file.
class Case {
public:
  Case(MLIRContext &context, const llvm::json::Object &entry) : context(context), entry(entry) {}
  int run();

private:
  Data read(StringRef key, TypeRange types, bool &present);
  Data evaluate(StringRef name, const Data &arguments, bool lowered = false);
  void expect(StringRef what, const Data &got, const Data &wanted, double tolerance, bool anyZero);
  void compareWithReference();
  void compareLowered(StringRef name, const Data &arguments);
  void checkDerivative(StringRef name, const Data &arguments);
  Data random(ArrayRef<Type> types);
  llvm::raw_ostream &fail() {
    ++failures;
    return llvm::errs() << "case " << entry.getString("name").value_or("?") << ": ";
  }

  MLIRContext &context;
  const llvm::json::Object &entry;
  OwningOpRef<ModuleOp> module, linalg;
  func::FuncOp f;
  std::mt19937_64 engine{1234};
  int failures = 0;
};
} // namespace

static Data floatsOf(const Data &data) {
  Data floats;
  for (const Datum &d : data)
    if (d.isFloat())
      floats.push_back(d);
  return floats;
}

static Data joined(Data a, const Data &b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

static double dot(const Data &a, const Data &b) {
  double sum = 0;
  for (auto [x, y] : llvm::zip_equal(a, b))
    for (auto [p, q] : llvm::zip_equal(x.data, y.data))
      sum += p.f * q.f;
  return sum;
}

static double norm(const Data &a) { return std::sqrt(dot(a, a)); }

/// The float arguments moved by `step` along `direction`; others stay.
static Data moved(const Data &at, const Data &direction, double step) {
  Data result = at;
  size_t next = 0;
  for (Datum &d : result) {
    if (!d.isFloat())
      continue;
    for (auto [x, u] : llvm::zip_equal(d.data, direction[next].data))
      x.f += step * u.f;
    ++next;
  }
  return result;
}

/// A list of lists of numbers; null stands for zeros, and strings for what JSON cannot write.
Data Case::read(StringRef key, TypeRange types, bool &present) {
  Data result;
  const llvm::json::Array *lists = entry.getArray(key);
  present = lists;
  if (!lists)
    return result;
  for (auto [list, type] : llvm::zip_equal(*lists, types)) {
    Datum d = Datum::ofType(type);
    if (auto *values = list.getAsArray()) {
      if (values->size() != d.data.size())
        fail() << "expected " << d.data.size() << " numbers in '" << key << "', got "
               << values->size() << '\n';
      for (auto [n, value] : llvm::zip(d.data, *values)) {
        if (auto text = value.getAsString())
          n.f = *text == "nan" ? NAN : *text == "inf" ? INFINITY : -INFINITY;
        else if (d.isFloat())
          n.f = *value.getAsNumber();
        else
          n.i = *value.getAsInteger();
      }
    }
    result.push_back(std::move(d));
  }
  return result;
}

Data Case::evaluate(StringRef name, const Data &arguments, bool lowered) {
  ModuleOp from = lowered ? *linalg : *module;
  Interpreter interpreter(from, llvm::errs());
  auto results = interpreter.call(from.lookupSymbol<func::FuncOp>(name), arguments);
  if (failed(results)) {
    fail() << "cannot evaluate " << name << '\n';
    return {};
  }
  return *results;
}

static bool close(const Datum &type, Number got, Number wanted, double tolerance, bool anyZero) {
  if (!type.isFloat())
    return got.i == wanted.i;
  if (std::isnan(wanted.f) || std::isnan(got.f))
    return std::isnan(wanted.f) && std::isnan(got.f);
  if (got.f == wanted.f)
    return anyZero || std::signbit(got.f) == std::signbit(wanted.f);
  return std::fabs(got.f - wanted.f) <= tolerance * std::max(std::fabs(wanted.f), 1e-300);
}

void Case::expect(StringRef what, const Data &got, const Data &wanted, double tolerance,
                  bool anyZero) {
  if (got.size() != wanted.size())
    return (void)(fail() << what << ": expected " << wanted.size() << " results\n");
  for (size_t r = 0; r < got.size(); ++r)
    for (size_t i = 0; i < got[r].data.size(); ++i) {
      Number g = got[r].data[i], w = wanted[r].data[i];
      if (!close(got[r], g, w, tolerance, anyZero))
        fail() << llvm::formatv(
            "{0}, result {1}, element {2}: expected {3:e16} {4}, got {5:e16} {6}\n", what, r, i,
            w.f, w.i, g.f, g.i);
    }
}

void Case::compareWithReference() {
  double tolerance = entry.getNumber("tolerance").value_or(1e-12);
  bool anyZero = entry.getBoolean("any_zero").value_or(false), given;
  auto types = [&](StringRef name) {
    return module->lookupSymbol<func::FuncOp>(name).getFunctionType();
  };
  Data x = read("arguments", types("f").getInputs(), given);
  Data y = read("results", types("f").getResults(), given);
  if (given)
    expect("value", evaluate("f", x), y, tolerance, anyZero);
  auto vjp = types("f_vjp");
  Data d = read("cotangents", vjp.getInputs().drop_front(x.size()), given);
  if (!given)
    return;
  Data gradients = read("gradients", vjp.getResults(), given);
  expect("gradient", evaluate("f_vjp", joined(x, d)), gradients, tolerance, anyZero);
  auto second = types("f_vjp_vjp");
  Data w = read("second_cotangents", second.getInputs().drop_front(x.size() + d.size()), given);
  if (!given)
    return;
  Data wanted = read("second_gradients", second.getResults(), given);
  expect("second gradient", evaluate("f_vjp_vjp", joined(joined(x, d), w)), wanted, tolerance,
         true);
}

/// Sums may be taken in another order, so the last digits may differ.
void Case::compareLowered(StringRef name, const Data &arguments) {
  expect(("lowered " + name).str(), evaluate(name, arguments, true), evaluate(name, arguments),
         entry.getNumber("tolerance").value_or(1e-12), false);
}

Data Case::random(ArrayRef<Type> types) {
  Data result;
  for (Type type : types) {
    if (!isFloatTensor(type))
      continue;
    result.push_back(Datum::ofType(type));
    for (Number &n : result.back().data)
      n.f = double(engine() >> 11) * 0x1p-52 - 1;
  }
  return result;
}

/// At a smooth point: <v, f'u> by finite differences, by forward and by reverse mode.
void Case::checkDerivative(StringRef name, const Data &at) {
  auto function = module->lookupSymbol<func::FuncOp>(name);
  for (int round = 0; round < 3; ++round) {
    Data u = random(llvm::to_vector(function.getArgumentTypes()));
    Data v = random(llvm::to_vector(function.getResultTypes()));
    Data tangent = evaluate((name + "_jvp").str(), joined(at, u));
    Data cotangent = evaluate((name + "_vjp").str(), joined(at, v));
    double forward = dot(tangent, v), reverse = dot(cotangent, u);
    double scale = norm(tangent) * norm(v) + norm(cotangent) * norm(u);
    if (!(std::fabs(forward - reverse) <= 1e-12 * std::max(scale, 1.0)))
      fail() << llvm::formatv("{0}: forward mode {1:e16}, reverse mode {2:e16}\n", name, forward,
                              reverse);
    // Central differences, extrapolated once: the error is of order h^4.
    auto difference = [&](double h) {
      Data up = floatsOf(evaluate(name, moved(at, u, h)));
      Data down = floatsOf(evaluate(name, moved(at, u, -h)));
      return (dot(up, v) - dot(down, v)) / (2 * h);
    };
    double h = 2e-4, numeric = (4 * difference(h / 2) - difference(h)) / 3;
    if (!(std::fabs(numeric - reverse) <= 1e-8 * std::max(scale, 1.0)))
      fail() << llvm::formatv("{0}: finite differences {1:e16}, reverse mode {2:e16}\n", name,
                              numeric, reverse);
  }
}

int Case::run() {
  auto text = entry.getString("function");
  module = text ? parseSourceString<ModuleOp>(*text, &context) : nullptr;
  f = module ? module->lookupSymbol<func::FuncOp>("f") : nullptr;
  if (!f)
    return (void)(fail() << "cannot read its function @f\n"), failures;
  func::FuncOp vjp = buildVjp(f), jvp = buildJvp(f);
  buildVjp(vjp);
  buildJvp(vjp);
  (void)jvp;
  linalg = module->clone();
  PassManager passes(&context);
  passes.addPass(lower::createLowerToLinalgPass());
  if (failed(verify(*module)) || failed(passes.run(*linalg)))
    return (void)(fail() << "cannot build or lower its derivatives\n"), failures;
  compareWithReference();

  bool given;
  Data x = read("arguments", f.getArgumentTypes(), given);
  Data d = read("cotangents", vjp.getArgumentTypes().drop_front(x.size()), given);
  if (!given)
    d = random(llvm::to_vector(f.getResultTypes()));
  compareLowered("f", x);
  compareLowered("f_vjp", joined(x, d));
  if (!entry.getBoolean("smooth").value_or(false))
    return failures;
  compareLowered("f_jvp", joined(x, random(llvm::to_vector(f.getArgumentTypes()))));
  checkDerivative("f", x);
  checkDerivative("f_vjp", joined(x, d));
  return failures;
}

int checkFile(MLIRContext &context, StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    llvm::errs() << path << ": error: " << buffer.getError().message() << '\n';
    return -1;
  }
  auto json = llvm::json::parse((*buffer)->getBuffer());
  if (!json) {
    llvm::errs() << path << ": error: " << llvm::toString(json.takeError()) << '\n';
    return -1;
  }
  int failures = 0, cases = 0;
  if (const llvm::json::Array *list = json->getAsArray())
    for (const llvm::json::Value &entry : *list) {
      ++cases;
      failures += Case(context, *entry.getAsObject()).run();
    }
  llvm::outs() << path << ": " << cases << " cases, " << failures << " failures\n";
  // A file without cases checks nothing.
  return cases ? failures : -1;
}

} // namespace gradc::test
