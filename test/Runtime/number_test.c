// number_test.c - decimal text of floats against libc's printf and strtod.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "check.h"
#include "number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 88172645463325252u;

static uint64_t random_bits(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  return random_state ^= random_state << 17;
}

// Numbers of all sizes, ties, powers of two, whole numbers, widened float32.
static double pick(int i) {
  uint64_t bits = random_bits();
  double x;
  float narrow;
  uint32_t half = (uint32_t)bits;
  switch (i % 6) {
  case 0:
    return (double)(int64_t)(bits % 100000) / (double)(1 + (bits >> 32) % 1000);
  case 1:
    return ldexp((double)(bits % 4096), (int)(bits >> 32) % 40 - 20);
  case 2:
    return ldexp(1, (int)(bits % 2098) - 1074);
  case 3:
    memcpy(&narrow, &half, 4);
    return isfinite(narrow) ? (double)narrow : 0.5;
  case 4:
    return -(double)(bits >> bits % 64);
  default:
    memcpy(&x, &bits, 8);
    return isfinite(x) ? x : -0.0;
  }
}

static void same(const char *what, const char *got, int length, const char *expected) {
  CHECK(length == (int)strlen(expected) && !memcmp(got, expected, (size_t)length),
        "%s: %.*s, expected %s", what, length, got, expected);
}

// Significant digits, without zeros at either end.
static size_t digits_of(const char *text, char *out) {
  size_t n = 0;
  for (; *text && *text != 'e'; ++text)
    if (*text >= '0' && *text <= '9' && (n || *text != '0'))
      out[n++] = *text;
  while (n && out[n - 1] == '0')
    --n;
  return n;
}

// The shortest text that reads back, and of those the nearest: what printf gives with as many
// digits, except at powers of two. There the gap below is smaller, so that a shorter text above may
// read back where printf's does not.
static void test_repr(double x) {
  char got[GRADC_NUMBER_CHARS], text[64], mine[GRADC_NUMBER_CHARS], theirs[64];
  int length = gradc_format_repr(got, x);
  got[length] = 0;
  CHECK(strtod(got, NULL) == x && !signbit(x) == (*got != '-'), "%s, expected %.17g", got, x);
  if (x == 0)
    return;
  int precision = 0;
  do
    snprintf(text, sizeof text, "%.*e", precision, x);
  while (strtod(text, NULL) != x && ++precision < 17);
  size_t n = digits_of(got, mine), m = digits_of(text, theirs);
  CHECK(n < m || (n == m && !memcmp(mine, theirs, n)), "%s, expected the digits of %s", got, text);
  int exponent;
  CHECK(n == m || fabs(frexp(x, &exponent)) == 0.5, "%s, expected as many digits as %s", got, text);
}

static void test_repr_f32(float x) {
  char got[GRADC_NUMBER_CHARS], text[64], mine[GRADC_NUMBER_CHARS], theirs[64];
  int length = gradc_format_repr_f32(got, x);
  got[length] = 0;
  CHECK(strtof(got, NULL) == x, "%s, expected %.9g", got, (double)x);
  int precision = 0;
  do
    snprintf(text, sizeof text, "%.*e", precision, (double)x);
  while (strtof(text, NULL) != x && ++precision < 9);
  size_t n = digits_of(got, mine), m = digits_of(text, theirs);
  int exponent;
  CHECK(n == m || (n < m && fabsf(frexpf(x, &exponent)) == 0.5f),
        "%s, expected as many digits as %s", got, text);
}

static void test_halves(void) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    double x = gradc_widen_f16((uint16_t)bits), magnitude;
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    if (exponent == 31)
      magnitude = fraction ? NAN : INFINITY;
    else
      magnitude = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    CHECK(isnan(magnitude) ? isnan(x) : fabs(x) == magnitude && !signbit(x) == !(bits >> 15),
          "half %x: %g", bits, x);
  }
  CHECK(gradc_widen_bf16(0x3f80) == 1 && gradc_widen_bf16(0xc040) == -3 &&
            isinf(gradc_widen_bf16(0x7f80)),
        "bfloat16");
}

int main(void) {
  char got[GRADC_NUMBER_CHARS], text[400];
  for (int i = 0; i < 30000; ++i) {
    double x = pick(i);
    int decimals = (int)(random_bits() % 9);
    snprintf(text, sizeof text, "%.*f", decimals, x);
    same("fixed", got, gradc_format_fixed(got, x, decimals), text);
    snprintf(text, sizeof text, "%.*e", decimals, x);
    same("exponent", got, gradc_format_exponent(got, x, decimals), text);
    test_repr(x);
    if (fabs(x) < 3e38 && (float)x != 0)
      test_repr_f32((float)x);
  }
  for (int i = 0; i < 2000; ++i) {
    int64_t x = (int64_t)(random_bits() >> random_bits() % 64);
    snprintf(text, sizeof text, "%lld", (long long)x);
    same("integer", got, gradc_format_i64(got, x), text);
  }
  same("integer", got, gradc_format_i64(got, INT64_MIN), "-9223372036854775808");
  same("infinity", got, gradc_format_fixed(got, -INFINITY, 4), "-inf");
  same("nan", got, gradc_format_exponent(got, NAN, 4), "nan");
  same("longest", got, gradc_format_fixed(got, -1.7976931348623157e308, 17),
       (snprintf(text, sizeof text, "%.17f", -1.7976931348623157e308), text));
  test_halves();
  return check_done(200000);
}
