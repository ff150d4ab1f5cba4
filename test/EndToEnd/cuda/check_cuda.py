#!/usr/bin/env python3
"""Runs programs on the emulated GPU and on the CPU: what they print and write must be the same bytes.

    check_cuda.py --gradc PATH --emulator FOLDER [--seeds N,...] [--build OPTION]... [--run OPTION]... FILE...

A FILE is graph JSON, a list of cases as autograd/cases.json has it, or model.pt2 with inputs.npz beside it. Last line:
'N passed, N failed'.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def programs(path, folder):
    """(name, file) of every program in a file."""
    if path.suffix == ".pt2":
        return [(path.parent.name, path)]
    content = json.loads(path.read_text())
    if not isinstance(content, list):
        return [(path.stem, path)]
    found = []
    for case in content:
        if case["kind"]:  # an error of the compiler's
            continue
        file = folder / (case["name"] + ".json")
        file.write_text(json.dumps(case["program"], indent=1))
        found.append((case["name"], file))
    return found


def run(command, **environment):
    return subprocess.run(command, capture_output=True, timeout=900, env=dict(os.environ, **environment))


def check(args, name, path, folder):
    exe = folder / (name + ".exe")
    built = run([args.gradc, "build", path, "--device=cuda", "--gpu-arch=emulator", "-o", exe] + args.build)
    if built.returncode:
        return f"gradc build: {built.stderr.decode()[:400]}"
    options = ["--inputs", path.parent / "inputs.npz"] if path.suffix == ".pt2" else []
    results = []
    for device, seed in [("cpu", "0")] + [("cuda", s) for s in args.seeds.split(",")]:
        out = folder / f"{name}.{device}.{seed}.npz"
        done = run([exe, "--device", device, "--quiet", "--outputs", out] + options + args.run,
                   LD_LIBRARY_PATH=args.emulator, GRADC_EMULATOR_SEED=seed)
        if done.returncode or done.stderr:
            return f"--device {device}, seed {seed}: exit code {done.returncode}: {done.stderr.decode()[:400]}"
        results.append((device, seed, done.stdout, out.read_bytes()))
    for device, seed, text, arrays in results[1:]:
        if text != results[0][2]:
            return f"seed {seed} printed\n{text.decode()[:300]}\non the CPU\n{results[0][2].decode()[:300]}"
        if arrays != results[0][3]:
            return f"seed {seed}: --outputs has other bytes than on the CPU"
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--emulator", required=True)
    ap.add_argument("--seeds", default="0,1")
    ap.add_argument("--build", action="append", default=[])
    ap.add_argument("--run", action="append", default=[])
    ap.add_argument("--verbose", action="store_true", help="print what passed")
    ap.add_argument("files", nargs="+", type=pathlib.Path)
    args = ap.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as temporary, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = pathlib.Path(temporary)
        work = [p for file in args.files for p in programs(file, folder)]
        jobs = [(name, pool.submit(check, args, name, path, folder)) for name, path in work]
        for name, job in jobs:
            problem = job.result()
            passed, failed = passed + (not problem), failed + bool(problem)
            if problem:
                print(f"{name}: {problem}")
            elif args.verbose:
                print(f"{name}: the same bytes", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
