#!/usr/bin/env python3
"""Packs a kit (tools/kit), unpacks it and runs it on the emulated GPU: all is the same, and a mistake in a kernel is told.

    check_kit.py --gradc PATH --emulator FOLDER SOURCE
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--emulator", required=True)
    ap.add_argument("source", type=pathlib.Path)
    args = ap.parse_args()
    examples = args.source / "examples"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        pack = [sys.executable, args.source / "tools/kit/pack.py", "--gradc", args.gradc, "--gpu-arch", "emulator", "-o", folder / "kit.tar.gz",
                f"regression={examples}/autograd/regression.json",
                f"digits={examples}/digits/mlp.json inputs={examples}/digits/held_out.npz --optimizer=sgd:lr=0.1,momentum=0.9"]
        small = subprocess.run([*pack, "--most", "1000"], capture_output=True, text=True)
        assert small.returncode == 1 and "more than the 1000 that it may have" in small.stderr, small.stderr
        packed = subprocess.run(pack, capture_output=True, text=True)
        assert not packed.returncode, packed.stderr
        with tarfile.open(folder / "kit.tar.gz") as archive:
            archive.extractall(folder)

        def run(*options, **environment):
            done = subprocess.run([sys.executable, folder / "kit/run.py", "-o", folder / "result.json", *options], capture_output=True,
                                  text=True, env=dict(os.environ, LD_LIBRARY_PATH=args.emulator, CUDA_HOME=temporary, **environment))
            return done, json.loads((folder / "result.json").read_text())

        done, result = run("--seconds", "0.01")
        assert not done.returncode and result["wrong"] == 0, done.stdout + done.stderr
        for name in "regression", "digits":
            entry = result["programs"][name]
            assert entry["result"] == entry["without graphs"] == "the same bytes", entry
            assert entry["bench"]["cuda"]["best_ns"] > 0 and entry["bench"]["cpu"]["best_ns"] > 0, entry
            assert entry["kernels"] and all(k["us"] > 0 for k in entry["kernels"].values()), entry
        done, result = run("--seconds", "0", "--only", "regression", GRADC_EMULATOR_DROP="index:0")
        assert done.returncode == 1 and result["wrong"] == 1 and list(result["programs"]) == ["regression"], done.stdout
        # A sanitizer that is found has a say.
        tool = folder / "bin/compute-sanitizer"
        tool.parent.mkdir()
        tool.write_text('#!/bin/sh\n[ "$2" = racecheck ] && { echo "RACECHECK SUMMARY: 1 hazard"; exit $4; }\nexit 0\n')
        tool.chmod(0o755)
        done, result = run("--seconds", "0", "--only", "regression")
        found = result["programs"]["regression"]["sanitizer"]
        assert done.returncode == 1 and found["memcheck"] == "clean" and "1 hazard" in found["racecheck"], found
    print("a kit of 2 programs: as on the CPU; a wrong index and a hazard are told")


if __name__ == "__main__":
    main()
