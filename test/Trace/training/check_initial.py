# check_initial.py - what a traced model's parameters begin with is what PyTorch's begin with, and is made once.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "EndToEnd" / "training"))
import arrays


def main():
    models, gradc = sys.argv[1:3]
    wanted = json.loads((pathlib.Path(__file__).parent / "initial.json").read_text())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "model.json").write_bytes(subprocess.run([models, "initial"], check=True, capture_output=True).stdout)
        # A rate of zero leaves parameters as they are, unless a step gives them first values again.
        subprocess.run([gradc, "build", folder / "model.json", "--optimizer=sgd:lr=0", "-o", folder / "model"], check=True)
        arrays.write_npz(folder / "x.npz", x=("<f4", [2, 3, 8], [i / 50 for i in range(48)]))
        subprocess.run([folder / "model", "--inputs", folder / "x.npz", "--steps", "3", "--seed", "0", "--quiet",
                        "--outputs", folder / "out.safetensors"], check=True)
        found = arrays.read_safetensors(folder / "out.safetensors")
    failures = 0
    for name, values in wanted.items():
        if name not in found:
            print(f"{name} is missing: there are {sorted(found)}")
            failures += 1
            continue
        numbers = arrays.values(found[name])
        worst = max(abs(a - b) for a, b in zip(numbers, values))
        if len(numbers) != len(values) or worst > 1e-6:
            print(f"{name}: expected {values}, found {numbers}")
            failures += 1
    print(f"{len(wanted)} parameters, {failures} wrong")
    return 1 if failures or not wanted else 0


sys.exit(main())
