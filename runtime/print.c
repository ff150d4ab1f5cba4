// print.c - tensors as PyTorch prints them, numbers as Python prints them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules are those of torch/_tensor_str.py with its default options: 4 digits, lines of 80
// characters, more than 1000 elements are summarised to 3 at each edge of a dim.
#include "hosted.h"
#include "number.h"

#include <string.h>

enum {
  DIGITS = 4,
  LINE = 80,
  THRESHOLD = 1000,
  EDGE = 3,
  PREFIX = 7 /* "tensor(" */,
  MAX_RANK = 64
};

// How all elements of one tensor are written.
typedef struct style {
  int floating, integral, scientific;
  int width;
} style;

typedef struct tensor {
  const gradc_value *value;
  int64_t stride[MAX_RANK]; // elements
  int summarise;
  style style;
  // What the sweep over the elements collects for the style.
  double least, most;
  int seen;
  // Characters since the last newline inside this tensor's text.
  int64_t column;
} tensor;

static void put(tensor *t, const char *text, size_t length) {
  gradc_output(text, length);
  for (size_t i = length; i-- > 0;) {
    if (text[i] == '\n') {
      t->column = (int64_t)(length - i - 1);
      return;
    }
  }
  t->column += (int64_t)length;
}

static void put_text(tensor *t, const char *text) { put(t, text, strlen(text)); }

static void put_spaces(tensor *t, int64_t count) {
  static const char spaces[] = "                                ";
  for (; count > 0; count -= (int64_t)sizeof spaces - 1)
    put(t, spaces, count < (int64_t)sizeof spaces - 1 ? (size_t)count : sizeof spaces - 1);
}

static int is_floating(uint32_t dtype) { return dtype <= GRADC_BF16; }

#define ELEMENT(type) (((const type *)value->data)[index])

static double float_element(const gradc_value *value, int64_t index) {
  switch (value->dtype) {
  case GRADC_F32:
    return ELEMENT(float);
  case GRADC_F64:
    return ELEMENT(double);
  case GRADC_F16:
    return gradc_widen_f16(ELEMENT(uint16_t));
  default:
    return gradc_widen_bf16(ELEMENT(uint16_t));
  }
}

static int64_t integer_element(const gradc_value *value, int64_t index) {
  switch (value->dtype) {
  case GRADC_I8:
    return ELEMENT(int8_t);
  case GRADC_I16:
    return ELEMENT(int16_t);
  case GRADC_I32:
    return ELEMENT(int32_t);
  case GRADC_I64:
    return ELEMENT(int64_t);
  default:
    return ELEMENT(uint8_t);
  }
}

// Integers and bools as Python writes them.
static int format_integer(const gradc_value *value, int64_t index, char *out) {
  int64_t x = integer_element(value, index);
  if (value->dtype != GRADC_BOOL)
    return gradc_format_i64(out, x);
  memcpy(out, x ? "True" : "False", x ? 4 : 5);
  return x ? 4 : 5;
}

static int format_element(const tensor *t, int64_t index, char *out) {
  if (!t->style.floating)
    return format_integer(t->value, index, out);
  double x = float_element(t->value, index);
  if (t->style.scientific)
    return gradc_format_exponent(out, x, DIGITS);
  if (!t->style.integral)
    return gradc_format_fixed(out, x, DIGITS);
  int length = gradc_format_fixed(out, x, 0);
  if (__builtin_isfinite(x))
    out[length++] = '.';
  return length;
}

typedef void (*visitor)(tensor *t, int64_t index);

// Calls `visit` for the elements that are printed.
static void for_printed(tensor *t, uint32_t dim, int64_t index, visitor visit) {
  if (dim == t->value->rank) {
    visit(t, index);
    return;
  }
  int64_t extent = t->value->shape[dim];
  for (int64_t i = 0; i < extent; ++i) {
    if (t->summarise && extent > 2 * EDGE && i == EDGE)
      i = extent - EDGE;
    for_printed(t, dim + 1, index + i * t->stride[dim], visit);
  }
}

static void collect_range(tensor *t, int64_t index) {
  double x = float_element(t->value, index), magnitude = __builtin_fabs(x);
  if (x == 0 || !__builtin_isfinite(x))
    return;
  if (!t->seen || magnitude < t->least)
    t->least = magnitude;
  if (!t->seen || magnitude > t->most)
    t->most = magnitude;
  t->seen = 1;
  // From 2^52 on every number is whole.
  if (magnitude < 0x1p52 && x != (double)(int64_t)x)
    t->style.integral = 0;
}

static void collect_width(tensor *t, int64_t index) {
  char text[GRADC_NUMBER_CHARS];
  if (t->style.floating) {
    double x = float_element(t->value, index);
    if (x == 0 || !__builtin_isfinite(x))
      return; // PyTorch leaves these out: they may stick out
  }
  int length = format_element(t, index, text);
  if (length > t->style.width)
    t->style.width = length;
}

static void choose_style(tensor *t) {
  t->style =
      (style){.floating = is_floating(t->value->dtype), .integral = 1, .scientific = 0, .width = 1};
  if (t->style.floating) {
    for_printed(t, 0, 0, collect_range);
    if (!t->seen)
      return;
    t->style.scientific = t->most / t->least > 1000.0 || t->most > 1.0e8 || t->least < 1.0e-4;
  }
  for_printed(t, 0, 0, collect_width);
}

static void put_element(tensor *t, int64_t index) {
  char text[GRADC_NUMBER_CHARS];
  int length = format_element(t, index, text);
  put_spaces(t, t->style.width - length);
  put(t, text, (size_t)length);
}

