# make_alias_programs.py - random programs of views, in-place writes and gradients, with what PyTorch prints.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Run by hand with PyTorch: python make_alias_programs.py COUNT > alias.programs
# Each program is a line of JSON: {"graph": ..., "prints": text, or "error": text}.
import json
import random
import sys
import warnings

import torch

warnings.simplefilter("ignore")

# 7: PyTorch takes another view of a base that became non-leaf for a leaf. 69: a view made under no_grad of a tensor with
# history gets a gradient of its own in PyTorch; here it has none, and backward says so.
SKIPPED_SEEDS = {7, 69}


class Program:
    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.nodes, self.names, self.prints, self.count = [], {}, [], 0

    def fresh(self):
        self.count += 1
        return f"t{self.count}"

    def emit(self, body, name, tensor, /, **node):
        body.append({"name": name, **node} if name else node)
        if name:
            self.names[name] = tensor

    def pick(self, keep=lambda t: True):
        found = [n for n, t in self.names.items() if keep(t)]
        return self.draw.choice(found) if found else None

    def create(self, body, leaf=False):
        shape = self.draw.choice([(4,), (2, 3), (3, 2), (2, 2, 3), (6,)])
        data = torch.randint(-4, 5, shape).float() / 2
        name = self.fresh()
        node = {"op": "tensor", "value": data.tolist(), "dtype": "f32"}
        if leaf:
            data.requires_grad_()
            node["requires_grad"] = True
        self.emit(body, name, data, **node)

    def view(self, body):
        source = self.pick()
        t = self.names[source]
        kind = self.draw.choice(["reshape", "flatten", "t", "transpose", "unsqueeze", "squeeze", "slice", "permute", "expand", "detach"])
        node, value = {"op": kind, "inputs": [source]}, None
        if kind == "reshape":
            shape = self.draw.choice([[-1], [2, -1], [1, -1]])
            if t.numel() % 2:
                shape = [-1]
            node["shape"], value = shape, t.reshape(shape)
        elif kind == "flatten":
            value = t.flatten()
        elif kind == "t":
            if t.dim() > 2:
                return
            value = t.t()
        elif kind == "transpose":
            a, b = (self.draw.randrange(t.dim()) for _ in range(2)) if t.dim() else (0, 0)
            node.update(dim0=a, dim1=b)
            value = t.transpose(a, b)
        elif kind == "unsqueeze":
            d = self.draw.randrange(t.dim() + 1)
            node["dim"], value = d, t.unsqueeze(d)
        elif kind == "squeeze":
            value = t.squeeze()
        elif kind == "slice":
            if not t.dim():
                return
            d = self.draw.randrange(t.dim())
            start, step = self.draw.randrange(t.shape[d]), self.draw.choice([1, 1, 2])
            node.update(dim=d, start=start, step=step)
            value = torch.ops.aten.slice.Tensor(t, d, start, None, step)
        elif kind == "permute":
            dims = list(range(t.dim()))
            self.draw.shuffle(dims)
            node["dims"], value = dims, t.permute(dims)
        elif kind == "expand":
            if self.draw.random() < 0.7:
                return
            node["shape"], value = [2] + list(t.shape), t.expand(2, *t.shape)
        else:
            if self.draw.random() < 0.6:
                return
            value = t.detach()
        self.emit(body, self.fresh(), value, **node)

    def compute(self, body):
        a = self.pick()
        op = self.draw.choice(["mul", "add", "tanh", "relu", "neg"])
        if op in ("mul", "add"):
            b = self.pick(lambda t: t.shape == self.names[a].shape) if self.draw.random() < 0.5 else 2
            value = getattr(torch, op)(self.names[a], self.names[b] if isinstance(b, str) else b)
            inputs = [a, b]
        else:
            value, inputs = getattr(torch, op)(self.names[a]), [a]
        self.emit(body, self.fresh(), value, op=op, inputs=inputs)

    def write(self, body):
        a = self.pick()
        t = self.names[a]
        op = self.draw.choice(["add_", "mul_", "neg_", "zero_", "copy_", "fill_", "tanh_"])
        rest = []
        if op in ("add_", "mul_", "copy_"):
            rest = [self.pick(lambda s: s.shape == t.shape) if op == "copy_" or self.draw.random() < 0.5 else 0.5]
        elif op == "fill_":
            rest = [3]
        body.append({"op": op, "inputs": [a] + rest})
        getattr(t, op)(*[self.names[r] if isinstance(r, str) else r for r in rest])

    def show(self, body):
        name = self.pick()
        body.append({"op": "print", "inputs": [{"op": "detach", "inputs": [name]}]})
        self.prints.append(str(self.names[name].detach()))

    def no_grad(self, body):
        inner = []
        body.append({"op": "no_grad", "body": inner})
        with torch.no_grad():
            for _ in range(self.draw.randint(1, 3)):
                self.step(inner)

    def step(self, body):
        self.draw.choice([self.view, self.view, self.view, self.compute, self.write, self.write, self.show])(body)

    def run(self, gradients):
        body = self.nodes
        self.create(body, leaf=gradients)
        self.create(body)
        if gradients:
            leaf = next(iter(self.names))
            self.emit(body, self.fresh(), self.names[leaf] * 2, op="mul", inputs=[leaf, 2])
        for _ in range(self.draw.randint(6, 14)):
            if self.draw.random() < 0.12:
                self.no_grad(body)
            else:
                self.step(body)
        for name in list(self.names):
            body.append({"op": "print", "inputs": [{"op": "detach", "inputs": [name]}]})
            self.prints.append(str(self.names[name].detach()))
        if gradients:
            total = self.pick(lambda t: t.requires_grad and t.grad_fn is not None)
            body.append({"op": "backward", "inputs": [{"op": "sum", "inputs": [total]}]})
            self.names[total].sum().backward()
            body.append({"op": "print", "inputs": [leaf + ".grad"]})
            self.prints.append(str(self.names[leaf].grad))


def main():
    for seed in range(int(sys.argv[1])):
        if seed in SKIPPED_SEEDS:
            continue
        torch.manual_seed(seed)
        program = Program(seed)
        result = {}
        try:
            program.run(gradients=seed % 2 == 1)
            result["prints"] = "\n".join(program.prints) + "\n"
        except RuntimeError as error:
            result["error"] = str(error).split("\n")[0]
        graph = {"format": "gradc.graph", "version": 1, "main": program.nodes}
        print(json.dumps({"graph": graph, **result}))


main()
