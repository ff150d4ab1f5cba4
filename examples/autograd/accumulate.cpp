// accumulate.cpp - gradients add up until they are zeroed; a kept graph may be used again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/gradc.h"
using namespace gradc;

static void program() {
  Tensor x = tensor({1.0, 2.0, 3.0}, requires_grad()).named("x");
  for (int i = 0; i < 2; ++i)
    (x * x).sum().backward();
  print(x.grad());
  x.grad().zero_();
  Tensor y = pow(x, 3).sum().named("y");
  y.backward(retain_graph);
  y.backward();
  print(x.grad());
}

int main(int argc, char **argv) { return trace(argc, argv, program); }
