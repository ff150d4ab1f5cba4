#!/usr/bin/env python3
"""Makes a failing program small: delta debugging over nodes, bodies, operands, shapes and values."""
import copy
import time

BODIES = ("body", "then", "else")


def lists_of(nodes):
    """Every list of nodes, the outermost first."""
    yield nodes
    for n in nodes:
        for key in BODIES:
            if key in n:
                yield from lists_of(n[key])


def without(nodes, fails):
    """Leaves out runs of nodes, halves first."""
    which = 0
    while which < len(list(lists_of(nodes))):
        size = len(list(lists_of(nodes))[which])
        chunk = max(size // 2, 1)
        while chunk:
            at = 0
            while at < len(list(lists_of(nodes))[which]):
                trial = copy.deepcopy(nodes)
                del list(lists_of(trial))[which][at:at + chunk]
                if fails(trial):
                    nodes = trial
                else:
                    at += chunk
            chunk //= 2
        which += 1
    return nodes


def every_node(nodes):
    for n in nodes:
        yield n
        yield from every_node([o for o in n.get("inputs", []) if isinstance(o, dict)])
        for key in BODIES:
            yield from every_node(n.get(key, []))


def flattened(value):
    return [e for v in value for e in flattened(v)] if isinstance(value, list) else [value]


def smaller_data(node):
    value = node.get("value")
    if node["op"] == "tensor" and isinstance(value, list):
        yield flattened(value)[0]
        if len(value) > 1:
            yield value[:1]
            yield value[:len(value) // 2]
            yield value[1:]
        if value and isinstance(value[0], list):
            yield value[0]
            yield [v[:1] for v in value]
            yield [v[:-1] for v in value]


SIMPLE = (1, 2, 0, -1, 0.5)


def simpler_number(x):
    """Numbers that come before `x` in SIMPLE: a strict order, so that this ends."""
    if isinstance(x, bool):
        return []
    if isinstance(x, str):
        return [1.0]
    rank = SIMPLE.index(x) if x in SIMPLE else len(SIMPLE)
    return [type(x)(c) for c in SIMPLE[:rank] if type(x)(c) == c]


def set_leaf(value, path, x):
    if not path:
        return x
    value = list(value)
    value[path[0]] = set_leaf(value[path[0]], path[1:], x)
    return value


def leaves(value, path=()):
    if isinstance(value, list):
        for i, v in enumerate(value):
            yield from leaves(v, path + (i,))
    else:
        yield path, value


def edits(node):
    """Functions that make a node simpler, one at a time."""
    for data in smaller_data(node):
        yield lambda n, d=data: n.update(value=d)
    if node["op"] == "tensor":
        for path, x in leaves(node["value"]):
            for simple in simpler_number(x):
                yield lambda n, p=path, s=simple: n.update(value=set_leaf(n["value"], p, s))
    if node["op"] in ("randn", "rand", "zeros", "ones"):
        for d, size in enumerate(node["shape"]):
            if size > 1:
                yield lambda n, d=d: n.update(shape=[1 if i == d else s for i, s in enumerate(n["shape"])])
        for d in range(len(node["shape"])):
            yield lambda n, d=d: n.update(shape=n["shape"][:d] + n["shape"][d + 1:])
    for key in ("retain_graph", "create_graph", "keepdim", "index", "set_to_none", "allow_unused", "step", "else"):
        if node.get(key):
            yield lambda n, k=key: n.pop(k)
    if node.get("count", 0) > 1:
        yield lambda n: n.update(count=n["count"] - 1)
    for i, o in enumerate(node.get("inputs", [])):
        if isinstance(o, dict):
            for part in o.get("inputs", []):
                yield lambda n, i=i, p=part: n["inputs"].__setitem__(i, p)
    for key in ("carry", "yield"):
        for name in list(node.get("carry", {})) if key == "carry" else []:
            yield lambda n, m=name: (n["carry"].pop(m), n["yield"].pop(m))
    if node["op"] == "if" and "yield" in node:
        yield lambda n: n.pop("yield")


def bypass(nodes):
    """Programs in which the users of a value use its first operand instead, or a body stands for its loop."""
    for which, body in enumerate(list(lists_of(nodes))):
        for at, n in enumerate(body):
            operands = [o for o in n.get("inputs", []) if isinstance(o, str)]
            for operand in operands if "name" in n else []:
                trial = copy.deepcopy(nodes)
                del list(lists_of(trial))[which][at]
                rename(trial, n["name"], operand)
                yield trial
            for key in BODIES:
                if key in n:
                    trial = copy.deepcopy(nodes)
                    names = {**n.get("carry", {}), **n.get("yield", {}).get(key, {})} if n["op"] != "no_grad" else {}
                    list(lists_of(trial))[which][at:at + 1] = copy.deepcopy(n[key])
                    for old, new in names.items():
                        rename(trial, old, new)
                    yield trial


def rename(part, old, new):
    for key, o in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(o, (dict, list)):
            rename(o, old, new)
        elif isinstance(o, str) and key not in ("name", "op"):
            if o == old:
                part[key] = new
            elif o == old + ".grad" and isinstance(new, str):
                part[key] = new + ".grad"


def simplified(nodes, fails):
    changed = False
    for at in range(len(list(every_node(nodes)))):
        progress = True
        while progress:
            progress = False
            nodes_now = list(every_node(nodes))
            if at >= len(nodes_now):
                break
            for k, _ in enumerate(edits(nodes_now[at])):
                trial = copy.deepcopy(nodes)
                target = list(every_node(trial))[at]
                list(edits(target))[k](target)
                if fails(trial):
                    nodes, progress, changed = trial, True, True
                    break
    return nodes, changed


def shrink(nodes, fails, seconds=10):
    """The smallest program found for which `fails` still holds, within some seconds."""
    end = time.monotonic() + seconds
    changed, holds = True, fails
    fails = lambda trial: time.monotonic() < end and holds(trial)
    while changed:
        before = copy.deepcopy(nodes)
        nodes = without(nodes, fails)
        for trial in bypass(nodes):
            if fails(trial):
                nodes = trial
                break
        nodes, _ = simplified(nodes, fails)
        changed = nodes != before
    return nodes
