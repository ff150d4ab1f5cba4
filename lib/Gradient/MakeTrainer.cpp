// MakeTrainer.cpp - writes a model's entry points as ordinary ag functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TrainStep.h"
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_MAKETRAINER
#include "gradc/Gradient/Passes.h.inc"

namespace {

constexpr StringLiteral kNameAttr = "ag.name";

struct MakeTrainer : impl::MakeTrainerBase<MakeTrainer> {
  using MakeTrainerBase::MakeTrainerBase;

  void runOnOperation() override {
    auto kind = getOperation()->getAttrOfType<StringAttr>("ag.kind");
    if (!kind || kind.getValue() != "model")
      return;
    if (failed(findModel()) || failed(chooseGradients()) || failed(chooseLoss()))
      return signalPassFailure();
    OpBuilder b(&getContext());
    b.setInsertionPointAfter(model);
    makePredict(b);
    if (!hasGradients())
      return;
    makeForwardBackward(b);
    if (loss)
      makeGradient(b);
    makeZeroGrad(b);
    if (!optimizer.empty() && failed(makeSteps(b)))
      return signalPassFailure();
  }

  //===-- What was asked for ------------------------------------------------------------------===//

  LogicalResult findModel() {
    model = getOperation().lookupSymbol<func::FuncOp>("forward");
    if (!model)
      return getOperation().emitError("expected a function named 'forward': it is the model");
    for (StringRef name : {"predict", "backward", "gradient", "zero_grad", "step", "steps"})
      if (auto other = getOperation().lookupSymbol<func::FuncOp>(name))
        return other.emitError("the name '")
               << name << "' belongs to an entry point that gradc writes";
    model.setSymName("model.forward");
    model.setPrivate();
    return success();
  }

  StringRef argumentName(unsigned i) {
    auto name = model.getArgAttrOfType<StringAttr>(i, kNameAttr);
    return name ? name.getValue() : StringRef();
  }
  StringRef resultName(unsigned i) {
    auto name = model.getResultAttrOfType<StringAttr>(i, kNameAttr);
    return name ? name.getValue() : StringRef();
  }

  /// Parameters that are not asked for stop requiring gradients; inputs that are become leaves.
  LogicalResult chooseGradients() {
    SmallVector<StringRef> names;
    bool params = grad == "params" || grad == "all", inputs = grad == "inputs" || grad == "all";
    if (!params && !inputs && grad != "none")
      StringRef(grad).split(names, ',', -1, false);
    llvm::StringSet<> found; // names that exist
    for (auto variable : getOperation().getOps<ag::VariableOp>()) {
      if (!variable.getRequiresGrad())
        continue;
      bool named = llvm::is_contained(names, variable.getSymName());
      if (named)
        found.insert(variable.getSymName());
      if (!params && !named)
        variable.setRequiresGrad(false);
    }
    for (BlockArgument arg : model.getArguments()) {
      StringRef name = argumentName(arg.getArgNumber());
      bool named = llvm::is_contained(names, name);
      auto type = dyn_cast<RankedTensorType>(arg.getType());
      bool differentiable = type && isa<FloatType>(type.getElementType());
      if (named && !differentiable)
        return model.emitError("input '")
               << name << "' has type " << arg.getType() << ": only floats have gradients";
      if (named)
        found.insert(name);
      if (differentiable && (named || inputs))
        leafInputs.push_back(arg.getArgNumber());
    }
    for (StringRef name : names)
      if (!found.contains(name))
        return model.emitError("no parameter that requires grad and no input is named '")
               << name << "'";
    return success();
  }

  bool hasGradients() {
    auto trained = llvm::any_of(getOperation().getOps<ag::VariableOp>(),
                                [](ag::VariableOp v) { return v.getRequiresGrad(); });
    return trained || !leafInputs.empty();
  }

  static bool isScalarFloat(Type t) {
    auto type = dyn_cast<RankedTensorType>(t);
    return type && isa<FloatType>(type.getElementType()) && type.getNumElements() == 1;
  }

  LogicalResult chooseLoss() {
    SmallVector<unsigned> scalars;
    for (auto [i, type] : llvm::enumerate(model.getResultTypes())) {
      if (isScalarFloat(type))
        scalars.push_back(i);
      if (!lossName.empty() && resultName(i) == lossName) {
        if (!isScalarFloat(type))
          return model.emitError("the loss '")
                 << lossName << "' has type " << type << ", expected one float";
        loss = i;
      }
    }
    if (!lossName.empty() && !loss)
      return model.emitError("no output is named '") << lossName << "'";
    if (!loss && scalars.size() == 1)
      loss = scalars[0];
    if (!loss && !optimizer.empty())
      return model.emitError("expected one scalar float output as the loss, found ")
             << scalars.size() << ": name it with --loss";
    return success();
  }

