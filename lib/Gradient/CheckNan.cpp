// CheckNan.cpp - an expectation behind every operation: no NaN, and no infinity made of finite
// numbers. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Passes.h"
#include "gradc/IR/Ag.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
namespace gradc::gradient {
#define GEN_PASS_DEF_CHECKNAN
#include "gradc/Gradient/Passes.h.inc"

namespace {

bool isFloatTensor(Value x) {
  auto type = dyn_cast<RankedTensorType>(x.getType());
  return type && isa<FloatType>(type.getElementType()) && type.hasStaticShape() &&
         type.getNumElements() > 0;
}

struct CheckNan : impl::CheckNanBase<CheckNan> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    SmallVector<Operation *> ops; // of the program, not those that are made here
    func.walk([&](Operation *op) { ops.push_back(op); });
    OpBuilder b = OpBuilder::atBlockBegin(&func.getBody().front());
    for (BlockArgument arg : func.getArguments()) {
      auto name = func.getArgAttrOfType<StringAttr>(arg.getArgNumber(), "ag.name");
      if (isFloatTensor(arg))
        expectNoNan(b, func.getLoc(), arg,
                    "input '" +
                        (name ? name.getValue().str() : std::to_string(arg.getArgNumber())) + "'");
    }
    for (Operation *op : ops)
      if (isa_and_nonnull<ag::AgDialect>(op->getDialect()))
        check(op);
  }

private:
  void check(Operation *op) {
    if (op->hasTrait<OpTrait::ConstantLike>())
      return;
    OpBuilder b(op->getContext());
    b.setInsertionPointAfter(op);
    for (Value result : op->getResults()) {
      if (!isFloatTensor(result))
        continue;
      if (auto get = dyn_cast<ag::GetOp>(op)) {
        expectNoNan(b, op->getLoc(), result, "variable '" + get.getVariable().str() + "'");
        continue;
      }
      std::string name = "'" + op->getName().stripDialect().str() + "'";
      expectNoNan(b, op->getLoc(), result, name);
      expectFinite(b, op, result, name);
    }
  }

  Value full(OpBuilder &b, Location loc, RankedTensorType type, double value) {
    auto element = cast<FloatType>(type.getElementType());
    APFloat number(value);
    bool inexact;
    number.convert(element.getFloatSemantics(), APFloat::rmNearestTiesToEven, &inexact);
    return ag::ConstantOp::create(b, loc, DenseElementsAttr::get(type, number));
  }

  /// Whether no element of a bool tensor is set.
  Value none(OpBuilder &b, Location loc, Value bad) {
    auto type = cast<RankedTensorType>(bad.getType());
    SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
    Value count = ag::CastOp::create(b, loc, type.clone(b.getF32Type()), bad);
    if (type.getRank())
      count = ag::ReduceSumOp::create(b, loc, count, dims);
    auto scalar = RankedTensorType::get({}, b.getF32Type());
    return ag::CompareOp::create(b, loc, count, full(b, loc, scalar, 0), ag::Predicate::eq);
  }

  void expectNoNan(OpBuilder &b, Location loc, Value x, const std::string &where) {
    Value isNan = ag::CompareOp::create(b, loc, x, x, ag::Predicate::ne);
    ag::ExpectOp::create(b, loc, none(b, loc, isNan), "NaN in " + where);
  }

  /// Whether no element is infinite, at the place where `x` is made; one question a value.
  Value isFinite(Value x) {
    Value &known = finite[x];
    if (known)
      return known;
    OpBuilder b(x.getContext());
    b.setInsertionPointAfterValue(x);
    Location loc = x.getLoc();
    auto type = cast<RankedTensorType>(x.getType());
    Value size = ag::AbsOp::create(b, loc, x);
    Value bound = full(b, loc, type, std::numeric_limits<double>::infinity());
    Value answer = none(b, loc, ag::CompareOp::create(b, loc, size, bound, ag::Predicate::eq));
    return finite[x] = answer;
  }

  /// Infinities that come in, as of a mask, may go out.
  void expectFinite(OpBuilder &b, Operation *op, Value result, const std::string &where) {
    Location loc = op->getLoc();
    Value ok = isFinite(result);
    b.setInsertionPointAfter(ok.getDefiningOp());
    Value yes = ag::ConstantOp::create(
        b, loc, DenseElementsAttr::get(cast<RankedTensorType>(ok.getType()), true));
    for (Value operand : op->getOperands())
      if (isFloatTensor(operand))
        ok = ag::SelectOp::create(b, loc, isFinite(operand), ok, yes);
    ag::ExpectOp::create(b, loc, ok, "infinity in " + where);
  }

  DenseMap<Value, Value> finite;
};

} // namespace
} // namespace gradc::gradient