static void put_line_break(tensor *t, int64_t newlines, int64_t indent) {
  for (; newlines > 0; --newlines)
    put(t, "\n", 1);
  put_spaces(t, indent);
}

// One row of the last dim. The "..." of a summary takes a place in the line as an element does.
static void put_row(tensor *t, int64_t index, int64_t indent) {
  int64_t extent = t->value->shape[t->value->rank - 1],
          per_line = (LINE - indent) / (t->style.width + 2), place = 0;
  if (per_line < 1)
    per_line = 1;
  for (int64_t i = 0; i < extent; ++i, ++place) {
    if (place)
      put(t, place % per_line ? ", " : ",", place % per_line ? 2 : 1);
    if (place && place % per_line == 0)
      put_line_break(t, 1, indent + 1);
    if (t->summarise && extent > 2 * EDGE && i == EDGE) {
      put_text(t, " ...");
      i = extent - EDGE - 1;
      continue;
    }
    put_element(t, index + i);
  }
}

static void put_nested(tensor *t, uint32_t dim, int64_t index, int64_t indent) {
  uint32_t left = t->value->rank - dim;
  put(t, "[", 1);
  if (left == 1) {
    put_row(t, index, indent);
  } else {
    int64_t extent = t->value->shape[dim];
    for (int64_t i = 0; i < extent; ++i) {
      if (i) {
        put(t, ",", 1);
        put_line_break(t, left - 1, indent + 1);
      }
      if (t->summarise && extent > 2 * EDGE && i == EDGE) {
        put_text(t, "...,");
        put_line_break(t, left - 1, indent + 1);
        i = extent - EDGE;
      }
      put_nested(t, dim + 1, index + i * t->stride[dim], indent + 1);
    }
  }
  put(t, "]", 1);
}

// ", suffix", on a line of its own where the line would become too long.
static void put_suffix(tensor *t, int64_t *line, const char *before, const char *name,
                       const char *after) {
  int64_t length = (int64_t)(strlen(before) + strlen(name) + strlen(after));
  if (*line + length + 2 > LINE) {
    put(t, ",", 1);
    put_line_break(t, 1, PREFIX);
    *line = PREFIX + length;
  } else {
    put(t, ", ", 2);
    *line += length + 2;
  }
  put_text(t, before);
  put_text(t, name);
  put_text(t, after);
}

static void format_size(const gradc_value *value, char *out, size_t room) {
  size_t length = 0;
  for (uint32_t i = 0; i < value->rank && length + 24 < room; ++i) {
    if (i)
      out[length++] = ',', out[length++] = ' ';
    length += (size_t)gradc_format_i64(out + length, value->shape[i]);
  }
  out[length] = 0;
}

static void put_suffixes(tensor *t, int64_t elements) {
  const gradc_value *value = t->value;
  int64_t line = t->column + 2; // PyTorch counts two too many here
  if (value->flags & GRADC_VALUE_ON_CUDA)
    put_suffix(t, &line, "device='", "cuda:0", "'");
  if (!elements && value->rank != 1) {
    char size[MAX_RANK * 24];
    format_size(value, size, sizeof size);
    put_suffix(t, &line, "size=(", size, ")");
  }
  // An empty tensor has no elements that would show that it is int64 or bool.
  int obvious = value->dtype == GRADC_F32 ||
                (elements && (value->dtype == GRADC_I64 || value->dtype == GRADC_BOOL));
  if (!obvious)
    put_suffix(t, &line, "dtype=torch.", gradc_rt_dtype_name(value->dtype), "");
  if (value->text)
    put_suffix(t, &line, "grad_fn=<", value->text, ">");
  else if (value->flags & GRADC_VALUE_REQUIRES_GRAD)
    put_suffix(t, &line, "requires_grad=True", "", "");
}

static void print_tensor(const gradc_value *value) {
  tensor t = {.value = value};
  if (value->rank > MAX_RANK || value->dtype >= GRADC_DTYPES)
    return; // PyTorch itself stops at 64 dims
  int64_t elements = 1;
  for (uint32_t i = value->rank; i-- > 0;) {
    t.stride[i] = elements;
    elements *= value->shape[i];
  }
  put_text(&t, "tensor(");
  if (!elements) {
    put_text(&t, "[]");
  } else {
    t.summarise = elements > THRESHOLD;
    choose_style(&t);
    if (value->rank)
      put_nested(&t, 0, 0, PREFIX);
    else
      put_element(&t, 0);
  }
  put_suffixes(&t, elements);
  put(&t, ")", 1);
}

static void print_number(const gradc_value *value) {
  char text[GRADC_NUMBER_CHARS];
  int length = is_floating(value->dtype) ? gradc_format_repr(text, float_element(value, 0))
                                         : format_integer(value, 0, text);
  gradc_output(text, (size_t)length);
}

void gradc_rt_print(const gradc_value *values, uint32_t n) {
  if (gradc_output_is_dropped())
    return;
  for (uint32_t i = 0; i < n; ++i) {
    if (i)
      gradc_output(" ", 1);
    switch (values[i].what) {
    case GRADC_VALUE_TENSOR:
      print_tensor(&values[i]);
      break;
    case GRADC_VALUE_NUMBER:
      print_number(&values[i]);
      break;
    case GRADC_VALUE_TEXT:
      gradc_output(values[i].text, strlen(values[i].text));
      break;
    default:
      gradc_output("None", 4);
      break;
    }
  }
  gradc_output("\n", 1);
  gradc_output_end();
}
