// HoistSums.cpp - what a loop contracts and adds up in each turn is contracted once behind it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The gradient of a weight that all turns read is the sum of their contributions. A product of a
// few rows a turn reads and writes the whole sum for little work; all turns together are one
// product with as many rows, if the factors of all turns are at hand: as stacks they mostly are,
// for the backward of the turns reads one and the gradient of their input the other.
#include "Slots.h"
#include "gradc/Gradient/Passes.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_HOISTSUMS
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// With fewer turns there is little to gain.
constexpr int64_t kLeastTurns = 4;

int64_t elementsOf(Value v) { return cast<RankedTensorType>(v.getType()).getNumElements(); }

/// The value of a turn in all turns: slot scale * index + offset is this turn's.
struct Stack {
  Value value;
  int64_t scale, offset;
  /// A carried argument of the loop, to be made: `whole` is its result then.
  Value whole;
};

class Hoister {
public:
  explicit Hoister(scf::ForOp loop) : loop(loop), body(loop.getBody()) {}

  unsigned run() {
    std::optional<int64_t> trips = tripCount(loop);
    if (!trips || *trips < kLeastTurns || !affineIsIdentity() ||
        !loop.getBody()->getOps<ag::ContinueIfOp>().empty())
      return 0;
    count = *trips;
    noteStacks();
    SmallVector<unsigned> sums;
    for (unsigned i = 0; i < loop.getNumRegionIterArgs(); ++i)
      if (accept(i))
        sums.push_back(i);
    if (!sums.empty())
      rewrite(sums);
    return sums.size();
  }

private:
  /// From 0 by 1, as the backward of every loop.
  bool affineIsIdentity() {
    auto lower = affineIndex(loop.getLowerBound()), step = affineIndex(loop.getStep());
    return lower && !lower->loop && lower->offset == 0 && step && !step->loop && step->offset == 1;
  }

  /// The stacks that the loop reads and fills.
  void noteStacks() {
    for (auto read : body->getOps<tensor::ExtractSliceOp>()) {
      SlotUse use = slotUse(read, read.getSourceType(), loop);
      if (!use.covers || !read.getSourceType().hasStaticShape() ||
          loop.getRegion().isAncestor(read.getSource().getParentRegion()))
        continue;
      stacks.push_back({read.getResult(), use.at->scale, use.at->offset, read.getSource()});
      kept += elementsOf(read.getSource());
    }
    for (unsigned i = 0; i < loop.getNumRegionIterArgs(); ++i)
      if (tensor::InsertSliceOp write = stackWrite(loop, i)) {
        SlotUse use = slotUse(write, write.getDestType(), loop);
        if (!use.covers)
          continue;
        filled[stacks.size()] = i;
        stacks.push_back({write.getSource(), use.at->scale, use.at->offset, Value()});
        kept += elementsOf(write.getDest());
      }
  }

  ag::AddOp sumOf(unsigned i) {
    Value carried = loop.getRegionIterArg(i);
    auto add = body->getTerminator()->getOperand(i).getDefiningOp<ag::AddOp>();
    bool isSum = add && add->hasOneUse() && carried.hasOneUse() && add->getBlock() == body &&
                 llvm::is_contained(add->getOperands(), carried) &&
                 add->getOperand(0) != add->getOperand(1);
    return isSum ? add : ag::AddOp();
  }
  Value termOf(unsigned i) {
    ag::AddOp add = sumOf(i);
    return add->getOperand(add->getOperand(0) == loop.getRegionIterArg(i) ? 1 : 0);
  }

  /// Whether carried value `i` is a sum to take out; notes the stacks that it lacks.
  bool accept(unsigned i) {
    if (!sumOf(i))
      return false;
    size_t before = stacks.size();
    int64_t cost = 0;
    if (collect(termOf(i), cost) && cost <= 2 * elementsOf(loop.getRegionIterArg(i)) &&
        (made + cost) * count <= kept) {
      made += cost;
      return true;
    }
    stacks.truncate(before);
    return false;
  }

