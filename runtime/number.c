// number.c - exact decimal digits of binary floating point (Steele and White's and Gay's algorithm
// on big integers). SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// R / S is the part of the value that is not yet written, M the half distances to the neighbours:
// Steele and White, "How to print floating-point numbers accurately", PLDI 1990; Burger and Dybvig,
// PLDI 1996.
#include "number.h"

#include <string.h>

// 2^1074 * 10 * 2^3 fits.
enum { LIMBS = 38, MAX_DIGITS = 330 };

typedef struct big {
  uint32_t limb[LIMBS];
  int used;
} big;

typedef struct decimal {
  char digit[MAX_DIGITS]; // '0' to '9'
  int count;
  int point; // value = 0.digits * 10^point
} decimal;

static void big_set(big *a, uint64_t x) {
  a->used = 0;
  for (; x; x >>= 32)
    a->limb[a->used++] = (uint32_t)x;
}

static void big_mul(big *a, uint32_t factor) {
  uint64_t carry = 0;
  for (int i = 0; i < a->used; ++i) {
    carry += (uint64_t)a->limb[i] * factor;
    a->limb[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry)
    a->limb[a->used++] = (uint32_t)carry;
}

static void big_mul_pow10(big *a, int power) {
  for (; power >= 9; power -= 9)
    big_mul(a, 1000000000u);
  for (; power > 0; --power)
    big_mul(a, 10);
}

static void big_shift(big *a, int bits) {
  if (!a->used)
    return;
  int whole = bits / 32;
  memmove(a->limb + whole, a->limb, sizeof(uint32_t) * (size_t)a->used);
  memset(a->limb, 0, sizeof(uint32_t) * (size_t)whole);
  a->used += whole;
  big_mul(a, 1u << bits % 32);
}

static int big_compare(const big *a, const big *b) {
  if (a->used != b->used)
    return a->used < b->used ? -1 : 1;
  for (int i = a->used; i-- > 0;)
    if (a->limb[i] != b->limb[i])
      return a->limb[i] < b->limb[i] ? -1 : 1;
  return 0;
}

// Compares a + b with c.
static int big_compare_sum(const big *a, const big *b, const big *c) {
  big sum;
  const big *longer = a->used >= b->used ? a : b, *shorter = longer == a ? b : a;
  uint64_t carry = 0;
  for (int i = 0; i < longer->used; ++i) {
    carry += (uint64_t)longer->limb[i] + (i < shorter->used ? shorter->limb[i] : 0);
    sum.limb[i] = (uint32_t)carry;
    carry >>= 32;
  }
  sum.used = longer->used;
  if (carry)
    sum.limb[sum.used++] = (uint32_t)carry;
  return big_compare(&sum, c);
}

// a -= b; a >= b.
static void big_subtract(big *a, const big *b) {
  int64_t borrow = 0;
  for (int i = 0; i < a->used; ++i) {
    borrow += (int64_t)a->limb[i] - (i < b->used ? b->limb[i] : 0);
    a->limb[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  while (a->used && !a->limb[a->used - 1])
    --a->used;
}

// The quotient, below 10; a becomes the remainder.
static int big_divide(big *a, const big *b) {
  int digit = 0;
  for (; big_compare(a, b) >= 0; ++digit)
    big_subtract(a, b);
  return digit;
}

// A positive number mantissa * 2^exponent and how far its neighbours are.
typedef struct binary {
  uint64_t mantissa;
  int exponent;
  int lower_is_closer; // the gap below is half of the gap above
} binary;

static binary split_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  uint64_t fraction = bits & 0xfffffffffffffull;
  int exponent = (int)(bits >> 52 & 0x7ff);
  if (!exponent)
    return (binary){fraction, -1074, 0};
  return (binary){fraction | 1ull << 52, exponent - 1075, !fraction && exponent > 1};
}

static binary split_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  uint32_t fraction = bits & 0x7fffffu;
  int exponent = (int)(bits >> 23 & 0xff);
  if (!exponent)
    return (binary){fraction, -149, 0};
  return (binary){fraction | 1u << 23, exponent - 150, !fraction && exponent > 1};
}

// At most one less than the number of digits before the point, never more than it.
static int estimate_point(binary x) {
  int bits = 63 - __builtin_clzll(x.mantissa) + x.exponent; // floor(log2)
  // floor(bits * log10(2)) + 1 in fixed point, one too small at most.
  return (int)((int64_t)bits * 1292913986 >> 32) + 1;
}

// r / s = x / 10^point. `scale` powers of two are put on both, for the margins.
static void make_ratio(binary x, int scale, int point, big *r, big *s) {
  big_set(r, x.mantissa);
  big_set(s, 1);
  big_shift(x.exponent >= 0 ? r : s, x.exponent >= 0 ? x.exponent : -x.exponent);
  big_shift(r, scale);
  big_shift(s, scale);
  big_mul_pow10(point >= 0 ? s : r, point >= 0 ? point : -point);
}

static void shortest_digits(binary x, decimal *out) {
  big r, s, above, below;
  int even = !(x.mantissa & 1), scale = x.lower_is_closer ? 2 : 1;
  out->point = estimate_point(x);
  make_ratio(x, scale, out->point, &r, &s);
  // Half of the gap above and below, in the units of r.
  big_set(&below, 1);
  big_shift(&below, x.exponent >= 0 ? x.exponent : 0);
  if (out->point < 0)
    big_mul_pow10(&below, -out->point);
  above = below;
  if (x.lower_is_closer)
    big_mul(&above, 2);
  if (big_compare_sum(&r, &above, &s) + even > 0) {
    big_mul(&s, 10);
    ++out->point;
  }
  for (out->count = 0;;) {
    big_mul(&r, 10);
    big_mul(&above, 10);
    big_mul(&below, 10);
    int digit = big_divide(&r, &s);
    int low = big_compare(&r, &below) - even < 0, high = big_compare_sum(&r, &above, &s) + even > 0;
    if (high && (!low || big_compare_sum(&r, &r, &s) + (digit & 1) > 0))
      ++digit;
    out->digit[out->count++] = (char)('0' + digit);
    if (low || high)
      return;
  }
}

static void round_up(decimal *out) {
  int i = out->count;
  while (i > 0 && out->digit[i - 1] == '9')
    out->digit[--i] = '0';
  if (i > 0) {
    ++out->digit[i - 1];
    return;
  }
  // 99.9 became 100: one digit more in front; all behind it are zeros.
  if (out->count)
    out->digit[0] = '1';
  else
    out->digit[out->count++] = '1';
  ++out->point;
}

// `significant` digits, or, with significant < 0, all digits down to `decimals` after the point.
// Halves go to even.
static void rounded_digits(binary x, int significant, int decimals, decimal *out) {
  big r, s;
  out->point = estimate_point(x);
  make_ratio(x, 0, out->point, &r, &s);
  if (big_compare(&r, &s) >= 0) {
    big_mul(&s, 10);
    ++out->point;
  }
  int wanted = significant >= 0 ? significant : out->point + decimals;
  out->count = 0;
  if (wanted < 0)
    return;
  while (out->count < wanted) {
    big_mul(&r, 10);
    out->digit[out->count++] = (char)('0' + big_divide(&r, &s));
  }
  int last_is_odd = out->count && (out->digit[out->count - 1] & 1);
  if (big_compare_sum(&r, &r, &s) + last_is_odd > 0)
    round_up(out);
}

// Sign and the values without digits. Returns 1 when `out` is complete.
static int begin(char *out, int *length, int negative, int is_nan, int is_infinite) {
  if (negative && !is_nan)
    out[(*length)++] = '-';
  if (!is_nan && !is_infinite)
    return 0;
  memcpy(out + *length, is_nan ? "nan" : "inf", 3);
  *length += 3;
  return 1;
}

static int begin_f64(char *out, int *length, double x) {
  return begin(out, length, __builtin_signbit(x) != 0, __builtin_isnan(x), __builtin_isinf(x));
}

static char digit_at(const decimal *d, int position) {
  return position >= 0 && position < d->count ? d->digit[position] : '0';
}

// Digits with the point in place and `decimals` of them after it.
static int put_plain(char *out, const decimal *d, int decimals) {
  int length = 0;
  for (int i = d->point > 0 ? 0 : d->point - 1; i < d->point; ++i)
    out[length++] = digit_at(d, i);
  if (decimals)
    out[length++] = '.';
  for (int i = 0; i < decimals; ++i)
    out[length++] = digit_at(d, d->point + i);
  return length;
}

// d.ddde+xx with `decimals` digits after the point.
static int put_exponent(char *out, const decimal *d, int decimals) {
  int length = 0, exponent = d->count ? d->point - 1 : 0;
  out[length++] = digit_at(d, 0);
  if (decimals)
    out[length++] = '.';
  for (int i = 1; i <= decimals; ++i)
    out[length++] = digit_at(d, i);
  out[length++] = 'e';
  out[length++] = exponent < 0 ? '-' : '+';
  unsigned magnitude = (unsigned)(exponent < 0 ? -exponent : exponent);
  if (magnitude >= 100)
    out[length++] = (char)('0' + magnitude / 100);
  out[length++] = (char)('0' + magnitude / 10 % 10);
  out[length++] = (char)('0' + magnitude % 10);
  return length;
}

int gradc_format_fixed(char *out, double x, int decimals) {
  int length = 0;
  if (begin_f64(out, &length, x))
    return length;
  decimal d = {.count = 0, .point = 0};
  if (x != 0)
    rounded_digits(split_f64(x), -1, decimals, &d);
  if (!d.count)
    d.point = 0;
  return length + put_plain(out + length, &d, decimals);
}

int gradc_format_exponent(char *out, double x, int decimals) {
  int length = 0;
  if (begin_f64(out, &length, x))
    return length;
  decimal d = {.count = 0, .point = 0};
  if (x != 0)
    rounded_digits(split_f64(x), decimals + 1, 0, &d);
  return length + put_exponent(out + length, &d, decimals);
}

static int put_repr(char *out, const decimal *d) {
  // Python leaves plain notation at 1e16 and below 1e-4.
  if (d->point > 16 || d->point < -3)
    return put_exponent(out, d, d->count - 1);
  int decimals = d->count - d->point;
  return put_plain(out, d, decimals > 0 ? decimals : 1);
}

int gradc_format_repr(char *out, double x) {
  int length = 0;
  if (begin_f64(out, &length, x))
    return length;
  decimal d = {.digit = "0", .count = 1, .point = 1};
  if (x != 0)
    shortest_digits(split_f64(x), &d);
  return length + put_repr(out + length, &d);
}

int gradc_format_repr_f32(char *out, float x) {
  int length = 0;
  if (begin_f64(out, &length, x))
    return length;
  decimal d = {.digit = "0", .count = 1, .point = 1};
  if (x != 0)
    shortest_digits(split_f32(x), &d);
  return length + put_repr(out + length, &d);
}

int gradc_format_i64(char *out, int64_t x) {
  char reversed[20];
  int count = 0, length = 0;
  uint64_t rest = x < 0 ? -(uint64_t)x : (uint64_t)x;
  do
    reversed[count++] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (x < 0)
    out[length++] = '-';
  while (count)
    out[length++] = reversed[--count];
  return length;
}

double gradc_widen_f16(uint16_t bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  double magnitude;
  if (exponent == 31)
    magnitude = fraction ? __builtin_nan("") : __builtin_inf();
  else if (exponent == 0)
    magnitude = fraction * 0x1p-24;
  else if (exponent >= 25)
    magnitude = (double)((int64_t)(1024 + fraction) << (exponent - 25));
  else
    magnitude = (double)(1024 + fraction) / (double)(1 << (25 - exponent));
  return bits & 0x8000 ? -magnitude : magnitude;
}

double gradc_widen_bf16(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float x;
  memcpy(&x, &wide, sizeof x);
  return x;
}
