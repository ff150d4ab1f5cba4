// Driver.cpp - a stand-in for NVIDIA's libcuda.so.1: one device, which is emulated.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests of complete executables on machines without a GPU. The environment chooses what goes
// wrong:
//   GRADC_EMULATOR_SEED=N        the order in which threads run; default: theirs
//   GRADC_EMULATOR_DROP=KIND:N   a mutation of KIND's number N: see Mutation in Program.h
//   GRADC_EMULATOR_FAULT=KIND    no-device, old-device, old-driver, start, memory, kernel or cubin
//   GRADC_EMULATOR_CAPABILITY=N  of the device: 90 (the default) for 9.0
//   GRADC_EMULATOR_TRACE=1       say on standard error what is loaded
#include "Memory.h"
#include "Program.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace emulator;

namespace {

enum Result {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  NoDevice = 100,
  InvalidImage = 200,
  NoBinary = 209,
  UnsupportedPtx = 222,
  NotFound = 500,
  LaunchFailed = 719,
};

struct Opened {
  Opened() { open(); }
  ~Opened() { close(); }
};

std::map<std::string, Kernel> kernels;
bool initialized = false;
int lost = Success; // after a failed launch nothing works any more

std::string setting(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}
bool faults(const char *kind) { return setting("GRADC_EMULATOR_FAULT") == kind; }

int capability() {
  std::string value = setting("GRADC_EMULATOR_CAPABILITY");
  return faults("old-device") ? 70 : value.empty() ? 90 : atoi(value.c_str());
}

int copy(void *to, const void *from, size_t bytes) {
  if (lost)
    return lost;
  Opened memory;
  memmove(to, from, bytes);
  return Success;
}

} // namespace

#define EXPORT extern "C" __attribute__((visibility("default"))) int

EXPORT cuInit(unsigned) {
  if (faults("no-device"))
    return NoDevice;
  if (faults("start"))
    return NotInitialized;
  initialized = true;
  return Success;
}

EXPORT cuDeviceGetCount(int *count) {
  *count = 1;
  return initialized ? Success : NotInitialized;
}
EXPORT cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return ordinal ? InvalidValue : Success;
}
EXPORT cuDeviceGetName(char *name, int size, int) {
  snprintf(name, size_t(size), "Emulator");
  return Success;
}
EXPORT cuDeviceGetAttribute(int *value, int attribute, int) {
  *value = attribute == 75 ? capability() / 10 : attribute == 76 ? capability() % 10 : 0;
  return Success;
}
EXPORT cuDevicePrimaryCtxRetain(void **context, int) {
  *context = &kernels;
  return Success;
}
EXPORT cuCtxSetCurrent(void *) { return Success; }

EXPORT cuModuleLoadData(void **module, const void *image) {
  if (faults("old-driver"))
    return UnsupportedPtx;
  std::string why, drop = setting("GRADC_EMULATOR_DROP");
  size_t colon = drop.find(':');
  Mutation mutation;
  if (colon != std::string::npos)
    mutation = {drop.substr(0, colon), unsigned(atoi(drop.c_str() + colon + 1))};
  int made = int(capabilityOf(image));
  if (made && (faults("cubin") || made / 10 != capability() / 10 || made > capability()))
    return NoBinary;
  if (!setting("GRADC_EMULATOR_TRACE").empty())
    fprintf(stderr, "emulator: loads %s%s\n", made ? "the cubin for sm_" : "PTX",
            made ? std::to_string(made).c_str() : "");
  kernels = load(image, mutation, why);
  *module = &kernels;
  if (why.empty())
    return Success;
  fprintf(stderr, "emulator: %s\n", why.c_str());
  return InvalidImage;
}

EXPORT cuModuleGetFunction(void **function, void *, const char *name) {
  auto found = kernels.find(name);
  if (found == kernels.end())
    return NotFound;
  *function = &found->second;
  return Success;
}

EXPORT cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  char *p = faults("memory") ? nullptr : allocate(bytes ? bytes : 1);
  close();
  *address = reinterpret_cast<uint64_t>(p);
  return p ? Success : OutOfMemory;
}
EXPORT cuMemGetInfo_v2(size_t *unused, size_t *all) {
  *unused = 1000;
  *all = 2000;
  return Success;
}

EXPORT cuStreamCreate(void **stream, unsigned) {
  *stream = &lost;
  return Success;
}
EXPORT cuStreamSynchronize(void *) { return lost; }

EXPORT cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *) {
  return copy(reinterpret_cast<void *>(to), from, bytes);
}
EXPORT cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *) {
  return copy(to, reinterpret_cast<void *>(from), bytes);
}
EXPORT cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *) {
  return copy(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), bytes);
}

EXPORT cuLaunchKernel(void *function, unsigned gridX, unsigned gridY, unsigned gridZ,
                      unsigned blockX, unsigned blockY, unsigned blockZ, unsigned, void *,
                      void **parameters, void **) {
  auto *kernel = static_cast<Kernel *>(function);
  if (lost)
    return lost;
  if (!gridX || !blockX || gridY * gridZ * blockY * blockZ != 1 || blockX > kernel->mostThreads ||
      blockX % 32)
    return InvalidValue;
  Opened memory;
  uint64_t seed = strtoull(setting("GRADC_EMULATOR_SEED").c_str(), nullptr, 10);
  std::string why = launch(kernel->entry, parameters, gridX, blockX, seed);
  if (faults("kernel"))
    why = "a fault was asked for";
  if (why.empty())
    return Success;
  fprintf(stderr, "emulator: kernel %s: %s\n", kernel->name.c_str(), why.c_str());
  lost = LaunchFailed; // told at the next synchronization, as by a device
  return Success;
}

EXPORT cuGetErrorString(int code, const char **text) {
  switch (code) {
  case OutOfMemory:
    *text = "out of memory";
    break;
  case NotInitialized:
    *text = "initialization error";
    break;
  case InvalidImage:
    *text = "device kernel image is invalid";
    break;
  case LaunchFailed:
    *text = "unspecified launch failure";
    break;
  default:
    *text = "an error of the emulator";
  }
  return Success;
}
