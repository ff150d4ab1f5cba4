// EmitKernels.cpp - turns kernels into functions and launches into calls.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Lanes/Buffers.h"
#include "../Lanes/Support.h"
#include "Emitters.h"
#include "Owned.h"
#include "Team.h"
#include "gradc/IR/Sched.h"
#include "gradc/Target/CPU/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"

namespace gradc::cpu {
#define GEN_PASS_DEF_EMITKERNELSPASS
#include "gradc/Target/CPU/Passes.h.inc"
} // namespace gradc::cpu

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;

namespace {

/// A function of at most this many operations is inlined wherever it is launched.
constexpr int64_t kInlineOps = 800;
/// What a function may grow by, in all; LLVM's schedulers take quadratic time on long blocks, so
/// that what is launched often counts for more.
constexpr int64_t kInlineBudget = 5000;
constexpr int64_t kOften = 4, kOftenWeight = 8;

struct EmitKernelsPass : cpu::impl::EmitKernelsPassBase<EmitKernelsPass> {
  using EmitKernelsPassBase::EmitKernelsPassBase;
  void runOnOperation() override;

private:
  LogicalResult chooseTarget();
  LogicalResult emit(sched::KernelOp op);
  LogicalResult emitGraph(sched::KernelOp op);
  void emitNests(sched::KernelOp op, const sched::KernelGraph &graph, LaneBuilder &b,
                 func::FuncOp f);
  void emitOwner(sched::KernelOp op, ag::KernelOpInterface owner);
  void emitCode(sched::KernelOp op, double time,
                llvm::function_ref<void(LaneBuilder &, func::FuncOp)> code);
  Value teamOf(sched::LaunchOp op);
  void chooseInlined();
  LogicalResult lowerLaunch(sched::LaunchOp op);
  func::FuncOp declare(sched::KernelOp op);
  Value constantPointer(LaneBuilder &b, DenseElementsAttr data);

  CpuTarget target;
  llvm::MapVector<StringAttr, func::FuncOp> functions;
  /// Those of them that share their work, and the memory that a thread needs for itself.
  DenseSet<Operation *> sharers;
  int64_t threadScratch = 0;
  DenseMap<Attribute, LLVM::GlobalOp> globals;
};

} // namespace

LogicalResult EmitKernelsPass::chooseTarget() {
  std::string why;
  FailureOr<CpuTarget> host = CpuTarget::create("", "native", why);
  bool given = vectorBits && registers;
  if (!given && failed(host))
    return getOperation().emitError(why);
  target = given ? CpuTarget{{vectorBits, registers, masks, scales}} : *host;
  if (vectorBits) {
    target.vectorBits = vectorBits;
    target.masks = masks;
    target.scales = scales;
  }
  if (registers)
    target.registers = registers;
  if (target.vectorBits < 64 || target.vectorBits > 2048 || !llvm::isPowerOf2_32(target.vectorBits))
    return getOperation().emitError(
               "expected 'vector-bits' to be a power of two from 64 to 2048, got ")
           << target.vectorBits;
  return success();
}

/// A function of pointers (arguments, then results) and the kernel's scalars.
func::FuncOp EmitKernelsPass::declare(sched::KernelOp op) {
  OpBuilder b(op);
  Type pointer = LLVM::LLVMPointerType::get(&getContext());
  SmallVector<Type> types;
  for (Type t : op.getArgumentTypes())
    types.push_back(isa<TensorType>(t) ? pointer : t);
  types.append(op.getResultTypes().size(), pointer);
  auto f = func::FuncOp::create(b, op.getLoc(), (op.getSymName() + ".cpu").str(),
                                b.getFunctionType(types, {}));
  f.setPrivate();
  f->setAttr("llvm.linkage", LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal));
  f.addEntryBlock();
  // Buffers overlap only where 'inplace' says so.
  SmallVector<bool> shared(types.size(), false);
  for (size_t i = 0; i < op.getInplace().size(); i += 2) {
    shared[op.getInplace()[i]] = true;
    shared[op.getArgumentTypes().size() + op.getInplace()[i + 1]] = true;
  }
  for (unsigned i = 0; i < types.size(); ++i) {
    if (types[i] != pointer)
      continue;
    if (!shared[i])
      f.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    bool input = i < op.getArgumentTypes().size();
    if (input)
      f.setArgAttr(i, LLVM::LLVMDialect::getReadonlyAttrName(), b.getUnitAttr());
  }
  return f;
}

