// ChooseDestinations.cpp - computes results where they end, else over a dying operand.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Schedule/Passes.h"
#include "mlir/IR/Dominance.h"
#include <random>

namespace gradc::sched {
#define GEN_PASS_DEF_CHOOSEDESTINATIONSPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;
using bufferization::ToTensorOp;
using sched::CommitOp;
using sched::LaunchOp;

namespace {

/// A place where a value ends: part of `tensor`, seen through the ops that the value still goes
/// through (from the value outwards).
struct Place {
  Value tensor;
  SmallVector<Operation *> path;
};

/// Follows a value to the places where it ends.
class Follower {
public:
  SmallVector<Place> run(Value value) {
    follow(value, {});
    return std::move(places);
  }

private:
  void follow(Value value, SmallVector<Operation *> path) {
    if (!seen.insert(value).second)
      return;
    for (OpOperand &use : value.getUses())
      followUse(use, path);
  }

  void followUse(OpOperand &use, SmallVector<Operation *> path) {
    Operation *op = use.getOwner();
    unsigned n = use.getOperandNumber();
    if (auto commit = dyn_cast<CommitOp>(op)) {
      // A source comes from one operand list, its destination from the other.
      if (n < commit.getSources().size())
        places.push_back({contentOf(commit.getDests()[n], commit), path});
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      if (n >= loop.getNumControlOperands())
        follow(loop.getTiedLoopResult(&use), path);
    } else if (isa<scf::YieldOp>(op)) {
      if (auto loop = dyn_cast<scf::ForOp>(op->getParentOp()))
        places.push_back({loop.getRegionIterArg(n), path});
      else if (isa<scf::IfOp>(op->getParentOp()))
        follow(op->getParentOp()->getResult(n), path);
    } else if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
      if (n == insert.getSourceMutable().getOperandNumber()) {
        path.push_back(op);
        places.push_back({insert.getDest(), path});
      } else if (n == insert.getDestMutable().getOperandNumber()) {
        follow(insert.getResult(), path);
      }
    } else if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op) && n == 0) {
      path.push_back(op);
      follow(op->getResult(0), path);
    }
  }

  /// The tensor in a buffer that the function may write. Nobody wants what an output holds on
  /// entry.
  static Value contentOf(Value buffer, CommitOp commit) {
    for (Operation *user : buffer.getUsers())
      if (auto tensor = dyn_cast<ToTensorOp>(user))
        return tensor.getResult();
    OpBuilder b = OpBuilder::atBlockBegin(buffer.getParentBlock());
    auto type = cast<MemRefType>(buffer.getType());
    return ToTensorOp::create(b, commit.getLoc(),
                              RankedTensorType::get(type.getShape(), type.getElementType()), buffer,
                              /*restrict=*/true, /*writable=*/true);
  }

  SmallVector<Place> places;
  llvm::SmallDenseSet<Value> seen;
};

/// Whether `user` may run after `op`, both below one function, and before `op` runs again.
bool mayRunAfter(Operation *user, Operation *op) {
  for (Operation *at = op; at; at = at->getParentOp()) {
    Operation *other = at->getBlock()->findAncestorOpInBlock(*user);
    if (!other)
      continue;
    if (other != at)
      return at->isBeforeInBlock(other);
    // Both are below one op: in branches of which one runs, or in one region (then a deeper block
    // would have had both).
    return !isa<scf::IfOp>(at);
  }
  return true;
}

Operation *loopAround(Block *block) {
  Operation *op = block->getParentOp();
  while (op && !isa<LoopLikeOpInterface>(op))
    op = op->getParentOp();
  return op;
}

class Chooser {
public:
  Chooser(func::FuncOp f) : function(f), dominance(f) {}
  unsigned atEnd = 0, overOperand = 0;

  void choose(DestinationStyleOpInterface op) {
    for (OpOperand &out : op.getDpsInitsMutable()) {
      if (!out.get().getDefiningOp<tensor::EmptyOp>())
        continue;
      if (aimAtEnd(op, out))
        ++atEnd;
      else if (aimAtOperand(op, out))
        ++overOperand;
      else
        aimAtBranchResult(op, out);
    }
  }

