#!/usr/bin/env python3
"""Checks and times the programs of a kit (pack.py) on this machine's GPU, and writes one JSON.

    python3 run.py [-o RESULT.json] [--seconds N] [--only NAME]...

Every program has to print and write the same bytes as on the CPU that packed it, plain and without CUDA graphs, and,
where NVIDIA's compute-sanitizer is found, to pass its four tools. Then steps are timed, and each kernel by the device's
clock. Ends with 1 if something is wrong; needs Python 3.8 and nothing else.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = ("memcheck", "racecheck", "synccheck", "initcheck")
FOUND_SOMETHING = 86  # exit code that compute-sanitizer is to use


def run(command, seconds=600, **environment):
    try:
        return subprocess.run([str(c) for c in command], capture_output=True, timeout=seconds, env=dict(os.environ, **environment))
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, -1, b"", f"no end after {seconds} seconds".encode())


def text_of(done):
    return done.stderr.decode(errors="replace").strip()[-2000:]


def machine():
    card = None
    if shutil.which("nvidia-smi"):
        done = run(["nvidia-smi", "--query-gpu=name,driver_version,memory.total,compute_cap", "--format=csv,noheader"])
        card = done.stdout.decode().strip().splitlines() if not done.returncode else None
    return {"card": card, "date": time.strftime("%Y-%m-%d", time.gmtime())}


def sanitizer():
    home = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    for place in (shutil.which("compute-sanitizer"), home + "/bin/compute-sanitizer", home + "/compute-sanitizer/compute-sanitizer"):
        if place and os.access(place, os.X_OK):
            return place
    return None


def arguments(folder, record):
    found = ["--device", "cuda", "--quiet"]
    if (folder / "inputs.npz").exists():
        found += ["--inputs", folder / "inputs.npz"]
    return found, ["--steps", "3"] if record["steps"] else []


def check(folder, record, temporary, **environment):
    """What is wrong; None if nothing."""
    common, steps = arguments(folder, record)
    out = temporary / "out.npz"
    if out.exists():
        out.unlink()
    done = run([folder / "program", *common, *steps, "--outputs", out], **environment)
    if done.returncode:
        return f"exit code {done.returncode}: {text_of(done)}"
    if done.stdout != (folder / "expected.txt").read_bytes():
        return "it prints something else than on the CPU"
    if out.read_bytes() != (folder / "expected.npz").read_bytes():
        return "it writes other bytes than on the CPU"
    return None


def sanitize(tool, folder, record):
    common, steps = arguments(folder, record)
    results = {}
    for name in TOOLS:
        done = run([tool, "--tool", name, "--error-exitcode", str(FOUND_SOMETHING), folder / "program", *common, *steps], seconds=1800)
        results[name] = "clean" if not done.returncode else (done.stdout.decode(errors="replace")[-2000:] or text_of(done))
    return results


def bench(folder, record, seconds):
    """Nanoseconds a step on the GPU and on this machine's CPU, where it trains; else a run with its copies."""
    common, _ = arguments(folder, record)
    times = {}
    for device in ("cuda", "cpu"):
        options = ["--device", device] + [c for c in common[2:]]
        done = run([folder / "program", *options, "--bench", str(seconds)])
        try:
            times[device] = json.loads(done.stdout.decode().splitlines()[-1])
        except (ValueError, IndexError):
            times[device] = {"error": text_of(done)}
    return times


def kernels(folder, record, temporary):
    """Every kernel's best time by the device's clock, with what it reaches."""
    common, steps = arguments(folder, record)
    trace = temporary / "trace.json"
    done = run([folder / "timed", *common, *steps, "--profile", trace])
    if done.returncode:
        return {"error": text_of(done)}
    best = {}
    for event in json.loads(trace.read_text())["traceEvents"]:
        key = event["name"] + " " + event["args"]["where"]
        if key not in best or event["dur"] < best[key]["us"]:
            ns = max(event["dur"] * 1e3, 1e-3)
            best[key] = {"us": event["dur"], "gflops": event["args"]["flops"] / ns, "gbytes": event["args"]["bytes"] / ns}
    return best


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("-o", "--output", type=pathlib.Path, default=HERE / "result.json")
    ap.add_argument("--seconds", type=float, default=1.0, help="time of each benchmark; 0: none")
    ap.add_argument("--only", action="append", default=[])
    args = ap.parse_args()
    manifest = json.loads((HERE / "manifest.json").read_text())
    tool = sanitizer()
    result = {"gradc": manifest["gradc"], "machine": machine(), "sanitizer": tool or "not found", "programs": {}}
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        temporary = pathlib.Path(scratch)
        for record in manifest["programs"]:
            if args.only and record["name"] not in args.only:
                continue
            folder = HERE / "programs" / record["name"]
            problem = check(folder, record, temporary)
            plain = check(folder, record, temporary, GRADC_CUDA_GRAPHS="0")
            entry = {"result": problem or "the same bytes", "without graphs": plain or "the same bytes"}
            bad = bool(problem or plain)
            if tool:
                entry["sanitizer"] = sanitize(tool, folder, record)
                bad |= any(v != "clean" for v in entry["sanitizer"].values())
            if args.seconds and not problem:
                entry["bench"] = bench(folder, record, args.seconds)
                entry["kernels"] = kernels(folder, record, temporary)
            wrong += bad
            result["programs"][record["name"]] = entry
            print(f"{record['name']}: {entry['result']}" + ("" if plain == problem else f"; without graphs: {plain or 'the same bytes'}"), flush=True)
    result["wrong"] = wrong
    args.output.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{args.output}: {len(result['programs'])} programs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
