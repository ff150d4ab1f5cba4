#!/usr/bin/env python3
"""Runs the exported programs of this folder and compares loss, gradients, buffers and outputs with PyTorch's.

    check_exports.py GRADC [NAME...]
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import ast
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
CODES = {"<f4": "f", "<f8": "d", "<i8": "q", "<i4": "i", "|b1": "?"}


def read_npz(path):
    """Each array as a shape and a flat list."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            size, = struct.unpack_from("<H", data, 8)
            header = ast.literal_eval(data[10:10 + size].decode())
            code = CODES[header["descr"]]
            count = math.prod(header["shape"])
            arrays[name[:-4]] = header["shape"], list(struct.unpack_from(f"<{count}{code}", data, 10 + size))
    return arrays


def flatten(value, shape=()):
    if not isinstance(value, list):
        return shape, [value]
    flat = [x for item in value for x in flatten(item)[1]]
    inner = flatten(value[0])[0] if value else ()
    return (len(value),) + inner, flat


def compare(name, expected, found):
    worst = 0.0
    largest = max((abs(x) for key, value in expected.items() if key.startswith("grad/") for x in flatten(value)[1]), default=0)
    for key, value in expected.items():
        shape, wanted = flatten(value)
        if key not in found:
            assert not any(wanted), f"{name}: {key} is missing"
            continue
        assert found[key][0] == shape, f"{name}: {key} has shape {found[key][0]}, expected {shape}"
        scale = max([abs(x) for x in wanted] + [2e-3 * largest if key.startswith("grad/") else 0, 1e-30])
        error = max((abs(a - b) for a, b in zip(wanted, found[key][1])), default=0) / scale
        assert error <= 5e-5, f"{name}: {key} differs by {error:.1e} of its largest number"
        worst = max(worst, error)
    for key in found:
        assert key in expected or not key.startswith("grad/") or not any(found[key][1]), f"{name}: unexpected {key}"
    return worst


def check_tied(gradc, folder):
    """The state dict has a tied parameter under each of its names, and is read under any of them."""
    weights, again = folder / "tied.safetensors", folder / "again.npz"
    command = [gradc, "run", HERE / "tied.pt2", "--inputs", HERE / "tied.npz"]
    subprocess.run([*command, "--optimizer=sgd:lr=0.1", "--steps", "3", "--quiet", "--outputs", weights], check=True)
    data = weights.read_bytes()
    size, = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + size])
    found = sorted(k for k in header if k != "__metadata__")
    assert found == ["embed.weight", "head.weight", "mix"], f"tied: the state dict has {found}"
    # A parameter has to be there; under its first name nothing is.
    weights.write_bytes(data.replace(b'"embed.weight"', b'"other.weight"'))
    subprocess.run([*command, "--weights", weights, "--outputs", again], check=True)
    begin, end = header["head.weight"]["data_offsets"]
    wanted = list(struct.unpack(f"<{(end - begin) // 4}f", data[8 + size + begin:8 + size + end]))
    assert read_npz(again)["param/embed.weight"][1] == wanted, "tied: weights under the other name were not read"


def write_npz(path, arrays):
    with zipfile.ZipFile(path, "w") as archive:
        for name, (shape, data, code) in arrays.items():
            header = str({"descr": code, "fortran_order": False, "shape": shape}).ljust(117) + "\n"
            archive.writestr(name + ".npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
                             + struct.pack(f"<{len(data)}{CODES[code]}", *data))


def check_sizes(gradc, folder):
    """One executable takes every size of its range, and no other."""
    program, inputs, out = folder / "sizes", folder / "in.npz", folder / "out.npz"
    subprocess.run([gradc, "build", HERE / "sizes.pt2", "--grad=all", "-o", program], check=True)
    arrays, expected = read_npz(HERE / "sizes.npz"), json.loads((HERE / "sizes.json").read_text())
    x, group = arrays["x"][1], arrays["group"][1]

    def run(rows, groups, *arguments, command=None):
        write_npz(inputs, {"x": ((rows, 4, 3), (x + x)[:12 * rows], "<f4"), "group": ((groups,), (group + group)[:groups], "<i8")})
        return subprocess.run([*(command or [program]), "--inputs", inputs, "--outputs", out, *arguments], capture_output=True, text=True)

    worst = 0.0
    for rows, values in expected.items():
        done = run(int(rows), int(rows))
        assert not done.returncode, f"sizes {rows}: {done.stderr}"
        worst = max(worst, compare(f"sizes {rows}", values, read_npz(out)))
    for rows, groups, message in ((1, 1, "dimension 0 has size 1, expected 2 to 70"), (71, 71, "dimension 0 has size 71, expected 2 to 70"),
                                  (9, 8, "dimension 0 has size 8 where the other inputs have 9")):
        done = run(rows, groups)
        assert done.returncode == 1 and message in done.stderr, f"sizes {rows}, {groups}: {done.returncode} {done.stderr}"
    # Fixed, bounded, and wrong.
    for size, rows, message in (("x.0=9", 9, ""), ("x.0=9", 8, "shape [8, 4, 3], expected [9, 4, 3]"), ("x.0=4..9", 8, ""),
                                ("x.0=4..9", 3, "expected 4 to 9"), ("x.0=1..", 5, "expected a size of 2 to 70"), ("x.1=4", 5, "no open size 'x.1'")):
        done = run(rows, rows, f"--size={size}", "--grad=all", command=[gradc, "run", HERE / "sizes.pt2"])
        assert done.returncode == bool(message) and message in done.stderr, f"--size {size}, {rows} rows: {done.returncode} {done.stderr}"
        if not message and str(rows) in expected:
            worst = max(worst, compare(f"sizes {size}", expected[str(rows)], read_npz(out)))
    # Batches: what is left of the rows is one, too.
    train = [gradc, "run", HERE / "sizes.pt2", "--optimizer=sgd:lr=0.01"]
    done = run(70, 70, "--epochs", "2", "--batch", "32", command=train)
    assert not done.returncode and "step 6 mean loss" in done.stdout, f"batches: {done.stdout}{done.stderr}"
    done = run(70, 70, "--epochs", "1", "--batch", "71", command=train)
    assert done.returncode == 1 and "the program takes 2 to 70 rows" in done.stderr, f"batches: {done.stderr}"
    return worst


def main():
    gradc, names = sys.argv[1], sys.argv[2:] or sorted(p.stem for p in HERE.glob("*.json"))
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            out = pathlib.Path(folder) / "out.npz"
            if name == "sizes":
                print(f"sizes: largest difference {check_sizes(gradc, pathlib.Path(folder)):.1e}")
                continue
            subprocess.run([gradc, "run", HERE / f"{name}.pt2", "--inputs", HERE / f"{name}.npz", "--grad=all", "--outputs", out],
                           check=True)
            error = compare(name, json.loads((HERE / f"{name}.json").read_text()), read_npz(out))
            if name == "tied":
                check_tied(gradc, pathlib.Path(folder))
            print(f"{name}: largest difference {error:.1e}")


if __name__ == "__main__":
    main()
