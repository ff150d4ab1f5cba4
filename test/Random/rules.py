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
    "is a view of what requires_grad_ made a leaf": ("requires_grad_",),
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


def every_call(nodes):
    """With those that stand as operands of others."""
    for n in every_node(nodes):
        yield n
        yield from every_call([o for o in n.get("inputs", []) if isinstance(o, dict)])


def limit(nodes, message):
    """The documented limit that a refusal is about."""
    has = set(words(nodes))
    return next((text for text, needs in LIMITS.items() if text in message and has & set(needs)), None)


def widened(nodes):
    """Whether a branch or a turn of a loop can decide what requires grad: by what it yields or writes."""
    return "yield" in set(words(nodes)) or any(
        w.endswith("_") for n in every_node(nodes) if n["op"] in straight.CONTROL
        for key in ("body", "then", "else") for w in words(n.get(key, []))) or any(
        m.get("create_graph") for n in every_node(nodes) if n["op"] in straight.CONTROL
        for key in ("body", "then", "else") for m in every_node(n.get(key, [])) if m["op"] == "backward")


def differing(result, rows):
    """The pairs (gradc's, PyTorch's) of values that differ; None where not even their number is equal."""
    got = [v for row in result["prints"] for v in row]
    want = [v for row in rows for v in row]
    if len(got) != len(want):
        return None
    return [(a, b) for a, b in zip(got, want) if compare.difference(a, b) is not None]


def is_zero_for_none(a, b):
    """Zeros, or NaN, where PyTorch has None."""
    return b is None and isinstance(a, dict) and all(x == 0 or x != x for x in a.get("data", [1]))


def alike(a, b, *keys):
    return isinstance(a, dict) and isinstance(b, dict) and all(a.get(k) == b.get(k) for k in keys)


def only_flag(a, b):
    """The same value, but for what requires grad."""
    return isinstance(a, dict) and isinstance(b, dict) and compare.difference({**a, "grad": b.get("grad")}, b) is None


def is_at_nan(a, b):
    """All elements that differ are NaN or infinite on one side."""
    return alike(a, b, "dtype", "shape", "grad") and all(
        y == "?" or not math.isfinite(x) or not math.isfinite(y) or
        compare.close(x, y, b.get("tol", 0.0), compare.UNITS.get(b["dtype"], 0.0)) for x, y in zip(a["data"], b["data"]))


def is_near(a, b):
    """Equal to nine digits, whatever the history."""
    return alike(a, b, "dtype", "shape") and all(y == "?" or x == y or abs(x - y) <= 1e-9 * abs(y) for x, y in zip(a["data"], b["data"]))


def is_tiny(a, b):
    """All elements that differ are as small as a quotient by a square that overflows."""
    return alike(a, b, "dtype", "shape", "grad") and all(
        y == "?" or x == y or max(abs(x), abs(y)) < 1e-18 or x != x and y != y for x, y in zip(a["data"], b["data"]))


def is_nan_here(a, b):
    """All elements that differ are NaN here."""
    return alike(a, b, "dtype", "shape", "grad") and not any(
        x == x and compare.difference({**a, "data": [x]}, {**b, "data": [y]}) for x, y in zip(a["data"], b["data"]))


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


INTEGERS = re.compile("Autograd not support dtype|isDifferentiableType|implicitly created only for real scalar outputs but got torch.(bool|u?int)")
# Nodes of PyTorch that several results share, or that an op without effect has, too.
SHARED = ("VarMean", "Topk", "Median", "Kthvalue", "Sort", "Aminmax", "Max", "Min")
COMPARISONS = {"eq_", "ne_", "lt_", "le_", "gt_", "ge_"}


