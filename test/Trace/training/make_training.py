# make_training.py - the models of models.cpp in PyTorch: writes losses.json. The tests do not need PyTorch.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import os
import warnings
import torch
import torch.nn.functional as F
from torch import nn, optim

warnings.simplefilter("ignore")
STEPS = 30


def train(optimizer, loss_of, steps=STEPS, before=lambda i: []):
    lines = []
    for i in range(steps):
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        more = before(i)
        optimizer.step()
        lines.append([loss.item(), *more])
    return lines


def classifier(kind, **options):
    torch.manual_seed(0)
    x, target = torch.randn(12, 8), torch.randint(3, (12,))
    model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3))
    return train(kind(model.parameters(), **options), lambda: F.cross_entropy(model(x), target), 50)


def scheduled():
    torch.manual_seed(1)
    x, y = torch.randn(12, 8), torch.randn(12, 2)
    model = nn.Sequential(nn.Linear(8, 16), nn.Sigmoid(), nn.Linear(16, 2))
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=STEPS, cycle_momentum=False)

    def before(i):
        if i:
            schedule.step()
        return [nn.utils.clip_grad_norm_(model.parameters(), 0.3).item()]
    return train(optimizer, lambda: F.smooth_l1_loss(model(x), y), before=before)


def norms():
    torch.manual_seed(2)
    x, y = torch.randn(10, 6), torch.randn(10, 6)
    model = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.GroupNorm(2, 8), nn.Linear(8, 8),
                          nn.RMSNorm(8), nn.LayerNorm(8), nn.Linear(8, 6))
    clip = lambda i: nn.utils.clip_grad_value_(model.parameters(), 0.05) or []
    lines = train(optim.SGD(model.parameters(), 0.1, 0.9), lambda: F.mse_loss(model(x), y), before=clip)
    return lines + [[F.mse_loss(model.eval()(x), y).item()]]


def conv():
    torch.manual_seed(6)
    x, target = torch.randn(4, 2, 8, 8), torch.randint(3, (4,))
    model = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 2, stride=2),
                          nn.Tanh(), nn.ConvTranspose2d(4, 2, 3), nn.Flatten(), nn.Linear(72, 3))
    return train(optim.SGD(model.parameters(), 0.02, 0.9), lambda: F.cross_entropy(model(x), target))


def layers():
    torch.manual_seed(8)
    x, words, target = torch.randn(4, 2, 8, 8), torch.randint(6, (4, 5)), torch.randint(3, (4,))
    image = nn.Sequential(nn.Conv2d(2, 4, 3), nn.GELU(), nn.MaxPool2d(2), nn.PReLU(4), nn.AvgPool2d(3, 1, 1),
                          nn.Hardtanh(-0.5, 0.9), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 8), nn.SiLU(),
                          nn.ELU(0.7), nn.Softplus(2))
    table = nn.Embedding(6, 4, padding_idx=-2)
    text = nn.Sequential(nn.Flatten(), nn.Linear(20, 8), nn.LeakyReLU(0.2), nn.GELU("tanh"), nn.Hardshrink(0.1),
                         nn.CELU(0.5), nn.Mish(), nn.SELU(), nn.Dropout(0))
    head = nn.Sequential(nn.Linear(8, 3), nn.LogSoftmax(1))
    parameters = [p for part in (table, image, text, head) for p in part.parameters()]
    lines = train(optim.SGD(parameters, 0.05, 0.9), lambda: F.nll_loss(head(image(x) + text(table(words))), target))
    return lines + [[(table.weight.reshape(-1) * torch.arange(1., 25)).sum().item()]]


def lstm():
    torch.manual_seed(3)
    x, y = torch.randn(5, 4, 3), torch.randn(4, 2)
    layers, head = nn.LSTM(3, 6, 2), nn.Linear(6, 2)
    return train(optim.RMSprop([*layers.parameters(), *head.parameters()], 0.01),
                 lambda: F.mse_loss(head(layers(x)[0][-1]), y))


def gru_cell():
    torch.manual_seed(4)
    x, y = torch.randn(6, 4, 3), torch.randn(4, 5)
    cell = nn.GRUCell(3, 5)

    def loss():
        h = torch.zeros(4, 5)
        for t in range(6):
            h = cell(x[t], h)
        return F.huber_loss(h, y)
    return train(optim.Adagrad(cell.parameters(), 0.1), loss)


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LayerNorm(8), nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.dense = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8))
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        normed = self.first(x)
        mask = torch.ones(6, 6, dtype=torch.bool).triu(1)
        y = x + self.attention(normed, normed, normed, attn_mask=mask, need_weights=False)[0]
        return self.head(y + self.dense(self.second(y)))


