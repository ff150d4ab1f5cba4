#!/usr/bin/env python3
"""Differences from PyTorch that docs/autograd.md and docs/graph.md declare, each recognised as narrowly as can be.

excuse(...) names the rule, or returns None: then the difference is a bug.
"""
import json
import math
import re

import batch
import compare

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
MORE = "acosh|asinh|atanh|heaviside|floor_divide"


# Ops that may hand on what they were given: gradc does not tell the two values apart.
SAME = ("roll", "tile", "flip", "repeat_interleave", "pad", "rot90", "cat", "stack", "nan_to_num", "expand", "reshape", "slice", "index_select")
# Ops that save more than PyTorch's, or less.
SAVING_MORE = ("ldexp", "erfinv", "erfinv_", "triplet_margin_loss", "margin_ranking_loss", "hinge_embedding_loss", "cosine_embedding_loss")
SAVING_LESS = ("fmod", "remainder", "scatter_reduce", "index_add", "leaky_relu_", "elu_", "celu_", "selu_", "addcmul_", "addcdiv_", "clamp",
               "hardtanh", "var", "std", "var_mean", "float_power", "copysign", "adaptive_avg_pool1d", "adaptive_avg_pool2d", "nansum", "nanmean")


def op_at(nodes, place):
    """The op of the innermost node that holds a place of a message."""
    if ":" not in place:
        return None
    text, at = batch.graph_text(nodes), int(place.split(":")[1]) - 1
    depth = 0
    for start in range(min(at, len(text) - 1), -1, -1):
        depth += (text[start] == "}") - (text[start] == "{")
        if depth < 0:
            m = re.match(r'\{("name":"[^"]*",)?"op":"([^"]*)"', text[start:])
            return m and m[2]
    return None


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


def only_at_nan(result, rows, every=True):
    """Whether values differ only in elements that are NaN or infinite on one side, or (every=False) in gradients of programs that have such."""
    pairs = list(zip([v for row in result["prints"] for v in row], [v for row in rows for v in row]))
    wild = any(x != x or x in (math.inf, -math.inf) for _, b in pairs if isinstance(b, dict) for x in b.get("data", []) if x != "?")
    for a, b in pairs:
        if compare.difference(a, b) is None:
            continue
        if not (isinstance(a, dict) and isinstance(b, dict)) or any(a.get(k) != b.get(k) for k in ("dtype", "shape", "grad")):
            return False
        for x, y in zip(a["data"], b["data"]):
            if y != "?" and math.isfinite(x) and math.isfinite(y) and x != y and (every or not wild):
                return compare.close(x, y, b.get("tol", 0.0), compare.UNITS.get(b["dtype"], 0.0))
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


def excuse_refusal(nodes, messages, kind, detail, oracle):
    message = messages[0][1]
    if found := limit(nodes, message):
        return "limit: " + found
    refused = compare.kind_of(message)
    if kind is not None and oracle.refused_later(nodes, refused):
        return "another error of the program"
    savers = [op_at(nodes, place) for place, note in messages if "saved a value for backward" in note]
    if refused == "modified" and set(savers) & set(SAVING_MORE):
        return "saved: an op that saves more than PyTorch's"
    if kind in ("shape of output", "result type") and re.search("is not supported for tensors of|not implemented for", message):
        return "another error of the statement"
    if refused == "other" and oracle.says_on_some_path(nodes, message[:40]):
        return "another error of the program"
    if kind == "other" and BOOLS.search(detail):
        return "more: PyTorch's own derivative does not take bools"
    if refused == "no history" and any(n.get("create_graph") for n in every_node(nodes)):
        return "constant: a gradient whose derivative is zero has no history"
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


def excuse(nodes, result, rows, kind, detail, oracle):
    """The rule that explains why gradc and PyTorch differ; None for a bug."""
    verdict, text = compare.judge(result, rows, kind)
    if verdict in ("refused", "kind"):
        return excuse_refusal(nodes, result["messages"], kind, detail, oracle)
    if verdict == "accepted" and kind == "no history" and widened(nodes):
        return "widened: requires grad on another path"
    if verdict == "accepted" and kind == "modified":
        if re.search(r"\[torch\.(Int|Long|Bool|Short|Char|Byte)Tensor", detail):
            return "converted: an integer operand is saved as the float that it becomes"
        if set(words(nodes)) & set(SAVING_LESS) or any("rounding_mode" in n for n in every_node(nodes)):
            return "saved: an op that saves less than PyTorch's"
        if re.search(r"output 0 of A(min|max)", detail):
            return "single: an extremum of one element saves nothing"
        if any(True for n in every_node(nodes) if n["op"] in ("if", "repeat", "while") for m in words(n.get("body", []) + n.get("then", []) +
               n.get("else", [])) if m.endswith("_")):
            return "body: a value that only a body has is kept as it was"
    if verdict == "accepted" and kind == "unused" and any(n["op"] in SAME for n in every_node(nodes)):
        return "same: an op that changes nothing is its operand"
    if verdict == "accepted" and kind == "result type" and any(n.get("create_graph") for n in every_node(nodes)):
        return "more: PyTorch's own derivative does not take integers"
    if verdict == "accepted" and kind == "freed" and set(words(nodes)) & set(SAVING_LESS):
        return "saved: an op that saves less than PyTorch's"
    if verdict == "accepted" and kind == "freed" and any(w.endswith("_") for w in words(nodes)):
        return "view: a write through a view saves nothing"
    if verdict == "accepted" and re.match(r"(the )?derivative for ('inplace version of |aten::)(" + MORE + r"|\w+_backward)", detail):
        return "more: PyTorch has no derivative"
    if verdict == "accepted" and BOOLS.search(detail):
        return "more: PyTorch's own derivative does not take bools"
    if verdict == "value" and widened(nodes) and zero_for_none(result, rows):
        return "widened: a gradient of zero on another path"
    if verdict == "value" and {"cumprod", "prod"} & set(words(nodes)) and only_at_nan(result, rows):
        return "nan: cumprod at zeros, infinities and NaN"
    if verdict == "value" and "hardshrink" in words(nodes) and only_at_nan(result, rows, every=False):
        return "nan: the gradient of hardshrink at NaN is 0"
    if verdict == "value" and len(result["prints"]) == len(rows) and only_grad_differs(result, rows):
        if any(n.get("create_graph") for n in every_node(nodes)):
            return "constant: a gradient whose derivative is zero has no history"
        if {"no_grad", "requires_grad_"} & set(words(nodes)):
            return "view: made without history"
    return None
