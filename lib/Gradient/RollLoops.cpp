// RollLoops.cpp - repetitions of the same ops become loops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A framework's loop over time steps is exported turn by turn. What follows it, differentiation
// above all, takes time by the number of ops, and so does the code: a loop costs one turn. The
// values are the same to the bit, in the derivative, too, which adds up from the last turn to the
// first either way.
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_ROLLLOOPS
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// Fewer turns, or fewer ops in all, are left as they are: without a loop more can be fused.
constexpr size_t kLeastTurns = 16;
constexpr size_t kLeastOps = 128;

/// Where an operand comes from, the same way in each turn.
struct Source {
  enum Kind { Same, Previous, Outside } kind;
  size_t op;       // its place in a turn, of the first two
  unsigned result; // of that op
  Value value;     // of the third
  bool operator==(const Source &) const = default;
};

/// Ops [start, start + turns * length) of a run, `length` to a turn.
struct Repetition {
  size_t start, length, turns;
};

class Roller {
public:
  /// `ops` stand in one block, one behind the other.
  explicit Roller(ArrayRef<Operation *> ops) : ops(ops) {
    for (auto [i, op] : llvm::enumerate(ops)) {
      place[op] = i;
      signatures.push_back(OperationEquivalence::computeHash(
          op, OperationEquivalence::ignoreHashValue, OperationEquivalence::ignoreHashValue,
          OperationEquivalence::IgnoreLocations));
    }
  }

  /// Rolls the longest repetition with the shortest turn, if there is one.
  bool run() {
    size_t longest = ops.size() / kLeastTurns;
    for (size_t length = 1; length <= longest; ++length)
      for (size_t i = 0; i + length < ops.size();) {
        size_t end = i;
        while (end + length < ops.size() && isLike(end, end + length))
          ++end;
        if (end + length - i >= std::max(kLeastTurns * length, kLeastOps) &&
            rollWithin(i, end + length, length))
          return true;
        i = end + 1;
      }
    return false;
  }

private:
  bool isLike(size_t a, size_t b) const {
    return signatures[a] == signatures[b] &&
           OperationEquivalence::isEquivalentTo(
               ops[a], ops[b], [](Value x, Value y) { return success(x.getType() == y.getType()); },
               nullptr, OperationEquivalence::IgnoreLocations);
  }

  /// Ops [from, to) repeat every `length`, but for their operands. The turns may begin at any of
  /// the first ops: where the fewest values are carried from turn to turn.
  bool rollWithin(size_t from, size_t to, size_t length) {
    std::optional<Repetition> best;
    size_t least = 0;
    for (size_t start = from; start < from + length; ++start) {
      Repetition r{start, length, (to - start) / length};
      if (!isLoop(r))
        continue;
      size_t cost = carried.size();
      if (!best || cost < least) {
        best = r;
        least = cost;
      }
    }
    if (!best || !isLoop(*best))
      return false;
    roll(*best);
    return true;
  }

  Source sourceOf(Value v, size_t turn, const Repetition &r) const {
    auto it = place.find(v.getDefiningOp());
    size_t first = r.start + turn * r.length;
    if (it == place.end() || it->second + r.length < first || it->second < r.start)
      return {Source::Outside, 0, 0, v};
    bool same = it->second >= first;
    return {same ? Source::Same : Source::Previous, it->second - first + (same ? 0 : r.length),
            cast<OpResult>(v).getResultNumber(), Value()};
  }

  /// Whether the turns are one loop's. Notes what it carries: values of the turn before, with what
  /// the first turn has in their place.
  bool isLoop(const Repetition &r) {
    carried.clear();
    if (r.turns < kLeastTurns || r.turns * r.length < kLeastOps)
      return false;
    for (size_t i = 0; i < r.length; ++i)
      for (unsigned k = 0; k < ops[r.start + i]->getNumOperands(); ++k) {
        Value first = ops[r.start + i]->getOperand(k);
        Source way = sourceOf(ops[r.start + r.length + i]->getOperand(k), 1, r);
        for (size_t t = 2; t < r.turns; ++t)
          if (sourceOf(ops[r.start + t * r.length + i]->getOperand(k), t, r) != way)
            return false;
        if (way.kind != Source::Previous) {
          if (sourceOf(first, 0, r) != way)
            return false;
          continue;
        }
        // One carried value starts as one value.
        if (sourceOf(first, 0, r).kind != Source::Outside)
          return false;
        auto [it, isNew] = carried.insert({{way.op, way.result}, first});
        if (!isNew && it->second != first)
          return false;
      }
    return addResults(r);
  }

