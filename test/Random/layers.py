#!/usr/bin/env python3
"""Random calls of products, convolutions, pooling, losses, norms and attention: as calls.py, whose tables these join."""
import math

import torch

from calls import Const, INDEXED, MATH, REDUCED, REDUCTIONS, SHAPES, dtype_of, floats, shaped, tensor, with_inputs


def size(g, most=3):
    return g.r.randint(1, most)


# ---- products ----

def product(op, *shapes, **fixed):
    """Shapes in letters: one size a letter."""
    def draw(g, env):
        sizes = {c: size(g) for s in shapes for c in s}
        values = [shaped(g, env, [sizes[c] for c in s]) for s in shapes]
        if any(v is None for v in values):
            return None
        return with_inputs(op, values, **{k: f(g.r) for k, f in fixed.items() if g.r.random() < 0.5})
    return draw


EQUATIONS = ("ij,jk->ik", "ij->ji", "ij,ij->i", "i,j->ij", "bij,bjk->bik", "ii->i", "ij->", "ij,kj->ik", "bi,bj->ij", "i,ij,j->", "ij,j")


def einsum(g, env):
    equation = g.r.choice(EQUATIONS)
    sizes = {c: size(g) for c in equation}
    values = [shaped(g, env, [sizes[c] for c in s]) for s in equation.split("->")[0].split(",")]
    # PyTorch takes different dtypes where nothing is summed.
    if None in values or len({v.sample.dtype for v in values}) > 1:
        return None
    return with_inputs("einsum", values, equation=equation)


def tensordot(g, env):
    n = g.r.randint(0, 2)
    inner = [size(g) for _ in range(n)]
    values = [shaped(g, env, [size(g)] + inner), shaped(g, env, inner + [size(g)])]
    return None if None in values else with_inputs("tensordot", values, dims=n)


factor = lambda r: r.choice((0, 0.5, 2, -1))
PRODUCTS = {
    "mm": product("mm", "ij", "jk"), "mv": product("mv", "ij", "j"), "bmm": product("bmm", "bij", "bjk"), "dot": product("dot", "i", "i"),
    "inner": product("inner", "ij", "kj"), "outer": product("outer", "i", "j"), "kron": product("kron", "ij", "kl"),
    "addmm": product("addmm", "ik", "ij", "jk", beta=factor, alpha=factor), "addmv": product("addmv", "i", "ij", "j", beta=factor, alpha=factor),
    "addr": product("addr", "ij", "i", "j", beta=factor, alpha=factor), "baddbmm": product("baddbmm", "bik", "bij", "bjk", beta=factor, alpha=factor),
    "einsum": einsum, "tensordot": tensordot,
}


# ---- convolutions and pooling ----

def convolution(dims, transposed):
    op = f"conv{'_transpose' if transposed else ''}{dims}d"

    def draw(g, env):
        r = g.r
        groups = r.choice((1, 1, 2))
        a, b = size(g, 2), size(g, 2)
        channels, out = a * groups, b * groups
        x = shaped(g, env, [size(g, 2), channels] + [r.randint(2, 4) for _ in range(dims)])
        w = shaped(g, env, ([channels, b] if transposed else [out, a]) + [r.randint(1, 3) for _ in range(dims)])
        bias = shaped(g, env, [out]) if r.random() < 0.5 else None
        if x is None or w is None or (bias is not None and bias.sample.dtype != x.sample.dtype):
            return None
        extra = {"groups": groups} if groups > 1 else {}
        if r.random() < 0.5:
            extra["stride"] = r.choice((1, 2, [r.randint(1, 3) for _ in range(dims)]))
        if r.random() < 0.5:
            extra["padding"] = r.choice((0, 1, [r.randint(0, 2) for _ in range(dims)]))
        if r.random() < 0.3:
            extra["dilation"] = r.choice((1, 2))
        if transposed and r.random() < 0.2:
            extra["output_padding"] = 1
        return with_inputs(op, [x, w, bias], **extra)
    return draw


def pool(op, dims, **fixed):
    def draw(g, env):
        r = g.r
        x = shaped(g, env, [size(g, 2), size(g, 2)] + [r.randint(2, 5) for _ in range(dims)])
        if x is None:
            return None
        if op.startswith("adaptive"):
            return with_inputs(op, [x], output_size=r.randint(1, 4))
        extra = {"kernel_size": r.choice((1, 2, 2, 3, [r.randint(1, 3) for _ in range(dims)]))}
        if r.random() < 0.5:
            extra["stride"] = r.randint(1, 2)
        if r.random() < 0.3:
            extra["padding"] = 1
        if r.random() < 0.3:
            extra["ceil_mode"] = True
        return with_inputs(op, [x], **extra, **{k: f(r) for k, f in fixed.items() if r.random() < 0.4})
    return draw


