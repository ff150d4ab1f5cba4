#!/usr/bin/env python3
"""What the ops of graph JSON mean in PyTorch, and how random calls of them look.

An op without attributes needs no entry where torch has a function of its name (or ALIASES knows one): `gradc ops` tells
how many operands it takes. All others are in MEANINGS, and in DRAWS when programs shall use them.
"""
import torch
import torch.nn.functional as F

import torch_layers

DTYPES = {"f32": torch.float32, "f64": torch.float64, "f16": torch.float16, "bf16": torch.bfloat16,
          "i8": torch.int8, "i16": torch.int16, "i32": torch.int32, "i64": torch.int64, "u8": torch.uint8,
          "bool": torch.bool}
ALIASES = {"square": torch.square}
CREATIONS = ("tensor", "full", "zeros", "ones", "arange", "randn", "rand", "randint", "randperm")


def create(n):
    dtype = DTYPES[n["dtype"]] if "dtype" in n else None
    shape = n.get("shape")
    number = lambda x: float(x) if isinstance(x, str) else [number(e) for e in x] if isinstance(x, list) else x
    t = {
        "tensor": lambda: torch.tensor(number(n["value"]), dtype=dtype),
        "full": lambda: torch.full(shape, number(n["value"]), dtype=dtype),
        "zeros": lambda: torch.zeros(shape, dtype=dtype),
        "ones": lambda: torch.ones(shape, dtype=dtype),
        "arange": lambda: torch.arange(n.get("start", 0), n["end"], n.get("step", 1), dtype=dtype),
        "randn": lambda: torch.randn(shape, dtype=dtype),
        "rand": lambda: torch.rand(shape, dtype=dtype),
        "randint": lambda: torch.randint(n.get("low", 0), n["high"], shape),
        "randperm": lambda: torch.randperm(n["n"]),
    }[n["op"]]()
    return t.requires_grad_() if n.get("requires_grad") else t


def reduction(name):
    def meaning(n, x):
        if "dim" in n:
            return getattr(torch, name)(x, dim=n["dim"], keepdim=n.get("keepdim", False))
        return getattr(torch, name)(x)
    return meaning


def slice_(n, x):
    index = [slice(None)] * x.dim()
    index[n.get("dim", 0)] = slice(n.get("start"), n.get("end"), n.get("step"))
    return x[tuple(index)]


MEANINGS = {
    **torch_layers.MEANINGS,
    "where": lambda n, *i: torch.where(*i),
    "cast": lambda n, x: x.to(DTYPES[n["dtype"]]),
    "matmul": lambda n, a, b: a @ b,
    "linear": lambda n, *i: F.linear(*i),
    "reshape": lambda n, x: x.reshape(n["shape"]),
    "transpose": lambda n, x: x.transpose(n["dim0"], n["dim1"]),
    "permute": lambda n, x: x.permute(n["dims"]),
    "expand": lambda n, x: x.expand(n["shape"]),
    "unsqueeze": lambda n, x: x.unsqueeze(n["dim"]),
    "squeeze": lambda n, x: x.squeeze(n["dim"]) if "dim" in n else x.squeeze(),
    "flatten": lambda n, x: x.flatten(n.get("start_dim", 0), n.get("end_dim", -1)),
    "t": lambda n, x: x.t(),
    "cat": lambda n, *i: torch.cat(i, n.get("dim", 0)),
    "slice": slice_,
    "detach": lambda n, x: x.detach(),
    "to_host": lambda n, x: x.cpu(),
    "requires_grad_": lambda n, x: x.requires_grad_(n.get("value", True)),
    **{name: reduction(name) for name in ("sum", "mean", "amax", "amin")},
}


def known(op):
    if op.endswith("_"):
        return hasattr(torch.Tensor, op) or hasattr(F, op)
    return op in MEANINGS or op in ALIASES or hasattr(torch, op) or hasattr(F, op)


def number_before(x, *others):
    """A number before tensors has the weight of a tensor without dims; less than that where they have none, either."""
    for t in others:
        if torch.is_tensor(t) and t.dim() == 0 and type(x) is not bool and (t.is_floating_point() or type(x) is int):
            return torch.tensor(x, dtype=t.dtype) if t.dtype != torch.bool else torch.tensor(x)
    return torch.tensor(x)


