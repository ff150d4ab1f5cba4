// rng.c - PyTorch's CPU random generator: the same draws from the same seed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generator is mt19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998). How many words a draw
// takes, in which order and what is kept for the next draw follows PyTorch 2, so that interleaved
// calls stay in step with it.
#include "half.h"
#include "rng_math.h"

enum { STATE_WORDS = 624, STATE_MIDDLE = 397, NORMAL_BLOCK = 16 };

void gradc_rt_seed(gradc_rng *rng, uint64_t seed) {
  rng->state[0] = (uint32_t)seed;
  for (uint32_t i = 1; i < STATE_WORDS; ++i)
    rng->state[i] = 1812433253u * (rng->state[i - 1] ^ (rng->state[i - 1] >> 30)) + i;
  rng->index = STATE_WORDS;
  rng->has_next = 0;
  rng->next = 0;
}

static uint32_t twist(uint32_t high, uint32_t low) {
  uint32_t mixed = (high & 0x80000000u) | (low & 0x7fffffffu);
  return (mixed >> 1) ^ (low & 1 ? 0x9908b0dfu : 0);
}

static void advance(gradc_rng *rng) {
  uint32_t *s = rng->state;
  int i = 0;
  for (; i < STATE_WORDS - STATE_MIDDLE; ++i)
    s[i] = s[i + STATE_MIDDLE] ^ twist(s[i], s[i + 1]);
  for (; i < STATE_WORDS - 1; ++i)
    s[i] = s[i + STATE_MIDDLE - STATE_WORDS] ^ twist(s[i], s[i + 1]);
  s[i] = s[i + STATE_MIDDLE - STATE_WORDS] ^ twist(s[i], s[0]);
  rng->index = 0;
}

