// bench.c - times a workload for --bench.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"
#include "number.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_SAMPLES = 1 << 16 };

double gradc_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

// What reading the clock twice costs, in nanoseconds.
static double clock_cost(void) {
  double best = 1e9;
  for (int i = 0; i < 200; ++i) {
    double start = gradc_now(), cost = gradc_now() - start;
    if (cost < best)
      best = cost;
  }
  return best > 1 ? best : 1;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void put(const char *text) { gradc_output(text, strlen(text)); }

static void put_number(double x, int decimals) {
  char text[GRADC_NUMBER_CHARS];
  gradc_output(text, (size_t)gradc_format_fixed(text, x, decimals));
}

int gradc_bench(gradc_session *session, gradc_workload run, void *context) {
  double *samples = gradc_pages(sizeof *samples * MAX_SAMPLES),
         wanted = session->options->bench * 1e9;
  if (!samples)
    return GRADC_EXIT_INTERNAL;
  // The clock may cost one hundredth of a batch at most, and all batches must find room.
  double least = 200 * clock_cost();
  if (least < wanted / MAX_SAMPLES * 2)
    least = wanted / MAX_SAMPLES * 2;
  uint64_t batch = 1, total = 0;
  size_t count = 0;
  double begin = gradc_now(), elapsed = 0;
  while (count < MAX_SAMPLES && (!count || elapsed < wanted)) {
    double start = gradc_now();
    int status = run(session, context, batch);
    double end = gradc_now(), time = end - start;
    if (status)
      return status;
    total += batch;
    elapsed = end - begin;
    // Batches that are still too short only warm up, except one that takes all of the time.
    if (time < least && elapsed < wanted) {
      batch *= 2;
      continue;
    }
    samples[count++] = time / (double)batch;
  }
  gradc_output_mode(GRADC_OUTPUT_BUFFERED);
  qsort(samples, count, sizeof *samples, ascending);
  double middle = (samples[(count - 1) / 2] + samples[count / 2]) / 2;
  put("{\"best_ns\": ");
  put_number(samples[0], 3);
  put(", \"median_ns\": ");
  put_number(middle, 3);
  put(", \"steps\": ");
  put_number((double)total, 0);
  put("}\n");
  return GRADC_EXIT_DONE;
}
