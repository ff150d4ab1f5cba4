// header_test.cpp - generated headers are C++ too; the model's object needs no runtime library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model.h"

int main() {
  alignas(64) static unsigned char memory[MODEL_SIZE];
  static const float x[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, y[4] = {1, 2, 3, 4};
  model *self = nullptr;
  model_inputs in = {x, y};
  float first = 0, last = 0;
  if (model_init(memory, sizeof memory, nullptr, &self) || model_step(self, &in, &first))
    return 1;
  return model_step(self, &in, &last) || first != 369.0f;
}
