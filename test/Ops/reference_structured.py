# reference_structured.py - cases of the ops of AgStructuredOps.td for make_reference.py.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import itertools

import torch
import torch.nn.functional as F


def add(m):
    rows(m)
    products(m)
    windows(m)
    indexing(m)


INF, NAN = float("inf"), float("nan")
# Rows with what softmax, its logarithm and sums of exponentials make special.
ROWS = [[-INF, -INF, -INF], [INF, 1.0, 2.0], [INF, INF, 0.0], [NAN, 1.0, 2.0], [-INF, 1.0, 2.0],
        [-INF, INF, 0.0], [800.0, -800.0, 0.0], [1000.0, 1000.0, 999.0], [0.0, -0.0, 5e-324], [3.0, 3.0, 3.0]]


def softmax_over(x, dims, function):
    """`function` of (flat rows, dim) where PyTorch's takes one dim only."""
    if not dims:
        return function(x.unsqueeze(-1), -1).squeeze(-1)
    rest = [d for d in range(x.dim()) if d not in dims]
    moved = x.permute(rest + list(dims))
    shape = moved.shape
    flat = moved.reshape(*[shape[i] for i in range(len(rest))], -1) if x.numel() else moved.flatten(len(rest))
    y = function(flat, -1).reshape(shape)
    order = rest + list(dims)
    return y.permute([order.index(d) for d in range(x.dim())])


def normalized(x, dims, eps):
    if not dims:
        return (x - x) / torch.sqrt((x - x) ** 2 + eps)
    mean = x.mean(dim=dims, keepdim=True)
    variance = ((x - mean) ** 2).mean(dim=dims, keepdim=True)
    return (x - mean) / torch.sqrt(variance + eps)


def rms_normalized(x, dims, eps):
    return x / torch.sqrt((x * x).mean(dim=dims, keepdim=True) + eps)


def rows(m):
    shapes = [((4,), [0]), ((2, 3), [0]), ((2, 3), [1]), ((2, 3), [0, 1]), ((2, 3, 4), [1]), ((2, 3, 4), [0, 2]),
              ((1, 5), [0]), ((3, 1), [1])]
    functions = {
        "softmax": lambda x, dims: softmax_over(x, dims, torch.softmax),
        "log_softmax": lambda x, dims: softmax_over(x, dims, torch.log_softmax),
        "logsumexp": lambda x, dims: torch.logsumexp(x, dims) if dims else x * 1,
        "normalize": lambda x, dims: normalized(x, dims, 0.1),
        "rms_normalize": lambda x, dims: rms_normalized(x, dims, 0.1),
    }
    for op, function in functions.items():
        reduces = op == "logsumexp"
        eps = " eps 0.1" if "normalize" in op else ""
        text = lambda dims: f"ag.{op} {{0}} dims {dims}{eps} : " + ("{t0} -> {y}" if reduces else "{y}")
        for shape, dims in shapes:
            m.case(op, f"{shape} over {dims}", text(dims), lambda x: function(x, dims), [m.uniform(*shape, low=-2, high=2)],
                   smooth=True)
        for shape in [(0, 3), (2, 0)]:
            m.case(op, f"empty {shape}", text([1]), lambda x: function(x, [1]), [m.uniform(*shape)])
        m.case(op, "f32", text([1]), lambda x: function(x, [1]), [m.uniform(3, 9).float()], tolerance=1e-5)
        if "normalize" in op:
            m.case(op, "constant rows", text([1]), lambda x: function(x, [1]),
                   [m.column([[2.0, 2.0], [0.0, 0.0], [1e-9, -1e-9]])])
            continue
        for row in ROWS:
            m.case(op, f"row {row}", text([0]), lambda x: function(x, [0]), [m.column(row)], second=False)


