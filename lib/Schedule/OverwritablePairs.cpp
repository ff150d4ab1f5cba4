// OverwritablePairs.cpp - which arguments of a kernel its results may overwrite.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OneKernel.h"

using namespace mlir;
using namespace gradc::sched;
using linalg::GenericOp;

namespace {

/// What the ops of a kernel body depend on, transitively.
class Dependences {
public:
  explicit Dependences(ArrayRef<Operation *> ops) {
    for (Operation *op : ops) {
      Facts &own = facts[op];
      for (Value input : cast<GenericOp>(op).getDpsInputs()) {
        if (auto arg = dyn_cast<BlockArgument>(input))
          own.arguments.insert(arg.getArgNumber());
        auto it = facts.find(input.getDefiningOp());
        if (it == facts.end())
          continue;
        const Facts &other = it->second;
        own.arguments.insert(other.arguments.begin(), other.arguments.end());
        own.reductions.insert(other.reductions.begin(), other.reductions.end());
        if (cast<GenericOp>(it->first).getNumReductionLoops())
          own.reductions.insert(it->first);
      }
    }
  }
  bool readsArgument(Operation *op, unsigned n) { return facts[op].arguments.contains(n); }
  /// Whether every reduction that `op` waits for is one that `other` waits for.
  bool waitsForNoMore(Operation *op, Operation *other) {
    return llvm::all_of(facts[op].reductions,
                        [&](Operation *r) { return facts[other].reductions.contains(r); });
  }

private:
  struct Facts {
    llvm::SmallDenseSet<unsigned> arguments;
    llvm::SmallDenseSet<Operation *> reductions;
  };
  llvm::DenseMap<Operation *, Facts> facts;
};

} // namespace

/// Every read of the argument is of the element that `writer` computes at that moment.
static bool readsOwnElementOnly(LoopClasses &classes, BlockArgument arg, GenericOp writer,
                                AffineMap out) {
  SmallVector<int> written = classes.dims(writer, out);
  SmallVector<int> loops = classes.loops(writer);
  return llvm::all_of(arg.getUses(), [&](OpOperand &use) {
    auto reader = dyn_cast<GenericOp>(use.getOwner());
    return reader && reader.isDpsInput(&use) && classes.loops(reader) == loops &&
           classes.dims(reader, reader.getMatchingIndexingMap(&use)) == written;
  });
}

SmallVector<int64_t> gradc::sched::overwritablePairs(KernelOp kernel) {
  SmallVector<int64_t> pairs;
  SmallVector<Operation *> ops;
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (kindOf(&op) != OpKind::Free)
      ops.push_back(&op);
  if (llvm::any_of(ops, [](Operation *op) {
        OpKind kind = kindOf(op);
        return kind == OpKind::Other || kind == OpKind::None;
      }))
    return pairs;
  std::optional<LoopClasses> classes = LoopClasses::of(ops);
  if (!classes)
    return pairs;
  Dependences depends(ops);
  Operation *ret = kernel.getBody().front().getTerminator();
  auto isSafe = [&](BlockArgument arg, Value result) {
    auto writer = result.getDefiningOp<GenericOp>();
    if (!writer || writer.getNumReductionLoops() || arg.getType() != result.getType() ||
        !readsOwnElementOnly(*classes, arg, writer,
                             writer.getIndexingMapMatchingResult(cast<OpResult>(result))))
      return false;
    // Another result that reads the argument in a later sweep would find it overwritten.
    return llvm::all_of(ret->getOperands(), [&](Value other) {
      Operation *op = other.getDefiningOp();
      return !depends.readsArgument(op, arg.getArgNumber()) || depends.waitsForNoMore(op, writer);
    });
  };
  for (auto [r, result] : llvm::enumerate(ret->getOperands()))
    for (BlockArgument arg : kernel.getBody().getArguments())
      if (isSafe(arg, result))
        pairs.append({int64_t(arg.getArgNumber()), int64_t(r)});
  return pairs;
}
