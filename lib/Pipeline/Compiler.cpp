// Compiler.cpp - takes one program through the stages.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "gradc/Import/Import.h"
#include "gradc/Pipeline/Pipeline.h"
#include "gradc/Target/GPU.h"
#include "gradc/Target/Link/Link.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/xxhash.h"
#include "llvm/TargetParser/Host.h"
#include <chrono>

using namespace mlir;
using namespace gradc;

/// Marks a dump with the stage that wrote it.
static constexpr StringLiteral kStageAttr = "gradc.stage";

/// A pool of threads costs more than it saves on programs of usual size.
static constexpr size_t kBytesWorthThreads = 1 << 20;

Compiler::Compiler(const CompileOptions &options, Stage *progress)
    : options(options), progress(progress) {
  DialectRegistry registry;
  registerAllDialects(registry);
  ownContext = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  mlirContext = ownContext.get();
}

Compiler::Compiler(const CompileOptions &options, MLIRContext &shared)
    : options(options), mlirContext(&shared), progress(nullptr) {}

Compiler::~Compiler() = default;

void Compiler::release() {
  (void)mlirModule.release();
  (void)ownContext.release();
  (void)translated.release();
  (void)llvmContext.release();
  (void)target.release();
}

void Compiler::enter(Stage stage) {
  at = stage;
  if (progress)
    *progress = stage;
}

Outcome Compiler::fail(const llvm::Twine &text, Outcome outcome) {
  emitError(UnknownLoc::get(mlirContext), text);
  return outcome;
}

//===-- Reading -------------------------------------------------------------------------------===//

llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> Compiler::read(StringRef path) {
  // Files of whole pages are not mapped where a null has to follow, and archives need none.
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path, /*IsText=*/false,
                                                   /*RequiresNullTerminator=*/false);
  if (buffer && path != "-" && !isPt2((*buffer)->getBuffer()))
    buffer = llvm::MemoryBuffer::getFile(path);
  return buffer;
}

Outcome Compiler::load(StringRef path) {
  auto file = read(path);
  if (!file)
    return fail("cannot read '" + path + "': " + file.getError().message(), Outcome::InputError);
  return load(std::move(*file), path);
}

Outcome Compiler::load(std::shared_ptr<llvm::MemoryBuffer> file, StringRef path) {
  options.pt2.owner = file;
  Outcome outcome = loadBuffer(file->getBuffer(), path);
  // Checksums have read all of it: later readers bring back what they need.
  file->dontNeedIfMmap();
  return outcome;
}

Outcome Compiler::loadBuffer(StringRef bytes, StringRef path) {
  auto start = std::chrono::steady_clock::now();
  inputPath = path.str();
  if (bytes.size() >= kBytesWorthThreads)
    mlirContext->enableMultithreading();
  StringRef text = bytes.ltrim();
  Outcome outcome;
  if (isPt2(bytes)) {
    mlirModule = importPt2(*mlirContext, bytes, path == "-" ? "<stdin>" : path, options.pt2);
    outcome = mlirModule ? Outcome::Done : Outcome::InputError;
  } else if (path.ends_with(".ll") || text.starts_with("; ModuleID")) {
    outcome = parseLlvm(bytes, path);
  } else if (path.ends_with(".mlir") || (!text.starts_with("{") && !path.ends_with(".json"))) {
    outcome = parseMlir(bytes, path);
  } else {
    mlirModule = importGraphJson(*mlirContext, bytes, path == "-" ? "<stdin>" : path);
    outcome = mlirModule ? Outcome::Done : Outcome::InputError;
  }
  chooseDevice();
  std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  stageTimes.emplace_back(infoOf(Stage::Import).name, spent.count());
  if (outcome == Outcome::Done && at == Stage::Import && !dump(infoOf(at)))
    return Outcome::InputError;
  return outcome;
}

void Compiler::chooseDevice() {
  if (options.device != DeviceChoice::Program)
    return;
  auto wish = mlirModule ? (*mlirModule)->getAttrOfType<StringAttr>("ag.device") : StringAttr();
  options.device = !wish                       ? DeviceChoice::Cpu
                   : wish.getValue() == "auto" ? DeviceChoice::Auto
                   : wish.getValue() == "cuda" ? DeviceChoice::Cuda
                                               : DeviceChoice::Cpu;
}

