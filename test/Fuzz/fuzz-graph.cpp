// fuzz-graph.cpp - bytes as graph JSON: never a crash, never an error of gradc itself.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Built twice: to the ag dialect and back to canonical JSON, and with GRADC_FUZZ_STAGES through all
// stages that work on MLIR.
#include "gradc/Import/Import.h"
#include "gradc/Pipeline/Pipeline.h"
#include "mlir/IR/Verifier.h"
#include "mutate-json.h"
#include <cstdlib>

using namespace gradc;

/// Larger tensors and longer loops say nothing new and take long.
static bool isSmall(mlir::ModuleOp module) {
  bool small = true;
  module.walk([&](mlir::Operation *op) {
    for (mlir::Type type : op->getResultTypes())
      if (auto tensor = llvm::dyn_cast<mlir::RankedTensorType>(type))
        small &= tensor.getNumElements() < (1 << 16) && tensor.getRank() < 16;
  });
  return small;
}

[[maybe_unused]] static void checkStages(Compiler &compiler) {
  if (isSmall(compiler.module()) && compiler.runThrough(Stage::Schedule) == Outcome::Internal)
    abort();
}

[[maybe_unused]] static void checkImport(Compiler &compiler) {
  if (failed(mlir::verify(compiler.module())))
    abort();
  std::string text;
  llvm::raw_string_ostream os(text);
  if (isSmall(compiler.module()) && failed(exportGraphJson(compiler.module(), os)))
    abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  // Only graph JSON that stands for itself: MLIR text has fuzzers upstream.
  if (!bytes.ltrim().starts_with("{") || bytes.contains("\"load\""))
    return 0;
  CompileOptions options;
  options.name = "fuzz";
  Compiler compiler(options);
  mlir::ScopedDiagnosticHandler quiet(&compiler.context(),
                                      [](mlir::Diagnostic &) { return mlir::success(); });
  if (compiler.loadBuffer(bytes, "fuzz.json") != Outcome::Done)
    return 0;
#ifdef GRADC_FUZZ_STAGES
  checkStages(compiler);
#else
  checkImport(compiler);
#endif
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  return fuzz::mutateJson(data, size, most, seed);
}
