// fake_script.c - a script as the compiler writes one: draws, prints, keeps a counter; for
// driver_test. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc_abi.h"

#include <string.h>

// [header 64 | rng 2512, padded to 2560 | counter: i64 | w: f32[3] | w.grad: f32[3] | arena]
enum { RNG = 64, COUNTER = 2624, W = 2688, W_GRAD = 2752, SIZE = 4096, ARENA = SIZE - 2816 };

static const int64_t three[] = {3};
static const int64_t first_count = 40;

static int run_main(void *self, const void *const *inputs, void *const *outputs) {
  char *base = self;
  int64_t *counter = (int64_t *)(void *)(base + COUNTER);
  float *w = (float *)(void *)(base + W), *grad = (float *)(void *)(base + W_GRAD);
  (void)inputs;
  gradc_rt_randn_f32((gradc_rng *)(void *)(base + RNG), w, 3);
  ++*counter;
  for (int i = 0; i < 3; ++i)
    grad[i] += 2 * w[i];
  memcpy(outputs[0], w, 12);
  const gradc_value values[] = {
      {.what = GRADC_VALUE_TEXT, .text = "run"},
      {.what = GRADC_VALUE_NUMBER, .dtype = GRADC_I64, .data = counter},
      {.what = GRADC_VALUE_TENSOR,
       .dtype = GRADC_F32,
       .rank = 1,
       .shape = three,
       .data = w,
       .flags = GRADC_VALUE_REQUIRES_GRAD},
  };
  gradc_rt_print(values, 3);
  gradc_rt_print(values + 1, 1);
#ifdef FAKE_FAILS
  return GRADC_ERROR_FREED_GRAPH;
#else
  return *counter == 41 ? GRADC_OK : GRADC_ERROR_BOUNDS; // the state was not fresh
#endif
}

static const uint32_t zero[] = {0};
static const gradc_tensor variables[] = {
    {"counter", 0, COUNTER, GRADC_I64, 0, GRADC_LOCAL, 0, 0},
    {"w", three, W, GRADC_F32, 1, GRADC_PARAMETER, 0, 0},
    {"w.grad", three, W_GRAD, GRADC_F32, 1, GRADC_GRAD, 0, 0},
};
static const gradc_tensor outputs[] = {{"w_now", three, 0, GRADC_F32, 1, 0, 0, 0}};
static const gradc_function functions[] = {{"main", run_main, 0, 1, 0, zero, 0}};
static const gradc_init inits[] = {{COUNTER, 8, &first_count}};

static const gradc_program program = {.abi_version = GRADC_ABI_VERSION,
                                      .kind = GRADC_SCRIPT,
                                      .name = "fake_script",
                                      .size = SIZE,
                                      .arena_bytes = ARENA,
                                      .n_outputs = 1,
                                      .n_variables = 3,
                                      .n_functions = 1,
                                      .outputs = outputs,
                                      .variables = variables,
                                      .functions = functions,
                                      .rng_offset = RNG,
                                      .inits = inits,
                                      .n_inits = 1,
                                      .flags = GRADC_PROGRAM_PRINTS};
extern const gradc_program *const gradc_main_program;
const gradc_program *const gradc_main_program = &program;
