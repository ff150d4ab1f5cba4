// Differentiate.cpp - expands the autograd statements of a function in program order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Forward.h"
#include "GradState.h"
#include "Reverse.h"
#include "gradc/Gradient/Passes.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// Expands one function.
class Expander {
public:
  Expander(func::FuncOp func, bool persistent) : func(func), persistent(persistent) {}
  LogicalResult run();

private:
  LogicalResult inBlock(Block &block, GradEnv &env);
  LogicalResult inLoop(scf::ForOp loop, GradEnv &env);
  LogicalResult inBranches(scf::IfOp branch, GradEnv &env);
  LogicalResult statement(Operation *op, GradEnv &env);
  LogicalResult expand(ag::BackwardOp op, GradEnv &env);
  LogicalResult expand(ag::GradientOp op);
  LogicalResult expand(ag::TangentOp op);
  LogicalResult expand(ag::GradOp op, GradEnv &env);
  LogicalResult expand(ag::SetGradOp op, GradEnv &env);
  LogicalResult expand(ag::ZeroGradOp op, GradEnv &env);
  void expand(ag::RequiresGradOp op);
  void resolve(ag::LeafOp op);
  void expand(ag::PrintOp op);
  void accumulate(StringAttr name, Value gradient, OpBuilder &b, GradEnv &env);
  void readPersistent(GradEnv &env);
  void writePersistent(GradEnv &env);
  FlatSymbolRefAttr gradVariable(StringAttr name);
  Type leafType(StringAttr name) {
    return ag::lookupVariable(func, FlatSymbolRefAttr::get(name)).getType();
  }
  Value valueOf(const GradState &state, StringAttr name, OpBuilder &b, Location loc) {
    return state.value ? state.value : splat(b, loc, leafType(name), 0);
  }
  Value flagOf(const GradState &state, OpBuilder &b, Location loc) {
    if (state.kind == GradKind::Maybe)
      return state.flag;
    return arith::ConstantIntOp::create(b, loc, state.kind == GradKind::Some, 1);
  }

  func::FuncOp func;
  bool persistent; // .grad outlives the call: a model's
  Tape tape;
  llvm::DenseMap<Value, GradState>
      openGrads;                 // results of ag.grad may_be_none that are or may be None
  bool makesGraphs = false;      // a gradient before has a history
  SmallVector<Operation *> done; // erased at the end: the tape compares their places
};

LogicalResult Expander::run() {
  GradEnv env;
  // Forward mode keeps nothing.
  bool hasTangents =
      func.walk([](ag::TangentOp) { return WalkResult::interrupt(); }).wasInterrupted();
  SmallVector<ag::CheckpointOp> checkpoints;
  func.walk([&](ag::CheckpointOp op) { checkpoints.push_back(op); });
  if (hasTangents)
    llvm::for_each(checkpoints, inlineCheckpoint);
  if (persistent)
    readPersistent(env);
  if (failed(inBlock(func.getBody().front(), env)))
    return failure();
  if (persistent)
    writePersistent(env);
  for (Operation *op : llvm::reverse(done))
    op->erase();
  return success();
}

FlatSymbolRefAttr Expander::gradVariable(StringAttr name) {
  auto symbol =
      FlatSymbolRefAttr::get(StringAttr::get(func.getContext(), name.getValue() + ".grad"));
  if (ag::lookupVariable(func, symbol))
    return symbol;
  ag::VariableOp leaf = ag::lookupVariable(func, FlatSymbolRefAttr::get(name));
  OpBuilder b(leaf.getContext());
  b.setInsertionPointAfter(leaf);
  auto grad =
      ag::VariableOp::create(b, leaf.getLoc(), symbol.getAttr(), TypeAttr::get(leaf.getType()),
                             b.getStringAttr("grad"), UnitAttr(), ElementsAttr());
  if (leaf->hasAttr("ag.input"))
    grad->setAttr("ag.input_grad", b.getUnitAttr());
  return symbol;
}

void Expander::readPersistent(GradEnv &env) {
  Activity active(func);
  OpBuilder b = OpBuilder::atBlockBegin(&func.getBody().front());
  for (StringAttr name : touchedUnder(func, active))
    env[name] = {GradKind::Some,
                 ag::GetOp::create(b, func.getLoc(), leafType(name), gradVariable(name)), Value()};
}

void Expander::writePersistent(GradEnv &env) {
  OpBuilder b(func.getBody().front().getTerminator());
  for (auto &[name, state] : env) {
    Value value = valueOf(state, name, b, func.getLoc());
    if (!isa_and_nonnull<ag::GetOp>(value.getDefiningOp()))
      ag::SetOp::create(b, value.getLoc(), gradVariable(name), value, UnitAttr());
  }
}

