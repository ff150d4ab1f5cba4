#!/usr/bin/env python3
"""Draws programs about what one op saves for backward: one of its operands or results is written before the backward, or the
backward is taken twice."""
import generate


def names_in(operand, found):
    if isinstance(operand, str):
        found.append(operand)
    elif isinstance(operand, dict):
        for inner in operand.get("inputs", []):
            names_in(inner, found)
    return found


def attempt(g):
    r = g.r
    g.wild = g.errors = False
    nodes, env = [], []
    for i in range(3):
        node, value = g.created("w", leaf=True)
        # Some operands have no history.
        active = r.random() < 0.7
        leaf = node["name"] if active else {"op": "detach", "inputs": [node["name"]]}
        nodes += [node, {"name": f"a{i}", "op": "add", "inputs": [leaf, 0.5]}]
        env.append(generate.Value(f"a{i}", value.sample + 0.5, active))
    if r.random() < 0.3:
        node, value = g.created("x", leaf=False)
        nodes.append(node)
        env.append(value)
    call = g.write(env, 0) if r.random() < 0.25 else g.define(env, 0)
    if not call or call[0]["op"] in (*generate.NO_RULE, "detach", "to_host"):
        return None
    call = call[0]
    results = call.get("names") or [call.get("name") or call["inputs"][0]]
    operands = [name for o in call["inputs"] for name in names_in(o, []) if name.startswith("a")]
    # Integer results, as indices, have no gradient: the first has one.
    nodes += [call, {"name": "loss", "op": "sum", "inputs": [results[0]]}]
    backward = {"op": "backward", "inputs": ["loss"]}
    if r.random() < 0.25:
        return nodes + [backward, backward]
    return nodes + [{"op": "add_", "inputs": [r.choice(operands + results), 1]}, {**backward, "retain_graph": True}]


def program(table, seed):
    """The nodes of main."""
    g = generate.Generator(table, seed)
    while not (nodes := attempt(g)):
        pass
    return nodes
