#!/usr/bin/env python3
"""What the ops of calls.py and layers.py mean in PyTorch."""
import torch
import torch.nn.functional as F


class Outside(Exception):
    """The program does what gradc does not mean to copy."""


MET = set()  # what ops met that rules.py asks for
GRADIENTS = {}  # those made with create_graph, by their ids


def meet(what, condition):
    """Notes it, where the condition holds for some element."""
    if bool(torch.as_tensor(condition).any()):
        MET.add(what)


def watch(what, y):
    """Notes it, where a cotangent of y is infinite or NaN."""
    if torch.is_tensor(y) and y.requires_grad and y.grad_fn is not None and torch.is_grad_enabled():
        y.register_hook(lambda g: meet(what, not_finite(g)))


def not_finite(*inputs):
    return any(torch.is_tensor(x) and x.is_floating_point() and not bool(x.isfinite().all()) for x in inputs)


def noting_flat(op, meaning):
    """The meaning of a norm that notes when its rows are flat."""
    def call(n, x, *rest):
        with torch.no_grad():
            meet("flat", flat(op, n, x))
        return meaning(n, x, *rest)
    return call


def rows_of(op, n, x):
    """What a norm of x takes together, as rows."""
    if op == "batch_norm":
        return x.transpose(0, 1).flatten(1) if n.get("training") else None
    if op == "layer_norm":
        return x.flatten(x.dim() - len(n["normalized_shape"]))
    return x.reshape(x.shape[0] * (n["num_groups"] if op == "group_norm" else x.shape[1]), -1)


def flat(op, n, x):
    """Rows of nearly equal elements: what is left of them without their mean is what rounding left."""
    if not x.is_floating_point() or not x.numel():
        return False
    rows = rows_of(op, n, x.detach().to(torch.float64))
    return rows is not None and bool((rows.amax(1) - rows.amin(1) <= 1e-6 * rows.abs().amax(1)).any())


def close(a, b):
    """Numbers that are equal up to a few units in the last place of their dtype."""
    if not (torch.is_tensor(a) and torch.is_tensor(b) and a.is_floating_point() and b.is_floating_point()):
        return False
    return ((a - b).abs() <= 8 * max(torch.finfo(a.dtype).eps, torch.finfo(b.dtype).eps) * torch.maximum(a.abs(), b.abs())) & a.isfinite()


def huge(x, *rest):
    """Squares overflow."""
    return x.is_floating_point() and bool((~(x.to(torch.float64).abs() < 1e18)).any())


def kw(n, *names):
    return {k: number(n[k]) for k in names if k in n}


def number(x):
    return float(x) if x in ("inf", "-inf", "nan") else x


def along(name, *extra):
    """An op along "dim", where there is one."""
    def meaning(n, x):
        return getattr(torch, name)(x, **kw(n, "dim", "keepdim", *extra))
    return meaning


def plain(function, *names):
    return lambda n, *inputs: function(*inputs, **kw(n, *names))


def distinct(x, dim):
    """PyTorch does not say which of equal elements these ops take."""
    if x.dim() and x.shape[dim] > 1 and x.numel():
        y = x.detach().sort(dim).values
        a, b = y.narrow(dim, 0, y.shape[dim] - 1), y.narrow(dim, 1, y.shape[dim] - 1)
        if bool(((a == b) | (b.isnan() & a.isnan())).any()):
            raise Outside("ties")


def topk(n, x):
    distinct(x, n.get("dim", -1))
    return torch.topk(x, n["k"], n.get("dim", -1), n.get("largest", True), n.get("sorted", True))


def kthvalue(n, x):
    distinct(x, n.get("dim", -1))
    return torch.kthvalue(x, n["k"], n.get("dim", -1), n.get("keepdim", False))


def median(n, x):
    distinct(x if "dim" in n else x.reshape(-1), n.get("dim", 0))
    return torch.median(x, n["dim"], n.get("keepdim", False)) if "dim" in n else torch.median(x)


