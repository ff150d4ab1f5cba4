#!/usr/bin/env python3
"""Writes what the runtime's tests compare with: random draws and printed tensors of PyTorch, files of NumPy.

    make_references.py        (needs torch and numpy)

rng.txt     a line an action on one generator: 'seed S' or 'KIND n [low high] : VALUES', values as hex bit patterns.
            Long results list the first and last values and a checksum (sum of all bit patterns modulo 2^64).
print.txt   a block a tensor: 'tensor DTYPE FLAGS GRAD_FN RANK EXTENTS...', the elements as hex bit patterns (repeated in a
            cycle to fill the shape), the number of lines and the text.
number.txt  'DTYPE BITS TEXT': one-element tensors and the repr of .item().
files/      arrays in every way that NumPy writes them; element i of an array is i % 7 - 2 (i % 2 for bool, i % 7 for uint8).
The tests need none of this: they read the stored files.
"""
import io
import pathlib
import random
import struct
import zipfile
import zlib

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
DTYPES = ["f32", "f64", "f16", "bf16", "i8", "i16", "i32", "i64", "u8", "bool"]
TORCH = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.int16, torch.int32, torch.int64,
         torch.uint8, torch.bool]
BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


def bits(t):
    """The elements' bit patterns as unsigned Python integers."""
    size = t.element_size()
    flat = t.detach().contiguous().reshape(-1)
    raw = (flat.to(torch.uint8) if t.dtype == torch.bool else flat.view(BITS[size])).tolist()
    return [x & (1 << 8 * size) - 1 for x in raw]


# ---- random draws ----

def draw(kind, n, low=0, high=0):
    if kind in ("randn_f32", "rand_f32"):
        return getattr(torch, kind[:-4])(n)
    if kind in ("randn_f64", "rand_f64"):
        return getattr(torch, kind[:-4])(n, dtype=torch.float64)
    return torch.randint(low, high, (n,)) if kind == "randint" else torch.randperm(n)


def write_rng():
    pick = random.Random(1)
    lines = []

    def record(kind, n, low=0, high=0):
        values = bits(draw(kind, n, low, high))
        head = f"{kind} {n} {low} {high} :"
        if n > 24:
            shown = values[:8] + values[-8:]
            lines.append(head + "".join(f" {x:x}" for x in shown) + f" sum {sum(values) & (1 << 64) - 1:x}")
        else:
            lines.append(head + "".join(f" {x:x}" for x in values))

    def seed(s):
        torch.manual_seed(s)
        lines.append(f"seed {s & (1 << 64) - 1}")

    kinds = ["randn_f32", "randn_f64", "rand_f32", "rand_f64", "randint", "randperm"]
    ranges = [(0, 2), (0, 10), (-5, 7), (0, 1 << 16), (0, (1 << 28) - 1), (0, 1 << 28), (-(1 << 31), 1 << 31),
              (0, 1 << 32), (-(1 << 62), 1 << 62), (-(1 << 63), (1 << 63) - 1), (3, 4)]
    seed(0)
    for n in (5, 20, 3):  # the cached normal outlives long draws
        record("randn_f32", n)
    record("rand_f32", 3)
    record("randint", 4, 0, 10)
    record("randperm", 7)
    record("randn_f32", 1)
    seed(0)  # and not a new seed
    record("randn_f32", 1)
    record("randn_f64", 1)
    for s in (1, 42, 2**32 - 1, 2**32, 2**64 - 1, -1, 67280421310721):
        seed(s)
        for _ in range(60):
            kind = pick.choice(kinds)
            n = pick.choice([0, 1, 1, 2, 3, 5, 7, 15, 16, 17, 24, 31, 32, 33, 48, 100, 623, 625, 1000])
            record(kind, n, *(pick.choice(ranges) if kind == "randint" else (0, 0)))
    seed(5)
    for kind in kinds:
        record(kind, 30001, *((0, 1000) if kind == "randint" else (0, 0)))
    (HERE / "rng.txt").write_text("\n".join(lines) + "\n")
    return len(lines)


# ---- printed tensors ----

def special(dtype):
    if dtype.is_floating_point:
        return torch.tensor([0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1.0, -2.5, 1e-3, 3e4], dtype=dtype)
    if dtype == torch.bool:
        return torch.tensor([True, False])
    info = torch.iinfo(dtype)
    return torch.tensor([0, 1, info.min, info.max, 100], dtype=dtype)


