// Writer.cpp - turns one sched.kernel into kernels of a GPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Writer.h"
#include "../Lanes/Support.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;

/// The address space of what kernels and host share.
static constexpr unsigned kGlobalSpace = 1;
/// Blocks of a grid whose threads take several positions each: enough to fill a large GPU.
static constexpr int64_t kMostBlocks = 4096;

static int64_t bytesOf(Type element) {
  return element.isIndex() ? 8 : std::max(8u, element.getIntOrFloatBitWidth()) / 8;
}

Value DeviceKernel::inWorkspace(int64_t bytes) const {
  LaneBuilder &b = threads.b;
  return b.address(workspace, b.i64(bytes), b.b.getI8Type());
}

Buffer DeviceKernel::bufferOf(const Place &place) const {
  return {place.result >= 0 ? kernel.results[place.result] : inWorkspace(place.workspace),
          place.access};
}

int64_t KernelWriter::reserve(Type element, int64_t count) {
  int64_t at = int64_t(llvm::alignTo(uint64_t(workspaceBytes), 256));
  workspaceBytes = at + count * bytesOf(element);
  return at;
}

/// PTX allows a dollar sign in names, our own symbols have none.
func::FuncOp KernelWriter::declare(int64_t block) {
  MLIRContext *context = op.getContext();
  OpBuilder b = OpBuilder::atBlockEnd(device.getBody());
  Type pointer = LLVM::LLVMPointerType::get(context, kGlobalSpace);
  SmallVector<Type> tensors(op.getArgumentTypes()), types;
  tensors.append(op.getResultTypes().begin(), op.getResultTypes().end());
  for (Type t : tensors)
    types.push_back(isa<TensorType>(t) ? pointer : t);
  types.push_back(pointer);
  std::string name = op.getSymName().str();
  if (!launches.empty())
    name += "$" + std::to_string(launches.size());
  auto f = func::FuncOp::create(b, op.getLoc(), name, b.getFunctionType(types, {}));
  f.addEntryBlock();
  f->setAttr("passthrough",
             b.getArrayAttr({b.getStrArrayAttr({"nvvm.maxntid", std::to_string(block)})}));
  SmallVector<bool> shared(types.size(), false);
  unsigned arguments = unsigned(op.getArgumentTypes().size());
  for (size_t i = 0; i < op.getInplace().size(); i += 2) {
    shared[op.getInplace()[i]] = true;
    shared[arguments + op.getInplace()[i + 1]] = true;
  }
  for (auto [i, t] : llvm::enumerate(tensors)) {
    auto tensor = dyn_cast<RankedTensorType>(t);
    if (!tensor)
      continue;
    using Dialect = LLVM::LLVMDialect;
    f.setArgAttr(i, Dialect::getAlignAttrName(), b.getI64IntegerAttr(alignments[i]));
    if (tensor.getNumElements())
      f.setArgAttr(i, Dialect::getDereferenceableAttrName(),
                   b.getI64IntegerAttr(tensor.getNumElements() * bytesOf(tensor.getElementType())));
    if (!shared[i])
      f.setArgAttr(i, Dialect::getNoAliasAttrName(), b.getUnitAttr());
    if (i < arguments)
      f.setArgAttr(i, Dialect::getReadonlyAttrName(), b.getUnitAttr());
  }
  launches.push_back({name, 1, block});
  return f;
}

/// A constant of the device with these elements, bools as bytes.
Value KernelWriter::constantPointer(LaneBuilder &b, DenseElementsAttr data) {
  data = lanes::inMemory(data);
  auto type = LLVM::LLVMArrayType::get(data.getElementType(), uint64_t(data.getNumElements()));
  size_t number = 0;
  for (auto known : device.getOps<LLVM::GlobalOp>()) {
    if (known.getValueOrNull() == data && known.getGlobalType() == type)
      return LLVM::AddressOfOp::create(b.b, b.loc, known);
    ++number;
  }
  OpBuilder at = OpBuilder::atBlockBegin(device.getBody());
  auto global =
      LLVM::GlobalOp::create(at, b.loc, type, /*isConstant=*/true, LLVM::Linkage::Internal,
                             "constant_" + std::to_string(number), data,
                             /*alignment=*/16, kGlobalSpace);
  return LLVM::AddressOfOp::create(b.b, b.loc, global);
}

void KernelWriter::add(const sched::KernelGraph &graph, int64_t grid, int64_t block,
                       llvm::function_ref<void(DeviceKernel &)> body) {
  static const Machine machine{128, 255, false};
  func::FuncOp f = declare(block);
  launches.back().grid = std::max<int64_t>(grid, 1);
  LaneBuilder b(OpBuilder::atBlockBegin(&f.getBody().front()), op.getLoc(), machine);
  Threads threads(b, block);
  DeviceKernel k{threads, Kernel{graph, {}, {}, {}, {}}, f.getArguments().back()};
  unsigned arguments = unsigned(op.getArgumentTypes().size());
  for (unsigned i = 0; i < arguments; ++i) {
    k.kernel.arguments.push_back(f.getArgument(i));
    auto type = dyn_cast<RankedTensorType>(op.getArgumentTypes()[i]);
    k.kernel.elements.push_back(type ? type.getNumElements() : 1);
  }
  for (DenseElementsAttr data : graph.constants) {
    k.kernel.arguments.push_back(constantPointer(b, data));
    k.kernel.elements.push_back(data.getNumElements());
  }
  for (unsigned i = arguments; i + 1 < f.getNumArguments(); ++i)
    k.kernel.results.push_back(f.getArgument(i));
  body(k);
  func::ReturnOp::create(b.b, b.loc);
}

void KernelWriter::forEach(const sched::KernelGraph &graph, int64_t count,
                           llvm::function_ref<void(DeviceKernel &, Value)> body) {
  int64_t blocks = int64_t(llvm::divideCeil(uint64_t(count), uint64_t(kBlock)));
  int64_t grid = std::min(blocks, kMostBlocks);
  add(graph, grid, kBlock, [&](DeviceKernel &k) {
    Threads &t = k.threads;
    LaneBuilder &b = t.b;
    Value first = b.add(b.mul(t.block, kBlock), t.thread);
    if (grid == blocks)
      t.when(t.isBelow(first, count), [&] { body(k, first); });
    else
      b.loop(first, b.i64(count), grid * kBlock, [&](Value i) { body(k, i); });
  });
}