/// The stage whose result hand-written IR looks like.
static Stage recognise(ModuleOp module) {
  Stage stage = Stage::Import;
  module.walk([&](Operation *op) {
    Stage here = Stage::Import;
    if (isa<sched::KernelOp, sched::LaunchOp, sched::HostOp, memref::CopyOp>(op))
      here = Stage::Schedule;
    else if (isa<linalg::LinalgOp>(op) && !op->getParentOfType<sched::KernelOp>())
      here = Stage::Lower;
    stage = std::max(stage, here);
  });
  for (auto f : module.getOps<func::FuncOp>())
    if (llvm::any_of(f.getArgumentTypes(), llvm::IsaPred<MemRefType>))
      stage = Stage::Schedule;
  return stage;
}

Outcome Compiler::parseMlir(StringRef bytes, StringRef path) {
  ParserConfig config(mlirContext);
  // Of a reproducer; which passes run is for gradc-opt.
  config.attachResourceParser("mlir_reproducer",
                              [](AsmParsedResourceEntry &) { return success(); });
  mlirModule = parseSourceString<ModuleOp>(bytes, config, path == "-" ? "<stdin>" : path);
  if (!mlirModule)
    return Outcome::InputError;
  at = recognise(*mlirModule);
  if (auto name = (*mlirModule)->getAttrOfType<StringAttr>(kStageAttr)) {
    const StageInfo *info = findStage(name.getValue());
    if (!info || info->stage >= Stage::Target)
      return fail("the module says that it comes from an unknown stage '" + name.getValue() + "'",
                  Outcome::InputError);
    at = info->stage;
  }
  if (options.from)
    at = *options.from;
  return Outcome::Done;
}

Outcome Compiler::parseLlvm(StringRef bytes, StringRef path) {
  llvmContext = std::make_unique<llvm::LLVMContext>();
  llvm::SMDiagnostic diagnostic;
  translated = llvm::parseIR(llvm::MemoryBufferRef(bytes, path), diagnostic, *llvmContext);
  if (!translated) {
    auto loc = FileLineColLoc::get(mlirContext, path, std::max(diagnostic.getLineNo(), 0),
                                   diagnostic.getColumnNo() + 1);
    emitError(loc, diagnostic.getMessage());
    return Outcome::InputError;
  }
  if (options.triple.empty())
    options.triple = translated->getTargetTriple().str();
  at = Stage::Target;
  return makeMachine() ? Outcome::Done : Outcome::Unsupported;
}

//===-- Running -------------------------------------------------------------------------------===//

bool Compiler::makeMachine() {
  if (!target)
    target = link::makeTargetMachine(
        options.triple, options.march, options.optLevel,
        [&](const llvm::Twine &text) { emitError(UnknownLoc::get(mlirContext), text); });
  return target != nullptr;
}

/// A hash of the model with its optimiser, for checkpoints: not of where it stands in its files,
/// nor of what its variables start with, nor of the machine.
void Compiler::identify() {
  auto kind = (*mlirModule)->getAttrOfType<StringAttr>("ag.kind");
  if (identity || (kind && kind.getValue() != "model"))
    return;
  std::string text;
  llvm::raw_string_ostream os(text);
  (*mlirModule)
      ->print(os, OpPrintingFlags()
                      .elideLargeElementsAttrs(16)
                      .elideLargeResourceString(0)
                      .useLocalScope());
  identity = llvm::xxh3_64bits(text);
}

/// Drops what the driver of an executable never calls: where there is `steps`, it trains by that,
/// and where there is `gradient`, it computes gradients by that.
static void dropUncalled(ModuleOp module) {
  auto drop = [&](StringRef name) {
    auto function = module.lookupSymbol<func::FuncOp>(name);
    if (function && SymbolTable::symbolKnownUseEmpty(function, module))
      function.erase();
  };
  bool trains = module.lookupSymbol<func::FuncOp>("steps") != nullptr;
  bool differentiates = module.lookupSymbol<func::FuncOp>("gradient") != nullptr;
  if (trains)
    drop("step");
  if (trains || differentiates)
    drop("zero_grad");
  if (differentiates) {
    drop("forward");
    drop("backward");
  }
}

Outcome Compiler::runThrough(Stage last) {
  becomesObject = last == Stage::Link;
  for (const StageInfo &info : allStages()) {
    if (info.stage <= at || info.stage > last)
      continue;
    auto start = std::chrono::steady_clock::now();
    enter(info.stage);
    Outcome outcome = runStage(info);
    if (outcome != Outcome::Done)
      return outcome;
    if (info.stage == Stage::Gradient) {
      identify();
      if (options.executable && last == Stage::Link)
        dropUncalled(*mlirModule);
    }
    std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
    stageTimes.emplace_back(info.name, spent.count());
    if (!dump(info))
      return Outcome::InputError;
  }
  return Outcome::Done;
}

