#!/usr/bin/env python3
"""Builds and runs an example and compares what it prints with PyTorch's text.

    check_examples.py --gradc PATH --examples FOLDER --expected FILE NAME

FILE has a section "== NAME" for each example. Text must be equal; numbers printed with all digits (Python's, not a
tensor's) may differ by 1e-6 relative. A section "error: TEXT" expects exit code 1 and that text, with its place.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

LONG_NUMBER = re.compile(r"[-+]?\d+\.\d{6,}(?:e[-+]?\d+)?")


def section(path, name):
    lines, inside = [], False
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith("== "):
            inside = line[3:] == name
        elif inside:
            lines.append(line)
    if not lines:
        sys.exit(f"{path}: no section '{name}'")
    return "\n".join(lines)


def same(got, want):
    if LONG_NUMBER.sub("#", got) != LONG_NUMBER.sub("#", want):
        return False
    pairs = zip(map(float, LONG_NUMBER.findall(got)), map(float, LONG_NUMBER.findall(want)))
    return all(abs(a - b) <= 1e-6 * max(1.0, abs(b)) for a, b in pairs)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--examples", required=True)
    ap.add_argument("--expected", required=True)
    ap.add_argument("name")
    args = ap.parse_args()
    want = section(args.expected, args.name)
    graph = str(pathlib.Path(args.examples) / (args.name + ".json"))
    with tempfile.TemporaryDirectory() as folder:
        program = str(pathlib.Path(folder) / args.name)
        built = subprocess.run([args.gradc, "build", graph, "-o", program], capture_output=True, text=True)
        if want.startswith("error: "):
            if built.returncode != 1 or not re.match(r".+:\d+(:\d+)?: error: ", built.stderr):
                sys.exit(f"expected exit code 1 and an error with its place, got {built.returncode}: {built.stderr}")
            if want[len("error: "):] not in built.stderr:
                sys.exit(f"expected {want}\ngot {built.stderr}")
            return
        if built.returncode or built.stderr:
            sys.exit(f"the build ended with {built.returncode}: {built.stderr}")
        ran = subprocess.run([program], capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"the program ended with {ran.returncode}: {ran.stderr}")
    if not same(ran.stdout.rstrip("\n"), want):
        sys.exit(f"printed\n{ran.stdout}expected\n{want}")


main()
