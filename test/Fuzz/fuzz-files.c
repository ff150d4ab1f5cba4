// fuzz-files.c - bytes as .npy, .npz and .safetensors files, as compiled programs read them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files.h"
#include "hosted.h"

#include <stdlib.h>
#include <string.h>

// What an array is said to have must be there: read all of it.
static void touch(const gradc_array *array) {
  volatile unsigned char sum = 0;
  for (uint64_t i = 0; i < array->bytes; ++i)
    sum += array->data[i];
}

static int find_each(void *context, const char *name, size_t length) {
  const gradc_archive *archive = context;
  char *text = malloc(length + 1);
  memcpy(text, name, length);
  text[length] = 0;
  gradc_array array;
  const char *why = NULL;
  int found = archive->is_safetensors ? gradc_safetensors_find(archive, text, &array, &why)
                                      : gradc_zip_find(archive, text, &array, &why);
  if (found == GRADC_FOUND)
    touch(&array);
  if (found == GRADC_BROKEN && !why)
    abort();
  free(text);
  return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  gradc_array array;
  gradc_bytes file = {data, size};
  if (!gradc_npy_parse(file, &array))
    touch(&array);
  // As gradc_archive_open tells them apart.
  if (size >= 4 && !memcmp(data, "PK", 2)) {
    gradc_archive zip = {.path = "fuzz", .file = file};
    if (!gradc_zip_open(&zip))
      gradc_zip_names(&zip, find_each, &zip);
  } else if (size >= 9 && data[8] == '{') {
    gradc_archive tensors = {.path = "fuzz", .file = file, .is_safetensors = 1};
    if (!gradc_safetensors_open(&tensors))
      gradc_safetensors_names(&tensors, find_each, &tensors);
  }
  return 0;
}
