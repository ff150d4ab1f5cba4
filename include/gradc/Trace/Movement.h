// Movement.h - shapes, stacks and more reductions of the trace API.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As in PyTorch. Views are views; the results of `unfold` and `rot90` are new tensors.
#ifndef GRADC_TRACE_MOVEMENT_H
#define GRADC_TRACE_MOVEMENT_H

#include "gradc/Trace/Structure.h"

namespace gradc {

// Views.
/// Dim `dim` divided into `sizes`, one of which may be -1.
Tensor unflatten(const Tensor &x, int64_t dim, const Shape &sizes,
                 Location where = Location::here());
Tensor movedim(const Tensor &x, int64_t source, int64_t destination,
               Location where = Location::here());
Tensor swapdims(const Tensor &x, int64_t dim0, int64_t dim1, Location where = Location::here());
/// The diagonals of two dims, as the last dim.
Tensor diagonal(const Tensor &x, int64_t offset = 0, int64_t dim1 = 0, int64_t dim2 = 1,
                Location where = Location::here());
/// As many parts as said, the first ones larger by one where they cannot be equal.
std::vector<Tensor> tensor_split(const Tensor &x, int64_t sections, int64_t dim = 0,
                                 Location where = Location::here());
/// Parts that begin at the indices.
std::vector<Tensor> tensor_split(const Tensor &x, const Shape &indices, int64_t dim = 0,
                                 Location where = Location::here());

// Copies.
Tensor fliplr(const Tensor &x, Location where = Location::here());
Tensor flipud(const Tensor &x, Location where = Location::here());
/// Turned by 90 degrees k times in the plane of two dims.
Tensor rot90(const Tensor &x, int64_t k = 1, const Shape &dims = {0, 1},
             Location where = Location::here());
/// The diagonal of a matrix, or the matrix with a vector on its diagonal.
Tensor diag(const Tensor &x, int64_t diagonal = 0, Location where = Location::here());
/// The last dim on the diagonals of two new dims.
Tensor diag_embed(const Tensor &x, int64_t offset = 0, int64_t dim1 = -2, int64_t dim2 = -1,
                  Location where = Location::here());
/// Each element `repeats` times along a dim; of the flattened tensor without a dim.
Tensor repeat_interleave(const Tensor &x, int64_t repeats, std::optional<int64_t> dim = {},
                         Location where = Location::here());
/// Coordinates of a grid of vectors; `indexing` is "ij" or "xy".
std::vector<Tensor> meshgrid(const std::vector<Tensor> &vectors, const std::string &indexing = "ij",
                             Location where = Location::here());
/// Windows of `size` along a dim, `step` apart, in a new last dim.
Tensor unfold(const Tensor &x, int64_t dimension, int64_t size, int64_t step,
              Location where = Location::here());
Tensor pixel_shuffle(const Tensor &x, int64_t upscale_factor, Location where = Location::here());
Tensor pixel_unshuffle(const Tensor &x, int64_t downscale_factor,
                       Location where = Location::here());
Tensor hstack(const std::vector<Tensor> &tensors, Location where = Location::here());
Tensor vstack(const std::vector<Tensor> &tensors, Location where = Location::here());
Tensor dstack(const std::vector<Tensor> &tensors, Location where = Location::here());
Tensor column_stack(const std::vector<Tensor> &tensors, Location where = Location::here());
/// Differences of neighbours along a dim, n times.
Tensor diff(const Tensor &x, int64_t n = 1, int64_t dim = -1, Location where = Location::here());
/// The elements of `source`, in order, where the mask is true.
Tensor masked_scatter(const Tensor &x, const Tensor &mask, const Tensor &source,
                      Location where = Location::here());
Tensor take_along_dim(const Tensor &x, const Tensor &indices, int64_t dim,
                      Location where = Location::here());

// Reductions.
Tensor nansum(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
              Location where = Location::here());
Tensor nanmean(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
               Location where = Location::here());
Tensor count_nonzero(const Tensor &x, const Dims &dims = {}, Location where = Location::here());
/// Minimum and maximum; variance, or standard deviation, and mean.
Pair aminmax(const Tensor &x, Location where = Location::here());
Pair aminmax(const Tensor &x, int64_t dim, bool keepdim = false, Location where = Location::here());
Pair var_mean(const Tensor &x, const Dims &dims = {}, bool keepdim = false, int64_t correction = 1,
              Location where = Location::here());
Pair std_mean(const Tensor &x, const Dims &dims = {}, bool keepdim = false, int64_t correction = 1,
              Location where = Location::here());
/// The sum of the diagonal of a matrix.
Tensor trace(const Tensor &matrix, Location where = Location::here());
/// The p-norm of x - y.
Tensor dist(const Tensor &x, const Tensor &y, double p = 2, Location where = Location::here());
Tensor softmin(const Tensor &x, int64_t dim, Location where = Location::here());

/// Maxima of as many windows as said, and where they are in their planes.
Pair adaptive_max_pool1d(const Tensor &x, const Shape &sizes, Location where = Location::here());
Pair adaptive_max_pool2d(const Tensor &x, const Shape &sizes, Location where = Location::here());
Pair adaptive_max_pool3d(const Tensor &x, const Shape &sizes, Location where = Location::here());

namespace nn::functional {

/// How windows of planes lie: one number, or one for each of the two dims.
struct Windows {
  Shape dilation = {1}, padding = {0}, stride = {1};
};
/// The windows of [N, C, H, W] as columns: [N, C kh kw, windows].
Tensor unfold(const Tensor &x, const Shape &kernel_size, const Windows &windows = {},
              Location where = Location::here());
/// Columns of windows summed into planes of this size.
Tensor fold(const Tensor &x, const Shape &output_size, const Shape &kernel_size,
            const Windows &windows = {}, Location where = Location::here());

} // namespace nn::functional
} // namespace gradc

#endif // GRADC_TRACE_MOVEMENT_H
