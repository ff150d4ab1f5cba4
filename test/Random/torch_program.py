#!/usr/bin/env python3
"""Runs scripts of graph JSON in PyTorch: the oracle of the random programs.

    torch_program.py FILE.json ...      what each program prints, or its error
"""
import json
import re
import sys

import torch

import torch_ops
from noise import Noise
import torch_layers
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
        self.lives = None  # a list: of each tensor that is printed, whether a gradient flows from it
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
            except (KeyError, Outside):
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
        if create:
            torch_layers.GRADIENTS.update((id(t.grad), t.grad) for t in self.leaves)

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
        if create:
            torch_layers.GRADIENTS.update((id(g), g) for g in grads)
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

    def is_live(self, v):
        """Whether some leaf has another gradient of it than zero."""
        leaves = [t for t in self.leaves if t.requires_grad]
        try:
            with torch.enable_grad():
                grads = torch.autograd.grad((v * torch.rand_like(v)).sum(), leaves, retain_graph=True, allow_unused=True)
        except ERRORS:
            return False  # nothing flows through a graph that was freed
        return any(g is not None and bool((g != 0).any()) for g in grads)

    def show(self, o):
        if isinstance(o, dict) and o["op"] == "text":
            return o["value"]
        v = self.operand(o)
        if v is None:
            return None
        if not torch.is_tensor(v):
            return {"number": v}
        if self.lives is not None:
            self.lives.append(v.requires_grad and not str(o).endswith(".grad") and self.is_live(v))
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


def lives(nodes):
    """Of each tensor that is printed, whether a gradient flows from it."""
    p = Program()
    p.lives = []
    torch.manual_seed(67280421310721)
    try:
        p.body(nodes)
    except (KeyError, Outside, *ERRORS):
        pass
    return p.lives


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
