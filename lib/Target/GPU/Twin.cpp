// Twin.cpp - the functions of the host that launch kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A twin has the control flow of its function. Addresses of buffers are computed as on the CPU, but
// nothing behind them is touched: that is for the runtime, which knows the device.
#include "Twin.h"
#include "../Lanes/Buffers.h"
#include "gradc/Target/GPU.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;

namespace gradc::gpu {

/// Rewrites one twin.
class TwinBuilder {
public:
  TwinBuilder(DeviceProgram &program, func::FuncOp twin, Value deviceHandle, bool lenient)
      : program(program), twin(twin), handle(deviceHandle), lenient(lenient), b(twin.getContext()) {
  }
  LogicalResult run();

private:
  LogicalResult refuse(Operation *op, const Twine &why);
  void launch(sched::LaunchOp op);
  LogicalResult copy(memref::CopyOp op);
  func::FuncOp copier(memref::CopyOp op);
  LogicalResult read(memref::LoadOp op);
  LogicalResult write(memref::StoreOp op);
  void host(sched::HostOp op);
  void formSegments(Block &block);
  void wrap(ArrayRef<Operation *> run);
  bool isFixed(Value v);
  Value elementPointer(Operation *op, Value buffer, ValueRange indices);
  ValueRange call(StringRef name, ValueRange arguments, TypeRange results = {});
  Value i64(int64_t n) { return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(n)); }

  DeviceProgram &program;
  func::FuncOp twin;
  Value handle;
  bool lenient;
  OpBuilder b;
  Location loc = UnknownLoc::get(twin.getContext());
  llvm::DenseMap<Value, bool> fixed;
};

} // namespace gradc::gpu

static int64_t bytesOf(Type element) {
  return element.isIndex() ? 8 : std::max(8u, element.getIntOrFloatBitWidth()) / 8;
}
static int64_t bytesOf(MemRefType type) {
  return type.getNumElements() * bytesOf(type.getElementType());
}

//===-- Launchers -----------------------------------------------------------------------------===//

func::FuncOp DeviceProgram::runtime(StringRef name, TypeRange arguments, TypeRange results) {
  if (auto known = module.lookupSymbol<func::FuncOp>(name))
    return known;
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  auto f = func::FuncOp::create(b, module.getLoc(), name, b.getFunctionType(arguments, results));
  f.setPrivate();
  added.push_back(f);
  return f;
}

void DeviceProgram::add(sched::KernelOp op, const KernelWriter &writer) {
  workspace = std::max(workspace, writer.workspaceBytes);
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  Location loc = op.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(op.getContext()), i64 = b.getI64Type();
  SmallVector<Type> types;
  for (Type t : llvm::concat<const Type>(op.getArgumentTypes(), op.getResultTypes()))
    types.push_back(isa<TensorType>(t) ? pointer : t);
  types.push_back(pointer); // the device
  auto f =
      func::FuncOp::create(b, loc, (op.getSymName() + kSuffix).str(), b.getFunctionType(types, {}));
  f.setPrivate();
  f->setAttr("llvm.linkage", LLVM::LinkageAttr::get(op.getContext(), LLVM::Linkage::Internal));
  launchers[op.getSymNameAttr()] = f;
  added.push_back(f);
  b.setInsertionPointToStart(f.addEntryBlock());
  auto number = [&](int64_t n) { return LLVM::ConstantOp::create(b, loc, i64, n); };
  // Eight bytes an argument; the runtime adds the workspace.
  size_t count = types.size() - 1;
  Value slots = LLVM::AllocaOp::create(b, loc, pointer, i64, number(int64_t(count + 1)), 8);
  for (size_t i = 0; i < count; ++i) {
    Value at = LLVM::GEPOp::create(b, loc, pointer, i64, slots, ArrayRef<LLVM::GEPArg>{int32_t(i)});
    Value v = f.getArgument(unsigned(i));
    if (v.getType().isIndex())
      v = arith::IndexCastOp::create(b, loc, i64, v);
    else if (v.getType().isInteger(1))
      v = arith::ExtUIOp::create(b, loc, b.getI8Type(), v);
    LLVM::StoreOp::create(b, loc, v, at);
  }
  func::FuncOp launch =
      runtime("gradc_cuda_launch", {pointer, i64, i64, i64, pointer, i64}, TypeRange());
  for (const DeviceLaunch &l : writer.launches) {
    func::CallOp::create(b, loc, launch,
                         ValueRange{f.getArguments().back(), number(int64_t(kernels.size())),
                                    number(l.grid), number(l.block), slots,
                                    number(int64_t(count))});
    kernels.push_back(l.kernel);
  }
  func::ReturnOp::create(b, loc);
}

