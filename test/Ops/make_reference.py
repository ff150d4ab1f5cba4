# make_reference.py - writes Reference/*.json: values, gradients and second gradients by PyTorch.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Usage: python make_reference.py [OP...]     (needs torch; the tests themselves do not)
#
# Every case is a function @f in ag, its arguments, and what PyTorch computes for the same
# arguments. "smooth" cases are also checked against finite differences, twice.
import itertools
import json
import math
import pathlib
import sys

import torch

import reference_kernels
import reference_random
import reference_structured

NAMES = {torch.float64: "f64", torch.float32: "f32", torch.int64: "i64", torch.int32: "i32", torch.bool: "i1"}
INF, NAN = math.inf, math.nan
TINY = 5e-324  # the least denormal
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, TINY, -TINY, 1e-300, 1e300, -1e300, 800.0, -800.0, INF, -INF, NAN]
FEW = [0.0, -0.0, 1.0, -1.0, 2.5, -3.0, TINY, INF, -INF, NAN]
COTANGENTS = [1.0, -2.0, 0.0, INF, NAN]

cases = {}
prefix, loose = "", None  # of the names, and the tolerance, of the cases that `unary` makes
generator = torch.Generator().manual_seed(0)


def type_of(t):
    return "tensor<" + "".join(f"{n}x" for n in t.shape) + NAMES[t.dtype] + ">"


def number(x):
    if isinstance(x, float) and not math.isfinite(x):
        return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"
    return x if not isinstance(x, bool) else int(x)


def flat(t):
    if t is None or t._is_zerotensor():  # null stands for zeros
        return None
    return [number(x) for x in t.detach().reshape(-1).tolist()]


def uniform(*shape, low=-1.0, high=1.0):
    return torch.rand(shape, generator=generator, dtype=torch.float64) * (high - low) + low


def case(op, name, body, function, arguments, cotangent=None, smooth=False, second=True, tolerance=None,
         result=""):
    """Adds a case. `body` is the text of the op over {0}, {1}, ... (operands), {y} (result type) and
    {t0}, {t1}, ... (operand types)."""
    arguments = [a.clone() for a in arguments]
    for a in arguments:
        a.requires_grad_(a.dtype.is_floating_point)
    y = function(*arguments)
    names = [f"%a{i}" for i in range(len(arguments))]
    types = {f"t{i}": type_of(a) for i, a in enumerate(arguments)}
    text = body.format(*names, y=type_of(y), **types)
    signature = ", ".join(f"{n}: {type_of(a)}" for n, a in zip(names, arguments))
    entry = {"name": f"{op} {prefix}{name}",
             "function": f"func.func @f({signature}) -> {type_of(y)} {{ %r{':2' if op == 'sort' else ''} = {text} return %r{result} : {type_of(y)} }}",
             "arguments": [flat(a) for a in arguments], "results": [flat(y)]}
    if smooth:
        entry["smooth"] = True
    tolerance = max(tolerance or 0, loose or 0)
    if tolerance:
        entry["tolerance"] = tolerance
    if op in ("maximum", "minimum", "reduce_max", "reduce_min", "clamp", "clamp_min", "clamp_max", "fmax", "fmin",
              "scatter", "cumulative", "recurrence", "softshrink"):
        entry["any_zero"] = True  # of 0 and -0 PyTorch takes one or the other, depending on the position
    floats = [a for a in arguments if a.requires_grad]
    if y.dtype.is_floating_point and floats:
        d = cotangent if cotangent is not None else uniform(*y.shape).to(y.dtype)
        d = d.clone().requires_grad_()
        entry["cotangents"] = [flat(d)]
        gradients = ([None] * len(floats) if not y.requires_grad else
                     torch.autograd.grad(y, floats, d, create_graph=True, allow_unused=True))
        entry["gradients"] = [flat(g) for g in gradients]
        if second:
            w = [uniform(*a.shape).to(a.dtype) for a in floats]
            used = [(g, c) for g, c in zip(gradients, w) if g is not None and g.requires_grad]
            seconds = [None] * (len(floats) + 1)
            if used:
                try:
                    seconds = torch.autograd.grad([g for g, _ in used], floats + [d], [c for _, c in used],
                                                  allow_unused=True)
                except RuntimeError as error:
                    if "is not implemented" not in str(error):
                        raise
                    seconds = None  # PyTorch has no second derivative of some activations
            if seconds is not None:
                entry["second_cotangents"] = [flat(c) for c in w]
                entry["second_gradients"] = [flat(s) for s in seconds]
    cases.setdefault(op, []).append(entry)


def column(values):
    return torch.tensor(values, dtype=torch.float64)


def boundary(op, body, function, points, name="at boundary points", second=True):
    """Every combination of special operands and special cotangents."""
    rows = list(itertools.product(*points, COTANGENTS))
    columns = [column(c) for c in zip(*rows)]
    case(op, name, body, function, columns[:-1], cotangent=columns[-1], second=False)
    if not second:
        return
    # Second gradients where the first ones are finite: with a cotangent of one.
    rows = list(itertools.product(*points))
    columns = [column(c) for c in zip(*rows)]
    case(op, name + ", second", body, function, columns, cotangent=torch.ones(len(rows), dtype=torch.float64))


