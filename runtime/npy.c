// npy.c - NumPy's array format, versions 1 to 3.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: magic, version, header
// length, and the header, a Python dict of exactly 'descr', 'fortran_order' and 'shape'.
#include "files.h"
#include "number.h"

#include <string.h>

typedef struct cursor {
  const unsigned char *at, *end;
} cursor;

static void skip_spaces(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t'))
    ++c->at;
}

// Skips spaces, then the character if it stands there.
static int take(cursor *c, char character) {
  skip_spaces(c);
  if (c->at == c->end || *c->at != (unsigned char)character)
    return 0;
  ++c->at;
  return 1;
}

// A quoted word without escapes; the result points into the header.
static int take_word(cursor *c, const char **word, size_t *length) {
  skip_spaces(c);
  if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
    return 0;
  unsigned char quote = *c->at++;
  const unsigned char *start = c->at;
  while (c->at < c->end && *c->at != quote && *c->at != '\\' && *c->at != '\n')
    ++c->at;
  *word = (const char *)start;
  *length = (size_t)(c->at - start);
  return take(c, (char)quote);
}

static int take_literal(cursor *c, const char *literal) {
  skip_spaces(c);
  size_t length = strlen(literal);
  if ((size_t)(c->end - c->at) < length || memcmp(c->at, literal, length))
    return 0;
  c->at += length;
  return 1;
}

static int take_extent(cursor *c, int64_t *out) {
  skip_spaces(c);
  const unsigned char *start = c->at;
  int64_t value = 0;
  for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; ++c->at)
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, *c->at - '0', &value))
      return 0;
  *out = value;
  return c->at > start;
}

static const char *take_shape(cursor *c, gradc_array *out) {
  static const char wrong[] = "the shape in its npy header is not a tuple of extents";
  if (!take(c, '('))
    return wrong;
  int comma = 1;
  for (out->rank = 0; !take(c, ')'); comma = take(c, ',')) {
    if (!comma)
      return wrong;
    if (out->rank == GRADC_MAX_RANK)
      return "it has more than 64 dims";
    if (!take_extent(c, &out->shape[out->rank++]))
      return wrong;
  }
  return out->rank == 1 && !comma ? wrong : NULL; // (3) is no tuple
}

static const struct {
  char text[4];
  uint8_t dtype;
} types[] = {
    {"<f4", GRADC_F32},  {"<f8", GRADC_F64},  {"<f2", GRADC_F16}, {"|i1", GRADC_I8},
    {"<i2", GRADC_I16},  {"<i4", GRADC_I32},  {"<i8", GRADC_I64}, {"|u1", GRADC_U8},
    {"|b1", GRADC_BOOL}, {"<V2", GRADC_BF16},
};

static const char *find_dtype(const char *word, size_t length, gradc_array *out) {
  int one_byte = length == 3 && word[2] == '1'; // has no byte order
  if (length == 3 && word[0] == '>' && !one_byte)
    return "its numbers are big-endian; save it as little-endian";
  for (size_t i = 0; i < sizeof types / sizeof types[0]; ++i) {
    // ml_dtypes writes bfloat16 as two raw bytes, "|V2" or "<V2".
    int order =
        one_byte || word[0] == types[i].text[0] || (word[0] == '|' && types[i].dtype == GRADC_BF16);
    if (length == 3 && order && !memcmp(word + 1, types[i].text + 1, 2)) {
      out->dtype = types[i].dtype;
      return NULL;
    }
  }
  return "its dtype is not one of float16/32/64, bfloat16, int8/16/32/64, uint8 and bool";
}

static const char *parse_header(cursor *c, gradc_array *out) {
  static const char wrong[] =
      "its npy header is not a dict of 'descr', 'fortran_order' and 'shape'";
  const char *word, *why = NULL;
  size_t length;
  int seen = 0, comma = 1;
  if (!take(c, '{'))
    return wrong;
  for (; !take(c, '}'); comma = take(c, ',')) {
    if (!comma || !take_word(c, &word, &length) || !take(c, ':'))
      return wrong;
    int key = length == 5 && !memcmp(word, "descr", 5)             ? 1
              : length == 13 && !memcmp(word, "fortran_order", 13) ? 2
              : length == 5 && !memcmp(word, "shape", 5)           ? 4
                                                                   : 0;
    if (!key || seen & key)
      return wrong;
    seen |= key;
    if (key == 4)
      why = take_shape(c, out);
    else if (key == 1)
      why = take_word(c, &word, &length) ? find_dtype(word, length, out)
                                         : "its dtype is not a plain one";
    else if (take_literal(c, "True"))
      out->fortran = 1;
    else if (!take_literal(c, "False"))
      return wrong;
    if (why)
      return why;
  }
  skip_spaces(c);
  return seen == 7 && c->at == c->end ? NULL : wrong;
}

const char *gradc_npy_parse(gradc_bytes file, gradc_array *out) {
  if (file.size < 10 || memcmp(file.data, "\x93NUMPY", 6))
    return "it is not in npy format";
  unsigned version = file.data[6];
  if (version < 1 || version > 3)
    return "its npy version is not 1, 2 or 3";
  uint64_t start = version == 1 ? 10 : 12;
  if (file.size < start)
    return "its npy header is truncated";
  uint64_t length = version == 1 ? gradc_get16(file.data + 8) : gradc_get32(file.data + 8);
  if (length > file.size - start)
    return "its npy header is truncated";
  out->fortran = 0;
  cursor c = {file.data + start, file.data + start + length};
  const char *why = parse_header(&c, out);
  if (why)
    return why;
  if (!gradc_tensor_bytes(out->shape, out->rank, out->dtype, &out->bytes))
    return "its shape is too large";
  out->data = file.data + start + length;
  if (file.size - start - length < out->bytes)
    return "it is truncated: there are fewer numbers than its shape says";
  if (file.size - start - length > out->bytes)
    return "there are more bytes than its shape says";
  return NULL;
}

uint32_t gradc_npy_header(uint32_t dtype, const int64_t *shape, uint32_t rank, unsigned char *out) {
  char *text = (char *)out + 10;
  const char *type = "<V2";
  for (size_t i = 0; i < sizeof types / sizeof types[0]; ++i)
    if (types[i].dtype == dtype)
      type = types[i].text;
  size_t length = 0;
#define APPEND(literal)                                                                            \
  (memcpy(text + length, literal, sizeof literal - 1), length += sizeof literal - 1)
  APPEND("{'descr': '");
  memcpy(text + length, type, 3);
  length += 3;
  APPEND("', 'fortran_order': False, 'shape': (");
  for (uint32_t i = 0; i < rank; ++i) {
    if (i)
      APPEND(", ");
    length += (size_t)gradc_format_i64(text + length, shape[i]);
  }
  if (rank == 1)
    APPEND(",");
  APPEND("), }");
  // The data starts at a multiple of 64, after a newline.
  while ((10 + length + 1) % 64)
    text[length++] = ' ';
  text[length++] = '\n';
#undef APPEND
  memcpy(out, "\x93NUMPY\x01\x00", 8);
  gradc_put16(out + 8, (uint32_t)length);
  return (uint32_t)(10 + length);
}
