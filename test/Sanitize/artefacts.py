#!/usr/bin/env python3
"""Compiled programs under sanitizers: their code and the runtime's, instrumented by clang.

    artefacts.py --gradc PATH --root PROJECT [--cc clang-22] [--jobs N] [--only SUBSTRING]

Every program of test/EndToEnd/autograd/cases.json that PyTorch accepts, and the examples' graphs, are built twice: as gradc builds them, and
from `--emit=llvm` with the runtime's sources under AddressSanitizer and UndefinedBehaviorSanitizer. Both print the same.
Then two threads train two instances of a model under ThreadSanitizer: no state is shared.
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

THREADS = r"""
#include "model.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static _Alignas(64) unsigned char memory[2][REGRESSION_SIZE];
static float losses[2];

static void *train(void *number) {
  int k = *(int *)number;
  float x[10][3], y[10][1];
  for (int i = 0; i < 10; i++) {
    for (int j = 0; j < 3; j++)
      x[i][j] = (float)((i * 7 + j * 3) % 5) - 2;
    y[i][0] = x[i][0] - x[i][2];
  }
  regression *model;
  regression_inputs in = {.x = &x[0][0], .y = &y[0][0]};
  if (regression_init(memory[k], sizeof memory[k], NULL, &model))
    return number;
  for (int i = 0; i < 200; i++)
    if (regression_step(model, &in, &losses[k]))
      return number;
  return NULL;
}

int main(void) {
  pthread_t threads[2];
  int numbers[2] = {0, 1};
  for (int k = 0; k < 2; k++)
    pthread_create(&threads[k], NULL, train, &numbers[k]);
  int failed = 0;
  for (int k = 0; k < 2; k++) {
    void *result;
    pthread_join(threads[k], &result);
    failed |= result != NULL;
  }
  return failed || memcmp(&losses[0], &losses[1], sizeof(float));
}
"""


def run(command, **kw):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300, **kw)


def instrumented(text, attribute):
    """The module with an attribute on every function that it defines."""
    groups = set(re.findall(r"^define .*? (#\d+)[^\n]*\{$", text, re.M))
    return re.sub(r"^attributes (#\d+) = \{", lambda m: m[0] + (f" {attribute}" if m[1] in groups else ""), text, flags=re.M)


class Builder:
    def __init__(self, a, folder):
        self.a, self.folder = a, folder
        self.flags = ["-g", "-O1", "-D_GNU_SOURCE", '-DGRADC_VERSION="0"', f"-I{a.root}/runtime", "-ffp-contract=off", "-fno-math-errno"]
        self.archive = folder / "runtime.a"
        sources = [s for s in sorted((a.root / "runtime").glob("*.c")) if s.name != "start.c"]
        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            list(pool.map(self.runtime_object, sources))
        self.ok(run(["ar", "rcs", self.archive, *folder.glob("rt_*.o")]))

    def ok(self, result):
        if result.returncode:
            raise RuntimeError(result.stderr[-3000:])
        return result.stdout

    def runtime_object(self, source):
        self.ok(run([self.a.cc, *self.flags, *self.sanitizers(), "-c", source, "-o", self.folder / f"rt_{source.stem}.o"]))

    def sanitizers(self):
        return ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

    def check(self, name, graph):
        """None, or what is wrong."""
        plain, module, program = (self.folder / (name + end) for end in (".plain", ".ll", ".asan"))
        self.ok(run([self.a.gradc, "build", graph, "-o", plain]))
        self.ok(run([self.a.gradc, "build", graph, "-O1", "--emit=llvm", "-o", module]))
        module.write_text(instrumented(module.read_text(), "sanitize_address"))
        self.ok(run([self.a.cc, "-O1", *self.sanitizers(), "-Wno-override-module", "-march=native", module, self.archive, "-lm", "-o", program]))
        want = run([plain])
        got = run([program], env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        if (got.returncode, got.stdout) != (want.returncode, want.stdout):
            return f"status {got.returncode} instead of {want.returncode}\n{got.stderr[-3000:]}\n{got.stdout[-500:]}"
        return None

    def threads(self):
        graph, module = self.a.root / "examples/embed/regression.json", self.folder / "model.ll"
        options = ["--optimizer=sgd:lr=0.1", "--name=regression"]
        self.ok(run([self.a.gradc, "build", graph, *options, "-O1", "--emit=llvm", "-o", module]))
        self.ok(run([self.a.gradc, "build", graph, *options, "--emit=header", "-o", self.folder / "model.h"]))
        module.write_text(instrumented(module.read_text(), "sanitize_thread"))
        main = self.folder / "threads.c"
        main.write_text(THREADS)
        core = [self.a.root / "runtime" / f for f in ("core.c", "rng.c", "rng_math.c")]
        program = self.folder / "threads"
        self.ok(run([self.a.cc, *self.flags, "-fsanitize=thread", "-Wno-override-module", "-march=native", f"-I{self.folder}", main, module, *core,
                     "-lm", "-lpthread", "-o", program]))
        result = run([program], env={**os.environ, "TSAN_OPTIONS": "halt_on_error=1"})
        return result.stderr[-3000:] or "the two instances differ" if result.returncode else None


def programs(root, folder):
    for case in json.loads((root / "test/EndToEnd/autograd/cases.json").read_text()):
        if not case["kind"]:
            path = folder / (case["name"] + ".json")
            path.write_text(json.dumps(case["program"]))
            yield case["name"], path


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--gradc", required=True, type=pathlib.Path)
    ap.add_argument("--root", required=True, type=pathlib.Path)
    ap.add_argument("--cc", default="clang-22")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--only", default="")
    a = ap.parse_args()
    failed = passed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        builder = Builder(a, folder)
        work = {n: (builder.check, n, g) for n, g in programs(a.root, folder)}
        work["threads"] = (builder.threads,)
        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            tasks = {n: pool.submit(*w) for n, w in work.items() if a.only in n}
        for n, task in tasks.items():
            try:
                why = task.result()
            except (RuntimeError, subprocess.TimeoutExpired) as e:
                why = str(e)
            passed += why is None
            failed += why is not None
            if why:
                print(f"{n}: {why}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