def unary(op, function, text=None, low=-3.0, high=3.0, points=SPECIAL, integers=None, label="", tolerance=None,
          single=1e-6, steps=False):
    """`single` is the tolerance of f32 where PyTorch's own formula cancels; `steps` have no derivative to compare."""
    body = text or f"ag.{op} {{0}} : {{y}}"
    global prefix, loose
    prefix, loose = label, tolerance
    case(op, "smooth", body, function, [uniform(3, 4, low=low, high=high)], smooth=not steps)
    case(op, "scalar", body, function, [uniform(low=low, high=high)], smooth=not steps)
    case(op, "f32", body, function, [uniform(7, low=low, high=high).float()], tolerance=single)
    case(op, "empty", body, function, [uniform(2, 0, 3)])
    case(op, "size 1", body, function, [uniform(1, 1, low=low, high=high)], smooth=not steps)
    boundary(op, body, function, [points])
    if integers:
        case(op, "i64", body, function, [torch.tensor(integers)])
        case(op, "i32", body, function, [torch.tensor(integers, dtype=torch.int32)])
    prefix, loose = "", None


def binary(op, function, low=-3.0, high=3.0, points=(FEW, FEW), integers=None, bools=False, text=None, kinks=False, second=True):
    """Without `second` there are no second gradients where PyTorch's are noise or a convention at a kink."""
    body = text or f"ag.{op} {{0}}, {{1}} : {{y}}"
    if kinks:  # smooth only away from a = b and from whole quotients
        points_of = lambda *shape: [uniform(*shape, low=2.2, high=2.8), uniform(*shape, low=0.78, high=0.9)]
    smooth = lambda *shape: (points_of(*shape) if kinks else
                             [uniform(*shape, low=low, high=high), uniform(*shape, low=low, high=high)])
    case(op, "smooth", body, function, smooth(3, 4), smooth=True)
    case(op, "scalar", body, function, smooth(), smooth=True)
    case(op, "f32", body, function, [x.float() for x in smooth(7)], tolerance=1e-5)
    case(op, "empty", body, function, smooth(0, 3))
    case(op, "size 1", body, function, smooth(1, 1), smooth=True)
    case(op, "same operand", body.replace("{1}", "{0}"), lambda x: function(x, x), [uniform(5, low=low, high=high)],
         smooth=op not in ("maximum", "minimum") and not kinks, second=second)
    boundary(op, body, function, points, second=second)
    if integers:
        a, b = zip(*itertools.product(integers[0], integers[1]))
        case(op, "i64", body, function, [torch.tensor(a), torch.tensor(b)])
        case(op, "i32", body, function, [torch.tensor(a, dtype=torch.int32), torch.tensor(b, dtype=torch.int32)])
    if bools:
        case(op, "bool", body, function, [torch.tensor([0, 0, 1, 1]) > 0, torch.tensor([0, 1, 0, 1]) > 0])


def elementwise():
    whole = [0, 1, -1, 7, -5, 100]
    unary("neg", torch.neg, integers=whole)
    unary("exp", torch.exp)
    unary("log", torch.log, low=0.2, high=4)
    unary("sqrt", torch.sqrt, low=0.2, high=4)
    unary("tanh", torch.tanh)
    unary("sigmoid", torch.sigmoid)
    unary("relu", torch.relu, integers=whole)
    unary("abs", torch.abs, integers=whole)
    unary("sign", torch.sign, integers=whole)
    finite = [x for x in SPECIAL if abs(x) < 1e10 or not math.isfinite(x)]
    unary("sin", torch.sin, points=finite)
    unary("cos", torch.cos, points=finite)
    unary("reciprocal", torch.reciprocal, low=0.3, high=3)
    for e in [0.0, 1.0, 2.0, 3.0, 4.0, 0.5, 1.5, -0.5, -1.0, -2.0, -3.0, 2.7]:
        op, text, function = "pow_scalar", f"ag.pow_scalar {{0}}, {e!r} : {{y}}", lambda x, e=e: torch.pow(x, e)
        case(op, f"{e} smooth", text, function, [uniform(3, 4, low=0.3, high=3)], smooth=True)
        if e == int(e):
            case(op, f"{e} negative base", text, function, [uniform(3, low=-3, high=-0.3)], smooth=True)
        boundary(op, text, function, [SPECIAL], f"{e} at boundary points")
    for e in [0, 1, 2, 3, 5, 40]:
        case("pow_scalar", f"i64 {e}", f"ag.pow_scalar {{0}}, {e}.0 : {{y}}", lambda x, e=e: torch.pow(x, e),
             [torch.tensor([0, 1, -1, 2, -3, 10])])
    binary("add", torch.add, integers=(whole, whole), bools=True)
    binary("sub", torch.sub, integers=(whole, whole))
    binary("mul", torch.mul, integers=(whole, whole), bools=True)
    binary("div", torch.div, low=0.3, high=3)
    binary("pow", torch.pow, low=0.3, high=3, integers=([0, 1, -1, 2, -3, 10], [0, 1, 2, 3, 7]))
    case("pow", "whole exponents", "ag.pow {0}, {1} : {y}", torch.pow,
         [column(x) for x in zip(*itertools.product([-2.0, -0.5, 0.0, 0.5, 3.0], [0.0, 1.0, 2.0, 3.0, -1.0, -2.0]))])
    binary("maximum", torch.maximum, integers=(whole, whole), bools=True)
    binary("minimum", torch.minimum, integers=(whole, whole), bools=True)
    truth = [torch.tensor([0, 0, 1, 1]) > 0, torch.tensor([0, 1, 0, 1]) > 0]
    case("logical_and", "table", "ag.logical_and {0}, {1} : {y}", torch.logical_and, truth)
    case("logical_or", "table", "ag.logical_or {0}, {1} : {y}", torch.logical_or, truth)
    case("logical_not", "table", "ag.logical_not {0} : {y}", torch.logical_not, truth[:1])
    select()
    compare()
    cast()