def products(m):
    text = lambda dims: f"ag.reduce_prod {{0}} dims {dims} : {{t0}} -> {{y}}"

    def prod(x, dims):
        for d in reversed(dims):
            x = x.prod(d)
        return x * 1
    for shape, dims in [((4,), [0]), ((2, 3), [0]), ((2, 3), [1]), ((2, 3), [0, 1]), ((2, 3, 4), [0, 2]), ((3, 1), [1])]:
        m.case("reduce_prod", f"{shape} over {dims}", text(dims), lambda x: prod(x, dims), [m.uniform(*shape, low=0.5, high=2)],
               smooth=True)
    for row in [[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [2.0, -3.0, 4.0]]:
        m.case("reduce_prod", f"row {row}", text([0]), lambda x: prod(x, [0]), [m.column(row)])
    m.case("reduce_prod", "rows with and without zeros", text([1]), lambda x: prod(x, [1]),
           [m.column([[1.0, 2.0, -3.0], [0.0, 2.0, 5.0], [0.0, -4.0, 0.0], [2.0, 2.0, 0.5]])])
    for row in [[INF, 2.0, 3.0], [INF, INF, 1.0], [NAN, 2.0, 1.0], [1e300, 1e300, 1e-300]]:
        m.case("reduce_prod", f"row {row}", text([0]), lambda x: prod(x, [0]), [m.column(row)], second=False)
    m.case("reduce_prod", "i64", text([1]), lambda x: prod(x, [1]), [torch.tensor([[1, -5, 3], [7, 0, -9]])])
    m.case("reduce_prod", "nothing", text([1]), lambda x: prod(x, [1]), [m.uniform(2, 0)])
    m.case("reduce_prod", "no rows", text([1]), lambda x: prod(x, [1]), [m.uniform(0, 3)])
    m.case("reduce_prod", "f32", text([1]), lambda x: prod(x, [1]), [m.uniform(3, 9, low=0.5, high=2).float()], tolerance=1e-5)


def window_sums(x, sizes, strides, low, high, base, dilation):
    """The definition, one window after another."""
    spread = x
    for d, b in enumerate(base):
        n = spread.shape[d]
        if b > 1 and n:
            spread = torch.stack([spread] + [torch.zeros_like(spread)] * (b - 1), d + 1).flatten(d, d + 1)
            spread = spread.narrow(d, 0, (n - 1) * b + 1)
    pads = [p for d in reversed(range(x.dim())) for p in (low[d], high[d])]
    padded = F.pad(spread, pads)
    shape = [max(0, (n - (k - 1) * w - 1) // s + 1) for n, k, s, w in zip(padded.shape, sizes, strides, dilation)]
    places = itertools.product(*[range(n) for n in shape])
    sums = [padded[tuple(slice(o * s, o * s + (k - 1) * w + 1, w) for o, s, k, w in zip(p, strides, sizes, dilation))].sum()
            for p in places]
    return torch.stack(sums).reshape(shape) if sums else padded.sum() * torch.zeros(shape, dtype=x.dtype)


def windows(m):
    for shape, sizes, strides, low, high, base, dilation in [
            ((6,), [3], [1], [0], [0], [1], [1]), ((6,), [2], [2], [1], [1], [1], [1]),
            ((5,), [2], [3], [2], [0], [2], [1]), ((7,), [3], [1], [-1], [-2], [1], [1]),
            ((6,), [2], [1], [0], [0], [1], [3]), ((3, 4), [2, 2], [1, 2], [1, 0], [0, 1], [1, 1], [1, 1]),
            ((2, 3, 4), [1, 2, 2], [1, 1, 2], [0, 1, 0], [0, 1, 0], [1, 1, 1], [1, 2, 1]),
            ((3, 3), [1, 1], [2, 1], [0, 0], [0, 0], [1, 2], [1, 1]), ((2,), [5], [1], [0], [0], [1], [1]),
            ((5,), [2], [2], [0], [0], [1], [1])]:
        text = (f"ag.reduce_window {{0}} sizes {sizes} strides {strides} low {low} high {high} base_dilation {base} "
                f"window_dilation {dilation} : {{t0}} -> {{y}}")
        function = lambda x: window_sums(x, sizes, strides, low, high, base, dilation)
        x = m.uniform(*shape)
        m.case("reduce_window", f"{shape} {sizes} {strides} {low} {high} {base} {dilation}", text, function, [x],
               smooth=function(x).numel() > 0)
    one = "ag.reduce_window {0} sizes [2] strides [1] low [1] high [1] base_dilation [1] window_dilation [1] : {t0} -> {y}"
    m.case("reduce_window", "i64", one, lambda x: window_sums(x, [2], [1], [1], [1], [1], [1]), [torch.tensor([1, -2, 3])])
    m.case("reduce_window", "empty", one, lambda x: window_sums(x, [2], [1], [1], [1], [1], [1]), [m.uniform(0)])
    argmaxes(m)


def argmaxes(m):
    pools = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
    special = torch.tensor([[1, NAN, 3, NAN, NAN, 2], [-INF, -INF, -INF, -INF, 1, 1], [0.0, -0.0, 0, 0, INF, INF]],
                           dtype=torch.float64)
    for name, x, sizes, strides, pad, dilation in [
            ("1d", m.uniform(2, 3, 8), [3], [2], [1], [1]), ("special", special[None], [3], [1], [1], [1]),
            ("wide windows", special[None], [4], [2], [2], [1]), ("dilated", special[None], [2], [1], [0], [2]),
            ("2d", m.uniform(1, 2, 5, 6), [2, 3], [2, 2], [1, 1], [1, 1]),
            ("3d", m.uniform(1, 1, 3, 4, 3), [2, 2, 2], [1, 2, 1], [1, 0, 1], [1, 1, 1]),
            ("ties", torch.tensor([[[2, 2, 1, 2, 2, 3.0]]], dtype=torch.float64), [2], [1], [0], [1])]:
        text = (f"ag.window_argmax {{0}} sizes {sizes} strides {strides} low {pad} high {pad} window_dilation {dilation} : "
                "{t0} -> {y}")
        m.case("window_argmax", name, text,
               lambda x: pools[len(sizes)](x, sizes, strides, pad, dilation, return_indices=True)[1], [x])
    text = "ag.window_argmax {0} sizes [2] strides [2] low [0] high [0] window_dilation [1] : {t0} -> {y}"
    m.case("window_argmax", "i64", text, lambda x: torch.tensor([[0, 3]]), [torch.tensor([[5, 5, -7, -6]])])


def indexing(m):
    for shape, dims in [((3,), [0]), ((2, 3), [0, 1]), ((2, 3, 4), [1]), ((), []), ((1, 3), [0]), ((0, 3), [1])]:
        m.case("reverse", f"{shape} along {dims}", f"ag.reverse {{0}} dims {dims} : {{t0}}", lambda x: torch.flip(x, dims),
               [m.uniform(*shape)], smooth=0 not in shape)
    m.case("reverse", "bool", "ag.reverse {0} dims [0] : {t0}", lambda x: torch.flip(x, [0]), [torch.tensor([True, False, False])])
    gather(m)


def gather(m):
    def taken(x, i, dim):
        return torch.index_select(x, dim, i.reshape(-1)).reshape(x.shape[:dim] + i.shape + x.shape[dim + 1:])
    for shape, index, dim in [((5, 3), [4, 0, 0], 0), ((2, 3), [1, 1, 2, 0], 1), ((2, 3, 4), [[0, 2], [2, 1]], 1), ((4,), 3, 0),
                              ((3, 2), [], 0), ((0, 3), [2, 0], 1), ((4,), [[1]], 0)]:
        i = torch.tensor(index, dtype=torch.int64)
        text = f"ag.gather {{0}}, {{1}} dim {dim} : ({{t0}}, {{t1}}) -> {{y}}"
        m.case("gather", f"{shape} at {index} along {dim}", text, lambda x, i: taken(x, i, dim), [m.uniform(*shape), i],
               smooth=0 not in shape and index != [])
    text = "ag.gather {0}, {1} dim 0 : ({t0}, {t1}) -> {y}"
    whole = torch.tensor([10, 20, 30])
    m.case("gather", "of i64 by i32", text, lambda x, i: x[i.long()], [whole, torch.tensor([2, 0], dtype=torch.int32)])
    m.case("gather", "out of range", text, lambda x, i: x[i.clamp(0, 2)], [whole, torch.tensor([-1, 3, 2**40, -2**40])])
    m.case("gather", "of bools", text, lambda x, i: x[i], [torch.tensor([True, False]), torch.tensor([1, 0, 0])])
