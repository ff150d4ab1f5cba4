# losses.py - losses, distances and cosines.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import warnings
import torch
import torch.nn.functional as F
from make_composites import B, I, INF, NAN, R, SPECIAL, U, V, case, error, pairs

warnings.simplefilter("ignore")
NAMES = {"binary_cross_entropy_with_logits": ["weight", "pos_weight"], "cross_entropy": ["weight"], "nll_loss": ["weight"],
         "binary_cross_entropy": ["weight"], "multilabel_soft_margin_loss": ["weight"]}


def loss(name, *given, check=case, suffix="", rest=(), nograd=(), options={}, **attributes):
    """`rest`: optional inputs after the first two, None where there is none."""
    f = getattr(torch, name, None) if name in ("cdist",) else getattr(F, name)
    names = "abcdefg"[:len(given)]
    optional = [n for n, t in zip(NAMES.get(name, []), rest) if t is not None]
    keywords = "".join(f", {n}={n}" for n in optional)
    g = eval(f"lambda {','.join([*names, *optional])}: f({','.join(names)}{keywords}, **attributes)",
             {"f": f, "attributes": attributes})
    inputs = list(names) + [n if t is not None else None for n, t in zip(NAMES.get(name, []), rest)]
    text = {"op": name, "inputs": inputs,
            **{k: str(v) if v == INF else v for k, v in attributes.items()}}
    check(name + suffix, g, json.dumps(text), *given, *[t for t in rest if t is not None],
          **({"nograd": (*nograd, *optional)} if check is case else {}), **options)


def reductions(name, *given, suffix="", **more):
    for reduction in ("none", "mean", "sum"):
        loss(name, *given, suffix=f"{suffix}_{reduction}", reduction=reduction, **more)


# Over classes.
reductions("cross_entropy", R(4, 5), I(5, 4))
reductions("cross_entropy", R(4, 5), V([1, 3, -100, 0], torch.int64), suffix="_ignored", rest=(U(5),))
reductions("cross_entropy", R(4, 5), V([1, 3, 2, 0], torch.int64), suffix="_ignore2", ignore_index=2, label_smoothing=0.1)
reductions("cross_entropy", R(4, 5), V([1, 3, -100, 0], torch.int64), suffix="_smooth", rest=(U(5),), label_smoothing=0.2)
reductions("cross_entropy", R(2, 3, 4), I(3, 2, 4), suffix="_3d", rest=(U(3),))
reductions("cross_entropy", R(2, 3, 2, 2), I(3, 2, 2, 2), suffix="_4d", label_smoothing=0.1)
reductions("cross_entropy", R(5), V(3, torch.int64), suffix="_vector")
reductions("cross_entropy", R(4, 5), R(4, 5).softmax(1), suffix="_probabilities", rest=(U(5),), label_smoothing=0.1)
reductions("cross_entropy", R(2, 3, 4), R(2, 3, 4).softmax(1), suffix="_probabilities_3d")
loss("cross_entropy", V([[1000., 0, -1000], [0, 0, 0], [-INF, 0, 0]]), V([0, 1, 1], torch.int64), suffix="_large")
loss("cross_entropy", V([[NAN, 0, 1], [INF, 0, 1]]), V([1, 1], torch.int64), suffix="_special", reduction="none")
loss("cross_entropy", R(2, 3), V([-100, -100], torch.int64), suffix="_all_ignored")
reductions("nll_loss", R(4, 5), V([1, 3, -100, 0], torch.int64), rest=(U(5),))
reductions("nll_loss", R(2, 3, 4), I(3, 2, 4), suffix="_3d")
loss("nll_loss", V([[-INF, 0, NAN]]), V([1], torch.int64), suffix="_special")

# Elementwise.
for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
    reductions(name, R(3, 4), R(3, 4))
    loss(name, *pairs(), suffix="_special", reduction="none")