LogicalResult Expander::inBlock(Block &block, GradEnv &env) {
  SmallVector<Operation *> ops;
  for (Operation &op : block)
    ops.push_back(&op);
  for (size_t i = 0; i < ops.size(); ++i) {
    LogicalResult ok = success();
    // A backward rewrites loops before it, never those after it: the list stays valid.
    if (auto loop = dyn_cast<scf::ForOp>(ops[i]))
      ok = inLoop(loop, env);
    else if (auto branch = dyn_cast<scf::IfOp>(ops[i]))
      ok = inBranches(branch, env);
    else if (auto checkpoint = dyn_cast<ag::CheckpointOp>(ops[i]))
      ok = inBlock(checkpoint.getBody().front(), env);
    else
      ok = statement(ops[i], env);
    if (failed(ok))
      return failure();
  }
  return success();
}

LogicalResult Expander::statement(Operation *op, GradEnv &env) {
  bool changesGradients = isa<ag::BackwardOp, ag::GradientOp, ag::SetGradOp, ag::ZeroGradOp>(op);
  if (changesGradients && op->getParentOfType<ag::CheckpointOp>())
    return op->emitError("a gradient is computed or written within a checkpoint: do so behind it");
  if (auto backward = dyn_cast<ag::BackwardOp>(op))
    return expand(backward, env);
  if (auto gradient = dyn_cast<ag::GradientOp>(op))
    return expand(gradient);
  if (auto tangent = dyn_cast<ag::TangentOp>(op))
    return expand(tangent);
  if (auto grad = dyn_cast<ag::GradOp>(op))
    return expand(grad, env);
  if (auto set = dyn_cast<ag::SetGradOp>(op))
    return expand(set, env);
  if (auto zero = dyn_cast<ag::ZeroGradOp>(op))
    return expand(zero, env);
  if (auto query = dyn_cast<ag::RequiresGradOp>(op))
    expand(query);
  else if (auto leaf = dyn_cast<ag::LeafOp>(op); leaf && makesGraphs)
    resolve(leaf);
  else if (auto print = dyn_cast<ag::PrintOp>(op))
    expand(print);
  return success();
}

//===-- Statements ----------------------------------------------------------------------------===//

/// A gradient without create_graph has no history.
Value finished(Value gradient, bool createGraph, OpBuilder &b) {
  return createGraph ? gradient : Value(ag::DetachOp::create(b, gradient.getLoc(), gradient));
}

LogicalResult Expander::expand(ag::BackwardOp op, GradEnv &env) {
  Activity active(func);
  if (!active(op.getValue()))
    return op.emitError("element 0 of tensors does not require grad and does not have a grad_fn");
  makesGraphs |= op.getCreateGraph();
  Reverse reverse(op, active, tape, op.getRetainGraph() || op.getCreateGraph());
  if (failed(reverse.run(op.getValue(), op.getCotangent())))
    return failure();
  OpBuilder b(op);
  for (auto &[name, gradient] : reverse.leaves())
    accumulate(name, finished(gradient, op.getCreateGraph(), b), b, env);
  done.push_back(op);
  return success();
}

void Expander::accumulate(StringAttr name, Value gradient, OpBuilder &b, GradEnv &env) {
  GradState &state = env[name];
  if (state.value)
    gradient = ag::AddOp::create(b, gradient.getLoc(), state.value, gradient);
  state = {GradKind::Some, gradient, Value()};
}

LogicalResult Expander::expand(ag::GradientOp op) {
  Activity all(func);
  if (!all(op.getValue()))
    return op.emitError("element 0 of tensors does not require grad and does not have a grad_fn");
  SmallVector<Value> values;
  SmallVector<StringAttr> leaves;
  auto leafName = [](Value v) {
    auto leaf = v.getDefiningOp<ag::LeafOp>();
    return leaf ? leaf.getVariableAttr().getAttr() : StringAttr();
  };
  for (Value v : op.getWrt()) {
    if (!all(v))
      return op.emitError("One of the differentiated Tensors does not require grad");
    if (StringAttr name = leafName(v))
      leaves.push_back(name);
    else
      values.push_back(v);
  }
  Activity active(func, values, leaves, /*throughGradients=*/true);
  Reverse reverse(op, active, tape, op.getRetainGraph() || op.getCreateGraph(), &all);
  if (active(op.getValue()) && failed(reverse.run(op.getValue(), op.getCotangent())))
    return failure();
  OpBuilder b(op);
  for (auto [v, result] : llvm::zip(op.getWrt(), op.getGradients())) {
    StringAttr name = leafName(v);
    Value gradient = name ? reverse.leaves().lookup(name) : reverse.of(v);
    if (!gradient && !op.getAllowUnused())
      return op.emitError(
          "One of the differentiated Tensors appears to not have been used in the graph. Set "
          "allow_unused=True if this is the desired behavior.");
    if (!gradient)
      gradient = splat(b, op.getLoc(), v.getType(), 0);
    result.replaceAllUsesWith(finished(gradient, op.getCreateGraph(), b));
  }
  done.push_back(op);
  return success();
}

