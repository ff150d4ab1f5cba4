#!/usr/bin/env python3
"""Differences from PyTorch that docs/autograd.md and docs/graph.md declare, each recognised as narrowly as can be.

excuse(...) names the rule, or returns None: then the difference is a bug.
"""
import json
import math
import re

import batch
import compare
import straight

# What gradc refuses although PyTorch would only know while the program runs: part of the message, and what the program must have.
LIMITS = {
    "in-place write to a tensor that repeat carries": ("repeat", "carry"),
    "in-place write to a tensor that while carries": ("while",),
    "in-place write to a tensor that may be what came out of": ("repeat", "if", "while"),
    "in-place write to a tensor that came out of": ("repeat", "if", "while"),
    "in-place write to a tensor that is both made outside": ("repeat", "if", "while"),
    "in-place write to a tensor that may share": ("repeat", "if", "while"),
    "in-place write to a tensor that is the index of repeat": ("index",),
    "was made a leaf by requires_grad_ and shares its storage": ("requires_grad_",),
    "shares its storage with what requires_grad_ made a leaf": ("requires_grad_",),
    "requires_grad_ inside of repeat or if": ("requires_grad_",),
    "an earlier iteration of the loop computed": ("repeat", "while"),
    "in-place write without history": ("no_grad", "detach"),
    "in-place write with history to a tensor without": ("no_grad", "detach"),
    "the gradient with respect to a tensor that a loop or a branch": ("repeat", "if", "while"),
    "would keep the old gradient": ("backward", "zero_grad"),
    "the padding takes all of it": ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
    "of a tensor that requires grad is not supported: it has no gradient":
        ("logical_and_", "logical_or_", "logical_xor_", "logical_not_"),
}


# What has a derivative here and none in PyTorch.
NO_DERIVATIVE = re.compile(r"(the )?derivative for ('inplace version of |aten::)(acosh|asinh|atanh|heaviside|floor_divide|\w+_backward)")


# Ops that may hand on what they were given: gradc does not tell the two values apart.
SAME = ("roll", "tile", "flip", "repeat_interleave", "pad", "rot90", "cat", "stack", "nan_to_num", "expand", "reshape", "slice", "index_select")


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
        if b is None and isinstance(a, dict) and all(x == 0 or x != x for x in a.get("data", [1])):
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


def only_at_nan(result, rows):
    """Whether values differ only in elements that are NaN or infinite on one side."""
    for a, b in zip([v for row in result["prints"] for v in row], [v for row in rows for v in row]):
        if compare.difference(a, b) is None:
            continue
        if not (isinstance(a, dict) and isinstance(b, dict)) or any(a.get(k) != b.get(k) for k in ("dtype", "shape", "grad")):
            return False
        for x, y in zip(a["data"], b["data"]):
            if y != "?" and math.isfinite(x) and math.isfinite(y) and not compare.close(
                    x, y, b.get("tol", 0.0), compare.UNITS.get(b["dtype"], 0.0)):
                return False
    return True


def integers_only(result, rows):
    """Whether all values that differ are of integers or bools."""
    return all(compare.difference(a, b) is None or "float" not in b["dtype"]
               for a, b in zip([v for row in result["prints"] for v in row], [v for row in rows for v in row]))


def all_nan(result, rows):
    """Whether all elements that differ are NaN here."""
    for a, b in zip([v for row in result["prints"] for v in row], [v for row in rows for v in row]):
        if compare.difference(a, b) is None:
            continue
        if not (isinstance(a, dict) and isinstance(b, dict)) or any(a.get(k) != b.get(k) for k in ("dtype", "shape", "grad")):
            return False
        if any(x == x and compare.difference({**a, "data": [x]}, {**b, "data": [y]}) for x, y in zip(a["data"], b["data"])):
            return False
    return True


