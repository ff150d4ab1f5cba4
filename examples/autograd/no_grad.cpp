// no_grad.cpp - what requires grad, and what cuts it off.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/gradc.h"
using namespace gradc;

static void program() {
  Tensor x = ones({2, 2}, requires_grad()).named("x");
  Tensor y;
  no_grad([&] { y = (x * 2).named("y"); });
  print(y.requires_grad());
  print((x * 2).requires_grad(), x.detach().requires_grad());
}

int main(int argc, char **argv) { return trace(argc, argv, program); }
