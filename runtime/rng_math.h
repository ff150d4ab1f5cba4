// rng_math.h - the elementary functions of the random generator, the same bits on every machine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_RNG_MATH_H
#define GRADC_RNG_MATH_H

#include "gradc_abi.h"

#define GRADC_PI 3.14159265358979323846

// Natural logarithm of x in (0, 1]; below one unit in the last place of error.
double gradc_log_unit(double x);
// Sine and cosine of x in [0, 2 pi]; below one unit in the last place of error.
void gradc_sincos_circle(double x, double *sine, double *cosine);
// Box-Muller in float32, rounded as PyTorch's AVX2 kernel does: in each block of 16 uniforms in [0,
// 1), the pairs (i, i + 8) become normals.
void gradc_normal_blocks_f32(float *data, int64_t blocks);

// Correctly rounded, as IEEE 754 asks. One instruction; no call into libm.
static inline double gradc_sqrt(double x) { return __builtin_sqrt(x); }

#endif // GRADC_RNG_MATH_H
