// Npy.h - reads arrays of NumPy's .npy and .npz files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_NPY_H
#define GRADC_LIB_IMPORT_NPY_H

#include "mlir/IR/BuiltinAttributes.h"

namespace gradc::graph {

/// Appends a file name to a folder; an absolute one replaces it.
void appendPath(llvm::SmallVectorImpl<char> &folder, llvm::StringRef file);

/// The array of a .npy file (`key` empty) or entry `key` of an .npz file. Null on failure, then
/// `problem` says what is wrong and in which field.
mlir::DenseElementsAttr readArray(mlir::MLIRContext *context, llvm::StringRef path,
                                  llvm::StringRef key, std::string &problem);

/// The bytes of entry `key`, or `key`.npy, of a zip archive; false on failure.
bool readZipEntry(llvm::StringRef bytes, llvm::StringRef key, std::string &result,
                  std::string &problem);

} // namespace gradc::graph

#endif
