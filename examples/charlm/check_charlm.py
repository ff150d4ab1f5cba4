#!/usr/bin/env python3
# check_charlm.py - makes the data, trains the model for a moment, and lets it write.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gradc", required=True)
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--cc", required=True)
    options = parser.parse_args()
    gradc, runtime = os.path.abspath(options.gradc), os.path.abspath(options.runtime)

    def run(*command):
        return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE).stdout

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        run(sys.executable, HERE / "make_data.py")
        run(gradc, "build", HERE / "gpt.json", "--optimizer=adamw:lr=0.002,beta2=0.99,weight_decay=0.1", "--clip-norm=1",
            "--schedule=cosine:steps=100,warmup=20", "-o", "gpt")
        run("./gpt", "--inputs", "train.npz", "--eval", "held_out.npz", "--steps", 100, "--shuffle", "--seed", 1, "--log", "gpt.jsonl",
            "--outputs", "gpt.safetensors")
        last = json.loads(pathlib.Path("gpt.jsonl").read_text().splitlines()[-1])
        for kind in ("obj", "header"):
            run(gradc, "build", HERE / "sampler.json", "--grad=none", f"--emit={kind}", "-o", f"sampler.{'o' if kind == 'obj' else 'h'}")
        run(options.cc, "-O1", "-I.", "-I", HERE.parents[1] / "runtime", HERE / "sample.c", "sampler.o", runtime, "-lm", "-o",
            "sample")
        texts = [run("./sample", "gpt.safetensors", HERE / "shakespeare.txt", 200, temperature, seed, "ROMEO:")
                 for temperature, seed in ((0.8, 1), (0.8, 1), (0.8, 2), (0, 1), (0, 2))]
        os.chdir("/")
    print(f"held-out loss {last['loss']:.4f}\n{texts[0].decode()}")
    # Guessing by the frequency of characters alone gives 3.3.
    good = last["kind"] == "eval" and last["loss"] < 2.75
    good &= texts[0] == texts[1] != texts[2] and texts[3] == texts[4]
    good &= all(text.startswith(b"ROMEO:") and len(text) == 201 for text in texts)
    words = texts[0].decode().split()
    good &= 15 < len(words) < 80
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
