// KernelGraphBuilder.h - builds a kernel graph in two passes: the dims, then the nodes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IR_KERNELGRAPHBUILDER_H
#define GRADC_LIB_IR_KERNELGRAPHBUILDER_H

#include "KernelDims.h"
#include "gradc/IR/KernelGraph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include <map>

namespace gradc::sched {

/// A part of a tensor dim: a stretch of an argument's memory or a loop dim of the op that makes an
/// intermediate.
struct Piece {
  int64_t size;
  int64_t stride;
  int dim;
  bool operator==(const Piece &) const = default;
};

/// What a tensor value of the body is.
struct TensorView {
  enum Kind { Argument, Intermediate, Uniform } kind = Uniform;
  mlir::Value base;
  int64_t offset = 0;
  llvm::SmallVector<llvm::SmallVector<Piece, 1>> dims;
};

/// The least and the most that an index may be.
struct IndexRange {
  int64_t least, most;
};

struct OpLoops {
  mlir::linalg::GenericOp op;
  llvm::SmallVector<int> dims;
};

class KernelGraphBuilder {
public:
  KernelGraphBuilder(mlir::ValueRange args, std::string &why) : args(args), why(why) {}
  mlir::LogicalResult build(llvm::ArrayRef<mlir::Operation *> ops, mlir::ValueRange results);
  KernelGraph graph;

private:
  mlir::LogicalResult fail(const llvm::Twine &text) {
    why = text.str();
    return mlir::failure();
  }
  // First pass: which loop dims are equal.
  mlir::LogicalResult visit(mlir::Operation *op);
  mlir::LogicalResult visitGeneric(mlir::linalg::GenericOp op);
  mlir::LogicalResult visitView(mlir::Operation *op);
  mlir::LogicalResult visitConstant(mlir::arith::ConstantOp op);
  mlir::LogicalResult visitSlice(mlir::tensor::ExtractSliceOp op, TensorView view);
  mlir::LogicalResult matchOperand(mlir::linalg::GenericOp op, mlir::OpOperand &operand,
                                   llvm::ArrayRef<int> loops);
  mlir::LogicalResult expand(TensorView &view, llvm::ArrayRef<mlir::ReassociationIndices> groups,
                             llvm::ArrayRef<int64_t> shape);
  mlir::LogicalResult shareArgumentDims();
  bool clash();
  llvm::SmallVector<int> dimsOf(llvm::ArrayRef<Piece> pieces);
  // Second pass: nodes.
  void numberDims(llvm::ArrayRef<int> dims);
  mlir::LogicalResult addResults(mlir::ValueRange results,
                                 llvm::ArrayRef<llvm::SmallVector<int>> resultDims);
  mlir::LogicalResult addGeneric(const OpLoops &loops);
  mlir::LogicalResult addScalarOp(mlir::Operation *op, llvm::DenseMap<mlir::Value, int> &scalars);
  mlir::FailureOr<int> scalarNode(mlir::Value v, llvm::DenseMap<mlir::Value, int> &scalars);
  mlir::FailureOr<int> tensorNode(mlir::Value v, mlir::AffineMap map, llvm::ArrayRef<int> loops);
  mlir::FailureOr<Access> accessOf(const TensorView &view, mlir::AffineMap map,
                                   llvm::ArrayRef<int> loops);
  mlir::LogicalResult addReduction(const OpLoops &loops, unsigned k,
                                   llvm::DenseMap<mlir::Value, int> &scalars);
  mlir::FailureOr<int> uniformNode(mlir::Value base);
  // KernelGather.cpp
  mlir::LogicalResult addGather(mlir::tensor::ExtractOp op,
                                llvm::DenseMap<mlir::Value, int> &scalars);
  std::optional<IndexRange> rangeOf(int node);
  std::optional<IndexRange> computeRange(int node);
  std::optional<bool> isLess(int a, int b, int64_t equal);
  std::optional<bool> decide(mlir::arith::CmpIPredicate predicate, int a, int b);
  std::optional<int> simplify(mlir::Operation *op, llvm::ArrayRef<int> in);
  void addLinear(KernelNode &gather, int index, int64_t step);
  int constantNode(mlir::TypedAttr value);
  int add(KernelNode node);
  llvm::SmallVector<int> kernelDims(llvm::ArrayRef<int> dims);

  mlir::ValueRange args;
  std::string &why;
  DimClasses classes;
  llvm::DenseMap<mlir::Value, TensorView> views;
  llvm::DenseMap<mlir::Value, int> argNumbers;
  llvm::SmallVector<OpLoops> generics;
  /// The uses of arguments, those through equal views together.
  struct ArgumentUses {
    TensorView view;
    llvm::SmallVector<llvm::SmallVector<int>> uses;
  };
  llvm::SmallVector<ArgumentUses> argumentUses;
  llvm::DenseMap<int, int> numbers; // dim class -> kernel dim
  llvm::DenseMap<mlir::Value, int> nodeOf;
  llvm::DenseMap<mlir::Value, int> kernelScalars;
  std::map<std::string, int> known;
  llvm::DenseMap<int, std::optional<IndexRange>> ranges;
};

/// Dims in the order of memory.
void sortDims(Access &access);

/// What an argument is before any reshape or slice.
TensorView argumentView(mlir::Value v);

} // namespace gradc::sched

#endif
