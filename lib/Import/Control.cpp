// Control.cpp - repeat, if and call.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Control.h"
#include "History.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;
namespace gradc::graph {

LogicalResult readTable(Importer &importer, const Json &table, Location loc,
                        SmallVectorImpl<Operand> &operands, SmallVectorImpl<Value> &values) {
  for (const Json &json : table.items) {
    Operand &operand = operands.emplace_back();
    if (failed(importer.evaluateOperand(json, operand)))
      return failure();
    if (!operand.tensor)
      return importer.expected(json, "a tensor");
  }
  for (Operand &operand : operands)
    values.push_back(importer.read(*operand.tensor, loc));
  return success();
}

void shareStorage(SmallVectorImpl<Operand> &operands, Block *inner, StringRef why) {
  for (Operand &operand : operands)
    if (operand.tensor->storage->home != inner && operand.tensor->storage->shared.empty())
      operand.tensor->storage->shared = why.str();
}

LogicalResult defineShared(Importer &importer, const Key &key, Value value, bool history,
                           StringRef why) {
  TensorRef tensor = importer.makeTensor(value, history);
  tensor->storage->shared = why.str();
  Json at;
  at.at = key.at;
  return importer.define(at, key.text, tensor);
}

//===-- repeat --------------------------------------------------------------------------------===//

/// Whether `read` is done before `write` in each turn, or in the other branch.
static bool isEarlier(Operation *read, Operation *write) {
  for (Operation *at = write; at; at = at->getParentOp())
    if (Operation *other = at->getBlock()->findAncestorOpInBlock(*read))
      return other == at ? isa<scf::IfOp>(at) : other->isBeforeInBlock(at);
  return false;
}

/// Whether `value`, or a view of it, is read where the storage has been written.
static bool isReadAfterWrite(Value value, Storage &storage) {
  SmallVector<Operation *> writes;
  value.getParentBlock()->walk([&](ag::SetOp set) {
    if (storage.variable && set.getVariable() == storage.variable.getSymName())
      writes.push_back(set);
  });
  SmallVector<Value> aliases{value};
  while (!aliases.empty())
    for (Operation *user : aliases.pop_back_val().getUsers()) {
      if (llvm::any_of(writes, [&](Operation *write) { return !isEarlier(user, write); }))
        return true;
      if (isa<ag::ReshapeOp, ag::TransposeOp, ag::BroadcastOp, ag::SliceOp, ag::DetachOp>(user))
        llvm::append_range(aliases, user->getResults());
      if (isa<ag::YieldOp>(user))
        llvm::append_range(aliases, user->getParentOp()->getResults());
    }
  return false;
}

FailureOr<SmallVector<bool>> historyOfResults(Importer &importer, Node &node,
                                              ArrayRef<bool> initial, ArrayRef<Operand> yielded,
                                              ValueRange yields, ValueRange carried,
                                              const llvm::SmallPtrSetImpl<Storage *> &written,
                                              bool onlyOnce) {
  SmallVector<bool> history(initial);
  for (auto [i, operand] : llvm::enumerate(yielded)) {
    history[i] = history[i] || importer.needsGrad(*operand.tensor);
    Storage &storage = *operand.tensor->storage;
    if (!onlyOnce && written.contains(&storage) && isReadAfterWrite(carried[i], storage)) {
      (void)importer.fail(node.loc, "in-place write to a tensor that " + node.spec->name +
                                        " carries, which may share its storage with another "
                                        "name: write to a new tensor");
      return failure();
    }
  }
  auto isActive = [&](Value v) {
    for (auto [arg, active] : llvm::zip(carried, history))
      if (v == arg && active)
        return true;
    return false;
  };
  for (bool changed = !onlyOnce; changed;) {
    changed = false;
    for (auto [i, value] : llvm::enumerate(yields))
      if (!history[i] && mayReach(importer, value, isActive))
        history[i] = changed = true;
  }
  return history;
}

LogicalResult checkCarries(Importer &importer, Node &node) {
  const Json *carry = node.attribute("carry"), *yield = node.attribute("yield");
  if (!carry != !yield)
    return importer.fail(node.json,
                         StringRef("expected 'carry' and 'yield' together, found only '") +
                             (carry ? "carry" : "yield") + "'");
  if (!carry)
    return success();
  for (const Key &key : yield->keys)
    if (!carry->find(key.text))
      return importer.fail(*yield,
                           "expected names of 'carry' in 'yield', found '" + key.text + "'");
  for (const Key &key : carry->keys)
    if (!yield->find(key.text))
      return importer.fail(*yield, "expected '" + key.text + "' in 'yield', as in 'carry'");
  return success();
}

namespace {
struct Loop {
  Importer &importer;
  Node &node;
  scf::ForOp op;
  SmallVector<Operand> initial, yielded;
  SmallVector<Value> inits, yields;
  SmallVector<bool> history;
  bool handsOn = false;
  llvm::SmallPtrSet<Storage *, 4> written = {};