def transformer():
    torch.manual_seed(5)
    x, target = torch.randn(3, 6, 8), torch.randint(5, (18,))
    model = Transformer()
    return train(optim.AdamW(model.parameters(), 0.01),
                 lambda: F.cross_entropy(model(x).reshape(18, 5), target, label_smoothing=0.1))


def functions():
    torch.manual_seed(7)
    a, b, c, v, w = torch.randn(3, 4), torch.randn(3, 4), torch.randn(4, 5), torch.randn(4), torch.rand(3, 4)
    t, x, h = torch.randint(4, (3,)), torch.randn(2, 4, 3), torch.randn(2, 5)
    rnn = nn.RNN(3, 2, nonlinearity="relu", batch_first=True, bidirectional=True)
    cell = nn.LSTMCell(5, 3)
    y, last = rnn(x)
    values = [
        torch.einsum("ij,jk->ki", a, c), torch.einsum("...i,i", a, v), torch.mv(a, v), torch.outer(v, h.flatten()),
        torch.inner(a, b), torch.kron(a, h), torch.tensordot(x, c.t(), 0),
        torch.addmm(v, a, c @ c.t(), beta=0.5, alpha=2), torch.cdist(a, b, 1),
        F.cross_entropy(a, t, v, reduction="none"), F.cross_entropy(a, w), F.nll_loss(a, t),
        F.mse_loss(a, v.expand(3, 4), reduction="sum"), F.l1_loss(a, b), F.smooth_l1_loss(a, b, beta=0.5),
        F.huber_loss(a, b, delta=0.5, reduction="none"), F.binary_cross_entropy(w, w, v.abs()),
        F.binary_cross_entropy_with_logits(a, w, pos_weight=v.abs()), F.kl_div(a, w, reduction="batchmean"),
        F.soft_margin_loss(a, b), F.hinge_embedding_loss(a, b.relu()), F.cosine_similarity(a, b, -1),
        F.layer_norm(x, [4, 3]), F.rms_norm(a, [4], v), F.group_norm(x, 2, v, v), F.batch_norm(x, v, v.abs()),
        F.instance_norm(x), F.normalize(a, dim=0), F.scaled_dot_product_attention(a, b, b[:, :2], b[:, :3] > -1),
        y, last, cell(h, (torch.zeros(2, 3), torch.ones(2, 3)))[1]]
    z = torch.zeros(4, 6)
    values.append(nn.init.xavier_uniform_(z).clone())
    values.append(nn.init.kaiming_normal_(z).clone())
    return [[(y.reshape(-1) * torch.arange(1., y.numel() + 1)).sum().item()] for y in values]


def shown(values):
    return [[(y.double().reshape(-1) * torch.arange(1., y.numel() + 1)).sum().item()] for y in values]


def math():
    torch.manual_seed(9)
    a, b, p = torch.randn(3, 4, requires_grad=True), torch.randn(3, 4), torch.rand(3, 4)
    n, m = torch.randint(1, 9, (3, 4)), torch.randint(1, 9, (3, 4))
    t, s = torch, torch.special
    values = [
        t.floor(a), t.ceil(a), t.trunc(a), t.frac(a), t.round(a, decimals=1), t.exp2(a), t.expm1(a), t.log2(p),
        t.log10(p), t.log1p(p), t.rsqrt(p), t.square(a), t.logit(p, 0.1), t.tan(a), t.asin(p), t.acos(p), t.atan(a),
        t.sinh(a), t.cosh(a), t.asinh(a), t.acosh(p + 1), t.atanh(p * 0.9), t.sinc(a), t.deg2rad(a), t.rad2deg(a),
        t.erf(a), t.erfc(a), t.erfinv(p * 0.9), t.lgamma(p), t.digamma(p), t.polygamma(2, p), t.sign(a),
        t.signbit(a), t.isnan(a), t.isfinite(a), t.nan_to_num(a, 1, 2.0), t.positive(a),
        t.bitwise_not(n), t.fmod(a, b), t.remainder(a, b), t.floor_divide(n, m), t.atan2(a, b), t.hypot(a, b),
        t.copysign(a, b), t.fmax(a, b), t.fmin(a, b), t.xlogy(a, p), s.xlog1py(a, p), t.logaddexp(a, b),
        t.logaddexp2(a, b), t.ldexp(a, n), t.heaviside(a.detach(), b), t.gcd(n, m), t.lcm(n, m), t.clamp_min(a, 0.1),
        t.clamp_max(a, b), t.logical_xor(a > 0, b > 0), n & m, n | 5, n ^ m, n << 2, n >> 1, t.float_power(p, 2),
        t.div(a, b, rounding_mode="trunc"), t.div(n, m, rounding_mode="floor"), t.isclose(a, b, 0.5, 0.5),
        t.rsub(a, b, alpha=2), t.clamp(a, -0.5, 0.5), t.clamp(a, max=0.25), t.clamp(a, b - 1, b + 1),
        t.lerp(a, b, 0.3), t.lerp(a, b, p), t.addcmul(a, b, p, value=0.5), t.addcdiv(a, b, p, value=2),
        F.relu6(a * 5), F.selu(a), F.silu(a), F.mish(a), F.hardswish(a * 3), F.hardsigmoid(a * 3), F.tanhshrink(a),
        F.softsign(a), F.logsigmoid(a), F.gelu(a), F.gelu(a, approximate="tanh"), F.leaky_relu(a, 0.2), F.elu(a, 0.7),
        F.celu(a, 0.7), F.softplus(a, 2, 1), F.hardtanh(a, -0.5, 0.7), F.hardshrink(a), F.softshrink(a),
        F.threshold(a, 0.1, -2), F.glu(a), F.prelu(a, p[0])]
    sum(y.sum() for y in values if y.dtype == torch.float32).backward()
    return shown(values + [a.grad])


