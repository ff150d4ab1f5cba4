#!/usr/bin/env python3
"""Cuts shakespeare.txt into rows for gpt.cpp: make_data.py FOLDER writes train.npz and held_out.npz there.

A row is 65 characters (text i32[N, 65], places in the alphabet of the text); rows of the training overlap. The last tenth
of the text is held out. Needs nothing but Python.
"""
import array
import pathlib
import struct
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROW, STRIDE = 65, 32


def write(path, rows):
    header = repr({"descr": "<i4", "fortran_order": False, "shape": (len(rows), ROW)}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    data = array.array("i", [c for row in rows for c in row])
    if sys.byteorder == "big":
        data.byteswap()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("text.npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + data.tobytes())


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    text = (HERE / "shakespeare.txt").read_text(encoding="ascii")
    place = {c: i for i, c in enumerate(sorted(set(text)))}
    codes = [place[c] for c in text]
    cut = len(codes) * 9 // 10
    for name, part, stride in (("train", codes[:cut], STRIDE), ("held_out", codes[cut:], ROW)):
        rows = [part[i:i + ROW] for i in range(0, len(part) - ROW + 1, stride)]
        write(folder / f"{name}.npz", rows)
        print(f"{name}.npz: {len(rows)} rows of {len(place)} characters")


if __name__ == "__main__":
    main()
