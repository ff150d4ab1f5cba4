# make_composites.py - writes the reference files of ops of graph JSON that are composites. Needs PyTorch.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#   python make_composites.py [GROUP...]
#
# Each file of groups/ is a group; it calls `case` and `error` and is one test of ctest.
import importlib, inspect, json, math, os, sys
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.modules.setdefault("make_composites", sys.modules[__name__])
INF, NAN = math.inf, math.nan
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 30.0, -30.0, INF, -INF, NAN]
cases = []
generator = torch.Generator()


def R(*shape, scale=1.0):
    """Normal draws that f32 holds and that are short as text; with a gradient."""
    draws = torch.randn(shape, generator=generator, dtype=torch.float64) * scale
    return torch.round(draws * 1024) / 1024


def U(*shape):
    """Uniform draws of (0, 1)."""
    return (torch.randint(1, 1024, shape, generator=generator).double()) / 1024


def I(high, *shape, low=0):
    """Integers of [low, high)."""
    return torch.randint(low, high, shape, generator=generator)


def B(*shape):
    """Bools."""
    return torch.rand(shape, generator=generator) < 0.5


def V(values, dtype=torch.float64):
    """Numbers of your choice, such as boundary points."""
    return torch.tensor(values, dtype=dtype)


def pairs(values=SPECIAL):
    """Two vectors of all pairs of special values."""
    n = len(values)
    v = torch.tensor(values, dtype=torch.float64)
    return v.repeat_interleave(n), v.repeat(n)


NAMES = {torch.float64: "f64", torch.int64: "i64", torch.int32: "i32", torch.bool: "bool", torch.uint8: "u8",
         torch.int8: "i8", torch.int16: "i16", torch.float16: "f16", torch.bfloat16: "bf16", torch.float32: "f64"}


def typeText(t):
    return f"{NAMES[t.dtype]}[{','.join(map(str, t.shape))}]"


def numbers(t):
    special = {INF: "inf", -INF: "-inf"}
    flat = t.detach().reshape(-1).tolist()
    if t.dtype == torch.bool:
        return [int(x) for x in flat]
    if not t.dtype.is_floating_point:
        return flat
    return ["nan" if math.isnan(x) else special.get(x, x) for x in flat]


def nodes(text, count):
    """The body of a case: a node, which gets the name y, or a list that defines y, or y0, y1, ..."""
    body = json.loads(text) if isinstance(text, str) else text
    if isinstance(body, dict):
        if count > 1:
            body["names"] = [f"y{i}" for i in range(count)]
        else:
            body["name"] = "y"
        body = [body]
    return body


def arguments(f, given):
    names = list(inspect.signature(f).parameters)
    assert len(names) == len(given), (names, len(given))
    return names


def case(name, f, text, *given, nograd=(), tolerance=None, tolerance32=None, f64_only=False, ulps=None):
    """f: PyTorch's function; text: the same in graph JSON, where inputs have the names of f's parameters; given:
    the inputs. Floats get gradients unless named in `nograd`. If f returns a tuple, the node has several results.
    Results of f16 and bf16 may differ by `ulps` units in their last place."""
    names = arguments(f, given)
    leaves = [t.clone().requires_grad_(t.dtype.is_floating_point and n not in nograd) for n, t in zip(names, given)]
    out = f(*[t.clone() for t in leaves])
    out = out if isinstance(out, (tuple, list)) else (out,)
    outputs, cotangents, values, results = [], [], [numbers(t) for t in given], []
    for i, y in enumerate(out):
        entry = {"name": f"y{i}" if len(out) > 1 else "y", "type": typeText(y)}
        if y.requires_grad and y.dtype.is_floating_point:
            d = R(*y.shape).to(y.dtype)
            entry["cotangent"] = True
            cotangents.append((y, d))
            values.append(numbers(d))
        outputs.append(entry)
        results.append(numbers(y))
    wrt = [n for n, t in zip(names, leaves) if t.requires_grad] if cotangents else []
    if wrt:
        grads = torch.autograd.grad([y for y, _ in cotangents], [t for t in leaves if t.requires_grad],
                                    [d for _, d in cotangents], allow_unused=True)
        for g, t in zip(grads, [t for t in leaves if t.requires_grad]):
            results.append(numbers(torch.zeros_like(t) if g is None else g))
    entry = {"name": name, "arguments": names, "inputs": {n: typeText(t) for n, t in zip(names, given)},
             "body": nodes(text, len(out)), "wrt": wrt, "outputs": outputs, "values": values, "results": results}
    for key, value in (("tolerance", tolerance), ("tolerance32", tolerance32), ("f64_only", f64_only), ("ulps", ulps)):
        if value:
            entry[key] = value
    cases.append(entry)


def error(name, f, text, *given, message=None):
    """PyTorch refuses it, and gradc must in the same words, or in those of `message`. Inputs are f32."""
    names = arguments(f, given)
    wanted = message
    try:
        f(*[t.float() if t.dtype == torch.float64 else t for t in given])
        assert message, f"{name}: PyTorch accepts it"
    except (RuntimeError, ValueError, IndexError, TypeError, NotImplementedError) as e:
        wanted = message or str(e).split("\n")[0]
    cases.append({"name": name, "arguments": names, "inputs": {n: typeText(t) for n, t in zip(names, given)},
                  "body": nodes(text, 1), "wrt": [], "outputs": [], "error": wanted})


def main():
    chosen = sys.argv[1:] or sorted(f[:-3] for f in os.listdir(f"{HERE}/groups") if f.endswith(".py"))
    for group in chosen:
        cases.clear()
        generator.manual_seed(0)
        torch.manual_seed(0)
        importlib.import_module(f"groups.{group}")
        lines = ",\n".join(json.dumps(c) for c in cases)
        with open(f"{HERE}/{group}.json", "w") as out:
            out.write(f"[\n{lines}\n]\n")
        print(f"{group}: {len(cases)} cases")


if __name__ == "__main__":
    main()
