// While.cpp - loops that a condition ends.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A while is an scf.for up to its bound. Each turn asks the condition as long as it has held so
// far, and does the body where it still holds: turns after the last one do nothing, so that every
// later stage may take the loop for what it is. ag.continue_if leaves it early.
#include "Control.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;
namespace gradc::graph {

/// What a while without `max_trips` counts to: there is no end, and no backward.
constexpr int64_t kNoBound = std::numeric_limits<int64_t>::max();

constexpr StringLiteral kCarried = "while carries, which may share its storage with another name";

namespace {
struct While {
  Importer &importer;
  Node &node;
  OpBuilder &b;
  int64_t bound = 0;
  scf::ForOp loop = {};
  SmallVector<Operand> initial = {}, yielded = {};
  SmallVector<Value> inits = {}, yields = {};
  SmallVector<bool> history = {};

  ArrayRef<Key> keys() const {
    const Json *carry = node.attribute("carry");
    return carry ? ArrayRef<Key>(carry->keys) : ArrayRef<Key>();
  }
  ValueRange carried() { return loop.getRegionIterArgs().drop_front(); }

  LogicalResult read();
  LogicalResult turn();
  LogicalResult within(Region &region, llvm::function_ref<LogicalResult()> read);
  LogicalResult condition(Value &value);
  LogicalResult ask();
  LogicalResult expectEnd(int64_t bound);
  LogicalResult body(Block *block);
};
} // namespace

/// Runs `read` with the carried names bound, at the end of the region's block.
LogicalResult While::within(Region &region, llvm::function_ref<LogicalResult()> read) {
  OpBuilder::InsertionGuard guard(b);
  Block &block = region.empty() ? region.emplaceBlock() : region.front();
  if (!block.empty())
    block.back().erase(); // of a branch without results
  b.setInsertionPointToEnd(&block);
  importer.pushScope();
  ++importer.controlDepth;
  auto leave = llvm::scope_exit([&] {
    --importer.controlDepth;
    importer.popScope();
  });
  for (auto [i, key] : llvm::enumerate(keys()))
    if (failed(defineShared(importer, key, carried()[i], history[i], kCarried)))
      return failure();
  return read();
}

/// Reads the condition, a tensor of one element.
LogicalResult While::condition(Value &value) {
  if (const Json *before = node.attribute("before"))
    if (failed(importer.evaluateBody(*before)))
      return failure();
  const Json &table = *node.attribute("condition");
  const Json *json = table.find("value");
  if (!json || table.keys.size() != 1)
    return importer.expected(table, "an object with 'value' for 'condition'");
  Operand operand;
  if (failed(importer.evaluateOperand(*json, operand)))
    return failure();
  if (!operand.tensor)
    return importer.expected(*json, "a tensor");
  value = importer.read(*operand.tensor, node.loc);
  value = conditionOf(importer, *json, value, node.loc);
  return success(value != nullptr);
}

LogicalResult While::ask() {
  Value value;
  if (failed(condition(value)))
    return failure();
  scf::YieldOp::create(b, node.loc, value);
  return success();
}

/// After the last turn that there may be the condition must not hold.
LogicalResult While::expectEnd(int64_t bound) {
  importer.pushScope();
  auto leave = llvm::scope_exit([&] { importer.popScope(); });
  for (auto [i, key] : llvm::enumerate(keys()))
    if (failed(defineShared(importer, key, loop.getResult(i + 1), history[i], kCarried)))
      return failure();
  Value value;
  if (failed(condition(value)))
    return failure();
  value = tensor::FromElementsOp::create(b, node.loc, importer.makeType({}, b.getI1Type()), value);
  value = ag::LogicalNotOp::create(b, node.loc, value);
  ag::ExpectOp::create(b, node.loc, value,
                       ("the loop runs for more than " + Twine(bound) +
                        " turns, which are the most that it was compiled for")
                           .str());
  // 'max_trips' says all of this: the writer of graph JSON leaves it out.
  for (Operation *op = loop->getNextNode(); op; op = op->getNextNode())
    op->setAttr("ag.implied", b.getUnitAttr());
  return success();
}

LogicalResult While::body(Block *block) {
  if (failed(importer.evaluateBody(*node.attribute("body"))))
    return failure();
  if (const Json *table = node.attribute("yield")) {
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
    shareStorage(yielded, block, kCarried);
  }
  scf::YieldOp::create(b, node.loc, yields);
  return success();
}

LogicalResult While::turn() {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(loop.getBody());
  Location loc = node.loc;
  auto asked = scf::IfOp::create(b, loc, b.getI1Type(), loop.getRegionIterArgs()[0],
                                 /*withElseRegion=*/true);
  if (failed(within(asked.getThenRegion(), [&] { return ask(); })))
    return failure();
  {
    OpBuilder no = asked.getElseBodyBuilder();
    Value ended = arith::ConstantIntOp::create(no, loc, 0, 1);
    scf::YieldOp::create(no, loc, ended);
  }
  Value holds = asked.getResult(0);
  auto done = scf::IfOp::create(b, loc, ValueRange(inits).getTypes(), holds,
                                /*withElseRegion=*/true);
  Region &then = done.getThenRegion();
  if (failed(within(then, [&] { return body(&then.front()); })))
    return failure();
  if (!inits.empty()) {
    OpBuilder no = done.getElseBodyBuilder();
    scf::YieldOp::create(no, loc, carried());
  }
  // A loop of one turn is no loop for long.
  if (bound > 1)
    ag::ContinueIfOp::create(b, loc, holds);
  SmallVector<Value> next{holds};
  llvm::append_range(next, done.getResults());
  scf::YieldOp::create(b, loc, next);
  return success();
}

LogicalResult While::read() {
  bound = node.integer("max_trips", kNoBound);
  if (bound < 1)
    return importer.expected(*node.attribute("max_trips"), "a number above 0");
  if (failed(checkCarries(importer, node)))
    return failure();
  llvm::SmallPtrSet<Storage *, 4> written;
  for (StringRef key : {"before", "body", "condition"})
    if (const Json *nodes = node.attribute(key))
      for (Storage *storage : importer.hoistWrites(*nodes, node.loc, /*again=*/bound > 1))
        written.insert(storage);
  if (const Json *carry = node.attribute("carry"))
    if (failed(readTable(importer, *carry, node.loc, initial, inits)))
      return failure();
  for (Operand &operand : initial)
    history.push_back(importer.needsGrad(*operand.tensor));
  shareStorage(initial, nullptr, kCarried);
  Location loc = node.loc;
  Value from = arith::ConstantIndexOp::create(b, loc, 0),
        to = arith::ConstantIndexOp::create(b, loc, bound),
        step = arith::ConstantIndexOp::create(b, loc, 1);
  SmallVector<Value> entering{arith::ConstantIntOp::create(b, loc, 1, 1)};
  llvm::append_range(entering, inits);
  loop = scf::ForOp::create(b, loc, from, to, step, entering);
  if (!loop.getBody()->empty())
    loop.getBody()->back().erase();
  for (auto [key, arg] : llvm::zip(keys(), loop.getRegionIterArgs().drop_front()))
    if (!isGeneratedName(key.text))
      arg.setLoc(NameLoc::get(b.getStringAttr(key.text), loc));
  if (failed(turn()) || (bound != kNoBound && failed(expectEnd(bound))))
    return failure();
  ValueRange args = loop.getRegionIterArgs().drop_front();
  FailureOr<SmallVector<bool>> grown = historyOfResults(importer, node, history, yielded, yields,
                                                        args, written, /*onlyOnce=*/bound < 2);
  if (failed(grown))
    return failure();
  for (auto [i, key] : llvm::enumerate(keys())) {
    if (failed(defineShared(importer, key, loop.getResult(i + 1), (*grown)[i],
                            "came out of while, and may share its storage with another name")))
      return failure();
  }
  return success();
}

LogicalResult whileLoop(Importer &importer, Node &node) {
  return While{importer, node, importer.b}.read();
}

} // namespace gradc::graph
