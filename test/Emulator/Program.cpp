// Program.cpp - kernels of an image, made to run on a CPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NVIDIA's intrinsics become calls of the emulator, and a call that checks it stands before every
// access to memory of the device. What remains is compiled for the host.
#include "Program.h"
#include "Memory.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {

constexpr unsigned kSharedSpace = 3;

class Rewriter {
public:
  Rewriter(Module &module, const emulator::Mutation &mutation)
      : module(module), mutation(mutation), b(module.getContext()), i32(b.getInt32Ty()),
        pointer(b.getPtrTy()) {}

  /// What the emulator lacks; empty if nothing.
  std::string run();
  std::map<std::string, emulator::Kernel> kernels;
  std::vector<std::pair<std::string, uint64_t>> shared; // symbols and bytes

private:
  bool replace(CallInst *call);
  void check(Instruction *access);
  void swapIndices(BinaryOperator *sum);
  void moveBound(ICmpInst *comparison);
  void addEntry(Function &kernel);
  void shareMemory();
  bool isMutated(StringRef kind, const Instruction *what);
  Value *callTo(StringRef name, Type *result, ArrayRef<Value *> arguments);

  Module &module;
  const emulator::Mutation &mutation;
  IRBuilder<> b;
  Type *i32, *pointer;
  unsigned site = 0;
  std::map<std::string, unsigned> seen; // by kind, how many
};

} // namespace

Value *Rewriter::callTo(StringRef name, Type *result, ArrayRef<Value *> arguments) {
  SmallVector<Type *> types;
  for (Value *v : arguments)
    types.push_back(v->getType());
  return b.CreateCall(module.getOrInsertFunction(name, FunctionType::get(result, types, false)),
                      arguments);
}

bool Rewriter::isMutated(StringRef kind, const Instruction *what) {
  if (seen[kind.str()]++ != mutation.number || kind != mutation.kind)
    return false;
  if (getenv("GRADC_EMULATOR_TRACE"))
    errs() << "emulator: " << what->getFunction()->getName() << ": changes" << *what << "\n";
  return true;
}

/// False for an intrinsic that is not emulated.
bool Rewriter::replace(CallInst *call) {
  StringRef name = call->getCalledFunction()->getName();
  name.consume_front("llvm.nvvm.");
  b.SetInsertPoint(call);
  Value *result = nullptr;
  Value *here = b.getInt32(site++);
  auto argument = [&](unsigned i) { return call->getArgOperand(i); };
  if (name == "read.ptx.sreg.tid.x") {
    result = callTo("emulator.thread", i32, {});
  } else if (name == "read.ptx.sreg.ctaid.x") {
    result = callTo("emulator.block", i32, {});
  } else if (name == "barrier.cta.sync.aligned.all") {
    if (!isMutated("barrier", call))
      callTo("emulator.barrier", b.getVoidTy(), {here});
  } else if (name == "bar.warp.sync") {
    if (!isMutated("warp", call))
      callTo("emulator.warp", b.getVoidTy(), {here, argument(0)});
  } else if (name == "shfl.sync.down.i32" || name == "shfl.sync.idx.i32") {
    Value *isDown = b.getInt32(name.contains("down"));
    result = isMutated("shuffle", call)
                 ? argument(1)
                 : callTo("emulator.shuffle", i32,
                          {here, isDown, argument(0), argument(1), argument(2)});
  } else {
    return false;
  }
  if (result)
    call->replaceAllUsesWith(result);
  call->eraseFromParent();
  return true;
}

/// Stack and constants are nobody else's.
static bool isPrivate(const Value *object) {
  if (isa<AllocaInst>(object))
    return true;
  auto *global = dyn_cast<GlobalVariable>(object);
  return global && global->isConstant();
}

/// a * N + b becomes b * N + a: rows and columns, or whatever they are, change places.
void Rewriter::swapIndices(BinaryOperator *sum) {
  for (unsigned i = 0; i < 2; ++i) {
    auto *scaled = dyn_cast<BinaryOperator>(sum->getOperand(i));
    if (!scaled ||
        (scaled->getOpcode() != Instruction::Mul && scaled->getOpcode() != Instruction::Shl) ||
        !isa<ConstantInt>(scaled->getOperand(1)))
      continue;
    Value *other = sum->getOperand(1 - i);
    if (isa<Constant>(other) || other == scaled->getOperand(0) || !isMutated("swap", sum))
      continue;
    b.SetInsertPoint(sum);
    Value *now = b.CreateBinOp(scaled->getOpcode(), other, scaled->getOperand(1));
    Value *first = scaled->getOperand(0);
    sum->setHasNoUnsignedWrap(false);
    sum->setHasNoSignedWrap(false);
    sum->setOperand(i, now);
    sum->setOperand(1 - i, first);
    return;
  }
}

