// ExitLoops.cpp - loops that a condition ends become scf.while.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"
#include "gradc/Target/Link/Passes.h"

namespace gradc::link {
#define GEN_PASS_DEF_EXITLOOPSPASS
#include "gradc/Target/Link/Passes.h.inc"
} // namespace gradc::link

using namespace mlir;
using namespace gradc;

/// The loop with the condition of `exit` carried beside its number of turns.
static void rewrite(ag::ContinueIfOp exit) {
  auto loop = cast<scf::ForOp>(exit->getParentOp());
  Location loc = loop.getLoc();
  OpBuilder b(loop);
  Value go = arith::ConstantIntOp::create(b, loc, 1, 1);
  SmallVector<Value> inits{loop.getLowerBound(), go};
  llvm::append_range(inits, loop.getInitArgs());
  Value bound = loop.getUpperBound(), step = loop.getStep();
  auto before = [&](OpBuilder &b, Location loc, ValueRange args) {
    Value more = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, args[0], bound);
    more = arith::AndIOp::create(b, loc, more, args[1]);
    scf::ConditionOp::create(b, loc, more, args);
  };
  auto after = [&](OpBuilder &b, Location loc, ValueRange args) {
    Block *body = loop.getBody();
    Operation *yield = body->getTerminator();
    loop.getInductionVar().replaceAllUsesWith(args[0]);
    for (auto [old, arg] : llvm::zip(loop.getRegionIterArgs(), args.drop_front(2)))
      old.replaceAllUsesWith(arg);
    SmallVector<Value> next{arith::AddIOp::create(b, loc, args[0], step), exit.getCondition()};
    llvm::append_range(next, yield->getOperands());
    Block *into = b.getInsertionBlock();
    yield->erase();
    into->getOperations().splice(into->begin(), body->getOperations());
    scf::YieldOp::create(b, loc, next);
  };
  auto wide = scf::WhileOp::create(b, loc, ValueRange(inits).getTypes(), inits, before, after);
  loop->replaceAllUsesWith(wide.getResults().drop_front(2));
  exit.erase();
  loop.erase();
}

namespace {
struct ExitLoopsPass : link::impl::ExitLoopsPassBase<ExitLoopsPass> {
  void runOnOperation() override {
    SmallVector<ag::ContinueIfOp> exits;
    getOperation().walk([&](ag::ContinueIfOp op) { exits.push_back(op); });
    for (ag::ContinueIfOp op : exits)
      rewrite(op);
  }
};
} // namespace
