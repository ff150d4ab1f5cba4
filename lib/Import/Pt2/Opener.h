// Opener.h - rewrites a program of the largest sizes for all sizes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_PT2_OPENER_H
#define GRADC_LIB_IMPORT_PT2_OPENER_H

#include "OpenSizes.h"
#include <map>

namespace gradc::pt2 {

/// What stands behind the elements that count.
enum class Fill { zero, one, lowest, highest };

class Opener {
public:
  Opener(mlir::func::FuncOp function, llvm::ArrayRef<OpenSize> sizes)
      : function(function), sizes(sizes), start(function.getContext()) {}

  mlir::LogicalResult run(llvm::ArrayRef<SizeUses> uses);

private:
  /// A dimension of a value; factor 0: its extent is fixed. An open one consists of so many blocks
  /// of equal length, and what counts is how each block begins: one block, unless dimensions behind
  /// others were joined with these. 0 blocks: all elements along it are the same, any number fits.
  struct Dim {
    unsigned size = 0;
    int64_t factor = 0, blocks = 0;
  };

  mlir::LogicalResult collect(llvm::ArrayRef<SizeUses> uses);
  void addInputs();
  void repeatInputs();
  void replaceConstants(unsigned k, const SizeUses &uses);

  Dim dim(mlir::Value v, int64_t d) const;
  llvm::SmallVector<int64_t> openDims(mlir::Value v) const;
  llvm::SmallVector<int64_t> openAmong(mlir::Value v, llvm::ArrayRef<int64_t> dims) const;
  mlir::LogicalResult refuse(mlir::Operation *op, const llvm::Twine &why);

  // Code at the start of the function.
  mlir::Value scalar(int64_t value);
  mlir::Value extent(Dim d);
  mlir::Value below(Dim d);
  mlir::Value toFloat(mlir::Value integer, mlir::Type element);
  /// The product of the extents of these dimensions.
  mlir::Value count(mlir::Value v, llvm::ArrayRef<int64_t> dims);
  mlir::Value splat(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type, Fill fill);

  /// The value with `fill` behind the first elements along open dimensions.
  mlir::Value mask(mlir::OpBuilder &b, mlir::Value v, llvm::ArrayRef<int64_t> dims, Fill fill);
  void maskOperand(mlir::Operation *op, unsigned i, llvm::ArrayRef<int64_t> dims, Fill fill);

  // Where elements are.
  mlir::LogicalResult place(mlir::Operation *op);
  mlir::LogicalResult placeFrom(mlir::Operation *op, mlir::Value result, mlir::Value operand,
                                llvm::function_ref<int64_t(int64_t)> dimOfOperand);
  mlir::LogicalResult placeRegions(mlir::Operation *op);
  mlir::LogicalResult join(mlir::Operation *op, mlir::Value to, mlir::Value from);
  mlir::LogicalResult reshape(ag::ReshapeOp op);
  mlir::LogicalResult placeContract(ag::ContractOp op);
  mlir::LogicalResult placeMoves(mlir::Operation *op);
  mlir::LogicalResult keepsPlaces(mlir::Operation *op, mlir::Value x, llvm::ArrayRef<int64_t> dims);
  /// The dims must be of one block.
  mlir::LogicalResult isOneBlock(mlir::Operation *op, mlir::Value x, llvm::ArrayRef<int64_t> dims);

  mlir::LogicalResult rewrite(mlir::Operation *op);
  mlir::LogicalResult rewriteRows(mlir::Operation *op);
  mlir::LogicalResult rewriteMoves(mlir::Operation *op);
  mlir::LogicalResult rewriteKernels(mlir::Operation *op);
  mlir::LogicalResult slice(ag::SliceOp op);
  mlir::LogicalResult updateSlice(ag::UpdateSliceOp op);
  void mean(ag::ReduceMeanOp op);
  void normalize(mlir::Operation *op, mlir::Value x, llvm::ArrayRef<int64_t> dims, double eps,
                 bool centred);

  mlir::func::FuncOp function;
  llvm::ArrayRef<OpenSize> sizes;
  /// Inserts before the function's first op of its own.
  mlir::OpBuilder start;
  llvm::SmallVector<mlir::Value> inputs; // the sizes, i64 scalars
  /// Replaced, and erased at the end: until then no other op has their address.
  llvm::SmallVector<mlir::Operation *> dead;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Dim>> dims;
  std::map<std::tuple<unsigned, int64_t, int64_t>, mlir::Value> conditions;
};

} // namespace gradc::pt2

#endif
