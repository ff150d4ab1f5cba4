#!/usr/bin/env python3
# side_by_side.py - gradc's executables beside PyTorch and JAX on the same training steps.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Exports each workload, builds it with gradc, and times it and its peers in turns on the same pinned cores; the best of all
rounds counts. Prints a Markdown table; --readme FILE puts it between the markers there. Needs torch, numpy and, unless left
out of --peers, jax. Times mean little on a machine that does other things; the ratios, more."""
import argparse
import datetime
import importlib.metadata
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NAMES = {"eager": "PyTorch", "compile": "torch.compile", "jax": "JAX"}
START, END = "<!-- side by side -->", "<!-- end of side by side -->"


def run(command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{' '.join(map(str, command[:6]))}: {result.stderr.strip()[-300:]}")
    return result.stdout


def export(name, folder):
    import numpy
    import torch
    from workloads import torch_workload

    module, inputs, optimizer = torch_workload(name)
    names = module.forward.__code__.co_varnames[1 : 1 + len(inputs)]
    torch.export.save(torch.export.export(module, inputs), folder / f"{name}.pt2")
    numpy.savez(folder / "inputs.npz", **{key: value.numpy() for key, value in zip(names, inputs)})
    return f"--optimizer={optimizer}" if optimizer else "--grad=params"


def measure(name, threads, options, folder):
    """Nanoseconds of a run by contestant."""
    from workloads import STEPS

    program = folder / name
    run([options.gradc, "build", folder / f"{name}.pt2", export(name, folder), "-o", program])
    pin = ["taskset", "-c", ",".join(map(str, range(threads)))]
    best = {}
    for _ in range(options.rounds):
        text = run(pin + [program, "--inputs", folder / "inputs.npz", "--threads", threads, "--bench", options.seconds])
        times = {"gradc": json.loads(text)["best_ns"] * STEPS.get(name, 1)}
        for peer in options.peers.split(","):
            text = run(pin + [sys.executable, HERE / "peer.py", peer, name, options.seconds, threads])
            times[peer] = json.loads(text.splitlines()[-1])["best_ns"]
        for key, value in times.items():
            best[key] = min(best.get(key, value), value)
    return best


def shown(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    return found[1].strip() if found else "unknown processor"


def versions(peers):
    packages = ["torch"] + (["jax"] if "jax" in peers else [])
    return ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)


def table(options):
    from workloads import STEPS, WORKLOADS

    peers = options.peers.split(",")
    today = datetime.date.today().isoformat()
    rows = [f"{today}, {machine()}, {run([options.gradc, '--version']).strip()}, {versions(peers)}; best of {options.rounds} "
            f"rounds of {options.seconds:g} s, made by `bench/side_by_side.py`. A ratio over 1: gradc is ahead of the best of the others.",
            "",
            "| workload | threads | gradc | " + " | ".join(NAMES[peer] for peer in peers) + " | ratio |",
            "|---|---|---|" + "---|" * (len(peers) + 1)]
    for name in options.workloads or WORKLOADS:
        for threads in options.threads:
            with tempfile.TemporaryDirectory() as folder:
                best = measure(name, threads, options, pathlib.Path(folder))
            ratio = min(best[peer] for peer in peers) / best["gradc"]
            label = f"{name}, {STEPS[name]} steps" if name in STEPS else name
            rows.append(f"| {label} | {threads} | {shown(best['gradc'])} | " + " | ".join(shown(best[peer]) for peer in peers) + f" | {ratio:.2f} |")
            print(rows[-1], file=sys.stderr, flush=True)
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*")
    parser.add_argument("--gradc", default="gradc", help="the compiler; default: the one in the PATH")
    parser.add_argument("--peers", default="eager,compile,jax")
    parser.add_argument("--threads", type=lambda text: [int(part) for part in text.split(",")], default=[1])
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--readme", type=pathlib.Path, help="a file with the markers, to be changed")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    text = table(options)
    if not options.readme:
        print(text)
        return
    old = options.readme.read_text()
    before, found, rest = old.partition(START)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        sys.exit(f"{options.readme}: expected the lines '{START}' and '{END}'")
    options.readme.write_text(f"{before}{START}\n{text}\n{END}{after}")


main()
