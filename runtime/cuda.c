// cuda.c - runs a program's functions on a CUDA device.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device has one block of memory:
//
//     [copy of the handle | inputs | outputs | workspace of the kernels], each at a multiple of 256
//
// Everything is done in program order on one stream. The first error is kept, what follows it does
// nothing, and the call that it happened in returns GRADC_ERROR_DEVICE.
#include "cuda.h"
#include "device.h"
#include "hosted.h"
#include "number.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACE_ALIGNMENT = 256 };

// ---- errors ----

void gradc_cuda_fail(gradc_device *d, cu_result code, const char *what) {
  const char *text = NULL;
  if (d->failed)
    return;
  d->failed = 1;
  if (d->cu.cuGetErrorString(code, &text) || !text)
    text = "unknown error";
  snprintf(d->text, sizeof d->text, "%s: %s (CUDA error %d)", what, text, code);
}

void gradc_cuda_check(gradc_device *d, cu_result code, const char *what) {
  if (code)
    gradc_cuda_fail(d, code, what);
}

// ---- calls ----

static uint64_t bytes_of(const gradc_tensor *t) {
  uint64_t bytes = gradc_rt_dtype_bytes(t->dtype);
  for (uint32_t i = 0; i < t->rank; ++i)
    bytes *= (uint64_t)t->shape[i];
  return bytes;
}

static float loss_of(const void *data, uint32_t dtype) {
  double wide;
  uint16_t half;
  float value;
  switch (dtype) {
  case GRADC_F64:
    memcpy(&wide, data, sizeof wide);
    return (float)wide;
  case GRADC_F16:
    memcpy(&half, data, sizeof half);
    return (float)gradc_widen_f16(half);
  case GRADC_BF16:
    memcpy(&half, data, sizeof half);
    return (float)gradc_widen_bf16(half);
  default:
    memcpy(&value, data, sizeof value);
    return value;
  }
}

static void push(gradc_device *d, void *self) {
  if (d->host_is_newer)
    gradc_cuda_upload(d, d->base + d->variables, (char *)self + d->variables,
                      d->variables_end - d->variables);
  d->host_is_newer = 0;
}

static int pull(gradc_device *d, void *self) {
  if (d->device_is_newer) {
    gradc_cuda_download(d, (char *)self + d->variables, d->base + d->variables,
                        d->variables_end - d->variables);
    gradc_cuda_drain(d);
  }
  d->device_is_newer = 0;
  return d->failed ? GRADC_ERROR_DEVICE : GRADC_OK;
}

static void changed(gradc_device *d) { d->host_is_newer = 1; }

// The sizes of a call, which are among its inputs; of a function that has none of them, the
// largest.
static void find_sizes(const gradc_program *p, const gradc_function *f, const void *const *inputs,
                       int64_t *sizes) {
  for (uint32_t k = 0; k < p->n_sizes; ++k) {
    sizes[k] = p->sizes[k].most;
    for (uint32_t i = 0; i < f->n_inputs; ++i)
      if (f->inputs[i] == p->sizes[k].input)
        memcpy(&sizes[k], inputs[i], sizeof sizes[k]);
  }
}

// Brings outputs to the host; a step has one, the loss.
static void take_outputs(gradc_device *d, const gradc_function *f, const int64_t *sizes,
                         void *const *outputs, float *loss) {
  uint64_t one = 0;
  for (uint32_t i = 0; i < f->n_outputs; ++i) {
    uint32_t index = f->outputs[i];
    gradc_cuda_download_tensor(d, &d->program->outputs[index], sizes, loss ? &one : outputs[i],
                               d->outputs[index]);
  }
  gradc_cuda_drain(d);
  if (loss)
    *loss = loss_of(&one, d->program->outputs[f->outputs[0]].dtype);
}

