// Forward.cpp - forward-mode differentiation of one value.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Forward.h"
#include "Reverse.h"

using namespace mlir;
namespace gradc::gradient {

namespace {
class Forward {
public:
  Forward(ag::TangentOp statement, const Activity &active)
      : statement(statement), active(active), builder(statement) {}

  FailureOr<Value> run() {
    for (auto [v, t] : llvm::zip(statement.getWrt(), statement.getTangents()))
      tangents[v] = t;
    if (!active(statement.getValue())) // nothing leads there
      return splat(builder, statement.getLoc(), statement.getValue().getType(), 0);
    if (failed(from(statement)))
      return failure();
    return tangents.lookup(statement.getValue());
  }

private:
  /// Program order: first what stands before the enclosing op, then the block itself.
  LogicalResult from(Operation *place) {
    Operation *parent = place->getParentOp();
    if (!isa<func::FuncOp>(parent) && failed(from(parent)))
      return failure();
    for (Operation &op : llvm::make_range(place->getBlock()->begin(), Block::iterator(place)))
      if (failed(through(&op)))
        return failure();
    return success();
  }

  LogicalResult through(Operation *op) {
    bool wanted =
        llvm::any_of(op->getResults(), [&](Value v) { return active(v) && !tangents.contains(v); });
    if (!wanted)
      return success();
    auto differentiable = dyn_cast<ag::DifferentiableOpInterface>(op);
    if (!differentiable) {
      InFlightDiagnostic error = op->emitError("no forward derivative for '")
                                 << op->getName() << "'";
      error.attachNote(statement.getLoc()) << "differentiated here";
      return error;
    }
    SmallVector<Value> in;
    for (Value v : op->getOperands())
      in.push_back(tangents.lookup(v));
    auto isActive = [&](Value v) { return active(v) && tangents.contains(v); };
    auto available = [](Value v) { return v; };
    ag::Jvp rule(builder, op, in, isActive, available);
    differentiable.buildJvp(rule);
    for (auto [r, t] : llvm::zip(op->getResults(), rule.results()))
      if (t)
        tangents[r] = t;
    return success();
  }

  ag::TangentOp statement;
  const Activity &active;
  OpBuilder builder;
  DenseMap<Value, Value> tangents;
};
} // namespace

FailureOr<Value> forwardMode(ag::TangentOp statement, const Activity &active) {
  return Forward(statement, active).run();
}

} // namespace gradc::gradient
