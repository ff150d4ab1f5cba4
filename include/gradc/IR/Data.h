// Data.h - the contents of large tensors, which stay where they were read from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MLIR's dense attributes copy their elements. Weights are large, the compiler only hands them on:
// they are resources over the mapped file, whose bytes nobody reads before they are written out.
#ifndef GRADC_IR_DATA_H
#define GRADC_IR_DATA_H

#include "mlir/IR/BuiltinAttributes.h"
#include <memory>

namespace llvm {
class MemoryBuffer;
}

namespace gradc {

/// Contents of fewer bytes are copied: attributes are easier to read and to fold than resources.
inline constexpr size_t kLargeData = 1 << 16;

/// Elements in row-major order, as they lie in memory; bools are bytes. `owner` holds the bytes: it
/// lives as long as the attribute's context then. Without an owner they are copied.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes,
                                std::shared_ptr<const llvm::MemoryBuffer> owner = nullptr);

/// The bytes of elements that are a resource; none for others, and for a resource that does not fit
/// its type (a module may have been written by hand).
std::optional<llvm::ArrayRef<char>> resourceBytes(mlir::ElementsAttr elements);

/// The same elements as an attribute that can be read one by one: copies a resource. Null for a
/// resource that does not fit its type.
mlir::DenseElementsAttr denseElements(mlir::ElementsAttr elements);

} // namespace gradc

#endif
