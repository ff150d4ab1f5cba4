// Driver.cpp - a stand-in for NVIDIA's libcuda.so.1: one device, which is emulated.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests of complete executables on machines without a GPU. The environment chooses what goes
// wrong:
//   GRADC_EMULATOR_SEED=N        the order in which threads run; default: theirs
//   GRADC_EMULATOR_DROP=KIND:N   a mutation of KIND's number N: see Mutation in Program.h; KIND
//   "wait": the
//                                host does not wait for the device
//   GRADC_EMULATOR_FAULT=KIND    no-device, old-device, old-driver, start, memory, pinned, kernel
//   or cubin GRADC_EMULATOR_CAPABILITY=N  of the device: 90 (the default) for 9.0
//   GRADC_EMULATOR_TRACE=1       say on standard error what is loaded; 2: copied and captured, too
//
// As on a device, launches and copies are done later: when the host waits for them. What a copy out
// of pinned memory takes is what stands there then.
#include "Memory.h"
#include "Program.h"
#include "Stream.h"
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
  NotReady = 600,
  CaptureUnsupported = 900,
  CaptureInvalidated = 901,
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

Stream stream;
/// How often the host has waited; tests look for a number that it never comes to.
struct Waits {
  unsigned count = 0;
  ~Waits() {
    std::string drop = setting("GRADC_EMULATOR_DROP");
    if (drop.rfind("wait:", 0) == 0 && unsigned(atoi(drop.c_str() + 5)) >= count)
      fprintf(stderr, "emulator: there is no wait number %s\n", drop.c_str() + 5);
  }
} waits;

bool traces() { return setting("GRADC_EMULATOR_TRACE") == "2"; }

/// A call that is not allowed while a graph is captured.
bool isForbidden() {
  if (!stream.captures())
    return false;
  stream.violate();
  return true;
}

/// A mutation: the host goes on too early.
bool forgetsToWait() {
  return setting("GRADC_EMULATOR_DROP") == "wait:" + std::to_string(waits.count++);
}

/// Rows of `width` bytes; of contiguous memory one row.
struct Rows {
  char *to;
  const char *from;
  size_t width, height = 1, toPitch = 0, fromPitch = 0;
};

void move(const Rows &r) {
  if (lost)
    return;
  Opened memory;
  for (size_t i = 0; i < r.height; ++i)
    memmove(r.to + i * r.toPitch, r.from + i * r.fromPitch, r.width);
}

int copyOnDevice(const Rows &r) {
  if (lost)
    return lost;
  stream.add([r] { move(r); });
  return Success;
}

/// Other memory than pinned one is read at once, by way of memory of the driver's own.
int copyToDevice(const Rows &r) {
  if (lost)
    return lost;
  if (traces())
    fprintf(stderr, "emulator: copies %zu bytes to the device\n", r.width * r.height);
  if (isPinned(r.from))
    return copyOnDevice(r);
  if (isForbidden())
    return CaptureUnsupported;
  auto content = std::make_shared<std::string>();
  for (size_t i = 0; i < r.height; ++i)
    content->append(r.from + i * r.fromPitch, r.width);
  stream.add(
      [r, content] { move({r.to, content->data(), r.width, r.height, r.toPitch, r.width}); });
  return Success;
}

int copyToHost(const Rows &r) {
  if (lost)
    return lost;
  if (traces())
    fprintf(stderr, "emulator: copies %zu bytes to the host\n", r.width * r.height);
  if (isPinned(r.to)) {
    for (size_t i = 0; i < r.height; ++i)
      memset(r.to + i * r.toPitch, 0xff, r.width); // until it has come
    return copyOnDevice(r);
  }
  if (isForbidden())
    return CaptureUnsupported;
  stream.finish();
  move(r);
  return lost;
}