def attributed(op, name, attributes, function, **more):
    """An op of one operand with attributes, as one that has none."""
    unary(op, function, text=f"ag.{op} {{0}} {{{{{attributes}}}}} : {{y}}", label=name + " ", **more)


def logit_by_elements(x):
    """PyTorch's gradient at NaN is 0 in its vectors and NaN in the elements left over; NaN it is."""
    parts = [torch.logit(v, eps=0.125) for v in x.reshape(-1)]
    return torch.stack(parts).reshape(x.shape) if parts else torch.logit(x, eps=0.125)


def functions():
    F = torch.nn.functional
    wide = [x for x in SPECIAL if abs(x) < 1e10 or not math.isfinite(x)]
    unit = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, INF, -INF, NAN, TINY]
    halves = SPECIAL + [1.5, 2.5, -1.5, -0.3]
    whole = [0, 1, -1, 7, -5, 100]
    for op in ["floor", "ceil", "trunc"]:
        unary(op, getattr(torch, op), points=halves, integers=whole)
    attributed("round", "0", "decimals = 0 : i64", torch.round, points=halves, integers=whole)
    attributed("round", "2", "decimals = 2 : i64", lambda x: torch.round(x, decimals=2), points=wide, steps=True)
    attributed("round", "-1", "decimals = -1 : i64", lambda x: torch.round(x, decimals=-1), points=wide, steps=True)
    unary("frac", torch.frac, points=wide)
    unary("exp2", torch.exp2)
    unary("expm1", torch.expm1)
    for op in ["log2", "log10", "log1p", "rsqrt"]:
        unary(op, getattr(torch, op), low=0.2, high=4, points=SPECIAL + [8.0, 1000.0])
    attributed("logit", "plain", "eps = -1.0 : f64", torch.logit, low=0.1, high=0.9, points=unit)
    attributed("logit", "eps", "eps = 0.125 : f64", logit_by_elements, low=0.2, high=0.8,
               points=unit + [0.125, 0.875])
    unary("tan", torch.tan, low=-1, high=1, points=wide)
    unary("asin", torch.asin, low=-0.9, high=0.9, points=unit)
    unary("acos", torch.acos, low=-0.9, high=0.9, points=unit)
    unary("atan", torch.atan)
    unary("sinh", torch.sinh, points=wide)
    unary("cosh", torch.cosh, points=wide)
    unary("asinh", torch.asinh, points=wide)
    unary("acosh", torch.acosh, low=1.5, high=4, points=wide)
    unary("atanh", torch.atanh, low=-0.9, high=0.9, points=unit)
    unary("sinc", torch.sinc, low=0.2, high=2, points=[0.0, -0.0, 0.5, -2.5, NAN], single=1e-5)
    unary("erf", torch.erf, points=wide)
    unary("erfc", torch.erfc, points=wide)
    unary("erfinv", torch.erfinv, low=-0.9, high=0.9, points=unit)
    # PyTorch's polygamma is good to about 1e-10.
    unary("lgamma", torch.lgamma, tolerance=1e-9, low=0.3, high=5, points=[0.0, 1.0, 2.0, 0.5, 3.0, -2.5, 100.0, 1e300, INF, NAN])
    unary("digamma", torch.digamma, tolerance=1e-9, low=0.3, high=5, points=[1.0, 0.5, 3.0, -2.5, 100.0, NAN])
    for n in [1, 2, 3]:
        attributed("polygamma", str(n), f"n = {n} : i64", lambda x, n=n: torch.polygamma(n, x), tolerance=1e-9, low=0.5, high=5,
                   points=[1.0, 0.5, 3.0, 100.0, NAN])
    attributed("nan_to_num", "", "nan = 1.5 : f64, posinf = 7.0 : f64, neginf = -8.0 : f64",
               lambda x: torch.nan_to_num(x, 1.5, 7.0, -8.0))
    attributed("leaky_relu", "", "negative_slope = 0.1 : f64", lambda x: F.leaky_relu(x, 0.1))
    attributed("elu", "", "alpha = 1.5 : f64, scale = 1.0 : f64, input_scale = 1.0 : f64", lambda x: F.elu(x, 1.5), points=wide)
    attributed("elu", "celu", "alpha = 2.0 : f64, scale = 1.0 : f64, input_scale = 0.5 : f64", lambda x: F.celu(x, 2.0),
               points=wide)
    unary("gelu", F.gelu, points=wide, tolerance=1e-9)
    unary("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), points=[x for x in wide if abs(x) < 100], tolerance=1e-9,
          single=1e-5)
    unary("silu", F.silu, points=wide)
    unary("mish", F.mish, points=wide, single=1e-5)
    attributed("softplus", "", "beta = 1.0 : f64, threshold = 20.0 : f64", F.softplus, points=wide + [20.0, 20.5])
    attributed("softplus", "beta", "beta = 2.0 : f64, threshold = 3.0 : f64", lambda x: F.softplus(x, 2.0, 3.0), high=1.0,
               points=wide + [1.5])
    # At NaN PyTorch's vectors give 0 and its single elements 1.
    numbers = [x for x in SPECIAL if x == x]
    attributed("hardtanh", "", "min_val = -1.0 : f64, max_val = 2.5 : f64", lambda x: F.hardtanh(x, -1.0, 2.5),
               points=numbers + [2.5])
    unary("hardswish", F.hardswish, low=-2.5, high=2.5, points=[x for x in SPECIAL + [-3.0, 2.9] if math.isfinite(x)])
    unary("hardsigmoid", F.hardsigmoid, low=-2.5, high=2.5, points=SPECIAL + [-3.0])
    attributed("hardshrink", "", "lambd = 0.5 : f64", F.hardshrink, points=numbers + [-0.5])
    attributed("softshrink", "", "lambd = 0.5 : f64", F.softshrink, points=numbers + [-0.5])
    unary("logsigmoid", F.logsigmoid, points=wide)
    attributed("threshold", "", "threshold = 0.5 : f64, value = -7.0 : f64", lambda x: F.threshold(x, 0.5, -7.0))


