// Functional.h - torch.nn.functional: products, losses, norms, attention and recurrent layers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_FUNCTIONAL_H
#define GRADC_TRACE_FUNCTIONAL_H

#include "gradc/Trace/Functions.h"

namespace gradc {

// Products.
Tensor einsum(const std::string &equation, const std::vector<Tensor> &operands,
              Location where = Location::here());
Tensor mv(const Tensor &a, const Tensor &v, Location where = Location::here());
Tensor bmm(const Tensor &a, const Tensor &b, Location where = Location::here());
Tensor dot(const Tensor &a, const Tensor &b, Location where = Location::here());
Tensor outer(const Tensor &a, const Tensor &b, Location where = Location::here());
Tensor inner(const Tensor &a, const Tensor &b, Location where = Location::here());
Tensor kron(const Tensor &a, const Tensor &b, Location where = Location::here());
Tensor tensordot(const Tensor &a, const Tensor &b, int64_t dims = 2,
                 Location where = Location::here());
/// beta * input + alpha * (a @ b).
Tensor addmm(const Tensor &input, const Tensor &a, const Tensor &b, double beta = 1,
             double alpha = 1, Location where = Location::here());
Tensor baddbmm(const Tensor &input, const Tensor &a, const Tensor &b, double beta = 1,
               double alpha = 1, Location where = Location::here());
/// beta * input + alpha * (a @ v), the outer product of a and b, the sum of the products of two
/// batches.
Tensor addmv(const Tensor &input, const Tensor &a, const Tensor &v, double beta = 1,
             double alpha = 1, Location where = Location::here());
Tensor addr(const Tensor &input, const Tensor &a, const Tensor &b, double beta = 1,
            double alpha = 1, Location where = Location::here());
Tensor addbmm(const Tensor &input, const Tensor &a, const Tensor &b, double beta = 1,
              double alpha = 1, Location where = Location::here());
/// The product of matrices.
Tensor chain_matmul(const std::vector<Tensor> &matrices, Location where = Location::here());
/// Distances of all pairs of rows: [..., P, M] and [..., R, M] give [..., P, R].
Tensor cdist(const Tensor &a, const Tensor &b, double p = 2, Location where = Location::here());

namespace nn {

enum class Reduction { none, mean, sum, batchmean };

namespace functional {

// Losses. An undefined tensor leaves out what may be left out.
struct CrossEntropyOptions {
  Reduction reduction = Reduction::mean;
  /// One number a class.
  Tensor weight;
  int64_t ignore_index = -100;
  double label_smoothing = 0;
};
/// The target is classes (i64, the shape of `x` without dim 1) or probabilities (`x`'s shape).
Tensor cross_entropy(const Tensor &x, const Tensor &target, const CrossEntropyOptions &options = {},
                     Location where = Location::here());
Tensor nll_loss(const Tensor &x, const Tensor &target, const CrossEntropyOptions &options = {},
                Location where = Location::here());
Tensor mse_loss(const Tensor &x, const Tensor &target, Reduction reduction = Reduction::mean,
                Location where = Location::here());
Tensor l1_loss(const Tensor &x, const Tensor &target, Reduction reduction = Reduction::mean,
               Location where = Location::here());
Tensor smooth_l1_loss(const Tensor &x, const Tensor &target, double beta = 1,
                      Reduction reduction = Reduction::mean, Location where = Location::here());
Tensor huber_loss(const Tensor &x, const Tensor &target, double delta = 1,
                  Reduction reduction = Reduction::mean, Location where = Location::here());
Tensor binary_cross_entropy(const Tensor &x, const Tensor &target, const Tensor &weight = {},
                            Reduction reduction = Reduction::mean,
                            Location where = Location::here());
Tensor binary_cross_entropy_with_logits(const Tensor &x, const Tensor &target,
                                        const Tensor &weight = {}, const Tensor &pos_weight = {},
                                        Reduction reduction = Reduction::mean,
                                        Location where = Location::here());
Tensor kl_div(const Tensor &x, const Tensor &target, bool log_target = false,
              Reduction reduction = Reduction::mean, Location where = Location::here());
Tensor soft_margin_loss(const Tensor &x, const Tensor &target,
                        Reduction reduction = Reduction::mean, Location where = Location::here());
Tensor hinge_embedding_loss(const Tensor &x, const Tensor &target, double margin = 1,
                            Reduction reduction = Reduction::mean,
                            Location where = Location::here());
/// Counts under a Poisson distribution, whose mean is exp(x) or, without `log_input`, x.
Tensor poisson_nll_loss(const Tensor &x, const Tensor &target, bool log_input = true,
                        bool full = false, double eps = 1e-8, Reduction reduction = Reduction::mean,
                        Location where = Location::here());
/// `variance` has x's shape, x's without the last dim, or 1 there.
Tensor gaussian_nll_loss(const Tensor &x, const Tensor &target, const Tensor &variance,
                         bool full = false, double eps = 1e-6,
                         Reduction reduction = Reduction::mean, Location where = Location::here());
/// max(0, -target (a - b) + margin); targets are 1 or -1.
Tensor margin_ranking_loss(const Tensor &a, const Tensor &b, const Tensor &target,
                           double margin = 0, Reduction reduction = Reduction::mean,
                           Location where = Location::here());
/// 1 - cosine of rows for targets 1, max(0, cosine - margin) for -1.
Tensor cosine_embedding_loss(const Tensor &a, const Tensor &b, const Tensor &target,
                             double margin = 0, Reduction reduction = Reduction::mean,
                             Location where = Location::here());
/// max(0, distance to the positive - distance to the negative + margin) of rows.
Tensor triplet_margin_loss(const Tensor &anchor, const Tensor &positive, const Tensor &negative,
                           double margin = 1, double p = 2, double eps = 1e-6, bool swap = false,
                           Reduction reduction = Reduction::mean,
                           Location where = Location::here());
/// Mean over the last dim of binary cross entropies with logits.
Tensor multilabel_soft_margin_loss(const Tensor &x, const Tensor &target, const Tensor &weight = {},
                                   Reduction reduction = Reduction::mean,
                                   Location where = Location::here());
/// max(0, margin - x[target] + x[i])^p of the other classes i of a row, by their number; p is 1
/// or 2.
Tensor multi_margin_loss(const Tensor &x, const Tensor &target, int p = 1, double margin = 1,
                         const Tensor &weight = {}, Reduction reduction = Reduction::mean,
                         Location where = Location::here());
/// max(0, 1 - x[t] + x[i]) of the classes t that a row of the target lists before -1, and others i.
Tensor multilabel_margin_loss(const Tensor &x, const Tensor &target,
                              Reduction reduction = Reduction::mean,
                              Location where = Location::here());
/// The p-norm of a - b + eps along the last dim.
Tensor pairwise_distance(const Tensor &a, const Tensor &b, double p = 2, double eps = 1e-6,
                         bool keepdim = false, Location where = Location::here());
Tensor cosine_similarity(const Tensor &a, const Tensor &b, int64_t dim = 1, double eps = 1e-8,
                         Location where = Location::here());

// Norms.
Tensor layer_norm(const Tensor &x, const Shape &normalized_shape, const Tensor &weight = {},
                  const Tensor &bias = {}, double eps = 1e-5, Location where = Location::here());
/// Without `eps` it is that of x's dtype.
Tensor rms_norm(const Tensor &x, const Shape &normalized_shape, const Tensor &weight = {},
                std::optional<double> eps = {}, Location where = Location::here());
Tensor group_norm(const Tensor &x, int64_t num_groups, const Tensor &weight = {},
                  const Tensor &bias = {}, double eps = 1e-5, Location where = Location::here());
/// In training it normalises by the batch and writes the running statistics, where there are any.
Tensor batch_norm(const Tensor &x, const Tensor &running_mean, const Tensor &running_var,
                  const Tensor &weight = {}, const Tensor &bias = {}, bool training = false,
                  double momentum = 0.1, double eps = 1e-5, Location where = Location::here());
/// The same of a model, in training or not as the compiled entry point is: `step` trains, `predict`
/// does not. The statistics are buffers.
Tensor batch_norm_by_mode(const Tensor &x, const Tensor &running_mean, const Tensor &running_var,
                          const Tensor &weight = {}, const Tensor &bias = {}, double momentum = 0.1,
                          double eps = 1e-5, Location where = Location::here());
Tensor instance_norm(const Tensor &x, const Tensor &running_mean = {},
                     const Tensor &running_var = {}, const Tensor &weight = {},
                     const Tensor &bias = {}, bool use_input_stats = true, double momentum = 0.1,
                     double eps = 1e-5, Location where = Location::here());
/// x divided by a power of the mean of squares of `size` channels around it.
Tensor local_response_norm(const Tensor &x, int64_t size, double alpha = 1e-4, double beta = 0.75,
                           double k = 1, Location where = Location::here());
/// x divided by its p-norm along a dim.
Tensor normalize(const Tensor &x, double p = 2, int64_t dim = 1, double eps = 1e-12,
                 Location where = Location::here());

// Attention and recurrence.
struct AttentionOptions {
  /// Bools (true: look there) or floats that are added.
  Tensor attn_mask;
  bool is_causal = false;
  /// 1/sqrt(size of a query) when absent.
  std::optional<double> scale;
  /// Heads of the query share those of key and value.
  bool enable_gqa = false;
  /// Of the weights that are dropped: as the function `dropout` does, or, where `training` is not
  /// set, not at all.
  double dropout_p = 0;
  bool training = true;
};
Tensor scaled_dot_product_attention(const Tensor &query, const Tensor &key, const Tensor &value,
                                    const AttentionOptions &options = {},
                                    Location where = Location::here());

struct RecurrentOptions {
  int64_t num_layers = 1;
  bool bias = true;
  bool batch_first = false;
  bool bidirectional = false;
  /// Of what each layer but the last gives.
  double dropout = 0;
  bool training = true;
};
/// `op` is lstm, gru, rnn_tanh or rnn_relu; states and weights as torch.nn.LSTM has them. The
/// results are y, the last h and, of an LSTM, the last c. States may be left out.
std::vector<Tensor> recurrent(const std::string &op, const Tensor &x,
                              const std::vector<Tensor> &states, const std::vector<Tensor> &weights,
                              const RecurrentOptions &options = {},
                              Location where = Location::here());
/// `op` is lstm_cell, gru_cell, rnn_tanh_cell or rnn_relu_cell; weights are w_ih, w_hh and, if
/// any, b_ih, b_hh. The results are h and, of an LSTM, c.
std::vector<Tensor> recurrent_cell(const std::string &op, const Tensor &x,
                                   const std::vector<Tensor> &states,
                                   const std::vector<Tensor> &weights,
                                   Location where = Location::here());

} // namespace functional
} // namespace nn
} // namespace gradc

#endif // GRADC_TRACE_FUNCTIONAL_H
