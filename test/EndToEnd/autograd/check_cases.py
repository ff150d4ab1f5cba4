#!/usr/bin/env python3
"""Compiles and runs every program of cases.json and compares with what PyTorch printed or refused.

    check_cases.py --gradc PATH [--only SUBSTRING]

Numbers may differ in the last printed digit. Last line: 'N passed, N failed'.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

MESSAGES = {
    "freed": ("Trying to backward through the graph a second time", "an earlier iteration of the loop computed"),
    "modified": ("modified by an inplace operation", "in-place write without history"),
    "leaf": ("a leaf Variable that requires grad is being used in an in-place operation",),
    "no history": ("does not require grad",),
    "not scalar": ("grad can be implicitly created only for scalar outputs",),
    "not a leaf": ("you can only change requires_grad flags of leaf variables",),
    "none": ("is None here",),
    "unused": ("appears to not have been used in the graph",),
}
NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")


def same_text(got, want):
    if NUMBER.sub("#", got).split() != NUMBER.sub("#", want).split():
        return False
    pairs = zip(map(float, NUMBER.findall(got)), map(float, NUMBER.findall(want)))
    return all(abs(a - b) <= 1.01e-4 * max(1.0, abs(b)) for a, b in pairs)


def check(gradc, case, folder):
    path = folder / (case["name"] + ".json")
    path.write_text(json.dumps(case["program"], indent=1))
    r = subprocess.run([gradc, "run", str(path)], capture_output=True, text=True, timeout=120)
    if case["kind"]:
        # The run-time prints of before the error are not expected: gradc refuses to build.
        if r.returncode != 1:
            return f"exit code {r.returncode}, expected the error '{case['kind']}': {(r.stderr or r.stdout)[:300]}"
        first = r.stderr.splitlines()[0] if r.stderr else ""
        if not any(m in r.stderr for m in MESSAGES[case["kind"]]):
            return f"expected the error '{case['kind']}', found: {r.stderr[:300]}"
        if not re.match(r".+:\d+:\d+: error: ", first):
            return f"the error does not start with its place: {first}"
        return None
    if r.returncode:
        return f"exit code {r.returncode}: {r.stderr[:300]}"
    if not same_text(r.stdout.strip(), case["prints"].strip()):
        return f"printed\n{r.stdout}expected\n{case['prints']}"
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--only", default="")
    a = ap.parse_args()
    table = json.loads(pathlib.Path(__file__).with_name("cases.json").read_text())
    table = [c for c in table if a.only in c["name"]]
    failed = 0
    with tempfile.TemporaryDirectory() as tmp, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        os.environ["XDG_CACHE_HOME"] = tmp
        for case, why in zip(table, pool.map(lambda c: check(a.gradc, c, pathlib.Path(tmp)), table)):
            if why:
                failed += 1
                print(f"FAIL {case['name']}: {why}", flush=True)
    print(f"{len(table) - failed} passed, {failed} failed")
    return 1 if failed or not table else 0


if __name__ == "__main__":
    sys.exit(main())
