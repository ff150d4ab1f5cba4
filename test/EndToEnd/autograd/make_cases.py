#!/usr/bin/env python3
"""Writes cases.json: small programs on PyTorch's autograd rules, with what PyTorch prints or refuses.

Needs torch. Each program is graph JSON; `kind` is the kind of its error ("" when it runs).
"""
import json
import pathlib

import torch_run


def op(name, *inputs, **attrs):
    node = {"op": name}
    if "as_" in attrs:
        node["name"] = attrs.pop("as_")
    if inputs:
        node["inputs"] = list(inputs)
    node.update({k.rstrip("_"): v for k, v in attrs.items()})
    return node


def tensor(name, value, grad=False):
    return {"name": name, "op": "tensor", "value": value, **({"requires_grad": True} if grad else {})}


def show(*what):
    return op("print", *what)


W = tensor("w", [1.0, 2.0, -3.0], True)
V = tensor("v", [0.5, -1.0, 2.0], True)
X = tensor("x", [2.0, 3.0, 4.0])
BACK = op("backward", "y")
GRAD = show("w.grad")


def total(e, name="y"):
    return op("sum", e, as_=name)


def repeat(count, *body, **attrs):
    attrs = {k.rstrip("_"): v for k, v in attrs.items()}
    return {"op": "repeat", "count": count, "index": "step", **attrs, "body": list(body)}


def no_grad(*body):
    return {"op": "no_grad", "body": list(body)}


def when(cond, then, otherwise=()):
    return {"op": "if", "inputs": [cond], "then": list(then), "else": list(otherwise)}


CASES = {}


def case(name, *nodes):
    CASES[name] = list(nodes)


# Which backward twice is refused: a node that saved a value was freed.
for name, e in {
    "add": op("add", "w", "x"), "sub": op("sub", "w", "x"), "neg": op("neg", "w"), "mul": op("mul", "w", "x"),
    "mul_leaves": op("mul", "w", "v"), "div": op("div", "w", "x"), "exp": op("exp", "w"), "tanh": op("tanh", "w"),
    "relu": op("relu", "w"), "abs": op("abs", "w"), "sigmoid": op("sigmoid", "w"), "sin": op("sin", "w"),
    "pow": op("pow", "w", 2), "pow3": op("pow", "w", 3), "mul_number": op("mul", "w", 2.0),
    "div_number": op("div", "w", 2.0), "reshape": op("reshape", "w", shape=[3, 1]),
    "cat": op("cat", "w", "x", dim=0), "transpose": op("transpose", op("reshape", "w", shape=[1, 3]), dim0=0, dim1=1),
    "slice": op("slice", "w", dim=0, start=1, end=3), "expand": op("expand", "w", shape=[2, 3]),
    "maximum": op("maximum", "w", "x"), "where": op("where", op("gt", "w", 0.0), "w", "x"), "mean": op("mean", "w"),
    "amax": op("amax", "w", dim=[0]), "matmul": op("matmul", "w", "x"), "cast": op("cast", "w", dtype="f64"),
    "pad": op("pad", "w", pad=[1, 1]),
}.items():
    case("twice_" + name, W, V, X, total(e), BACK, op("backward", "y"), GRAD)
case("retain_then_free", W, total(op("exp", "w")), op("backward", "y", retain_graph=True), BACK, GRAD)
case("three_times", W, total(op("exp", "w")), op("backward", "y", retain_graph=True), BACK, BACK)
case("trunk_mul", W, X, op("mul", "w", "x", as_="t"), total("t", "y"), total(op("neg", "t"), "z"), BACK, op("backward", "z"), GRAD)
case("trunk_add", W, X, op("add", "w", "x", as_="t"), total("t", "y"), total(op("neg", "t"), "z"), BACK, op("backward", "z"), GRAD)
case("trunk_retained", W, X, op("mul", "w", "x", as_="t"), total("t", "y"), total(op("exp", "t"), "z"),
     op("backward", "y", retain_graph=True), op("backward", "z"), GRAD)