static uint32_t draw32(gradc_rng *rng) {
  if (rng->index >= STATE_WORDS)
    advance(rng);
  uint32_t y = rng->state[rng->index++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

static uint64_t draw64(gradc_rng *rng) {
  uint64_t high = draw32(rng);
  return high << 32 | draw32(rng);
}

static float uniform_f32(gradc_rng *rng) { return (float)(draw32(rng) & 0xffffffu) * 0x1p-24f; }

static double uniform_f64(gradc_rng *rng) {
  return (double)(draw64(rng) & 0x1fffffffffffffull) * 0x1p-53;
}

void gradc_rt_rand_f32(gradc_rng *rng, float *out, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = uniform_f32(rng);
}

void gradc_rt_rand_f64(gradc_rng *rng, double *out, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = uniform_f64(rng);
}

// Short tensors of either type: Box-Muller in double, one pair at a time, its second half kept for
// the next call.
static double scalar_normal(gradc_rng *rng) {
  if (rng->has_next) {
    rng->has_next = 0;
    return rng->next;
  }
  double u1 = uniform_f64(rng), u2 = uniform_f64(rng);
  double radius = gradc_sqrt(-2.0 * gradc_log_unit(1.0 - u2)); // 1 - u2 is exact
  double sine, cosine;
  gradc_sincos_circle(2.0 * GRADC_PI * u1, &sine, &cosine);
  rng->next = radius * sine;
  rng->has_next = 1;
  return radius * cosine;
}

// Sixteen uniforms become sixteen normals: pairs are (i, i + 8).
static void normal_block_f64(double *data) {
  for (int i = 0; i < NORMAL_BLOCK / 2; ++i) {
    double *first = &data[i], *second = &data[i + NORMAL_BLOCK / 2], sine, cosine;
    double radius = gradc_sqrt(-2.0 * gradc_log_unit(1.0 - *first));
    gradc_sincos_circle(2.0 * GRADC_PI * *second, &sine, &cosine);
    *first = radius * cosine + 0.0; // PyTorch adds the mean: -0 becomes 0
    *second = radius * sine + 0.0;
  }
}

void gradc_rt_randn_f32(gradc_rng *rng, float *out, int64_t n) {
  if (n < NORMAL_BLOCK) {
    for (int64_t i = 0; i < n; ++i)
      out[i] = (float)(scalar_normal(rng) + 0.0);
    return;
  }
  gradc_rt_rand_f32(rng, out, n);
  gradc_normal_blocks_f32(out, n / NORMAL_BLOCK);
  if (n % NORMAL_BLOCK == 0)
    return;
  // The last, partial block is drawn anew and overlaps the one before it.
  gradc_rt_rand_f32(rng, out + n - NORMAL_BLOCK, NORMAL_BLOCK);
  gradc_normal_blocks_f32(out + n - NORMAL_BLOCK, 1);
}

void gradc_rt_randn_f64(gradc_rng *rng, double *out, int64_t n) {
  if (n < NORMAL_BLOCK) {
    for (int64_t i = 0; i < n; ++i)
      out[i] = scalar_normal(rng) + 0.0;
    return;
  }
  gradc_rt_rand_f64(rng, out, n);
  for (int64_t i = 0; i + NORMAL_BLOCK <= n; i += NORMAL_BLOCK)
    normal_block_f64(out + i);
  if (n % NORMAL_BLOCK == 0)
    return;
  gradc_rt_rand_f64(rng, out + n - NORMAL_BLOCK, NORMAL_BLOCK);
  normal_block_f64(out + n - NORMAL_BLOCK);
}

//===-- Short floats --------------------------------------------------------------------------===//

typedef uint16_t (*narrowing)(float);

// Drawn as float32 and rounded; 1 is not in the range, and becomes 0.
static void rand_short(gradc_rng *rng, uint16_t *out, int64_t n, narrowing narrow) {
  uint16_t one = narrow(1);
  for (int64_t i = 0; i < n; ++i) {
    uint16_t x = narrow(uniform_f32(rng));
    out[i] = x == one ? 0 : x;
  }
}

// As of float32, but block after block: the numbers of a partial one are drawn once, and overlap.
static void randn_short(gradc_rng *rng, uint16_t *out, int64_t n, narrowing narrow) {
  if (n < NORMAL_BLOCK) {
    for (int64_t i = 0; i < n; ++i)
      out[i] = narrow((float)(scalar_normal(rng) + 0.0));
    return;
  }
  for (int64_t i = 0; i < n; i += NORMAL_BLOCK) {
    int64_t at = i + NORMAL_BLOCK <= n ? i : n - NORMAL_BLOCK;
    float block[NORMAL_BLOCK];
    gradc_rt_rand_f32(rng, block, NORMAL_BLOCK);
    gradc_normal_blocks_f32(block, 1);
    for (int k = 0; k < NORMAL_BLOCK; ++k)
      out[at + k] = narrow(block[k]);
  }
}

void gradc_rt_rand_f16(gradc_rng *rng, uint16_t *out, int64_t n) {
  rand_short(rng, out, n, gradc_narrow_f16);
}
void gradc_rt_rand_bf16(gradc_rng *rng, uint16_t *out, int64_t n) {
  rand_short(rng, out, n, gradc_narrow_bf16);
}
void gradc_rt_randn_f16(gradc_rng *rng, uint16_t *out, int64_t n) {
  randn_short(rng, out, n, gradc_narrow_f16);
}
void gradc_rt_randn_bf16(gradc_rng *rng, uint16_t *out, int64_t n) {
  randn_short(rng, out, n, gradc_narrow_bf16);
}

void gradc_rt_randint_i64(gradc_rng *rng, int64_t low, int64_t high, int64_t *out, int64_t n) {
  uint64_t range = (uint64_t)high - (uint64_t)low;
  for (int64_t i = 0; i < n; ++i) {
    // PyTorch takes two words from 2^28 on, to keep the bias of the remainder small.
    uint64_t word = range >= 1ull << 28 ? draw64(rng) : draw32(rng);
    out[i] = (int64_t)(word % range + (uint64_t)low);
  }
}

void gradc_rt_randperm_i64(gradc_rng *rng, int64_t *out, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = i;
  for (int64_t i = 0; i < n - 1; ++i) {
    uint64_t left = (uint64_t)(n - i);
    uint64_t word = n < (int64_t)(UINT32_MAX / 20) ? draw32(rng) : draw64(rng);
    int64_t j = i + (int64_t)(word % left), kept = out[i];
    out[i] = out[j];
    out[j] = kept;
  }
}
