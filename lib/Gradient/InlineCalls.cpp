// InlineCalls.cpp - inlines every call and removes private functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_INLINECALLS
#include "gradc/Gradient/Passes.h.inc"

namespace {
struct InlineCalls : impl::InlineCallsBase<InlineCalls> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isExternal() && failed(inlineInto(func, symbols)))
        return signalPassFailure();
    for (auto func : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (func.isPrivate())
        func.erase();
  }

  /// Callees first, so that each body is complete before it is copied.
  LogicalResult inlineInto(func::FuncOp func, SymbolTable &symbols) {
    if (finished.contains(func))
      return success();
    if (llvm::is_contained(stack, func))
      return func.emitError("recursion: '") << func.getName() << "' calls itself";
    stack.push_back(func);
    SmallVector<func::CallOp> calls;
    func.walk([&](func::CallOp call) { calls.push_back(call); });
    for (func::CallOp call : calls) {
      auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
      if (!callee || callee.isExternal())
        return call.emitError("expected a function named '") << call.getCallee() << "'";
      if (failed(inlineInto(callee, symbols)))
        return failure();
      inlineCall(call, callee);
    }
    stack.pop_back();
    finished.insert(func);
    return success();
  }

  static void inlineCall(func::CallOp call, func::FuncOp callee) {
    IRMapping map;
    map.map(callee.getArguments(), call.getOperands());
    OpBuilder b(call);
    Block &body = callee.getBody().front();
    for (Operation &op : body.without_terminator()) {
      Operation *copy = b.clone(op, map);
      copy->walk([&](Operation *inner) {
        inner->setLoc(CallSiteLoc::get(inner->getLoc(), call.getLoc()));
      });
    }
    for (auto [result, v] : llvm::zip(call.getResults(), body.getTerminator()->getOperands()))
      result.replaceAllUsesWith(map.lookupOrDefault(v));
    call.erase();
  }

  llvm::DenseSet<Operation *> finished;
  SmallVector<func::FuncOp> stack;
};
} // namespace
} // namespace gradc::gradient
