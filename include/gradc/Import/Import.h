// Import.h - graph JSON to the ag dialect and back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IMPORT_IMPORT_H
#define GRADC_IMPORT_IMPORT_H

#include "gradc/IR/Data.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <optional>
#include <string>

namespace gradc {

/// Reads a graph (docs/graph.md) into a module of the ag dialect. `fileName` stands in messages and
/// locations, and files that the graph names are relative to its folder. Returns null after one
/// error, which goes through the context's diagnostics with the position in the JSON, or the
/// user's own line where the node has a "loc".
mlir::OwningOpRef<mlir::ModuleOp> importGraphJson(mlir::MLIRContext &context, llvm::StringRef bytes,
                                                  llvm::StringRef fileName);

/// The values that an open size takes; those of the export where there is none.
struct SizeRange {
  std::optional<int64_t> least, most;
};

/// How a .pt2 archive is read.
struct Pt2Options {
  /// Sizes that the export left open, by the symbol's or an input's name: "s17" or "x.0"; those
  /// without are as they were when the program was exported. A range of one value fixes a size,
  /// any other leaves it open: the program takes every value of the range.
  std::map<std::string, SizeRange> sizes;
  /// Other sizes that the export left open stay so, if it has a largest value for them and the
  /// program allows it; a warning says where it does not.
  bool keepOpen = false;
  /// A decomposed program has lost no detach and no no_grad.
  bool trustDecomposed = false;
  /// Of the archive's bytes: where there is one, large tensors refer to them.
  std::shared_ptr<const llvm::MemoryBuffer> owner;
};

/// Reads a .pt2 archive of torch.export.save (docs/pytorch.md) into a module of the ag dialect: a
/// model. Returns null after errors, which name the entry and the field, or the user's Python line.
mlir::OwningOpRef<mlir::ModuleOp> importPt2(mlir::MLIRContext &context, llvm::StringRef bytes,
                                            llvm::StringRef fileName,
                                            const Pt2Options &options = {});

/// Whether the bytes are a zip archive, which is what .pt2 files are.
bool isPt2(llvm::StringRef bytes);

/// ATen's operators, one a line: the name and the op of graph JSON that it becomes, or "-".
void printAtenOps(mlir::MLIRContext &context, llvm::raw_ostream &out);

/// Writes a module as it comes out of the importer in canonical form: flat, typed, one node a line.
/// Reading that and writing it again gives the same bytes.
mlir::LogicalResult exportGraphJson(mlir::ModuleOp module, llvm::raw_ostream &out);

/// The JSON Schema of graph JSON, from the table of ops.
void printGraphSchema(mlir::MLIRContext &context, llvm::raw_ostream &out);

/// The ops of graph JSON, one a line: name, operands, attributes, what it is.
void printGraphOps(mlir::MLIRContext &context, llvm::raw_ostream &out);

} // namespace gradc

#endif
