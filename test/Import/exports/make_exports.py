#!/usr/bin/env python3
"""Writes the exported programs of this folder, and what PyTorch makes of them.

    make_exports.py [NAME...]

For each program NAME.pt2, NAME.npz with its inputs, and NAME.json with the loss, gradients and buffers that PyTorch's autograd
gives for the reloaded program in f64. Needs PyTorch; check_exports.py does not.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import inspect
import json
import pathlib
import re
import sys
import warnings
import zipfile

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
warnings.simplefilter("ignore")


class Tied(nn.Module):
    """One table for the embedding and the head; a parameter that is a transposed view."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(7, 5)
        self.mix = nn.Parameter(torch.randn(5, 5).t())
        self.head = nn.Linear(5, 7, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids, labels):
        h = torch.tanh(self.embed(ids) @ self.mix)
        return F.cross_entropy(self.head(h).flatten(0, 1), labels.flatten())


class Frozen(nn.Module):
    """A frozen parameter, an expanded buffer, a buffer that no checkpoint has, a large and a small constant."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(4, 3))
        self.fixed = nn.Parameter(torch.randn(3), requires_grad=False)
        self.register_buffer("scale", torch.tensor([0.5, 2.0, -1.0]).expand(4, 3))
        self.register_buffer("shift", torch.randn(4), persistent=False)
        self.table = torch.linspace(-1, 1, 5000)

    def forward(self, X):
        y = (X @ self.w + self.fixed) * self.scale[0] + self.shift[:3] * torch.tensor([1.0, 2.0, 3.0])
        return (y * self.table[10:13]).square().mean()


class Norms(nn.Module):
    """Batch norm in training: running statistics and their counter are written; dropout that is off."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.out = nn.Linear(4, 2)

    def forward(self, x, y):
        h = F.relu(self.norm(self.conv(x)), inplace=True)
        h = F.dropout(h.mean((2, 3)), 0.5, False)
        return F.mse_loss(self.out(h), y)


class InPlace(nn.Module):
    """Writes through views of views, and into an input."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(4, 4))

    def forward(self, x, at):
        y = x.clone()
        y[1:3].mul_(self.w[1:3])
        y.t()[2].add_(self.w[0] * y.t()[1].clone())
        y.view(-1)[3:7] -= self.w[3]
        y[:, at] *= 2.0
        y[y > 2.5] = 0.5
        x.mul_(3.0)
        return (y * x).tanh().sum()


class Stops(nn.Module):
    """detach, no_grad, and a target that has no gradient."""

    def __init__(self):
        super().__init__()
        self.q = nn.Linear(3, 2)

    def forward(self, x, z):
        with torch.no_grad():
            target = self.q(z).max(1).values * 0.9
        value = self.q(x)[:, 0] + self.q(x).detach()[:, 1]
        return F.smooth_l1_loss(value, target)


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)

    def forward(self, x):
        y = torch.cond(x.sum() > 0, lambda v: self.a(v).relu(), lambda v: self.b(v).sin() * 2, (x,))
        z = torch.cond(x.sum() < 0, lambda v: v * 2, lambda v: self.a(v), (x,))
        return (y * z).sum()


class Loops(nn.Module):
    """while_loop and scan, both differentiated."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(3, 3) * 0.5)

    def forward(self, x, n, xs):
        from torch._higher_order_ops.scan import scan
        from torch._higher_order_ops.while_loop import while_loop
        zero = torch.tensor(0)
        _, y = while_loop(lambda i, v: i < n, lambda i, v: (i + 1, torch.tanh(v @ self.w)), (zero, x))
        last, ys = scan(lambda c, v: (torch.tanh(c @ self.w + v), (c * v).sum()), x, xs)
        return (y * last).sum() + ys.mean()


class OpenBatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))

    def forward(self, x, y):
        return F.cross_entropy(self.net(x).reshape(x.shape[0], -1), y)


