// half.h - IEEE half precision and bfloat16 as bits: rounded to nearest even, widened exactly.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer arithmetic only: conversions of a machine that has none would be calls into a library.
#ifndef GRADC_HALF_H
#define GRADC_HALF_H

#include <stdint.h>
#include <string.h>

static inline uint32_t gradc_bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float gradc_float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline uint16_t gradc_narrow_bf16(float x) {
  uint32_t bits = gradc_bits_of(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u)
    return 0x7fc0;
  return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}

static inline uint16_t gradc_narrow_f16(float x) {
  uint32_t bits = gradc_bits_of(x), sign = bits >> 16 & 0x8000u;
  bits &= 0x7fffffffu;
  if (bits > 0x7f800000u)
    return (uint16_t)(sign | 0x7e00u);
  if (bits >= 0x477ff000u) // half an ulp above the largest, and infinity
    return (uint16_t)(sign | 0x7c00u);
  if (bits < 0x38800000u) {
    // Denormal: the addition rounds at the last bit of 2^-24.
    float magic = gradc_float_of(0x3f000000u); // 0.5
    return (uint16_t)(sign | (gradc_bits_of(gradc_float_of(bits) + magic) - 0x3f000000u));
  }
  uint32_t odd = bits >> 13 & 1;
  return (uint16_t)(sign | ((bits - 0x38000000u + 0xfffu + odd) >> 13));
}

#endif // GRADC_HALF_H
