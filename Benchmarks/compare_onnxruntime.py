#!/usr/bin/env python3
"""vitq beside ONNX Runtime on a synthetic ViT-Base/16, batch 1, all cores.

    make bench-peers

The engines take turns, a round each, so that a machine that slows down slows both: a ratio is taken
within a round, and the table shows the median of the rounds. The first run makes a virtual
environment in .venv/benchmarks with the versions of requirements.txt.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
ENVIRONMENT = ROOT / ".venv" / "benchmarks"
VITQ = ROOT / ".build" / "release" / "vitq"
COLUMNS = ["onnxruntime fp32", "onnxruntime int8", "vitq fp32", "vitq int8"]


def enter_environment():
    """Runs this script again with the pinned packages, unless it already has them."""
    if pathlib.Path(sys.prefix) == ENVIRONMENT:
        return
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"],
        check=True, stdout=sys.stderr)
    os.execv(python, [str(python), *sys.argv])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architecture", default="vit-base-patch16-224")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=float, default=4, help="seconds for each engine and type")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--out", type=pathlib.Path, help="write the table as Markdown here as well")
    return parser.parse_args()


class Peer:
    """A session of ONNX Runtime and what it runs on."""

    def __init__(self, path, threads):
        import numpy
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"])
        (entry,) = self.session.get_inputs()
        shape = [size if isinstance(size, int) else 1 for size in entry.shape]
        values = numpy.random.default_rng(0).standard_normal(shape, dtype=numpy.float32)
        self.inputs = {entry.name: values}

    def median(self, duration):
        """Median latency in ms over `duration` seconds, after three runs to warm up."""
        for _ in range(3):
            self.session.run(None, self.inputs)
        latencies = []
        end = time.perf_counter() + duration
        while time.perf_counter() < end:
            start = time.perf_counter()
            self.session.run(None, self.inputs)
            latencies.append((time.perf_counter() - start) * 1000)
        return statistics.median(latencies)


def vitq_medians(model, duration, threads):
    """The machine, and the median latencies in ms of vitq's fp32 and int8, which it interleaves."""
    command = [
        VITQ, "bench", model, "--op", "MatMul", "--per-channel", "--batch-size", "1",
        "--no-accuracy", "--warmup", "3", "--duration", str(duration), "--threads", str(threads),
        "--format", "json"]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    report = json.loads(result.stdout)
    (configuration,) = report["configurations"]
    (cell,) = configuration["time"]
    return report["machine"], cell["baseline"]["latency_50"], cell["optimized"]["latency_50"]


def table(options, machine, rounds):
    import onnxruntime

    def medians(values):
        return [statistics.median(column) for column in zip(*values)]

    def row(name, values, form):
        return f"| {name} | " + " | ".join(format(value, form) for value in values) + " |"

    speeds = [[values[0] / value for value in values] for values in rounds]
    gain = statistics.median(values[2] / values[3] for values in rounds)
    cost = statistics.median(values[2] / values[0] for values in rounds)
    lines = [
        f"{options.architecture}, batch 1, {options.threads} threads, {machine['processor']} "
        f"({machine['instruction_set']}), onnxruntime {onnxruntime.__version__}; "
        f"{options.rounds} rounds of {options.duration:g} s each.",
        "",
        "| | " + " | ".join(COLUMNS) + " |",
        "| --- |" + " ---: |" * len(COLUMNS),
        row("ms, median of the rounds", medians(rounds), ".1f"),
        row("ms, best round", [min(column) for column in zip(*rounds)], ".1f"),
        row("speed against onnxruntime fp32", medians(speeds), ".2f"),
        "",
        f"vitq int8 is {gain:.2f} times as fast as vitq fp32; "
        f"vitq fp32 takes {cost:.2f} times the time of onnxruntime fp32.",
    ]
    return "\n".join(lines) + "\n"


def main():
    options = arguments()
    if not VITQ.exists():
        sys.exit("build vitq first: make build")
    enter_environment()
    from onnxruntime.quantization import quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "model.onnx"
        quantized = pathlib.Path(folder) / "int8.onnx"
        subprocess.run(
            [VITQ, "synth", options.architecture, model, "--seed", "0"],
            check=True, stdout=sys.stderr)
        quantize_dynamic(model, quantized, per_channel=True)
        peers = [Peer(path, options.threads) for path in (model, quantized)]
        rounds = []
        for number in range(options.rounds):
            times = [peer.median(options.duration) for peer in peers]
            machine, *own = vitq_medians(model, options.duration, options.threads)
            rounds.append(times + own)
            line = ", ".join(f"{name} {ms:.1f} ms" for name, ms in zip(COLUMNS, rounds[-1]))
            print(f"round {number + 1}: {line}", file=sys.stderr)
    text = table(options, machine, rounds)
    print(text, end="")
    if options.out:
        options.out.write_text(text)


if __name__ == "__main__":
    main()
