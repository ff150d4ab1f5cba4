// Device.cpp - PTX from kernels in the LLVM dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Link.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace gradc::link;

/// NVIDIA's back end only; others stay out of memory.
static void initializeDevice() {
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
}

static std::unique_ptr<TargetMachine> makeDeviceMachine(StringRef architecture,
                                                        gradc::link::ErrorHandler error) {
  initializeDevice();
  Triple triple("nvptx64-nvidia-cuda");
  std::string why;
  const Target *target = TargetRegistry::lookupTarget(triple, why);
  if (!target) {
    error("this build of LLVM has no code generator for NVIDIA GPUs: " + why);
    return nullptr;
  }
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict; // gradc says where a product and a sum are one
  return std::unique_ptr<TargetMachine>(target->createTargetMachine(
      triple, architecture, "", options, std::nullopt, std::nullopt, CodeGenOptLevel::Aggressive));
}

/// sm_80 -> 80; 0 where that is no architecture from sm_80 on.
static uint32_t capabilityOf(StringRef architecture) {
  uint32_t number = 0;
  StringRef digits = architecture;
  if (!digits.consume_front("sm_") || digits.getAsInteger(10, number) || number < 80 ||
      number > 121)
    return 0;
  return number;
}

/// A call to what nobody defines would fail when the program starts, on another machine.
static const llvm::Function *firstUnresolved(const Module &module) {
  for (const llvm::Function &f : module)
    if (f.isDeclaration() && !f.isIntrinsic())
      return &f;
  return nullptr;
}

bool gradc::link::emitDevice(mlir::ModuleOp op, StringRef architecture, unsigned optLevel,
                             DeviceCode &code, ErrorHandler error) {
  bool emulated = architecture == "emulator";
  code.architecture = capabilityOf(emulated ? "sm_80" : architecture);
  if (!code.architecture) {
    error("--gpu-arch: expected sm_80, sm_90 or another from sm_80 on, got '" + architecture + "'");
    return false;
  }
  std::unique_ptr<TargetMachine> machine =
      makeDeviceMachine(emulated ? "sm_80" : architecture, error);
  if (!machine)
    return false;
  LLVMContext context;
  std::unique_ptr<Module> module = mlir::translateModuleToLLVMIR(op, context, "gradc.device");
  if (!module)
    return false;
  module->setTargetTriple(machine->getTargetTriple());
  module->setDataLayout(machine->createDataLayout());
  for (llvm::Function &f : *module)
    f.setDoesNotThrow();
  for (const std::string &name : code.kernels)
    module->getFunction(name)->setCallingConv(CallingConv::PTX_Kernel);
  optimize(module, *machine, std::max(optLevel, 1u));
  if (const llvm::Function *f = firstUnresolved(*module)) {
    error("device code calls '" + f->getName() + "', which nothing defines");
    return false;
  }
  if (emulated) {
    // Bitcode, unlike PTX, does not say where it ends.
    SmallString<0> bitcode;
    raw_svector_ostream os(bitcode);
    WriteBitcodeToFile(*module, os);
    uint64_t length = bitcode.size();
    code.image.assign("gradcIR\0", 8);
    code.image.append(reinterpret_cast<const char *>(&length), sizeof length);
    code.image.append(bitcode.begin(), bitcode.end());
    return true;
  }
  SmallString<0> text;
  if (!emitMachineCode(*module, *machine, /*assembly=*/true, text)) {
    error("no assembly for NVIDIA GPUs");
    return false;
  }
  code.image = text.str().str();
  return true;
}