def writes():
    torch.manual_seed(10)
    a, p, n = torch.randn(3, 4), torch.rand(3, 4), torch.randint(1, 9, (4,))
    x, y, k, mask = a.clone(), p.clone(), n.clone(), a > 0
    values = [x.floor_().mul_(0.5).exp2_().add_(a).round_(decimals=1).clamp_(-1, 2).clone()]
    values.append(x.sin_().cos_().atan_().erf_().square_().lerp_(a, 0.25).addcmul_(a, p, value=0.5).hypot_(p).clone())
    values.append(y.log_().abs_().rsqrt_().log1p_().reciprocal_().pow_(1.5).fmod_(0.7).atan2_(a).clone())
    y = F.hardtanh_(F.elu_(F.leaky_relu_(y, 0.3), 0.5), -0.2, 0.4)
    values.append(F.threshold(F.silu(F.gelu(y, approximate="tanh")), 0, -1))
    k.bitwise_xor_(5).bitwise_left_shift_(1).gcd_(n).clamp_max_(6).remainder_(4)
    at, rows = torch.tensor([[0, 2, 1, 0]]), torch.tensor([2, 0])
    x.scatter_(0, at, 0.5).scatter_add_(0, at, a).scatter_reduce_(1, at, p, "amax")
    x.index_add_(0, rows, a[:2], alpha=2).index_copy_(1, rows, p[:, :2])
    x.index_fill_(0, torch.tensor([1]), -1).index_put_((rows, rows), a[0, :2], accumulate=True)
    return shown(values + [k, x, mask.logical_xor_(p > 0.5).logical_not_()])


def more():
    torch.manual_seed(11)
    t = torch
    a, b, c, p, v = t.randn(3, 4), t.randn(3, 4), t.randn(3, 4), t.rand(3, 4), t.randn(4)
    s, r, x = t.sign(t.randn(3, 4)), t.sign(t.randn(3)), t.randn(2, 8, 4, 6)
    batch, other, at = t.randn(2, 3, 4), t.randn(2, 4, 5), t.randint(3, (2, 4))
    windows = {"padding": 1, "stride": (2, 1)}
    columns, y = F.unfold(x, 3, **windows), a.clone()
    y.tril_(1).cumsum_(1).masked_fill_(b > 1, 0.5).addmm_(b, c.t() @ a, beta=0.5, alpha=0.25)
    last = [t.linspace(-1, 2, 7) * t.logspace(0, 1, 7, 2), t.full_like(a, 2) * t.eye(3, 4), a.diff(n=2, dim=0),
            a.masked_scatter(b > 0, c), columns, F.fold(columns, (4, 6), 3, **windows), y.masked_scatter_(c > 0, p).clone(),
            y.le_(p).clone()]
    drawn = b.clone().normal_(1, 0.5)
    last.append(y.uniform_(-1, 1).add_(drawn))
    return shown([
        F.poisson_nll_loss(a, p, True, True), F.poisson_nll_loss(p, p, False, False, eps=1e-6, reduction="none"),
        F.gaussian_nll_loss(a, b, p), F.gaussian_nll_loss(a, b, p[:, :1], True, 1e-3, "none"),
        F.margin_ranking_loss(a, b, s, 0.2), F.cosine_embedding_loss(a, b, r, 0.1, reduction="none"),
        F.triplet_margin_loss(a, b, c, 0.8, swap=True), F.multilabel_soft_margin_loss(a, p, v.abs()),
        F.multi_margin_loss(a, t.tensor([3, 0, 1]), 2, 0.5, v.abs(), reduction="none"),
        F.multilabel_margin_loss(a, t.tensor([[3, 0, -1, 1], [-1, 0, 2, 3], [1, 2, 0, -1]])),
        F.pairwise_distance(a, b, 1, 1e-6, True), F.local_response_norm(x, 3, 0.1),
        t.addmv(r, a, v, beta=0.5, alpha=2), t.addr(t.zeros(3, 4), r, v), t.addbmm(t.zeros(5), batch, other, alpha=0.5),
        t.chain_matmul(a, b.t(), c), a.unflatten(1, (2, -1)).transpose(0, 2), x.movedim(1, -1), a.swapdims(0, 1),
        a.diagonal(1), t.cat(x.tensor_split(3, 3), 1), x.tensor_split([1, 3], 2)[1], a.fliplr(), a.flipud(), a.rot90(),
        x.rot90(2, (2, 3)), t.diag(v, -1), t.diag(a, 1), t.diag_embed(a, 1, 0, 2), a.repeat_interleave(2),
        a.repeat_interleave(3, 0), *t.meshgrid(v, r, indexing="xy"), a.unfold(1, 2, 2), F.pixel_shuffle(x, 2),
        F.pixel_unshuffle(x, 2), t.hstack([v, r]), t.vstack([a, v]), t.dstack([a, b]), t.column_stack([r, a]),
        t.take_along_dim(a, at, 0), a.nansum(1), a.nanmean(), t.count_nonzero(a > 0, 0),
        t.aminmax(a, dim=1)[0] + t.aminmax(a)[1], t.var_mean(a, 0)[0] * t.std_mean(a)[1], t.trace(a), t.dist(a, v, 1),
        F.softmin(a, 1), F.adaptive_max_pool2d(x, (2, 3)), *last])


