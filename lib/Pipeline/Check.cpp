// Check.cpp - cuts a program down to its loss and gradients and widens it to f64.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Pipeline/Check.h"
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "gradc/IR/Data.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace gradc;

//===-- Widening ------------------------------------------------------------------------------===//

static Attribute widenElements(DenseElementsAttr dense) {
  return dense.mapValues(Float64Type::get(dense.getContext()), [](const APFloat &value) {
    APFloat wide = value;
    bool inexact;
    wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &inexact);
    return wide.bitcastToAPInt();
  });
}

/// A draw's values depend on its type, so it stays and its result is widened.
static void widenDraw(Operation *op, Type element) {
  OpBuilder b(op->getContext());
  b.setInsertionPointAfter(op);
  Value drawn = op->getResult(0);
  auto wide = cast<RankedTensorType>(drawn.getType());
  auto cast = ag::CastOp::create(b, op->getLoc(), wide, drawn);
  drawn.replaceAllUsesExcept(cast.getResult(), cast);
  drawn.setType(wide.clone(element));
}

/// Every evaluation has to see the same numbers: the nth draw of a function is that of counter n.
static void fixDraws(func::FuncOp f) {
  SmallVector<ag::DrawOp> draws;
  f.walk([&](ag::DrawOp op) { draws.push_back(op); });
  for (auto [n, op] : llvm::enumerate(draws)) {
    OpBuilder b(op);
    Location loc = op.getLoc();
    auto scalar = RankedTensorType::get({}, b.getI64Type());
    Value seed = ag::ConstantOp::create(b, loc, DenseElementsAttr::get(scalar, int64_t(0)));
    Value counter = ag::ConstantOp::create(b, loc, DenseElementsAttr::get(scalar, int64_t(n)));
    Value numbers = ag::PhiloxOp::create(b, loc, op.getType().clone(b.getF32Type()), seed, counter);
    op.replaceAllUsesWith(ag::CastOp::create(b, loc, op.getType(), numbers).getResult());
    op.erase();
  }
}

static bool isWidened(Type type) {
  return isa<FloatType>(type) && type.getIntOrFloatBitWidth() <= 32;
}

static void widen(ModuleOp module) {
  SmallVector<std::pair<Operation *, Type>> draws;
  module.walk([&](Operation *op) {
    if (!isa<ag::RandnOp, ag::RandOp>(op))
      return;
    Type element = getElementTypeOrSelf(op->getResult(0));
    if (isWidened(element))
      draws.push_back({op, element});
  });
  AttrTypeReplacer replacer;
  replacer.addReplacement([](FloatType type) -> std::optional<Type> {
    return isWidened(type) ? Type(Float64Type::get(type.getContext())) : type;
  });
  replacer.addReplacement(
      [](DenseElementsAttr dense) -> std::optional<std::pair<Attribute, WalkResult>> {
        if (!isWidened(dense.getElementType()))
          return std::make_pair(Attribute(dense), WalkResult::skip());
        return std::make_pair(widenElements(dense), WalkResult::skip());
      });
  replacer.addReplacement(
      [](DenseResourceElementsAttr resource) -> std::optional<std::pair<Attribute, WalkResult>> {
        DenseElementsAttr dense = denseElements(resource);
        if (!dense || !isWidened(resource.getElementType()))
          return std::make_pair(Attribute(resource), WalkResult::skip());
        return std::make_pair(widenElements(dense), WalkResult::skip());
      });
  replacer.addReplacement([](FloatAttr value) -> std::optional<std::pair<Attribute, WalkResult>> {
    if (!isWidened(value.getType()))
      return std::make_pair(Attribute(value), WalkResult::skip());
    Type wide = Float64Type::get(value.getContext());
    return std::make_pair(Attribute(FloatAttr::get(wide, value.getValueAsDouble())),
                          WalkResult::skip());
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  for (auto [draw, element] : draws)
    widenDraw(draw, element);
  for (auto f : module.getOps<func::FuncOp>())
    fixDraws(f);
  SmallVector<ag::CastOp> casts;
  module.walk([&](ag::CastOp cast) { casts.push_back(cast); });
  for (ag::CastOp cast : casts)
    if (cast.getX().getType() == cast.getY().getType()) {
      cast.getY().replaceAllUsesWith(cast.getX());
      cast.erase();
    }
}

//===-- Cutting -------------------------------------------------------------------------------===//

namespace {
class Cutter {
public:
  Cutter(ModuleOp module, StringRef lossName) : module(module), lossName(lossName) {}
  FailureOr<std::vector<CheckedVariable>> run();

private:
  LogicalResult findSource();
  LogicalResult findResult();
  void cloneUntil(OpBuilder &b, Block &block, IRMapping &map);
  Value cloneBody(OpBuilder &b, func::FuncOp f, IRMapping &map);
  func::FuncOp makeFunction(StringRef name, ArrayRef<Type> results);
  void addPerturbations();

  ModuleOp module;
  StringRef lossName;
  func::FuncOp source;
  Operation *end = nullptr; // the backward or return that the loss is taken from
  Value loss, cotangent;
  SmallVector<ag::VariableOp> leaves;
  std::vector<CheckedVariable> checked;
};
} // namespace

LogicalResult Cutter::findResult() {
  end = source.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(end->getOperands())) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    auto name = source.getResultAttrOfType<StringAttr>(i, "ag.name");
    bool named = lossName.empty() || (name && name.getValue() == lossName);
    if (!named || !type || type.getNumElements() != 1 || !isa<FloatType>(type.getElementType()))
      continue;
    if (loss)
      return source.emitError("several outputs may be the loss: name it with --loss");
    loss = value;
  }
  return loss ? success() : source.emitError("expected a scalar float output as the loss");
}

