# dtypes.py - f16, bf16, i8, i16 and u8: promotion, conversions, arithmetic, reductions, layers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What PyTorch computes in f32 and rounds once is the same to the bit, unless `ulps` says otherwise.
import torch, torch.nn.functional as F
from make_composites import I, INF, NAN, R, U, case, error

HALVES = {"f16": torch.float16, "bf16": torch.bfloat16}
INTEGERS = {"i8": torch.int8, "i16": torch.int16, "u8": torch.uint8}
ALL = {**HALVES, **INTEGERS, "f32": torch.float32, "f64": torch.float64, "i32": torch.int32, "i64": torch.int64,
       "bool": torch.bool}


def once(*args, **options):
    case(*args, f64_only=True, **options)


def op(name, *inputs, **attributes):
    items = ", ".join(f'"{x}"' if isinstance(x, str) else str(x).lower() for x in inputs)
    more = "".join(f', "{k}": {v}' for k, v in attributes.items())
    return f'{{"op": "{name}", "inputs": [{items}]{more}}}'


def edges(dtype):
    """Zeros, subnormals, ordinary numbers, the ends of the range, infinities and NaN."""
    info = torch.finfo(dtype)
    least = info.smallest_normal * info.eps
    return torch.tensor([0.0, -0.0, least, -3 * least, info.smallest_normal, 0.5, 1.0, -1.0, 1.5, -2.5, 3.1415926, 30.0, -30.0,
                         250.0, info.max, -info.max, INF, -INF, NAN], dtype=dtype)


def pairs_of(values):
    n = len(values)
    return values.repeat_interleave(n), values.repeat(n)


def whole(dtype):
    info = torch.iinfo(dtype)
    values = [0, 1, 2, 3, 7, 13, 100, info.max - 1, info.max]
    if info.min:
        values += [-1, -2, -5, -100, info.min + 1, info.min]
    return torch.tensor(values, dtype=dtype)


# Elementwise: exact ops, and functions.
for name, dtype in HALVES.items():
    few = [0, 1, 3, 4, 6, 8, 9, 14, 16, 17, 18]
    x, near, positive = edges(dtype), R(37, scale=2).to(dtype), (U(37) * 4).to(dtype)
    for word in ("neg", "abs", "sign", "relu", "floor", "ceil", "trunc", "round", "sqrt", "reciprocal", "square"):
        once(f"{name}_{word}", eval(f"lambda x: torch.{word}(x)"), op(word, "x"), x, nograd="x")
    for word in ("add", "sub", "mul", "div", "maximum", "minimum"):
        once(f"{name}_{word}", eval(f"lambda x, z: torch.{word}(x, z)"), op(word, "x", "z"), *pairs_of(x[few]), nograd=("x", "z"))
        once(f"{name}_{word}_grad", eval(f"lambda x, z: torch.{word}(x, z)"), op(word, "x", "z"), near, R(37).to(dtype), ulps=2)
    for word in ("eq", "ne", "lt", "le", "gt", "ge"):
        once(f"{name}_{word}", eval(f"lambda x, z: torch.{word}(x, z)"), op(word, "x", "z"), *pairs_of(x[few]), nograd=("x", "z"))
    for word in ("exp", "exp2", "expm1", "sin", "cos", "tanh", "sigmoid", "atan", "sinh", "cosh", "asinh"):
        once(f"{name}_{word}", eval(f"lambda x: torch.{word}(x)"), op(word, "x"), torch.cat([x, near]), nograd="x", ulps=1)
        once(f"{name}_{word}_grad", eval(f"lambda x: torch.{word}(x)"), op(word, "x"), near, ulps=4)
    # PyTorch's erf of short floats has an absolute error.
    once(f"{name}_erf", lambda x: torch.erf(x), op("erf", "x"), near, ulps=16)
    for word in ("log", "log2", "log10", "log1p", "rsqrt", "sqrt", "reciprocal"):
        once(f"{name}_{word}_near", eval(f"lambda x: torch.{word}(x)"), op(word, "x"), torch.cat([x, positive]), nograd="x", ulps=1)
        once(f"{name}_{word}_grad", eval(f"lambda x: torch.{word}(x)"), op(word, "x"), positive, ulps=6)
    for word in ("gelu", "silu", "mish", "softplus", "elu", "leaky_relu", "hardswish", "hardsigmoid", "selu", "logsigmoid", "softsign"):
        once(f"{name}_{word}", eval(f"lambda x: F.{word}(x)"), op(word, "x"), near, ulps=4)
    once(f"{name}_add_number", lambda x: x + 0.1, op("add", "x", 0.1), x, nograd="x")
    once(f"{name}_sub_number", lambda x: 0.1 - x, op("sub", 0.1, "x"), near)
    once(f"{name}_mul_number", lambda x: x * 0.1, op("mul", "x", 0.1), near)
    once(f"{name}_div_number", lambda x: x / 0.3, op("div", "x", 0.3), near)
    once(f"{name}_number_div", lambda x: 0.3 / x, op("div", 0.3, "x"), near, ulps=1)
    once(f"{name}_mul_scalar", lambda x, s: x * s, op("mul", "x", "s"), near, torch.tensor(0.1), nograd="s")
    once(f"{name}_large_number", lambda x: x + 1e6, op("add", "x", 1e6), near)
    once(f"{name}_lt_number", lambda x: x < 0.1, op("lt", "x", 0.1), torch.tensor([0.1, 0.2, -1], dtype=dtype), nograd="x")
    once(f"{name}_clamp", lambda x: torch.clamp(x, -0.3, 0.7), op("clamp", "x", min=-0.3, max=0.7), near)
    once(f"{name}_clamp_min", lambda x: torch.clamp_min(x, -1), op("clamp_min", "x", -1), torch.tensor([1.0, -1, 0, -2], dtype=dtype))
    once(f"{name}_where", lambda c, x, z: torch.where(c > 0, x, z),
         f'{{"op": "where", "inputs": [{op("gt", "c", 0)}, "x", "z"]}}', I(3, 37, low=-2), near, positive)
    for exponent in (2, 3, 0.5, -1, 2.5):
        once(f"{name}_pow_{exponent}".replace(".", "_").replace("-", "m"), lambda x: x ** exponent, op("pow", "x", exponent),
             positive, ulps=4)
    once(f"{name}_atan2", lambda x, z: torch.atan2(x, z), op("atan2", "x", "z"), near, R(37).to(dtype), ulps=4)
    once(f"{name}_lerp", lambda x, z, w: torch.lerp(x, z, w), op("lerp", "x", "z", "w"), near, R(37).to(dtype), U(37).to(dtype), ulps=2)

