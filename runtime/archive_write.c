// archive_write.c - writes npz and safetensors files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files.h"
#include "hosted.h"
#include "number.h"

#include <stdlib.h>
#include <string.h>

// ---- npz: a zip archive of stored .npy members ----

// What the central directory repeats of a member.
typedef struct member {
  uint64_t offset, size;
  uint32_t crc;
} member;

enum { FULL16 = 0xffff, UTF8_FLAG = 1 << 11, DOS_EPOCH = 1 << 5 | 1 /* 1980-01-01 */ };

static uint32_t at_most(uint64_t x) { return x < UINT32_MAX ? (uint32_t)x : UINT32_MAX; }

static size_t name_length(const gradc_item *item) {
  return strlen(item->prefix) + strlen(item->name) + 4;
}

static void put_name(gradc_save *save, const gradc_item *item) {
  gradc_save_put(save, item->prefix, strlen(item->prefix));
  gradc_save_put(save, item->name, strlen(item->name));
  gradc_save_put(save, ".npy", 4);
}

// The fields that local headers and directory records share: from the version to the lengths of
// name and extra field.
static void common_fields(unsigned char *p, const gradc_item *item, const member *m, size_t extra) {
  gradc_put16(p, extra ? 45 : 20); // version 4.5 knows 64-bit sizes
  gradc_put16(p + 2, UTF8_FLAG);
  gradc_put16(p + 4, 0); // stored
  gradc_put16(p + 6, 0);
  gradc_put16(p + 8, DOS_EPOCH); // a fixed time: the same tensors make the same file
  gradc_put32(p + 10, m->crc);
  gradc_put32(p + 14, at_most(m->size));
  gradc_put32(p + 18, at_most(m->size));
  gradc_put16(p + 22, (uint32_t)name_length(item));
  gradc_put16(p + 24, (uint32_t)extra);
}

// The 64-bit extra field with the values that do not fit 32 bits. Returns its size, 0 if all fit.
static size_t extra_field(unsigned char *p, const member *m, int with_offset) {
  size_t length = 4;
  if (m->size >= UINT32_MAX) {
    gradc_put64(p + length, m->size);
    gradc_put64(p + length + 8, m->size);
    length += 16;
  }
  if (with_offset && m->offset >= UINT32_MAX) {
    gradc_put64(p + length, m->offset);
    length += 8;
  }
  gradc_put16(p, 1);
  gradc_put16(p + 2, (uint32_t)length - 4);
  return length > 4 ? length : 0;
}

static void put_local(gradc_save *save, const gradc_item *item, const member *m) {
  unsigned char header[30], extra[32];
  size_t extra_length = extra_field(extra, m, 0);
  gradc_put32(header, 0x04034b50);
  common_fields(header + 4, item, m, extra_length);
  gradc_save_put(save, header, sizeof header);
  put_name(save, item);
  gradc_save_put(save, extra, extra_length);
}

static void put_record(gradc_save *save, const gradc_item *item, const member *m) {
  unsigned char header[46] = {0}, extra[32];
  size_t extra_length = extra_field(extra, m, 1);
  gradc_put32(header, 0x02014b50);
  gradc_put16(header + 4, 45);
  common_fields(header + 6, item, m, extra_length);
  gradc_put32(header + 42, at_most(m->offset));
  gradc_save_put(save, header, sizeof header);
  put_name(save, item);
  gradc_save_put(save, extra, extra_length);
}

static void put_end(gradc_save *save, uint64_t members, uint64_t directory) {
  uint64_t end = save->offset, bytes = end - directory;
  if (members >= FULL16 || directory >= UINT32_MAX || bytes >= UINT32_MAX) {
    unsigned char end64[56] = {0}, locator[20] = {0};
    gradc_put32(end64, 0x06064b50);
    gradc_put64(end64 + 4, sizeof end64 - 12);
    gradc_put16(end64 + 12, 45);
    gradc_put16(end64 + 14, 45);
    gradc_put64(end64 + 24, members);
    gradc_put64(end64 + 32, members);
    gradc_put64(end64 + 40, bytes);
    gradc_put64(end64 + 48, directory);
    gradc_put32(locator, 0x07064b50);
    gradc_put64(locator + 8, end);
    gradc_put32(locator + 16, 1);
    gradc_save_put(save, end64, sizeof end64);
    gradc_save_put(save, locator, sizeof locator);
  }
  unsigned char last[22] = {0};
  gradc_put32(last, 0x06054b50);
  gradc_put16(last + 8, members < FULL16 ? (uint32_t)members : FULL16);
  gradc_put16(last + 10, members < FULL16 ? (uint32_t)members : FULL16);
  gradc_put32(last + 12, at_most(bytes));
  gradc_put32(last + 16, at_most(directory));
  gradc_save_put(save, last, sizeof last);
}

// NumPy has no bfloat16: widened to float32, which is exact. Returns null without memory.
static float *widen(const gradc_item *item, uint64_t bytes) {
  float *wide = malloc(bytes ? (size_t)bytes * 2 : 1);
  for (uint64_t i = 0; wide && i < bytes / 2; ++i)
    wide[i] = (float)gradc_widen_bf16(((const uint16_t *)item->data)[i]);
  return wide;
}