Outcome Compiler::runStage(const StageInfo &info) {
  if (info.stage == Stage::Link)
    return emitObject();
  if (info.stage == Stage::Target) {
    if (!makeMachine())
      return Outcome::Unsupported;
    if (Outcome outcome = describe(); outcome != Outcome::Done)
      return outcome;
  }
  Outcome outcome = runPasses(info);
  if (outcome == Outcome::Done && info.stage == Stage::Target)
    return translate();
  return outcome;
}

Outcome Compiler::describe() {
  auto program = link::describeProgram(*mlirModule, options.name);
  if (failed(program))
    return Outcome::InputError;
  described = std::move(*program);
  identify(); // of a dump behind Gradient
  described.identity = identity;
  described.executable = options.executable;
  // Text of LLVM's has everything in it.
  described.weightsApart = becomesObject && options.dumpDir.empty() && target &&
                           target->getTargetTriple().isOSBinFormatELF();
  return Outcome::Done;
}

Outcome Compiler::runPasses(const StageInfo &info) {
  PassManager pm(mlirContext, ModuleOp::getOperationName());
  pm.enableVerifier(options.verifyEach);
  std::string why;
  if (!info.build(pm, options, why))
    return fail(why, Outcome::Unsupported);
  if (failed(pm.run(*mlirModule)))
    // Up to Gradient it is the user's program that is judged; later stages take what they are
    // given.
    return info.stage == Stage::Gradient ? Outcome::InputError
           : options.device == DeviceChoice::Cuda && info.stage == Stage::Target
               ? Outcome::Unsupported
               : Outcome::Internal;
  if (!options.verifyEach && failed(verify(*mlirModule)))
    return Outcome::Internal;
  return Outcome::Done;
}

/// Takes the device's kernels out of the module.
Outcome Compiler::translateDevice() {
  ModuleOp kernels = gpu::deviceModule(*mlirModule);
  if (!kernels)
    return Outcome::Done;
  auto names = kernels->getAttrOfType<ArrayAttr>(gpu::kKernelsAttr);
  for (StringAttr name : names.getAsRange<StringAttr>())
    deviceCode.kernels.push_back(name.getValue().str());
  deviceCode.workspace = kernels->getAttrOfType<IntegerAttr>(gpu::kWorkspaceAttr).getInt();
  Outcome outcome = emitDevice(kernels);
  if (outcome == Outcome::Done)
    kernels.erase();
  return outcome;
}

/// PTX, and cubins where they can be made.
Outcome Compiler::emitDevice(ModuleOp kernels) {
  Outcome outcome = Outcome::Internal;
  auto targets = link::parseDeviceTargets(options.gpuArch, [&](const llvm::Twine &text) {
    outcome = fail(text, Outcome::Unsupported);
  });
  if (!targets)
    return outcome;
  auto wrong = [&](StringRef kernel, const llvm::Twine &text) {
    Operation *place = kernel.empty() ? nullptr : kernels.lookupSymbol(kernel);
    outcome = Outcome::Unsupported;
    if (place)
      place->emitError("kernel '") << kernel << "': " << text;
    else
      (void)fail(text, outcome);
  };
  if (!link::emitDevice(kernels, *targets, options.optLevel, deviceCode, wrong))
    return outcome;
  if (options.cubins == Cubins::None || targets->cubins.empty() || targets->emulated)
    return Outcome::Done;
  link::DeviceTool ptxas = link::findDeviceTool("ptxas");
  if (!ptxas.path.empty())
    return link::assembleDevice(ptxas.path, *targets, deviceCode, wrong) ? Outcome::Done : outcome;
  std::string missing = "NVIDIA's ptxas was not found (looked for in " + ptxas.searched() + ")";
  if (options.cubins == Cubins::Needed)
    return fail("no machine code for GPUs: " + missing, Outcome::Unsupported);
  if (targets->named)
    emitRemark(UnknownLoc::get(mlirContext),
               missing + ": the kernels are in the program as PTX only");
  return Outcome::Done;
}

Outcome Compiler::translate() {
  if (Outcome outcome = translateDevice(); outcome != Outcome::Done)
    return outcome;
  llvmContext = std::make_unique<llvm::LLVMContext>();
  translated = link::translateProgram(
      *mlirModule, described, deviceCode.empty() ? nullptr : &deviceCode, *target, *llvmContext);
  if (!translated)
    return Outcome::Internal;
  std::string said;
  llvm::raw_string_ostream os(said);
  if (options.verifyEach && llvm::verifyModule(*translated, &os))
    return fail("wrong LLVM IR: " + said, Outcome::Internal);
  // Nobody asks for LLVM IR of a program that goes on to an object.
  bool ends = becomesObject && options.dumpDir.empty();
  parts = ends && target->getTargetTriple().isOSBinFormatELF() ? link::partsOf(*translated) : 1;
  if (parts == 1)
    link::optimize(translated, *target, options.optLevel);
  return Outcome::Done;
}

