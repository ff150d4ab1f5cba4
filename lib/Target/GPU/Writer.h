// Writer.h - turns one sched.kernel into kernels of a GPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_GPU_WRITER_H
#define GRADC_LIB_TARGET_GPU_WRITER_H

#include "Threads.h"
#include "gradc/IR/Ag.h"
#include "mlir/IR/BuiltinOps.h"

namespace gradc::gpu {

/// One launch. All kernels of a sched.kernel take the same arguments: its own, its results, and the
/// workspace.
struct DeviceLaunch {
  std::string kernel;
  int64_t grid, block;
};

/// Memory that outlives a kernel: a result, or a part of the workspace.
struct Place {
  int result = -1;
  int64_t workspace = 0; // bytes from its start
  sched::Access access;
};

/// A kernel that is being written.
struct DeviceKernel {
  Threads &threads;
  Kernel kernel; // its graph has no meaning where an op owns the kernel
  mlir::Value workspace;

  mlir::Value inWorkspace(int64_t bytes) const;
  Buffer bufferOf(const Place &place) const;
};

class KernelWriter {
public:
  /// `alignments`: of each argument and result, in bytes, at every launch.
  KernelWriter(sched::KernelOp op, mlir::ModuleOp device, llvm::ArrayRef<int64_t> alignments)
      : op(op), device(device), alignments(alignments) {}

  sched::KernelOp op;
  llvm::SmallVector<DeviceLaunch> launches;
  int64_t workspaceBytes = 0;

  /// Room in the workspace for `count` elements.
  int64_t reserve(mlir::Type element, int64_t count);
  /// The alignment of argument or result `i`, arguments first.
  int64_t alignment(unsigned i) const { return alignments[i]; }
  /// Adds a kernel of `grid` blocks.
  void add(const sched::KernelGraph &graph, int64_t grid, int64_t block,
           llvm::function_ref<void(DeviceKernel &)> body);
  /// A kernel with a thread for each of `count` positions.
  void forEach(const sched::KernelGraph &graph, int64_t count,
               llvm::function_ref<void(DeviceKernel &, mlir::Value)> body);

private:
  mlir::func::FuncOp declare(int64_t block);
  mlir::Value constantPointer(LaneBuilder &b, mlir::DenseElementsAttr data);

  mlir::ModuleOp device;
  llvm::ArrayRef<int64_t> alignments;
};

// The emitters, one a form. Failure where the GPU has none, with the reason in `why`.
mlir::LogicalResult emitTiny(KernelWriter &writer, const sched::KernelGraph &graph,
                             std::string &why);
mlir::LogicalResult emitRows(KernelWriter &writer, const sched::KernelGraph &graph,
                             std::string &why);
mlir::LogicalResult emitContraction(KernelWriter &writer, const sched::KernelGraph &graph,
                                    std::string &why);
mlir::LogicalResult emitOwned(KernelWriter &writer, ag::KernelOpInterface op, std::string &why);

} // namespace gradc::gpu

#endif
