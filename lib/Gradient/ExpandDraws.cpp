// ExpandDraws.cpp - gives the random stream of differentiated code its two variables.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_EXPANDDRAWS
#include "gradc/Gradient/Passes.h.inc"

namespace {

/// What PyTorch's generators start from.
constexpr int64_t kDefaultSeed = 67280421310721;

struct ExpandDraws : impl::ExpandDrawsBase<ExpandDraws> {
  void runOnOperation() override {
    SmallVector<ag::DrawOp> draws;
    SmallVector<ag::ManualSeedOp> seeds;
    getOperation().walk([&](Operation *op) {
      if (auto draw = dyn_cast<ag::DrawOp>(op))
        draws.push_back(draw);
      else if (auto seed = dyn_cast<ag::ManualSeedOp>(op))
        seeds.push_back(seed);
    });
    if (draws.empty())
      return;
    type = RankedTensorType::get({}, IntegerType::get(&getContext(), 64));
    seed = variable("random.seed", kDefaultSeed);
    counter = variable("random.counter", 0);
    for (ag::DrawOp op : draws)
      expand(op);
    for (ag::ManualSeedOp op : seeds)
      restart(op);
  }

private:
  Attribute element(int64_t value) { return IntegerAttr::get(type.getElementType(), value); }
  Value constant(OpBuilder &b, Location loc, int64_t value) {
    return ag::ConstantOp::create(b, loc, DenseElementsAttr::get(type, element(value)));
  }

  FlatSymbolRefAttr variable(StringRef name, int64_t init) {
    auto symbol = FlatSymbolRefAttr::get(&getContext(), name);
    if (ag::lookupVariable(getOperation(), symbol))
      return symbol;
    OpBuilder b = OpBuilder::atBlockBegin(getOperation().getBody());
    for (auto v : getOperation().getOps<ag::VariableOp>()) // behind the program's own
      b.setInsertionPointAfter(v);
    ag::VariableOp::create(b, getOperation().getLoc(), symbol.getAttr(), TypeAttr::get(type),
                           b.getStringAttr("state"), UnitAttr(),
                           DenseElementsAttr::get(type, element(init)));
    return symbol;
  }

  void expand(ag::DrawOp op) {
    OpBuilder b(op);
    Location loc = op.getLoc();
    Value key = ag::GetOp::create(b, loc, type, seed);
    Value count = ag::GetOp::create(b, loc, type, counter);
    Value numbers = ag::PhiloxOp::create(b, loc, op.getType(), key, count);
    Value next = ag::AddOp::create(b, loc, count, constant(b, loc, 1));
    ag::SetOp::create(b, loc, counter, next, UnitAttr());
    op.replaceAllUsesWith(numbers);
    op.erase();
  }

  void restart(ag::ManualSeedOp op) {
    OpBuilder b(op);
    b.setInsertionPointAfter(op);
    Location loc = op.getLoc();
    ag::SetOp::create(b, loc, seed, constant(b, loc, int64_t(op.getSeed())), UnitAttr());
    ag::SetOp::create(b, loc, counter, constant(b, loc, 0), UnitAttr());
  }

  RankedTensorType type;
  FlatSymbolRefAttr seed, counter;
};

} // namespace
} // namespace gradc::gradient
