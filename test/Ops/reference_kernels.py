# reference_kernels.py - references of the ops that own a kernel; make_reference.py runs it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
import torch.nn.functional as F

INF, NAN = float("inf"), float("nan")


def add(tools):
    scatters(tools)
    convolutions(tools)
    sorts(tools)
    cumulations(tools)


def scatters(t):
    reduce = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}

    def one(name, mode, x, i, u, dim=0, **more):
        if mode in ("max", "min") and more.get("smooth"):
            x, u = apart(x, u)

        def function(x, u):
            if mode == "set":
                y = x.clone()
                y[(slice(None),) * dim + (i.long(),)] = u
                return y
            if mode == "add":
                at = (torch.arange(len(x))[:, None], i[None].long()) if dim else (i.long(),)
                return x.index_put(at, u, accumulate=True)
            return reduced(x, u)

        def reduced(x, u):
            shape = x.shape[:dim] + (i.numel(),) + x.shape[dim + 1:]
            index = i.long().reshape([1] * dim + [-1] + [1] * (len(x.shape) - dim - 1)).expand(shape)
            return x.scatter_reduce(dim, index, u.reshape(shape), reduce[mode])

        text = f"ag.scatter {{0}}, %i, {{1}} dim {dim} mode {mode} : ({{t0}}, {t.type_of(i)}, {{t1}}) -> {{y}}"
        values = str(i.tolist()) if i.numel() else ""
        constant = f"ag.constant dense<{values}> : {t.type_of(i)}"
        body = f"ag.reshape {{0}} : {{t0}} -> {{t0}} %i = {constant} %r_ = {text}"
        t.case("scatter", f"{mode} {name}", body, function, [x, u], result="_", **more)

    def apart(x, u):
        """Numbers that are not close to each other: finite differences must not step over ties."""
        count = x.numel() + u.numel()
        values = (torch.randperm(count, generator=t.generator).double() + 1) / (count + 1) * 2 - 0.95
        return values[:x.numel()].reshape(x.shape), values[x.numel():].reshape(u.shape)

    U = t.uniform
    L = torch.tensor
    for mode in ["add", "set", "mul", "max", "min"]:
        unique = L([3, 0, 4])
        # Where a product has one factor only, PyTorch's second gradients are the rounding of what cancels.
        more = {"second": mode != "mul"}
        one("distinct", mode, U(5), unique, U(3), smooth=True, **more)
        one("rows", mode, U(5, 2), unique, U(3, 2), smooth=True, **more)
        one("columns", mode, U(2, 5), unique, U(2, 3), dim=1, smooth=True, **more)
        one("i32", mode, U(5, 2), unique.int(), U(3, 2), smooth=True, **more)
        one("f32", mode, U(5, 9).float(), unique, U(3, 9).float(), tolerance=1e-6, **more)
        one("size 1", mode, U(1), L([0]), U(1), smooth=True)
        one("no indices", mode, U(3), L([], dtype=torch.int64), U(0), **more)
        one("empty slices", mode, U(3, 0), L([1]), U(1, 0))
        one("i64", mode, L([4, -5, 6]), L([2, 0]), L([7, -3]))
        if mode != "set":
            one("repeated", mode, U(4), L([1, 1, 3, 1]), U(4), smooth=True, **more)
            one("matrix of indices", mode, U(4, 2), L([[1, 1], [3, 0]]), U(2, 2, 2), smooth=True, **more)
    for mode in ["max", "min"]:
        one("ties", mode, L([1.0, 2.0, 2.0, 5.0]).double(), L([1, 1, 2, 0]), L([2.0, 2.0, 1.0, 1.0]).double(), second=False)
    one("one zero", "mul", L([2.0, 3.0, 4.0]).double(), L([0, 0, 1]), L([0.0, 5.0, 7.0]).double())
    one("zero in x", "mul", L([0.0, 3.0, 0.0]).double(), L([0, 0, 1]), L([2.0, 5.0, 7.0]).double())
    for d in t.COTANGENTS:
        one(f"special, cotangent {d}", "add", L([1.0, INF, NAN, 0.0]).double(), L([0, 1, 1, 2]), L([INF, -INF, 1.0, 2.0]).double(),
            cotangent=torch.full((4,), d, dtype=torch.float64), second=False)
    # Indices out of range are skipped; PyTorch refuses them.
    x, u = U(3, 2), U(3, 2)
    text = "ag.reshape {0} : {t0} -> {t0} %i = ag.constant dense<[-1, 1, 3]> : tensor<3xi64> " \
           "%r_ = ag.scatter {0}, %i, {1} dim 0 mode add : ({t0}, tensor<3xi64>, {t1}) -> {y}"
    def skipped(x, u):
        keep = torch.tensor([[0.0], [1.0], [0.0]], dtype=torch.float64)
        return x + torch.stack([u[0] * 0, u[1], u[2] * 0])
    t.case("scatter", "out of range", text, skipped, [x, u], result="_", cotangent=torch.tensor([[0.0, 0], [1, 2], [0, 0]]).double(),
           second=False)


