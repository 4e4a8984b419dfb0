"""Writes Expected/statistics.json: what numpy, scipy and statsmodels make of small samples.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
    python Tests/BenchTests/make_statistics.py

Python 3.11 or later. Images of the digests are those in Images/.
"""

import hashlib
import json
import math
import pathlib

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_softmax, rel_entr, softmax
from scipy.stats import binom, binomtest, norm
from statsmodels.stats.proportion import proportion_confint

HERE = pathlib.Path(__file__).parent
ALPHA, POWER = 0.05, 0.8


def mcnemar(fixed, broken):
    """p by scipy; its logarithm from whole numbers of any size."""
    total = fixed + broken
    p = 1.0 if total == 0 else binomtest(fixed, total, 0.5).pvalue
    tail = 2 * sum(math.comb(total, i) for i in range(min(fixed, broken) + 1))
    log_p = min(0.0, math.log(tail) - total * math.log(2))
    return {"fixed": fixed, "broken": broken, "p": p, "log_p": log_p}


def wilson(successes, trials):
    lower, upper = proportion_confint(successes, trials, alpha=ALPHA, method="wilson")
    return {"successes": successes, "trials": trials, "lower": lower, "upper": upper}


def exact_power(images, share, drop):
    """Power of the exact test, over all numbers of discordant images."""
    share = max(share, drop)
    chance = (share + drop) / (2 * share)
    power = 0.0
    for total in range(images + 1):
        weight = binom.pmf(total, images, share)
        if weight < 1e-12:
            continue
        broken = np.arange(total + 1)
        p = np.minimum(1, 2 * binom.cdf(np.minimum(broken, total - broken), total, 0.5))
        power += weight * binom.pmf(broken, total, chance)[p <= ALPHA].sum()
    return power


def detectable(images, discordant):
    share = discordant / images

    def surplus(drop):
        psi = max(share, drop)
        root = norm.isf(ALPHA / 2) * np.sqrt(psi) + norm.isf(1 - POWER) * np.sqrt(psi - drop**2)
        return root**2 / drop**2 - images

    drop = brentq(surplus, 1e-9, 1, xtol=1e-15, rtol=1e-14)
    return {"images": images, "discordant": discordant, "drop": drop,
            "exact_power": exact_power(images, share, drop)}


def limit(images):
    upper = proportion_confint(0, images, alpha=2 * ALPHA, method="beta")[1]
    return {"images": images, "limit": upper}


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        bits = self.state
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & mask
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & mask
        return bits ^ (bits >> 31)

    def binomial(self, trials, numerator, denominator):
        """Each lane is a trial: its bits, one of each word, are compared with the chance's."""
        if numerator in (0, denominator):
            return trials if numerator else 0
        successes = 0
        for start in range(0, trials, 64):
            undecided = set(range(min(64, trials - start)))
            rest = numerator
            while undecided and rest:
                word = self.next()
                digit, rest = divmod(2 * rest, denominator)
                decided = {lane for lane in undecided if (word >> lane) & 1 != digit}
                successes += len(decided) * digit
                undecided -= decided
        return successes


def bootstrap(images, fixed, broken, resamples=10_000, seed=1):
    generator = SplitMix64(seed)
    gains = []
    for _ in range(resamples):
        changed = generator.binomial(images, fixed + broken, images)
        better = generator.binomial(changed, fixed, fixed + broken)
        gains.append(2 * better - changed)
    lower, upper = np.percentile(np.array(gains) / images, [2.5, 97.5])
    return {"images": images, "fixed": fixed, "broken": broken, "first_gains": gains[:20],
            "lower": lower, "upper": upper, "cdf": exact_cdf(images, fixed, broken)}


def exact_cdf(images, fixed, broken):
    """P(gain <= g) for g from -images: the n-fold convolution of one image's -1, 0 or 1."""
    one = np.array([broken, images - fixed - broken, fixed]) / images
    law = np.array([1.0])
    for _ in range(images):
        law = np.convolve(law, one)
    return np.cumsum(law).tolist()


def logits():
    random = np.random.default_rng(0)
    baseline = random.normal(0, 3, (7, 5)).astype(np.float32)
    candidate = (baseline + random.normal(0, 0.4, baseline.shape)).astype(np.float32)
    baseline[3] = [1000, 1000.5, 999, -1000, 0]  # Far beyond what exp takes.
    candidate[3] = [1001, 1000, 999.25, -990, 0]
    candidate[5] = baseline[5, ::-1]
    candidate[6] = baseline[6]
    r, x = baseline.astype(np.float64), candidate.astype(np.float64)
    p, q = softmax(r, axis=1), softmax(x, axis=1)
    divergence = rel_entr(p, q).sum(axis=1)
    # Where both are far apart q is 0 in 64 bits, and the logarithms have to be taken.
    by_logarithms = (p * (log_softmax(r, axis=1) - log_softmax(x, axis=1))).sum(axis=1)
    finite = np.isfinite(divergence)
    assert np.allclose(divergence[finite], by_logarithms[finite], rtol=1e-9, atol=1e-14)
    divergence = np.where(finite, divergence, by_logarithms)
    norm2 = np.linalg.norm
    return {
        "baseline": baseline.tolist(), "candidate": candidate.tolist(),
        "sqnr_db": 20 * np.log10(norm2(r) / norm2(r - x)),
        "cosine": (r * x).sum() / (norm2(r) * norm2(x)),
        "max_abs_error": np.abs(r - x).max(), "divergences": divergence.tolist(),
        "mean_kl": divergence.mean(),
        "changed": int((r.argmax(axis=1) != x.argmax(axis=1)).sum())}


def digests():
    def sha256(content):
        return hashlib.sha256(content).hexdigest()

    files = sorted((HERE / "Images").rglob("*.png"), key=lambda p: p.as_posix().encode())
    lines = [f"{sha256(f.read_bytes())}  {f.relative_to(HERE / 'Images').as_posix()}\n"
             for f in files]
    large = bytes(i * 7 % 251 for i in range(3_000_017))
    return {"empty": sha256(b""), "abc": sha256(b"abc"), "large": sha256(large),
            "images": sha256("".join(lines).encode())}


def main():
    pairs = [(0, 0), (1, 0), (0, 1), (1, 1), (0, 5), (6, 0), (3, 4), (5, 5), (2, 9), (17, 31),
             (31, 17), (120, 180), (1000, 1000), (1900, 2100), (4000, 6000), (0, 1200), (30, 9000)]
    counts = [(0, 1), (1, 1), (0, 100), (98, 100), (100, 100), (894, 1000), (3, 7), (49_999, 50_000)]
    samples = [(6, 0), (6, 6), (100, 0), (100, 1), (100, 20), (1000, 0), (1000, 4), (1000, 7),
               (1000, 10), (1000, 60), (1000, 1000), (10_000, 150), (50_000, 0), (50_000, 1200)]
    expected = {
        "mcnemar": [mcnemar(*pair) for pair in pairs],
        "wilson": [wilson(*count) for count in counts],
        "detectable": [detectable(*sample) for sample in samples],
        "limit": [limit(images) for images in (1, 10, 100, 1000, 50_000)],
        "bootstrap": [bootstrap(40, 3, 2), bootstrap(100, 0, 4), bootstrap(200, 90, 30),
                      bootstrap(64, 64, 0), bootstrap(50, 0, 0)],
        "logits": logits(), "digests": digests()}
    (HERE / "Expected" / "statistics.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
