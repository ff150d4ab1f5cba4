// Outline.cpp - makes kernels and launches of groups of ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Outline.h"
#include "OneKernel.h"
#include "gradc/IR/ContractionPlan.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace gradc::sched;

KernelTable::KernelTable(ModuleOp module)
    : symbols(module), top(OpBuilder::atBlockBegin(module.getBody())) {}

/// What a reader of the kernel list wants to know first.
static StringRef kindName(const KernelGraph &graph) {
  auto has = [&](KernelNode::Kind kind) {
    return llvm::any_of(graph.nodes, [&](const KernelNode &n) { return n.kind == kind; });
  };
  if (has(KernelNode::Contract))
    return "contraction";
  if (has(KernelNode::Reduce))
    return "reduction";
  if (has(KernelNode::Op) || has(KernelNode::Index))
    return "elementwise";
  return has(KernelNode::Load) ? "move" : "fill";
}

/// The kernel, or an older one with the same body.
KernelOp KernelTable::intern(KernelOp kernel, StringRef kind) {
  std::string key;
  llvm::raw_string_ostream os(key);
  kernel->print(os, OpPrintingFlags().useLocalScope().printGenericOpForm());
  KernelOp &slot = known[key];
  if (slot) {
    kernel.erase();
    ++shared;
    return slot;
  }
  kernel.setSymName((kind + "_" + Twine(numbers[kind]++)).str());
  symbols.insert(kernel);
  ++made;
  return slot = kernel;
}

static bool mayShareBuffer(Type argument, Type result) {
  auto a = cast<RankedTensorType>(argument), r = cast<RankedTensorType>(result);
  return a.getElementType() == r.getElementType() && a.getNumElements() == r.getNumElements();
}

/// Memory for a kernel's own use, as its last result.
static RankedTensorType scratchType(OpBuilder &b, int64_t bytes) {
  return RankedTensorType::get({int64_t(llvm::divideCeil(bytes, 8))}, b.getI64Type());
}
static Value makeScratch(OpBuilder &b, Location loc, RankedTensorType type) {
  return tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
}

static int64_t scratchBytes(const KernelGraph &graph) {
  if (graph.form != KernelForm::Contraction)
    return 0;
  ContractionPlan plan(graph);
  int64_t bits = graph.nodes[plan.node].type.getIntOrFloatBitWidth();
  return plan.scratchElements() * std::max<int64_t>(1, bits / 8);
}

/// The kernel that computes `ops`, at the builder's place.
static KernelOp makeKernel(OpBuilder &b, ArrayRef<Operation *> ops, const KernelParts &parts,
                           const KernelGraph &graph, StringRef kind) {
  Location loc = ops.back()->getLoc();
  SmallVector<Type> results(TypeRange(ValueRange(parts.results)));
  int64_t scratch = scratchBytes(graph);
  if (scratch)
    results.push_back(scratchType(b, scratch));
  auto type = b.getFunctionType(TypeRange(parts.arguments.getArrayRef()), results);
  SmallVector<int64_t> inplace;
  for (auto [argument, result] : graph.inplacePairs())
    if (mayShareBuffer(parts.arguments[argument].getType(), parts.results[result].getType()))
      inplace.append({argument, result});
  auto kernel = KernelOp::create(b, loc, "kernel", type, kind, inplace, ArrayAttr(), ArrayAttr());
  Block &body = kernel.getBody().emplaceBlock();
  IRMapping map;
  for (Value v : parts.arguments)
    map.map(v, body.addArgument(v.getType(), v.getLoc()));
  OpBuilder inside = OpBuilder::atBlockEnd(&body);
  for (Operation *op : parts.copies)
    inside.clone(*op, map);
  for (Operation *op : ops)
    inside.clone(*op, map);
  SmallVector<Value> returned;
  for (Value v : parts.results)
    returned.push_back(map.lookup(v));
  if (scratch)
    returned.push_back(makeScratch(inside, loc, cast<RankedTensorType>(results.back())));
  ReturnOp::create(inside, loc, returned);
  return kernel;
}

LaunchOp KernelTable::launch(OpBuilder &b, Location loc, KernelOp kernel, ValueRange inputs) {
  SmallVector<Value> outs;
  for (Type type : kernel.getResultTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    outs.push_back(tensor::EmptyOp::create(b, loc, tensor.getShape(), tensor.getElementType()));
  }
  return LaunchOp::create(b, loc, kernel.getResultTypes(), kernel.getSymName(), inputs, outs,
                          kernel.getInplace());
}

void KernelTable::outlineOwner(ag::KernelOpInterface op) {
  Location loc = op.getLoc();
  StringRef kind = op->getName().stripDialect();
  SmallVector<Type> results(op->getResultTypes());
  int64_t scratch = op.getScratchBytes();
  if (scratch)
    results.push_back(scratchType(top, scratch));
  SmallVector<int64_t> inplace;
  for (auto [operand, result] : op.getInplacePairs())
    inplace.append({operand, result});
  auto type = top.getFunctionType(op->getOperandTypes(), results);
  auto kernel = KernelOp::create(top, loc, "kernel", type, kind, inplace, ArrayAttr(), ArrayAttr());
  Block &body = kernel.getBody().emplaceBlock();
  for (Value v : op->getOperands())
    body.addArgument(v.getType(), v.getLoc());
  OpBuilder inside = OpBuilder::atBlockEnd(&body);
  // One value may stand at several operands; each has an argument of its own.
  Operation *copy = inside.clone(*op);
  copy->setOperands(body.getArguments());
  SmallVector<Value> returned(copy->getResults());
  if (scratch)
    returned.push_back(makeScratch(inside, loc, cast<RankedTensorType>(results.back())));
  ReturnOp::create(inside, loc, returned);
  kernel = intern(kernel, kind);

  OpBuilder b(op);
  LaunchOp runs = launch(b, loc, kernel, op->getOperands());
  op->replaceAllUsesWith(runs.getResults().take_front(op->getNumResults()));
  op->erase();
}

LogicalResult KernelTable::outline(ArrayRef<Operation *> ops) {
  KernelParts parts(ops);
  std::string why;
  FailureOr<KernelGraph> graph = parts.graph(why);
  Operation *last = ops.back();
  Location loc = last->getLoc();
  if (failed(graph))
    return last->emitError("no kernel can compute this: ") << why;
  StringRef kind = kindName(*graph);
  KernelOp kernel = intern(makeKernel(top, ops, parts, *graph, kind), kind);

  OpBuilder b(last);
  LaunchOp runs = launch(b, loc, kernel, parts.arguments.getArrayRef());
  for (auto [old, result] : llvm::zip(parts.results, runs.getResults()))
    old.replaceAllUsesWith(result);
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  return success();
}