def in_refused_statement(nodes, messages, oracle):
    """Whether gradc refuses the very statement that PyTorch refuses, for something else that is wrong with it."""
    refused = oracle.refused_statement(nodes)
    text = batch.graph_text(nodes)
    if refused is None or refused["op"] in ("backward", "grad", *straight.CONTROL):
        return False
    part = json.dumps(refused, separators=(",", ":"))
    start = text.find(part)
    columns = [int(place.split(":")[1]) - 1 for place, _ in messages[:1] if ":" in place]
    return start >= 0 and any(start <= c < start + len(part) for c in columns)


def torch_domain(detail):
    import torch_program
    return torch_program.DOMAIN.search(detail) or "ZeroDivisionError" in detail


def excuse_refusal(nodes, messages, kind, detail, oracle):
    message = messages[0][1]
    if found := limit(nodes, message):
        return "limit: " + found
    refused = compare.kind_of(message)
    if kind is not None and oracle.refused_later(nodes, refused):
        return "another error of the program"
    if kind is not None and in_refused_statement(nodes, messages, oracle):
        return "another error of the statement"
    if refused == "overlap" and {"index_fill_", "index_fill", "index_put_", "triu_", "tril_", "nan_to_num_"} & set(words(nodes)):
        return "limit: index_fill_ and its like of an expanded tensor"
    if refused == "overlap" and "expand" in words(nodes) and PARTS & set(words(nodes)):
        return "limit: a part of an expanded tensor that shows each element once"
    if "to have the same dtype, but got" in message and any(0 in n.get("shape", []) for n in every_node(nodes)):
        return "limit: products of different dtypes, also without elements"
    if refused == "view" and "function that returns multiple views" in message and "list of a constant" in oracle.met(nodes) and any(
            n.get("create_graph") for n in every_node(nodes)):
        return "constant: a part of a gradient that needs none is not written"
    if kind in ("shape of output", "result type") and re.search("is not supported for tensors of|not implemented for", message):
        return "another error of the statement"
    if refused == "other" and oracle.says_on_some_path(nodes, message[:40]):
        return "another error of the program"
    if kind == "other" and BOOLS.search(detail):
        return "more: PyTorch's own derivative does not take bools"
    if "not implemented for 'Bool'" in message and any(0 in n.get("shape", []) for n in every_node(nodes)):
        return "limit: products of bools, also without elements"
    if refused == "no history" and any(n.get("create_graph") for n in every_node(nodes)):
        return "constant: a gradient whose derivative is zero has no history"
    if refused == "modified" and kind == "view":
        return "part: PyTorch refuses a saved part of a list as a view"
    if kind == "other" and INTEGERS.search(detail):
        return "more: PyTorch gives integers a history"
    if kind == "other" and "while goes on past max_trips" in detail:
        return "order: an error of the build comes before one of the run"
    if kind == "other" and NO_DERIVATIVE.match(detail):
        return "more: PyTorch has no derivative"
    if kind == "result type" and any(n.get("create_graph") for n in every_node(nodes)):
        return "more: PyTorch's own derivative does not take integers"
    if kind == "unused" and refused == "no history" and COMPARISONS & set(words(nodes)):
        return "more: PyTorch gives integers a history"
    if kind == "none" and refused == "view":
        return "order: what is None is known after the program is read"
    if kind == "no history" and widened(nodes):
        return "widened: requires grad on another path"
    if refused in ("freed", "modified") and (kind == "result type" or DTYPES.search(detail)) and oracle.saver(nodes)[0]:
        return "more: PyTorch's own derivative does not take different dtypes"
    if {refused, kind} == {"freed", "modified"} and oracle.saver(nodes)[1]:
        return "second: what the derivative of a derivative saves"
    if refused in ("freed", "modified", "view", "overlap") and "layout" in oracle.met(nodes):
        return "layout: PyTorch's results have the strides of their operands, and reshape copies them"
    if kind is None and refused == "no history" and "view of no_grad" in oracle.met(nodes):
        return "view: made without history"
    if refused == "no history" and {"cat", "hstack"} & set(words(nodes)) and any(
            m.startswith("empty ") for m in oracle.met(nodes)):
        return "none: an empty tensor in a list has no gradient here"
    if kind == "unused" and refused in ("freed", "modified"):
        return "unused: nothing of the graph is needed"
    if refused in ("freed", "modified") and within_body(nodes, messages):
        return f"open: {refused} in a body"
    if any(n.get("count") == 0 or n["op"] == "while" for n in every_node(nodes)) and within_body(nodes, messages[:1]):
        return "open: a body that does not run is checked"
    if refused != "other" and oracle.refused_on_some_path(nodes, refused):
        return f"open: {refused} on another path"
    return None


