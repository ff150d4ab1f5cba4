#!/usr/bin/env python3
"""Assembles programs' kernels with NVIDIA's ptxas, where there is one: no error, and no register in memory.

    check_ptxas.py --gradc PATH [--table] FILE...

It is looked for in $CUDA_HOME/bin, on the path, in /usr/local/cuda/bin and in NVIDIA's wheel. Last line:
'N kernels, N wrong', or that there is no ptxas.
"""
import argparse
import glob
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ARCHITECTURES = ("sm_80", "sm_90", "sm_100")


def find_ptxas():
    home = os.environ.get("CUDA_HOME")
    wheel = glob.glob(os.path.join(sys.prefix, "lib/python3*/*-packages/nvidia/c*/bin/ptxas"))
    for place in [home and home + "/bin/ptxas", shutil.which("ptxas"), "/usr/local/cuda/bin/ptxas", *wheel]:
        if place and os.access(place, os.X_OK):
            return place
    return None


def assemble(ptxas, ptx, architecture):
    """(kernel, registers, bytes of shared memory, bytes spilled) of every kernel."""
    r = subprocess.run([ptxas, "-v", "-arch=" + architecture, ptx, "-o", os.devnull], capture_output=True, text=True)
    if r.returncode:
        sys.exit(f"ptxas: {r.stderr[:2000]}")
    kernels, name, spilled = [], "", 0
    for line in r.stderr.splitlines():
        if m := re.search(r"Compiling entry function '(.*?)'", line):
            name = m[1]
        elif m := re.search(r"(\d+) bytes spill stores", line):
            spilled = int(m[1])
        elif m := re.search(r"Used (\d+) registers", line):
            shared = re.search(r"(\d+) bytes smem", line)
            kernels.append((name, int(m[1]), int(shared[1]) if shared else 0, spilled))
    return kernels


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--table", action="store_true", help="print every kernel")
    ap.add_argument("files", nargs="+", type=pathlib.Path)
    args = ap.parse_args()
    ptxas = find_ptxas()
    if not ptxas:
        print("there is no ptxas on this machine: the PTX was not assembled")
        return 0
    count = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for file in args.files:
            ptx = os.path.join(folder, "k.ptx")
            subprocess.run([args.gradc, "build", file, "--emit=ptx", "--optimizer=sgd:lr=0.1", "-o", ptx], check=True)
            for architecture in ARCHITECTURES:
                for name, registers, shared, spilled in assemble(ptxas, ptx, architecture):
                    count, wrong = count + 1, wrong + bool(spilled)
                    if args.table or spilled:
                        print(f"{file.stem:16} {architecture:7} {name:32} {registers:4} registers {shared:6} bytes shared "
                              f"{spilled:5} spilled")
    print(f"{count} kernels, {wrong} wrong")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
