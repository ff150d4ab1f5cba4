// vector_jacobian.cpp - backward from a vector, with a cotangent.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/gradc.h"
using namespace gradc;

static void program() {
  manual_seed(0);
  Tensor x = randn({3}, requires_grad()).named("x");
  Tensor y = (x * 2).named("y");
  Tensor v = tensor({0.1, 1.0, 0.001}).named("v");
  y.backward(v);
  print(x);
  print(x.grad());
}

int main(int argc, char **argv) { return trace(argc, argv, program); }
