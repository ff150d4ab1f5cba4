// Npy.h - reads arrays of .npy, .npz and .safetensors files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_NPY_H
#define GRADC_LIB_IMPORT_NPY_H

#include "gradc/IR/Data.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/MemoryBuffer.h"

namespace gradc::graph {

/// Bytes, and what holds them.
struct Owned {
  llvm::StringRef bytes;
  std::shared_ptr<const llvm::MemoryBuffer> owner;
};

/// Appends a file name to a folder; an absolute one replaces it.
void appendPath(llvm::SmallVectorImpl<char> &folder, llvm::StringRef file);

/// The array of a .npy file (`key` empty), or entry `key` of an .npz or .safetensors file. Null on
/// failure, then `problem` says what is wrong and in which field. Large arrays stay in the mapped
/// file.
mlir::ElementsAttr readArray(mlir::MLIRContext *context, llvm::StringRef path, llvm::StringRef key,
                             std::string &problem);

bool isSafetensors(llvm::StringRef bytes);
mlir::ElementsAttr readSafetensors(mlir::MLIRContext *context, const Owned &file,
                                   llvm::StringRef key, std::string &problem);

/// Row-major little-endian bytes as an array; null when their number does not fit the shape.
mlir::ElementsAttr makeArray(const Owned &data, mlir::Type element, llvm::ArrayRef<int64_t> shape,
                             std::string &problem);

/// The bytes of entry `key`, or `key`.npy, of a zip archive; false on failure.
bool readNpzEntry(const Owned &archive, llvm::StringRef key, Owned &result, std::string &problem);

} // namespace gradc::graph

#endif
