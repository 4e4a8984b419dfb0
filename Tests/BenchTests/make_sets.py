"""Writes Sets/: arrays of images as numpy saves them, and samples of the numbers below a limit.

    pip install numpy==2.4.6
    python Tests/BenchTests/make_sets.py
"""

import json
import pathlib

import numpy as np

SETS = pathlib.Path(__file__).parent / "Sets"
MASK = (1 << 64) - 1


def split_mix(seed):
    """SplitMix64 of Steele, Lea and Flood, after Vigna's splitmix64.c."""
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        bits = seed
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
        yield bits ^ (bits >> 31)


def sample(count, limit, seed):
    generator = split_mix(seed)
    keys = [(next(generator), index) for index in range(count)]
    return sorted(index for _, index in sorted(keys)[:limit])


SETS.mkdir(exist_ok=True)
colours = (np.arange(4 * 2 * 3 * 3) * 7 % 251).astype(np.uint8).reshape(4, 2, 3, 3)
grey = (np.arange(3 * 2 * 2) * 11).astype(np.uint8).reshape(3, 2, 2)
labels = np.array([2, 0, 1, 1])
np.savez(SETS / "colours.npz", images=colours, labels=labels)
np.savez_compressed(
    SETS / "split.npz", x_train=colours, y_train=labels.astype(np.uint8).reshape(4, 1),
    x_test=grey, y_test=labels[:3].astype(np.int16))
np.savez(SETS / "unlabelled.npz", x=grey)
np.savez(SETS / "unknown_label.npz", images=colours, labels=np.array([2, 0, 3, -1]))
np.savez(SETS / "floats.npz", images=colours.astype(np.float32), labels=labels)
np.savez(SETS / "float_labels.npz", images=colours, labels=labels.astype(np.float64))
np.savez(SETS / "few_labels.npz", images=colours, labels=labels[:3])
np.savez(SETS / "channels.npz", images=colours.reshape(4, 3, 3, 2), labels=labels)
samples = [
    {"count": count, "limit": limit, "seed": seed, "sample": sample(count, limit, seed)}
    for count, limit, seed in [(10, 3, 1), (1000, 12, 7), (50, 49, 1), (5, 1, 2**64 - 1)]
]
(SETS / "samples.json").write_text(json.dumps(samples) + "\n")