def lists(n, **given):
    return {k: [v] * n if isinstance(v, int) else list(v) for k, v in given.items()}


def window_text(s, low, high, base, dilation, groups, flipped):
    return (f"strides {s} padding {low} x {high} dilation {base} x {dilation} groups {groups} "
            f"flipped {'true' if flipped else 'false'}")


def spread(x, base):
    """Zeros between the elements."""
    for i, n in enumerate(base):
        d = i + 2
        if n > 1 and x.shape[d] > 1:
            parts = [x] + [torch.zeros_like(x)] * (n - 1)
            x = torch.stack(parts, d + 1).flatten(d, d + 1).narrow(d, 0, (x.shape[d] - 1) * n + 1)
    return x


def convolutions(t):
    functions = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}

    def one(name, x, w, stride=1, low=0, high=None, base=1, dilation=1, groups=1, flipped=False, **more):
        n = len(x) - 2
        high = low if high is None else high
        a = lists(n, s=stride, low=low, high=high, base=base, dilation=dilation)

        def function(x, w):
            x = spread(x, a["base"])
            pads = [p for l, h in reversed(list(zip(a["low"], a["high"]))) for p in (l, h)]
            x = F.pad(x, pads)
            return functions[n](x, w.flip(list(range(2, n + 2))) if flipped else w, stride=a["s"], dilation=a["dilation"],
                                groups=groups)
        text = "ag.convolution {0}, {1} " + window_text(a["s"], a["low"], a["high"], a["base"], a["dilation"], groups, flipped) \
            + " : ({t0}, {t1}) -> {y}"
        smooth = more.pop("smooth", True)
        t.case("convolution", name, text, function, [t.uniform(*x), t.uniform(*w)], smooth=smooth, **more)

    one("1-d", (2, 2, 5), (3, 2, 3))
    one("1-d padded", (1, 1, 4), (1, 1, 3), low=1)
    one("2-d", (2, 2, 4, 5), (2, 2, 3, 2))
    one("strides", (1, 2, 5, 5), (2, 2, 2, 3), stride=(2, 2), low=1)
    one("stride beyond the window", (1, 1, 7), (1, 1, 2), stride=3)
    one("window dilation", (1, 1, 6, 6), (1, 1, 2, 2), dilation=(2, 3), low=1)
    one("base dilation", (1, 2, 3, 3), (2, 2, 3, 3), base=2, low=2)
    one("base dilation and strides", (1, 1, 5), (1, 1, 3), base=3, stride=2, low=2, high=1)
    one("base dilation and window dilation", (1, 1, 5), (1, 1, 3), base=2, dilation=2, low=3, high=2)
    one("all of them", (1, 2, 4), (2, 1, 3), base=2, dilation=3, stride=2, low=2, high=4, groups=2)
    one("groups", (2, 4, 4), (6, 2, 2), groups=2)
    one("depthwise", (2, 3, 4, 4), (3, 1, 3, 3), groups=3, low=1)
    one("1x1", (2, 3, 3, 3), (2, 3, 1, 1))
    one("1x1 with strides", (1, 2, 5, 5), (3, 2, 1, 1), stride=2)
    one("flipped", (1, 2, 4, 4), (2, 2, 2, 3), flipped=True, low=(1, 0), high=(0, 2))
    one("negative padding", (1, 1, 6), (1, 1, 2), low=-1, high=-2)
    one("3-d", (1, 2, 3, 3, 3), (2, 2, 2, 2, 2), stride=(1, 2, 1), low=(0, 1, 0))
    one("size 1", (1, 1, 1), (1, 1, 1))
    one("no images", (0, 2, 4), (3, 2, 2), smooth=False, second=False)
    t.case("convolution", "f32", "ag.convolution {0}, {1} " + window_text([1, 1], [1, 1], [1, 1], [1, 1], [1, 1], 1, False) +
           " : ({t0}, {t1}) -> {y}", lambda x, w: F.conv2d(x, w, padding=1),
           [t.uniform(2, 3, 5, 5).float(), t.uniform(4, 3, 3, 3).float()], tolerance=1e-3)
    t.case("convolution", "i64", "ag.convolution {0}, {1} " + window_text([1], [0], [0], [1], [1], 1, False) +
           " : ({t0}, {t1}) -> {y}", F.conv1d, [torch.tensor([[[1, -2, 3, 4]]]), torch.tensor([[[5, 6]]])])
    special = torch.tensor([[[1.0, INF, 0.0, NAN, 2.0, 3.0]]]).double()
    t.case("convolution", "special values", "ag.convolution {0}, {1} " + window_text([1], [0], [0], [1], [1], 1, False) +
           " : ({t0}, {t1}) -> {y}", F.conv1d, [special, torch.tensor([[[2.0, 3.0]]]).double()], second=False,
           cotangent=torch.ones(1, 1, 5).double())
    weight(t, functions)