def norm(n, x):
    p = number(n.get("p", 2))
    return torch.linalg.vector_norm(x, p, **kw(n, "dim", "keepdim"))


def polygamma(n, x):
    if bool((x < -1e6).any()):
        raise Outside("PyTorch's takes a step for each unit below zero")
    return torch.polygamma(n["n"], x)


def nansum_mean(name):
    return lambda n, x: getattr(torch, name)(x, **kw(n, "dim", "keepdim"))


def aminmax(n, x):
    return tuple(torch.aminmax(x, **kw(n, "dim", "keepdim")))


def window_list(n, key, dims, absent):
    v = n.get(key, absent)
    return v if isinstance(v, list) else [v] * dims


def convolution(name):
    def meaning(n, x, w, b=None):
        options = kw(n, "stride", "padding", "output_padding", "groups", "dilation")
        if "transpose" in name and x.dtype == torch.bfloat16:
            # PyTorch's leaves the bias out where no input reaches.
            with torch.no_grad():
                right = getattr(F, name)(x.float(), w.float(), None if b is None else b.float(), **options).to(x.dtype)
                missed = not torch.equal(right.isfinite(), getattr(F, name)(x, w, b, **options).isfinite()) or bool(
                    ((right != 0) & (getattr(F, name)(x, w, b, **options) == 0)).any())
            if missed:
                raise Outside("bias")
        return getattr(F, name)(x, w, b, **options)
    return meaning


def pooled(name, *names):
    def meaning(n, x):
        extra = kw(n, "kernel_size", "stride", "padding", "ceil_mode", "output_size", *names)
        if "max" in name:
            return getattr(F, name)(x, return_indices=True, **extra)
        return getattr(F, name)(x, **extra)
    return meaning


def interpolate(n, x):
    return F.interpolate(x, **kw(n, "size", "mode", "align_corners"))


def loss(name, *names):
    return lambda n, *inputs: getattr(F, name)(*inputs, **kw(n, "reduction", *names))


def weighted(name):
    return lambda n, x, t, w=None: getattr(F, name)(x, t, w, **kw(n, "reduction", "ignore_index", "label_smoothing"))


def rms_norm(n, x, w=None):
    return F.rms_norm(x, n["normalized_shape"], w, **kw(n, "eps"))


def instance_norm(n, x, mean=None, var=None, w=None, b=None):
    return F.instance_norm(x, mean, var, w, b, **kw(n, "use_input_stats", "momentum", "eps"))


def batch_norm(n, x, mean=None, var=None, w=None, b=None):
    return F.batch_norm(x, mean, var, w, b, **kw(n, "training", "momentum", "eps"))


def attention(n, q, k, v, mask=None):
    for t in (q, k, v):  # the result may be a view, whose hooks a write drops
        if t.requires_grad and torch.is_grad_enabled():
            t.register_hook(lambda g: meet("attention", not_finite(g)))
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, **kw(n, "is_causal", "scale"))


def scatter_reduce(n, x, i, u):
    y = x.scatter_reduce(n["dim"], i, u, n["reduce"], include_self=n.get("include_self", True))
    # docs/graph.md: what equals the result by chance takes a share of PyTorch's gradient, though it was left out.
    if not n.get("include_self", True) and n["reduce"] in ("amax", "amin") and bool((x == y).gather(n["dim"], i).any()):
        raise Outside("ties")
    return y


def var_mean(n, x):
    if not bool(x.isfinite().all()):
        raise Outside("PyTorch's mean of infinities is NaN here")
    return torch.var_mean(x, **kw(n, "dim", "keepdim", "correction"))


def logit(n, x):
    if "eps" in n and x.dtype in (torch.float16, torch.bfloat16):
        raise Outside("PyTorch rounds the bounds")
    return torch.logit(x, **kw(n, "eps"))


