#!/usr/bin/env python3
"""Draws random scripts of graph JSON with autograd statements.

Every call is tried in PyTorch on a sample of each operand while it is drawn, so that shapes and dtypes fit nearly always.
"""
import math
import random
import re
import subprocess

import torch

import layers
import torch_layers
import torch_ops
from calls import WRITES, Const

HALVES = (torch.float16, torch.bfloat16)
BOUNDARY = (0.0, -0.0, 1.0, -1.0, 0.5, "inf", "-inf", "nan", 1e-40, -1e-40, 1e38, -3e38, 2.0, 1e-7, 88.8, -104.0)
# Arguments that keep these ops on their domain.
TAMED = {"log": "exp", "sqrt": "abs", "exp": "tanh", "reciprocal": "exp"}

VIEWS = ("reshape", "transpose", "permute", "expand", "unsqueeze", "squeeze", "flatten", "slice", "t", "detach", "to_host", "select", "narrow",
         "unflatten", "movedim", "diagonal", "split", "chunk", "tensor_split", "unbind", "positive", "cast")
# What PyTorch has no derivative for.
NO_RULE = ("heaviside", "floor_divide", "heaviside_", "floor_divide_", "acosh_", "asinh_", "atanh_", "arccosh_", "arcsinh_", "arctanh_",
           "logical_and_", "logical_or_", "logical_xor_", "logical_not_")


class Table:
    """The ops that this gradc has: elementwise by the number of operands, in-place, and those with draws."""

    def __init__(self, gradc):
        text = subprocess.run([gradc, "ops"], capture_output=True, text=True, check=True).stdout
        self.elementwise, self.in_place, self.drawn, self.names, group = {}, [], [], set(), ""
        for line in text.splitlines():
            if m := re.match(r"  (\S+)\s+(\d+)\S*\s+(\{.*?\})?", line):
                name, inputs, attributes = m[1], int(m[2]), m[3] or ""
                self.names.add(name)
                if not torch_ops.known(name) or name.startswith("ag."):
                    continue
                if name in torch_ops.DRAWS:
                    self.drawn.append((name, max(inputs, 1)))
                elif group == "elementwise" and not re.search(r"\w\b(?!\?)", attributes):
                    self.elementwise.setdefault(inputs, []).append(name)
                elif group == "in place" and inputs <= 3 and not re.search(r"\w\b(?!\?)", attributes):
                    self.in_place.append((name, inputs))
            elif line and not line.startswith(" "):
                group = line.strip()


class Value:
    def __init__(self, name, sample, active=False, leaf=False, own=True):
        self.name, self.sample, self.active, self.leaf = name, sample, active, leaf
        self.own = own  # it has a place of its own in the graph: no view, nothing that was handed on

    def __repr__(self):
        return self.name


