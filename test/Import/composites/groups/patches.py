# patches.py - windows as columns and back, differences, writes under masks, means of scattered integers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import torch
import torch.nn.functional as F
from make_composites import B, I, R, V, case, error


def node(op, *inputs, **attributes):
    return json.dumps({"op": op, "inputs": list(inputs), **attributes})


for shape, options in [((2, 3, 5, 6), {"kernel_size": [2, 3]}), ((1, 2, 6, 6), {"kernel_size": 3, "stride": 2, "padding": 1}),
                       ((2, 7, 7), {"kernel_size": [3, 2], "dilation": [2, 1], "stride": [1, 3]}),
                       ((1, 1, 4, 4), {"kernel_size": 1}), ((1, 1, 3, 3), {"kernel_size": 3, "padding": [2, 0]})]:
    case(f"im2col {shape} {options}", lambda x: F.unfold(x, **options), node("im2col", "x", **options), R(*shape))
    columns = F.unfold(torch.zeros(shape), **options).shape
    case(f"col2im {shape} {options}", lambda x: F.fold(x, shape[-2:], **options),
         node("col2im", "x", output_size=list(shape[-2:]), **options), R(*columns))
error("im2col of a row", lambda x: F.unfold(x, 2), node("im2col", "x", kernel_size=2), R(3, 4), message="Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: [3, 4]")
error("col2im of other windows", lambda x: F.fold(x, (4, 4), 2), node("col2im", "x", output_size=[4, 4], kernel_size=2), R(1, 4, 8),
      message="expected input.size(2) to match the calculated number of sliding blocks 3 * 3 = 9, but got input.size(2)=8.")

case("diff", lambda x: x.diff(), node("diff", "x"), R(3, 5))
case("diff along 0, twice", lambda x: x.diff(2, 0), node("diff", "x", n=2, dim=0), R(4, 3))
case("diff beyond the end", lambda x: x.diff(4), node("diff", "x", n=4), R(2, 3))
case("diff of none", lambda x: x.diff(0), node("diff", "x", n=0), R(3))
case("diff of bools", lambda m: m.diff(), node("diff", "m"), B(6))
case("diff of integers", lambda n: n.diff(), node("diff", "n"), I(9, 5))
error("diff of a scalar", lambda x: x.diff(), node("diff", "x"), R())

case("masked_scatter", lambda x, m, s: x.masked_scatter(m, s), node("masked_scatter", "x", "m", "s"), R(3, 4), B(3, 4), R(12))
case("masked_scatter, a mask of rows", lambda x, m, s: x.masked_scatter(m, s), node("masked_scatter", "x", "m", "s"), R(3, 4),
     V([[True], [False], [True]], torch.bool), R(2, 4))
case("masked_scatter, nothing", lambda x, m, s: x.masked_scatter(m, s), node("masked_scatter", "x", "m", "s"), R(2, 2),
     V([[False, False], [False, False]], torch.bool), R(1))
error("masked_scatter of other dtypes", lambda x, m, s: x.masked_scatter(m, s), node("masked_scatter", "x", "m", "s"), R(2), B(2), I(3, 2))
error("masked_scatter by numbers", lambda x, m, s: x.masked_scatter(m, s), node("masked_scatter", "x", "m", "s"), R(2), I(2, 2), R(2))

for accumulate in (False, True):
    put = lambda x, v, m: x.index_put((m,), v, accumulate=accumulate)
    for name, shapes in [("one number", ((3, 4), (), (3, 4))), ("a slice", ((3, 4), (4,), (3,))),
                         ("one row of a slice", ((3, 4), (1, 4), (3,))), ("a number a row", ((2, 3, 2), (1,), (2, 3)))]:
        case(f"index_put at a mask, {name}, {accumulate}", put, node("index_put", "x", "v", "m", accumulate=accumulate),
             R(*shapes[0]), R(*shapes[1]), B(*shapes[2]))
error("index_put of many values at a mask", lambda x, v, m: x, node("index_put", "x", "v", "m"), R(3), R(2), B(3),
      message="index_put with a mask takes one value for all of its places: how many there are depends on data; use masked_scatter")
error("index_put at a mask of another shape", lambda x, v, m: x.index_put((m,), v), node("index_put", "x", "v", "m"), R(3, 4), R(), B(2))

for own in (True, False):
    case(f"scatter_reduce mean of integers {own}", lambda n, i, s: n.scatter_reduce(0, i, s, "mean", include_self=own),
         node("scatter_reduce", "n", "i", "s", dim=0, reduce="mean", include_self=own), I(9, 4, low=-9), I(4, 7), I(9, 7, low=-9))