PARTS = {"split", "chunk", "tensor_split", "unbind", "slice", "narrow", "select", "diagonal"}
DTYPES = re.compile("must have the same dtype|Found dtype|same dtype, but got")
NORMS = ("norm", "cosine_similarity", "cosine_embedding_loss", "pairwise_distance", "triplet_margin_loss", "dist", "cdist", "normalize")


def spared(nodes):
    """The program with one more of its later backwards keeping the graph, for each that follows a gradient with a history."""
    order = list(every_node(nodes))
    later = [n for k, n in enumerate(order) if n["op"] in ("backward", "grad") and any(m.get("create_graph") for m in order[:k])]
    for chosen in later:
        yield changed(nodes, lambda n: dict(n, retain_graph=True) if n is chosen else n)


def changed(nodes, edit):
    """The program with every node, also within bodies, as `edit` has it."""
    return [{**edit(n), **{key: changed(n[key], edit) for key in ("body", "then", "else") if key in n}} for n in nodes]


def without_second(nodes, gradc):
    """What gradc says where gradients have no history."""
    plain = changed(nodes, lambda n: dict(n, create_graph=False, retain_graph=True) if n.get("create_graph") else n)
    told = gradc.run(plain)
    return compare.kind_of(told["messages"][0][1]) if told.get("messages") else None


def is_write(node, nodes):
    """Whether a node of PyTorch, as ReluBackward0, is one of the program's ops in place. CopySlices is a write through a view."""
    return node.endswith("CopySlices") or any(w.endswith("_") and node.lower().startswith(w[:-1].replace("_", "")) for w in words(nodes))


def allowed(nodes, kind, detail, oracle):
    """Why gradc takes a statement that PyTorch refuses."""
    if kind == "overlap" and "some elements of the input tensor and the written-to" in detail:
        return "overlap: what a write reads and writes in part"
    if kind == "overlap" and {"zero_", "fill_", "masked_fill_"} & set(words(nodes)) and "expand" in words(nodes):
        return "overlap: a constant written into an expanded tensor"
    if kind == "other" and INTEGERS.search(detail):
        return "more: PyTorch gives integers a history"
    if kind == "other" and re.search(r"must be Tensor, not (int|float)", detail):
        return "more: ops in place take numbers"
    if kind == "other" and "does not support 3rd+ order derivatives" in detail:
        return "more: PyTorch has no derivative"
    if kind == "other" and "ZeroTensors are immutable" in detail:
        return "more: PyTorch adds to zeros that it cannot write"
    if kind == "other" and "the base given to float_power_ has dtype" in detail:
        return "more: float_power_ rounds to the dtype that it writes"
    if kind == "modified" and COMPARISONS & set(words(nodes)):
        return "constant: nothing flows through a comparison in place"
    if kind in ("modified", "freed") and "empty " + oracle.saver(nodes)[0] in oracle.met(nodes):
        return "empty: nothing flows through a tensor without elements"
    if kind == "modified" and re.search(r"Type \[([\d, ]*, )?0[],]|Tensor \[([\d, ]*, )?0[],]", detail):
        return "empty: a tensor without elements never changes"
    if kind == "modified" and any(n.get("create_graph") for n in every_node(nodes)) and oracle.saver(nodes)[0].startswith("Ldexp"):
        return "second: what the derivative of a derivative saves"
    if kind == "modified" and oracle.saver(nodes)[0].startswith("NativeBatchNorm"):
        return "saved: the weight of batch_norm, where its input needs no gradient"
    if kind == "freed" and oracle.saver(nodes)[0].startswith(SHARED):
        return "shared: results of one op are freed apart"
    if kind == "modified" and "is output 0 of" in detail and is_write(oracle.saver(nodes)[0], nodes):
        return "view: a write through a view saves nothing"
    if kind == "modified" and any(o.endswith(".grad") for n in every_node(nodes) if n["op"] not in ("print", "no_grad")
                                  for o in n.get("inputs", []) if isinstance(o, str)):
        return "grad: a saved .grad is kept as it was"
    return None


