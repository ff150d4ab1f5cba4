// fake_model.c - linear regression as the compiler would write it: f32 x[10,3], y[10,1], w[3,1];
// for driver_test. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled three times: FAKE_TRAINER adds step and steps, FAKE_PREDICTOR leaves only predict.
#include "gradc_abi.h"

enum {
  ROWS = 10,
  COLUMNS = 3,
  W = 64,
  W_GRAD = 128,
  X_GRAD = 192,
  SEEN = 320,
  RESIDUAL = 384,
  SIZE = 448
};

static const int64_t x_shape[] = {ROWS, COLUMNS}, y_shape[] = {ROWS, 1}, w_shape[] = {COLUMNS, 1};
static const float first_w[] = {0.5f, -0.25f, 1.0f};

static float *at(void *self, int offset) { return (float *)(void *)((char *)self + offset); }

#ifdef FAKE_PREDICTOR
static int predict(void *self, const void *const *inputs, void *const *outputs) {
  const float *x = inputs[0], *w = at(self, W);
  for (int i = 0; i < ROWS; ++i)
    ((float *)outputs[0])[i] = x[3 * i] * w[0] + x[3 * i + 1] * w[1] + x[3 * i + 2] * w[2];
  return GRADC_OK;
}
#else
static int forward(void *self, const void *const *inputs, void *const *outputs) {
  const float *x = inputs[0], *y = inputs[1], *w = at(self, W);
  float *prediction = outputs[0], *loss = outputs[1], *residual = at(self, RESIDUAL);
  *loss = 0;
  for (int i = 0; i < ROWS; ++i) {
    prediction[i] = x[3 * i] * w[0] + x[3 * i + 1] * w[1] + x[3 * i + 2] * w[2];
    residual[i] = prediction[i] - y[i];
    *loss += residual[i] * residual[i] / ROWS;
  }
  *at(self, SEEN) += 1;
  return GRADC_OK;
}

static int backward(void *self, const void *const *inputs, void *const *outputs) {
  const float *x = inputs[0], *w = at(self, W), *residual = at(self, RESIDUAL);
  (void)outputs;
  for (int i = 0; i < ROWS; ++i) {
    for (int k = 0; k < COLUMNS; ++k) {
      at(self, W_GRAD)[k] += 2.0f / ROWS * residual[i] * x[3 * i + k];
      at(self, X_GRAD)[3 * i + k] += 2.0f / ROWS * residual[i] * w[k];
    }
  }
  return GRADC_OK;
}
#endif

#ifdef FAKE_TRAINER
static int step(void *self, const void *const *inputs, float *loss) {
  float prediction[ROWS];
  void *outputs[2] = {prediction, loss};
  for (int k = 0; k < COLUMNS; ++k)
    at(self, W_GRAD)[k] = 0;
  for (int i = 0; i < ROWS * COLUMNS; ++i)
    at(self, X_GRAD)[i] = 0;
  int code = forward(self, inputs, outputs);
  if (!code)
    code = backward(self, inputs, outputs);
  for (int k = 0; k < COLUMNS; ++k)
    at(self, W)[k] -= 0.05f * at(self, W_GRAD)[k];
  return code;
}

static int steps(void *self, const void *const *inputs, uint64_t n, float *loss) {
  int code = GRADC_OK;
  for (uint64_t i = 0; i < n && !code; ++i)
    code = step(self, inputs, loss);
  return code;
}
#endif

static const uint32_t both[] = {0, 1};
static const gradc_tensor inputs[] = {{"x", x_shape, 0, GRADC_F32, 2, 0, 0, 0},
                                      {"y", y_shape, 0, GRADC_F32, 2, 0, 0, 0}};
static const gradc_tensor outputs[] = {{"prediction", y_shape, 0, GRADC_F32, 2, 0, 0, 0},
                                       {"mse", 0, 0, GRADC_F32, 0, 0, GRADC_TENSOR_LOSS, 0}};
static const gradc_tensor variables[] = {
    {"w", w_shape, W, GRADC_F32, 2, GRADC_PARAMETER, 0, 0},
    {"w.grad", w_shape, W_GRAD, GRADC_F32, 2, GRADC_GRAD, 0, 0},
    {"x.grad", x_shape, X_GRAD, GRADC_F32, 2, GRADC_GRAD, GRADC_TENSOR_INPUT_GRAD, 0},
    {"seen", 0, SEEN, GRADC_F32, 0, GRADC_BUFFER, 0, 0},
};
#ifdef FAKE_PREDICTOR
static const gradc_function functions[] = {{"predict", predict, 1, 1, both, both, 0}};
#else
static const gradc_function functions[] = {
    {"forward", forward, 2, 2, both, both, 0},
    {"backward", backward, 1, 0, both, 0, 0},
#ifdef FAKE_TRAINER
    {"step", (gradc_fn)(void (*)(void))step, 2, 0, both, 0, GRADC_FUNCTION_STEP},
    {"steps", (gradc_fn)(void (*)(void))steps, 2, 0, both, 0, GRADC_FUNCTION_STEPS},
#endif
};
#endif
static const gradc_init inits[] = {{W, sizeof first_w, first_w}};

static const gradc_program program = {.abi_version = GRADC_ABI_VERSION,
                                      .kind = GRADC_MODEL,
                                      .name = "fake_model",
                                      .size = SIZE,
                                      .n_inputs = 2,
                                      .n_outputs = 2,
                                      .n_variables = 4,
                                      .n_functions = sizeof functions / sizeof functions[0],
                                      .inputs = inputs,
                                      .outputs = outputs,
                                      .variables = variables,
                                      .functions = functions,
                                      .inits = inits,
                                      .n_inits = 1};
extern const gradc_program *const gradc_main_program;
const gradc_program *const gradc_main_program = &program;
