# workloads.py - training steps as PyTorch modules and as JAX functions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each workload is a module whose forward gives the loss, its inputs, and the optimiser (None: gradients only). The JAX side
takes the module's parameters by name, so that both start from the same numbers."""
import math

import torch
import torch.nn.functional as F
from torch import nn

WORKLOADS = ["regression", "mlp", "convnet", "transformer", "pointwise", "norms", "springs"]
STEPS = {"regression": 100}  # of one timed run, where one step is too short for a clock


class Regression(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x, y):
        return F.mse_loss(x @ self.weight + self.bias, y)


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.out = nn.Linear(784, 512), nn.Linear(512, 512), nn.Linear(512, 10)

    def forward(self, x, y):
        return F.cross_entropy(self.out(self.two(self.one(x).relu()).relu()), y)


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(1, 16, 5, padding=2), nn.Conv2d(16, 32, 5)
        self.hidden, self.out = nn.Linear(800, 128), nn.Linear(128, 10)

    def forward(self, x, y):
        h = F.max_pool2d(self.one(x).relu(), 2)
        h = F.max_pool2d(self.two(h).relu(), 2)
        return F.cross_entropy(self.out(self.hidden(h.flatten(1)).relu()), y)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mix, self.project = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.mix(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads).unbind(2)
        q, k, v = (part.transpose(1, 2) for part in parts)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.project(seen.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Transformer(nn.Module):
    def __init__(self, words=512, length=128, width=256, layers=4, heads=4):
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, words, bias=False)
        self.register_buffer("order", torch.arange(length))

    def forward(self, x, y):
        h = self.words(x) + self.places(self.order)
        for block in self.blocks:
            h = block(h)
        return F.cross_entropy(self.head(self.norm(h)).flatten(0, 1), y.flatten())


class Pointwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = nn.Parameter(torch.linspace(-2, 2, 1 << 22))

    def forward(self):
        return (self.x.tanh() + 2).square().mul(3).mean()


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.scale = nn.LayerNorm(1024), nn.Parameter(torch.randn(1024))

    def forward(self, x):
        return (torch.softmax(F.gelu(self.norm(x)) * self.scale, -1) * x).sum()


class Springs(nn.Module):
    """Masses on a line of springs, 200 steps; the gradient by stiffness and length at rest."""

    def __init__(self, masses=64):
        super().__init__()
        self.stiffness = nn.Parameter(torch.full((masses - 1,), 50.0))
        self.rest = nn.Parameter(torch.full((masses - 1,), 1.0))

    def forward(self, position, speed, target):
        for _ in range(200):
            between = position[1:] - position[:-1]
            length = between.square().sum(1).sqrt()
            force = (self.stiffness * (length - self.rest) / length).unsqueeze(1) * between
            push = F.pad(force, (0, 0, 0, 1)) - F.pad(force, (0, 0, 1, 0))
            speed = 0.999 * speed + 0.001 * push
            position = position + 0.001 * speed
        return F.mse_loss(position, target)


def torch_workload(name):
    """(module, inputs, optimiser as gradc's --optimizer or None)"""
    torch.manual_seed(0)
    classes = torch.randint
    if name == "regression":
        return Regression(), (torch.randn(10, 3), torch.randn(10, 1)), "sgd:lr=0.01"
    if name == "mlp":
        return Mlp(), (torch.randn(128, 784), classes(10, (128,))), "sgd:lr=0.01,momentum=0.9"
    if name == "convnet":
        return ConvNet(), (torch.randn(64, 1, 28, 28), classes(10, (64,))), "adam:lr=0.001"
    if name == "transformer":
        return Transformer(), (classes(512, (8, 128)), classes(512, (8, 128))), "adamw:lr=0.001"
    if name == "pointwise":
        return Pointwise(), (), None
    if name == "norms":
        return Norms(), (torch.randn(4096, 1024),), None
    if name == "springs":
        start = torch.stack([torch.arange(64.0) * 1.1, torch.sin(torch.arange(64.0))], 1)
        return Springs(), (start, torch.zeros(64, 2), start + 0.1), None
    raise KeyError(name)


def torch_optimizer(module, text):
    if text is None:
        return None
    name, _, options = text.partition(":")
    values = {key: float(value) for key, value in (option.split("=") for option in options.split(","))}
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    return kinds[name](module.parameters(), **values)


# ---- JAX


