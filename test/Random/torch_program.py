#!/usr/bin/env python3
"""Runs scripts of graph JSON in PyTorch: the oracle of the random programs.

    torch_program.py FILE.json ...      what each program prints, or its error
"""
import json
import math
import re
import sys

import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torch_ops
from torch_layers import Outside

KINDS = {
    "freed": ("backward through the graph a second time",),
    "modified": ("modified by an inplace operation",),
    "leaf": ("leaf Variable that requires grad is being used", "view of a leaf Variable that requires grad"),
    "no history": ("does not require grad and does not have a grad_fn", "differentiated Tensors does not require grad"),
    "not scalar": ("grad can be implicitly created only for scalar outputs",),
    "not a leaf": ("you can only change requires_grad flags of leaf variables",),
    "integer leaf": ("only Tensors of floating point", "Only Tensors of floating point"),
    "unused": ("appears to not have been used in the graph",),
    "overlap": ("single memory location",),
    "view": ("its base or another view of its base has been modified inplace", "is a view and is being modified inplace",
             "A view was created in no_grad mode"),
    "shape of output": ("output with shape",),
    "result type": ("can't be cast to the desired output type", "can't be cast to"),
    "none": ("NoneType", "must be Tensor, not None", "Could not infer dtype of NoneType"),
}


def kind_of(text):
    return next((k for k, parts in KINDS.items() if any(p in text for p in parts)), "other")


# Ops that round nothing, or draw.
SILENT = ("clone", "copy", "empty", "detach", "fill", "zero", "item", "alias", "rand", "normal", "uniform", "lift", "arange")


# Ops that subtract what they rounded within: trusted as far as rounded operands move them.
TIES = ("nll_loss_forward", "nll_loss2d_forward", "_log_softmax", "amin", "amax", "min", "max", "aminmax", "minimum", "maximum", "fmin", "fmax", "clamp", "clamp_min", "clamp_max")
INWARD = ("_norm", "aten::norm", "dist", "var", "std", "polygamma", "digamma")
# Sums, which cancel by what rounding did to their terms; trusted where they are exact.
SUMS = ("aten::sum", "aten::nansum", "aten::mean", "aten::mm", "aten::bmm", "aten::addmm", "aten::baddbmm", "aten::addbmm", "aten::dot", "aten::mv", "aten::addmv",
        "aten::convolution", "aten::cumsum", "aten::logsumexp", "aten::linalg_vector_norm")
PLAIN_SUMS = ("aten::sum", "aten::nansum", "aten::mean", "aten::cumsum", "aten::logsumexp", "aten::linalg_vector_norm")
# Ops that compute in the dtypes of their operands.
MIXED = ("aten::binary_cross_entropy_with_logits",)
# Ops that show the sign of a NaN, which no standard fixes: of their first and second operand.
SIGNS = ("signbit", "copysign")
# Whose value at NaN is 0 in PyTorch's vectors and the cotangent in what is left of them.
TORN = ("aten::hardtanh_backward", "aten::hardshrink_backward", "aten::softshrink_backward")


def huge(a):
    """Products of its finite numbers overflow."""
    return bool((a.isfinite() & (a.abs() > torch.finfo(a.dtype).max ** 0.5)).any())