def control():
    torch.manual_seed(12)
    x, w, lines = torch.randn(5, 4), torch.randn(4, 4, requires_grad=True), []
    h, turns = x, 0
    while h.abs().sum() < 60:
        h, turns = h * 1.5, turns + 1
    lines += [[turns], *shown([h])]
    h = x
    while h.detach().pow(2).mean().sqrt() < 3:
        h = h + torch.tanh(h @ w)
    h.sum().backward()
    lines += shown([w.grad])
    w.grad, h = None, x
    for _ in range(3):
        h = torch.sin(torch.exp(torch.tanh(h)) @ w)
    h.pow(2).sum().backward()
    return lines + 2 * shown([w.grad])


MODELS = {
    "sgd": lambda: classifier(optim.SGD, lr=0.1, momentum=0.9),
    "sgd_damped": lambda: classifier(optim.SGD, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "sgd_nesterov": lambda: classifier(optim.SGD, lr=0.1, momentum=0.8, weight_decay=0.01, nesterov=True),
    "adam": lambda: classifier(optim.Adam),
    "adam_amsgrad": lambda: classifier(optim.Adam, lr=0.02, betas=(0.8, 0.9), weight_decay=0.01, amsgrad=True),
    "adamw": lambda: classifier(optim.AdamW, lr=0.02, betas=(0.9, 0.99), weight_decay=0.1),
    "rmsprop": lambda: classifier(optim.RMSprop),
    "rmsprop_centered": lambda: classifier(optim.RMSprop, lr=0.01, alpha=0.9, weight_decay=0.01, momentum=0.5,
                                           centered=True),
    "adagrad": lambda: classifier(optim.Adagrad, lr=0.05, lr_decay=0.1, weight_decay=0.01,
                                  initial_accumulator_value=0.1),
    "functions": functions, "math": math, "writes": writes, "more": more, "control": control,
    "scheduled": scheduled, "norms": norms, "conv": conv, "layers": layers, "lstm": lstm, "gru_cell": gru_cell,
    "transformer": transformer,
}

def initial():
    """First values of a model; gradc's own names."""
    torch.manual_seed(0)
    attention, dense = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 4)
    with torch.no_grad():
        nn.init.kaiming_normal_(dense.weight)
        nn.init.constant_(dense.bias, 0.25)
        nn.init.normal_(attention.in_proj_weight[:8], 0, 0.5)
        dense.weight[0].mul_(2)
    values = {"dense_weight": dense.weight, "dense_bias": dense.bias, "out_weight": attention.out_proj.weight,
              "out_bias": attention.out_proj.bias, "in_proj_weight": attention.in_proj_weight,
              "in_proj_bias": attention.in_proj_bias, "scale": dense.bias * 4}
    return {name: value.detach().flatten().tolist() for name, value in values.items()}


HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "initial.json"), "w") as out:
    json.dump(initial(), out)
    out.write("\n")
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "losses.json"), "w") as out:
    rows = [f"{json.dumps(name)}: {json.dumps(run())}" for name, run in MODELS.items()]
    out.write("{\n" + ",\n".join(rows) + "\n}\n")
