#!/usr/bin/env python3
"""Large weights: the same bits by every way into an artefact, and no copy of them in the compiler's memory.

    weights.py GRADC SCRATCH
"""
import array
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import zipfile

gradc, scratch = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
scratch.mkdir(parents=True, exist_ok=True)
os.chdir(scratch)
random.seed(7)


def safetensors(path, tensors):
    """tensors: name -> (dtype, shape, bytes)"""
    header, at = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for _, _, data in tensors.values():
            f.write(data)


def npy(path, dtype, shape, data):
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header = header.ljust((len(header) + 74) // 64 * 64 - 11) + "\n"
    path.write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + data)


def npz(path):
    """Entry -> bytes of the elements."""
    result = {}
    with zipfile.ZipFile(path) as z:
        for name in z.namelist():
            data = z.read(name)
            result[name.removesuffix(".npy")] = data[10 + struct.unpack("<H", data[8:10])[0]:]
    return result


def run(*command):
    """Peak memory in MB."""
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, command
    return usage.ru_maxrss / 1024


def model(path, weights, rows):
    def tensor(name, dtype, shape):
        return {"type": f"{dtype}[{','.join(map(str, shape))}]", "init": {"op": "load", "file": weights, "key": name}}

    graph = {"format": "gradc.graph", "version": 1, "inputs": {"i": "i64[4]"},
             "parameters": {"table": tensor("table", "f32", [rows, 64])},
             "functions": {"forward": {
                 "body": [{"name": "y", "op": "sum", "inputs": [{"op": "embedding", "inputs": ["i", "table"]}]}],
                 "outputs": {"y": "y"}}}}
    if rows < 10000:
        graph["buffers"] = {"bytes": tensor("bytes", "u8", [300, 256]), "halves": tensor("halves", "bf16", [40000]),
                            "wide": tensor("wide", "f64", [33, 333]), "zeros": tensor("zeros", "f32", [20000]),
                            "small": tensor("small", "i64", [3]), "flags": tensor("flags", "bool", [70000])}
    path.write_text(json.dumps(graph))


def floats(n):
    return array.array("f", [random.uniform(-1, 1) for _ in range(n)]).tobytes()


def check_bits():
    tensors = {"table": ("F32", [2000, 64], floats(128000)), "bytes": ("U8", [300, 256], random.randbytes(76800)),
               "halves": ("BF16", [40000], b"".join(floats(1)[2:] for _ in range(40000))),
               "wide": ("F64", [33, 333], array.array("d", [random.random() for _ in range(10989)]).tobytes()),
               "zeros": ("F32", [20000], bytes(80000)), "small": ("I64", [3], struct.pack("<3q", -1, 0, 1 << 40)),
               "flags": ("BOOL", [70000], bytes(random.randrange(2) for _ in range(70000)))}
    safetensors("bits.safetensors", tensors)
    model(pathlib.Path("bits.json"), "bits.safetensors", 2000)
    npy(pathlib.Path("i.npy"), "<i8", [4], struct.pack("<4q", 5, 1999, 5, 0))
    run(gradc, "build", "bits.json", "-o", "mapped")
    run(gradc, "build", "bits.json", "--dump-stages=dumps", "-o", "through-llvm")
    run(gradc, "build", "bits.json", "--emit=kernels", "-o", "bits.mlir")
    run(gradc, "build", "bits.mlir", "-o", "from-text")
    wanted = None
    for program in ("mapped", "through-llvm", "from-text"):
        run("./" + program, "--inputs", "i=i.npy", "--outputs", program + ".npz", "--quiet")
        got = npz(program + ".npz")
        wanted = wanted or got
        assert got == wanted, program
    run("./mapped", "--inputs", "i=i.npy", "--outputs", "mapped.safetensors", "--quiet")
    data = pathlib.Path("mapped.safetensors").read_bytes()
    for name, (_, _, content) in tensors.items():
        assert content in data, name
    rows = [array.array("f", tensors["table"][2][i * 256:(i + 1) * 256]) for i in (5, 1999, 5, 0)]
    y = struct.unpack("<f", wanted["out/y"])[0]
    assert abs(y - sum(map(sum, rows))) < 1e-4, y
    assert array.array("f", wanted["grad/param/table"])[5 * 64] == 2


def check_memory():
    """What is mapped counts, too: the input, the object and the executable; five or more with copies."""
    peak = {}
    for name, rows in (("small", 20000), ("large", 260000)):
        block = floats(64 * 1000)
        safetensors(f"{name}.safetensors", {"table": ("F32", [rows, 64], block * (rows // 1000))})
        model(pathlib.Path(f"{name}.json"), f"{name}.safetensors", rows)
        peak[name] = max(run(gradc, "build", f"{name}.json", f"--emit={kind}", "-o", f"{name}.{kind}") for kind in ("exe", "obj"))
    weights = (260000 - 20000) * 256 / 2**20
    more = peak["large"] - peak["small"]
    print(f"{weights:.0f} MB of weights more: the compiler's peak is {more:.0f} MB more")
    assert more < 3.5 * weights, peak


check_bits()
check_memory()
