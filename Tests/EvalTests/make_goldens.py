"""Writes Goldens/metrics.json: what numpy and scikit-learn make of random scores.

    pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
    python Tests/EvalTests/make_goldens.py

The calibration error is written out after ECELoss of github.com/gpleiss/temperature_scaling, the program
of the paper (Guo et al., ICML 2017).
"""

import json
import pathlib

import numpy as np
from scipy.special import softmax
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, top_k_accuracy_score

HERE = pathlib.Path(__file__).parent


def calibration_error(probabilities, labels, bins=15):
    confidences, predictions = probabilities.max(1), probabilities.argmax(1)
    right = predictions == labels
    edges = np.linspace(0, 1, bins + 1)
    error = 0.0
    for lower, upper in zip(edges[:-1], edges[1:]):
        inside = (confidences > lower) & (confidences <= upper)
        if inside.any():
            gap = abs(confidences[inside].mean() - right[inside].mean())
            error += gap * inside.mean()
    return error


def case(seed, images, classes, strength):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, images)
    scores = rng.normal(size=(images, classes)).astype(np.float32)
    scores[np.arange(images), labels] += np.float32(strength)
    scores = np.round(scores, 4).astype(np.float32)
    probabilities = softmax(scores.astype(np.float64), axis=1)
    predictions = scores.argmax(1)
    precision, recall, _, support = precision_recall_fscore_support(
        labels, predictions, labels=range(classes), zero_division=np.nan)
    return {
        "classes": classes,
        "labels": labels.tolist(),
        "scores": [[float(str(score)) for score in row] for row in scores],
        "top1": float((predictions == labels).mean()),
        "top5": float(top_k_accuracy_score(labels, scores, k=5, labels=range(classes))),
        "calibration": calibration_error(probabilities, labels),
        "confidences": probabilities.max(1).tolist(),
        "precision": np.nan_to_num(precision, nan=-1).tolist(),  # -1: no such answer
        "recall": np.nan_to_num(recall, nan=-1).tolist(),
        "support": support.tolist(),
        "confusion": confusion_matrix(labels, predictions, labels=range(classes)).tolist(),
    }


cases = [case(1, 60, 7, 2.0), case(2, 40, 9, 0.0), case(3, 25, 6, 6.0)]
(HERE / "Goldens").mkdir(exist_ok=True)
(HERE / "Goldens/metrics.json").write_text(json.dumps(cases) + "\n")
