# convolution.py - convolutions and transposed ones.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
import torch.nn.functional as F

from make_composites import I, R, case, error


def one(name, op, x, w, bias=None, **a):
    f = getattr(F, op)
    inputs = ["x", "w"] + (["b"] if bias else [])
    function = (lambda x, w, b: f(x, w, b, **a)) if bias else (lambda x, w: f(x, w, None, **a))
    given = [R(*x), R(*w)] + ([R(bias)] if bias else [])
    attributes = {k: list(v) if isinstance(v, tuple) else v for k, v in a.items()}
    case(f"{op} {name}", function, {"op": op, "inputs": inputs, **attributes}, *given, tolerance32=2e-5)


one("plain", "conv2d", (2, 3, 6, 5), (4, 3, 3, 2))
one("with bias", "conv2d", (2, 3, 6, 5), (4, 3, 3, 3), 4, padding=1)
one("strides", "conv2d", (2, 2, 8, 7), (3, 2, 3, 3), stride=2, padding=1)
one("pairs", "conv2d", (1, 2, 7, 9), (3, 2, 2, 3), 3, stride=(1, 2), padding=(0, 2), dilation=(2, 1))
one("groups", "conv2d", (2, 4, 5, 5), (6, 2, 3, 3), groups=2, padding=1)
one("depthwise", "conv2d", (2, 5, 6, 6), (5, 1, 3, 3), 5, groups=5, padding=1)
one("1x1", "conv2d", (2, 6, 4, 4), (5, 6, 1, 1))
one("1x1 with strides", "conv2d", (2, 6, 5, 5), (5, 6, 1, 1), stride=2)
one("same", "conv2d", (1, 2, 5, 6), (3, 2, 3, 4), padding="same", dilation=2)
one("valid", "conv2d", (1, 2, 5, 6), (3, 2, 3, 3), padding="valid")
one("unbatched", "conv2d", (2, 5, 5), (3, 2, 2, 2), 3)
one("no images", "conv2d", (0, 2, 5, 5), (3, 2, 2, 2), 3)
one("plain", "conv1d", (2, 3, 9), (4, 3, 3), 4, padding=2, dilation=2, stride=2)
one("unbatched", "conv1d", (3, 7), (4, 3, 3))
one("plain", "conv3d", (1, 2, 4, 5, 4), (3, 2, 2, 3, 2), 3, stride=(1, 2, 1), padding=(1, 0, 1))
one("plain", "conv_transpose2d", (2, 3, 4, 5), (3, 2, 3, 3), 2)
one("strides", "conv_transpose2d", (1, 3, 4, 4), (3, 2, 3, 3), stride=2, padding=1, output_padding=1)
one("groups", "conv_transpose2d", (1, 4, 3, 3), (4, 3, 2, 2), 6, groups=2, stride=(2, 3))
one("dilation", "conv_transpose2d", (1, 2, 4, 3), (2, 2, 3, 2), dilation=(2, 3), output_padding=(1, 2))
one("plain", "conv_transpose1d", (2, 3, 5), (3, 2, 4), stride=3, padding=1)
one("plain", "conv_transpose3d", (1, 2, 2, 3, 2), (2, 3, 2, 2, 2), 3, stride=(1, 2, 2))
case("conv1d of integers", lambda x, w: F.conv1d(x, w), {"op": "conv1d", "inputs": ["x", "w"]}, I(9, 1, 2, 5), I(9, 3, 2, 2))


def refused(name, op, x, w, b=None, **a):
    f = getattr(F, op)
    inputs = ["x", "w"] + ([] if b is None else ["b"])
    function = (lambda x, w: f(x, w, None, **a)) if b is None else (lambda x, w, b: f(x, w, b, **a))
    attributes = {k: list(v) if isinstance(v, tuple) else v for k, v in a.items()}
    error(f"{op}: {name}", function, {"op": op, "inputs": inputs, **attributes}, x, w, *([] if b is None else [b]))


x = R(2, 4, 5, 5)
refused("channels", "conv2d", x, R(3, 5, 3, 3))
refused("groups", "conv2d", x, R(3, 4, 3, 3), groups=2)
refused("no groups", "conv2d", x, R(3, 4, 3, 3), groups=0)
refused("window too large", "conv2d", x, R(3, 4, 7, 7))
refused("bias", "conv2d", x, R(3, 4, 3, 3), R(4))
refused("rank", "conv2d", R(5, 5), R(3, 4, 3, 3))
refused("rank", "conv1d", x, R(3, 4, 3))
refused("dtypes", "conv2d", x, I(3, 3, 4, 3, 3))
refused("bias dtype", "conv2d", x, R(3, 4, 3, 3), I(3, 3))
refused("stride", "conv2d", x, R(3, 4, 3, 3), stride=0)
refused("strides", "conv2d", x, R(3, 4, 3, 3), stride=(1, 2, 3))
refused("padding", "conv2d", x, R(3, 4, 3, 3), padding=-1)
refused("dilation", "conv2d", x, R(3, 4, 3, 3), dilation=0)
refused("same with strides", "conv2d", x, R(3, 4, 3, 3), padding="same", stride=2)
refused("word", "conv2d", x, R(3, 4, 3, 3), padding="full")
refused("channels", "conv_transpose2d", x, R(3, 5, 3, 3))
refused("groups", "conv_transpose2d", x, R(4, 5, 3, 3), groups=3)
refused("output padding", "conv_transpose2d", x, R(4, 5, 3, 3), output_padding=1)
refused("bias", "conv_transpose2d", x, R(4, 5, 3, 3), R(4))