def agrees(nodes, result, rows, kind, oracle):
    """Whether values are equal, or each difference has its rule."""
    verdict, _ = compare.judge(result, rows, kind)
    return verdict == "same" or (verdict == "value" and excuse_values(nodes, result, rows, oracle) is not None)


def visits(nodes, trial, result, oracle):
    """Whether PyTorch prints the same once a later backward keeps the graph: where a derivative is zero its own still visits the op."""
    wanted = oracle.expected(trial)
    return wanted is not None and wanted[1] is None and agrees(nodes, result, wanted[0], None, oracle)


def without_bias(nodes):
    """The program with norms whose bias has no history: PyTorch's double backward of a norm visits all of its operands."""
    def edit(n):
        if n["op"] not in ("batch_norm", "group_norm", "layer_norm", "instance_norm") or len(n["inputs"]) < 3 or n["inputs"][-1] is None:
            return n
        return dict(n, inputs=[*n["inputs"][:-1], {"op": "detach", "inputs": [n["inputs"][-1]]}])
    return changed(nodes, edit)


def reason(nodes, result, rows, kind, detail, oracle, gradc):
    verdict, text = compare.judge(result, rows, kind)
    if verdict in ("refused", "kind"):
        if compare.kind_of(result["messages"][0][1]) == "freed" and any(
                agrees(trial, gradc.run(trial), rows, kind, oracle) for trial in spared(nodes)):
            return "second: a backward through a gradient visits the steps of an op"
        if kind in (None, "freed") and compare.kind_of(result["messages"][0][1]) == "modified" and without_second(nodes, gradc) != "modified":
            return "second: what the derivative of a derivative saves"
        rule = excuse_refusal(nodes, result["messages"], kind, detail, oracle)
        return rule or (allowed(nodes, kind, detail, oracle) if verdict == "kind" else None)
    if verdict == "accepted" and kind == "no history" and widened(nodes):
        return "widened: requires grad on another path"
    if verdict == "accepted" and kind == "unused" and any(n["op"] in SAME for n in every_node(nodes)):
        return "same: an op that changes nothing is its operand"
    if verdict == "accepted" and kind == "result type" and oracle.saver(nodes)[0]:
        return "more: PyTorch's own derivative does not take integers"
    if verdict == "accepted" and kind in ("modified", "freed") and oracle.saver(nodes)[1]:
        return "second: what the derivative of a derivative saves"
    if verdict == "accepted" and kind == "freed" and any(visits(nodes, trial, result, oracle) for trial in spared(nodes)):
        return "second: a backward through a gradient visits the steps of an op"
    if verdict == "accepted" and kind == "freed" and any(n.get("create_graph") for n in every_node(nodes)) and \
            kind != oracle.kind_of_program(without_bias(nodes)):
        return "second: a backward through a gradient visits the bias of a norm"
    if verdict == "accepted" and torch_domain(detail):
        return "values: PyTorch refuses them while it runs"
    if verdict == "accepted" and kind == "freed" and is_write(oracle.saver(nodes)[0], nodes):
        return "view: a write through a view saves nothing"
    if verdict == "accepted" and NO_DERIVATIVE.match(detail):
        return "more: PyTorch has no derivative"
    if verdict == "accepted" and BOOLS.search(detail):
        return "more: PyTorch's own derivative does not take bools"
    if verdict == "accepted" and kind == "other" and DTYPES.search(detail) and oracle.saver(nodes)[0]:
        return "more: PyTorch's own derivative does not take different dtypes"
    if verdict == "accepted" and kind == "leaf" and {"grad", "requires_grad_"} <= set(words(nodes)):
        return "constant: a gradient whose derivative is zero has no history"
    if verdict == "accepted":
        return allowed(nodes, kind, detail, oracle)
    return excuse_values(nodes, result, rows, oracle)


