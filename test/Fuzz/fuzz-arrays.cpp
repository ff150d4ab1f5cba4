// fuzz-arrays.cpp - bytes as .npy, .npz and .safetensors files, as the compiler reads them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Npy.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringRef.h"
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace gradc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static mlir::MLIRContext *context = new mlir::MLIRContext(mlir::MLIRContext::Threading::DISABLED);
  // Attributes live as long as their context.
  static unsigned uses = 0;
  if (++uses % 4096 == 0) {
    delete context;
    context = new mlir::MLIRContext(mlir::MLIRContext::Threading::DISABLED);
  }
  int file = memfd_create("fuzz", 0);
  if (file < 0 || write(file, data, size) != ssize_t(size))
    abort();
  std::string path = "/proc/self/fd/" + std::to_string(file);
  for (llvm::StringRef key : {"", "x", "w", "a"}) {
    std::string problem;
    // A failure says why.
    if (!graph::readArray(context, path, key, problem) && problem.empty())
      abort();
  }
  close(file);
  return 0;
}
