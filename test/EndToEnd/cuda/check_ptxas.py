#!/usr/bin/env python3
"""Has programs' kernels assembled for three GPUs by NVIDIA's ptxas, where there is one: no register may go to memory.

    check_ptxas.py --gradc PATH [--build OPTION]... [--table] [--markdown] FILE...

What ptxas says is what `gradc info --json` shows. Last line: 'N kernels, N wrong', or that there is no ptxas.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

GPUS = ("sm_80", "sm_90", "sm_100")


def title(path):
    """model.pt2 is called as its folder is."""
    return path.parent.name if path.stem == "model" else path.stem


def describe(gradc, path, options):
    """The kernels of a program, or why it has none."""
    r = subprocess.run([gradc, "info", path, "--json", "--device=cuda", "--gpu-arch=" + ",".join(GPUS), *options],
                       capture_output=True, text=True)
    if r.returncode:
        return None, r.stderr.strip()
    device = json.loads(r.stdout)["device"]
    if device["images"][0] not in GPUS:
        return None, "no ptxas"
    return device["kernels"], None


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--build", action="append", default=[])
    ap.add_argument("--table", action="store_true", help="print every kernel")
    ap.add_argument("--markdown", action="store_true", help="print a row for every program, as docs/gpu.md has them")
    ap.add_argument("files", nargs="+", type=pathlib.Path)
    args = ap.parse_args()
    count = wrong = 0
    if args.markdown:
        print("| program | kernels | most registers (sm_80, sm_90, sm_100) | most bytes of shared memory | spilled |")
        print("|---|---|---|---|---|")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [(f, pool.submit(describe, args.gradc, f, args.build)) for f in args.files]
        for file, job in jobs:
            kernels, problem = job.result()
            if problem == "no ptxas":
                print("there is no ptxas on this machine: the PTX was not assembled")
                return 0
            if problem:
                print(f"{title(file)}: {problem}")
                wrong += 1
                continue
            most = {gpu: 0 for gpu in GPUS}
            shared = spilling = 0
            for kernel in kernels:
                for gpu in GPUS:
                    r = kernel.get(gpu)
                    count += 1
                    if not r:
                        sys.exit(f"{title(file)}: ptxas says nothing of kernel {kernel['name']} for {gpu}")
                    most[gpu] = max(most[gpu], r["registers"])
                    shared = max(shared, r["shared_bytes"])
                    spilling += bool(r["spilled_bytes"])
                    if args.table or r["spilled_bytes"]:
                        print(f"{title(file):16} {gpu:7} {kernel['name']:32} {r['registers']:4} registers "
                              f"{r['shared_bytes']:6} bytes shared {r['spilled_bytes']:5} spilled")
            wrong += spilling
            if args.markdown:
                print(f"| {title(file)} | {len(kernels)} | {', '.join(str(most[g]) for g in GPUS)} | {shared} | {spilling} |")
    print(f"{count} kernels, {wrong} wrong")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