/// A tile, a row or a loop goes one further than it should.
void Rewriter::moveBound(ICmpInst *comparison) {
  auto *bound = dyn_cast<ConstantInt>(comparison->getOperand(1));
  if (bound && comparison->isRelational() && !bound->isZero() && isMutated("bound", comparison))
    comparison->setOperand(1, ConstantInt::get(bound->getType(), bound->getValue() + 1));
}

void Rewriter::check(Instruction *access) {
  Value *at = getLoadStorePointerOperand(access);
  const Value *object = getUnderlyingObject(at);
  if (isPrivate(object))
    return;
  Type *type = getLoadStoreType(access);
  if (isMutated("index", access)) { // the neighbour's element
    b.SetInsertPoint(access);
    uint64_t next = module.getDataLayout().getTypeStoreSize(type);
    at = b.CreatePtrAdd(at, b.getInt64(next));
    access->setOperand(isa<StoreInst>(access) ? 1 : 0, at);
  }
  uint64_t extent = 0;
  if (auto *argument = dyn_cast<Argument>(object))
    extent = argument->getDereferenceableBytes();
  else if (auto *global = dyn_cast<GlobalVariable>(object))
    extent = module.getDataLayout().getTypeAllocSize(global->getValueType());
  b.SetInsertPoint(access);
  auto plain = [&](Value *v) { return b.CreateAddrSpaceCast(v, pointer); };
  callTo("emulator.access", b.getVoidTy(),
         {plain(at), b.getInt32(unsigned(module.getDataLayout().getTypeStoreSize(type))),
          b.getInt32(unsigned(getLoadStoreAlignment(access).value())),
          b.getInt32(isa<StoreInst>(access)), plain(const_cast<Value *>(object)),
          b.getInt64(extent)});
}

/// A function that takes the parameters as the driver has them: an array of their addresses.
void Rewriter::addEntry(Function &kernel) {
  emulator::Kernel record;
  record.name = kernel.getName().str();
  if (Attribute most = kernel.getFnAttribute("nvvm.maxntid"); most.isStringAttribute())
    (void)most.getValueAsString().getAsInteger(10, record.mostThreads);
  for (Argument &a : kernel.args())
    record.parameterBytes.push_back(uint32_t(module.getDataLayout().getTypeAllocSize(a.getType())));
  kernels[record.name] = record;
  kernel.setCallingConv(CallingConv::C);
  auto *entry = Function::Create(FunctionType::get(b.getVoidTy(), {pointer}, false),
                                 GlobalValue::ExternalLinkage, "entry." + kernel.getName(), module);
  b.SetInsertPoint(BasicBlock::Create(module.getContext(), "", entry));
  SmallVector<Value *> arguments;
  for (Argument &a : kernel.args()) {
    Value *slot = b.CreateConstInBoundsGEP1_64(pointer, entry->getArg(0), a.getArgNo());
    arguments.push_back(b.CreateLoad(a.getType(), b.CreateLoad(pointer, slot)));
  }
  b.CreateCall(&kernel, arguments);
  b.CreateRetVoid();
}

void Rewriter::shareMemory() {
  for (GlobalVariable &g : module.globals()) {
    if (g.getAddressSpace() != kSharedSpace)
      continue;
    g.setInitializer(Constant::getNullValue(g.getValueType()));
    g.setLinkage(GlobalValue::ExternalLinkage);
    shared.push_back(
        {g.getName().str(), module.getDataLayout().getTypeAllocSize(g.getValueType())});
  }
}

