# reductions.py - reductions, their indices, variances, norms and softmax.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
import torch.nn.functional as F
from attributes import one
from make_composites import B, I, INF, NAN, R, V, case, error

TIES = V([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0], [-1.0, -5.0, -1.0]])
ODD = V([[1.0, NAN, 2.0], [NAN, NAN, 0.0], [INF, -INF, INF], [0.0, -0.0, 0.0]])


def empty(name):
    """The op along the empty dim of a tensor [2, 0]."""
    return f'{{"op": "{name}", "inputs": [{{"op": "reshape", "inputs": ["a"], "shape": [2, 0]}}], "dim": 1}}'


for name in ["any", "all"]:
    f = getattr(torch, name)
    one(name, lambda a: f(a), B(2, 3))
    one(name, lambda a: f(a, 1, True), I(2, 3, 2), dim=1, keepdim=True, suffix="_dim")
    case(name + "_empty", lambda a: f(a.reshape(2, 0), 1), empty(name), R(0))
one("prod", lambda a: a.prod(), R(2, 3))
one("prod", lambda a: a.prod(1, keepdim=True), V([[0.0, 2.0, 3.0], [0.0, 0.0, 1.0], [2.0, -1.0, 4.0]]), dim=1, keepdim=True,
    suffix="_zeros")
one("prod", lambda a: a.prod(0), I(4, 3, 2), dim=0, suffix="_integers")
for name in ["argmax", "argmin"]:
    f = getattr(torch, name)
    one(name, lambda a: f(a), R(3, 4))
    one(name, lambda a: f(a, 1, True), TIES, dim=1, keepdim=True, suffix="_ties")
    one(name, lambda a: f(a, 1), ODD, dim=1, suffix="_odd")
    one(name, lambda a: f(a, 0), I(5, 4, 3), dim=0, suffix="_integers")
    one(name, lambda a: f(a, 1), R(2, 0), dim=1, suffix="_empty", check=error)
for name in ["max", "min"]:
    f = getattr(torch, name)
    one(name, lambda a: f(a), TIES)
    one(name, lambda a, b: f(a, b), R(2, 3), R(3), suffix="_two")
    one(name, lambda a: tuple(f(a, 1)), TIES, dim=1, suffix="_ties")
    one(name, lambda a: tuple(f(a, 1, True)), ODD, dim=1, keepdim=True, suffix="_odd")
    one(name, lambda a: tuple(f(a, 0)), I(9, 3, 4, low=-9), dim=0, suffix="_integers")
one("aminmax", lambda a: tuple(torch.aminmax(a, dim=1)), R(3, 4), dim=1)
for name in ["var", "std"]:
    f = getattr(torch, name)
    one(name, lambda a: f(a), R(3, 4))
    one(name, lambda a: f(a, 1, correction=0, keepdim=True), R(3, 4), dim=1, correction=0, keepdim=True, suffix="_biased")
    one(name, lambda a: f(a, (0, 2)), R(2, 3, 4), dim=[0, 2], suffix="_dims")
one("var_mean", lambda a: torch.var_mean(a, 1), R(3, 4), dim=1)
one("std_mean", lambda a: torch.std_mean(a, 0, correction=0), R(3, 4), dim=0, correction=0)
for p in [0, 1, 2, 3, 0.5, -1, "inf", "-inf"]:
    q = float(p)
    one("norm", lambda a: torch.linalg.vector_norm(a, q, 1), R(3, 4), p=p, dim=1, suffix=f"_{p}")
for p in [1, 2, "inf"]:
    q = float(p)
    one("norm", lambda a: torch.linalg.vector_norm(a, q, 1), V([[0.0, 0.0], [0.0, -2.0]]), p=p, dim=1, suffix=f"_zeros_{p}")
one("norm", lambda a: a.norm(), R(2, 3))
one("dist", lambda a, b: torch.dist(a, b, 3), R(2, 3), R(2, 3), p=3)
one("logsumexp", lambda a: torch.logsumexp(a, 1, True), R(3, 4), dim=1, keepdim=True)
one("logsumexp", lambda a: torch.logsumexp(a, (0, 1)), V([[800.0, -800.0], [0.0, 799.0]]), dim=[0, 1], suffix="_large",
    check=lambda *x: case(*x, tolerance32=1e-3))
for name in ["softmax", "log_softmax", "softmin"]:
    f = getattr(F, name)
    one(name, lambda a: f(a, 1), R(3, 4), dim=1)
    one(name, lambda a: f(a, 0), R(3, 4, 2), dim=0, suffix="_first")
    one(name, lambda a: f(a, 0), R(1, 4), dim=0, suffix="_size_1")
    case(name + "_empty", lambda a: f(a.reshape(2, 0), 1).reshape(0),
         f'{{"op": "reshape", "inputs": [{empty(name)}], "shape": [0]}}', R(0))
one("nansum", lambda a: a.nansum(1), V([[1.0, NAN], [NAN, NAN], [2.0, 3.0]]), dim=1)
one("nanmean", lambda a: a.nanmean(1), V([[1.0, NAN], [4.0, NAN], [2.0, 3.0]]), dim=1)
one("count_nonzero", lambda a: torch.count_nonzero(a, 1), I(2, 3, 4), dim=1)
one("trace", torch.trace, R(3, 3))