Outcome Compiler::emitObject() {
  objectFile = {};
  auto wrong = [&](const llvm::Twine &text) { (void)fail(text, Outcome::Internal); };
  if (parts > 1) {
    if (!link::compileParts(*translated, *target, options.optLevel, parts, objectFile, wrong))
      return Outcome::Internal;
  } else if (!link::emitMachineCode(*translated, *target, /*assembly=*/false, objectFile.code)) {
    return fail("this target has no object files", Outcome::Unsupported);
  }
  if (!link::attachWeights(objectFile, link::weightsOf(described)))
    return fail("the object file has no section for weights", Outcome::Internal);
  if (options.pt2.owner)
    objectFile.written = [this] {
      const_cast<llvm::MemoryBuffer &>(*options.pt2.owner).dontNeedIfMmap();
    };
  return Outcome::Done;
}

Outcome Compiler::link(StringRef runtimeArchive, StringRef outputPath, bool shared) {
  auto start = std::chrono::steady_clock::now();
  const llvm::Triple &triple = target->getTargetTriple();
  if (triple.getArch() != llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch() ||
      !triple.isOSLinux())
    return fail("this build has no runtime library for " + triple.str() + ": --emit=obj works",
                Outcome::Unsupported);
  Outcome outcome = Outcome::Done;
  if (!link::linkExecutable(
          object(), triple, runtimeArchive, outputPath, shared,
          [&](const llvm::Twine &text) { outcome = fail(text, Outcome::InputError); }))
    return outcome;
  std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  stageTimes.emplace_back("executable", spent.count());
  return Outcome::Done;
}

//===-- Showing -------------------------------------------------------------------------------===//

void Compiler::printLevel(llvm::raw_ostream &os) {
  if (at == Stage::Link) {
    objectFile.write(os);
    return;
  }
  if (at == Stage::Target) {
    translated->print(os, nullptr);
    return;
  }
  Builder b(mlirContext);
  (*mlirModule)->setAttr(kStageAttr, b.getStringAttr(infoOf(at).name));
  OpPrintingFlags flags;
  flags.enableDebugInfo(true, /*prettyForm=*/false);
  mlirModule->print(os, flags);
  (*mlirModule)->removeAttr(kStageAttr);
  os << "\n";
}

void Compiler::printReproducer(Stage failed, llvm::raw_ostream &os) {
  PassManager pm(mlirContext, ModuleOp::getOperationName());
  std::string why, pipeline;
  const StageInfo &info = infoOf(std::min(failed, Stage::Target));
  if (info.build && info.build(pm, options, why)) {
    llvm::raw_string_ostream text(pipeline);
    pm.printAsTextualPipeline(text);
  }
  Builder b(mlirContext);
  (*mlirModule)->setAttr(kStageAttr, b.getStringAttr(infoOf(at).name));
  OpPrintingFlags flags;
  flags.enableDebugInfo(true, /*prettyForm=*/false);
  AsmState state(*mlirModule, flags);
  // As MLIR's own crash reproducers have it.
  state.attachResourcePrinter("mlir_reproducer", [&](Operation *, AsmResourceBuilder &builder) {
    builder.buildString("pipeline", pipeline);
    builder.buildBool("disable_threading", true);
    builder.buildBool("verify_each", true);
  });
  (*mlirModule)->print(os, state);
  (*mlirModule)->removeAttr(kStageAttr);
  os << "\n";
}

/// DIR/2-linalg.mlir and so on: with --dump-stages, after each stage.
bool Compiler::dump(const StageInfo &info) {
  if (options.dumpDir.empty())
    return true;
  auto error = [&](const llvm::Twine &text) { emitError(UnknownLoc::get(mlirContext), text); };
  if (std::error_code code = llvm::sys::fs::create_directories(options.dumpDir)) {
    error("cannot make the folder '" + options.dumpDir + "': " + code.message());
    return false;
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  printLevel(os);
  SmallString<128> path(options.dumpDir);
  llvm::sys::path::append(path, std::to_string(unsigned(info.stage)) + "-" + info.level + "." +
                                    info.extension);
  return link::writeOutput(path, text, error);
}
