#!/usr/bin/env python3
"""vitq beside ONNX Runtime, OpenVINO, NNCF and PyTorch on Vision Transformers, by turns.

    make bench-peers

In each round every engine has a turn, so that a machine that slows down slows all; ratios are taken
within a round, and the tables show the median of the rounds. The first run makes a virtual
environment in .venv/benchmarks with the versions of requirements.txt, and the models.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import statistics
import sys
import warnings

from peers import environment

PACKAGES = ["onnxruntime", "openvino", "nncf", "torch"]


def numbers(text):
    return [int(part) for part in text.split(",")]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cores = len(os.sched_getaffinity(0))
    threads = [cores] if cores == 1 else [cores, 1]
    parser.add_argument("--models", default="tiny,small,base")
    parser.add_argument("--threads", type=numbers, default=threads, help="such as 2,1")
    parser.add_argument("--batch-size", type=numbers, default=[1, 4, 8])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--duration", type=float, default=2, help="seconds of a turn")
    parser.add_argument("--no-cold", action="store_true", help="leave start and memory out")
    parser.add_argument("--out", type=pathlib.Path, help="write peers.md and peers.json here")
    parser.add_argument(
        "--work", type=pathlib.Path, default=environment.ROOT / ".build" / "peers",
        help="where the models are kept")
    return parser.parse_args()


def measure(files, threads, batch, options):
    """The engines of one cell and, for each round, a median latency in ms for each engine."""
    from peers.engines import peers
    from peers.timing import latencies, vitq_latencies

    others = peers(files, files.architecture, threads, batch)
    engines = [(engine, precision) for engine, precision, _ in others]
    engines += [("vitq", "fp32"), ("vitq", "dynamic int8")]
    rounds = []
    for number in range(options.rounds):
        values = [
            statistics.median(latencies(function, options.duration)) for *_, function in others]
        *own, machine = vitq_latencies(files, threads, batch, options.duration)
        rounds.append(values + own)
        line = ", ".join(f"{' '.join(name)} {ms:.1f}" for name, ms in zip(engines, rounds[-1]))
        print(
            f"{files.architecture}, {threads} threads, batch {batch}, round {number + 1}: {line}",
            file=sys.stderr)
    return engines, rounds, machine


def main():
    options = arguments()
    if not environment.VITQ.exists():
        sys.exit("build vitq first: make build")
    environment.enter()
    warnings.filterwarnings("ignore")
    from peers import cold, report

    models = {name: environment.Files(name, options.work / name)
              for name in options.models.split(",")}
    cells, rows, machine = {}, [], {}
    for name, files in models.items():
        files.make()
        for threads in options.threads:
            for batch in options.batch_size:
                engines, rounds, machine = measure(files, threads, batch, options)
                cells[name, threads, batch] = engines, rounds
                for index, (engine, precision) in enumerate(engines):
                    column = [values[index] for values in rounds]
                    rows.append({
                        "model": name, "engine": engine, "precision": precision,
                        "threads": threads, "batch": batch,
                        "median_ms": statistics.median(column), "min_ms": min(column)})
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    text = report.tables(cells, machine, f"{versions}; {options.rounds} rounds of "
                         f"{options.duration:g} s for each engine")
    starts = []
    if not options.no_cold:
        for files in models.values():
            starts += cold.measured(
                files, options.work, max(options.threads), options.rounds)
        text += "\n" + report.cold_table(starts)
    print(text)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "peers.md").write_text(text)
        (options.out / "peers.json").write_text(
            json.dumps({"machine": machine, "rows": rows, "cold": starts}, indent=1) + "\n")


if __name__ == "__main__":
    main()