def interpolate(g, env):
    r = g.r
    mode = r.choice(("nearest", "nearest-exact", "linear", "bilinear", "bicubic"))
    dims = {"linear": 1, "bilinear": 2, "bicubic": 2}.get(mode, r.randint(1, 2))
    x = shaped(g, env, [1, size(g, 2)] + [r.randint(2, 4) for _ in range(dims)])
    extra = {"align_corners": r.random() < 0.5} if mode not in ("nearest", "nearest-exact") else {}
    return x and with_inputs("interpolate", [x], mode=mode, size=[r.randint(1, 5) for _ in range(dims)], **extra)


yes = lambda r: r.random() < 0.5
WINDOWS = {
    **{f"conv{t}{d}": convolution(d, bool(t)) for t in ("", "t") for d in (1, 2)},
    "conv3": convolution(3, False),
    **{f"max_pool{d}d": pool(f"max_pool{d}d", d, dilation=lambda r: r.randint(1, 2)) for d in (1, 2)},
    **{f"avg_pool{d}d": pool(f"avg_pool{d}d", d, count_include_pad=yes) for d in (1, 2)},
    **{f"adaptive_{k}_pool{d}d": pool(f"adaptive_{k}_pool{d}d", d) for k in ("avg", "max") for d in (1, 2)},
    "interpolate": interpolate,
}


# ---- losses ----

def loss(op, target=None, weight=False, **fixed):
    """`target` turns a value into one that the loss takes; None: any."""
    def draw(g, env):
        shape = [size(g), size(g)]
        x, t = shaped(g, env, shape), shaped(g, env, shape)
        if x is None or t is None:
            return None
        if target:
            x, t = target(g, x, t)
        extra = {k: f(g.r) for k, f in fixed.items() if g.r.random() < 0.5}
        return with_inputs(op, [x, t], reduction=g.r.choice(REDUCTIONS), **extra)
    return draw


def apply(op, v):
    out = Const({"op": op, "inputs": [v.name]}, getattr(torch, op)(v.sample))
    out.active = v.active
    return out


def signs(g, like):
    dtype = dtype_of(like.sample)
    return tensor([[g.r.choice((1.0, -1.0)) for _ in range(like.sample.shape[1])] for _ in range(like.sample.shape[0])], dtype)


def classes(op, probabilities=False):
    def draw(g, env):
        n, c = size(g), g.r.randint(1, 4)
        x = shaped(g, env, [n, c])
        if x is None:
            return None
        if op == "nll_loss":
            node = {"op": "log_softmax", "inputs": [x.name], "dim": 1}
            x, active = Const(node, x.sample.log_softmax(1)), x.active
            x.active = active
        extra = {"reduction": g.r.choice(REDUCTIONS)}
        labels = [g.r.randrange(c) for _ in range(n)]
        target = tensor(labels)
        if op == "cross_entropy" and g.r.random() < 0.3:
            t = shaped(g, env, [n, c])
            target = Const({"op": "softmax", "inputs": [t.name], "dim": 1}, t.sample.softmax(1))
            target.active = t.active
        elif g.r.random() < 0.3:
            extra["ignore_index"] = g.r.randrange(c)
        if op == "cross_entropy" and g.r.random() < 0.4:
            extra["label_smoothing"] = 0.25
        weight = shaped(g, env, [c], positive=True) if g.r.random() < 0.3 else None
        if weight is not None:
            weight = Const({"op": "detach", "inputs": [weight.name]}, weight.sample)
        return with_inputs(op, [x, target, weight], **extra)
    return draw


def triple(op, vectors=1, **fixed):
    def draw(g, env):
        shape = [size(g), size(g)]
        values = [shaped(g, env, shape) for _ in range(3)]
        if None in values:
            return None
        if op == "gaussian_nll_loss":
            values[2] = shaped(g, env, shape, positive=True)
        elif op == "margin_ranking_loss":
            values[2] = signs(g, values[0])
        elif op == "cosine_embedding_loss":
            values[2] = tensor([g.r.choice((1.0, -1.0)) for _ in range(shape[0])], dtype_of(values[0].sample))
        extra = {k: f(g.r) for k, f in fixed.items() if g.r.random() < 0.5}
        return with_inputs(op, values, reduction=g.r.choice(REDUCTIONS), **extra)
    return draw


def distance(op, **fixed):
    def draw(g, env):
        n, c = size(g), size(g)
        a, b = shaped(g, env, [n, c]), shaped(g, env, [size(g) if op == "cdist" else n, c])
        return None if a is None or b is None else with_inputs(op, [a, b], **{k: f(g.r) for k, f in fixed.items() if g.r.random() < 0.5})
    return draw


