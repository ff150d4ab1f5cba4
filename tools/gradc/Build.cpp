// Build.cpp - gradc build: from a program to the kind of file that was asked for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Commands.h"
#include "gradc/Import/Import.h"
#include "gradc/Target/Link/Link.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace gradc;
using llvm::StringRef;

namespace {
/// A value of --emit: the stage that makes it, or what this build lacks for it.
struct Kind {
  StringRef name;
  Stage stage;
  StringRef lacks;
};
} // namespace

static const Kind kinds[] = {
    {"ag", Stage::Import, ""},
    {"json", Stage::Import, ""},
    {"grad", Stage::Gradient, ""},
    {"linalg", Stage::Lower, ""},
    {"kernels", Stage::Schedule, ""},
    {"llvm", Stage::Target, ""},
    {"asm", Stage::Target, ""},
    {"ptx", Stage::Target, ""},
    {"cubin", Stage::Target, ""},
    {"fatbin", Stage::Target, ""},
    {"header", Stage::Schedule, ""},
    {"obj", Stage::Link, ""},
    {"exe", Stage::Link, ""},
    {"plan", Stage::Target, "plans as text"},
    {"lib", Stage::Link, "static archives; --emit=obj gives the object"},
    {"shared", Stage::Link, "shared objects; --emit=obj gives the object"},
    {"c", Stage::Link, "C sources; --emit=obj and --emit=header give an object and its header"},
};

static const Kind *findKind(StringRef name) {
  for (const Kind &kind : kinds)
    if (kind.name == name)
      return &kind;
  return nullptr;
}

static Outcome usage(const llvm::Twine &text) {
  return Outcome(report(text, Outcome::Unsupported));
}

static std::string kindNames() {
  std::string names;
  for (const Kind &kind : kinds)
    if (kind.lacks.empty())
      names += (names.empty() ? "" : ", ") + kind.name.str();
  return names;
}

/// --gpu-arch, and what --emit says of device code.
static Outcome checkImages(Request &request) {
  bool isCubin = request.emit == "cubin", isFatbin = request.emit == "fatbin";
  Outcome outcome = Outcome::Done;
  auto targets = link::parseDeviceTargets(request.compile.gpuArch,
                                          [&](const llvm::Twine &text) { outcome = usage(text); });
  if (outcome != Outcome::Done)
    return outcome;
  if (isCubin && (!targets->named || targets->cubins.size() != 1))
    return usage("--emit=cubin: a cubin is for one kind of GPU; name it: --gpu-arch=sm_90");
  if (targets->emulated && (request.emit == "ptx" || isCubin || isFatbin))
    return usage("--emit=" + request.emit + ": the emulator has no such code");
  if (request.emit == "ptx" || isCubin || isFatbin) {
    request.compile.device = DeviceChoice::Cuda;
    request.compile.cubins = request.emit == "ptx" ? Cubins::None : Cubins::Needed;
  }
  return Outcome::Done;
}

/// --device, or --target as a list of what to compile for.
static Outcome chooseDevice(Request &request) {
  struct Spelling {
    StringRef option, value;
    DeviceChoice choice;
  };
  static const Spelling spellings[] = {
      {"target", "cpu", DeviceChoice::Cpu},       {"target", "cuda", DeviceChoice::Cuda},
      {"target", "cpu,cuda", DeviceChoice::Auto}, {"target", "cuda,cpu", DeviceChoice::Auto},
      {"device", "cpu", DeviceChoice::Cpu},       {"device", "auto", DeviceChoice::Auto},
      {"device", "cuda", DeviceChoice::Cuda}};
  if (request.device.empty() && request.target.empty()) {
    // Only executables choose between devices.
    request.compile.device = request.emit == "exe" ? DeviceChoice::Program : DeviceChoice::Cpu;
    return checkImages(request);
  }
  bool usesDevice = !request.device.empty();
  StringRef option = usesDevice ? "device" : "target";
  StringRef value = usesDevice ? request.device : request.target;
  const auto *found = llvm::find_if(
      spellings, [&](const Spelling &s) { return s.option == option && s.value == value; });
  if (found == std::end(spellings))
    return usage("--" + option + ": expected " +
                 (usesDevice ? "cpu, auto or cuda" : "cpu, cuda or cpu,cuda") + ", got '" + value +
                 "'");
  request.compile.device = found->choice;
  return checkImages(request);
}