def put(in_place):
    def meaning(n, x, v, *indices):
        call = x.index_put_ if in_place else x.index_put
        return call(indices, v, accumulate=n.get("accumulate", False))
    return meaning


def pad(n, x):
    if n.get("mode", "constant") == "constant":
        return F.pad(x, n["pad"], value=n.get("value", 0))
    return F.pad(x, n["pad"], mode=n["mode"])


MEANINGS = {
    # shapes
    "select": lambda n, x: x.select(n.get("dim", 0), n["index"]),
    "narrow": lambda n, x: x.narrow(n.get("dim", 0), n["start"], n["length"]),
    "split": lambda n, x: x.split(n["split_size"], n.get("dim", 0)),
    "chunk": lambda n, x: x.chunk(n["chunks"], n.get("dim", 0)),
    "tensor_split": lambda n, x: x.tensor_split(tuple(n["indices_or_sections"]) if isinstance(n["indices_or_sections"], list)
                                                else n["indices_or_sections"], n.get("dim", 0)),
    "unbind": lambda n, x: x.unbind(n.get("dim", 0)),
    "diagonal": lambda n, x: x.diagonal(n.get("offset", 0), n.get("dim1", 0), n.get("dim2", 1)),
    "movedim": lambda n, x: x.movedim(n["source"], n["destination"]),
    "unflatten": lambda n, x: x.unflatten(n.get("dim", 0), n["sizes"]),
    "flip": lambda n, x: x.flip(n["dims"]), "roll": lambda n, x: torch.roll(x, n["shifts"], n.get("dims")),
    "rot90": lambda n, x: torch.rot90(x, n.get("k", 1), n.get("dims", [0, 1])),
    "tril": lambda n, x: x.tril(n.get("diagonal", 0)), "triu": lambda n, x: x.triu(n.get("diagonal", 0)),
    "diag": lambda n, x: torch.diag(x, n.get("diagonal", 0)), "diag_embed": lambda n, x: torch.diag_embed(x, n.get("offset", 0)),
    "tile": lambda n, x: x.repeat(n["dims"]), "repeat_interleave": lambda n, x: x.repeat_interleave(n["repeats"], n.get("dim")),
    "unfold": lambda n, x: x.unfold(n["dimension"], n["size"], n["step"]).clone(), "pad": pad,
    "stack": lambda n, *x: torch.stack(x, n.get("dim", 0)), "hstack": lambda n, *x: torch.hstack(x), "vstack": lambda n, *x: torch.vstack(x),
    # reductions and order
    **{k: along(k, "correction") for k in ("var", "std")}, "var_mean": var_mean, "norm": norm,
    "logsumexp": lambda n, x: torch.logsumexp(x, n.get("dim", list(range(x.dim()))), n.get("keepdim", False)),
    "nansum": nansum_mean("nansum"), "nanmean": nansum_mean("nanmean"), "aminmax": aminmax,
    **{k: along(k) for k in ("prod", "any", "all", "argmax", "argmin", "max", "min", "count_nonzero", "cumsum", "cumprod", "cummax", "cummin",
                             "logcumsumexp")},
    "softmax": lambda n, x: F.softmax(x, n.get("dim", -1)), "log_softmax": lambda n, x: F.log_softmax(x, n.get("dim", -1)),
    "softmin": lambda n, x: F.softmin(x, n.get("dim", -1)), "msort": lambda n, x: torch.sort(x, 0, stable=True).values,
    "sort": lambda n, x: torch.sort(x, dim=n.get("dim", -1), descending=n.get("descending", False), stable=True),
    "argsort": lambda n, x: torch.argsort(x, dim=n.get("dim", -1), descending=n.get("descending", False), stable=True),
    "topk": topk, "kthvalue": kthvalue, "median": median, "glu": lambda n, x: F.glu(x, n.get("dim", -1)),
    # elementwise
    "polygamma": polygamma, "threshold": lambda n, x: F.threshold(x, n["threshold"], n["value"]),
    "softplus": plain(F.softplus, "beta", "threshold"), "celu": plain(F.celu, "alpha"), "elu": plain(F.elu, "alpha"),
    "leaky_relu": plain(F.leaky_relu, "negative_slope"), "hardtanh": plain(F.hardtanh, "min_val", "max_val"),
    "hardshrink": plain(F.hardshrink, "lambd"), "softshrink": plain(F.softshrink, "lambd"), "gelu": plain(F.gelu, "approximate"),
    "round": plain(torch.round, "decimals"), "logit": logit, "nan_to_num": plain(torch.nan_to_num, "nan", "posinf", "neginf"),
    "clamp": plain(torch.clamp, "min", "max"), "div": plain(torch.div, "rounding_mode"), "isclose": plain(torch.isclose, "rtol"),
    "dist": plain(torch.dist, "p"), "addcmul": plain(torch.addcmul, "value"), "addcdiv": plain(torch.addcdiv, "value"),
    # indices
    "index_select": lambda n, x, i: x.index_select(n["dim"], i), "index": lambda n, x, *i: x[tuple(i)],
    "gather": lambda n, x, i: x.gather(n["dim"], i), "take_along_dim": lambda n, x, i: torch.take_along_dim(x, i, n.get("dim")),
    "take": lambda n, x, i: torch.take(x, i),
    "embedding": lambda n, i, w: F.embedding(i, w, **kw(n, "padding_idx")), "masked_fill": lambda n, x, m, v: x.masked_fill(m, v),
    **{k: (lambda name: lambda n, x, i, u: getattr(x, name)(n["dim"], i, u))(k)
       for s in ("", "_") for k in ("scatter" + s, "scatter_add" + s, "index_add" + s, "index_copy" + s, "index_fill" + s)},
    "scatter_reduce": scatter_reduce,
    "index_put": put(False), "index_put_": put(True),
    # products
    **{k: plain(getattr(torch, k), "beta", "alpha") for k in ("addmm", "addmv", "addr", "baddbmm")},
    **{k: plain(getattr(torch, k)) for k in ("mm", "mv", "bmm", "dot", "inner", "outer")},
    # PyTorch's reads its operands again in the backward, whatever was written to them since.
    "kron": lambda n, a, b: torch.kron(a.clone(), b.clone()),
    # Of one operand PyTorch's may be a view.
    "einsum": lambda n, *x: torch.einsum(n["equation"], *(v.clone() for v in x) if len(x) == 1 else x), "tensordot": plain(torch.tensordot, "dims"),
    # windows
    **{k: convolution(k) for k in ("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")},
    **{f"{a}{k}_pool{d}d": pooled(f"{a}{k}_pool{d}d", *(("dilation",) if k == "max" else ("count_include_pad",)))
       for a in ("", "adaptive_") for k in ("avg", "max") for d in (1, 2, 3)},
    "interpolate": interpolate,
    # losses
    **{k: loss(k, "beta", "delta", "full", "margin", "swap", "p") for k in
       ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div",
        "poisson_nll_loss", "hinge_embedding_loss", "soft_margin_loss", "multilabel_soft_margin_loss", "gaussian_nll_loss",
        "margin_ranking_loss", "cosine_embedding_loss", "triplet_margin_loss")},
    "cross_entropy": weighted("cross_entropy"), "nll_loss": weighted("nll_loss"),
    "cosine_similarity": plain(F.cosine_similarity), "pairwise_distance": plain(F.pairwise_distance, "p"), "cdist": plain(torch.cdist, "p"),
    # norms, attention
    "layer_norm": lambda n, x, w=None, b=None: F.layer_norm(x, n["normalized_shape"], w, b, **kw(n, "eps")), "rms_norm": rms_norm,
    "group_norm": lambda n, x, w=None, b=None: F.group_norm(x, n["num_groups"], w, b, **kw(n, "eps")),
    "batch_norm": batch_norm, "instance_norm": instance_norm, "normalize": lambda n, x: F.normalize(x, n.get("p", 2), n.get("dim", 1)),
    "scaled_dot_product_attention": attention,
}

