// regression.cpp - linear regression by gradient descent, written out.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/gradc.h"
using namespace gradc;

static void program() {
  manual_seed(0);
  Tensor x = randn({10, 3}).named("x");
  Tensor y = randn({10, 1}).named("y");
  Tensor w = randn({3, 1}, requires_grad()).named("w");
  Tensor b = randn({1}, requires_grad()).named("b");
  repeat(100, [&](Tensor step) {
    Tensor pred = (matmul(x, w) + b).named("pred");
    Tensor loss = (pred - y).pow(2).mean().named("loss");
    loss.backward();
    if_(step == 0 || step == 99, [&] { print(loss.detach()); });
    no_grad([&] {
      w -= 0.01 * w.grad();
      b -= 0.01 * b.grad();
      w.grad().zero_();
      b.grad().zero_();
    });
  });
  print(w.cpu().detach());
  print(b.cpu().detach());
}

int main(int argc, char **argv) { return trace(argc, argv, program); }
