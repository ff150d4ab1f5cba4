# products.py - einsum and the products of vectors, matrices and batches.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import warnings
import torch
from make_composites import B, I, R, case, error

warnings.simplefilter("ignore")


def einsum(name, equation, *given, check=case):
    names = "abcdefg"[:len(given)]
    f = eval(f"lambda {','.join(names)}: torch.einsum('{equation}', {','.join(names)})", {"torch": torch})
    inputs = ", ".join(f'"{n}"' for n in names)
    check(f"einsum_{name}", f, f'{{"op": "einsum", "equation": "{equation}", "inputs": [{inputs}]}}', *given)


einsum("matmul", "ij,jk->ik", R(3, 4), R(4, 2))
einsum("implicit", "ji,jk", R(4, 3), R(4, 2))
einsum("batch", "bij,bjk->bik", R(2, 3, 4), R(2, 4, 2))
einsum("attention", "bhqd,bhkd->bhqk", R(2, 2, 3, 4), R(2, 2, 5, 4))
einsum("diagonal", "ii->i", R(4, 4))
einsum("trace", "ii", R(4, 4))
einsum("diagonal3", "iii->i", R(3, 3, 3))
einsum("inner_diagonal", "iji->ij", R(3, 2, 3))
einsum("two_diagonals", "ijij->ji", R(3, 2, 3, 2))
einsum("sum", "ij->", R(3, 4))
einsum("sum_one", "ijk->ik", R(3, 4, 2))
einsum("transpose", "ijk->kij", R(3, 4, 2))
einsum("outer", "i,j->ij", R(3), R(4))
einsum("dot", "i,i->", R(5), R(5))
einsum("elementwise", "ij,ij->ij", R(3, 4), R(3, 4))
einsum("hadamard_sum", "ij,ij->i", R(3, 4), R(3, 4))
einsum("three", "ij,jk,kl->il", R(2, 3), R(3, 4), R(4, 2))
einsum("bilinear", "bi,oij,bj->bo", R(3, 2), R(4, 2, 5), R(3, 5))
einsum("ellipsis", "...ij,...jk->...ik", R(2, 3, 4), R(5, 1, 4, 2))
einsum("ellipsis_sum", "...i->...", R(2, 3, 4))
einsum("ellipsis_dropped", "i...->i", R(2, 3, 4))
einsum("ellipsis_implicit", "i...,i...", R(2, 3), R(2, 1))
einsum("sum_before", "ij,kl->i", R(2, 3), R(4, 2))
einsum("size_one", "ij,jk->ik", R(2, 3), R(1, 4))
einsum("spaces", " i j , j -> i ", R(2, 3), R(3))
einsum("capitals", "bA,ab->", R(2, 3), R(2, 2))
einsum("capitals_order", "bAa", R(2, 3, 4))
einsum("integers", "ij,jk->ik", I(9, 2, 3, low=-9), I(9, 3, 2, low=-9))
einsum("fewer", "ij,i", R(2, 3), check=error)
einsum("more", "ij", R(2, 3), R(2), check=error)
einsum("invalid", "i$", R(2, 3), check=error)
einsum("rank", "ijk", R(2, 3), check=error)
einsum("rank_ellipsis", "ijk...->i", R(2, 3), check=error)
einsum("repeated", "ii", R(2, 3), check=error)
einsum("sizes", "ij,jk", R(2, 3), R(2, 3), check=error)
einsum("output_twice", "ij->ijj", R(2, 3), check=error)
einsum("output_unknown", "ij->k", R(2, 3), check=error)


def product(name, f, *given, check=case, suffix="", **attributes):
    import json
    names = "abc"[:len(given)]
    g = eval(f"lambda {','.join(names)}: f({','.join(names)})", {"f": lambda *x: f(*x, **attributes)})
    check(name + suffix, g, json.dumps({"op": name, "inputs": list(names), **attributes}), *given)


