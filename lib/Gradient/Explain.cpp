// Explain.cpp - why a tensor has, lacks, saves or recomputes a gradient.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Explain.h"
#include "Residuals.h"
#include "Reverse.h"
#include "gradc/Gradient/Passes.h"
#include "mlir/Pass/PassManager.h"
#include <set>

using namespace mlir;
namespace gradc::gradient {

namespace {

/// The user's name of a value, if its location carries one.
StringRef userName(Location loc) {
  if (auto named = dyn_cast<NameLoc>(loc))
    return named.getName().getValue();
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return userName(call.getCallee());
  return {};
}

std::string place(Location loc) {
  if (auto file = loc->findInstanceOf<FileLineColLoc>()) {
    std::string text = file.getFilename().str() + ":" + std::to_string(file.getLine());
    return file.getColumn() ? text + ":" + std::to_string(file.getColumn()) : text;
  }
  return "unknown place";
}

std::string typeText(Type type) {
  std::string s;
  llvm::raw_string_ostream(s) << type;
  return s;
}

/// Everything that one function knows of the name.
class Explainer {
public:
  Explainer(func::FuncOp func, StringRef name, raw_ostream &os)
      : func(func), name(name), os(os), active(func) {}

  bool run() {
    bool found = false;
    func.walk([&](Operation *op) {
      for (Value v : op->getResults())
        if (matches(op, v) && isa<RankedTensorType>(v.getType()) &&
            seen.insert(placeOf(v)).second) {
          describe(v);
          found = true;
        }
    });
    return found;
  }

private:
  bool matches(Operation *op, Value v) {
    if (auto leaf = dyn_cast<ag::LeafOp>(op))
      return leaf.getVariable() == name;
    return userName(op->getLoc()) == name && !isa<ag::DetachOp>(op);
  }
  std::string placeOf(Value v) {
    return isa_and_nonnull<ag::LeafOp>(v.getDefiningOp()) ? "leaf" : place(v.getLoc());
  }

  void describe(Value v) {
    Operation *op = v.getDefiningOp();
    os << name << ": " << typeText(v.getType());
    if (auto leaf = dyn_cast<ag::LeafOp>(op))
      os << ", a leaf that requires grad, in '" << func.getName() << "'\n";
    else
      os << ", made by '" << op->getName() << "' at " << place(op->getLoc()) << "\n";
    whyGradient(v, op);
    whoKeeps(v);
  }

  void whyGradient(Value v, Operation *op) {
    if (!isDifferentiableType(v.getType())) {
      os << "  has no gradient: only floating point tensors have one\n";
      return;
    }
    if (!active(v)) {
      whyInactive(op);
      return;
    }
    Reached reached = reachedFrom(v, active, nullptr);
    if (!isa<ag::LeafOp>(op)) {
      os << "  a gradient flows through it: it depends on ";
      llvm::interleaveComma(reached.leaves, os,
                            [&](StringAttr leaf) { os << "'" << leaf.getValue() << "'"; });
      os << "\n";
    }
    bool any = false;
    func.walk([&](ag::BackwardOp backward) {
      if (!dependsOn(backward.getValue(), v))
        return;
      any = true;
      os << "  the backward at " << place(backward.getLoc()) << " reaches it\n";
    });
    if (!any)
      os << "  no backward in '" << func.getName() << "' reaches it\n";
  }

  bool dependsOn(Value from, Value v) {
    Activity only(func, v, {});
    return only(from);
  }

  /// The nearest place where the history was cut.
  void whyInactive(Operation *op) {
    SmallVector<Operation *> pending{op};
    llvm::DenseSet<Operation *> visited;
    while (!pending.empty()) {
      Operation *at = pending.pop_back_val();
      if (!visited.insert(at).second)
        continue;
      for (Value operand : at->getOperands()) {
        Operation *def = operand.getDefiningOp();
        if (auto cut = dyn_cast_or_null<ag::DetachOp>(def); cut && active(cut.getX())) {
          os << "  has no gradient: its history ends at a detach or no_grad at "
             << place(cut.getLoc()) << "\n";
          return;
        }
        if (def)
          pending.push_back(def);
      }
    }
    for (Operation *user : op->getUsers())
      if (isa<ag::DetachOp>(user) &&
          llvm::any_of(op->getOperands(), [&](Value o) { return active(o); })) {
        os << "  has no gradient: computed under no_grad\n";
        return;
      }
    os << "  has no gradient: it depends on no tensor that requires grad\n";
  }

  /// The ops whose rules read the value, found by running the rules against a scratch position.
  void whoKeeps(Value v) {
    llvm::SmallSetVector<Operation *, 4> users(v.getUsers().begin(), v.getUsers().end());
    if (Operation *def = v.getDefiningOp())
      users.insert(def);
    for (Operation *op : users) {
      auto rule = dyn_cast<ag::DifferentiableOpInterface>(op);
      if (!rule || llvm::none_of(op->getOperands(), [&](Value o) { return active(o); }) ||
          !readsIn(rule, v))
        continue;
      Operation *def = v.getDefiningOp();
      bool cheap = (isCheap(def) && !isa<ag::LeafOp>(def)) ||
                   (def && def->getParentOfType<ag::CheckpointOp>());
      os << (cheap ? "  computed again for the backward of '" : "  kept for the backward of '")
         << op->getName() << "' at " << place(op->getLoc()) << "\n";
    }
  }

  bool readsIn(ag::DifferentiableOpInterface rule, Value v) {
    Block scratch;
    OpBuilder b(func.getContext());
    b.setInsertionPointToEnd(&scratch);
    SmallVector<Value> cotangents;
    for (Value r : rule->getResults())
      cotangents.push_back(r);
    auto isActive = [&](Value o) { return active(o); };
    auto available = [](Value o) { return o; };
    auto ignore = [](unsigned, Value) {};
    ag::Vjp vjp(b, rule, cotangents, isActive, available, ignore);
    rule.buildVjp(vjp);
    return vjp.reads().contains(v);
  }

  func::FuncOp func;
  StringRef name;
  raw_ostream &os;
  Activity active;
  std::set<std::string> seen;
};

} // namespace

LogicalResult explain(ModuleOp module, StringRef name, raw_ostream &os) {
  PassManager pm(module.getContext());
  pm.addPass(createInlineCalls());
  pm.addNestedPass<func::FuncOp>(createResolveMode());
  pm.addPass(createExpandDraws());
  pm.addNestedPass<func::FuncOp>(createFlattenNoGrad());
  pm.addNestedPass<func::FuncOp>(createPromoteVariables());
  if (failed(pm.run(module)))
    return failure();
  bool found = false;
  for (auto func : module.getOps<func::FuncOp>())
    found |= Explainer(func, name, os).run();
  for (auto variable : module.getOps<ag::VariableOp>())
    if (!found && variable.getSymName() == name) {
      os << name << ": " << typeText(variable.getType()) << ", a " << variable.getKind()
         << (variable.getRequiresGrad() ? " that requires grad" : " without a gradient")
         << ", never read\n";
      found = true;
    }
  return found ? success() : emitError(module.getLoc(), "no tensor is named '") << name << "'";
}

} // namespace gradc::gradient