LOSSES = {
    "mse_loss": loss("mse_loss"), "l1_loss": loss("l1_loss"), "smooth_l1_loss": loss("smooth_l1_loss", beta=lambda r: 0.5),
    "huber_loss": loss("huber_loss", delta=lambda r: 0.5),
    "binary_cross_entropy": loss("binary_cross_entropy", lambda g, x, t: (apply("sigmoid", x), apply("sigmoid", t))),
    "binary_cross_entropy_with_logits": loss("binary_cross_entropy_with_logits", lambda g, x, t: (x, apply("sigmoid", t))),
    "kl_div": loss("kl_div", lambda g, x, t: (x, apply("sigmoid", t))),
    "poisson_nll_loss": loss("poisson_nll_loss", lambda g, x, t: (x, apply("sigmoid", t)), full=yes),
    "hinge_embedding_loss": loss("hinge_embedding_loss", lambda g, x, t: (x, signs(g, x)), margin=lambda r: 0.5),
    "soft_margin_loss": loss("soft_margin_loss", lambda g, x, t: (x, signs(g, x))),
    "multilabel_soft_margin_loss": loss("multilabel_soft_margin_loss", lambda g, x, t: (x, apply("sigmoid", t))),
    "cross_entropy": classes("cross_entropy"), "nll_loss": classes("nll_loss"),
    "gaussian_nll_loss": triple("gaussian_nll_loss", full=yes), "margin_ranking_loss": triple("margin_ranking_loss", margin=lambda r: 0.5),
    "cosine_embedding_loss": triple("cosine_embedding_loss", margin=lambda r: 0.25),
    "triplet_margin_loss": triple("triplet_margin_loss", margin=lambda r: 0.5, swap=yes, p=lambda r: r.choice((1, 2))),
    "cosine_similarity": distance("cosine_similarity"), "pairwise_distance": distance("pairwise_distance", p=lambda r: r.choice((1, 2))),
    "cdist": distance("cdist", p=lambda r: r.choice((1, 2, 3))),
}


# ---- norms, attention ----

def norm(op, inner=False, **fixed):
    def draw(g, env):
        channels = 2 * size(g, 2)
        shape = [g.r.randint(2, 3), channels] + [size(g)] * g.r.randint(0 if op != "instance_norm" else 1, 1)
        x = shaped(g, env, shape)
        if x is None:
            return None
        over = shape[-1:] if op in ("layer_norm", "rms_norm") else [channels]
        weight = shaped(g, env, over) if g.r.random() < 0.6 else None
        bias = shaped(g, env, over) if weight is not None and op != "rms_norm" and g.r.random() < 0.6 else None
        if any(v is not None and v.sample.dtype != x.sample.dtype for v in (weight, bias)):
            return None
        extra = {"eps": 0.01} if g.r.random() < 0.4 else {}
        if op in ("layer_norm", "rms_norm"):
            extra["normalized_shape"] = over
        if op == "group_norm":
            extra["num_groups"] = g.r.choice((1, 2))
        if op == "batch_norm":
            return with_inputs(op, [x, None, None, weight, bias], training=True, **extra)
        if op == "instance_norm":
            return with_inputs(op, [x, None, None, weight, bias], **extra)
        return with_inputs(op, [x, weight, bias], **extra)
    return draw


def attention(g, env):
    r, heads = g.r, g.r.random() < 0.3
    lead = [size(g, 2)] if heads else []
    n, s, e = size(g), size(g), size(g)
    values = [shaped(g, env, lead + [n, e]), shaped(g, env, lead + [s, e]), shaped(g, env, lead + [s, size(g)])]
    if None in values:
        return None
    extra = {"scale": 0.5} if r.random() < 0.3 else {}
    if r.random() < 0.3:
        extra["is_causal"] = True
    elif r.random() < 0.4:
        values.append(shaped(g, env, [n, s]))
    return with_inputs("scaled_dot_product_attention", values, **extra)


def normalize(g, env):
    x = floats(g, env, lambda x: x.dim() > 0 and x.numel() > 0)
    return x and with_inputs("normalize", [x], dim=g.r.randrange(x.sample.dim()), p=g.r.choice((1, 2, 2)))


NORMS = {**{op: norm(op) for op in ("layer_norm", "rms_norm", "group_norm", "batch_norm", "instance_norm")},
         "normalize": normalize, "attention": attention}

# (weight, table)
TABLES = ((5, SHAPES), (5, REDUCED), (3, MATH), (4, INDEXED), (2, PRODUCTS), (2, WINDOWS), (3, LOSSES), (2, NORMS))


def draw(g, env):
    table = g.r.choices([t for _, t in TABLES], [w for w, _ in TABLES])[0]
    return table[g.r.choice(list(table))](g, env)
