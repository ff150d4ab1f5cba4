// Device.cpp - PTX from kernels in the LLVM dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Link.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/MCSubtargetInfo.h"
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

static std::unique_ptr<TargetMachine> makeDeviceMachine(uint32_t capability, std::string &why) {
  initializeDevice();
  Triple triple("nvptx64-nvidia-cuda");
  const Target *target = TargetRegistry::lookupTarget(triple, why);
  if (!target) {
    why = "this build of LLVM has no code generator for NVIDIA GPUs: " + why;
    return nullptr;
  }
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict; // gradc says where a product and a sum are one
  return std::unique_ptr<TargetMachine>(
      target->createTargetMachine(triple, "sm_" + std::to_string(capability), "", options,
                                  std::nullopt, std::nullopt, CodeGenOptLevel::Aggressive));
}

StringRef DeviceCode::ptx() const { return StringRef(images.back().content).drop_back(); }

/// 90 for sm_90 or compute_90; 0 where there is no such architecture from 80 on. Suffixes as in
/// sm_90a ask for code that other devices of that kind do not run.
static uint32_t capabilityOf(StringRef architecture) {
  initializeDevice();
  uint32_t number = 0;
  StringRef digits = architecture;
  if ((!digits.consume_front("sm_") && !digits.consume_front("compute_")) ||
      digits.getAsInteger(10, number) || number < 80)
    return 0;
  Triple triple("nvptx64-nvidia-cuda");
  std::string why;
  const Target *target = TargetRegistry::lookupTarget(triple, why);
  std::unique_ptr<MCSubtargetInfo> info(target ? target->createMCSubtargetInfo(triple, "", "")
                                               : nullptr);
  return info && info->isCPUStringValid("sm_" + std::to_string(number)) ? number : 0;
}

std::optional<DeviceTargets> gradc::link::parseDeviceTargets(StringRef text, ErrorHandler error) {
  DeviceTargets targets;
  if (text.empty())
    return targets;
  targets.cubins.clear();
  uint32_t least = 0;
  SmallVector<StringRef> names;
  text.split(names, ',');
  for (StringRef name : names) {
    if (name == "emulator") {
      targets.emulated = true;
      continue;
    }
    uint32_t capability = capabilityOf(name);
    if (!capability) {
      error("--gpu-arch: expected a list of sm_80, sm_90 and others from sm_80 on (or compute_80 "
            "and so on, for PTX only), got '" +
            name + "'");
      return std::nullopt;
    }
    least = least ? std::min(least, capability) : capability;
    if (name.starts_with("sm_") && !is_contained(targets.cubins, capability))
      targets.cubins.push_back(capability);
  }
  targets.ptx = least ? least : targets.ptx;
  targets.named = !targets.cubins.empty();
  sort(targets.cubins);
  return targets;
}

/// A call to what nobody defines would fail when the program starts, on another machine.
static bool checkResolved(const Module &module, KernelErrorHandler error) {
  for (const llvm::Function &f : module) {
    if (!f.isDeclaration() || f.isIntrinsic())
      continue;
    StringRef kernel;
    for (const User *user : f.users())
      if (const auto *call = dyn_cast<Instruction>(user))
        kernel = call->getFunction()->getName();
    error(kernel, "its code for GPUs calls '" + f.getName() + "', which nothing defines");
    return false;
  }
  return true;
}

/// What test/Emulator takes for PTX (capability 0) or for a cubin.
static std::string emulatedImage(StringRef bitcode, uint64_t capability) {
  uint64_t length = bitcode.size(); // bitcode, unlike PTX, does not say where it ends
  std::string image("gradcIR\0", 8);
  image.append(reinterpret_cast<const char *>(&length), sizeof length);
  image.append(reinterpret_cast<const char *>(&capability), sizeof capability);
  return image + bitcode.str();
}

bool gradc::link::emitDevice(mlir::ModuleOp op, const DeviceTargets &targets, unsigned optLevel,
                             DeviceCode &code, KernelErrorHandler error) {
  std::string why;
  std::unique_ptr<TargetMachine> machine = makeDeviceMachine(targets.ptx, why);
  if (!machine) {
    error("", why);
    return false;
  }
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
  if (!checkResolved(*module, error))
    return false;
  SmallString<0> text;
  if (targets.emulated) {
    raw_svector_ostream os(text);
    WriteBitcodeToFile(*module, os);
    for (uint32_t capability : targets.cubins)
      if (targets.named)
        code.images.push_back({emulatedImage(text, capability), capability, false});
    code.images.push_back({emulatedImage(text, 0), targets.ptx, true});
    return true;
  }
  if (!emitMachineCode(*module, *machine, /*assembly=*/true, text)) {
    error("", "no assembly for NVIDIA GPUs");
    return false;
  }
  code.images.push_back({text.str().str() + '\0', targets.ptx, true});
  return true;
}