/// A constant of the module with these elements, bools as bytes.
Value EmitKernelsPass::constantPointer(LaneBuilder &b, DenseElementsAttr data) {
  LLVM::GlobalOp &global = globals[data];
  if (!global) {
    OpBuilder::InsertionGuard guard(b.b);
    b.b.setInsertionPointToStart(getOperation().getBody());
    DenseElementsAttr content = lanes::inMemory(data);
    auto type = LLVM::LLVMArrayType::get(content.getElementType(), content.getNumElements());
    global =
        LLVM::GlobalOp::create(b.b, b.loc, type, true, LLVM::Linkage::Internal,
                               "kernel.constant." + std::to_string(globals.size()), content, 64);
  }
  return LLVM::AddressOfOp::create(b.b, b.loc, global);
}

static int64_t bytesOf(RankedTensorType type) {
  return type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

LogicalResult EmitKernelsPass::emit(sched::KernelOp op) {
  if (failed(checkSupport(op)))
    return failure();
  auto owners = op.getBody().front().getOps<ag::KernelOpInterface>();
  if (owners.empty())
    return emitGraph(op);
  emitOwner(op, *owners.begin());
  return success();
}

/// An op that owns the kernel: its operands are the kernel's arguments, and its results the
/// kernel's results, before the memory that it needs besides.
void EmitKernelsPass::emitOwner(sched::KernelOp op, ag::KernelOpInterface owner) {
  if (printPlan)
    llvm::errs() << "kernel @" << op.getSymName() << ": " << owner->getName().stripDialect()
                 << '\n';
  emitCode(op, estimateTime(owner), [&](LaneBuilder &b, func::FuncOp f) {
    OwnedKernel kernel;
    for (Value v : owner->getOperands())
      kernel.operands.push_back(f.getArgument(cast<BlockArgument>(v).getArgNumber()));
    unsigned args = unsigned(op.getArgumentTypes().size());
    for (auto [i, type] : llvm::enumerate(op.getResultTypes())) {
      kernel.results.push_back(f.getArgument(args + unsigned(i)));
      kernel.resultBytes.push_back(bytesOf(cast<RankedTensorType>(type)));
    }
    emitOwnedKernel(b, owner, kernel);
  });
}

/// The function of a kernel with what `code` puts into it; from some time on, `time` nanoseconds
/// estimated, its work is shared.
void EmitKernelsPass::emitCode(sched::KernelOp op, double time,
                               llvm::function_ref<void(LaneBuilder &, func::FuncOp)> code) {
  func::FuncOp f = declare(op);
  std::optional<TeamKernel> shared;
  if (time > 0 && time >= shareFrom)
    shared.emplace(f, target);
  func::FuncOp at = shared ? shared->body : f;
  OpBuilder body = OpBuilder::atBlockBegin(&at.getBody().front());
  LaneBuilder b(body, op.getLoc(), target);
  b.team = shared ? &shared->team : nullptr;
  code(b, at);
  func::ReturnOp::create(b.b, b.loc);
  if (shared) {
    shared->finish();
    sharers.insert(f);
    threadScratch = std::max(threadScratch, shared->team.ownBytes);
    ++sharing;
  }
  ++kernels;
  functions[op.getSymNameAttr()] = f;
}

LogicalResult EmitKernelsPass::emitGraph(sched::KernelOp op) {
  std::string why;
  FailureOr<sched::KernelGraph> graph = sched::KernelGraph::build(op, why);
  if (failed(graph))
    return op.emitError("cannot emit kernel '") << op.getSymName() << "': " << why;
  for (size_t i = 0; i < op.getInplace().size(); i += 2)
    if (!graph->mayOverwrite(unsigned(op.getInplace()[i]), unsigned(op.getInplace()[i + 1])))
      return op.emitError("cannot emit kernel '")
             << op.getSymName() << "': result " << op.getInplace()[i + 1]
             << " may not overwrite argument " << op.getInplace()[i];
  if (printPlan) {
    llvm::errs() << "kernel @" << op.getSymName() << ": ";
    graph->print(llvm::errs());
  }
  // What the unrolled form works on is in registers.
  double time = graph->form == sched::KernelForm::Tiny ? 0 : estimateTime(*graph);
  emitCode(op, time, [&](LaneBuilder &b, func::FuncOp f) { emitNests(op, *graph, b, f); });
  return success();
}

void EmitKernelsPass::emitNests(sched::KernelOp op, const sched::KernelGraph &graph, LaneBuilder &b,
                                func::FuncOp f) {
  Kernel kernel{graph, {}, {}, {}, {}};
  unsigned args = unsigned(op.getArgumentTypes().size());
  for (unsigned i = 0; i < args; ++i) {
    kernel.arguments.push_back(f.getArgument(i));
    auto type = dyn_cast<RankedTensorType>(op.getArgumentTypes()[i]);
    kernel.elements.push_back(type ? type.getNumElements() : 1);
  }
  for (DenseElementsAttr data : graph.constants) {
    kernel.arguments.push_back(constantPointer(b, data));
    kernel.elements.push_back(data.getNumElements());
  }
  for (unsigned i = 0; i < op.getResultTypes().size(); ++i)
    kernel.results.push_back(f.getArgument(args + i));
  if (sched::KernelGraph::hasScratch(op))
    kernel.scratch = kernel.results.pop_back_val();
  switch (graph.form) {
  case sched::KernelForm::Tiny:
    return emitTiny(b, kernel);
  case sched::KernelForm::Rows:
    return emitRows(b, kernel);
  case sched::KernelForm::Contraction:
    return emitContraction(b, kernel);
  }
}

/// Kernels become part of the functions that launch them from the smallest on, as long as none of
/// these grows too large: within one function LLVM keeps a small step's state in registers, but its
/// passes take more than linear time.
void EmitKernelsPass::chooseInlined() {
  llvm::MapVector<StringAttr, int64_t> sizes;
  for (auto &[name, f] : functions)
    f.walk([&, key = name](Operation *) { ++sizes[key]; });
  // By launching function, the launches of each kernel.
  llvm::MapVector<Operation *, llvm::MapVector<StringAttr, int64_t>> launches;
  getOperation().walk([&](sched::LaunchOp op) {
    ++launches[op->getParentOfType<func::FuncOp>()][op.getKernelAttr().getAttr()];
  });
  auto total = [&](int64_t limit) {
    int64_t most = 0;
    for (auto &[function, kernels] : launches) {
      int64_t sum = 0;
      for (auto &[name, count] : kernels)
        if (sizes[name] <= limit && !sharers.contains(functions[name]))
          sum += sizes[name] * count * (count > kOften ? kOftenWeight : 1);
      most = std::max(most, sum);
    }
    return most;
  };
  SmallVector<int64_t> limits;
  for (auto &[name, size] : sizes)
    if (size <= kInlineOps && !sharers.contains(functions[name]))
      limits.push_back(size);
  llvm::sort(limits);
  while (!limits.empty() && total(limits.back()) > kInlineBudget)
    limits.pop_back();
  int64_t limit = limits.empty() ? 0 : limits.back();
  for (auto &[name, f] : functions) {
    bool isSmall = sizes[name] <= limit && !sharers.contains(f);
    inlined += isSmall;
    f->setAttr("passthrough", Builder(f).getStrArrayAttr({isSmall ? "alwaysinline" : "noinline"}));
  }
}

/// The team that the launching function was called with; only entry points are.
Value EmitKernelsPass::teamOf(sched::LaunchOp op) {
  auto f = op->getParentOfType<func::FuncOp>();
  auto pointer = LLVM::LLVMPointerType::get(&getContext());
  if (f.isPrivate()) {
    OpBuilder b(op);
    return LLVM::ZeroOp::create(b, op.getLoc(), pointer);
  }
  for (unsigned i = 0; i < f.getNumArguments(); ++i)
    if (f.getArgAttr(i, sched::kTeamAttr))
      return f.getArgument(i);
  Builder b(&getContext());
  auto attr = b.getDictionaryAttr(b.getNamedAttr(sched::kTeamAttr, b.getUnitAttr()));
  (void)f.insertArgument(f.getNumArguments(), pointer, attr, f.getLoc());
  return f.getArguments().back();
}

LogicalResult EmitKernelsPass::lowerLaunch(sched::LaunchOp op) {
  OpBuilder b(op);
  SmallVector<Value> operands;
  for (Value v : op->getOperands()) {
    if (isa<TensorType>(v.getType()))
      return op.emitError("expected a launch on memrefs, got an operand of type ") << v.getType();
    if (!isa<MemRefType>(v.getType())) {
      operands.push_back(v);
      continue;
    }
    if (!isContiguous(cast<MemRefType>(v.getType())))
      return op.emitError("expected contiguous buffers, got an operand of type ") << v.getType();
    operands.push_back(pointerOf(b, op.getLoc(), v));
  }
  func::FuncOp f = functions.lookup(op.getKernelAttr().getAttr());
  if (sharers.contains(f))
    operands.push_back(teamOf(op));
  func::CallOp::create(b, op.getLoc(), f, operands);
  op.erase();
  return success();
}

void EmitKernelsPass::runOnOperation() {
  if (failed(chooseTarget()))
    return signalPassFailure();
  functions.clear();
  globals.clear();
  sharers.clear();
  threadScratch = 0;
  SmallVector<sched::KernelOp> all(getOperation().getOps<sched::KernelOp>());
  for (sched::KernelOp op : all)
    if (failed(emit(op)))
      return signalPassFailure();
  chooseInlined();
  WalkResult walk = getOperation().walk([&](sched::LaunchOp op) {
    return failed(lowerLaunch(op)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (walk.wasInterrupted())
    return signalPassFailure();
  for (sched::KernelOp op : all)
    op.erase();
  if (!sharers.empty())
    getOperation()->setAttr(sched::kThreadScratchAttr,
                            Builder(&getContext()).getI64IntegerAttr(threadScratch));
}
