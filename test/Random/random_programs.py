#!/usr/bin/env python3
"""Random programs: drawn, run in PyTorch and in gradc, compared, and made small where they differ.

    random_programs.py search --build BUILD --count N [--seed S] [--found FOLDER]    needs PyTorch; what differs is kept in FOLDER
    random_programs.py search --saving ...                                           the same with programs about what one op saves
    random_programs.py store --build BUILD --count N [--seed S] --output FILE.xz     needs PyTorch; programs that agree, with its results
    random_programs.py check --build BUILD FILE...                                   no PyTorch: .xz of `store`, .json of `search`

All exit with 1 when gradc and PyTorch differ in a way that rules.py does not explain.
"""
import argparse
import collections
import json
import lzma
import pathlib
import sys

import batch
import compare


def rounded(rows):
    """Floats as short as their tolerance allows."""
    digits = {"float32": 8, "float64": 13, "float16": 5, "bfloat16": 4}
    for v in (v for row in rows for v in row if isinstance(v, dict) and "data" in v):
        form = f"%.{digits.get(v['dtype'], 17)}g"
        v["data"] = [float(form % x) if isinstance(x, float) else x for x in v["data"]]
    return rows


def verdict_of(nodes, gradc, stored=False):
    """(case, verdict, text): the case is what `store` writes, or None for a program that decides nothing.

    What agrees to a few units in the last place needs no noise to be trusted, except as a reference for other machines.
    """
    import oracle
    import rules
    import torch_program

    gradc.send(nodes)
    try:
        rows, error = torch_program.run(nodes)
    except torch_program.Outside:
        return None, "outside", ""
    finally:
        result = gradc.receive()
    kind = None if error is None else torch_program.kind_of(error)
    verdict, _ = compare.judge(result, rows, kind)
    if verdict == "same" and not stored:
        return {"program": nodes}, "same", kind or "values"
    wanted = oracle.expected(nodes)
    if wanted is None:
        return (None, "same", kind or "values") if verdict == "same" else (None, "unstable", "")
    rows, kind, detail = wanted
    verdict, text = compare.judge(result, rows, kind)
    if verdict == "value":
        rows = oracle.loosened(nodes)
        if rows is None:
            return None, "unstable", ""
        verdict, text = compare.judge(result, rows, kind)
    case = {"program": nodes, "rows": rounded(rows), "kind": kind}
    if verdict == "same":
        return case, "same", kind or "values"
    if rule := rules.excuse(nodes, result, rows, kind, detail, oracle, gradc):
        case["rule"] = rule
        return case, "explained", rule
    return case, verdict, f"{text}: {detail[:120]}" if verdict in ("accepted", "kind") else text


def small(nodes, gradc, verdict, text):
    import shrink

    def fails(trial):
        try:
            _, v, t = verdict_of(trial, gradc)
        except Exception:  # the trial is no program any more
            return False
        return v == verdict and t[:24] == text[:24]

    return shrink.shrink(nodes, fails)


def search(a, gradc, keep):
    """Calls `keep` with the cases that agree; the number of those that do not."""
    import torch
    import generate
    import saving

    draw = saving.program if a.saving else generate.program
    torch.set_num_threads(1)
    table = generate.Table(str(a.build / "bin/gradc"))
    counts, failures = collections.Counter(), collections.Counter()
    for done, seed in enumerate(range(a.seed, a.seed + a.count)):
        if done and done % 5000 == 0:
            report(counts)
        nodes = draw(table, seed)
        batch = gradc.of(seed)
        case, verdict, text = verdict_of(nodes, batch, stored=a.command == "store")
        counts[f"{verdict}: {text}" if verdict in ("same", "explained") else verdict] += 1
        if verdict in ("same", "explained"):
            if case:
                keep(case)
        elif verdict not in ("unstable", "outside"):
            failures[text[:24]] += 1
            print(f"seed {seed}: {verdict}: {text}", flush=True)
            if a.found and failures[text[:24]] <= 2:
                nodes = small(nodes, batch, verdict, text)
                case, verdict, text = verdict_of(nodes, batch)
                a.found.mkdir(exist_ok=True)
                (a.found / f"{seed}.json").write_text(as_text(case))
                print(as_text(case), flush=True)
    report(counts)
    return sum(failures.values())


def report(counts):
    print(f"{sum(counts.values())} programs")
    for what, n in counts.most_common():
        print(f"{n:7} {what}", flush=True)


def as_text(case):
    lines = ",\n  ".join(json.dumps(n) for n in case["program"])
    rest = {k: v for k, v in case.items() if k != "program"}
    return f'{{"format": "gradc.graph", "version": 1, "main": [\n  {lines}],\n "expected": {json.dumps(rest)}}}\n'


def store(a, gradc):
    cases = []
    failed = search(a, gradc, cases.append)
    text = "\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    a.output.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(cases)} programs, {a.output.stat().st_size} bytes")
    return failed


def cases_of(path):
    if path.suffix == ".xz":
        yield from (json.loads(line) for line in lzma.open(path, "rt"))
    else:
        graph = json.loads(path.read_text())
        yield {"program": graph["main"], **graph["expected"]}


def check(a, gradc):
    failed = passed = 0
    for path in a.files:
        for number, case in enumerate(cases_of(path)):
            result = gradc.of(number).run(case["program"])
            verdict, text = compare.judge(result, case["rows"], case["kind"])
            # What a rule explained may be anything but a failure of gradc itself.
            if verdict == "same" or ("rule" in case and verdict != "broken"):
                passed += 1
                continue
            failed += 1
            print(f"{path.name} program {number}: {verdict}: {text}\n{as_text(case)}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed or not passed


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("command", choices=("search", "store", "check"))
    ap.add_argument("files", nargs="*", type=pathlib.Path)
    ap.add_argument("--build", required=True, type=pathlib.Path)
    ap.add_argument("--count", type=int, default=1000)
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--saving", action="store_true")
    ap.add_argument("--found", type=pathlib.Path)
    ap.add_argument("--output", type=pathlib.Path)
    a = ap.parse_intermixed_args()
    with batch.Batches(str(a.build / "bin/gradc-batch")) as gradc:
        failed = {"search": lambda: search(a, gradc, lambda case: None), "store": lambda: store(a, gradc),
                  "check": lambda: check(a, gradc)}[a.command]()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
