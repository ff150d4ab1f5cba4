// data.c - reads data sets and deals out their mini-batches.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "data.h"
#include "hosted.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

static int has_rows(const gradc_array *array, const gradc_tensor *wanted) {
  if (gradc_open_at(wanted, 0))
    return gradc_is_readable(array, wanted) && array->rank == wanted->rank;
  return gradc_is_readable(array, wanted) && array->rank == wanted->rank && array->rank &&
         array->shape[0] != wanted->shape[0] &&
         !memcmp(array->shape + 1, wanted->shape + 1, 8 * (array->rank - 1));
}

// Points at the file's own bytes where they can be used as they are. A batch is copied anyway, so
// that rows need no alignment.
static int load(gradc_data *data, uint32_t index, const char *path, const gradc_array *array) {
  gradc_tensor wanted = data->program->inputs[index];
  gradc_column *column = &data->columns[index];
  int rows = data->takes_rows && has_rows(array, &wanted);
  uint64_t bytes = 0, room = 0;
  int64_t shape[GRADC_MAX_RANK];
  gradc_tensor_bytes(wanted.shape, wanted.rank, wanted.dtype, &room);
  if (wanted.open) {
    if (gradc_take_sizes(data->program, &wanted, array, path, rows, data->sizes, data->known))
      return GRADC_EXIT_INPUT;
    gradc_extents(&wanted, data->sizes, shape);
    if (rows)
      shape[0] = array->shape[0];
    wanted.shape = shape;
  } else if (rows) {
    wanted.shape = array->shape;
  }
  gradc_tensor_bytes(wanted.shape, wanted.rank, wanted.dtype, &bytes);
  column->path = path;
  column->rows = rows ? (uint64_t)array->shape[0] : 0;
  column->row_bytes = bytes;
  if (rows && !array->shape[0]) {
    gradc_report("%s: tensor '%s' has no rows", path, wanted.name);
    return GRADC_EXIT_INPUT;
  }
  if (rows)
    column->row_bytes /= column->rows;
  if (rows && !array->fortran && array->dtype == wanted.dtype && array->dtype != GRADC_BOOL &&
      (!wanted.open || !memcmp(array->shape + 1, shape + 1, 8 * (wanted.rank - 1)))) {
    column->data = array->data;
    return GRADC_EXIT_DONE;
  }
  void *copy = gradc_pages(rows || bytes > room ? bytes : room);
  if (!copy) {
    gradc_report("no memory: %llu bytes are needed", (unsigned long long)bytes);
    return GRADC_EXIT_INPUT;
  }
  column->data = copy;
  if (gradc_load_tensor(path, array, &wanted, copy))
    return GRADC_EXIT_INPUT;
  if (!rows)
    gradc_spread(&data->program->inputs[index], shape, copy);
  return GRADC_EXIT_DONE;
}

// The length of NAME in "NAME=F.npy" if an input has this name, else 0.
static size_t assigned_input(const gradc_program *program, const char *text, uint32_t *out) {
  const char *equals = strchr(text, '=');
  for (uint32_t i = 0; equals && i < program->n_inputs; ++i) {
    size_t length = strlen(program->inputs[i].name);
    if ((size_t)(equals - text) == length && !memcmp(text, program->inputs[i].name, length)) {
      *out = i;
      return length;
    }
  }
  return 0;
}

static int read_npy(gradc_data *data, uint32_t index, const char *path) {
  gradc_bytes file;
  gradc_array array;
  if (gradc_read_file(path, &file))
    return GRADC_EXIT_INPUT;
  const char *why = gradc_npy_parse(file, &array);
  if (why) {
    gradc_report("%s: tensor '%s': %s", path, data->program->inputs[index].name, why);
    return GRADC_EXIT_INPUT;
  }
  return load(data, index, path, &array);
}

