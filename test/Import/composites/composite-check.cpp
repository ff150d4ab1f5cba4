// composite-check.cpp - runs ops of graph JSON that are composites against stored references.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   composite-check RUNTIME.a FILE.json...     exit status 1 when a case fails
//
// The cases of a file become one program of a function each: inputs and cotangents in, outputs and
// gradients out. It is imported and differentiated in f64 and in f32, evaluated by the interpreter,
// then compiled to a shared object and called.
#include "Interpreter.h"
#include "gradc/Pipeline/Pipeline.h"
#include "gradc_abi.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <cstring>
#include <dlfcn.h>

using namespace mlir;
using namespace gradc;
using namespace gradc::test;
namespace json = llvm::json;
using Data = std::vector<Datum>;

namespace {
/// One entry of a reference file.
struct Case {
  const json::Object &entry;
  std::string function;

  StringRef name() const { return *entry.getString("name"); }
  const json::Object &inputs() const { return *entry.getObject("inputs"); }
  const json::Array &list(StringRef key) const { return *entry.getArray(key); }
  std::string errorText() const { return entry.getString("error").value_or("").str(); }
  double tolerance(bool wide) const {
    return entry.getNumber(wide ? "tolerance" : "tolerance32").value_or(wide ? 1e-9 : 1e-5);
  }
};

/// The cases of a file under one float type.
class Group {
public:
  Group(const json::Array &cases, bool wide, StringRef runtime);
  int run();

private:
  std::string program(ArrayRef<Case> cases) const;
  std::string functionText(const Case &c) const;
  void runErrors();
  void interpret(ModuleOp module);
  void call(const gradc_program &program, void *memory);
  void runCompiled(Compiler &compiler);
  void compare(const Case &c, StringRef how, const Data &got);
  Data read(const Case &c, const json::Array &values, TypeRange types);
  llvm::raw_ostream &fail(const Case &c) {
    ++failures;
    return llvm::errs() << "case " << c.name() << (wide ? " (f64): " : " (f32): ");
  }

  bool wide;
  StringRef runtime;
  std::vector<Case> cases, errors;
  std::vector<FunctionType> types;
  int failures = 0;
};
} // namespace

Group::Group(const json::Array &list, bool wide, StringRef runtime) : wide(wide), runtime(runtime) {
  for (const json::Value &value : list) {
    const json::Object &entry = *value.getAsObject();
    if (!wide && entry.getBoolean("f64_only").value_or(false))
      continue;
    auto &kind = entry.get("error") ? errors : cases;
    kind.push_back({entry, "c" + std::to_string(kind.size())});
  }
}

//===-- Programs ------------------------------------------------------------------------------===//

