// Pipeline.h - the stages in their order, and the compiler that runs them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_PIPELINE_PIPELINE_H
#define GRADC_PIPELINE_PIPELINE_H

#include "gradc/Import/Import.h"
#include "gradc/Target/Link/Link.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"
#include <map>
#include <memory>
#include <string>

namespace gradc {

enum class Stage { Import, Gradient, Lower, Schedule, Target, Link };

/// What programs get code for beside the CPU.
enum class DeviceChoice {
  Cpu,     // nothing
  Auto,    // a CUDA device, if all kernels have a form for it
  Cuda,    // a CUDA device
  Program, // as the program itself says, which knows `Device device("cuda")`
};

/// Whether PTX is compiled to machine code of GPUs, for which NVIDIA's ptxas has to be there.
enum class Cubins { None, IfPossible, Needed };

struct CompileOptions {
  std::string name; // of the program; a C identifier
  std::string march = "native";
  std::string triple; // empty: the host's
  unsigned optLevel = 3;
  DeviceChoice device = DeviceChoice::Cpu;
  std::string gpuArch;                // see link::parseDeviceTargets; empty: its default
  Cubins cubins = Cubins::IfPossible; // beside the PTX
  bool verifyEach = false;
  bool checkNan = false;              // look at every value
  bool profile = false;               // time every launch when the program runs
  std::string grad = "params";        // of a model: none, params, inputs, all or names
  std::string loss;                   // of a model: the output; empty: its only scalar float
  std::string optimizer;              // of a model: adam:lr=0.001,beta1=0.9
  std::string schedule;               // of a model: cosine:steps=1000,warmup=50; empty: constant
  double clipNorm = 0, clipValue = 0; // 0: gradients are not clipped
  int64_t accumulate = 1;             // forward and backward passes an update
  Pt2Options pt2;                     // of a .pt2 archive
  bool executable = false;            // nothing but the runtime's driver calls the functions
  std::string dumpDir;                // empty: none
  std::optional<Stage> from;
};

/// One arrow of the straight line.
struct StageInfo {
  Stage stage;
  llvm::StringLiteral name;      // as --from and --stop-after say it
  llvm::StringLiteral level;     // what comes out, as --emit says it
  llvm::StringLiteral extension; // of a dump
  /// Adds the passes of a stage that works on MLIR; null for Import and Link.
  bool (*build)(mlir::OpPassManager &, const CompileOptions &, std::string &why);
};

/// All stages, in order.
llvm::ArrayRef<StageInfo> allStages();
const StageInfo &infoOf(Stage stage);
/// The stage of this name or level; null when there is none.
const StageInfo *findStage(llvm::StringRef nameOrLevel);

/// How a compilation ended, as the exit code of the command line.
enum class Outcome { Done = 0, InputError = 1, Unsupported = 2, Internal = 3 };

/// Milliseconds by stage, for --time and tests.
using StageTimes = std::vector<std::pair<llvm::StringRef, double>>;

/// Compiles one program. Errors go through the context's diagnostics.
class Compiler {
public:
  /// `progress`, unless null, follows the current stage: it tells where a crash happened.
  explicit Compiler(const CompileOptions &options, Stage *progress = nullptr);
  /// In a context that outlives the compiler, with registerAllDialects' dialects.
  Compiler(const CompileOptions &options, mlir::MLIRContext &shared);
  ~Compiler();

  mlir::MLIRContext &context() { return *mlirContext; }

  /// Reads a program; a dump is taken up after the stage that wrote it. "-" is standard input.
  Outcome load(llvm::StringRef path);
  /// What `load` reads: mapped, if it is a large file.
  static llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> read(llvm::StringRef path);
  /// The same from a file that was read; large weights stay in it.
  Outcome load(std::shared_ptr<llvm::MemoryBuffer> file, llvm::StringRef path);
  /// The same, from memory.
  Outcome loadBuffer(llvm::StringRef bytes, llvm::StringRef path);
  /// Runs what is left of the stages up to `last`.
  Outcome runThrough(Stage last);

  /// The stage that runs, or the last that ran.
  Stage current() const { return at; }
  mlir::ModuleOp module() { return *mlirModule; }
  /// The program's outside; known after Schedule.
  const link::Program &program() const { return described; }
  /// Makes program() known without running Target.
  Outcome describe();
  llvm::Module *llvmModule() { return translated.get(); }
  llvm::TargetMachine &machine() { return *target; }
  /// Whether the program gets code for a device.
  bool usesDevice() const { return options.device != DeviceChoice::Cpu; }
  /// After Target: the code for a device; empty where there is none.
  const link::DeviceCode &device() const { return deviceCode; }

  /// After Link: writes an executable, or a shared object.
  Outcome link(llvm::StringRef runtimeArchive, llvm::StringRef outputPath, bool shared = false);
  /// What --emit prints at the level that was reached.
  void printLevel(llvm::raw_ostream &os);
  /// The program before stage `failed`, with the passes of that stage: for gradc-opt.
  void printReproducer(Stage failed, llvm::raw_ostream &os);
  /// After Link: the object file.
  const link::ObjectFile &object() const { return objectFile; }
  const StageTimes &times() const { return stageTimes; }
  /// Leaves everything to the end of the process: freeing a large module takes longer.
  void release();

private:
  void chooseDevice();
  Outcome parseMlir(llvm::StringRef bytes, llvm::StringRef path);
  Outcome parseLlvm(llvm::StringRef bytes, llvm::StringRef path);
  Outcome runStage(const StageInfo &info);
  Outcome runPasses(const StageInfo &info);
  Outcome translate();
  Outcome translateDevice();
  Outcome emitDevice(mlir::ModuleOp kernels);
  Outcome emitObject();
  bool makeMachine();
  void identify();
  void enter(Stage stage);
  bool dump(const StageInfo &info);
  Outcome fail(const llvm::Twine &text, Outcome outcome);

  CompileOptions options;
  std::string inputPath;
  bool becomesObject = false; // the last stage is Link
  std::unique_ptr<mlir::MLIRContext> ownContext;
  mlir::MLIRContext *mlirContext;
  mlir::OwningOpRef<mlir::ModuleOp> mlirModule;
  std::unique_ptr<llvm::LLVMContext> llvmContext;
  std::unique_ptr<llvm::Module> translated;
  unsigned parts = 1; // several: `translated` is optimised when it becomes an object
  std::unique_ptr<llvm::TargetMachine> target;
  link::Program described;
  link::DeviceCode deviceCode;
  uint64_t identity = 0; // of a model, see link::Program
  link::ObjectFile objectFile;
  Stage at = Stage::Import;
  Stage *progress;
  StageTimes stageTimes;
};

/// Everything that any stage needs to parse and run, for gradc-opt and gradc.
void registerAllDialects(mlir::DialectRegistry &registry);

} // namespace gradc

#endif
