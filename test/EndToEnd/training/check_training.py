#!/usr/bin/env python3
# check_training.py - mini-batches, shuffling, evaluation, logs and checkpoints of a built model.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import argparse
import json
import math
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import arrays

HERE = pathlib.Path(__file__).resolve().parent
ROWS, BATCH, FEATURES, CLASSES = 70, 16, 8, 4
WEIGHTS = ["fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"]
# torch.randperm(70, generator=g) for g.manual_seed(7), the first two.
ORDERS = HERE / "orders.json"


def make_rows(n, seed):
    pick = random.Random(seed)
    x, label = [], []
    for _ in range(n):
        point = [pick.gauss(0, 1) for _ in range(FEATURES)]
        x.append(point)
        label.append(max(range(CLASSES), key=lambda c: point[c] + 0.3 * point[c + 4]))
    return x, label


def save_rows(path, x, label, classes=True):
    extra = {"classes": ("<i8", [CLASSES], list(range(CLASSES)))} if classes else {}
    arrays.write_npz(path, x=("<f4", [len(x), FEATURES], [v for row in x for v in row]),
                     label=("<i8", [len(label)], label), **extra)


class Checks:
    def __init__(self, program):
        self.program, self.count, self.failed = program, 0, 0

    def run(self, *arguments, status=0):
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, timeout=60)
        self.check(done.returncode == status, f"{arguments}: exit status {done.returncode}, expected {status}: "
                   f"{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def check(self, good, text):
        self.count += 1
        if not good:
            self.failed += 1
            print("FAILED", text)


def weights(path):
    found = arrays.read_safetensors(path)
    return {name: found[name] for name in WEIGHTS}


def check_batches(c, x, label):
    """Epochs are the same bits as single steps on the rows in their order, momentum and all."""
    save_rows("rows.npz", x, label)
    c.run("--inputs", "rows.npz", "--steps", 1, "--quiet", "--outputs", "first.safetensors", "--seed", 7)
    for shuffle in (False, True):
        orders = json.loads(ORDERS.read_text()) if shuffle else [list(range(ROWS))] * 2
        flags = ["--shuffle"] if shuffle else []
        text = c.run("--inputs", "rows.npz", "--epochs", 2, "--outputs", "epochs.safetensors", "--seed", 7, *flags)
        c.check("70 rows are 4 batches of 16; the last 6 rows of an epoch are left out" in text, text)
        step = 0
        for order in orders:
            for k in range(ROWS // BATCH):
                rows = order[k * BATCH:(k + 1) * BATCH]
                save_rows("one.npz", [x[r] for r in rows], [label[r] for r in rows])
                step += 1
                # One step more than is done: the checkpoint goes from file to file.
                c.run("--inputs", "one.npz", "--steps", step, "--checkpoint", "one.ck", "--seed", 7, "--quiet",
                      *(["--resume"] if step > 1 else []), "--outputs", "steps.safetensors")
        c.check(weights("epochs.safetensors") == weights("steps.safetensors"), f"batches differ, shuffle {shuffle}")
        c.check(weights("epochs.safetensors") != weights("first.safetensors"), "nothing was trained")
    # Other seeds, other orders; the same seed, the same.
    for seed, same in ((7, True), (8, False)):
        c.run("--inputs", "rows.npz", "--epochs", 2, "--shuffle", "--outputs", "again.safetensors", "--seed", seed)
        c.check((weights("again.safetensors") == weights("epochs.safetensors")) == same, f"seed {seed}")


def scores_of(x, path):
    """The classifier in f64."""
    w = {name: arrays.values(raw) for name, raw in weights(path).items()}
    h = [math.tanh(sum(x[i] * w["fc1_weight"][32 * i + j] for i in range(8)) + w["fc1_bias"][j]) for j in range(32)]
    return [sum(h[j] * w["fc2_weight"][4 * j + k] for j in range(32)) + w["fc2_bias"][k] for k in range(4)]


def check_eval(c, x, label):
    save_rows("held.npz", x[:50], label[:50], classes=False)
    text = c.run("--inputs", "rows.npz", "--epochs", 12, "--shuffle", "--eval", "held.npz", "--outputs",
                 "trained.safetensors", "--log", "log.jsonl", "--every", 5)
    scores = [scores_of(row, "trained.safetensors") for row in x[:50]]
    right = sum(max(range(4), key=s.__getitem__) == y for s, y in zip(scores, label))
    c.check(right > 35, f"only {right} of 50 are right")
    c.check(text.splitlines()[-1].endswith(f"accuracy {right / 50:.4f} ({right}/50)"), f"{right}: {text}")
    loss = sum((s[k] - (k == y)) ** 2 for s, y in zip(scores[:48], label) for k in range(4)) / 48 / 4
    lines = [json.loads(line) for line in open("log.jsonl")]
    kinds = [line["kind"] for line in lines]
    c.check([kinds.count(k) for k in ("step", "epoch", "eval")] == [9, 12, 12], str(kinds))
    last = lines[-1]
    c.check(last["kind"] == "eval" and last["step"] == 48 and last["epoch"] == 12 and last["total"] == 50 and
            last["correct"] == right and abs(last["loss"] - loss) < 1e-5, f"{last}, loss {loss}")
    c.check([line["step"] for line in lines if line["kind"] == "step"] == list(range(5, 49, 5)), "steps of the log")
    mean = [line["loss"] for line in lines if line["kind"] == "epoch"]
    c.check(mean[-1] < mean[0] / 2, str(mean))
    # The same without training, from the weights that were written; fewer rows than a batch; the metric by name.
    text = c.run("--eval", "held.npz", "--inputs", "rows.npz", "--weights", "trained.safetensors", status=1)
    c.check("tensor 'x' has shape [70, 8], expected [16, 8]" in text, text)
    save_rows("held.npz", x[:50], label[:50])
    text = c.run("--eval", "held.npz", "--weights", "trained.safetensors")
    c.check(f"accuracy {right / 50:.4f} ({right}/50)" in text, text)
    save_rows("few.npz", x[:5], label[:4] + [-100])
    text = c.run("--eval", "few.npz", "--weights", "trained.safetensors", "--metric", "accuracy:scores,label")
    few = sum(max(range(4), key=s.__getitem__) == y for s, y in zip(scores[:4], label))
    c.check(text == f"eval accuracy {few / 4:.4f} ({few}/4)\n", text)


def check_errors(c, x, label):
    save_rows("short.npz", x[:5], label[:5])
    text = c.run("--inputs", "short.npz", "--epochs", 1, status=1)
    c.check("the data has 5 rows, fewer than the model's batch of 16" in text, text)
    save_rows("uneven.npz", x[:40], label[:39])
    text = c.run("--inputs", "uneven.npz", "--epochs", 1, status=1)
    c.check("'label' has 39 rows for batches of 16, 'x' has 40" in text, text)
    text = c.run("--inputs", "rows.npz", "--epochs", 1, "--batch", 32, status=1)
    c.check("--batch 32: the model was built for batches of 16" in text, text)
    save_rows("rest.npz", x, label, classes=False)
    text = c.run("--inputs", "rest.npz", "--epochs", 1, status=1)
    c.check("missing input: classes (int64 [4])" in text, text)


def log_lines(path):
    lines = [json.loads(line) for line in open(path)]
    for line in lines:
        line.pop("seconds")
    return lines


def check_resume(c):
    """Stopped after any step, also twice, and resumed: the same file of results and the same log."""
    common = ["--inputs", "rows.npz", "--shuffle", "--seed", 3, "--eval", "held.npz", "--quiet"]
    c.run(*common, "--epochs", 5, "--outputs", "whole.safetensors", "--log", "whole.jsonl")
    for stops in ([1], [4], [6, 7], [19], [20]):
        for name in ("part.ck", "part.jsonl"):
            if os.path.exists(name):
                os.unlink(name)
        part = [*common, "--checkpoint", "part.ck", "--log", "part.jsonl", "--resume"]
        for stop in stops:
            c.run(*part, "--steps", stop)
        c.run(*part, "--epochs", 5, "--outputs", "part.safetensors")
        same = arrays.read_safetensors("part.safetensors") == arrays.read_safetensors("whole.safetensors")
        c.check(same, f"resumed after {stops}: other results")
        # A run that ends in the middle of an epoch evaluates there, too.
        lines = [line for line in log_lines("part.jsonl")
                 if line["kind"] != "eval" or line["step"] % 4 == 0]
        c.check(lines == log_lines("whole.jsonl"), f"resumed after {stops}: another log")


def check_refusals(c, gradc, other):
    good = open("part.ck", "rb").read()
    arguments = ["--inputs", "rows.npz", "--shuffle", "--epochs", 6, "--checkpoint", "bad.ck", "--resume"]

    def refuse(data, expected, program=None):
        open("bad.ck", "wb").write(data)
        run = Checks(program) if program else c
        text = run.run(*arguments, status=1)
        c.failed += run.failed if program else 0
        c.check(re.search(expected, text) and text.count("\n") == 1 and open("bad.ck", "rb").read() == data,
                f"expected '{expected}', got {text}")

    for size in (0, 5, 100, len(good) // 2, len(good) - 1):
        refuse(good[:size], "bad.ck: it is (truncated|neither)")
    header = 8 + int.from_bytes(good[:8], "little")
    for at in range(header, len(good), 97):
        refuse(good[:at] + bytes([good[at] ^ 4]) + good[at + 1:], "checkpoint|training was")
    refuse(good, "the checkpoint is of another program", other)
    arguments[1] = "held.npz"
    refuse(good, "the training was on 70 rows, --inputs has 50")
    arguments[1:3] = ["rows.npz"]
    refuse(good, "the training was with --shuffle")


def check_signals(c):
    common = ["--inputs", "rows.npz", "--shuffle", "--seed", 3, "--quiet"]
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        if os.path.exists("signal.ck"):
            os.unlink("signal.ck")
        part = [*map(str, common), "--checkpoint", "signal.ck", "--every", "100000"]
        child = subprocess.Popen([c.program, *part, "--steps", "100000000", "--outputs", "none.npz"])
        time.sleep(0.3)
        child.send_signal(number)
        c.check(child.wait(20) == status, f"{number}: exit status {child.returncode}")
        found = arrays.read_safetensors("signal.ck")
        step = arrays.values(found["gradc/numbers"], "I64")[2]
        c.check(step > 0 and not os.path.exists("none.npz"), "stopped at once, nothing half written")
        c.run(*part, "--steps", step + 5, "--resume", "--outputs", "a.safetensors")
        c.run(*common, "--steps", step + 5, "--outputs", "b.safetensors")
        c.check(weights("a.safetensors") == weights("b.safetensors"), "stopped by a signal: other results")


def check_rates(c, gradc):
    """The learning rate of a schedule is in the log and in the progress."""
    subprocess.run([gradc, "build", HERE / "classifier.json", "--optimizer=sgd:lr=0.5", "--schedule=step:size=2,gamma=0.5",
                    "-o", "scheduled"], check=True)
    scheduled = Checks("./scheduled")
    text = scheduled.run("--inputs", "rows.npz", "--steps", 6, "--log", "rates.jsonl")
    rates = [line["lr"] for line in log_lines("rates.jsonl") if line["kind"] == "step"]
    c.check(rates == [0.5, 0.5, 0.25, 0.25, 0.125, 0.125], f"rates {rates}")
    c.check(" lr 0.125" in text, text)


NAN_MODEL = """{"format": "gradc.graph", "version": 1,
 "inputs": {"x": "f32[4]"}, "parameters": {"w": {"type": "f32[4]", "init": {"op": "ones", "shape": [4]}}},
 "functions": {"forward": {"export": true, "body": [
   {"name": "y", "op": "mul", "inputs": ["x", "w"]},
   {"name": "z", "op": "log", "inputs": ["y"]},
   {"name": "loss", "op": "mean", "inputs": ["z"]}], "outputs": {"loss": "loss"}}}}
"""


def check_nan(gradc):
    """--check-nan names the operation and its line, lets good numbers pass, and takes the checkpoint of a plain build."""
    pathlib.Path("nan.json").write_text(NAN_MODEL)
    for flags, name in (([], "plain"), (["--check-nan"], "careful")):
        subprocess.run([gradc, "build", "nan.json", "--optimizer=sgd:lr=0.01", *flags, "-o", name], check=True)
    for name, x in (("good", [1, 2, 3, 4]), ("negative", [1, 2, -3, 4]), ("zero", [1, 2, 0, 4]), ("nan", [1, math.nan, 0, 4])):
        arrays.write_npz(name + ".npz", x=("<f4", [4], x))
    plain, careful = Checks("./plain"), Checks("./careful")
    plain.run("--inputs", "good.npz", "--steps", 2, "--checkpoint", "nan.ck")
    careful.run("--inputs", "good.npz", "--steps", 4, "--checkpoint", "nan.ck", "--resume", "--outputs", "a.safetensors")
    plain.run("--inputs", "good.npz", "--steps", 4, "--outputs", "b.safetensors")
    plain.check(arrays.read_safetensors("a.safetensors") == arrays.read_safetensors("b.safetensors"), "the checks change numbers")
    plain.run("--inputs", "negative.npz", "--steps", 1)
    for name, expected in (("negative", "nan.json:5:4: error: NaN in 'log'\n"), ("zero", "nan.json:5:4: error: infinity in 'log'\n"),
                           ("nan", "error: NaN in input 'x'\n")):
        text = careful.run("--inputs", name + ".npz", "--steps", 1, status=1)
        careful.check(text.endswith(expected), f"expected {expected!r}, got {text!r}")
    return plain.count + careful.count, plain.failed + careful.failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gradc", required=True)
    gradc = pathlib.Path(parser.parse_args().gradc).resolve()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        model = HERE / "classifier.json"
        for name, lr in (("trainer", 0.1), ("other", 0.2)):
            subprocess.run([gradc, "build", model, f"--optimizer=sgd:lr={lr},momentum=0.9", "-o", name], check=True)
        c = Checks("./trainer")
        x, label = make_rows(ROWS, 1)
        check_batches(c, x, label)
        check_eval(c, x, label)
        check_errors(c, x, label)
        check_resume(c)
        check_refusals(c, gradc, "./other")
        check_signals(c)
        check_rates(c, gradc)
        count, failed = check_nan(gradc)
        c.count, c.failed = c.count + count, c.failed + failed
        left = [name for name in os.listdir() if name.endswith(".part")]
        c.check(not left, f"left behind: {left}")
        os.chdir("/")
    print(f"{c.count} checks, {c.failed} failed")
    sys.exit(1 if c.failed else 0)


if __name__ == "__main__":
    main()
