// ForwardCopies.cpp - computes where a copy would take the result.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Destinations are chosen for launches; what a chain of insertions puts together (a concatenation,
// that of a slot of a stack) has a buffer of its own, which is copied to where it is wanted. Where
// nobody looks at that place between the first write of the buffer and its last read, the buffer is
// the place.
#include "StridedViews.h"
#include "gradc/Schedule/Passes.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace gradc::sched {
#define GEN_PASS_DEF_FORWARDCOPIESPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;

namespace {

/// The operands through which ops read or write a buffer, and the views on the way there.
struct Uses {
  SmallVector<OpOperand *> accesses;
  SmallVector<Operation *> views;

  /// False where the buffer becomes a value that is followed no further.
  bool collect(Value buffer) {
    for (OpOperand &use : buffer.getUses()) {
      Operation *user = use.getOwner();
      if (isa<ViewLikeOpInterface>(user)) {
        views.push_back(user);
        if (!collect(user->getResult(0)))
          return false;
      } else if (isa<sched::LaunchOp, sched::HostOp, memref::CopyOp, memref::LoadOp,
                     memref::StoreOp>(user)) {
        accesses.push_back(&use);
      } else {
        return false;
      }
    }
    return true;
  }
};

bool isWrite(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto copy = dyn_cast<memref::CopyOp>(op))
    return use.getOperandNumber() == 1;
  if (auto launch = dyn_cast<DestinationStyleOpInterface>(op))
    return launch.isDpsInit(&use);
  return !isa<memref::LoadOp>(op);
}

/// Whether two views of one buffer have no element in common.
bool areApart(Value a, Value b) {
  auto x = a.getDefiningOp<memref::SubViewOp>(), y = b.getDefiningOp<memref::SubViewOp>();
  if (!x || !y || x.getSource() != y.getSource())
    return false;
  for (unsigned d = 0; d < x.getStaticOffsets().size(); ++d) {
    int64_t from = x.getStaticOffsets()[d], other = y.getStaticOffsets()[d];
    int64_t size = x.getStaticSizes()[d], otherSize = y.getStaticSizes()[d];
    bool isKnown = !ShapedType::isDynamic(from) && !ShapedType::isDynamic(other) &&
                   !ShapedType::isDynamic(size) && !ShapedType::isDynamic(otherSize) &&
                   x.getStaticStrides()[d] == 1 && y.getStaticStrides()[d] == 1;
    if (isKnown && (from + size <= other || other + otherSize <= from))
      return true;
  }
  return false;
}

class Forwarder {
public:
  explicit Forwarder(memref::CopyOp copy, DominanceInfo &dominance)
      : copy(copy), block(copy->getBlock()), dominance(dominance) {}

  bool run() {
    alloc = copy.getSource().getDefiningOp<memref::AllocOp>();
    // A buffer of the block's own holds nothing when the block begins.
    if (!alloc || alloc->getBlock() != block || !own.collect(alloc) || !findRange() ||
        !onlySubviews() || !findPlace() || !isPlaceFree())
      return false;
    replace();
    return true;
  }

private:
  Operation *inBlock(Operation *op) const { return block->findAncestorOpInBlock(*op); }

  /// From where the buffer is first named to its last access; behind the copy it is only read.
  bool findRange() {
    first = last = copy;
    for (OpOperand *use : own.accesses) {
      Operation *at = inBlock(use->getOwner());
      if (!at || (copy->isBeforeInBlock(at) && isWrite(*use)))
        return false;
      if (at->isBeforeInBlock(first))
        first = at;
      if (last->isBeforeInBlock(at))
        last = at;
    }
    for (Operation *view : own.views)
      if (Operation *at = inBlock(view); at && at->isBeforeInBlock(first))
        first = at;
    return first != copy;
  }

  /// Views whose types follow from that of the buffer.
  bool onlySubviews() const {
    return llvm::all_of(own.views, [](Operation *view) { return isa<memref::SubViewOp>(view); });
  }

  /// The buffer that the copy writes to, and whether its part can be named before the first access.
  bool findPlace() {
    Value v = copy.getTarget();
    for (Operation *def = v.getDefiningOp(); isa_and_nonnull<ViewLikeOpInterface>(def);
         def = v.getDefiningOp()) {
      path.push_back(def);
      for (Value operand : def->getOperands())
        if (!isa<MemRefType>(operand.getType()) && !dominance.properlyDominates(operand, first))
          return false;
      v = cast<ViewLikeOpInterface>(def).getViewSource();
    }
    root = v;
    if (root == alloc.getResult())
      return false;
    if (auto argument = dyn_cast<BlockArgument>(root))
      return isa<func::FuncOp>(argument.getOwner()->getParentOp());
    auto made = root.getDefiningOp<memref::AllocOp>();
    return made && (made->getBlock() == block || dominance.properlyDominates(root, first));
  }

  bool isPlaceFree() {
    Uses others;
    if (!others.collect(root))
      return false;
    for (OpOperand *use : others.accesses) {
      Operation *at = inBlock(use->getOwner());
      if (!at || use->getOwner() == copy || at->isBeforeInBlock(first) || last->isBeforeInBlock(at))
        continue;
      if (!areApart(use->get(), copy.getTarget()))
        return false;
    }
    return true;
  }

  void replace() {
    OpBuilder b(first);
    if (Operation *made = root.getDefiningOp(); made && !dominance.properlyDominates(made, first))
      made->moveBefore(first);
    IRMapping map;
    for (Operation *view : llvm::reverse(path))
      b.clone(*view, map);
    retype(alloc, map.lookupOrDefault(copy.getTarget()));
    copy.erase();
    alloc.erase();
  }

  /// Puts one buffer in another's place, with the types of the views that follow.
  static void retype(Value from, Value to) {
    for (Operation *user : llvm::make_early_inc_range(from.getUsers())) {
      auto view = dyn_cast<memref::SubViewOp>(user);
      if (!view)
        continue;
      OpBuilder b(view);
      auto type = memref::SubViewOp::inferRankReducedResultType(
          view.getType().getShape(), cast<MemRefType>(to.getType()), view.getMixedOffsets(),
          view.getMixedSizes(), view.getMixedStrides());
      Value other = memref::SubViewOp::create(b, view.getLoc(), cast<MemRefType>(type), to,
                                              view.getMixedOffsets(), view.getMixedSizes(),
                                              view.getMixedStrides());
      retype(view, other);
      view.erase();
    }
    from.replaceAllUsesWith(to);
  }

  memref::CopyOp copy;
  Block *block;
  DominanceInfo &dominance;
  memref::AllocOp alloc;
  Uses own;
  Operation *first = nullptr, *last = nullptr;
  SmallVector<Operation *> path; // from the copy's target to the buffer
  Value root;
};

struct ForwardCopiesPass : sched::impl::ForwardCopiesPassBase<ForwardCopiesPass> {
  void runOnOperation() override {
    DominanceInfo dominance(getOperation());
    SmallVector<memref::CopyOp> copies;
    getOperation().walk([&](memref::CopyOp copy) { copies.push_back(copy); });
    for (memref::CopyOp copy : copies)
      forwarded += Forwarder(copy, dominance).run();
  }
};

} // namespace
