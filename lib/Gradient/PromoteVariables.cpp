// PromoteVariables.cpp - turns reads and writes of variables into SSA values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Upstream's mem2reg does not cross scf, and no in-place update can become a register without it.
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_PROMOTEVARIABLES
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// What is known of a variable at one point of the program.
struct Content {
  Value value;                // null while nothing was read or written
  SmallVector<Value> readers; // leaves read since the last write
};
/// Ordered, so that the output does not depend on pointers.
using Env = llvm::MapVector<StringAttr, Content>;

struct PromoteVariables : impl::PromoteVariablesBase<PromoteVariables> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    Env env;
    llvm::SetVector<StringAttr> written;
    SmallVector<Operation *> entry = readAll(func, env, written);
    if (failed(inBlock(func.getBody().front(), env, entry.size())))
      return signalPassFailure();
    OpBuilder b(func.getBody().front().getTerminator());
    for (StringAttr name : written) {
      Value now = env[name].value;
      if (auto get = now.getDefiningOp<ag::GetOp>(); get && get.getVariableAttr().getAttr() == name)
        continue; // unchanged
      ag::SetOp::create(b, now.getLoc(), FlatSymbolRefAttr::get(name), now, UnitAttr());
    }
    for (Operation *get : entry)
      if (get->use_empty())
        get->erase();
  }

  /// One read of every variable that the function uses, at its entry.
  SmallVector<Operation *> readAll(func::FuncOp func, Env &env,
                                   llvm::SetVector<StringAttr> &written) {
    SmallVector<Operation *> entry;
    SmallVector<std::tuple<FlatSymbolRefAttr, Type, Location>> used;
    func.walk([&](Operation *op) {
      FlatSymbolRefAttr symbol;
      Type type;
      if (auto get = dyn_cast<ag::GetOp>(op)) {
        symbol = get.getVariableAttr();
        type = get.getValue().getType();
      } else if (auto set = dyn_cast<ag::SetOp>(op)) {
        symbol = set.getVariableAttr();
        type = set.getValue().getType();
        written.insert(symbol.getAttr());
      } else {
        return;
      }
      if (env.insert({symbol.getAttr(), {}}).second)
        used.push_back({symbol, type, op->getLoc()});
    });
    OpBuilder b = OpBuilder::atBlockBegin(&func.getBody().front());
    for (auto [symbol, type, loc] : used) {
      auto get = ag::GetOp::create(b, loc, type, symbol);
      env[symbol.getAttr()].value = get;
      entry.push_back(get);
    }
    return entry;
  }

  LogicalResult inBlock(Block &block, Env &env, size_t skip = 0) {
    auto first = std::next(block.begin(), skip);
    for (Operation &op : llvm::make_early_inc_range(llvm::make_range(first, block.end()))) {
      LogicalResult ok = success();
      if (auto get = dyn_cast<ag::GetOp>(op))
        read(get, env);
      else if (auto set = dyn_cast<ag::SetOp>(op))
        write(set, env);
      else if (auto loop = dyn_cast<scf::ForOp>(op))
        ok = inLoop(loop, env);
      else if (auto branch = dyn_cast<scf::IfOp>(op))
        ok = inBranches(branch, env);
      else if (auto checkpoint = dyn_cast<ag::CheckpointOp>(op))
        ok = inCheckpoint(checkpoint, env);
      else if (op.getNumRegions() && usesVariables(&op))
        ok = op.emitError("internal: a variable is used under an op that promotion does not know");
      if (failed(ok))
        return failure();
    }
    return success();
  }

  static bool usesVariables(Operation *op) {
    return op
        ->walk([](Operation *inner) {
          return isa<ag::GetOp, ag::SetOp>(inner) ? WalkResult::interrupt() : WalkResult::advance();
        })
        .wasInterrupted();
  }

  void read(ag::GetOp get, Env &env) {
    Content &content = env[get.getVariableAttr().getAttr()];
    Value value = content.value;
    if (ag::lookupVariable(get, get.getVariableAttr()).getRequiresGrad()) {
      OpBuilder b(get);
      value = ag::LeafOp::create(b, get.getLoc(), value, get.getVariableAttr());
      content.readers.push_back(value);
    }
    get.getValue().replaceAllUsesWith(value);
    get.erase();
  }

  void write(ag::SetOp set, Env &env) {
    Content &content = env[set.getVariableAttr().getAttr()];
    OpBuilder b(set);
    bool leaf = ag::lookupVariable(set, set.getVariableAttr()).getRequiresGrad();
    if (set.getInit() && leaf)
      ag::ZeroGradOp::create(b, set.getLoc(), set.getVariableAttr(), b.getUnitAttr());
    else if (!set.getInit() && !content.readers.empty())
      ag::ModifiedOp::create(b, set.getLoc(), content.readers);
    Value value = set.getValue();
    // A leaf holds the value, not the history, of what is written into it.
    content.value = value;
    if (leaf) {
      auto detached = ag::DetachOp::create(b, set.getLoc(), value);
      if (set.getInit())
        detached->setAttr("ag.init", b.getUnitAttr());
      content.value = detached;
    }
    content.readers.clear();
    set.erase();
  }

  /// The variables that are written under `op`, in the order of `env`.
  static SmallVector<StringAttr> writtenUnder(Operation *op, Env &env) {
    llvm::SmallDenseSet<StringAttr> names;
    op->walk([&](ag::SetOp set) { names.insert(set.getVariableAttr().getAttr()); });
    SmallVector<StringAttr> ordered;
    for (auto &[name, content] : env)
      if (names.contains(name))
        ordered.push_back(name);
    return ordered;
  }

  LogicalResult inLoop(scf::ForOp loop, Env &env) {
    SmallVector<StringAttr> names = writtenUnder(loop, env);
    if (!names.empty()) {
      SmallVector<Value> inits;
      for (StringAttr name : names)
        inits.push_back(env[name].value);
      IRRewriter rewriter(loop);
      auto same = [](OpBuilder &, Location, ArrayRef<BlockArgument> args) {
        return SmallVector<Value>(args.begin(), args.end());
      };
      loop = cast<scf::ForOp>(*loop.replaceWithAdditionalYields(rewriter, inits, false, same));
    }
    // Readers of before the loop stay listed: a write in the body overwrites what they read.
    Env inner = env;
    for (auto [name, arg] : llvm::zip(names, loop.getRegionIterArgs().take_back(names.size())))
      inner[name].value = arg;
    if (failed(inBlock(*loop.getBody(), inner)))
      return failure();
    Operation *yield = loop.getBody()->getTerminator();
    unsigned base = yield->getNumOperands() - names.size();
    for (auto [i, name] : llvm::enumerate(names)) {
      yield->setOperand(base + i, inner[name].value);
      env[name] = {loop.getResult(base + i), {}};
    }
    return success();
  }

  LogicalResult inCheckpoint(ag::CheckpointOp op, Env &env) {
    SmallVector<StringAttr> names = writtenUnder(op, env);
    Env inner = env;
    Block &body = op.getBody().front();
    if (failed(inBlock(body, inner)))
      return failure();
    Operation *yield = body.getTerminator();
    SmallVector<Type> types(op.getResultTypes());
    for (StringAttr name : names) {
      types.push_back(inner[name].value.getType());
      yield->insertOperands(yield->getNumOperands(), inner[name].value);
    }
    OpBuilder b(op);
    auto wide = ag::CheckpointOp::create(b, op.getLoc(), types);
    wide.getBody().takeBody(op.getBody());
    unsigned base = op.getNumResults();
    op->replaceAllUsesWith(wide.getResults().take_front(base));
    for (auto [i, name] : llvm::enumerate(names))
      env[name] = {wide.getResult(base + i), {}};
    op.erase();
    return success();
  }

  LogicalResult inBranches(scf::IfOp branch, Env &env) {
    SmallVector<StringAttr> names = writtenUnder(branch, env);
    if (names.empty() && !usesVariables(branch))
      return success();
    SmallVector<Type> types(branch.getResultTypes());
    for (StringAttr name : names)
      types.push_back(env[name].value.getType());
    OpBuilder b(branch);
    auto wide = scf::IfOp::create(b, branch.getLoc(), types, branch.getCondition(), true, true);
    for (unsigned r = 0; r < 2; ++r) {
      Region &from = branch->getRegion(r), &to = wide->getRegion(r);
      if (!from.empty())
        to.takeBody(from);
      Block &block = to.front();
      if (block.empty() || !block.back().hasTrait<OpTrait::IsTerminator>()) {
        OpBuilder end = OpBuilder::atBlockEnd(&block);
        scf::YieldOp::create(end, branch.getLoc());
      }
      Env inner = env;
      if (failed(inBlock(block, inner)))
        return failure();
      Operation *yield = block.getTerminator();
      for (StringAttr name : names)
        yield->insertOperands(yield->getNumOperands(), inner[name].value);
    }
    unsigned base = branch.getNumResults();
    branch->replaceAllUsesWith(wide.getResults().take_front(base));
    for (auto [i, name] : llvm::enumerate(names))
      env[name] = {wide.getResult(base + i), {}};
    branch.erase();
    return success();
  }
};

} // namespace
} // namespace gradc::gradient