/// Inputs, outputs and leaves of all functions are one table each, so their names are the case's.
std::string Group::functionText(const Case &c) const {
  json::Object inputs, outputs;
  json::Array body, wrt, names;
  std::string prefix = c.function + "_";
  SmallVector<std::pair<StringRef, std::string>> arguments;
  // json::Object has no order: the list has.
  for (const json::Value &value : c.list("arguments"))
    arguments.push_back({*value.getAsString(), c.inputs().getString(*value.getAsString())->str()});
  for (const json::Value &value : c.list("wrt")) {
    wrt.push_back(*value.getAsString());
    names.push_back("g_" + value.getAsString()->str());
  }
  std::string signature, results;
  auto declare = [&](const std::string &name, StringRef type) {
    signature += (signature.empty() ? "\"" : ", \"") + prefix + name + "\": \"" + type.str() + "\"";
  };
  auto give = [&](const std::string &name) {
    results += (results.empty() ? "\"" : ", \"") + prefix + name + "\": \"" + name + "\"";
  };
  for (auto &[name, type] : arguments) {
    declare(name.str(), type);
    bool isLeaf = llvm::is_contained(wrt, json::Value(name));
    body.push_back(json::Object{{"name", name},
                                {"op", isLeaf ? "requires_grad_" : "detach"},
                                {"inputs", json::Array{prefix + name.str()}}});
  }
  for (const json::Value &node : c.list("body"))
    body.push_back(node);
  std::string sum;
  for (auto [i, value] : llvm::enumerate(c.list("outputs"))) {
    const json::Object &output = *value.getAsObject();
    std::string name = output.getString("name")->str(), cotangent = "d_" + name;
    give(name);
    if (!output.get("cotangent"))
      continue;
    declare(cotangent, *output.getString("type"));
    json::Object product{{"op", "mul"}, {"inputs", json::Array{name, prefix + cotangent}}};
    json::Object part{{"op", "sum"}, {"inputs", json::Array{std::move(product)}}};
    std::string next = "s_" + std::to_string(i);
    if (!sum.empty())
      part = json::Object{{"op", "add"}, {"inputs", json::Array{sum, std::move(part)}}};
    part["name"] = next;
    body.push_back(std::move(part));
    sum = next;
  }
  if (!sum.empty() && !wrt.empty()) {
    for (const json::Value &name : names)
      give(name.getAsString()->str());
    body.push_back(json::Object{{"op", "grad"},
                                {"inputs", json::Array{sum}},
                                {"wrt", std::move(wrt)},
                                {"names", std::move(names)},
                                {"allow_unused", true}});
  }
  return llvm::formatv(
             R"("{0}": {{"export": true, "inputs": {{{1}}, "body": {2}, "outputs": {{{3}})",
             c.function, signature, json::Value(std::move(body)), results)
             .str() +
         "}";
}

std::string Group::program(ArrayRef<Case> list) const {
  std::string text;
  for (const Case &c : list)
    text += (text.empty() ? "" : ",\n") + functionText(c);
  text = "{\"format\": \"gradc.graph\", \"version\": 1, \"main\": [], \"functions\": {\n" + text +
         "}}\n";
  for (size_t at = 0; !wide && (at = text.find("\"f64", at)) != std::string::npos;)
    text.replace(at, 4, "\"f32");
  return text;
}

//===-- Numbers -------------------------------------------------------------------------------===//

/// Lists of numbers; strings stand for what JSON cannot write.
Data Group::read(const Case &c, const json::Array &lists, TypeRange types) {
  Data result;
  for (auto [list, type] : llvm::zip(lists, types)) {
    Datum d = Datum::ofType(type);
    const json::Array &values = *list.getAsArray();
    if (values.size() != d.data.size()) {
      fail(c) << "expected " << values.size() << " numbers, got type " << type << '\n';
      return {};
    }
    for (auto [n, value] : llvm::zip(d.data, values)) {
      if (auto text = value.getAsString())
        n.f = *text == "nan" ? NAN : *text == "inf" ? INFINITY : -INFINITY;
      else if (d.isFloat())
        n.f = *value.getAsNumber();
      else
        n.i = *value.getAsInteger();
      n = fit(n, d.element);
    }
    result.push_back(std::move(d));
  }
  return result;
}

static double largest(const Datum &d) {
  double most = 0.1;
  for (Number n : d.data)
    if (std::isfinite(n.f))
      most = std::max(most, std::fabs(n.f));
  return most;
}

/// The distance of a number of a short float type to the next one.
static double spacing(double x, Type element) {
  const llvm::fltSemantics &semantics = cast<FloatType>(element).getFloatSemantics();
  int least = APFloat::semanticsMinExponent(semantics);
  int exponent = x == 0 ? least : std::max(least, std::ilogb(x));
  return std::ldexp(1.0, exponent + 1 - int(APFloat::semanticsPrecision(semantics)));
}

