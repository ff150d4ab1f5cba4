#!/usr/bin/env python3
# kill_and_resume.py - kill -9 at random moments of a training; every resume must end in the same bits.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#     kill_and_resume.py --gradc build/bin/gradc [--kills 50] [--seed 1]
#
# A training is run undisturbed, then again and again with a kill at a moment drawn from all of its time, until the
# kills are used up; each training ends by itself at last, and its results and log are compared.
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import arrays
import check_training as training


def results(name):
    log = [json.loads(line) for line in open(name + ".jsonl")]
    for line in log:
        line.pop("seconds")
    return arrays.read_safetensors(name + ".safetensors"), log


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gradc", required=True)
    parser.add_argument("--model", default=training.HERE / "classifier.json")
    parser.add_argument("--optimizer", default="sgd:lr=0.1,momentum=0.9")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=400)
    options = parser.parse_args()
    gradc, model = pathlib.Path(options.gradc).resolve(), pathlib.Path(options.model).resolve()
    pick, killed, trainings, moments = random.Random(options.seed), 0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        subprocess.run([gradc, "build", model, "--optimizer=" + options.optimizer, "-o", "trainer"], check=True)
        x, label = training.make_rows(training.ROWS, 1)
        training.save_rows("rows.npz", x, label)

        def command(name):
            return ["./trainer", "--inputs", "rows.npz", "--eval", "rows.npz", "--epochs", str(options.epochs),
                    "--shuffle", "--quiet", "--checkpoint", name + ".ck", "--every", "3", "--resume",
                    "--log", name + ".jsonl", "--outputs", name + ".safetensors"]

        begin = time.monotonic()
        subprocess.run(command("whole"), check=True)
        duration, expected = time.monotonic() - begin, results("whole")
        while killed < options.kills:
            trainings += 1
            for name in ("part.ck", "part.ck.part", "part.jsonl", "part.safetensors"):
                pathlib.Path(name).unlink(missing_ok=True)
            while True:
                child = subprocess.Popen(command("part"))
                try:
                    child.wait(pick.uniform(0, duration) if killed < options.kills else None)
                    break
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
                    killed += 1
                    if os.path.exists("part.ck"):
                        numbers = arrays.read_safetensors("part.ck")["gradc/numbers"]
                        moments.append(arrays.values(numbers, "I64")[2])
            if child.returncode != 0:
                sys.exit(f"FAILED: a resumed training ended with {child.returncode}")
            if results("part") != expected:
                sys.exit(f"FAILED: after {killed} kills the results differ")
            # The final checkpoints agree in all but the time they tell.
            whole, part = (arrays.read_safetensors(n + ".ck") for n in ("whole", "part"))
            for name in set(whole) | set(part):
                if name not in ("gradc/losses", "gradc/checksum", "gradc/numbers") and whole[name] != part[name]:
                    sys.exit(f"FAILED: the checkpoints differ in {name}")
        os.chdir("/")
    print(f"{killed} kills of {trainings} trainings, each ended in the same bits; steps in the checkpoint at the kills: "
          f"{sorted(moments)}")


if __name__ == "__main__":
    main()
