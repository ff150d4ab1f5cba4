// OpenSizes.h - programs that take every size of a range.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A size that stays open is imported at its largest value, so that all shapes are known. What
// depends on it is found by comparing that program with imports of other sizes: the dimensions that
// differ are multiples of the size, and the constants that differ are computed from it. The rest
// follows from one rule, which every value keeps: along such a dimension the first elements, as
// many as the size says, are those of the program of that size, and what lies behind never reaches
// them. So sums and their like leave it out, and inputs are repeated there, which is as harmless to
// the derivatives as the input itself.
#ifndef GRADC_LIB_IMPORT_PT2_OPENSIZES_H
#define GRADC_LIB_IMPORT_PT2_OPENSIZES_H

#include "gradc/IR/Ag.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"

namespace gradc::pt2 {

/// A symbol that stays open, from `least` to `most`.
struct OpenSize {
  std::string symbol;
  /// The first input and dimension that have it: "x.0".
  std::string name;
  int64_t least = 0, most = 0;
  /// What it was at export.
  int64_t usual = 0;
};

/// How a constant follows from a size n, with m = factor * n; the factor is not 0.
struct Formula {
  enum Form { sum, reciprocal, ratio } form = sum; // m + offset, 1 / (m + offset), m / (m - 1)
  int64_t factor = 1, offset = 0;
};

/// What depends on the size in a program that was imported at its largest value.
struct SizeUses {
  /// By value, for each of its dimensions: extent / size, or 0 where the extent is fixed.
  llvm::DenseMap<mlir::Value, llvm::SmallVector<int64_t>> factors;
  llvm::MapVector<mlir::Operation *, Formula> constants;
  /// The same for inputs and outputs of the program, by their places.
  std::vector<llvm::SmallVector<int64_t>> inputs, outputs;
  /// What expectations are to say, with the size's name in the place of its value.
  llvm::MapVector<mlir::Operation *, std::string> texts;
};

/// Compares a program with imports of it at other sizes; sizes[0] is that of `program`. What cannot
/// follow an open size is an error at its op.
mlir::LogicalResult findSizeUses(mlir::ModuleOp program, llvm::ArrayRef<mlir::ModuleOp> others,
                                 llvm::ArrayRef<int64_t> sizes, const OpenSize &size,
                                 SizeUses &uses);

/// Gives the program an input for each size, an i64 scalar of its name, and makes it right
/// for every value of it up to the largest. uses[k] is of sizes[k].
mlir::LogicalResult openSizes(mlir::ModuleOp program, llvm::ArrayRef<OpenSize> sizes,
                              llvm::ArrayRef<SizeUses> uses);

/// The program for a part of the values of its sizes.
struct Variant {
  /// For the usual sizes only, which it does not ask for.
  bool isExact = false;
  llvm::SmallVector<int64_t> largest; // by size
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// Makes `program`, which takes the largest sizes, run the first of the variants that the sizes of
/// a run fit, and refuse sizes out of range. Two attributes of the module tell of the sizes:
/// "ag.sizes" has name, least, most and usual value of each, "ag.open" the dimensions of inputs
/// ("in.x") and outputs ("out.y") as pairs: index of the size + 1, extent / size; 0, 0 where fixed.
void joinVariants(mlir::ModuleOp program, llvm::ArrayRef<OpenSize> sizes,
                  llvm::ArrayRef<SizeUses> uses, llvm::ArrayRef<Variant> variants);

/// Reports that the size cannot stay open because of an op.
mlir::LogicalResult refuseOpenSize(mlir::Operation *op, const OpenSize &size,
                                   const llvm::Twine &why);

} // namespace gradc::pt2

#endif