# Saved values modified in place.
case("modified_mul", W, X, op("mul", "w", "x", as_="t"), total(op("mul", "t", "t")), op("mul_", "t", 2.0), BACK)
case("modified_other", W, X, total(op("mul", "w", "x")), op("mul_", "x", 2.0), BACK)
case("modified_add", W, X, op("add", "w", "x", as_="t"), total(op("neg", "t")), op("mul_", "x", 2.0), BACK, GRAD)
case("modified_exp_input", W, op("add", "w", 1.0, as_="t"), total(op("exp", "t")), op("add_", "t", 1.0), BACK, GRAD)
case("modified_exp_result", W, op("exp", "w", as_="t"), total("t"), op("add_", "t", 1.0), BACK)
case("modified_relu_result", W, op("relu", "w", as_="t"), total("t"), op("add_", "t", 1.0), BACK)
case("modified_sin_input", W, op("mul", "w", 2.0, as_="t"), total(op("sin", "t")), op("add_", "t", 1.0), BACK)
case("modified_broadcast", W, {"name": "m", "op": "tensor", "value": [[2.0]]}, total(op("mul", "w", "m")), op("mul_", "m", 2.0), BACK)
case("modified_after", W, X, total(op("mul", "w", "x")), BACK, op("mul_", "x", 2.0), GRAD)
case("modified_through_detach", W, op("exp", "w", as_="t"), op("detach", "t", as_="d"), total("t"), op("mul_", "d", 2.0), BACK)
case("modified_through_view", W, op("exp", "w", as_="t"), op("slice", "t", dim=0, start=0, end=1, as_="s"), total("t"),
     no_grad(op("mul_", "s", 2.0)), BACK)
case("leaf_in_place", W, op("add_", "w", 1.0))
case("leaf_saved_then_updated", W, total(op("mul", "w", "w")), no_grad(op("sub_", "w", 1.0)), BACK)
case("leaf_unsaved_then_updated", W, total(op("neg", "w")), no_grad(op("sub_", "w", 1.0)), BACK, GRAD, show("w"))
case("leaf_updated_between", W, total(op("mul", "w", "w"), "y"), BACK, no_grad(op("sub_", "w", "w.grad")),
     total(op("mul", "w", "w"), "z"), op("backward", "z"), GRAD, show("w"))
case("in_place_history", W, op("mul", "w", 2.0, as_="t"), op("mul_", "t", "w"), total("t"), BACK, GRAD)
case("in_place_by_itself", W, op("add", "w", 1.0, as_="t"), op("mul_", "t", "t"), total("t"), BACK)
case("in_place_on_view", W, op("mul", "w", 2.0, as_="t"), op("slice", "t", dim=0, start=1, end=3, as_="s"),
     op("mul_", "s", 3.0), total("t"), BACK, GRAD, show(op("detach", "t")))
case("in_place_on_transpose", tensor("m", [[1.0, 2.0], [3.0, 4.0]], True), op("mul", "m", 2.0, as_="t"),
     op("transpose", "t", dim0=0, dim1=1, as_="s"), op("mul_", "s", "m"),
     total("t"), BACK, show("m.grad"), show(op("detach", "t")))
# requires_grad, detach, no_grad.
case("no_grad_cuts", W, no_grad(op("mul", "w", 2.0, as_="t")), show(op("requires_grad", "t")), total("t"), BACK)
case("detach_cuts", W, total(op("mul", "w", op("detach", "w"))), BACK, GRAD)
case("not_scalar", W, op("mul", "w", 2.0, as_="y"), BACK)
case("cotangent", W, X, op("mul", "w", 2.0, as_="y"), op("backward", "y", "x"), GRAD)
case("constant", X, total("x"), BACK)
case("requires_grad_query", W, X, show(op("requires_grad", "w"), op("requires_grad", "x"), op("requires_grad", op("add", "w", "x")),
                                       op("requires_grad", op("detach", "w"))))