  const std::vector<Key> &keys() const {
    static const std::vector<Key> none;
    const Json *carry = node.attribute("carry");
    return carry ? carry->keys : none;
  }
  LogicalResult begin(int64_t count);
  LogicalResult body();
  LogicalResult yield();
};
} // namespace

LogicalResult Loop::begin(int64_t count) {
  OpBuilder &b = importer.b;
  written = importer.hoistWrites(*node.attribute("body"), node.loc, /*again=*/count > 1);
  if (const Json *carry = node.attribute("carry"))
    if (failed(readTable(importer, *carry, node.loc, initial, inits)))
      return failure();
  for (Operand &operand : initial)
    history.push_back(importer.needsGrad(*operand.tensor));
  Value from = arith::ConstantIndexOp::create(b, node.loc, 0),
        to = arith::ConstantIndexOp::create(b, node.loc, count),
        step = arith::ConstantIndexOp::create(b, node.loc, 1);
  op = scf::ForOp::create(b, node.loc, from, to, step, inits);
  if (!op.getBody()->empty())
    op.getBody()->back().erase();
  return success();
}

LogicalResult Loop::body() {
  OpBuilder &b = importer.b;
  Operation *index = nullptr, *cast = nullptr;
  if (const Json *name = node.attribute("index")) {
    cast = arith::IndexCastOp::create(b, node.loc, b.getI64Type(), op.getInductionVar());
    index = tensor::FromElementsOp::create(b, node.loc, importer.makeType({}, b.getI64Type()),
                                           cast->getResult(0));
    if (!isGeneratedName(name->text))
      index->setLoc(NameLoc::get(b.getStringAttr(name->text), node.loc));
    TensorRef tensor = importer.makeTensor(index->getResult(0), false);
    tensor->wrapped = true;
    tensor->storage->shared = "is the index of repeat";
    if (failed(importer.define(*name, name->text, tensor)))
      return failure();
  }
  for (auto [i, key] : llvm::enumerate(keys())) {
    BlockArgument carried = op.getRegionIterArgs()[i];
    if (!isGeneratedName(key.text))
      carried.setLoc(NameLoc::get(b.getStringAttr(key.text), node.loc));
    if (failed(defineShared(importer, key, carried, history[i],
                            "repeat carries, which may share its storage with another name")))
      return failure();
  }
  if (failed(importer.evaluateBody(*node.attribute("body"))) || failed(yield()))
    return failure();
  // What is yielded may be the index itself.
  if (index && index->use_empty()) {
    index->erase();
    cast->erase();
  }
  return success();
}

LogicalResult Loop::yield() {
  const Json *table = node.attribute("yield");
  if (table) {
    Json ordered; // as in 'carry'
    for (const Key &key : keys())
      ordered.items.push_back(*table->find(key.text));
    if (failed(readTable(importer, ordered, node.loc, yielded, yields)))
      return failure();
    for (auto [i, value] : llvm::enumerate(yields))
      if (value.getType() != inits[i].getType())
        return importer.fail(*table->find(keys()[i].text),
                             "expected " + typeText(cast<RankedTensorType>(inits[i].getType())) +
                                 " for '" + keys()[i].text + "' as it enters the loop, found " +
                                 typeText(cast<RankedTensorType>(value.getType())));
    // What was carried in goes on: it is the initial tensor for all that is known.
    handsOn =
        llvm::any_of(yielded, [](const Operand &o) { return !o.tensor->storage->shared.empty(); });
    shareStorage(yielded, op.getBody(),
                 "repeat carries, which may share its storage with another name");
  }
  scf::YieldOp::create(importer.b, node.loc, yields);
  return success();
}

static LogicalResult repeat(Importer &importer, Node &node) {
  int64_t count = node.integer("count", 0);
  if (count < 0)
    return importer.expected(*node.attribute("count"), "a count not below 0");
  if (failed(checkCarries(importer, node)))
    return failure();
  Loop loop{importer, node, {}, {}, {}, {}, {}, {}, false};
  if (failed(loop.begin(count)))
    return failure();
  SmallVector<std::string> before;
  for (Operand &operand : loop.initial)
    before.push_back(operand.tensor->storage->shared);
  shareStorage(loop.initial, nullptr,
               "repeat carries, which may share its storage with another name");
  {
    OpBuilder::InsertionGuard guard(importer.b);
    importer.b.setInsertionPointToEnd(loop.op.getBody());
    importer.pushScope();
    ++importer.controlDepth;
    LogicalResult done = loop.body();
    --importer.controlDepth;
    importer.popScope();
    if (failed(done))
      return failure();
  }
  // After a turn the initial tensors are no longer what is carried, unless they were handed on.
  auto handedOn = [&](const Storage *storage) {
    return llvm::any_of(loop.yielded,
                        [&](const Operand &o) { return o.tensor->storage == storage; });
  };
  for (auto [operand, shared] : llvm::zip(loop.initial, before))
    if (count > 0 && !loop.handsOn && !handedOn(operand.tensor->storage))
      operand.tensor->storage->shared = shared;
  FailureOr<SmallVector<bool>> history =
      historyOfResults(importer, node, loop.history, loop.yielded, loop.yields,
                       loop.op.getRegionIterArgs(), loop.written, /*onlyOnce=*/count < 2);
  if (failed(history))
    return failure();
  for (auto [i, key] : llvm::enumerate(loop.keys())) {
    if (failed(defineShared(importer, key, loop.op.getResult(i), (*history)[i],
                            "came out of repeat, and may share its storage with another name")))
      return failure();
  }
  return success();
}

//===-- if ------------------------------------------------------------------------------------===//

Value conditionOf(Importer &importer, const Json &at, Value value, Location loc) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getNumElements() != 1) {
    (void)importer.fail(at, StringRef("Boolean value of Tensor with ") +
                                (type.getNumElements() ? "more than one value" : "no values") +
                                " is ambiguous");
    return {};
  }
  value = importer.cast(value, importer.b.getI1Type(), loc);
  value = importer.reshape(value, {}, loc);
  return tensor::ExtractOp::create(importer.b, loc, value, ValueRange());
}

