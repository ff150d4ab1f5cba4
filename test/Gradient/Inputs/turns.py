# turns.py [FORM] - prints a graph that takes the same steps many times.
#
# FORM: "loop", with repeat; "turns", one behind the other; "odd", one of them with another number;
# "seen", with a middle one's value read at the end; "last", with an inner value of the last one read.
import json
import sys

form = sys.argv[1]
TURNS = 24


def op(name, *inputs, **attributes):
    return {"op": name, "inputs": list(inputs), **attributes}


def turn(p, v, i):
    n = lambda s: f"{s}{i}"
    scale = 0.25 if form == "odd" and i == 11 else 0.5
    return [
        {"name": n("d"), **op("sub", op("roll", p, shifts=[1], dims=[0]), p)},
        {"name": n("q"), **op("sqrt", op("add", op("mul", n("d"), n("d")), 1.0))},
        {"name": n("f"), **op("div", op("mul", "k", n("d")), n("q"))},
        {"name": n("v"), **op("add", op("mul", v, scale), n("f"))},
        {"name": n("p"), **op("add", p, op("mul", n("v"), 0.125))}]


body = [{"op": "manual_seed", "value": 3},
        {"name": "k", "op": "randn", "shape": [5], "requires_grad": True},
        {"name": "p", "op": "randn", "shape": [5], "requires_grad": True},
        {"name": "v", "op": "randn", "shape": [5]}]
end = TURNS - 1
if form == "loop":
    body.append({"op": "repeat", "count": TURNS, "carry": {"pc": "p", "vc": "v"},
                 "yield": {"pc": "p0", "vc": "v0"}, "body": turn("pc", "vc", 0)})
    p, v = "pc", "vc"
else:
    p, v = "p", "v"
    for i in range(TURNS):
        body += turn(p, v, i)
        p, v = f"p{i}", f"v{i}"
loss = op("sum", op("mul", p, p))
if form == "seen":
    loss = op("add", loss, op("sum", "p7"))
if form == "last":
    loss = op("add", loss, op("sum", f"f{end}"))
body += [{"name": "loss", **loss}, {"op": "backward", "inputs": ["loss"]},
         {"op": "print", "inputs": ["loss", "k.grad", "p.grad", v]}]
print(json.dumps({"format": "gradc.graph", "version": 1, "main": body}))