def jax_loss(name, buffers):
    import jax
    import jax.numpy as jnp

    def dense(p, key, x):
        y = x @ p[f"{key}.weight"].T
        return y + p[f"{key}.bias"] if f"{key}.bias" in p else y

    def entropy(logits, y):
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()

    def normed(p, key, x):
        mean = x.mean(-1, keepdims=True)
        variance = jnp.square(x - mean).mean(-1, keepdims=True)
        return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * p[f"{key}.weight"] + p[f"{key}.bias"]

    def convolved(p, key, x, padding):
        y = jax.lax.conv_general_dilated(x, p[f"{key}.weight"], (1, 1), [(padding, padding)] * 2,
                                         dimension_numbers=("NCHW", "OIHW", "NCHW"))
        y = jax.nn.relu(y + p[f"{key}.bias"][:, None, None])
        return jax.lax.reduce_window(y, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def regression(p, x, y):
        return jnp.square(x @ p["weight"] + p["bias"] - y).mean()

    def mlp(p, x, y):
        return entropy(dense(p, "out", jax.nn.relu(dense(p, "two", jax.nn.relu(dense(p, "one", x))))), y)

    def convnet(p, x, y):
        h = convolved(p, "two", convolved(p, "one", x, 2), 0)
        return entropy(dense(p, "out", jax.nn.relu(dense(p, "hidden", h.reshape(len(x), -1)))), y)

    def block(p, key, x, heads=4):
        batch, length, width = x.shape
        parts = dense(p, key + ".mix", normed(p, key + ".norm1", x)).reshape(batch, length, 3, heads, width // heads)
        q, k, v = (jnp.swapaxes(parts[:, :, i], 1, 2) for i in range(3))
        scores = q @ jnp.swapaxes(k, 2, 3) / math.sqrt(width // heads)
        scores = jnp.where(jnp.tril(jnp.ones((length, length), bool)), scores, -jnp.inf)
        seen = jnp.swapaxes(jax.nn.softmax(scores) @ v, 1, 2).reshape(batch, length, width)
        x = x + dense(p, key + ".project", seen)
        return x + dense(p, key + ".down", jax.nn.gelu(dense(p, key + ".up", normed(p, key + ".norm2", x))))

    def transformer(p, x, y):
        h = p["words.weight"][x] + p["places.weight"][buffers["order"]]
        for i in range(4):
            h = block(p, f"blocks.{i}", h)
        logits = normed(p, "norm", h) @ p["head.weight"].T
        return entropy(logits.reshape(-1, logits.shape[-1]), y.reshape(-1))

    def pointwise(p):
        return (jnp.square(jnp.tanh(p["x"]) + 2) * 3).mean()

    def norms(p, x):
        return (jax.nn.softmax(jax.nn.gelu(normed(p, "norm", x), approximate=False) * p["scale"]) * x).sum()

    def springs(p, position, speed, target):
        def step(state, _):
            position, speed = state
            between = position[1:] - position[:-1]
            length = jnp.sqrt(jnp.square(between).sum(1))
            force = (p["stiffness"] * (length - p["rest"]) / length)[:, None] * between
            push = jnp.pad(force, ((0, 1), (0, 0))) - jnp.pad(force, ((1, 0), (0, 0)))
            speed = 0.999 * speed + 0.001 * push
            return (position + 0.001 * speed, speed), None

        (position, speed), _ = jax.lax.scan(step, (position, speed), None, 200)
        return jnp.square(position - target).mean()

    return locals()[name]


def jax_workload(name):
    """(step, state, inputs): step(state, *inputs) -> (state, loss), to be jitted"""
    import jax
    import jax.numpy as jnp

    module, inputs, optimizer = torch_workload(name)
    parameters = {key: jnp.asarray(value.detach().numpy()) for key, value in module.named_parameters()}
    buffers = {key: jnp.asarray(value.numpy()) for key, value in module.named_buffers()}
    inputs = tuple(jnp.asarray(value.numpy()) for value in inputs)
    loss = jax_loss(name, buffers)
    each, zeros = jax.tree.map, jax.tree.map(jnp.zeros_like, parameters)

    def gradients_only(state, p, g):
        return {"p": p, "g": g}

    def sgd(state, p, g):
        return {"p": each(lambda w, d: w - 0.01 * d, p, g)}

    def momentum(state, p, g):
        m = each(lambda m, d: 0.9 * m + d, state["m"], g)
        return {"p": each(lambda w, m: w - 0.01 * m, p, m), "m": m}

    def adam(state, p, g, decay=0.0):
        t = state["t"] + 1
        m = each(lambda m, d: 0.9 * m + 0.1 * d, state["m"], g)
        v = each(lambda v, d: 0.999 * v + 0.001 * d * d, state["v"], g)
        first, second = 1 - 0.9**t, 1 - 0.999**t
        update = lambda w, m, v: w * (1 - 0.001 * decay) - 0.001 * (m / first) / (jnp.sqrt(v / second) + 1e-8)
        return {"p": each(update, p, m, v), "m": m, "v": v, "t": t}

    state = {"p": parameters}
    update = gradients_only
    if optimizer is None:
        state["g"] = zeros
    elif optimizer.startswith("adam"):
        decay = 0.01 if optimizer.startswith("adamw") else 0.0
        update = lambda state, p, g: adam(state, p, g, decay)
        state |= {"m": zeros, "v": each(jnp.copy, zeros), "t": jnp.zeros(())}
    elif "momentum" in optimizer:
        update = momentum
        state["m"] = zeros
    else:
        update = sgd

    def step(state, *inputs):
        value, g = jax.value_and_grad(loss)(state["p"], *inputs)
        return update(state, state["p"], g), value

    if STEPS.get(name, 1) == 1:
        return step, state, inputs

    def many(state, *inputs):
        state = jax.lax.fori_loop(0, STEPS[name], lambda _, s: step(s, *inputs)[0], state)
        return state, loss(state["p"], *inputs)

    return many, state, inputs
