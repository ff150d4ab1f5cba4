// archive.c - finds tensors by name in npz and safetensors files and checks them against what is
// wanted. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files.h"
#include "half.h"
#include "hosted.h"

#include <string.h>

int gradc_archive_open(const char *path, gradc_archive *out) {
  *out = (gradc_archive){.path = path};
  if (gradc_read_file(path, &out->file))
    return -1;
  gradc_bytes file = out->file;
  const char *why;
  if (file.size >= 6 && !memcmp(file.data, "\x93NUMPY", 6)) {
    gradc_report("%s: it is one array without a name; give it as NAME=%s", path, path);
    return -1;
  }
  // A zip file begins with a member, or, empty, with its end record.
  if (file.size >= 4 &&
      (gradc_get32(file.data) == 0x04034b50 || gradc_get32(file.data) == 0x06054b50)) {
    why = gradc_zip_open(out);
  } else if (file.size >= 9 && file.data[8] == '{') {
    out->is_safetensors = 1;
    why = gradc_safetensors_open(out);
  } else {
    why = "it is neither an npz nor a safetensors file";
  }
  if (why)
    gradc_report("%s: %s", path, why);
  return why ? -1 : 0;
}

int gradc_archive_find(const gradc_archive *archive, const char *name, gradc_array *out) {
  const char *why = NULL;
  int found = archive->is_safetensors ? gradc_safetensors_find(archive, name, out, &why)
                                      : gradc_zip_find(archive, name, out, &why);
  if (found == GRADC_BROKEN)
    gradc_report("%s: tensor '%s': %s", archive->path, name, why);
  return found;
}

typedef struct name_list {
  char *text;
  size_t length;
} name_list;

static int append_name(void *context, const char *name, size_t length) {
  name_list *list = context;
  char printable[104];
  if (list->length + 120 > GRADC_SHAPE_CHARS) {
    memcpy(list->text + list->length, ", ...", 6);
    return 0;
  }
  gradc_printable(name, length, printable);
  if (list->length)
    list->text[list->length++] = ',', list->text[list->length++] = ' ';
  memcpy(list->text + list->length, printable, strlen(printable) + 1);
  list->length += strlen(printable);
  return 1;
}

const char *gradc_archive_names(const gradc_archive *archive, char *out) {
  name_list list = {out, 0};
  out[0] = 0;
  if (archive->is_safetensors)
    gradc_safetensors_names(archive, append_name, &list);
  else
    gradc_zip_names(archive, append_name, &list);
  return out[0] ? out : "nothing";
}

static void copy_element(unsigned char *out, const unsigned char *from, uint32_t size) {
  for (uint32_t i = 0; i < size; ++i)
    out[i] = from[i];
}

int gradc_is_readable(const gradc_array *array, const gradc_tensor *wanted) {
  return array->dtype == wanted->dtype ||
         (array->dtype == GRADC_F32 && wanted->dtype == GRADC_BF16);
}

static void narrow_element(unsigned char *out, const unsigned char *from) {
  float x;
  memcpy(&x, from, sizeof x);
  uint16_t bits = gradc_narrow_bf16(x);
  memcpy(out, &bits, sizeof bits);
}

// Reorders first-dim-fastest into last-dim-fastest, in the order of writing.
static void copy_fortran(const gradc_array *array, unsigned char *out, int narrow) {
  uint32_t size = gradc_rt_dtype_bytes(array->dtype), rank = array->rank;
  uint64_t stride[GRADC_MAX_RANK], at = 0, step = size;
  int64_t index[GRADC_MAX_RANK] = {0};
  for (uint32_t d = 0; d < rank; ++d) {
    stride[d] = step;
    step *= (uint64_t)array->shape[d];
  }
  for (uint64_t done = 0; done < array->bytes; done += size) {
    if (narrow)
      narrow_element(out + done / 2, array->data + at);
    else
      copy_element(out + done, array->data + at, size);
    for (uint32_t d = rank; d-- > 0;) {
      at += stride[d];
      if (++index[d] < array->shape[d])
        break;
      at -= stride[d] * (uint64_t)array->shape[d];
      index[d] = 0;
    }
  }
}

int gradc_load_tensor(const char *path, const gradc_array *array, const gradc_tensor *wanted,
                      void *out) {
  char found[GRADC_SHAPE_CHARS], expected[GRADC_SHAPE_CHARS];
  if (array->rank != wanted->rank ||
      (array->rank && memcmp(array->shape, wanted->shape, 8 * array->rank))) {
    gradc_report("%s: tensor '%s' has shape %s, expected %s", path, wanted->name,
                 gradc_shape_text(array->shape, array->rank, found),
                 gradc_shape_text(wanted->shape, wanted->rank, expected));
    return -1;
  }
  if (!gradc_is_readable(array, wanted)) {
    gradc_report("%s: tensor '%s' has dtype %s, expected %s", path, wanted->name,
                 gradc_rt_dtype_name(array->dtype), gradc_rt_dtype_name(wanted->dtype));
    return -1;
  }
  int narrow = array->dtype != wanted->dtype;
  if (array->fortran && array->rank > 1)
    copy_fortran(array, out, narrow);
  else if (narrow)
    for (uint64_t i = 0; i < array->bytes; i += 4)
      narrow_element((unsigned char *)out + i / 2, array->data + i);
  else if (array->bytes)
    memcpy(out, array->data, array->bytes);
  if (array->dtype != GRADC_BOOL)
    return 0;
  // Compiled code relies on bools being 0 or 1.
  for (uint64_t i = 0; i < array->bytes; ++i) {
    if (((unsigned char *)out)[i] > 1) {
      gradc_report("%s: tensor '%s' has a bool that is neither 0 nor 1", path, wanted->name);
      return -1;
    }
  }
  return 0;
}