Outcome gradc::complete(Request &request) {
  const Kind *kind = findKind(request.emit);
  if (!kind)
    return usage("--emit: expected one of " + kindNames() + ", got '" + request.emit + "'");
  if (!kind->lacks.empty())
    return usage("--emit=" + request.emit + ": this build has no support for " + kind->lacks);
  if (Outcome outcome = chooseDevice(request); outcome != Outcome::Done)
    return outcome;
  if (!request.stopAfter.empty() && !findStage(request.stopAfter))
    return usage("--stop-after: there is no stage '" + request.stopAfter + "'");
  if (!request.from.empty()) {
    const StageInfo *info = findStage(request.from);
    if (!info || info->stage >= Stage::Target)
      return usage("--from: there is no stage '" + request.from + "' that takes MLIR");
    // The input is what the stage before gave.
    request.compile.from = Stage(std::max(int(info->stage) - 1, 0));
  }
  if (request.compile.name.empty())
    request.compile.name =
        request.input == "-" ? "program" : llvm::sys::path::stem(request.input).str();
  request.compile.executable = request.emit == "exe" && request.stopAfter.empty();
  // The memory of an object is the caller's, who says what room for other sizes is worth.
  bool isFixed = request.emit == "json" || request.emit == "obj" || request.emit == "header";
  bool isForCpu = request.compile.device == DeviceChoice::Cpu ||
                  request.compile.device == DeviceChoice::Program; // exports name no device
  request.compile.pt2.keepOpen = isForCpu && !isFixed;
  std::string identifier = link::toIdentifier(request.compile.name);
  request.compile.name = identifier;
  return Outcome::Done;
}

Outcome gradc::compileTo(Compiler &compiler, const Request &request, Stage last) {
  Outcome outcome = compiler.load(request.input);
  if (outcome != Outcome::Done)
    return outcome;
  if (compiler.current() > last) {
    mlir::emitError(mlir::UnknownLoc::get(&compiler.context()))
        << "the input is past stage '" << infoOf(last).name << "' already";
    return Outcome::InputError;
  }
  return compiler.runThrough(last);
}

static bool writeOrReport(Compiler &compiler, StringRef path, StringRef content) {
  return link::writeOutput(path, content,
                           [&](const llvm::Twine &text) { report(text, Outcome::InputError); });
}

Outcome gradc::buildExecutable(Compiler &compiler, const Request &request, StringRef output) {
  Outcome outcome = compileTo(compiler, request, Stage::Link);
  if (outcome != Outcome::Done)
    return outcome;
  return compiler.link(request.runtimeArchive, output);
}

/// Cubins and PTX in NVIDIA's container.
static Outcome emitFatbin(Compiler &compiler, llvm::raw_ostream &os) {
  auto error = [&](const llvm::Twine &text) {
    mlir::emitError(mlir::UnknownLoc::get(&compiler.context()), text);
  };
  link::DeviceTool tool = link::findDeviceTool("fatbinary");
  if (tool.path.empty()) {
    error("no container of images: NVIDIA's fatbinary was not found (looked for in " +
          tool.searched() + ")");
    return Outcome::Unsupported;
  }
  std::string container;
  if (!link::packDevice(tool.path, compiler.device(), container, error))
    return Outcome::Unsupported;
  os << container;
  return Outcome::Done;
}

/// The content of the kinds that are written whole.
static Outcome emitText(Compiler &compiler, const Request &request, std::string &text) {
  llvm::raw_string_ostream os(text);
  if (request.emit == "json" && request.stopAfter.empty())
    return failed(exportGraphJson(compiler.module(), os)) ? Outcome::InputError : Outcome::Done;
  if (request.emit == "header") {
    Outcome outcome = compiler.describe();
    if (outcome == Outcome::Done)
      os << link::emitHeader(compiler.program());
    return outcome;
  }
  if (request.emit == "ptx") {
    os << compiler.device().ptx();
    return Outcome::Done;
  }
  if (request.emit == "cubin") {
    os << compiler.device().images.front().content;
    return Outcome::Done;
  }
  if (request.emit == "fatbin")
    return emitFatbin(compiler, os);
  if (request.emit == "asm") {
    llvm::SmallString<0> assembly;
    if (!link::emitMachineCode(*compiler.llvmModule(), compiler.machine(), /*assembly=*/true,
                               assembly))
      return Outcome::Internal;
    os << assembly;
    return Outcome::Done;
  }
  compiler.printLevel(os);
  return Outcome::Done;
}

static Outcome build(Compiler &compiler, const Request &request) {
  const Kind *kind = findKind(request.emit);
  Stage last = request.stopAfter.empty() ? kind->stage : findStage(request.stopAfter)->stage;
  bool stopped = !request.stopAfter.empty();
  std::string stem = request.input == "-" ? "program" : llvm::sys::path::stem(request.input).str();
  if (!stopped && request.emit == "exe")
    return buildExecutable(compiler, request, request.output.empty() ? stem : request.output);
  Outcome outcome = compileTo(compiler, request, last);
  if (outcome != Outcome::Done)
    return outcome;
  std::string output = request.output;
  if (output.empty())
    output = last == Stage::Link ? stem + ".o" : "-";
  if (last == Stage::Link) {
    bool written = link::writeOutput(
        output, [&](llvm::raw_ostream &os) { compiler.printLevel(os); },
        [&](const llvm::Twine &text) { report(text, Outcome::InputError); });
    return written ? Outcome::Done : Outcome::InputError;
  }
  std::string text;
  outcome = emitText(compiler, request, text);
  if (outcome != Outcome::Done)
    return outcome;
  return writeOrReport(compiler, output, text) ? Outcome::Done : Outcome::InputError;
}

int gradc::runBuild(Request request) {
  Outcome outcome = complete(request);
  return outcome == Outcome::Done ? guarded(request, build) : int(outcome);
}
