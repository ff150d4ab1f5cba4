# check_names.py - every op of graph JSON has a function or method of the trace API, or a reason to have none.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import pathlib
import re
import subprocess
import sys

# Other names of functions that there are.
ALIASES = """fix clip arcsin arccos arctan arctan2 arcsinh arccosh arctanh moveaxis swapaxes ger vdot""".split()
# Under another name in C++, where theirs is a word or means something else.
RENAMED = {"if": "if_", "while": "while_", "cast": "to", "to_host": "cpu", "to_device": "cuda", "grad": "grad",
           "rnn_tanh": "recurrent", "rnn_relu": "recurrent", "lstm": "recurrent", "gru": "recurrent",
           "lstm_cell": "recurrent_cell", "gru_cell": "recurrent_cell", "rnn_tanh_cell": "recurrent_cell",
           "rnn_relu_cell": "recurrent_cell", "expand_as": "expand", "type_as": "to", "empty_like": "zeros_like",
           "im2col": "unfold", "col2im": "fold"}
# The language has them: C++ functions are calls, texts are arguments of print, parameters are named by modules.
NEEDLESS = ["call", "text"]


def main():
    gradc, headers = sys.argv[1:3]
    words = set(re.findall(r"\w+", "".join(p.read_text() for p in sorted(pathlib.Path(headers).glob("*.h")))))
    missing, count, group = [], 0, ""
    for line in subprocess.run([gradc, "ops"], check=True, capture_output=True, text=True).stdout.splitlines():
        found = re.match(r"  (\S+) ", line)
        if not found:
            group = line or group
            continue
        name = found[1]
        if group == "dialect" or name.startswith("ag."):
            continue
        count += 1
        plain = name.removesuffix("_")
        if plain in ALIASES or name in NEEDLESS:
            continue
        if RENAMED.get(name, name) not in words:
            missing.append(name)
    print(f"{count} ops; without a function: {' '.join(missing) or 'none'}")
    return 1 if missing or not count else 0


sys.exit(main())