// Loads the inputs that the archive has, under `names` or, where those are null, under their own.
static int load_found(gradc_data *data, const gradc_archive *archive, const unsigned char *wanted,
                      const char *const *names, uint32_t *loaded) {
  for (uint32_t i = 0; i < data->program->n_inputs; ++i) {
    gradc_array array;
    if (!wanted[i] || gradc_is_size(data->program, i))
      continue;
    int found =
        gradc_archive_find(archive, names ? names[i] : data->program->inputs[i].name, &array);
    int status = found == GRADC_BROKEN  ? GRADC_EXIT_INPUT
                 : found == GRADC_FOUND ? load(data, i, archive->path, &array)
                                        : GRADC_EXIT_DONE;
    if (status)
      return status;
    *loaded += found == GRADC_FOUND;
  }
  return GRADC_EXIT_DONE;
}

typedef struct listing {
  const char **names; // null while they are only counted
  uint32_t count, room;
} listing;

static int list_name(void *context, const char *name, size_t length) {
  listing *list = context;
  if (list->names && list->count < list->room) {
    char *copy = malloc(length + 1);
    if (!copy)
      return 0;
    memcpy(copy, name, length);
    copy[length] = 0;
    list->names[list->count] = copy;
  }
  return ++list->count <= list->room;
}

static void list_names(const gradc_archive *archive, listing *list) {
  list->count = 0;
  (archive->is_safetensors ? gradc_safetensors_names : gradc_zip_names)(archive, list_name, list);
}

static int read_archive(gradc_data *data, const unsigned char *wanted, const char *path) {
  gradc_archive archive;
  uint32_t loaded = 0, inputs = data->program->n_inputs - data->program->n_sizes;
  if (gradc_archive_open(path, &archive))
    return GRADC_EXIT_INPUT;
  int status = load_found(data, &archive, wanted, NULL, &loaded);
  listing list = {NULL, 0, inputs};
  if (status || loaded || data->names)
    return status;
  list_names(&archive, &list);
  if (list.count != inputs || !inputs)
    return GRADC_EXIT_DONE;
  data->names = list.names = calloc(data->program->n_inputs, sizeof *list.names);
  if (!list.names)
    return GRADC_EXIT_INTERNAL;
  list_names(&archive, &list);
  // Sizes stand between the inputs, and no file has them.
  for (uint32_t i = data->program->n_inputs, next = inputs; i-- > 0;)
    data->names[i] = gradc_is_size(data->program, i) || !next ? NULL : data->names[--next];
  // The names live as long as the process, as the file does.
  return list.count == inputs ? load_found(data, &archive, wanted, data->names, &loaded)
                              : GRADC_EXIT_INTERNAL;
}

// Rows of a batch whose size is open: as many as the user wants, as usual, or as there are.
static int choose_batch(gradc_data *data, const gradc_column *column, const gradc_tensor *input,
                        uint64_t *batch) {
  const gradc_open_extent *open = gradc_open_at(input, 0);
  const gradc_size *size = &data->program->sizes[open->size - 1];
  uint64_t least = (uint64_t)size->least * open->factor, most = (uint64_t)size->most * open->factor;
  *batch = data->wish ? data->wish : (uint64_t)size->usual * open->factor;
  if (*batch < least || *batch > most || *batch % open->factor) {
    gradc_report("--batch %llu: the program takes %llu to %llu rows", (unsigned long long)*batch,
                 (unsigned long long)least, (unsigned long long)most);
    return -1;
  }
  if (column->rows < *batch && column->rows >= least)
    *batch = column->rows - column->rows % open->factor;
  data->open = open->size;
  return 0;
}

// Rows of a batch that may not be less.
static uint64_t least_rows(const gradc_data *data) {
  for (uint32_t i = 0; i < data->program->n_inputs && data->open; ++i) {
    const gradc_open_extent *open = gradc_open_at(&data->program->inputs[i], 0);
    if (open && open->size == data->open && data->columns[i].rows)
      return (uint64_t)data->program->sizes[data->open - 1].least * open->factor;
  }
  return data->batch;
}