def functions_of_two():
    whole, some = [0, 1, -1, 7, -5, 100, -128], [1, -1, 3, -4, 7]
    few = [0.0, -0.0, 1.0, -1.0, 2.5, -3.0, INF, -INF, NAN]
    binary("fmod", torch.fmod, points=(few, few), integers=(whole, some), kinks=True)
    binary("remainder", torch.remainder, points=(few, few), integers=(whole, some), kinks=True)
    binary("floor_div", lambda a, b: torch.div(a, b, rounding_mode="floor"), points=(few, few), integers=(whole, some), kinks=True)
    binary("trunc_div", lambda a, b: torch.div(a, b, rounding_mode="trunc"), points=(few, few), integers=(whole, some), kinks=True)
    binary("atan2", torch.atan2, points=(few, few))
    binary("hypot", torch.hypot, points=(few + [1e300, 1e-300], few), second=False)
    binary("copysign", torch.copysign, points=(few, [1.0, -1.0, 0.0, -0.0, INF, -INF]), kinks=True)
    binary("fmax", torch.fmax, points=(few, few), integers=(whole, some), kinks=True)
    binary("fmin", torch.fmin, points=(few, few), integers=(whole, some), kinks=True)
    binary("xlogy", torch.xlogy, low=0.3, high=3, points=(few, few))
    binary("xlog1py", torch.special.xlog1py, low=0.3, high=3, points=(few, few))
    binary("logaddexp", torch.logaddexp, points=(few, few))
    # PyTorch's sum of two halves is not quite 1.
    binary("logaddexp2", torch.logaddexp2, points=([x for x in few if x != -1], few))
    binary("clamp_min", lambda a, b: torch.clamp(a, min=b), points=(few, few), integers=(whole, some), kinks=True)
    binary("clamp_max", lambda a, b: torch.clamp(a, max=b), points=(few, few), integers=(whole, some), kinks=True)
    binary("prelu", lambda a, b: torch.ops.aten._prelu_kernel(a, b), points=(few, few), second=False)
    pairs = [column(x) for x in zip(*itertools.product(few, few))]
    for op in ["heaviside", "nextafter"]:
        case(op, "f64", f"ag.{op} {{0}}, {{1}} : {{y}}", lambda a, b, op=op: getattr(torch, op)(a.detach(), b.detach()), pairs)
    for bits in [torch.int64, torch.int32]:
        a, b = (torch.tensor(x, dtype=bits) for x in zip(*itertools.product(whole, whole + [31, 40, 63, 64])))
        for op, f in [("gcd", torch.gcd), ("bitwise_and", torch.bitwise_and), ("bitwise_or", torch.bitwise_or),
                      ("bitwise_xor", torch.bitwise_xor), ("shift_left", torch.bitwise_left_shift),
                      ("shift_right", torch.bitwise_right_shift)]:
            case(op, str(bits), f"ag.{op} {{0}}, {{1}} : {{y}}", f, [a, b])
        case("bitwise_not", str(bits), "ag.bitwise_not {0} : {y}", torch.bitwise_not, [a])
    truth = [torch.tensor([0, 0, 1, 1]) > 0, torch.tensor([0, 1, 0, 1]) > 0]
    case("logical_xor", "table", "ag.logical_xor {0}, {1} : {y}", torch.logical_xor, truth)
    for op in ["bitwise_and", "bitwise_or", "bitwise_xor"]:
        case(op, "bool", f"ag.{op} {{0}}, {{1}} : {{y}}", getattr(torch, op), truth)
    case("bitwise_not", "bool", "ag.bitwise_not {0} : {y}", torch.bitwise_not, truth[:1])
    for op, f in [("clamp", torch.clamp), ("lerp", torch.lerp)]:
        body = f"ag.{op} {{0}}, {{1}}, {{2}} : {{y}}"
        case(op, "smooth", body, f, [uniform(3, 4), uniform(3, 4, low=-3, high=-2), uniform(3, 4, low=2, high=3)], smooth=True)
        case(op, "scalar", body, f, [uniform(), uniform(low=-3, high=-2), uniform(low=2, high=3)], smooth=True)
        case(op, "empty", body, f, [uniform(0, 2), uniform(0, 2), uniform(0, 2)])
        points = [0.0, 1.0, -1.0, 2.0, INF, NAN]
        if op == "clamp":
            boundary(op, body, f, [points, points, points])
        else:
            boundary(op, body, f, [[0.0, 1.0, -2.0, INF], [0.0, 3.0, INF], [0.0, 0.25, 0.5, 1.0, NAN]])
    case("clamp", "i64", "ag.clamp {0}, {1}, {2} : {y}", torch.clamp,
         [torch.tensor([-5, 0, 5, 9]), torch.tensor([0, 0, 0, 7]), torch.tensor([3, 3, 3, 2])])


