// expect_test.c - what a model expects of its inputs: error codes of its functions and their texts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lookup.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int failures;
#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                      \
      ++failures;                                                                                  \
    }                                                                                              \
  } while (0)

static const int64_t plain[2] = {2, 0}, high[2] = {0, 3}, low[2] = {-1, 0}, lower[2] = {-4, 0};

/// The place and the text; the file's name is its path as the compiler was given it.
static int says(int code, const char *text) {
  const char *found = strstr(lookup_error_text(code), "lookup.json:");
  return found && strcmp(found, text) == 0;
}
static int says_embedding(int code) {
  return says(code, "lookup.json:5:4: error: index out of range in self");
}
static int says_take(int code) {
  return says(code, "lookup.json:6:4: error: index is out of bounds for dimension 0 with size 3");
}

static void test_codes(lookup *self) {
  float loss = 0;
  lookup_outputs out = {&loss};
  lookup_inputs in = {plain, plain};
  CHECK(lookup_predict(self, &in, &out) == 0);
  CHECK(fabs(loss - (4 * exp(1) + 4)) < 1e-5);
  in.i = high;
  CHECK(says_embedding(lookup_predict(self, &in, &out)));
  CHECK(says_embedding(lookup_forward(self, &in, &out)));
  CHECK(says_embedding(lookup_step(self, &in, &loss)));
  in.i = low;
  CHECK(says_embedding(lookup_predict(self, &in, &out)));
  in.i = plain;
  in.j = lower;
  CHECK(says_take(lookup_predict(self, &in, &out)));
  CHECK(says_take(lookup_steps(self, &in, 3, &loss)));
  // Of two the first is told.
  in.i = in.j = high;
  CHECK(says_embedding(lookup_predict(self, &in, &out)));
  // No error outlives its call.
  in.i = in.j = plain;
  CHECK(lookup_predict(self, &in, &out) == 0);
}

/// A forward that fails is not the start of a backward.
static void test_backward(lookup *self) {
  float loss;
  lookup_outputs out = {&loss};
  lookup_inputs in = {high, plain};
  CHECK(lookup_zero_grad(self, NULL, NULL) == 0);
  CHECK(says_embedding(lookup_forward(self, &in, &out)));
  in.i = plain;
  CHECK(lookup_forward(self, &in, &out) == 0);
  CHECK(lookup_backward(self, NULL, NULL) == 0);
  const float *w = lookup_w(self), *g = lookup_w_grad(self);
  for (int k = 0; k < 6; ++k)
    CHECK(fabs(g[k] - (k / 2 == 1 ? 0 : exp(w[k]) + 1)) < 1e-4);
  // Nor does it leave the graph of the one before.
  CHECK(lookup_forward(self, &in, &out) == 0);
  in.i = high;
  CHECK(says_embedding(lookup_forward(self, &in, &out)));
  CHECK(lookup_backward(self, NULL, NULL) != 0);
}

/// A step that fails changes no parameter, nor do the steps after it.
static void test_step(lookup *self) {
  float loss, before[6];
  lookup_inputs in = {high, plain};
  CHECK(lookup_step(self, &(lookup_inputs){plain, plain}, &loss) == 0);
  memcpy(before, lookup_w(self), sizeof before);
  CHECK(before[0] != 1);
  CHECK(says_embedding(lookup_step(self, &in, &loss)));
  CHECK(says_embedding(lookup_steps(self, &in, 3, &loss)));
  in = (lookup_inputs){plain, lower};
  CHECK(says_take(lookup_steps(self, &in, 3, &loss)));
  CHECK(memcmp(before, lookup_w(self), sizeof before) == 0);
  in.j = plain;
  CHECK(lookup_step(self, &in, &loss) == 0);
  CHECK(memcmp(before, lookup_w(self), sizeof before) != 0);
}

int main(void) {
  static _Alignas(64) char memory[LOOKUP_SIZE];
  lookup *self;
  CHECK(lookup_init(memory, sizeof memory, NULL, &self) == 0);
  CHECK(lookup_matches());
  test_codes(self);
  CHECK(lookup_init(memory, sizeof memory, NULL, &self) == 0);
  test_backward(self);
  CHECK(lookup_init(memory, sizeof memory, NULL, &self) == 0);
  test_step(self);
  return failures != 0;
}
