// FormKernels.cpp - decides which linalg ops make one kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Clusters.h"
#include "OneKernel.h"
#include "Outline.h"
#include "gradc/Schedule/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

namespace gradc::sched {
#define GEN_PASS_DEF_FORMKERNELSPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;
using namespace gradc::sched;
using linalg::GenericOp;

/// Readers of a number, and elements of one, that are many.
static constexpr unsigned kManyReaders = 4;
static constexpr int64_t kLarge = 4096;

namespace {

using Group = SmallVector<Operation *>;

void sortByPosition(SmallVectorImpl<Operation *> &ops) {
  llvm::sort(ops, [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); });
}

/// Groups the linalg ops of one block.
class Grouping {
public:
  explicit Grouping(Block &block) : block(block), clusters(block) {}

  /// Puts the groups in order, each with its ops next to each other, and returns those that are
  /// kernels.
  SmallVector<Group> run() {
    takeViews();
    takeOwnProducers();
    takeCheapFactors();
    followEdges();
    joinSiblings();
    joinOverwriters();
    SmallVector<Group> kernels;
    for (unsigned group : clusters.order()) {
      ArrayRef<Operation *> ops = clusters.members(group);
      for (Operation *op : ops)
        op->moveBefore(block.getTerminator());
      if (llvm::any_of(ops, hasLoops))
        kernels.emplace_back(ops);
    }
    return kernels;
  }

private:
  static bool hasLoops(Operation *op) { return kindOf(op) == OpKind::Loops; }

  bool isComputed(Operation *op) const {
    OpKind kind = kindOf(op);
    return clusters.contains(op) && (kind == OpKind::Loops || kind == OpKind::View);
  }

  static bool isReduction(Operation *op) {
    auto generic = dyn_cast<GenericOp>(op);
    return generic && generic.getNumReductionLoops() && !linalg::isaContractionOpInterface(generic);
  }

  bool tryMerge(Operation *a, Operation *b) {
    unsigned into = clusters.groupOf(a), from = clusters.groupOf(b);
    if (into == from)
      return false;
    Group ops(clusters.members(into));
    llvm::append_range(ops, clusters.members(from));
    sortByPosition(ops);
    return isOneKernel(ops) && clusters.merge(into, from);
  }

  SmallVector<Operation *> producersOf(Operation *op) const {
    SmallVector<Operation *> producers;
    for (Value input : op->getOperands())
      if (Operation *def = input.getDefiningOp(); def && isComputed(def))
        producers.push_back(def);
    return producers;
  }

  /// The producers of what `op` reads at computed places.
  SmallVector<Operation *> indirectProducersOf(Operation *op) const {
    SmallVector<Operation *> producers;
    op->walk([&](tensor::ExtractOp extract) {
      if (Operation *def = extract.getTensor().getDefiningOp(); def && isComputed(def))
        producers.push_back(def);
    });
    return producers;
  }

  /// What a group reads through a view it reads in place.
  void takeViews() {
    for (Operation &op : block.without_terminator()) {
      if (!hasLoops(&op))
        continue;
      SmallVector<Operation *> work{&op};
      while (!work.empty()) {
        Operation *reader = work.pop_back_val();
        SmallVector<Operation *> producers = producersOf(reader);
        llvm::append_range(producers, indirectProducersOf(reader));
        for (Operation *producer : producers)
          if (kindOf(producer) == OpKind::View && tryMerge(&op, producer))
            work.push_back(producer);
      }
    }
  }

  /// An elementwise op that only a reduction's group reads goes there: its result is never stored.
  void takeOwnProducers() {
    for (Operation &op : block.without_terminator()) {
      if (!isReduction(&op))
        continue;
      SmallVector<Operation *> work{&op};
      while (!work.empty())
        for (Operation *producer : producersOf(work.pop_back_val())) {
          bool own = llvm::all_of(producer->getUsers(), [&](Operation *user) {
            return clusters.contains(user) && clusters.groupOf(user) == clusters.groupOf(&op);
          });
          auto generic = dyn_cast<GenericOp>(producer);
          bool elementwise = generic && !generic.getNumReductionLoops();
          if (own && clusters.groupOf(producer) == clusters.groupOf(&op))
            work.push_back(producer); // a view
          else if (own && elementwise && tryMerge(&op, producer))
            work.push_back(producer);
        }
    }
  }

  static bool isCheap(Operation *op) {
    auto generic = dyn_cast<GenericOp>(op);
    return generic && !generic.getNumReductionLoops() &&
           llvm::none_of(generic.getBody()->without_terminator(), [](Operation &inner) {
             return isa<math::MathDialect>(inner.getDialect()) || isa<arith::DivFOp>(inner);
           });
  }

  /// Whether what `op` reads is stored anyway: others read it too.
  bool readsStoredValues(Operation *op) const {
    ArrayRef<Operation *> group = clusters.members(clusters.groupOf(op));
    return llvm::all_of(KernelParts(group).arguments, [&](Value v) {
      Operation *def = v.getDefiningOp();
      if (!def || !isComputed(def))
        return true;
      return !llvm::all_of(v.getUsers(),
                           [&](Operation *user) { return llvm::is_contained(group, user); });
    });
  }

