// freed_graph.cpp - a second backward through a freed graph, which is refused when the graph is
// built. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/gradc.h"
using namespace gradc;

static void program() {
  Tensor x = ones({2}, requires_grad()).named("x");
  Tensor y = (x * x).sum().named("y");
  y.backward();
  y.backward();
}

int main(int argc, char **argv) { return trace(argc, argv, program); }
