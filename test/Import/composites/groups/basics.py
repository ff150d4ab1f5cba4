# basics.py - cases of ops that stand on their own, to test the mechanism itself.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
from make_composites import R, I, SPECIAL, V, case, error, pairs

case("linear", lambda x, w, b: torch.nn.functional.linear(x, w, b), '{"op": "linear", "inputs": ["x", "w", "b"]}', R(4, 3), R(2, 3), R(2))
case("where", lambda c, a, b: torch.where(c > 0, a, b),
     '{"op": "where", "inputs": [{"op": "gt", "inputs": ["c", 0]}, "a", "b"]}', I(3, 4, low=-2), R(4), R(2, 1))
case("two_results", lambda a, b: (a * b, (a + b).sum()),
     '[{"name": "y0", "op": "mul", "inputs": ["a", "b"]}, '
     '{"name": "y1", "op": "sum", "inputs": [{"op": "add", "inputs": ["a", "b"]}]}]', R(3), R(2, 3))
case("maximum_special", lambda a, b: torch.maximum(a, b), '{"op": "maximum", "inputs": ["a", "b"]}', *pairs())
case("relu_special", lambda a: torch.relu(a), '{"op": "relu", "inputs": ["a"]}', V(SPECIAL))
case("clamp_min_number", lambda a: torch.clamp_min(a, -1), '{"op": "clamp_min", "inputs": ["a", -1]}', V([1.0, -1, 0, -2]))
case("clamp_max_number", lambda a: torch.clamp_max(a, -1), '{"op": "clamp_max", "inputs": ["a", -1]}', V([1.0, -1, 0, -2]))
case("clamp_min_tensor", lambda a, b: torch.clamp_min(a, b), '{"op": "clamp_min", "inputs": ["a", "b"]}', V([1.0, -1, 0, -2]), V([1.0, -1, -1, -1]))
error("dims_differ", lambda a, b: a + b, '{"op": "add", "inputs": ["a", "b"]}', R(2, 3), R(4, 2))
error("no_such_dim", lambda a: a.sum(2), '{"op": "sum", "inputs": ["a"], "dim": 2}', R(2, 3))
