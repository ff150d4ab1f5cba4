# make_pytorch_cases.py - asks PyTorch for result types and error texts and writes them as cases for check_cases.py.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Run by hand with PyTorch (2.x) when the cases change: python make_pytorch_cases.py > pytorch.cases
import itertools
import json
import re
import warnings

import torch

warnings.simplefilter("ignore")
DTYPES = {"f32": torch.float32, "f64": torch.float64, "i64": torch.int64, "i32": torch.int32, "bool": torch.bool}
NAMES = {v: k for k, v in DTYPES.items()}


def type_text(t):
    return f"{NAMES[t.dtype]}[{','.join(map(str, t.shape))}]"


def operand(spec):
    """(node or literal, PyTorch's value) of ("f32", shape) or a literal."""
    if not isinstance(spec, tuple):
        return spec, spec
    dtype, shape = spec
    node = {"op": "ones", "shape": list(shape)}
    return node if dtype == "f32" else {**node, "dtype": dtype}, torch.ones(shape, dtype=DTYPES[dtype])


# Texts of ours that say more than PyTorch's, or stand for messages about its internals.
SKIPPED = ("not implemented for", "got NotImplementedType", "unsupported operand", "must be Tensor", "only one of",
           "received an invalid combination", "argument 'input'", "Expected a proper Tensor", "Boolean alpha", "integer multiplication overflow", "narrow()")


def case(op, specs, call, **attributes):
    if op in ("pow", "sign") and all(s is True or (isinstance(s, tuple) and s[0] == "bool") for s in specs):
        return  # not supported here, see errors.cases
    operands = [operand(s) for s in specs]
    node = {"op": op, "inputs": [o[0] for o in operands], **attributes}
    try:
        result = call(*[o[1] for o in operands])
    except (RuntimeError, IndexError, TypeError, ValueError) as error:
        text = re.sub("^(mm|addmm): mat1 and", "mat1 and", str(error).split("\n")[0])  # newer versions name the op
        if any(s in text for s in SKIPPED):
            return
        print(f"// 0: {text}")
    else:
        if result.dtype not in NAMES:
            return
        node["type"] = type_text(result)
        print("// ok")
    print(json.dumps([node]))


def promotion():
    kinds = [(d, s) for d in DTYPES for s in ((2, 3), ())] + [2, 2.5, True]
    ops = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "pow": torch.pow,
           "maximum": torch.maximum, "minimum": torch.minimum, "lt": torch.lt, "eq": torch.eq,
           "logical_and": torch.logical_and}
    for (name, call), (a, b) in itertools.product(ops.items(), itertools.product(kinds, kinds)):
        if not isinstance(a, tuple) and not isinstance(b, tuple):
            continue
        if name in ("maximum", "minimum", "logical_and") and not (isinstance(a, tuple) and isinstance(b, tuple)):
            continue  # PyTorch's take no numbers
        symbols = {"add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y,
                   "div": lambda x, y: x / y, "pow": lambda x, y: x**y, "lt": lambda x, y: x < y,
                   "eq": lambda x, y: x == y}
        case(name, [a, b], symbols.get(name, call))
    for dtype in DTYPES:
        for name in ("neg", "exp", "log", "sqrt", "tanh", "sigmoid", "relu", "abs", "sin", "cos", "reciprocal",
                     "logical_not", "sign"):
            case(name, [(dtype, (3,))], getattr(torch, name))
        for name in ("sum", "mean", "amax", "amin"):
            case(name, [(dtype, (2, 3))], getattr(torch, name))
            case(name, [(dtype, (2, 3))], lambda x: getattr(torch, name)(x, dim=1), dim=1)
        for other in DTYPES:
            case("where", [("bool", (2, 1)), (dtype, (3,)), (other, ())], torch.where)
            case("cat", [(dtype, (2,)), (other, (1,))], lambda x, y: torch.cat([x, y]))
            case("add_", [(dtype, (2,)), (other, (2,))], lambda x, y: x.add_(y))
            case("mul_", [(dtype, (2,)), (other, ())], lambda x, y: x.mul_(y))
            case("copy_", [(dtype, (2,)), (other, (2,))], lambda x, y: x.copy_(y))
            case("matmul", [(dtype, (2, 2)), (other, (2, 2))], torch.matmul)
        case("where", [("bool", (3,)), (dtype, (3,)), 1.5], torch.where)
        case("add_", [(dtype, (2,)), 1.5], lambda x, y: x.add_(y))
        case("add_", [(dtype, (2,)), 1], lambda x, y: x.add_(y))
        case("div_", [(dtype, (2,)), 2], lambda x, y: x.div_(y))