def select():
    body = "ag.select {0}, {1}, {2} : {y}"
    mask = torch.tensor([[True, False, True], [False, True, True]])
    case("select", "smooth", body, torch.where, [mask, uniform(2, 3), uniform(2, 3)], smooth=True)
    case("select", "scalar", body, torch.where, [mask[0, 1], uniform(), uniform()], smooth=True)
    case("select", "empty", body, torch.where, [mask[:0], uniform(0, 3), uniform(0, 3)])
    for d in COTANGENTS:  # nothing of the branch that is not taken may reach the result
        rows = list(itertools.product([True, False], [0.0, 1.0, INF, NAN], [0.0, 1.0, INF, NAN]))
        m, a, b = zip(*rows)
        case("select", f"special values, cotangent {d}", body, torch.where, [torch.tensor(m), column(a), column(b)],
             cotangent=torch.full((len(rows),), d, dtype=torch.float64))
    case("select", "i64", body, torch.where, [mask[0], torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6])])


def compare():
    a, b = (column(x) for x in zip(*itertools.product(FEW, FEW)))
    i, j = (torch.tensor(x) for x in zip(*itertools.product([-3, 0, 2, 9], [-3, 0, 2, 9])))
    p, q = torch.tensor([False, False, True, True]), torch.tensor([False, True, False, True])
    for name in ["eq", "ne", "lt", "le", "gt", "ge"]:
        for kind, x, y in [("f64", a, b), ("i64", i, j), ("bool", p, q), ("empty", a[:0], b[:0])]:
            case("compare", f"{name} {kind}", f"ag.compare {name} {{0}}, {{1}} : {{t0}}", getattr(torch, name), [x, y])


def cast():
    body = "ag.cast {0} : {t0} -> {y}"
    values = column([0.0, -0.0, 1.5, -1.5, 2.999, -2.999, 1e9, TINY])
    special = column([0.0, -0.0, 1.0, INF, -INF, NAN, TINY, 1e300, 0.1])
    case("cast", "f64 to f32", body, lambda x: x.to(torch.float32), [uniform(2, 3)], tolerance=1e-7)
    case("cast", "f64 to f32 special", body, lambda x: x.to(torch.float32), [special], tolerance=1e-7)
    case("cast", "f32 to f64", body, lambda x: x.to(torch.float64), [uniform(2, 3).float()], tolerance=1e-7)
    for to in [torch.int64, torch.int32]:
        case("cast", f"f64 to {NAMES[to]}", body, lambda x, to=to: x.to(to), [values])
        case("cast", f"f64 to {NAMES[to]}, too large", body, lambda x, to=to: x.to(to),
             [column([INF, -INF, NAN, 1e30, -1e30, 2.0**31, -2.0**31, 2.0**63, -2.0**63])])
    case("cast", "f64 to bool", body, lambda x: x.to(torch.bool), [special])
    for to in [torch.float64, torch.float32, torch.int32, torch.bool]:
        case("cast", f"i64 to {NAMES[to]}", body, lambda x, to=to: x.to(to),
             [torch.tensor([0, 1, -1, 2**31 + 5, -(2**31) - 7])])
    for to in [torch.float64, torch.int64, torch.int32]:
        case("cast", f"bool to {NAMES[to]}", body, lambda x, to=to: x.to(to), [torch.tensor([True, False])])
    case("cast", "i32 to i64", body, lambda x: x.to(torch.int64), [torch.tensor([-1, 5], dtype=torch.int32)])
    case("cast", "empty", body, lambda x: x.to(torch.float32), [uniform(0)])