//===-- Twins ---------------------------------------------------------------------------------===//

LogicalResult TwinBuilder::refuse(Operation *op, const Twine &why) {
  if (lenient)
    op->emitRemark(why);
  else
    op->emitError(why);
  return failure();
}

ValueRange TwinBuilder::call(StringRef name, ValueRange arguments, TypeRange results) {
  SmallVector<Value> all{handle};
  llvm::append_range(all, arguments);
  func::FuncOp f = program.runtime(name, ValueRange(all).getTypes(), results);
  return func::CallOp::create(b, loc, f, all).getResults();
}

void TwinBuilder::launch(sched::LaunchOp op) {
  SmallVector<Value> operands;
  for (Value v : op->getOperands())
    operands.push_back(isa<MemRefType>(v.getType()) ? pointerOf(b, loc, v) : v);
  operands.push_back(handle);
  func::CallOp::create(b, loc, program.launchers.lookup(op.getKernelAttr().getAttr()), operands);
  op.erase();
}

/// The address of one element.
Value TwinBuilder::elementPointer(Operation *op, Value buffer, ValueRange indices) {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t offset;
  SmallVector<int64_t> strides;
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      llvm::any_of(strides, ShapedType::isDynamic))
    return nullptr;
  Value place = i64(0);
  for (auto [i, stride] : llvm::zip(indices, strides)) {
    Value step = arith::IndexCastOp::create(b, loc, b.getI64Type(), i);
    step = arith::MulIOp::create(b, loc, step, i64(stride * bytesOf(type.getElementType())));
    place = arith::AddIOp::create(b, loc, place, step);
  }
  Value pointer = pointerOf(b, loc, buffer);
  return LLVM::GEPOp::create(b, loc, pointer.getType(), b.getI8Type(), pointer,
                             ArrayRef<LLVM::GEPArg>{place});
}

/// A number that the host's control flow needs: the runtime waits for the device.
LogicalResult TwinBuilder::read(memref::LoadOp op) {
  Value at = elementPointer(op, op.getMemRef(), op.getIndices());
  if (!at)
    return refuse(op, "an element of a buffer with unknown strides has no device form");
  Type type = op.getType(), i64Type = b.getI64Type();
  int64_t bytes = bytesOf(type);
  Value v = call("gradc_cuda_read", {at, i64(bytes)}, i64Type)[0];
  if (type.isInteger(1)) {
    v = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, v, i64(0));
  } else if (type.isIndex()) {
    v = arith::IndexCastOp::create(b, loc, type, v);
  } else {
    if (bytes < 8)
      v = arith::TruncIOp::create(b, loc, b.getIntegerType(unsigned(bytes) * 8), v);
    if (isa<FloatType>(type))
      v = arith::BitcastOp::create(b, loc, type, v);
  }
  op.replaceAllUsesWith(v);
  op.erase();
  return success();
}

LogicalResult TwinBuilder::write(memref::StoreOp op) {
  Value at = elementPointer(op, op.getMemRef(), op.getIndices()), v = op.getValue();
  if (!at)
    return refuse(op, "an element of a buffer with unknown strides has no device form");
  int64_t bytes = bytesOf(v.getType());
  if (v.getType().isIndex())
    v = arith::IndexCastOp::create(b, loc, b.getI64Type(), v);
  if (isa<FloatType>(v.getType()))
    v = arith::BitcastOp::create(b, loc, b.getIntegerType(unsigned(bytes) * 8), v);
  if (bytes < 8)
    v = arith::ExtUIOp::create(b, loc, b.getI64Type(), v);
  call("gradc_cuda_write", {at, v, i64(bytes)});
  op.erase();
  return success();
}

/// The host's work is done on copies in memory of the host.
void TwinBuilder::host(sched::HostOp op) {
  // The device has its own clock.
  if (op.getCall() == "profile_end")
    call("gradc_cuda_profile_end", {});
  if (op.getCall() == "profile_begin") {
    b.setInsertionPointAfter(op);
    call("gradc_cuda_profile_begin", {});
    return;
  }
  Type pointer = handle.getType();
  bool staged = false;
  for (OpOperand &operand : op.getInputsMutable()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type)
      continue;
    Value here = call("gradc_cuda_fetch", {pointerOf(b, loc, operand.get()), i64(bytesOf(type))},
                      pointer)[0];
    operand.set(bufferAt(b, loc, here, type));
    staged = true;
  }
  SmallVector<std::pair<Value, Value>> drawn; // where to, from where
  SmallVector<int64_t> sizes;
  for (OpOperand &operand : op.getOutsMutable()) {
    auto type = cast<MemRefType>(operand.get().getType());
    Value to = pointerOf(b, loc, operand.get());
    Value here = call("gradc_cuda_room", {i64(bytesOf(type))}, pointer)[0];
    operand.set(bufferAt(b, loc, here, type));
    drawn.push_back({to, here});
    sizes.push_back(bytesOf(type));
  }
  b.setInsertionPointAfter(op);
  for (auto [pair, bytes] : llvm::zip(drawn, sizes))
    call("gradc_cuda_put", {pair.first, pair.second, i64(bytes)});
  if (staged || !drawn.empty())
    call("gradc_cuda_release", {});
}

