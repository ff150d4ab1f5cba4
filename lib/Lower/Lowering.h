// Lowering.h - what the kinds of ops share on their way to linalg.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_LOWER_LOWERING_H
#define GRADC_LIB_LOWER_LOWERING_H

#include "gradc/IR/Ag.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/AffineMap.h"

namespace gradc::lower {

inline mlir::RankedTensorType typeOf(mlir::Value v) {
  return mlir::cast<mlir::RankedTensorType>(v.getType());
}
inline bool hasElements(mlir::Value v) { return typeOf(v).getNumElements() != 0; }

// Each of these builds the replacement of an op's one result. None sees a result without elements.
mlir::Value lowerElementwise(mlir::OpBuilder &b, ag::ElementwiseOpInterface op);
mlir::Value lowerReduction(mlir::OpBuilder &b, mlir::Operation *op);
mlir::Value lowerContraction(mlir::OpBuilder &b, ag::ContractOp op);
mlir::Value lowerReshape(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                         mlir::RankedTensorType type);
mlir::Value lowerBroadcast(mlir::OpBuilder &b, ag::BroadcastOp op);
mlir::Value lowerTranspose(mlir::OpBuilder &b, ag::TransposeOp op);
mlir::Value lowerSlice(mlir::OpBuilder &b, ag::SliceOp op);
mlir::Value lowerUpdateSlice(mlir::OpBuilder &b, ag::UpdateSliceOp op);
mlir::Value lowerPad(mlir::OpBuilder &b, ag::PadOp op);
mlir::Value lowerConcat(mlir::OpBuilder &b, ag::ConcatOp op);
mlir::Value lowerIota(mlir::OpBuilder &b, ag::IotaOp op);
mlir::Value lowerPhilox(mlir::OpBuilder &b, ag::PhiloxOp op);
mlir::Value lowerGather(mlir::OpBuilder &b, ag::GatherOp op);
mlir::Value lowerReverse(mlir::OpBuilder &b, ag::ReverseOp op);
mlir::Value lowerReduceWindow(mlir::OpBuilder &b, ag::ReduceWindowOp op);
mlir::Value lowerWindowArgmax(mlir::OpBuilder &b, ag::WindowArgmaxOp op);
/// Products, softmax and normalisation.
mlir::Value lowerRows(mlir::OpBuilder &b, mlir::Operation *op);

/// The results of an op that owns a kernel but has nothing to compute; false where it has.
bool lowerEmptyKernel(mlir::OpBuilder &b, mlir::Operation *op,
                      llvm::SmallVectorImpl<mlir::Value> &values);

/// What is computed in place of an element type: f32 for f16 and bf16, i16 for u8.
mlir::Type wideElement(mlir::Type element);
bool isNarrow(mlir::Type type);
/// An element as that, and back.
mlir::Value widen(mlir::OpBuilder &b, mlir::Location loc, mlir::Value v);
mlir::Value narrow(mlir::OpBuilder &b, mlir::Location loc, mlir::Value v, mlir::Type to);
/// The results of an op on narrow element types: that of the op on wider ones, rounded once. False
/// where the types are wide.
bool widenOp(mlir::OpBuilder &b, mlir::Operation *op, llvm::SmallVectorImpl<mlir::Value> &values);
/// Does so for reductions, contractions and windows.
void widenOps(mlir::ModuleOp module);
/// Turns u8 into i8, at last.
void storeUnsigned(mlir::ModuleOp module);

/// Turns the constants of a module that are not splats into variables, read at function entry.
void hoistConstants(mlir::ModuleOp module);

/// Puts the factors that all turns of a loop contract with in order before it.
void hoistFactors(mlir::ModuleOp module);

/// The number as an attribute of an element type.
mlir::TypedAttr number(mlir::OpBuilder &b, mlir::Type element, double value);
/// The splat value of a constant, or null.
mlir::TypedAttr splatOf(mlir::Value v);
/// A tensor filled with one value.
mlir::Value fill(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type,
                 mlir::TypedAttr value);

/// One element of the result of a loop nest, from the elements of its inputs and its output.
using Body = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// A linalg.generic whose output map is `outMap`; loops that are not in it are reductions, which
/// start from `init`.
mlir::Value generic(mlir::OpBuilder &b, mlir::Location loc, mlir::ValueRange inputs,
                    llvm::ArrayRef<mlir::AffineMap> inputMaps, mlir::Value init,
                    mlir::AffineMap outMap, Body body);

/// The sum, product, ... of two elements.
mlir::Value combineSum(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);

} // namespace gradc::lower

#endif