class Generator:
    def __init__(self, table, seed):
        self.table, self.r, self.count = table, random.Random(seed), 0
        r = self.r
        sizes = [r.choice((1, 2, 2, 3, 3, 4, 5, 7)) for _ in range(3)]
        if r.random() < 0.05:
            sizes[r.randrange(3)] = 0
        n, m, k = sizes
        self.shapes = [(), (1,), (n,), (n,), (m, n), (m, n), (1, n), (m, 1), (n, k), (k,)]
        if r.random() < 0.2:
            self.shapes += [(k, m, n), (m, n, 1)]
        if r.random() < 0.03:
            self.shapes += [(r.choice((17, 40, 65)),), (n, r.choice((16, 33)))]
        self.wild = r.random() < 0.12  # infinities and NaN
        self.dtype = "f64" if r.random() < 0.25 else "f32"
        if r.random() < 0.08:
            self.dtype = r.choice(("f16", "bf16"))
        self.mixed = r.random() < 0.15
        self.errors = r.random() < 0.25  # statements that PyTorch may refuse
        self.leaves = []
        self.reached = False  # some leaf has a gradient

    def fresh(self, prefix="t"):
        self.count += 1
        return f"{prefix}{self.count}"

    # ---- data ----

    def number(self):
        r = self.r
        k = r.random()
        if self.wild and k < 0.3:
            return r.choice(BOUNDARY)
        if k < 0.6:
            return r.randint(-12, 12) / 4
        if k < 0.75:
            return float(r.randint(-2, 2))
        return round(r.gauss(0, 1.3), 2)

    def data(self, shape, draw):
        if not shape:
            return draw()
        return [self.data(shape[1:], draw) for _ in range(shape[0])]

    def created(self, prefix, leaf):
        r, shape = self.r, self.r.choice(self.shapes)
        dtype = r.choice(("f32", "f64", self.dtype)) if self.mixed else self.dtype
        node = {"name": self.fresh(prefix), "op": "tensor", "dtype": dtype}
        kind = r.random()
        if not leaf and kind < 0.12:
            node["dtype"] = r.choice(("i64", "i64", "i32", "bool") if r.random() < 0.7 else ("i8", "i16", "u8"))
            least = 0 if node["dtype"] == "u8" else -3
            node["value"] = self.data(shape, lambda: r.randint(least, 4) if node["dtype"] != "bool" else r.random() < 0.5)
        elif kind > 0.93 or math.prod(shape) > 40:
            node.update(op=r.choice(("randn", "rand", "ones", "zeros")), shape=list(shape))
        else:
            node["value"] = self.data(shape, self.number)
        if 0 in shape and node["op"] == "tensor":  # nested lists cannot say which size follows a 0
            node.pop("value")
            node.update(op="zeros", shape=list(shape))
        if leaf:
            node["requires_grad"] = True
        value = Value(node["name"], torch_ops.create(node).detach(), leaf, leaf)
        if leaf:
            self.leaves.append(value)
        return node, value

    # ---- calls ----

    def pick(self, env, active=False, test=None):
        """Later values more often; values with a history more often."""
        found = [v for v in env if (not active or v.active) and (test is None or test(v))]
        if not found:
            return None
        if self.r.random() < 0.5:
            found = [v for v in found if v.active] or found
        at = max(self.r.randrange(len(found)), self.r.randrange(len(found)))
        return found[at]

    def evaluated(self, node, values):
        """The sample of a call; None when PyTorch refuses it."""
        if node["op"].startswith("sign") and values[0].sample.dtype == torch.bool:
            return None
        if node["op"] == "prelu" and not all(hasattr(v, "sample") for v in values):
            return None
        if node["op"].startswith("nextafter") and any(hasattr(v, "sample") and v.sample.dtype in HALVES for v in values):
            return None  # gradc's has f32 and f64
        inputs = [v.sample.clone() if hasattr(v, "sample") else v for v in values]
        try:
            with torch.no_grad():
                y = torch_ops.call(node["op"], node, inputs)
        except (RuntimeError, TypeError, ValueError, IndexError, AttributeError, NotImplementedError, torch_layers.Outside):
            return None
        self.several = y if isinstance(y, (tuple, list)) else None
        if self.several is not None:
            y = y[0] if y else None
        if not torch.is_tensor(y) or y.numel() > 2000 or y.dim() > 5:
            return None
        return y.detach()

    def operand(self, env, depth, **kw):
        if depth < 2 and self.r.random() < 0.15:
            if call := self.call(env, depth + 1):
                node, sample, active = call
                return Value(node, sample, active)
        return self.pick(env, **kw)

    def attempt(self, env, depth):
        r, k = self.r, self.r.random()
        table = self.table
        if r.random() < 0.3:
            drawn = layers.draw(self, env)
            if drawn and drawn[0]["op"] not in table.names:
                raise ValueError(f"gradc has no op {drawn[0]['op']}")
            return drawn
        if k < 0.22:
            op = r.choice(table.elementwise[1])
            x = self.operand(env, depth)
            node, values = {"op": op, "inputs": [x.name]}, [x]
            if op in TAMED and r.random() < 0.6:
                inner = {"op": TAMED[op], "inputs": [x.name]}
                sample = self.evaluated(inner, [x])
                if sample is None:
                    return None
                node["inputs"], values = [inner], [Value(None, sample, x.active)]
            return node, values
        if k < 0.56:
            op = r.choice(table.elementwise[2] + ["add", "mul", "sub", "mul"])
            values = [self.operand(env, depth), self.pick(env) if r.random() < 0.75 else self.scalar()]
            if r.random() < 0.06:
                values.reverse()
            if not any(isinstance(v, Value) for v in values):
                return None
            return {"op": op, "inputs": [v.name if isinstance(v, Value) else v for v in values]}, values
        if k < 0.61:
            condition = {"op": r.choice(("gt", "le", "eq")), "inputs": []}
            a, b = self.pick(env), self.pick(env)
            condition["inputs"] = [a.name, b.name]
            mask = self.evaluated(condition, [a, b])
            if mask is None or 3 not in table.elementwise:
                return None
            values = [Value(condition, mask), self.pick(env), self.pick(env)]
            op = r.choice(table.elementwise[3])
            return {"op": op, "inputs": [v.name for v in values]}, values
        op, inputs = r.choice(table.drawn)
        x = self.operand(env, depth)
        attributes = torch_ops.DRAWS[op](r, x.sample)
        if attributes is None:
            return None
        values = [x] + [self.pick(env) for _ in range(inputs - 1)]
        if op == "cat":
            values += [self.pick(env) for _ in range(r.randint(0, 2))]
        return {"op": op, "inputs": [v.name for v in values], **attributes}, values

    def scalar(self):
        r = self.r
        return r.choice((2, 3, 0.5, -1, 2.0, 1, 0, r.randint(-8, 8) / 4))

    def call(self, env, depth=0):
        """(node, sample, active) of a call that PyTorch accepts."""
        for _ in range(40):
            drawn = self.attempt(env, depth)
            if drawn is None:
                continue
            node, values = drawn
            sample = self.evaluated(node, values)
            if sample is None:
                continue
            if node["op"] in NO_RULE and any(getattr(v, "active", False) for v in values):
                continue
            active = node["op"] != "detach" and sample.is_floating_point() and any(
                hasattr(v, "active") and v.active for v in values)
            return node, sample, active
        return None

    # ---- statements ----

    def statements(self, env, depth, n):
        out = []
        weights = {"define": 50, "backward": 7, "grad": 5, "show": 4, "show_grad": 3, "clear": 3, "write": 8,
                   "update": 4, "penalty": 2, "requires": 1, "use_grad": 2, "alias": 1}
        if depth < 2:
            weights.update(repeat=4, branch=4, turns=1)
        kinds, chances = list(weights), list(weights.values())
        for _ in range(n):
            nodes = getattr(self, self.r.choices(kinds, chances)[0])(env, depth)
            out += nodes or []
        return out

    def define(self, env, depth):
        drawn = self.call(env)
        if not drawn:
            return None
        node, sample, active = drawn
        if self.several is not None and self.r.random() < 0.8:
            node["names"] = [self.fresh() for _ in self.several]
            env += [Value(name, y, active and y.is_floating_point(), own=node["op"] not in VIEWS)
                    for name, y in zip(node["names"], self.several)]
            return [node]
        node = {"name": self.fresh(), **node}
        env.append(Value(node["name"], sample, active, own=node["op"] not in VIEWS))
        return [node]

    def scalar_of(self, env):
        """Nodes of a loss, and its name."""
        x = self.pick(env, active=True, test=lambda v: v.sample.is_floating_point())
        if x is None:
            return None
        name = self.fresh("loss")
        return {"name": name, "op": self.r.choice(("sum", "sum", "mean")), "inputs": [x.name]}, name

    def flags(self, node):
        if self.r.random() < (0.4 if self.errors else 0.75):
            node["retain_graph"] = True
        if self.r.random() < 0.12:
            node["create_graph"] = True
        return node

    def backward(self, env, depth):
        self.reached = True
        if self.r.random() < 0.12:  # with a cotangent
            x = self.pick(env, active=True)
            d = x and self.pick(env, test=lambda v: v.sample.shape == x.sample.shape and v.sample.dtype == x.sample.dtype)
            return [self.flags({"op": "backward", "inputs": [x.name, d.name]})] if d else None
        if not (loss := self.scalar_of(env)):
            return None
        return [loss[0], self.flags({"op": "backward", "inputs": [loss[1]]})]

    def grad(self, env, depth):
        if not (loss := self.scalar_of(env)):
            return None
        own = lambda v: v.own or self.r.random() < 0.05
        wrt = [self.pick(env, active=True, test=own) for _ in range(self.r.randint(1, 2))]
        if None in wrt:
            return None
        if len({v.name for v in wrt}) < len(wrt):
            wrt.pop()
        node = {"op": "grad", "inputs": [loss[1]], "wrt": [v.name for v in wrt], "names": []}
        if not self.errors or self.r.random() < 0.7:
            node["allow_unused"] = True
            # What nothing reaches is None, which no op takes: let all be reached.
            x = loss[0]["inputs"][0]
            total = {"op": "sum", "inputs": [x]}
            for v in wrt:
                total = {"op": "add", "inputs": [total, {"op": "sum", "inputs": [{"op": "mul", "inputs": [v.name, v.name]}]}]}
            loss = {"name": loss[1], **total}, loss[1]
        self.flags(node)
        if self.r.random() < 0.4:
            node["create_graph"] = True
        for v in wrt:
            node["names"].append(self.fresh("d"))
            env.append(Value(node["names"][-1], torch.ones_like(v.sample), node.get("create_graph", False)))
        return [loss[0], node]

    def penalty(self, env, depth):
        """The gradient of a norm of a gradient."""
        nodes = self.grad(env, depth)
        if not nodes:
            return None
        nodes[1]["create_graph"] = True
        name = self.fresh("penalty")
        square = {"op": "sum", "inputs": [{"op": "pow", "inputs": [nodes[1]["names"][0], 2]}]}
        return nodes + [{"name": name, **square}, self.flags({"op": "backward", "inputs": [name]})]

    def show(self, env, depth):
        return [{"op": "print", "inputs": [self.pick(env).name]}]

    def show_grad(self, env, depth):
        return [{"op": "print", "inputs": [self.r.choice(self.leaves).name + ".grad"]}]

    def clear(self, env, depth):
        node = {"op": "zero_grad", "inputs": [self.r.choice(self.leaves).name]}
        if self.r.random() < 0.5:
            node["set_to_none"] = False
        return [node]

    def write(self, env, depth):
        r = self.r
        x = self.pick(env, test=lambda v: not v.leaf or (self.errors and r.random() < 0.2))
        if x is None:
            return None
        if r.random() < 0.15:  # at indices
            drawn = WRITES[r.choice(list(WRITES))](self, [x] if x.sample.is_floating_point() else env)
            if drawn and self.evaluated(*drawn) is not None and (self.errors or not drawn[1][0].leaf):
                drawn[1][0].active = any(hasattr(v, "active") and v.active for v in drawn[1])
                return [drawn[0]]
        for _ in range(20):
            op, inputs = r.choice(self.table.in_place + [("add_", 2), ("mul_", 2), ("copy_", 2)])
            values = [x] + [self.pick(env) if r.random() < 0.6 else self.scalar() for _ in range(inputs - 1)]
            node = {"op": op, "inputs": [v.name if isinstance(v, Value) else v for v in values]}
            if self.evaluated(node, values) is None and r.random() > 0.002:
                continue
            if op in NO_RULE and r.random() > 0.02 and any(getattr(v, "active", False) for v in values):
                continue
            x.active = x.active or any(isinstance(v, Value) and v.active for v in values)
            return [node]
        return None

    def update(self, env, depth):
        leaf = self.r.choice(self.leaves)
        by = self.r.choice((leaf.name, leaf.name + ".grad", 0.5) if self.has_grad() else (leaf.name, 0.5))
        step = {"op": "mul", "inputs": [by, 0.125]} if isinstance(by, str) else by
        body = [{"op": "sub_", "inputs": [leaf.name, step]}]
        if self.r.random() < 0.3:
            inner = list(env)
            if defined := self.define(inner, depth):
                body = defined + body
                env += [Value(v.name, v.sample) for v in inner[len(env):]]
        return [{"op": "no_grad", "body": body}]

    def requires(self, env, depth):
        x = self.pick(env, test=lambda v: v.sample.is_floating_point() and not v.leaf and (not v.active or self.errors))
        if x is None:
            return None
        x.active = True
        return [{"op": "requires_grad_", "inputs": [x.name]}]

    def has_grad(self):
        return self.reached if self.r.random() < 0.95 else self.errors

    def use_grad(self, env, depth):
        if not self.has_grad():
            return None
        leaf = self.r.choice(self.leaves)
        node = {"name": self.fresh(), "op": "mul", "inputs": [leaf.name + ".grad", 0.5]}
        env.append(Value(node["name"], leaf.sample.clone()))
        return [node]

    def handed(self, env, test=lambda v: True):
        """A value for loops and branches to hand on: rarely a leaf, which other statements write."""
        return (self.r.random() < 0.85 and self.pick(env, test=lambda v: not v.leaf and test(v))) or self.pick(env, test=test)

    def repeat(self, env, depth):
        carried = [self.handed(env) for _ in range(self.r.choice((0, 1, 1, 2)))]
        inner, carry = list(env), {}
        for v in carried:
            carry[self.fresh("h")] = v
        inner += [Value(h, v.sample, v.active or self.r.random() < 0.5, own=False) for h, v in carry.items()]
        node = {"op": "repeat", "count": self.r.choice((1, 1, 2, 2, 3, 3, 4) if self.r.random() < 0.95 else (0,))}
        if self.r.random() < 0.3:
            node["index"] = self.fresh("i")
            inner.append(Value(node["index"], torch.tensor(1)))
        node["body"] = self.statements(inner, depth + 1, self.r.randint(1, 5))
        if carry:
            same = lambda a: lambda v: v.sample.shape == a.shape and v.sample.dtype == a.dtype
            node["carry"] = {h: v.name for h, v in carry.items()}
            node["yield"] = {h: self.pick(inner, test=same(v.sample)).name for h, v in carry.items()}
            env += [Value(h, v.sample, v.sample.is_floating_point(), own=False) for h, v in carry.items()]
        return [node]

    def alias(self, env, depth):
        """Another handle of a gradient."""
        if not self.has_grad():
            return None
        leaf = self.r.choice(self.leaves)
        node = {"name": self.fresh(), "op": self.r.choice(("detach", "reshape")), "inputs": [leaf.name + ".grad"]}
        if node["op"] == "reshape":
            node["shape"] = [-1]
        env.append(Value(node["name"], leaf.sample.reshape(-1) if node["op"] == "reshape" else leaf.sample.clone()))
        return [node]

    def turns(self, env, depth):
        """A while: its condition is some carried value."""
        v = self.handed(env, lambda v: v.sample.dtype != torch.bool and v.sample.numel() > 0)
        if v is None:
            return None
        name = self.fresh("h")
        total = {"op": "sum", "inputs": [name]}
        node = {"op": "while", "carry": {name: v.name}, "max_trips": self.r.randint(1, 3),
                "condition": {"value": {"op": self.r.choice(("lt", "gt")), "inputs": [total, self.r.choice((0, 1.5, 4))]}}}
        inner = list(env) + [Value(name, v.sample, v.active or self.r.random() < 0.5, own=False)]
        node["body"] = self.statements(inner, depth + 1, self.r.randint(1, 4))
        same = lambda o: o.sample.shape == v.sample.shape and o.sample.dtype == v.sample.dtype
        node["yield"] = {name: self.pick(inner, test=same).name}
        env.append(Value(name, v.sample, v.sample.is_floating_point(), own=False))
        return [node]

    def branch(self, env, depth):
        r = self.r
        x = self.pick(env, test=lambda v: v.sample.dtype != torch.bool)
        if x is None:
            return None
        condition = {"op": r.choice(("gt", "lt")), "inputs": [{"op": "sum", "inputs": [x.name]}, r.choice((0, 0.25, 1))]}
        sides = [list(env), list(env)]
        node = {"op": "if", "inputs": [condition]}
        for name, side in zip(("then", "else"), sides):
            node[name] = self.statements(side, depth + 1, r.randint(0, 3))
        if r.random() < 0.7:
            a = self.handed(sides[0])
            b = self.pick(sides[1], test=lambda v: v.sample.shape == a.sample.shape and v.sample.dtype == a.sample.dtype)
            if b:
                name = self.fresh("r")
                node["yield"] = {"then": {name: a.name}, "else": {name: b.name}}
                env.append(Value(name, a.sample, a.active or b.active, own=False))
        return [node]

    def program(self):
        nodes, env = [], []
        for i in range(self.r.randint(1, 3)):
            node, value = self.created("w", leaf=True)
            nodes.append(node)
            env.append(value)
        for i in range(self.r.randint(1, 3)):
            node, value = self.created("x", leaf=False)
            nodes.append(node)
            env.append(value)
        nodes += self.statements(env, 0, self.r.randint(3, 12))
        loss = self.scalar_of(env)
        nodes += [loss[0], {"op": "backward", "inputs": [loss[1]]}]
        for v in self.leaves:
            nodes += [{"op": "print", "inputs": [v.name + ".grad"]}, {"op": "print", "inputs": [v.name]}]
        others = [v for v in env if not v.leaf]
        for v in self.r.sample(others, min(2, len(others))):
            nodes.append({"op": "print", "inputs": [v.name]})
        return nodes


def program(table, seed):
    """The nodes of main."""
    return Generator(table, seed).program()
