// rng_math.c - logarithm, sine and cosine in portable arithmetic.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libm's last bits depend on its version and on the processor; random draws must not. The float64
// functions are rewritten from fdlibm; the float32 ones use the polynomials of Cephes (S. Moshier)
// in the order of operations, fused where they are, of PyTorch's AVX2 code. Compiled without
// contraction: each rounding below is meant.
//
// fdlibm's notice: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
// SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice is preserved.
#include "rng_math.h"

static uint64_t bits_of(double x) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

static double of_bits(uint64_t bits) {
  double x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

double gradc_log_unit(double x) {
  static const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10,
                      lg1 = 6.666666666666735130e-01, lg2 = 3.999999999940941908e-01,
                      lg3 = 2.857142874366239149e-01, lg4 = 2.222219843214978396e-01,
                      lg5 = 1.818357216161805012e-01, lg6 = 1.531383769920937332e-01,
                      lg7 = 1.479819860511658591e-01;
  // x = 2^k * (1 + f) with 1 + f in [sqrt(2) / 2, sqrt(2)).
  uint64_t bits = bits_of(x) + 0x95f6200000000ull;
  int k = (int)(bits >> 52) - 0x3ff;
  double f = of_bits((bits & 0xfffffffffffffull) + 0x3fe6a09e00000000ull) - 1.0;
  double half_square = 0.5 * f * f, s = f / (2.0 + f), z = s * s, w = z * z;
  double even = w * (lg2 + w * (lg4 + w * lg6));
  double odd = z * (lg1 + w * (lg3 + w * (lg5 + w * lg7)));
  double dk = k;
  return s * (half_square + odd + even) + dk * ln2_low - half_square + f + dk * ln2_high;
}

// Sine of x + tail for |x| <= pi / 4.
static double sine_kernel(double x, double tail) {
  static const double s1 = -1.66666666666666324348e-01, s2 = 8.33333333332248946124e-03,
                      s3 = -1.98412698298579493134e-04, s4 = 2.75573137070700676789e-06,
                      s5 = -2.50507602534068634195e-08, s6 = 1.58969099521155010221e-10;
  double z = x * x, w = z * z, r = s2 + z * (s3 + z * s4) + z * w * (s5 + z * s6), v = z * x;
  return x - ((z * (0.5 * tail - v * r) - tail) - v * s1);
}

// Cosine of x + tail for |x| <= pi / 4.
static double cosine_kernel(double x, double tail) {
  static const double c1 = 4.16666666666666019037e-02, c2 = -1.38888888888741095749e-03,
                      c3 = 2.48015872894767294178e-05, c4 = -2.75573143513906633035e-07,
                      c5 = 2.08757232129817482790e-09, c6 = -1.13596475577881948265e-11;
  double z = x * x, w = z * z;
  double r = z * (c1 + z * (c2 + z * c3)) + w * w * (c4 + z * (c5 + z * c6));
  double half = 0.5 * z, rest = 1.0 - half;
  return rest + (((1.0 - rest) - half) + (z * r - x * tail));
}

void gradc_sincos_circle(double x, double *sine, double *cosine) {
  // pi / 2 in two exact 33-bit pieces and a rest: exact products with the quadrant number.
  static const double half_pi_1 = 1.57079632673412561417e+00,
                      half_pi_2 = 6.07710050630396597660e-11,
                      half_pi_2_rest = 2.02226624879595063154e-21;
  int quadrant = (int)(x * (2.0 / GRADC_PI) + 0.5);
  double q = quadrant, t = x - q * half_pi_1, w = q * half_pi_2, high = t - w;
  // What the subtraction of w lost, and the rest of pi / 2.
  double lost = q * half_pi_2_rest - ((t - high) - w);
  double r = high - lost, tail = (high - r) - lost;
  double s = sine_kernel(r, tail), c = cosine_kernel(r, tail);
  int swap = quadrant & 1;
  *sine = (quadrant & 2 ? -1.0 : 1.0) * (swap ? c : s);
  *cosine = ((quadrant + 1) & 2 ? -1.0 : 1.0) * (swap ? s : c);
}

// What the double sum lost decides a tie between two floats that the sum itself cannot.
static float break_tie(double product, double sum, float c) {
  double shadow = sum - product, error = (product - (sum - shadow)) + (c - shadow);
  uint64_t bits = bits_of(sum);
  if (error != 0)
    sum = of_bits((error > 0) == (sum > 0) ? bits + 1 : bits - 1);
  return (float)sum;
}

// a * b + c with one rounding, for results that are not subnormal. The product is exact in double,
// so that the second rounding, to float, can only go wrong where the first one ended on the middle
// between two floats.
__attribute__((noinline)) static float fused_soft(float a, float b, float c) {
  double product = (double)a * b, sum = product + c;
  if ((bits_of(sum) & 0x1fffffff) == 0x10000000)
    return break_tie(product, sum, c);
  return (float)sum;
}

// With the processor's instruction, or without: the same bits.
#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE float fused(int hardware, float a, float b, float c) {
  return hardware ? __builtin_fmaf(a, b, c) : fused_soft(a, b, c);
}