def within_body(nodes, messages):
    """Whether what a refusal points at lies in a branch or a loop: gradc follows all paths at once."""
    text = batch.graph_text(nodes)
    spans = []
    for n in every_node(nodes):
        if n["op"] in ("if", "repeat", "while"):
            part = json.dumps(n, separators=(",", ":"))
            start = text.index(part)
            spans.append((start, start + len(part)))
    columns = [int(place.split(":")[1]) - 1 for place, _ in messages if ":" in place]
    return any(start < c < end for c in columns for start, end in spans)


BOOLS = re.compile("(with|on) (a|two) bool tensors? is not supported|expected dtype bool for `end`")


def torch_domain(detail):
    import torch_program
    return torch_program.DOMAIN.search(detail)


def excuse_refusal(nodes, messages, kind, detail, oracle):
    message = messages[0][1]
    if found := limit(nodes, message):
        return "limit: " + found
    refused = compare.kind_of(message)
    if kind is not None and oracle.refused_later(nodes, refused):
        return "another error of the program"
    if kind in ("shape of output", "result type") and re.search("is not supported for tensors of|not implemented for", message):
        return "another error of the statement"
    if refused == "other" and oracle.says_on_some_path(nodes, message[:40]):
        return "another error of the program"
    if kind == "other" and BOOLS.search(detail):
        return "more: PyTorch's own derivative does not take bools"
    if refused == "no history" and any(n.get("create_graph") for n in every_node(nodes)):
        return "constant: a gradient whose derivative is zero has no history"
    if refused == "modified" and kind == "view":
        return "part: PyTorch refuses a saved part of a list as a view"
    if kind == "other" and "Autograd not support dtype" in detail:
        return "more: PyTorch gives integers a history"
    if kind == "other" and "while goes on past max_trips" in detail:
        return "order: an error of the build comes before one of the run"
    if kind == "other" and NO_DERIVATIVE.match(detail):
        return "more: PyTorch has no derivative"
    if kind == "result type" and any(n.get("create_graph") for n in every_node(nodes)):
        return "more: PyTorch's own derivative does not take integers"
    if kind == "no history" and widened(nodes):
        return "widened: requires grad on another path"
    if kind == "unused" and refused in ("freed", "modified"):
        return "unused: nothing of the graph is needed"
    if refused in ("freed", "modified") and within_body(nodes, messages):
        return f"open: {refused} in a body"
    if any(n.get("count") == 0 or n["op"] == "while" for n in every_node(nodes)) and within_body(nodes, messages[:1]):
        return "open: a body that does not run is checked"
    if refused != "other" and oracle.refused_on_some_path(nodes, refused):
        return f"open: {refused} on another path"
    return None


DTYPES = re.compile("must have the same dtype|Found dtype|same dtype, but got")
RESAMPLED = ("interpolate", "adaptive_avg_pool1d", "adaptive_avg_pool2d")
NORMS = ("norm", "cosine_similarity", "cosine_embedding_loss", "pairwise_distance", "triplet_margin_loss", "dist", "cdist", "normalize")


def spared(nodes):
    """The program with one more of its later backwards keeping the graph, for each that follows a gradient with a history."""
    later = [n for k, n in enumerate(nodes) if n["op"] in ("backward", "grad") and any(m.get("create_graph") for m in every_node(nodes[:k]))]
    for chosen in later:
        yield [dict(n, retain_graph=True) if n is chosen else n for n in nodes]


