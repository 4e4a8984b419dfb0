"""Holds `vitq eval` to ONNX Runtime and PyTorch over the same files, prediction by prediction.

    pip install -r Benchmarks/requirements.txt pillow==13.0.0
    python Benchmarks/compare_eval.py fixtures/vit-fashion fixtures/vit-fashion/validation

Images go the whole way: Pillow, the image processor of transformers, and each runtime. PyTorch runs the
ViTForImageClassification of `config.json` with the weights of `model.onnx`, of an export whose names are its own.
Exit status 1 where a prediction differs. Images a second are those of the whole way from files to answers,
one image at a time, on the same number of threads, without the time to load the model.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from PIL import Image
from transformers import ViTConfig, ViTForImageClassification
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil


def processor(folder):
    config = json.loads((folder / "preprocessor_config.json").read_text())
    size = config["size"]
    return ViTImageProcessorPil(
        do_resize=config.get("do_resize", True),
        size={"height": size, "width": size} if isinstance(size, int) else size,
        resample=config.get("resample", 2), do_normalize=config.get("do_normalize", True),
        image_mean=config["image_mean"], image_std=config["image_std"])


def onnxruntime_model(folder, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda pixels: session.run(["logits"], {name: pixels})[0][0]


def torch_model(folder, threads):
    """The PyTorch model with the weights of the ONNX file, where exports write each MatMul's transposed."""
    torch.set_num_threads(threads)
    graph = onnx.load(folder / "model.onnx").graph
    state = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    products = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul"}
    for node in graph.node:
        bias = next((name for name in node.input if name.endswith(".bias")), None)
        weight = next((products[name] for name in node.input if name in products), None)
        if node.op_type == "Add" and bias and weight in state:
            state[bias.removesuffix("bias") + "weight"] = state[weight].T
    model = ViTForImageClassification(ViTConfig.from_pretrained(folder)).eval()
    wanted = model.state_dict()
    model.load_state_dict({name: torch.tensor(state[name]) for name in wanted})

    def run(pixels):
        with torch.inference_mode():
            return model(torch.from_numpy(pixels)).logits[0].numpy()

    return run


def python_way(model, process, paths):
    """Scores of each image, and images a second."""
    scores = []
    start = time.perf_counter()
    for path in paths:
        with Image.open(path) as image:
            pixels = process(image.convert("RGB"), return_tensors="np")["pixel_values"]
        scores.append(model(pixels))
    return np.array(scores), len(paths) / (time.perf_counter() - start)


def vitq_way(options, out):
    """Predictions in the order of the images, and the report."""
    predictions = out / "predictions.jsonl"
    report = subprocess.run(
        [options.vitq, "eval", options.model, "--images", options.images, "--threads",
         str(options.threads), "--predictions", predictions, "--format", "json"],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in predictions.read_text().splitlines()], json.loads(report)


def compare(name, rows, scores, labels):
    """Says how far the answers of `rows` are from those of `scores`; returns how many differ."""
    probabilities = np.exp(scores.astype(np.float64) - scores.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    best = scores.argmax(1)
    different, largest = 0, 0.0
    for row, answer, own in zip(rows, best, probabilities):
        largest = max(largest, abs(row["model"]["probability"] - own[answer]))
        if row["model"]["predicted"] != labels[str(answer)]:
            different += 1
            print(f"{row['path']}: vitq {row['model']['predicted']}, {name} {labels[str(answer)]}")
    right = sum(labels[str(answer)] == row["label"] for answer, row in zip(best, rows))
    print(f"{name}: {len(rows) - different} of {len(rows)} predictions equal, {right} right, "
          f"largest difference of a probability {largest:.1e}")
    return different


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("images", type=pathlib.Path)
    arguments.add_argument("--vitq", default=".build/release/vitq")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()

    models = {
        "ONNX Runtime": onnxruntime_model(options.model, options.threads),
        "PyTorch": torch_model(options.model, options.threads),
    }
    labels = json.loads((options.model / "config.json").read_text())["id2label"]
    process = processor(options.model)

    rates = {name: [] for name in ["vitq", *models]}
    scores = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.rounds):
            rows, report = vitq_way(options, pathlib.Path(folder))
            rates["vitq"].append(report["time"]["images_per_second"])
            paths = [options.images / row["path"] for row in rows]
            for name, model in models.items():
                scores[name], rate = python_way(model, process, paths)
                rates[name].append(rate)
    print(f"vitq: {report['baseline']['top_1']['count']} of {len(rows)} right")
    different = sum(compare(name, rows, scores[name], labels) for name in models)
    for name, values in rates.items():
        rounds = ", ".join(f"{value:.1f}" for value in values)
        print(f"{name}: {statistics.median(values):.1f} images/s (rounds: {rounds})")
    raise SystemExit(1 if different else 0)


if __name__ == "__main__":
    main()