uint64_t gradc_data_batches(const gradc_data *data) {
  if (!data->rows || !data->batch)
    return 0;
  uint64_t rest = data->rows % data->batch;
  return data->rows / data->batch + (data->open && rest && rest >= least_rows(data));
}

// All columns with rows must have as many, and their inputs the same batch.
static int agree(gradc_data *data) {
  const gradc_program *program = data->program;
  uint32_t first = 0;
  for (uint32_t i = 0; i < program->n_inputs; ++i) {
    const gradc_column *column = &data->columns[i];
    const gradc_tensor *input = &program->inputs[i];
    if (!column->data || !column->rows)
      continue;
    uint64_t batch = (uint64_t)input->shape[0];
    if (gradc_open_at(input, 0) && choose_batch(data, column, input, &batch))
      return GRADC_EXIT_INPUT;
    if (!data->rows) {
      data->rows = column->rows;
      data->batch = batch;
      first = i;
    }
    if (column->rows == data->rows && batch == data->batch && batch)
      continue;
    gradc_report("%s: tensor '%s' has %llu rows for batches of %llu, '%s' has %llu for batches of "
                 "%llu",
                 column->path, input->name, (unsigned long long)column->rows,
                 (unsigned long long)batch, program->inputs[first].name,
                 (unsigned long long)data->rows, (unsigned long long)data->batch);
    return GRADC_EXIT_INPUT;
  }
  // Without rows the batch is the first extent that an input has.
  for (uint32_t i = 0; i < program->n_inputs && !data->rows && !data->batch; ++i)
    if (data->columns[i].data && program->inputs[i].rank)
      data->batch = (uint64_t)program->inputs[i].shape[0];
  return GRADC_EXIT_DONE;
}

int gradc_data_read(gradc_data *data, const gradc_program *program, const char *const *paths,
                    int n_paths, const unsigned char *wanted, int takes_rows, uint64_t batch) {
  *data = (gradc_data){.program = program, .takes_rows = takes_rows, .wish = batch};
  data->columns = calloc((size_t)program->n_inputs + 1, sizeof *data->columns);
  data->sizes = calloc((size_t)program->n_sizes + 1, sizeof *data->sizes);
  data->known = calloc((size_t)program->n_sizes + 1, 1);
  if (!data->columns || !data->sizes || !data->known)
    return GRADC_EXIT_INTERNAL;
  for (uint32_t k = 0; k < program->n_sizes; ++k)
    data->sizes[k] = program->sizes[k].usual;
  for (int i = 0; i < n_paths; ++i) {
    uint32_t index;
    const char *text = paths[i];
    size_t name = assigned_input(program, text, &index);
    int status = name ? read_npy(data, index, text + name + 1) : read_archive(data, wanted, text);
    if (status)
      return status;
  }
  return agree(data);
}

void gradc_data_batch(const gradc_data *data, uint64_t first, const int64_t *order,
                      const void *const *inputs) {
  uint64_t batch = data->batch, left = data->rows - first;
  if (data->open && left < batch)
    batch = left < least_rows(data) ? least_rows(data) : left;
  for (uint32_t i = 0; i < data->program->n_inputs; ++i) {
    const gradc_column *column = &data->columns[i];
    if (!column->data || !column->rows)
      continue;
    unsigned char *out = (unsigned char *)(uintptr_t)inputs[i];
    for (uint64_t b = 0; b < batch; ++b) {
      uint64_t at = first + b < data->rows ? first + b : data->rows - 1;
      uint64_t row = order ? (uint64_t)order[at] : at;
      memcpy(out + b * column->row_bytes, column->data + row * column->row_bytes,
             column->row_bytes);
    }
    const gradc_tensor *input = &data->program->inputs[i];
    int64_t shape[GRADC_MAX_RANK];
    if (!input->open)
      continue;
    if (data->open)
      data->sizes[data->open - 1] = (int64_t)(batch / input->open[0].factor);
    gradc_extents(input, data->sizes, shape);
    gradc_spread(input, shape, out);
  }
}
