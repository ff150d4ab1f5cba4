// TrainStep.cpp - writes one step of training: gradients, clipping, update.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TrainStep.h"

using namespace mlir;
namespace gradc::gradient {

llvm::DenseSet<StringAttr> variablesReadBy(func::FuncOp func) {
  llvm::DenseSet<StringAttr> names;
  llvm::DenseSet<Operation *> seen{func};
  SmallVector<func::FuncOp> pending{func};
  auto module = func->getParentOfType<ModuleOp>();
  while (!pending.empty())
    pending.pop_back_val().walk([&](Operation *op) {
      if (auto get = dyn_cast<ag::GetOp>(op))
        names.insert(get.getVariableAttr().getAttr());
      else if (auto call = dyn_cast<func::CallOp>(op))
        if (auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee()))
          if (seen.insert(callee).second)
            pending.push_back(callee);
    });
  return names;
}

bool TrainStep::isScheduled() const {
  return plan.schedule.kind != Schedule::Constant || plan.schedule.warmup != 0;
}

void TrainStep::prepare() {
  auto module = model->getParentOfType<ModuleOp>();
  llvm::DenseSet<StringAttr> used = variablesReadBy(model);
  // A parameter that the model does not read has no gradient: PyTorch's optimisers pass it over.
  for (auto v : module.getOps<ag::VariableOp>())
    if (v.getRequiresGrad() && !v->hasAttr("ag.input") && used.contains(v.getSymNameAttr()))
      trained.push_back(v);
  auto counter = RankedTensorType::get({}, IntegerType::get(model.getContext(), 64));
  Operation *last = nullptr;
  for (auto v : module.getOps<ag::VariableOp>())
    last = v;
  if (plan.accumulate > 1)
    passes = variable("optimizer.passes", counter, 0, last);
  if (isScheduled() || countsUpdates(plan.optimizer))
    updates = variable("optimizer.step", counter, 0, last);
  if (isScheduled()) // for the log
    rate = variable("optimizer.lr", counter.clone(Float64Type::get(model.getContext())), 0, last);
}

FlatSymbolRefAttr TrainStep::variable(StringRef name, Type type, double init, Operation *after) {
  auto symbol = FlatSymbolRefAttr::get(model.getContext(), name);
  if (ag::lookupVariable(model, symbol))
    return symbol;
  OpBuilder b(after);
  b.setInsertionPointAfter(after);
  ElementsAttr content;
  if (init != 0)
    content = DenseElementsAttr::get(cast<RankedTensorType>(type),
                                     Attribute(b.getFloatAttr(getElementTypeOrSelf(type), init)));
  ag::VariableOp::create(b, after->getLoc(), symbol.getAttr(), TypeAttr::get(type),
                         b.getStringAttr("state"), UnitAttr(), content);
  return symbol;
}

Value TrainStep::get(Place at, FlatSymbolRefAttr symbol) {
  return ag::GetOp::create(at.b, at.loc, ag::lookupVariable(model, symbol).getType(), symbol);
}

void TrainStep::set(Place at, FlatSymbolRefAttr symbol, Value value) {
  ag::SetOp::create(at.b, at.loc, symbol, value, UnitAttr());
}

Value TrainStep::gradient(Place at, ag::VariableOp v) {
  return ag::GradOp::create(at.b, at.loc, v.getType(), FlatSymbolRefAttr::get(v.getSymNameAttr()),
                            UnitAttr());
}

/// A whole number in a scalar of the counters' type.
static Value whole(Place at, int64_t n) {
  return filled(at, RankedTensorType::get({}, at.b.getI64Type()), double(n));
}

void TrainStep::clearGradients(Place at) {
  Value first;
  if (passes)
    first = ag::CompareOp::create(at.b, at.loc, get(at, passes), whole(at, 0), ag::Predicate::eq);
  for (ag::VariableOp v : trained) {
    auto symbol = FlatSymbolRefAttr::get(v.getSymNameAttr());
    if (!first) {
      ag::ZeroGradOp::create(at.b, at.loc, symbol, at.b.getUnitAttr());
      continue;
    }
    // Without a branch the choice becomes a part of the kernel that adds.
    Type type = v.getType();
    Value fresh =
        ag::BroadcastOp::create(at.b, at.loc, ag::boolLike(type), first, ArrayRef<int64_t>{});
    Value kept = ag::SelectOp::create(at.b, at.loc, fresh, filled(at, type, 0), gradient(at, v));
    ag::SetGradOp::create(at.b, at.loc, symbol, kept);
  }
}

