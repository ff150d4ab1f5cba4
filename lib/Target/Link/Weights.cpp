// Weights.cpp - puts large first contents into an object file without copying them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// To LLVM the weights are a section of zeros, which takes no room in the file. Afterwards the
// section becomes one with content, which follows everything else in the file, under another name:
// linkers put what is called .bss together.
#include "gradc/IR/Data.h"
#include "gradc/Target/Link/Link.h"
#include "gradc_abi.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/IR/Constants.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using Elf = object::ELF64LE;

static constexpr StringLiteral kZeros = ".bss.", kSection = ".bss.gradc_weights";

namespace gradc::link {

std::vector<Weight> weightsOf(const Program &program) {
  std::vector<Weight> weights;
  uint64_t end = 0;
  for (auto [i, t] : enumerate(program.variables)) {
    auto bytes = program.weightsApart ? resourceBytes(t.init) : std::nullopt;
    // Memory of a program is zero before it is filled.
    if (!bytes || all_of(*bytes, [](char c) { return c == 0; }))
      continue;
    uint64_t offset = alignTo(end, GRADC_ALIGNMENT);
    weights.push_back({unsigned(i), offset, *bytes});
    end = offset + bytes->size();
  }
  return weights;
}

GlobalVariable *declareWeights(Module &module, const std::vector<Weight> &weights) {
  uint64_t size = weights.back().offset + weights.back().bytes.size();
  auto *type = ArrayType::get(Type::getInt8Ty(module.getContext()), size);
  // Not a constant, which would not be a section of zeros.
  auto *global =
      new GlobalVariable(module, type, /*isConstant=*/false, GlobalValue::InternalLinkage,
                         ConstantAggregateZero::get(type), "gradc.weights");
  global->setExternallyInitialized(true);
  global->setSection(kSection);
  global->setAlignment(Align(GRADC_ALIGNMENT));
  // Further from the code than 32 bits reach, perhaps.
  if (module.getTargetTriple().getArch() == Triple::x86_64)
    global->setCodeModel(CodeModel::Large);
  return global;
}

/// The headers of the sections; empty for what is no object file of 64 bits.
static MutableArrayRef<Elf::Shdr> sectionsOf(MutableArrayRef<char> file) {
  if (file.size() < sizeof(Elf::Ehdr))
    return {};
  auto &header = *reinterpret_cast<Elf::Ehdr *>(file.data());
  if (!header.checkMagic() || header.getFileClass() != ELF::ELFCLASS64 ||
      header.getDataEncoding() != ELF::ELFDATA2LSB || header.e_shoff % alignof(Elf::Shdr) ||
      header.e_shoff + uint64_t(header.e_shnum) * sizeof(Elf::Shdr) > file.size())
    return {};
  return {reinterpret_cast<Elf::Shdr *>(file.data() + header.e_shoff), header.e_shnum};
}

bool attachWeights(ObjectFile &object, std::vector<Weight> weights) {
  if (weights.empty())
    return true;
  uint64_t size = weights.back().offset + weights.back().bytes.size();
  MutableArrayRef<Elf::Shdr> sections = sectionsOf(object.code);
  if (sections.empty())
    return false;
  auto &header = *reinterpret_cast<Elf::Ehdr *>(object.code.data());
  uint64_t names = sections[header.e_shstrndx].sh_offset;
  for (size_t i = 0; i < sections.size(); ++i) {
    Elf::Shdr &section = sections[i];
    if (StringRef(object.code.data() + names + section.sh_name) != kSection)
      continue;
    if (section.sh_type != ELF::SHT_NOBITS || section.sh_size != size)
      return false;
    section.sh_name = section.sh_name + kZeros.size();
    section.sh_type = ELF::SHT_PROGBITS;
    section.sh_flags = section.sh_flags & ~uint64_t(ELF::SHF_WRITE);
    section.sh_offset = alignTo(object.code.size(), GRADC_ALIGNMENT);
    object.code.resize(uint64_t(section.sh_offset)); // moves the sections
    object.weights = std::move(weights);
    return true;
  }
  return false;
}

void ObjectFile::write(raw_ostream &os) const {
  os << StringRef(code.data(), code.size());
  uint64_t at = 0;
  for (const Weight &weight : weights) {
    os.write_zeros(weight.offset - at);
    os << StringRef(weight.bytes.data(), weight.bytes.size());
    at = weight.offset + weight.bytes.size();
  }
  if (written)
    written();
}

} // namespace gradc::link
