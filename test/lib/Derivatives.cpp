// Derivatives.cpp - derivatives of straight-line functions, to test the rules alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Derivatives.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace gradc;
namespace gradc::test {

bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

static SmallVector<Type> floats(TypeRange types) {
  return llvm::to_vector(llvm::make_filter_range(types, isFloatTensor));
}

namespace {
/// A copy of a function's ops in a new function that has more arguments.
struct Copy {
  Copy(func::FuncOp f, StringRef suffix, ArrayRef<Type> more, ArrayRef<Type> results);
  bool isActive(Value v) const { return active.contains(v); }
  Value zeros(Type type) {
    auto tensor = cast<RankedTensorType>(type);
    Attribute zero = builder.getFloatAttr(tensor.getElementType(), 0);
    return ag::ConstantOp::create(builder, function.getLoc(), DenseElementsAttr::get(tensor, zero));
  }

  func::FuncOp function;
  OpBuilder builder;
  SmallVector<Operation *> ops;
  SmallVector<Value> arguments, results; // of the original, inside the copy
  ValueRange extra;                      // the additional arguments
  DenseSet<Value> active;
};
} // namespace

Copy::Copy(func::FuncOp f, StringRef suffix, ArrayRef<Type> more, ArrayRef<Type> resultTypes)
    : builder(f->getContext()) {
  SmallVector<Type> inputs(f.getArgumentTypes());
  inputs.append(more.begin(), more.end());
  builder.setInsertionPointAfter(f);
  function = func::FuncOp::create(builder, f.getLoc(), (f.getName() + suffix).str(),
                                  builder.getFunctionType(inputs, resultTypes));
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  IRMapping map;
  for (BlockArgument a : f.getArguments()) {
    Value copy = block->getArgument(a.getArgNumber());
    map.map(a, copy);
    arguments.push_back(copy);
    if (isFloatTensor(copy.getType()))
      active.insert(copy);
  }
  extra = block->getArguments().drop_front(arguments.size());
  for (Operation &op : f.getBody().front().without_terminator()) {
    ops.push_back(builder.clone(op, map));
    if (isa<ag::DifferentiableOpInterface>(op) &&
        llvm::any_of(ops.back()->getOperands(), [&](Value v) { return isActive(v); }))
      for (Value r : ops.back()->getResults())
        if (isFloatTensor(r.getType()))
          active.insert(r);
  }
  for (Value r : f.getBody().front().getTerminator()->getOperands())
    results.push_back(map.lookup(r));
}

func::FuncOp buildVjp(func::FuncOp f) {
  Copy copy(f, "_vjp", floats(f.getResultTypes()), floats(f.getArgumentTypes()));
  OpBuilder &b = copy.builder;
  DenseMap<Value, Value> cotangents;
  auto add = [&](Value v, Value term) {
    Value &sum = cotangents[v];
    sum = sum ? ag::AddOp::create(b, f.getLoc(), sum, term) : term;
  };
  unsigned next = 0;
  for (Value r : copy.results)
    if (isFloatTensor(r.getType()))
      add(r, copy.extra[next++]);
  auto active = [&](Value v) { return copy.isActive(v); };
  auto available = [](Value v) { return v; };
  for (Operation *op : llvm::reverse(copy.ops)) {
    SmallVector<Value> given;
    for (Value r : op->getResults())
      given.push_back(active(r) ? cotangents.lookup(r) : Value());
    if (llvm::none_of(given, [](Value v) { return bool(v); }))
      continue;
    auto contribute = [&](unsigned i, Value term) { add(op->getOperand(i), term); };
    ag::Vjp rule(b, op, given, active, available, contribute);
    cast<ag::DifferentiableOpInterface>(op).buildVjp(rule);
  }
  SmallVector<Value> returned;
  for (Value a : copy.arguments)
    if (isFloatTensor(a.getType())) {
      Value c = cotangents.lookup(a);
      returned.push_back(c ? c : copy.zeros(a.getType()));
    }
  func::ReturnOp::create(b, f.getLoc(), returned);
  return copy.function;
}

func::FuncOp buildJvp(func::FuncOp f) {
  Copy copy(f, "_jvp", floats(f.getArgumentTypes()), floats(f.getResultTypes()));
  OpBuilder &b = copy.builder;
  DenseMap<Value, Value> tangents;
  unsigned next = 0;
  for (Value a : copy.arguments)
    if (isFloatTensor(a.getType()))
      tangents[a] = copy.extra[next++];
  auto active = [&](Value v) { return copy.isActive(v); };
  auto available = [](Value v) { return v; };
  for (Operation *op : copy.ops) {
    if (llvm::none_of(op->getResults(), active))
      continue;
    SmallVector<Value> given;
    for (Value v : op->getOperands())
      given.push_back(tangents.lookup(v));
    ag::Jvp rule(b, op, given, active, available);
    cast<ag::DifferentiableOpInterface>(op).buildJvp(rule);
    for (auto [r, t] : llvm::zip_equal(op->getResults(), rule.results()))
      if (t)
        tangents[r] = t;
  }
  SmallVector<Value> returned;
  for (Value r : copy.results)
    if (isFloatTensor(r.getType())) {
      Value t = tangents.lookup(r);
      returned.push_back(t ? t : copy.zeros(r.getType()));
    }
  func::ReturnOp::create(b, f.getLoc(), returned);
  return copy.function;
}

} // namespace gradc::test
