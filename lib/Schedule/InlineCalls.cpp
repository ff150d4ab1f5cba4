// InlineCalls.cpp - replaces every call by its callee's body and drops private functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Schedule/Passes.h"
#include "mlir/IR/IRMapping.h"

namespace gradc::sched {
#define GEN_PASS_DEF_INLINECALLSPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;

namespace {

struct InlineCallsPass : sched::impl::InlineCallsPassBase<InlineCallsPass> {
  /// Functions whose calls are already inlined, and those on the path to the one at work.
  llvm::SmallDenseSet<Operation *> done, open;

  static void inlineCall(func::CallOp call, func::FuncOp callee) {
    IRMapping map;
    map.map(callee.getArguments(), call.getOperands());
    OpBuilder b(call);
    Block &body = callee.getBody().front();
    for (Operation &op : body.without_terminator())
      b.clone(op, map);
    for (auto [result, value] : llvm::zip(call.getResults(), body.getTerminator()->getOperands()))
      result.replaceAllUsesWith(map.lookupOrDefault(value));
    call.erase();
  }

  LogicalResult inlineInto(func::FuncOp f) {
    if (done.contains(f))
      return success();
    open.insert(f);
    SmallVector<func::CallOp> calls;
    f.walk([&](func::CallOp call) { calls.push_back(call); });
    for (func::CallOp call : calls) {
      auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr());
      if (!callee || callee.isExternal())
        return call.emitError("expected '") << call.getCallee() << "' to be a function with a body";
      if (open.contains(callee))
        return call.emitError("'")
               << call.getCallee() << "' calls itself; recursion is not supported";
      if (failed(inlineInto(callee)))
        return failure();
      inlineCall(call, callee);
    }
    open.erase(f);
    done.insert(f);
    return success();
  }

  void runOnOperation() override {
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp f : functions)
      if (!f.isExternal() && failed(inlineInto(f)))
        return signalPassFailure();
    for (func::FuncOp f : functions)
      if (f.isPrivate())
        f.erase();
  }
};

} // namespace