# What the operands of some op met (torch_layers.WHAT_MEETS), and what may differ then, at NaN and infinities alone.
NAN_RULES = {
    "attention": "a masked score hides NaN", "polygamma": "trigamma of huge numbers",
    "prod": "prod and cumprod at zeros, infinities and NaN", "nansum": "what nansum leaves out, times an infinite cotangent",
    "addcdiv": "the square of addcdiv's divisor", "norms": "the variance of huge numbers", "logcumsumexp": "cotangents of logcumsumexp",
    "dist": "distances of what is not finite",
    "logaddexp": "logaddexp of infinities", "certain": "the gradient of a target whose probability is 0 or 1", "extremum": "who gets the gradient of an extremum that is NaN",
}


def value_rules(nodes, oracle):
    """(predicate on a pair, rule), the narrow ones first."""
    has, met = set(words(nodes)), oracle.met(nodes)
    second = any(n.get("create_graph") for n in every_node(nodes))
    zero_norm = any(n["op"] == "norm" and n.get("p") == 0 for n in every_call(nodes))
    if zero_norm:
        yield is_zero_for_none, "none: a norm of order 0 has no gradient in PyTorch"
    if "cat" in has or "hstack" in has:
        yield lambda a, b: a is None and isinstance(b, dict) and b["data"] == [], "none: an empty tensor in a list has no gradient here"
    if widened(nodes):
        yield is_zero_for_none, "widened: a gradient of zero on another path"
        yield lambda a, b: only_flag(a, b) and a["grad"], "widened: requires grad on another path"
    if second:
        yield (lambda a, b: a is None and isinstance(b, dict) and not any(b.get("data", [1])),
               "constant: a gradient whose derivative is zero has no history")
        yield (lambda a, b: only_flag(a, b) and not a["grad"] and not b.get("live"),
               "constant: a gradient whose derivative is zero has no history")
    yield (lambda a, b: only_flag(a, b) and not a["grad"] and ("float" not in b["dtype"] or COMPARISONS & has),
           "more: PyTorch gives integers a history")
    if second and "nextafter" in has:
        yield is_zero_for_none, "constant: a gradient whose derivative is zero has no history"
    if COMPARISONS & has:
        yield is_zero_for_none, "constant: nothing flows through a comparison in place"
    if any(w.endswith("_") for w in words(nodes)) and any(
            str(o).endswith(".grad") for n in every_node(nodes) if n["op"] != "print" for o in n.get("inputs", [])):
        yield lambda a, b: only_flag(a, b) and not a["grad"], "grad: a .grad does not show its history"
    if "close" in met:
        yield (lambda a, b: alike(a, b, "dtype", "shape", "grad") and b["dtype"] == "bool",
               "rounding: whether numbers are equal that rounding alone tells apart")
    if {"atan2", "arctan2"} & has and any(n.get("dtype") == "u8" for n in every_node(nodes)):
        yield lambda a, b: alike(a, b, "dtype", "shape", "grad"), "more: PyTorch's own derivative wraps unsigned integers"
    if second and "binary_cross_entropy" in has:
        yield is_near, "rounding: PyTorch's second derivative of binary_cross_entropy adds 1e-12 to its divisors"
    if "nextafter" in met:
        yield lambda a, b: alike(a, b, "dtype", "shape", "grad"), "nan: the gradient of nextafter at infinity"
    if "flat" in met:
        yield lambda a, b: alike(a, b, "dtype", "shape", "grad"), "rounding: a norm of equal elements is what rounding left of them"
    if any(n.get("beta") == 0 and n["op"].startswith(("add", "baddbmm")) for n in every_call(nodes)):
        yield is_at_nan, "nan: the gradient of an input that a beta of 0 leaves out"
    if any(n.get("alpha") == 0 and n["op"].startswith(("add", "baddbmm")) for n in every_call(nodes)):
        yield is_at_nan, "nan: a product times 0"
    if "norms at infinity" in met:
        yield is_at_nan, "nan: norms under an infinite cotangent"
    if "short norm" in met:
        yield is_at_nan, "nan: the derivative of a small norm of f16, whose steps overflow in PyTorch"
    if "view of no_grad" in met:
        yield lambda a, b: only_flag(a, b) and not a["grad"], "view: made without history"
    if "addcdiv" in met:
        yield is_tiny, "nan: " + NAN_RULES["addcdiv"]
    if {"addcdiv", "logcumsumexp"} <= met:
        yield lambda a, b: alike(a, b, "dtype", "shape", "grad"), "nan: logcumsumexp drops the NaN of addcdiv's squared divisor"
    for what in sorted(met & set(NAN_RULES)):
        yield is_at_nan, "nan: " + NAN_RULES[what]
    if {"interpolate", "adaptive_avg_pool1d", "adaptive_avg_pool2d"} & has:
        yield is_at_nan, "nan: a weight of zero times what is not finite"
    if second and set(NORMS) & has:
        yield is_at_nan, "nan: the second derivative of a norm at zero"
    if widened(nodes):
        yield is_nan_here, "widened: zero times an infinite derivative on another path"


