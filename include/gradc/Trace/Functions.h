// Functions.h - the functions of the trace API: creation, elementwise, contraction, shape.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_FUNCTIONS_H
#define GRADC_TRACE_FUNCTIONS_H

#include "gradc/Trace/Tensor.h"

namespace gradc {

// Creation. The dtype is f32 where the options name none, except where said.
/// i64 for whole numbers, bool for bools.
Tensor tensor(const Data &data, const Options &options = {}, Location where = Location::here());
/// The dtype of `value`.
Tensor full(const Shape &shape, Number value, const Options &options = {},
            Location where = Location::here());
Tensor zeros(const Shape &shape, const Options &options = {}, Location where = Location::here());
Tensor ones(const Shape &shape, const Options &options = {}, Location where = Location::here());
Tensor zeros_like(const Tensor &like, Location where = Location::here());
Tensor ones_like(const Tensor &like, Location where = Location::here());
/// i64 unless one of the numbers is floating.
Tensor arange(Number end, const Options &options = {}, Location where = Location::here());
Tensor arange(Number start, Number end, const Options &options = {},
              Location where = Location::here());
Tensor arange(Number start, Number end, Number step, const Options &options = {},
              Location where = Location::here());
Tensor full_like(const Tensor &like, Number value, Location where = Location::here());
/// `steps` numbers from start to end; the powers of `base` with these exponents.
Tensor linspace(double start, double end, int64_t steps, const Options &options = {},
                Location where = Location::here());
Tensor logspace(double start, double end, int64_t steps, double base = 10,
                const Options &options = {}, Location where = Location::here());
/// 1 on the diagonal of an n x m matrix (n x n without m).
Tensor eye(int64_t n, std::optional<int64_t> m = {}, const Options &options = {},
           Location where = Location::here());
/// Tensor `key` of a safetensors file, which is read when the program is compiled.
Tensor load(const std::string &file, const std::string &key, const Shape &shape,
            const Options &options = {}, Location where = Location::here());

// Random numbers: PyTorch's stream, in the order of the calls. C++ leaves open in which order the
// operands of one expression are evaluated: draw in statements of their own.
void manual_seed(int64_t seed, Location where = Location::here());
Tensor randn(const Shape &shape, const Options &options = {}, Location where = Location::here());
Tensor rand(const Shape &shape, const Options &options = {}, Location where = Location::here());
/// i64 numbers of [low, high), or [0, high).
Tensor randint(int64_t low, int64_t high, const Shape &shape, const Options &options = {},
               Location where = Location::here());
Tensor randint(int64_t high, const Shape &shape, const Options &options = {},
               Location where = Location::here());
Tensor randperm(int64_t n, const Options &options = {}, Location where = Location::here());

// Draws that may stand anywhere in what is differentiated: each run of one, in each turn of a loop,
// draws anew. A stream of their own, not PyTorch's numbers; manual_seed restarts it too.
/// Drops each element with probability p and scales the others by 1 / (1 - p). With `training` the
/// mode of the compiled entry point decides: a script and a model's step drop, predict does not.
Tensor dropout(const Tensor &x, double p = 0.5, bool training = true,
               Location where = Location::here());
/// The same for whole channels, of an input [N, C, ...].
Tensor dropout1d(const Tensor &x, double p = 0.5, bool training = true,
                 Location where = Location::here());
Tensor dropout2d(const Tensor &x, double p = 0.5, bool training = true,
                 Location where = Location::here());
Tensor dropout3d(const Tensor &x, double p = 0.5, bool training = true,
                 Location where = Location::here());
/// Keeps mean and variance of what SELU gives.
Tensor alpha_dropout(const Tensor &x, double p = 0.5, bool training = true,
                     Location where = Location::here());
Tensor feature_alpha_dropout(const Tensor &x, double p = 0.5, bool training = true,
                             Location where = Location::here());
/// 1 with the probabilities given, else 0.
Tensor bernoulli(const Tensor &probabilities, Location where = Location::here());
Tensor bernoulli(const Tensor &like, double p, Location where = Location::here());
Tensor rand_like(const Tensor &like, Location where = Location::here());
Tensor randn_like(const Tensor &like, Location where = Location::here());

// Elementwise.
Tensor neg(const Tensor &x, Location where = Location::here());
Tensor exp(const Tensor &x, Location where = Location::here());
Tensor log(const Tensor &x, Location where = Location::here());
Tensor sqrt(const Tensor &x, Location where = Location::here());
Tensor tanh(const Tensor &x, Location where = Location::here());
Tensor sigmoid(const Tensor &x, Location where = Location::here());
Tensor relu(const Tensor &x, Location where = Location::here());
Tensor abs(const Tensor &x, Location where = Location::here());
Tensor sin(const Tensor &x, Location where = Location::here());
Tensor cos(const Tensor &x, Location where = Location::here());
Tensor reciprocal(const Tensor &x, Location where = Location::here());
Tensor logical_not(const Tensor &x, Location where = Location::here());
Tensor add(const Arg &a, const Arg &b);
Tensor sub(const Arg &a, const Arg &b);
Tensor mul(const Arg &a, const Arg &b);
Tensor div(const Arg &a, const Arg &b);
Tensor pow(const Arg &base, const Arg &exponent);
Tensor maximum(const Arg &a, const Arg &b);
Tensor minimum(const Arg &a, const Arg &b);
Tensor eq(const Arg &a, const Arg &b);
Tensor ne(const Arg &a, const Arg &b);
Tensor lt(const Arg &a, const Arg &b);
Tensor le(const Arg &a, const Arg &b);
Tensor gt(const Arg &a, const Arg &b);
Tensor ge(const Arg &a, const Arg &b);
Tensor logical_and(const Arg &a, const Arg &b);
Tensor logical_or(const Arg &a, const Arg &b);
Tensor where(const Tensor &condition, const Arg &a, const Arg &b);

// Reductions.
Tensor sum(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
           Location where = Location::here());
Tensor mean(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
            Location where = Location::here());
Tensor amax(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
            Location where = Location::here());
Tensor amin(const Tensor &x, const Dims &dims = {}, bool keepdim = false,
            Location where = Location::here());

// Contractions.
Tensor matmul(const Tensor &a, const Tensor &b, Location where = Location::here());
Tensor mm(const Tensor &a, const Tensor &b, Location where = Location::here());
/// x @ weight.t() + bias, with a weight [out, in] or [in].
Tensor linear(const Tensor &x, const Tensor &weight, const Tensor &bias = {},
              Location where = Location::here());

// Shapes.
Tensor reshape(const Tensor &x, const Shape &shape, Location where = Location::here());
Tensor transpose(const Tensor &x, int64_t dim0, int64_t dim1, Location where = Location::here());
Tensor permute(const Tensor &x, const Shape &dims, Location where = Location::here());
Tensor unsqueeze(const Tensor &x, int64_t dim, Location where = Location::here());
Tensor squeeze(const Tensor &x, int64_t dim, Location where = Location::here());
Tensor flatten(const Tensor &x, int64_t start_dim = 0, int64_t end_dim = -1,
               Location where = Location::here());
Tensor pad(const Tensor &x, const Shape &pads, Number value = 0, Location where = Location::here());
Tensor cat(const std::vector<Tensor> &tensors, int64_t dim = 0, Location where = Location::here());
Tensor stack(const std::vector<Tensor> &tensors, int64_t dim = 0,
             Location where = Location::here());

} // namespace gradc

#endif // GRADC_TRACE_FUNCTIONS_H
