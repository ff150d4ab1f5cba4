#!/usr/bin/env python3
"""Exports a small classifier of two moons, and its data. Only this needs PyTorch; training the file does not.

    export.py [FOLDER]      writes moons.pt2 and moons.npz
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import math
import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Moons(nn.Module):
    """The loss of a batch, and the logits beside it."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, points, labels):
        logits = self.net(points)
        return F.cross_entropy(logits, labels), logits


def moons(count, generator):
    """Points on two half circles that reach into each other, with noise."""
    labels = torch.arange(count) % 2
    angle = math.pi * torch.rand(count, generator=generator)
    x = torch.where(labels == 0, angle.cos(), 1 - angle.cos())
    y = torch.where(labels == 0, angle.sin(), 0.5 - angle.sin())
    points = torch.stack([x, y], 1) + 0.1 * torch.randn(count, 2, generator=generator)
    return points, labels


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    torch.manual_seed(0)
    points, labels = moons(512, torch.Generator().manual_seed(1))
    batch = torch.export.Dim("batch", min=2, max=512)
    exported = torch.export.export(Moons(), (points[:64], labels[:64]),
                                   dynamic_shapes={"points": {0: batch}, "labels": {0: batch}})
    torch.export.save(exported, folder / "moons.pt2")
    np.savez(folder / "moons.npz", points=points.numpy(), labels=labels.numpy())


main()
