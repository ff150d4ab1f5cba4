# layers.py - attention and recurrent layers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import torch
import torch.nn.functional as F
from make_composites import B, INF, I, R, V, case, error


def attention(suffix, *given, check=case, **attributes):
    names = ["q", "k", "v", "mask"][:len(given)]
    g = eval(f"lambda {','.join(names)}: f({','.join(names)}, **attributes)",
             {"f": F.scaled_dot_product_attention, "attributes": attributes})
    check("attention" + suffix, g, json.dumps({"op": "scaled_dot_product_attention", "inputs": names, **attributes}), *given)


attention("", R(2, 3, 4), R(2, 5, 4), R(2, 5, 6))
attention("_heads", R(2, 2, 3, 4), R(2, 2, 3, 4), R(2, 2, 3, 4), scale=0.3)
attention("_matrices", R(3, 4), R(5, 4), R(5, 4))
attention("_causal", R(2, 4, 3), R(2, 4, 3), R(2, 4, 3), is_causal=True)
attention("_causal_wide", R(2, 3, 3), R(2, 5, 3), R(2, 5, 3), is_causal=True)
attention("_causal_tall", R(2, 5, 3), R(2, 3, 3), R(2, 3, 3), is_causal=True)
attention("_mask", R(2, 3, 4), R(2, 5, 4), R(2, 5, 4), R(3, 5))
attention("_bools", R(2, 2, 3, 4), R(2, 2, 5, 4), R(2, 2, 5, 4), B(2, 1, 3, 5))
attention("_blind", R(2, 2, 3), R(2, 2, 3), R(2, 2, 3), V([[False, False], [True, False]], torch.bool))
attention("_blind_float", R(2, 2, 3), R(2, 2, 3), R(2, 2, 3), V([[-INF, -INF], [0., -INF]]))
attention("_grouped", R(2, 4, 3, 4), R(2, 2, 5, 4), R(2, 2, 5, 4), enable_gqa=True)
attention("_grouped_causal", R(4, 3, 4), R(2, 3, 4), R(2, 3, 4), enable_gqa=True, is_causal=True)
attention("_grouped_mask", R(2, 4, 3, 4), R(2, 2, 5, 4), R(2, 2, 5, 4), B(3, 5), enable_gqa=True)
attention("_multi_query", R(2, 4, 3, 4), R(2, 1, 5, 4), R(2, 1, 5, 4), enable_gqa=True)
attention("_wrong_keys", R(2, 3, 4), R(2, 5, 6), R(2, 5, 6), check=error)
attention("_wrong_rank", R(4), R(5, 4), R(5, 4), check=error)
attention("_wrong_mask", R(2, 3, 4), R(2, 5, 4), R(2, 5, 4), R(3, 5), check=error, is_causal=True)
attention("_wrong_group", R(2, 3, 3, 4), R(2, 2, 5, 4), R(2, 2, 5, 4), check=error, enable_gqa=True)
attention("_wrong_mask_dtype", R(2, 3, 4), R(2, 5, 4), R(2, 5, 4), I(2, 3, 5), check=error)


def recurrent(op, suffix, x, states=True, check=case, **attributes):
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}.get(op, torch.nn.RNN)
    options = dict(attributes, nonlinearity=op[4:]) if op.startswith("rnn") else attributes
    module = kind(x.shape[-1], 3, **options).double()
    names = [n for n, _ in module.named_parameters()]
    weights = [R(*p.shape, scale=0.5) for p in module.parameters()]
    count = attributes.get("num_layers", 1) * (2 if attributes.get("bidirectional") else 1)
    batch = [] if x.dim() == 2 else [x.shape[0 if attributes.get("batch_first") else 1]]
    given = [R(count, *batch, 3) for _ in range(2 if op == "lstm" else 1)] if states else []
    inputs = ["x"] + (["h", "c"][:len(given)] if states else [None] * (2 if op == "lstm" else 1)) + names
    params = ["x", *["h", "c"][:len(given)], *names]

    def f(*tensors):
        x, rest = tensors[0], tensors[1:]
        hx, rest = (rest[:len(given)], rest[len(given):]) if states else (None, rest)
        hx = hx if hx is None or op == "lstm" else hx[0]
        y, last = torch.func.functional_call(module, dict(zip(names, rest)), (x, hx))
        return (y, *last) if op == "lstm" else (y, last)
    g = eval(f"lambda {','.join(params)}: f({','.join(params)})", {"f": f})
    check(op + suffix, g, json.dumps({"op": op, "inputs": inputs, **attributes}), x, *given, *weights)


for op in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
    recurrent(op, "", R(3, 2, 3))
    recurrent(op, "_both", R(2, 2, 2), states=False, num_layers=2, bidirectional=True)
    recurrent(op, "_batch_first", R(2, 2, 2), batch_first=True, bias=False, num_layers=2)
    recurrent(op, "_unbatched", R(2, 2), bidirectional=True)
recurrent("lstm", "_one_step", R(1, 2, 3))


def cell(op, x, *states, bias=True, suffix=""):
    hidden, gates = states[0].shape[-1], {"l": 4, "g": 3, "r": 1}[op[0]]
    weights = [R(gates * hidden, x.shape[-1]), R(gates * hidden, hidden)]
    weights += [R(gates * hidden), R(gates * hidden)] if bias else []
    names = ["x", *"hc"[:len(states)], *["w", "u", "a", "b"][:len(weights)]]
    function = getattr(torch, op.replace("_cell", "") + "_cell")
    arguments = f"x, {'(h, c)' if len(states) == 2 else 'h'}, {', '.join(names[1 + len(states):])}"
    g = eval(f"lambda {','.join(names)}: f({arguments})", {"f": function})
    case(op + suffix, g, json.dumps({"op": op, "inputs": names}), x, *states, *weights)


cell("lstm_cell", R(2, 3), R(2, 4), R(2, 4))
cell("lstm_cell", R(2, 3), R(2, 4), R(2, 4), bias=False, suffix="_no_bias")
cell("gru_cell", R(2, 3), R(2, 4))
cell("rnn_tanh_cell", R(2, 3), R(2, 4))
cell("rnn_relu_cell", R(2, 3), R(2, 4), bias=False)

# From four steps on a layer is a loop.
for op in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
    recurrent(op, "_loop", R(5, 2, 3))
    recurrent(op, "_loop_both", R(2, 5, 2), states=False, num_layers=2, bidirectional=True, batch_first=True)
    recurrent(op, "_loop_unbatched", R(4, 2), bias=False)