def values(dtype, count, style):
    """`count` elements of one flavour."""
    if dtype == torch.bool:
        return torch.randint(0, 2, (count,)).bool()
    if not dtype.is_floating_point:
        info = torch.iinfo(dtype)
        low, high = {0: (0, 10), 1: (-100, 100), 2: (info.min, info.max)}.get(style % 3)
        return torch.randint(max(low, info.min), min(high, info.max), (count,)).to(dtype)
    x = torch.randn(count, dtype=torch.float64)
    x = [x, x * 1e4, x * 1e-3, torch.round(x * 5), torch.round(x * 1e7), x.exp(), (x * 8).exp(), (x * 30).exp(), x * 1e9,
         torch.where(torch.rand(count) < 0.3, torch.zeros(count, dtype=torch.float64), x),
         torch.where(torch.rand(count) < 0.2, torch.full((count,), float("nan"), dtype=torch.float64), torch.round(x * 3)),
         torch.where(torch.rand(count) < 0.2, torch.full((count,), float("-inf"), dtype=torch.float64), x),
         torch.zeros(count, dtype=torch.float64), -torch.zeros(count, dtype=torch.float64),
         torch.full((count,), 1e-4, dtype=torch.float64), torch.full((count,), 1e8, dtype=torch.float64),
         torch.round(x * 1e3) / 1e3, x * 1e-40, x * 1e300, (torch.randint(0, 4096, (count,)) - 2048).double() / 4096,
         (2 * torch.randint(0, 50000, (count,)) + 1).double() / 32][style % 21]
    return x.to(dtype)


SHAPES = [(), (1,), (2,), (3,), (7,), (8,), (13,), (40,), (1, 1), (2, 2), (3, 5), (10, 3), (4, 17), (2, 3, 4), (1, 2, 1, 3),
          (2, 2, 2, 2), (3, 1, 9), (5, 6, 2), (0,), (0, 3), (2, 0, 3), (1000,), (1001,), (2000,), (40, 40), (6, 200), (7, 200),
          (3, 7, 100), (1200, 1), (2, 600), (9, 9, 13), (4, 5, 6, 10), (500, 2, 3), (10, 10, 10), (1, 1001), (33, 31)]


