// safetensors.c - reads the header of safetensors files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// https://github.com/huggingface/safetensors#format: the header's size in 8 bytes, the header
// (JSON), the data. The header is one object: {"NAME": {"dtype": "F32", "shape": [2, 3],
// "data_offsets": [begin, end]}, "__metadata__": {...}}.
#include "files.h"

#include <string.h>

typedef struct cursor {
  const unsigned char *at, *end;
} cursor;

enum { MAX_NAME = 1024 };

static void skip_spaces(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t' || *c->at == '\r'))
    ++c->at;
}

static int take(cursor *c, char character) {
  skip_spaces(c);
  if (c->at == c->end || *c->at != (unsigned char)character)
    return 0;
  ++c->at;
  return 1;
}

static int take_hex4(cursor *c, uint32_t *out) {
  if (c->end - c->at < 4)
    return 0;
  *out = 0;
  for (int i = 0; i < 4; ++i) {
    unsigned char x = *c->at++;
    int digit = x >= '0' && x <= '9'                 ? x - '0'
                : (x | 32) >= 'a' && (x | 32) <= 'f' ? (x | 32) - 'a' + 10
                                                     : -1;
    if (digit < 0)
      return 0;
    *out = *out << 4 | (uint32_t)digit;
  }
  return 1;
}

static size_t put_utf8(uint32_t code, char *out) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = length; i-- > 1; code >>= 6)
    out[i] = (char)(0x80 | (code & 63));
  out[0] = (char)((length == 2 ? 0xc0 : length == 3 ? 0xe0 : 0xf0) | code);
  return length;
}

static int take_escape(cursor *c, char *out, size_t *length) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (c->at == c->end)
    return 0;
  unsigned char kind = *c->at++;
  const char *found = kind ? strchr(from, kind) : NULL;
  if (found) {
    out[(*length)++] = to[found - from];
    return 1;
  }
  uint32_t code, low;
  if (kind != 'u' || !take_hex4(c, &code))
    return 0;
  if (code >= 0xd800 && code < 0xdc00) { // the first half of a pair
    if (c->end - c->at < 2 || c->at[0] != '\\' || c->at[1] != 'u')
      return 0;
    c->at += 2;
    if (!take_hex4(c, &low) || low < 0xdc00 || low > 0xdfff)
      return 0;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  } else if (code >= 0xdc00 && code <= 0xdfff) {
    return 0;
  }
  *length += put_utf8(code, out + *length);
  return 1;
}

// A string; `out` has MAX_NAME + 4 bytes, longer ones are refused.
static int take_string(cursor *c, char *out, size_t *length) {
  if (!take(c, '"'))
    return 0;
  for (*length = 0; c->at < c->end && *length <= MAX_NAME;) {
    unsigned char x = *c->at++;
    if (x == '"')
      return 1;
    if (x < 32)
      return 0;
    if (x != '\\')
      out[(*length)++] = (char)x;
    else if (!take_escape(c, out, length))
      return 0;
  }
  return 0;
}

static int skip_string(cursor *c) {
  if (!take(c, '"'))
    return 0;
  for (; c->at < c->end && *c->at != '"'; ++c->at)
    if (*c->at == '\\' && ++c->at == c->end)
      return 0;
  return take(c, '"');
}