LogicalResult Cutter::findSource() {
  source = module.lookupSymbol<func::FuncOp>("forward");
  if (source)
    return findResult();
  source = module.lookupSymbol<func::FuncOp>("main");
  if (!source)
    return module.emitError("expected a function named 'forward' or 'main'");
  ag::BackwardOp backward;
  source.walk<WalkOrder::PreOrder>([&](ag::BackwardOp op) {
    backward = op;
    return WalkResult::interrupt();
  });
  if (!backward)
    return source.emitError("there is no backward, so there are no gradients to check");
  for (Operation *parent = backward->getParentOp(); parent != source;
       parent = parent->getParentOp())
    if (!isa<scf::ForOp>(parent))
      return backward.emitError("the first backward is inside a branch and cannot be checked");
  end = backward;
  loss = backward.getValue();
  cotangent = backward.getCotangent();
  return success();
}

/// Clones what runs before `end`, with the loops around it opened at their first iteration.
void Cutter::cloneUntil(OpBuilder &b, Block &block, IRMapping &map) {
  for (Operation &op : block) {
    if (&op == end)
      return;
    if (auto loop = dyn_cast<scf::ForOp>(op); loop && loop->isProperAncestor(end)) {
      map.map(loop.getInductionVar(), map.lookupOrDefault(loop.getLowerBound()));
      for (auto [inside, before] : llvm::zip(loop.getRegionIterArgs(), loop.getInitArgs()))
        map.map(inside, map.lookupOrDefault(before));
      return cloneUntil(b, *loop.getBody(), map);
    }
    if (!isa<ag::PrintOp>(op))
      b.clone(op, map)->walk([](ag::PrintOp print) { print.erase(); });
  }
}

/// The scalar that is differentiated, computed in `f`.
Value Cutter::cloneBody(OpBuilder &b, func::FuncOp f, IRMapping &map) {
  map.map(source.getArguments(), f.getArguments());
  cloneUntil(b, source.getBody().front(), map);
  Value value = map.lookup(loss);
  Location loc = end->getLoc();
  if (cotangent)
    value = ag::MulOp::create(b, loc, value, map.lookup(cotangent));
  SmallVector<int64_t> dims =
      llvm::to_vector(llvm::seq<int64_t>(0, cast<RankedTensorType>(value.getType()).getRank()));
  if (dims.empty())
    return value;
  Type scalar = RankedTensorType::get({}, getElementTypeOrSelf(value));
  return ag::ReduceSumOp::create(b, loc, scalar, value, dims);
}

