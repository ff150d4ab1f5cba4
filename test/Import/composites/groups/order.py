# order.py - sorting and cumulation.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch

from make_composites import INF, NAN, I, R, V, case, error


def node(op, **attributes):
    return {"op": op, "inputs": ["x"], **attributes}


ties = V([2.0, 1.0, 2.0, 3.0, 1.0, 2.0])
special = V([1.0, NAN, -INF, INF, 0.0, 5.0, NAN, -1.0])
for down in [False, True]:
    word = " down" if down else ""
    case(f"sort{word}", lambda x: tuple(torch.sort(x, stable=True, descending=down)), node("sort", descending=down), R(3, 7))
    case(f"sort{word}, first dim", lambda x: tuple(torch.sort(x, dim=0, stable=True, descending=down)), node("sort", dim=0, descending=down), R(5, 4))
    case(f"sort{word}, ties", lambda x: tuple(torch.sort(x, stable=True, descending=down)), node("sort", descending=down), ties)
    case(f"sort{word}, special", lambda x: tuple(torch.sort(x, stable=True, descending=down)), node("sort", descending=down), special)
    case(f"argsort{word}", lambda x: torch.argsort(x, dim=1, descending=down, stable=True), node("argsort", dim=1, descending=down), I(5, 2, 6))
case("sort of a scalar", lambda x: tuple(torch.sort(x)), node("sort"), R())
case("sort of values only", lambda x: torch.sort(x, dim=-1)[0], node("sort"), R(2, 3))
case("msort", lambda x: torch.msort(x), node("msort"), R(4, 3))
case("topk", lambda x: tuple(torch.topk(x, 3)), node("topk", k=3), R(4, 8))
case("topk, smallest", lambda x: tuple(torch.topk(x, 2, dim=0, largest=False)), node("topk", k=2, dim=0, largest=False), R(6, 3))
case("topk of nothing", lambda x: tuple(torch.topk(x, 0)), node("topk", k=0), R(3))
case("topk of a scalar", lambda x: tuple(torch.topk(x, 1)), node("topk", k=1), R())
case("kthvalue", lambda x: tuple(torch.kthvalue(x, 2)), node("kthvalue", k=2), R(3, 5))
case("kthvalue, keepdim", lambda x: tuple(torch.kthvalue(x, 4, dim=0, keepdim=True)), node("kthvalue", k=4, dim=0, keepdim=True), R(5, 2))
case("median", lambda x: torch.median(x), node("median"), R(3, 4))
case("median of an odd number", lambda x: torch.median(x), node("median"), R(5))
case("median, ties", lambda x: torch.median(x), node("median"), ties)
case("median of integers", lambda x: torch.median(x), node("median"), I(9, 7))
case("median along a dim", lambda x: tuple(torch.median(x, dim=1)), node("median", dim=1), R(3, 6))
case("median, keepdim", lambda x: tuple(torch.median(x, dim=0, keepdim=True)), node("median", dim=0, keepdim=True), R(5, 2))
case("median with NaN", lambda x: tuple(torch.median(x, dim=0)), node("median", dim=0), special)
case("median of a scalar", lambda x: torch.median(x), node("median"), R())

for op in ["cumsum", "cumprod", "logcumsumexp"]:
    f = getattr(torch, op)
    for dim in [0, 1, -1]:
        case(f"{op} along {dim}", lambda x: f(x, dim), node(op, dim=dim), R(4, 5))
    case(f"{op} of a scalar", lambda x: f(x, 0), node(op, dim=0), R())
    case(f"{op} of nothing", lambda x: f(x, 1), node(op, dim=1), R(3, 0))
    if op != "logcumsumexp":
        case(f"{op} of integers", lambda x: f(x, 1), node(op, dim=1), I(5, 3, 4).int())
        case(f"{op} of bools", lambda x: f(x, 0), node(op, dim=0), torch.tensor([True, False, True, True]))
        case(f"{op} with a dtype", lambda x: f(x, 0, dtype=torch.float64), node(op, dim=0, dtype="f64"), I(5, 4), f64_only=True)
for zeros in [[2.0, 0.0, 3.0, 4.0], [0.0, 2.0, 3.0, 0.0], [0.0, 0.0, 1.0, 2.0]]:
    case(f"cumprod {zeros}", lambda x: torch.cumprod(x, 0), node("cumprod", dim=0), V(zeros))
for op in ["cummax", "cummin"]:
    f = getattr(torch, op)
    case(f"{op}", lambda x: tuple(f(x, 1)), node(op, dim=1), R(3, 6))
    case(f"{op}, ties", lambda x: tuple(f(x, 0)), node(op, dim=0), ties)
    case(f"{op}, special", lambda x: tuple(f(x, 0)), node(op, dim=0), special)
    case(f"{op} of integers", lambda x: tuple(f(x, 0)), node(op, dim=0), I(5, 6))
    case(f"{op} of bools", lambda x: tuple(f(x, 0)), node(op, dim=0), torch.tensor([False, True, False]))

error("k too large", lambda x: torch.topk(x, 5)[0], node("topk", k=5), R(3, 4))
error("topk of bools", lambda x: torch.topk(x, 1)[0], node("topk", k=1), torch.tensor([True]))
error("no such kth value", lambda x: torch.kthvalue(x, 0)[0], node("kthvalue", k=0), R(3, 4))
error("kth value of nothing", lambda x: torch.kthvalue(x, 1)[0], node("kthvalue", k=1), R(3, 0))
error("kth value of bools", lambda x: torch.kthvalue(x, 1)[0], node("kthvalue", k=1), torch.tensor([True]))
error("median of bools", lambda x: torch.median(x), node("median"), torch.tensor([True]))
error("median of nothing", lambda x: torch.median(x, dim=1)[0], node("median", dim=1), R(3, 0))
error("logcumsumexp of integers", lambda x: torch.logcumsumexp(x, 0), node("logcumsumexp", dim=0), I(3, 3))
error("no such dim", lambda x: torch.cumsum(x, 2), node("cumsum", dim=2), R(3, 4))