LogicalResult Expander::expand(ag::TangentOp op) {
  Activity active(func, op.getWrt(), {});
  FailureOr<Value> tangent = forwardMode(op, active);
  if (failed(tangent))
    return failure();
  op.getTangent().replaceAllUsesWith(*tangent);
  done.push_back(op);
  return success();
}

/// The name of a variable as the user wrote it.
StringRef shown(FlatSymbolRefAttr symbol) { return symbol.getValue(); }

LogicalResult Expander::expand(ag::GradOp op, GradEnv &env) {
  GradState state = env.lookup(op.getVariableAttr().getAttr());
  if (op.getMayBeNone()) {
    openGrads[op.getValue()] = state;
    if (state.kind != GradKind::None)
      op.getValue().replaceUsesWithIf(
          state.value, [](OpOperand &use) { return !isa<ag::PrintOp>(use.getOwner()); });
  } else if (state.kind == GradKind::None) {
    return op.emitError("the gradient of '")
           << shown(op.getVariableAttr()) << "' is None here: no backward has reached it";
  } else if (state.kind == GradKind::Maybe) {
    return op.emitError("the gradient of '") << shown(op.getVariableAttr())
                                             << "' may be None here: whether a backward has "
                                                "reached it depends on the iteration or branch";
  } else {
    op.getValue().replaceAllUsesWith(state.value);
  }
  done.push_back(op);
  return success();
}

LogicalResult Expander::expand(ag::SetGradOp op, GradEnv &env) {
  GradState &state = env[op.getVariableAttr().getAttr()];
  if (state.kind == GradKind::None)
    return op.emitError("the gradient of '")
           << shown(op.getVariableAttr()) << "' is None here: there is nothing to write in place";
  state.value = op.getValue();
  done.push_back(op);
  return success();
}

LogicalResult Expander::expand(ag::ZeroGradOp op, GradEnv &env) {
  StringAttr name = op.getVariableAttr().getAttr();
  GradState &state = env[name];
  OpBuilder b(op);
  if (op.getSetToNone())
    state = {};
  else if (state.kind != GradKind::None)
    state.value = splat(b, op.getLoc(), leafType(name), 0);
  done.push_back(op);
  return success();
}

/// `requires_grad_` of what a .grad with a history went into changes nothing: it requires grad.
void Expander::resolve(ag::LeafOp op) {
  auto init = op.getValue().getDefiningOp<ag::DetachOp>();
  if (init && init->hasAttr("ag.init") && Activity(func)(init.getX()))
    op.getY().replaceAllUsesWith(init.getX());
}

void Expander::expand(ag::RequiresGradOp op) {
  Activity active(func);
  OpBuilder b(op);
  Value answer = splat(b, op.getLoc(), op.getType(), active(op.getX()));
  op.getY().replaceAllUsesWith(answer);
  done.push_back(op);
}

//===-- Print ---------------------------------------------------------------------------------===//

/// PyTorch's name of the node that made a value, as its text shows it.
std::string nodeName(Value v) {
  // What a loop ends with is what its last turn made.
  while (auto loop = v.getDefiningOp<scf::ForOp>())
    v = loop.getBody()->getTerminator()->getOperand(cast<OpResult>(v).getResultNumber());
  Operation *op = v.getDefiningOp();
  if (!op)
    return "Backward";
  std::string base, mnemonic = op->getName().stripDialect().str();
  static const std::pair<StringRef, StringRef> special[] = {
      {"pow_scalar", "Pow"},  {"reduce_sum", "Sum"},    {"reduce_mean", "Mean"},
      {"reduce_max", "Amax"}, {"reduce_min", "Amin"},   {"contract", "Mm"},
      {"reshape", "View"},    {"broadcast", "Expand"},  {"select", "Where"},
      {"concat", "Cat"},      {"cast", "ToCopy"},       {"update_slice", "CopySlices"},
      {"to_host", "ToCopy"},  {"pad", "ConstantPadNd"}, {"reduce_prod", "Prod"},
      {"gelu_tanh", "Gelu"},  {"reverse", "Flip"}};
  for (auto [from, to] : special)
    if (mnemonic == from)
      base = to.str();
  bool begins = base.empty();
  for (char c : begins ? StringRef(mnemonic) : StringRef()) {
    if (c != '_')
      base += begins ? llvm::toUpper(c) : c;
    begins = c == '_';
  }
  return base + "Backward0";
}