def reductions():
    shapes = [((4,), [0]), ((2, 3), [0]), ((2, 3), [1]), ((2, 3), [0, 1]), ((2, 3, 4), [1]), ((2, 3, 4), [0, 2]),
              ((1, 5), [0]), ((3, 1), [1])]
    functions = {"reduce_sum": torch.sum, "reduce_mean": torch.mean, "reduce_max": torch.amax, "reduce_min": torch.amin}
    for op, function in functions.items():
        text = lambda dims: f"ag.{op} {{0}} dims {dims} : {{t0}} -> {{y}}"
        for shape, dims in shapes:
            case(op, f"{shape} over {dims}", text(dims), lambda x: function(x, dim=dims), [uniform(*shape)], smooth=True)
        case(op, "no dims", text([]), lambda x: x * 1, [uniform(2, 3)])
        case(op, "f32", text([1]), lambda x: function(x, dim=[1]), [uniform(3, 9).float()], tolerance=1e-5)
        case(op, "no rows", text([1]), lambda x: function(x, dim=[1]), [uniform(0, 3)])
        for special in [[1.0, NAN, 2.0], [INF, 1.0, INF], [-INF, -INF, -INF], [INF, -INF, 0.0], [0.0, -0.0, 0.0]]:
            for d in COTANGENTS:
                case(op, f"{special}, cotangent {d}", text([0]), lambda x: function(x, dim=[0]), [column(special)],
                     cotangent=torch.tensor(d, dtype=torch.float64), second=False)
    for op in ["reduce_sum", "reduce_mean"]:
        text = f"ag.{op} {{0}} dims [1] : {{t0}} -> {{y}}"
        case(op, "nothing summed", text, lambda x: functions[op](x, dim=[1]), [uniform(2, 0)])
    for op in ["reduce_sum", "reduce_max", "reduce_min"]:
        text = f"ag.{op} {{0}} dims [1] : {{t0}} -> {{y}}"
        case(op, "i64", text, lambda x: functions[op](x, dim=[1]), [torch.tensor([[1, -5, 3], [7, 7, -9]])])
    for op in ["reduce_max", "reduce_min"]:
        text = f"ag.{op} {{0}} dims [1] : {{t0}} -> {{y}}"
        ties = torch.tensor([[1, 2, 2], [3, 3, 3], [-1, -1, 5]], dtype=torch.float64)
        case(op, "ties", text, lambda x: functions[op](x, dim=[1]), [ties])
        case(op, "bool", text, lambda x: functions[op](x, dim=[1]), [torch.tensor([[True, False], [False, False]])])


def contractions():
    def one(name, text, equation, a, b, **more):
        case("contract", name, f"ag.contract {{0}}, {{1}} {text} : ({{t0}}, {{t1}}) -> {{y}}",
             lambda x, y: torch.einsum(equation, x, y), [uniform(*a), uniform(*b)], smooth=True, **more)
    one("matrix product", "batch [] x [] contract [1] x [0]", "ik,kj->ij", (3, 4), (4, 5))
    one("transposed right", "batch [] x [] contract [1] x [1]", "ik,jk->ij", (3, 4), (5, 4))
    one("transposed left", "batch [] x [] contract [0] x [0]", "ki,kj->ij", (4, 3), (4, 5))
    one("dot", "batch [] x [] contract [0] x [0]", "k,k->", (4,), (4,))
    one("matrix and vector", "batch [] x [] contract [1] x [0]", "ik,k->i", (3, 4), (4,))
    one("vector and matrix", "batch [] x [] contract [0] x [0]", "k,kj->j", (4,), (4, 5))
    one("outer product", "batch [] x [] contract [] x []", "i,j->ij", (3,), (4,))
    one("batched", "batch [0] x [0] contract [2] x [1]", "bik,bkj->bij", (2, 3, 4), (2, 4, 5))
    one("batch last", "batch [2] x [0] contract [1] x [2]", "ikb,bjk->bij", (3, 4, 2), (2, 5, 4))
    one("two batches", "batch [0, 1] x [0, 1] contract [3] x [2]", "abik,abkj->abij", (2, 2, 3, 4), (2, 2, 4, 3))
    one("batches swapped", "batch [1, 0] x [0, 1] contract [2] x [2]", "bak,abkj->abj", (3, 2, 4), (2, 3, 4, 2))
    one("two contracted", "batch [] x [] contract [0, 2] x [1, 0]", "kil,lkj->ij", (3, 2, 4), (4, 3, 5))
    one("contracted between", "batch [] x [] contract [1] x [1]", "ikm,jkn->imjn", (2, 3, 2), (3, 3, 2))
    one("only batch", "batch [0] x [0] contract [] x []", "b,b->b", (4,), (4,))
    one("size 1", "batch [] x [] contract [1] x [0]", "ik,kj->ij", (1, 1), (1, 1))
    text = "ag.contract {0}, {1} batch [] x [] contract [1] x [0] : ({t0}, {t1}) -> {y}"
    for a, b in [((0, 3), (3, 2)), ((2, 0), (0, 3)), ((2, 3), (3, 0))]:
        case("contract", f"empty {a} {b}", text, torch.matmul, [uniform(*a), uniform(*b)])
    case("contract", "f32", text, torch.matmul, [uniform(5, 7).float(), uniform(7, 3).float()], tolerance=1e-5)
    case("contract", "i64", text, torch.matmul, [torch.tensor([[1, 2], [3, 4]]), torch.tensor([[5, -6], [7, 8]])])
    special = [column([[1.0, INF], [NAN, 2.0], [0.0, 0.0]]), column([[0.0, 1.0], [1.0, -INF]])]
    case("contract", "special values", text, lambda a, b: (a[:, :, None] * b[None]).sum(1), special)
    case("contract", "same operand", text.replace("{1}", "{0}").replace("{t1}", "{t0}"), lambda x: x @ x,
         [uniform(3, 3)], smooth=True)


