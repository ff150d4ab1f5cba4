#!/usr/bin/env python3
# gemm.py - products of matrices by gradc beside OpenBLAS, one core.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds y = op(a) op(b) with gradc for each shape and times it in turns with the OpenBLAS that numpy brings, on one pinned
core. Prints a row a shape (GFLOP/s of both, their ratio: over 1, gradc is faster) and the geometric mean and the least ratio.

    gemm.py --gradc build/bin/gradc                       # the shapes of the table below
    gemm.py --gradc build/bin/gradc --random 200          # sizes of 8 to 1,448 and any transposes, drawn by --seed
    gemm.py --gradc build/bin/gradc NT,1024,768,256       # op(a) is 1024x256, op(b) 256x768, b is transposed

With --threads N, gradc is timed beside itself instead: GFLOP/s of one thread and of N, and how much of N times the first that is.
"""
import argparse
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SIZES = [(n, n, n) for n in (64, 100, 128, 250, 256, 384, 512, 1024, 2048)] + [
    (128, 784, 512), (128, 512, 784), (512, 784, 128), (1024, 256, 1024), (1024, 1024, 256), (256, 1024, 1024),
    (1024, 768, 256), (64, 800, 128), (128, 64, 128), (128, 128, 64), (1000, 10, 500), (10, 500, 128)]  # fmt: skip


def openblas():
    import numpy

    found = sorted(pathlib.Path(numpy.__file__).parent.parent.glob("numpy.libs/libscipy_openblas64*"))
    if not found:
        sys.exit("gemm.py: this numpy has no OpenBLAS of its own (its wheels have)")
    return found[0]


def shapes(args):
    if args.shape:
        for text in args.shape:
            kind, m, n, k = text.split(",")
            yield kind, int(m), int(n), int(k)
    elif args.random:
        draw = random.Random(args.seed)
        for _ in range(args.random):
            yield (draw.choice(["NN", "NT", "TN", "TT"]), *(int(2 ** draw.uniform(3, 10.5)) for _ in range(3)))
    else:
        for kind in ("NN", "NT", "TN"):
            for size in SIZES:
                yield kind, *size


def graph(kind, m, n, k):
    """The product as a model; a transposed factor is one in memory."""

    def factor(name, transposed):
        return {"op": "t", "inputs": [name]} if transposed else name

    product = {"op": "matmul", "inputs": [factor("a", kind[0] == "T"), factor("b", kind[1] == "T")]}
    a, b = ([k, m] if kind[0] == "T" else [m, k]), ([n, k] if kind[1] == "T" else [k, n])
    inputs = {"a": f"f32[{a[0]},{a[1]}]", "b": f"f32[{b[0]},{b[1]}]"}
    forward = {"export": True, "inputs": inputs, "body": [], "outputs": {"y": product}}
    return {"format": "gradc.graph", "version": 1, "functions": {"forward": forward}}


def run(*command, **more):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if result.returncode:
        raise RuntimeError(f"{' '.join(map(str, command[:4]))}: {result.stderr.strip()[-300:]}")
    return result.stdout


def efficiency(args, folder, shape):
    """GFLOP/s of an executable on one thread and on args.threads, in turns, and the part of perfect scaling."""
    import numpy

    kind, m, n, k = shape
    rng = numpy.random.default_rng(7)
    a, b = ((k, m) if kind[0] == "T" else (m, k)), ((n, k) if kind[1] == "T" else (k, n))
    numpy.savez(folder / "gemm.npz", a=rng.standard_normal(a, "float32"), b=rng.standard_normal(b, "float32"))
    run(args.gradc, "build", folder / "gemm.json", "--grad=none", "-o", folder / "gemm.exe")
    best = {1: math.inf, args.threads: math.inf}
    for _ in range(2):
        for threads in best:
            pinned = args.prefix.rsplit(" ", 1)[0].split() + [",".join(map(str, range(threads)))]
            out = run(*pinned, folder / "gemm.exe", "--inputs", folder / "gemm.npz", "--threads", threads, "--bench",
                      args.seconds / 2)  # fmt: skip
            best[threads] = min(best[threads], json.loads(out.strip().splitlines()[-1])["best_ns"])
    one, all_ = (2.0 * m * n * k / best[threads] for threads in best)
    return one, all_, all_ / one / args.threads


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", nargs="*", help="KIND,M,N,K with KIND one of NN, NT, TN, TT")
    parser.add_argument("--gradc", default="gradc")
    parser.add_argument("--random", type=int, default=0, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.4, help="for each shape")
    parser.add_argument("--prefix", default="taskset -c 0", help="what pins a process, perhaps chrt -f 50 taskset -c 0")
    parser.add_argument("--threads", type=int, default=1, help="scaling instead of OpenBLAS, over cores 0 to N - 1")
    args = parser.parse_args()
    blas, ratios = args.threads > 1 or openblas(), []
    with tempfile.TemporaryDirectory() as folder:
        d = pathlib.Path(folder)
        run(os.environ.get("CC", "cc"), "-O2", HERE / "gemm.c", "-o", d / "gemm", "-ldl", "-lm")
        for kind, m, n, k in shapes(args):
            (d / "gemm.json").write_text(json.dumps(graph(kind, m, n, k)))
            if args.threads > 1:
                one, several, part = efficiency(args, d, (kind, m, n, k))
                ratios.append((part, f"{kind} {m}x{n}x{k}"))
                print(f"{kind} {m:5} {n:5} {k:5}  1 thread {one:6.1f}  {args.threads} {several:6.1f}  {part:.2f}", flush=True)
                continue
            run(args.gradc, "build", d / "gemm.json", "--emit=obj", "-o", d / "gemm.o")
            run(os.environ.get("CC", "cc"), "-shared", d / "gemm.o", "-o", d / "gemm.so", "-lm")
            environment = dict(os.environ, OPENBLAS_NUM_THREADS="1")
            out = run(*args.prefix.split(), d / "gemm", blas, "scipy_cblas_sgemm64_", kind, m, n, k, args.seconds,
                      d / "gemm.so", env=environment)  # fmt: skip
            theirs, ours = map(float, out.split())
            ratios.append((ours / theirs, f"{kind} {m}x{n}x{k}"))
            print(f"{kind} {m:5} {n:5} {k:5}  OpenBLAS {theirs:6.1f}  gradc {ours:6.1f}  {ours / theirs:.2f}", flush=True)
    mean = math.exp(sum(math.log(ratio) for ratio, _ in ratios) / len(ratios))
    print(f"{len(ratios)} shapes: geometric mean {mean:.3f}, least {min(ratios)[0]:.2f} ({min(ratios)[1]})")


if __name__ == "__main__":
    main()
