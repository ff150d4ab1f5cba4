// sizes.h - sizes that are known when the program runs, and tensors that have them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled code lays tensors out for the largest value of each size (gradc_tensor.shape). Files
// hold them as they are: dense, with the extents of this run.
#ifndef GRADC_SIZES_H
#define GRADC_SIZES_H

#include "files.h"

// The record of an extent; null where the extent is fixed.
const gradc_open_extent *gradc_open_at(const gradc_tensor *tensor, uint32_t dim);
// Whether input `i` of the program holds a size: the driver gives it, no file does.
int gradc_is_size(const gradc_program *program, uint32_t i);
// The tensor's extents when `sizes` (by size of the program) are the sizes; `shape` has room for
// `rank`.
void gradc_extents(const gradc_tensor *tensor, const int64_t *sizes, int64_t *shape);
// Takes the sizes from the shape of an array for an input, from dim `first` on. `known` marks those
// that an earlier array has set, which must agree. Returns 0, or -1 after a report.
int gradc_take_sizes(const gradc_program *program, const gradc_tensor *tensor,
                     const gradc_array *array, const char *path, uint32_t first, int64_t *sizes,
                     unsigned char *known);
// Moves the elements of a dense array of extents `shape` within `data` to where compiled code has
// them; `pack` is the way back, to `out`.
void gradc_spread(const gradc_tensor *tensor, const int64_t *shape, void *data);
void gradc_pack(const gradc_tensor *tensor, const int64_t *shape, const void *data, void *out);

#endif // GRADC_SIZES_H
