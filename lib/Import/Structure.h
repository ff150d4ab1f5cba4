// Structure.h - what ops on indices, windows and rows share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_STRUCTURE_H
#define GRADC_LIB_IMPORT_STRUCTURE_H

#include "Composite.h"

namespace gradc::graph {

/// The slices of `x` at `index` along `dim`: x.shape[:dim] + index.shape + x.shape[dim+1:]. Indices
/// are in range, or the nearest one is taken.
Term gather(Term x, Term index, int64_t dim);
/// `index` as i64 within [0, size), with negative ones counted from the end where `wraps`. Indices
/// that the program computes are checked while it runs, with this text.
Term checkedIndex(Call &call, Term index, int64_t size, bool wraps, const llvm::Twine &text);
/// The program fails with the text where not all of `condition` holds.
void expectAll(Term condition, const llvm::Twine &text);

/// Where the first maximum (or minimum) along one dim is, i64; NaN counts as it.
Term argExtremum(Term x, int64_t dim, bool least, bool keep);
Term reduceProd(Term x, Dims dims, bool keep = false);
Term amin(Term x, Dims dims, bool keep = false);
/// Whether all (or any) are true.
Term reduceBools(Term x, Dims dims, bool all, bool keep = false);
Term logsumexp(Term x, Dims dims, bool keep = false);
Term reverse(Term x, llvm::ArrayRef<int64_t> dims);
/// Zeros around and, where negative, elements cut off.
Term padTo(Term x, llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high, double value);
/// Constant data.
Term indices(Call &call, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> values);
Term numbers(Call &call, llvm::ArrayRef<int64_t> shape, mlir::Type element,
             llvm::ArrayRef<double> values);
/// The dims of `key`, wrapped and sorted; all when absent or empty.
mlir::LogicalResult reducedDims(Call &call, int64_t rank, llvm::SmallVectorImpl<int64_t> &dims);
Term toFloat(Term x);

} // namespace gradc::graph

#endif
