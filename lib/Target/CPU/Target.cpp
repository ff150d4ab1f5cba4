// Target.cpp - what the emitters know of a machine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/CPU.h"
#include "gradc/Target/CPU/Passes.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;
using namespace gradc::cpu;

static StringSet<> x86Features(StringRef march, bool native) {
  StringSet<> features;
  if (native) {
    for (auto &f : sys::getHostCPUFeatures())
      if (f.second)
        features.insert(f.first());
    return features;
  }
  SmallVector<StringRef> list;
  X86::getFeaturesForCPU(march, list);
  for (StringRef f : list)
    features.insert(f);
  return features;
}

mlir::FailureOr<CpuTarget> CpuTarget::create(StringRef tripleText, StringRef march,
                                             std::string &why) {
  Triple host(sys::getDefaultTargetTriple());
  Triple triple(tripleText.empty() ? host.str() : Triple::normalize(tripleText));
  bool native = (march.empty() || march == "native") && triple.getArch() == host.getArch();
  if (!triple.isX86())
    return CpuTarget{128, 32, false}; // NEON and its like
  if (march.empty() || march == "native")
    march = "x86-64-v3";
  SmallVector<StringRef> known;
  X86::fillValidCPUArchList(known, triple.isArch64Bit());
  if (!native && !is_contained(known, march)) {
    why = ("unknown processor '" + march + "'").str();
    return mlir::failure();
  }
  StringSet<> features = x86Features(march, native);
  if (!features.contains("avx2") || !features.contains("fma")) {
    why = ("'" + march + "' lacks AVX2 or FMA: compiled programs need at least x86-64-v3").str();
    return mlir::failure();
  }
  if (features.contains("avx512f") && features.contains("avx512vl"))
    return CpuTarget{512, 32, true};
  return CpuTarget{256, 16, true};
}

void gradc::cpu::buildCpuPipeline(mlir::OpPassManager &pm, const CpuTarget &target) {
  EmitKernelsPassOptions options;
  options.vectorBits = target.vectorBits;
  options.registers = target.registers;
  options.masks = target.masks;
  pm.addPass(createEmitKernelsPass(options));
}
