// cuda_run.c - what compiled code calls while a function runs on a CUDA device.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Straight-line code whose launches are the same at every run is a segment: the second run captures
// it as a graph, which later runs launch whole.
#include "cuda.h"
#include "hosted.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ARGUMENTS = 256 };

void gradc_cuda_launch(gradc_device *d, uint64_t kernel, uint64_t grid, uint64_t block,
                       uint64_t *slots, uint64_t n);
void gradc_cuda_copy(gradc_device *d, void *to, void *from, uint64_t bytes);
uint64_t gradc_cuda_segment(gradc_device *d, uint64_t number);
void gradc_cuda_segment_end(gradc_device *d, uint64_t number);
uint64_t gradc_cuda_read(gradc_device *d, void *from, uint64_t bytes);
void gradc_cuda_write(gradc_device *d, void *to, uint64_t value, uint64_t bytes);
void *gradc_cuda_fetch(gradc_device *d, void *from, uint64_t bytes);
void *gradc_cuda_room(gradc_device *d, uint64_t bytes);
void gradc_cuda_put(gradc_device *d, void *to, void *from, uint64_t bytes);
void gradc_cuda_release(gradc_device *d);
void gradc_cuda_profile_begin(gradc_device *d);
void gradc_cuda_profile_end(gradc_device *d);

static cu_address address_of(const void *p) { return (cu_address)(uintptr_t)p; }

// ---- launches ----

void gradc_cuda_launch(gradc_device *d, uint64_t kernel, uint64_t grid, uint64_t block,
                       uint64_t *slots, uint64_t n) {
  void *parameters[MOST_ARGUMENTS + 1];
  if (d->failed)
    return;
  if (n > MOST_ARGUMENTS) {
    gradc_cuda_fail(d, 1, "a kernel with too many arguments");
    return;
  }
  for (uint64_t i = 0; i < n; ++i)
    parameters[i] = &slots[i];
  parameters[n] = &d->workspace;
  gradc_cuda_check(d,
                   d->cu.cuLaunchKernel(d->kernels[kernel], (unsigned)grid, 1, 1, (unsigned)block,
                                        1, 1, 0, d->stream, parameters, NULL),
                   d->code->kernels[kernel]);
}

void gradc_cuda_copy(gradc_device *d, void *to, void *from, uint64_t bytes) {
  if (!d->failed && bytes && to != from)
    gradc_cuda_check(d,
                     d->cu.cuMemcpyDtoDAsync_v2(address_of(to), address_of(from), bytes, d->stream),
                     "copying on the device");
}

static cuda_segment *segment_at(gradc_device *d, uint64_t number) {
  if (number >= d->n_segments) {
    uint64_t n = number + 1 < 16 ? 16 : 2 * (number + 1);
    cuda_segment *more = realloc(d->segments, n * sizeof *more);
    if (!more)
      return NULL;
    memset(more + d->n_segments, 0, (n - d->n_segments) * sizeof *more);
    d->segments = more;
    d->n_segments = n;
  }
  return &d->segments[number];
}

// Whether the caller is to make the calls of the segment; 0: they were made by its graph.
uint64_t gradc_cuda_segment(gradc_device *d, uint64_t number) {
  cuda_segment *s = d->plain || d->failed ? NULL : segment_at(d, number);
  if (!s)
    return !d->failed;
  if (s->graph) {
    gradc_cuda_check(d, d->cu.cuGraphLaunch(s->graph, d->stream), "cuGraphLaunch");
    return 0;
  }
  // What runs once only is not worth a graph.
  if (s->runs++) {
    gradc_cuda_check(d, d->cu.cuStreamBeginCapture_v2(d->stream, CU_CAPTURE_THREAD_LOCAL),
                     "cuStreamBeginCapture");
    d->captures = !d->failed;
  }
  return 1;
}

void gradc_cuda_segment_end(gradc_device *d, uint64_t number) {
  cu_handle graph = NULL;
  if (!d->captures)
    return;
  d->captures = 0;
  cu_result code = d->cu.cuStreamEndCapture(d->stream, &graph);
  gradc_cuda_check(d, code, "cuStreamEndCapture");
  if (d->failed)
    return;
  cuda_segment *s = &d->segments[number];
  gradc_cuda_check(d, d->cu.cuGraphInstantiateWithFlags(&s->graph, graph, 0),
                   "cuGraphInstantiateWithFlags");
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuGraphLaunch(s->graph, d->stream), "cuGraphLaunch");
}

// ---- the host's part ----

uint64_t gradc_cuda_read(gradc_device *d, void *from, uint64_t bytes) {
  uint64_t value = 0;
  gradc_cuda_download(d, &value, address_of(from), bytes);
  gradc_cuda_drain(d);
  return d->failed ? 0 : value;
}

void gradc_cuda_write(gradc_device *d, void *to, uint64_t value, uint64_t bytes) {
  gradc_cuda_upload(d, address_of(to), &value, bytes);
}

void *gradc_cuda_room(gradc_device *d, uint64_t bytes) {
  for (cuda_room *r = d->rooms; r; r = r->next)
    if (!r->taken && r->bytes >= bytes) {
      r->taken = 1;
      return r + 1;
    }
  cuda_room *r = gradc_pages(sizeof *r + bytes);
  if (!r) {
    gradc_cuda_fail(d, CU_OUT_OF_MEMORY, "memory of the host");
    abort(); // there is nothing that the caller could write to
  }
  *r = (cuda_room){d->rooms, bytes, 1};
  d->rooms = r;
  return r + 1;
}

void *gradc_cuda_fetch(gradc_device *d, void *from, uint64_t bytes) {
  void *here = gradc_cuda_room(d, bytes);
  gradc_cuda_download(d, here, address_of(from), bytes);
  gradc_cuda_drain(d);
  return here;
}

void gradc_cuda_put(gradc_device *d, void *to, void *from, uint64_t bytes) {
  gradc_cuda_upload(d, address_of(to), from, bytes);
}

void gradc_cuda_release(gradc_device *d) {
  for (cuda_room *r = d->rooms; r; r = r->next)
    r->taken = 0;
}

// ---- profiles ----

// Stand around a launch between gradc_rt_profile_begin and _end: its time is the device's.
void gradc_cuda_profile_begin(gradc_device *d) {
  if (!d->failed && !d->begin) {
    gradc_cuda_check(d, d->cu.cuEventCreate(&d->begin, 0), "cuEventCreate");
    if (!d->failed)
      gradc_cuda_check(d, d->cu.cuEventCreate(&d->end, 0), "cuEventCreate");
  }
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuEventRecord(d->begin, d->stream), "cuEventRecord");
}

void gradc_cuda_profile_end(gradc_device *d) {
  float milliseconds = 0;
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuEventRecord(d->end, d->stream), "cuEventRecord");
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuEventSynchronize(d->end), "a kernel failed");
  if (!d->failed)
    gradc_cuda_check(d, d->cu.cuEventElapsedTime(&milliseconds, d->begin, d->end),
                     "cuEventElapsedTime");
  gradc_profile_took((double)milliseconds * 1e6);
}
