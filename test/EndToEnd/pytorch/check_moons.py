#!/usr/bin/env python3
"""Does what examples/pytorch/README.md says: trains the export from the command line, and in a C++ program.

    check_moons.py --gradc PATH --runtime libgradc_rt.a --example FOLDER --cxx CXX [CXX ...]
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import argparse
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile


def run(*command, cwd=None):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def names(path):
    data = path.read_bytes()
    size, = struct.unpack_from("<Q", data)
    return sorted(k for k in json.loads(data[8:8 + size]) if k != "__metadata__")


def main():
    parser = argparse.ArgumentParser()
    for name in ("gradc", "runtime", "example"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--cxx", nargs="+", default=[])
    options = parser.parse_args()
    example, adam = options.example, "--optimizer=adam:lr=0.01"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        moons, data, trained = folder / "moons", example / "moons.npz", folder / "trained.safetensors"
        run(options.gradc, "build", example / "moons.pt2", adam, "-o", moons)
        run(moons, "--inputs", data, "--epochs", 60, "--shuffle", "--outputs", trained)
        text = run(moons, "--weights", trained, "--eval", data, "--metric", "accuracy:output_1,labels")
        accuracy = float(re.search(r"accuracy ([\d.]+)", text).group(1))
        if accuracy < 0.99:
            sys.exit(f"expected an accuracy of 0.99 at least, found {accuracy}")
        wanted = [f"net.{i}.{p}" for i in (0, 2, 4) for p in ("bias", "weight")]
        if names(trained) != sorted(wanted):
            sys.exit(f"expected {wanted} in the state dict, found {names(trained)}")
        for kind, file in (("obj", "moons.o"), ("header", "moons.h")):
            run(options.gradc, "build", example / "moons.pt2", adam, f"--emit={kind}", "-o", folder / file)
        for cxx in options.cxx:
            if not shutil.which(cxx):
                continue
            run(cxx, "-std=c++17", "-Wall", "-Wextra", "-Werror", f"-I{folder}", example / "learn.cpp", folder / "moons.o", options.runtime, "-lm",
                "-o", folder / "learn")
            text = run(folder / "learn")
            if text != "nearly all of 64 new points are right\n":
                sys.exit(f"{cxx}: {text}")
    print(f"accuracy {accuracy}")


main()
