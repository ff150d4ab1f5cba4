#!/usr/bin/env python3
"""A program that keeps a size open, on the emulated GPU: the same bytes as on the CPU, and only those of this run are copied.

    check_sizes.py --gradc PATH --emulator FOLDER EXPORTS

EXPORTS is the folder of sizes.pt2, whose x is f32[N,4,3], group i64[N], outputs f32[], f32[N,3] and f32[6,N].
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--gradc", required=True)
    ap.add_argument("--emulator", required=True)
    ap.add_argument("exports", type=pathlib.Path)
    args = ap.parse_args()
    sys.path.insert(0, str(args.exports))
    from check_exports import read_npz, write_npz
    arrays = read_npz(args.exports / "sizes.npz")
    x, group = arrays["x"][1], arrays["group"][1]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        program, inputs = folder / "sizes", folder / "in.npz"
        subprocess.run([args.gradc, "build", args.exports / "sizes.pt2", "--grad=all", "--size", "x.0=2..70", "--device=cuda",
                        "--gpu-arch=emulator", "-o", program], check=True)
        for rows in (5, 69):
            write_npz(inputs, {"x": ((rows, 4, 3), (x + x)[:12 * rows], "<f4"), "group": ((rows,), (group + group)[:rows], "<i8")})
            written, said = [], ""
            for device in ("cpu", "cuda"):
                out = folder / f"{device}.npz"
                done = subprocess.run([program, "--device", device, "--inputs", inputs, "--outputs", out], capture_output=True, text=True,
                                      env=dict(os.environ, LD_LIBRARY_PATH=args.emulator, GRADC_EMULATOR_TRACE="2"))
                if done.returncode:
                    sys.exit(f"{rows} rows on {device}: {done.stderr}")
                written.append(out.read_bytes())
                said = done.stderr
            if written[0] != written[1]:
                sys.exit(f"{rows} rows: --outputs has other bytes on the GPU than on the CPU")
            copied = {way: [int(n) for n in re.findall(rf"copies (\d+) bytes to the {way}", said)] for way in ("device", "host")}
            for way, wanted in ("device", [48 * rows, 8 * rows, 8]), ("host", [4, 12 * rows, 24 * rows]):
                rest = list(copied[way])
                for bytes in wanted:
                    if bytes not in rest:
                        sys.exit(f"{rows} rows: no copy of {bytes} bytes to the {way} among {copied[way]}")
                    rest.remove(bytes)
                if sum(n > 8 for n in rest) > 1:  # the variables; single numbers steer the program
                    sys.exit(f"{rows} rows: more is copied to the {way} than has to be: {copied[way]}")
            print(f"{rows} rows: {copied['device']} bytes to the device, {copied['host']} back")


if __name__ == "__main__":
    main()
