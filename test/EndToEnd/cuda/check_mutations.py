#!/usr/bin/env python3
"""Makes small mistakes in a program's kernels, one by one: each must show.

    check_mutations.py --gradc PATH --emulator FOLDER --case NAME --spare KIND=N... FILE

Barriers, shuffles and waits of the host are taken out, indices are off by one element or have their parts exchanged, and bounds are one
too large (see Mutation in test/Emulator/Program.h). A mistake shows where the emulator reports it or the program
prints something else. N of a kind make no difference: what they change is needed by a later kernel, row or sum, but
this program has none. Last line: 'N show, N do not'.
"""
import argparse
import concurrent.futures
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
    ap.add_argument("--spare", action="append", default=[])
    ap.add_argument("--kinds", default="barrier,shuffle,warp,index,swap,bound,wait")
    ap.add_argument("file", type=pathlib.Path)
    args = ap.parse_args()
    program = next(c["program"] for c in json.loads(args.file.read_text()) if c["name"] == args.case)
    spare = {kind: int(n) for kind, n in (s.split("=") for s in args.spare)}
    passed = failed = unnoticed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "p.json").write_text(json.dumps(program))
        subprocess.run([args.gradc, "build", folder / "p.json", "--device=cuda", "--gpu-arch=emulator", "-o", folder / "p"],
                       check=True)

        def run(drop):
            environment = dict(os.environ, LD_LIBRARY_PATH=args.emulator, GRADC_EMULATOR_DROP=drop)
            out = folder / (drop.replace(":", "-") + ".npz")
            r = subprocess.run([folder / "p", "--device", "cuda", "--outputs", out], capture_output=True, text=True,
                               env=environment, timeout=60)
            return r, out.read_bytes() if out.exists() else None

        whole, arrays = run("")
        if whole.returncode:
            sys.exit(f"the whole program fails: {whole.stderr}")
        def shows(kind, number):
            """None where there is no such thing to change."""
            try:
                r, found = run(f"{kind}:{number}")
            except subprocess.TimeoutExpired:
                return True
            return None if "there is no" in r.stderr else bool(r.returncode or r.stdout != whole.stdout or found != arrays)

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for kind in args.kinds.split(","):
                number, shown, hidden, more = 0, 0, [], True
                while more:
                    for found in pool.map(lambda n: shows(kind, n), range(number, number + 8)):
                        more = more and found is not None
                        if more:
                            shown, hidden = shown + found, hidden + [number] * (not found)
                            number += 1
                allowed = spare.get(kind, 0)
                print(f"{kind}: {shown} show, {len(hidden)} do not {hidden or ''}")
                passed += shown
                failed += len(hidden) > allowed
                unnoticed += len(hidden)
    print(f"{passed} show, {unnoticed} do not")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
