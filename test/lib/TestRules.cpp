// TestRules.cpp - the pass that writes out the derivatives of functions, to read the rules' text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Derivatives.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;
namespace gradc::test {

namespace {
class TestRulesPass : public PassWrapper<TestRulesPass, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TestRulesPass)
  StringRef getArgument() const override { return "test-ag-rules"; }
  StringRef getDescription() const override {
    return "adds f_vjp and f_jvp to every straight-line function f";
  }
  void runOnOperation() override {
    for (auto f : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      buildJvp(f);
      buildVjp(f);
    }
  }
};
} // namespace

void registerTestRulesPass() { PassRegistration<TestRulesPass>(); }

} // namespace gradc::test
