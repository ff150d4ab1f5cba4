#!/usr/bin/env python3
"""Writes train.npz and held_out.npz: 1,437 and 360 images of handwritten digits, x f32[N,64] in [0, 1], label i64[N].

    make_digits.py        (needs numpy and scikit-learn, whose copy of the data is taken)

The data are the test part of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998; UCI Machine Learning
Repository, https://doi.org/10.24432/C50P49), licence CC BY 4.0. The split is random, seed 0.
"""
import pathlib

import numpy as np
from sklearn.datasets import load_digits

HERE = pathlib.Path(__file__).resolve().parent
digits = load_digits()
order = np.random.default_rng(0).permutation(len(digits.target))
x = (digits.images.reshape(-1, 64)[order] / 16).astype(np.float32)
label = digits.target[order].astype(np.int64)
np.savez_compressed(HERE / "held_out.npz", x=x[:360], label=label[:360])
np.savez_compressed(HERE / "train.npz", x=x[360:], label=label[360:])
