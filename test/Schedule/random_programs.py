# random_programs.py - random programs through the Schedule stage, run and compared with plain Python.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each program is a function over variables, inputs and outputs with loops, branches, carried tensors that change
places, stacks, slices and reshapes. The scheduled function must leave the numbers that Python computes in every
variable and output, and leave its inputs as they were. The arena holds NaN before each run."""
import argparse
import ctypes
import itertools
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import time


def tensor(shape):
    return "tensor<%sf64>" % "".join("%dx" % n for n in shape)


def size(shape):
    return math.prod(shape)


def positions(shape):
    return itertools.product(*map(range, shape))


def offset(position, shape):
    at = 0
    for i, n in zip(position, shape):
        at = at * n + i
    return at


def affine_map(loops, dims):
    names = ["d%d" % i for i in range(loops)]
    return "affine_map<(%s) -> (%s)>" % (", ".join(names), ", ".join("d%d" % d for d in dims))


class Value:
    def __init__(self, name, shape):
        self.name, self.shape = name, shape


class Program:
    """MLIR text of one function, and the same computation as Python closures over an environment."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.prefix = "p%d" % seed
        self.names = 0
        self.lines = []
        self.depth = 1
        self.a, self.b = self.r.choice([(2, 3), (3, 5), (4, 7), (24, 31)])
        a, b = self.a, self.b
        self.shapes = [(), (a,), (b,), (a, b), (a, b), (b, a), (a, a), (a * b,)]
        self.steps = []

    # -- building blocks

    def fresh(self, prefix="t"):
        self.names += 1
        return "%%%s%d" % (prefix, self.names)

    def emit(self, text):
        self.lines.append("  " * self.depth + text)

    def constant(self, value, kind="f64"):
        name = self.fresh("c")
        text = repr(value)
        if "e" in text and "." not in text:
            text = text.replace("e", ".0e")
        self.emit("%s = arith.constant %s : %s" % (name, text, kind))
        return name

    def empty(self, shape):
        name = self.fresh("e")
        self.emit("%s = tensor.empty() : %s" % (name, tensor(shape)))
        return name

    def fill(self, shape, value):
        result = Value(self.fresh(), shape)
        c, e = self.constant(float(value)), self.empty(shape)
        self.emit("%s = linalg.fill ins(%s : f64) outs(%s : %s) -> %s"
                  % (result.name, c, e, tensor(shape), tensor(shape)))
        self.steps.append(lambda env: env.__setitem__(result.name, [float(value)] * size(shape)))
        return result

    def generic(self, shape, inputs, maps, text, function, loops=None, reduced=(), init=None):
        """`text` computes %r from %x0, %x1, ... and %o; `function` is the same on numbers."""
        loops = loops or shape
        kept = [d for d in range(len(loops)) if d not in reduced]
        result = Value(self.fresh(), shape)
        out = init.name if init else self.empty(shape)
        kinds = ", ".join('"reduction"' if d in reduced else '"parallel"' for d in range(len(loops)))
        all_maps = [affine_map(len(loops), m) for m in maps] + [affine_map(len(loops), kept)]
        ins = ""
        if inputs:
            ins = "ins(%s : %s) " % (", ".join(v.name for v in inputs), ", ".join(tensor(v.shape) for v in inputs))
        self.emit("%s = linalg.generic {indexing_maps = [%s], iterator_types = [%s]} %souts(%s : %s) {"
                  % (result.name, ", ".join(all_maps), kinds, ins, out, tensor(shape)))
        args = ["%%x%d: f64" % i for i in range(len(inputs))] + ["%o: f64"]
        self.emit("^bb0(%s):" % ", ".join(args))
        for line in text:
            self.emit("  " + line)
        self.emit("  linalg.yield %r : f64")
        self.emit("} -> %s" % tensor(shape))

        def run(env):
            data = [env[v.name] for v in inputs]
            shapes = [v.shape for v in inputs]
            total = list(env[init.name]) if init else [0.0] * size(shape)
            for p in positions(loops):
                at = offset([p[d] for d in kept], shape)
                xs = [x[offset([p[d] for d in m], s)] for x, s, m in zip(data, shapes, maps)]
                total[at] = function(p, total[at], *xs)
            env[result.name] = total

        self.steps.append(run)
        return result

    # -- operations

    def pick(self, live, shape):
        fitting = [v for v in live if v.shape == shape]
        return self.r.choice(fitting[-5:]) if fitting else None

    def readable(self, live, shape):
        """A value and the map through which it is read by loops over `shape`."""
        choices = [(shape, list(range(len(shape))))] * 3 + [((), [])]
        if len(shape) == 2:
            choices += [((shape[0],), [0]), ((shape[1],), [1]), ((shape[1], shape[0]), [1, 0])]
        self.r.shuffle(choices)
        for s, m in choices:
            v = self.pick(live, s)
            if v:
                return v, m
        return None

    def elementwise(self, live, shape):
        reads = [self.readable(live, shape) for _ in range(2)]
        if None in reads:
            return None
        half = self.constant(0.5)
        op, function = self.r.choice([("addf", lambda x, y: x + y), ("subf", lambda x, y: x - y),
                                      ("mulf", lambda x, y: x * y), ("maximumf", max)])
        text = ["%%t = arith.%s %%x0, %%x1 : f64" % op, "%%r = arith.mulf %%t, %s : f64" % half]
        return self.generic(shape, [v for v, _ in reads], [m for _, m in reads], text,
                            lambda p, o, x, y: function(x, y) * 0.5)

    def costly(self, live, shape):
        read = self.readable(live, shape)
        return read and self.generic(shape, [read[0]], [read[1]], ["%r = math.tanh %x0 : f64"],
                                     lambda p, o, x: math.tanh(x))

    def move(self, live, shape):
        """A broadcast or a transpose that stands alone."""
        read = self.readable(live, shape)
        if not read:
            return None
        result = self.generic(shape, [read[0]], [read[1]], [], lambda p, o, x: x)
        at = max(i for i, line in enumerate(self.lines) if "linalg.yield %r" in line)
        self.lines[at] = self.lines[at].replace("%r", "%x0")
        return result

    def contraction(self, live, shape):
        if len(shape) != 2:
            return None
        p, q = shape
        k = self.r.choice([self.a, self.b])
        choices = [((p, k), [0, 2]), ((k, p), [2, 0])], [((k, q), [2, 1]), ((q, k), [1, 2])]
        reads = []
        for pair in choices:
            found = [(self.pick(live, s), m) for s, m in pair]
            found = [(v, m) for v, m in found if v]
            if not found:
                return None
            reads.append(self.r.choice(found))
        zero = self.fill(shape, 0.0)
        text = ["%t = arith.mulf %x0, %x1 : f64", "%r = arith.addf %o, %t : f64"]
        product = self.generic(shape, [v for v, _ in reads], [m for _, m in reads], text,
                               lambda pos, o, x, y: o + x * y, (p, q, k), (2,), zero)
        scale = self.constant(1.0 / k)
        return self.generic(shape, [product], [[0, 1]], ["%%r = arith.mulf %%x0, %s : f64" % scale],
                            lambda pos, o, x: x * (1.0 / k))

    def reduction(self, live, shape):
        if len(shape) == 0:
            source, reduced = self.r.choice([((self.a, self.b), (0, 1)), ((self.b,), (0,)), ((self.a,), (0,))])
        elif len(shape) == 1 and shape[0] in (self.a, self.b):
            other = self.b if shape[0] == self.a else self.a
            source, reduced = self.r.choice([((shape[0], other), (1,)), ((other, shape[0]), (0,))])
        else:
            return None
        v = self.pick(live, source)
        if not v:
            return None
        every = list(range(len(source)))
        if self.r.random() < 0.3:
            low = self.fill(shape, -1e300)
            return self.generic(shape, [v], [every], ["%r = arith.maximumf %o, %x0 : f64"],
                                lambda p, o, x: max(o, x), source, reduced, low)
        zero = self.fill(shape, 0.0)
        total = self.generic(shape, [v], [every], ["%r = arith.addf %o, %x0 : f64"],
                             lambda p, o, x: o + x, source, reduced, zero)
        n = 1.0 / math.prod(source[d] for d in reduced)
        scale = self.constant(n)
        return self.generic(shape, [total], [list(range(len(shape)))],
                            ["%%r = arith.mulf %%x0, %s : f64" % scale], lambda p, o, x: x * n)

    def reshape(self, live, shape):
        pairs = {(self.a, self.b): (self.a * self.b,), (self.a * self.b,): (self.a, self.b)}
        if shape not in pairs:
            return None
        v = self.pick(live, pairs[shape])
        if not v:
            return None
        result = Value(self.fresh(), shape)
        if len(shape) == 1:
            self.emit("%s = tensor.collapse_shape %s [[0, 1]] : %s into %s"
                      % (result.name, v.name, tensor(v.shape), tensor(shape)))
        else:
            self.emit("%s = tensor.expand_shape %s [[0, 1]] output_shape [%d, %d] : %s into %s"
                      % (result.name, v.name, *shape, tensor(v.shape), tensor(shape)))
        self.steps.append(lambda env: env.__setitem__(result.name, env[v.name]))
        return result

    def unit(self, live, shape):
        """Through a dim of size 1 and back."""
        v = self.pick(live, shape)
        if not v or len(shape) != 1:
            return None
        wide, result = Value(self.fresh(), (1, shape[0])), Value(self.fresh(), shape)
        self.emit("%s = tensor.expand_shape %s [[0, 1]] output_shape [1, %d] : %s into %s"
                  % (wide.name, v.name, shape[0], tensor(shape), tensor(wide.shape)))
        self.steps.append(lambda env: env.__setitem__(wide.name, env[v.name]))
        doubled = self.generic(wide.shape, [wide], [[0, 1]], ["%r = arith.addf %x0, %x0 : f64"],
                               lambda p, o, x: x + x)
        self.emit("%s = tensor.collapse_shape %s [[0, 1]] : %s into %s"
                  % (result.name, doubled.name, tensor(wide.shape), tensor(shape)))
        self.steps.append(lambda env: env.__setitem__(result.name, env[doubled.name]))
        return result

    def box(self, shape):
        """Offsets, sizes and strides of a part of a tensor."""
        offsets, sizes, strides = [], [], []
        for n in shape:
            start = self.r.randrange(n)
            count = self.r.randint(1, n - start)
            step = self.r.choice([1, 1, 2]) if start + 2 * (count - 1) < n else 1
            offsets.append(start), sizes.append(count), strides.append(step)
        return offsets, sizes, strides

    def slice_text(self, box):
        return "".join("[%s]" % ", ".join(map(str, numbers)) for numbers in box)

    def update(self, live, shape):
        """A part of one value written over the same part of another."""
        v, w = self.pick(live, shape), self.pick(live, shape)
        if not v or not shape:
            return None
        box = self.box(shape)
        offsets, sizes, strides = box
        part, result = Value(self.fresh(), tuple(sizes)), Value(self.fresh(), shape)
        self.emit("%s = tensor.extract_slice %s%s : %s to %s"
                  % (part.name, v.name, self.slice_text(box), tensor(shape), tensor(part.shape)))

        def take(env, part=part):
            env[part.name] = [env[v.name][offset([o + i * s for o, i, s in zip(offsets, p, strides)], shape)]
                              for p in positions(sizes)]

        self.steps.append(take)
        if self.r.random() < 0.6:
            part = self.generic(part.shape, [part], [list(range(len(shape)))],
                                ["%r = arith.negf %x0 : f64"], lambda p, o, x: -x)
        self.emit("%s = tensor.insert_slice %s into %s%s : %s into %s"
                  % (result.name, part.name, w.name, self.slice_text(box), tensor(part.shape), tensor(shape)))

        def put(env, part=part):
            data = list(env[w.name])
            for p, x in zip(positions(sizes), env[part.name]):
                data[offset([o + i * s for o, i, s in zip(offsets, p, strides)], shape)] = x
            env[result.name] = data

        self.steps.append(put)
        return result

    def scalar(self, live, shape):
        """A number out of a tensor, back in as a fill or an operand."""
        v = self.pick(live, ())
        if not v:
            return None
        number = self.fresh("s")
        self.emit("%s = tensor.extract %s[] : tensor<f64>" % (number, v.name))
        if self.r.random() < 0.5:
            result, e = Value(self.fresh(), shape), self.empty(shape)
            self.emit("%s = linalg.fill ins(%s : f64) outs(%s : %s) -> %s"
                      % (result.name, number, e, tensor(shape), tensor(shape)))
            self.steps.append(lambda env: env.__setitem__(result.name, env[v.name] * size(shape)))
            return result
        w = self.pick(live, shape)
        return w and self.generic(shape, [w, v], [list(range(len(shape))), []],
                                  ["%%r = arith.addf %%x0, %s : f64" % number], lambda p, o, x, y: x + y)

    def iota(self, live, shape):
        if not shape:
            return None
        dim = self.r.randrange(len(shape))
        text = ["%%i = linalg.index %d : index" % dim, "%j = arith.index_cast %i : index to i64",
                "%f = arith.sitofp %j : i64 to f64", "%n = arith.constant 0.125 : f64",
                "%r = arith.mulf %f, %n : f64"]
        return self.generic(shape, [], [], text, lambda p, o: p[dim] * 0.125)

    def literal(self, live, shape):
        if size(shape) > 12:
            return self.fill(shape, self.r.randint(-2, 2))
        data = [self.r.randint(-8, 8) / 8 for _ in range(size(shape))]
        result = Value(self.fresh(), shape)
        nested = data
        for n in reversed(shape[1:]):
            nested = [nested[i:i + n] for i in range(0, len(nested), n)]
        text = json.dumps(nested if shape else nested[0])
        self.emit("%s = arith.constant dense<%s> : %s" % (result.name, text, tensor(shape)))
        self.steps.append(lambda env: env.__setitem__(result.name, data))
        return result

    def operation(self, live):
        kinds = [self.elementwise] * 6 + [self.costly, self.move, self.move, self.contraction, self.contraction,
                                          self.reduction, self.reduction, self.reduction, self.reshape, self.unit,
                                          self.update, self.scalar, self.iota, self.literal]
        while True:
            result = self.r.choice(kinds)(live, self.r.choice(self.shapes))
            if result:
                return result

    # -- control flow

    def nested(self, live, level):
        """The statements of a region: its closures and the values it leaves."""
        outer, self.steps = self.steps, []
        self.depth += 1
        inner = self.statements(list(live), level + 1, self.r.randint(1, 5))
        steps, self.steps = self.steps, outer
        self.depth -= 1
        return steps, inner

    def loop(self, live, level):
        count = self.r.choice([0, 1, 3, 3])
        carried = self.r.sample(live, min(len(live), self.r.randint(0, 4)))
        args = [Value(self.fresh("a"), v.shape) for v in carried]
        results = self.fresh("l")
        iv = self.fresh("i")
        bounds = [self.constant(n, "index") for n in (0, count, 1)]
        head = "scf.for %s = %s to %s step %s" % (iv, *bounds)
        types = ", ".join(tensor(v.shape) for v in args)
        if args:
            head = "%s:%d = %s iter_args(%s) -> (%s)" % (
                results, len(args), head, ", ".join("%s = %s" % (a.name, v.name) for a, v in zip(args, carried)), types)
        self.emit(head + " {")
        steps, inner = self.nested(live + args, level)
        # Values that change places, and values that stay, are frequent.
        yields = [self.pick(args if self.r.random() < 0.4 else inner, a.shape) for a in args]
        if args:
            self.emit("  scf.yield %s : %s" % (", ".join(v.name for v in yields), types))
        self.emit("}")
        outs = [Value("%s#%d" % (results, i), a.shape) for i, a in enumerate(args)]

        def run(env):
            state = [env[v.name] for v in carried]
            for _ in range(count):
                env.update(zip((a.name for a in args), state))
                for step in steps:
                    step(env)
                state = [env[v.name] for v in yields]
            env.update(zip((v.name for v in outs), state))

        self.steps.append(run)
        return live + outs

    def branch(self, live, level):
        condition = self.r.randrange(2)
        shapes = [v.shape for v in self.r.sample(live, min(len(live), self.r.randint(0, 3)))]
        results = self.fresh("b")
        types = ", ".join(map(tensor, shapes))
        head = "scf.if %%cond%d" % condition
        self.emit(("%s:%d = %s -> (%s) {" % (results, len(shapes), head, types)) if shapes else head + " {")
        sides = []
        for side in range(2):
            steps, inner = self.nested(live, level)
            yields = [self.pick(live if self.r.random() < 0.3 else inner, s) for s in shapes]
            if shapes:
                self.emit("  scf.yield %s : %s" % (", ".join(v.name for v in yields), types))
            sides.append((steps, yields))
            if side == 0:
                self.emit("} else {")
        self.emit("}")
        outs = [Value("%s#%d" % (results, i), s) for i, s in enumerate(shapes)]

        def run(env):
            steps, yields = sides[0] if env["cond"][condition] else sides[1]
            for step in steps:
                step(env)
            env.update([(o.name, env[v.name]) for o, v in zip(outs, yields)])

        self.steps.append(run)
        return live + outs

    def stack(self, live, level):
        """A loop that saves a value of each step, and one that reads them in reverse."""
        shape = self.r.choice([s for s in self.shapes])
        first = self.pick(live, shape)
        if not first:
            return live
        n = self.r.randint(1, 3)
        whole = (n,) + shape
        zero, one, count = (self.constant(k, "index") for k in (0, 1, n))
        rank = len(shape)
        box = "[%s%s][1%s][1%s]" % ("%s", ", 0" * rank, "".join(", %d" % s for s in shape), ", 1" * rank)
        start = self.fresh("e")
        self.emit("%s = tensor.empty() : %s" % (start, tensor(whole)))
        state, saved = Value(self.fresh("a"), shape), Value(self.fresh("a"), whole)
        results, iv = self.fresh("l"), self.fresh("i")
        self.emit("%s:2 = scf.for %s = %s to %s step %s iter_args(%s = %s, %s = %s) -> (%s, %s) {"
                  % (results, iv, zero, count, one, state.name, first.name, saved.name, start,
                     tensor(shape), tensor(whole)))
        steps, inner = self.nested(live + [state], level)
        keep, following = self.pick(inner, shape), self.pick(inner, shape)
        pushed = self.fresh()
        self.emit("  %s = tensor.insert_slice %s into %s%s : %s into %s"
                  % (pushed, keep.name, saved.name, box % iv, tensor(shape), tensor(whole)))
        self.emit("  scf.yield %s, %s : %s, %s" % (following.name, pushed, tensor(shape), tensor(whole)))
        self.emit("}")
        total, back = Value(self.fresh("a"), shape), self.fresh("l")
        down, read = self.fresh("i"), Value(self.fresh(), shape)
        self.emit("%s = scf.for %s = %s to %s step %s iter_args(%s = %s#0) -> (%s) {"
                  % (back, down, zero, count, one, total.name, results, tensor(shape)))
        outer, self.steps = self.steps, []
        self.depth += 1
        last, at = self.fresh("i"), self.fresh("i")
        self.emit("%s = arith.subi %s, %s : index" % (last, count, one))
        self.emit("%s = arith.subi %s, %s : index" % (at, last, down))
        self.emit("%s = tensor.extract_slice %s#1%s : %s to %s"
                  % (read.name, results, box % at, tensor(whole), tensor(shape)))
        every = list(range(rank))
        added = self.generic(shape, [total, read], [every, every],
                             ["%t = arith.subf %x0, %x1 : f64", "%n = arith.constant 0.5 : f64",
                              "%r = arith.mulf %t, %n : f64"], lambda p, o, x, y: (x - y) * 0.5)
        self.emit("scf.yield %s : %s" % (added.name, tensor(shape)))
        self.depth -= 1
        body, self.steps = self.steps, outer
        self.emit("}")

        def run(env):
            env[state.name] = env[first.name]
            pile = []
            for _ in range(n):
                for step in steps:
                    step(env)
                pile.append(env[keep.name])
                env[state.name] = env[following.name]
            env[results + "#0"] = env[total.name] = env[state.name]
            for item in reversed(pile):
                env[read.name] = item
                for step in body:
                    step(env)
                env[total.name] = env[added.name]
            env[back] = env[total.name]

        self.steps.append(run)
        return live + [Value(results + "#0", shape), Value(back, shape)]

    def statements(self, live, level, count):
        for _ in range(count):
            c = self.r.random()
            if level < 3 and c < 0.10:
                live = self.loop(live, level)
            elif level < 3 and c < 0.18:
                live = self.branch(live, level)
            elif level < 2 and c < 0.22:
                live = self.stack(live, level)
            else:
                live.append(self.operation(live))
        return live

    def mixture(self, live):
        """One value that depends on the last ones of its shape: little of the program is dead."""
        def mix(shape):
            last = [v for v in live if v.shape == shape][-4:]
            if len(last) < 2:
                return None
            every = list(range(len(shape)))
            total = last[0]
            for v in last[1:]:
                total = self.generic(shape, [total, v], [every, every], ["%r = arith.addf %x0, %x1 : f64"],
                                     lambda p, o, x, y: x + y)
            return total
        return mix

    # -- the whole

    def build(self):
        variables = [("%s_v%d" % (self.prefix, i), s) for i, s in enumerate([(self.a, self.b), (self.a, self.b), (self.b,),
                                                                             (), (self.a, self.a)])]
        inputs = [Value("%in0", (self.a, self.b)), Value("%in1", (self.b, self.a)), Value("%in2", (self.a,))]
        live = list(inputs)
        for name, shape in variables:
            v = Value(self.fresh("v"), shape)
            self.emit("%s = ag.get @%s : %s" % (v.name, name, tensor(shape)))
            self.steps.append(lambda env, v=v, name=name: env.__setitem__(v.name, env["variables"][name]))
            live.append(v)
        live += [self.fill(s, 0.25) for s in [(self.b,), (self.a,), (self.a * self.b,)]]
        live = self.statements(live, 0, self.r.randint(5, 14))
        stored = []
        for name, shape in variables:
            if self.r.random() < 0.7:
                v = self.r.choice([v for v in live if v.shape == shape])
                stored.append((name, v))
                self.emit("ag.set @%s, %s : %s" % (name, v.name, tensor(shape)))
        returned = [self.r.choice(live[-6:] if self.r.random() < 0.7 else live) for _ in range(2)]
        returned += [v for v in map(self.mixture(live), self.shapes[1:4]) if v]
        head = ["ag.variable @%s : %s kind \"local\"" % (n, tensor(s)) for n, s in variables]
        head.append("func.func @%s(%s, %%cond0: i1, %%cond1: i1) -> (%s) {"
                    % (self.prefix, ", ".join("%s: %s" % (v.name, tensor(v.shape)) for v in inputs),
                       ", ".join(tensor(v.shape) for v in returned)))
        tail = ["  return %s : %s" % (", ".join(v.name for v in returned), ", ".join(tensor(v.shape) for v in returned)),
                "}"]
        self.variables, self.inputs, self.stored, self.returned = variables, inputs, stored, returned
        return "\n".join(head + self.lines + tail) + "\n"

    def reference(self, variables, inputs, conditions):
        env = {"variables": dict(variables), "cond": conditions}
        env.update((v.name, x) for v, x in zip(self.inputs, inputs))
        for step in self.steps:
            step(env)
        after = dict(variables)
        after.update((name, env[v.name]) for name, v in self.stored)
        return after, [env[v.name] for v in self.returned]


