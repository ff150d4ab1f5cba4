/* gemm.c - times a product of matrices by a library of gradc's and by a BLAS, in turns.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * gemm BLAS.so SYMBOL KIND M N K SECONDS MODEL.so; KIND is NN, NT, TN or TT. Prints the GFLOP/s of
 * the BLAS and of the model, the best of all turns; fails if the results differ. SYMBOL is a
 * cblas_sgemm with integers of 64 bits. */
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef void (*sgemm)(int, int, int, int64_t, int64_t, int64_t, float, const float *, int64_t,
                      const float *, int64_t, float, float *, int64_t);
/* The header of a model with inputs a and b and one output, as `gradc build --emit=header`. */
struct inputs {
  const float *a, *b;
};
struct outputs {
  float *y;
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static float *matrix(long elements, int seed) {
  float *x = aligned_alloc(64, ((size_t)elements * sizeof *x + 63) / 64 * 64);
  for (long i = 0; x && i < elements; ++i)
    x[i] = (float)((i * seed) % 1013) / 1013 - .5f;
  return x;
}

static void *find(void *library, const char *name) {
  void *at = library ? dlsym(library, name) : NULL;
  if (!at) {
    fprintf(stderr, "gemm: %s\n", dlerror());
    exit(1);
  }
  return at;
}

int main(int argc, char **argv) {
  if (argc != 9)
    return fprintf(stderr, "usage: gemm BLAS.so SYMBOL KIND M N K SECONDS MODEL.so\n"), 2;
  sgemm blas = (sgemm)find(dlopen(argv[1], RTLD_NOW), argv[2]);
  long m = atol(argv[4]), n = atol(argv[5]), k = atol(argv[6]);
  int ta = argv[3][0] == 'T' ? 112 : 111, tb = argv[3][1] == 'T' ? 112 : 111;
  long lda = ta == 111 ? k : m, ldb = tb == 111 ? n : k;
  float *a = matrix(m * k, 7919), *b = matrix(k * n, 104729), *y = matrix(m * n, 1),
        *z = matrix(m * n, 1);

  void *model = dlopen(argv[8], RTLD_NOW | RTLD_LOCAL), *self = NULL;
  size_t (*size)(void *) = (size_t (*)(void *))find(model, "gemm_size");
  int (*init)(void *, size_t, void *, void **) =
      (int (*)(void *, size_t, void *, void **))find(model, "gemm_init");
  int (*predict)(void *, struct inputs *, struct outputs *) =
      (int (*)(void *, struct inputs *, struct outputs *))find(model, "gemm_predict");
  size_t bytes = (size(NULL) + 63) / 64 * 64;
  void *memory = aligned_alloc(64, bytes);
  if (!a || !b || !y || !z || !memory || init(memory, bytes, NULL, &self))
    return fprintf(stderr, "gemm: out of memory\n"), 1;
  struct inputs in = {a, b};
  struct outputs out = {y};

  double work = 2. * (double)m * (double)n * (double)k, best[2] = {INFINITY, INFINITY};
  long turns = (long)fmax(1, 2e7 / work); /* so that the clock costs nothing */
  double start = now(), limit = atof(argv[7]) * 1e9;
  do {
    for (int which = 0; which < 2; ++which) {
      double t = now();
      for (long i = 0; i < turns; ++i)
        if (which)
          predict(self, &in, &out);
        else
          blas(101, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, z, n);
      best[which] = fmin(best[which], (now() - t) / (double)turns);
    }
  } while (now() - start < limit);
  for (long i = 0; i < m * n; ++i)
    if (!(fabsf(y[i] - z[i]) <= 1e-4f * sqrtf((float)k)))
      return fprintf(stderr, "gemm: element %ld is %g, not %g\n", i, y[i], z[i]), 1;
  printf("%.1f %.1f\n", work / best[0], work / best[1]);
  return 0;
}
