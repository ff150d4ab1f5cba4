#!/usr/bin/env python3
"""Damages exported programs in many ways: each must end in one error that names its place, and exit code 1.

    check_errors.py GRADC
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def entries(name):
    with zipfile.ZipFile(HERE / f"{name}.pt2") as archive:
        return {i: archive.read(i) for i in archive.namelist()}


def packed(parts, method=zipfile.ZIP_STORED):
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        file.seek(0)
        return file.read()


class Damage:
    """A fixture of which entries and fields are changed."""

    def __init__(self, name):
        self.name = name
        self.parts = entries(name)
        self.model = next(n for n in self.parts if "/models/" in n)

    def entry(self, suffix, data):
        name = next(n for n in self.parts if n.endswith(suffix))
        return packed({**self.parts, name: data})

    def without(self, suffix):
        return packed({n: d for n, d in self.parts.items() if not n.endswith(suffix)})

    def json(self, change, suffix=None):
        name = self.model if suffix is None else next(n for n in self.parts if n.endswith(suffix))
        tree = json.loads(self.parts[name])
        change(tree)
        return packed({**self.parts, name: json.dumps(tree)})


def places(tree, path=()):
    """The paths of all objects and lists of a JSON tree, a few of each list."""
    yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree[:2]) if isinstance(tree, list) else ()
    for key, value in items:
        if key not in ("metadata", "module_call_graph", "guards_code", "treespec_namedtuple_fields"):
            yield from places(value, path + (key,))


def replaced(tree, path, value):
    for key in path[:-1]:
        tree = tree[key]
    tree[path[-1]] = value


def named_cases():
    tied, norms, loops = Damage("tied"), Damage("norms"), Damage("loops")
    good = (HERE / "tied.pt2").read_bytes()
    node = lambda t, **k: t["graph_module"]["graph"]["nodes"][0].update(**k)
    config = lambda t: t["config"]["mix"]
    yield "empty archive", packed({}), "empty"
    yield "cut in half", good[:len(good) // 2], "cut off or no archive"
    yield "no archive", b"PK\3\4" + b"\0" * 100, "cut off or no archive"
    yield "flipped weight", good.replace(tied.parts[next(n for n in tied.parts if n.endswith("weight_0"))],
                                         b"\1" * len(tied.parts[next(n for n in tied.parts if n.endswith("weight_0"))])), "checksum"
    yield "deflated", packed(tied.parts, zipfile.ZIP_DEFLATED), "expected a stored entry"
    yield "other format", tied.entry("archive_format", "pt3"), "expected 'pt2', found 'pt3'"
    yield "other version", tied.entry("archive_version", "1"), "expected '0', found '1'"
    yield "big-endian", tied.entry("byteorder", "big"), "expected 'little'"
    yield "no program", tied.without("models/model.json"), "models/NAME.json"
    yield "no storage", tied.without("weight_0"), "weight_0"
    yield "short storage", tied.entry("weight_0", b"\0" * 8), "expected at least"
    yield "no JSON", tied.entry("models/model.json", "{"), "model.json:1:"
    yield "other major", tied.json(lambda t: t["schema_version"].update(major=9)), "schema version 8"
    yield "a name twice", tied.json(lambda t: None) and packed_twice(tied), "twice"
    yield "unknown operator", norms.json(lambda t: node(t, target="torch.ops.aten.fft_fft.default")), "'torch.ops.aten.fft_fft.default' is not supported"
    yield "custom operator", norms.json(lambda t: node(t, target="torch.ops.mine.op.default")), "'torch.ops.mine.op.default' is not supported"
    yield "unknown argument", norms.json(lambda t: t["graph_module"]["graph"]["nodes"][0]["inputs"][0].update(name="other")), "has no argument 'other'"
    yield "undefined value", norms.json(lambda t: t["graph_module"]["graph"]["nodes"][0]["inputs"][0]["arg"]["as_tensor"].update(name="nobody")), "'nobody'"
    yield "wrong size", norms.json(lambda t: t["graph_module"]["graph"]["tensor_values"]["x"]["sizes"].__setitem__(0, {"as_int": 5})), "expected type"
    yield "complex", norms.json(lambda t: t["graph_module"]["graph"]["tensor_values"]["x"].update(dtype=10)), "torch.complex64"
    yield "sparse", norms.json(lambda t: t["graph_module"]["graph"]["tensor_values"]["x"].update(layout=2)), "sparse"
    yield "pickled", tied.json(lambda t: config(t).update(use_pickle=True), "weights_config.json"), "pickled"
    yield "overflow", tied.json(lambda t: config(t)["tensor_meta"].update(sizes=[{"as_int": 2**62}, {"as_int": 2**62}]), "weights_config.json"), "at most"
    yield "large stride", tied.json(lambda t: config(t)["tensor_meta"].update(strides=[{"as_int": 2**62}, {"as_int": 1}]), "weights_config.json"), "overflow"
    yield "expanded too far", tied.json(lambda t: config(t)["tensor_meta"].update(
        sizes=[{"as_int": 2**15}] * 2, strides=[{"as_int": 0}] * 2), "weights_config.json"), "1073741824 elements is too large"
    yield "negative offset", tied.json(lambda t: config(t)["tensor_meta"].update(storage_offset={"as_int": -1}), "weights_config.json"), "not below 0"
    yield "missing weight", tied.json(lambda t: t["config"].pop("mix"), "weights_config.json"), "'mix'"
    yield "a joint graph", tied.json(lambda t: t["graph_module"]["signature"]["output_specs"].__setitem__(0, {"gradient_to_parameter": {}})), "joint graph"
    yield "a layout of PyTorch's", (HERE / "layout.pt2").read_bytes(), "do not lie in rows"
    stops, tokens = Damage("stops"), Damage("tokens")
    given = lambda op, argument, value: lambda t: replace_argument(t, op, argument, value)
    yield "a text as a number", stops.json(given("smooth_l1_loss", "beta", {"as_string": "1"})), "expected float for argument 'beta'"
    yield "a number as tensors", tokens.json(given("index", "indices", {"as_int": 1})), "expected Tensor?[] for argument 'indices'"
    yield "a far dim", tokens.json(given("chunk", "dim", {"as_int": 2**40})), "is no dimension of its tensors"
    yield "a dim too far", tokens.json(given("chunk", "dim", {"as_int": 3})), "Dimension out of range"
    yield "no results", tokens.json(lambda t: node_of(t, "linear").update(outputs=[])), "expected the results of 'torch.ops.aten.linear.default' to be Tensor"
    yield "a list as result", tokens.json(lambda t: node_of(t, "linear").update(outputs=node_of(t, "chunk")["outputs"])), "expected the results of"
    yield "parts without types", tokens.json(lambda t: [t["graph_module"]["graph"]["tensor_values"].pop(n["name"]) for n in
                                                        node_of(t, "chunk")["outputs"][0]["as_tensors"]]), "does not tell the type"
    yield "a tensor too large", tokens.json(lambda t: t["graph_module"]["graph"]["tensor_values"]["x"].update(
        sizes=[{"as_int": 2**31}] * 3)), "at most 64 dimensions and 2^40 elements"
    yield "strides left out", tokens.json(lambda t: t["graph_module"]["graph"]["tensor_values"]["x"].update(strides=[])), "as many strides as sizes"
    yield "no carried values", loops.json(lambda t: None) and loops.json(drop_carried), "expected"


def node_of(tree, op):
    return next(n for n in tree["graph_module"]["graph"]["nodes"] if n["target"].startswith(f"torch.ops.aten.{op}."))


def replace_argument(tree, op, argument, value):
    inputs = node_of(tree, op)["inputs"]
    found = [i for i in inputs if i["name"] == argument]
    if not found:
        inputs.append({"name": argument, "arg": value, "kind": 1})
    for given in found:
        given["arg"] = value


def drop_carried(tree):
    for node in tree["graph_module"]["graph"]["nodes"]:
        if node["target"].endswith("while_loop"):
            del node["inputs"][2:]


def packed_twice(damage):
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in damage.parts.items():
                archive.writestr(name, data)
            archive.writestr("/".join(("tied", "byteorder")), "little")
        file.seek(0)
        return file.read()


def all_cases():
    yield from named_cases()
    good = (HERE / "stops.pt2").read_bytes()
    for i in range(1, 12):
        yield f"first {i}/12", good[:len(good) * i // 12], None
    stops = Damage("stops")
    tree = json.loads(stops.parts[stops.model])
    paths = [p for p in places(tree) if p]
    for i, path in enumerate(paths[::max(1, len(paths) // 60)]):
        value = [None, {}, [], "x", -1, 2**62, 1.5, True][i % 8]
        yield f"{'.'.join(map(str, path))} = {value!r}", stops.json(lambda t: replaced(t, path, value)), ""


def main():
    gradc, failures, count = sys.argv[1], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.pt2"
        for name, data, wanted in all_cases():
            path.write_bytes(data)
            run = subprocess.run([gradc, "build", path, "--emit=ag", "-o", pathlib.Path(folder) / "out"], capture_output=True, text=True,
                                 timeout=60)
            count += 1
            text = run.stderr
            # Fields that nobody needs may hold anything: then the program is read.
            fine = run.returncode == 0 and wanted == "" or run.returncode == 1 and re.search(r":\d+(:\d+)?: error: ", text) and (wanted or "") in text
            if run.returncode and (pathlib.Path(folder) / "out").exists():
                fine = False
            (pathlib.Path(folder) / "out").unlink(missing_ok=True)
            if not fine:
                failures += 1
                print(f"{name}: exit code {run.returncode}, expected 1 and '{wanted}': {text.strip()[:300]}")
    print(f"{count} damaged programs, {failures} failures")
    sys.exit(failures > 0)


main()
