// SplitFunctions.cpp - cuts functions at ag.split.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_SPLITFUNCTIONS
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// The arguments with this attribute belong to the function behind the split.
constexpr StringLiteral kBehindAttr = "ag.behind_split";

struct SplitFunctions : impl::SplitFunctionsBase<SplitFunctions> {
  void runOnOperation() override {
    SmallVector<ag::SplitOp> splits;
    getOperation().walk([&](ag::SplitOp op) { splits.push_back(op); });
    for (ag::SplitOp op : splits)
      if (failed(split(op)))
        return signalPassFailure();
  }

  LogicalResult split(ag::SplitOp op) {
    auto func = dyn_cast<func::FuncOp>(op->getParentOp());
    if (!func)
      return op.emitError("expected a split at the top level of a function");
    Block &body = func.getBody().front();
    Operation *ret = body.getTerminator();
    SmallVector<Operation *> behind;
    for (Operation *at = op->getNextNode(); at != ret; at = at->getNextNode())
      behind.push_back(at);
    OpBuilder b(func->getContext());
    b.setInsertionPointAfter(func);
    SmallVector<BlockArgument> args;
    SmallVector<Type> types;
    SmallVector<DictionaryAttr> attrs;
    for (BlockArgument a : body.getArguments())
      if (func.getArgAttr(a.getArgNumber(), kBehindAttr)) {
        args.push_back(a);
        types.push_back(a.getType());
        func.removeArgAttr(a.getArgNumber(), kBehindAttr);
        attrs.push_back(func.getArgAttrDict(a.getArgNumber()));
      }
    auto rest = func::FuncOp::create(b, op.getLoc(), op.getInto(), b.getFunctionType(types, {}));
    Block *entry = rest.addEntryBlock();
    for (auto [i, a] : llvm::enumerate(attrs))
      rest.setArgAttrs(i, a);
    b.setInsertionPointToEnd(entry);
    auto end = func::ReturnOp::create(b, op.getLoc());
    for (Operation *moved : behind)
      moved->moveBefore(end);
    for (auto [i, a] : llvm::enumerate(args))
      a.replaceAllUsesWith(entry->getArgument(i));
    carryAcross(func, rest, op);
    BitVector dropped(body.getNumArguments());
    for (BlockArgument a : args)
      dropped.set(a.getArgNumber());
    op.erase();
    return func.eraseArguments(dropped);
  }

  /// Values of the front that the rest uses: constants are copied, others become residual
  /// variables.
  void carryAcross(func::FuncOp func, func::FuncOp rest, ag::SplitOp op) {
    llvm::SetVector<Value> crossing;
    rest.walk([&](Operation *inner) {
      for (Value v : inner->getOperands())
        if (!rest.getBody().isAncestor(v.getParentRegion()))
          crossing.insert(v);
    });
    OpBuilder atStart = OpBuilder::atBlockBegin(&rest.getBody().front());
    OpBuilder atEnd(func.getBody().front().getTerminator());
    OpBuilder module(func);
    auto inRest = [&](OpOperand &use) { return rest->isProperAncestor(use.getOwner()); };
    for (unsigned i = 0; i < crossing.size(); ++i) {
      Value v = crossing[i];
      Operation *def = v.getDefiningOp();
      if (def && def->hasTrait<OpTrait::ConstantLike>()) {
        Operation *copy = atStart.clone(*def);
        v.replaceUsesWithIf(copy->getResult(0), inRest);
        continue;
      }
      auto name = atEnd.getStringAttr(func.getName() + ".residual" + Twine(i));
      ag::VariableOp::create(module, v.getLoc(), name, TypeAttr::get(v.getType()),
                             module.getStringAttr("residual"), UnitAttr(), ElementsAttr());
      auto symbol = FlatSymbolRefAttr::get(name);
      Value read = ag::GetOp::create(atStart, v.getLoc(), v.getType(), symbol);
      v.replaceUsesWithIf(read, inRest);
      ag::SetOp::create(atEnd, v.getLoc(), symbol, v, UnitAttr());
    }
  }
};
} // namespace
} // namespace gradc::gradient
