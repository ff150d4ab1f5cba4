// zero_grad.cpp - a layer trained by SGD with momentum, and its gradient set to zeros or None.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/gradc.h"
using namespace gradc;

static void program() {
  manual_seed(0);
  nn::Linear model(3, 1);
  optim::SGD optimizer(model.parameters(), 0.1, 0.9);
  Tensor x = randn({4, 3}).named("x");
  repeat(3, [&](Tensor step) {
    optimizer.zero_grad();
    Tensor loss = model(x).pow(2).mean().named("loss");
    loss.backward();
    optimizer.step();
    print(step, loss.item());
  });
  model.zero_grad(/*set_to_none=*/false);
  print(model.weight.grad());
  model.zero_grad();
  print(model.weight.grad());
}

int main(int argc, char **argv) { return trace(argc, argv, program); }