  /// Whether a term can be computed of all turns; `cost`: elements a turn of stacks that it lacks.
  bool collect(Value v, int64_t &cost) {
    Operation *op = v.getDefiningOp();
    if (!op || op->getBlock() != body || !v.hasOneUse())
      return false;
    if (isa<ag::AddOp>(op))
      return collect(op->getOperand(0), cost) && collect(op->getOperand(1), cost);
    if (isa<ag::ReshapeOp, ag::TransposeOp, ag::NegOp>(op))
      return collect(op->getOperand(0), cost);
    if (!isa<ag::ContractOp, ag::ReduceSumOp>(op) ||
        llvm::any_of(op->getOperands(), [&](Value o) { return !isOfTurn(moved(o)); }))
      return false;
    require(op, cost);
    return true;
  }

  /// Computed in the loop, not before it.
  bool isOfTurn(Value v) { return loop.getRegion().isAncestor(v.getParentRegion()); }

  /// What a turn's value was before its dims were put into another order.
  static Value moved(Value v) {
    while (auto transpose = v.getDefiningOp<ag::TransposeOp>())
      v = transpose.getX();
    return v;
  }

  /// An operand in all turns, dims in order.
  Value wholeOf(OpBuilder &b, Value v, std::pair<int64_t, int64_t> map) const {
    auto transpose = v.getDefiningOp<ag::TransposeOp>();
    if (!transpose)
      return find(v, map)->whole;
    return ag::TransposeOp::create(b, v.getLoc(), wholeOf(b, transpose.getX(), map),
                                   later(transpose.getPerm(), true));
  }

  /// Dims of one turn as those of all; `turns`: with the dim that counts them.
  static SmallVector<int64_t> later(ArrayRef<int64_t> dims, bool turns) {
    SmallVector<int64_t> list;
    if (turns)
      list.push_back(0);
    for (int64_t d : dims)
      list.push_back(d + 1);
    return list;
  }

  const Stack *find(Value v, std::optional<std::pair<int64_t, int64_t>> map) const {
    for (const Stack &s : stacks)
      if (s.value == v && (!map || *map == std::pair(s.scale, s.offset)))
        return &s;
    return nullptr;
  }

  /// The slots of a contraction's factors: those of the first that has a stack.
  std::pair<int64_t, int64_t> mapOf(Operation *op) const {
    for (Value v : op->getOperands())
      if (const Stack *s = find(moved(v), std::nullopt))
        return {s->scale, s->offset};
    return {1, 0};
  }

  void require(Operation *op, int64_t &cost) {
    auto map = mapOf(op);
    for (Value operand : op->getOperands()) {
      Value v = moved(operand);
      if (find(v, map))
        continue;
      stacks.push_back({v, map.first, map.second, Value()});
      cost += elementsOf(v);
    }
  }

  void rewrite(ArrayRef<unsigned> sums) {
    addStacks();
    OpBuilder b(loop->getContext());
    b.setInsertionPointAfter(loop);
    for (unsigned i : sums) {
      Value init = loop.getInitArgs()[i];
      Value total = ofAllTurns(b, termOf(i));
      auto constant = init.getDefiningOp<ag::ConstantOp>();
      auto data = constant ? dyn_cast<SplatElementsAttr>(constant.getValue()) : SplatElementsAttr();
      bool isZero =
          data && isa<FloatType>(data.getElementType()) && data.getSplatValue<APFloat>().isZero();
      if (!isZero)
        total = ag::AddOp::create(b, total.getLoc(), init, total);
      loop.getResult(i).replaceAllUsesWith(total);
    }
    for (unsigned i : sums) // what is carried goes on, unused
      body->getTerminator()->setOperand(i, loop.getRegionIterArg(i));
  }

