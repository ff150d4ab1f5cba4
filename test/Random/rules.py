#!/usr/bin/env python3
"""Differences from PyTorch that docs/autograd.md and docs/graph.md declare, each recognised as narrowly as can be.

excuse(...) names the rule, or returns None: then the difference is a bug.
"""
import json
import re

import batch
import compare

# What gradc refuses although PyTorch would only know while the program runs: part of the message, and what the program must have.
LIMITS = {
    "in-place write to a tensor that repeat carries": ("repeat", "carry"),
    "in-place write to a tensor that may be what came out of": ("repeat", "if"),
    "in-place write to a tensor that came out of": ("repeat", "if"),
    "in-place write to a tensor that is both made outside": ("repeat", "if"),
    "in-place write to a tensor that may share": ("repeat", "if"),
    "in-place write to a tensor that is the index of repeat": ("index",),
    "was made a leaf by requires_grad_ and shares its storage": ("requires_grad_",),
    "shares its storage with what requires_grad_ made a leaf": ("requires_grad_",),
    "requires_grad_ inside of repeat or if": ("requires_grad_",),
    "an earlier iteration of the loop computed": ("repeat",),
    "in-place write without history": ("no_grad", "detach"),
    "in-place write with history to a tensor without": ("no_grad", "detach"),
}


def words(nodes):
    """Every op and attribute of a program."""
    for n in nodes:
        yield n["op"]
        yield from (k for k in n if k in ("carry", "yield", "index"))
        yield from words([o for o in n.get("inputs", []) if isinstance(o, dict)])
        for key in ("body", "then", "else"):
            yield from words(n.get(key, []))


def every_node(nodes):
    for n in nodes:
        yield n
        for key in ("body", "then", "else"):
            yield from every_node(n.get(key, []))


def limit(nodes, message):
    """The documented limit that a refusal is about."""
    has = set(words(nodes))
    return next((text for text, needs in LIMITS.items() if text in message and has & set(needs)), None)


def widened(nodes):
    """Whether a branch or a turn of a loop can decide what requires grad."""
    return "yield" in set(words(nodes))


def zero_for_none(result, rows):
    """Whether all differences are zeros where PyTorch has None, or values that require grad without need."""
    found = False
    for a, b in zip([v for row in result["prints"] for v in row], [v for row in rows for v in row]):
        if compare.difference(a, b) is None:
            continue
        if b is None and isinstance(a, dict) and not any(a.get("data", [1])):
            found = True
        elif isinstance(b, dict) and isinstance(a, dict) and compare.difference({**a, "grad": b.get("grad")}, b) is None and a["grad"]:
            found = True
        else:
            return False
    return found


def only_grad_differs(result, rows):
    """Whether all differences are values without history where PyTorch has one."""
    for a, b in zip([v for row in result["prints"] for v in row], [v for row in rows for v in row]):
        if compare.difference(a, b) is not None:
            if not (isinstance(a, dict) and isinstance(b, dict)) or compare.difference({**a, "grad": b.get("grad")}, b) or a["grad"]:
                return False
    return True


def within_body(nodes, messages):
    """Whether what a refusal points at lies in a branch or a loop: gradc follows all paths at once."""
    text = batch.graph_text(nodes)
    spans = []
    for n in every_node(nodes):
        if n["op"] in ("if", "repeat"):
            part = json.dumps(n, separators=(",", ":"))
            start = text.index(part)
            spans.append((start, start + len(part)))
    columns = [int(place.split(":")[1]) - 1 for place, _ in messages if ":" in place]
    return any(start < c < end for c in columns for start, end in spans)


def excuse_refusal(nodes, messages, kind, oracle):
    message = messages[0][1]
    if found := limit(nodes, message):
        return "limit: " + found
    refused = compare.kind_of(message)
    if kind is not None and oracle.refused_later(nodes, refused):
        return "another error of the program"
    if refused == "no history" and any(n.get("create_graph") for n in every_node(nodes)):
        return "constant: a gradient whose derivative is zero has no history"
    if kind == "no history" and widened(nodes):
        return "widened: requires grad on another path"
    if kind == "unused" and refused in ("freed", "modified"):
        return "unused: nothing of the graph is needed"
    if refused in ("freed", "modified") and within_body(nodes, messages):
        return f"open: {refused} in a body"
    if any(n.get("count") == 0 for n in every_node(nodes)) and within_body(nodes, messages[:1]):
        return "open: a body that does not run is checked"
    if refused != "other" and oracle.refused_on_some_path(nodes, refused):
        return f"open: {refused} on another path"
    return None


def excuse(nodes, result, rows, kind, detail, oracle):
    """The rule that explains why gradc and PyTorch differ; None for a bug."""
    verdict, text = compare.judge(result, rows, kind)
    if verdict in ("refused", "kind"):
        return excuse_refusal(nodes, result["messages"], kind, oracle)
    if verdict == "accepted" and kind == "no history" and widened(nodes):
        return "widened: requires grad on another path"
    if verdict == "accepted" and kind == "modified":
        if re.search(r"\[torch\.(Int|Long|Bool|Short|Char|Byte)Tensor", detail):
            return "converted: an integer operand is saved as the float that it becomes"
        if re.search(r"output 0 of A(min|max)", detail):
            return "single: an extremum of one element saves nothing"
        if any(True for n in every_node(nodes) if n["op"] in ("if", "repeat") for m in words(n.get("body", []) + n.get("then", []) +
               n.get("else", [])) if m.endswith("_")):
            return "body: a value that only a body has is kept as it was"
    if verdict == "accepted" and kind == "freed" and any(w.endswith("_") for w in words(nodes)):
        return "view: a write through a view saves nothing"
    if verdict == "accepted" and "with a bool tensor is not supported" in detail:
        return "more: PyTorch's own derivative does not take bools"
    if verdict == "value" and widened(nodes) and zero_for_none(result, rows):
        return "widened: a gradient of zero on another path"
    if verdict == "value" and len(result["prints"]) == len(rows) and only_grad_differs(result, rows):
        if any(n.get("create_graph") for n in every_node(nodes)):
            return "constant: a gradient whose derivative is zero has no history"
        if {"no_grad", "requires_grad_"} & set(words(nodes)):
            return "view: made without history"
    return None
