// gradc.h - the C++ trace API: a program written like PyTorch that writes graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   #include "gradc/Trace/gradc.h"
//   using namespace gradc;
//
//   int main(int argc, char **argv) {
//     return trace(argc, argv, [] {
//       Tensor x = ones({2, 2}, requires_grad());
//       (x * x).sum().backward();
//       print(x.grad());
//     });
//   }
//
// C++17, without LLVM. The guide is docs/trace.md.
#ifndef GRADC_TRACE_GRADC_H
#define GRADC_TRACE_GRADC_H

#include "gradc/Trace/Control.h"
#include "gradc/Trace/Functional.h"
#include "gradc/Trace/Functions.h"
#include "gradc/Trace/Indexing.h"
#include "gradc/Trace/Math.h"
#include "gradc/Trace/Model.h"
#include "gradc/Trace/Movement.h"
#include "gradc/Trace/Nn.h"
#include "gradc/Trace/Structure.h"

#endif // GRADC_TRACE_GRADC_H
