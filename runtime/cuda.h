// cuda.h - the few entry points of NVIDIA's driver that the runtime uses, found at run time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_CUDA_H
#define GRADC_CUDA_H

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
// Of cuDeviceGetAttribute.
enum { CU_CAPABILITY_MAJOR = 75, CU_CAPABILITY_MINOR = 76 };

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
  X(cuGetErrorString, (cu_result, const char **))

typedef struct gradc_cuda_driver {
#define GRADC_FIELD(name, arguments) cu_result(*name) arguments;
  GRADC_CUDA_FUNCTIONS(GRADC_FIELD)
#undef GRADC_FIELD
} gradc_cuda_driver;

#endif // GRADC_CUDA_H
