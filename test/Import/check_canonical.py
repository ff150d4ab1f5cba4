# check_canonical.py - graphs written in canonical form read back as the same program, to the byte.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Takes the tool and folders; graphs are .json files and the cases of .test files (between lines `// -----`).
import pathlib
import re
import subprocess
import sys
import tempfile


def graphs(folders):
    for folder in map(pathlib.Path, folders):
        for path in sorted(folder.glob("**/*.json")):
            text = path.read_text(encoding="utf-8")
            if '"gradc.graph"' in text and "build" not in path.parts:
                yield path.name, text, path.parent
        for path in sorted(set(folder.glob("*.test")) - set(folder.glob("load.test"))):  # data is relative to it
            for i, case in enumerate(re.split(r"^// -----.*\n", path.read_text(encoding="utf-8"), flags=re.M)):
                text = "".join(line for line in case.splitlines(True) if not line.startswith("//"))
                if text.lstrip().startswith("{") and "error:" not in case:
                    yield f"{path.name}:{i}", text, path.parent


def renumbered(program):
    """The program with the variables that the writer names numbered in order, without the notes on what PyTorch copies and saves."""
    order = {}
    program = re.sub(r"ag\.(copy|unsaved)(, )?", "", program)
    program = re.sub(r" \{\}", "", re.sub(r", \}", "}", program))
    return re.sub(r"@_\d+\b", lambda m: "@_" + str(order.setdefault(m[0], len(order))), program)


def main():
    tool, folders = sys.argv[1], sys.argv[2:]
    count = failures = 0
    seen = set()
    with tempfile.TemporaryDirectory() as temporary:
        def write(text, *flags):
            path = pathlib.Path(temporary, "graph.json")
            path.write_text(text, encoding="utf-8")
            return subprocess.run([tool, *flags, path], capture_output=True, text=True, encoding="utf-8")

        for name, text, _ in graphs(folders):
            if text in seen:
                continue
            seen.add(text)
            count += 1
            first = write(text, "--json")
            second = write(first.stdout, "--json")
            program, again = write(text), write(first.stdout)
            if first.returncode or second.stdout != first.stdout:
                failures += 1
                print(f"{name}: not a fixed point\n{first.stdout}\n{second.stdout}{second.stderr}")
            elif renumbered(program.stdout) != renumbered(again.stdout):
                failures += 1
                print(f"{name}: another program\n{program.stdout}\n{again.stdout}")
    print(f"{count} graphs, {failures} failures")
    return 1 if failures or count < 20 else 0


sys.exit(main())
