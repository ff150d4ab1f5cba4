// Reverse.cpp - reverse-mode differentiation over SSA, loops and branches.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The algorithm is the textbook's (Griewank and Walther, Evaluating Derivatives, ch. 3 and 6):
// every op is visited once against program order, its rule turns the cotangents of its results into
// contributions to its operands'. What a rule reads inside a loop is kept on a stack with one slot
// an iteration.
#include "Residuals.h"
#include "ShortFloats.h"
#include "Slots.h"

using namespace mlir;
namespace gradc::gradient {

Value splat(OpBuilder &b, Location loc, Type type, double value) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  Attribute attr = isa<FloatType>(element) ? Attribute(b.getFloatAttr(element, value))
                                           : Attribute(b.getIntegerAttr(element, int64_t(value)));
  return ag::ConstantOp::create(b, loc, DenseElementsAttr::get(tensor, attr));
}

scf::IfOp widenIf(scf::IfOp branch, TypeRange added, Tape &tape) {
  SmallVector<Type> types(branch.getResultTypes());
  llvm::append_range(types, added);
  OpBuilder b(branch);
  auto wide = scf::IfOp::create(b, branch.getLoc(), types, branch.getCondition(), false, false);
  wide->setDiscardableAttrs(branch->getDiscardableAttrDictionary());
  wide.getThenRegion().takeBody(branch.getThenRegion());
  wide.getElseRegion().takeBody(branch.getElseRegion());
  branch->replaceAllUsesWith(wide.getResults().take_front(branch.getNumResults()));
  tape.bury(branch);
  return wide;
}

//===-- Tape ----------------------------------------------------------------------------------===//

void Tape::bury(Operation *op) {
  op->remove();
  op->dropAllReferences();
  buried.push_back(op);
}

Tape::~Tape() {
  for (Operation *op : buried)
    op->destroy();
}

/// Whether `a` may run before `b` while the values of `node` live: by program order, or because a
/// loop that holds both, but not the node, runs them again.
static bool mayPrecede(Operation *a, Operation *b, Operation *node) {
  for (auto loop = a->getParentOfType<scf::ForOp>(); loop;
       loop = loop->getParentOfType<scf::ForOp>())
    if (loop->isProperAncestor(b) && !loop->isProperAncestor(node) &&
        tripCount(loop).value_or(2) > 1)
      return true;
  for (Operation *at = a; at; at = at->getParentOp())
    if (Operation *other = at->getBlock() ? at->getBlock()->findAncestorOpInBlock(*b) : nullptr)
      return at != other && at->isBeforeInBlock(other);
  return false;
}

/// The value whose storage `v` shares as a view, null if it has its own: PyTorch saves the view.
/// What the importer widens for an op that PyTorch has as one is the op's own operand, too.
static Value viewed(Value v) {
  Operation *op = v.getDefiningOp();
  if (op && op->hasAttr("ag.saves_operand"))
    return op->getOperand(0);
  bool isView =
      isa_and_nonnull<ag::BroadcastOp, ag::ReshapeOp, ag::TransposeOp, ag::SliceOp, ag::DetachOp>(
          op);
  return isView && !op->hasAttr("ag.copy") ? op->getOperand(0) : Value();
}

/// Whether `marker` notes the write that `node` itself computed, and `v` is what it overwrote:
/// PyTorch saves a copy of that, but not of the other operand. They come from one place of the
/// source, with nothing between them but ops on the new value and the views that it is put into.
static bool isOwnWrite(Operation *node, Operation *marker, Value v) {
  auto where = node->getLoc()->findInstanceOf<FileLineColLoc>();
  if (!where || where != marker->getLoc()->findInstanceOf<FileLineColLoc>() ||
      node->getBlock() != marker->getBlock())
    return false;
  if (llvm::is_contained(node->getOperands().drop_front(), v))
    return false;
  llvm::DenseSet<Value> written(node->result_begin(), node->result_end());
  for (Operation *op = node->getNextNode(); op != marker; op = op->getNextNode()) {
    if (!op)
      return false;
    bool follows = llvm::any_of(op->getOperands(), [&](Value v) { return written.contains(v); });
    bool isView = op->getNumResults() == 1 && viewed(op->getResult(0));
    if (!follows && !isView && !op->hasTrait<OpTrait::ConstantLike>())
      return false;
    if (follows || !isView)
      written.insert(op->result_begin(), op->result_end());
  }
  return true;
}

