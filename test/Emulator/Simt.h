// Simt.h - runs the threads of a kernel, block after block, a fiber a thread.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_EMULATOR_SIMT_H
#define GRADC_TEST_EMULATOR_SIMT_H

#include <cstdint>
#include <string>
#include <vector>

namespace emulator {

using Entry = void (*)(void **parameters);

/// Runs a kernel. Threads run in an order drawn by `seed`; 0: in theirs. What went wrong; empty if
/// nothing.
std::string launch(Entry entry, void **parameters, uint32_t grid, uint32_t block, uint64_t seed);

/// What kernels call in the place of NVIDIA's intrinsics, and before every access to memory.
struct Symbol {
  const char *name;
  void *address;
};
std::vector<Symbol> symbols();

} // namespace emulator

#endif
