# checkpoint.py - regions that are computed again for the backward: values and gradients are those without.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
from make_composites import I, R, case


def node(name, op, *inputs, **attributes):
    return {"name": name, "op": op, "inputs": list(inputs), **attributes} if name else {"op": op, "inputs": list(inputs), **attributes}


def region(*body):
    return {"op": "checkpoint", "body": list(body)}


def dense(x, w):
    return torch.sin(torch.exp(torch.tanh(x)) @ w)


layer = [node("a", "tanh", "x"), node("b", "exp", "a"), node("c", "matmul", "b", "w"), node("s", "sin", "c")]
case("one region", dense, [region(*layer), node("y", "mul", "s", 1)], R(3, 4), R(4, 4))
case("used inside and outside", lambda x, w: dense(x, w) * torch.tanh(x) + x,
     [region(*layer), node("y", "add", node(None, "mul", "s", "a"), "x")], R(3, 4), R(4, 4))
case("two in a row", lambda x, w: dense(dense(x, w), w),
     [region(*layer), region(node("y", "sin", node(None, "matmul", node(None, "exp", node(None, "tanh", "s")), "w")))], R(3, 4), R(4, 4))
case("one within another", lambda x, w: dense(dense(x, w), w),
     [region(region(*layer), node("y", "sin", node(None, "matmul", node(None, "exp", node(None, "tanh", "s")), "w")))], R(3, 4), R(4, 4))
case("two results", lambda x, w: (dense(x, w), torch.tanh(x)), [region(*layer), node("y0", "mul", "s", 1), node("y1", "mul", "a", 1)],
     R(3, 4), R(4, 4))


def looped(x, w):
    for _ in range(3):
        x = dense(x, w)
    return x


inner = [node("a", "tanh", "h"), node("b", "exp", "a"), node("c", "matmul", "b", "w"), node("s", "sin", "c")]
case("within a loop", looped, [{"op": "repeat", "count": 3, "carry": {"h": "x"}, "yield": {"h": "s"}, "body": [region(*inner)]},
                               node("y", "mul", "h", 1)], R(3, 4), R(4, 4))
case("around a loop", looped, [region({"op": "repeat", "count": 3, "carry": {"h": "x"}, "yield": {"h": "s"}, "body": inner}),
                               node("y", "mul", "h", 1)], R(3, 4), R(4, 4))


def branched(x, w):
    return torch.exp(torch.tanh(x) @ w) if x.sum() > 0 else torch.sin(x @ w) * x


branch = {"op": "if", "inputs": [node(None, "gt", node(None, "sum", "x"), 0)],
          "then": [node("p", "exp", node(None, "matmul", node(None, "tanh", "x"), "w"))],
          "else": [node("q", "mul", node(None, "sin", node(None, "matmul", "x", "w")), "x")],
          "yield": {"then": {"z": "p"}, "else": {"z": "q"}}}
for sign in (1, -1):
    case(f"around a branch {sign}", branched, [region(branch), node("y", "mul", "z", 1)], sign * R(3, 4).abs(), R(4, 4))


def in_place(x, w):
    t = x * 2
    t.mul_(w)
    t[0].exp_()
    return t * x


case("writes within", in_place, [region(node("t", "mul", "x", 2), node(None, "mul_", "t", "w"),
                                        node(None, "exp_", {"op": "select", "inputs": ["t"], "index": 0})), node("y", "mul", "t", "x")],
     R(2, 3), R(2, 3))


def written_from_outside(x, w):
    t = x * 2
    t = t.clone()
    t.mul_(w)
    return t.sin() * t


case("a write to what is outside", written_from_outside,
     [node("t", "mul", "x", 2), region(node(None, "mul_", "t", "w"), node("s", "sin", "t")), node("y", "mul", "s", "t")], R(2, 3), R(2, 3))
case("a table of rows", lambda i, w: torch.sin(torch.nn.functional.embedding(i, w) * w[0]),
     [region(node("e", "embedding", "i", "w"), node("y", "sin", node(None, "mul", "e", {"op": "select", "inputs": ["w"], "index": 0})))],
     I(4, 5), R(4, 3))


def second(x, w):
    y = dense(x, w).sum()
    g, = torch.autograd.grad(y, x, create_graph=True) if y.requires_grad else (torch.zeros_like(x),)
    return g * g


twice = [region(*layer), node("total", "sum", "s"), {"op": "grad", "inputs": ["total"], "wrt": ["x"], "create_graph": True, "names": ["g"]},
         node("y", "mul", "g", "g")]
case("a gradient of a gradient", second, twice, R(3, 4), R(4, 4), nograd=())