loss("mse_loss", R(3, 4), I(5, 3, 4), suffix="_integer")
loss("mse_loss", R(3, 4), R(4), suffix="_broadcast")
loss("smooth_l1_loss", R(3, 4), R(3, 4), suffix="_beta", beta=0.3)
loss("smooth_l1_loss", R(3, 4), R(3, 4), suffix="_beta0", beta=0.0)
loss("huber_loss", R(3, 4), R(3, 4), suffix="_delta", delta=0.3)
reductions("binary_cross_entropy", U(3, 4), U(3, 4))
loss("binary_cross_entropy", V([0., 1, 0, 1, 1e-7, 0.5]), V([0., 1, 1, 0, 1, 0]), suffix="_edges", reduction="none", nograd="b")
loss("binary_cross_entropy", U(3, 4), U(3, 4), suffix="_weight", rest=(U(4),))
reductions("binary_cross_entropy_with_logits", R(3, 4), U(3, 4))
loss("binary_cross_entropy_with_logits", R(3, 4), U(3, 4), suffix="_pos", rest=(None, U(4)))
loss("binary_cross_entropy_with_logits", R(3, 4), U(3, 4), suffix="_both", rest=(U(3, 4), U(4)))
loss("binary_cross_entropy_with_logits", V([0., 30, -30, 300, -300]), V([0., 0, 1, 1, 0]), suffix="_large", reduction="none")
for reduction in ("none", "mean", "sum", "batchmean"):
    loss("kl_div", R(3, 4), U(3, 4), suffix="_" + reduction, reduction=reduction)
    loss("kl_div", R(3, 4), -U(3, 4), suffix="_log_" + reduction, reduction=reduction, log_target=True)
loss("kl_div", R(3), V([0., 0.5, 0]), suffix="_zero", reduction="none", nograd="b")
reductions("poisson_nll_loss", R(3, 4), I(5, 3, 4).double())
loss("poisson_nll_loss", U(3, 4), I(5, 3, 4).double(), suffix="_rate", log_input=False, eps=0.01)
loss("poisson_nll_loss", R(3, 4), I(5, 3, 4).double(), suffix="_full", full=True)
reductions("gaussian_nll_loss", R(3, 4), R(3, 4), U(3, 4))
loss("gaussian_nll_loss", R(3, 4), R(3, 4), U(3), suffix="_row", full=True)
loss("gaussian_nll_loss", R(3, 4), R(3, 4), U(3, 1), suffix="_column", eps=0.5)

# Margins.
signs = lambda *s: I(2, *s).double() * 2 - 1
reductions("hinge_embedding_loss", R(3, 4), signs(3, 4), margin=0.5)
loss("hinge_embedding_loss", V([1., 1, 0.5, 2]), V([1., -1, -1, -1]), suffix="_edge", reduction="none")
reductions("soft_margin_loss", R(3, 4), signs(3, 4), nograd="b")
reductions("margin_ranking_loss", R(5), R(5), signs(5), margin=0.3)
loss("margin_ranking_loss", V([1., 1]), V([1., 1]), V([1., -1]), suffix="_edge", reduction="none")
reductions("cosine_embedding_loss", R(5, 3), R(5, 3), signs(5), nograd="c", margin=-0.2)
loss("cosine_embedding_loss", R(3), R(3), V(1.0), suffix="_vector", nograd="c")
reductions("triplet_margin_loss", R(4, 3), R(4, 3), R(4, 3))
loss("triplet_margin_loss", R(4, 3), R(4, 3), R(4, 3), suffix="_swap", swap=True, p=3, margin=0.5)
reductions("multilabel_soft_margin_loss", R(3, 4), I(2, 3, 4).double(), rest=(U(4),))

# Distances.
loss("cosine_similarity", R(3, 4), R(3, 4))
loss("cosine_similarity", R(3, 4, 2), R(4, 1), suffix="_dim", dim=-2)
loss("cosine_similarity", V([[0., 0], [1, 0], [1e-9, 0]]), V([[1., 2], [0, 0], [3, 0]]), suffix="_zero")
loss("pairwise_distance", R(3, 4), R(3, 4))
loss("pairwise_distance", R(3, 4), R(4), suffix="_p1", p=1.0, keepdim=True)
loss("pairwise_distance", R(3, 4), R(3, 4), suffix="_p3", p=3.0)
loss("pairwise_distance", R(3, 4), R(3, 4), suffix="_inf", p=INF)
loss("pairwise_distance", V([[1., 2], [0, 0]]), V([[1., 2], [3, 0]]), suffix="_zero", eps=0.0)
for p in (0.0, 0.5, 1.0, 2.0, 3.0, INF):
    loss("cdist", R(2, 4, 3), R(5, 3), suffix=f"_{p}", p=p, nograd="" if p else "ab")
loss("cdist", V([[1., 2], [0, 0]]), V([[1., 2], [3, 0]]), suffix="_zero")

