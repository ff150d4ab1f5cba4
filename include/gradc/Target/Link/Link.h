// Link.h - from kernels in vector code to LLVM IR, objects, C headers and executables.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_LINK_LINK_H
#define GRADC_TARGET_LINK_LINK_H

#include "gradc/Target/Link/Program.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include <functional>
#include <optional>

namespace gradc::link {

using ErrorHandler = llvm::function_ref<void(const llvm::Twine &)>;

/// The machine to compile for. An empty triple is the host's; `march` is "native" or what clang's
/// -march takes. x86 needs at least x86-64-v3 (AVX2 and FMA). Null after an error.
std::unique_ptr<llvm::TargetMachine> makeTargetMachine(llvm::StringRef triple,
                                                       llvm::StringRef march, unsigned optLevel,
                                                       ErrorHandler error);

/// Passes from vector code to the LLVM dialect. Functions of the program become internal functions
/// of pointers, in the order of Function::arguments.
void buildLinkPipeline(mlir::OpPassManager &pm);
/// Makes the passes of others in this pipeline known by name.
void registerUpstreamPasses();

/// Adds the dialects and translations that translateProgram needs.
void registerLinkDialects(mlir::DialectRegistry &registry);

/// Translates a module of the LLVM dialect and adds the program's entry points and description.
/// `device` is null where there is no code for one. Null after an error (reported through MLIR's
/// diagnostics).
std::unique_ptr<llvm::Module> translateProgram(mlir::ModuleOp module, const Program &program,
                                               const DeviceCode *device,
                                               llvm::TargetMachine &machine,
                                               llvm::LLVMContext &context);

/// What device code is made for. Capabilities are written 80 for 8.0.
struct DeviceTargets {
  uint32_t ptx = 80; // the least that the PTX is for
  std::vector<uint32_t> cubins{80, 90, 100};
  bool named = false; // the user has asked for these cubins
  /// For tests: what would become PTX or a cubin is the LLVM IR it would be made of, as bitcode.
  bool emulated = false;
};

/// Targets from a list of sm_90 (a cubin), compute_80 (PTX) and emulator; PTX is for the least of
/// them. An empty text is the default. Nothing after an error.
std::optional<DeviceTargets> parseDeviceTargets(llvm::StringRef text, ErrorHandler error);

/// Takes the name of a kernel, or nothing, and what is wrong with it.
using KernelErrorHandler = llvm::function_ref<void(llvm::StringRef, const llvm::Twine &)>;

/// Makes the PTX of a module of device code in the LLVM dialect. Fills images of `code`, whose
/// kernels are known. False after an error.
bool emitDevice(mlir::ModuleOp module, const DeviceTargets &targets, unsigned optLevel,
                DeviceCode &code, KernelErrorHandler error);

/// One of NVIDIA's programs.
struct DeviceTool {
  std::string path;              // empty: there is none
  std::vector<std::string> seen; // where it was looked for
  std::string searched() const;  // the same as text
};
DeviceTool findDeviceTool(llvm::StringRef name);

/// Adds cubins, and what ptxas says of each kernel. False after an error.
bool assembleDevice(llvm::StringRef ptxas, const DeviceTargets &targets, DeviceCode &code,
                    KernelErrorHandler error);
/// All images in NVIDIA's container, which its driver takes whole. False after an error.
bool packDevice(llvm::StringRef fatbinary, const DeviceCode &code, std::string &container,
                ErrorHandler error);

/// LLVM's passes; loops are vectorised by gradc's own emitters only.
void optimize(std::unique_ptr<llvm::Module> &module, llvm::TargetMachine &machine,
              unsigned optLevel);

/// An object file. Large weights are not copied into it: their section follows the rest, read from
/// where they lie when the file is written.
struct ObjectFile {
  llvm::SmallVector<char, 0> code;
  std::vector<Weight> weights;
  /// Called when the weights have been written, in which case nobody needs them in memory.
  std::function<void()> written;

  void write(llvm::raw_ostream &os) const;
};

/// The global that stands for all weights that are apart, without content.
llvm::GlobalVariable *declareWeights(llvm::Module &module, const std::vector<Weight> &weights);

/// Gives the section of weights in `object.code` its content. False when there is no such section.
bool attachWeights(ObjectFile &object, std::vector<Weight> weights);

/// An object file, or assembly text. False when the target can emit neither.
bool emitMachineCode(llvm::Module &module, llvm::TargetMachine &machine, bool assembly,
                     llvm::SmallVectorImpl<char> &out);

/// How many parts a module is worth compiling in: one of a small one.
unsigned partsOf(const llvm::Module &module);
/// optimize and emitMachineCode by `count` parts, which threads share. The code is the same
/// whatever their number. False after an error.
bool compileParts(llvm::Module &module, const llvm::TargetMachine &machine, unsigned optLevel,
                  unsigned count, ObjectFile &object, ErrorHandler error);
/// One object file of several. False after an error.
bool joinObjects(llvm::ArrayRef<llvm::SmallVector<char, 0>> objects,
                 llvm::SmallVectorImpl<char> &out, ErrorHandler error);

/// The text of NAME.h.
std::string emitHeader(const Program &program);

/// Links an object and the runtime archive into an executable, or a shared object, that needs libc
/// and libm only. False after an error.
bool linkExecutable(const ObjectFile &object, const llvm::Triple &triple,
                    llvm::StringRef runtimeArchive, llvm::StringRef outputPath, bool shared,
                    ErrorHandler error);

/// Writes a file aside and renames it, so that a reader never sees a part of it; "-" is standard
/// output. False after an error.
bool writeOutput(llvm::StringRef path, llvm::StringRef content, ErrorHandler error);
bool writeOutput(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write,
                 ErrorHandler error);

} // namespace gradc::link

#endif