def shapes():
    def one(op, name, text, function, *arguments, smooth=True):
        case(op, name, f"ag.{op} {text}", function, arguments, smooth=smooth)
    many = "{0} dims %s : {t0} -> {y}"
    one("broadcast", "new rows", many % "[1]", lambda x: x.expand(2, 3), uniform(3))
    one("broadcast", "new columns", many % "[0]", lambda x: x[:, None].expand(3, 2), uniform(3))
    one("broadcast", "of a scalar", many % "[]", lambda x: x.expand(2, 3), uniform())
    one("broadcast", "in the middle", many % "[0, 2]", lambda x: x[:, None].expand(2, 4, 3), uniform(2, 3))
    one("broadcast", "to empty", many % "[1]", lambda x: x.expand(0, 3), uniform(3), smooth=False)
    one("broadcast", "of empty", many % "[1]", lambda x: x.expand(2, 0), uniform(0), smooth=False)
    one("broadcast", "size 1", many % "[1]", lambda x: x[None], uniform(3))
    one("broadcast", "i64", many % "[1]", lambda x: x.expand(2, 3), torch.tensor([1, 2, 3]), smooth=False)
    for a, b in [((6,), (2, 3)), ((2, 3), (6,)), ((2, 3), (3, 2)), ((), (1, 1)), ((1, 1), ()), ((), (1,)), ((1,), ()),
                 ((2, 3, 4), (6, 4)), ((4, 6), (4, 2, 3)), ((2, 6), (3, 4)), ((1, 3, 1), (3,)), ((3,), (1, 3, 1))]:
        one("reshape", f"{a} to {b}", "{0} : {t0} -> {y}", lambda x: x.reshape(b), uniform(*a))
    for a, b in [((0, 3), (3, 0)), ((0,), (2, 0, 4)), ((2, 0, 4), (0,))]:
        one("reshape", f"{a} to {b}", "{0} : {t0} -> {y}", lambda x: x.reshape(b), uniform(*a), smooth=False)
    for shape, perm in [((2, 3), [1, 0]), ((2, 3, 4), [2, 0, 1]), ((2, 3, 4), [0, 2, 1]), ((1, 3), [1, 0]),
                        ((2, 1, 3), [1, 0, 2]), ((), []), ((3,), [0]), ((0, 3), [1, 0])]:
        one("transpose", f"{shape} by {perm}", f"{{0}} {perm} : {{t0}} -> {{y}}", lambda x: x.permute(perm) * 1,
            uniform(*shape), smooth=0 not in shape)
    for shape, a, b, s in [((6,), [1], [5], [1]), ((6,), [1], [6], [2]), ((4, 5), [1, 0], [3, 5], [1, 2]),
                           ((4,), [0], [4], [1]), ((4,), [2], [2], [1]), ((7,), [0], [7], [3]), ((3, 0), [1, 0], [3, 0], [1, 1])]:
        box = tuple(slice(*x) for x in zip(a, b, s))
        one("slice", f"{shape} {a} {b} {s}", f"{{0}} from {a} to {b} by {s} : {{t0}} -> {{y}}", lambda x: x[box] * 1,
            uniform(*shape), smooth=0 not in uniform(*shape)[box].shape)
    update_slices(one)
    pads(one)
    concats()
    for shape, dim, dtype in [((3,), 0, torch.int64), ((2, 3), 1, torch.float64), ((2, 3), 0, torch.float32),
                              ((2, 0), 0, torch.int64), ((1, 4), 1, torch.int32)]:
        t = torch.arange(shape[dim]).to(dtype)
        t = t.reshape([-1 if d == dim else 1 for d in range(len(shape))]).expand(shape)
        case("iota", f"{shape} {dim}", f"ag.iota dim {dim} : {{y}}", lambda: t, [])
    case("constant", "dense", "ag.constant dense<[[1.0, 2.5], [-3.0, 0.1]]> : {y}",
         lambda: column([[1.0, 2.5], [-3.0, 0.1]]), [])
    case("constant", "splat", "ag.constant dense<0.1> : {y}", lambda: torch.full((2, 3), 0.1, dtype=torch.float64), [])
    case("constant", "bool", "ag.constant dense<[true, false]> : {y}", lambda: torch.tensor([True, False]), [])
    case("constant", "empty", "ag.constant dense<> : {y}", lambda: uniform(0, 2), [])
    for op in ["to_host"]:
        case(op, "identity", f"ag.{op} {{0}} : {{y}}", lambda x: x * 1, [uniform(2, 3)], smooth=True)
    case("detach", "identity without gradient", "ag.detach {0} : {y}", lambda x: x.detach(), [uniform(2, 3)])


