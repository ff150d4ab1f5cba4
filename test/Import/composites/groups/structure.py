# structure.py - views, movement of elements, indexing, masks.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
import torch.nn.functional as F
from attributes import one
from make_composites import B, I, R, case, error

# Views.
one("select", lambda a: a.select(1, -1), R(2, 3), dim=1, index=-1)
one("select", lambda a: a.select(0, 2), R(2, 3), dim=0, index=2, suffix="_range", check=error)
one("narrow", lambda a: a.narrow(1, 1, 2), R(2, 4), dim=1, start=1, length=2)
one("narrow", lambda a: a.narrow(0, 2, 0), R(2, 4), dim=0, start=2, length=0, suffix="_empty")
one("narrow", lambda a: a.narrow(1, 3, 2), R(2, 4), dim=1, start=3, length=2, suffix="_beyond", check=error)
one("unflatten", lambda a: a.unflatten(1, (2, -1)), R(2, 6), dim=1, sizes=[2, -1])
one("movedim", lambda a: a.movedim((0, 2), (1, 0)), R(2, 3, 4), source=[0, 2], destination=[1, 0])
one("moveaxis", lambda a: a.movedim(0, -1), R(2, 3, 4), source=0, destination=-1)
one("swapaxes", lambda a: a.swapaxes(0, -1), R(2, 3, 4), dim0=0, dim1=-1)
for n, m, offset in [(3, 3, 0), (3, 4, 1), (4, 3, -1), (2, 2, 5), (1, 1, 0), (3, 3, -3)]:
    one("diagonal", lambda a: a.diagonal(offset), R(n, m), offset=offset, suffix=f"_{n}_{m}_{offset}")
one("diagonal", lambda a: a.diagonal(0, 0, 2), R(3, 2, 3), dim1=0, dim2=2, suffix="_outer")
one("split", lambda a: a.split(2), R(5, 2), split_size=2)
one("split", lambda a: a.split([1, 3], 1), R(2, 4), split_size=[1, 3], dim=1, suffix="_sizes")
one("split", lambda a: a.split([1, 2], 1), R(2, 4), split_size=[1, 2], dim=1, suffix="_sum", check=error)
one("chunk", lambda a: a.chunk(3, 1), R(2, 7), chunks=3, dim=1)
one("tensor_split", lambda a: a.tensor_split(3), R(7, 2), indices_or_sections=3)
one("tensor_split", lambda a: a.tensor_split([1, 4], 1), R(2, 5), indices_or_sections=[1, 4], dim=1, suffix="_at")
one("unbind", lambda a: a.unbind(1), R(2, 3), dim=1)

# Movement.
one("stack", lambda a, b: torch.stack([a, b], 1), R(2, 3), R(2, 3), dim=1)
one("stack", lambda a, b: torch.stack([a, b], 0), R(2, 3), R(2, 2), dim=0, suffix="_shapes", check=error)
one("hstack", lambda a, b: torch.hstack([a, b]), R(2, 3), R(2, 1))
one("hstack", lambda a, b: torch.hstack([a, b]), R(3), R(2), suffix="_vectors")
one("vstack", lambda a, b: torch.vstack([a, b]), R(3), R(2, 3))
one("dstack", lambda a, b: torch.dstack([a, b]), R(2, 3), R(2, 3))
one("column_stack", lambda a, b: torch.column_stack([a, b]), R(3), R(3, 2))
one("flip", lambda a: a.flip(0, 2), R(2, 3, 4), dims=[0, 2])
one("fliplr", torch.fliplr, R(2, 3))
one("flipud", torch.flipud, R(3))
one("roll", lambda a: a.roll(2), R(2, 3), shifts=2)
one("roll", lambda a: a.roll((1, -2), (0, 1)), R(3, 4), shifts=[1, -2], dims=[0, 1], suffix="_dims")
one("roll", lambda a: a.roll(7, 2), R(2, 2, 3), shifts=7, dims=2, suffix="_around")
for k in [-1, 0, 1, 2, 3]:
    one("rot90", lambda a: torch.rot90(a, k), R(2, 3), k=k, suffix=f"_{k}")
for k in [-1, 0, 2]:
    one("tril", lambda a: a.tril(k), R(3, 4), diagonal=k, suffix=f"_{k}")
    one("triu", lambda a: a.triu(k), R(2, 4, 3), diagonal=k, suffix=f"_{k}")
    one("diag", lambda a: a.diag(k), R(3), diagonal=k, suffix=f"_vector_{k}")
    one("diag", lambda a: a.diag(k), R(3, 4), diagonal=k, suffix=f"_matrix_{k}")
    one("diag_embed", lambda a: torch.diag_embed(a, k), R(2, 3), offset=k, suffix=f"_{k}")
