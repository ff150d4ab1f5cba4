// gradc-batch.cpp - compiles and runs many programs in one process.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   gradc-batch [-O0..3]      reads programs (graph JSON of scripts), one a line, from standard
//   input;
//                             writes one line of JSON for each: what it printed, or its error
//
// Every stage runs as in gradc, but the object is loaded instead of linked: ten times as fast as
// an executable a program. What a program prints is written element by element, to the bit.
#include "gradc/Pipeline/Pipeline.h"
#include "gradc_abi.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iostream>

using namespace gradc;
using namespace llvm;

static std::string printed; // the JSON of the statements that ran so far

//===-- What programs print -------------------------------------------------------------------===//

static double widen(uint16_t bits, unsigned mantissa) {
  // Both formats of 16 bits: sign, exponent, mantissa.
  unsigned exponentBits = 15 - mantissa;
  int bias = (1 << (exponentBits - 1)) - 1;
  int exponent = (bits >> mantissa) & ((1 << exponentBits) - 1);
  double fraction = bits & ((1 << mantissa) - 1), sign = bits >> 15 ? -1 : 1;
  if (exponent == (1 << exponentBits) - 1)
    return fraction != 0 ? NAN : sign * INFINITY;
  if (exponent == 0)
    return sign * std::ldexp(fraction, 1 - bias - int(mantissa));
  return sign * std::ldexp(fraction + (1 << mantissa), exponent - bias - int(mantissa));
}

template <typename T> static T at(const void *data, int64_t i) {
  T element;
  std::memcpy(&element, static_cast<const char *>(data) + i * sizeof(T), sizeof(T));
  return element;
}

static void writeFloat(raw_ostream &os, double x) {
  if (std::isnan(x))
    os << "NaN";
  else if (std::isinf(x))
    os << (x < 0 ? "-Infinity" : "Infinity");
  else if (x == 0)
    os << (std::signbit(x) ? "-0.0" : "0.0");
  else
    os << format("%.17g", x);
}

static void writeElement(raw_ostream &os, const gradc_value &v, int64_t i) {
  switch (v.dtype) {
  case GRADC_F32:
    return writeFloat(os, at<float>(v.data, i));
  case GRADC_F64:
    return writeFloat(os, at<double>(v.data, i));
  case GRADC_F16:
    return writeFloat(os, widen(at<uint16_t>(v.data, i), 10));
  case GRADC_BF16:
    return writeFloat(os, widen(at<uint16_t>(v.data, i), 7));
  case GRADC_I8:
    os << int(at<int8_t>(v.data, i));
    return;
  case GRADC_I16:
    os << at<int16_t>(v.data, i);
    return;
  case GRADC_I32:
    os << at<int32_t>(v.data, i);
    return;
  case GRADC_I64:
    os << at<int64_t>(v.data, i);
    return;
  default:
    os << unsigned(at<uint8_t>(v.data, i));
  }
}

static void writeValue(raw_ostream &os, const gradc_value &v) {
  if (v.what == GRADC_VALUE_NONE) {
    os << "null";
    return;
  }
  if (v.what == GRADC_VALUE_TEXT) {
    os << json::Value(v.text);
    return;
  }
  int64_t n = 1;
  os << "{\"dtype\":\"" << gradc_rt_dtype_name(v.dtype) << "\",\"shape\":[";
  for (uint32_t d = 0; d < v.rank; ++d) {
    n *= v.shape[d];
    os << (d ? "," : "") << v.shape[d];
  }
  bool requiresGrad = v.text || (v.flags & GRADC_VALUE_REQUIRES_GRAD);
  os << "],\"grad\":" << (requiresGrad ? "true" : "false") << ",\"data\":[";
  for (int64_t i = 0; i < n; ++i) {
    os << (i ? "," : "");
    writeElement(os, v, i);
  }
  os << "]}";
}

static void recordPrint(const gradc_value *values, uint32_t n) {
  raw_string_ostream os(printed);
  os << (printed.empty() ? "[" : ",[");
  for (uint32_t i = 0; i < n; ++i) {
    os << (i ? "," : "");
    writeValue(os, values[i]);
  }
  os << "]";
}

//===-- Running an object ---------------------------------------------------------------------===//

/// What objects call of the runtime; libc and libm are in this process.
static Error defineRuntime(orc::LLJIT &jit) {
  std::pair<StringRef, void *> functions[] = {
      {"gradc_rt_print", (void *)recordPrint},
      {"gradc_rt_seed", (void *)gradc_rt_seed},
      {"gradc_rt_randn_f32", (void *)gradc_rt_randn_f32},
      {"gradc_rt_randn_f64", (void *)gradc_rt_randn_f64},
      {"gradc_rt_randn_f16", (void *)gradc_rt_randn_f16},
      {"gradc_rt_randn_bf16", (void *)gradc_rt_randn_bf16},
      {"gradc_rt_rand_f16", (void *)gradc_rt_rand_f16},
      {"gradc_rt_rand_bf16", (void *)gradc_rt_rand_bf16},
      {"gradc_rt_rand_f32", (void *)gradc_rt_rand_f32},
      {"gradc_rt_rand_f64", (void *)gradc_rt_rand_f64},
      {"gradc_rt_randint_i64", (void *)gradc_rt_randint_i64},
      {"gradc_rt_randperm_i64", (void *)gradc_rt_randperm_i64},
  };
  orc::SymbolMap symbols;
  for (auto [name, address] : functions)
    symbols[jit.mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(address),
                                          JITSymbolFlags::Exported};
  if (Error e = jit.getMainJITDylib().define(orc::absoluteSymbols(symbols)))
    return e;
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess('\0');
  if (!process)
    return process.takeError();
  jit.getMainJITDylib().addGenerator(std::move(*process));
  return Error::success();
}