class Sizes(nn.Module):
    """What depends on the number of rows: means and variances, a matrix of all pairs, positions, running statistics, places behind
    another dimension (the attention's), a recurrent layer, sums by index, a number."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(3, 4, bias=False)
        self.norm = nn.BatchNorm1d(4)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.rnn = nn.GRU(4, 3, batch_first=True)

    def forward(self, x, group):
        count = x.shape[0]
        h = self.norm(self.embed(x).transpose(1, 2)).transpose(1, 2)
        h = h + self.attention(h, h, h, need_weights=False)[0]
        rows = self.rnn(h)[0][:, -1]
        pairs = F.normalize(rows, dim=1) @ F.normalize(x[:, 0], dim=1).T
        loss = F.cross_entropy(pairs * 3, torch.arange(count)) + rows.std(0).sum() + rows.amax(0).sum() / count
        sums = torch.zeros(4, 3).index_add(0, group, rows)
        return {"loss": loss + torch.logsumexp(rows, 0).sum() + (sums * sums).sum() / (count - 1) + rows[0].sum(),
                "rows": rows, "both": torch.cat([rows, rows.cumsum(0)], 1).T.contiguous()}


class Tokens(nn.Module):
    """A block of attention, a recurrent layer, an index with several tensors."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(4, 12)
        self.norm = nn.LayerNorm(4)
        self.rnn = nn.GRU(4, 3, batch_first=True)

    def forward(self, x, rows, columns):
        q, k, v = self.qkv(self.norm(x)).chunk(3, -1)
        h = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y, last = self.rnn(x + F.gelu(h))
        return y[rows, columns].square().sum() + last.sum()


class Margins(nn.Module):
    """Layers of a recurrence with dropout between them (of all: it draws nothing that matters), losses with margins."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 3, num_layers=2, dropout=1.0)
        self.gru = nn.GRU(3, 5, num_layers=2)
        self.register_buffer("weight", torch.tensor([0.5, 2.0, 1.0, 0.25, 1.5]))

    def forward(self, x, one, several):
        h, (last, _) = self.rnn(x)
        scores = self.gru(h)[0].flatten(0, 1)
        return (F.multi_margin_loss(scores, one, p=2, margin=0.8, weight=self.weight) + last.square().sum()
                + F.multi_margin_loss(scores[:2], one[:2], reduction="none").sum() + F.multilabel_margin_loss(scores, several, reduction="sum"))


class Layout(nn.Module):
    """A write through a view that PyTorch's layout of a sum decides: refused."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(3, 2))

    def forward(self, x):
        y = x.t() + self.w.t().contiguous().t()
        z = y.t().reshape(-1)
        z.mul_(2.0)
        return (y * y).sum()


class Several(nn.Module):
    """Results that are no loss, one of them the loss; a dict and a number as arguments."""

    def forward(self, batch, factor, flag=True):
        z = batch["a"] * factor
        return {"loss": (z * batch["b"]).sum(), "z": z, "ids": z.argmax(-1)}


def generator(seed):
    return torch.Generator().manual_seed(seed)


def draw(*shape, seed=1):
    return torch.randn(*shape, generator=generator(seed))


def programs():
    torch.manual_seed(7)
    ids = torch.tensor([[1, 2, 3], [4, 0, 6]])
    batch = torch.export.Dim("B", min=2, max=64)
    yield "tied", Tied(), (ids, ids.roll(1, 1)), {}
    yield "frozen", Frozen(), (draw(2, 4),), {}
    yield "norms", Norms(), (draw(3, 2, 4, 4), draw(3, 2, seed=2)), {}
    yield "in_place", InPlace(), (draw(4, 4), torch.tensor([0, 3])), {}
    yield "stops", Stops(), (draw(4, 3), draw(4, 3, seed=2)), {}
    yield "branches", Branches(), (draw(2, 3),), {}
    yield "loops", Loops(), (draw(2, 3), torch.tensor(4), draw(5, 2, 3, seed=3)), {}
    yield "open_batch", OpenBatch(), (draw(5, 3), torch.tensor([0, 1, 1, 0, 1])), {
        "dynamic_shapes": {"x": {0: batch}, "y": {0: batch}}}
    yield "sizes", Sizes(), (draw(5, 4, 3), torch.arange(5) % 4), {
        "dynamic_shapes": {"x": {0: torch.export.Dim("N", min=2, max=70)}, "group": {0: torch.export.Dim("N", min=2, max=70)}}}
    yield "tokens", Tokens(), (draw(2, 3, 4), torch.tensor([0, 1, 1]), torch.tensor([2, 0, 1])), {}
    yield "margins", Margins(), (draw(2, 2, 4), torch.tensor([4, 0, 1, 2]), torch.tensor(
        [[0, 3, -1, 1, 2], [-1, 0, 1, 2, 3], [4, 4, 2, 1, -1], [0, 1, 2, 3, 4]])), {}
    yield "layout", Layout(), (draw(2, 3),), {}
    yield "several", Several(), ({"a": draw(2, 3), "b": draw(2, 3, seed=2)}, 3), {}