void run(const Kernel &kernel, unsigned grid, unsigned block, std::vector<std::string> values) {
  if (lost)
    return;
  std::vector<void *> parameters;
  for (std::string &value : values)
    parameters.push_back(value.data());
  Opened memory;
  uint64_t seed = strtoull(setting("GRADC_EMULATOR_SEED").c_str(), nullptr, 10);
  std::string why = launch(kernel.entry, parameters.data(), grid, block, seed);
  if (faults("kernel"))
    why = "a fault was asked for";
  if (why.empty())
    return;
  fprintf(stderr, "emulator: kernel %s: %s\n", kernel.name.c_str(), why.c_str());
  lost = LaunchFailed; // told at the next synchronization, as by a device
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
  if (isForbidden())
    return CaptureUnsupported;
  if (faults("old-driver"))
    return UnsupportedPtx;
  std::string why, drop = setting("GRADC_EMULATOR_DROP");
  size_t colon = drop.find(':');
  Mutation mutation;
  if (colon != std::string::npos && drop.substr(0, colon) != "wait")
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
  if (isForbidden())
    return CaptureUnsupported;
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
EXPORT cuStreamSynchronize(void *) {
  if (isForbidden())
    return CaptureUnsupported;
  if (!forgetsToWait())
    stream.finish();
  return lost;
}

EXPORT cuMemHostAlloc(void **memory, size_t bytes, unsigned) {
  if (isForbidden())
    return CaptureUnsupported;
  *memory = faults("pinned") ? nullptr : allocatePinned(bytes);
  return *memory ? Success : OutOfMemory;
}

EXPORT cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *) {
  return copyToDevice({reinterpret_cast<char *>(to), static_cast<const char *>(from), bytes});
}
EXPORT cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *) {
  return copyToHost({static_cast<char *>(to), reinterpret_cast<const char *>(from), bytes});
}
EXPORT cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *) {
  return copyOnDevice({reinterpret_cast<char *>(to), reinterpret_cast<const char *>(from), bytes});
}

/// CUDA_MEMCPY2D.
struct Copy2D {
  size_t fromX, fromY;
  int fromKind;
  const void *fromHost;
  uint64_t fromDevice;
  void *fromArray;
  size_t fromPitch, toX, toY;
  int toKind;
  void *toHost;
  uint64_t toDevice;
  void *toArray;
  size_t toPitch, width, height;
};

EXPORT cuMemcpy2DAsync_v2(const Copy2D *c, void *) {
  constexpr int onHost = 1, onDevice = 2;
  bool isUpload = c->fromKind == onHost && c->toKind == onDevice;
  bool isDownload = c->fromKind == onDevice && c->toKind == onHost;
  if ((!isUpload && !isDownload) || c->fromX || c->fromY || c->toX || c->toY ||
      c->fromPitch < c->width || c->toPitch < c->width)
    return InvalidValue;
  Rows rows{isUpload ? reinterpret_cast<char *>(c->toDevice) : static_cast<char *>(c->toHost),
            isUpload ? static_cast<const char *>(c->fromHost)
                     : reinterpret_cast<const char *>(c->fromDevice),
            c->width,
            c->height,
            c->toPitch,
            c->fromPitch};
  return isUpload ? copyToDevice(rows) : copyToHost(rows);
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
  std::vector<std::string> values;
  for (size_t i = 0; i < kernel->parameterBytes.size(); ++i)
    values.emplace_back(static_cast<const char *>(parameters[i]), kernel->parameterBytes[i]);
  stream.add([=] { run(*kernel, gridX, blockX, values); });
  return Success;
}

EXPORT cuEventCreate(void **event, unsigned) {
  *event = new Event;
  return Success;
}
EXPORT cuEventRecord(void *event, void *) {
  if (isForbidden())
    return CaptureUnsupported;
  stream.record(*static_cast<Event *>(event));
  return Success;
}
EXPORT cuEventSynchronize(void *event) {
  if (isForbidden())
    return CaptureUnsupported;
  if (!forgetsToWait())
    stream.finish(*static_cast<Event *>(event));
  return lost;
}
EXPORT cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
  const auto *a = static_cast<Event *>(begin), *z = static_cast<Event *>(end);
  if (!a->recorded || !a->done || !z->recorded || !z->done)
    return NotReady;
  *milliseconds = float(z->time - a->time);
  return Success;
}

EXPORT cuStreamBeginCapture_v2(void *, int) {
  if (isForbidden())
    return CaptureUnsupported;
  stream.beginCapture();
  return Success;
}
EXPORT cuStreamEndCapture(void *, void **graph) {
  if (!stream.captures())
    return InvalidValue;
  std::unique_ptr<Graph> captured = stream.endCapture();
  if (!captured || faults("capture"))
    return CaptureInvalidated;
  if (traces())
    fprintf(stderr, "emulator: captures %zu launches and copies\n", captured->size());
  *graph = captured.release();
  return Success;
}
EXPORT cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long) {
  if (isForbidden())
    return CaptureUnsupported;
  *executable = graph;
  return Success;
}
EXPORT cuGraphLaunch(void *executable, void *) {
  if (isForbidden())
    return CaptureUnsupported;
  if (traces())
    fprintf(stderr, "emulator: launches a graph\n");
  stream.launch(*static_cast<Graph *>(executable));
  return lost;
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
