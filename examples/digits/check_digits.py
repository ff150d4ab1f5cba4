#!/usr/bin/env python3
# check_digits.py - builds the models, trains them as README.md says, and wants the accuracy that it promises.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROMISED = {"mlp": 0.97, "conv": 0.98}
STEPS = {"mlp": 880, "conv": 990}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gradc", required=True)
    parser.add_argument("model", choices=PROMISED)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([options.gradc, "build", HERE / f"{options.model}.json", "--optimizer=adamw:lr=0.003",
                        f"--schedule=cosine:steps={STEPS[options.model]},warmup=44", "-o", "trainer"], check=True, cwd=folder)
        text = subprocess.run(["./trainer", "--inputs", HERE / "train.npz", "--epochs", str(STEPS[options.model] // 22), "--shuffle",
                               "--seed", "1", "--eval", HERE / "held_out.npz", "--log", "log.jsonl"], check=True, cwd=folder,
                              stdout=subprocess.PIPE, text=True).stdout
        last = json.loads((pathlib.Path(folder) / "log.jsonl").read_text().splitlines()[-1])
        print(text.splitlines()[-1])
        good = last["kind"] == "eval" and last["total"] == 360 and last["accuracy"] >= PROMISED[options.model]
        # The plot of the log: an SVG with a curve of the loss and one of the accuracy.
        subprocess.run([options.gradc, "plot", "log.jsonl", "-o", "loss.svg"], check=True, cwd=folder)
        svg = (pathlib.Path(folder) / "loss.svg").read_text()
        good &= len(re.findall('<path fill="none" stroke="#', svg)) == 4
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