def excuse_values(nodes, result, rows, oracle):
    """The rule for the first value that differs, where each has one."""
    if any(n.get("create_graph") for n in every_node(nodes)):
        rows = oracle.with_lives(nodes, rows)
    pairs = differing(result, rows)
    if not pairs:
        return None
    rules = list(value_rules(nodes, oracle))
    found = [rule_for(rules, a, b) for a, b in pairs]
    return None if None in found else found[0]


def rule_for(rules, a, b):
    """The first rule that holds; what requires grad and what the elements are may each have one."""
    if rule := next((rule for holds, rule in rules if holds(a, b)), None):
        return rule
    if not alike(a, b, "dtype", "shape") or a["grad"] == b["grad"]:
        return None
    same = {**a, "grad": b["grad"]}
    flag = next((rule for holds, rule in rules if holds({**b, "grad": a["grad"]}, b)), None)
    return flag and next((rule for holds, rule in rules if holds(same, b)), None)


def excuse(nodes, result, rows, kind, detail, oracle, gradc):
    """The rule that explains why gradc and PyTorch differ; None for a bug.

    What comes of branches and loops must vanish in the program without them, straight as it went.
    """
    rule = reason(nodes, result, rows, kind, detail, oracle, gradc)
    if not set(straight.CONTROL) & set(words(nodes)) or (rule and rule.split(":")[0] not in ("widened", "open")):
        return rule
    flat = straight.straight(nodes)
    told = gradc.run(flat)
    if compare.judge(told, rows, kind)[0] == "value" and (wider := oracle.loosened(nodes)):
        rows = wider
    if compare.judge(told, rows, kind)[0] == "same":
        by_value = compare.judge(result, rows, kind)[0] == "value"
        return rule or (None if by_value else "paths: the same without the paths that are not taken")
    rest = reason(flat, told, rows, kind, detail, oracle, gradc)
    return rest if rest and rest.split(":")[0] not in ("widened", "open") else None
