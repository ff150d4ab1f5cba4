// ExpandCommits.cpp - orders the copies of each commit; a cycle takes one temporary.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "StridedViews.h"
#include "gradc/Schedule/Passes.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace gradc::sched {
#define GEN_PASS_DEF_EXPANDCOMMITSPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;
using sched::CommitOp;

//===-- Aliases -------------------------------------------------------------------------------===//

using ValueSet = llvm::SmallDenseSet<Value>;

/// The buffers that `value` may be, through views, branches and carries.
static void collectRoots(Value value, ValueSet &roots, ValueSet &seen) {
  if (!seen.insert(value).second)
    return;
  auto follow = [&](Value v) { collectRoots(v, roots, seen); };
  Operation *def = value.getDefiningOp();
  if (auto view = dyn_cast_or_null<ViewLikeOpInterface>(def))
    return follow(view.getViewSource());
  if (auto select = dyn_cast_or_null<arith::SelectOp>(def)) {
    follow(select.getTrueValue());
    return follow(select.getFalseValue());
  }
  if (auto branch = dyn_cast_or_null<scf::IfOp>(def)) {
    unsigned n = cast<OpResult>(value).getResultNumber();
    follow(branch.thenYield().getOperand(n));
    return follow(branch.elseYield().getOperand(n));
  }
  if (auto loop = dyn_cast_or_null<scf::ForOp>(def))
    return follow(loop.getInitArgs()[cast<OpResult>(value).getResultNumber()]);
  if (auto arg = dyn_cast<BlockArgument>(value))
    if (auto loop = dyn_cast<scf::ForOp>(arg.getOwner()->getParentOp()))
      if (OpOperand *init = loop.getTiedLoopInit(arg))
        return follow(init->get());
  roots.insert(value);
}

static bool mayAlias(Value a, Value b) {
  ValueSet x, y, seenX, seenY;
  collectRoots(a, x, seenX);
  collectRoots(b, y, seenY);
  return llvm::any_of(x, [&](Value root) { return y.contains(root); });
}

//===-- Commits -------------------------------------------------------------------------------===//

/// Where bufferization has copied a source into a buffer only for this commit, the original, unless
/// something in between may change it.
static Value beforeOwnCopy(Value source, CommitOp commit) {
  auto alloc = source.getDefiningOp<memref::AllocOp>();
  if (!alloc)
    return source;
  memref::CopyOp copy;
  for (Operation *user : alloc->getUsers()) {
    if (user == commit)
      continue;
    auto next = dyn_cast<memref::CopyOp>(user);
    if (!next || next.getTarget() != source || copy)
      return source;
    copy = next;
  }
  if (!copy || copy->getBlock() != commit->getBlock())
    return source;
  for (Operation *op = copy->getNextNode(); op != commit; op = op->getNextNode()) {
    auto other = dyn_cast<memref::CopyOp>(op);
    bool harmless = other ? bool(other.getTarget().getDefiningOp<memref::AllocOp>())
                          : isa<memref::AllocOp>(op) || isMemoryEffectFree(op);
    if (!harmless)
      return source;
  }
  return copy.getSource();
}

namespace {
struct PendingCopy {
  Value source, dest;
};
} // namespace

/// Whether a pending copy other than `n` reads what copy `n` writes.
static bool isBlocked(ArrayRef<PendingCopy> pending, size_t n) {
  for (auto [i, other] : llvm::enumerate(pending))
    if (i != n && mayAlias(other.source, pending[n].dest))
      return true;
  return false;
}

static void expand(CommitOp commit) {
  OpBuilder b(commit);
  SmallVector<PendingCopy> pending;
  for (auto [source, dest] : llvm::zip(commit.getSources(), commit.getDests()))
    if (Value original = beforeOwnCopy(source, commit); original != dest)
      pending.push_back({original, dest});
  while (!pending.empty()) {
    size_t n = 0;
    while (n < pending.size() && isBlocked(pending, n))
      ++n;
    if (n < pending.size()) {
      memref::CopyOp::create(b, commit.getLoc(), pending[n].source, pending[n].dest);
      pending.erase(pending.begin() + n);
      continue;
    }
    // A cycle: one source that blocks another copy is saved. A saved source blocks nobody, so this
    // ends.
    PendingCopy *saved = llvm::find_if(pending, [&](PendingCopy &copy) {
      return llvm::any_of(pending, [&](PendingCopy &other) {
        return &other != &copy && mayAlias(copy.source, other.dest);
      });
    });
    auto type = cast<MemRefType>(saved->source.getType());
    Value temporary = memref::AllocOp::create(
        b, commit.getLoc(), MemRefType::get(type.getShape(), type.getElementType()));
    memref::CopyOp::create(b, commit.getLoc(), saved->source, temporary);
    saved->source = temporary;
  }
  commit.erase();
}