std::string Rewriter::run() {
  SmallVector<Function *> functions;
  for (Function &f : module) {
    f.removeFnAttr("target-cpu");
    f.removeFnAttr("target-features");
    if (!f.isDeclaration())
      functions.push_back(&f);
  }
  for (Function *f : functions) {
    SmallVector<CallInst *> calls;
    SmallVector<Instruction *> accesses;
    SmallVector<BinaryOperator *> sums;
    SmallVector<ICmpInst *> comparisons;
    for (Instruction &i : instructions(*f)) {
      auto *call = dyn_cast<CallInst>(&i);
      Function *callee = call ? call->getCalledFunction() : nullptr;
      if (callee && callee->getName().starts_with("llvm.nvvm."))
        calls.push_back(call);
      else if (isa<LoadInst, StoreInst>(i))
        accesses.push_back(&i);
      else if (auto *sum = dyn_cast<BinaryOperator>(&i);
               sum && (sum->getOpcode() == Instruction::Add ||
                       (sum->getOpcode() == Instruction::Or && sum->getType()->isIntegerTy(64))))
        sums.push_back(sum);
      else if (auto *comparison = dyn_cast<ICmpInst>(&i))
        comparisons.push_back(comparison);
    }
    for (BinaryOperator *sum : sums)
      swapIndices(sum);
    for (ICmpInst *comparison : comparisons)
      moveBound(comparison);
    for (CallInst *call : calls)
      if (std::string name = call->getCalledFunction()->getName().str(); !replace(call))
        return "'" + name + "' is not emulated";
    for (Instruction *access : accesses)
      check(access);
    if (f->getCallingConv() == CallingConv::PTX_Kernel)
      addEntry(*f);
  }
  shareMemory();
  if (!mutation.kind.empty() && seen[mutation.kind] <= mutation.number)
    return "there is no " + mutation.kind + " number " + std::to_string(mutation.number);
  return "";
}

/// Bitcode says how long it is in a header that the writer puts before it.
static Expected<std::unique_ptr<Module>> parse(const void *image, LLVMContext &context) {
  // "gradcIR\0", the length, the capability that a cubin is for.
  auto *bytes = static_cast<const char *>(image);
  if (StringRef(bytes, 8) != StringRef("gradcIR\0", 8))
    return createStringError("the image is not the emulator's: build with --gpu-arch=emulator");
  uint64_t length;
  memcpy(&length, bytes + 8, sizeof length);
  return parseBitcodeFile(MemoryBufferRef(StringRef(bytes + 24, length), "image"), context);
}

uint64_t emulator::capabilityOf(const void *image) {
  uint64_t capability = 0;
  if (StringRef(static_cast<const char *>(image), 8) == StringRef("gradcIR\0", 8))
    memcpy(&capability, static_cast<const char *>(image) + 16, sizeof capability);
  return capability;
}

std::map<std::string, emulator::Kernel> emulator::load(const void *image, const Mutation &mutation,
                                                       std::string &why) {
  auto fail = [&](Error e) {
    why = toString(std::move(e));
    return std::map<std::string, Kernel>();
  };
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto context = std::make_unique<LLVMContext>();
  Expected<std::unique_ptr<Module>> module = parse(image, *context);
  if (!module)
    return fail(module.takeError());
  auto jit = orc::LLJITBuilder().create();
  if (!jit)
    return fail(jit.takeError());
  (*module)->setTargetTriple((*jit)->getTargetTriple());
  (*module)->setDataLayout((*jit)->getDataLayout());
  Rewriter rewriter(**module, mutation);
  why = rewriter.run();
  if (!why.empty())
    return {};
  raw_string_ostream os(why);
  if (verifyModule(**module, &os))
    return {};
  orc::SymbolMap own;
  for (const Symbol &s : symbols())
    own[(*jit)->mangleAndIntern(s.name)] = {orc::ExecutorAddr::fromPtr(s.address),
                                            JITSymbolFlags::Exported};
  if (Error e = (*jit)->getMainJITDylib().define(orc::absoluteSymbols(std::move(own))))
    return fail(std::move(e));
  if (Error e = (*jit)->addIRModule(orc::ThreadSafeModule(std::move(*module), std::move(context))))
    return fail(std::move(e));
  for (auto &[name, kernel] : rewriter.kernels) {
    auto entry = (*jit)->lookup("entry." + name);
    if (!entry)
      return fail(entry.takeError());
    kernel.entry = entry->toPtr<Entry>();
  }
  for (auto &[name, bytes] : rewriter.shared) {
    auto at = (*jit)->lookup(name);
    if (!at)
      return fail(at.takeError());
    addShared(at->toPtr<char *>(), bytes);
  }
  // The code lives as long as the process.
  (void)jit->release();
  return std::move(rewriter.kernels);
}
