// cuda_copy.c - copies between host and device, through pinned memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device reads and writes memory of the host by itself where that cannot be moved: two halves
// of pinned memory. Copies are in program order with the launches; the host waits only for a half
// that it wants to use again, and for what it wants to read.
#include "cuda.h"
#include "hosted.h"
#include "sizes.h"

#include <stdlib.h>
#include <string.h>

int gradc_cuda_open_staging(gradc_device *d) {
  for (int i = 0; i < 2 && !d->failed; ++i) {
    void *memory = NULL;
    gradc_cuda_check(d, d->cu.cuMemHostAlloc(&memory, STAGING_BYTES, 0), "pinned memory");
    if (!d->failed) // 2: without a time
      gradc_cuda_check(d, d->cu.cuEventCreate(&d->halves[i].done, 2), "cuEventCreate");
    d->halves[i].memory = memory;
  }
  return !d->failed;
}

// Waits until the device is done with a half, and hands on what has arrived there.
static void settle(gradc_device *d, cuda_half *half) {
  if (!half->used)
    return;
  if (!d->failed && !half->recorded)
    gradc_cuda_check(d, d->cu.cuEventRecord(half->done, d->stream), "cuEventRecord");
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuEventSynchronize(half->done), "a kernel failed");
  for (uint32_t i = 0; i < half->n_arrivals && !d->failed; ++i) {
    const cuda_arrival *a = &half->arrivals[i];
    for (uint64_t row = 0; row < a->height; ++row)
      memcpy(a->to + row * a->pitch, half->memory + a->at + row * a->width, a->width);
  }
  half->used = 0;
  half->recorded = 0;
  half->n_arrivals = 0;
}

void gradc_cuda_drain(gradc_device *d) {
  int is_idle = !d->halves[0].used && !d->halves[1].used;
  settle(d, &d->halves[d->half ^ 1]);
  settle(d, &d->halves[d->half]);
  if (is_idle && !d->failed)
    gradc_cuda_check(d, d->cu.cuStreamSynchronize(d->stream), "a kernel failed");
}

// The half that has room for as many bytes, at most all of one.
static cuda_half *room_for(gradc_device *d, uint64_t bytes) {
  cuda_half *half = &d->halves[d->half];
  if (half->used + bytes <= STAGING_BYTES && half->n_arrivals < STAGING_ROOM)
    return half;
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuEventRecord(half->done, d->stream), "cuEventRecord");
  half->recorded = 1;
  d->half ^= 1;
  settle(d, &d->halves[d->half]);
  return &d->halves[d->half];
}

static void took(cuda_half *half, uint64_t bytes) { half->used += (bytes + 63) / 64 * 64; }

// Rows of `width` bytes that lie `pitch` apart on both sides, all within a half.
static void upload_rows(gradc_device *d, cu_address to, const char *from, uint64_t width,
                        uint64_t pitch, uint64_t height) {
  cuda_half *half = room_for(d, width * height);
  char *pinned = half->memory + half->used;
  for (uint64_t row = 0; row < height; ++row)
    memcpy(pinned + row * width, from + row * pitch, width);
  took(half, width * height);
  if (d->failed)
    return;
  cu_rows rows = {.from_kind = CU_ON_HOST,
                  .from_host = pinned,
                  .from_pitch = width,
                  .to_kind = CU_ON_DEVICE,
                  .to_device = to,
                  .to_pitch = pitch,
                  .width = width,
                  .height = height};
  gradc_cuda_check(d,
                   height == 1 ? d->cu.cuMemcpyHtoDAsync_v2(to, pinned, width, d->stream)
                               : d->cu.cuMemcpy2DAsync_v2(&rows, d->stream),
                   "copying to the device");
}

static void download_rows(gradc_device *d, char *to, cu_address from, uint64_t width,
                          uint64_t pitch, uint64_t height) {
  cuda_half *half = room_for(d, width * height);
  char *pinned = half->memory + half->used;
  half->arrivals[half->n_arrivals++] = (cuda_arrival){to, half->used, width, pitch, height};
  took(half, width * height);
  if (d->failed)
    return;
  cu_rows rows = {.from_kind = CU_ON_DEVICE,
                  .from_device = from,
                  .from_pitch = pitch,
                  .to_kind = CU_ON_HOST,
                  .to_host = pinned,
                  .to_pitch = width,
                  .width = width,
                  .height = height};
  gradc_cuda_check(d,
                   height == 1 ? d->cu.cuMemcpyDtoHAsync_v2(pinned, from, width, d->stream)
                               : d->cu.cuMemcpy2DAsync_v2(&rows, d->stream),
                   "copying from the device");
}

