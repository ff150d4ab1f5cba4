# scatter.py - the ops that write at indices.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch

from make_composites import B, I, R, V, case, error

L = torch.int64


def node(op, *inputs, **attributes):
    return {"op": op, "inputs": list(inputs), **attributes}



case("scatter", lambda x, i, s: x.scatter(0, i, s), node("scatter", "x", "i", "s", dim=0), R(3, 5),
     torch.tensor([[0, 1, 2, 0], [2, 0, 0, 1]]), R(3, 4), nograd=("s",))
case("scatter, last dim", lambda x, i, s: x.scatter(-1, i, s), node("scatter", "x", "i", "s", dim=-1), R(3, 5),
     torch.tensor([[0, 3], [2, 4]]), R(2, 2))
case("scatter of a number", lambda x, i: x.scatter(1, i, 2.5), node("scatter", "x", "i", 2.5, dim=1), R(2, 4),
     torch.tensor([[0, 3], [2, 1]]))
case("scatter of a scalar", lambda x, i, s: x.scatter(0, i, s), node("scatter", "x", "i", "s", dim=0), R(), torch.tensor(0), R())
case("scatter, i32", lambda x, i, s: x.scatter(0, i, s), node("scatter", "x", "i", "s", dim=0), R(4), I(1, 1).int() + 2, R(1))
case("scatter of nothing", lambda x, i, s: x.scatter(0, i, s), node("scatter", "x", "i", "s", dim=0), R(3),
     torch.zeros(0, dtype=L), R(0))
case("scatter_add", lambda x, i, s: x.scatter_add(0, i, s), node("scatter_add", "x", "i", "s", dim=0), R(3, 4), I(3, 5, 4), R(5, 4))
case("scatter_add, 3-d", lambda x, i, s: x.scatter_add(1, i, s), node("scatter_add", "x", "i", "s", dim=1), R(2, 3, 4), I(3, 2, 6, 3),
     R(2, 6, 3))
case("scatter_add of integers", lambda x, i, s: x.scatter_add(0, i, s), node("scatter_add", "x", "i", "s", dim=0), I(9, 3), I(3, 5), I(9, 5))
case("scatter_add_", lambda x, i, s: (x * 1).scatter_add_(0, i, s) * 2,
     [{"name": "z", "op": "mul", "inputs": ["x", 1]}, node("scatter_add_", "z", "i", "s", dim=0),
      {"name": "y", "op": "mul", "inputs": ["z", 2]}], R(3, 2), I(3, 4, 2), R(4, 2))
for reduce in ["sum", "prod", "mean", "amax", "amin"]:
    for own in [True, False]:
        word = "" if own else " without self"
        f = lambda x, i, s: x.scatter_reduce(0, i, s, reduce, include_self=own)
        n = node("scatter_reduce", "x", "i", "s", dim=0, reduce=reduce, include_self=own)
        case(f"scatter_reduce {reduce}{word}", f, n, R(4, 3), I(4, 5, 3), R(5, 3))
        if reduce in ("amax", "amin"):
            # Where self is left out but equal to the result, PyTorch gives it a share all the same, and loses it.
            x, s = V([1.0 if own else 9.0, 2.0 if own else 7.0, 3.0, 0.0]), V([2.0, 2.0, 1.0, 5.0])
            i = torch.tensor([1, 1, 0, 2]) if own else torch.tensor([1, 1, 0, 0])
            case(f"scatter_reduce {reduce}{word}, ties", f, n, x, i, s)
            case(f"scatter_reduce {reduce}{word} of integers", f, n, I(9, 4, 3), I(4, 5, 3), I(9, 5, 3))
        if reduce == "prod":
            case(f"scatter_reduce prod{word}, zeros", f, n, V([2.0, 0.0, 3.0]), torch.tensor([0, 0, 1, 2]), V([0.0, 5.0, 7.0, 0.0]))
case("index_add", lambda x, i, s: x.index_add(1, i, s), node("index_add", "x", "i", "s", dim=1), R(2, 4), I(4, 6), R(2, 6))
case("index_add with alpha", lambda x, i, s: x.index_add(0, i, s, alpha=-0.5), node("index_add", "x", "i", "s", dim=0, alpha=-0.5),
     R(3, 2), I(3, 4).int(), R(4, 2))