  /// A cheap function of stored values (the derivative of tanh from its result) is computed where
  /// it is used rather than stored beside them.
  void takeCheapFactors() {
    for (Operation &op : block.without_terminator()) {
      if (!isCheap(&op) || op.use_empty())
        continue;
      Operation *user = *op.user_begin();
      bool one = llvm::all_of(op.getUsers(), [&](Operation *u) { return u == user; });
      if (one && isComputed(user) && isCheap(user) && readsStoredValues(&op))
        tryMerge(user, &op);
    }
  }

  static int64_t elementsOf(Operation *op) {
    auto type = op->getNumResults() ? dyn_cast<RankedTensorType>(op->getResult(0).getType())
                                    : RankedTensorType();
    return type ? type.getNumElements() : 1;
  }

  /// A number that many read, large kernels among them: in the kernel of one, all others would have
  /// to wait for that.
  static bool isCommonNumber(Operation *producer, Operation *reader) {
    if (elementsOf(producer) != 1 || elementsOf(reader) == 1)
      return false;
    llvm::SmallPtrSet<Operation *, 8> readers(producer->user_begin(), producer->user_end());
    return readers.size() > kManyReaders &&
           llvm::any_of(readers, [](Operation *op) { return elementsOf(op) >= kLarge; });
  }

  void followEdges() {
    for (Operation &op : block.without_terminator())
      if (isComputed(&op))
        for (Operation *producer : producersOf(&op))
          if (!isCommonNumber(producer, &op))
            tryMerge(&op, producer);
  }

  /// Groups that read the same value in the same loops read it once.
  void joinSiblings() {
    llvm::SetVector<Value> shared;
    for (Operation &op : block.without_terminator())
      if (isComputed(&op))
        for (Value v : op.getOperands())
          if (Operation *def = v.getDefiningOp(); !def || kindOf(def) != OpKind::Free)
            shared.insert(v);
    for (Value value : shared) {
      Group readers;
      if (isa<RankedTensorType>(value.getType()))
        for (Operation *user : value.getUsers())
          if (isComputed(user))
            readers.push_back(user);
      sortByPosition(readers);
      for (size_t i = 1; i < readers.size(); ++i)
        joinIfSiblings(readers[i - 1], readers[i]);
    }
  }

  /// What refills a carried value joins the kernel that reads the old content (a gradient's reset
  /// joins the update).
  void joinOverwriters() {
    auto loop = dyn_cast<scf::ForOp>(block.getParentOp());
    if (!loop)
      return;
    for (auto [carried, next] :
         llvm::zip(loop.getRegionIterArgs(), block.getTerminator()->getOperands())) {
      auto fill = next.getDefiningOp<GenericOp>();
      if (!fill || !isComputed(fill) || fill.getNumDpsInputs())
        continue;
      Group readers;
      for (Operation *user : carried.getUsers())
        if (isComputed(user))
          readers.push_back(user);
      sortByPosition(readers);
      if (!readers.empty())
        tryMerge(readers.back(), fill);
    }
  }

  void joinIfSiblings(Operation *a, Operation *b) {
    unsigned x = clusters.groupOf(a), y = clusters.groupOf(b);
    if (x != y && llvm::any_of(clusters.members(x), hasLoops) &&
        llvm::any_of(clusters.members(y), hasLoops) &&
        shareLoops(clusters.members(x), clusters.members(y)))
      tryMerge(a, b);
  }

  Block &block;
  Clusters clusters;
};

/// Gives each reader of a view a view of its own, so that it can be part of the reader's kernel.
void copyViews(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (kindOf(&op) != OpKind::View)
      continue;
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : op.getUses())
      uses.push_back(&use);
    OpBuilder b(&op);
    for (OpOperand *use : llvm::drop_begin(uses, uses.empty() ? 0 : 1))
      use->set(b.clone(op)->getResult(0));
  }
}

/// A strided slice that something else than a kernel reads is copied out by a kernel.
bool needsCopy(tensor::ExtractSliceOp slice) {
  if (kindOf(slice) != OpKind::View)
    return false;
  ArrayRef<int64_t> from = slice.getSourceType().getShape();
  ArrayRef<int64_t> sizes = slice.getStaticSizes();
  bool partial = false; // a dim further in is not whole
  for (size_t i = from.size(); i-- > 0;) {
    if (sizes[i] != 1 && (partial || slice.getStaticStrides()[i] != 1))
      return true;
    partial |= sizes[i] != from[i];
  }
  return false;
}

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

/// Contractions read their factors from memory, also where all elements are equal (the gradient of
/// a sum).
bool isFactor(GenericOp op, OpOperand &use) {
  return op.isDpsInput(&use) && linalg::isaContractionOpInterface(op);
}