  /// Lets the loop fill the stacks that it lacks.
  void addStacks() {
    SmallVector<Value> inits;
    SmallVector<size_t> added;
    OpBuilder before(loop);
    for (auto [n, s] : llvm::enumerate(stacks)) {
      if (s.whole || filled.count(n))
        continue;
      auto type = cast<RankedTensorType>(s.value.getType());
      SmallVector<int64_t> shape{count};
      llvm::append_range(shape, type.getShape());
      inits.push_back(
          tensor::EmptyOp::create(before, s.value.getLoc(), shape, type.getElementType()));
      added.push_back(n);
    }
    unsigned base = loop.getNumResults();
    if (!inits.empty()) {
      IRRewriter rewriter(loop);
      auto fill = [&](OpBuilder &b, Location, ArrayRef<BlockArgument> args) {
        SmallVector<Value> values;
        for (auto [n, arg] : llvm::zip(added, args))
          values.push_back(write(b, stacks[n], arg));
        return values;
      };
      noteCarried();
      loop = cast<scf::ForOp>(*loop.replaceWithAdditionalYields(rewriter, inits, false, fill));
      body = loop.getBody();
      for (auto [n, i] : carriedValues)
        stacks[n].value = body->getArgument(i);
    }
    for (auto [k, n] : llvm::enumerate(added))
      stacks[n].whole = loop.getResult(base + k);
    for (auto [n, i] : filled)
      stacks[n].whole = loop.getResult(i);
  }

  /// Arguments of the loop get new ones in their place.
  void noteCarried() {
    for (auto [n, s] : llvm::enumerate(stacks))
      if (auto argument = dyn_cast<BlockArgument>(s.value); argument && argument.getOwner() == body)
        carriedValues.push_back({n, argument.getArgNumber()});
  }

  Value write(OpBuilder &b, const Stack &s, Value into) {
    Location loc = s.value.getLoc();
    // At the start of the loop: what is computed before the write may aim there.
    auto current = cast<scf::ForOp>(cast<BlockArgument>(into).getOwner()->getParentOp());
    OpBuilder start = OpBuilder::atBlockBegin(current.getBody());
    auto index = [&](int64_t n) { return arith::ConstantIndexOp::create(start, loc, n); };
    Value slot = current.getInductionVar();
    if (s.scale != 1)
      slot = arith::MulIOp::create(start, loc, slot, index(s.scale));
    if (s.offset != 0)
      slot = arith::AddIOp::create(start, loc, slot, index(s.offset));
    Value v = s.value;
    if (auto argument = dyn_cast<BlockArgument>(v))
      v = current.getBody()->getArgument(argument.getArgNumber());
    SmallVector<OpFoldResult> offsets, sizes, strides;
    slotOf(b, slot, cast<RankedTensorType>(v.getType()).getShape(), offsets, sizes, strides);
    return tensor::InsertSliceOp::create(b, loc, v, into, offsets, sizes, strides);
  }

  Value ofAllTurns(OpBuilder &b, Value v) {
    Operation *op = v.getDefiningOp();
    auto map = mapOf(op);
    if (auto contract = dyn_cast<ag::ContractOp>(op))
      return ag::ContractOp::create(
          b, op->getLoc(), wholeOf(b, contract.getA(), map), wholeOf(b, contract.getB(), map),
          later(contract.getABatch(), false), later(contract.getBBatch(), false),
          later(contract.getAContract(), true), later(contract.getBContract(), true));
    if (auto sum = dyn_cast<ag::ReduceSumOp>(op))
      return ag::ReduceSumOp::create(b, op->getLoc(), wholeOf(b, sum.getX(), map),
                                     later(sum.getDims(), true));
    SmallVector<Value> operands;
    for (Value o : op->getOperands())
      operands.push_back(ofAllTurns(b, o));
    Operation *copy = b.clone(*op);
    copy->setOperands(operands);
    return copy->getResult(0);
  }

  scf::ForOp loop;
  Block *body;
  int64_t count = 0;
  SmallVector<Stack> stacks;
  /// Those that a carried value of the loop is already.
  std::map<size_t, unsigned> filled;
  SmallVector<std::pair<size_t, unsigned>> carriedValues;
  /// Elements of the stacks that there are, and a turn's of those to be made.
  int64_t kept = 0, made = 0;
};

struct HoistSums : impl::HoistSumsBase<HoistSums> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> loops;
    getOperation().walk([&](scf::ForOp loop) { loops.push_back(loop); });
    for (scf::ForOp loop : loops) // inner ones first
      sums += Hoister(loop).run();
  }
};

} // namespace
} // namespace gradc::gradient
