// SplitFunctions.cpp - cuts functions at ag.split.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Residuals.h"
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_SPLITFUNCTIONS
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// The arguments with this attribute belong to the function behind the split.
constexpr StringLiteral kBehindAttr = "ag.behind_split";

/// Moves what stands behind a split into a function of its own.
class Splitter {
public:
  Splitter(ag::SplitOp op, func::FuncOp func)
      : op(op), front(func), body(func.getBody().front()), atStart(op.getContext()),
        atEnd(op.getContext()) {}

  void run() {
    SmallVector<Operation *> moved = opsBehind();
    SmallVector<BlockArgument> args = makeRest();
    Operation *end = rest.getBody().front().getTerminator();
    for (Operation *m : moved)
      m->moveBefore(end);
    for (auto [i, a] : llvm::enumerate(args))
      a.replaceAllUsesWith(rest.getBody().front().getArgument(i));
    BitVector dropped(body.getNumArguments());
    for (BlockArgument a : args)
      dropped.set(a.getArgNumber());
    atStart.setInsertionPointToStart(&rest.getBody().front());
    atEnd.setInsertionPoint(body.getTerminator());
    for (Operation *m : moved)
      m->walk([&](Operation *inner) {
        for (OpOperand &use : inner->getOpOperands())
          if (front.getBody().isAncestor(use.get().getParentRegion()))
            use.set(inRest(use.get()));
      });
    if (guarded)
      addGuard();
    op.erase();
    (void)front.eraseArguments(dropped);
  }

private:
  /// Everything between the split and the return, but for writes of what was known before.
  SmallVector<Operation *> opsBehind() {
    SmallVector<Operation *> ops;
    llvm::DenseSet<Operation *> set;
    for (Operation *at = op->getNextNode(); at != body.getTerminator(); at = at->getNextNode()) {
      auto write = dyn_cast<ag::SetOp>(at);
      Operation *def = write ? write.getValue().getDefiningOp() : nullptr;
      bool known = write && !set.contains(def) &&
                   ag::lookupVariable(at, write.getVariableAttr()).getKind() != "grad";
      if (known)
        continue;
      ops.push_back(at);
      set.insert(at);
    }
    return ops;
  }

  /// The new function; returns the old one's arguments that move to it.
  SmallVector<BlockArgument> makeRest() {
    SmallVector<BlockArgument> args;
    SmallVector<Type> types;
    SmallVector<DictionaryAttr> attrs;
    for (BlockArgument a : body.getArguments())
      if (front.getArgAttr(a.getArgNumber(), kBehindAttr)) {
        front.removeArgAttr(a.getArgNumber(), kBehindAttr);
        args.push_back(a);
        types.push_back(a.getType());
        attrs.push_back(front.getArgAttrDict(a.getArgNumber()));
      }
    OpBuilder b(op.getContext());
    b.setInsertionPointAfter(front);
    rest = func::FuncOp::create(b, op.getLoc(), op.getInto(), b.getFunctionType(types, {}));
    b.setInsertionPointToEnd(rest.addEntryBlock());
    for (auto [i, a] : llvm::enumerate(attrs))
      rest.setArgAttrs(i, a);
    func::ReturnOp::create(b, op.getLoc());
    return args;
  }

  /// A value of the front, as the rest sees it: read again, computed again, or kept in a variable.
  Value inRest(Value v) {
    auto it = known.find(v);
    if (it != known.end())
      return it->second;
    Value found;
    Operation *def = v.getDefiningOp();
    if (isCheap(def) || isa_and_nonnull<ag::GetOp>(def)) {
      guarded |=
          isa<ag::GetOp>(def) &&
          ag::lookupVariable(def, cast<ag::GetOp>(def).getVariableAttr()).getKind() != "grad";
      SmallVector<Value> operands;
      for (Value o : def->getOperands())
        operands.push_back(inRest(o));
      Operation *copy = atStart.clone(*def);
      copy->setOperands(operands);
      found = copy->getResult(cast<OpResult>(v).getResultNumber());
    } else {
      found = kept(v);
      guarded = true;
    }
    return known[v] = found;
  }

  /// Keeps a value in a variable; a number, such as the condition of a branch, as a tensor of it.
  Value kept(Value v) {
    Location loc = v.getLoc();
    auto type = dyn_cast<RankedTensorType>(v.getType());
    bool isNumber = !type;
    Value whole = v;
    if (isNumber) {
      Value stored = v.getType().isIndex()
                         ? arith::IndexCastOp::create(atEnd, loc, atEnd.getI64Type(), v).getResult()
                         : v;
      type = RankedTensorType::get({}, stored.getType());
      whole = tensor::FromElementsOp::create(atEnd, loc, type, stored);
    }
    FlatSymbolRefAttr symbol = variable("residual" + std::to_string(count++), type);
    ag::SetOp::create(atEnd, loc, symbol, whole, UnitAttr());
    Value found = ag::GetOp::create(atStart, loc, type, symbol);
    if (!isNumber)
      return found;
    found = tensor::ExtractOp::create(atStart, loc, found, ValueRange());
    return v.getType().isIndex()
               ? arith::IndexCastOp::create(atStart, loc, atStart.getIndexType(), found).getResult()
               : found;
  }

  FlatSymbolRefAttr variable(StringRef name, Type type) {
    OpBuilder module(front);
    auto full = module.getStringAttr(front.getName() + "." + name);
    ag::VariableOp::create(module, op.getLoc(), full, TypeAttr::get(type),
                           module.getStringAttr("residual"), UnitAttr(), ElementsAttr());
    return FlatSymbolRefAttr::get(full);
  }

  /// PyTorch frees the graph at the first backward: the rest may run once after each run of the
  /// front.
  void addGuard() {
    auto type = RankedTensorType::get({}, atEnd.getI1Type());
    FlatSymbolRefAttr alive = variable("alive", type);
    auto set = [&](OpBuilder &b, bool value) {
      Value v = ag::ConstantOp::create(b, op.getLoc(), DenseElementsAttr::get(type, value));
      ag::SetOp::create(b, op.getLoc(), alive, v, UnitAttr());
    };
    set(atEnd, true);
    OpBuilder end(rest.getBody().front().getTerminator());
    set(end, false);
    rest->setAttr("ag.guard", alive);
  }

  ag::SplitOp op;
  func::FuncOp front, rest;
  Block &body;
  OpBuilder atStart, atEnd;
  llvm::DenseMap<Value, Value> known;
  unsigned count = 0;
  bool guarded = false;
};

struct SplitFunctions : impl::SplitFunctionsBase<SplitFunctions> {
  void runOnOperation() override {
    SmallVector<ag::SplitOp> splits;
    getOperation().walk([&](ag::SplitOp op) { splits.push_back(op); });
    for (ag::SplitOp op : splits) {
      auto func = dyn_cast<func::FuncOp>(op->getParentOp());
      if (!func) {
        op.emitError("expected a split at the top level of a function");
        return signalPassFailure();
      }
      Splitter(op, func).run();
    }
    for (auto v : llvm::make_early_inc_range(getOperation().getOps<ag::VariableOp>()))
      if (v->hasAttr("ag.input"))
        v.erase(); // it named a leaf, it has no storage
  }
};

} // namespace
} // namespace gradc::gradient
