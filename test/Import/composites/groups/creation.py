# creation.py - tensors from ranges and like others, and the views and conversions that follow another tensor.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import torch
from make_composites import B, I, R, case, error


def node(op, *inputs, **attributes):
    return {"op": op, "inputs": list(inputs), **attributes} if inputs else {"op": op, **attributes}


def made(name, y, op, check=case, **attributes):
    """x times what the op makes, in f64."""
    check(name, lambda x: x * y, json.dumps(node("mul", "x", node(op, dtype="f64", **attributes))), R(*y.shape))


f64 = {"dtype": torch.float64}
for start, end, steps in [(0, 1, 5), (-1.5, 2, 8), (3, -3, 7), (0.1, 0.9, 1), (2, 5, 0), (1, 2, 2)]:
    made(f"linspace {start} to {end} in {steps}", torch.linspace(start, end, steps, **f64), "linspace", start=start, end=end, steps=steps)
    made(f"logspace {start} to {end} in {steps}", torch.logspace(start, end, steps, base=2, **f64), "logspace", start=start,
         end=end, steps=steps, base=2)
made("logspace of ten", torch.logspace(-1, 1, 4, **f64), "logspace", start=-1, end=1, steps=4)
case("linspace of integers", lambda n: n + torch.linspace(0, 10, 4, dtype=torch.int64),
     json.dumps(node("add", "n", node("linspace", start=0, end=10, steps=4, dtype="i64"))), I(9, 4))
for n, m in [(3, 3), (2, 4), (4, 2), (1, 1), (0, 2)]:
    made(f"eye {n} {m}", torch.eye(n, m, **f64), "eye", n=n, m=m)
made("eye of one size", torch.eye(3, **f64), "eye", n=3)
error("linspace of -1", lambda x: torch.linspace(0, 1, -1), json.dumps(node("linspace", start=0, end=1, steps=-1)), R(1))
error("eye of -1", lambda x: torch.eye(-1), json.dumps(node("eye", n=-1)), R(1))
for name, f, more in [("zeros_like", torch.zeros_like, {}), ("ones_like", torch.ones_like, {}),
                      ("full_like", lambda x, **o: torch.full_like(x, 2.5, **o), {"value": 2.5}),
                      ("empty_like", torch.zeros_like, {})]:
    case(name, lambda x: x + f(x), json.dumps(node("add", "x", node(name, "x", **more))), R(2, 3))
    case(f"{name} of integers", lambda n: n + f(n, dtype=torch.int64), json.dumps(node("add", "n", node(name, "n", dtype="i64", **more))), I(5, 3))
case("ones_like of bools", lambda m: torch.ones_like(m) ^ m, json.dumps(node("logical_xor", node("ones_like", "m"), "m")), B(4))
case("view", lambda x: x.view(3, -1) * 2, json.dumps(node("mul", node("view", "x", shape=[3, -1]), 2)), R(2, 6))
error("view across strides", lambda x: x.t().view(-1), json.dumps(node("view", node("t", "x"), shape=[-1])), R(2, 3))


def through_view(x, c):
    y = x * 1
    y.view(-1).mul_(c)
    return y * x


case("a write through view", through_view,
     [dict(node("mul", "x", 1), name="b"), node("mul_", node("view", "b", shape=[-1]), "c"), dict(node("mul", "b", "x"), name="y")],
     R(2, 3), R(6))
case("expand_as", lambda x, o: x.expand_as(o) * o, json.dumps(node("mul", node("expand_as", "x", "o"), "o")), R(3, 1), R(2, 3, 4))
error("expand_as too small", lambda x, o: x.expand_as(o), json.dumps(node("expand_as", "x", "o")), R(3), R(2, 4))
case("type_as", lambda n, x: n.type_as(x) * x, json.dumps(node("mul", node("type_as", "n", "x"), "x")), I(5, 3), R(3))
case("type_as of the same", lambda a, x: a.type_as(x) * x, json.dumps(node("mul", node("type_as", "a", "x"), "x")), R(3), R(3))
