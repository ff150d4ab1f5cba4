# in_place.py - the in-place forms of ops that are made of others, and what PyTorch takes of bools.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
from make_composites import B, I, R, V, case, error


def node(op, *inputs, **attributes):
    return {"op": op, "inputs": list(inputs), **attributes}


def written(op, f, *given, check=case, suffix="", **attributes):
    """a copy of x is written; the product with x shows that gradients pass both ways."""
    names = ["x", "a", "b"][:len(given)]
    g = eval(f"lambda {','.join(names)}: run({','.join(names)})",
             {"run": lambda x, *rest: f(x * 1, *rest) * x})
    check(op + suffix, g, [dict(node("mul", "x", 1), name="t"), node(op, "t", *names[1:], **attributes),
                           dict(node("mul", "t", "x"), name="y")], *given)


def flags(op, f, *given, suffix="", **attributes):
    """the same of bools."""
    names = ["x", "a", "b"][:len(given)]
    g = eval(f"lambda {','.join(names)}: run({','.join(names)})", {"run": lambda x, *rest: f(x.clone(), *rest)})
    body = [dict(node("logical_or", "x", False), name="t"), node(op, "t", *names[1:], **attributes), dict(node("logical_and", "t", True), name="y")]
    case(op + suffix + " of bools", g, body, *given)


for name in ("eq", "ne", "lt", "le", "gt", "ge"):
    written(name + "_", lambda t, a: getattr(t, name + "_")(a), V([1., 2, 3, float("nan")]), V([1., 3, 2, 0]))
written("tril_", lambda t: t.tril_(), R(3, 4))
written("triu_", lambda t: t.triu_(1), R(3, 4), diagonal=1)
written("cumsum_", lambda t: t.cumsum_(1), R(2, 4), dim=1)
written("cumprod_", lambda t: t.cumprod_(0), R(3, 2), dim=0)
written("masked_fill_", lambda t, a: t.masked_fill_(a, 2.5), R(3, 4), B(3, 4), check=lambda n, g, body, *given: case(
    n, g, [dict(x, inputs=x["inputs"] + [2.5]) if x["op"] == "masked_fill_" else x for x in body], *given))
written("masked_scatter_", lambda t, a, b: t.masked_scatter_(a, b), R(3, 4), B(3, 4), R(12))
written("addmm_", lambda t, a, b: t.addmm_(a, b, beta=0.5, alpha=2), R(2, 3), R(2, 4), R(4, 3), beta=0.5, alpha=2)
written("addmv_", lambda t, a, b: t.addmv_(a, b), R(2), R(2, 3), R(3))
written("addr_", lambda t, a, b: t.addr_(a, b), R(2, 3), R(2), R(3))
written("addbmm_", lambda t, a, b: t.addbmm_(a, b), R(2, 3), R(4, 2, 5), R(4, 5, 3))
written("baddbmm_", lambda t, a, b: t.baddbmm_(a, b), R(4, 2, 3), R(4, 2, 5), R(4, 5, 3))
written("addmm_", lambda t, a, b: t.addmm_(a, b), R(3), R(2, 4), R(4, 3), check=error, suffix=" of another shape")
written("nan_to_num_", lambda t: t.nan_to_num_(1, 2, -2), V([0., float("nan"), float("inf"), -float("inf")]), nan=1, posinf=2, neginf=-2)

flags("heaviside_", lambda t, a: t.heaviside_(a), B(6), B(6))
flags("clamp_min_", lambda t, a: t.clamp_min_(a), B(6), B(6))
flags("clamp_max_", lambda t, a: t.clamp_max_(a), B(6), B(6))
flags("nan_to_num_", lambda t: t.nan_to_num_(), B(4))
flags("sign_", lambda t: t.sign_(), B(4))
flags("eq_", lambda t, a: t.eq_(a), B(6), B(6))
for exponent in (True, False):
    case(f"pow of bools {exponent}", lambda x: x ** exponent, {"op": "pow", "inputs": ["x", exponent]}, B(4))
case("fmax of bools", lambda x, a: torch.fmax(x, a), {"op": "fmax", "inputs": ["x", "a"]}, B(6), B(6))
case("fmin of bools", lambda x, a: torch.fmin(x, a), {"op": "fmin", "inputs": ["x", "a"]}, B(6), B(6))
