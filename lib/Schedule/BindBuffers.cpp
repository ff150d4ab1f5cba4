// BindBuffers.cpp - turns arguments, results and variables of functions into memref arguments.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Schedule/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace gradc::sched {
#define GEN_PASS_DEF_BINDBUFFERSPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;

namespace {

constexpr llvm::StringLiteral kNameAttr = "ag.name";
/// Says "u8" of what is stored as i8.
constexpr llvm::StringLiteral kDtypeAttr = "ag.dtype";

MemRefType bufferType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

/// The bindings of one function.
class Binder {
public:
  explicit Binder(func::FuncOp f)
      : function(f), entry(f.getBody().front()), b(OpBuilder::atBlockBegin(&entry)) {}

  LogicalResult run() {
    if (failed(checkStatements()))
      return failure();
    bindInputs();
    bindVariables();
    bindExit();
    return success();
  }

private:
  /// Gradient's promotion leaves variables at the two ends of a function only.
  LogicalResult checkStatements() {
    llvm::SmallDenseSet<StringAttr> set;
    WalkResult walk = function.walk([&](Operation *op) {
      if (!isa<ag::GetOp, ag::SetOp>(op))
        return WalkResult::advance();
      auto get = dyn_cast<ag::GetOp>(op);
      StringAttr name =
          get ? get.getVariableAttr().getAttr() : cast<ag::SetOp>(op).getVariableAttr().getAttr();
      if (op->getBlock() != &entry) {
        op->emitError("variable '") << name.getValue() << "' is used below the function's body";
        return WalkResult::interrupt();
      }
      if (get && set.contains(name)) {
        op->emitError("variable '") << name.getValue() << "' is read after it was set";
        return WalkResult::interrupt();
      }
      if (!get)
        set.insert(name);
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return failure();
    for (Type type :
         llvm::concat<const Type>(function.getArgumentTypes(), function.getResultTypes()))
      if (auto tensor = dyn_cast<RankedTensorType>(type); tensor && !tensor.hasStaticShape())
        return function.emitError("named dimensions are not supported yet: ") << type;
    return success();
  }

  StringAttr nameOf(Attribute given, StringRef prefix, unsigned number) {
    if (auto name = dyn_cast_or_null<StringAttr>(given))
      return name;
    return b.getStringAttr(prefix + Twine(number));
  }

  void bindInputs() {
    for (unsigned i = 0, e = entry.getNumArguments(); i < e; ++i) {
      BlockArgument arg = entry.getArgument(i);
      Type type = arg.getType();
      if (!isa<RankedTensorType>(type))
        continue;
      StringAttr name = nameOf(function.getArgAttr(i, kNameAttr), "in", i);
      arg.setType(bufferType(type));
      auto value = bufferization::ToTensorOp::create(b, arg.getLoc(), type, arg, /*restrict=*/true,
                                                     /*writable=*/false);
      arg.replaceAllUsesExcept(value, value);
      function.removeArgAttr(i, kNameAttr);
      function.setArgAttr(i, sched::kInputAttr, name);
    }
  }

  BlockArgument addArgument(Type type, StringRef attr, Attribute value, Location loc) {
    unsigned n = entry.getNumArguments();
    // The entry's arguments may have changed type already; the function follows.
    function.setType(b.getFunctionType(entry.getArgumentTypes(), function.getResultTypes()));
    LogicalResult inserted = function.insertArgument(
        n, bufferType(type), b.getDictionaryAttr(b.getNamedAttr(attr, value)), loc);
    assert(succeeded(inserted) && "a function takes any type of argument");
    (void)inserted;
    return entry.getArgument(n);
  }

  void bindVariables() {
    SmallVector<ag::GetOp> gets(entry.getOps<ag::GetOp>());
    SmallVector<ag::SetOp> sets(entry.getOps<ag::SetOp>());
    llvm::SmallDenseSet<Attribute> written;
    for (ag::SetOp set : sets)
      written.insert(set.getVariableAttr());
    llvm::SmallDenseMap<Attribute, Value> loaded;
    for (ag::GetOp get : gets) {
      FlatSymbolRefAttr variable = get.getVariableAttr();
      Value &value = loaded[variable];
      if (!value) {
        BlockArgument arg =
            addArgument(get.getType(), sched::kVariableAttr, variable, get.getLoc());
        b.setInsertionPoint(get);
        value = bufferization::ToTensorOp::create(b, get.getLoc(), get.getType(), arg,
                                                  /*restrict=*/true, written.contains(variable));
        buffers[variable] = arg;
      }
      get.replaceAllUsesWith(value);
      get.erase();
    }
    for (ag::SetOp set : sets) {
      FlatSymbolRefAttr variable = set.getVariableAttr();
      if (!buffers.contains(variable))
        buffers[variable] =
            addArgument(set.getValue().getType(), sched::kVariableAttr, variable, set.getLoc());
      stored[variable] = set.getValue();
      set.erase();
    }
  }

  void bindExit() {
    auto ret = cast<func::ReturnOp>(entry.getTerminator());
    SmallVector<Value> sources, dests;
    for (auto &[variable, value] : stored) {
      sources.push_back(value);
      dests.push_back(buffers[variable]);
    }
    for (auto [i, value] : llvm::enumerate(ret.getOperands())) {
      StringAttr name = nameOf(function.getResultAttr(i, kNameAttr), "out", i);
      Attribute dtype = function.getResultAttr(i, kDtypeAttr);
      sources.push_back(value);
      dests.push_back(addArgument(value.getType(), sched::kOutputAttr, name, ret.getLoc()));
      if (dtype)
        function.setArgAttr(function.getNumArguments() - 1, kDtypeAttr, dtype);
    }
    b.setInsertionPoint(ret);
    if (!sources.empty())
      sched::CommitOp::create(b, ret.getLoc(), sources, dests);
    ret->setOperands({});
    LogicalResult erased = function.eraseResults(llvm::BitVector(function.getNumResults(), true));
    assert(succeeded(erased) && "a function may have no results");
    (void)erased;
  }

  func::FuncOp function;
  Block &entry;
  OpBuilder b;
  /// Of each variable: its argument, and the value at the exit.
  llvm::MapVector<Attribute, Value> buffers, stored;
};

struct BindBuffersPass : sched::impl::BindBuffersPassBase<BindBuffersPass> {
  /// Data belongs to the program's state, not to a function's code.
  void bindConstants(ModuleOp module) {
    llvm::MapVector<Attribute, FlatSymbolRefAttr> variables;
    SymbolTable symbols(module);
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    module.walk([&](arith::ConstantOp op) {
      auto data = dyn_cast<ElementsAttr>(op.getValue());
      auto function = op->getParentOfType<func::FuncOp>();
      if (!data || data.isSplat() || !function)
        return;
      FlatSymbolRefAttr &symbol = variables[data];
      if (!symbol) {
        auto variable = ag::VariableOp::create(top, op.getLoc(), "constant", op.getType(), "local",
                                               /*requires_grad=*/false, data);
        symbol = FlatSymbolRefAttr::get(symbols.insert(variable));
      }
      OpBuilder b = OpBuilder::atBlockBegin(&function.getBody().front());
      op.replaceAllUsesWith(ag::GetOp::create(b, op.getLoc(), op.getType(), symbol).getResult());
      op.erase();
    });
  }

  void runOnOperation() override {
    // The memory plan works on one function at a time; Gradient has inlined what was called.
    WalkResult calls = getOperation().walk([](func::CallOp call) {
      call.emitError("expected no calls, found one of '") << call.getCallee() << "'";
      return WalkResult::interrupt();
    });
    if (calls.wasInterrupted())
      return signalPassFailure();
    bindConstants(getOperation());
    for (auto f : getOperation().getOps<func::FuncOp>())
      if (!f.isExternal() && failed(Binder(f).run()))
        return signalPassFailure();
  }
};

} // namespace
