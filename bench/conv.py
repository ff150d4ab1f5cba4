#!/usr/bin/env python3
# conv.py - convolutions by gradc beside oneDNN, through PyTorch, on one core.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times y = conv2d(x, w), the gradient of x and that of w for each layer, in gradc and by torch.ops.aten.convolution and
convolution_backward. Prints a row a layer: GFLOP/s of PyTorch, of gradc and their ratio (over 1: gradc is faster) for each of the
three, then the geometric mean and the least.

    conv.py --gradc build/bin/gradc                      # lenet's and ResNet-18's layers
    conv.py --gradc build/bin/gradc 8,64,56,64,3,1,1     # images, channels, height, filters, their height, stride, padding
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

LAYERS = {
    "lenet 1": (64, 1, 28, 16, 5, 1, 2), "lenet 2": (64, 16, 14, 32, 5, 1, 0),
    "wide lenet 1": (64, 1, 28, 32, 5, 1, 0), "wide lenet 2": (64, 32, 12, 64, 5, 1, 0),
    "resnet stem": (4, 3, 224, 64, 7, 2, 3), "resnet 64": (4, 64, 56, 64, 3, 1, 1),
    "resnet 128 down": (4, 64, 56, 128, 3, 2, 1), "resnet 128": (4, 128, 28, 128, 3, 1, 1),
    "resnet 128 short": (4, 64, 56, 128, 1, 2, 0), "resnet 256 down": (4, 128, 28, 256, 3, 2, 1),
    "resnet 256": (4, 256, 14, 256, 3, 1, 1), "resnet 256 short": (4, 128, 28, 256, 1, 2, 0),
    "resnet 512 down": (4, 256, 14, 512, 3, 2, 1), "resnet 512": (4, 512, 7, 512, 3, 1, 1),
    "resnet 512 short": (4, 256, 14, 512, 1, 2, 0),
}  # fmt: skip
PARTS = ("y", "x.grad", "w.grad")

PEER = """
import sys, time, torch
n, c, h, k, r, s, p = map(int, sys.argv[1:8])
seconds = float(sys.argv[8])
torch.set_num_threads(1)
x, w = torch.randn(n, c, h, h), torch.randn(k, c, r, r)
size = [s, s], [p, p], [1, 1], False, [0, 0], 1
y = torch.ops.aten.convolution(x, w, None, *size)
g = torch.randn_like(y)
calls = [lambda: torch.ops.aten.convolution(x, w, None, *size)] + [
    lambda mask=mask: torch.ops.aten.convolution_backward(g, x, w, None, *size, mask)
    for mask in ([True, False, False], [False, True, False])]
for call in calls:
    call(), call()
    best, end = 1e9, time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    print(best)
"""


def graph(n, c, h, k, r, s, p):
    """sum(conv2d(x, w) * g), whose gradients are the two others; without the product, y."""
    o = (h + 2 * p - r) // s + 1
    conv = {"op": "conv2d", "inputs": ["x", "w"], "stride": s, "padding": p}
    inputs = {"x": f"f32[{n},{c},{h},{h}]", "w": f"f32[{k},{c},{r},{r}]"}
    forward = {"export": True, "inputs": inputs, "body": [], "outputs": {"y": conv}}
    loss = {"op": "sum", "inputs": [{"op": "mul", "inputs": [conv, "g"]}]}
    backward = {"export": True, "inputs": dict(inputs, g=f"f32[{n},{k},{o},{o}]"), "body": [], "outputs": {"loss": loss}}
    return [{"format": "gradc.graph", "version": 1, "functions": {"forward": f}} for f in (forward, backward)]


def run(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{' '.join(map(str, command[:4]))}: {result.stderr.strip()[-300:]}")
    return result.stdout


def step(args, folder, program, grad, inputs):
    """Seconds of a step of a program, at best."""
    import numpy

    rng = numpy.random.default_rng(7)
    numpy.savez(folder / "in.npz", **{name: rng.standard_normal(dims, "float32") for name, dims in inputs.items()})
    (folder / "conv.json").write_text(json.dumps(program))
    run(args.gradc, "build", folder / "conv.json", f"--grad={grad}", "-o", folder / "conv")
    out = run(*args.prefix.split(), folder / "conv", "--inputs", folder / "in.npz", "--threads", 1, "--bench", args.seconds)
    return json.loads(out.strip().splitlines()[-1])["best_ns"] * 1e-9


def layer(args, folder, shape):
    """Seconds of (y, x.grad, w.grad) in gradc. Programs that compute a gradient compute a loss first: the time of one that
    computes the loss alone, less the sum, is taken off."""
    n, c, h, k, r, s, p = shape
    o = (h + 2 * p - r) // s + 1
    inputs = {"x": (n, c, h, h), "w": (k, c, r, r), "g": (n, k, o, o)}
    forward, backward = graph(*shape)
    y = step(args, folder, forward, "none", {name: inputs[name] for name in "xw"})
    loss = step(args, folder, backward, "none", inputs)
    return [y] + [max(1e-9, step(args, folder, backward, name, inputs) - loss) for name in "xw"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layer", nargs="*", help="N,C,H,K,R,S,P")
    parser.add_argument("--gradc", default="gradc")
    parser.add_argument("--seconds", type=float, default=0.4, help="for each time that is taken")
    parser.add_argument("--prefix", default="taskset -c 0", help="what pins a process, perhaps chrt -f 50 taskset -c 0")
    args = parser.parse_args()
    layers = {text: tuple(map(int, text.split(","))) for text in args.layer} or LAYERS
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in layers.items():
            n, c, h, k, r, s, p = shape
            ours = layer(args, pathlib.Path(folder), shape)
            theirs = list(map(float, run(*args.prefix.split(), sys.executable, "-c", PEER, *shape, args.seconds).split()))
            flops = 2e-9 * n * k * c * r * r * ((h + 2 * p - r) // s + 1) ** 2
            cells = []
            for part, a, b in zip(PARTS, ours, theirs):
                if part == "x.grad" and c <= 3:  # nobody asks for the gradient of the images
                    continue
                ratios.append((b / a, f"{name} {part}"))
                cells.append(f"{part} {flops / b:6.1f} {flops / a:6.1f} {b / a:5.2f}")
            print(f"{name:16} {'x'.join(map(str, shape)):22} " + "  ".join(cells), flush=True)
    mean = math.exp(sum(math.log(ratio) for ratio, _ in ratios) / len(ratios))
    print(f"{len(ratios)} convolutions: geometric mean {mean:.3f}, least {min(ratios)[0]:.2f} ({min(ratios)[1]})")


if __name__ == "__main__":
    main()
