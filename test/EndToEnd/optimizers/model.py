# model.py - the model and the data of the optimiser tests.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
X = [[((7 * i + 3 * k) % 11) / 8 - 0.625 for k in range(4)] for i in range(6)]
Y = [[((5 * i + 2 * k) % 7) / 4 - 0.75 for k in range(3)] for i in range(6)]
W = [[((3 * i + 5 * k) % 9) / 16 - 0.25 for k in range(3)] for i in range(4)]
B = [0.125, -0.25, 0.5]
STEPS = 20


def graph(dtype):
    """tanh(x w + b) against y; `unused` is a parameter that no gradient reaches."""
    pred = {"op": "tanh", "inputs": [{"op": "add", "inputs": [{"op": "matmul", "inputs": ["x", "w"]}, "b"]}]}
    loss = {"op": "mean", "inputs": [{"op": "pow", "inputs": [{"op": "sub", "inputs": [pred, "y"]}, 2]}]}

    def parameter(value, *shape):
        return {"type": f"{dtype}[{','.join(map(str, shape))}]", "init": {"op": "tensor", "value": value, "dtype": dtype}}
    return {"format": "gradc.graph", "version": 1, "inputs": {"x": f"{dtype}[6,4]", "y": f"{dtype}[6,3]"},
            "parameters": {"w": parameter(W, 4, 3), "b": parameter(B, 3), "unused": parameter([1.0], 1)},
            "functions": {"forward": {"export": True, "body": [{"name": "l", **loss}], "outputs": {"loss": "l"}}}}
