// Math.h - the elementwise mathematics of the trace API beyond Functions.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Named as in PyTorch, with its defaults, types and gradients; operands promote and broadcast.
#ifndef GRADC_TRACE_MATH_H
#define GRADC_TRACE_MATH_H

#include "gradc/Trace/Tensor.h"
#include <optional>

namespace gradc {

#define GRADC_DECLARE(NAME) Tensor NAME(const Tensor &x, Location where = Location::here());
// Rounding.
GRADC_DECLARE(floor)
GRADC_DECLARE(ceil)
GRADC_DECLARE(trunc)
GRADC_DECLARE(frac)
Tensor round(const Tensor &x, int64_t decimals = 0, Location where = Location::here());
// Exponentials and logarithms.
GRADC_DECLARE(exp2)
GRADC_DECLARE(expm1)
GRADC_DECLARE(log2)
GRADC_DECLARE(log10)
GRADC_DECLARE(log1p)
GRADC_DECLARE(rsqrt)
GRADC_DECLARE(square)
/// Brought into [eps, 1 - eps] first, unless eps is negative.
Tensor logit(const Tensor &x, double eps = -1, Location where = Location::here());
// Trigonometric and hyperbolic.
GRADC_DECLARE(tan)
GRADC_DECLARE(asin)
GRADC_DECLARE(acos)
GRADC_DECLARE(atan)
GRADC_DECLARE(sinh)
GRADC_DECLARE(cosh)
GRADC_DECLARE(asinh)
GRADC_DECLARE(acosh)
GRADC_DECLARE(atanh)
GRADC_DECLARE(sinc)
GRADC_DECLARE(deg2rad)
GRADC_DECLARE(rad2deg)
// Special functions.
GRADC_DECLARE(erf)
GRADC_DECLARE(erfc)
GRADC_DECLARE(erfinv)
GRADC_DECLARE(lgamma)
GRADC_DECLARE(digamma)
Tensor polygamma(int64_t n, const Tensor &x, Location where = Location::here());
// Signs and kinds of numbers; the last six are bool.
GRADC_DECLARE(sign)
GRADC_DECLARE(signbit)
GRADC_DECLARE(isnan)
GRADC_DECLARE(isinf)
GRADC_DECLARE(isfinite)
GRADC_DECLARE(isposinf)
GRADC_DECLARE(isneginf)
/// Infinities become the largest and the least number of the dtype unless others are given.
Tensor nan_to_num(const Tensor &x, double nan = 0, std::optional<double> posinf = {},
                  std::optional<double> neginf = {}, Location where = Location::here());
GRADC_DECLARE(positive)
// Bits.
GRADC_DECLARE(bitwise_not)
#undef GRADC_DECLARE

#define GRADC_DECLARE(NAME) Tensor NAME(const Arg &a, const Arg &b);
GRADC_DECLARE(fmod)
GRADC_DECLARE(remainder)
GRADC_DECLARE(floor_divide)
GRADC_DECLARE(atan2)
GRADC_DECLARE(hypot)
GRADC_DECLARE(copysign)
GRADC_DECLARE(fmax)
GRADC_DECLARE(fmin)
GRADC_DECLARE(xlogy)
GRADC_DECLARE(xlog1py)
GRADC_DECLARE(logaddexp)
GRADC_DECLARE(logaddexp2)
GRADC_DECLARE(ldexp)
GRADC_DECLARE(heaviside)
GRADC_DECLARE(nextafter)
GRADC_DECLARE(gcd)
GRADC_DECLARE(lcm)
GRADC_DECLARE(clamp_min)
GRADC_DECLARE(clamp_max)
GRADC_DECLARE(logical_xor)
GRADC_DECLARE(bitwise_and)
GRADC_DECLARE(bitwise_or)
GRADC_DECLARE(bitwise_xor)
GRADC_DECLARE(bitwise_left_shift)
GRADC_DECLARE(bitwise_right_shift)
/// In f64.
GRADC_DECLARE(float_power)
#undef GRADC_DECLARE
/// `rounding_mode` is "trunc" or "floor".
Tensor div(const Arg &a, const Arg &b, const char *rounding_mode);
Tensor isclose(const Arg &a, const Arg &b, double rtol = 1e-5, double atol = 1e-8,
               bool equal_nan = false);
/// other - alpha x.
Tensor rsub(const Arg &x, const Arg &other, double alpha = 1);
/// Between numbers, one of which may be left out: `clamp(x, 0, 1)`, `clamp(x, {}, 1)`.
Tensor clamp(const Tensor &x, std::optional<Number> min, std::optional<Number> max = {},
             Location where = Location::here());
/// Between tensors.
Tensor clamp(const Tensor &x, const Tensor &min, const Tensor &max,
             Location where = Location::here());
Tensor lerp(const Arg &start, const Arg &end, const Arg &weight);
Tensor addcmul(const Arg &x, const Arg &a, const Arg &b, double value = 1);
Tensor addcdiv(const Arg &x, const Arg &a, const Arg &b, double value = 1);

namespace nn::functional {

// Activations.
#define GRADC_DECLARE(NAME) Tensor NAME(const Tensor &x, Location where = Location::here());
GRADC_DECLARE(relu6)
GRADC_DECLARE(selu)
GRADC_DECLARE(silu)
GRADC_DECLARE(mish)
GRADC_DECLARE(hardswish)
GRADC_DECLARE(hardsigmoid)
GRADC_DECLARE(tanhshrink)
GRADC_DECLARE(softsign)
GRADC_DECLARE(logsigmoid)
/// `approximate` is "none" or "tanh".
Tensor gelu(const Tensor &x, const char *approximate = "none", Location where = Location::here());
Tensor leaky_relu(const Tensor &x, double negative_slope = 0.01, Location where = Location::here());
Tensor elu(const Tensor &x, double alpha = 1, Location where = Location::here());
Tensor celu(const Tensor &x, double alpha = 1, Location where = Location::here());
Tensor softplus(const Tensor &x, double beta = 1, double threshold = 20,
                Location where = Location::here());
Tensor hardtanh(const Tensor &x, double min_val = -1, double max_val = 1,
                Location where = Location::here());
Tensor hardshrink(const Tensor &x, double lambd = 0.5, Location where = Location::here());
Tensor softshrink(const Tensor &x, double lambd = 0.5, Location where = Location::here());
Tensor threshold(const Tensor &x, double threshold, double value,
                 Location where = Location::here());
/// One weight, or one a channel (dimension 1), of which x is taken times below 0.
Tensor prelu(const Tensor &x, const Tensor &weight, Location where = Location::here());
Tensor glu(const Tensor &x, int64_t dim = -1, Location where = Location::here());
#undef GRADC_DECLARE

} // namespace nn::functional
} // namespace gradc

#endif // GRADC_TRACE_MATH_H
