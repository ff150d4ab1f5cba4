#!/usr/bin/env python3
"""Compares what gradc did with a program to what PyTorch did."""
import math

# How gradc words what torch_program.KINDS names.
MESSAGES = {
    "freed": ("Trying to backward through the graph a second time", "an earlier iteration of the loop computed"),
    "modified": ("modified by an inplace operation",),
    "leaf": ("a leaf Variable that requires grad is being used", "view of a leaf Variable that requires grad"),
    "no history": ("does not require grad",),
    "not scalar": ("grad can be implicitly created only for scalar outputs",),
    "not a leaf": ("you can only change requires_grad flags of leaf variables",),
    "unused": ("appears to not have been used in the graph",),
    "overlap": ("single memory location",),
    "view": ("its base or another view of its base has been modified inplace", "is a view and is being modified inplace",
             "A view was created in no_grad mode"),
    "shape of output": ("output with shape",),
    "result type": ("can't be cast to the desired output type",),
    "none": ("is None here", "may be None here"),
}
# References are stored with 13 digits at most.
UNITS = {"float32": 2.0**-23, "float64": 2.0**-42, "float16": 2.0**-10, "bfloat16": 2.0**-7}
# The distance between denormal numbers.
LEAST = {"float32": 2.0**-149, "float64": 2.0**-1074, "float16": 2.0**-24, "bfloat16": 2.0**-133}


def kind_of(message):
    return next((k for k, parts in MESSAGES.items() if any(p in message for p in parts)), "other")


def close(a, b, tolerance, unit, least=0.0):
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b):
        return True
    if a == b:
        return True
    return abs(a - b) <= tolerance + max(4 * unit * abs(b), 2 * least)  # False for infinities and NaN


def difference(got, want):
    """Why two printed values differ, or None. A '?' among the wanted data stands for any number."""
    if want is None or got is None or isinstance(want, str):
        return None if got == want else f"{got} instead of {want}"
    if "number" in want or "number" in got:
        a, b = got.get("number"), want.get("number")
        if b == "?" or (a is not None and b is not None and close(float(a), float(b), 1e-5 * abs(b), 0)):
            return None
        return f"number {a} instead of {b}"
    for key in ("dtype", "shape", "grad"):
        if got[key] != want[key]:
            return f"{key} {got[key]} instead of {want[key]}"
    unit, tolerance, least = UNITS.get(want["dtype"], 0.0), want.get("tol", 0.0), LEAST.get(want["dtype"], 0.0)
    for i, (a, b) in enumerate(zip(got["data"], want["data"])):
        if b != "?" and not close(a, b, tolerance, unit, least):
            return f"element {i}: {a!r} instead of {b!r}, tolerance {tolerance:g}"
    return None


def judge(result, rows, kind):
    """(verdict, text): 'same', 'refused' (PyTorch accepts it), 'accepted' (PyTorch refuses it), 'kind', 'value' or 'broken'."""
    outcome = result["outcome"]
    message = result["messages"][0][1] if result.get("messages") else ""
    if outcome not in (0, 1):
        return "broken", message
    if outcome == 1:
        if kind is None:
            return "refused", message
        found = kind_of(message)
        return ("same", "") if found == kind else ("kind", f"'{found}' instead of '{kind}': {message}")
    if kind is not None:
        return "accepted", kind
    got = result["prints"]
    if len(got) != len(rows):
        return "value", f"{len(got)} prints instead of {len(rows)}"
    for i, (a, b) in enumerate(zip(got, rows)):
        for x, y in zip(a, b):
            if why := difference(x, y):
                return "value", f"print {i}: {why}"
    return "same", ""
