// train.c - a C program that trains a compiled model in memory of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   gradc build regression.json --emit=obj -o regression.o --optimizer=sgd:lr=0.1
//   gradc build regression.json --emit=header -o regression.h --optimizer=sgd:lr=0.1
//   cc train.c regression.o libgradc_rt.a -lm -o train
#include "regression.h"
#include <math.h>
#include <stdio.h>

// The handle: all state of the model, in memory that belongs to this program.
static _Alignas(64) unsigned char memory[REGRESSION_SIZE];

int main(void) {
  float x[10][3], y[10][1], loss = 0;
  for (int i = 0; i < 10; i++) {
    for (int k = 0; k < 3; k++)
      x[i][k] = sinf((float)((3 * i + k) * (3 * i + k)));
    y[i][0] = 2 * x[i][0] - x[i][1] + 0.5f * x[i][2] + 3;
  }
  regression *model;
  int error = regression_init(memory, sizeof memory, NULL, &model);
  if (error) {
    fprintf(stderr, "regression_init: %s\n", regression_error_text(error));
    return 1;
  }
  regression_inputs in = {.x = &x[0][0], .y = &y[0][0]};
  for (int i = 0; i < 500; i++)
    if ((error = regression_step(model, &in, &loss)))
      return 1;
  const float *w = regression_w(model), *b = regression_b(model);
  printf("loss below 1e-6: %s\n", loss < 1e-6f ? "yes" : "no");
  printf("w %.2f %.2f %.2f b %.2f\n", w[0], w[1], w[2], b[0]);
  return 0;
}
