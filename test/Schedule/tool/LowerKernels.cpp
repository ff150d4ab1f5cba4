// LowerKernels.cpp - the plainest code for kernels and launches, to run scheduled programs in
// tests. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each launch becomes the kernel's body as loops over buffers of its own, then copies to its
// destinations. A destination that the kernel did not promise to overwrite in place holds NaN
// before the body runs: a launch whose inputs lie in its destinations without such a promise
// computes NaN.
#include "LowerKernels.h"
#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/Bufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace gradc;

namespace {

Type bufferType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? MemRefType::get(tensor.getShape(), tensor.getElementType()) : type;
}

/// A kernel as a function of its arguments' and results' buffers.
FailureOr<func::FuncOp> lowerKernel(sched::KernelOp kernel) {
  OpBuilder b(kernel);
  Location loc = kernel.getLoc();
  SmallVector<Type> types;
  for (Type type : llvm::concat<const Type>(kernel.getArgumentTypes(), kernel.getResultTypes()))
    types.push_back(bufferType(type));
  auto f = func::FuncOp::create(b, loc, kernel.getSymName(), b.getFunctionType(types, {}));
  IRMapping map;
  kernel.getBody().cloneInto(&f.getBody(), map);
  Block &entry = f.getBody().front();
  b.setInsertionPointToStart(&entry);
  for (BlockArgument arg : SmallVector<BlockArgument>(entry.getArguments())) {
    auto tensor = dyn_cast<RankedTensorType>(arg.getType());
    if (!tensor)
      continue;
    arg.setType(bufferType(tensor));
    auto value = bufferization::ToTensorOp::create(b, loc, tensor, arg, /*restrict=*/true,
                                                   /*writable=*/false);
    arg.replaceAllUsesExcept(value, value);
  }
  Operation *ret = entry.getTerminator();
  b.setInsertionPoint(ret);
  SmallVector<Value> results(ret->getOperands()), buffers;
  for (Value v : results)
    buffers.push_back(entry.addArgument(bufferType(v.getType()), loc));
  // All sources are read before any destination is written.
  sched::CommitOp::create(b, loc, results, buffers);
  func::ReturnOp::create(b, loc);
  ret->erase();

  bufferization::OneShotBufferizationOptions options;
  options.unknownTypeConverterFn = [](TensorType type, Attribute space,
                                      const bufferization::BufferizationOptions &) {
    return bufferization::getMemRefTypeWithStaticIdentityLayout(type, space);
  };
  bufferization::BufferizationState state;
  if (failed(bufferization::runOneShotBufferize(f, options, state)))
    return failure();
  return f;
}

/// The argument that a buffer is or lies in; null where a condition decides.
Value rootOf(Value buffer) {
  while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
    buffer = view.getViewSource();
  bool isArgument =
      isa<BlockArgument>(buffer) && isa<func::FuncOp>(buffer.getParentBlock()->getParentOp());
  return isArgument ? buffer : Value();
}

/// Whether destination `n` may be the buffer of an input, as the kernel promises.
bool mayOverwriteInput(sched::LaunchOp launch, unsigned n) {
  Value out = rootOf(launch.getOuts()[n]);
  for (auto [i, input] : llvm::enumerate(launch.getInputs())) {
    if (!isa<MemRefType>(input.getType()) || !launch.mayOverwrite(i, n))
      continue;
    Value in = rootOf(input);
    if (!in || !out || in == out)
      return true;
  }
  return false;
}

void poison(OpBuilder &b, Location loc, Value buffer) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  TypedAttr value = b.getZeroAttr(element);
  if (auto f = dyn_cast<FloatType>(element))
    value = FloatAttr::get(f, APFloat::getNaN(f.getFloatSemantics()));
  Value constant = arith::ConstantOp::create(b, loc, value);
  linalg::FillOp::create(b, loc, constant, buffer);
}

void lowerLaunch(sched::LaunchOp launch, func::FuncOp kernel) {
  OpBuilder b(launch);
  for (auto [n, out] : llvm::enumerate(launch.getOuts()))
    if (!mayOverwriteInput(launch, n))
      poison(b, launch.getLoc(), out);
  IRMapping map;
  for (auto [argument, operand] : llvm::zip(kernel.getArguments(), launch->getOpOperands())) {
    Value value = operand.get();
    // The body's views are typed for a buffer that starts at 0.
    if (argument.getType() != value.getType() && !launch.isDpsInit(&operand)) {
      Value packed =
          memref::AllocOp::create(b, launch.getLoc(), cast<MemRefType>(argument.getType()));
      linalg::CopyOp::create(b, launch.getLoc(), value, packed);
      value = packed;
    }
    map.map(argument, value);
  }
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    auto commit = dyn_cast<sched::CommitOp>(op);
    if (!commit) {
      b.clone(op, map);
      continue;
    }
    SmallVector<Value> saved;
    for (Value source : commit.getSources()) {
      Value from = map.lookupOrDefault(source);
      auto type = cast<MemRefType>(from.getType());
      Value copy = memref::AllocOp::create(b, launch.getLoc(),
                                           MemRefType::get(type.getShape(), type.getElementType()));
      linalg::CopyOp::create(b, launch.getLoc(), from, copy);
      saved.push_back(copy);
    }
    for (auto [from, dest] : llvm::zip(saved, commit.getDests()))
      linalg::CopyOp::create(b, launch.getLoc(), from, map.lookupOrDefault(dest));
  }
  launch.erase();
}

struct LowerKernels : PassWrapper<LowerKernels, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerKernels)
  StringRef getArgument() const override { return "test-sched-lower-kernels"; }
  StringRef getDescription() const override { return "the plainest code for kernels and launches"; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<bufferization::BufferizationDialect, memref::MemRefDialect,
                    linalg::LinalgDialect, func::FuncDialect>();
  }

  void runOnOperation() override {
    llvm::DenseMap<Attribute, func::FuncOp> lowered;
    for (auto kernel : llvm::make_early_inc_range(getOperation().getOps<sched::KernelOp>())) {
      FailureOr<func::FuncOp> f = lowerKernel(kernel);
      if (failed(f))
        return signalPassFailure();
      lowered[kernel.getSymNameAttr()] = *f;
      kernel.erase();
    }
    SmallVector<sched::LaunchOp> launches;
    getOperation().walk([&](sched::LaunchOp launch) { launches.push_back(launch); });
    for (sched::LaunchOp launch : launches)
      lowerLaunch(launch, lowered[launch.getKernelAttr().getAttr()]);
    for (auto &[name, f] : lowered)
      f.erase();
    for (auto v : llvm::make_early_inc_range(getOperation().getOps<ag::VariableOp>()))
      v.erase();
  }
};

} // namespace

void registerTestLowerKernels() { PassRegistration<LowerKernels>(); }