/// Prints with a gradient that is None or a tensor decided: one scf.if for each that is open.
void emitPrint(OpBuilder &b, Location loc, SmallVector<Value> values, SmallVector<Attribute> parts,
               const llvm::DenseMap<Value, GradState> &open) {
  size_t operand = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    StringRef part = cast<StringAttr>(parts[i]).getValue();
    if (part == "none" || part.starts_with("text:"))
      continue;
    auto it = open.find(values[operand]);
    if (it == open.end()) {
      ++operand;
      continue;
    }
    GradState state = it->second;
    SmallVector<Value> without(values), with(values);
    SmallVector<Attribute> noneParts(parts);
    without.erase(without.begin() + operand);
    noneParts[i] = b.getStringAttr("none");
    with[operand] = state.value;
    if (state.kind == GradKind::None)
      return emitPrint(b, loc, without, noneParts, open);
    if (state.kind == GradKind::Some)
      return emitPrint(b, loc, with, parts, open);
    auto choice = scf::IfOp::create(b, loc, state.flag, true);
    OpBuilder yes = choice.getThenBodyBuilder(), no = choice.getElseBodyBuilder();
    emitPrint(yes, loc, with, parts, open);
    return emitPrint(no, loc, without, noneParts, open);
  }
  ag::PrintOp::create(b, loc, values, b.getArrayAttr(parts));
}

void Expander::expand(ag::PrintOp op) {
  SmallVector<Attribute> parts(op.getParts().begin(), op.getParts().end());
  SmallVector<Value> values(op.getValues());
  OpBuilder b(op);
  std::optional<Activity> active;
  bool open = false;
  size_t operand = 0;
  for (Attribute &attr : parts) {
    StringRef part = cast<StringAttr>(attr).getValue();
    if (part == "none" || part.starts_with("text:"))
      continue;
    Value v = values[operand++];
    if (openGrads.contains(v)) {
      open = true;
      continue;
    }
    bool isNamed = part.consume_front("tensor:node=");
    std::string name = part.str();
    if (isNamed)
      attr = b.getStringAttr("tensor");
    if ((!isNamed && part != "tensor") || !isDifferentiableType(v.getType()))
      continue;
    if (!active)
      active.emplace(func);
    if ((*active)(v))
      attr = v.getDefiningOp<ag::LeafOp>()
                 ? b.getStringAttr("tensor:requires_grad")
                 : b.getStringAttr("tensor:grad_fn=<" + (isNamed ? name : nodeName(v)) + ">");
  }
  if (!open) {
    op.setPartsAttr(b.getArrayAttr(parts));
    return;
  }
  emitPrint(b, op.getLoc(), values, parts, openGrads);
  done.push_back(op);
}

//===-- Control flow
//----------------------------------------------------------------------------===//

/// The states of `names` after control flow joined: one value, and a flag where it is open.
struct Carried {
  StringAttr name;
  GradKind kind;
  bool flag;
};

/// A later backward may widen this loop or branch, which replaces its results: what an environment
/// keeps is the value of an op of its own, which folds away.
static Value anchored(Operation *after, Value v) {
  OpBuilder b(after->getContext());
  b.setInsertionPointAfter(after);
  if (isa<RankedTensorType>(v.getType()))
    return ag::ReshapeOp::create(b, after->getLoc(), v.getType(), v);
  Value always = arith::ConstantIntOp::create(b, after->getLoc(), 1, 1);
  return arith::AndIOp::create(b, after->getLoc(), v, always);
}