def update_slices(one):
    for shape, u, a, s in [((6,), (3,), [1], [1]), ((6,), (3,), [0], [2]), ((4, 5), (2, 3), [1, 0], [2, 2]),
                           ((4,), (4,), [0], [1]), ((4,), (0,), [2], [1]), ((3, 0), (2, 0), [0, 0], [1, 1])]:
        def function(x, v):
            y = x.clone()
            y[tuple(slice(b, b + (n - 1) * t + 1 if n else b, t) for b, n, t in zip(a, v.shape, s))] = v
            return y
        case("update_slice", f"{shape} {u} {a} {s}",
             f"ag.update_slice {{1}} into {{0}} from {a} by {s} : {{t1}} into {{t0}}", function,
             [uniform(*shape), uniform(*u)], smooth=0 not in shape + u)


def pads(one):
    for shape, low, high, inner, value in [((3,), [1], [2], [0], 0.0), ((3,), [0], [0], [2], 7.5), ((2, 3), [1, 0], [0, 2], [1, 0], -1.0),
                                           ((2,), [0], [0], [0], 1.0), ((0,), [1], [2], [3], 4.0), ((), [], [], [], 0.0),
                                           ((2,), [1], [1], [0], -INF)]:
        def function(x):
            size = [l + h + (n + (n - 1) * i if n else 0) for n, l, h, i in zip(x.shape, low, high, inner)]
            y = torch.full(size, value, dtype=x.dtype)
            y[tuple(slice(l, l + (n - 1) * (i + 1) + 1 if n else l, i + 1) for n, l, i in zip(x.shape, low, inner))] = x
            return y
        text = f"{{0}} low {low} high {high} interior {inner} value {'0xFFF0000000000000' if value == -INF else value} : {{t0}} -> {{y}}"
        one("pad", f"{shape} {low} {high} {inner}", text, function, uniform(*shape), smooth=0 not in shape and value != -INF)
    one("pad", "i64", "{0} low [1] high [1] interior [0] value 3.0 : {t0} -> {y}",
        lambda x: torch.nn.functional.pad(x, (1, 1), value=3), torch.tensor([1, 2]), smooth=False)


def concats():
    for sizes, dim in [([(2, 3), (1, 3)], 0), ([(2, 3), (2, 1), (2, 4)], 1), ([(3,)], 0), ([(0,), (2,)], 0), ([(2,), (0,), (3,)], 0),
                       ([(0,), (0,)], 0)]:
        operands = ", ".join(f"{{{i}}}" for i in range(len(sizes)))
        types = ", ".join(f"{{t{i}}}" for i in range(len(sizes)))
        case("concat", f"{sizes} along {dim}", f"ag.concat {operands} dim {dim} : ({types}) -> {{y}}",
             lambda *parts: torch.cat(parts, dim), [uniform(*s) for s in sizes],
             smooth=all(0 not in s for s in sizes))
    case("concat", "same twice", "ag.concat {0}, {0} dim 0 : ({t0}, {t0}) -> {y}", lambda x: torch.cat([x, x]), [uniform(3)], smooth=True)


def main():
    elementwise()
    functions()
    functions_of_two()
    reductions()
    contractions()
    shapes()
    reference_structured.add(sys.modules[__name__])
    reference_kernels.add(sys.modules[__name__])
    reference_random.add(sys.modules[__name__])
    folder = pathlib.Path(__file__).parent / "Reference"
    for op, entries in cases.items():
        if len(sys.argv) == 1 or op in sys.argv[1:]:
            lines = ",\n".join(json.dumps(e) for e in entries)
            (folder / f"{op}.json").write_text(f"[\n{lines}\n]\n")


main()