void Group::compare(const Case &c, StringRef how, const Data &got) {
  Data wanted = read(c, c.list("results"), types[&c - cases.data()].getResults());
  if (got.size() != wanted.size() || got.size() != c.list("results").size())
    return (void)(fail(c) << how << ": expected " << c.list("results").size() << " results, got "
                          << got.size() << '\n');
  for (size_t r = 0; r < got.size(); ++r) {
    double limit = c.tolerance(wide) * largest(wanted[r]);
    bool isShort = got[r].isFloat() && got[r].element.getIntOrFloatBitWidth() < 32;
    for (size_t i = 0; i < got[r].data.size(); ++i) {
      Number g = got[r].data[i], w = wanted[r].data[i];
      if (isShort && std::isfinite(w.f))
        limit = std::max(c.entry.getNumber("ulps").value_or(0) * spacing(w.f, got[r].element),
                         c.entry.getNumber("tolerance").value_or(0) * largest(wanted[r]));
      bool good = !got[r].isFloat()                    ? g.i == w.i
                  : std::isnan(w.f) || std::isnan(g.f) ? std::isnan(w.f) && std::isnan(g.f)
                  : std::isinf(w.f) || std::isinf(g.f) ? g.f == w.f
                                                       : std::fabs(g.f - w.f) <= limit;
      if (good)
        continue;
      fail(c) << llvm::formatv("{0}, result {1}, element {2}: expected {3:e16} {4}, got {5:e16} "
                               "{6}\n",
                               how, r, i, w.f, w.i, g.f, g.i);
      break;
    }
  }
}

//===-- Running -------------------------------------------------------------------------------===//

void Group::interpret(ModuleOp module) {
  for (const Case &c : cases) {
    auto f = module.lookupSymbol<func::FuncOp>(c.function);
    types.push_back(f.getFunctionType());
    Interpreter interpreter(module, llvm::errs());
    Data arguments = read(c, c.list("values"), types.back().getInputs());
    auto results = interpreter.call(f, arguments);
    if (failed(results))
      fail(c) << "cannot interpret it\n";
    else
      compare(c, "interpreted", *results);
  }
}

static unsigned bytesOf(Type element) { return (element.getIntOrFloatBitWidth() + 7) / 8; }

