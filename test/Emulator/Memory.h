// Memory.h - memory of the emulated device: bounds, and who read and wrote what.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_EMULATOR_MEMORY_H
#define GRADC_TEST_EMULATOR_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace emulator {

/// Who makes an access, and when: block barriers and warp barriers that the thread has passed.
struct Access {
  uint64_t launch;
  uint32_t block;
  uint16_t thread, epoch, warpEpoch;
  bool isWrite;
};

/// Device memory. Outside of calls of the driver nobody may touch it.
char *allocate(size_t bytes);
void open();
void close();

/// Memory of a block, of a kernel's module.
void addShared(char *begin, size_t bytes);
/// What a block finds there: NaN.
void poisonShared();

/// Notes an access of `bytes` at `p`. What is wrong with it; empty if nothing. `base` and `extent`
/// say which buffer it should stay in, where that is known (extent > 0).
std::string note(const char *p, unsigned bytes, unsigned alignment, const char *base,
                 uint64_t extent, const Access &access);

} // namespace emulator

#endif
