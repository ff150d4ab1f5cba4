# check_malformed.py - feeds the importer broken bytes: each is refused with one error and exit status 1.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import random
import re
import subprocess
import sys
import tempfile

HEAD = b'{"format": "gradc.graph", "version": 1, "main": '


def nest(levels):
    node = b'{"op": "ones", "shape": []}'
    for _ in range(levels):
        node = b'{"op": "exp", "inputs": [' + node + b"]}"
    return HEAD + b"[" + node + b"]}"


def cases(sample):
    yield "empty file", b"", "expected JSON, found an empty file"
    yield "blanks", b" \n\t ", "expected JSON, found an empty file"
    yield "100000 brackets", b"[" * 100000, "expected at most 200 levels of nesting, found more"
    yield "100000 braces", b'{"a":' * 100000, "expected at most 200 levels of nesting, found more"
    yield "nested nodes", nest(150), "expected at most 200 levels of nesting, found more"
    yield "not UTF-8", HEAD + b'[{"op": "\xff\xfe"}]}', "ill-formed UTF-8"
    yield "lone surrogate", HEAD + b'[{"op": "\\ud800"}]}', "surrogate"
    yield "overlong UTF-8", HEAD + b'[{"op": "\xc0\xaf"}]}', "ill-formed UTF-8"
    yield "UTF-16", HEAD.decode().encode("utf-16"), "expected"
    yield "NUL", HEAD + b"\0", "expected"
    yield "long number", HEAD + b'[{"op": "manual_seed", "value": ' + b"9" * 100000 + b"}]}", "f64|64 bits"
    yield "long key", HEAD + b'[{"' + b"k" * 100000 + b'": 1}]}', "expected"
    yield "long op", HEAD + b'[{"op": "' + b"k" * 10000 + b'"}]}', "unknown op"
    yield "garbage", sample + b"x", "expected"


def main():
    tool, path = sys.argv[1:3]
    sample = open(path, "rb").read()
    failures = 0

    def run(name, data, pattern, may_pass=False):
        nonlocal failures
        with tempfile.NamedTemporaryFile(suffix=".json") as f:
            f.write(data)
            f.flush()
            result = subprocess.run([tool, "--quiet", f.name], capture_output=True)
        out = result.stdout.decode("utf-8", "replace")
        good = result.returncode == 1 and out.count("error:") == 1 and re.search(pattern, out)
        if not good and not (may_pass and result.returncode == 0 and not out):
            failures += 1
            print(f"{name}: exit status {result.returncode}: {out[:300]} {result.stderr[-300:]}")

    for name, data, pattern in cases(sample):
        run(name, data, pattern)
    deep = nest(80)
    run("80 nested nodes", deep, "nothing", may_pass=True)
    draw = random.Random(0)
    for i in range(60):
        data = bytearray(sample)
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.choice(b'{}[]",:0-9.eE\\ \xff\x00abw')
        run(f"damage {i}", bytes(data), "error:", may_pass=True)
    print(f"{failures} failures")
    return 1 if failures else 0


sys.exit(main())