static int call(gradc_device *d, uint32_t index, void *self, const void *const *inputs,
                void *const *outputs, uint64_t n, float *loss) {
  const gradc_function *f = &d->program->functions[index];
  const gradc_device_function *twin = &d->code->functions[index];
  gradc_header *header = self;
  const void *in[f->n_inputs + 1];
  void *out[f->n_outputs + 1];
  int64_t sizes[d->program->n_sizes + 1];
  find_sizes(d->program, f, inputs, sizes);
  push(d, self);
  char is_alive = 1;
  if (twin->guard) {
    gradc_cuda_download(d, &is_alive, d->base + twin->guard, 1);
    gradc_cuda_drain(d);
  }
  if (!is_alive || d->failed)
    return d->failed ? GRADC_ERROR_DEVICE : GRADC_ERROR_FREED_GRAPH;
  for (uint32_t i = 0; i < f->n_inputs; ++i) {
    uint32_t input = f->inputs[i];
    in[i] = (const void *)(uintptr_t)d->inputs[input];
    gradc_cuda_upload_tensor(d, &d->program->inputs[input], sizes, d->inputs[input], inputs[i]);
  }
  for (uint32_t i = 0; i < f->n_outputs; ++i)
    out[i] = (void *)(uintptr_t)d->outputs[f->outputs[i]];
  for (uint32_t i = 0; i < twin->n_frees; ++i)
    gradc_cuda_upload(d, d->base + twin->frees[i], "", 1);
  uint64_t *code = &header->user[sizeof header->user / sizeof header->user[0] - 1];
  *code = GRADC_OK;
  d->device_is_newer = 1;
  twin->fn(d, (void *)(uintptr_t)d->base, self, in, out, n);
  take_outputs(d, f, sizes, outputs, loss);
  if (d->failed)
    return GRADC_ERROR_DEVICE;
  return twin->expects ? (int)(uint32_t)*code : GRADC_OK;
}

// ---- finding a device ----

static int load_driver(gradc_cuda_driver *cu, char *why, size_t size) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(why, size, "there is no NVIDIA driver (libcuda.so.1 was not found)");
    return 0;
  }