/// A fill that something else than a kernel wants is made just before each use, by an op that a
/// kernel may take: a buffer shared by several carries would have to be copied for each.
void makeEscapingFills(func::FuncOp f) {
  SmallVector<linalg::FillOp> fills;
  f.walk([&](linalg::FillOp fill) { fills.push_back(fill); });
  for (linalg::FillOp fill : fills) {
    for (OpOperand &use : llvm::make_early_inc_range(fill->getUses())) {
      auto reader = dyn_cast<GenericOp>(use.getOwner());
      if ((reader && !isFactor(reader, use)) || use.getOwner()->getParentOfType<GenericOp>())
        continue;
      OpBuilder b(use.getOwner());
      auto type = cast<RankedTensorType>(fill.getResult(0).getType());
      Value empty =
          tensor::EmptyOp::create(b, fill.getLoc(), type.getShape(), type.getElementType());
      SmallVector<utils::IteratorType> loops(type.getRank(), utils::IteratorType::parallel);
      auto generic = GenericOp::create(b, fill.getLoc(), type, ValueRange{}, empty,
                                       b.getMultiDimIdentityMap(type.getRank()), loops,
                                       [&](OpBuilder &inner, Location loc, ValueRange) {
                                         linalg::YieldOp::create(inner, loc, fill.getInputs()[0]);
                                       });
      use.set(generic.getResult(0));
    }
  }
}

bool foldGcd(ag::ScalarGcdOp op) {
  APInt a, b;
  if (!matchPattern(op->getOperand(0), m_ConstantInt(&a)) ||
      !matchPattern(op->getOperand(1), m_ConstantInt(&b)))
    return false;
  OpBuilder builder(op);
  APInt divisor = llvm::APIntOps::GreatestCommonDivisor(a.abs(), b.abs());
  Value folded = arith::ConstantOp::create(
      builder, op.getLoc(), builder.getIntegerAttr(op->getResult(0).getType(), divisor));
  op->getResult(0).replaceAllUsesWith(folded);
  op->erase();
  return true;
}

struct FormKernelsPass : sched::impl::FormKernelsPassBase<FormKernelsPass> {
  /// The sched level knows only kernels and host ops.
  LogicalResult replaceHostOps(func::FuncOp f) {
    SmallVector<Operation *> host;
    WalkResult walk = f.walk([&](Operation *op) {
      if (isa<ag::PrintOp, ag::ExpectOp, ag::ManualSeedOp, ag::RandnOp, ag::RandOp, ag::RandintOp,
              ag::RandpermOp>(op)) {
        host.push_back(op);
        return WalkResult::advance();
      }
      // Canonicalization moves what depends on constants only out of kernels.
      if (auto gcd = dyn_cast<ag::ScalarGcdOp>(op); gcd && foldGcd(gcd))
        return WalkResult::advance();
      // What ends a loop early goes with it up to Link.
      if (!isa<ag::AgDialect>(op->getDialect()) ||
          isa<ag::KernelOpInterface, ag::ContinueIfOp, ag::BarrierOp, ag::ScalarGcdOp>(op))
        return WalkResult::advance();
      op->emitError("'") << op->getName() << "' has no kernel; lower it to linalg first";
      return WalkResult::interrupt();
    });
    if (walk.wasInterrupted())
      return failure();
    llvm::for_each(host, replaceHostOp);
    return success();
  }

  LogicalResult outlineBlock(Block &block, KernelTable &table) {
    copyViews(block);
    for (ArrayRef<Operation *> ops : Grouping(block).run())
      if (failed(table.outline(ops)))
        return failure();
    SmallVector<ag::KernelOpInterface> owners(block.getOps<ag::KernelOpInterface>());
    for (ag::KernelOpInterface op : owners)
      table.outlineOwner(op);
    SmallVector<tensor::ExtractSliceOp> slices(block.getOps<tensor::ExtractSliceOp>());
    for (tensor::ExtractSliceOp slice : slices)
      if (needsCopy(slice) && failed(table.outline({slice})))
        return failure();
    return success();
  }

  LogicalResult formKernels(func::FuncOp f, KernelTable &table) {
    if (failed(replaceHostOps(f)))
      return failure();
    makeEscapingFills(f);
    SmallVector<Block *> blocks;
    f.walk([&](Block *block) {
      if (!isa<linalg::LinalgOp>(block->getParentOp()))
        blocks.push_back(block);
    });
    for (Block *block : blocks)
      if (failed(outlineBlock(*block, table)))
        return failure();
    // They have kept kernels apart; the launches' order is fixed now.
    f.walk([](ag::BarrierOp op) {
      op.replaceAllUsesWith(op.getX());
      op.erase();
    });
    IRRewriter rewriter(f);
    (void)runRegionDCE(rewriter, f->getRegions());
    return success();
  }

  void runOnOperation() override {
    KernelTable table(getOperation());
    for (auto f : getOperation().getOps<func::FuncOp>())
      if (failed(formKernels(f, table)))
        return signalPassFailure();
    kernels += table.made;
    shared += table.shared;
  }
};

} // namespace