# What PyTorch refuses.
wrong = [("mse_loss", R(2, 3), R(4, 3)), ("cross_entropy", R(2, 3), I(3, 3)), ("cross_entropy", R(2, 3, 4), I(3, 2, 3)),
         ("cross_entropy", R(2, 3), I(3, 2).double()), ("cross_entropy", R(2, 3), R(2, 4)), ("cross_entropy", R(2, 3), I(3, 2).int()),
         ("cross_entropy", R(2, 3, 4, 5), I(3, 2, 4, 4)), ("cross_entropy", R(2, 3), I(3, 2, 3)),
         ("nll_loss", R(2, 3), I(3, 3)), ("nll_loss", R(), I(3)), ("binary_cross_entropy", U(2, 3), U(2, 4)),
         ("binary_cross_entropy_with_logits", R(2, 3), R(2, 4)), ("kl_div", R(2, 3), I(3, 2, 3)),
         ("cosine_embedding_loss", R(3), R(3), I(2, 3)), ("margin_ranking_loss", R(2, 3), R(2, 3), I(2, 3)),
         ("triplet_margin_loss", R(2, 3), R(3), R(2, 3)), ("gaussian_nll_loss", R(2, 3), R(2, 3), U(2, 2)),
         ("cdist", R(2, 3), R(4, 2)), ("cdist", R(3), R(4, 3)), ("cosine_similarity", R(2, 3), R(4, 3))]
for i, (name, *given) in enumerate(wrong):
    loss(name, *given, check=error, suffix=f"_wrong{i}")
loss("cross_entropy", R(2, 3), I(3, 2), check=error, suffix="_wrong_weight", rest=(R(2),))
loss("mse_loss", R(2), R(2), check=error, suffix="_wrong_reduction", reduction="average")
loss("huber_loss", R(2), R(2), check=error, suffix="_wrong_delta", delta=0.0)
loss("smooth_l1_loss", R(2), R(2), check=error, suffix="_wrong_beta", beta=-1.0)

# Margins of classes: no difference at or below 0 counts, nor NaN.
T = V([1, 3, 2, 0], torch.int64)
NAMES["multi_margin_loss"] = ["weight"]
for p in (1, 2):
    reductions("multi_margin_loss", R(4, 5), T, suffix=f"_p{p}", p=p, margin=0.7)
    reductions("multi_margin_loss", R(4, 5), T, suffix=f"_weight{p}", rest=(U(5),), p=p)
    loss("multi_margin_loss", V([[NAN, 0, 1], [INF, 0, 1], [0, 1, 0.5], [1, 1, 1]]), V([1, 0, 1, 2], torch.int64), suffix=f"_special{p}",
         p=p, reduction="none")
loss("multi_margin_loss", V([[0., 1, 0.5], [0.25, 0.75, 0.5]]), V([1, 1], torch.int64), suffix="_edge", margin=0.5, reduction="none")
loss("multi_margin_loss", R(5), V(3, torch.int64), suffix="_vector", reduction="none")
loss("multi_margin_loss", R(5), V([3], torch.int64), suffix="_row", reduction="none")
loss("multi_margin_loss", R(), V(0, torch.int64), suffix="_scalar")
LISTS = V([[3, 0, -1, 1], [0, 1, 2, 3], [-1, 2, 0, 1], [2, 2, 1, -1], [1, -1, -1, 9 - 7]], torch.int64)
reductions("multilabel_margin_loss", R(5, 4), LISTS)
loss("multilabel_margin_loss", V([[NAN, 0, 1, 2], [INF, 0, 1, 2], [0, 1, 2, -INF], [2, 1, 1, 1], [0, 2, 1, 1]]), LISTS, suffix="_special",
     reduction="none")
loss("multilabel_margin_loss", R(4), V([2, 0, -1, 1], torch.int64), suffix="_vector")
loss("multilabel_margin_loss", R(), V(0, torch.int64), suffix="_scalar")
wrong = [("multi_margin_loss", R(2, 3), I(3, 3)), ("multi_margin_loss", R(2, 3), I(3, 2).int()), ("multi_margin_loss", R(1, 2, 3), I(3, 2)),
         ("multi_margin_loss", R(2, 0), I(3, 2)), ("multi_margin_loss", I(3, 2, 3), I(3, 2)),
         ("multilabel_margin_loss", R(2, 3), I(3, 3)), ("multilabel_margin_loss", R(2, 3), I(3, 2, 3).int()),
         ("multilabel_margin_loss", R(1, 2, 3), I(3, 2)), ("multilabel_margin_loss", I(3, 2, 3), I(3, 2, 3))]
for i, (name, *given) in enumerate(wrong):
    loss(name, *given, check=error, suffix=f"_wrong{i}")
loss("multi_margin_loss", R(2, 3), I(3, 2), check=error, suffix="_wrong_p", p=3)
loss("multi_margin_loss", R(2, 3), I(3, 2), check=error, suffix="_wrong_weight", rest=(R(2),))
