// Outline.cpp - makes kernels and launches of groups of ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Outline.h"
#include "OneKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace gradc::sched;

KernelTable::KernelTable(ModuleOp module)
    : module(module), symbols(module), top(OpBuilder::atBlockBegin(module.getBody())) {}

/// What a group needs from outside: values that become arguments, and ops that are copied.
namespace {
struct Needs {
  llvm::SetVector<Value> arguments;
  llvm::SetVector<Operation *> copies; ///< producers first

  Needs(ArrayRef<Operation *> ops) : ops(ops) {
    for (Operation *op : ops)
      op->walk([&](Operation *inner) {
        for (Value v : inner->getOperands())
          need(v, op);
      });
  }

private:
  void need(Value value, Operation *reader) {
    Operation *def = value.getDefiningOp();
    // Values of the reader's own regions.
    if (reader->isAncestor(value.getParentRegion()->getParentOp()))
      return;
    if (def && llvm::is_contained(ops, def))
      return;
    if (!def || kindOf(def) != OpKind::Free) {
      arguments.insert(value);
      return;
    }
    if (copies.contains(def))
      return;
    for (Value v : def->getOperands())
      need(v, def);
    copies.insert(def);
  }
  ArrayRef<Operation *> ops;
};
} // namespace

static StringRef kindName(ArrayRef<Operation *> ops) {
  bool has[int(OpKind::Other) + 1] = {};
  for (Operation *op : ops)
    has[int(kindOf(op))] = true;
  if (has[int(OpKind::Contraction)])
    return "contraction";
  if (has[int(OpKind::Reduction)])
    return "reduction";
  if (has[int(OpKind::Other)])
    return "general";
  return has[int(OpKind::Elementwise)] ? "elementwise" : "fill";
}

/// The kernel, or an older one with the same body.
KernelOp KernelTable::intern(KernelOp kernel, StringRef kind) {
  std::string key;
  llvm::raw_string_ostream os(key);
  kernel->print(os, OpPrintingFlags().useLocalScope().printGenericOpForm());
  KernelOp &slot = known[key];
  if (slot) {
    kernel.erase();
    ++shared;
    return slot;
  }
  kernel.setSymName((kind + "_" + Twine(numbers[kind]++)).str());
  symbols.insert(kernel);
  ++made;
  return slot = kernel;
}

void KernelTable::outline(ArrayRef<Operation *> ops) {
  Needs needs(ops);
  SmallVector<Value> results;
  for (Operation *op : ops)
    for (OpResult result : op->getResults())
      if (llvm::any_of(result.getUsers(), [&](Operation *user) {
            return llvm::none_of(ops, [&](Operation *o) { return o->isAncestor(user); });
          }))
        results.push_back(result);

  Operation *last = ops.back();
  Location loc = last->getLoc();
  auto type = top.getFunctionType(TypeRange(needs.arguments.getArrayRef()), TypeRange(results));
  StringRef kind = kindName(ops);
  auto kernel = KernelOp::create(top, loc, "kernel", type, kind, ArrayRef<int64_t>{}, ArrayAttr(),
                                 ArrayAttr());
  Block &body = kernel.getBody().emplaceBlock();
  IRMapping map;
  for (Value v : needs.arguments)
    map.map(v, body.addArgument(v.getType(), v.getLoc()));
  OpBuilder inside = OpBuilder::atBlockEnd(&body);
  for (Operation *op : needs.copies)
    inside.clone(*op, map);
  for (Operation *op : ops)
    inside.clone(*op, map);
  SmallVector<Value> returned;
  for (Value v : results)
    returned.push_back(map.lookup(v));
  ReturnOp::create(inside, loc, returned);
  kernel.setInplace(overwritablePairs(kernel));
  kernel = intern(kernel, kind);

  OpBuilder b(last);
  SmallVector<Value> outs;
  for (Value v : results) {
    auto tensor = cast<RankedTensorType>(v.getType());
    outs.push_back(tensor::EmptyOp::create(b, loc, tensor.getShape(), tensor.getElementType()));
  }
  auto launch = LaunchOp::create(b, loc, TypeRange(results), kernel.getSymName(),
                                 needs.arguments.getArrayRef(), outs, kernel.getInplace());
  for (auto [old, result] : llvm::zip(results, launch.getResults()))
    old.replaceAllUsesWith(result);
  for (Operation *op : llvm::reverse(ops))
    op->erase();
}