WHAT_MEETS = {
    **{k: ("nextafter", lambda a, b: a.requires_grad & a.isinf() if torch.is_tensor(a) else False) for k in ("nextafter", "nextafter_")},
    "nansum": ("nansum", lambda x: x.isnan()), "nanmean": ("nansum", lambda x: x.isnan()),
    "addcdiv": ("addcdiv", lambda x, a, b: ~torch.isfinite(1 / (b * b).to(torch.float32)) | (b * b).isinf() if torch.is_tensor(b) else False),
    **{k: ("prod", lambda x: not_finite(x) or (x == 0) | (x.abs() > 1e9)) for k in ("prod", "cumprod")},
    "scaled_dot_product_attention": ("attention", not_finite), "polygamma": ("polygamma", lambda x: x.abs() > 2**24),
    "logcumsumexp": ("logcumsumexp", lambda x: True), "dist": ("dist", not_finite), "cdist": ("dist", not_finite),
    **{k: ("norms", huge) for k in ("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm", "var", "std", "normalize",
                                    "cosine_similarity")},
    **{k: ("close", close) for k in ("eq", "ne")},
    **{k: ("logaddexp", not_finite) for k in ("logaddexp", "logaddexp2")},
    "binary_cross_entropy": ("certain", lambda x, t, *rest: t.requires_grad and ((x == 0) | (x == 1))),
    **{k: ("extremum", lambda x, *rest: len(rest) == 0 and x.is_floating_point() and x.isnan()) for k in ("max", "min")},
}
MEANINGS["nextafter_"] = lambda n, a, b: a.nextafter_(b)
MEANINGS["nextafter"] = lambda n, a, b: torch.nextafter(a if torch.is_tensor(a) else torch.tensor(a), b)
for _name in ("batch_norm", "instance_norm", "group_norm", "layer_norm"):
    MEANINGS[_name] = noting_flat(_name, MEANINGS[_name])


