// Structure.h - reductions with indices, softmax, elements at indices, windows of the trace API.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_STRUCTURE_H
#define GRADC_TRACE_STRUCTURE_H

#include "gradc/Trace/Indexing.h"

namespace gradc {

// Reductions; of everything when `dims` is absent.
Tensor any(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
           Location where = Location::here());
Tensor all(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
           Location where = Location::here());
Tensor prod(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
            Location where = Location::here());
Tensor logsumexp(const Tensor &x, const Dims &dims, bool keepdim = false,
                 Location where = Location::here());
/// Divided by the count minus `correction`.
Tensor var(const Tensor &x, const Dims &dims = {}, bool keepdim = false, int64_t correction = 1,
           Location where = Location::here());
Tensor std(const Tensor &x, const Dims &dims = {}, bool keepdim = false, int64_t correction = 1,
           Location where = Location::here());
/// The p-norm of vectors.
Tensor norm(const Tensor &x, double p = 2, const Dims &dims = {}, bool keepdim = false,
            Location where = Location::here());
/// Where the first extremum is, i64.
Tensor argmax(const Tensor &x, Location where = Location::here());
Tensor argmax(const Tensor &x, int64_t dim, bool keepdim = false,
              Location where = Location::here());
Tensor argmin(const Tensor &x, Location where = Location::here());
Tensor argmin(const Tensor &x, int64_t dim, bool keepdim = false,
              Location where = Location::here());
/// The extremum of everything, or values and indices along a dim.
Tensor max(const Tensor &x, Location where = Location::here());
Pair max(const Tensor &x, int64_t dim, bool keepdim = false, Location where = Location::here());
Tensor min(const Tensor &x, Location where = Location::here());
Pair min(const Tensor &x, int64_t dim, bool keepdim = false, Location where = Location::here());

Tensor softmax(const Tensor &x, int64_t dim, Location where = Location::here());
Tensor log_softmax(const Tensor &x, int64_t dim, Location where = Location::here());

// Elements at indices. Indices that only the running program knows are checked while it runs.
Tensor index_select(const Tensor &x, int64_t dim, const Tensor &index,
                    Location where = Location::here());
Tensor gather(const Tensor &x, int64_t dim, const Tensor &index, Location where = Location::here());
Tensor take(const Tensor &x, const Tensor &index, Location where = Location::here());
/// x[indices[0], indices[1], ...]: tensors that broadcast together, of the first dims.
Tensor index(const Tensor &x, const std::vector<Tensor> &indices,
             Location where = Location::here());
/// Rows of `weight`; the row `padding_idx`, if not negative, has no gradient.
Tensor embedding(const Tensor &indices, const Tensor &weight, int64_t padding_idx = -1,
                 Location where = Location::here());
Tensor one_hot(const Tensor &indices, int64_t num_classes, Location where = Location::here());
Tensor masked_fill(const Tensor &x, const Tensor &mask, const Arg &value);

// Movement.
Tensor tril(const Tensor &x, int64_t diagonal = 0, Location where = Location::here());
Tensor triu(const Tensor &x, int64_t diagonal = 0, Location where = Location::here());
Tensor flip(const Tensor &x, const Shape &dims, Location where = Location::here());
Tensor roll(const Tensor &x, const Shape &shifts, const Shape &dims,
            Location where = Location::here());
/// Copies along dims, as Tensor.repeat of PyTorch.
Tensor tile(const Tensor &x, const Shape &counts, Location where = Location::here());
/// Views: parts of `size`, the last of what is left; at most `chunks`; the slices.
std::vector<Tensor> split(const Tensor &x, int64_t size, int64_t dim = 0,
                          Location where = Location::here());
std::vector<Tensor> chunk(const Tensor &x, int64_t chunks, int64_t dim = 0,
                          Location where = Location::here());
std::vector<Tensor> unbind(const Tensor &x, int64_t dim = 0, Location where = Location::here());

// Windows over the last dims of [N, C, spatial...] or [C, spatial...]. Lists have one number, or
// one for each spatial dim; without a stride the windows lie side by side.
struct Pool {
  Shape stride, padding = {0}, dilation = {1};
  bool ceil_mode = false, count_include_pad = true; // the last of averages only
};
Tensor max_pool1d(const Tensor &x, const Shape &kernel, const Pool &options = {},
                  Location where = Location::here());
Tensor max_pool2d(const Tensor &x, const Shape &kernel, const Pool &options = {},
                  Location where = Location::here());
Tensor max_pool3d(const Tensor &x, const Shape &kernel, const Pool &options = {},
                  Location where = Location::here());
Tensor avg_pool1d(const Tensor &x, const Shape &kernel, const Pool &options = {},
                  Location where = Location::here());
Tensor avg_pool2d(const Tensor &x, const Shape &kernel, const Pool &options = {},
                  Location where = Location::here());
Tensor avg_pool3d(const Tensor &x, const Shape &kernel, const Pool &options = {},
                  Location where = Location::here());
/// As many windows as said; -1 keeps a size.
Tensor adaptive_avg_pool1d(const Tensor &x, const Shape &sizes, Location where = Location::here());
Tensor adaptive_avg_pool2d(const Tensor &x, const Shape &sizes, Location where = Location::here());
Tensor adaptive_avg_pool3d(const Tensor &x, const Shape &sizes, Location where = Location::here());
/// Planes of another size; modes nearest, nearest-exact, linear, bilinear, trilinear, bicubic.
Tensor interpolate(const Tensor &x, const Shape &size, const std::string &mode = "nearest",
                   bool align_corners = false, Location where = Location::here());

} // namespace gradc

#endif // GRADC_TRACE_STRUCTURE_H
