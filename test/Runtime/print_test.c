// print_test.c - prints tensors and numbers and compares with PyTorch's text: print_test print.txt
// number.txt SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "check.h"
#include "gradc_abi.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const dtypes[] = {"f32", "f64", "f16", "bf16", "i8",
                                     "i16", "i32", "i64", "u8",   "bool"};
static char line[1 << 16], expected[1 << 16], got[1 << 16];
static uint64_t cycle[4096];
static unsigned char data[1 << 17];

static uint32_t dtype_of(const char *name) {
  uint32_t dtype = 0;
  while (dtype < GRADC_DTYPES && strcmp(dtypes[dtype], name))
    ++dtype;
  CHECK(dtype < GRADC_DTYPES, "unknown dtype %s", name);
  return dtype % GRADC_DTYPES;
}

// What gradc_rt_print writes to standard output goes to a file for a while.
static void print_into(char *out, size_t room, const gradc_value *values, uint32_t n) {
  static int saved = -1, target = -1;
  if (target < 0) {
    FILE *file = tmpfile();
    saved = dup(STDOUT_FILENO);
    target = file ? fileno(file) : -1;
  }
  fflush(stdout);
  int ready = target >= 0 && lseek(target, 0, SEEK_SET) == 0 && ftruncate(target, 0) == 0;
  CHECK(ready, "no temporary file");
  dup2(target, STDOUT_FILENO);
  gradc_rt_print(values, n);
  dup2(saved, STDOUT_FILENO);
  ssize_t length = pread(target, out, room - 1, 0);
  out[length > 0 ? length : 0] = 0;
}

static void fill(uint32_t dtype, int64_t elements, size_t period) {
  size_t size = gradc_rt_dtype_bytes(dtype);
  for (int64_t i = 0; i < elements && (size_t)i < sizeof data / size; ++i)
    memcpy(data + (size_t)i * size, &cycle[(size_t)i % period], size); // little-endian
}

static void test_tensor(FILE *file, unsigned block) {
  int64_t shape[8], elements = 1;
  gradc_value value = {.what = GRADC_VALUE_TENSOR, .shape = shape, .data = data};
  char *word = strtok(line + 7, " \n");
  value.dtype = dtype_of(word);
  word = strtok(NULL, " \n");
  value.flags = *word == 'r' ? GRADC_VALUE_REQUIRES_GRAD : 0;
  char grad_fn[32];
  snprintf(grad_fn, sizeof grad_fn, "%s", strtok(NULL, " \n"));
  value.text = *grad_fn == '-' ? NULL : grad_fn;
  value.rank = (uint32_t)atoi(strtok(NULL, " \n"));
  for (uint32_t i = 0; i < value.rank; ++i)
    elements *= shape[i] = atoll(strtok(NULL, " \n"));
  size_t period = 0;
  if (!fgets(line, sizeof line, file))
    return;
  for (char *text = strtok(line, " \n"); text; text = strtok(NULL, " \n"))
    cycle[period++] = strtoull(text, NULL, 16);
  fill(value.dtype, elements, period);
  int lines = fgets(line, sizeof line, file) ? atoi(line) : 0;
  expected[0] = 0;
  for (char *end = expected; lines > 0 && fgets(end, (int)(expected + sizeof expected - end), file);
       --lines)
    end += strlen(end);
  print_into(got, sizeof got, &value, 1);
  CHECK(lines == 0 && !strcmp(got, expected), "tensor %u:\n%sexpected\n%s", block, got, expected);
}

static void test_number(unsigned at) {
  char *dtype = strtok(line, " \n"), *bits = strtok(NULL, " \n"), *text = strtok(NULL, "\n");
  gradc_value value = {.what = GRADC_VALUE_NUMBER, .dtype = dtype_of(dtype), .data = data};
  cycle[0] = strtoull(bits, NULL, 16);
  fill(value.dtype, 1, 1);
  print_into(got, sizeof got, &value, 1);
  got[strlen(got) ? strlen(got) - 1 : 0] = 0;
  CHECK(!strcmp(got, text), "number %u: %s, expected %s", at, got, text);
}

static void test_statements(void) {
  int64_t three = 3;
  const float x[3] = {1, 2, 3};
  const int64_t step = 41;
  const unsigned char yes = 1;
  gradc_value values[] = {
      {.what = GRADC_VALUE_NUMBER, .dtype = GRADC_I64, .data = &step},
      {.what = GRADC_VALUE_TEXT, .text = "a text"},
      {.what = GRADC_VALUE_NONE},
      {.what = GRADC_VALUE_NUMBER, .dtype = GRADC_BOOL, .data = &yes},
      {.what = GRADC_VALUE_TENSOR, .dtype = GRADC_F32, .rank = 1, .shape = &three, .data = x},
      {.what = GRADC_VALUE_TENSOR,
       .dtype = GRADC_F32,
       .rank = 1,
       .shape = &three,
       .data = x,
       .flags = GRADC_VALUE_ON_CUDA},
  };
  print_into(got, sizeof got, values, 6);
  CHECK(!strcmp(got,
                "41 a text None True tensor([1., 2., 3.]) tensor([1., 2., 3.], device='cuda:0')\n"),
        "%s", got);
  print_into(got, sizeof got, NULL, 0);
  CHECK(!strcmp(got, "\n"), "%s", got);
}

int main(int argc, char **argv) {
  FILE *tensors = argc > 2 ? fopen(argv[1], "r") : NULL,
       *numbers = argc > 2 ? fopen(argv[2], "r") : NULL;
  unsigned blocks = 0, at = 0;
  while (tensors && fgets(line, sizeof line, tensors) && !strncmp(line, "tensor ", 7))
    test_tensor(tensors, ++blocks);
  CHECK(blocks >= 800, "%u tensors only", blocks);
  while (numbers && fgets(line, sizeof line, numbers))
    test_number(++at);
  CHECK(at >= 1000, "%u numbers only", at);
  test_statements();
  return check_done(3500);
}
