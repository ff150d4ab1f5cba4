# attributes.py - cases of one op with attributes, for the groups.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
from make_composites import case


def one(name, f, *given, suffix="", check=case, **attributes):
    """The op `name` with these attributes on inputs a, b, c; `f` is PyTorch's."""
    names = "abc"[:len(given)]
    g = eval(f"lambda {','.join(names)}: f({','.join(names)})", {"f": f})
    check(name + suffix, g, json.dumps({"op": name, "inputs": list(names), **attributes}), *given)