LogicalResult Expander::inLoop(scf::ForOp loop, GradEnv &env) {
  Activity active(func);
  Location loc = loop.getLoc();
  std::optional<int64_t> count = tripCount(loop);
  GradKinds head = atHead(loop, active, kindsOf(env)), exit = head;
  transfer(*loop.getBody(), active, exit);
  llvm::SetVector<StringAttr> touched = touchedUnder(loop, active);
  SmallVector<Carried> carried;
  SmallVector<Value> inits;
  OpBuilder before(loop);
  for (StringAttr name : touched) {
    if (head.lookup(name) == GradKind::None)
      continue; // None at the start of every iteration
    Carried c{name, head[name], head[name] == GradKind::Maybe || exit[name] == GradKind::Maybe};
    carried.push_back(c);
    inits.push_back(valueOf(env[name], name, before, loc));
    if (c.flag)
      inits.push_back(flagOf(env[name], before, loc));
  }
  unsigned base = loop.getNumResults();
  if (!inits.empty()) {
    IRRewriter rewriter(loop);
    auto same = [](OpBuilder &, Location, ArrayRef<BlockArgument> args) {
      return SmallVector<Value>(args.begin(), args.end());
    };
    loop = cast<scf::ForOp>(*loop.replaceWithAdditionalYields(rewriter, inits, false, same));
  }
  GradEnv inner = env;
  for (StringAttr name : touched)
    inner[name] = {};
  unsigned at = base;
  for (const Carried &c : carried) {
    Value value = loop.getRegionIterArg(at++);
    inner[c.name] = {c.kind, value, c.flag ? loop.getRegionIterArg(at++) : Value()};
  }
  if (failed(inBlock(*loop.getBody(), inner)))
    return failure();
  Operation *yield = loop.getBody()->getTerminator();
  OpBuilder end(yield);
  for (auto &[name, state] : inner) // a leaf that only the expansion found
    if (!touched.contains(name) && state.value != env.lookup(name).value)
      return loop.emitError("internal: the gradient of '")
             << name.getValue() << "' changes in the loop unseen";
  at = base;
  for (const Carried &c : carried) {
    const GradState &state = inner[c.name];
    yield->setOperand(at++, valueOf(state, c.name, end, loc));
    if (c.flag)
      yield->setOperand(at++, flagOf(state, end, loc));
  }
  if (count && *count == 0)
    return success();
  at = base;
  for (StringAttr name : touched) {
    GradKind kind = inner[name].kind;
    bool isCarried = llvm::any_of(carried, [&](const Carried &c) { return c.name == name; });
    if (!isCarried) { // None at the head means None at the end of the body as well
      env[name] = {};
      continue;
    }
    bool flag = llvm::find_if(carried, [&](const Carried &c) { return c.name == name; })->flag;
    Value value = anchored(loop, loop.getResult(at++));
    Value defined = flag ? anchored(loop, loop.getResult(at++)) : Value();
    if (!count)
      kind = join(kind, env[name].kind);
    env[name] = kind == GradKind::None ? GradState{} : GradState{kind, value, defined};
  }
  return success();
}

LogicalResult Expander::inBranches(scf::IfOp branch, GradEnv &env) {
  Location loc = branch.getLoc();
  if (branch.getElseRegion().empty()) {
    Block &block = branch.getElseRegion().emplaceBlock();
    OpBuilder b = OpBuilder::atBlockEnd(&block);
    scf::YieldOp::create(b, loc);
  }
  GradEnv sides[2] = {env, env};
  for (unsigned r = 0; r < 2; ++r)
    if (failed(inBlock(branch->getRegion(r).front(), sides[r])))
      return failure();
  llvm::SetVector<StringAttr> names;
  for (GradEnv &side : sides)
    for (auto &[name, state] : side)
      if (state.value != env.lookup(name).value || state.kind != env.lookup(name).kind)
        names.insert(name);
  SmallVector<Type> types;
  SmallVector<Carried> joined;
  for (StringAttr name : names) {
    GradKind kind = join(sides[0][name].kind, sides[1][name].kind);
    joined.push_back({name, kind, kind == GradKind::Maybe});
    if (kind == GradKind::None)
      continue;
    types.push_back(leafType(name));
    if (joined.back().flag)
      types.push_back(IntegerType::get(func.getContext(), 1));
    for (unsigned r = 0; r < 2; ++r) {
      Operation *yield = branch->getRegion(r).front().getTerminator();
      OpBuilder b(yield);
      yield->insertOperands(yield->getNumOperands(), valueOf(sides[r][name], name, b, loc));
      if (joined.back().flag)
        yield->insertOperands(yield->getNumOperands(), flagOf(sides[r][name], b, loc));
    }
  }
  unsigned at = branch.getNumResults();
  if (!types.empty())
    branch = widenIf(branch, types, tape);
  for (const Carried &c : joined) {
    if (c.kind == GradKind::None) {
      env[c.name] = {};
      continue;
    }
    Value value = anchored(branch, branch.getResult(at++));
    env[c.name] = {c.kind, value, c.flag ? anchored(branch, branch.getResult(at++)) : Value()};
  }
  return success();
}

struct Differentiate : impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override {
    auto kind = getOperation()->getAttrOfType<StringAttr>("ag.kind");
    bool model = kind && kind.getValue() == "model";
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isExternal() && failed(Expander(func, model).run()))
        return signalPassFailure();
  }
};

} // namespace
} // namespace gradc::gradient
