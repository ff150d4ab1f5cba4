#!/usr/bin/env python3
"""A program as it went: the branches that were taken and the turns of its loops, one after the other, without if, repeat and while."""
import torch

import torch_program

CONTROL = ("if", "repeat", "while")


class Straight(torch_program.Program):
    def __init__(self):
        super().__init__()
        self.flat = []
        self.known = [{}]  # as self.scopes: the name of each name in the straight program
        self.count = 0

    def fresh(self, name):
        self.count += 1
        self.known[-1][name] = f"{name}_{self.count}"
        return self.known[-1][name]

    def resolve(self, o):
        if isinstance(o, dict):
            return self.resolved(o)
        if not isinstance(o, str):
            return o
        name = o.removesuffix(".grad")
        for scope in reversed(self.known):
            if name in scope:
                return scope[name] + o[len(name):]
        return o

    def resolved(self, n):
        n = dict(n)
        for key in ("inputs", "wrt"):
            if key in n and n["op"] != "text":
                n[key] = [self.resolve(o) for o in n[key]]
        return n

    def body(self, nodes):
        for n in nodes:
            if n["op"] in CONTROL:
                self.value(n["op"], n)
            elif n["op"] == "no_grad":
                outer, self.flat = self.flat, []
                try:
                    self.do_no_grad(n)
                finally:
                    outer.append({"op": "no_grad", "body": self.flat})
                    self.flat = outer
            else:
                self.statement(n)

    def statement(self, n):
        flat = self.resolved(n)
        self.flat.append(flat)
        if "name" in n:
            flat["name"] = self.fresh(n["name"])
        if "names" in n:
            flat["names"] = [self.fresh(name) for name in n["names"]]
        self.node(n)

    # ---- control ----

    def scope(self, values, names):
        self.scopes.append(dict(values))
        self.known.append(dict(names))

    def leave(self, yields):
        values = {k: self.operand(v) for k, v in yields.items()}
        names = {k: self.resolve(v) for k, v in yields.items()}
        self.scopes.pop()
        self.known.pop()
        return values, names

    def give(self, values, names):
        self.hand_on(values)
        self.known[-1].update(names)

    def carried(self, n):
        carry = n.get("carry", {})
        return {k: self.operand(v) for k, v in carry.items()}, {k: self.resolve(v) for k, v in carry.items()}

    def do_repeat(self, n):
        values, names = self.carried(n)
        for step in range(n["count"]):
            self.scope(values, names)
            if "index" in n:
                self.scopes[-1][n["index"]] = torch.tensor(step)
                self.flat.append({"name": self.fresh(n["index"]), "op": "tensor", "dtype": "i64", "value": step})
            self.body(n["body"])
            values, names = self.leave(n.get("yield", {}))
        self.give(values, names)

    def do_while(self, n):
        values, names = self.carried(n)
        for turn in range(n["max_trips"] + 1):
            self.scope(values, names)
            goes_on = bool(self.operand(n["condition"]["value"]))
            if goes_on and turn == n["max_trips"]:
                raise RuntimeError("while goes on past max_trips")
            if goes_on:
                self.body(n["body"])
            values, names = self.leave(n.get("yield", {}) if goes_on else {k: k for k in values})
            if not goes_on:
                break
        self.give(values, names)

    def do_if(self, n):
        side = "then" if bool(self.operand(n["inputs"][0])) else "else"
        self.scope({}, {})
        self.body(n.get(side, []))
        self.give(*self.leave(n.get("yield", {}).get(side, {})))


def straight(nodes):
    """The nodes; None for a program that has no control."""
    p = Straight()
    torch.manual_seed(67280421310721)
    try:
        p.body(nodes)
    except (torch_program.Outside, *torch_program.ERRORS):
        pass
    return p.flat
