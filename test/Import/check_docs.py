# check_docs.py - imports the examples of docs/graph.md and compares its table with the ops there are.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import os


def ops_of(tool):
    """Name -> (inputs, attributes, summary) of every op but those of the dialect."""
    ops, group = {}, ""
    for line in subprocess.run([tool, "--ops"], capture_output=True, text=True, check=True).stdout.splitlines():
        found = re.match(r"  (\S+)\s+(\S+)\s+(?:\{(.*?)\} )?(.*)", line)
        if not found:
            group = line or group
        elif group != "dialect":
            ops[found[1]] = (found[2], found[3] or "", found[4])
    return ops


def main():
    tool, document, arrays = sys.argv[1:4]
    text = pathlib.Path(document).read_text(encoding="utf-8")
    blocks = re.findall(r"^```json\n(.*?)^```", text, flags=re.M | re.S)
    prelude = json.loads(blocks[-1])
    rows = re.findall(r"^\| `(\S+)` \| (.*?) \| (.*?) \| (.*?) \| `(.*)` \|$", text, flags=re.M)
    failures = 0
    graphs = [(f"block {i + 1}", block) for i, block in enumerate(blocks)]
    for name, _, _, _, example in rows:
        graph = dict(prelude, main=prelude["main"] + [json.loads(example)])
        if f'"{name}"' not in example:
            print(f"the example of {name} does not use it")
            failures += 1
        graphs.append((name, json.dumps(graph)))
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.abspath(arrays), os.path.join(folder, "weights.npz"))
        for name, graph in graphs:
            path = os.path.join(folder, "graph.json")
            pathlib.Path(path).write_text(graph, encoding="utf-8")
            run = subprocess.run([tool, "--quiet", path], capture_output=True, text=True)
            if run.returncode or run.stdout:
                failures += 1
                print(f"{name}: {run.stdout}{run.stderr}")
    ops = ops_of(tool)
    listed = {name: (inputs, attributes, summary) for name, inputs, attributes, summary, _ in rows}
    for name in sorted(ops.keys() | listed.keys()):
        if ops.get(name) != listed.get(name):
            failures += 1
            print(f"{name}: the table has {listed.get(name)}, the compiler {ops.get(name)}")
    print(f"{len(graphs)} examples, {len(ops)} ops, {failures} failures")
    return 1 if failures or not rows else 0


sys.exit(main())
