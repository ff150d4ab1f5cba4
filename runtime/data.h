// data.h - data sets: inputs from files, whole or row by row in mini-batches.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A column is what files hold for one input of the program. It is whole when its shape is that of
// the input; it has rows when only its first extent differs: row r stands for index r of the
// input's first dim, and the input takes `batch` rows at a time.
#ifndef GRADC_DATA_H
#define GRADC_DATA_H

#include "sizes.h"

typedef struct gradc_column {
  const unsigned char *data; // null: the files have no such input
  const char *path;          // where it came from, for messages
  uint64_t rows;             // 0: whole
  uint64_t row_bytes;
} gradc_column;

typedef struct gradc_data {
  const gradc_program *program;
  gradc_column *columns; // by input of the program
  // By input: the file's name of an input that was taken by its place, else null. The table is null
  // when all have been taken by name.
  const char **names;
  int takes_rows; // columns may have rows
  // By size of the program: its value in the coming call, and whether an array has set it.
  int64_t *sizes;
  unsigned char *known;
  uint32_t open;  // index + 1 of the size that counts the rows of a batch; 0: batches are fixed
  uint64_t wish;  // rows of a batch, where the program takes any number; 0: the usual number
  uint64_t rows;  // of the columns that have rows; 0: all are whole
  uint64_t batch; // rows that the program takes at once; 0: it has no input with a batch
} gradc_data;

// Reads the columns of the inputs that `wanted` marks (a byte an input) from `paths`: F.npz,
// F.safetensors or NAME=F.npy. An archive that has none of the names, but as many arrays as the
// program has inputs, gives them in their order. Where the size of a batch is open it is `batch`
// rows, or as usual for 0. Functions here return an exit status (options.h) and report.
int gradc_data_read(gradc_data *data, const gradc_program *program, const char *const *paths,
                    int n_paths, const unsigned char *wanted, int takes_rows, uint64_t batch);
// Batches of all rows. What is left of the last one counts where the program takes so few rows.
uint64_t gradc_data_batches(const gradc_data *data);
// Copies one mini-batch to `inputs` (the program's, of which those with rows are buffers): the rows
// order[first] and on, or first and on without an order, and sets the size of the batch where that
// is open. Behind the last row it is repeated.
void gradc_data_batch(const gradc_data *data, uint64_t first, const int64_t *order,
                      const void *const *inputs);

#endif // GRADC_DATA_H
