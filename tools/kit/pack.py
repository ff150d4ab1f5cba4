#!/usr/bin/env python3
"""Packs programs for a machine with a GPU, which needs neither gradc nor anything else of this machine there.

    pack.py --gradc PATH -o KIT.tar.gz [--gpu-arch LIST] [--most BYTES] PROGRAM...

A PROGRAM is one argument, 'NAME=FILE [inputs=NPZ] [OPTION]...': FILE is what `gradc build` takes, the options are
gradc's, such as --grad=params or --optimizer=adam:lr=0.001. Of every program the kit has the executable, the same with --profile, its inputs, and what it prints and writes on the CPU
of this machine. `python3 run.py` in the unpacked kit does the rest.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def parse(text):
    """(name, file, inputs or None, options of gradc)."""
    name, _, rest = text.partition("=")
    file, *more = shlex.split(rest) or [""]
    if not name or not file:
        sys.exit(f"{text}: expected NAME=FILE")
    inputs = [part[len("inputs="):] for part in more if part.startswith("inputs=")]
    return name, pathlib.Path(file), inputs[0] if inputs else None, [part for part in more if part.startswith("--")]


def must(command):
    done = subprocess.run([str(c) for c in command], capture_output=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}: {done.stderr.decode()[:2000]}")
    return done.stdout


def add(args, text, kit):
    name, file, inputs, options = parse(text)
    folder = kit / "programs" / name
    folder.mkdir(parents=True)
    options.append("--device=cuda")
    if platform.machine() == "x86_64" and not any(o.startswith("--march") for o in options):
        options.append("--march=x86-64-v3")  # the other machine may lack what this one has
    if args.gpu_arch:
        options.append("--gpu-arch=" + args.gpu_arch)
    must([args.gradc, "build", file, *options, "-o", folder / "program"])
    must([args.gradc, "build", file, *options, "--profile", "-o", folder / "timed"])
    run = [folder / "program", "--device", "cpu", "--quiet", "--outputs", folder / "expected.npz"]
    record = {"name": name, "options": options, "steps": any(o.startswith("--optimizer") for o in options)}
    if inputs:
        shutil.copy(inputs, folder / "inputs.npz")
        run += ["--inputs", folder / "inputs.npz"]
    if record["steps"]:
        run += ["--steps", "3"]
    (folder / "expected.txt").write_bytes(must(run))
    info = json.loads(must([args.gradc, "info", file, "--json", *options]))
    record["device"] = info.get("device")
    return record


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("-o", "--output", required=True, type=pathlib.Path)
    ap.add_argument("--gpu-arch", default="")
    ap.add_argument("--most", type=int, default=60 << 20, help="bytes that the kit may have")
    ap.add_argument("programs", nargs="+")
    args = ap.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        kit = pathlib.Path(temporary) / "kit"
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            records = list(pool.map(lambda text: add(args, text, kit), args.programs))
        shutil.copy(HERE / "run.py", kit / "run.py")
        version = must([args.gradc, "--version"]).decode().strip()
        (kit / "manifest.json").write_text(json.dumps({"gradc": version, "programs": records}, indent=1))
        packed = pathlib.Path(temporary) / "kit.tar.gz"
        with tarfile.open(packed, "w:gz") as archive:
            archive.add(kit, "kit")
        size = packed.stat().st_size
        if size > args.most:
            sys.exit(f"the kit has {size} bytes, more than the {args.most} that it may have: pack fewer programs, or "
                     "name fewer GPUs with --gpu-arch")
        shutil.move(packed, args.output)
    print(f"{args.output}: {len(records)} programs, {size} bytes")


if __name__ == "__main__":
    main()
