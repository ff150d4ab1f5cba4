# arrays.py - reads and writes the files of training tests without NumPy.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import struct
import zipfile

CODES = {"<f4": "f", "<i8": "q"}
TYPES = {"F32": ("f", 4), "F64": ("d", 8), "I64": ("q", 8), "U8": ("B", 1), "BOOL": ("B", 1)}


def npy(descr, shape, values):
    text = repr({"descr": descr, "fortran_order": False, "shape": tuple(shape)}).encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + struct.pack(f"<{len(values)}{CODES[descr]}", *values)


def write_npz(path, **arrays):
    """arrays: name -> (descr, shape, flat values)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            file.writestr(name + ".npy", npy(*array))


def read_safetensors(path):
    """name -> raw bytes; the tensors are checked to be aligned and to lie one behind the other."""
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header, at, out = json.loads(data[8:8 + size]), 0, {}
    assert size % 8 == 0 and header.pop("__metadata__") == {"format": "pt"}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        assert begin == at and begin % TYPES[entry["dtype"]][1] == 0, (name, entry)
        out[name] = data[8 + size + begin:8 + size + end]
        at = end
    assert 8 + size + at == len(data)
    return out


def values(raw, dtype="F32"):
    code, size = TYPES[dtype]
    return list(struct.unpack(f"<{len(raw) // size}{code}", raw))
