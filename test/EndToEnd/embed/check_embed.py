#!/usr/bin/env python3
"""Builds examples/embed as its README says, once with each compiler that is there, and runs it.

    check_embed.py --gradc PATH --runtime libgradc_rt.a --example FOLDER --cc CC [CC ...]

Also counts calls of the allocator during training (there must be none) and trains two instances side by side.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

EXPECTED = "loss below 1e-6: yes\nw 2.00 -1.00 0.50 b 3.00\n"

# Two instances in one process, trained in turns with an allocator that counts: equal bits, no allocation.
TWINS = r"""
#include "regression.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int calls;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n) { calls++; return __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t m) { calls++; void *p = __real_malloc(n * m); if (p) memset(p, 0, n * m); return p; }
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n) { calls++; return __real_realloc(p, n); }
static _Alignas(64) unsigned char first[REGRESSION_SIZE], second[REGRESSION_SIZE];
int main(void) {
  static float x[30], y[10];
  for (int i = 0; i < 30; i++) x[i] = (float)((i * 7) % 11) / 11;
  for (int i = 0; i < 10; i++) y[i] = (float)i;
  regression *a, *b;
  if (regression_init(first, sizeof first, NULL, &a) || regression_init(second, sizeof second, NULL, &b)) return 1;
  if (regression_init(first + 1, sizeof first - 1, NULL, &a) == 0) return 2;
  if (regression_init(first, sizeof first, NULL, &a)) return 3;
  regression_inputs in = {x, y};
  float la, lb;
  void *probe = malloc(1);
  if (!probe || calls != 1) return 4;
  free(probe);
  calls = 0;
  for (int i = 0; i < 50; i++) if (regression_step(a, &in, &la)) return 5;
  if (regression_steps(b, &in, 50, &lb)) return 6;
  if (calls) { printf("%d allocations\n", calls); return 7; }
  if (memcmp(&la, &lb, 4) || memcmp(regression_w(a), regression_w(b), 12)) { puts("step and steps differ"); return 8; }
  float loss;
  regression_outputs out = {&loss};
  if (regression_zero_grad(a, NULL, NULL) || regression_forward(a, &in, &out) || regression_backward(a, NULL, NULL)) return 9;
  if (regression_backward(a, NULL, NULL) != 1) { puts("a freed graph was walked again"); return 10; }
  puts("twins agree");
  return 0;
}
"""


def run(*command, cwd=None):
    r = subprocess.run([str(c) for c in command], capture_output=True, text=True, cwd=cwd)
    if r.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {r.returncode}\n{r.stdout}{r.stderr}")
    return r.stdout


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--runtime", required=True)
    ap.add_argument("--example", required=True)
    ap.add_argument("--cc", nargs="+", required=True)
    a = ap.parse_args()
    example = pathlib.Path(a.example)
    compilers = [c for c in a.cc if shutil.which(c)]
    if not compilers:
        sys.exit(f"none of the compilers {a.cc} is there")
    with tempfile.TemporaryDirectory() as tmp:
        d = pathlib.Path(tmp)
        for kind, out in (("obj", "regression.o"), ("header", "regression.h")):
            run(a.gradc, "build", example / "regression.json", f"--emit={kind}", "--optimizer=sgd:lr=0.1", "-o", d / out)
        (d / "twins.c").write_text(TWINS)
        for cc in compilers:
            common = [cc, "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", d, d / "regression.o"]
            run(*common, example / "train.c", a.runtime, "-lm", "-o", d / "train")
            got = run(d / "train")
            if got != EXPECTED:
                sys.exit(f"{cc}: train printed\n{got}expected\n{EXPECTED}")
            wrap = "-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc"
            run(*common, "-fno-builtin", d / "twins.c", a.runtime, "-lm", wrap, "-o", d / "twins")
            print(f"{cc}: {run(d / 'twins').strip()}")


if __name__ == "__main__":
    main()