/// The condition as an i1; null after an error.
static Value readCondition(Importer &importer, Node &node) {
  Value value = importer.readInput(node, 0);
  return value ? conditionOf(importer, *node.inputs[0].json, value, node.loc) : Value();
}

static LogicalResult branch(Importer &importer, Node &node, Region &region, StringRef key,
                            const std::vector<Key> &names, const Json *yields,
                            SmallVectorImpl<Operand> &operands, SmallVectorImpl<Value> &values) {
  OpBuilder::InsertionGuard guard(importer.b);
  Block &block = region.emplaceBlock();
  importer.b.setInsertionPointToEnd(&block);
  importer.pushScope();
  ++importer.controlDepth;
  auto leave = llvm::scope_exit([&] {
    --importer.controlDepth;
    importer.popScope();
  });
  if (const Json *body = node.attribute(key))
    if (failed(importer.evaluateBody(*body)))
      return failure();
  Json ordered;
  for (const Key &name : names) {
    const Json *operand = yields->find(name.text);
    if (!operand)
      return importer.fail(*yields, "expected '" + name.text + "' in 'yield' of both branches");
    ordered.items.push_back(*operand);
  }
  if (failed(readTable(importer, ordered, node.loc, operands, values)))
    return failure();
  shareStorage(operands, &block, "may be what came out of if, and share its storage with that");
  scf::YieldOp::create(importer.b, node.loc, values);
  return success();
}

static LogicalResult checkYields(Importer &importer, Node &node, const Json *&thenYields,
                                 const Json *&elseYields) {
  const Json *yield = node.attribute("yield");
  if (!yield)
    return success();
  thenYields = yield->find("then");
  elseYields = yield->find("else");
  for (const Json *part : {thenYields, elseYields})
    if (!part || part->kind != Json::Kind::object)
      return importer.expected(part, *yield, "an object with 'then' and 'else' for 'yield'");
  for (const Key &key : elseYields->keys)
    if (!thenYields->find(key.text))
      return importer.fail(*thenYields, "expected '" + key.text + "' in 'yield' of both branches");
  return success();
}

