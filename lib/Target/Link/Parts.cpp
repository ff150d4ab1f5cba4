// Parts.cpp - compiles a large module by parts, which threads share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function goes into which part follows from the module alone, never from the machine: the
// object is the same on every one. A part is a copy of the module, read lazily from bitcode into a
// context of its own, without the bodies of the others; what one part has and another one uses
// becomes a hidden symbol that carries the program's name. The linker makes one object of them.
#include "gradc/Target/Link/Link.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace gradc::link;

/// A part has at least so many instructions: fewer do not repay a copy of what all have.
static constexpr unsigned kPartInstructions = 6000;
/// More parts than this would have little left each, on any machine.
static constexpr unsigned kMostParts = 16;

unsigned gradc::link::partsOf(const Module &module) {
  return std::clamp(module.getInstructionCount() / kPartInstructions, 1u, kMostParts);
}

namespace {
/// Gives every definition of a module a part.
class Division {
public:
  Division(Module &module, unsigned count) : module(module), sizes(count) {}
  /// The part of each definition, by its name.
  StringMap<unsigned> run();

private:
  void nameAll();
  void divideFunctions();
  void divideVariables();
  void share();
  void usersOf(const Value &value, function_ref<void(const GlobalObject &)> body);

  Module &module;
  std::vector<uint64_t> sizes; // instructions
  DenseMap<const GlobalObject *, unsigned> parts;
};
} // namespace

/// Names are what the parts know each other's definitions by.
void Division::nameAll() {
  for (GlobalObject &g : module.global_objects())
    if (!g.hasName())
      g.setName("gradc.unnamed");
}

/// The functions and variables that mention `value`, perhaps within a constant.
void Division::usersOf(const Value &value, function_ref<void(const GlobalObject &)> body) {
  for (const User *user : value.users()) {
    if (auto *instruction = dyn_cast<Instruction>(user))
      body(*instruction->getFunction());
    else if (auto *object = dyn_cast<GlobalObject>(user))
      body(*object);
    else
      usersOf(*user, body);
  }
}

/// The largest first, each to the part that has least. What will be inlined goes where its callers
/// go.
void Division::divideFunctions() {
  EquivalenceClasses<const llvm::Function *> together;
  for (const llvm::Function &f : module) {
    if (f.isDeclaration())
      continue;
    together.insert(&f);
    if (f.hasFnAttribute(Attribute::AlwaysInline))
      usersOf(f, [&](const GlobalObject &user) {
        if (auto *caller = dyn_cast<llvm::Function>(&user))
          together.unionSets(&f, caller);
      });
  }
  MapVector<const llvm::Function *, SmallVector<const llvm::Function *>> groups;
  DenseMap<const llvm::Function *, uint64_t> weights;
  for (const llvm::Function &f : module)
    if (!f.isDeclaration()) {
      const llvm::Function *leader = together.getLeaderValue(&f);
      groups[leader].push_back(&f);
      weights[leader] += f.getInstructionCount();
    }
  auto order = groups.takeVector();
  auto largest = llvm::to_vector(llvm::seq<unsigned>(0, order.size()));
  llvm::sort(largest, [&](unsigned a, unsigned b) {
    return std::pair(weights.lookup(order[b].first), a) <
           std::pair(weights.lookup(order[a].first), b);
  });
  for (unsigned i : largest) {
    auto &[leader, members] = order[i];
    unsigned part = llvm::min_element(sizes) - sizes.begin();
    sizes[part] += weights.lookup(leader);
    for (const llvm::Function *f : members)
      parts[f] = part;
  }
}

/// A variable goes to the functions that use it, if these are all in one part.
void Division::divideVariables() {
  for (const GlobalVariable &v : module.globals()) {
    std::optional<unsigned> part;
    bool several = !v.hasLocalLinkage();
    usersOf(v, [&](const GlobalObject &user) {
      auto *f = dyn_cast<llvm::Function>(&user);
      unsigned wanted = f ? parts.lookup(f) : 0;
      several |= !f || (part && *part != wanted);
      part = wanted;
    });
    parts[&v] = part && !several ? *part : 0;
  }
}

