// Program.h - kernels of an image, made to run on a CPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_EMULATOR_PROGRAM_H
#define GRADC_TEST_EMULATOR_PROGRAM_H

#include "Simt.h"
#include <map>
#include <string>

namespace emulator {

struct Kernel {
  std::string name;
  Entry entry = nullptr;
  uint32_t mostThreads = 1024; // of a block, as the kernel promises
  std::vector<uint32_t> parameterBytes;
};

/// What a mutation changes, and which of its kind in the order of the module: calls of a "barrier",
/// "warp" or "shuffle" do nothing; an "index" is the next one; a "swap" exchanges the parts of an
/// index; a "bound" is one larger.
struct Mutation {
  std::string kind;
  unsigned number = 0;
};

/// The capability that an image is for as a cubin is, or 0 for one that stands for PTX.
uint64_t capabilityOf(const void *image);

/// The kernels of an image: LLVM IR as bitcode. Empty, with the reason in `why`, after an error.
std::map<std::string, Kernel> load(const void *image, const Mutation &mutation, std::string &why);

} // namespace emulator

#endif