/// The bits of a float, which is of its type already.
static uint64_t bitsOf(double value, Type element) {
  APFloat x(value);
  bool lost;
  x.convert(cast<FloatType>(element).getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
  return x.bitcastToAPInt().getZExtValue();
}

static double floatOf(uint64_t bits, Type element) {
  const llvm::fltSemantics &semantics = cast<FloatType>(element).getFloatSemantics();
  APFloat x(semantics, APInt(element.getIntOrFloatBitWidth(), bits));
  bool lost;
  x.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
  return x.convertToDouble();
}

static std::vector<char> pack(const Datum &d) {
  unsigned size = bytesOf(d.element);
  std::vector<char> bytes(std::max<size_t>(d.data.size() * size, 1));
  for (auto [i, n] : llvm::enumerate(d.data)) {
    uint64_t bits = d.isFloat() ? bitsOf(n.f, d.element) : uint64_t(n.i);
    memcpy(bytes.data() + i * size, &bits, size); // little-endian: the low bytes come first
  }
  return bytes;
}

static void unpack(const std::vector<char> &bytes, Datum &d) {
  unsigned size = bytesOf(d.element);
  for (auto [i, n] : llvm::enumerate(d.data)) {
    uint64_t bits = 0;
    memcpy(&bits, bytes.data() + i * size, size);
    if (d.isFloat())
      n.f = floatOf(bits, d.element);
    else
      n = fit({0, int64_t(bits)}, d.element);
  }
}

void Group::call(const gradc_program &program, void *memory) {
  for (auto [index, c] : llvm::enumerate(cases)) {
    const gradc_function *f = nullptr;
    for (uint32_t i = 0; i < program.n_functions; ++i)
      if (c.function == program.functions[i].name)
        f = &program.functions[i];
    if (!f) {
      fail(c) << "is not in the object\n";
      continue;
    }
    std::vector<std::vector<char>> in, out;
    std::vector<const void *> inputs;
    std::vector<void *> outputs;
    Data results;
    for (const Datum &d : read(c, c.list("values"), types[index].getInputs()))
      inputs.push_back(in.emplace_back(pack(d)).data());
    for (Type type : types[index].getResults()) {
      results.push_back(Datum::ofType(type));
      outputs.push_back(out.emplace_back(pack(results.back())).data());
    }
    int code = f->fn(memory, inputs.data(), outputs.data());
    if (code != GRADC_OK)
      fail(c) << "returned error " << code << '\n';
    for (auto [bytes, d] : llvm::zip(out, results))
      unpack(bytes, d);
    compare(c, "compiled", results);
  }
}

void Group::runCompiled(Compiler &compiler) {
  const Case &any = cases.front();
  llvm::SmallString<128> path;
  if (compiler.runThrough(Stage::Link) != Outcome::Done ||
      llvm::sys::fs::createTemporaryFile("gradc-composites", "so", path) ||
      compiler.link(runtime, path, /*shared=*/true) != Outcome::Done)
    return (void)(fail(any) << "the program cannot be compiled\n");
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  llvm::sys::fs::remove(path);
  if (!library)
    return (void)(fail(any) << dlerror() << '\n');
  auto *program = static_cast<const gradc_program *>(dlsym(library, "group_program"));
  auto init = reinterpret_cast<int (*)(void *, size_t, const void *, void **)>(
      dlsym(library, "group_init"));
  void *memory = aligned_alloc(GRADC_ALIGNMENT, (program->size + 63) / 64 * 64);
  if (int code = init(memory, program->size, nullptr, nullptr))
    fail(any) << "init returned error " << code << '\n';
  else
    call(*program, memory);
  free(memory);
  dlclose(library);
}

void Group::runErrors() {
  for (const Case &c : errors) {
    CompileOptions options;
    options.name = "group";
    Compiler compiler(options);
    std::string text;
    compiler.context().getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        text += diagnostic.str();
    });
    if (compiler.loadBuffer(program(c), "case.json") == Outcome::Done)
      fail(c) << "expected the error: " << c.errorText() << '\n';
    else if (text != c.errorText())
      fail(c) << "expected the error: " << c.errorText() << "\n  got: " << text << '\n';
  }
}

int Group::run() {
  if (!wide) // whose words name the dtype
    runErrors();
  if (cases.empty())
    return failures;
  CompileOptions options;
  options.name = "group";
  options.verifyEach = true;
  Compiler compiler(options);
  compiler.context().getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
    // Every function stands in a line of its own, after one of the header.
    auto at = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>();
    size_t line = at ? at.getLine() - 2 : cases.size();
    llvm::errs() << (line < cases.size() ? cases[line].name() : "?") << ": " << diagnostic << '\n';
    if (line < cases.size())
      llvm::errs() << functionText(cases[line]) << '\n';
  });
  if (compiler.loadBuffer(program(cases), "group.json") != Outcome::Done ||
      compiler.runThrough(Stage::Gradient) != Outcome::Done)
    return failures + 1;
  interpret(compiler.module());
  runCompiled(compiler);
  return failures;
}

static int checkGroup(StringRef runtime, StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  auto value = buffer ? json::parse((*buffer)->getBuffer())
                      : llvm::createStringError(buffer.getError().message());
  if (!value) {
    llvm::errs() << path << ": error: " << llvm::toString(value.takeError()) << '\n';
    return 1;
  }
  const json::Array &cases = *value->getAsArray();
  int failures = 0;
  for (bool wide : {true, false})
    failures += Group(cases, wide, runtime).run();
  llvm::outs() << path << ": " << cases.size() << " cases, " << failures << " failures\n";
  // A file without cases checks nothing.
  return failures || cases.empty();
}

int main(int argc, char **argv) {
  if (argc < 3) {
    llvm::errs() << "usage: composite-check RUNTIME.a FILE.json...\n";
    return 2;
  }
  int bad = 0;
  for (int i = 2; i < argc; ++i)
    bad |= checkGroup(argv[1], argv[i]);
  return bad;
}