# Conversions.
for source, a in ALL.items():
    if a.is_floating_point:
        values = torch.tensor([0, -0.0, 0.5, 1, -1, 2.5, 127, 128, -129, 255, 256, 300, -300, 1 + 2**-8 + 2**-14, 1 + 2**-11 + 2**-22,
                               65504, 70000, 1e10, -3e9, 1e20, INF, -INF, NAN], dtype=torch.float64).to(a)
    else:
        values = torch.tensor([0, 1, 2, 127] + ([-1, -128] if a in (torch.int8, torch.int16, torch.int32, torch.int64) else [])
                              + ([2**24 + 1 + 2**16, 2**31 - 129] if a in (torch.int32, torch.int64) else []), dtype=torch.int64).to(a)
    for target, b in ALL.items():
        if source != target and not {source, target} <= {"f32", "f64", "i32", "i64", "bool"}:
            once(f"{source}_to_{target}", lambda x: x.to(b), op("cast", "x", dtype=f'"{target}"'), values, nograd="x")
once("gradient_through_casts", lambda x: (x.to(torch.float32) * 3).to(torch.float16).to(torch.float64),
     '[{"name": "a", "op": "cast", "inputs": ["x"], "dtype": "f32"}, {"name": "b", "op": "mul", "inputs": ["a", 3]}, '
     '{"name": "c", "op": "cast", "inputs": ["b"], "dtype": "f16"}, {"name": "y", "op": "cast", "inputs": ["c"], "dtype": "f64"}]',
     R(9).to(torch.bfloat16))

# Promotion.
for source, a in ALL.items():
    for target, b in ALL.items():
        if {source, target} & {*HALVES, *INTEGERS}:
            once(f"{source}_plus_{target}", lambda x, z: x + z, op("add", "x", "z"), I(2, 5).to(a), I(2, 5).to(b), nograd=("x", "z"))
            once(f"{source}_plus_scalar_{target}", lambda x, z: x + z, op("add", "x", "z"), I(2, 5).to(a), I(2, 1)[0].to(b),
                 nograd=("x", "z"))

