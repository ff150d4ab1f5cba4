// Losses.h - what the losses share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_LOSSES_H
#define GRADC_LIB_IMPORT_LOSSES_H

#include "Composite.h"

namespace gradc::graph {

/// The result of a loss: its elements, their mean or their sum.
mlir::LogicalResult reduced(Call &call, Term loss);
/// Fails unless `reduction` is one that PyTorch has.
mlir::LogicalResult checkReduction(Call &call, bool batchmean = false);
/// A number as PyTorch compares it with x: rounded to f16 or bf16 where x was widened from these.
double inOwnDtype(Term x, double number);

/// The p-norm along one dim; its gradient at zeros is 0.
Term vectorNorm(Term x, double p, int64_t dim, bool keep = false);

mlir::LogicalResult crossEntropy(Importer &importer, Node &node);
mlir::LogicalResult nllLoss(Importer &importer, Node &node);
void addDistanceOps(OpTable &table);
void addMarginOps(OpTable &table);

} // namespace gradc::graph

#endif
