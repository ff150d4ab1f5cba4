#!/usr/bin/env python3
"""Runs PyTorch with noise at every rounded result: shows how far a result can be trusted."""
import math

import torch
from torch.utils._python_dispatch import TorchDispatchMode


# Ops that round nothing, or draw.
SILENT = ("clone", "copy", "empty", "detach", "fill", "zero", "item", "alias", "rand", "normal", "uniform", "lift", "arange")


# Ops that subtract what they rounded within: trusted as far as rounded operands move them.
TIES = ("nll_loss_forward", "nll_loss2d_forward", "_log_softmax", "amin", "amax", "min", "max", "aminmax", "minimum", "maximum", "fmin", "fmax", "clamp", "clamp_min", "clamp_max")
INWARD = ("_norm", "aten::norm", "dist", "var", "std", "polygamma", "digamma")
# Sums, which cancel by what rounding did to their terms; trusted where they are exact.
SUMS = ("aten::sum", "aten::nansum", "aten::mean", "aten::mm", "aten::bmm", "aten::addmm", "aten::baddbmm", "aten::addbmm", "aten::dot", "aten::mv", "aten::addmv",
        "aten::convolution", "aten::cumsum", "aten::logsumexp", "aten::linalg_vector_norm")
PLAIN_SUMS = ("aten::sum", "aten::nansum", "aten::mean", "aten::cumsum", "aten::logsumexp", "aten::linalg_vector_norm")
# Ops that compute in the dtypes of their operands.
MIXED = ("aten::binary_cross_entropy_with_logits",)
# The distance between denormal numbers.
LEAST = {torch.float32: 2.0**-149, torch.float64: 2.0**-1074}
# Ops that show the sign of a NaN, which no standard fixes: of their first and second operand.
SIGNS = ("signbit", "copysign")
# Derivatives whose value at NaN is this in PyTorch's vectors, and the cotangent in what is left of them (NaN for logit).
TORN = {"aten::hardtanh_backward": 0.0, "aten::hardshrink_backward": 0.0, "aten::softshrink_backward": 0.0,
        "aten::hardswish_backward": math.nan, "aten::elu_backward": math.nan, "aten::logit_backward": 0.0}


# Remainders, whose quotients overflow in PyTorch's vectors only: then they are NaN there. So are those by denormal numbers.
QUOTIENTS = ("aten::fmod", "aten::fmod_", "aten::remainder", "aten::remainder_")
# Sums of a scaled input and a scaled product: whether a factor of 0 leaves out what is not finite depends on dtype and size.
SCALED = ("aten::addmm", "aten::addmv", "aten::addr", "aten::baddbmm", "aten::addbmm")


def not_finite(*tensors):
    return any(torch.is_tensor(t) and t.is_floating_point() and not bool(t.isfinite().all()) for t in tensors)


def torn_remainders(x, y):
    """Where PyTorch's vectors have another remainder than what is left of them."""
    if not x.is_floating_point():
        return None
    tiny, y = torch.finfo(x.dtype).tiny, torch.as_tensor(y, dtype=x.dtype)
    return ((x / y).isinf() & x.isfinite() | (y.abs() < tiny)) & (y != 0)


def torn_channels(weights, groups, split):
    """Which channels meet weights that are not finite, and so zeros of a padding or a hole times them, as (1, channels)."""
    bad = ~weights.isfinite()
    if split:  # channels of the second dim of each group of the first
        bad = bad.reshape(groups, -1, *bad.shape[1:]).transpose(1, 2).flatten(0, 1)
    return bad.flatten(1).any(1)[None]


def huge(a):
    """Products of its finite numbers overflow."""
    return bool((a.isfinite() & (a.abs() > torch.finfo(a.dtype).max ** 0.5)).any())