/// Whether `node` is part of the derivative of the very write that `marker` notes, taken by an
/// earlier statement with create_graph: PyTorch's reads the copy that was saved.
static bool isDerivedFromWrite(Operation *node, Operation *marker) {
  auto where = node->getLoc()->findInstanceOf<FileLineColLoc>();
  return where && where == marker->getLoc()->findInstanceOf<FileLineColLoc>() &&
         node->getBlock() == marker->getBlock() && marker->isBeforeInBlock(node);
}

static LogicalResult modified(Operation *node, Operation *marker, Operation *statement) {
  InFlightDiagnostic error =
      statement->emitError("one of the variables needed for gradient computation has been "
                           "modified by an inplace operation");
  error.attachNote(node->getLoc()) << "this '" << node->getName() << "' saved a value for backward";
  error.attachNote(marker->getLoc()) << "this in-place operation changed it";
  return error;
}

/// What the importer notes that PyTorch saves for `node`; whether it notes anything.
static bool notedFor(Operation *node, SmallVectorImpl<Value> &saved) {
  bool any = false;
  for (Value result : node->getResults())
    for (Operation *user : result.getUsers())
      if (auto note = dyn_cast<ag::SavedOp>(user); note && note.getResult() == result) {
        llvm::append_range(saved, note.getValues());
        any = true;
      }
  return any;
}

LogicalResult Tape::visit(Operation *node, ArrayRef<Value> reads, Operation *statement,
                          bool retain) {
  if (node->hasAttr("ag.unsaved"))
    reads = {};
  SmallVector<Value> noted;
  if (!notedFor(node, noted) && reads.empty())
    return success();
  auto &freers = freedBy[node];
  if (!retain)
    freers.push_back(statement);
  for (Operation *freer : freers) {
    if (!mayPrecede(freer, statement, node))
      continue;
    InFlightDiagnostic error =
        statement->emitError("Trying to backward through the graph a second time (or directly "
                             "access saved tensors after they have "
                             "already been freed). Saved intermediate values of the graph are "
                             "freed when you call .backward() or "
                             "autograd.grad(). Specify retain_graph=True if you need to backward "
                             "through the graph a second time or if "
                             "you need to access saved tensors after calling backward.");
    error.attachNote(node->getLoc())
        << "this '" << node->getName() << "' saved a value for backward";
    if (freer != statement)
      error.attachNote(freer->getLoc()) << "this backward freed it";
    return error;
  }
  auto writer = [&](Value v, bool isNoted) -> Operation * {
    for (Value at = v; at; at = viewed(at))
      for (Operation *user : at.getUsers())
        if (isa<ag::ModifiedOp>(user) && mayPrecede(user, statement, node) &&
            (isNoted || !isOwnWrite(node, user, v)) && !isDerivedFromWrite(node, user))
          return user;
    return nullptr;
  };
  for (Value v : reads)
    if (Operation *marker = writer(v, false))
      return modified(node, marker, statement);
  for (Value v : noted)
    if (Operation *marker = writer(v, true))
      return modified(node, marker, statement);
  return success();
}

//===-- Sums ----------------------------------------------------------------------------------===//

Value Reverse::sum(Value a, Value b) {
  if (!a || !b)
    return a ? a : b;
  return ag::AddOp::create(builder, a.getLoc(), a, b);
}
void Reverse::add(DenseMap<Value, Value> &map, Value key, Value term) {
  Value &slot = map[key];
  slot = sum(slot, term);
}
void Reverse::addLeaf(Frame &frame, StringAttr name, Value term) {
  Value &slot = frame.leaves[name];
  slot = sum(slot, term);
}
Value Reverse::zeros(Type type, Location loc) { return splat(builder, loc, type, 0); }

//===-- Straight lines ------------------------------------------------------------------------===//

LogicalResult Reverse::run(Value value, Value cotangent) {
  if (!cotangent)
    cotangent = splat(builder, statement->getLoc(), value.getType(), 1);
  add(top.cotangents, value, cotangent);
  return upwards(statement);
}

