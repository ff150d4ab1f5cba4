// FormKernels.cpp - decides which linalg ops make one kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Clusters.h"
#include "OneKernel.h"
#include "Outline.h"
#include "gradc/Schedule/Passes.h"
#include "mlir/Transforms/RegionUtils.h"

namespace gradc::sched {
#define GEN_PASS_DEF_FORMKERNELSPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;
using namespace gradc::sched;
using linalg::GenericOp;

namespace {

/// Groups the linalg ops of one block.
class Grouping {
public:
  explicit Grouping(Block &block) : block(block), clusters(block) {}

  /// Puts the groups in order, each with its ops next to each other, and returns those that are
  /// kernels.
  SmallVector<SmallVector<Operation *>> run() {
    takeOwnProducers();
    followEdges();
    joinSiblings();
    SmallVector<SmallVector<Operation *>> kernels;
    for (unsigned group : clusters.order()) {
      ArrayRef<Operation *> ops = clusters.members(group);
      for (Operation *op : ops)
        op->moveBefore(block.getTerminator());
      if (!ops.empty() && isComputed(ops.front()))
        kernels.emplace_back(ops);
    }
    return kernels;
  }

private:
  bool isComputed(Operation *op) const {
    OpKind kind = kindOf(op);
    return clusters.contains(op) && kind != OpKind::None && kind != OpKind::Free;
  }

  bool tryMerge(Operation *a, Operation *b) {
    unsigned into = clusters.groupOf(a), from = clusters.groupOf(b);
    if (into == from)
      return false;
    SmallVector<Operation *> ops(clusters.members(into));
    llvm::append_range(ops, clusters.members(from));
    llvm::sort(ops, [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); });
    return isOneKernel(ops) && clusters.merge(into, from);
  }

  SmallVector<Operation *> producersOf(Operation *op) const {
    SmallVector<Operation *> producers;
    for (Value input : op->getOperands())
      if (Operation *def = input.getDefiningOp(); def && isComputed(def))
        producers.push_back(def);
    return producers;
  }

  /// An elementwise op that only a reduction's group reads goes there: its result is never stored.
  void takeOwnProducers() {
    for (Operation &op : block.without_terminator()) {
      if (kindOf(&op) != OpKind::Reduction)
        continue;
      SmallVector<Operation *> work{&op};
      while (!work.empty())
        for (Operation *producer : producersOf(work.pop_back_val())) {
          bool own = llvm::all_of(producer->getUsers(), [&](Operation *user) {
            return clusters.contains(user) && clusters.groupOf(user) == clusters.groupOf(&op);
          });
          if (own && kindOf(producer) == OpKind::Elementwise && tryMerge(&op, producer))
            work.push_back(producer);
        }
    }
  }

  void followEdges() {
    for (Operation &op : block.without_terminator())
      if (isComputed(&op))
        for (Operation *producer : producersOf(&op))
          tryMerge(&op, producer);
  }

  /// Groups that read the same value in the same loops read it once.
  void joinSiblings() {
    llvm::SetVector<Value> shared;
    for (Operation &op : block.without_terminator())
      if (isComputed(&op))
        shared.insert_range(op.getOperands());
    for (Value value : shared) {
      SmallVector<Operation *> readers;
      for (Operation *user : value.getUsers())
        if (isComputed(user) && isa<RankedTensorType>(value.getType()))
          readers.push_back(user);
      llvm::sort(readers, [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); });
      for (size_t i = 1; i < readers.size(); ++i)
        joinIfSiblings(readers[i - 1], readers[i]);
    }
  }

  void joinIfSiblings(Operation *a, Operation *b) {
    unsigned x = clusters.groupOf(a), y = clusters.groupOf(b);
    if (x != y && areSiblings(clusters.members(x), clusters.members(y)))
      tryMerge(a, b);
  }

  Block &block;
  Clusters clusters;
};

/// A host op of ag as a sched.host.
void replaceHostOp(Operation *op) {
  OpBuilder b(op);
  SmallVector<Value> outs;
  for (Type type : op->getResultTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    outs.push_back(
        tensor::EmptyOp::create(b, op->getLoc(), tensor.getShape(), tensor.getElementType()));
  }
  StringRef call = op->getName().stripDialect();
  auto host = HostOp::create(b, op->getLoc(), op->getResultTypes(), call, op->getOperands(), outs,
                             op->getAttrDictionary());
  op->replaceAllUsesWith(host.getResults());
  op->erase();
}

struct FormKernelsPass : sched::impl::FormKernelsPassBase<FormKernelsPass> {
  /// The sched level knows only kernels and host ops.
  LogicalResult replaceHostOps(func::FuncOp f) {
    SmallVector<Operation *> host;
    WalkResult walk = f.walk([&](Operation *op) {
      if (isa<ag::PrintOp, ag::ManualSeedOp, ag::RandnOp, ag::RandOp, ag::RandintOp,
              ag::RandpermOp>(op)) {
        host.push_back(op);
        return WalkResult::advance();
      }
      if (!isa<ag::AgDialect>(op->getDialect()))
        return WalkResult::advance();
      op->emitError("'") << op->getName() << "' has no kernel; lower it to linalg first";
      return WalkResult::interrupt();
    });
    if (walk.wasInterrupted())
      return failure();
    llvm::for_each(host, replaceHostOp);
    return success();
  }

  /// A reduction starts from a fill: emitters keep their accumulators in registers.
  LogicalResult checkReductions(func::FuncOp f) {
    WalkResult walk = f.walk([&](GenericOp op) {
      if (op.getNumReductionLoops())
        for (Value init : op.getDpsInits())
          if (!init.getDefiningOp<linalg::FillOp>()) {
            op.emitError("expected a reduction to start from a linalg.fill");
            return WalkResult::interrupt();
          }
      return WalkResult::advance();
    });
    return failure(walk.wasInterrupted());
  }

  /// A constant tensor that something else than a kernel wants is made just before each use: a
  /// buffer shared by several carries would have to be copied for each.
  void outlineFills(Block &block, KernelTable &table) {
    SmallVector<linalg::FillOp> fills(block.getOps<linalg::FillOp>());
    for (linalg::FillOp fill : fills) {
      for (OpOperand &use : llvm::make_early_inc_range(fill->getUses())) {
        OpBuilder b(use.getOwner());
        auto copy = cast<linalg::FillOp>(b.clone(*fill));
        use.set(copy.getResult(0));
        table.outline({copy});
      }
      fill.erase();
    }
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    KernelTable table(module);
    for (auto f : module.getOps<func::FuncOp>()) {
      if (failed(replaceHostOps(f)) || failed(checkReductions(f)))
        return signalPassFailure();
      SmallVector<Block *> blocks;
      f.walk([&](Block *block) {
        if (!isa<linalg::LinalgOp>(block->getParentOp()))
          blocks.push_back(block);
      });
      for (Block *block : blocks)
        for (ArrayRef<Operation *> ops : Grouping(*block).run())
          table.outline(ops);
      for (Block *block : blocks)
        outlineFills(*block, table);
      IRRewriter rewriter(f);
      (void)runRegionDCE(rewriter, f->getRegions());
    }
    kernels += table.made;
    shared += table.shared;
  }
};

} // namespace
