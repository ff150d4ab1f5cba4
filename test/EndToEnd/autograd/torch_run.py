#!/usr/bin/env python3
"""Runs graph JSON in PyTorch: the oracle of gradc's autograd tests.

    torch_run.py FILE.json ...      prints what each program prints, or its error

Used by make_expected.py; needs torch, which gradc's tests themselves do not.
"""
import json
import sys

import torch

DTYPES = {"f32": torch.float32, "f64": torch.float64, "i64": torch.int64, "i32": torch.int32, "bool": torch.bool}
UNARY = "neg exp log sqrt tanh sigmoid relu abs sin cos reciprocal logical_not".split()
BINARY = "add sub mul div pow maximum minimum eq ne lt le gt ge logical_and logical_or".split()


class Program:
    def __init__(self):
        self.scopes = [{}]
        self.out = []

    def lookup(self, name):
        if name.endswith(".grad"):
            return self.lookup(name[:-5]).grad
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        raise KeyError(name)

    def operand(self, o):
        if isinstance(o, str):
            return self.lookup(o)
        return self.node(o) if isinstance(o, dict) else o

    def body(self, nodes):
        for n in nodes:
            self.node(n)

    def scoped(self, nodes, names):
        self.scopes.append(dict(names))
        self.body(nodes)
        return self.scopes.pop()

    def node(self, n):
        value = self.value(n["op"], n)
        if "name" in n:
            self.scopes[-1][n["name"]] = value
        return value

    def create(self, op, n):
        dtype = DTYPES[n["dtype"]] if "dtype" in n else None
        shape = n.get("shape")
        t = {
            "tensor": lambda: torch.tensor(n["value"], dtype=dtype),
            "full": lambda: torch.full(shape, n["value"], dtype=dtype),
            "zeros": lambda: torch.zeros(shape, dtype=dtype),
            "ones": lambda: torch.ones(shape, dtype=dtype),
            "arange": lambda: torch.arange(n.get("start", 0), n["end"], n.get("step", 1), dtype=dtype),
            "randn": lambda: torch.randn(shape, dtype=dtype),
            "rand": lambda: torch.rand(shape, dtype=dtype),
            "randint": lambda: torch.randint(n["low"], n["high"], shape),
            "randperm": lambda: torch.randperm(n["n"]),
        }[op]()
        return t.requires_grad_() if n.get("requires_grad") else t

    def value(self, op, n):
        if op in "tensor full zeros ones arange randn rand randint randperm".split():
            return self.create(op, n)
        if op in ("repeat", "if", "no_grad", "print"):
            return getattr(self, "do_" + op.strip("_"))(n)
        i = [self.operand(o) for o in n.get("inputs", [])]
        if op in UNARY + BINARY:
            i = [x if torch.is_tensor(x) or k else torch.tensor(x) for k, x in enumerate(i)]
            return getattr(torch, op)(*i)
        if op.endswith("_") and op != "requires_grad_":
            return getattr(i[0], op)(*i[1:])
        if op in ("sum", "mean", "amax", "amin"):
            if "dim" in n:
                return getattr(torch, op)(i[0], dim=n["dim"], keepdim=n.get("keepdim", False))
            return getattr(torch, op)(i[0])
        return getattr(self, "op_" + op)(n, i)

    def op_where(self, n, i): return torch.where(*i)
    def op_cast(self, n, i): return i[0].to(DTYPES[n["dtype"]])
    def op_matmul(self, n, i): return i[0] @ i[1]
    def op_linear(self, n, i): return torch.nn.functional.linear(*i)
    def op_reshape(self, n, i): return i[0].view(n["shape"])
    def op_transpose(self, n, i): return i[0].transpose(n["dim0"], n["dim1"])
    def op_permute(self, n, i): return i[0].permute(n["dims"])
    def op_expand(self, n, i): return i[0].expand(n["shape"])
    def op_unsqueeze(self, n, i): return i[0].unsqueeze(n["dim"])
    def op_squeeze(self, n, i): return i[0].squeeze(n["dim"])
    def op_flatten(self, n, i): return i[0].flatten(n.get("start_dim", 0), n.get("end_dim", -1))
    def op_t(self, n, i): return i[0].t()
    def op_cat(self, n, i): return torch.cat(i, n.get("dim", 0))
    def op_pad(self, n, i): return torch.nn.functional.pad(i[0], n["pad"], value=n.get("value", 0))
    def op_detach(self, n, i): return i[0].detach()
    def op_requires_grad(self, n, i): return i[0].requires_grad
    def op_requires_grad_(self, n, i): return i[0].requires_grad_(n.get("value", True))
    def op_item(self, n, i): return i[0].item()
    def op_to_host(self, n, i): return i[0].cpu()
    def op_manual_seed(self, n, i): torch.manual_seed(n["value"])

    def op_slice(self, n, i):
        index = [slice(None)] * i[0].dim()
        index[n.get("dim", 0)] = slice(n.get("start"), n.get("end"), n.get("step"))
        return i[0][tuple(index)]

    def op_backward(self, n, i):
        create = n.get("create_graph", False)
        i[0].backward(*i[1:], retain_graph=n.get("retain_graph", create), create_graph=create)

    def op_grad(self, n, i):
        create = n.get("create_graph", False)
        wrt = [self.lookup(w) for w in n["wrt"]]
        grads = torch.autograd.grad(i[0], wrt, *([i[1]] if len(i) > 1 else []), retain_graph=n.get("retain_graph", create),
                                    create_graph=create, allow_unused=n.get("allow_unused", False))
        for name, g in zip(n.get("names", []), grads):
            self.scopes[-1][name] = g
        return grads[0]

    def op_zero_grad(self, n, i):
        for t in i:
            if n.get("set_to_none", True):
                t.grad = None
            elif t.grad is not None:
                t.grad.zero_()

    def do_no_grad(self, n):
        with torch.no_grad():
            self.body(n["body"])

    def do_repeat(self, n):
        carry = {k: self.operand(v) for k, v in n.get("carry", {}).items()}
        for step in range(n["count"]):
            names = self.scoped(n["body"], {**carry, **({n["index"]: torch.tensor(step)} if "index" in n else {})})
            self.scopes.append(names)
            carry = {k: self.operand(v) for k, v in n.get("yield", {}).items()}
            self.scopes.pop()
        self.scopes[-1].update(carry)

    def do_if(self, n):
        side = "then" if bool(self.operand(n["inputs"][0])) else "else"
        names = self.scoped(n.get(side, []), {})
        self.scopes.append(names)
        results = {k: self.operand(v) for k, v in n.get("yield", {}).get(side, {}).items()}
        self.scopes.pop()
        self.scopes[-1].update(results)

    def do_print(self, n):
        def show(o):
            if isinstance(o, dict) and o["op"] == "text":
                return o["value"]
            v = self.operand(o)
            return v.item() if torch.is_tensor(v) and v.dim() == 0 and v.dtype == torch.int64 and isinstance(o, str) and self.is_index(o) else v
        self.out.append(" ".join(str(show(o)) for o in n["inputs"]))

    def is_index(self, name):
        return name in ("step", "i", "k")


def run(graph):
    """(printed text, error text or None)."""
    p = Program()
    try:
        p.body(graph["main"])
    except (RuntimeError, TypeError, AttributeError, ValueError) as e:
        return "\n".join(p.out), str(e)
    return "\n".join(p.out), None


if __name__ == "__main__":
    for f in sys.argv[1:]:
        text, error = run(json.load(open(f)))
        print(text + ("" if error is None else f"\nerror: {error}"))