/// What another part uses becomes visible to it, under a name that no other program has.
void Division::share() {
  for (GlobalObject &g : module.global_objects()) {
    if (g.isDeclaration() || !g.hasLocalLinkage())
      continue;
    bool shared = false;
    usersOf(g,
            [&](const GlobalObject &user) { shared |= parts.lookup(&user) != parts.lookup(&g); });
    if (!shared)
      continue;
    g.setName("gradc." + module.getModuleIdentifier() + "." + g.getName());
    g.setLinkage(GlobalValue::ExternalLinkage);
    g.setVisibility(GlobalValue::HiddenVisibility);
    g.setDSOLocal(true);
  }
}

StringMap<unsigned> Division::run() {
  nameAll();
  divideFunctions();
  divideVariables();
  share();
  StringMap<unsigned> named;
  for (const GlobalObject &g : module.global_objects())
    if (!g.isDeclaration())
      named[g.getName()] = parts.lookup(&g);
  return named;
}

/// The definitions of one part, as a module. Null for a module that cannot be read, which is a
/// fault of ours.
static std::unique_ptr<Module> readPart(MemoryBufferRef bitcode, const StringMap<unsigned> &parts,
                                        unsigned part, LLVMContext &context) {
  auto read = getLazyBitcodeModule(bitcode, context);
  if (!read) {
    consumeError(read.takeError());
    return nullptr;
  }
  std::unique_ptr<Module> module = std::move(*read);
  auto isElsewhere = [&](const GlobalObject &g) {
    auto found = parts.find(g.getName());
    return found != parts.end() && found->second != part;
  };
  for (llvm::Function &f : *module)
    if (isElsewhere(f)) {
      f.deleteBody();
      f.setComdat(nullptr);
    }
  for (GlobalVariable &v : module->globals())
    if (isElsewhere(v)) {
      v.setInitializer(nullptr);
      v.setLinkage(GlobalValue::ExternalLinkage);
      v.setComdat(nullptr);
    }
  if (Error error = module->materializeAll()) {
    consumeError(std::move(error));
    return nullptr;
  }
  return module;
}

/// Machines are not shared by threads.
static std::unique_ptr<TargetMachine> copyOf(const TargetMachine &machine) {
  return std::unique_ptr<TargetMachine>(machine.getTarget().createTargetMachine(
      machine.getTargetTriple(), machine.getTargetCPU(), machine.getTargetFeatureString(),
      machine.Options, machine.getRelocationModel(), std::nullopt, machine.getOptLevel()));
}

bool gradc::link::compileParts(Module &module, const TargetMachine &machine, unsigned optLevel,
                               unsigned count, ObjectFile &object, ErrorHandler error) {
  StringMap<unsigned> parts = Division(module, count).run();
  SmallVector<char, 0> bitcode;
  raw_svector_ostream os(bitcode);
  WriteBitcodeToFile(module, os);
  MemoryBufferRef buffer(StringRef(bitcode.data(), bitcode.size()), module.getModuleIdentifier());
  std::vector<SmallVector<char, 0>> objects(count);
  {
    DefaultThreadPool threads(hardware_concurrency(count));
    for (unsigned part = 0; part < count; ++part)
      threads.async([&, part] {
        LLVMContext context;
        std::unique_ptr<Module> own = readPart(buffer, parts, part, context);
        std::unique_ptr<TargetMachine> target = copyOf(machine);
        if (!own || !target)
          return;
        optimize(own, *target, optLevel);
        if (!emitMachineCode(*own, *target, /*assembly=*/false, objects[part]))
          objects[part].clear();
      });
  }
  if (llvm::any_of(objects, [](auto &o) { return o.empty(); })) {
    error("the parts of the program could not be compiled");
    return false;
  }
  return joinObjects(objects, object.code, error);
}