# Integers.
for name, dtype in INTEGERS.items():
    x, z = pairs_of(whole(dtype))
    for word in ("add", "sub", "mul", "maximum", "minimum", "bitwise_and", "bitwise_or", "bitwise_xor", "eq", "lt", "ge"):
        once(f"{name}_{word}", eval(f"lambda x, z: torch.{word}(x, z)"), op(word, "x", "z"), x, z)
    for word in ("neg", "abs", "sign", "square", "relu", "bitwise_not", "sigmoid", "sqrt"):
        once(f"{name}_{word}", eval(f"lambda x: torch.{word}(x)"), op(word, "x"), whole(dtype), tolerance=1e-6)
    inside = (z != 0) & ~((z == -1) & (x == torch.iinfo(dtype).min))
    a, b = x[inside], z[inside]
    once(f"{name}_div", lambda x, z: x / z, op("div", "x", "z"), a, b, tolerance=1e-7)
    once(f"{name}_floor_div", lambda x, z: torch.div(x, z, rounding_mode="floor"), op("div", "x", "z", rounding_mode='"floor"'), a, b)
    once(f"{name}_trunc_div", lambda x, z: torch.div(x, z, rounding_mode="trunc"), op("div", "x", "z", rounding_mode='"trunc"'), a, b)
    once(f"{name}_remainder", lambda x, z: torch.remainder(x, z), op("remainder", "x", "z"), a, b)
    once(f"{name}_fmod", lambda x, z: torch.fmod(x, z), op("fmod", "x", "z"), a, b)
    once(f"{name}_shift", lambda x, z: x << z, op("bitwise_left_shift", "x", "z"), whole(dtype), I(7, len(whole(dtype))).to(dtype))
    once(f"{name}_shift_right", lambda x, z: x >> z, op("bitwise_right_shift", "x", "z"), whole(dtype), I(7, len(whole(dtype))).to(dtype))
    once(f"{name}_pow", lambda x: x ** 3, op("pow", "x", 3), whole(dtype))
    once(f"{name}_add_number", lambda x: x + 300, op("add", "x", 300), whole(dtype))
    once(f"{name}_lt_number", lambda x: x < -1, op("lt", "x", -1), whole(dtype))
    once(f"{name}_mul_float", lambda x: x * 0.5, op("mul", "x", 0.5), whole(dtype))
    once(f"{name}_nan_to_num", lambda x: torch.nan_to_num(x), op("nan_to_num", "x"), whole(dtype))
    m = whole(dtype)[:6].reshape(2, 3)
    once(f"{name}_sum", lambda x: x.sum(), op("sum", "x"), m)
    once(f"{name}_sum_dim", lambda x: x.sum(1), op("sum", "x", dim=1), m)
    once(f"{name}_prod", lambda x: x.prod(), op("prod", "x"), m + 1)
    once(f"{name}_amax", lambda x: x.amax(0), op("amax", "x", dim=0), whole(dtype).reshape(3, -1))
    once(f"{name}_amin", lambda x: x.amin(), op("amin", "x"), whole(dtype))
    once(f"{name}_argmax", lambda x: x.argmax(), op("argmax", "x"), whole(dtype))
    once(f"{name}_sort", lambda x: x.sort().values, op("sort", "x"), whole(dtype))
    once(f"{name}_cumsum", lambda x: x.cumsum(0), op("cumsum", "x", dim=0), whole(dtype))
    once(f"{name}_matmul", lambda x, z: x @ z, op("matmul", "x", "z"), whole(dtype)[:8].reshape(2, 4), whole(dtype)[1:9].reshape(4, 2))
    once(f"{name}_where", lambda c, x, z: torch.where(c > 0, x, z),
         f'{{"op": "where", "inputs": [{op("gt", "c", 0)}, "x", "z"]}}', I(3, 9, low=-2), whole(dtype)[:9], whole(dtype)[-9:])
    once(f"{name}_gather", lambda x, i: x[i], op("index", "x", "i"), whole(dtype), I(9, 5))
    once(f"{name}_cat", lambda x, z: torch.cat([x, z.flip(0)[1:].to(x.dtype)]),
         f'{{"op": "cat", "inputs": ["x", {{"op": "slice", "inputs": [{op("flip", "z", dims="[0]")}], "dim": 0, "start": 1, "end": 9}}], "dim": 0}}',
         whole(dtype)[:9], whole(dtype)[:9])

