#!/usr/bin/env python3
"""What PyTorch says of a program, and how far each number can be trusted."""
import itertools
import math
import warnings

import torch

import torch_layers
import torch_program

MOST_BRANCHES = 6
# Two runs with noise leave a step on its side once in four times; where something differs, more are run.
SEEDS, MANY_SEEDS = (1, 2), tuple(range(1, 13))


def expected(nodes, exact=True, seeds=SEEDS):
    """(rows, kind of error or None, its text); None where rounding decides more than numbers.

    The rows carry the tolerance of each tensor ("tol"), found by two runs with noise; what noise changes much is '?'.
    """
    try:
        rows, error = torch_program.run(nodes)
    except torch_program.Outside:
        return None
    try:
        noisy = [torch_program.run(nodes, noise=seed, exact=exact) for seed in seeds]
    except torch_program.Outside:
        return None  # rounding makes ties
    kinds = [None if e is None else torch_program.kind_of(e) for e in (error, *(e for _, e in noisy))]
    if len(set(kinds)) > 1:
        return None
    if error is not None:
        return [], kinds[0], error
    try:
        return [[trusted(*values) for values in zip(*row, strict=True)]
                for row in zip(rows, *(r for r, _ in noisy), strict=True)], None, ""
    except (KeyError, TypeError, ValueError):
        return None  # None against a tensor


def trusted(value, *noisy):
    if value is None or isinstance(value, str):
        if any(v != value for v in noisy):
            raise ValueError
        return value
    if "number" in value:
        x = value["number"]
        stable = all(v["number"] == x or abs(v["number"] - x) < 1e-6 * abs(x) for v in noisy)
        return value if stable else {"number": "?"}
    out, tolerance = dict(value, data=[]), 0.0
    for v in noisy:
        if any(v[k] != value[k] for k in ("dtype", "shape", "grad")):
            raise ValueError
    for x, *others in zip(value["data"], *(v["data"] for v in noisy)):
        moved = max((abs(x - y) if math.isfinite(x) and math.isfinite(y) else 0.0 if repr(x) == repr(y) else math.inf
                     for y in others))
        if moved > 1e-3 * max(abs(x), 1e-3) or math.isinf(moved):
            out["data"].append("?")
            continue
        out["data"].append(x)
        tolerance = max(tolerance, 16 * moved)
    if tolerance:
        out["tol"] = float(f"{tolerance:.1e}")
    return out


def loosened(nodes):
    """What PyTorch prints, with the tolerances of a noise that exact results take part in, too: a quotient of equal numbers
    is 1 in PyTorch, and a unit less where it is computed as a product. None where rounding decides more than numbers."""
    narrow = expected(nodes, seeds=MANY_SEEDS)
    if narrow is None or narrow[1] is not None:
        return None
    rows, wide = narrow[0], expected(nodes, exact=False, seeds=MANY_SEEDS)
    if wide is None or wide[1] is not None:
        return rows
    tolerance = lambda v: v.get("tol", 0.0) if isinstance(v, dict) else 0.0
    # What is infinite or NaN, or what is left of numbers that cancel, may come from exact results.
    rest = lambda x: x == "?" or not math.isfinite(x) or 0 < abs(x) < 1e-5
    open_ = lambda a, b: ["?" if y == "?" and rest(x) else x for x, y in zip(a["data"], b["data"])]
    return [[{**a, "data": open_(a, b), "tol": max(tolerance(a), tolerance(b))} if isinstance(a, dict) and "data" in a else a for a, b in zip(*pair)]
            for pair in zip(rows, wide[0])]


def saver(nodes):
    """(PyTorch's node that misses what it saved, whether a backward made it): for "modified" and "freed"."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with torch.autograd.detect_anomaly(check_nan=False):
            torch_program.run(nodes)
    texts = [str(w.message) for w in seen]
    names = [t.split("Error detected in ")[1].split(".")[0] for t in texts if "Error detected in " in t]
    return (names or [""])[0], any("induced by" in t for t in texts)


def refused_statement(nodes):
    """The node that PyTorch refuses."""
    return torch_program.refused_statement(nodes)


def kind_of_program(nodes):
    """The kind of error that PyTorch ends with, or None."""
    _, error = torch_program.run(nodes)
    return None if error is None else torch_program.kind_of(error)


def with_lives(nodes, rows):
    """The rows, where each tensor knows whether a gradient flows from it."""
    live = iter(torch_program.lives(nodes))
    return [[{**v, "live": next(live, False)} if isinstance(v, dict) and "data" in v else v for v in row] for row in rows]


def met(nodes):
    """What torch_layers notes of the operands that the program's ops see: where rules about NaN and infinities may hold."""
    torch_layers.MET.clear()
    torch_layers.GRADIENTS.clear()
    try:
        torch_program.run(nodes)
    except torch_program.Outside:  # of the straight program; what came before counts
        pass
    return set(torch_layers.MET)


def branches(nodes):
    count = 0
    for n in nodes:
        if n["op"] == "if":
            count += 1
        for key in ("body", "then", "else"):
            count += branches(n.get(key, []))
    return count


def refused_on_some_path(nodes, kind):
    """Whether PyTorch gives this error when branches go another way than they do."""
    n = min(branches(nodes), MOST_BRANCHES)
    for forced in itertools.product((False, True), repeat=max(n, 1)):
        try:
            _, error = torch_program.run(nodes, forced=forced)
        except torch_program.Outside:
            continue
        if error is not None and torch_program.kind_of(error) == kind:
            return True
    return False


def refused_later(nodes, kind):
    """Whether PyTorch gives this error, too, once the statements that it refuses before are left out."""
    return kind in map(torch_program.kind_of, torch_program.all_errors(nodes))


def says_on_some_path(nodes, text):
    """Whether PyTorch says this when branches go another way than they do, or statements that fail are left out."""
    n = min(branches(nodes), MOST_BRANCHES)
    for forced in itertools.product((False, True), repeat=max(n, 1)):
        if any(text in e for e in torch_program.all_errors(nodes, forced)):
            return True
    return False
