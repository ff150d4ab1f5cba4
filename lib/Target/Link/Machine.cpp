// Machine.cpp - LLVM's part: the target machine, its passes, machine code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Link.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/Transforms/IPO/AlwaysInliner.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/DeadStoreElimination.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/GVN.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopDeletion.h"
#include "llvm/Transforms/Scalar/LoopIdiomRecognize.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/LoopRotation.h"
#include "llvm/Transforms/Scalar/LoopUnrollPass.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;
using namespace gradc::link;

/// Registering one back end instead of all keeps start-up short.
static void initializeTarget(const Triple &triple) {
  Triple host(sys::getDefaultTargetTriple());
  if (triple.getArch() == host.getArch()) {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    return;
  }
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
}

static std::string hostFeatures() {
  SmallVector<std::string> features;
  for (auto &feature : sys::getHostCPUFeatures())
    features.push_back((feature.second ? "+" : "-") + feature.first().str());
  llvm::sort(features); // a StringMap has no order of its own
  return join(features, ",");
}

static bool hasMinimum(const TargetMachine &machine) {
  const MCSubtargetInfo *info = machine.getMCSubtargetInfo();
  return info->checkFeatures("+avx2,+fma,+bmi2,+f16c");
}

std::unique_ptr<TargetMachine> gradc::link::makeTargetMachine(StringRef tripleText, StringRef march,
                                                              unsigned optLevel,
                                                              ErrorHandler error) {
  std::string host = sys::getDefaultTargetTriple();
  Triple triple(tripleText.empty() ? host : Triple::normalize(tripleText));
  initializeTarget(triple);
  std::string why;
  const Target *target = TargetRegistry::lookupTarget(triple, why);
  if (!target) {
    error("unknown target '" + tripleText + "': " + why);
    return nullptr;
  }
  std::string cpu = march.str(), features;
  if (march.empty() || march == "native") {
    bool native = triple.getArch() == Triple(host).getArch();
    cpu = native ? sys::getHostCPUName().str() : triple.isX86() ? "x86-64-v3" : "generic";
    features = native ? hostFeatures() : "";
  }
  if (triple.isX86()) // full width, also where the CPU's tuning prefers half of it
    features += features.empty() ? "-prefer-256-bit" : ",-prefer-256-bit";
  // Asked before a machine is made: LLVM only warns about a name that it does not know.
  std::unique_ptr<MCSubtargetInfo> info(target->createMCSubtargetInfo(triple, "", ""));
  if (!info || !info->isCPUStringValid(cpu)) {
    error("unknown processor '" + cpu + "' for " + triple.str());
    return nullptr;
  }
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict; // gradc says where a product and a sum are one
  options.FunctionSections = options.DataSections = true;
  std::unique_ptr<TargetMachine> machine(target->createTargetMachine(
      triple, cpu, features, options, Reloc::PIC_, std::nullopt,
      // LLVM 22's least level may go round in circles on vectors of AVX-512.
      optLevel == 0 ? CodeGenOptLevel::Less
                    : (optLevel < 3 ? CodeGenOptLevel::Default : CodeGenOptLevel::Aggressive)));
  if (machine && triple.isX86() && !hasMinimum(*machine)) {
    error("'" + cpu + "' lacks AVX2 or FMA: compiled programs need at least x86-64-v3");
    return nullptr;
  }
  if (!machine)
    error("no code generator for " + triple.str());
  return machine;
}

