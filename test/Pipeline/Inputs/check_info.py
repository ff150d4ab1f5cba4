"""check_info.py FILE: the numbers of model.json's functions, counted by hand."""
import json
import sys

info = json.load(open(sys.argv[1]))
assert info["kind"] == "model" and info["name"] == "model", info
assert [t["name"] for t in info["inputs"]] == ["x", "y"], info
names = {f["name"]: f for f in info["functions"]}
assert set(names) == {"predict", "forward", "backward", "gradient", "zero_grad", "step", "steps"}, names
# x: 48 bytes, y: 16, w: 12, b: 4, loss: 4.
assert names["predict"]["least_bytes"] == 84, names["predict"]
# 12 products and sums of the contraction, then at least add, sub, square and sum of 4 rows.
assert names["predict"]["flops"] >= 24 + 4 * 4, names["predict"]
# What backward keeps of the inputs is copied by forward; nothing else is.
assert {n: f["copies"] for n, f in names.items() if f["copies"]} == {"forward": 1}, names
assert info["peak_bytes"] == info["handle_bytes"] + 48 + 16 + 4, info
assert info["handle_bytes"] >= info["arena_bytes"] + 64 + 4 * 64, info