  //===-- Functions ---------------------------------------------------------------------------===//

  /// A public function with the model's inputs, its body open at the end of an entry block.
  func::FuncOp open(OpBuilder &b, StringRef name, TypeRange extra, TypeRange results) {
    SmallVector<Type> types(model.getArgumentTypes());
    llvm::append_range(types, extra);
    auto func = func::FuncOp::create(b, model.getLoc(), name, b.getFunctionType(types, results));
    for (unsigned i = 0; i < model.getNumArguments(); ++i)
      func.setArgAttrs(i, model.getArgAttrDict(i));
    func.addEntryBlock();
    b.setInsertionPointAfter(func);
    return func;
  }

  SmallVector<Value> callModel(OpBuilder &b, ValueRange args) {
    auto call =
        func::CallOp::create(b, model.getLoc(), model.getSymName(), model.getResultTypes(), args);
    return SmallVector<Value>(call.getResults());
  }

  void copyResultNames(func::FuncOp func) {
    for (unsigned i = 0; i < model.getNumResults(); ++i)
      if (DictionaryAttr attrs = model.getResultAttrDict(i))
        func.setResultAttrs(i, attrs);
  }

  void makePredict(OpBuilder &b) {
    func::FuncOp func = open(b, "predict", {}, model.getResultTypes());
    func->setAttr("ag.mode", b.getBoolAttr(false));
    copyResultNames(func);
    OpBuilder body = OpBuilder::atBlockEnd(&func.getBody().front());
    func::ReturnOp::create(body, model.getLoc(), callModel(body, func.getArguments()));
  }

  /// The model on leaves made of the inputs that gradients were asked of.
  SmallVector<Value> onLeaves(OpBuilder &b, ValueRange args) {
    SmallVector<Value> values(args.take_front(model.getNumArguments()));
    for (unsigned i : leafInputs)
      values[i] = ag::LeafOp::create(b, model.getLoc(), values[i], inputVariable(i));
    return callModel(b, values);
  }

  /// The symbol that stands for an input's leaf; it has no storage and is gone after this stage.
  FlatSymbolRefAttr inputVariable(unsigned i) {
    auto symbol = FlatSymbolRefAttr::get(&getContext(), argumentName(i));
    if (!ag::lookupVariable(getOperation(), symbol)) {
      OpBuilder b = OpBuilder::atBlockBegin(getOperation().getBody());
      auto v = ag::VariableOp::create(b, model.getLoc(), symbol.getAttr(),
                                      TypeAttr::get(model.getArgumentTypes()[i]),
                                      b.getStringAttr("local"), b.getUnitAttr(), ElementsAttr());
      v->setAttr("ag.input", b.getUnitAttr());
    }
    return symbol;
  }

  void makeForwardBackward(OpBuilder &b) {
    Location loc = model.getLoc();
    SmallVector<unsigned> seeds; // outputs whose cotangents the caller gives
    SmallVector<Type> types;
    for (auto [i, type] : llvm::enumerate(model.getResultTypes()))
      if (!loss && isa<FloatType>(getElementTypeOrSelf(type))) {
        seeds.push_back(i);
        types.push_back(type);
      }
    func::FuncOp func = open(b, "forward", types, model.getResultTypes());
    copyResultNames(func);
    OpBuilder body = OpBuilder::atBlockEnd(&func.getBody().front());
    SmallVector<Value> outs = onLeaves(body, func.getArguments());
    ag::SplitOp::create(body, loc, "backward");
    if (loss)
      ag::BackwardOp::create(body, loc, outs[*loss], Value(), false, false);
    for (auto [k, i] : llvm::enumerate(seeds)) {
      unsigned at = model.getNumArguments() + k;
      func.setArgAttr(at, "ag.behind_split", body.getUnitAttr());
      func.setArgAttr(at, kNameAttr, body.getStringAttr(resultName(i) + ".cotangent"));
      bool last = k + 1 == seeds.size();
      ag::BackwardOp::create(body, loc, outs[i], func.getArgument(at), !last, false);
    }
    func::ReturnOp::create(body, loc, outs);
  }

  SmallVector<ag::VariableOp> trained() {
    SmallVector<ag::VariableOp> list;
    for (auto v : getOperation().getOps<ag::VariableOp>())
      if (v.getRequiresGrad())
        list.push_back(v);
    return list;
  }