case("requires_grad_on_history", W, op("mul", "w", 2.0, as_="t"), op("requires_grad_", "t", value=False))
case("turned_into_leaf", X, op("requires_grad_", "x"), total(op("exp", "x")), BACK, show("x.grad"))
# .grad: None, Some, accumulation, aliases.
case("none_at_first", W, GRAD)
case("unused_stays_none", W, V, total(op("exp", "w")), BACK, show("v.grad"))
case("none_read", W, op("mul", "w.grad", 2.0, as_="t"))
case("none_in_place", W, op("zero_", "w.grad"))
case("accumulates", W, total(op("mul", "w", "w"), "y"), BACK, total(op("exp", op("mul", "w", 0.0)), "z"), op("backward", "z"), GRAD)
case("zero_grad_none", W, total(op("mul", "w", "w")), BACK, op("zero_grad", "w"), GRAD)
case("zero_grad_zeros", W, total(op("mul", "w", "w")), BACK, op("zero_grad", "w", set_to_none=False), GRAD)
case("zero_grad_zeros_of_none", W, op("zero_grad", "w", set_to_none=False), GRAD)
case("alias_sees_accumulation", W, total(op("neg", "w")), BACK, {"name": "g", "op": "detach", "inputs": ["w.grad"]}, BACK, show("g"))
case("grad_in_place", W, total(op("mul", "w", "w")), BACK, op("mul_", "w.grad", 10.0), GRAD)
# Loops and branches.
case("loop_accumulates", W, repeat(3, total(op("mul", "w", "w")), BACK), GRAD)
case("loop_zeroes", W, repeat(3, total(op("mul", "w", "w")), BACK, no_grad(op("sub_", "w", op("mul", 0.1, "w.grad")), op("zero_", "w.grad"))), show("w"), GRAD)
case("loop_none_at_end", W, repeat(2, total(op("mul", "w", "w")), BACK, op("zero_grad", "w")), GRAD)
case("loop_none_at_start", W, repeat(2, op("zero_grad", "w"), total(op("mul", "w", "w")), BACK), GRAD)
case("loop_prints_maybe", W, repeat(2, GRAD, total(op("mul", "w", "w")), BACK))
case("loop_zero_trips", W, repeat(0, total(op("mul", "w", "w")), BACK), GRAD)
H = {"carry": {"h": "x"}, "yield": {"h": "n"}}
case("loop_then_backward", W, X, repeat(4, op("tanh", op("mul", "h", "w"), as_="n"), **H), total("h"), BACK, GRAD)
case("loop_carried_inside", W, X, repeat(3, op("mul", "h", "w", as_="n"), total("n"), BACK, **H), GRAD)
case("loop_carried_detached", W, X, repeat(3, op("mul", op("detach", "h"), "w", as_="n"), total("n"), BACK, **H), GRAD)
case("loop_outer_graph", W, X, op("mul", "w", "x", as_="t"), repeat(2, total("t"), BACK), GRAD)
case("loop_outer_graph_retained", W, X, op("mul", "w", "x", as_="t"), repeat(2, total("t"), op("backward", "y", retain_graph=True)), GRAD)
case("loop_outer_graph_unsaved", W, X, op("add", "w", "x", as_="t"), repeat(2, total("t"), BACK), GRAD)
SAVES = op("mul", op("mul", "x", 2.0), "w", as_="n")
case("loop_accumulates_and_saves", W, X, repeat(2, total(op("mul", "w", "w")), BACK, op("mul", op("tanh", "h"), "w", as_="n"), **H), total("h", "z"), op("backward", "z"), GRAD)
case("branch_accumulates_and_saves", W, X, when(op("gt", op("sum", "x"), 0.5), [total(op("mul", "w", "w")), BACK, SAVES], [op("mul", "w", 1.0, as_="m")])
     | {"yield": {"then": {"g": "n"}, "else": {"g": "m"}}}, total("g", "z"), op("backward", "z"), GRAD)
case("loop_of_one_turn", W, op("mul", "w", "w", as_="t"), repeat(1, total("h"), BACK, op("mul", "w", 2.0, as_="n"),
                                                                 carry={"h": "t"}, yield_={"h": "n"}), GRAD)
case("loop_of_one_turn_inside_another", W, repeat(2, op("mul", "w", "w", as_="t"), repeat(1, total("h"), BACK, op("mul", "w", 2.0, as_="n"),
                                                  carry={"h": "t"}, yield_={"h": "n"}) | {"index": "k"}), GRAD)
case("loop_nested", W, X, repeat(2, repeat(2, op("sin", op("mul", "h", "w"), as_="n"), **H) | {"index": "k", "carry": {"h": "g"}},
                                 carry={"g": "x"}, yield_={"g": "h"}), total("g"), BACK, GRAD)
case("loop_twice", W, X, repeat(4, op("tanh", op("mul", "h", "w"), as_="n"), **H), total("h"), op("backward", "y", retain_graph=True),
     BACK, GRAD)
case("loop_second_order", W, X, repeat(3, op("sin", op("mul", "h", "w"), as_="n"), **H), total("h"),
     op("grad", "y", wrt=["w"], create_graph=True, as_="a"), total(op("mul", "a", "a"), "z"), op("backward", "z"), GRAD)
case("loop_third_order", W, X, repeat(2, op("exp", op("mul", op("sin", "h"), "w"), as_="n"), **H), total("h"),
     op("grad", "y", wrt=["w"], create_graph=True, as_="a"), total("a", "s"),
     op("grad", "s", wrt=["w"], create_graph=True, as_="b"), total("b", "r"), op("grad", "r", wrt=["w"], as_="c"), show("c"))
case("branch_second_order", W, X, {"op": "if", "inputs": [op("gt", op("sum", "x"), 0.0)], "then": [op("exp", op("mul", "w", "x"), as_="a")],
                                   "else": [op("mul", "w", "x", as_="b")], "yield": {"then": {"r": "a"}, "else": {"r": "b"}}},
     total("r"), op("grad", "y", wrt=["w"], create_graph=True, as_="g"), total(op("mul", "g", "g"), "z"), op("backward", "z"), GRAD)
case("branch_taken", W, X, when(op("gt", op("sum", "x"), 0.0), [total(op("mul", "w", "x")), BACK]), GRAD)
case("branch_not_taken", W, X, when(op("lt", op("sum", "x"), 0.0), [total(op("mul", "w", "x")), BACK]), GRAD)
case("branch_value", W, X, {"op": "if", "inputs": [op("gt", op("sum", "x"), 0.0)], "then": [op("exp", "w", as_="a")],
                            "else": [op("mul", "w", "x", as_="b")], "yield": {"then": {"r": "a"}, "else": {"r": "b"}}},
     total("r"), BACK, GRAD)
