// embed_test.c - a model and a script as objects in one C program: results, errors, no allocation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model.h"
#include "small.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;
#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                      \
      ++failures;                                                                                  \
    }                                                                                              \
  } while (0)

// The C library's allocator, counted.
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void __libc_free(void *);
static unsigned long allocations;
void *malloc(size_t n) {
  ++allocations;
  return __libc_malloc(n);
}
void *calloc(size_t n, size_t size) {
  ++allocations;
  return __libc_calloc(n, size);
}
void *realloc(void *p, size_t n) {
  ++allocations;
  return __libc_realloc(p, n);
}
void free(void *p) { __libc_free(p); }

static float x[4][3], y[4];
static const model_inputs in = {&x[0][0], y};

static void fill(void) {
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 3; ++k)
      x[i][k] = sinf((float)(7 * i + 3 * k));
    y[i] = cosf((float)i);
  }
}

static double expected_gradient(const float *w, float b, int k, double *loss) {
  double gradient = 0;
  *loss = 0;
  for (int i = 0; i < 4; ++i) {
    double error = b - y[i];
    for (int j = 0; j < 3; ++j)
      error += (double)x[i][j] * w[j];
    *loss += error * error / 4;
    gradient += 2 * error * (k < 3 ? x[i][k] : 1) / 4;
  }
  return gradient;
}

static void test_init(void) {
  static _Alignas(64) char memory[MODEL_SIZE + 64];
  model *self = NULL;
  CHECK(model_size(NULL) == MODEL_SIZE);
  CHECK(model_matches() && small_matches());
  CHECK(model_init(NULL, MODEL_SIZE, NULL, &self) == 3);
  CHECK(model_init(memory + 8, MODEL_SIZE, NULL, &self) == 3);
  CHECK(model_init(memory, MODEL_SIZE - 1, NULL, &self) == 3);
  CHECK(!self);
  memset(memory, 255, sizeof memory);
  CHECK(model_init(memory, MODEL_SIZE, NULL, &self) == 0 && self == (model *)memory);
  CHECK(model_init(memory, MODEL_SIZE, NULL, NULL) == 0);
  CHECK(model_w(self)[0] == 1 && model_w(self)[2] == 1 && model_b(self)[0] == 0);
  CHECK(memory[MODEL_SIZE] == (char)255);
  CHECK(model_find(self, "w") == model_w(self) && model_find(self, "w.grad") == model_w_grad(self));
  CHECK(!model_find(self, "ww") && !model_find(self, ""));
  CHECK(strstr(model_error_text(3), "64-byte") && model_error_text(99));
}

static void test_arguments(model *self) {
  model_inputs none = {NULL, y};
  float loss;
  model_outputs out = {&loss};
  CHECK(model_predict(self, NULL, &out) == 4);
  CHECK(model_predict(self, &none, &out) == 4);
  CHECK(model_predict(self, &in, NULL) == 4);
  CHECK(model_steps(self, &in, 0, &loss) == 4);
  CHECK(model_step(self, &in, NULL) == 0);
}

static void test_gradients(model *self) {
  float loss = 0;
  model_outputs out = {&loss};
  double want;
  CHECK(model_zero_grad(self, NULL, NULL) == 0);
  CHECK(model_forward(self, &in, &out) == 0);
  expected_gradient(model_w(self), *model_b(self), 0, &want);
  CHECK(fabs(loss - want) < 1e-5);
  CHECK(model_backward(self, NULL, NULL) == 0);
  for (int k = 0; k < 3; ++k)
    CHECK(fabs(model_w_grad(self)[k] - expected_gradient(model_w(self), *model_b(self), k, &want)) <
          1e-5);
  CHECK(fabs(*model_b_grad(self) - expected_gradient(model_w(self), *model_b(self), 3, &want)) <
        1e-5);
  CHECK(model_backward(self, NULL, NULL) == 1); // the first freed the graph
}

static void test_steps(void) {
  static _Alignas(64) char one[MODEL_SIZE], many[MODEL_SIZE];
  model *a, *b;
  float loss_a = -1, loss_b = -2;
  model_init(one, sizeof one, NULL, &a);
  model_init(many, sizeof many, NULL, &b);
  unsigned long before = allocations;
  for (int i = 0; i < 1000; ++i)
    CHECK(model_step(a, &in, &loss_a) == 0);
  CHECK(model_steps(b, &in, 1000, &loss_b) == 0);
  CHECK(allocations == before);
  CHECK(memcmp(&loss_a, &loss_b, sizeof loss_a) == 0 && loss_a < 1);
  CHECK(memcmp(model_w(a), model_w(b), 12) == 0);
  float w[3], start = *model_b(a);
  memcpy(w, model_w(a), sizeof w);
  double loss, gradient = expected_gradient(w, start, 3, &loss);
  CHECK(model_step(a, &in, &loss_a) == 0);
  CHECK(fabs(*model_b(a) - (start - 0.1 * gradient)) < 1e-6);
}

// A script beside the model, in the same process; its text goes to standard output at once.
static void test_script(void) {
  static _Alignas(64) char memory[SMALL_SIZE];
  small *self;
  CHECK(small_init(memory, sizeof memory, NULL, &self) == 0);
  unsigned long before = allocations;
  CHECK(small_main(self, NULL, NULL) == 0);
  CHECK(allocations == before);
}

int main(void) {
  static _Alignas(64) char memory[MODEL_SIZE];
  model *self;
  fill();
  test_init();
  model_init(memory, sizeof memory, NULL, &self);
  test_arguments(self);
  test_gradients(self);
  test_steps();
  test_script();
  return failures != 0;
}
