// driver_test.c - what the emulated driver promises about time and captures.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int cuInit(unsigned);
int cuMemAlloc_v2(uint64_t *, size_t);
int cuMemHostAlloc(void **, size_t, unsigned);
int cuMemcpyHtoDAsync_v2(uint64_t, const void *, size_t, void *);
int cuMemcpyDtoHAsync_v2(void *, uint64_t, size_t, void *);
int cuMemcpyDtoDAsync_v2(uint64_t, uint64_t, size_t, void *);
int cuEventCreate(void **, unsigned);
int cuEventRecord(void *, void *);
int cuEventSynchronize(void *);
int cuStreamSynchronize(void *);
int cuStreamBeginCapture_v2(void *, int);
int cuStreamEndCapture(void *, void **);
int cuGraphInstantiateWithFlags(void **, void *, unsigned long long);
int cuGraphLaunch(void *, void *);

static int failures;

static void expect(int got, int wanted, const char *what) {
  if (got == wanted)
    return;
  ++failures;
  printf("%s: got %d, expected %d\n", what, got, wanted);
}

enum { UNSUPPORTED = 900, INVALIDATED = 901 };

// A copy out of pinned memory takes what stands there when it is done; one out of other memory what
// stood there when it was asked for. What comes is not there before it was waited for.
static void check_time(uint64_t at, unsigned char *pinned) {
  unsigned char own = 5, back = 0;
  void *event = NULL;
  pinned[0] = 1;
  expect(cuMemcpyHtoDAsync_v2(at, pinned, 1, NULL), 0, "upload of pinned memory");
  expect(cuMemcpyHtoDAsync_v2(at + 1, &own, 1, NULL), 0, "upload of other memory");
  own = 6;
  pinned[0] = 2; // too early
  expect(cuMemcpyDtoHAsync_v2(pinned + 64, at, 2, NULL), 0, "download");
  expect(cuEventCreate(&event, 0), 0, "cuEventCreate");
  expect(cuEventRecord(event, NULL), 0, "cuEventRecord");
  expect(pinned[64], 0xff, "what has not come yet");
  expect(cuEventSynchronize(event), 0, "cuEventSynchronize");
  expect(pinned[64], 2, "what pinned memory held at last");
  expect(pinned[65], 5, "what other memory held at first");
  expect(cuMemcpyDtoHAsync_v2(&back, at, 1, NULL), 0, "download to other memory");
  expect(back, 2, "what came at once");
}

// A capture keeps what may be in a graph, and ends in an error after what may not.
static void check_captures(uint64_t at, unsigned char *pinned) {
  void *graph = NULL, *executable = NULL, *event = NULL, *more = NULL;
  uint64_t address = 0;
  unsigned char own = 7;
  expect(cuEventCreate(&event, 0), 0, "cuEventCreate");
  for (int call = 0; call < 6; ++call) {
    expect(cuStreamBeginCapture_v2(NULL, 1), 0, "cuStreamBeginCapture");
    expect(cuMemcpyDtoDAsync_v2(at + 8, at, 1, NULL), 0, "a copy on the device");
    int got = call == 0   ? cuStreamSynchronize(NULL)
              : call == 1 ? cuEventSynchronize(event)
              : call == 2 ? cuMemAlloc_v2(&address, 16)
              : call == 3 ? cuMemHostAlloc(&more, 16, 0)
              : call == 4 ? cuMemcpyHtoDAsync_v2(at, &own, 1, NULL)
                          : cuStreamBeginCapture_v2(NULL, 1);
    expect(got, UNSUPPORTED, "a call that a capture forbids");
    expect(cuStreamEndCapture(NULL, &graph), INVALIDATED, "cuStreamEndCapture after it");
  }
  pinned[0] = 3;
  expect(cuStreamBeginCapture_v2(NULL, 1), 0, "cuStreamBeginCapture");
  expect(cuMemcpyHtoDAsync_v2(at + 8, pinned, 1, NULL), 0, "upload of pinned memory");
  expect(cuMemcpyDtoHAsync_v2(pinned + 64, at + 8, 1, NULL), 0, "download to pinned memory");
  expect(cuStreamEndCapture(NULL, &graph), 0, "cuStreamEndCapture");
  expect(cuGraphInstantiateWithFlags(&executable, graph, 0), 0, "cuGraphInstantiateWithFlags");
  for (unsigned char i = 40; i < 43; ++i) {
    pinned[0] = i;
    expect(cuGraphLaunch(executable, NULL), 0, "cuGraphLaunch");
    expect(cuStreamSynchronize(NULL), 0, "cuStreamSynchronize");
    expect(pinned[64], i, "what the graph copied");
  }
}

int main(void) {
  uint64_t at = 0;
  void *memory = NULL;
  expect(cuInit(0), 0, "cuInit");
  expect(cuMemAlloc_v2(&at, 4096), 0, "cuMemAlloc");
  expect(cuMemHostAlloc(&memory, 4096, 0), 0, "cuMemHostAlloc");
  check_time(at, memory);
  check_captures(at, memory);
  printf("%d failures\n", failures);
  return failures != 0;
}