class Noise(TorchDispatchMode):
    """Moves every rounded result by a few units in the last place: shows how far a result can be trusted.

    What the other precision computes equally is exact, and stays.
    """

    # PyTorch's polygamma(1) is good to 3e-10 in f64; docs/numbers.md tells what gradc's is.
    COARSE = {"aten::polygamma": 2.0**-30}
    STEP = {torch.float32: 2.0**-22, torch.float64: 2.0**-51, torch.float16: 2.0**-10, torch.bfloat16: 2.0**-7}
    OTHER = {torch.float64: torch.float32}

    def __init__(self, seed, exact=True):
        super().__init__()
        self.seed, self.r = seed, torch.Generator().manual_seed(seed)
        self.exact = exact  # what the other precision computes equally stays

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = func.name()
        in_place = name.split("::")[1].split(".")[0].endswith("_")
        before = [a.clone() if torch.is_tensor(a) else a for a in args] if in_place else args
        if any(part in name for part in INWARD) and not in_place:
            args = [self.nudged(a) for a in args]
        for at, part in enumerate(SIGNS):
            if part in name and torch.is_tensor(args[at]) and args[at].is_floating_point():
                args = list(args)
                x = args[at].float() if part == "signbit" else args[at]  # a NaN of bf16 keeps its sign when it is negated
                args[at] = torch.where(torch.isnan(x), -x, x)
        out = func(*args, **kwargs)
        plain = name.split(".")[0]
        if plain in TORN:
            out = torch.where(torch.isnan(args[1]), torch.where(out == 0, args[0], 0), out)
        if plain == "aten::gelu":  # NaN at infinity in PyTorch's vectors only
            out = torch.where(args[0] == math.inf, torch.where(torch.isnan(out), args[0], math.nan), out)
        if plain in SUMS and torch.is_tensor(out):
            moved = func(*[[self.nudged(b) for b in a] if isinstance(a, list) else self.nudged(a) for a in args], **kwargs)
            if self.exact:
                moved = torch.where(self.is_exact(func, args, kwargs, out), out, moved)
            tensors = [a for a in args if torch.is_tensor(a) and a.is_floating_point()]
            # It overflows, or terms of it do: to what, their order decides, and whether products are rounded.
            if all(bool(a.isfinite().all()) for a in tensors) or (plain not in PLAIN_SUMS and any(huge(a) for a in tensors)):
                out = torch.where(torch.isfinite(out), out, math.nan if self.seed % 2 else 0.0)
            out = torch.where(torch.isfinite(out) & torch.isfinite(moved), moved, out)
            if self.seed % 2:  # of zeros: 0 and -0 are equal
                out = torch.where(out == 0, -out, out)
        if func.is_view or any(part in name for part in SILENT):
            return out
        weights = [a for a in args[1:] if torch.is_tensor(a) and a.is_floating_point()]
        if "_norm" in name and any(huge(a) or not bool(a.isfinite().all()) for a in weights):
            out = self.overflowing(out)
        for y in out if isinstance(out, (tuple, list)) else (out,):
            if torch.is_tensor(y) and y.dtype in self.STEP and y.numel() and not y._is_zerotensor():
                self.move(func, before, kwargs, y, single=y is out)
        return out

    def overflowing(self, out):
        """A norm with huge or infinite weights: what becomes of it the steps of its formula decide."""
        if isinstance(out, (tuple, list)):
            return type(out)(self.overflowing(y) for y in out)
        if not torch.is_tensor(out) or out.dtype not in self.STEP:
            return out
        return torch.where(out.isfinite(), out, math.nan if self.seed % 2 else 0.0)

    def nudged(self, a):
        if not torch.is_tensor(a) or a.dtype not in self.STEP or not a.numel():
            return a
        if bool((a.abs() > torch.finfo(a.dtype).max ** 0.5).any()):
            return a * (math.nan if self.seed % 2 else 0.0)  # squares overflow: the order of the steps decides
        units = torch.randint(1, 5, a.shape, generator=self.r) * (2 * torch.randint(0, 2, a.shape, generator=self.r) - 1)
        return a + a * (self.STEP[a.dtype] / 2) * units.to(a.dtype)

    def is_exact(self, func, args, kwargs, y):
        """Where the other precision has the same result."""
        if y.dtype not in self.STEP:
            return torch.ones_like(y, dtype=torch.bool)
        other = self.OTHER.get(y.dtype, torch.float64)
        tensors = [b for a in args for b in (a if isinstance(a, list) else [a]) if torch.is_tensor(b)]
        onlyIntegers = not any(a.is_floating_point() for a in tensors)  # else the result has one precision only
        cast = lambda a: a.to(other) if torch.is_tensor(a) and (a.is_floating_point() or onlyIntegers) else a
        try:
            exact = func(*[[cast(b) for b in a] if isinstance(a, list) else cast(a) for a in args],
                         **{k: v for k, v in kwargs.items() if k != "dtype"})
        except (RuntimeError, TypeError):
            return torch.zeros_like(y, dtype=torch.bool)
        # Beyond the mantissa both precisions round away the same.
        return (exact.to(torch.float64) == y.to(torch.float64)) & (y.abs() < 1 / self.STEP[y.dtype])

    def move(self, func, args, kwargs, y, single):
        name = func.name().split(".")[0]
        if name in SUMS and single:
            return
        step = max(self.STEP[y.dtype], self.COARSE.get(name, 0.0))
        mixed = name in MIXED and len({a.dtype for a in args[:2]}) > 1
        if mixed:  # the logarithms are in the dtype of the first
            step = max(step, self.STEP[args[0].dtype])
        moved = y + y * step * torch.randn(y.shape, generator=self.r).to(y.dtype)
        if single and self.exact and not mixed:
            moved = torch.where(self.is_exact(func, args, kwargs, y), y, moved)
        if name.startswith("aten::logaddexp") and single:  # the sum cancels near zero
            larger = torch.nan_to_num(torch.maximum(args[0].abs(), args[1].abs()), posinf=0.0)
            moved = moved + larger * step * torch.randn(y.shape, generator=self.r).to(y.dtype)
        if name == "aten::gelu_backward":  # so do its terms
            moved = moved + args[0] * step * torch.randn(y.shape, generator=self.r).to(y.dtype)
        if name == "aten::gelu":  # 1 + erf cancels
            moved = moved + args[0] * step * torch.randn(y.shape, generator=self.r).to(y.dtype)
        moved = torch.where(torch.isfinite(y), moved, y)
        if name.split("::")[1] in TIES:  # 0 and -0 are equal: which of them it is only rounding tells
            moved = torch.where(y == 0, -y, moved)
        if name == "aten::polygamma":  # at its poles PyTorch's is whatever rounding leaves of sin(pi x)
            moved = torch.where(y.abs() > 1e9, math.inf, moved)
        y.copy_(moved)


