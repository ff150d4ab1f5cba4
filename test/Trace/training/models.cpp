// models.cpp - small models that train; their losses are compared with PyTorch's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `trace-models NAME` writes the graph of one; make_training.py has the same in PyTorch.
#include "gradc/Trace/gradc.h"
#include <cstring>

using namespace gradc;
namespace F = nn::functional;

static constexpr int steps = 30;

static void show(const Tensor &y) {
  Tensor sizes = arange(1, y.numel() + 1, f32);
  print((y.reshape({-1}) * sizes).sum().item());
}

/// A classifier of 12 rows and 3 classes, trained by any optimiser.
template <class Optimizer, class Config> static void classifier(const Config &config) {
  manual_seed(0);
  Tensor x = randn({12, 8}), target = randint(3, {12});
  nn::Sequential model{nn::Linear(8, 16), nn::Tanh(), nn::Linear(16, 16), nn::ReLU(),
                       nn::Linear(16, 3)};
  Optimizer optimizer(model.parameters(), config);
  repeat(50, [&] {
    optimizer.zero_grad();
    Tensor loss = F::cross_entropy(model(x), target);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

static void scheduled() {
  manual_seed(1);
  Tensor x = randn({12, 8}), y = randn({12, 2});
  nn::Sequential model{nn::Linear(8, 16), nn::Sigmoid(), nn::Linear(16, 2)};
  optim::Adam optimizer(model.parameters(), 0.05);
  optim::Schedule schedule = optim::one_cycle(0.1, steps);
  repeat(steps, [&](Tensor step) {
    optimizer.zero_grad();
    Tensor loss = F::smooth_l1_loss(model(x), y);
    loss.backward();
    Tensor norm = nn::clip_grad_norm_(model.parameters(), 0.3);
    optimizer.step(schedule(step, steps));
    print(loss.item(), norm.item());
  });
}

/// Batch statistics in training, running ones in the evaluation at the end.
static void norms() {
  manual_seed(2);
  Tensor x = randn({10, 6}), y = randn({10, 6});
  nn::Sequential model{nn::Linear(6, 8),    nn::BatchNorm1d(8), nn::ReLU(),
                       nn::GroupNorm(2, 8), nn::Linear(8, 8),   nn::RMSNorm({8}),
                       nn::LayerNorm({8}),  nn::Linear(8, 6)};
  optim::SGD optimizer(model.parameters(), 0.1, 0.9);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor loss = F::mse_loss(model(x), y);
    loss.backward();
    nn::clip_grad_value_(model.parameters(), 0.05);
    optimizer.step();
    print(loss.item());
  });
  model.eval();
  no_grad([&] { print(F::mse_loss(model(x), y).item()); });
}

static void conv() {
  manual_seed(6);
  Tensor x = randn({4, 2, 8, 8}), target = randint(3, {4});
  Conv wide, half;
  wide.padding = {1};
  half.stride = {2};
  nn::Sequential model{nn::Conv2d(2, 4, 3, wide),
                       nn::BatchNorm2d(4),
                       nn::ReLU(),
                       nn::Conv2d(4, 4, {2, 2}, half),
                       nn::Tanh(),
                       nn::ConvTranspose2d(4, 2, 3),
                       nn::Flatten(),
                       nn::Linear(72, 3)};
  optim::SGD optimizer(model.parameters(), 0.02, 0.9);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor loss = F::cross_entropy(model(x), target);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

/// Activations, pooling, and an embedding with a row of padding.
static void layers() {
  manual_seed(8);
  Tensor x = randn({4, 2, 8, 8}), words = randint(6, {4, 5}), target = randint(3, {4});
  Pool wide;
  wide.stride = {1};
  wide.padding = {1};
  nn::Sequential image{nn::Conv2d(2, 4, 3),
                       nn::GELU(),
                       nn::MaxPool2d(2),
                       nn::PReLU(4),
                       nn::AvgPool2d(3, wide),
                       nn::Hardtanh(-0.5, 0.9),
                       nn::AdaptiveAvgPool2d(2),
                       nn::Flatten(),
                       nn::Linear(16, 8),
                       nn::SiLU(),
                       nn::ELU(0.7),
                       nn::Softplus(2)};
  nn::Embedding table(6, 4, -2);
  nn::Sequential text{nn::Flatten(),    nn::Linear(20, 8),   nn::LeakyReLU(0.2),
                      nn::GELU("tanh"), nn::Hardshrink(0.1), nn::CELU(0.5),
                      nn::Mish(),       nn::SELU(),          nn::Dropout(0)};
  nn::Sequential head{nn::Linear(8, 3), nn::LogSoftmax(1)};
  std::vector<Tensor> parameters = table.parameters();
  for (const nn::Module *part : {&image, &text, &head})
    for (const Tensor &p : part->parameters())
      parameters.push_back(p);
  optim::SGD optimizer(parameters, 0.05, 0.9);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor loss = F::nll_loss(head(image(x) + text(table(words))), target);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
  show(table.weight);
}

static void lstm() {
  manual_seed(3);
  Tensor x = randn({5, 4, 3}), y = randn({4, 2});
  nn::LSTM layers(3, 6, {2, true, false, false});
  nn::Linear head(6, 2);
  std::vector<Tensor> parameters = layers.parameters();
  for (const Tensor &p : head.parameters())
    parameters.push_back(p);
  optim::RMSprop optimizer(parameters, 0.01);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor loss = F::mse_loss(head(layers(x).y[-1]), y);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

static void gru_cell() {
  manual_seed(4);
  Tensor x = randn({6, 4, 3}), y = randn({4, 5});
  nn::GRUCell cell(3, 5);
  optim::Adagrad optimizer(cell.parameters(), 0.1);
  repeat(steps, [&] {
    optimizer.zero_grad();
    Tensor h = zeros({4, 5});
    for (int t = 0; t < 6; ++t)
      h = cell(x[t], {h})[0];
    Tensor loss = F::huber_loss(h, y);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

namespace {
/// A block of a transformer with causal attention.
struct Transformer : nn::Module {
  nn::LayerNorm first{{8}}, second{{8}};
  nn::MultiheadAttention attention{8, 2, true, true};
  nn::Sequential dense{nn::Linear(8, 16), nn::ReLU(), nn::Linear(16, 8)};
  nn::Linear head{8, 5};

  void visit(nn::Visitor &v) override {
    v.module("first", first);
    v.module("second", second);
    v.module("attention", attention);
    v.module("dense", dense);
    v.module("head", head);
  }
  Tensor operator()(const Tensor &x) {
    F::AttentionOptions causal;
    causal.is_causal = true;
    Tensor normed = first(x), y = x + attention(normed, normed, normed, causal);
    return head(y + dense(second(y)));
  }
};
} // namespace

static void transformer() {
  manual_seed(5);
  Tensor x = randn({3, 6, 8}), target = randint(5, {18});
  Transformer model;
  optim::AdamW optimizer(model.parameters(), 0.01);
  repeat(steps, [&] {
    optimizer.zero_grad();
    F::CrossEntropyOptions options;
    options.label_smoothing = 0.1;
    Tensor loss = F::cross_entropy(model(x).reshape({18, 5}), target, options);
    loss.backward();
    optimizer.step();
    print(loss.item());
  });
}

/// Every function once; the reader verifies the types that the trace infers.
static void functions() {
  manual_seed(7);
  Tensor a = randn({3, 4}), b = randn({3, 4}), c = randn({4, 5}), v = randn({4}), w = rand({3, 4});
  Tensor t = randint(4, {3}), x = randn({2, 4, 3}), h = randn({2, 5});
  show(einsum("ij,jk->ki", {a, c}));
  show(einsum("...i,i", {a, v}));
  show(mv(a, v));
  show(outer(v, h.flatten()));
  show(inner(a, b));
  show(kron(a, h));
  show(tensordot(x, c.t(), 0));
  show(addmm(v, a, matmul(c, c.t()), 0.5, 2));
  show(cdist(a, b, 1));
  F::CrossEntropyOptions each;
  each.reduction = nn::Reduction::none;
  each.weight = v;
  show(F::cross_entropy(a, t, each));
  show(F::cross_entropy(a, w));
  show(F::nll_loss(a, t));
  show(F::mse_loss(a, v, nn::Reduction::sum));
  show(F::l1_loss(a, b));
  show(F::smooth_l1_loss(a, b, 0.5));
  show(F::huber_loss(a, b, 0.5, nn::Reduction::none));
  show(F::binary_cross_entropy(w, w, v.abs()));
  show(F::binary_cross_entropy_with_logits(a, w, {}, v.abs()));
  show(F::kl_div(a, w, false, nn::Reduction::batchmean));
  show(F::soft_margin_loss(a, b));
  show(F::hinge_embedding_loss(a, b.relu()));
  show(F::cosine_similarity(a, b, -1));
  show(F::layer_norm(x, {4, 3}));
  show(F::rms_norm(a, {4}, v));
  show(F::group_norm(x, 2, v, v));
  show(F::batch_norm(x, v, v.abs()));
  show(F::instance_norm(x));
  show(F::normalize(a, 2, 0));
  F::AttentionOptions masked;
  masked.attn_mask = b.slice(1, 0, 3) > -1;
  show(F::scaled_dot_product_attention(a, b, b.slice(1, 0, 2), masked));
  nn::RNN rnn(3, 2, "relu", {1, true, true, true});
  nn::Recurred result = rnn(x);
  show(result.y);
  show(result.h);
  nn::LSTMCell cell(5, 3);
  show(cell(h, {zeros({2, 3}), ones({2, 3})})[1]);
  Tensor z = zeros({4, 6});
  nn::init::xavier_uniform_(z);
  show(z);
  nn::init::kaiming_normal_(z);
  show(z);
}

/// Elementwise mathematics, each once; values and, of a sum over them, the gradients.
static void math() {
  manual_seed(9);
  Tensor a = randn({3, 4}, requires_grad()), b = randn({3, 4}), p = rand({3, 4});
  Tensor n = randint(1, 9, {3, 4}), m = randint(1, 9, {3, 4});
  std::vector<Tensor> values = {floor(a),
                                ceil(a),
                                trunc(a),
                                frac(a),
                                gradc::round(a, 1),
                                exp2(a),
                                expm1(a),
                                log2(p),
                                log10(p),
                                log1p(p),
                                rsqrt(p),
                                square(a),
                                logit(p, 0.1),
                                tan(a),
                                asin(p),
                                acos(p),
                                atan(a),
                                sinh(a),
                                cosh(a),
                                asinh(a),
                                acosh(p + 1),
                                atanh(p * 0.9),
                                sinc(a),
                                deg2rad(a),
                                rad2deg(a),
                                erf(a),
                                erfc(a),
                                erfinv(p * 0.9),
                                lgamma(p),
                                digamma(p),
                                polygamma(2, p),
                                gradc::sign(a),
                                signbit(a),
                                gradc::isnan(a),
                                gradc::isfinite(a),
                                nan_to_num(a, 1, 2.0),
                                positive(a),
                                bitwise_not(n),
                                fmod(a, b),
                                remainder(a, b),
                                floor_divide(n, m),
                                atan2(a, b),
                                hypot(a, b),
                                copysign(a, b),
                                fmax(a, b),
                                fmin(a, b),
                                xlogy(a, p),
                                xlog1py(a, p),
                                logaddexp(a, b),
                                logaddexp2(a, b),
                                ldexp(a, n),
                                heaviside(a, b),
                                gcd(n, m),
                                lcm(n, m),
                                clamp_min(a, 0.1),
                                clamp_max(a, b),
                                logical_xor(a > 0, b > 0),
                                bitwise_and(n, m),
                                bitwise_or(n, 5),
                                bitwise_xor(n, m),
                                bitwise_left_shift(n, 2),
                                bitwise_right_shift(n, 1),
                                float_power(p, 2),
                                div(a, b, "trunc"),
                                div(n, m, "floor"),
                                isclose(a, b, 0.5, 0.5),
                                rsub(a, b, 2),
                                clamp(a, -0.5, 0.5),
                                clamp(a, {}, 0.25),
                                clamp(a, b - 1, b + 1),
                                lerp(a, b, 0.3),
                                lerp(a, b, p),
                                addcmul(a, b, p, 0.5),
                                addcdiv(a, b, p, 2)};
  for (const Tensor &x : {F::relu6(a * 5),
                          F::selu(a),
                          F::silu(a),
                          F::mish(a),
                          F::hardswish(a * 3),
                          F::hardsigmoid(a * 3),
                          F::tanhshrink(a),
                          F::softsign(a),
                          F::logsigmoid(a),
                          F::gelu(a),
                          F::gelu(a, "tanh"),
                          F::leaky_relu(a, 0.2),
                          F::elu(a, 0.7),
                          F::celu(a, 0.7),
                          F::softplus(a, 2, 1),
                          F::hardtanh(a, -0.5, 0.7),
                          F::hardshrink(a),
                          F::softshrink(a),
                          F::threshold(a, 0.1, -2),
                          F::glu(a),
                          F::prelu(a, p[0])})
    values.push_back(x);
  Tensor total = zeros({});
  for (const Tensor &x : values) {
    show(x.to(f64));
    if (x.dtype() == f32)
      total = total + x.sum();
  }
  total.backward();
  show(a.grad());
}

/// The same written in place.
static void writes() {
  manual_seed(10);
  Tensor a = randn({3, 4}), p = rand({3, 4}), n = randint(1, 9, {4});
  Tensor x = a.clone(), y = p.clone(), k = n.clone(), mask = a > 0;
  x.floor_().mul_(0.5).exp2_().add_(a).round_(1).clamp_(-1, 2);
  show(x);
  x.sin_().cos_().atan_().erf_().square_().lerp_(a, 0.25).addcmul_(a, p, 0.5).hypot_(p);
  show(x);
  y.log_().abs_().rsqrt_().log1p_().reciprocal_().pow_(1.5).fmod_(0.7).atan2_(a);
  show(y);
  y.leaky_relu_(0.3).elu_(0.5).hardtanh_(-0.2, 0.4).gelu_("tanh").silu_().threshold_(0, -1);
  show(y);
  k.bitwise_xor_(5).bitwise_left_shift_(1).gcd_(n).clamp_max_(6).remainder_(4);
  show(k);
  Tensor at = tensor({{0, 2, 1, 0}}), rows = tensor({2, 0});
  x.scatter_(0, at, 0.5).scatter_add_(0, at, a).scatter_reduce_(1, at, p, "amax");
  x.index_add_(0, rows, a.narrow(0, 0, 2), 2).index_copy_(1, rows, p.narrow(1, 0, 2));
  x.index_fill_(0, tensor({1}), -1).index_put_({rows, rows}, a[0].narrow(0, 0, 2), true);
  show(x);
  mask.logical_xor_(p > 0.5).logical_not_();
  show(mask.to(f32));
}

/// Losses, products, shapes and reductions, each once.
static void more() {
  manual_seed(11);
  Tensor a = randn({3, 4}), b = randn({3, 4}), c = randn({3, 4}), p = rand({3, 4}), v = randn({4});
  Tensor s = sign(randn({3, 4})), t = sign(randn({3})), x = randn({2, 8, 4, 6});
  Tensor batch = randn({2, 3, 4}), other = randn({2, 4, 5}), at = randint(3, {2, 4});
  show(F::poisson_nll_loss(a, p, true, true));
  show(F::poisson_nll_loss(p, p, false, false, 1e-6, nn::Reduction::none));
  show(F::gaussian_nll_loss(a, b, p));
  show(F::gaussian_nll_loss(a, b, p.narrow(1, 0, 1), true, 1e-3, nn::Reduction::none));
  show(F::margin_ranking_loss(a, b, s, 0.2));
  show(F::cosine_embedding_loss(a, b, t, 0.1, nn::Reduction::none));
  show(F::triplet_margin_loss(a, b, c, 0.8, 2, 1e-6, true));
  show(F::multilabel_soft_margin_loss(a, p, v.abs()));
  show(F::multi_margin_loss(a, tensor({3, 0, 1}), 2, 0.5, v.abs(), nn::Reduction::none));
  show(F::multilabel_margin_loss(a, tensor({{3, 0, -1, 1}, {-1, 0, 2, 3}, {1, 2, 0, -1}})));
  show(F::pairwise_distance(a, b, 1, 1e-6, true));
  show(F::local_response_norm(x, 3, 0.1));
  show(addmv(t, a, v, 0.5, 2));
  show(addr(zeros({3, 4}), t, v));
  show(addbmm(zeros({5}), batch, other, 1, 0.5));
  show(chain_matmul({a, b.t(), c}));
  show(unflatten(a, 1, {2, -1}).transpose(0, 2));
  show(movedim(x, 1, -1));
  show(swapdims(a, 0, 1));
  show(diagonal(a, 1));
  show(cat(tensor_split(x, 3, 3), 1));
  show(tensor_split(x, {1, 3}, 2)[1]);
  show(fliplr(a));
  show(flipud(a));
  show(rot90(a));
  show(rot90(x, 2, {2, 3}));
  show(diag(v, -1));
  show(diag(a, 1));
  show(diag_embed(a, 1, 0, 2));
  show(repeat_interleave(a, 2));
  show(repeat_interleave(a, 3, 0));
  for (const Tensor &y : meshgrid({v, t}, "xy"))
    show(y);
  show(unfold(a, 1, 2, 2));
  show(pixel_shuffle(x, 2));
  show(pixel_unshuffle(x, 2));
  show(hstack({v, t}));
  show(vstack({a, v}));
  show(dstack({a, b}));
  show(column_stack({t, a}));
  show(take_along_dim(a, at, 0));
  show(nansum(a, 1));
  show(nanmean(a));
  show(count_nonzero(a > 0, 0));
  show(aminmax(a, 1).first + aminmax(a).second);
  show(var_mean(a, 0).first * std_mean(a).second);
  show(gradc::trace(a));
  show(dist(a, v, 1));
  show(softmin(a, 1));
  show(adaptive_max_pool2d(x, {2, 3}).first);
  show(linspace(-1, 2, 7) * logspace(0, 1, 7, 2));
  show(full_like(a, 2) * eye(3, 4));
  show(diff(a, 2, 0));
  show(masked_scatter(a, b > 0, c));
  F::Windows windows;
  windows.padding = {1};
  windows.stride = {2, 1};
  Tensor columns = F::unfold(x, {3}, windows);
  show(columns);
  show(F::fold(columns, {4, 6}, {3}, windows));
  Tensor y = a.clone();
  y.tril_(1).cumsum_(1).masked_fill_(b > 1, 0.5).addmm_(b, c.t().matmul(a), 0.5, 0.25);
  show(y.masked_scatter_(c > 0, p));
  show(y.le_(p));
  Tensor drawn = b.clone();
  drawn.normal_(1, 0.5);
  show(y.uniform_(-1, 1).add_(drawn));
}

/// Loops that a condition ends, and regions that are computed again: losses and gradients.
static void control() {
  manual_seed(12);
  Tensor x = randn({5, 4}), w = randn({4, 4}, requires_grad()), bound = tensor(3.0);
  Tensor h = x, turns = zeros({}, i64);
  while_([&] { return h.abs().sum() < 60; },
         [&] {
           h = h * 1.5;
           turns = turns + 1;
         });
  print(turns.item());
  show(h);
  h = x;
  while_([&] { return h.detach().pow(2).mean().sqrt() < bound; },
         [&] { h = h + tanh(matmul(h, w)); }, 20);
  h.sum().backward();
  show(w.grad());
  zero_grad({w});
  h = x;
  for (int i = 0; i < 3; ++i)
    checkpoint([&] { h = sin(matmul(exp(tanh(h)), w)); });
  h.pow(2).sum().backward();
  show(w.grad());
  zero_grad({w});
  h = x;
  repeat(3, [&] { checkpoint([&] { h = sin(matmul(exp(tanh(h)), w)); }); });
  h.pow(2).sum().backward();
  show(w.grad());
}

/// A model whose first values are drawn, drawn again, and written.
static void initial() {
  Tensor x = input("x", {2, 3, 8});
  nn::MultiheadAttention attention(8, 2, true, true);
  nn::Linear dense(8, 4);
  dense.weight.named("dense_weight");
  dense.bias.named("dense_bias");
  attention.out_proj.weight.named("out_weight");
  attention.out_proj.bias.named("out_bias");
  nn::init::kaiming_normal_(dense.weight);
  nn::init::constant_(dense.bias, 0.25);
  nn::init::normal_(attention.in_proj_weight.narrow(0, 0, 8), 0, 0.5);
  Tensor scale = buffer("scale", ones({4}));
  initialize([&] {
    dense.weight[0].mul_(2);
    scale.copy_(dense.bias * 4);
  });
  Tensor y = dense(attention(x, x, x)) * scale;
  output("loss", y.pow(2).mean());
}

static const std::pair<const char *, void (*)()> models[] = {
    {"sgd", [] { classifier<optim::SGD>(optim::SGD::Config{0.1, 0.9, 0, 0, false}); }},
    {"sgd_damped", [] { classifier<optim::SGD>(optim::SGD::Config{0.1, 0.9, 0.3, 0.01, false}); }},
    {"sgd_nesterov", [] { classifier<optim::SGD>(optim::SGD::Config{0.1, 0.8, 0, 0.01, true}); }},
    {"adam", [] { classifier<optim::Adam>(optim::Adam::Config{}); }},
    {"adam_amsgrad",
     [] { classifier<optim::Adam>(optim::Adam::Config{0.02, 0.8, 0.9, 1e-8, 0.01, true}); }},
    {"adamw",
     [] { classifier<optim::AdamW>(optim::Adam::Config{0.02, 0.9, 0.99, 1e-8, 0.1, false}); }},
    {"rmsprop", [] { classifier<optim::RMSprop>(optim::RMSprop::Config{}); }},
    {"rmsprop_centered",
     [] { classifier<optim::RMSprop>(optim::RMSprop::Config{0.01, 0.9, 1e-8, 0.01, 0.5, true}); }},
    {"adagrad",
     [] { classifier<optim::Adagrad>(optim::Adagrad::Config{0.05, 0.1, 0.01, 0.1, 1e-10}); }},
    {"functions", functions},
    {"math", math},
    {"writes", writes},
    {"more", more},
    {"control", control},
    {"initial", initial},
    {"scheduled", scheduled},
    {"norms", norms},
    {"conv", conv},
    {"layers", layers},
    {"lstm", lstm},
    {"gru_cell", gru_cell},
    {"transformer", transformer},
};

int main(int argc, char **argv) {
  for (const auto &[name, program] : models)
    if (argc == 2 && !strcmp(argv[1], name)) {
      const char *typed[] = {argv[0], "--types"};
      return trace(2, typed, program);
    }
  return 2;
}
