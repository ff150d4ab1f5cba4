# pooling.py - pooling, adaptive pooling and interpolation.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
import torch.nn.functional as F
from attributes import one
from make_composites import INF, NAN, R, V, error

for n, shape in [(1, (2, 3, 9)), (2, (1, 2, 5, 6)), (3, (1, 1, 4, 4, 3))]:
    m, a, aa, am = (getattr(F, f"{kind}_pool{n}d") for kind in ["max", "avg", "adaptive_avg", "adaptive_max"])
    one(f"max_pool{n}d", lambda a: m(a, 2), R(*shape), kernel_size=2)
    one(f"max_pool{n}d", lambda a: m(a, 3, 2, 1, 1, False, return_indices=True), R(*shape), kernel_size=3, stride=2, padding=1,
        suffix="_indices")
    one(f"max_pool{n}d", lambda a: m(a, 2, 2, 0, 1, True), R(*shape), kernel_size=2, stride=2, ceil_mode=True, suffix="_ceil")
    one(f"avg_pool{n}d", lambda x: a(x, 2), R(*shape), kernel_size=2)
    one(f"avg_pool{n}d", lambda x: a(x, 3, 2, 1), R(*shape), kernel_size=3, stride=2, padding=1, suffix="_padding")
    one(f"avg_pool{n}d", lambda x: a(x, 3, 2, 1, True, False), R(*shape), kernel_size=3, stride=2, padding=1, ceil_mode=True,
        count_include_pad=False, suffix="_ceil")
    one(f"adaptive_avg_pool{n}d", lambda a: aa(a, 2), R(*shape), output_size=2)
    one(f"adaptive_avg_pool{n}d", lambda a: aa(a, 4), R(*shape), output_size=4, suffix="_uneven")
    one(f"adaptive_max_pool{n}d", lambda a: am(a, 2, return_indices=True), R(*shape), output_size=2)
one("max_pool1d", lambda a: F.max_pool1d(a, 2, 1, 0, 3), R(2, 8), kernel_size=2, stride=1, dilation=3, suffix="_dilated")
one("max_pool1d", lambda a: F.max_pool1d(a, 3, 1, 1, return_indices=True), V([[1.0, NAN, 2.0, 2.0, NAN], [-INF, -INF, -INF, 1.0, 1.0]]),
    kernel_size=3, stride=1, padding=1, suffix="_odd")
one("avg_pool2d", lambda a: F.avg_pool2d(a, 2, divisor_override=3), R(1, 1, 4, 4), kernel_size=2, divisor_override=3, suffix="_divisor")
one("adaptive_avg_pool2d", lambda a: F.adaptive_avg_pool2d(a, (None, 2)), R(1, 2, 3, 5), output_size=[-1, 2], suffix="_kept")

for mode in ["nearest", "nearest-exact", "linear"]:
    more = {} if "nearest" in mode else {"align_corners": False}
    one("interpolate", lambda a: F.interpolate(a, size=7, mode=mode, **more), R(2, 2, 4), size=7, mode=mode, suffix="_" + mode, **more)
    one("interpolate", lambda a: F.interpolate(a, scale_factor=0.6, mode=mode, **more), R(1, 2, 7), scale_factor=0.6, mode=mode,
        suffix="_scale_" + mode, **more)
for mode in ["bilinear", "bicubic"]:
    for align in [False, True]:
        one("interpolate", lambda a: F.interpolate(a, size=(5, 3), mode=mode, align_corners=align), R(1, 2, 3, 4), size=[5, 3], mode=mode,
            align_corners=align, suffix=f"_{mode}_{align}")
one("interpolate", lambda a: F.interpolate(a, scale_factor=2, mode="nearest"), R(1, 2, 3, 2), scale_factor=2, mode="nearest", suffix="_2d")
one("interpolate", lambda a: F.interpolate(a, size=(3, 4, 2), mode="trilinear"), R(1, 1, 2, 3, 2), size=[3, 4, 2], mode="trilinear",
    suffix="_3d")