def call(op, n, inputs):
    """The value of a node that is neither a creation, a statement nor control."""
    torch_layers.look(op, *inputs)
    y = value_of(op, n, inputs)
    torch_layers.look_back(op, y, *inputs)
    return y


def value_of(op, n, inputs):
    if op in MEANINGS:
        return MEANINGS[op](n, *inputs)
    if op.endswith("_"):
        return getattr(inputs[0], op)(*inputs[1:]) if hasattr(inputs[0], op) else getattr(F, op)(*inputs)
    inputs = [x if torch.is_tensor(x) or k else number_before(x, *inputs[1:]) for k, x in enumerate(inputs)]
    function = ALIASES.get(op) or getattr(torch, op, None) or getattr(F, op)
    return function(*inputs)


# ---- random calls: draw(r, x) gives the attributes of a call on the operand x, or None ----

def dim_of(r, x):
    return r.randrange(-x.dim(), x.dim()) if x.dim() else None


def some_dims(r, x):
    if not x.dim() or r.random() < 0.25:
        return {}
    dims = r.sample(range(x.dim()), r.randint(1, x.dim()))
    return {"dim": dims if len(dims) > 1 or r.random() < 0.5 else dims[0], "keepdim": r.random() < 0.5}


def extremum(r, x):
    return some_dims(r, x) if x.numel() else None


def reshape_to(r, x):
    n = x.numel()
    if n == 0:
        return {"shape": [0]}
    divisors = [d for d in range(1, n + 1) if n % d == 0]
    d = r.choice(divisors)
    return {"shape": r.choice([[n], [-1], [d, n // d], [d, -1], [1, n], [*x.shape, 1]])}


def slice_of(r, x):
    if not x.dim():
        return None
    d = r.randrange(x.dim())
    n = x.shape[d]
    start = r.randrange(n + 1) if n else 0
    end = r.randint(start, n) if r.random() < 0.3 else n
    out = {"dim": d, "start": start if r.random() < 0.8 or not start else start - n, "end": end}
    if r.random() < 0.2:
        out["step"] = r.randint(1, 3)
    return out


def expand_of(r, x):
    if r.random() < 0.5:
        return {"shape": [r.choice((1, 2, 3)), *x.shape]}
    return {"shape": [r.choice((2, 3)) if s == 1 else r.choice((s, -1)) for s in x.shape]}


def swap(r, x):
    return {"dim0": dim_of(r, x), "dim1": dim_of(r, x)} if x.dim() else None


def shuffle(r, x):
    return {"dims": r.sample(range(x.dim()), x.dim())} if x.dim() else None


def squeeze_of(r, x):
    if not x.dim() or r.random() < 0.3:
        return {}
    return {"dim": dim_of(r, x)}


def pad_of(r, x):
    if not x.dim():
        return None
    dims = r.randint(1, x.dim())
    low = -1 if r.random() < 0.2 and min(x.shape) > 2 else 0
    return {"pad": [r.randint(low, 2) for _ in range(2 * dims)], "value": r.choice((0, 1, -0.5))}


def cast_of(r, x):
    return {"dtype": r.choice(("f32", "f64", "i64", "i32", "bool") if r.random() < 0.5 else ("f32", "f64"))}


DRAWS = {
    "sum": some_dims, "mean": some_dims, "amax": extremum, "amin": extremum,
    "reshape": reshape_to, "slice": slice_of, "expand": expand_of, "transpose": swap, "permute": shuffle,
    "squeeze": squeeze_of, "pad": pad_of, "cast": cast_of,
    "unsqueeze": lambda r, x: {"dim": r.randint(-x.dim() - 1, x.dim())},
    "flatten": lambda r, x: {},
    "t": lambda r, x: {} if x.dim() <= 2 else None,
    "detach": lambda r, x: {},
    "cat": lambda r, x: {"dim": dim_of(r, x)} if x.dim() else None,
    "matmul": lambda r, x: {} if x.dim() else None,
    "linear": lambda r, x: {} if x.dim() else None,
}
