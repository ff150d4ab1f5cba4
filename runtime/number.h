// number.h - numbers as decimal text, correctly rounded, without stdio.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All functions write to `out` without a terminating NUL and return the length. `out` has
// GRADC_NUMBER_CHARS bytes.
#ifndef GRADC_NUMBER_H
#define GRADC_NUMBER_H

#include <stdint.h>

// Sign, 309 digits before the point, point, up to 17 decimals.
enum { GRADC_NUMBER_CHARS = 336 };

// As printf's "%.<decimals>f" and "%.<decimals>e"; decimals <= 17. "inf", "-inf", "nan" as Python
// writes them.
int gradc_format_fixed(char *out, double x, int decimals);
int gradc_format_exponent(char *out, double x, int decimals);
// Python's repr of a float: the shortest text that reads back as x.
int gradc_format_repr(char *out, double x);
// The same for a float32: the shortest text that reads back as the float32 x.
int gradc_format_repr_f32(char *out, float x);
int gradc_format_i64(char *out, int64_t x);

// IEEE half precision and bfloat16 widened exactly.
double gradc_widen_f16(uint16_t bits);
double gradc_widen_bf16(uint16_t bits);

#endif // GRADC_NUMBER_H
