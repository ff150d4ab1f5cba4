// basics.cpp - a tensor, a few operations, and the gradient of their mean.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/gradc.h"
using namespace gradc;

static void program() {
  Tensor x = ones({2, 2}, requires_grad()).named("x");
  Tensor y = (x + 2).named("y");
  Tensor z = (y * y * 3).named("z");
  Tensor out = z.mean().named("out");
  out.backward();
  print(out.detach());
  print(x.grad());
}

int main(int argc, char **argv) { return trace(argc, argv, program); }