product("mm", torch.mm, R(2, 3), R(3, 4))
product("mv", torch.mv, R(2, 3), R(3))
product("bmm", torch.bmm, R(2, 3, 4), R(2, 4, 5))
product("dot", torch.dot, R(5), R(5))
product("vdot", torch.vdot, R(5), R(5))
product("inner", torch.inner, R(2, 3), R(4, 3))
product("inner", torch.inner, R(2, 3), R(), suffix="_scalar")
product("outer", torch.outer, R(2), R(3))
product("ger", torch.ger, R(2), R(3))
product("kron", torch.kron, R(2, 3), R(3, 2))
product("kron", torch.kron, R(2), R(3, 2), suffix="_ranks")
product("tensordot", torch.tensordot, R(2, 3, 4), R(3, 4, 5))
product("tensordot", torch.tensordot, R(2, 3), R(3, 4), suffix="_1", dims=1)
product("tensordot", torch.tensordot, R(2, 3), R(4), suffix="_0", dims=0)
case("tensordot_lists", lambda a, b: torch.tensordot(a, b, ([0, -1], [1, 0])),
     '{"op": "tensordot", "inputs": ["a", "b"], "dims_a": [0, -1], "dims_b": [1, 0]}', R(2, 3, 4), R(4, 2, 5))
product("chain_matmul", torch.chain_matmul, R(2, 3), R(3, 4), R(4, 2))
product("addmm", torch.addmm, R(4), R(2, 3), R(3, 4))
product("addmm", torch.addmm, R(2, 1), R(2, 3), R(3, 4), suffix="_scaled", beta=0.5, alpha=-2.0)
product("addmm", torch.addmm, R(2, 4) * float("nan"), R(2, 3), R(3, 4), suffix="_beta0", beta=0)
product("addmv", torch.addmv, R(2), R(2, 3), R(3), beta=2)
product("addr", torch.addr, R(3), R(2), R(3), alpha=0.5)
product("baddbmm", torch.baddbmm, R(3, 1), R(2, 3, 4), R(2, 4, 5), alpha=0.5)
product("addbmm", torch.addbmm, R(3, 5), R(2, 3, 4), R(2, 4, 5), beta=0.5)
for name, f, given in [("mm", torch.mm, (R(2, 3), R(4, 2))), ("mm", torch.mm, (R(2, 3, 1), R(4, 2))),
                       ("mm", torch.mm, (R(2, 3), R(4))), ("mv", torch.mv, (R(2, 3), R(2))),
                       ("mv", torch.mv, (R(2), R(2))), ("bmm", torch.bmm, (R(2, 3, 4), R(3, 4, 1))),
                       ("bmm", torch.bmm, (R(2, 3), R(3, 4, 1))), ("bmm", torch.bmm, (R(2, 3, 4), R(4, 1))),
                       ("dot", torch.dot, (R(2), R(3))), ("dot", torch.dot, (R(2, 1), R(3))),
                       ("inner", torch.inner, (R(2, 3), R(2, 4))), ("outer", torch.outer, (R(2, 3), R(2))),
                       ("outer", torch.outer, (R(3), R(2, 2))), ("addmm", torch.addmm, (R(3), R(2, 3), R(3, 2))),
                       ("addmm", torch.addmm, (R(1, 2, 2), R(2, 3), R(3, 2))),
                       ("addmm", torch.addmm, (R(2), R(2, 3), R(4, 2))),
                       ("addmv", torch.addmv, (R(3), R(2, 3), R(3))),
                       ("tensordot", torch.tensordot, (R(2, 3), R(2, 4))),
                       ("chain_matmul", torch.chain_matmul, (R(2, 3), R(2, 3)))]:
    product(name, f, *given, check=error, suffix="_" + "_".join("x".join(map(str, t.shape)) for t in given))
error("tensordot_lengths", lambda a, b: torch.tensordot(a, b, ([0], [1, 0])),
      '{"op": "tensordot", "inputs": ["a", "b"], "dims_a": [0], "dims_b": [1, 0]}', R(2, 3), R(2, 3))
