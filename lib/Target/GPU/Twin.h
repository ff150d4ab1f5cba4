// Twin.h - the functions of the host that launch kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_GPU_TWIN_H
#define GRADC_LIB_TARGET_GPU_TWIN_H

#include "Writer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace gradc::gpu {

/// Buffers of variables, inputs, outputs and the arena lie at multiples of this.
inline constexpr int64_t kBufferAlignment = 64;

/// What gpu-emit-kernels adds to a program beside the kernels.
class DeviceProgram {
public:
  DeviceProgram() = default;
  DeviceProgram(mlir::ModuleOp module, mlir::ModuleOp device) : module(module), device(device) {}

  /// The function that launches the kernels of `op`, one after another.
  void add(sched::KernelOp op, const KernelWriter &writer);
  /// The twins of all public functions. Reports what has no device form: an error, or a remark if
  /// `lenient`.
  mlir::LogicalResult addTwins(bool lenient);
  /// Leaves the program as it was.
  void remove();

private:
  mlir::func::FuncOp runtime(llvm::StringRef name, mlir::TypeRange arguments,
                             mlir::TypeRange results);
  mlir::LogicalResult addTwin(mlir::func::FuncOp f, bool lenient);
  friend class TwinBuilder;

  mlir::ModuleOp module, device;
  llvm::MapVector<mlir::StringAttr, mlir::func::FuncOp> launchers; // by kernel
  llvm::SmallVector<mlir::Operation *> added;
  llvm::SmallVector<std::string> kernels;
  int64_t segments = 0;
  int64_t workspace = 0;
};

} // namespace gradc::gpu

#endif