/// All ops before `from` in its block, then those before the op around it, and so on.
LogicalResult Reverse::upwards(Operation *from) {
  SmallVector<Operation *> before;
  for (Operation &op : llvm::make_range(from->getBlock()->begin(), Block::iterator(from)))
    before.push_back(&op);
  if (failed(throughBlock(before, top)))
    return failure();
  Operation *parent = from->getParentOp();
  if (auto loop = dyn_cast<scf::ForOp>(parent))
    for (auto [arg, init] : llvm::zip(loop.getRegionIterArgs(), loop.getInitArgs())) {
      Value next = loop.getTiedLoopYieldedValue(arg)->get();
      // A root that nothing differentiable leads to needs nothing of the turns before.
      if (!top.cotangents.contains(arg) || !(active(init) || active(next)))
        continue;
      if (tripCount(loop).value_or(2) > 1) {
        InFlightDiagnostic error =
            statement->emitError("this backward reaches a value that an earlier iteration of the "
                                 "loop computed: detach it, or call "
                                 "backward after the loop");
        error.attachNote(loop.getLoc()) << "the loop that carries it";
        return error;
      }
      // In a loop of one turn it is what the loop starts from.
      add(top.cotangents, init, top.cotangents.lookup(arg));
    }
  return isa<func::FuncOp>(parent) ? success() : upwards(parent);
}

LogicalResult Reverse::throughBlock(ArrayRef<Operation *> ops, Frame &frame) {
  for (Operation *op : llvm::reverse(ops))
    if (failed(through(op, frame)))
      return failure();
  return success();
}

LogicalResult Reverse::through(Operation *op, Frame &frame) {
  auto flows = [&](Value v) { return active(v) && frame.cotangents.contains(v); };
  if (llvm::none_of(op->getResults(), flows))
    return success();
  if (auto leaf = dyn_cast<ag::LeafOp>(op)) {
    addLeaf(frame, leaf.getVariableAttr().getAttr(), frame.cotangents.lookup(leaf));
    return success();
  }
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return throughLoop(loop, frame);
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return throughBranches(branch, frame);
  if (auto checkpoint = dyn_cast<ag::CheckpointOp>(op))
    return throughCheckpoint(checkpoint, frame);
  if (llvm::none_of(op->getOperands(), [&](Value v) { return active(v); }))
    return success(); // a root itself
  if (auto differentiable = dyn_cast<ag::DifferentiableOpInterface>(op))
    return throughRule(differentiable, frame);
  if (isa<tensor::InsertSliceOp, tensor::ExtractSliceOp>(op)) {
    throughSlot(op, frame);
    return success();
  }
  InFlightDiagnostic error = op->emitError("no derivative for '")
                             << op->getName()
                             << "', which is on the path to the differentiated value";
  error.attachNote(statement->getLoc()) << "differentiated here";
  return error;
}

/// A quotient's rule computes the quotient again. Where the forward program is out of reach it is
/// read like the operands, of which the first may then not be needed.
void Reverse::reuseResult(Operation *op, Operation *after, Frame &frame) {
  auto quotient = dyn_cast<ag::DivOp>(op);
  if (!quotient)
    return;
  Block *block = builder.getInsertionBlock();
  auto first = after ? std::next(after->getIterator()) : block->begin();
  for (Operation &made : llvm::make_early_inc_range(
           llvm::make_range(first, Block::iterator(builder.getInsertionPoint())))) {
    auto again = dyn_cast<ag::DivOp>(made);
    if (!again || again.getA() != frame.scope->available(quotient.getA()) ||
        again.getB() != frame.scope->available(quotient.getB()))
      continue;
    again.getY().replaceAllUsesWith(frame.scope->available(quotient.getY()));
    tape.bury(again);
  }
}

LogicalResult Reverse::throughRule(ag::DifferentiableOpInterface op, Frame &frame) {
  SmallVector<Value> cotangents;
  for (Value r : op->getResults())
    cotangents.push_back(frame.cotangents.lookup(r));
  auto isActive = [&](Value v) { return active(v); };
  auto available = [&](Value v) { return frame.scope->available(v); };
  auto contribute = [&](unsigned i, Value term) { add(frame.cotangents, op->getOperand(i), term); };
  if (hasWideRule(op)) {
    SmallVector<Value> reads =
        runWideRule(builder, op, cotangents, isActive, available, contribute);
    return tape.visit(op, reads, statement, retain);
  }
  ag::Vjp rule(builder, op, cotangents, isActive, available, contribute);
  Block *block = builder.getInsertionBlock();
  Operation *after = builder.getInsertionPoint() == block->begin()
                         ? nullptr
                         : &*std::prev(builder.getInsertionPoint());
  op.buildVjp(rule);
  if (frame.scope != &identity)
    reuseResult(op, after, frame);
  Operation *original = originals.lookup(op);
  return tape.visit(original ? original : op.getOperation(),
                    savedBy(op, cotangents, rule.reads().getArrayRef()), statement, retain);
}

