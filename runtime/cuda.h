// cuda.h - the few entry points of NVIDIA's driver that the runtime uses, found at run time, and
// the state of a device.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_CUDA_H
#define GRADC_CUDA_H

#include "gradc_abi.h"

#include <stddef.h>
#include <stdint.h>

// Our own declarations of the driver's interface ("CUDA Driver API", docs.nvidia.com/cuda): a build
// needs no file of NVIDIA's.
typedef int cu_result;       // 0: success
typedef uint64_t cu_address; // of device memory
typedef struct cu_opaque *cu_handle;

enum {
  CU_OUT_OF_MEMORY = 2,
  CU_NO_DEVICE = 100,
  CU_NO_BINARY = 209,
  CU_INVALID_PTX = 218,
  CU_UNSUPPORTED_PTX = 222
};
// Of cuStreamBeginCapture: what other threads do is no concern of ours.
enum { CU_CAPTURE_THREAD_LOCAL = 1 };
enum { CU_ON_HOST = 1, CU_ON_DEVICE = 2 };
// Of cuDeviceGetAttribute.
enum { CU_CAPABILITY_MAJOR = 75, CU_CAPABILITY_MINOR = 76 };

// Rows of `width` bytes between a place of the host and one of the device: CUDA_MEMCPY2D.
typedef struct cu_rows {
  size_t from_x, from_y;
  int from_kind;
  const void *from_host;
  cu_address from_device;
  void *from_array;
  size_t from_pitch, to_x, to_y;
  int to_kind;
  void *to_host;
  cu_address to_device;
  void *to_array;
  size_t to_pitch, width, height;
} cu_rows;

#define GRADC_CUDA_FUNCTIONS(X)                                                                    \
  X(cuInit, (unsigned))                                                                            \
  X(cuDeviceGetCount, (int *))                                                                     \
  X(cuDeviceGet, (int *, int))                                                                     \
  X(cuDeviceGetName, (char *, int, int))                                                           \
  X(cuDeviceGetAttribute, (int *, int, int))                                                       \
  X(cuDevicePrimaryCtxRetain, (cu_handle *, int))                                                  \
  X(cuCtxSetCurrent, (cu_handle))                                                                  \
  X(cuModuleLoadData, (cu_handle *, const void *))                                                 \
  X(cuModuleGetFunction, (cu_handle *, cu_handle, const char *))                                   \
  X(cuMemAlloc_v2, (cu_address *, size_t))                                                         \
  X(cuMemGetInfo_v2, (size_t *, size_t *))                                                         \
  X(cuStreamCreate, (cu_handle *, unsigned))                                                       \
  X(cuStreamSynchronize, (cu_handle))                                                              \
  X(cuMemcpyHtoDAsync_v2, (cu_address, const void *, size_t, cu_handle))                           \
  X(cuMemcpyDtoHAsync_v2, (void *, cu_address, size_t, cu_handle))                                 \
  X(cuMemcpyDtoDAsync_v2, (cu_address, cu_address, size_t, cu_handle))                             \
  X(cuLaunchKernel, (cu_handle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,        \
                     unsigned, cu_handle, void **, void **))                                       \
  X(cuGetErrorString, (cu_result, const char **))                                                  \
  X(cuMemHostAlloc, (void **, size_t, unsigned))                                                   \
  X(cuMemcpy2DAsync_v2, (const cu_rows *, cu_handle))                                              \
  X(cuEventCreate, (cu_handle *, unsigned))                                                        \
  X(cuEventRecord, (cu_handle, cu_handle))                                                         \
  X(cuEventSynchronize, (cu_handle))                                                               \
  X(cuEventElapsedTime, (float *, cu_handle, cu_handle))                                           \
  X(cuStreamBeginCapture_v2, (cu_handle, int))                                                     \
  X(cuStreamEndCapture, (cu_handle, cu_handle *))                                                  \
  X(cuGraphInstantiateWithFlags, (cu_handle *, cu_handle, unsigned long long))                     \
  X(cuGraphLaunch, (cu_handle, cu_handle))

typedef struct gradc_cuda_driver {
#define GRADC_FIELD(name, arguments) cu_result(*name) arguments;
  GRADC_CUDA_FUNCTIONS(GRADC_FIELD)
#undef GRADC_FIELD
} gradc_cuda_driver;

enum { CUDA_NAME_CHARS = 96, CUDA_TEXT_CHARS = 320, STAGING_BYTES = 4 << 20, STAGING_ROOM = 64 };

// Host memory of one host operation: draws and prints.
typedef struct cuda_room {
  struct cuda_room *next;
  uint64_t bytes;
  int taken;
} cuda_room;

// What waits in pinned memory for the host: rows that lie one behind another there.
typedef struct cuda_arrival {
  char *to;
  uint64_t at, width, pitch, height;
} cuda_arrival;

// Pinned memory that copies go through. One half is filled while the device works with the other.
typedef struct cuda_half {
  char *memory;
  cu_handle done; // recorded when the half is left
  uint64_t used;
  int recorded;
  uint32_t n_arrivals;
  cuda_arrival arrivals[STAGING_ROOM];
} cuda_half;

// Launches and copies that are the same at every run: plain at the first, captured at the second.
typedef struct cuda_segment {
  uint64_t runs;
  cu_handle graph;
} cuda_segment;

struct gradc_device {
  gradc_cuda_driver cu;
  const gradc_program *program;
  const gradc_device_code *code;
  cu_handle stream, *kernels;
  cu_address base, *inputs, *outputs, workspace;
  uint64_t variables, variables_end; // the part of the handle that is the device's
  cuda_room *rooms;
  cuda_half halves[2];
  unsigned half;
  cuda_segment *segments;
  uint64_t n_segments;
  int captures, plain;  // within a capture; graphs are switched off
  cu_handle begin, end; // events of --profile
  uint32_t capability;  // 80 for 8.0
  int host_is_newer, device_is_newer;
  int failed;
  char text[CUDA_TEXT_CHARS], name[CUDA_NAME_CHARS];
};

// The first error is kept.
void gradc_cuda_fail(gradc_device *d, cu_result code, const char *what);
void gradc_cuda_check(gradc_device *d, cu_result code, const char *what);

// Pinned memory, or an error.
int gradc_cuda_open_staging(gradc_device *d);
// The source may change as soon as these return.
void gradc_cuda_upload(gradc_device *d, cu_address to, const void *from, uint64_t bytes);
// `to` has its bytes after gradc_cuda_drain.
void gradc_cuda_download(gradc_device *d, void *to, cu_address from, uint64_t bytes);
void gradc_cuda_drain(gradc_device *d);
// What `sizes` (by size of the program) cover of a tensor; the rest of its room stays as it is.
void gradc_cuda_upload_tensor(gradc_device *d, const gradc_tensor *tensor, const int64_t *sizes,
                              cu_address to, const void *from);
void gradc_cuda_download_tensor(gradc_device *d, const gradc_tensor *tensor, const int64_t *sizes,
                                void *to, cu_address from);

#endif // GRADC_CUDA_H