LogicalResult TwinBuilder::copy(memref::CopyOp op) {
  auto from = cast<MemRefType>(op.getSource().getType());
  auto to = cast<MemRefType>(op.getTarget().getType());
  if (!from.hasStaticShape() || !to.hasStaticShape())
    return refuse(op, "a copy of unknown size has no device form");
  Value target = pointerOf(b, loc, op.getTarget()), source = pointerOf(b, loc, op.getSource());
  if (isContiguous(from) && isContiguous(to)) {
    call("gradc_cuda_copy", {target, source, i64(bytesOf(from))});
  } else {
    func::FuncOp f = copier(op);
    if (!f)
      return refuse(op, "a copy with unknown strides has no device form");
    func::CallOp::create(b, loc, f, ValueRange{source, target, handle});
  }
  op.erase();
  return success();
}

/// The launcher of a kernel that copies from one layout to another.
func::FuncOp TwinBuilder::copier(memref::CopyOp op) {
  auto from = cast<MemRefType>(op.getSource().getType());
  auto to = cast<MemRefType>(op.getTarget().getType());
  const MemRefType types[2] = {from, to};
  SmallVector<int64_t> strides[2];
  int64_t offset;
  for (int i = 0; i < 2; ++i)
    if (failed(types[i].getStridesAndOffset(strides[i], offset)) ||
        llvm::any_of(strides[i], ShapedType::isDynamic))
      return nullptr;
  std::string name = "copy_" + std::to_string(bytesOf(from.getElementType()));
  for (auto [d, n] : llvm::enumerate(from.getShape()))
    name += "_" + std::to_string(n) + "_" + std::to_string(strides[0][d]) + "_" +
            std::to_string(strides[1][d]);
  for (auto &[known, f] : program.launchers)
    if (known == name)
      return f;
  Type element = from.getElementType();
  auto plain = RankedTensorType::get({1}, element);
  OpBuilder at(op.getContext());
  auto kernel = sched::KernelOp::create(at, loc, name, at.getFunctionType({plain}, {plain}), "move",
                                        ArrayRef<int64_t>(), nullptr, nullptr);
  SmallVector<int64_t> alignments(2, bytesOf(element));
  KernelWriter writer(kernel, program.device, alignments);
  writer.forEach(sched::KernelGraph(), from.getNumElements(), [&](DeviceKernel &k, Value position) {
    LaneBuilder &lb = k.threads.b;
    Value places[2] = {lb.i64(0), lb.i64(0)};
    for (auto [d, i] : llvm::enumerate(k.threads.unpack(position, from.getShape())))
      for (int s = 0; s < 2; ++s)
        places[s] = lb.add(places[s], lb.mul(i, strides[s][d]));
    lb.store(lb.load(k.kernel.arguments[0], places[0], element, 1), k.kernel.results[0], places[1]);
  });
  program.add(kernel, writer);
  func::FuncOp f = program.launchers.lookup(kernel.getSymNameAttr());
  // The kernel's type says nothing of how much is read.
  auto written = program.device.lookupSymbol<func::FuncOp>(name);
  for (unsigned i = 0; i < 2; ++i)
    written.removeArgAttr(i, LLVM::LLVMDialect::getDereferenceableAttrName());
  kernel.erase();
  return f;
}

//===-- Segments ------------------------------------------------------------------------------===//

/// Whether a value is the same at every run: the place of a buffer, or what follows from such
/// places and constants alone.
bool TwinBuilder::isFixed(Value v) {
  if (auto known = fixed.find(v); known != fixed.end())
    return known->second;
  Operation *op = v.getDefiningOp();
  bool is = op ? isPure(op) && op->getNumRegions() == 0 &&
                     llvm::all_of(op->getOperands(), [&](Value o) { return isFixed(o); })
               : cast<BlockArgument>(v).getOwner() == &twin.getBody().front() &&
                     isa<MemRefType>(v.getType());
  return fixed[v] = is;
}

