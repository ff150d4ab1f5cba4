# views_in_place.py - writes in place seen through views: the base is written and the view read, and the other way.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
from make_composites import R, case, error


def node(op, *inputs, **attributes):
    return {"op": op, "inputs": list(inputs), **attributes}


def product(x, y):
    return node("mul", x, y)


VIEWS = {
    "select": (lambda t: t.select(1, -1), (2, 3), {"dim": 1, "index": -1}),
    "narrow": (lambda t: t.narrow(1, 1, 2), (2, 4), {"dim": 1, "start": 1, "length": 2}),
    "slice": (lambda t: t[:, 0:5:2], (2, 5), {"dim": 1, "start": 0, "end": 5, "step": 2}),
    "diagonal": (lambda t: t.diagonal(1), (3, 4), {"offset": 1}),
    "movedim": (lambda t: t.movedim(0, 2), (2, 3, 2), {"source": 0, "destination": 2}),
    "unflatten": (lambda t: t.unflatten(1, (2, 2)), (2, 4), {"dim": 1, "sizes": [2, 2]}),
    "transpose": (lambda t: t.transpose(0, 1), (2, 3), {"dim0": 0, "dim1": 1}),
    "reshape": (lambda t: t.view(6), (2, 3), {"shape": [6]}),
}
for name, (view, shape, attributes) in VIEWS.items():
    like = view(torch.zeros(shape)).shape
    base = dict(product("a", 2.0), name="b")
    look = dict(node(name, "b", **attributes), name="v")

    def write_base(a, c):
        b = a * 2
        v = view(b)
        b.mul_(c)
        return v * v
    case(f"{name}: write base, read view", write_base,
         [base, look, node("mul_", "b", "c"), dict(product("v", "v"), name="y")], R(*shape), R(*shape))

    def write_view(a, c):
        b = a * 2
        view(b).mul_(c)
        return b * b
    case(f"{name}: write view, read base", write_view,
         [base, look, node("mul_", "v", "c"), dict(product("b", "b"), name="y")], R(*shape), R(*like))

    def both(a, c, d):
        b = a * 2
        v, other = view(b), view(b)
        v.add_(c)
        b.mul_(d)
        v.copy_(other.detach().sin() + c)
        return b * a, other + v
    case(f"{name}: both in turns, read another view", both,
         [base, look, dict(look, name="w"), node("add_", "v", "c"), node("mul_", "b", "d"),
          node("copy_", "v", node("add", node("sin", node("detach", "w")), "c")), dict(product("b", "a"), name="y0"), dict(node("add", "w", "v"), name="y1")],
         R(*shape), R(*like), R(*shape))

    def no_history(a, c):
        b = a * 2
        view(b).mul_(c)
        b.add_(1)
        return view(b) * 3
    case(f"{name}: without gradients", no_history,
         [base, look, node("mul_", "v", "c"), node("add_", "b", 1), dict(product("v", 3.0), name="y")],
         R(*shape), R(*like), nograd=("a", "c"))


def chain(a, c):
    b = a * 2
    b.movedim(0, 2).select(0, 1).diagonal().mul_(c)
    return b * b


case("a view of a view of a view", chain,
     [dict(product("a", 2.0), name="b"), node("mul_", node("diagonal", node("select", node("movedim", "b", source=0, destination=2),
                                                                              dim=0, index=1)), "c"),
      dict(product("b", "b"), name="y")], R(2, 3, 2), R(2))


def saved(a, c):
    b = a * 2
    y = b.exp()
    b.select(0, 0).mul_(c)
    return y * 1, b * 1


case("a value that backward does not need may be written", saved,
     [dict(product("a", 2.0), name="b"), dict(node("exp", "b"), name="e"),
      node("mul_", node("select", "b", dim=0, index=0), "c"), dict(product("e", 1.0), name="y0"),
      dict(product("b", 1.0), name="y1")], R(2, 3), R(3))

# Views that come in lists can be written only where nothing has a gradient.
LISTS = {
    "split": (lambda t: t.split(2, 1), (2, 4), {"split_size": 2, "dim": 1}),
    "chunk": (lambda t: t.chunk(2, 1), (2, 3), {"chunks": 2, "dim": 1}),
    "unbind": (lambda t: t.unbind(0), (2, 3), {"dim": 0}),
}
for name, (views, shape, attributes) in LISTS.items():
    like = views(torch.zeros(shape))[1].shape
    base = dict(product("a", 2.0), name="b")
    parts = node(name, "b", names=["p", "q"], **attributes)

    def write_part(a, c):
        b = a * 2
        p, q = views(b)
        q.mul_(c)
        return b * b
    body = [base, parts, node("mul_", "q", "c"), dict(product("b", "b"), name="y")]
    case(f"{name}: write part, read base", write_part, body, R(*shape), R(*like), nograd=("a", "c"))
    error(f"{name}: write part with history", lambda a, c: write_part(a.requires_grad_(), c),
          [node("requires_grad_", "a"), *body], R(*shape), R(*like))

    def write_whole(a, c):
        b = a * 2
        p, q = views(b)
        b.mul_(c)
        return q * q
    body = [base, parts, node("mul_", "b", "c"), dict(product("q", "q"), name="y")]
    case(f"{name}: write base, read part", write_whole, body, R(*shape), R(*shape), nograd=("a", "c"))

    def read_twice(a, c):
        b = a * 2
        b.mul_(c)
        p, q = views(b)
        return q * q + 0 * q, b * 1
    case(f"{name}: write base before", read_twice,
         [base, node("mul_", "b", "c"), parts, dict(node("add", product("q", "q"), product(0.0, "q")), name="y0"),
          dict(product("b", 1.0), name="y1")], R(*shape), R(*shape))