static LogicalResult conditional(Importer &importer, Node &node) {
  static const std::vector<Key> none;
  const Json *thenYields = nullptr, *elseYields = nullptr;
  if (failed(checkYields(importer, node, thenYields, elseYields)))
    return failure();
  const std::vector<Key> &names = thenYields ? thenYields->keys : none;
  Value condition = readCondition(importer, node);
  if (!condition)
    return failure();
  for (StringRef key : {"then", "else"})
    if (const Json *body = node.attribute(key))
      importer.hoistWrites(*body, node.loc);
  SmallVector<Operand> thenOperands, elseOperands;
  SmallVector<Value> thenValues, elseValues;
  OperationState state(node.loc, scf::IfOp::getOperationName());
  state.addOperands(condition);
  Region *thenRegion = state.addRegion(), *elseRegion = state.addRegion();
  // The branches are built in place: their values have to see those of the block around.
  Operation *holder = importer.b.create(state);
  thenRegion = &holder->getRegion(0);
  elseRegion = &holder->getRegion(1);
  if (failed(branch(importer, node, *thenRegion, "then", names, thenYields, thenOperands,
                    thenValues)) ||
      failed(
          branch(importer, node, *elseRegion, "else", names, elseYields, elseOperands, elseValues)))
    return failure();
  for (auto [i, name] : llvm::enumerate(names))
    if (thenValues[i].getType() != elseValues[i].getType())
      return importer.fail(*elseYields->find(name.text),
                           "expected " + typeText(cast<RankedTensorType>(thenValues[i].getType())) +
                               " for '" + name.text + "' as in 'then', found " +
                               typeText(cast<RankedTensorType>(elseValues[i].getType())));
  auto op = scf::IfOp::create(importer.b, node.loc, ValueRange(thenValues).getTypes(), condition,
                              /*addThenBlock=*/false, /*addElseBlock=*/false);
  op.getThenRegion().takeBody(*thenRegion);
  if (names.empty() && elseRegion->front().without_terminator().empty())
    elseRegion->front().erase();
  else
    op.getElseRegion().takeBody(*elseRegion);
  holder->erase();
  SmallVector<StringRef> words;
  for (const Key &name : names)
    words.push_back(name.text);
  noteNames(op, words);
  for (auto [i, name] : llvm::enumerate(names)) {
    bool history =
        importer.needsGrad(*thenOperands[i].tensor) || importer.needsGrad(*elseOperands[i].tensor);
    if (failed(defineShared(importer, name, op.getResult(i), history,
                            "came out of if, and may share its storage with another name")))
      return failure();
  }
  return success();
}

//===-- call ----------------------------------------------------------------------------------===//

static LogicalResult call(Importer &importer, Node &node) {
  const Json &name = *node.attribute("function"), *names = node.attribute("names");
  func::FuncOp callee = importer.function(name, name.text);
  if (!callee)
    return failure();
  FunctionType type = callee.getFunctionType();
  if (node.inputs.size() != type.getNumInputs())
    return importer.fail(node.json, "expected " + Twine(type.getNumInputs()) +
                                        (type.getNumInputs() == 1 ? " input" : " inputs") +
                                        " of function '" + name.text + "', found " +
                                        Twine(node.inputs.size()));
  SmallVector<Value> values;
  for (auto [i, wanted] : llvm::enumerate(type.getInputs())) {
    Value value = importer.readInput(node, i);
    if (!value)
      return failure();
    if (value.getType() != wanted)
      return importer.fail(*node.inputs[i].json,
                           "expected " + typeText(cast<RankedTensorType>(wanted)) + " as input " +
                               Twine(i + 1) + " of function '" + name.text + "', found " +
                               typeText(cast<RankedTensorType>(value.getType())));
    values.push_back(value);
  }
  auto op = func::CallOp::create(importer.b, node.loc, callee, values);
  importer.forgetViews();
  for (Value result : op.getResults())
    node.results.push_back(importer.makeTensor(result, importer.gradEnabled()));
  if (!names) {
    if (op.getNumResults() != 1 && !node.name.empty())
      return importer.fail(node.json, "expected 'names' for the " + Twine(op.getNumResults()) +
                                          " outputs of function '" + name.text + "'");
    return success();
  }
  if (names->items.size() != op.getNumResults())
    return importer.expected(*names, "a list of " + Twine(op.getNumResults()) + " for 'names'");
  node.definesNames = true;
  SmallVector<StringRef> words;
  for (auto [key, result] : llvm::zip(names->items, node.results)) {
    words.push_back(key.text);
    if (failed(importer.define(key, key.text, result)))
      return failure();
  }
  noteNames(op, words);
  return success();
}

void addControlOps(OpTable &table) {
  using K = AttributeKind;
  table.add("control", {"repeat",
                        0,
                        0,
                        {{"count", K::integer, true},
                         {"index", K::name},
                         {"body", K::body, true},
                         {"carry", K::operandTable},
                         {"yield", K::operandTable}},
                        "a body that runs `count` times; carried names are visible after it",
                        repeat,
                        false});
  table.add("control",
            {"while",
             0,
             0,
             {{"before", K::body},
              {"condition", K::operandTable, true},
              {"body", K::body, true},
              {"carry", K::operandTable},
              {"yield", K::operandTable},
              {"max_trips", K::integer}},
             "a body that runs while the `value` of `condition` holds, which the nodes of `before` "
             "may compute; a backward through it needs `max_trips`, the most turns there may be",
             whileLoop,
             false});
  table.add("control", {"if",
                        1,
                        1,
                        {{"then", K::body, true}, {"else", K::body}, {"yield", K::branchTable}},
                        "one of two bodies; yielded names are visible after it",
                        conditional,
                        false});
  table.add("control", {"call",
                        0,
                        unlimited,
                        {{"function", K::name, true}, {"names", K::names}},
                        "the outputs of a function",
                        call});
}

} // namespace gradc::graph