def write_print():
    torch.manual_seed(7)
    pick = random.Random(3)
    blocks = []

    def record(t, cycle, flags="-", grad_fn="-"):
        shown = t
        if flags == "r":
            shown = t.clone().requires_grad_()
        text = str(shown)
        if grad_fn != "-":  # any operation: its name is part of the block
            shown = t.clone().requires_grad_()
            shown = {"MulBackward0": lambda v: v * 1, "ViewBackward0": lambda v: v.view(v.shape),
                     "CloneBackward0": lambda v: v.clone()}[grad_fn](shown)
            text = str(shown)
        lines = text.split("\n")
        head = " ".join(["tensor", DTYPES[TORCH.index(t.dtype)], flags, grad_fn, str(t.dim())] + [str(e) for e in t.shape])
        blocks.append(head + "\n" + " ".join(f"{x:x}" for x in bits(cycle)) + f"\n{len(lines)}\n" + text)

    def fill(shape, cycle):
        n = 1
        for e in shape:
            n *= e
        return cycle.repeat(n // len(cycle) + 1)[:n].reshape(shape)

    for dtype in TORCH:
        for shape in SHAPES:
            if np.prod(shape) == 1000 and dtype not in (torch.float32, torch.int64):
                continue  # long texts: two dtypes are enough
            floats = dtype.is_floating_point
            for k in range(2 if floats else 1):
                cycle = values(dtype, pick.choice([11, 13, 17, 23]), pick.randrange(21))
                flags = "r" if floats and pick.random() < 0.15 else "-"
                grad_fn = pick.choice(["MulBackward0", "ViewBackward0", "CloneBackward0"]) \
                    if floats and flags == "-" and pick.random() < 0.2 else "-"
                record(fill(shape, cycle), cycle, flags, grad_fn)
        record(special(dtype), special(dtype))
        for x in special(dtype):
            record(x, x.reshape(1))
    for style in range(21):  # every flavour in float32 and float64, long enough to wrap
        for dtype in (torch.float32, torch.float64):
            cycle = values(dtype, 29, style)
            record(cycle, cycle)
            record(fill((3, 9), cycle), cycle, "r")
    for n in range(1, 40):  # the line-break rule of the suffix
        record(torch.ones(n), torch.ones(1), "r")
        record(torch.ones(n), torch.ones(1), "-", "ViewBackward0")
        record(torch.ones(n, dtype=torch.int32), torch.ones(1, dtype=torch.int32))
    for x in (1e-4, 0.99999999e-4, 1.0001e8, 99999999.0, 100000000.0, 1e8 + 8, 12345.5, 0.00012345, 1e-45, 3.4e38):
        for pair in ([x], [x, 1.0], [x, 1000.0], [x, x * 1000], [x, x * 1001], [-x, 0.0]):
            t = torch.tensor(pair, dtype=torch.float32)
            record(t, t)
    for x in (0.00005, 0.00015, 0.12345, 2.5, 0.5, 1.5, 0.03125, 1.00005, 9.99995, 99999.99995, 0.99995):  # ties
        t = torch.tensor([x, -x, 1.0, 0.25], dtype=torch.float64)
        record(t, t)
    (HERE / "print.txt").write_text("\n".join(blocks) + "\n")
    lines = []
    for dtype in TORCH:
        pool = torch.cat([special(dtype)] + [values(dtype, 5, style) for style in range(21)])
        if dtype.is_floating_point:
            pool = torch.cat([pool, torch.tensor([1e-5, 1e-4, 1e16, 1e15, 9999999.0, 0.1, 1 / 3, 1e22, 5e-324, 1.7976931348623157e308,
                                                  123456789.0, 16777216.0, 2.0**60, 2.0**-1022], dtype=torch.float64).to(dtype)])
        for x in pool:
            lines.append(f"{DTYPES[TORCH.index(dtype)]} {bits(x.reshape(1))[0]:x} {x.item()!r}")
    (HERE / "number.txt").write_text("\n".join(lines) + "\n")
    return len(blocks), len(lines)


# ---- files ----

NUMPY = {"f32": "<f4", "f64": "<f8", "f16": "<f2", "i8": "i1", "i16": "<i2", "i32": "<i4", "i64": "<i8", "u8": "u1", "bool": "?"}


def array(dtype, shape):
    n = int(np.prod(shape, dtype=np.int64))
    i = np.arange(n)
    x = i % 2 if dtype == "bool" else i % 7 if dtype == "u8" else i % 7 - 2
    return x.astype(NUMPY[dtype]).reshape(shape)


class Unseekable(io.RawIOBase):
    """Makes zipfile write sizes behind the data, as into a pipe."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, b):
        self.data += b
        return len(b)


def npy(a, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, a, version=version)
    return out.getvalue()


def write_files():
    folder = HERE / "files"
    folder.mkdir(exist_ok=True)
    everything = {d: array(d, (2, 3)) for d in NUMPY}
    everything |= {"scalar": array("f32", ()), "empty": array("f32", (0, 4)), "fortran": np.asfortranarray(array("f64", (3, 4, 5))),
                   "long": array("i32", (700,))}
    np.savez(folder / "all.npz", **everything)
    np.savez_compressed(folder / "packed.npz", noise=np.random.default_rng(1).integers(0, 5, 4000).astype("u1"), **everything)
    with zipfile.ZipFile(folder / "mixed.npz", "w") as z:  # deflate's other block kinds, a comment, extra fields, a folder
        z.writestr("stored", npy(array("f32", (2, 3))), zipfile.ZIP_STORED)
        z.writestr("folder/x.npy", npy(array("i64", (5,)), (2, 0)), zipfile.ZIP_DEFLATED, 1)
        z.writestr("v3.npy", npy(array("i64", (5,)), (3, 0)), zipfile.ZIP_DEFLATED, 9)
        z.comment = b"PK\x05\x06 is not the end"
    pipe = Unseekable()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("x.npy", npy(array("f32", (10, 3))))
        z.writestr("y.npy", npy(array("f32", (10, 1))), zipfile.ZIP_STORED)
    (folder / "piped.npz").write_bytes(pipe.data)
    np.save(folder / "x.npy", array("f32", (10, 3)))
    np.save(folder / "y.npy", array("f32", (10, 1)))
    np.savez(folder / "xy.npz", x=array("f32", (10, 3)), y=array("f32", (10, 1)))
    np.savez(folder / "wrong_shape.npz", x=array("f32", (3, 4)), y=array("f32", (10, 1)))
    np.savez(folder / "wrong_dtype.npz", x=array("f64", (10, 3)), y=array("f32", (10, 1)))
    np.savez(folder / "only_y.npz", y=array("f32", (10, 1)))
    np.savez(folder / "big_endian.npz", x=array("f32", (10, 3)).astype(">f4"), y=array("f32", (10, 1)))
    np.savez(folder / "complex.npz", x=array("f32", (10, 3)).astype("c8"), y=array("f32", (10, 1)))
    np.savez(folder / "strings.npz", x=np.array([["ab"] * 3] * 10), y=array("f32", (10, 1)))
    with zipfile.ZipFile(folder / "not_npy.npz", "w") as z:
        z.writestr("x.npy", "hello")
    with zipfile.ZipFile(folder / "bzip.npz", "w", zipfile.ZIP_BZIP2) as z:
        z.writestr("x.npy", npy(array("f32", (10, 3))))
    with zipfile.ZipFile(folder / "twice.npz", "w") as z:
        z.writestr("x.npy", npy(array("f32", (10, 3))))
        z.writestr("x.npy", npy(array("f32", (10, 3))))
    with zipfile.ZipFile(folder / "short.npz", "w") as z:
        z.writestr("x.npy", npy(array("f32", (10, 3)))[:-4])
    with zipfile.ZipFile(folder / "spare.npz", "w") as z:
        z.writestr("x.npy", npy(array("f32", (10, 3))) + b"\0")
    with zipfile.ZipFile(folder / "bad_bool.npz", "w") as z:
        z.writestr("flag.npy", npy(array("u8", (7,))).replace(b"|u1", b"|b1"))
    tensors = {"x": ("F32", array("f32", (10, 3))), "y": ("F32", array("f32", (10, 1))), "h": ("F16", array("f16", (2, 3))),
               "i": ("I64", array("i64", (5,))), "caf\u00e9 \"q\"": ("U8", array("u8", (3,))), "s": ("F64", array("f64", ()))}
    parts, at, data = ['"__metadata__":{"made \\"by\\"":"hand"}'], 0, b""
    for name, (dtype, a) in tensors.items():
        label = "".join(c if c not in '"\\' else "\\" + c for c in name).replace("\u00e9", "\\u00e9")
        parts.append(f'"{label}": {{"dtype":"{dtype}","shape":{list(a.shape)},"data_offsets":[{at},{at + a.nbytes}]}}')
        at += a.nbytes
        data += a.tobytes()
    header = ("{" + ", ".join(parts) + "}").encode()
    (folder / "xy.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + data)
    # Raw deflate streams for the unpacker: 'SIZE CRC' in front of each. All strategies and levels, tiny to 40 kB.
    streams = b""
    rng = np.random.default_rng(2)
    texts = [b"", b"a", b"abc" * 50, bytes(rng.integers(0, 256, 3000, dtype="u1")), bytes(rng.integers(0, 3, 9000, dtype="u1")),
             (b"gradc " * 3000), bytes((rng.standard_normal(3000) * 20).astype("i1")), bytes(np.minimum(rng.geometric(0.5, 12000), 40).astype("u1")),
             bytes(np.repeat(rng.integers(0, 256, 40, dtype="u1"), 300))]
    count = 0
    for text in texts:
        for level, strategy in ((0, 0), (1, 0), (6, 0), (9, 0), (6, zlib.Z_HUFFMAN_ONLY), (6, zlib.Z_FIXED), (6, zlib.Z_RLE)):
            packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
            packed = packer.compress(text[: len(text) // 2])
            packed += packer.flush(zlib.Z_FULL_FLUSH) if level == 9 else b""
            packed += packer.compress(text[len(text) // 2:]) + packer.flush()
            streams += struct.pack("<III", len(packed), len(text), zlib.crc32(text)) + packed
            count += 1
    (folder / "streams.bin").write_bytes(streams)
    return count


if __name__ == "__main__":
    print("rng.txt:", write_rng(), "lines; print.txt, number.txt:", write_print(), "; streams:", write_files())