  /// What is read behind the loop has to be the last turn's.
  bool addResults(const Repetition &r) {
    size_t last = r.start + (r.turns - 1) * r.length, end = last + r.length;
    for (size_t i = r.start; i < end; ++i)
      for (OpResult result : ops[i]->getResults()) {
        bool escapes = llvm::any_of(result.getUsers(), [&](Operation *user) {
          Operation *here = ops[i]->getBlock()->findAncestorOpInBlock(*user);
          auto it = place.find(here);
          return here != user || it == place.end() || it->second >= end;
        });
        if (!escapes)
          continue;
        if (i < last)
          return false;
        carried.insert({{i - last, result.getResultNumber()}, Value()});
      }
    return true;
  }

  void roll(const Repetition &r) {
    Operation *first = ops[r.start];
    Location loc = first->getLoc();
    // Behind the last value that the loop reads.
    OpBuilder b(ops[r.start + r.turns * r.length - 1]);
    b.setInsertionPointAfter(ops[r.start + r.turns * r.length - 1]);
    auto index = [&](int64_t n) { return arith::ConstantIndexOp::create(b, loc, n).getResult(); };
    SmallVector<Value> inits;
    for (auto &[key, init] : carried) {
      if (init) {
        inits.push_back(init);
        continue;
      }
      auto type = cast<RankedTensorType>(resultOf(r, key).getType());
      inits.push_back(ag::ConstantOp::create(b, loc, cast<ElementsAttr>(b.getZeroAttr(type))));
    }
    auto loop = scf::ForOp::create(b, loc, index(0), index(int64_t(r.turns)), index(1), inits);
    OpBuilder body = OpBuilder::atBlockBegin(loop.getBody());
    IRMapping map;
    SmallVector<Value> yields;
    // In the first turn carried operands are the loop's arguments, wherever they came from.
    for (size_t i = 0; i < r.length; ++i) {
      Operation *copy = body.clone(*ops[r.start + i], map);
      for (unsigned k = 0; k < copy->getNumOperands(); ++k) {
        Source way = sourceOf(ops[r.start + r.length + i]->getOperand(k), 1, r);
        if (way.kind == Source::Previous) {
          auto it = carried.find({way.op, way.result});
          copy->setOperand(k, loop.getRegionIterArg(unsigned(it - carried.begin())));
        }
      }
    }
    for (auto &[key, init] : carried)
      yields.push_back(map.lookup(ops[r.start + key.first]->getResult(key.second)));
    scf::YieldOp::create(body, loc, yields);
    for (auto [n, entry] : llvm::enumerate(carried))
      resultOf(r, entry.first).replaceUsesWithIf(loop.getResult(unsigned(n)), [&](OpOperand &use) {
        return !loop->isAncestor(use.getOwner()) && !isInside(use.getOwner(), r);
      });
    for (size_t i = r.start + r.turns * r.length; i-- > r.start;)
      ops[i]->erase();
  }

  bool isInside(Operation *op, const Repetition &r) const {
    auto it = place.find(op);
    return it != place.end() && it->second >= r.start && it->second < r.start + r.turns * r.length;
  }

  Value resultOf(const Repetition &r, std::pair<size_t, unsigned> key) const {
    return ops[r.start + (r.turns - 1) * r.length + key.first]->getResult(key.second);
  }

  ArrayRef<Operation *> ops;
  llvm::DenseMap<Operation *, size_t> place;
  SmallVector<llvm::hash_code> signatures;
  llvm::MapVector<std::pair<size_t, unsigned>, Value> carried;
};

/// Value ops only: what has effects keeps its place among the others.
bool mayRepeat(Operation *op) {
  return op->getNumRegions() == 0 && op->getNumResults() && isMemoryEffectFree(op) &&
         !op->hasTrait<OpTrait::IsTerminator>() &&
         llvm::all_of(op->getResultTypes(), [](Type t) { return isa<RankedTensorType>(t); });
}

bool rollOne(Block &block) {
  SmallVector<Operation *> run;
  for (Operation &op : block) {
    if (mayRepeat(&op)) {
      run.push_back(&op);
      continue;
    }
    if (run.size() >= kLeastOps && Roller(run).run())
      return true;
    run.clear();
  }
  return false;
}

struct RollLoops : impl::RollLoopsBase<RollLoops> {
  void runOnOperation() override {
    SmallVector<Block *> blocks;
    getOperation().walk([&](Block *block) { blocks.push_back(block); });
    for (Block *block : blocks)
      while (rollOne(*block))
        ++loops;
  }
};

} // namespace
} // namespace gradc::gradient