def weight(t, functions):
    def one(name, x, w, stride=1, low=0, base=1, dilation=1, groups=1, flipped=False):
        n = len(x) - 2
        a = lists(n, s=stride, low=low, base=base, dilation=dilation)
        pads = [p for l in reversed(a["low"]) for p in (l, l)]

        def forward(x, k):
            k = k.flip(list(range(2, n + 2))) if flipped else k
            return functions[n](F.pad(spread(x, a["base"]), pads), k, stride=a["s"], dilation=a["dilation"], groups=groups)
        shape = forward(t.uniform(*x), t.uniform(*w)).shape

        def function(x, d):
            k = torch.zeros(w, dtype=x.dtype, requires_grad=True)
            return torch.autograd.grad(forward(x, k), k, d, create_graph=True)[0]
        text = f"ag.convolution_weight {{0}}, {{1}} window {list(w[2:])} " + \
            window_text(a["s"], a["low"], a["low"], a["base"], a["dilation"], groups, flipped) + " : ({t0}, {t1}) -> {y}"
        t.case("convolution_weight", name, text, function, [t.uniform(*x), t.uniform(*shape)], smooth=True)

    one("1-d", (2, 2, 5), (3, 2, 3))
    one("2-d", (2, 2, 4, 5), (2, 2, 3, 2), low=1)
    one("strides", (1, 2, 5, 5), (2, 2, 2, 3), stride=2, low=1)
    one("dilations", (1, 1, 5), (1, 1, 3), base=2, dilation=3, low=3)
    one("groups", (2, 4, 4), (6, 2, 2), groups=2)
    one("depthwise", (2, 3, 4, 4), (3, 1, 3, 3), groups=3, low=1)
    one("flipped", (1, 2, 4), (2, 2, 3), flipped=True, low=1)
    one("3-d", (1, 1, 3, 3, 3), (2, 1, 2, 2, 2))


def sorts(t):
    def one(name, x, dim=0, descending=False, **more):
        text = f"ag.sort {{0}} dim {dim} descending {'true' if descending else 'false'} : {{t0}} -> {{t0}}, " + \
            t.type_of(x.long())
        run = lambda x, r: torch.sort(x, dim=dim, descending=descending, stable=True)[r]
        t.case("sort", name, text, lambda x: run(x, 0), [x], result="#0", **more)
        t.case("sort", name + ", indices", text, lambda x: run(x, 1), [x], result="#1")
    for descending in [False, True]:
        word = " down" if descending else ""
        one("vector" + word, t.uniform(7), descending=descending, smooth=True)
        one("rows" + word, t.uniform(3, 4), dim=1, descending=descending, smooth=True)
        one("columns" + word, t.uniform(3, 4), dim=0, descending=descending, smooth=True)
        one("middle" + word, t.uniform(2, 5, 3), dim=1, descending=descending, smooth=True)
        one("ties" + word, torch.tensor([2.0, 1, 2, 1, 3, 2, 1]).double(), descending=descending)
        one("special" + word, torch.tensor([1.0, NAN, -INF, INF, 0.0, -0.0, NAN, -1.0]).double(), descending=descending)
        one("i64" + word, torch.tensor([[5, -3, 5], [0, 9, -3]]), dim=1, descending=descending)
        one("bool" + word, torch.tensor([True, False, True, False]), descending=descending)
        one("f32" + word, t.uniform(33).float(), descending=descending, tolerance=1e-6)
    one("size 1", t.uniform(3, 1), dim=1, smooth=True)
    one("empty", t.uniform(0))
    one("empty rows", t.uniform(2, 0), dim=1)