  /// Any visible tensor of the type.
  void chooseRandomly(DestinationStyleOpInterface op, std::mt19937_64 &random) {
    for (OpOperand &out : op.getDpsInitsMutable()) {
      SmallVector<Value> visible;
      auto consider = [&](Value v) {
        if (v.getType() == out.get().getType() && dominance.properlyDominates(v, op))
          visible.push_back(v);
      };
      function.walk([&](Operation *other) {
        llvm::for_each(other->getResults(), consider);
        for (Region &region : other->getRegions())
          for (Block &block : region)
            llvm::for_each(block.getArguments(), consider);
      });
      if (!visible.empty() && random() % 4)
        out.set(visible[random() % visible.size()]);
    }
  }

private:
  bool aimAtEnd(DestinationStyleOpInterface op, OpOperand &out) {
    for (Place &place : Follower().run(op.getTiedOpResult(&out))) {
      if (!isFree(place, op, out))
        continue;
      out.set(build(place, op));
      return true;
    }
    return false;
  }

  /// Nobody reads the place's old content once `op` has run, nor does `op` itself where it must
  /// not.
  bool isFree(const Place &place, DestinationStyleOpInterface op, OpOperand &out) {
    Value tensor = place.tensor;
    if (!dominance.properlyDominates(tensor, op) ||
        loopAround(tensor.getParentBlock()) != loopAround(op->getBlock()))
      return false;
    Operation *at = placeOf(place, op);
    for (Operation *outer : place.path)
      for (Value v : outer->getOperands())
        if (!isa<TensorType>(v.getType()) && !dominance.properlyDominates(v, at))
          return false;
    Operation *owner = place.path.empty() ? nullptr : place.path.back();
    for (OpOperand &use : tensor.getUses()) {
      Operation *user = use.getOwner();
      if (user == owner)
        continue;
      if (user == op ? !mayOverwrite(op, use, out, place) : mayRunAfter(user, op))
        return false;
    }
    return true;
  }

  static bool mayOverwrite(Operation *op, OpOperand &in, OpOperand &out, const Place &place) {
    auto launch = dyn_cast<LaunchOp>(op);
    if (!launch || !place.path.empty() || launch.isDpsInit(&in))
      return false;
    return launch.mayOverwrite(in.getOperandNumber(),
                               out.getOperandNumber() - launch.getInputs().size());
  }

  /// Where the part of a place is made: in the block of the op that takes the result in, so that
  /// the branches of an scf.if name the same part.
  static Operation *placeOf(const Place &place, Operation *op) {
    if (place.path.empty())
      return op;
    Operation *at = place.path.back()->getBlock()->findAncestorOpInBlock(*op);
    return at ? at : op;
  }