void gradc_cuda_upload(gradc_device *d, cu_address to, const void *from, uint64_t bytes) {
  for (uint64_t at = 0, n; at < bytes && !d->failed; at += n) {
    n = bytes - at < STAGING_BYTES ? bytes - at : STAGING_BYTES;
    upload_rows(d, to + at, (const char *)from + at, n, n, 1);
  }
}

void gradc_cuda_download(gradc_device *d, void *to, cu_address from, uint64_t bytes) {
  for (uint64_t at = 0, n; at < bytes && !d->failed; at += n) {
    n = bytes - at < STAGING_BYTES ? bytes - at : STAGING_BYTES;
    download_rows(d, (char *)to + at, from + at, n, n, 1);
  }
}

// ---- tensors with open extents ----

// One direction of a tensor's copy; the other place of the two is null.
typedef struct transfer {
  gradc_device *d;
  char *to_host;
  const char *from_host;
  cu_address device;
} transfer;

static void move_rows(const transfer *t, uint64_t at, uint64_t width, uint64_t pitch,
                      uint64_t height) {
  uint64_t most = width < STAGING_BYTES ? STAGING_BYTES / width : 1, n;
  if (width == pitch || height == 1 || width > STAGING_BYTES) {
    // Rows without gaps are one; wide ones are worth a copy each.
    uint64_t copies = width == pitch ? 1 : height, bytes = width == pitch ? width * height : width;
    for (uint64_t row = 0; row < copies; ++row, at += pitch) {
      if (t->from_host)
        gradc_cuda_upload(t->d, t->device + at, t->from_host + at, bytes);
      else
        gradc_cuda_download(t->d, t->to_host + at, t->device + at, bytes);
    }
    return;
  }
  for (uint64_t row = 0; row < height; row += n) {
    n = height - row < most ? height - row : most;
    uint64_t here = at + row * pitch;
    if (t->from_host)
      upload_rows(t->d, t->device + here, t->from_host + here, width, pitch, n);
    else
      download_rows(t->d, t->to_host + here, t->device + here, width, pitch, n);
  }
}

// The tensor has the layout of its largest extents; `shape` are those of this call.
static void move(const transfer *t, const gradc_tensor *tensor, const int64_t *shape) {
  uint64_t strides[GRADC_MAX_RANK + 1], stride = gradc_rt_dtype_bytes(tensor->dtype);
  int inner = -1, outer = -1; // the last two extents that are smaller than their room
  uint64_t here = stride;
  for (uint32_t i = tensor->rank; i-- > 0;) {
    strides[i] = stride;
    stride *= (uint64_t)tensor->shape[i];
    here *= (uint64_t)shape[i];
    if (shape[i] == tensor->shape[i])
      continue;
    if (inner < 0)
      inner = (int)i;
    else if (outer < 0)
      outer = (int)i;
  }
  if (!here)
    return;
  if (inner < 0) {
    move_rows(t, 0, stride, stride, 1);
    return;
  }
  // Rows of `inner`, as many as lie evenly below one place of the dims before `outer`.
  uint64_t width = strides[inner] * (uint64_t)shape[inner];
  uint64_t pitch = strides[inner] * (uint64_t)tensor->shape[inner], height = 1, outside = 1;
  for (int i = outer < 0 ? 0 : outer; i < inner; ++i)
    height *= (uint64_t)shape[i];
  for (int i = 0; i < outer; ++i)
    outside *= (uint64_t)shape[i];
  for (uint64_t k = 0; k < outside; ++k) {
    uint64_t rest = k, at = 0;
    for (int i = outer; i-- > 0;) {
      at += rest % (uint64_t)shape[i] * strides[i];
      rest /= (uint64_t)shape[i];
    }
    move_rows(t, at, width, pitch, height);
  }
}

static void move_open(const transfer *t, const gradc_tensor *tensor, const int64_t *sizes) {
  int64_t shape[GRADC_MAX_RANK];
  if (tensor->open)
    gradc_extents(tensor, sizes, shape);
  move(t, tensor, tensor->open ? shape : tensor->shape);
}

void gradc_cuda_upload_tensor(gradc_device *d, const gradc_tensor *tensor, const int64_t *sizes,
                              cu_address to, const void *from) {
  move_open(&(transfer){d, NULL, from, to}, tensor, sizes);
}

void gradc_cuda_download_tensor(gradc_device *d, const gradc_tensor *tensor, const int64_t *sizes,
                                void *to, cu_address from) {
  move_open(&(transfer){d, to, NULL, from}, tensor, sizes);
}