def cumulations(t):
    def one(name, kind, function, x, dim=0, reverse=False, **more):
        text = f"ag.cumulative {{0}} dim {dim} kind {kind} reverse {'true' if reverse else 'false'} : {{y}}"
        wrapped = (lambda x: function(x.flip(dim), dim).flip(dim)) if reverse else lambda x: function(x, dim)
        t.case("cumulative", f"{kind} {name}", text, wrapped, [x], **more)
    functions = {"sum": torch.cumsum, "prod": torch.cumprod, "max": lambda x, d: torch.cummax(x, d)[0],
                 "min": lambda x, d: torch.cummin(x, d)[0], "logaddexp": torch.logcumsumexp}
    for kind, function in functions.items():
        for reverse in [False, True]:
            word = " reversed" if reverse else ""
            one("vector" + word, kind, function, t.uniform(6), reverse=reverse, smooth=True)
            one("rows" + word, kind, function, t.uniform(3, 4), dim=1, reverse=reverse, smooth=True)
            one("columns" + word, kind, function, t.uniform(4, 3), dim=0, reverse=reverse, smooth=True)
        one("f32", kind, function, t.uniform(3, 9).float(), dim=1, tolerance=1e-3, second=False)
        one("size 1", kind, function, t.uniform(2, 1), dim=1, smooth=True, second=kind != "logaddexp")
        one("empty", kind, function, t.uniform(0))
        if kind != "logaddexp":
            one("i64", kind, function, torch.tensor([[3, -4, 5], [1, 1, -2]]), dim=1)
    for kind in ["max", "min"]:
        one("ties", kind, functions[kind], torch.tensor([1.0, 2, 2, 1, 3, 3, 0]).double())
        one("special", kind, functions[kind], torch.tensor([0.0, -0.0, 1.0, -INF, INF, NAN, 2.0, NAN]).double(), second=False)
    for zeros in [[2.0, 0.0, 3.0, 4.0], [0.0, 2.0, 3.0, 0.0], [0.0, 0.0, 1.0, 2.0], [0.0]]:
        one(f"{zeros}", "prod", torch.cumprod, torch.tensor(zeros).double())
    one("special", "sum", torch.cumsum, torch.tensor([1.0, INF, -INF, 2.0]).double(), second=False)
    one("large", "logaddexp", torch.logcumsumexp, torch.tensor([800.0, -800.0, 799.0, 0.0]).double(), second=False)
    recurrences(t)


def recurrences(t):
    def run(a, x, dim, reverse):
        if reverse:
            return run(a.flip(dim), x.flip(dim), dim, False).flip(dim)
        out = []
        for p, q in zip(a.unbind(dim), x.unbind(dim)):
            out.append(q if not out else p * out[-1] + q)
        return torch.stack(out, dim)
    for shape, dim in [((5,), 0), ((3, 4), 1), ((4, 3), 0), ((2, 1), 1)]:
        for reverse in [False, True]:
            text = f"ag.recurrence {{0}}, {{1}} dim {dim} reverse {'true' if reverse else 'false'} : {{y}}"
            t.case("recurrence", f"{shape} {dim} {reverse}", text, lambda a, x: run(a, x, dim, reverse),
                   [t.uniform(*shape), t.uniform(*shape)], smooth=True)
    text = "ag.recurrence {0}, {1} dim 0 reverse false : {y}"
    t.case("recurrence", "f32", text, lambda a, x: run(a, x, 0, False), [t.uniform(9).float(), t.uniform(9).float()],
           tolerance=1e-3)
    t.case("recurrence", "empty", text, lambda a, x: a + x, [t.uniform(0), t.uniform(0)], second=False)
