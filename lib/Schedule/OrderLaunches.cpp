// OrderLaunches.cpp - updates run as soon as what they read is there.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In program order an optimiser comes after all of a backward pass, and the cotangents that its
// updates read wait for it in memory. Next to the kernel that makes a cotangent they find it in the
// cache, and its buffer serves the next layer.
#include "gradc/Schedule/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace gradc::sched {
#define GEN_PASS_DEF_ORDERLAUNCHESPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;
using sched::CommitOp;
using sched::LaunchOp;

/// Smaller values cost nothing to keep.
static constexpr int64_t kLargeBytes = 64 << 10;
static constexpr int64_t kSmallBytes = 64;

static int64_t bytesOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return 0;
  unsigned bits = tensor.getElementType().isIndex() ? 64 : tensor.getElementTypeBitWidth();
  return tensor.getNumElements() * int64_t(llvm::divideCeil(bits, 8));
}

namespace {

class Mover {
public:
  explicit Mover(Block &block) : block(block) {}
  unsigned moved = 0;

  void run() {
    SmallVector<LaunchOp> launches(block.getOps<LaunchOp>());
    for (LaunchOp op : launches)
      if (readsLarge(op) && endsOutside(op)) {
        for (Value v : op.getInputs())
          hoistSmall(v);
        hoist(op);
      }
  }

private:
  /// Whether it reads what may be dropped afterwards.
  bool readsLarge(LaunchOp op) const {
    return llvm::any_of(op.getInputs(), [&](Value v) {
      return bytesOf(v.getType()) >= kLargeBytes && v.getDefiningOp<LaunchOp>() &&
             v.getParentBlock() == &block;
    });
  }

  /// What a result replaces: a variable, an output, what a loop carries.
  SmallVector<Value> replacedBy(Value result) const {
    SmallVector<Value> old;
    for (OpOperand &use : result.getUses()) {
      unsigned n = use.getOperandNumber();
      if (auto commit = dyn_cast<CommitOp>(use.getOwner())) {
        if (n < commit.getSources().size())
          for (Operation *user : commit.getDests()[n].getUsers())
            if (auto tensor = dyn_cast<bufferization::ToTensorOp>(user))
              old.push_back(tensor.getResult());
      } else if (isa<scf::YieldOp>(use.getOwner())) {
        if (auto loop = dyn_cast<scf::ForOp>(use.getOwner()->getParentOp()))
          old.push_back(loop.getRegionIterArg(n));
      }
    }
    return old;
  }

  /// Whether no result takes memory of its own until the end of the block.
  static bool endsOutside(LaunchOp op) {
    return llvm::all_of(op.getResults(), [](Value result) {
      return result.use_empty() || bytesOf(result.getType()) <= kSmallBytes ||
             llvm::any_of(result.getUsers(), [](Operation *user) {
               return isa<CommitOp>(user) ||
                      (isa<scf::YieldOp>(user) && isa<scf::ForOp>(user->getParentOp()));
             });
    });
  }

  /// Numbers that all updates read (a bias correction) are computed before the first.
  void hoistSmall(Value v) {
    auto op = v.getDefiningOp<LaunchOp>();
    if (!op || op->getBlock() != &block || llvm::any_of(op.getResults(), [](Value result) {
          return bytesOf(result.getType()) > kSmallBytes;
        }))
      return;
    for (Value input : op.getInputs())
      hoistSmall(input);
    hoist(op);
  }

  /// As early as may be without a copy: what it writes in place is read by nobody after it.
  void hoist(LaunchOp op) {
    Operation *after = nullptr;
    auto consider = [&](Operation *other) {
      if (other && other != op && other->isBeforeInBlock(op) &&
          (!after || after->isBeforeInBlock(other)))
        after = other;
    };
    auto considerReaders = [&](Value v) {
      for (Operation *user : v.getUsers())
        consider(block.findAncestorOpInBlock(*user));
    };
    SmallVector<Operation *> destinations;
    for (Value v : op->getOperands()) {
      Operation *def = v.getDefiningOp();
      if (!def || def->getBlock() != &block)
        continue;
      if (isa<tensor::EmptyOp>(def) && def->hasOneUse())
        destinations.push_back(def);
      else
        consider(def);
    }
    for (auto [i, v] : llvm::enumerate(op.getInputs()))
      for (unsigned n = 0; n < op.getOuts().size(); ++n)
        if (op.mayOverwrite(unsigned(i), n))
          considerReaders(v);
    for (Value result : op.getResults())
      for (Value old : replacedBy(result))
        considerReaders(old);
    if (!after)
      return;
    // Behind what already stands there for the same reason.
    Operation *&last = lastAfter[after];
    Operation *at = last && !op->isBeforeInBlock(last) ? last : after;
    if (at->getNextNode() != op) {
      op->moveAfter(at);
      for (Operation *destination : destinations)
        destination->moveBefore(op);
      ++moved;
    }
    last = op;
  }

  Block &block;
  llvm::DenseMap<Operation *, Operation *> lastAfter;
};

struct OrderLaunchesPass : sched::impl::OrderLaunchesPassBase<OrderLaunchesPass> {
  void runOnOperation() override {
    getOperation().walk([&](Block *block) {
      Mover mover(*block);
      mover.run();
      moved += mover.moved;
    });
  }
};

} // namespace