static int put_member(gradc_save *save, const gradc_item *item, member *m) {
  unsigned char header[GRADC_NPY_HEADER];
  uint64_t bytes;
  gradc_item plain = *item;
  float *wide = NULL;
  if (!gradc_tensor_bytes(item->shape, item->rank, item->dtype, &bytes))
    return -1;
  if (item->dtype == GRADC_BF16) {
    wide = widen(item, bytes);
    if (!wide)
      return -1;
    bytes *= 2;
    plain.data = wide;
    plain.dtype = GRADC_F32;
  }
  uint32_t header_bytes = gradc_npy_header(plain.dtype, plain.shape, plain.rank, header);
  m->offset = save->offset;
  m->size = header_bytes + bytes;
  m->crc = gradc_crc32(gradc_crc32(0, header, header_bytes), plain.data, bytes);
  put_local(save, item, m);
  gradc_save_put(save, header, header_bytes);
  gradc_save_put(save, plain.data, bytes);
  free(wide);
  return 0;
}

static int save_npz(gradc_save *save, const gradc_item *items, size_t n) {
  member *members = calloc(n ? n : 1, sizeof *members);
  int status = members ? 0 : -1;
  for (size_t i = 0; i < n && !status; ++i)
    status = put_member(save, &items[i], &members[i]);
  if (!status) {
    uint64_t directory = save->offset;
    for (size_t i = 0; i < n; ++i)
      put_record(save, &items[i], &members[i]);
    put_end(save, n, directory);
  }
  free(members);
  return status;
}

// ---- safetensors ----

static void put_text(gradc_save *save, const char *text) {
  gradc_save_put(save, text, strlen(text));
}

static void put_number(gradc_save *save, uint64_t x) {
  char text[GRADC_NUMBER_CHARS];
  gradc_save_put(save, text, (uint64_t)gradc_format_i64(text, (int64_t)x));
}

static void put_escaped(gradc_save *save, const char *text) {
  static const char hex[] = "0123456789abcdef";
  for (; *text; ++text) {
    unsigned char x = (unsigned char)*text;
    char escaped[6] = {'\\', 'u', '0', '0', hex[x >> 4], hex[x & 15]};
    if (x < 32)
      gradc_save_put(save, escaped, 6);
    else if (x == '"' || x == '\\')
      gradc_save_put(save, (const char[2]){'\\', (char)x}, 2);
    else
      gradc_save_put(save, text, 1);
  }
}

static uint64_t put_header_entry(gradc_save *save, const gradc_item *item, uint64_t begin) {
  static const char names[GRADC_DTYPES][5] = {"F32", "F64", "F16", "BF16", "I8",
                                              "I16", "I32", "I64", "U8",   "BOOL"};
  uint64_t bytes = 0;
  gradc_tensor_bytes(item->shape, item->rank, item->dtype, &bytes);
  put_text(save, "\"");
  put_escaped(save, item->prefix);
  put_escaped(save, item->name);
  put_text(save, "\":{\"dtype\":\"");
  put_text(save, names[item->dtype]);
  put_text(save, "\",\"shape\":[");
  for (uint32_t d = 0; d < item->rank; ++d) {
    if (d)
      put_text(save, ",");
    put_number(save, (uint64_t)item->shape[d]);
  }
  put_text(save, "],\"data_offsets\":[");
  put_number(save, begin);
  put_text(save, ",");
  put_number(save, begin + bytes);
  put_text(save, "]}");
  return begin + bytes;
}

// The header, padded so that the data starts at a multiple of 8. `save` may only count: then
// nothing is written.
static void put_header(gradc_save *save, const gradc_item *items, size_t n) {
  uint64_t begin = 0, start = save->offset;
  // Transformers wants to be told that it may take the tensors for PyTorch's.
  put_text(save, "{\"__metadata__\":{\"format\":\"pt\"}");
  for (size_t i = 0; i < n; ++i) {
    put_text(save, ",");
    begin = put_header_entry(save, &items[i], begin);
  }
  put_text(save, "}");
  while ((save->offset - start) % 8)
    put_text(save, " ");
}

// Larger elements first: every tensor is aligned, which readers that map the file rely on.
static void sort_items(gradc_item *out, const gradc_item *items, size_t n) {
  size_t at = 0;
  for (uint32_t bytes = 8; bytes; bytes /= 2)
    for (size_t i = 0; i < n; ++i)
      if (gradc_rt_dtype_bytes(items[i].dtype) == bytes)
        out[at++] = items[i];
}

int gradc_save_safetensors(gradc_save *save, const gradc_item *unsorted, size_t n) {
  gradc_save *counter = calloc(1, sizeof *counter);
  gradc_item *items = malloc(sizeof *items * (n + 1));
  if (!counter || !items) {
    free(counter);
    free(items);
    gradc_report("%s: no memory to write it", save->path);
    return -1;
  }
  sort_items(items, unsorted, n);
  counter->error = 1; // drops what it is given
  put_header(counter, items, n);
  unsigned char size[8];
  gradc_put64(size, counter->offset);
  free(counter);
  gradc_save_put(save, size, 8);
  put_header(save, items, n);
  for (size_t i = 0; i < n; ++i) {
    uint64_t bytes = 0;
    gradc_tensor_bytes(items[i].shape, items[i].rank, items[i].dtype, &bytes);
    gradc_save_put(save, items[i].data, bytes);
  }
  free(items);
  return 0;
}

int gradc_is_safetensors_path(const char *path) {
  static const char ending[] = ".safetensors";
  size_t length = strlen(path), suffix = sizeof ending - 1;
  return length >= suffix && !strcmp(path + length - suffix, ending);
}

int gradc_save_items(gradc_save *save, const gradc_item *items, size_t n) {
  if (gradc_is_safetensors_path(save->path))
    return gradc_save_safetensors(save, items, n);
  int status = save_npz(save, items, n);
  if (status)
    gradc_report("%s: no memory to write it", save->path);
  return status;
}
