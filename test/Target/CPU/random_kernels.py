# random_kernels.py - random kernel bodies through the CPU emitters: all widths alike, and as the reference says.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""usage: random_kernels.py BIN_DIR FIRST_SEED COUNT

Each seed gives one kernel: elementwise ops with broadcasts and transposes, reductions and contractions over up to three dims.
Bodies that are not one kernel are left out; at least half have to remain."""
import os
import random
import subprocess
import sys
import tempfile

UNARY = [
    ["%r = arith.negf %x0 : f32"],
    ["%r = math.tanh %x0 : f32"],
    ["%r = math.sin %x0 : f32"],
    ["%t = math.tanh %x0 : f32", "%r = math.exp %t : f32"],
    ["%a = math.absf %x0 : f32", "%c = arith.constant 1.5 : f32", "%b = arith.addf %a, %c : f32", "%r = math.log %b : f32"],
]
BINARY = [
    ["%r = arith.addf %x0, %x1 : f32"],
    ["%r = arith.subf %x0, %x1 : f32"],
    ["%r = arith.mulf %x0, %x1 : f32"],
    ["%r = arith.maximumf %x0, %x1 : f32"],
    ["%p = arith.cmpf olt, %x0, %x1 : f32", "%r = arith.select %p, %x1, %x0 : f32"],
]
REDUCTIONS = [("arith.addf", "0.0"), ("arith.maximumf", "0xFF800000"), ("arith.minimumf", "0x7F800000")]


class Kernel:
    """Text of a kernel; a value is (name, axes), an axis is a number with a size."""

    def __init__(self, name, sizes):
        self.name, self.sizes, self.args, self.body = name, sizes, [], []

    def type(self, axes):
        return "tensor<" + "".join(f"{self.sizes[a]}x" for a in axes) + "f32>"

    def argument(self, axes):
        self.args.append((f"%a{len(self.args)}", axes))
        return self.args[-1]

    def add(self, text, axes):
        self.body.append(f"  %v{len(self.body)} = {text}")
        return (f"%v{len(self.body) - 1}", axes)

    def fill(self, axes, value):
        c, _ = self.add(f"arith.constant {value} : f32", ())
        e, _ = self.add(f"tensor.empty() : {self.type(axes)}", axes)
        return self.add(f"linalg.fill ins({c} : f32) outs({e} : {self.type(axes)}) -> {self.type(axes)}", axes)

    def generic(self, inputs, body, loops, out_axes, init):
        dims = [f"d{i}" for i in range(len(loops))]

        def axes_map(axes):
            return f"affine_map<({', '.join(dims)}) -> ({', '.join(dims[loops.index(a)] for a in axes)})>"

        maps = ", ".join(axes_map(axes) for _, axes in inputs + [(None, out_axes)])
        kinds = ", ".join('"parallel"' if a in out_axes else '"reduction"' for a in loops)
        operands = f"{', '.join(n for n, _ in inputs)} : {', '.join(self.type(a) for _, a in inputs)}"
        names = ", ".join([f"%x{i}: f32" for i in range(len(inputs))] + ["%o: f32"])
        lines = "".join(f"    {line}\n" for line in body)
        return self.add(
            f"linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}} ins({operands}) "
            f"outs({init} : {self.type(out_axes)}) {{\n  ^bb0({names}):\n{lines}    linalg.yield %r : f32\n  }} -> {self.type(out_axes)}",
            out_axes,
        )

    def elementwise(self, inputs, body, axes):
        empty, _ = self.add(f"tensor.empty() : {self.type(axes)}", axes)
        return self.generic(inputs, body, axes, axes, empty)

    def reduce(self, value, kept, combiner, neutral):
        return self.generic([value], [f"%r = {combiner} %o, %x0 : f32"], value[1], kept, self.fill(kept, neutral)[0])

    def contract(self, a, b, kept, contracted):
        body = ["%p = arith.mulf %x0, %x1 : f32", "%r = arith.addf %o, %p : f32"]
        return self.generic([a, b], body, kept + contracted, kept, self.fill(kept, "0.0")[0])

    def text(self, results):
        args = ", ".join(f"{n}: {self.type(a)}" for n, a in self.args)
        types = ", ".join(self.type(a) for _, a in results)
        names = ", ".join(n for n, _ in results)
        return (
            f'sched.kernel @{self.name} kind "random" inplace [] ({args}) -> ({types}) {{\n'
            + "\n".join(self.body)
            + f"\n  sched.return {names} : {types}\n}}\n"
        )


def step(draw, kernel, values):
    """One more value from those there are, or nothing."""
    value = draw.choice(values)
    kind = draw.random()
    if kind < 0.3:
        return kernel.elementwise([value], draw.choice(UNARY), value[1])
    if kind < 0.7:
        other = draw.choice(values)
        axes = list(dict.fromkeys(value[1] + other[1]))
        draw.shuffle(axes)
        return kernel.elementwise([value, other], draw.choice(BINARY), tuple(axes))
    if not value[1]:
        return None
    if kind < 0.93:
        gone = draw.sample(value[1], draw.randint(1, len(value[1])))
        return kernel.reduce(value, tuple(a for a in value[1] if a not in gone), *draw.choice(REDUCTIONS))
    other = draw.choice(values)
    common = tuple(a for a in value[1] if a in other[1])
    if not common or other == value:
        return None
    contracted = tuple(draw.sample(common, 1))
    kept = tuple(a for a in dict.fromkeys(value[1] + other[1]) if a not in contracted)
    return kernel.contract(value, other, kept, contracted)


def random_kernel(seed):
    draw = random.Random(seed)
    choice = [1, 2, 3, 5, 8, 16, 17, 33] if seed % 2 else [3, 17, 64, 65, 130, 200]
    sizes = [draw.choice(choice) for _ in range(3)]
    if sizes[0] * sizes[1] * sizes[2] > 40000:
        sizes[0] = draw.choice([1, 2])
    kernel = Kernel(f"seed_{seed}", sizes)
    values = [kernel.argument(tuple(draw.sample(range(3), draw.randint(1, 3)))) for _ in range(draw.randint(1, 3))]
    made = []
    while len(made) < draw.randint(1, 6) or not made:
        value = step(draw, kernel, values)
        if value:
            values.append(value)
            made.append(value)
    return kernel.text([made[-1]] + [v for v in made[:-1] if draw.random() < 0.3])


def main():
    bin_dir, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    accepted = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "kernels.mlir")
        for seed in range(first, first + count):
            text = random_kernel(seed)
            with open(path, "w") as f:
                f.write(text)
            emit = [os.path.join(bin_dir, "gradc-opt"), path, "--cpu-emit-kernels=vector-bits=256 registers=16", "-o", os.devnull]
            run = subprocess.run(emit, capture_output=True, text=True)
            if run.returncode == 0:
                accepted.append(text)
            elif "not one kernel" not in run.stderr:
                sys.exit(f"seed {seed}:\n{text}{run.stderr}")
        if 2 * len(accepted) < count:
            sys.exit(f"only {len(accepted)} of {count} bodies are one kernel")
        with open(path, "w") as f:
            f.write("\n".join(accepted))
        sys.exit(subprocess.run([os.path.join(bin_dir, "gradc-kernel-run"), path]).returncode)


if __name__ == "__main__":
    main()