//===-- Clean up ------------------------------------------------------------------------------===//

/// Buffers that are only copied into.
static void eraseUnreadBuffers(func::FuncOp f) {
  auto isUnread = [](memref::AllocOp alloc) {
    return llvm::all_of(alloc->getUsers(), [&](Operation *user) {
      auto copy = dyn_cast<memref::CopyOp>(user);
      return copy && copy.getTarget() == alloc && copy.getSource() != alloc;
    });
  };
  // What such a buffer is filled from may then be unread too.
  for (bool changed = true; changed;) {
    SmallVector<memref::AllocOp> unread;
    f.walk([&](memref::AllocOp alloc) {
      if (isUnread(alloc))
        unread.push_back(alloc);
    });
    for (memref::AllocOp alloc : unread) {
      for (Operation *user : llvm::make_early_inc_range(alloc->getUsers()))
        user->erase();
      alloc.erase();
    }
    changed = !unread.empty();
  }
}

/// How many of the fastest dims lie without gaps.
static unsigned contiguousDims(MemRefType type) {
  auto [strides, offset] = type.getStridesAndOffset();
  int64_t expected = 1;
  unsigned count = 0;
  for (int64_t d = type.getRank(); d-- > 0; ++count) {
    if (type.getDimSize(d) != 1 && strides[d] != expected)
      break;
    expected *= type.getDimSize(d);
  }
  return count;
}

/// A copy from or to a strided view, in runs of neighbours.
static void expandStridedCopy(memref::CopyOp copy) {
  auto type = cast<MemRefType>(copy.getSource().getType());
  if (type.getNumElements() == 0)
    return copy.erase();
  unsigned rank = unsigned(type.getRank());
  unsigned inner =
      std::min(contiguousDims(type), contiguousDims(cast<MemRefType>(copy.getTarget().getType())));
  OpBuilder b(copy);
  Location loc = copy.getLoc();
  auto constant = [&](int64_t n) { return arith::ConstantIndexOp::create(b, loc, n).getResult(); };
  Value zero = constant(0), one = constant(1);
  SmallVector<Value> position, sizes;
  for (int64_t size : type.getShape().drop_back(inner))
    sizes.push_back(constant(size));
  for (Value size : sizes) {
    auto loop = scf::ForOp::create(b, loc, zero, size, one);
    position.push_back(loop.getInductionVar());
    b.setInsertionPointToStart(loop.getBody());
  }
  if (inner == 0) {
    Value element = memref::LoadOp::create(b, loc, copy.getSource(), position);
    memref::StoreOp::create(b, loc, element, copy.getTarget(), position);
    return copy.erase();
  }
  auto run = [&](Value buffer) -> Value {
    SmallVector<OpFoldResult> offsets(position.begin(), position.end()), extents, steps;
    ArrayRef<int64_t> shape = type.getShape().take_back(inner);
    offsets.append(inner, b.getIndexAttr(0));
    extents.append(rank - inner, b.getIndexAttr(1));
    for (int64_t size : shape)
      extents.push_back(b.getIndexAttr(size));
    steps.append(rank, b.getIndexAttr(1));
    auto part = memref::SubViewOp::inferRankReducedResultType(
        shape, cast<MemRefType>(buffer.getType()), offsets, extents, steps);
    return memref::SubViewOp::create(b, loc, cast<MemRefType>(part), buffer, offsets, extents,
                                     steps);
  };
  Value from = run(copy.getSource()), to = run(copy.getTarget());
  memref::CopyOp::create(b, loc, from, to);
  copy.erase();
}

namespace {

struct ExpandCommitsPass : sched::impl::ExpandCommitsPassBase<ExpandCommitsPass> {
  void runOnOperation() override {
    SmallVector<CommitOp> commits;
    getOperation().walk([&](CommitOp commit) { commits.push_back(commit); });
    llvm::for_each(commits, expand);
    eraseUnreadBuffers(getOperation());
    SmallVector<memref::CopyOp> strided;
    getOperation().walk([&](memref::CopyOp copy) {
      if (!sched::isContiguous(cast<MemRefType>(copy.getSource().getType())) ||
          !sched::isContiguous(cast<MemRefType>(copy.getTarget().getType())))
        strided.push_back(copy);
    });
    llvm::for_each(strided, expandStridedCopy);
  }
};

} // namespace