  /// All in one call, which keeps no residuals: zero_grad, forward, backward.
  void makeGradient(OpBuilder &b) {
    func::FuncOp func = open(b, "gradient", {}, model.getResultTypes());
    copyResultNames(func);
    OpBuilder body = OpBuilder::atBlockEnd(&func.getBody().front());
    llvm::DenseSet<StringAttr> used = variablesReadBy(model);
    for (ag::VariableOp v : trained()) {
      // A gradient that is sure to be written anew need not be cleared.
      bool written = used.contains(v.getSymNameAttr());
      ag::ZeroGradOp::create(body, model.getLoc(), FlatSymbolRefAttr::get(v.getSymNameAttr()),
                             written ? body.getUnitAttr() : UnitAttr());
    }
    SmallVector<Value> outs = onLeaves(body, func.getArguments());
    ag::BackwardOp::create(body, model.getLoc(), outs[*loss], Value(), false, false);
    func::ReturnOp::create(body, model.getLoc(), outs);
  }

  void makeZeroGrad(OpBuilder &b) {
    auto func = func::FuncOp::create(b, model.getLoc(), "zero_grad", b.getFunctionType({}, {}));
    b.setInsertionPointAfter(func);
    OpBuilder body = OpBuilder::atBlockEnd(func.addEntryBlock());
    for (ag::VariableOp v : trained())
      ag::ZeroGradOp::create(body, model.getLoc(), FlatSymbolRefAttr::get(v.getSymNameAttr()),
                             UnitAttr());
    func::ReturnOp::create(body, model.getLoc());
  }

  //===-- Steps -------------------------------------------------------------------------------===//

  /// What the options ask of a step; nothing after an error.
  std::optional<TrainPlan> readPlan() {
    TrainPlan plan;
    std::string error;
    auto wrong = [&](const Twine &text) {
      model.emitError() << text;
      return std::nullopt;
    };
    std::optional<Optimizer> read = parseOptimizer(optimizer, error);
    if (!read)
      return wrong("--optimizer: " + error);
    plan.optimizer = *read;
    if (!schedule.empty()) {
      std::optional<Schedule> read = parseSchedule(schedule, error);
      if (!read)
        return wrong("--schedule: " + error);
      plan.schedule = *read;
    }
    if (plan.schedule.cyclesMomentum() && plan.optimizer.kind == Optimizer::Adagrad)
      return wrong("--schedule: optimizer must support momentum or beta1 with `cycle_momentum` "
                   "option enabled");
    if (clipNorm < 0 || clipValue < 0)
      return wrong(Twine(clipNorm < 0 ? "--clip-norm" : "--clip-value") +
                   ": expected a number above 0");
    if (accumulate < 1)
      return wrong("--accumulate: expected a number above 0");
    plan.clipNorm = clipNorm;
    plan.clipValue = clipValue;
    plan.accumulate = accumulate;
    return plan;
  }

  LogicalResult makeSteps(OpBuilder &b) {
    std::optional<TrainPlan> plan = readPlan();
    if (!plan)
      return failure();
    TrainStep training(model, *loss, *plan);
    training.prepare();
    Type lossType = model.getResultTypes()[*loss];
    auto lossAttr = b.getStringAttr(resultName(*loss));
    func::FuncOp step = open(b, "step", {}, lossType);
    step.setResultAttr(0, kNameAttr, lossAttr);
    OpBuilder body = OpBuilder::atBlockEnd(&step.getBody().front());
    Value out = training.emit(body, step.getArguments());
    func::ReturnOp::create(body, model.getLoc(), out);

    func::FuncOp steps = open(b, "steps", b.getIndexType(), lossType);
    steps.setResultAttr(0, kNameAttr, lossAttr);
    body = OpBuilder::atBlockEnd(&steps.getBody().front());
    Location loc = model.getLoc();
    Value zero = arith::ConstantIndexOp::create(body, loc, 0),
          one = arith::ConstantIndexOp::create(body, loc, 1);
    Value first = ag::ConstantOp::create(body, loc, cast<ElementsAttr>(body.getZeroAttr(lossType)));
    auto loop = scf::ForOp::create(body, loc, zero, steps.getArguments().back(), one, first);
    OpBuilder inner = OpBuilder::atBlockEnd(loop.getBody());
    Value last = training.emit(inner, steps.getArguments().drop_back());
    scf::YieldOp::create(inner, loc, last);
    func::ReturnOp::create(body, loc, loop.getResults());
    return success();
  }

  func::FuncOp model;
  std::optional<unsigned> loss;
  SmallVector<unsigned> leafInputs;
};

} // namespace
} // namespace gradc::gradient