# Reductions and layers.
for name, dtype in HALVES.items():
    # Gradients are sums of products that cancel: a share of the largest.
    eps = torch.finfo(dtype).eps
    x, w, b = R(6, 40).to(dtype), R(8, 40).to(dtype), R(8).to(dtype)
    once(f"{name}_sum", lambda x: x.sum(), op("sum", "x"), x)
    once(f"{name}_sum_dim", lambda x: x.sum(0), op("sum", "x", dim=0), x)
    once(f"{name}_mean", lambda x: x.mean(1), op("mean", "x", dim=1), x, ulps=1)
    once(f"{name}_amax", lambda x: x.amax(1), op("amax", "x", dim=1), x)
    once(f"{name}_prod", lambda x: x.prod(), op("prod", "x"), R(5).to(dtype), ulps=4)
    once(f"{name}_var", lambda x: x.var(1), op("var", "x", dim=1), x, tolerance=eps)
    once(f"{name}_std", lambda x: x.std(), op("std", "x"), x, ulps=2)
    once(f"{name}_norm", lambda x: x.norm(), op("norm", "x"), x, ulps=2)
    once(f"{name}_softmax", lambda x: torch.softmax(x, 1), op("softmax", "x", dim=1), x, tolerance=eps)
    once(f"{name}_log_softmax", lambda x: torch.log_softmax(x, 1), op("log_softmax", "x", dim=1), x, tolerance=eps)
    once(f"{name}_logsumexp", lambda x: torch.logsumexp(x, 1), op("logsumexp", "x", dim=1), x, tolerance=4 * eps)
    once(f"{name}_cumsum", lambda x: x.cumsum(1), op("cumsum", "x", dim=1), x, nograd="x")
    once(f"{name}_sort", lambda x: x.sort(stable=True, dim=1).values, op("sort", "x", dim=1), x)
    once(f"{name}_argmax", lambda x: x.argmax(1), op("argmax", "x", dim=1), x, nograd="x")
    once(f"{name}_matmul", lambda x, w: x @ w.T, '{"op": "matmul", "inputs": ["x", {"op": "t", "inputs": ["w"]}]}', x, w, ulps=1)
    once(f"{name}_bmm", lambda x, z: torch.bmm(x, z), op("bmm", "x", "z"), R(3, 4, 5).to(dtype), R(3, 5, 6).to(dtype), ulps=1)
    once(f"{name}_linear", lambda x, w, b: F.linear(x, w, b), op("linear", "x", "w", "b"), x, w, b, ulps=1)
    once(f"{name}_conv2d", lambda x, w, b: F.conv2d(x, w, b, padding=1), op("conv2d", "x", "w", "b", padding=1),
         R(2, 3, 6, 6).to(dtype), R(4, 3, 3, 3).to(dtype), R(4).to(dtype), ulps=2)
    once(f"{name}_layer_norm", lambda x, w, b: F.layer_norm(x, (40,), w, b), op("layer_norm", "x", "w", "b", normalized_shape="[40]"),
         x, R(40).to(dtype), R(40).to(dtype), tolerance=2 * eps)
    once(f"{name}_mse", lambda x, z: F.mse_loss(x, z), op("mse_loss", "x", "z"), x, R(6, 40).to(dtype), ulps=2)
    once(f"{name}_cross_entropy", lambda x, t: F.cross_entropy(x, t), op("cross_entropy", "x", "t"), x, I(40, 6), tolerance=eps)
    once(f"{name}_bce", lambda x, t: F.binary_cross_entropy_with_logits(x, t), op("binary_cross_entropy_with_logits", "x", "t"),
         x, U(6, 40).to(dtype), nograd="t", tolerance=eps)
    once(f"{name}_smooth_l1", lambda x, z: F.smooth_l1_loss(x, z), op("smooth_l1_loss", "x", "z"), x, R(6, 40).to(dtype), ulps=2)
    once(f"{name}_embedding", lambda i, w: F.embedding(i, w), op("embedding", "i", "w"), I(8, 5), w, tolerance=eps)
    once(f"{name}_max_pool", lambda x: F.max_pool2d(x, 2), op("max_pool2d", "x", kernel_size=2), R(1, 2, 6, 6).to(dtype))
    once(f"{name}_avg_pool", lambda x: F.avg_pool2d(x, 2), op("avg_pool2d", "x", kernel_size=2), R(1, 2, 6, 6).to(dtype), ulps=1)
    once(f"{name}_index_add", lambda x, i, z: x.index_add(0, i, z), op("index_add", "x", "i", "z", dim=0), x, I(6, 4),
         R(4, 40).to(dtype), tolerance=eps)
    once(f"{name}_attention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v), op("scaled_dot_product_attention", "q", "k", "v"),
         R(2, 5, 8).to(dtype), R(2, 7, 8).to(dtype), R(2, 7, 8).to(dtype), tolerance=eps)

error("mean_of_integers", lambda x: x.to(torch.uint8).float().long().mean(), op("mean", "x"), I(9, 4).to(torch.uint8),
      message="mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Byte")
error("dtypes_differ", lambda x, w: x @ w, op("matmul", "x", "w"), R(2, 3).to(torch.bfloat16), R(3, 2).to(torch.float16))
error("float_into_integer", lambda x: x.mul(1).add_(0.5),
      f'{{"op": "add_", "inputs": [{op("mul", "x", 1)}, 0.5]}}', I(9, 4).to(torch.uint8))
