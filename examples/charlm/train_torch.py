#!/usr/bin/env python3
"""The same training in PyTorch, for comparison: train_torch.py DATA_FOLDER [STEPS]. Prints the loss, CPU seconds and peak memory."""
import math
import pathlib
import resource
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

BATCH, CONTEXT, CHARACTERS, WIDTH, HEADS, LAYERS = 16, 64, 62, 64, 4, 3


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.q, self.k, self.v, self.project = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.expand, self.contract = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        y = self.norm1(x)
        q, k, v = (f(y).view(-1, CONTEXT, HEADS, WIDTH // HEADS).transpose(1, 2) for f in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.project(y.transpose(1, 2).reshape(-1, CONTEXT, WIDTH))
        return x + self.contract(F.gelu(self.expand(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(CHARACTERS, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, CHARACTERS)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                small = "project" in name or "contract" in name
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * LAYERS) if small else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, text):
        x = self.tokens(text[:, :-1]) + self.places.weight
        scores = self.head(self.norm(self.blocks(x)))
        return F.cross_entropy(scores.flatten(0, 1), text[:, 1:].flatten().long())


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    folder, steps = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    train, held = (torch.from_numpy(np.load(folder / f"{name}.npz")["text"]) for name in ("train", "held_out"))
    model = Gpt()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.002, betas=(0.9, 0.99), weight_decay=0.1)
    warm = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / 101, total_iters=100)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - 100)
    schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm, cosine], [100])
    start, order, at = time.process_time(), torch.randperm(len(train)), 0
    for step in range(steps):
        if at + BATCH > len(train):
            order, at = torch.randperm(len(train)), 0
        optimizer.zero_grad()
        loss = model(train[order[at:at + BATCH]])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        at += BATCH
    seconds = time.process_time() - start
    with torch.no_grad():
        whole = len(held) // BATCH * BATCH
        loss = np.mean([model(held[i:i + BATCH]).item() for i in range(0, whole, BATCH)])
    print(f"held-out loss {loss:.4f}, training {seconds:.1f} s ({seconds / steps * 1e3:.1f} ms a step), "
          f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
