# empty.py - cases of tensors without elements as inputs and outputs of functions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import torch
from make_composites import B, I, R, case

for shape in [(0,), (2, 0), (0, 3), (3, 0, 2)]:
    case(f"exp of {shape}", lambda x: x.exp(), '{"op": "exp", "inputs": ["x"]}', R(*shape))
    case(f"sum of {shape}", lambda x: x.sum(), '{"op": "sum", "inputs": ["x"]}', R(*shape))
    case(f"sum of {shape} along 0", lambda x: x.sum(0), '{"op": "sum", "inputs": ["x"], "dim": 0}', R(*shape))
case("a product without terms", lambda a, b: a @ b, '{"op": "matmul", "inputs": ["a", "b"]}', R(2, 0), R(0, 3))
case("a product without rows", lambda a, b: a @ b, '{"op": "matmul", "inputs": ["a", "b"]}', R(0, 2), R(2, 3))
case("a product without columns", lambda a, b: a @ b, '{"op": "matmul", "inputs": ["a", "b"]}', R(4, 2), R(2, 0))
case("a batch of none", lambda a, b: a @ b, '{"op": "matmul", "inputs": ["a", "b"]}', R(0, 4, 2), R(2, 3))
case("the transpose", lambda x: x.t() * 2, '{"op": "mul", "inputs": [{"op": "t", "inputs": ["x"]}, 2]}', R(2, 0))
case("nothing beside something", lambda a, b: torch.cat([a, b], 1), '{"op": "cat", "inputs": ["a", "b"], "dim": 1}',
     R(2, 0), R(2, 3))
case("broadcast", lambda a, b: a + b, '{"op": "add", "inputs": ["a", "b"]}', R(2, 0), R(1))
case("integers", lambda x: x + 1, '{"op": "add", "inputs": ["x", 1]}', I(5, 3, 0))
case("bools", lambda x: ~x, '{"op": "logical_not", "inputs": ["x"]}', B(0, 2))
case("no indices", lambda x, i: x.index_select(0, i), '{"op": "index_select", "inputs": ["x", "i"], "dim": 0}',
     R(3, 2), torch.zeros(0, dtype=torch.int64))
case("two results", lambda x: (x.exp(), x.sum(1)),
     '[{"name": "y0", "op": "exp", "inputs": ["x"]}, {"name": "y1", "op": "sum", "inputs": ["x"], "dim": 1}]', R(2, 0))


def powers(x):
    for _ in range(2):
        x = x ** 2 * 0.5
    return x


for shape in [(0,), (2, 0)]:
    case(f"powers of {shape} in a loop", powers,
         [{"op": "repeat", "count": 2, "carry": {"h": "x"}, "yield": {"h": "p"},
           "body": [{"name": "q", "op": "pow", "inputs": ["h", 2]}, {"name": "p", "op": "mul", "inputs": ["q", 0.5]}]},
          {"name": "y", "op": "mul", "inputs": ["h", 1]}], R(*shape))
