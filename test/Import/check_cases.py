# check_cases.py - runs the importer on the cases of a file and compares its errors with what is expected.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A case is one line of graph JSON, or of nodes "[...]" that are put into a script. The line before it says
# what is expected: "// ok" or "// COLUMN: text of the error" (column 0: any).
import re
import subprocess
import sys
import tempfile

HEADER = '{"format": "gradc.graph", "version": 1, "main": '


def read_cases(path):
    expected, cases = None, []
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line == "// ok":
            expected = ""
        elif line.startswith("// ") and re.match(r"// \d+: ", line):
            expected = line[3:]
        elif line and not line.startswith("//"):
            assert expected is not None, f"{path}: no expectation before: {line}"
            is_nodes = line.startswith("[")
            cases.append((expected, HEADER + line + "}" if is_nodes else line, len(HEADER) if is_nodes else 0))
            expected = None
    return cases


def main():
    tool, path = sys.argv[1:3]
    cases = read_cases(path)
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as f:
        f.write("\n// -----\n".join(text for _, text, _ in cases))
        f.flush()
        run = subprocess.run([tool, "--split", "--quiet", f.name], capture_output=True, text=True)
    errors = {}
    for line in run.stdout.splitlines():
        found = re.match(r"[^:]+:(\d+):(\d+): error: (.*)", line)
        if found:
            errors.setdefault((int(found[1]) - 1) // 2, []).append((int(found[2]), found[3]))
    failures = 0
    for i, (expected, text, shift) in enumerate(cases):
        got = [f"{max(column - shift, 0)}: {message}" for column, message in errors.get(i, [])]
        if expected.startswith("0: "):
            got = [re.sub(r"^\d+: ", "0: ", g) for g in got]
        if got != ([expected] if expected else []):
            failures += 1
            print(f"case:     {text[shift:] if shift else text}\nexpected: {expected or 'no error'}\ngot:      {got}")
    print(f"{len(cases)} cases, {failures} failures")
    if run.returncode or run.stderr:
        print(run.returncode, run.stderr)
    return 1 if failures or run.returncode or not cases else 0


sys.exit(main())
