#!/usr/bin/env python3
"""Random calls of ops whose operands need a shape, an index or attributes of their own.

Each entry of CALLS draws (node, values): a node of graph JSON, and the Value or number behind each of its inputs; or None.
"""
import math

import torch

from torch_ops import DTYPES

REDUCTIONS = ("none", "mean", "mean", "sum")


class Const:
    """An operand that is a node of its own."""

    active = leaf = False

    def __init__(self, node, sample):
        self.name, self.sample = node, sample


def tensor(data, dtype="i64"):
    return Const({"op": "tensor", "dtype": dtype, "value": data}, torch.tensor(data, dtype=DTYPES[dtype]))


def dtype_of(x):
    return next(name for name, dtype in DTYPES.items() if dtype == x.dtype)


def floats(g, env, test=lambda x: True, active=False):
    return g.pick(env, active=active, test=lambda v: v.sample.is_floating_point() and test(v.sample))


def shaped(g, env, shape, positive=False):
    """Some float value brought into a shape by a view, or by copies of it."""
    n = math.prod(shape)
    v = floats(g, env, lambda x: x.numel() > 0)
    if v is None:
        return None
    if list(v.sample.shape) == list(shape) and not positive:
        return v
    node, x = {"op": "reshape", "inputs": [v.name], "shape": [-1]}, v.sample.reshape(-1)
    if x.numel() < n:
        copies = -(-n // x.numel())
        node, x = {"op": "tile", "inputs": [node], "dims": [copies]}, x.tile(copies)
    if x.numel() > n:
        start = g.r.randrange(x.numel() - n + 1)
        node, x = {"op": "slice", "inputs": [node], "dim": 0, "start": start, "end": start + n}, x[start:start + n]
    node, x = {"op": "reshape", "inputs": [node], "shape": list(shape)}, x.reshape(shape)
    if positive:
        node, x = {"op": "exp", "inputs": [{"op": "tanh", "inputs": [node]}]}, x.tanh().exp()
    out = Const(node, x)
    out.active = v.active
    return out


def with_inputs(op, values, **attributes):
    """The call, without what is None at the end; None within is null."""
    while values and values[-1] is None:
        values.pop()
    return {"op": op, "inputs": [getattr(v, "name", v) for v in values], **attributes}, values


def dim_of(g, x):
    return g.r.randrange(-x.dim(), x.dim()) if x.dim() else None


def one_dim(op, keep=False, none=False, numel=True, **fixed):
    """Ops along one dimension."""
    def draw(g, env):
        v = floats(g, env, lambda x: x.dim() > 0 and (x.numel() > 0 or not numel))
        if v is None:
            return None
        extra = {} if none and g.r.random() < 0.25 else {"dim": dim_of(g, v.sample)}
        if keep and extra and g.r.random() < 0.4:
            extra["keepdim"] = True
        return with_inputs(op, [v], **extra, **{k: f(g, v.sample, extra) for k, f in fixed.items()})
    return draw


def attributes(op, **draws):
    """Ops of one float operand with attributes that may be left out."""
    def draw(g, env):
        v = floats(g, env)
        return v and with_inputs(op, [v], **{k: f(g.r) for k, f in draws.items() if g.r.random() < 0.7})
    return draw


def required(op, **draws):
    def draw(g, env):
        v = floats(g, env)
        return v and with_inputs(op, [v], **{k: f(g.r) for k, f in draws.items()})
    return draw


# ---- shapes and views ----

def view_call(op, make):
    def draw(g, env):
        v = g.pick(env, test=lambda v: v.sample.dim() > 0)
        extra = v and make(g.r, v.sample)
        return with_inputs(op, [v], **extra) if extra is not None and v else None
    return draw


def select_of(r, x):
    d = r.randrange(x.dim())
    return {"dim": d, "index": r.randrange(-x.shape[d], x.shape[d])} if x.shape[d] else None


def narrow_of(r, x):
    d = r.randrange(x.dim())
    start = r.randint(0, x.shape[d])
    return {"dim": d, "start": start, "length": r.randint(0, x.shape[d] - start) or x.shape[d] - start}


def split_of(r, x):
    d = r.randrange(x.dim())
    if r.random() < 0.3 and x.shape[d] > 1:
        at = r.randint(1, x.shape[d] - 1)
        return {"split_size": [at, x.shape[d] - at], "dim": d}
    return {"split_size": r.randint(1, max(x.shape[d], 1)), "dim": d}


def flip_of(r, x):
    return {"dims": r.sample(range(x.dim()), r.randint(1, x.dim()))}


def roll_of(r, x):
    return {"shifts": r.randint(-4, 4)} if r.random() < 0.3 else {"shifts": [r.randint(-4, 4)], "dims": [r.randrange(x.dim())]}


def two_dims(r, x):
    return r.sample(range(x.dim()), 2) if x.dim() > 1 else None


def diagonal_of(r, x):
    d = two_dims(r, x)
    return d and {"offset": r.randint(-2, 2), "dim1": d[0], "dim2": d[1]}


def pad_mode(r, x):
    if x.dim() < 2:
        return None
    mode = r.choice(("reflect", "replicate", "circular"))
    return {"pad": [r.randint(0, max(0, x.shape[-1] - 1)), r.randint(0, max(0, x.shape[-1] - 1))], "mode": mode}


def unfold_of(r, x):
    d = r.randrange(x.dim())
    return {"dimension": d, "size": r.randint(1, x.shape[d]), "step": r.randint(1, 2)} if x.shape[d] else None


def stacked(op):
    def draw(g, env):
        v = floats(g, env)
        same = lambda o: o.sample.shape == v.sample.shape
        values = v and [v] + [g.pick(env, test=same) for _ in range(g.r.randint(0, 2))]
        return v and with_inputs(op, values, **({"dim": g.r.randint(-v.sample.dim() - 1, v.sample.dim())} if op == "stack" else {}))
    return draw


SHAPES = {
    "select": view_call("select", select_of), "narrow": view_call("narrow", narrow_of),
    "split": view_call("split", split_of), "chunk": view_call("chunk", lambda r, x: {"chunks": r.randint(1, 3), "dim": r.randrange(x.dim())}),
    "tensor_split": view_call("tensor_split", lambda r, x: {"indices_or_sections": r.choice((1, 2, 3, [1], [1, 2])), "dim": r.randrange(x.dim())}),
    "unbind": view_call("unbind", lambda r, x: {"dim": r.randrange(x.dim())}),
    "diagonal": view_call("diagonal", diagonal_of), "movedim": view_call(
        "movedim", lambda r, x: {"source": r.randrange(x.dim()), "destination": r.randrange(x.dim())}),
    "unflatten": view_call("unflatten", lambda r, x: {"dim": r.randrange(x.dim()), "sizes": r.choice(([1, -1], [-1, 1], [2, -1]))}),
    "flip": view_call("flip", flip_of), "roll": view_call("roll", roll_of),
    "rot90": view_call("rot90", lambda r, x: {"k": r.randint(-1, 3)} if x.dim() > 1 else None),
    "tril": view_call("tril", lambda r, x: {"diagonal": r.randint(-2, 2)} if x.dim() > 1 else None),
    "triu": view_call("triu", lambda r, x: {"diagonal": r.randint(-2, 2)} if x.dim() > 1 else None),
    "diag": view_call("diag", lambda r, x: {"diagonal": r.randint(-1, 1)} if x.dim() <= 2 else None),
    "diag_embed": view_call("diag_embed", lambda r, x: {"offset": r.randint(-1, 1)} if x.dim() <= 2 else None),
    "tile": view_call("tile", lambda r, x: {"dims": [r.randint(1, 2) for _ in range(r.randint(x.dim(), x.dim() + 1))]}),
    "repeat_interleave": view_call("repeat_interleave", lambda r, x: {"repeats": r.randint(1, 3), "dim": r.randrange(x.dim())}),
    "unfold": view_call("unfold", unfold_of), "pad": view_call("pad", pad_mode),
    "stack": stacked("stack"), "hstack": stacked("hstack"), "vstack": stacked("vstack"),
}


# ---- reductions, order ----

def dims_or_none(g, x):
    if g.r.random() < 0.3:
        return {}
    dims = g.r.sample(range(x.dim()), g.r.randint(1, x.dim()))
    return {"dim": dims if len(dims) > 1 else dims[0], "keepdim": g.r.random() < 0.4}


def many_dims(op, **fixed):
    def draw(g, env):
        v = floats(g, env, lambda x: x.dim() > 0 and x.numel() > 0)
        return v and with_inputs(op, [v], **dims_or_none(g, v.sample), **{k: f(g.r) for k, f in fixed.items()})
    return draw


def k_of(g, x, extra):
    return g.r.randint(1, max(1, x.shape[extra.get("dim", -1)]))


flag = lambda g, x, extra: g.r.random() < 0.5
REDUCED = {
    "var": many_dims("var", correction=lambda r: r.choice((0, 1, 1))), "std": many_dims("std", correction=lambda r: r.choice((0, 1))),
    "var_mean": many_dims("var_mean", correction=lambda r: r.choice((0, 1))),
    "norm": many_dims("norm", p=lambda r: r.choice((1, 2, 2, 3, "inf", "-inf", 0))),
    "logsumexp": many_dims("logsumexp"), "nansum": many_dims("nansum"), "nanmean": many_dims("nanmean"),
    "amax": many_dims("amax"), "amin": many_dims("amin"), "count_nonzero": one_dim("count_nonzero"),
    "prod": one_dim("prod", keep=True, none=True), "any": one_dim("any", keep=True, none=True), "all": one_dim("all", keep=True, none=True),
    "argmax": one_dim("argmax", keep=True, none=True), "argmin": one_dim("argmin", keep=True, none=True),
    "max": one_dim("max", keep=True, none=True), "min": one_dim("min", keep=True, none=True), "aminmax": one_dim("aminmax", keep=True, none=True),
    "softmax": one_dim("softmax"), "log_softmax": one_dim("log_softmax"), "softmin": one_dim("softmin"),
    "sort": one_dim("sort", none=True, descending=flag), "argsort": one_dim("argsort", none=True, descending=flag), "msort": attributes("msort"),
    "topk": one_dim("topk", none=True, k=k_of, largest=flag), "kthvalue": one_dim("kthvalue", keep=True, none=True, k=k_of),
    "median": one_dim("median", keep=True, none=True), "cumsum": one_dim("cumsum"), "cumprod": one_dim("cumprod"),
    "logcumsumexp": one_dim("logcumsumexp"), "cummax": one_dim("cummax"), "cummin": one_dim("cummin"),
    "trace": attributes("trace"), "glu": one_dim("glu"),
}

positive = lambda r: r.choice((0.5, 1, 2, 0.25))
MATH = {
    "polygamma": required("polygamma", n=lambda r: r.randint(1, 3)),
    "threshold": required("threshold", threshold=lambda r: r.choice((0, 0.5, -1)), value=lambda r: r.choice((0, 2, -0.5))),
    "softplus": attributes("softplus", beta=positive, threshold=lambda r: r.choice((1, 20))), "celu": attributes("celu", alpha=positive),
    "elu": attributes("elu", alpha=positive), "leaky_relu": attributes("leaky_relu", negative_slope=lambda r: r.choice((0.1, -0.5, 0))),
    "hardtanh": attributes("hardtanh", min_val=lambda r: -positive(r), max_val=positive), "hardshrink": attributes("hardshrink", lambd=positive),
    "softshrink": attributes("softshrink", lambd=positive), "gelu": attributes("gelu", approximate=lambda r: r.choice(("none", "tanh"))),
    "round": attributes("round", decimals=lambda r: r.randint(-1, 2)), "logit": attributes("logit", eps=lambda r: r.choice((0.1, 1e-6))),
    "nan_to_num": attributes("nan_to_num", nan=positive, posinf=lambda r: 3.0, neginf=lambda r: -2),
    "clamp": required("clamp", min=lambda r: r.choice((-1, -0.5, 0)), max=lambda r: r.choice((0, 0.5, 2))),
}


def two(op, **fixed):
    def draw(g, env):
        a, b = floats(g, env), floats(g, env)
        return a and with_inputs(op, [a, b], **{k: f(g.r) for k, f in fixed.items()})
    return draw


def three(op, **fixed):
    def draw(g, env):
        values = [floats(g, env) for _ in range(3)]
        return values[0] and with_inputs(op, values, **{k: f(g.r) for k, f in fixed.items()})
    return draw


MATH.update({
    "div": two("div", rounding_mode=lambda r: r.choice(("floor", "trunc"))), "isclose": two("isclose", rtol=lambda r: 0.1),
    "dist": two("dist", p=lambda r: r.choice((1, 2, "inf"))), "addcmul": three("addcmul", value=positive), "addcdiv": three("addcdiv", value=positive),
    "lerp": three("lerp"),
})


# ---- indices ----

def index_list(g, size, n, unique=False):
    r = g.r
    if unique:
        return r.sample(range(size), min(n, size))
    return [r.randrange(-size, size) if r.random() < 0.2 else r.randrange(size) for _ in range(n)]


def along(g, env):
    v = floats(g, env, lambda x: x.dim() > 0 and x.numel() > 0)
    return (v, g.r.randrange(v.sample.dim())) if v else (None, 0)


def index_select(g, env):
    v, d = along(g, env)
    if v is None:
        return None
    i = [k % v.sample.shape[d] for k in index_list(g, v.sample.shape[d], g.r.randint(1, 4))]
    return with_inputs("index_select", [v, tensor(i)], dim=d)


def index(g, env):
    v, _ = along(g, env)
    if v is None:
        return None
    n = g.r.randint(1, min(2, v.sample.dim()))
    count = g.r.randint(1, 3)
    return with_inputs("index", [v] + [tensor(index_list(g, v.sample.shape[k], count)) for k in range(n)])


def full_index(g, x, d, unique):
    """An index tensor of the shape of `x`, or shorter along d."""
    n = g.r.randint(1, x.shape[d])
    shape = [n if k == d else s for k, s in enumerate(x.shape)]
    out = torch.zeros(shape, dtype=torch.int64).movedim(d, -1)
    rows = [g.r.sample(range(x.shape[d]), n) if unique else [g.r.randrange(x.shape[d]) for _ in range(n)]
            for _ in range(out[..., 0].numel())]
    return torch.tensor(rows, dtype=torch.int64).reshape(out.shape).movedim(-1, d)


def gather(g, env):
    v, d = along(g, env)
    if v is None or v.sample.numel() > 60:
        return None
    return with_inputs(g.r.choice(("gather", "take_along_dim")), [v, tensor(full_index(g, v.sample, d, False).tolist())], dim=d)


def take(g, env):
    v, _ = along(g, env)
    return v and with_inputs("take", [v, tensor(index_list(g, v.sample.numel(), g.r.randint(1, 4)))])


def embedding(g, env):
    v = floats(g, env, lambda x: x.dim() == 2 and x.numel() > 0)
    if v is None:
        return None
    n = v.sample.shape[0]
    extra = {"padding_idx": g.r.randrange(n)} if g.r.random() < 0.3 else {}
    return with_inputs("embedding", [tensor([k % n for k in index_list(g, n, g.r.randint(1, 4))]), v], **extra)


def source(g, env, shape, op):
    """What is written: a new tensor for ops in place, which refuse to read what they write."""
    u = shaped(g, env, shape)
    if u is None or not op.endswith("_"):
        return u
    out = Const({"op": "neg", "inputs": [u.name]}, -u.sample)
    out.active = u.active
    return out


def scatter(op, unique, **fixed):
    def draw(g, env):
        v, d = along(g, env)
        if v is None or v.sample.numel() > 60:
            return None
        i = full_index(g, v.sample, d, unique)
        u = source(g, env, i.shape, op)
        return u and with_inputs(op, [v, tensor(i.tolist()), u], dim=d, **{k: f(g.r) for k, f in fixed.items()})
    return draw


def slices(op, unique):
    def draw(g, env):
        v, d = along(g, env)
        if v is None:
            return None
        i = [k % v.sample.shape[d] for k in index_list(g, v.sample.shape[d], g.r.randint(1, 3), unique)]
        if op.startswith("index_fill"):
            return with_inputs(op, [v, tensor(i), g.scalar()], dim=d)
        u = source(g, env, [len(i) if k == d else s for k, s in enumerate(v.sample.shape)], op)
        return u and with_inputs(op, [v, tensor(i), u], dim=d)
    return draw


def index_put(op):
    def draw(g, env):
        v, _ = along(g, env)
        if v is None:
            return None
        add = g.r.random() < 0.5
        i = index_list(g, v.sample.shape[0], g.r.randint(1, 3), unique=not add)
        u = source(g, env, [len(i), *v.sample.shape[1:]], op)
        return u and with_inputs(op, [v, u, tensor(i)], accumulate=add)
    return draw


def masked_fill(g, env):
    v, other = floats(g, env), floats(g, env)
    if v is None:
        return None
    mask = Const({"op": g.r.choice(("gt", "le")), "inputs": [other.name, 0.25]}, other.sample > 0.25)
    return with_inputs("masked_fill", [v, mask, g.scalar()])


reduce_kind = {"reduce": lambda r: r.choice(("sum", "prod", "mean", "amax", "amin")), "include_self": lambda r: r.random() < 0.6}
INDEXED = {
    "index_select": index_select, "index": index, "gather": gather, "take": take, "embedding": embedding, "masked_fill": masked_fill,
    "scatter": scatter("scatter", True), "scatter_add": scatter("scatter_add", False),
    "scatter_reduce": scatter("scatter_reduce", False, **reduce_kind), "index_add": slices("index_add", False),
    "index_copy": slices("index_copy", True), "index_fill": slices("index_fill", True), "index_put": index_put("index_put"),
}
# Written into the first operand.
WRITES = {
    "scatter_": scatter("scatter_", True), "scatter_add_": scatter("scatter_add_", False), "index_add_": slices("index_add_", False),
    "index_copy_": slices("index_copy_", True), "index_fill_": slices("index_fill_", True), "index_put_": index_put("index_put_"),
}