ALWAYS_INLINE float log_f32(int hardware, float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  float e = (float)((int)(bits >> 23) - 0x7e);
  bits = (bits & 0x007fffffu) | 0x3f000000u;
  float m;
  __builtin_memcpy(&m, &bits, sizeof m); // in [0.5, 1)
  int small = m < 0.707106781186547524f;
  float f = m - 1.0f + (small ? m : 0.0f), z = f * f, y = 7.0376836292E-2f;
  e -= small ? 1.0f : 0.0f;
  y = fused(hardware, y, f, -1.1514610310E-1f);
  y = fused(hardware, y, f, 1.1676998740E-1f);
  y = fused(hardware, y, f, -1.2420140846E-1f);
  y = fused(hardware, y, f, 1.4249322787E-1f);
  y = fused(hardware, y, f, -1.6668057665E-1f);
  y = fused(hardware, y, f, 2.0000714765E-1f);
  y = fused(hardware, y, f, -2.4999993993E-1f);
  y = fused(hardware, y, f, 3.3333331174E-1f);
  y = fused(hardware, y * f, z, e * -2.12194440e-4f);
  return fused(hardware, e, 0.693359375f, f + (y - z * 0.5f)); // half of z is exact
}

// Of x in [0, 2 pi).
ALWAYS_INLINE void sincos_f32(int hardware, float x, float *sine, float *cosine) {
  int octant = ((int)(x * 1.27323954473516f) + 1) & ~1;
  float y = (float)octant;
  x = fused(hardware, y, -0.78515625f, x);
  x = fused(hardware, y, -2.4187564849853515625e-4f, x);
  x = fused(hardware, y, -3.77489497744594108e-8f, x);
  float z = x * x;
  float c = fused(hardware, 2.443315711809948E-005f, z, -1.388731625493765E-003f);
  c = fused(hardware, c, z, 4.166664568298827E-002f);
  c = fused(hardware, c * z, z, -(z * 0.5f)) + 1.0f;
  float s = fused(hardware, -1.9515295891E-4f, z, 8.3321608736E-3f);
  s = fused(hardware, s, z, -1.6666654611E-1f);
  s = fused(hardware, s * z, x, x);
  int swap = octant & 2;
  *sine = (octant & 4 ? -1.0f : 1.0f) * (swap ? c : s);
  *cosine = ((octant + 2) & 4 ? -1.0f : 1.0f) * (swap ? s : c);
}

ALWAYS_INLINE void normal_blocks(int hardware, float *data, int64_t blocks) {
  for (; blocks > 0; --blocks, data += 16) {
    for (int i = 0; i < 8; ++i) {
      float radius = __builtin_sqrtf(-2.0f * log_f32(hardware, 1.0f - data[i])), sine, cosine;
      sincos_f32(hardware, (float)(2.0 * GRADC_PI) * data[i + 8], &sine, &cosine);
      data[i] = radius * cosine + 0.0f; // PyTorch adds the mean: -0 becomes 0
      data[i + 8] = radius * sine + 0.0f;
    }
  }
}

#if defined(__x86_64__)
#include <cpuid.h>

static int has_fma(void) {
  uint32_t a, b, c, d, low, high;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_FMA) == 0 || (c & bit_OSXSAVE) == 0)
    return 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & 6) == 6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2);
}

__attribute__((target("avx2,fma"))) static void normal_blocks_fma(float *data, int64_t blocks) {
  normal_blocks(1, data, blocks);
}
#elif defined(__aarch64__)
static int has_fma(void) { return 1; }

static void normal_blocks_fma(float *data, int64_t blocks) { normal_blocks(1, data, blocks); }
#else
static int has_fma(void) { return 0; }

static void normal_blocks_fma(float *data, int64_t blocks) { normal_blocks(0, data, blocks); }
#endif

void gradc_normal_blocks_f32(float *data, int64_t blocks) {
  // Asking the processor costs microseconds on a virtual machine.
  if (blocks >= 256 && has_fma())
    normal_blocks_fma(data, blocks);
  else
    normal_blocks(0, data, blocks);
}
