#!/usr/bin/env python3
"""Writes lib/Import/Pt2/AtenSchemas.inc: the signatures of ATen's operators, as PyTorch states them.

    aten-schemas.py > lib/Import/Pt2/AtenSchemas.inc

A .pt2 file leaves out arguments that have their default values and tells nothing of aliases: both stand in the
signatures. Needs PyTorch; run it again for a new release and look at what changed.
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import re
import sys

import torch

# Backends, storages and private variants that an exported program does not hold.
FOREIGN = re.compile(
    r"quantize|sparse|cuda|cudnn|mkldnn|miopen|mps|fbgemm|_foreach|_fused|nested|jagged|_test|xnn|vulkan|_amp_|_cslt|_scaled_mm|"
    r"_scaled_grouped|_convert_weight|_weight_int|_dyn_quant|_cufft|^_?transformer|_thnn|_sobol|^_use_|^_?is_|^_has_|__dispatch|^_print|"
    r"^_?histogramdd|_validate|_spdiags|_coalesce|^_?indices$|^_?values$|_nnz|^(crow|ccol|col|row)_indices|_version|^data$|^set_|_cpu$|_lazy|"
    r"_chunk_cat|pin_memory|fake_quant|choose_qparams|from_file|_shape_as|rename|refine_names|align_|_make_dep|_nnpack|_int_mm|_mixed_dtypes")


def main():
    known = set(torch._C._dispatch_get_all_op_names())
    lines = set()
    for schema in torch._C._jit_get_all_schemas():
        name = schema.name + ("." + schema.overload_name if schema.overload_name else "")
        if not schema.name.startswith("aten::") or name not in known:
            continue
        text = str(schema)[len("aten::"):]
        if any(a.is_out for a in schema.arguments) or FOREIGN.search(schema.name[len("aten::"):]) or "Dimname" in text:
            continue
        lines.add(text)
    print("// AtenSchemas.inc - signatures of ATen's operators, sorted; tools/aten-schemas.py wrote it.")
    print("// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception")
    print(f"// PyTorch {torch.__version__.split('+')[0]}.")
    for line in sorted(lines, key=lambda s: s[:s.index("(")]):
        print(f'"{line}",'.replace('\\', '\\\\') if '"' not in line else 'R"(' + line + ')",')
    print(f"{len(lines)} signatures", file=sys.stderr)


main()