  /// The part of the place that the result becomes.
  static Value build(const Place &place, Operation *op) {
    OpBuilder b(placeOf(place, op));
    Location loc = op->getLoc();
    Value part = place.tensor;
    for (Operation *outer : llvm::reverse(place.path)) {
      if (auto insert = dyn_cast<tensor::InsertSliceOp>(outer))
        part = tensor::ExtractSliceOp::create(b, loc, insert.getSourceType(), part,
                                              insert.getMixedOffsets(), insert.getMixedSizes(),
                                              insert.getMixedStrides());
      else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(outer))
        part = tensor::CollapseShapeOp::create(b, loc, expand.getSrcType(), part,
                                               expand.getReassociationIndices());
      else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(outer))
        part = tensor::ExpandShapeOp::create(b, loc, collapse.getSrcType(), part,
                                             collapse.getReassociationIndices());
    }
    return part;
  }

  /// Whether a value has been computed into a part of another tensor, where it stays.
  static bool isAtEnd(OpResult value) {
    auto def = dyn_cast<DestinationStyleOpInterface>(value.getOwner());
    return def && def.getTiedOpOperand(value)->get().getDefiningOp<tensor::ExtractSliceOp>() &&
           llvm::any_of(value.getUsers(), llvm::IsaPred<tensor::InsertSliceOp>);
  }

  /// A value that this op reads last and that is nobody's variable, input or carry.
  bool aimAtOperand(DestinationStyleOpInterface op, OpOperand &out) {
    auto launch = dyn_cast<LaunchOp>(op.getOperation());
    if (!launch)
      return false;
    unsigned n = out.getOperandNumber() - launch.getInputs().size();
    for (auto [i, value] : llvm::enumerate(launch.getInputs())) {
      Operation *def = value.getDefiningOp();
      if (!isa_and_nonnull<LaunchOp, sched::HostOp>(def) ||
          value.getType() != out.get().getType() || !launch.mayOverwrite(i, n) ||
          def->getBlock() != launch->getBlock() || llvm::is_contained(launch.getOuts(), value) ||
          isAtEnd(cast<OpResult>(value)))
        continue;
      if (llvm::none_of(value.getUsers(), [&](Operation *user) {
            return user != launch && mayRunAfter(user, launch);
          })) {
        out.set(value);
        return true;
      }
    }
    return false;
  }

  /// The branches of an scf.if compute a result in one new buffer, so that it does not depend on
  /// the condition where the result is.
  void aimAtBranchResult(DestinationStyleOpInterface op, OpOperand &out) {
    for (OpOperand &use : op.getTiedOpResult(&out).getUses()) {
      auto branch = dyn_cast<scf::IfOp>(use.getOwner()->getParentOp());
      if (!branch || !isa<scf::YieldOp>(use.getOwner()) || !branch->isProperAncestor(op))
        continue;
      Value &buffer = branchBuffers[branch.getResult(use.getOperandNumber())];
      if (!buffer) {
        auto type = cast<RankedTensorType>(out.get().getType());
        OpBuilder b(branch);
        buffer = tensor::EmptyOp::create(b, op->getLoc(), type.getShape(), type.getElementType());
      }
      if (llvm::is_contained(op->getOperands(), buffer))
        continue; // two results of one launch in two places of one yield
      out.set(buffer);
      return;
    }
  }

  func::FuncOp function;
  DominanceInfo dominance;
  llvm::DenseMap<Value, Value> branchBuffers;
};

/// Saves a value in a slice as soon as it is there: its buffer is then free for what comes next.
void insertEarly(func::FuncOp f) {
  SmallVector<tensor::InsertSliceOp> inserts;
  f.walk([&](tensor::InsertSliceOp insert) { inserts.push_back(insert); });
  for (tensor::InsertSliceOp insert : inserts) {
    // Other readers of the old content would need a copy of all of it.
    if (!insert.getDest().hasOneUse())
      continue;
    Operation *at = insert;
    while (Operation *before = at->getPrevNode()) {
      if (llvm::any_of(insert->getOperands(), [&](Value v) { return v.getDefiningOp() == before; }))
        break;
      at = before;
    }
    if (at != insert)
      insert->moveBefore(at);
  }
}

/// Tensors of nothing that are put together piece by piece are one each, made where that is done:
/// a piece can be computed in its place only there.
void splitEmpties(func::FuncOp f) {
  SmallVector<tensor::InsertSliceOp> inserts;
  f.walk([&](tensor::InsertSliceOp insert) {
    auto empty = insert.getDest().getDefiningOp<tensor::EmptyOp>();
    if (empty && (!empty->hasOneUse() || empty->getBlock() != insert->getBlock()))
      inserts.push_back(insert);
  });
  for (tensor::InsertSliceOp insert : inserts) {
    auto empty = insert.getDest().getDefiningOp<tensor::EmptyOp>();
    if (!empty.getDynamicSizes().empty())
      continue;
    OpBuilder b = OpBuilder::atBlockBegin(insert->getBlock());
    insert.getDestMutable().assign(b.clone(*empty)->getResult(0));
  }
}

struct ChooseDestinationsPass : sched::impl::ChooseDestinationsPassBase<ChooseDestinationsPass> {
  using ChooseDestinationsPassBase::ChooseDestinationsPassBase;

  void runOnOperation() override {
    splitEmpties(getOperation());
    insertEarly(getOperation());
    Chooser chooser(getOperation());
    std::mt19937_64 random(randomHints);
    SmallVector<DestinationStyleOpInterface> ops;
    getOperation().walk([&](DestinationStyleOpInterface op) {
      if (isa<LaunchOp, sched::HostOp>(op.getOperation()))
        ops.push_back(op);
    });
    for (DestinationStyleOpInterface op : ops) {
      if (randomHints)
        chooser.chooseRandomly(op, random);
      else
        chooser.choose(op);
    }
    atEnd += chooser.atEnd;
    overOperand += chooser.overOperand;
  }
};

} // namespace
