#!/usr/bin/env python3
"""The same trainings in PyTorch, for comparison: train_torch.py mlp|conv [SEED]. Prints accuracy, CPU seconds and peak memory."""
import pathlib
import resource
import sys
import time

import numpy as np
import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
EPOCHS, BATCH = {"mlp": 40, "conv": 45}.get(sys.argv[1] if len(sys.argv) > 1 else "mlp"), 64


def make(kind):
    if kind == "mlp":
        return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    return nn.Sequential(nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(),
                         nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5),
                         nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 10))


def main():
    torch.set_num_threads(1)
    torch.manual_seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    train, held = (np.load(HERE / name) for name in ("train.npz", "held_out.npz"))
    x, label, xh, yh = (torch.from_numpy(a) for a in (train["x"], train["label"], held["x"], held["label"]))
    model = make(sys.argv[1] if len(sys.argv) > 1 else "mlp")
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.003)
    steps = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * steps)
    start = time.process_time()
    for epoch in range(EPOCHS):
        order = torch.randperm(len(x))
        for k in range(steps):
            rows = order[k * BATCH:(k + 1) * BATCH]
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x[rows]), label[rows])
            loss.backward()
            optimizer.step()
            schedule.step()
    seconds = time.process_time() - start
    model.eval()
    with torch.no_grad():
        right = int((model(xh).argmax(1) == yh).sum())
    print(f"accuracy {right / len(yh):.4f} ({right}/{len(yh)}), training {seconds:.3f} s, "
          f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