def clean(path):
    """Takes this machine's folders out of the stack traces, and what only they need."""
    old = zipfile.ZipFile(path)
    entries = [(i.filename, old.read(i)) for i in old.infolist()]
    old.close()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for name, data in entries:
            if name.endswith(".json") and "/models/" in name:
                text = re.sub(r'File \\"[^"\\]*/(site-packages/)', r'File \\"\1', data.decode())
                text = re.sub(r'File \\"[^"\\]*/(make_exports.py)', r'File \\"\1', text)
                assert "/work" not in text and "/tmp" not in text and "/root" not in text, re.findall(r".{40}/(?:tmp|work|root)/.{40}", text)[:2]
                model = json.loads(text)
                slim(model["graph_module"]["graph"])
                data = json.dumps(model).encode()
            if "/sample_inputs/" in name:
                data = b""
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)


def slim(graph):
    for node in graph["nodes"]:
        node["metadata"] = {k: v for k, v in node["metadata"].items() if k == "stack_trace"}
        for given in node["inputs"]:
            if "as_graph" in given["arg"]:
                slim(given["arg"]["as_graph"]["graph"])


def plain(value):
    return value.detach().double().numpy().tolist() if value.dtype.is_floating_point else value.tolist()


def reference(program, arguments):
    """Loss and gradients of the reloaded program in f64, or as it is where it makes tensors of its own dtype."""
    module = program.module()
    wide = "zeros" not in str(program.graph)
    if wide:
        module = module.double()
    leaves, flat = {}, []

    def widen(value, name):
        if isinstance(value, dict):
            return {k: widen(v, f"{name}_{k}") for k, v in value.items()}
        if not isinstance(value, torch.Tensor):
            return value
        value = (value.double() if wide else value.clone()).requires_grad_() if value.dtype.is_floating_point else value
        leaves[name] = value
        # An input that the program writes is no leaf that requires grad: the program gets a copy.
        return value * 1 if value.requires_grad else value

    names = list(inspect.signature(MODULE.forward).parameters)
    values = [widen(v, n) for n, v in zip(names, arguments)]
    out = module(*values)
    loss = out if isinstance(out, torch.Tensor) else out["loss"]
    loss.backward()
    result = {"loss": plain(loss)}
    for name, value in leaves.items():
        if value.requires_grad and value.grad is not None:
            result[f"grad/input/{name}"] = plain(value.grad)
    # Tied parameters have the sum of their gradients under the first name, as in the module that was exported.
    found = dict(module.named_parameters(remove_duplicate=False))
    own = dict(MODULE.named_parameters(remove_duplicate=False))
    for name, value in MODULE.named_parameters():
        grads = [found[n].grad for n, v in own.items() if v is value and found[n].grad is not None]
        if grads:
            result[f"grad/param/{name}"] = plain(sum(grads))
    for name, value in module.named_buffers():
        if name in program.state_dict:
            result[f"buffer/{name}"] = plain(value)
    if isinstance(out, dict):
        for i, (key, value) in enumerate(out.items()):
            if key != "loss":
                result[f"out/output_{i}"] = plain(value)
    inputs = {}
    for name, value in leaves.items():
        inputs[name] = value.detach().numpy().astype(np.float32 if value.dtype.is_floating_point else np.int64)
    return result, inputs


def main():
    global MODULE
    for name, MODULE, arguments, options in programs():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        exported = torch.export.export(MODULE, tuple(a.clone() if isinstance(a, torch.Tensor) else a for a in arguments), **options)
        path = HERE / f"{name}.pt2"
        torch.export.save(exported, path)
        if name == "layout":
            clean(path)
            continue
        result, inputs = reference(torch.export.load(path), arguments)
        if name == "sizes":
            rows = draw(70, 4, 3, seed=5), torch.arange(70) % 4
            result = {str(n): reference(torch.export.load(path), [r[:n] for r in rows])[0] for n in (2, 5, 8, 9, 70)}
            inputs = {"x": rows[0].numpy(), "group": rows[1].numpy()}
        if name == "open_batch":
            torch.export.save(exported.run_decompositions(), HERE / "decomposed.pt2")
            clean(HERE / "decomposed.pt2")
        clean(path)
        np.savez(HERE / f"{name}.npz", **inputs)
        (HERE / f"{name}.json").write_text(json.dumps(result) + "\n")
        print(name, path.stat().st_size)


main()