Value TrainStep::emit(OpBuilder &b, ValueRange inputs) {
  Location loc = model.getLoc();
  Place at{b, loc};
  clearGradients(at);
  auto call = func::CallOp::create(b, loc, model.getSymName(), model.getResultTypes(), inputs);
  Value out = call.getResult(loss), share;
  if (passes)
    share = filled(at, out.getType(), 1.0 / double(plan.accumulate));
  ag::BackwardOp::create(b, loc, out, share, false, false);
  auto region = ag::NoGradOp::create(b, loc, TypeRange{});
  OpBuilder inner = OpBuilder::atBlockBegin(&region.getBody().emplaceBlock());
  if (!passes) {
    update({inner, loc});
  } else {
    Place here{inner, loc};
    Value more = ag::AddOp::create(inner, loc, get(here, passes), whole(here, 1));
    Value full =
        ag::CompareOp::create(inner, loc, more, whole(here, plan.accumulate), ag::Predicate::ge);
    set(here, passes, ag::SelectOp::create(inner, loc, full, whole(here, 0), more));
    Value condition = tensor::ExtractOp::create(inner, loc, full, ValueRange{});
    auto branch = scf::IfOp::create(inner, loc, condition, /*withElseRegion=*/false);
    OpBuilder then = branch.getThenBodyBuilder();
    update({then, loc});
  }
  ag::YieldOp::create(inner, loc, ValueRange{});
  return out;
}

/// torch.nn.utils.get_total_norm; the squares are summed in f32, in f64 where a gradient is.
Value TrainStep::norm(Place at, ArrayRef<Value> gradients) {
  Type element = at.b.getF32Type();
  for (Value g : gradients)
    if (getElementTypeOrSelf(g.getType()).isF64())
      element = at.b.getF64Type();
  Value total;
  for (Value g : gradients) {
    auto type = cast<RankedTensorType>(g.getType());
    if (type.getElementType() != element)
      g = ag::CastOp::create(at.b, at.loc, type.clone(element), g);
    Value squares = ag::MulOp::create(at.b, at.loc, g, g);
    auto dims = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
    Value sum = ag::ReduceSumOp::create(at.b, at.loc, squares, dims);
    total = total ? Value(ag::AddOp::create(at.b, at.loc, total, sum)) : sum;
  }
  return ag::SqrtOp::create(at.b, at.loc, total);
}

void TrainStep::clip(Place at) {
  SmallVector<Value> gradients;
  for (ag::VariableOp v : trained) {
    Value g = gradient(at, v);
    if (plan.clipValue != 0) {
      g = ag::MaximumOp::create(at.b, at.loc, g, filled(at, v.getType(), -plan.clipValue));
      g = ag::MinimumOp::create(at.b, at.loc, g, filled(at, v.getType(), plan.clipValue));
    }
    gradients.push_back(g);
  }
  if (plan.clipNorm != 0) {
    // torch.nn.utils.clip_grad_norm_: the coefficient is at most 1, in the norm's own precision.
    Value total = norm(at, gradients);
    auto constant = [&](double value) { return filled(at, total.getType(), value); };
    Value above = ag::AddOp::create(at.b, at.loc, total, constant(1e-6));
    Value ratio = ag::DivOp::create(at.b, at.loc, constant(plan.clipNorm), above);
    Value most = ag::MinimumOp::create(at.b, at.loc, ratio, constant(1));
    // Of short floats the product is rounded, not the coefficient.
    for (Value &g : gradients) {
      auto type = cast<RankedTensorType>(g.getType());
      Type element = type.getElementType();
      auto wide = element.isF16() || element.isBF16() ? type.clone(at.b.getF32Type()) : type;
      auto as = [&](Value v, Type to) {
        return v.getType() == to ? v : Value(ag::CastOp::create(at.b, at.loc, to, v));
      };
      Value scaled = ag::MulOp::create(at.b, at.loc, as(g, wide), spread(at, Number(most), wide));
      g = as(scaled, type);
    }
  }
  for (auto [v, g] : llvm::zip(trained, gradients))
    ag::SetGradOp::create(at.b, at.loc, FlatSymbolRefAttr::get(v.getSymNameAttr()), g);
}

void TrainStep::update(Place at) {
  if (plan.clipValue != 0 || plan.clipNorm != 0)
    clip(at);
  Number done = 0.0;
  if (updates) {
    Value count = get(at, updates);
    auto wide = RankedTensorType::get({}, at.b.getF64Type());
    done = Number(ag::CastOp::create(at.b, at.loc, wide, count).getResult());
    set(at, updates, ag::AddOp::create(at.b, at.loc, count, whole(at, 1)));
  }
  Number lr = learningRate(at, plan.schedule, plan.optimizer.lr, done);
  if (rate)
    set(at, rate, scalar(at, lr));
  Number inertia = plan.schedule.cyclesMomentum() ? cycledMomentum(at, plan.schedule, done)
                                                  : inertiaOf(plan.optimizer);
  for (ag::VariableOp v : trained) {
    auto symbol = FlatSymbolRefAttr::get(v.getSymNameAttr());
    auto state = [&](StringRef suffix, double init) {
      return variable((v.getSymName() + suffix).str(), v.getType(), init, v);
    };
    set(at, symbol,
        emitUpdate(at, plan.optimizer, get(at, symbol), gradient(at, v), {lr, inertia, done},
                   state));
  }
}

} // namespace gradc::gradient