/// What PyTorch saved for the op: it asks for all of it, also where `grad` wants a part of the
/// gradients only.
SmallVector<Value> Reverse::savedBy(ag::DifferentiableOpInterface op, ArrayRef<Value> cotangents,
                                    ArrayRef<Value> reads) {
  auto requiresGrad = [&](Value v) { return active(v) || (*history)(v); };
  SmallVector<Value> saved(reads);
  if (!history ||
      llvm::none_of(op->getOperands(), [&](Value v) { return !active(v) && requiresGrad(v); }))
    return saved;
  Block *block = builder.getInsertionBlock();
  auto end = builder.getInsertionPoint();
  Operation *before = end == block->begin() ? nullptr : &*std::prev(end);
  ag::Vjp rule(
      builder, op, cotangents, requiresGrad, [](Value v) { return v; }, [](unsigned, Value) {});
  op.buildVjp(rule);
  llvm::append_range(saved, rule.reads());
  for (auto it = builder.getInsertionPoint(); it != block->begin();) {
    Operation *made = &*std::prev(it);
    if (made == before)
      break;
    tape.bury(made);
  }
  return saved;
}

namespace {
/// A slice of the forward program as the backward one reaches it.
struct Slice {
  Slice(Operation *op, Scope &scope) {
    auto slice = cast<OffsetSizeAndStrideOpInterface>(op);
    auto reach = [&](ArrayRef<OpFoldResult> list) {
      SmallVector<OpFoldResult> out;
      for (OpFoldResult o : list)
        out.push_back(isa<Value>(o) ? OpFoldResult(scope.available(cast<Value>(o))) : o);
      return out;
    };
    offsets = reach(slice.getMixedOffsets());
    sizes = reach(slice.getMixedSizes());
    strides = reach(slice.getMixedStrides());
  }
  SmallVector<OpFoldResult> offsets, sizes, strides;
};
} // namespace

/// Slices of stacks: a slot's cotangent is the slot of the stack's, and the other way round.
void Reverse::throughSlot(Operation *op, Frame &frame) {
  Location loc = op->getLoc();
  auto [offsets, sizes, strides] = Slice(op, *frame.scope);
  Value d = frame.cotangents.lookup(op->getResult(0));
  if (auto read = dyn_cast<tensor::ExtractSliceOp>(op)) {
    // The loop adds slice by slice.
    Value source = read.getSource();
    if (frame.loop && !frame.loop.getRegion().isAncestor(source.getParentRegion())) {
      frame.slots[source].push_back({op, d});
      return;
    }
    Value none = zeros(read.getSourceType(), loc);
    add(frame.cotangents, read.getSource(),
        tensor::InsertSliceOp::create(builder, loc, d, none, offsets, sizes, strides));
    return;
  }
  auto write = cast<tensor::InsertSliceOp>(op);
  RankedTensorType type = write.getSourceType();
  if (active(write.getSource()))
    add(frame.cotangents, write.getSource(),
        tensor::ExtractSliceOp::create(builder, loc, type, d, offsets, sizes, strides));
  if (active(write.getDest()) && !frame.stackWrites.contains(op))
    add(frame.cotangents, write.getDest(),
        tensor::InsertSliceOp::create(builder, loc, zeros(type, loc), d, offsets, sizes, strides));
}

/// `sum`, which the turns of the loop hand on, with the cotangents of what this turn reads of
/// `source` slice by slice. `isFilled`: nothing remains of what it starts from.
Value Reverse::withSlots(Value sum, Value source, bool &isFilled, Frame &inner) {
  ArrayRef<std::pair<Operation *, Value>> terms = inner.slots[source];
  bool isPlain = isa<BlockArgument>(sum) && terms.size() == 1;
  for (auto [op, d] : terms) {
    auto read = cast<tensor::ExtractSliceOp>(op);
    auto [offsets, sizes, strides] = Slice(op, *inner.scope);
    SlotUse use = slotUse(read, read.getSourceType(), inner.loop);
    // A slot that only this turn writes holds zeros.
    if (!isPlain || !use.at) {
      Value before = tensor::ExtractSliceOp::create(builder, op->getLoc(), read.getType(), sum,
                                                    offsets, sizes, strides);
      d = ag::AddOp::create(builder, op->getLoc(), before, d);
    }
    isFilled = isPlain && use.covers;
    sum = tensor::InsertSliceOp::create(builder, op->getLoc(), d, sum, offsets, sizes, strides);
  }
  return sum;
}

