// rng_test.c - replays PyTorch's random draws: rng_test rng.txt
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "check.h"
#include "gradc_abi.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DRAW = 32768 };

static union {
  float f32[MAX_DRAW];
  double f64[MAX_DRAW];
  int64_t i64[MAX_DRAW];
  uint64_t bits64[MAX_DRAW];
  uint32_t bits32[MAX_DRAW];
} drawn;

// Returns the size of an element.
static size_t draw(gradc_rng *rng, const char *kind, int64_t n, int64_t low, int64_t high) {
  if (!strcmp(kind, "randn_f32"))
    gradc_rt_randn_f32(rng, drawn.f32, n);
  else if (!strcmp(kind, "rand_f32"))
    gradc_rt_rand_f32(rng, drawn.f32, n);
  else if (!strcmp(kind, "randn_f64"))
    gradc_rt_randn_f64(rng, drawn.f64, n);
  else if (!strcmp(kind, "rand_f64"))
    gradc_rt_rand_f64(rng, drawn.f64, n);
  else if (!strcmp(kind, "randint"))
    gradc_rt_randint_i64(rng, low, high, drawn.i64, n);
  else if (!strcmp(kind, "randperm"))
    gradc_rt_randperm_i64(rng, drawn.i64, n);
  else
    CHECK(0, "unknown kind %s", kind);
  return strstr(kind, "f32") ? 4 : 8;
}

static uint64_t element(size_t size, int64_t i) {
  return size == 4 ? drawn.bits32[i] : drawn.bits64[i];
}

static double number(size_t size, uint64_t bits) {
  if (size == 8) {
    double x;
    memcpy(&x, &bits, 8);
    return x;
  }
  uint32_t narrow = (uint32_t)bits;
  float x;
  memcpy(&x, &narrow, 4);
  return x;
}

// randn in float64, and in float32 below 16 elements, depends on libm in PyTorch: to a few units in
// the last place.
static int agrees(size_t size, int is_exact, uint64_t got, uint64_t expected) {
  if (is_exact || got == expected)
    return got == expected;
  double x = number(size, got), y = number(size, expected);
  return fabs(x - y) <= fabs(y) * (size == 4 ? 1.2e-7 : 1e-15);
}

static void replay(gradc_rng *rng, char *line, unsigned at) {
  char kind[16];
  int64_t n, low, high;
  int used = 0;
  if (sscanf(line, "%15s %" SCNd64 " %" SCNd64 " %" SCNd64 " :%n", kind, &n, &low, &high, &used) !=
          4 ||
      n > MAX_DRAW) {
    CHECK(0, "line %u is wrong", at);
    return;
  }
  memset(&drawn, 0xee, sizeof drawn);
  size_t size = draw(rng, kind, n, low, high);
  int is_exact = strncmp(kind, "randn_", 6) != 0 || (size == 4 && n >= 16);
  char *next = line + used;
  int64_t shown = n > 24 ? 16 : n;
  for (int64_t i = 0; i < shown; ++i) {
    int64_t index = n > 24 && i >= 8 ? n - 16 + i : i;
    uint64_t expected = strtoull(next, &next, 16), got = element(size, index);
    CHECK(agrees(size, is_exact, got, expected),
          "line %u, %s element %" PRId64 ": %" PRIx64 ", expected %" PRIx64, at, kind, index, got,
          expected);
  }
  if (n <= 24 || !is_exact)
    return;
  uint64_t sum = 0;
  for (int64_t i = 0; i < n; ++i)
    sum += element(size, i);
  char *word = strstr(next, "sum ");
  uint64_t expected = word ? strtoull(word + 4, NULL, 16) : ~sum;
  CHECK(sum == expected, "line %u, %s: some of the %" PRId64 " elements differ", at, kind, n);
}

int main(int argc, char **argv) {
  static char line[1 << 14];
  gradc_rng rng;
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  unsigned at = 0;
  while (file && fgets(line, sizeof line, file)) {
    ++at;
    if (!strncmp(line, "seed ", 5))
      gradc_rt_seed(&rng, strtoull(line + 5, NULL, 10));
    else
      replay(&rng, line, at);
  }
  return check_done(4000);
}