static int take_number(cursor *c, uint64_t *out) {
  skip_spaces(c);
  const unsigned char *start = c->at;
  for (*out = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9'; ++c->at)
    if (__builtin_mul_overflow(*out, 10, out) ||
        __builtin_add_overflow(*out, (uint64_t)(*c->at - '0'), out))
      return 0;
  return c->at > start && *out <= INT64_MAX;
}

// "__metadata__": strings by strings.
static int skip_metadata(cursor *c) {
  int comma = 1;
  if (!take(c, '{'))
    return 0;
  for (; !take(c, '}'); comma = take(c, ','))
    if (!comma || !skip_string(c) || !take(c, ':') || !skip_string(c))
      return 0;
  return 1;
}

typedef struct tensor {
  char dtype[8];
  gradc_array array;
  uint64_t begin, end;
} tensor;

static int take_shape(cursor *c, tensor *out) {
  int comma = 1;
  if (!take(c, '['))
    return 0;
  for (out->array.rank = 0; !take(c, ']'); comma = take(c, ',')) {
    uint64_t extent;
    if (!comma || out->array.rank == GRADC_MAX_RANK || !take_number(c, &extent))
      return 0;
    out->array.shape[out->array.rank++] = (int64_t)extent;
  }
  return 1;
}

static int take_tensor(cursor *c, tensor *out) {
  char key[MAX_NAME + 4], text[MAX_NAME + 4];
  size_t length, text_length;
  int seen = 0, comma = 1;
  if (!take(c, '{'))
    return 0;
  for (; !take(c, '}'); comma = take(c, ',')) {
    if (!comma || !take_string(c, key, &length) || !take(c, ':'))
      return 0;
    if (length == 5 && !memcmp(key, "dtype", 5) && !(seen & 1)) {
      seen |= 1;
      if (!take_string(c, text, &text_length) || text_length >= sizeof out->dtype)
        return 0;
      memcpy(out->dtype, text, text_length);
      out->dtype[text_length] = 0;
    } else if (length == 5 && !memcmp(key, "shape", 5) && !(seen & 2)) {
      seen |= 2;
      if (!take_shape(c, out))
        return 0;
    } else if (length == 12 && !memcmp(key, "data_offsets", 12) && !(seen & 4)) {
      seen |= 4;
      if (!take(c, '[') || !take_number(c, &out->begin) || !take(c, ',') ||
          !take_number(c, &out->end) || !take(c, ']'))
        return 0;
    } else {
      return 0;
    }
  }
  return seen == 7;
}

static cursor header_of(const gradc_archive *archive) {
  const unsigned char *start = archive->file.data + archive->directory;
  return (cursor){start, start + archive->directory_bytes};
}

// The next tensor of the header: 1, 0 at its end, -1 when the header is wrong. `first` is 1 for the
// first call.
static int next_tensor(cursor *c, int *first, char *name, size_t *length, tensor *out) {
  for (;;) {
    if (*first ? !take(c, '{') : 0)
      return -1;
    if (take(c, '}')) {
      skip_spaces(c);
      return c->at == c->end ? 0 : -1;
    }
    if ((!*first && !take(c, ',')) || !take_string(c, name, length) || !take(c, ':'))
      return -1;
    *first = 0;
    if (*length != 12 || memcmp(name, "__metadata__", 12))
      return take_tensor(c, out) ? 1 : -1;
    if (!skip_metadata(c))
      return -1;
  }
}

const char *gradc_safetensors_open(gradc_archive *archive) {
  uint64_t size = gradc_get64(archive->file.data);
  archive->directory = 8;
  archive->directory_bytes = size;
  if (size > archive->file.size - 8)
    return "it is truncated: its header is longer than the file";
  cursor c = header_of(archive);
  char name[MAX_NAME + 4];
  size_t length;
  tensor t;
  uint64_t room = archive->file.size - 8 - size, covered = 0;
  int first = 1, more;
  while ((more = next_tensor(&c, &first, name, &length, &t)) > 0) {
    ++archive->members;
    if (t.begin > t.end || t.end > room)
      return "it is truncated: data lies behind the end of the file";
    covered += t.end - t.begin;
  }
  if (more < 0)
    return "its header is not that of a safetensors file";
  return covered == room ? NULL : "its tensors and its data differ in size";
}

static const char *check(const gradc_archive *archive, tensor *t) {
  static const char names[GRADC_DTYPES][5] = {"F32", "F64", "F16", "BF16", "I8",
                                              "I16", "I32", "I64", "U8",   "BOOL"};
  gradc_array *array = &t->array;
  uint64_t start = archive->directory + archive->directory_bytes;
  for (array->dtype = 0; array->dtype < GRADC_DTYPES; ++array->dtype)
    if (!strcmp(names[array->dtype], t->dtype))
      break;
  if (array->dtype == GRADC_DTYPES)
    return "its dtype is not supported";
  if (!gradc_tensor_bytes(array->shape, array->rank, array->dtype, &array->bytes))
    return "its shape is too large";
  if (t->end - t->begin != array->bytes)
    return "its data is not as large as its shape says";
  array->fortran = 0;
  array->data = archive->file.data + start + t->begin;
  return NULL;
}

int gradc_safetensors_find(const gradc_archive *archive, const char *wanted, gradc_array *out,
                           const char **why) {
  cursor c = header_of(archive);
  char name[MAX_NAME + 4];
  size_t length;
  tensor t, match;
  int first = 1, matches = 0;
  while (next_tensor(&c, &first, name, &length, &t) > 0) {
    if (length == strlen(wanted) && !memcmp(name, wanted, length)) {
      match = t;
      ++matches;
    }
  }
  if (!matches)
    return GRADC_MISSING;
  *why = matches > 1 ? "the file has it twice" : check(archive, &match);
  *out = match.array;
  return *why ? GRADC_BROKEN : GRADC_FOUND;
}

void gradc_safetensors_names(const gradc_archive *archive, gradc_name_visitor visit,
                             void *context) {
  cursor c = header_of(archive);
  char name[MAX_NAME + 4];
  size_t length;
  tensor t;
  int first = 1;
  while (next_tensor(&c, &first, name, &length, &t) > 0)
    if (!visit(context, name, length))
      return;
}
