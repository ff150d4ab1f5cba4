#!/usr/bin/env python3
"""Takes the barriers and shuffles out of a program's kernels one by one: each must be missed.

    check_mutations.py --gradc PATH --emulator FOLDER --case NAME --spare N FILE

A removed one is missed where the emulator reports it or the program prints something else. N of them stand where a
later kernel, row or sum would need them, but this program has none; no more may go unnoticed. Last line:
'N missed, N not'.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--emulator", required=True)
    ap.add_argument("--case", required=True)
    ap.add_argument("--spare", type=int, default=0)
    ap.add_argument("file", type=pathlib.Path)
    args = ap.parse_args()
    program = next(c["program"] for c in json.loads(args.file.read_text()) if c["name"] == args.case)
    missed, unnoticed = [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "p.json").write_text(json.dumps(program))
        subprocess.run([args.gradc, "build", folder / "p.json", "--device=cuda", "--gpu-arch=emulator", "-o", folder / "p"],
                       check=True)

        def run(drop):
            environment = dict(os.environ, LD_LIBRARY_PATH=args.emulator, GRADC_EMULATOR_DROP=drop)
            return subprocess.run([folder / "p", "--device", "cuda"], capture_output=True, text=True, env=environment,
                                  timeout=300)

        whole = run("")
        if whole.returncode:
            sys.exit(f"the whole program fails: {whole.stderr}")
        for kind in ("barrier", "shuffle", "warp"):
            for number in range(10000):
                r = run(f"{kind}:{number}")
                if "there is no" in r.stderr:
                    break
                caught = r.returncode or r.stdout != whole.stdout
                (missed if caught else unnoticed).append(f"{kind} {number}")
    for name in unnoticed:
        print(f"not missed: {name}")
    print(f"{len(missed)} missed, {len(unnoticed)} not")
    return 1 if len(unnoticed) > args.spare or not missed else 0


if __name__ == "__main__":
    sys.exit(main())