#define GRADC_FIND(name, arguments)                                                                \
  *(void **)&cu->name = dlsym(library, #name);                                                     \
  if (!cu->name) {                                                                                 \
    snprintf(why, size, "the NVIDIA driver is too old: it lacks " #name);                          \
    return 0;                                                                                      \
  }
  GRADC_CUDA_FUNCTIONS(GRADC_FIND)
#undef GRADC_FIND
  return 1;
}

static int find_device(gradc_device *d, int ordinal, int *device, char *why, size_t size) {
  gradc_cuda_driver *cu = &d->cu;
  int count = 0, major = 0, minor = 0;
  char model[64] = "";
  cu_result code = cu->cuInit(0);
  if (code && code != CU_NO_DEVICE) {
    gradc_cuda_fail(d, code, "the NVIDIA driver does not start");
    snprintf(why, size, "%s", d->text);
    return 0;
  }
  if (code || cu->cuDeviceGetCount(&count) || !count) {
    snprintf(why, size, "there is no CUDA device");
    return 0;
  }
  if (ordinal >= count) {
    snprintf(why, size, "there is no cuda:%d: this machine has %d CUDA device%s", ordinal, count,
             count > 1 ? "s" : "");
    return 0;
  }
  gradc_cuda_check(d, cu->cuDeviceGet(device, ordinal), "cuDeviceGet");
  gradc_cuda_check(d, cu->cuDeviceGetName(model, sizeof model, *device), "cuDeviceGetName");
  gradc_cuda_check(d, cu->cuDeviceGetAttribute(&major, CU_CAPABILITY_MAJOR, *device),
                   "cuDeviceGetAttribute");
  gradc_cuda_check(d, cu->cuDeviceGetAttribute(&minor, CU_CAPABILITY_MINOR, *device),
                   "cuDeviceGetAttribute");
  if (d->failed) {
    snprintf(why, size, "%s", d->text);
    return 0;
  }
  snprintf(d->name, sizeof d->name, "%s (cuda:%d)", model, ordinal);
  d->capability = (uint32_t)(major * 10 + minor);
  // PTX is for the least capability of all.
  uint32_t least = d->code->images[d->code->n_images - 1].capability;
  if (d->capability < least) {
    snprintf(why, size,
             "%s has compute capability %d.%d, the program was compiled for %u.%u and up", d->name,
             major, minor, least / 10, least % 10);
    return 0;
  }
  return 1;
}

// Machine code runs on devices of the same major capability, from its minor one on.
static int fits(const gradc_device_image *image, uint32_t capability) {
  return image->is_ptx ||
         (image->capability / 10 == capability / 10 && image->capability <= capability);
}

// The best image of the table that the driver takes: one of an older toolkit may not know what a
// newer one makes, and compiles the PTX then.
static cu_result load_image(gradc_device *d, cu_handle *module) {
  cu_result code = CU_NO_BINARY;
  const gradc_device_image *images = d->code->images;
  uint32_t n = d->code->n_images;
  for (uint32_t i = n - 1; code && i-- > 0;)
    if (fits(&images[i], d->capability))
      code = d->cu.cuModuleLoadData(module, images[i].content);
  return code ? d->cu.cuModuleLoadData(module, images[n - 1].content) : code;
}

static int load_kernels(gradc_device *d, char *why, size_t size) {
  cu_handle module = NULL;
  cu_result code = load_image(d, &module);
  if (code == CU_UNSUPPORTED_PTX || code == CU_INVALID_PTX) {
    snprintf(why, size, "the NVIDIA driver is too old for the program's kernels");
    return 0;
  }
  gradc_cuda_check(d, code, "loading the kernels");
  for (uint32_t i = 0; i < d->code->n_kernels && !d->failed; ++i)
    gradc_cuda_check(d, d->cu.cuModuleGetFunction(&d->kernels[i], module, d->code->kernels[i]),
                     d->code->kernels[i]);
  if (d->failed)
    snprintf(why, size, "%s", d->text);
  return !d->failed;
}

static uint64_t take(uint64_t *end, uint64_t bytes) {
  uint64_t at = (*end + PLACE_ALIGNMENT - 1) / PLACE_ALIGNMENT * PLACE_ALIGNMENT;
  *end = at + bytes;
  return at;
}

static int place_memory(gradc_device *d, char *why, size_t size) {
  const gradc_program *p = d->program;
  uint64_t end = p->size;
  for (uint32_t i = 0; i < p->n_inputs; ++i)
    d->inputs[i] = take(&end, bytes_of(&p->inputs[i]));
  for (uint32_t i = 0; i < p->n_outputs; ++i)
    d->outputs[i] = take(&end, bytes_of(&p->outputs[i]));
  d->workspace = take(&end, d->code->workspace);
  cu_result code = d->cu.cuMemAlloc_v2(&d->base, end);
  if (code) {
    size_t unused = 0, all = 0;
    (void)d->cu.cuMemGetInfo_v2(&unused, &all);
    gradc_cuda_fail(d, code, "memory of the device");
    snprintf(why, size, "%s has no room: the program needs %llu bytes, %llu of %llu are free",
             d->name, (unsigned long long)end, (unsigned long long)unused, (unsigned long long)all);
    return 0;
  }
  for (uint32_t i = 0; i < p->n_inputs; ++i)
    d->inputs[i] += d->base;
  for (uint32_t i = 0; i < p->n_outputs; ++i)
    d->outputs[i] += d->base;
  d->workspace += d->base;
  return 1;
}

// Variables stand between the generator and the arena.
static void find_variables(gradc_device *d) {
  const gradc_program *p = d->program;
  d->variables_end = p->size - p->arena_bytes;
  d->variables = d->variables_end;
  for (uint32_t i = 0; i < p->n_variables; ++i)
    if (p->variables[i].offset < d->variables)
      d->variables = p->variables[i].offset;
}

static gradc_device *open_device(const gradc_program *program, int ordinal, char *why,
                                 size_t size) {
  gradc_device *d = calloc(1, sizeof *d);
  int device = 0;
  cu_handle context = NULL;
  if (d) {
    d->kernels = calloc((size_t)program->device->n_kernels + 1, sizeof *d->kernels);
    d->inputs = calloc((size_t)program->n_inputs + 1, sizeof *d->inputs);
    d->outputs = calloc((size_t)program->n_outputs + 1, sizeof *d->outputs);
  }
  if (!d || !d->kernels || !d->inputs || !d->outputs) {
    snprintf(why, size, "no memory");
    return NULL;
  }
  d->program = program;
  d->code = program->device;
  d->host_is_newer = 1;
  const char *graphs = getenv("GRADC_CUDA_GRAPHS");
  d->plain = graphs && !strcmp(graphs, "0");
  find_variables(d);
  if (!load_driver(&d->cu, why, size) || !find_device(d, ordinal, &device, why, size))
    return NULL;
  gradc_cuda_check(d, d->cu.cuDevicePrimaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuCtxSetCurrent(context), "cuCtxSetCurrent");
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuStreamCreate(&d->stream, 1), "cuStreamCreate");
  if (d->failed) {
    snprintf(why, size, "%s", d->text);
    return NULL;
  }
  if (!load_kernels(d, why, size) || !place_memory(d, why, size))
    return NULL;
  if (gradc_cuda_open_staging(d))
    return d;
  snprintf(why, size, "%s", d->text);
  return NULL;
}

static const char *error_of(const gradc_device *d) { return d->text; }
static const char *name_of(const gradc_device *d) { return d->name; }

const gradc_device_api gradc_cuda_api = {open_device, call, changed, pull, error_of, name_of};