/// What the emitters' code still wants. They have chosen vectors, tiles and unrolling, and a kernel
/// is inlined or not at all: LLVM's own pipelines spend most of their time on what is not there.
/// Loops count in 64 bits from the start: there is nothing to widen, and exits are simple.
///
/// `splitsTwice`: what inlined kernels leave in memory between them becomes values.
static ModulePassManager makePipeline(unsigned optLevel, bool splitsTwice) {
  ModulePassManager passes;
  passes.addPass(AlwaysInlinerPass(/*InsertLifetimeIntrinsics=*/false));
  FunctionPassManager function;
  function.addPass(SROAPass(SROAOptions::ModifyCFG));
  function.addPass(EarlyCSEPass());
  function.addPass(SimplifyCFGPass());
  function.addPass(InstCombinePass());
  LoopPassManager loops;
  loops.addPass(LoopRotatePass());
  loops.addPass(LICMPass(LICMOptions()));
  loops.addPass(LoopIdiomRecognizePass());
  loops.addPass(LoopDeletionPass());
  function.addPass(createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/true));
  // Only loops that are marked.
  function.addPass(LoopUnrollPass(LoopUnrollOptions(int(optLevel), /*OnlyWhenForced=*/true)));
  if (splitsTwice)
    function.addPass(SROAPass(SROAOptions::ModifyCFG));
  function.addPass(EarlyCSEPass(/*UseMemorySSA=*/true));
  if (optLevel >= 2)
    function.addPass(GVNPass());
  function.addPass(DSEPass());
  function.addPass(InstCombinePass());
  function.addPass(createFunctionToLoopPassAdaptor(LICMPass(LICMOptions()), /*UseMemorySSA=*/true));
  function.addPass(SimplifyCFGPass());
  passes.addPass(createModuleToFunctionPassAdaptor(std::move(function)));
  passes.addPass(GlobalDCEPass());
  return passes;
}

/// `load` by parts of which each has a power of two of elements.
static Value *loadByParts(LoadInst &load, FixedVectorType *type) {
  IRBuilder<> b(&load);
  unsigned count = type->getNumElements(), at = 0;
  uint64_t bytes = type->getScalarSizeInBits() / 8;
  Value *all = nullptr;
  while (at < count) {
    unsigned next = bit_floor(count - at);
    auto *partType = FixedVectorType::get(type->getElementType(), next);
    Value *part = b.CreateAlignedLoad(
        partType, b.CreateConstGEP1_64(b.getInt8Ty(), load.getPointerOperand(), at * bytes),
        commonAlignment(load.getAlign(), at * bytes));
    SmallVector<int> widen(count, PoisonMaskElem), merge(count);
    for (unsigned i = 0; i < count; ++i) {
      widen[i] = i < next ? int(i) : PoisonMaskElem;
      merge[i] = i < at ? int(i) : int(count + i - at);
    }
    part = b.CreateShuffleVector(part, widen);
    all = all ? b.CreateShuffleVector(all, part, merge) : part;
    at += next;
  }
  return all;
}

/// LLVM 22 crashes, or never ends, where it selects AVX-512 instructions for parts of a vector that
/// is loaded whole and has no power of two of elements. Its optimiser leaves no such loads.
static void splitOddLoads(Module &module) {
  for (llvm::Function &f : module)
    for (Instruction &i : make_early_inc_range(instructions(f))) {
      auto *load = dyn_cast<LoadInst>(&i);
      auto *type = load ? dyn_cast<FixedVectorType>(load->getType()) : nullptr;
      if (!type || isPowerOf2_32(type->getNumElements()) || !load->isSimple() ||
          type->getScalarSizeInBits() % 8)
        continue;
      load->replaceAllUsesWith(loadByParts(*load, type));
      load->eraseFromParent();
    }
}

static void runPipeline(Module &module, TargetMachine &machine, unsigned optLevel,
                        bool splitsTwice) {
  PassBuilder builder(&machine);
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  makePipeline(optLevel, splitsTwice).run(module, modules);
}

/// LLVM 22's SROA makes a value of parts that are stored in another order than they lie in before
/// all of them are known. What it has broken is done again without that.
void gradc::link::optimize(std::unique_ptr<Module> &module, TargetMachine &machine,
                           unsigned optLevel) {
  if (optLevel == 0)
    return splitOddLoads(*module);
  std::unique_ptr<Module> before = CloneModule(*module);
  runPipeline(*module, machine, optLevel, /*splitsTwice=*/true);
  if (!verifyModule(*module))
    return;
  module = std::move(before);
  runPipeline(*module, machine, optLevel, /*splitsTwice=*/false);
  splitOddLoads(*module);
}

bool gradc::link::emitMachineCode(Module &module, TargetMachine &machine, bool assembly,
                                  SmallVectorImpl<char> &out) {
  raw_svector_ostream os(out);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, os, nullptr,
                                  assembly ? CodeGenFileType::AssemblyFile
                                           : CodeGenFileType::ObjectFile))
    return false;
  passes.run(module);
  return true;
}