# What PyTorch refuses for a value that it only knows while it runs.
DOMAIN = re.compile("all elements of (input|target) should be between 0 and 1")
ERRORS = (RuntimeError, TypeError, AttributeError, ValueError, IndexError)


DRAWS_IN_PLACE = ("uniform_", "normal_", "bernoulli_", "exponential_", "random_")


def place(value):
    """Where in the graph a value is, in a tuple; PyTorch tells of no view that a write has made stale."""
    try:
        return (getattr(value, "grad_fn", None),)
    except RuntimeError:
        return (None,)


def storage_of(t):
    """PyTorch's zeros of forward mode, which some second derivatives are, have none."""
    try:
        return t.untyped_storage().data_ptr()
    except RuntimeError:
        return None


class Program:
    def __init__(self, forced=None, errors=None):
        self.errors = errors  # the kinds of all errors: statements that fail are left out
        self.scopes = [{}]
        self.rows = []
        self.forced = forced  # which way the ifs go, instead of their conditions
        self.branches = 0
        self.handed = set()  # storages of what came out of loops and branches
        self.together = []  # what came out of them with others
        self.leaves = []
        self.failed = None  # the innermost node that PyTorch refused
        self.made = {}  # where in the graph a name was when it was given or written

    def lookup(self, name):
        if name.endswith(".grad"):
            return self.known_grad(name[:-5])
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        raise KeyError(name)

    def known_grad(self, name):
        """A .grad; where statements that fail are left out, zeros for one that is None, so that what follows is seen, too."""
        leaf = self.lookup(name)
        if leaf.grad is None and self.errors is not None:
            self.errors.append("NoneType")
            return torch.zeros_like(leaf).detach()
        return leaf.grad

    def operand(self, o):
        if isinstance(o, str):
            return self.lookup(o)
        return self.node(o) if isinstance(o, dict) else o

    def body(self, nodes):
        for n in nodes:
            try:
                self.node(n)
            except ERRORS as e:
                if self.errors is None or "body" in n or "then" in n:
                    raise
                self.errors.append(str(e))
                if values := DOMAIN.search(str(e)):
                    self.unchecked(n, values[1])
                    continue
                for name, w in zip(n.get("names", []), n.get("wrt", [])):
                    w = self.lookup(w)
                    self.scopes[-1][name] = w * 0 if n.get("create_graph") else torch.zeros_like(w)
            except KeyError:
                if self.errors is None:
                    raise  # else a name that a statement left out would have given

    def unchecked(self, n, operand):
        """The statement, with an operand that PyTorch only refuses for its values."""
        at = ("input", "target").index(operand)
        n = dict(n, inputs=list(n["inputs"]))
        n["inputs"][at] = {"op": "clamp", "inputs": [{"op": "nan_to_num", "inputs": [n["inputs"][at]]}], "min": 0, "max": 1}
        self.body([n])

    def node(self, n):
        try:
            value = self.value(n["op"], n)
        except ERRORS:
            self.failed = self.failed or n  # the innermost
            raise
        if isinstance(value, (tuple, list)) and n["op"] != "grad":
            for name, part in zip(n.get("names", []), value):
                self.scopes[-1][name] = part
                self.made[name] = place(part)
            value = value[0]
        if "name" in n:
            self.scopes[-1][n["name"]] = value
            self.made[n["name"]] = place(value)
        return value

    def value(self, op, n):
        if op in torch_ops.CREATIONS:
            t = torch_ops.create(n)
            self.leaves += [t] if n.get("requires_grad") else []
            return t
        if hasattr(self, "do_" + op):
            return getattr(self, "do_" + op)(n)
        inputs = [self.operand(o) for o in n.get("inputs", [])]
        if op.endswith("_") and storage_of(inputs[0]) in self.handed and inputs[0].is_leaf:
            raise Outside  # what a loop or branch handed on does not follow a later write of a leaf
        if op in DRAWS_IN_PLACE and not inputs[0].is_contiguous():
            raise Outside  # PyTorch draws in the order of memory, gradc in that of the view
        y = torch_ops.call(op, n, inputs)
        if op.endswith("_") and isinstance(n["inputs"][0], str):
            self.made[n["inputs"][0]] = place(y)
        return y

    # ---- autograd ----

    def do_backward(self, n):
        i = [self.operand(o) for o in n["inputs"]]
        create = n.get("create_graph", False)
        for t in self.leaves:
            if t.grad is not None and storage_of(t.grad) in self.handed:
                raise Outside  # what a loop or branch handed on does not follow what is added to a gradient
        i[1:] = [d.clone() for d in i[1:]]  # PyTorch may make it the .grad itself, and add to it later
        i[0].backward(*i[1:], retain_graph=n.get("retain_graph", create), create_graph=create)

    def do_grad(self, n):
        i = [self.operand(o) for o in n["inputs"]]
        create = n.get("create_graph", False)
        wrt = [self.lookup(w) for w in n["wrt"]]
        # What a loop or branch hands on is a new value for gradc, though PyTorch's is the same tensor.
        for name, t in zip(n["wrt"], wrt):
            names = [other for scope in self.scopes for other, value in scope.items() if value is t]
            if names[0] != name and self.forced is None:
                raise Outside
        if self.forced is None and any(t is other and t.grad_fn is not None for t in wrt for other in self.together):
            raise Outside  # one of what a loop hands on may be made of another
        for name, t in zip(n["wrt"], wrt):
            # A write to its base gives a view another place in the graph; and one that changes nothing is its base for gradc.
            if self.forced is None and t._is_view() and (self.made.get(name, (None,))[0] is not t.grad_fn or
                                 (t.shape == t._base.shape and t.stride() == t._base.stride())):
                raise Outside
        grads = torch.autograd.grad(i[0], wrt, *i[1:], create_graph=create,
                                    retain_graph=n.get("retain_graph", create), allow_unused=n.get("allow_unused", False))
        # PyTorch's may be expanded, or views that a backward made.
        grads = [g.clone() if g is not None and (g._is_view() or 0 in g.stride()) else g for g in grads]
        self.scopes[-1].update(zip(n.get("names", []), grads))
        return grads[0]

    def do_zero_grad(self, n):
        for t in (self.operand(o) for o in n["inputs"]):
            if n.get("set_to_none", True):
                t.grad = None
            elif t.grad is not None:
                t.grad.detach_().zero_()

    def do_no_grad(self, n):
        with torch.no_grad():
            self.body(n["body"])

    def do_requires_grad(self, n): return self.operand(n["inputs"][0]).requires_grad
    def do_item(self, n): return self.operand(n["inputs"][0]).item()
    def do_manual_seed(self, n): torch.manual_seed(n["value"])

    # ---- control ----

    def do_repeat(self, n):
        carry = {k: self.operand(v) for k, v in n.get("carry", {}).items()}
        # A loop that need not run may run.
        for step in range(max(n["count"], self.forced is not None)):
            self.scopes.append({**carry, **({n["index"]: torch.tensor(step)} if "index" in n else {})})
            self.body(n["body"])
            carry = {k: self.operand(v) for k, v in n.get("yield", {}).items()}
            self.scopes.pop()
        self.hand_on(carry)

    def do_while(self, n):
        carry = {k: self.operand(v) for k, v in n.get("carry", {}).items()}
        for turn in range(n["max_trips"] + 1):
            self.scopes.append(dict(carry))
            self.body(n.get("before", []))
            goes_on = bool(self.operand(n["condition"]["value"])) or self.forced is not None
            if goes_on and turn < n["max_trips"]:
                self.body(n["body"])
                carry = {k: self.operand(v) for k, v in n.get("yield", {}).items()}
            self.scopes.pop()
            if not goes_on:
                break
            if turn == n["max_trips"] and self.forced is None:
                if self.errors is None:
                    raise RuntimeError("while goes on past max_trips")
                self.errors.append("while goes on past max_trips")
        self.hand_on(carry)

    def do_if(self, n):
        taken = bool(self.operand(n["inputs"][0]))
        if self.forced is not None:
            taken = self.forced[self.branches % len(self.forced)]
        self.branches += 1
        side = "then" if taken else "else"
        self.scopes.append({})
        self.body(n.get(side, []))
        results = {k: self.operand(v) for k, v in n.get("yield", {}).get(side, {}).items()}
        self.scopes.pop()
        self.hand_on(results)

    def hand_on(self, names):
        self.scopes[-1].update(names)
        self.handed |= {storage_of(t) for t in names.values() if torch.is_tensor(t)}
        self.together += [t for t in names.values() if torch.is_tensor(t) and len(names) > 1]

    # ---- prints ----

    def do_print(self, n):
        self.rows.append([self.show(o) for o in n["inputs"]])

    def show(self, o):
        if isinstance(o, dict) and o["op"] == "text":
            return o["value"]
        v = self.operand(o)
        if v is None:
            return None
        if not torch.is_tensor(v):
            return {"number": v}
        v.grad_fn  # as PyTorch's text of it reads it, which some views refuse
        data = v.detach().to(torch.float64) if v.dtype.is_floating_point else v.detach()
        return {"dtype": str(v.dtype).split(".")[1], "shape": list(v.shape), "grad": v.requires_grad,
                "data": [int(x) if isinstance(x, bool) else x for x in data.flatten().tolist()]}


def run(nodes, noise=None, forced=None, exact=True):
    """(rows that were printed, error text or None)."""
    p = Program(forced)
    torch.manual_seed(67280421310721)
    error = None
    try:
        if noise is None:
            p.body(nodes)
        else:
            with Noise(noise, exact):
                p.body(nodes)
    except ERRORS as e:
        error = str(e)
    return p.rows, error


def refused_statement(nodes):
    """The node that PyTorch refuses; None when it refuses none."""
    p = Program()
    torch.manual_seed(67280421310721)
    try:
        p.body(nodes)
    except ERRORS:
        pass
    return p.failed


def all_errors(nodes, forced=None):
    """The errors of all statements, where those that fail are left out."""
    p = Program(forced, errors=[])
    try:
        p.body(nodes)
    except (KeyError, Outside, *ERRORS):
        pass
    return p.errors


def main():
    for f in sys.argv[1:]:
        rows, error = run(json.load(open(f))["main"])
        for row in rows:
            print(json.dumps(row))
        if error is not None:
            print("error:", kind_of(error), error)


if __name__ == "__main__":
    main()
