# check_checkpoint.py - a model whose layers are computed again: less memory, the same bits.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import arrays

LAYERS, ROWS, WIDTH = 5, 64, 32


def model(layers_of):
    """tanh, dropout and a product a layer, `layers_of` puts around what a layer does."""
    body, h = [], "x"
    for i in range(LAYERS):
        layer = [{"name": f"a{i}", "op": "tanh", "inputs": [h]}, {"name": f"b{i}", "op": "exp", "inputs": [f"a{i}"]},
                 {"name": f"c{i}", "op": "dropout", "inputs": [f"b{i}"], "p": 0.25},
                 {"name": f"d{i}", "op": "matmul", "inputs": [f"c{i}", f"w{i}"]},
                 {"name": f"h{i}", "op": "sin", "inputs": [f"d{i}"]}]
        body += layers_of(layer)
        h = f"h{i}"
    body.append({"name": "loss", "op": "mean", "inputs": [{"op": "mul", "inputs": [h, h]}]})
    draw = {"op": "mul", "inputs": [{"op": "randn", "shape": [WIDTH, WIDTH]}, 0.1]}
    return {"format": "gradc.graph", "version": 1, "inputs": {"x": f"f32[{ROWS},{WIDTH}]"},
            "parameters": {f"w{i}": {"type": f"f32[{WIDTH},{WIDTH}]", "init": draw} for i in range(LAYERS)},
            "functions": {"forward": {"export": True, "body": body, "outputs": {"loss": "loss"}}}}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gradc", required=True)
    gradc = pathlib.Path(parser.parse_args().gradc).resolve()
    sizes, results = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        arrays.write_npz("x.npz", x=("<f4", [ROWS, WIDTH], [((i * 37) % 101) / 50 - 1 for i in range(ROWS * WIDTH)]))
        for name, around in (("kept", lambda layer: layer), ("again", lambda layer: [{"op": "checkpoint", "body": layer}])):
            pathlib.Path(name + ".json").write_text(json.dumps(model(around)))
            options = [name + ".json", "--optimizer=sgd:lr=0.1"]
            info = json.loads(subprocess.run([gradc, "info", *options, "--json"], check=True, capture_output=True).stdout)
            sizes[name] = {f["name"]: f for f in info["functions"]}, info["arena_bytes"], info["peak_bytes"]
            subprocess.run([gradc, "build", *options, "-o", name], check=True)
            subprocess.run(["./" + name, "--inputs", "x.npz", "--steps", "3", "--seed", "5", "--quiet", "--outputs", "out.safetensors"], check=True)
            results[name] = arrays.read_safetensors("out.safetensors")
        os.chdir("/")
    failures = 0
    for name in sorted(results["kept"].keys() | results["again"].keys()):
        if results["kept"].get(name) != results["again"].get(name):
            failures += 1
            print(f"{name} differs")
    tensor = 4 * ROWS * WIDTH
    arenas = {name: sizes[name][1] for name in sizes}
    print(f"arena {arenas['kept']} bytes, {arenas['again']} with checkpoints; peak {sizes['kept'][2]}, {sizes['again'][2]}")
    # Of four tensors a layer that the backward reads one is kept.
    if not arenas["again"] <= arenas["kept"] - (LAYERS - 2) * tensor or not sizes["again"][2] < sizes["kept"][2]:
        failures += 1
        print("expected less memory with checkpoints")
    if sizes["again"][0]["step"]["flops"] <= sizes["kept"][0]["step"]["flops"]:
        failures += 1
        print("expected more operations with checkpoints")
    return 1 if failures else 0


sys.exit(main())
