// Target.cpp - what the emitters know of a machine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/CPU.h"
#include "gradc/Target/CPU/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;
using namespace gradc::cpu;

static StringMap<bool> x86Features(StringRef march, bool native) {
  if (native)
    return sys::getHostCPUFeatures();
  SmallVector<StringRef> list;
  X86::getFeaturesForCPU(march, list);
  StringMap<bool> features;
  for (StringRef f : list) {
    features[f] = true;
    // The list leaves out what others imply: avx512f where there is avx512vl.
    X86::updateImpliedFeatures(f, true, features);
  }
  return features;
}

mlir::FailureOr<CpuTarget> CpuTarget::create(StringRef tripleText, StringRef march,
                                             std::string &why) {
  Triple host(sys::getDefaultTargetTriple());
  Triple triple(tripleText.empty() ? host.str() : Triple::normalize(tripleText));
  bool native = (march.empty() || march == "native") && triple.getArch() == host.getArch();
  if (!triple.isX86())
    return CpuTarget{{128, 32, false}}; // NEON and its like
  if (march.empty() || march == "native")
    march = "x86-64-v3";
  SmallVector<StringRef> known;
  X86::fillValidCPUArchList(known, triple.isArch64Bit());
  if (!native && !is_contained(known, march)) {
    why = ("unknown processor '" + march + "'").str();
    return mlir::failure();
  }
  StringMap<bool> features = x86Features(march, native);
  if (!features.lookup("avx2") || !features.lookup("fma")) {
    why = ("'" + march + "' lacks AVX2 or FMA: compiled programs need at least x86-64-v3").str();
    return mlir::failure();
  }
  // Without it a conversion of f16 would be a call into a library.
  if (!features.lookup("f16c")) {
    why = ("'" + march + "' lacks F16C: compiled programs need at least x86-64-v3").str();
    return mlir::failure();
  }
  if (features.lookup("avx512f") && features.lookup("avx512vl"))
    return CpuTarget{{512, 32, true, true}};
  return CpuTarget{{256, 16, true}};
}

void gradc::cpu::buildCpuPipeline(mlir::OpPassManager &pm, const CpuTarget &target) {
  EmitKernelsPassOptions options;
  options.vectorBits = target.vectorBits;
  options.registers = target.registers;
  options.masks = target.masks;
  options.scales = target.scales;
  options.shareFrom = target.shareFrom;
  pm.addPass(createEmitKernelsPass(options));
  // A third of what is emitted repeats addresses and constants; the conversions to come cost more
  // than this.
  pm.addPass(mlir::createCSEPass());
}