/// Moves what computes a fixed value before `place`, in whose block it may stand.
static void hoist(Value v, Operation *place) {
  Operation *source = v.getDefiningOp();
  if (!source || source->getBlock() != place->getBlock() || source->isBeforeInBlock(place))
    return;
  for (Value operand : source->getOperands())
    hoist(operand, place);
  source->moveBefore(place);
}

/// Puts these launches and copies under a question to the runtime, which may have a graph of them.
void TwinBuilder::wrap(ArrayRef<Operation *> run) {
  b.setInsertionPoint(run.front());
  loc = run.front()->getLoc();
  for (Operation *op : run)
    for (Value v : op->getOperands())
      hoist(v, run.front());
  Value number = i64(program.segments++);
  Value asks = call("gradc_cuda_segment", {number}, b.getI64Type())[0];
  Value records = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, asks, i64(0));
  auto branch = scf::IfOp::create(b, loc, records, /*withElseRegion=*/false);
  for (Operation *op : run)
    op->moveBefore(branch.thenYield());
  b.setInsertionPoint(branch.thenYield());
  call("gradc_cuda_segment_end", {number});
}

void TwinBuilder::formSegments(Block &block) {
  SmallVector<Operation *> run;
  SmallVector<SmallVector<Operation *>> runs;
  auto close = [&] {
    if (run.size() > 1)
      runs.push_back(run);
    run.clear();
  };
  for (Operation &op : block) {
    bool isWork = isa<sched::LaunchOp, memref::CopyOp>(op);
    if (isWork && llvm::all_of(op.getOperands(), [&](Value v) { return isFixed(v); }))
      run.push_back(&op);
    else if (isWork || !isPure(&op) || op.getNumRegions())
      close();
  }
  close();
  for (ArrayRef<Operation *> each : runs)
    wrap(each);
}

LogicalResult TwinBuilder::run() {
  SmallVector<Block *> blocks;
  twin.walk([&](Block *block) { blocks.push_back(block); });
  for (Block *block : blocks)
    formSegments(*block);
  SmallVector<Operation *> work;
  twin.walk([&](Operation *op) {
    if (isa<sched::LaunchOp, sched::HostOp, memref::CopyOp, memref::LoadOp, memref::StoreOp>(op))
      work.push_back(op);
  });
  for (Operation *op : work) {
    b.setInsertionPoint(op);
    loc = op->getLoc();
    LogicalResult done = success();
    if (auto o = dyn_cast<sched::LaunchOp>(op))
      launch(o);
    else if (auto o = dyn_cast<sched::HostOp>(op))
      host(o);
    else if (auto o = dyn_cast<memref::CopyOp>(op))
      done = copy(o);
    else if (auto o = dyn_cast<memref::LoadOp>(op))
      done = read(o);
    else
      done = write(cast<memref::StoreOp>(op));
    if (failed(done))
      return failure();
  }
  return success();
}

LogicalResult DeviceProgram::addTwin(func::FuncOp f, bool lenient) {
  OpBuilder b(f);
  b.setInsertionPointAfter(f);
  auto twin = cast<func::FuncOp>(b.clone(*f));
  added.push_back(twin);
  twin.setSymName((f.getSymName() + kSuffix).str());
  // Small arenas of the CPU are on the stack; this one is on the device.
  for (unsigned i = 0; i < twin.getNumArguments(); ++i)
    twin.removeArgAttr(i, sched::kArenaAttr);
  unsigned position = twin.getNumArguments();
  (void)twin.insertArgument(position, LLVM::LLVMPointerType::get(f.getContext()), {}, f.getLoc());
  return TwinBuilder(*this, twin, twin.getArgument(position), lenient).run();
}

LogicalResult DeviceProgram::addTwins(bool lenient) {
  for (auto f : llvm::to_vector(module.getOps<func::FuncOp>()))
    if (!f.isPrivate() && !f.isExternal() && failed(addTwin(f, lenient)))
      return failure();
  Builder b(module.getContext());
  SmallVector<StringRef> names(kernels.begin(), kernels.end());
  device->setAttr(kKernelsAttr, b.getStrArrayAttr(names));
  device->setAttr(kWorkspaceAttr, b.getI64IntegerAttr(workspace));
  return success();
}

void DeviceProgram::remove() {
  // Twins call launchers, these the runtime.
  for (Operation *op : llvm::reverse(added))
    op->dropAllReferences();
  for (Operation *op : llvm::reverse(added))
    op->erase();
  device.erase();
}