def reason(nodes, result, rows, kind, detail, oracle, gradc):
    verdict, text = compare.judge(result, rows, kind)
    if verdict in ("refused", "kind"):
        if compare.kind_of(result["messages"][0][1]) == "freed" and any(
                compare.judge(gradc.run(trial), rows, kind)[0] == "same" for trial in spared(nodes)):
            return "second: a backward through a gradient visits the steps of an op"
        return excuse_refusal(nodes, result["messages"], kind, detail, oracle)
    if verdict == "accepted" and kind == "no history" and widened(nodes):
        return "widened: requires grad on another path"
    if verdict == "accepted" and kind == "unused" and any(n["op"] in SAME for n in every_node(nodes)):
        return "same: an op that changes nothing is its operand"
    if verdict == "accepted" and kind == "overlap" and "some elements of the input tensor and the written-to" in detail:
        return "overlap: what a write reads and writes in part"
    if verdict == "accepted" and kind == "result type" and oracle.saver(nodes)[0]:
        return "more: PyTorch's own derivative does not take integers"
    if verdict == "accepted" and kind in ("modified", "freed") and oracle.saver(nodes)[1]:
        return "second: what the derivative of a derivative saves"
    if verdict == "accepted" and torch_domain(detail):
        return "values: PyTorch refuses them while it runs"
    if verdict == "accepted" and kind == "freed" and any(w.endswith("_") for w in words(nodes)):
        return "view: a write through a view saves nothing"
    if verdict == "accepted" and NO_DERIVATIVE.match(detail):
        return "more: PyTorch has no derivative"
    if verdict == "accepted" and BOOLS.search(detail):
        return "more: PyTorch's own derivative does not take bools"
    if verdict in ("accepted", "kind") and "Autograd not support dtype" in detail:
        return "more: PyTorch gives integers a history"
    if verdict == "accepted" and kind == "other" and DTYPES.search(detail) and oracle.saver(nodes)[0]:
        return "more: PyTorch's own derivative does not take different dtypes"
    if verdict == "value" and widened(nodes) and all_nan(result, rows):
        return "widened: zero times an infinite derivative on another path"
    if verdict == "accepted" and kind == "leaf" and {"grad", "requires_grad_"} <= set(words(nodes)):
        return "constant: a gradient whose derivative is zero has no history"
    if verdict == "value" and "scaled_dot_product_attention" in words(nodes) and only_at_nan(result, rows):
        return "nan: a masked score hides NaN"
    if verdict == "value" and "polygamma" in words(nodes) and only_at_nan(result, rows):
        return "nan: trigamma of huge numbers"
    if verdict == "value" and set(RESAMPLED) & set(words(nodes)) and only_at_nan(result, rows):
        return "nan: a weight of zero times what is not finite"
    if verdict == "value" and "nextafter" in words(nodes) and only_at_nan(result, rows):
        return "nan: the gradient of nextafter at infinity"
    if verdict == "value" and any(n.get("create_graph") for n in every_node(nodes)) and set(NORMS) & set(words(nodes)) and only_at_nan(result, rows):
        return "nan: the second derivative of a norm at zero"
    if verdict == "value" and widened(nodes) and zero_for_none(result, rows):
        return "widened: a gradient of zero on another path"
    if verdict == "value" and {"cumprod", "prod"} & set(words(nodes)) and only_at_nan(result, rows):
        return "nan: cumprod at zeros, infinities and NaN"
    if verdict == "value" and len(result["prints"]) == len(rows) and only_grad_differs(result, rows):
        if any(n.get("create_graph") for n in every_node(nodes)):
            return "constant: a gradient whose derivative is zero has no history"
        if integers_only(result, rows):
            return "more: PyTorch gives integers a history"
        if {"no_grad", "requires_grad_"} & set(words(nodes)):
            return "view: made without history"
    return None


def excuse(nodes, result, rows, kind, detail, oracle, gradc):
    """The rule that explains why gradc and PyTorch differ; None for a bug.

    What comes of branches and loops must vanish in the program without them, straight as it went.
    """
    rule = reason(nodes, result, rows, kind, detail, oracle, gradc)
    if not set(straight.CONTROL) & set(words(nodes)) or (rule and rule.split(":")[0] not in ("widened", "open")):
        return rule
    flat = straight.straight(nodes)
    told = gradc.run(flat)
    if compare.judge(told, rows, kind)[0] == "same":
        by_value = compare.judge(result, rows, kind)[0] == "value"
        return rule or (None if by_value else "paths: the same without the paths that are not taken")
    rest = reason(flat, told, rows, kind, detail, oracle, gradc)
    return rest if rest and rest.split(":")[0] not in ("widened", "open") else None
