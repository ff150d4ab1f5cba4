// Buffers.h - addresses of memrefs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_LANES_BUFFERS_H
#define GRADC_LIB_TARGET_LANES_BUFFERS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"

namespace gradc::lanes {

/// Whether the elements follow each other without gaps, the last dim fastest.
bool isContiguous(mlir::MemRefType type);
/// The address of a buffer's first element.
mlir::Value pointerOf(mlir::OpBuilder &b, mlir::Location loc, mlir::Value buffer);
/// The memref of a contiguous buffer at `pointer`; its layout is the identity.
mlir::Value bufferAt(mlir::OpBuilder &b, mlir::Location loc, mlir::Value pointer,
                     mlir::MemRefType type);

} // namespace gradc::lanes

#endif
