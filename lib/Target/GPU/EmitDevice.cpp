// EmitDevice.cpp - adds GPU kernels, and functions that launch them, to a program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Lanes/Buffers.h"
#include "../Lanes/Support.h"
#include "Twin.h"
#include "Writer.h"
#include "gradc/Target/GPU.h"
#include "gradc/Target/GPU/Passes.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/Passes.h"

namespace gradc::gpu {
#define GEN_PASS_DEF_EMITDEVICEPASS
#include "gradc/Target/GPU/Passes.h.inc"
} // namespace gradc::gpu

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;

namespace {

struct EmitDevicePass : gpu::impl::EmitDevicePassBase<EmitDevicePass> {
  using EmitDevicePassBase::EmitDevicePassBase;
  void runOnOperation() override;

private:
  LogicalResult emit(sched::KernelOp op, std::string &why);
  LogicalResult refuse(sched::KernelOp op, StringRef why);
  void alignments(sched::KernelOp op, SmallVectorImpl<int64_t> &out);

  ModuleOp device;
  DeviceProgram program;
  llvm::MapVector<StringAttr, SmallVector<int64_t>> launched; // alignments of operands
};

} // namespace

/// The alignment that the address of a buffer surely has.
static int64_t alignmentOf(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t bytes = std::max(8u, type.getElementTypeBitWidth()) / 8;
  int64_t offset;
  SmallVector<int64_t> strides;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return bytes;
  auto factor = [](int64_t n) { return n ? n & -n : kBufferAlignment; };
  if (!ShapedType::isDynamic(offset))
    return std::min(kBufferAlignment, factor(offset * bytes));
  auto slice = buffer.getDefiningOp<memref::SubViewOp>();
  if (!slice)
    return bytes;
  int64_t known = alignmentOf(slice.getSource());
  SmallVector<int64_t> sourceStrides;
  if (failed(slice.getSourceType().getStridesAndOffset(sourceStrides, offset)))
    return bytes;
  for (auto [start, stride] : llvm::zip(slice.getStaticOffsets(), sourceStrides)) {
    if (ShapedType::isDynamic(stride))
      return bytes;
    int64_t step = ShapedType::isDynamic(start) ? stride : start * stride;
    known = std::min(known, factor(step * bytes));
  }
  return std::max(known, bytes);
}

void EmitDevicePass::alignments(sched::KernelOp op, SmallVectorImpl<int64_t> &out) {
  if (auto it = launched.find(op.getSymNameAttr()); it != launched.end())
    out.append(it->second.begin(), it->second.end());
  else
    out.assign(op.getArgumentTypes().size() + op.getResultTypes().size(), kBufferAlignment);
}

LogicalResult EmitDevicePass::refuse(sched::KernelOp op, StringRef why) {
  auto text = [&](InFlightDiagnostic &&d) {
    d << "kernel '" << op.getSymName() << "' (" << op.getKind() << ") has no GPU form: " << why;
  };
  if (lenient)
    text(op.emitRemark());
  else
    text(op.emitError());
  return failure();
}

LogicalResult EmitDevicePass::emit(sched::KernelOp op, std::string &why) {
  SmallVector<int64_t> known;
  alignments(op, known);
  KernelWriter writer(op, device, known);
  auto owners = op.getBody().front().getOps<ag::KernelOpInterface>();
  LogicalResult done = failure();
  if (!owners.empty()) {
    done = emitOwned(writer, *owners.begin(), why);
  } else {
    FailureOr<sched::KernelGraph> graph = sched::KernelGraph::build(op, why);
    if (failed(graph))
      return failure();
    switch (graph->form) {
    case sched::KernelForm::Tiny:
      done = emitTiny(writer, *graph, why);
      break;
    case sched::KernelForm::Rows:
      done = emitRows(writer, *graph, why);
      break;
    case sched::KernelForm::Contraction:
      done = emitContraction(writer, *graph, why);
      break;
    }
  }
  if (failed(done))
    return failure();
  program.add(op, writer);
  return success();
}

void EmitDevicePass::runOnOperation() {
  ModuleOp module = getOperation();
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  device = ModuleOp::create(b, module.getLoc(), kDeviceModule);
  program = DeviceProgram(module, device);
  launched.clear();
  module.walk([&](sched::LaunchOp op) {
    auto &known = launched[op.getKernelAttr().getAttr()];
    SmallVector<int64_t> here;
    for (Value v : op->getOperands())
      here.push_back(isa<MemRefType>(v.getType()) ? alignmentOf(v) : kBufferAlignment);
    if (known.empty())
      known = here;
    for (auto [old, now] : llvm::zip(known, here))
      old = std::min(old, now);
  });
  // Every kernel without a GPU form is named, not only the first.
  bool complete = true;
  for (sched::KernelOp op : llvm::to_vector(module.getOps<sched::KernelOp>())) {
    std::string why;
    if (failed(checkSupport(op)))
      return signalPassFailure();
    if (failed(emit(op, why)))
      complete = succeeded(refuse(op, why)) && complete;
  }
  if (complete)
    complete = succeeded(program.addTwins(lenient));
  if (complete)
    return;
  if (!lenient)
    return signalPassFailure();
  program.remove();
}

ModuleOp gradc::gpu::deviceModule(ModuleOp program) {
  return program.lookupSymbol<ModuleOp>(kDeviceModule);
}

void gradc::gpu::buildGpuPipeline(OpPassManager &pm, bool lenient) {
  pm.addPass(createEmitDevicePass({lenient}));
}
