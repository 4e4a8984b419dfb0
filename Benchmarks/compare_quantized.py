#!/usr/bin/env python3
"""The quantized files of ONNX Runtime's own tools, run by vitq and by ONNX Runtime, by turns.

    python3 Benchmarks/compare_quantized.py --model base

Makes of one ViT what quantize_dynamic, quantize_static (QDQ and QOperator), the graph optimiser and the blockwise
quantizer write, and prints for each the latency in both engines and how far their logits are apart. The packages
are those of compare_peers.py.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import warnings

from peers import environment
from peers.environment import VITQ, run


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="base", choices=["tiny", "small", "base"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--duration", type=float, default=2, help="seconds of a turn of ONNX Runtime")
    parser.add_argument("--runs", type=int, default=10, help="runs of a turn of vitq")
    parser.add_argument("--only", help="a part of the names of the files to be measured")
    parser.add_argument(
        "--work", type=pathlib.Path, default=environment.ROOT / ".build" / "quantized",
        help="where the models are kept")
    return parser.parse_args()


class _Images:
    """A few random images to calibrate with: the speed does not depend on them."""

    def __init__(self, name):
        from peers.engines import pixels

        self._rest = iter([{name: pixels(1)} for _ in range(2)])

    def get_next(self):
        return next(self._rest, None)


def files(folder, architecture):
    """What each tool makes of the model, by name; what is there already is not made again."""
    import onnx
    import onnx.version_converter
    import onnxruntime as ort
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_dynamic, quantize_static
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
    from onnxruntime.quantization.shape_inference import quant_pre_process

    folder.mkdir(parents=True, exist_ok=True)
    fp32, prepared = folder / "fp32.onnx", folder / "prepared.onnx"
    if not fp32.exists():
        run(VITQ, "synth", architecture, fp32, "--seed", "0")
    if not prepared.exists():
        # A scale to each channel needs DequantizeLinear 13.
        newer = onnx.version_converter.convert_version(onnx.load(fp32), 17)
        onnx.save(newer, prepared)
        quant_pre_process(str(prepared), str(prepared), skip_symbolic_shape=True)
    name = onnx.load(fp32, load_external_data=False).graph.input[0].name

    def statically(path, form, activation):
        quantize_static(
            str(prepared), str(path), _Images(name), quant_format=form, per_channel=True,
            activation_type=activation, weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm", "Add"])

    def optimised(path, source):
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(path)
        ort.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])

    def blockwise(path):
        quantizer = MatMulNBitsQuantizer(onnx.load(fp32), block_size=32, is_symmetric=True)
        quantizer.process()
        quantizer.model.save_model_to_file(str(path))

    dynamic = folder / "dynamic.onnx"
    makers = {
        "fp32": lambda path: None,
        "fp32, optimised": lambda path: optimised(path, fp32),
        "dynamic": lambda path: quantize_dynamic(fp32, path, per_channel=False),
        "dynamic, per channel": lambda path: quantize_dynamic(fp32, path, per_channel=True),
        "dynamic, optimised": lambda path: optimised(path, dynamic),
        "QDQ, int8": lambda path: statically(path, QuantFormat.QDQ, QuantType.QInt8),
        "QDQ, uint8": lambda path: statically(path, QuantFormat.QDQ, QuantType.QUInt8),
        "QOperator": lambda path: statically(path, QuantFormat.QOperator, QuantType.QUInt8),
        "MatMulNBits, 4 bits": blockwise,
    }
    paths = {}
    for label, make in makers.items():
        paths[label] = folder / f"{label.replace(', ', '-').replace(' ', '-').lower()}.onnx"
        if not paths[label].exists():
            make(paths[label])
    return paths


def vitq_milliseconds(path, threads, runs):
    command = [
        VITQ, "profile", path, "--threads", str(threads), "--runs", str(runs), "--warmup", "2",
        "--format", "json"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(text)["milliseconds"]


def distance(path, folder):
    """SQNR in dB of vitq's logits against ONNX Runtime's on one image."""
    import numpy as np

    from peers.engines import onnxruntime, pixels

    expected = onnxruntime(path, 1, 1)()[0]
    np.save(folder / "pixels.npy", pixels(1))
    subprocess.run(
        [VITQ, "run", path, "--input", folder / "pixels.npy", "--output", folder / "logits.npy"],
        check=True, capture_output=True)
    noise = np.load(folder / "logits.npy").astype(np.float64) - expected
    return 10 * np.log10((expected.astype(np.float64) ** 2).sum() / (noise**2).sum())


def main():
    options = arguments()
    if not VITQ.exists():
        sys.exit("build vitq first: make build")
    environment.enter()
    warnings.filterwarnings("ignore")
    from peers.engines import onnxruntime
    from peers.timing import latencies

    folder = options.work / options.model
    paths = files(folder, options.model)
    print(
        f"ViT-{options.model.capitalize()}, batch 1, {options.threads} threads, medians of "
        f"{options.rounds} rounds\n")
    print("| file | ONNX Runtime ms | vitq ms | ONNX Runtime / vitq | logits, SQNR |")
    print("| --- | ---: | ---: | ---: | ---: |", flush=True)
    for label, path in paths.items():
        if options.only and options.only not in label:
            continue
        session = onnxruntime(path, options.threads, 1)
        theirs, ours = [], []
        try:
            for _ in range(options.rounds):
                theirs.append(statistics.median(latencies(session, options.duration)))
                ours.append(vitq_milliseconds(path, options.threads, options.runs))
        except subprocess.CalledProcessError as error:
            print(f"| {label} | {error.stderr.strip()} |", flush=True)
            continue
        ratio = statistics.median(a / b for a, b in zip(theirs, ours))
        print(
            f"| {label} | {statistics.median(theirs):.1f} | {statistics.median(ours):.1f} | "
            f"{ratio:.2f} | {distance(path, folder):.0f} dB |", flush=True)


if __name__ == "__main__":
    main()