//===-- Loops ---------------------------------------------------------------------------------===//

/// Whether the loop only fills what it carries as argument `i`: the cotangent of all of it is known
/// before the backward's first turn, and goes nowhere else.
bool Reverse::isFilledStack(scf::ForOp loop, unsigned i, const Frame &frame) {
  tensor::InsertSliceOp write = stackWrite(loop, i);
  return write && frame.cotangents.lookup(loop.getResult(i)) &&
         (slotUse(write, write.getDestType(), loop).covers || !active(loop.getInitArgs()[i]));
}

LogicalResult Reverse::throughLoop(scf::ForOp loop, Frame &frame) {
  std::optional<int64_t> count = tripCount(loop);
  if (!count) {
    bool conditional = !loop.getBody()->getOps<ag::ContinueIfOp>().empty();
    InFlightDiagnostic error = loop.emitError(
        conditional ? "the backward of a while loop needs a bound: give it 'max_trips', the most "
                      "turns that it may take"
                    : "the backward of a loop needs a constant number of iterations");
    error.attachNote(statement->getLoc()) << "differentiated here";
    return error;
  }
  Location loc = loop.getLoc();
  SmallVector<unsigned> carried; // iter_args that a cotangent can flow through
  SmallVector<Value> inits, ends;
  auto cotangent = [&](unsigned i) { return frame.cotangents.lookup(loop.getResult(i)); };
  for (auto [i, end] : llvm::enumerate(loop.getBody()->getTerminator()->getOperands()))
    if (active(end) && cotangent(i))
      ends.push_back(end);
  Reached reached = reachedFrom(ends, active, &loop.getRegion());
  for (auto [i, arg] : llvm::enumerate(loop.getRegionIterArgs()))
    if (active(arg) && (cotangent(i) || reached.arguments.contains(arg)) &&
        !isFilledStack(loop, i, frame)) {
      carried.push_back(i);
      inits.push_back(cotangent(i) ? cotangent(i) : zeros(arg.getType(), loc));
    }
  for (Value v : reached.captured)
    inits.push_back(zeros(v.getType(), loc));
  for (StringAttr name : reached.leaves)
    inits.push_back(zeros(ag::lookupVariable(loop, FlatSymbolRefAttr::get(name)).getType(), loc));

  if (inits.empty())
    return success(); // its results are roots themselves
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0),
        one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value trips = arith::ConstantIndexOp::create(builder, loc, *count);
  auto back = scf::ForOp::create(builder, loc, zero, trips, one, inits);
  SmallVector<Value> loopInits(loop.getInitArgs());
  SmallVector<bool> reads; // for each carried value, whether a turn reads that of the one before
  {
    LoopScope scope(*frame.scope, loop, back, *count);
    if (failed(loopBody(loop, back, frame, carried, reached, scope, reads)))
      return failure();
    scope.finish();
  }
  unsigned at = 0;
  for (unsigned i : carried) {
    Value result = back.getResult(at++);
    // Zeros from the body itself: a turn does not read what the loop starts from.
    bool isZero = *count > 0 && !reads[at - 1];
    if (active(loopInits[i]) && !isZero)
      add(frame.cotangents, loopInits[i], result);
  }
  for (Value v : reached.captured)
    add(frame.cotangents, v, back.getResult(at++));
  for (StringAttr name : reached.leaves)
    addLeaf(frame, name, back.getResult(at++));
  return success();
}