case("branch_value_other", W, X, {"op": "if", "inputs": [op("lt", op("sum", "x"), 0.0)], "then": [op("exp", "w", as_="a")],
                                  "else": [op("mul", "w", "x", as_="b")], "yield": {"then": {"r": "a"}, "else": {"r": "b"}}},
     total("r"), BACK, GRAD)
case("branch_in_loop", W, X, repeat(4, {"op": "if", "inputs": [op("eq", "step", 1)], "then": [op("exp", op("mul", "h", "w"), as_="a")],
                                        "else": [op("sin", op("add", "h", "w"), as_="b")], "yield": {"then": {"r": "a"}, "else": {"r": "b"}}},
                                    carry={"h": "x"}, yield_={"h": "r"}), total("h"), BACK, GRAD)
# Functional gradients and higher orders.
case("grad_function", W, V, total(op("mul", "w", "v")), op("grad", "y", wrt=["w", "v"], names=["a", "b"]), show("a", "b"), GRAD)
case("grad_of_intermediate", W, op("exp", "w", as_="t"), total(op("mul", "t", "t")), op("grad", "y", wrt=["t"], as_="a"), show("a"))
case("grad_unused", W, V, total(op("exp", "w")), op("grad", "y", wrt=["v"], as_="a"))
case("grad_frees", W, total(op("exp", "w")), op("grad", "y", wrt=["w"], as_="a"), BACK)
case("grad_of_constant", W, X, total(op("mul", "w", "x")), op("grad", "y", wrt=["x"], as_="a"))
case("second_order", W, total(op("pow", "w", 3)), op("grad", "y", wrt=["w"], create_graph=True, as_="a"),
     total(op("mul", "a", "a"), "z"), op("backward", "z"), GRAD)
case("third_order", W, total(op("sin", "w")), op("grad", "y", wrt=["w"], create_graph=True, as_="a"), total("a", "s"),
     op("grad", "s", wrt=["w"], create_graph=True, as_="b"), total("b", "r"), op("grad", "r", wrt=["w"], as_="c"), show("c"))
case("backward_create_graph", W, total(op("pow", "w", 3)), op("backward", "y", create_graph=True),
     total(op("mul", "w.grad", "w.grad"), "z"), op("grad", "z", wrt=["w"], as_="a"), show("a"))
# Values at boundaries.
case("ties", tensor("w", [1.0, 5.0, 5.0], True), op("amax", "w", dim=[0], as_="y"), BACK, GRAD)
case("relu_at_zero", tensor("w", [0.0, -0.0, 1.0], True), total(op("relu", "w")), BACK, GRAD)
case("sqrt_at_zero", tensor("w", [0.0, 4.0], True), total(op("sqrt", "w")), BACK, GRAD)
case("diamond", W, op("exp", "w", as_="t"), total(op("add", op("mul", "t", "t"), op("neg", "t"))), BACK, GRAD)
case("broadcast", W, tensor("m", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), total(op("mul", "m", "w")), BACK, GRAD)
case("scalar_under_dims", W, op("mean", "w", dim=[0], keepdim=True, as_="a"), op("amax", "a", dim=[0], keepdim=True, as_="b"),
     op("sum", op("reshape", "b", shape=[1]), dim=[0], as_="c"), op("mul", op("reshape", "c", shape=[1]), "w", as_="d"), total("d"), BACK, GRAD)
case("empty", {"name": "w", "op": "zeros", "shape": [0, 3], "requires_grad": True}, total(op("exp", "w")), BACK, GRAD)

KINDS = {"backward through the graph a second time": "freed", "modified by an inplace": "modified",
         "leaf Variable that requires grad": "leaf", "does not require grad and does not have": "no history",
         "implicitly created only for scalar": "not scalar", "you can only change requires_grad": "not a leaf",
         "NoneType": "none", "appears to not have been used": "unused", "One of the differentiated Tensors does not": "no history"}


def main():
    table = []
    for name, nodes in CASES.items():
        graph = {"format": "gradc.graph", "version": 1, "main": nodes}
        text, error = torch_run.run(graph)
        kind = next((k for part, k in KINDS.items() if error and part in error), "" if error is None else "?" + error)
        assert not kind.startswith("?"), (name, error)
        table.append({"name": name, "kind": kind, "prints": text, "program": graph})
    path = pathlib.Path(__file__).with_name("cases.json")
    path.write_text("[\n" + ",\n".join(json.dumps(t) for t in table) + "\n]\n")
    print(len(table), "cases,", sum(bool(t["kind"]) for t in table), "of them errors")


if __name__ == "__main__":
    main()
