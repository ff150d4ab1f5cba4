#!/usr/bin/env python3
"""One regression as a script, as a script that calls an exported function, and as a model: the same parameters.

    check_forms.py --gradc PATH
"""
import argparse
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

ROWS = 10
X = [[((7 * i + 3 * k) % 11) / 11 - 0.5 for k in range(3)] for i in range(ROWS)]
Y = [[row[0] - 2 * row[1] + 0.5 * row[2] + 1] for row in X]
W = [[0.1], [-0.2], [0.3]]


def constant(name, value, **more):
    return {"name": name, "op": "tensor", "value": value, "dtype": "f32", **more}


def loss_of(pred, target):
    return {"op": "mean", "inputs": [{"op": "pow", "inputs": [{"op": "sub", "inputs": [pred, target]}, 2]}]}


PREDICTION = {"op": "add", "inputs": [{"op": "matmul", "inputs": ["x", "w"]}, "b"]}


def script(functions, loss):
    update = [{"op": "sub_", "inputs": [n, {"op": "mul", "inputs": [0.01, n + ".grad"]}]} for n in "wb"]
    clear = [{"op": "zero_grad", "inputs": ["w", "b"]}]
    numbers = [{"op": "item", "inputs": [{"op": "slice", "inputs": ["w"], "dim": 0, "start": i, "end": i + 1}]} for i in range(3)]
    body = [{"name": "pred", **PREDICTION}, {"name": "l", **loss}, {"op": "backward", "inputs": ["l"]},
            {"op": "no_grad", "body": update}, *clear]
    main = [constant("x", X), constant("y", Y), constant("w", W, requires_grad=True), constant("b", [0.0], requires_grad=True),
            {"op": "repeat", "count": 100, "body": body},
            {"op": "print", "inputs": [*numbers, {"op": "item", "inputs": ["b"]}]}]
    return {"format": "gradc.graph", "version": 1, **({"functions": functions} if functions else {}), "main": main}


FUNCTION = {"loss": {"export": True, "inputs": {"p": f"f32[{ROWS},1]", "t": f"f32[{ROWS},1]"},
                     "body": [{"name": "value", **loss_of("p", "t")}], "outputs": {"loss": "value"}}}
MODEL = {"format": "gradc.graph", "version": 1, "inputs": {"x": f"f32[{ROWS},3]", "y": f"f32[{ROWS},1]"},
         "parameters": {"w": {"type": "f32[3,1]", "init": {"op": "tensor", "value": W, "dtype": "f32"}},
                        "b": {"type": "f32[1]", "init": {"op": "zeros", "shape": [1]}}},
         "functions": {"forward": {"export": True, "body": [{"name": "pred", **PREDICTION}, {"name": "l", **loss_of("pred", "y")}],
                                   "outputs": {"loss": "l"}}}}


def npy(rows):
    flat = [v for row in rows for v in row]
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(flat)}f", *flat)


def read_npy(data):
    start = 10 + struct.unpack("<H", data[8:10])[0]
    return list(struct.unpack(f"<{(len(data) - start) // 4}f", data[start:]))


def run(*command):
    r = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if r.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {r.returncode}\n{r.stdout}{r.stderr}")
    return r.stdout


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    a = ap.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as tmp:
        d = pathlib.Path(tmp)
        forms = {"script": script(None, loss_of("pred", "y")),
                 "function": script(FUNCTION, {"op": "call", "function": "loss", "inputs": ["pred", "y"]}), "model": MODEL}
        for name, graph in forms.items():
            (d / f"{name}.json").write_text(json.dumps(graph))
        for name in ("script", "function"):
            run(a.gradc, "build", d / f"{name}.json", "-o", d / name)
            results[name] = [float(t) for t in run(d / name).split()]
        with zipfile.ZipFile(d / "in.npz", "w") as z:
            z.writestr("x.npy", npy(X))
            z.writestr("y.npy", npy(Y))
        run(a.gradc, "build", d / "model.json", "--optimizer=sgd:lr=0.01", "-o", d / "model")
        run(d / "model", "--inputs", d / "in.npz", "--steps", 100, "--outputs", d / "out.npz", "--quiet")
        with zipfile.ZipFile(d / "out.npz") as z:
            results["model"] = [v for n in ("w", "b") for v in read_npy(z.read(f"param/{n}.npy"))]
    for name, values in results.items():
        print(f"{name:9}", *values)
        if len(values) != 4 or any(abs(v - r) > 1e-6 for v, r in zip(values, results["script"])):
            sys.exit(f"the {name} differs from the script")
    if abs(results["script"][0] - W[0][0]) < 1e-3:
        sys.exit("nothing was trained")


if __name__ == "__main__":
    main()
