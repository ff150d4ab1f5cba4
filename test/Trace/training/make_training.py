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
    "functions": functions, "scheduled": scheduled, "norms": norms, "conv": conv, "layers": layers, "lstm": lstm, "gru_cell": gru_cell,
    "transformer": transformer,
}

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "losses.json"), "w") as out:
    rows = [f"{json.dumps(name)}: {json.dumps(run())}" for name, run in MODELS.items()]
    out.write("{\n" + ",\n".join(rows) + "\n}\n")