VIEWED = ("reshape", "flatten", "view_as", "reshape_as", "unflatten")
LISTS = ("split", "chunk", "tensor_split", "unbind")


def look_back(op, y, *inputs):
    """Notes what the result of an op is like."""
    whole = y[0] if isinstance(y, (tuple, list)) and y else y
    x = next((i for i in inputs if torch.is_tensor(i)), None)
    if not torch.is_tensor(whole) or x is None:
        return
    if whole.requires_grad and whole.numel() == 0 and not op.endswith("_"):  # a stale view tells of no node
        MET.add("empty " + (whole.grad_fn.name() if whole.grad_fn else ""))
    if whole._is_view() and whole.requires_grad and not torch.is_grad_enabled():
        MET.add("view of no_grad")
    if op in ("var", "std", "var_mean", "dist", "cdist", "norm", "pairwise_distance", "cosine_similarity", "cosine_embedding_loss", "normalize",
              "triplet_margin_loss"):
        watch("norms at infinity", whole)
    if op in LISTS and not x.requires_grad and id(x._base if x._is_view() else x) in GRADIENTS:
        MET.add("list of a constant")
    if op in VIEWED and not (x._base if x._is_view() else x).is_contiguous() and whole.data_ptr() != x.data_ptr():
        MET.add("layout")
    if op == "norm" and bool(x.isnan().any()):
        MET.add("extremum")
    if op in ("norm", "pairwise_distance", "dist", "cdist", "normalize") and x.dtype == torch.float16:
        meet("short norm", whole.detach().abs() < 1e-3)


def look(op, *inputs):
    """Notes what the inputs of an op are like."""
    if op in WHAT_MEETS:
        what, condition = WHAT_MEETS[op]
        with torch.no_grad():  # or a view that a write has made stale would be refused
            meet(what, condition(*inputs))
