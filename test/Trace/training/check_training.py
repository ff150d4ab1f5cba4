# check_training.py - traces, builds and runs a model; its losses must follow PyTorch's.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import pathlib
import subprocess
import sys
import tempfile

TOLERANCE = 1e-5


def main():
    models, gradc, name = sys.argv[1:4]
    wanted = json.loads((pathlib.Path(__file__).parent / "losses.json").read_text())[name]
    with tempfile.TemporaryDirectory() as folder:
        graph, program = pathlib.Path(folder, "model.json"), pathlib.Path(folder, "model")
        graph.write_bytes(subprocess.run([models, name], check=True, capture_output=True).stdout)
        subprocess.run([gradc, "build", graph, "-o", program], check=True)
        text = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    found = [[float(word) for word in line.split()] for line in text.splitlines()]
    if [len(row) for row in found] != [len(row) for row in wanted]:
        print(f"{name}: expected {len(wanted)} lines of losses, found:\n{text}")
        return 1
    # The losses begin near 1.
    worst = max(abs(a - b) / max(abs(b), 1) for x, y in zip(found, wanted) for a, b in zip(x, y))
    print(f"{name}: {len(found)} steps, greatest difference {worst:.1e}")
    return 0 if worst <= TOLERANCE else 1


sys.exit(main())
