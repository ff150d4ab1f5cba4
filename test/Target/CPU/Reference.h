// Reference.h - runs a kernel's body op by op, in double precision.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_TARGET_CPU_REFERENCE_H
#define GRADC_TEST_TARGET_CPU_REFERENCE_H

#include "gradc/IR/Sched.h"
#include <vector>

namespace gradc::test {

/// An element: a float (of any type) or an integer, bool or index.
struct Number {
  double real = 0;
  int64_t integer = 0;
};
using Tensor = std::vector<Number>; // row-major

/// The kernel's results from its arguments (a scalar is a tensor of one element).
std::vector<Tensor> evaluate(sched::KernelOp kernel, const std::vector<Tensor> &args);

/// Compares the math kernels of a module with libm at many arguments; returns whether all are
/// within `bound` ulp.
bool checkUlp(sched::KernelOp kernel,
              llvm::function_ref<void(const void *const *, void *, int64_t)> run, double bound);

// The documented order of sums, to the bit.
float sumAlongRow(const std::vector<float> &x); // a vector dim
float sumOfRows(const std::vector<float> &x);   // another dim
float sumOfProducts(const std::vector<float> &x, const std::vector<float> &y);

} // namespace gradc::test

#endif
