// GPU.h - kernels for NVIDIA GPUs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_GPU_H
#define GRADC_TARGET_GPU_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace gradc::gpu {

/// The nested module of device code that gpu-emit-kernels adds.
inline constexpr llvm::StringLiteral kDeviceModule = "gradc.device";
/// Of that module: the names of its kernels, in the order of their numbers.
inline constexpr llvm::StringLiteral kKernelsAttr = "gradc.kernels";
/// Of that module: bytes of device memory that kernels share for what they keep between them.
inline constexpr llvm::StringLiteral kWorkspaceAttr = "gradc.workspace";
/// The twin of function F that runs on a device is F plus this.
inline constexpr llvm::StringLiteral kSuffix = ".cuda";

/// The device code of a program; null where it has none.
mlir::ModuleOp deviceModule(mlir::ModuleOp program);

/// Adds device code to a program at the kernels level. `lenient`: a program with a kernel that has
/// no GPU form stays as it is, with a remark; else that is an error.
void buildGpuPipeline(mlir::OpPassManager &pm, bool lenient);

} // namespace gradc::gpu

#endif