def buffer(data):
    return (ctypes.c_double * max(len(data), 1))(*data)


def same(got, wanted):
    return all(g == w or abs(g - w) <= 1e-9 * max(1.0, abs(w)) for g, w in zip(got, wanted))


def signature(kernels, name):
    """Which variable each argument is, the arena's size and the copies left."""
    line = re.search(r"func\.func @%s\(.*" % name, kernels).group(0)
    return (re.findall(r"sched\.variable = @(\w+)", line), int(re.search(r"sched\.arena_bytes = (\d+)", line)[1]),
            int(re.search(r"sched\.copies = (\d+)", line)[1]))


def check(program, function, order, arena_bytes, constants):
    r = random.Random(program.prefix)
    for conditions in itertools.product((False, True), repeat=2):
        draw = lambda shape: [r.uniform(-1, 1) for _ in range(size(shape))]
        variables = {n: draw(s) for n, s in program.variables}
        inputs = [draw(v.shape) for v in program.inputs]
        after, results = program.reference(variables, inputs, conditions)
        memory = {n: buffer(x) for n, x in {**variables, **constants}.items()}
        given = [buffer(x) for x in inputs]
        out = [buffer([0.0] * size(v.shape)) for v in program.returned]
        raw = ctypes.create_string_buffer(b"\xff" * (arena_bytes + 64), arena_bytes + 64)
        arena = ctypes.c_void_p((ctypes.addressof(raw) + 63) // 64 * 64)
        function(*given, *map(ctypes.c_bool, conditions), *[memory[n] for n in order], *out, arena)
        for what, got, wanted in ([("variable " + n, memory[n], after[n]) for n in after]
                                  + [("input", g, x) for g, x in zip(given, inputs)]
                                  + [("constant " + n, memory[n], x) for n, x in constants.items()]
                                  + [("output", o, x) for o, x in zip(out, results)]):
            if not same(got, wanted):
                return "%s differs under %s: got %s, expected %s" % (what, conditions, list(got)[:6], wanted[:6])
    return None


def constants_of(kernels):
    found = {}
    for name, text in re.findall(r"ag\.variable @(constant\w*) : \S+ kind \"local\" = dense<(.*)> : ", kernels):
        flat = re.sub(r"[\[\] ]", "", text)
        found[name] = [float(x) for x in flat.split(",")]
    return found


def run_batch(args, seeds, folder):
    programs = [Program(s) for s in seeds]
    source = os.path.join(folder, "source.mlir")
    with open(source, "w") as f:
        f.write("".join(p.build() for p in programs))
    hints = "=random-hints=%d" % args.random_hints if args.random_hints else ""
    done = subprocess.run([args.tool, source, "--sched-pipeline" + hints], capture_output=True, text=True, timeout=300)
    if done.returncode:
        return None, done.stderr
    kernels = os.path.join(folder, "kernels.mlir")
    with open(kernels, "w") as f:
        f.write(done.stdout)
    if "memref.alloc" in done.stdout:
        return None, "a buffer is not in the arena"
    lowered = subprocess.run([args.tool, kernels, "--test-sched-lower-kernels", "--test-to-llvm"],
                             capture_output=True, text=True, timeout=300)
    if lowered.returncode:
        return None, lowered.stderr
    ir = subprocess.run([args.translate, "--mlir-to-llvmir"], input=lowered.stdout, capture_output=True, text=True)
    library = os.path.join(folder, "programs%d.so" % seeds[0])
    built = subprocess.run([args.cc, "-x", "ir", "-O0", "-Wno-override-module", "-shared", "-fPIC", "-ffp-contract=off",
                            "-", "-o", library, "-lm"], input=ir.stdout, capture_output=True, text=True)
    if built.returncode:
        return None, built.stderr
    loaded = ctypes.CDLL(library)
    wrong, copies, arena = [], 0, 0
    constants = constants_of(done.stdout)
    for p in programs:
        order, bytes_, left = signature(done.stdout, p.prefix)
        copies, arena = copies + left, arena + bytes_
        own = {n: x for n, x in constants.items() if n in order}
        message = check(p, getattr(loaded, p.prefix), order, bytes_, own)
        if message:
            wrong.append((p.prefix, message))
    return (wrong, done.stdout.count("sched.launch @"), copies, arena), None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--translate", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after this time")
    parser.add_argument("--random-hints", type=int, default=0)
    parser.add_argument("--keep", help="a folder for the files of failing programs")
    args = parser.parse_args()
    begin = time.time()
    ran = failed = launches = copies = arena = 0
    with tempfile.TemporaryDirectory() as folder:
        pending = [list(range(i, min(i + args.batch, args.first + args.count)))
                   for i in range(args.first, args.first + args.count, args.batch)]
        while pending and time.time() - begin < args.seconds:
            seeds = pending.pop(0)
            result, error = run_batch(args, seeds, folder)
            if error and len(seeds) > 1:
                pending = [[s] for s in seeds] + pending  # which one was it?
                continue
            ran += len(seeds)
            if error:
                failed += 1
                print("program %d is not compiled:\n%s" % (seeds[0], error[:2000]))
                continue
            wrong, n, c, a = result
            launches, copies, arena = launches + n, copies + c, arena + a
            failed += len(wrong)
            for name, message in wrong:
                print("program %s: %s" % (name, message))
    print("%d programs, %d failed; %d launches, %d copies, %d bytes of arena; %.1f s"
          % (ran, failed, launches, copies, arena, time.time() - begin))
    sys.exit(1 if failed or not ran else 0)


if __name__ == "__main__":
    main()
