// Program.h - what a compiled program looks like from outside: tensors, functions, the handle's
// layout. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_LINK_PROGRAM_H
#define GRADC_TARGET_LINK_PROGRAM_H

#include "gradc/IR/Sched.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include <string>
#include <vector>

namespace gradc::link {

/// One input, output or variable; the codes are those of runtime/gradc_abi.h.
struct Tensor {
  std::string name;
  llvm::SmallVector<int64_t> shape;
  uint32_t dtype = 0;
  uint32_t kind = 0;
  uint32_t flags = 0;
  uint64_t offset = 0; // variables: bytes from the start of the handle
  mlir::ElementsAttr init;
  /// For each extent: index of its size + 1 and extent / size, or 0 and 0. Empty: all are fixed.
  llvm::SmallVector<std::pair<unsigned, unsigned>> open;

  uint64_t elements() const;
  uint64_t bytes() const;
};

/// A size that only a run knows, gradc_size of the ABI.
struct Size {
  std::string name;
  int64_t least = 0, most = 0, usual = 0;
  unsigned input = 0; // which of the program's inputs holds it
};

/// Where an argument of a scheduled function comes from.
struct Argument {
  enum Role { Input, Variable, Output, Arena, Team, Random, Count, Error, Device } role;
  unsigned index = 0; // into the program's inputs, variables or outputs
};

struct Function {
  std::string name; // as users know it
  std::string body; // the symbol of its code, a function of pointers
  std::vector<Argument> arguments;
  std::vector<unsigned> inputs, outputs; // indices into the program's, in the order of arguments
  /// Training steps: the only output is the loss; Many takes their number.
  enum Steps { None, One, Many } steps = None;
  /// A bool among the variables: while it is false the graph is freed and the function refuses to
  /// run.
  std::optional<unsigned> guard;
};

struct Program {
  std::string name; // a C identifier
  bool script = false;
  bool prints = false;
  bool profiles = false;  // its launches are timed
  bool wantsCuda = false; // it says itself that it runs on a GPU
  std::vector<Tensor> inputs, outputs, variables;
  std::vector<Size> sizes;
  std::vector<Function> functions;
  /// What the program expects of its values: "FILE:LINE:COLUMN: error: TEXT", in the order of
  /// codes.
  std::vector<std::string> expectations;
  uint64_t rngOffset = 0; // 0: nothing is drawn
  uint64_t arenaOffset = 0, arenaBytes = 0;
  uint64_t size = 0;     // of the handle
  uint64_t identity = 0; // a hash of what was compiled and how it is trained
  /// Its driver starts threads, if there is something for them to do.
  bool executable = false;
  /// Large first contents are not part of the LLVM module: ObjectFile has them.
  bool weightsApart = false;

  /// Differs between programs whose inputs, outputs, variables or functions differ.
  uint64_t interfaceHash() const;
};

/// A variable's first content that is written behind the code instead of going through LLVM.
struct Weight {
  unsigned variable;
  uint64_t offset; // in the section of weights
  llvm::ArrayRef<char> bytes;
};
/// Those of a program, in the order of their offsets; empty where they are not apart.
std::vector<Weight> weightsOf(const Program &program);

/// All kernels in one form. Machine code runs on devices of its major capability, from its minor
/// one on; PTX on all from its capability on.
struct DeviceImage {
  std::string content;
  uint32_t capability = 0; // 80 for 8.0
  bool isPtx = false;
};

/// What NVIDIA's assembler says of a kernel.
struct KernelResources {
  std::string kernel;
  uint32_t capability = 0, registers = 0, sharedBytes = 0;
  uint32_t stackBytes = 0, spilledBytes = 0; // a thread; stored and loaded
};

/// A program's code for CUDA devices.
struct DeviceCode {
  /// Machine code, least capability first, then PTX.
  std::vector<DeviceImage> images;
  std::vector<std::string> kernels;
  std::vector<KernelResources> resources; // of the machine code, in the order of images
  uint64_t workspace = 0;                 // bytes that the kernels need besides the handle

  bool empty() const { return images.empty(); }
  /// The PTX as text; in an image it has a NUL behind it.
  llvm::StringRef ptx() const;
};

/// Reads the program off a module at the kernels level and lays out its handle. What the ABI cannot
/// express is an error at its op.
mlir::FailureOr<Program> describeProgram(mlir::ModuleOp module, llvm::StringRef name);

/// Whether the op draws from the generator or seeds it.
bool usesGenerator(sched::HostOp op);

/// The error code of a sched.host "expect", which describeProgram notes in its config.
inline constexpr llvm::StringLiteral kExpectCode = "code";

/// The symbol that the code of a scheduled function gets in the object.
inline std::string bodySymbol(llvm::StringRef function) { return ("gradc.body." + function).str(); }
/// The twin of a function that runs on a device.
inline constexpr llvm::StringLiteral kDeviceSuffix = ".cuda";
/// `text` as a C identifier: what is none becomes an underscore.
std::string toIdentifier(llvm::StringRef text);
/// The ABI's code of an element type; nothing for one that it lacks.
std::optional<uint32_t> dtypeOf(mlir::Type elementType);

} // namespace gradc::link

#endif
