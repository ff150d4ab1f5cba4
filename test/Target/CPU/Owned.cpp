// Owned.cpp - ops that own a kernel, evaluated by the interpreter of test/lib.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Owned.h"
#include "Interpreter.h"

using namespace mlir;
using namespace gradc::test;

std::vector<gradc::Elements> gradc::evaluateOwner(Operation &op,
                                                  const std::vector<gradc::Elements> &operands) {
  std::vector<Datum> in, out;
  for (auto [v, elements] : llvm::zip_equal(op.getOperands(), operands)) {
    in.push_back(Datum::ofType(v.getType()));
    for (auto [n, e] : llvm::zip_equal(in.back().data, elements)) {
      n.f = e.first;
      n.i = e.second;
    }
  }
  std::vector<const Datum *> pointers;
  for (const Datum &d : in)
    pointers.push_back(&d);
  evaluateKernelOp(op, pointers, out);
  std::vector<gradc::Elements> results;
  for (const Datum &d : out) {
    results.emplace_back();
    for (const Number &n : d.data)
      results.back().push_back({n.f, n.i});
  }
  return results;
}