class Noise(TorchDispatchMode):
    """Moves every rounded result by a few units in the last place: shows how far a result can be trusted.

    What the other precision computes equally is exact, and stays.
    """

    # PyTorch's polygamma(1) is good to 3e-10 in f64; docs/numbers.md tells what gradc's is.
    COARSE = {"aten::polygamma": 2.0**-30}
    STEP = {torch.float32: 2.0**-22, torch.float64: 2.0**-51, torch.float16: 2.0**-10, torch.bfloat16: 2.0**-7}
    OTHER = {torch.float64: torch.float32}

    def __init__(self, seed, exact=True):
        super().__init__()
        self.seed, self.r = seed, torch.Generator().manual_seed(seed)
        self.exact = exact  # what the other precision computes equally stays

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = func.name()
        in_place = name.split("::")[1].split(".")[0].endswith("_")
        before = [a.clone() if torch.is_tensor(a) else a for a in args] if in_place else args
        if any(part in name for part in INWARD) and not in_place:
            args = [self.nudged(a) for a in args]
        if "prod" in name and not in_place:
            args = [self.shaken(a) for a in args]
        for at, part in enumerate(SIGNS):
            if part in name and torch.is_tensor(args[at]) and args[at].is_floating_point():
                args = list(args)
                x = args[at].float() if part == "signbit" else args[at]  # a NaN of bf16 keeps its sign when it is negated
                args[at] = torch.where(torch.isnan(x), -x, x)
        out = func(*args, **kwargs)
        plain = name.split(".")[0]
        out = self.special(plain, func, before, args, kwargs, out)
        if plain in SUMS and torch.is_tensor(out):
            out = self.sum(plain, func, args, kwargs, out)
        if func.is_view or any(part in name for part in SILENT):
            return out
        weights = [a for a in args[1:] if torch.is_tensor(a) and a.is_floating_point()]
        if "_norm" in name and any(huge(a) or not bool(a.isfinite().all()) for a in weights):
            out = self.overflowing(out)
        for y in out if isinstance(out, (tuple, list)) else (out,):
            if torch.is_tensor(y) and y.dtype in self.STEP and y.numel() and not y._is_zerotensor():
                self.move(func, before, kwargs, y, single=y is out)
        return out

    def special(self, plain, func, before, args, kwargs, out):
        """What is not the same in PyTorch's vectors and what is left of them, or depends on sizes."""
        if plain in TORN:
            x, d = (args[5], args[0] * args[2]) if plain == "aten::elu_backward" else args[1::-1]
            d = torch.full_like(out, math.nan) if plain == "aten::logit_backward" else d
            if plain != "aten::logit_backward" or (len(args) > 2 and args[2] is not None):
                out = torch.where(torch.isnan(x), d if self.seed % 2 else TORN[plain], out)
        if plain == "aten::gelu":  # NaN at infinity in PyTorch's vectors only
            out = torch.where(args[0] == math.inf, math.nan if self.seed % 2 else math.inf, out)
        if plain in QUOTIENTS and (torn := torn_remainders(before[0], args[1])) is not None:
            out.copy_(self.torn(torn, out))
        if plain.startswith("aten::convolution"):
            out = self.convolved(plain, args, out)
        if plain in SCALED:
            out = self.left_out(func, args, kwargs, out)
        return out

    def sum(self, plain, func, args, kwargs, out):
        moved = func(*[[self.nudged(b) for b in a] if isinstance(a, list) else self.nudged(a) for a in args], **kwargs)
        if self.exact:
            moved = torch.where(self.is_exact(func, args, kwargs, out), out, moved)
        tensors = [a for a in args if torch.is_tensor(a) and a.is_floating_point()]
        # It overflows, or terms of it do: to what, their order decides, and whether products are rounded.
        if all(bool(a.isfinite().all()) for a in tensors) or (plain not in PLAIN_SUMS and any(huge(a) for a in tensors)):
            out = torch.where(torch.isfinite(out), out, math.nan if self.seed % 2 else 0.0)
        out = torch.where(torch.isfinite(out) & torch.isfinite(moved), moved, out)
        if self.seed % 2:  # of zeros: 0 and -0 are equal
            out = torch.where(out == 0, -out, out)
        return out

    def torn(self, where, out):
        """NaN in some runs, numbers in others."""
        return torch.where(where, math.nan, out) if self.seed % 2 else torch.where(where & out.isnan(), 0.0, out)

    def left_out(self, func, args, kwargs, out):
        """What a factor of 0 leaves out in some runs; in others it makes NaN of what is not finite."""
        zero = [kwargs.get(factor, 1) == 0 and not_finite(*part) for factor, part in (("beta", args[:1]), ("alpha", args[1:3]))]
        if not any(zero):
            return out
        if self.seed % 2:
            return torch.full_like(out, math.nan)
        return func(*[torch.zeros_like(a) if zero[k > 0] else a for k, a in enumerate(args[:3])], *args[3:], **kwargs)

    def convolved(self, name, args, out):
        """Zeros of paddings and holes count here, in PyTorch only for some sizes: what they make of weights that are not finite."""
        x, w = args[:2] if name == "aten::convolution" else args[1:3]
        transposed, groups = (args[6], args[8]) if name == "aten::convolution" else (args[7], args[9])
        spread = lambda mask, y: mask.reshape(1, -1, *[1] * (y.dim() - 2)).expand(y.shape)
        if name == "aten::convolution":
            if not not_finite(w) or not (transposed or any(args[4])):
                return out
            return self.torn(spread(torn_channels(w, groups, transposed), out), out)
        dx, dw, db = out
        if dx is not None and not_finite(w):
            dx = self.torn(spread(torn_channels(w, groups, not transposed), dx), dx)
        if dw is not None and not_finite(args[0], x):
            dw = self.torn(torch.ones_like(dw, dtype=torch.bool), dw)
        return dx, dw, db

    def overflowing(self, out):
        """A norm with huge or infinite weights: what becomes of it the steps of its formula decide."""
        if isinstance(out, (tuple, list)):
            return type(out)(self.overflowing(y) for y in out)
        if not torch.is_tensor(out) or out.dtype not in self.STEP:
            return out
        return torch.where(out.isfinite(), out, math.nan if self.seed % 2 else 0.0)

    def nudged(self, a):
        if not torch.is_tensor(a) or a.dtype not in self.STEP or not a.numel():
            return a
        if bool((a.abs() > torch.finfo(a.dtype).max ** 0.5).any()):
            return a * (math.nan if self.seed % 2 else 0.0)  # squares overflow: the order of the steps decides
        units = torch.randint(1, 5, a.shape, generator=self.r) * (2 * torch.randint(0, 2, a.shape, generator=self.r) - 1)
        return a + a * (self.STEP[a.dtype] / 2) * units.to(a.dtype)

    def shaken(self, a):
        """Denormal numbers moved by a few of their distances: what products make of them their order decides."""
        if not torch.is_tensor(a) or a.dtype not in LEAST:
            return a
        least = torch.randint(-4, 5, a.shape, generator=self.r).to(a.dtype) * LEAST[a.dtype]
        return torch.where((a != 0) & (a.abs() < torch.finfo(a.dtype).tiny), a + least, a)

    def is_exact(self, func, args, kwargs, y):
        """Where the other precision has the same result."""
        if y.dtype not in self.STEP:
            return torch.ones_like(y, dtype=torch.bool)
        other = self.OTHER.get(y.dtype, torch.float64)
        tensors = [b for a in args for b in (a if isinstance(a, list) else [a]) if torch.is_tensor(b)]
        onlyIntegers = not any(a.is_floating_point() for a in tensors)  # else the result has one precision only
        cast = lambda a: a.to(other) if torch.is_tensor(a) and (a.is_floating_point() or onlyIntegers) else a
        try:
            exact = func(*[[cast(b) for b in a] if isinstance(a, list) else cast(a) for a in args],
                         **{k: v for k, v in kwargs.items() if k != "dtype"})
        except (RuntimeError, TypeError):
            return torch.zeros_like(y, dtype=torch.bool)
        # Beyond the mantissa both precisions round away the same.
        return (exact.to(torch.float64) == y.to(torch.float64)) & (y.abs() < 1 / self.STEP[y.dtype])

    def move(self, func, args, kwargs, y, single):
        name = func.name().split(".")[0]
        if name in SUMS and single:
            return
        step = max(self.STEP[y.dtype], self.COARSE.get(name, 0.0))
        mixed = name in MIXED and len({a.dtype for a in args[:2]}) > 1
        if mixed:  # the logarithms are in the dtype of the first
            step = max(step, self.STEP[args[0].dtype])
        moved = y + y * step * torch.randn(y.shape, generator=self.r).to(y.dtype)
        if single and self.exact and not mixed:
            moved = torch.where(self.is_exact(func, args, kwargs, y), y, moved)
        if name.startswith("aten::logaddexp") and single:  # the sum cancels near zero
            larger = torch.nan_to_num(torch.maximum(args[0].abs(), args[1].abs()), posinf=0.0)
            moved = moved + larger * step * torch.randn(y.shape, generator=self.r).to(y.dtype)
            if self.seed % 2:
                moved = torch.where(y.abs() <= 4 * larger * step, 0.0, moved)
        if name == "aten::gelu_backward":  # so do its terms
            moved = moved + args[0] * step * torch.randn(y.shape, generator=self.r).to(y.dtype)
        if name == "aten::gelu":  # 1 + erf cancels
            moved = moved + args[0] * step * torch.randn(y.shape, generator=self.r).to(y.dtype)
        moved = torch.where(torch.isfinite(y), moved, y)
        if name.split("::")[1] in TIES:  # 0 and -0 are equal: which of them it is only rounding tells
            moved = torch.where(y == 0, -y, moved)
        if name == "aten::polygamma":  # at its poles PyTorch's is whatever rounding leaves of sin(pi x)
            moved = torch.where(y.abs() > 1e9, math.inf, moved)
            if y.dtype in (torch.float16, torch.bfloat16) and not self.seed % 2:  # gradc's next step has it in f32
                moved = torch.where(y.isinf() & args[1].isfinite(), torch.finfo(y.dtype).max * y.sign(), moved)
        y.copy_(moved)
