// ResolveMode.cpp - replaces ag.training and takes the branches that it decides.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// This comes before differentiation: what only the other mode does has no gradient, saves nothing
// and writes no variable.
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_RESOLVEMODE
#include "gradc/Gradient/Passes.h.inc"

namespace {

struct ResolveMode : impl::ResolveModeBase<ResolveMode> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    auto mode = func->getAttrOfType<BoolAttr>("ag.mode");
    training = !mode || mode.getValue();
    known.clear();
    gone.clear();
    inBlock(func.getBody().front());
    for (Operation *op : llvm::reverse(gone))
      op->erase();
    func->removeAttr("ag.mode");
  }

private:
  void inBlock(Block &block) {
    for (Operation *op = block.empty() ? nullptr : &block.front(); op;) {
      Operation *next = op->getNextNode();
      if (auto branch = dyn_cast<scf::IfOp>(op); branch && known.contains(branch.getCondition())) {
        if (Operation *first = take(branch, known.lookup(branch.getCondition())))
          next = first;
      } else {
        visit(op);
        for (Region &region : op->getRegions())
          for (Block &inner : region)
            inBlock(inner);
      }
      op = next;
    }
  }

  /// Puts what the chosen branch does in place of the branch; returns the first of its ops.
  Operation *take(scf::IfOp branch, bool yes) {
    Region &region = yes ? branch.getThenRegion() : branch.getElseRegion();
    Operation *first = nullptr;
    if (!region.empty()) {
      Block &body = region.front();
      Operation *yield = body.getTerminator();
      branch->replaceAllUsesWith(SmallVector<Value>(yield->getOperands()));
      if (&body.front() != yield)
        first = &body.front();
      yield->erase();
      branch->getBlock()->getOperations().splice(Block::iterator(branch), body.getOperations());
    }
    branch.erase();
    return first;
  }

  /// Follows the mode through the ops that pass a bool on.
  void visit(Operation *op) {
    if (isa<ag::TrainingOp>(op))
      return learn(op, training);
    auto operand = [&](unsigned i) {
      auto it = known.find(op->getOperand(i));
      return it == known.end() ? std::optional<bool>() : it->second;
    };
    if (isa<ag::BroadcastOp, ag::ReshapeOp, tensor::ExtractOp>(op)) {
      if (auto v = operand(0))
        learn(op, *v);
    } else if (isa<ag::LogicalNotOp>(op)) {
      if (auto v = operand(0))
        learn(op, !*v);
    } else if (isa<ag::LogicalAndOp, ag::LogicalOrOp>(op)) {
      auto a = operand(0), c = operand(1);
      bool decides = isa<ag::LogicalOrOp>(op);
      if ((a && *a == decides) || (c && *c == decides))
        learn(op, decides);
      else if (a && c)
        learn(op, !decides);
    } else if (auto choice = dyn_cast<ag::SelectOp>(op)) {
      if (auto v = operand(0)) {
        choice.replaceAllUsesWith(*v ? choice.getA() : choice.getB());
        gone.push_back(op);
      }
    }
  }

  /// Values that are still used, in a print say, become constants.
  void learn(Operation *op, bool value) {
    Value old = op->getResult(0);
    OpBuilder b(op);
    Value constant;
    if (auto type = dyn_cast<RankedTensorType>(old.getType()))
      constant = ag::ConstantOp::create(b, op->getLoc(), DenseElementsAttr::get(type, value));
    else
      constant = arith::ConstantIntOp::create(b, op->getLoc(), value, 1);
    old.replaceAllUsesWith(constant);
    known[constant] = value;
    gone.push_back(op);
  }

  bool training = true;
  llvm::DenseMap<Value, bool> known;
  SmallVector<Operation *> gone;
};

} // namespace
} // namespace gradc::gradient