static int callFunction(const gradc_program *program, void *self, StringRef name) {
  for (uint32_t i = 0; i < program->n_functions; ++i)
    if (program->functions[i].name == name)
      return program->functions[i].fn(self, nullptr, nullptr);
  return GRADC_OK;
}

/// Runs a script; its error code, or why it could not be loaded.
static Expected<int> runObject(StringRef object) {
  // Asking what the host is takes longer than most programs run.
  static auto host = orc::JITTargetMachineBuilder::detectHost();
  if (!host)
    return host.takeError();
  auto jit = orc::LLJITBuilder().setJITTargetMachineBuilder(*host).create();
  if (!jit)
    return jit.takeError();
  if (Error e = defineRuntime(**jit))
    return std::move(e);
  if (Error e = (*jit)->addObjectFile(MemoryBuffer::getMemBufferCopy(object)))
    return std::move(e);
  auto symbol = (*jit)->lookup("gradc_main_program");
  if (!symbol)
    return symbol.takeError();
  const gradc_program *program = *symbol->toPtr<const gradc_program *const *>();
  size_t size = (program->size + GRADC_ALIGNMENT - 1) / GRADC_ALIGNMENT * GRADC_ALIGNMENT;
  std::unique_ptr<void, void (*)(void *)> self(aligned_alloc(GRADC_ALIGNMENT, size), free);
  // Nobody promises what the arena holds: NaN in every float type shows who reads it unwritten.
  std::memset(self.get(), 0xff, size);
  int code = gradc_rt_init(program, self.get());
  if (!code)
    code = callFunction(program, self.get(), "init");
  return code ? code : callFunction(program, self.get(), "main");
}

//===-- One program ---------------------------------------------------------------------------===//

static std::string place(mlir::Location loc) {
  std::string text;
  loc->walk([&](mlir::Location part) {
    auto position = dyn_cast<mlir::FileLineColLoc>(part);
    if (!position)
      return mlir::WalkResult::advance();
    text = std::to_string(position.getLine()) + ":" + std::to_string(position.getColumn());
    return mlir::WalkResult::interrupt();
  });
  return text;
}

/// Loading the dialects takes as long as a small program; what a context has uniqued stays, though.
static mlir::MLIRContext &sharedContext() {
  static constexpr unsigned kUses = 200;
  static unsigned uses = 0;
  static std::unique_ptr<mlir::MLIRContext> context;
  if (uses++ % kUses == 0) {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    context.reset(new mlir::MLIRContext(registry, mlir::MLIRContext::Threading::DISABLED));
  }
  return *context;
}

static json::Object runProgram(StringRef text, unsigned optLevel) {
  CompileOptions options;
  options.name = "program";
  options.optLevel = optLevel;
  options.verifyEach = true;
  Compiler compiler(options, sharedContext());
  json::Array messages;
  mlir::ScopedDiagnosticHandler handler(&compiler.context(), [&](mlir::Diagnostic &d) {
    messages.push_back(json::Array{place(d.getLocation()), d.str()});
    for (mlir::Diagnostic &note : d.getNotes())
      messages.push_back(json::Array{place(note.getLocation()), note.str()});
    return mlir::success();
  });
  Outcome outcome = compiler.loadBuffer(text, "program.json");
  if (outcome == Outcome::Done)
    outcome = compiler.runThrough(Stage::Link);
  json::Object result{{"outcome", int(outcome)}};
  if (outcome != Outcome::Done) {
    result["stage"] = infoOf(compiler.current()).name;
    result["messages"] = std::move(messages);
    return result;
  }
  Expected<int> code = runObject({compiler.object().code.data(), compiler.object().code.size()});
  if (!code) {
    result["outcome"] = int(Outcome::Internal);
    result["messages"] = json::Array{json::Array{"", toString(code.takeError())}};
  } else if (*code) {
    result["outcome"] = int(Outcome::InputError);
    result["stage"] = "run";
    result["messages"] = json::Array{json::Array{"", gradc_rt_error_text(*code)}};
  }
  return result;
}

int main(int argc, char **argv) {
  unsigned optLevel = 1;
  if (argc == 2 && StringRef(argv[1]).starts_with("-O"))
    optLevel = unsigned(argv[1][2] - '0');
  if (argc > 2 || optLevel > 3 || (argc == 2 && std::strlen(argv[1]) != 3)) {
    errs() << "usage: gradc-batch [-O0|-O1|-O2|-O3]\n";
    return 2;
  }
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  InitializeNativeTargetAsmParser();
  std::string line;
  while (std::getline(std::cin, line)) {
    printed.clear();
    json::Object result = runProgram(line, optLevel);
    // The prints are JSON already, and may hold NaN, which llvm::json does not write.
    std::string head;
    raw_string_ostream(head) << json::Value(std::move(result));
    head.pop_back();
    std::cout << head << ",\"prints\":[" << printed << "]}" << std::endl;
  }
  return 0;
}