def shapes():
    some = [(), (1,), (3,), (2, 3), (2, 1), (1, 3), (4, 1, 3), (4, 2, 3), (0,), (2, 0), (5,)]
    for a, b in itertools.product(some, some):
        case("add", [("f32", a), ("f32", b)], torch.add)
        case("add_", [("f32", a), ("f32", b)], lambda x, y: x.add_(y))
        case("copy_", [("f32", a), ("f32", b)], lambda x, y: x.copy_(y))
    mats = [(), (3,), (2,), (2, 3), (3, 2), (3, 1), (4, 2, 3), (4, 3, 2), (1, 3, 2), (5, 4, 3, 2), (2, 4, 2, 3), (4, 2)]
    for a, b in itertools.product(mats, mats):
        if not (len(a) == 1 and b[0:1] == (1,)):  # PyTorch folds a batch of 1, and says so
            case("matmul", [("f32", a), ("f32", b)], torch.matmul)
    for x, w, bias in itertools.product([(3,), (2, 3), (4, 2, 3)], [(3,), (5, 3), (5, 2)], [None, (5,), (2,), ()]):
        specs = [("f32", x), ("f32", w)] + ([("f32", bias)] if bias is not None else [])
        case("linear", specs, torch.nn.functional.linear)
    tensors = [(), (1,), (6,), (2, 3), (2, 1, 3), (2, 0, 3)]
    for shape in tensors:
        x = [("f32", shape)]
        for dim in (-4, -3, -2, -1, 0, 1, 2, 3):
            case("sum", x, lambda t: t.sum(dim), dim=dim)
            case("sum", x, lambda t: t.sum(dim, keepdim=True), dim=dim, keepdim=True)
            case("amax", x, lambda t: t.amax(dim), dim=dim)
            case("unsqueeze", x, lambda t: t.unsqueeze(dim), dim=dim)
            case("squeeze", x, lambda t: t.squeeze(dim), dim=dim)
            case("transpose", x, lambda t: t.transpose(0, dim), dim0=0, dim1=dim)
            case("flatten", x, lambda t: t.flatten(dim), start_dim=dim)
            case("flatten", x, lambda t: t.flatten(1, dim), start_dim=1, end_dim=dim)
            case("cat", x + x, lambda s, t: torch.cat([s, t], dim), dim=dim)
        for dims in ([0, 1], [1, 0], [0, 0], [-1, 0], [], [2, 0, 1]):
            case("sum", x, lambda t: t.sum(dims), dim=dims)
            case("permute", x, lambda t: t.permute(dims), dims=dims)
        for to in ([6], [3, 2], [-1], [-1, 2], [-1, -1], [4], [2, -1, 3], [1, 1], [], [0, -1], [-2, 3], [2, 3]):
            case("reshape", x, lambda t: t.reshape(to), shape=to)
            if shape or -1 not in to:  # PyTorch returns tensors of negative size
                case("expand", x, lambda t: t.expand(to), shape=to)
        case("t", x, torch.t)
        case("squeeze", x, lambda t: t.squeeze())
        slices = itertools.product((-7, -2, 0, 1, 9), (-7, -1, 2, 9), (1, 2)) if shape in ((), (6,), (2, 0, 3)) else []
        for start, end, step in slices:
            case("slice", x, lambda t: torch.ops.aten.slice.Tensor(t, 0, start, end, step), dim=0, start=start,
                 end=end, step=step)
        for pads in ([1, 2], [1, 2, 0, 1], [-1, 0], [0, -2, 1, 0], [1], [0, 0, 0, 0, 0, 0, 1, 1], [-1, -1]):
            case("pad", x, lambda t: torch.nn.functional.pad(t, pads), pad=pads)
    for a, b in itertools.product([(2, 3), (3,), (1, 3), (2, 1), ()], repeat=2):
        case("cat", [("f32", a), ("f32", b)], lambda x, y: torch.cat([x, y]))
        case("cat", [("f32", a), ("f32", b)], lambda x, y: torch.cat([x, y], 1), dim=1)


def creation():
    for end in (0, 5, -1, 2.5, 3.0):
        creation_case({"op": "arange", "end": end}, lambda: torch.arange(end))
    for start, end, step in ((0, 5, 2), (5, 0, -2), (0, 5, 0), (0, 5, -1), (0.5, 2, 0.25), (1, 4, 1), (0, 1, 0.1)):
        creation_case({"op": "arange", "start": start, "end": end, "step": step},
                      lambda: torch.arange(start, end, step))
    for data in (1, 1.5, True, [1, 2], [[1, 2.5]], [True, False], [True, 2], [[]], [], [[1], [2]]):
        creation_case({"op": "tensor", "value": data}, lambda: torch.tensor(data))
    for value in (1, 1.5, True):
        creation_case({"op": "full", "shape": [2], "value": value}, lambda: torch.full((2,), value))
    creation_case({"op": "randint", "low": 3, "high": 3, "shape": [2]}, lambda: torch.randint(3, 3, (2,)))
    creation_case({"op": "randint", "high": 3, "shape": [2]}, lambda: torch.randint(3, (2,)))
    creation_case({"op": "randperm", "n": 4}, lambda: torch.randperm(4))


def creation_case(node, call):
    try:
        node["type"] = type_text(call())
        print("// ok")
    except (RuntimeError, ValueError) as error:
        print(f"// 0: {error}".split("\n")[0])
    print(json.dumps([node]))


if __name__ == "__main__":
    print("// What PyTorch says of types, shapes and errors; written by make_pytorch_cases.py.")
    promotion()
    shapes()
    creation()
