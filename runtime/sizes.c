// sizes.c - takes sizes from arrays, and tensors from and to the layout of the largest sizes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sizes.h"
#include "hosted.h"

#include <string.h>

const gradc_open_extent *gradc_open_at(const gradc_tensor *tensor, uint32_t dim) {
  return tensor->open && dim < tensor->rank && tensor->open[dim].size ? &tensor->open[dim] : NULL;
}

int gradc_is_size(const gradc_program *program, uint32_t i) {
  for (uint32_t k = 0; k < program->n_sizes; ++k)
    if (program->sizes[k].input == i)
      return 1;
  return 0;
}

void gradc_extents(const gradc_tensor *tensor, const int64_t *sizes, int64_t *shape) {
  for (uint32_t d = 0; d < tensor->rank; ++d) {
    const gradc_open_extent *open = gradc_open_at(tensor, d);
    shape[d] = open ? sizes[open->size - 1] * (int64_t)open->factor : tensor->shape[d];
  }
}

int gradc_take_sizes(const gradc_program *program, const gradc_tensor *tensor,
                     const gradc_array *array, const char *path, uint32_t first, int64_t *sizes,
                     unsigned char *known) {
  if (array->rank != tensor->rank)
    return 0; // reported by who loads it
  for (uint32_t d = first; d < tensor->rank; ++d) {
    const gradc_open_extent *open = gradc_open_at(tensor, d);
    if (!open)
      continue;
    const gradc_size *size = &program->sizes[open->size - 1];
    int64_t found = array->shape[d], factor = open->factor, value = found / factor;
    if (found % factor || value < size->least || value > size->most) {
      gradc_report("%s: tensor '%s': dimension %u has size %lld, expected %lld to %lld%s", path,
                   tensor->name, d, (long long)found, (long long)(size->least * factor),
                   (long long)(size->most * factor), factor == 1 ? "" : " in steps");
      return -1;
    }
    if (known[open->size - 1] && sizes[open->size - 1] != value) {
      gradc_report("%s: tensor '%s': dimension %u has size %lld where the other inputs have %lld",
                   path, tensor->name, d, (long long)found,
                   (long long)(sizes[open->size - 1] * factor));
      return -1;
    }
    known[open->size - 1] = 1;
    sizes[open->size - 1] = value;
  }
  return 0;
}

// Walks the rows of dense and laid-out extents; `back` from the last to the first, because
// spreading moves rows towards the end.
static void move_rows(const gradc_tensor *tensor, const int64_t *shape, const char *from, char *to,
                      int spreads) {
  uint32_t rank = tensor->rank;
  uint64_t dense[GRADC_MAX_RANK], laid[GRADC_MAX_RANK], a = gradc_rt_dtype_bytes(tensor->dtype);
  uint64_t b = a, rows = 1;
  for (uint32_t d = rank; d-- > 0;) {
    dense[d] = a;
    laid[d] = b;
    a *= (uint64_t)shape[d];
    b *= (uint64_t)tensor->shape[d];
  }
  if (!rank || !a) {
    if (!rank && to != from)
      memcpy(to, from, a);
    return;
  }
  uint64_t bytes = (uint64_t)shape[rank - 1] * dense[rank - 1];
  for (uint32_t d = 0; d + 1 < rank; ++d)
    rows *= (uint64_t)shape[d];
  for (uint64_t i = 0; i < rows; ++i) {
    uint64_t rest = spreads ? rows - 1 - i : i, in_dense = 0, in_laid = 0;
    for (uint32_t d = rank - 1; d-- > 0;) {
      uint64_t at = rest % (uint64_t)shape[d];
      rest /= (uint64_t)shape[d];
      in_dense += at * dense[d];
      in_laid += at * laid[d];
    }
    memmove(to + (spreads ? in_laid : in_dense), from + (spreads ? in_dense : in_laid), bytes);
  }
}

void gradc_spread(const gradc_tensor *tensor, const int64_t *shape, void *data) {
  for (uint32_t d = 1; d < tensor->rank; ++d) {
    if (gradc_open_at(tensor, d)) {
      move_rows(tensor, shape, data, data, 1);
      return;
    }
  }
}

void gradc_pack(const gradc_tensor *tensor, const int64_t *shape, const void *data, void *out) {
  move_rows(tensor, shape, data, out, 0);
}