case("index_copy", lambda x, i, s: x.index_copy(0, i, s), node("index_copy", "x", "i", "s", dim=0), R(5, 3), torch.tensor([4, 0, 2]), R(3, 3))
case("index_fill", lambda x, i: x.index_fill(1, i, 7.0), node("index_fill", "x", "i", 7, dim=1), R(2, 5), torch.tensor([0, -1]))
case("index_fill with a tensor", lambda x, i, v: x.index_fill(0, i, v), node("index_fill", "x", "i", "v", dim=0), R(4), torch.tensor([2, 1]), R())
case("index_put", lambda x, v, i: x.index_put((i,), v), node("index_put", "x", "v", "i"), R(5, 3), R(3), torch.tensor([1, -1]))
case("index_put, two", lambda x, v, i, j: x.index_put((i, j), v), node("index_put", "x", "v", "i", "j"), R(4, 5), R(2, 3),
     torch.tensor([[0], [3]]), torch.tensor([0, 2, -2]))
case("index_put, adding", lambda x, v, i, j: x.index_put((i, j), v, accumulate=True), node("index_put", "x", "v", "i", "j", accumulate=True),
     R(3, 2, 4), R(6, 4), I(3, 6), I(2, 6))
case("index_put of a number", lambda x, v, i: x.index_put((i,), v, accumulate=True), node("index_put", "x", "v", "i", accumulate=True),
     R(3, 2), R(), I(3, 4).int())

x, s, i = R(3, 4), R(2, 4), torch.zeros(2, 4, dtype=L)
i1 = torch.zeros(2, dtype=L)
scatter = node("scatter", "x", "i", "s", dim=0)
error("index of floats", lambda x, i, s: x.scatter(0, i, s), scatter, x, x, x)
error("index of another rank", lambda x, i, s: x.scatter(0, i, s), scatter, x, i1, x)
error("index too large", lambda x, i, s: x.scatter(0, i, s), scatter, x, torch.zeros(4, 5, dtype=L), x)
error("another dtype", lambda x, i, s: x.scatter(0, i, s), scatter, x, i, I(3, 3, 4))
error("no such dim", lambda x, i, s: x.scatter(2, i, s), node("scatter", "x", "i", "s", dim=2), x, i, x)
error("no such reduction", lambda x, i, s: x.scatter_reduce(0, i, s, "foo"), node("scatter_reduce", "x", "i", "s", dim=0, reduce="foo"), x, i, x)
add = node("index_add", "x", "i", "s", dim=0)
copy = node("index_copy", "x", "i", "s", dim=0)
for op, n in [("index_add", add), ("index_copy", copy)]:
    f = lambda x, i, s: getattr(x, op)(0, i, s)
    error(f"{op}: matrix of indices", f, n, x, i, s)
    error(f"{op}: indices of floats", f, n, x, V([0.0, 1.0]), s)
    error(f"{op}: number of slices", f, n, x, i1, R(3, 4))
    error(f"{op}: shape of slices", f, n, x, i1, R(2, 3))
    error(f"{op}: another dtype", f, n, x, i1, I(3, 2, 4))
error("index_fill: matrix of indices", lambda x, i: x.index_fill(0, i, 1.0), node("index_fill", "x", "i", 1, dim=0), x, i)
error("index_fill: i32", lambda x, i: x.index_fill(0, i, 1.0), node("index_fill", "x", "i", 1, dim=0), x, i1.int())
put = lambda x, v, i, j: x.index_put((i, j), v)
putNode = node("index_put", "x", "v", "i", "j")
error("index_put: shapes of indices", put, putNode, x, R(2), i1, torch.zeros(3, dtype=L))
error("index_put: shape of values", put, putNode, x, R(3), i1, i1)
error("index_put: dtype", put, putNode, x, I(3, 2), i1, i1)
error("index_put: too many", put, putNode, R(3), R(2), i1, i1)
