# check_alias.py - runs random programs of views, in-place writes and gradients; compares with what PyTorch printed.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# Refused by design (docs/graph.md); PyTorch would keep the history of the overwritten contents.
REFUSED = "in-place write without history"


def main():
    tool, path = sys.argv[1:3]
    count = failures = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        for line in open(path, encoding="utf-8"):
            program = json.loads(line)
            count += 1
            graph = pathlib.Path(folder, "graph.json")
            graph.write_text(json.dumps(program["graph"]), encoding="utf-8")
            run = subprocess.run([tool, "run", str(graph)], capture_output=True, text=True,
                                 env=dict(os.environ, XDG_CACHE_HOME=folder))
            if run.returncode == 1 and REFUSED in run.stderr:
                refused += 1
            elif "error" in program and (run.returncode != 1 or program["error"] not in run.stderr):
                failures += 1
                print(f"program {count}: expected {program['error']}\n{run.stdout}{run.stderr}{line}")
            elif "error" not in program and (run.returncode or run.stdout != program["prints"]):
                failures += 1
                print(f"program {count}: expected\n{program['prints']}got\n{run.stdout}{run.stderr}{line}")
    print(f"{count} programs, {failures} failures, {refused} refused")
    return 1 if failures or count < 40 or refused > count // 5 else 0


sys.exit(main())