func::FuncOp Cutter::makeFunction(StringRef name, ArrayRef<Type> results) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  auto f = func::FuncOp::create(b, source.getLoc(), name,
                                b.getFunctionType(source.getArgumentTypes(), results));
  for (unsigned i = 0; i < source.getNumArguments(); ++i)
    f.setArgAttrs(i, source.getArgAttrDict(i));
  f.addEntryBlock();
  return f;
}

/// A leaf that the program itself gives its first value is changed by what is added to that.
void Cutter::addPerturbations() {
  OpBuilder b(module.getContext());
  for (ag::VariableOp leaf : leaves) {
    CheckedVariable entry{leaf.getSymName().str(), leaf.getSymName().str(), bool(leaf.getInit())};
    SmallVector<ag::SetOp> sets;
    source.walk([&](ag::SetOp set) {
      if (set.getInit() && set.getVariable() == leaf.getSymName())
        sets.push_back(set);
    });
    if (!sets.empty()) {
      entry.perturbed += ".delta";
      entry.hasValue = true;
      b.setInsertionPoint(leaf);
      ag::VariableOp::create(b, leaf.getLoc(), b.getStringAttr(entry.perturbed), leaf.getTypeAttr(),
                             b.getStringAttr("buffer"), UnitAttr(), ElementsAttr());
    }
    for (ag::SetOp set : sets) {
      b.setInsertionPoint(set);
      Type type = set.getValue().getType();
      auto symbol = FlatSymbolRefAttr::get(b.getContext(), entry.perturbed);
      Value delta = ag::GetOp::create(b, set.getLoc(), type, symbol);
      set.getValueMutable().assign(
          ag::AddOp::create(b, set.getLoc(), set.getValue(), delta).getResult());
    }
    checked.push_back(std::move(entry));
  }
}

FailureOr<std::vector<CheckedVariable>> Cutter::run() {
  PassManager inliner(module.getContext());
  inliner.addPass(gradient::createInlineCalls());
  inliner.addNestedPass<func::FuncOp>(gradient::createResolveMode());
  if (failed(inliner.run(module)) || failed(findSource()))
    return failure();
  for (auto variable : module.getOps<ag::VariableOp>())
    if (variable.getRequiresGrad() && isa<FloatType>(getElementTypeOrSelf(variable.getType())))
      leaves.push_back(variable);
  if (leaves.empty())
    return source.emitError("nothing requires grad, so there are no gradients to check");
  addPerturbations();

  Type scalar = RankedTensorType::get({}, getElementTypeOrSelf(loss.getType()));
  func::FuncOp f = makeFunction("loss", scalar);
  OpBuilder b = OpBuilder::atBlockEnd(&f.getBody().front());
  IRMapping map;
  func::ReturnOp::create(b, end->getLoc(), cloneBody(b, f, map));

  SmallVector<Type> types;
  for (ag::VariableOp leaf : leaves)
    types.push_back(leaf.getType());
  func::FuncOp g = makeFunction("gradients", types);
  b = OpBuilder::atBlockEnd(&g.getBody().front());
  IRMapping other;
  Value value = cloneBody(b, g, other);
  SmallVector<Value> wrt;
  for (ag::VariableOp leaf : leaves)
    wrt.push_back(ag::GetOp::create(b, end->getLoc(), leaf.getType(),
                                    FlatSymbolRefAttr::get(leaf.getSymNameAttr())));
  auto gradient =
      ag::GradientOp::create(b, end->getLoc(), types, value, wrt, Value(), /*retain_graph=*/false,
                             /*create_graph=*/false, /*allow_unused=*/true);
  func::ReturnOp::create(b, end->getLoc(), gradient.getResults());
  for (unsigned i = 0; i < types.size(); ++i)
    g.setResultAttr(i, "ag.name", b.getStringAttr("gradient" + Twine(i)));
  f.setResultAttr(0, "ag.name", b.getStringAttr("loss"));

  for (auto other : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (other != f && other != g)
      other.erase();
  module->setAttr("ag.kind", b.getStringAttr("check"));
  widen(module);
  return checked;
}

FailureOr<std::vector<CheckedVariable>> gradc::makeCheckProgram(ModuleOp module,
                                                                StringRef lossName) {
  return Cutter(module, lossName).run();
}
