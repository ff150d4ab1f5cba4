#!/usr/bin/env python3
# check_optimizers.py - trains a small model with every optimiser and schedule and compares with PyTorch's numbers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains a model with each case of optimizers.json and compares parameters, losses and gradients.

    check_optimizers.py --gradc PATH [NAME...]
"""
import argparse
import ast
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile
from model import STEPS, X, Y, graph

# Relative to 1 + the number itself.
TOLERANCE = {"f32": 1e-6, "f64": 1e-12, "f16": 5e-4, "bf16": 4e-3}


def tensor(dtype, rows):
    return {"data": [v for row in rows for v in row], "shape": [len(rows), len(rows[0])], "dtype": dtype}


def narrow(dtype, values):
    """The numbers' bytes in a safetensors file."""
    if dtype == "bf16":
        return b"".join(struct.pack("<f", v)[2:] for v in values)  # exact: the data have few bits
    return struct.pack(f"<{len(values)}{dict(f32='f', f64='d', f16='e')[dtype]}", *values)


def safetensors(tensors):
    header, body = {}, b""
    for name, t in tensors.items():
        data = narrow(t["dtype"], t["data"])
        header[name] = {"dtype": t["dtype"].upper(), "shape": t["shape"], "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def read_npz(path):
    """Each array as a flat list."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            size, = struct.unpack_from("<H", data, 8)
            header = ast.literal_eval(data[10:10 + size].decode())
            code = {"<f2": "e", "<f4": "f", "<f8": "d", "<i8": "q", "<i4": "i", "|b1": "?"}[header["descr"]]
            arrays[name[:-4]] = list(struct.unpack_from(f"<{math.prod(header['shape'])}{code}", data, 10 + size))
    return arrays


def run(*command):
    r = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if r.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {r.returncode}\n{r.stdout}{r.stderr}")


def check(gradc, folder, case):
    dtype = case["dtype"]
    (folder / "model.json").write_text(json.dumps(graph(dtype)))
    (folder / "in.safetensors").write_bytes(safetensors({"x": tensor(dtype, X), "y": tensor(dtype, Y)}))
    run(gradc, "build", folder / "model.json", *case["options"].split(), "-o", folder / "model")
    run(folder / "model", "--inputs", folder / "in.safetensors", "--steps", STEPS, "--outputs", folder / "out.npz", "--quiet")
    results = read_npz(folder / "out.npz")
    expected = dict(case["values"])
    expected["loss"] = [case["losses"][-1]]
    worst, where = 0.0, ""
    for name, values in expected.items():
        if len(results.get(name, [])) != len(values):
            sys.exit(f"{case['name']}: {name} has {len(results.get(name, []))} elements, expected {len(values)}")
        for a, b in zip(results[name], values):
            error = abs(a - b) / (1 + abs(b))
            if name == "loss" and error < 1e-7:
                continue  # steps hand out their loss as a C float
            if not error <= worst:
                worst, where = error, name
    ok = worst <= TOLERANCE[dtype]
    print(f"{'ok  ' if ok else 'FAIL'} {case['name']:20} {worst:.1e} {where}")
    return ok


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("names", nargs="*")
    a = ap.parse_args()
    cases = json.loads((pathlib.Path(__file__).parent / "optimizers.json").read_text())
    with tempfile.TemporaryDirectory() as tmp:
        passed = [check(a.gradc, pathlib.Path(tmp), c) for c in cases if not a.names or c["name"] in a.names]
    if not passed or not all(passed):
        sys.exit(f"{passed.count(False)} of {len(passed)} cases differ")


if __name__ == "__main__":
    main()