one("diag_embed", lambda a: torch.diag_embed(a, 0, 0, 2), R(2, 3), dim1=0, dim2=2, suffix="_dims")
one("triu", lambda a: a.triu(), R(3), check=error, suffix="_vector")
one("tile", lambda a: a.repeat(2, 1, 3), R(2, 3), dims=[2, 1, 3])
one("tile", lambda a: torch.tile(a, (2,)), R(2, 3), dims=[2], suffix="_short")
one("repeat_interleave", lambda a: a.repeat_interleave(3), R(2, 2), repeats=3)
one("repeat_interleave", lambda a: a.repeat_interleave(2, 1), R(2, 3), repeats=2, dim=1, suffix="_dim")
one("meshgrid", lambda a, b: torch.meshgrid(a, b, indexing="ij"), R(2), R(3))
one("meshgrid", lambda a, b: torch.meshgrid(a, b, indexing="xy"), R(2), R(3), indexing="xy", suffix="_xy")
one("unfold", lambda a: a.unfold(1, 3, 2), R(2, 7), dimension=1, size=3, step=2)
one("unfold", lambda a: a.unfold(0, 2, 1), R(4, 2), dimension=0, size=2, step=1, suffix="_first")
one("pixel_shuffle", lambda a: F.pixel_shuffle(a, 2), R(1, 8, 2, 3), upscale_factor=2)
one("pixel_unshuffle", lambda a: F.pixel_unshuffle(a, 2), R(1, 2, 4, 6), downscale_factor=2)
for mode in ["reflect", "replicate", "circular"]:
    one("pad", lambda a: F.pad(a, (2, 1), mode=mode), R(2, 4), pad=[2, 1], mode=mode, suffix="_" + mode)
    one("pad", lambda a: F.pad(a, (1, 2, 0, 1), mode=mode), R(1, 2, 3, 3), pad=[1, 2, 0, 1], mode=mode,
        suffix="_2d_" + mode)
one("pad", lambda a: F.pad(a, (1, 0, 2, 1, 1, 1), mode="replicate"), R(1, 2, 2, 3), pad=[1, 0, 2, 1, 1, 1],
    mode="replicate", suffix="_3d")
one("pad", lambda a: F.pad(a, (4, 0), mode="reflect"), R(2, 3), pad=[4, 0], mode="reflect", suffix="_wide", check=error)

# Indexing.
one("index_select", lambda a, b: a.index_select(1, b), R(2, 4), I(4, 5), dim=1)
one("gather", lambda a, b: a.gather(1, b), R(3, 4), I(4, 2, 5), dim=1)
one("gather", lambda a, b: a.gather(0, b), R(3, 4), I(3, 2, 4), dim=0, suffix="_rows")
one("gather", lambda a, b: a.gather(0, b), R(3, 2), I(2, 2, 4), dim=0, suffix="_large", check=error)
one("take_along_dim", lambda a, b: torch.take_along_dim(a, b, 1), R(2, 4), I(4, 1, 3), dim=1)
one("take", torch.take, R(2, 3), I(6, 4, low=-6))
one("embedding", lambda a, b: F.embedding(a, b), I(5, 2, 3), R(5, 4))
one("embedding", lambda a, b: F.embedding(a, b, padding_idx=1), I(3, 6), R(3, 2), padding_idx=1, suffix="_padding")
one("index", lambda a, b: a[b], R(4, 3), I(4, 2, 2, low=-4))
one("index", lambda a, b, c: a[b, c], R(4, 3, 2), I(4, 5), I(3, 5, low=-3), suffix="_two")
one("index", lambda a, b, c: a[b, c], R(4, 3), I(4, 5, 1), I(3, 2), suffix="_broadcast")
one("index", lambda a, b: a[:, b], R(2, 3, 4), I(3, 2), dims=[1], suffix="_second")
one("index", lambda a, b, c: a[b, :, c], R(3, 2, 4), I(3, 5), I(4, 5), dims=[0, 2], suffix="_apart")
one("index", lambda a, b, c: a[:, b, c], R(2, 3, 4), I(3, 5), I(4, 5), dims=[1, 2], suffix="_inner")
case("masked_fill", lambda a, b: a.masked_fill(b, 2.5), '{"op": "masked_fill", "inputs": ["a", "b", 2.5]}', R(2, 3), B(3))
case("masked_fill_inf", lambda a, b: a.masked_fill(b, -float("inf")),
     '{"op": "masked_fill", "inputs": ["a", "b", {"op": "tensor", "value": "-inf", "dtype": "f64"}]}', R(2, 3), B(2, 3),
     f64_only=True)
one("one_hot", lambda a: F.one_hot(a, 4), I(4, 2, 3), num_classes=4)
