# norms.py - normalisation layers, with running statistics.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import torch
import torch.nn.functional as F
from make_composites import I, R, U, V, case, error


def norm(name, *given, check=case, suffix="", rest=(), **attributes):
    f = getattr(F, name)
    text = {"op": name, "inputs": [n if t is not None else None for n, t in zip("abcde", [*given, *rest])], **attributes}
    names = [n for n, t in zip("abcde", [*given, *rest]) if t is not None]
    keywords = ", ".join(f"{k}={n}" for k, n, t in zip(("weight", "bias"), "bcde", rest) if t is not None)
    g = eval(f"lambda {','.join(names)}: f(a, {keywords}{', ' if keywords else ''}**attributes)",
             {"f": f, "attributes": attributes})
    check(name + suffix, g, json.dumps(text), *[t for t in [*given, *rest] if t is not None])


norm("layer_norm", R(3, 4), normalized_shape=[4])
norm("layer_norm", R(2, 3, 4), suffix="_affine", rest=(R(3, 4), R(3, 4)), normalized_shape=[3, 4], eps=0.01)
norm("layer_norm", R(2, 5), suffix="_bias", rest=(None, R(5)), normalized_shape=[5])
norm("layer_norm", V([[1., 1, 1], [1e4, 1e4 + 1, 1e4 + 2]]), suffix="_constant", normalized_shape=[3])
norm("rms_norm", R(3, 4), normalized_shape=[4], eps=1e-6)
norm("rms_norm", R(2, 3, 4), suffix="_weight", rest=(R(4),), normalized_shape=[4])
norm("group_norm", R(2, 6, 3), num_groups=3)
norm("group_norm", R(2, 4, 3, 2), suffix="_affine", rest=(R(4), R(4)), num_groups=2)
norm("local_response_norm", R(2, 5, 3), size=3, alpha=0.3, beta=0.5, k=2)
norm("local_response_norm", R(2, 5, 2, 2), suffix="_even", size=2)
norm("normalize", R(3, 4))
norm("normalize", R(3, 4), suffix="_p3", p=3.0, dim=0)
norm("normalize", V([[0., 0], [3, 4]]), suffix="_zero")


def running(name, x, training, weight=True, suffix="", stats=True, **attributes):
    flag = "training" if name == "batch_norm" else "use_input_stats"
    node = {"op": name, "name": "y0" if stats else "y", flag: training, **attributes,
            "inputs": ["x", *(["mean", "var"] if stats else [None, None]), *(["w", "b"] if weight else [])]}
    copies = [{"name": "mean", "op": "mul", "inputs": ["m", 1]}, {"name": "var", "op": "mul", "inputs": ["v", 1]}]
    results = [{"name": "y1", "op": "mul", "inputs": ["mean", 1]}, {"name": "y2", "op": "mul", "inputs": ["var", 1]}]
    c = x.shape[1]

    def f(x, w, b, m, v):
        m, v = m.detach().clone(), v.detach().clone()
        y = getattr(F, name)(x, m if stats else None, v if stats else None, *((w, b) if weight else (None, None)),
                             **{flag: training}, **attributes)
        return (y, m, v) if stats else y
    case(name + suffix, f, copies + [node] + results if stats else [node], x, R(c), R(c), R(c), U(c), nograd="mv")


running("batch_norm", R(5, 3), True)
running("batch_norm", R(2, 3, 4), True, suffix="_1d", momentum=0.3)
running("batch_norm", R(2, 3, 2, 2), True, suffix="_2d", eps=0.01)
running("batch_norm", R(2, 3, 2, 2), False, suffix="_eval")
running("batch_norm", R(4, 3), False, suffix="_eval_plain", weight=False)
running("batch_norm", R(4, 3), True, suffix="_no_stats", stats=False)
running("instance_norm", R(2, 3, 4), True)
running("instance_norm", R(2, 3, 2, 2), True, suffix="_2d", momentum=0.3)
running("instance_norm", R(2, 3, 4), False, suffix="_eval")
running("instance_norm", R(2, 3, 4), True, suffix="_no_stats", stats=False, weight=False)

norm("layer_norm", R(2, 3), check=error, suffix="_wrong", normalized_shape=[4])
norm("layer_norm", R(2, 3), check=error, suffix="_wrong_weight", rest=(R(4),), normalized_shape=[3])
norm("layer_norm", I(3, 2, 3), check=error, suffix="_wrong_dtype", normalized_shape=[3])
norm("rms_norm", R(2, 3), check=error, suffix="_wrong", normalized_shape=[4])
norm("group_norm", R(2, 3), check=error, suffix="_wrong", num_groups=2)
norm("group_norm", R(2), check=error, suffix="_wrong_rank", num_groups=2)
norm("local_response_norm", R(2, 3), check=error, suffix="_wrong", size=2)
norm("normalize", R(2, 3), check=error, suffix="_wrong", dim=3)
error("batch_norm_wrong", lambda x, m, v: F.batch_norm(x, m, v),
      '{"op": "batch_norm", "inputs": ["x", "m", "v"]}', R(2, 3), R(4), R(4))
error("batch_norm_none", lambda x: F.batch_norm(x, None, None), '{"op": "batch_norm", "inputs": ["x"]}', R(2, 3))
error("batch_norm_one", lambda x, m, v: F.batch_norm(x, m, v, training=True),
      '{"op": "batch_norm", "inputs": ["x", "m", "v"], "training": true}', R(1, 3), R(3), R(3))
