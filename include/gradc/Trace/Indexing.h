// Indexing.h - writes at indices, sorting, cumulation and convolutions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_INDEXING_H
#define GRADC_TRACE_INDEXING_H

#include "gradc/Trace/Tensor.h"
#include <utility>

namespace gradc {

// Writes at indices. Those that only the running program knows are not checked by the trace.

/// `src` written into `x` at `index` along `dim`, as torch.scatter; all have the same rank.
Tensor scatter(const Tensor &x, int64_t dim, const Tensor &index, const Arg &src);
/// The same, added to what is there.
Tensor scatter_add(const Tensor &x, int64_t dim, const Tensor &index, const Tensor &src,
                   Location where = Location::here());
/// The same, combined by "sum", "prod", "mean", "amax" or "amin"; with what is there unless told
/// not to.
Tensor scatter_reduce(const Tensor &x, int64_t dim, const Tensor &index, const Tensor &src,
                      const std::string &reduce, bool include_self = true,
                      Location where = Location::here());
/// Slices of `source` added, times `alpha`, at a vector of indices along `dim`.
Tensor index_add(const Tensor &x, int64_t dim, const Tensor &index, const Tensor &source,
                 Number alpha = 1, Location where = Location::here());
Tensor index_copy(const Tensor &x, int64_t dim, const Tensor &index, const Tensor &source,
                  Location where = Location::here());
Tensor index_fill(const Tensor &x, int64_t dim, const Tensor &index, const Arg &value);
/// `values` written, or added, at tuples of indices: one tensor for each of the first dims.
Tensor index_put(const Tensor &x, const std::vector<Tensor> &indices, const Tensor &values,
                 bool accumulate = false, Location where = Location::here());

// Order. Stable; NaN is the largest. Where there are two results, the second has the indices, i64.

using Pair = std::pair<Tensor, Tensor>;
Pair sort(const Tensor &x, int64_t dim = -1, bool descending = false,
          Location where = Location::here());
Tensor argsort(const Tensor &x, int64_t dim = -1, bool descending = false,
               Location where = Location::here());
Tensor msort(const Tensor &x, Location where = Location::here());
Pair topk(const Tensor &x, int64_t k, int64_t dim = -1, bool largest = true, bool sorted = true,
          Location where = Location::here());
Pair kthvalue(const Tensor &x, int64_t k, int64_t dim = -1, bool keepdim = false,
              Location where = Location::here());
/// The lower median of everything, or along a dim.
Tensor median(const Tensor &x, Location where = Location::here());
Pair median(const Tensor &x, int64_t dim, bool keepdim = false, Location where = Location::here());

// Cumulation along a dim. The sums and products of integers and bools are i64.

Tensor cumsum(const Tensor &x, int64_t dim, Location where = Location::here());
Tensor cumprod(const Tensor &x, int64_t dim, Location where = Location::here());
Tensor logcumsumexp(const Tensor &x, int64_t dim, Location where = Location::here());
Pair cummax(const Tensor &x, int64_t dim, Location where = Location::here());
Pair cummin(const Tensor &x, int64_t dim, Location where = Location::here());

// Convolutions of [N, C, spatial...] or [C, spatial...]. The lists of `Conv` have one number, or
// one for each spatial dim; `bias` may be undefined.

struct Conv {
  Shape stride = {1}, padding = {0}, dilation = {1};
  int64_t groups = 1;
  Shape output_padding = {0}; // of transposed ones
  bool same = false;          // as much padding as keeps the sizes, instead of `padding`
};
/// Weight [O, C / groups, spatial...].
Tensor conv1d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
              const Conv &options = {}, Location where = Location::here());
Tensor conv2d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
              const Conv &options = {}, Location where = Location::here());
Tensor conv3d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
              const Conv &options = {}, Location where = Location::here());
/// Weight [C, O / groups, spatial...].
Tensor conv_transpose1d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
                        const Conv &options = {}, Location where = Location::here());
Tensor conv_transpose2d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
                        const Conv &options = {}, Location where = Location::here());
Tensor conv_transpose3d(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
                        const Conv &options = {}, Location where = Location::here());

} // namespace gradc

#endif // GRADC_TRACE_INDEXING_H