LogicalResult Reverse::loopBody(scf::ForOp loop, scf::ForOp back, const Frame &outer,
                                ArrayRef<unsigned> carried, const Reached &reached, Scope &scope,
                                SmallVectorImpl<bool> &reads) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(back.getBody());
  Frame inner(&scope);
  inner.loop = loop;
  Operation *yield = loop.getBody()->getTerminator();
  unsigned at = 0;
  for (unsigned i : carried)
    add(inner.cotangents, yield->getOperand(i), back.getRegionIterArg(at++));
  for (unsigned i = 0; i < loop.getNumRegionIterArgs(); ++i)
    if (active(yield->getOperand(i)) && isFilledStack(loop, i, outer)) {
      inner.stackWrites.insert(stackWrite(loop, i));
      add(inner.cotangents, yield->getOperand(i), outer.cotangents.lookup(loop.getResult(i)));
    }
  SmallVector<Operation *> ops;
  for (Operation &op : loop.getBody()->without_terminator())
    ops.push_back(&op);
  SmallVector<BlockArgument> args(loop.getRegionIterArgs());
  if (failed(throughBlock(ops, inner)))
    return failure();
  SmallVector<Value> next;
  for (unsigned i : carried) {
    Value c = inner.cotangents.lookup(args[i]);
    reads.push_back(c != nullptr);
    next.push_back(c ? c : zeros(args[i].getType(), loop.getLoc()));
  }
  for (Value v : reached.captured) {
    bool isFilled = false;
    unsigned i = at++;
    Value term = sum(back.getRegionIterArg(i), inner.cotangents.lookup(v));
    next.push_back(withSlots(term, v, isFilled, inner));
    if (!isFilled)
      continue;
    auto type = cast<RankedTensorType>(v.getType());
    OpBuilder before(back);
    back.getInitArgsMutable()[i].assign(
        tensor::EmptyOp::create(before, v.getLoc(), type.getShape(), type.getElementType()));
  }
  for (StringAttr name : reached.leaves) {
    auto it = inner.leaves.find(name);
    next.push_back(
        sum(back.getRegionIterArg(at++), it == inner.leaves.end() ? Value() : it->second));
  }
  scf::YieldOp::create(builder, loop.getLoc(), next);
  return success();
}

//===-- Branches ------------------------------------------------------------------------------===//

LogicalResult Reverse::throughBranches(scf::IfOp branch, Frame &frame) {
  Location loc = branch.getLoc();
  Reached reached;
  for (Region &region : branch->getRegions()) {
    SmallVector<Value> ends;
    for (auto [i, v] : llvm::enumerate(region.front().getTerminator()->getOperands()))
      if (i < branch.getNumResults() && frame.cotangents.contains(branch.getResult(i)))
        ends.push_back(v);
    Reached part = reachedFrom(ends, active, &region);
    reached.captured.insert(part.captured.begin(), part.captured.end());
    reached.leaves.insert(part.leaves.begin(), part.leaves.end());
  }
  SmallVector<Type> types;
  for (Value v : reached.captured)
    types.push_back(v.getType());
  for (StringAttr name : reached.leaves)
    types.push_back(ag::lookupVariable(branch, FlatSymbolRefAttr::get(name)).getType());
  if (types.empty())
    return success();

  Value condition = frame.scope->available(branch.getCondition());
  auto back = scf::IfOp::create(builder, loc, types, condition, false, false);
  OpBuilder reads(back);
  {
    BranchScope scope(*frame.scope, branch, reads);
    for (unsigned r = 0; r < 2; ++r)
      if (failed(
              branchBody(branch, branch->getRegion(r), back->getRegion(r), reached, frame, scope)))
        return failure();
    scope.finish();
  }
  unsigned at = 0;
  for (Value v : reached.captured)
    add(frame.cotangents, v, back.getResult(at++));
  for (StringAttr name : reached.leaves)
    addLeaf(frame, name, back.getResult(at++));
  return success();
}

LogicalResult Reverse::branchBody(scf::IfOp branch, Region &region, Region &into,
                                  const Reached &reached, Frame &frame, Scope &scope) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&into.emplaceBlock());
  Frame inner(&scope);
  Operation *yield = region.front().getTerminator();
  for (auto [i, result] : llvm::enumerate(branch.getResults()))
    if (Value c = frame.cotangents.lookup(result); c && active(yield->getOperand(i)))
      add(inner.cotangents, yield->getOperand(i), c);
  SmallVector<Operation *> ops;
  for (Operation &op : region.front().without_terminator())
    ops.push_back(&op);
  if (failed(throughBlock(ops, inner)))
    return failure();
  SmallVector<Value> out;
  for (Value v : reached.captured) {
    Value c = inner.cotangents.lookup(v);
    out.push_back(c ? c : zeros(v.getType(), branch.getLoc()));
  }
  for (StringAttr name : reached.leaves) {
    auto it = inner.leaves.find(name);
    Type type = ag::lookupVariable(branch, FlatSymbolRefAttr::get(name)).getType();
    out.push_back(it != inner.leaves.end() ? it->second : zeros(type, branch.getLoc()));
  }
  scf::YieldOp::create(builder, branch.getLoc(), out);
  return success();
}

} // namespace gradc::gradient
