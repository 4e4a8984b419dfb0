"""From the start of a process to its first result, and the most memory that the process had.

Runs in a small process of its own: the memory that a process is said to have had at most includes
that of the one that started it.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from .environment import BENCHMARKS, PEER_ENVIRONMENT, VITQ, Files

# Peers load and run in a process of their own, which says when its imports were done: that is
# Python's time, not the engine's.
ONNXRUNTIME = """
import sys, time
import numpy, onnxruntime
started = time.perf_counter()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(sys.argv[3])
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
session.run(None, {session.get_inputs()[0].name: numpy.load(sys.argv[2])})
print(time.perf_counter() - started)
"""
OPENVINO = """
import sys, time
import numpy, openvino
started = time.perf_counter()
core = openvino.Core()
model = core.compile_model(core.read_model(sys.argv[1]), "CPU", {
    "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": int(sys.argv[3])})
model([numpy.load(sys.argv[2])])
print(time.perf_counter() - started)
"""


def measure(command):
    """Seconds of a process, what it printed, and its greatest resident memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=PEER_ENVIRONMENT)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} failed")
    return seconds, output, usage.ru_maxrss * 1024


def rows(files, image, threads, rounds):
    """One row for each engine and file, each the median of `rounds` turns."""
    python = sys.executable
    engines = [
        ("vitq", "fp32", [VITQ, "run", files.fp32, "--input", image, "--threads", threads]),
        ("vitq", "dynamic int8",
         [VITQ, "run", files.vitq_int8, "--input", image, "--threads", threads]),
        ("onnxruntime", "fp32", [python, "-c", ONNXRUNTIME, files.fp32, image, threads]),
        ("onnxruntime", "dynamic int8",
         [python, "-c", ONNXRUNTIME, files.onnxruntime_int8, image, threads]),
        ("openvino", "fp32", [python, "-c", OPENVINO, files.fp32, image, threads]),
        ("openvino", "static int8 (NNCF)",
         [python, "-c", OPENVINO, files.nncf_int8, image, threads]),
    ]
    samples = [[] for _ in engines]
    for _ in range(rounds + 1):
        for sample, (engine, _, command) in zip(samples, engines):
            seconds, output, memory = measure([str(part) for part in command])
            inside = seconds if engine == "vitq" else float(output)
            sample.append((seconds, inside, memory))
    result = []
    for sample, (engine, precision, _) in zip(samples, engines):
        # The first turn reads the files from disk.
        process, inside, memory = (statistics.median(column) for column in zip(*sample[1:]))
        result.append({
            "model": files.architecture, "engine": engine, "precision": precision,
            "process_seconds": process, "load_and_first_run_seconds": inside,
            "peak_memory_bytes": memory})
    return result


def measured(files, folder, threads, rounds):
    """`rows`, measured by a process that imports no engine."""
    import numpy

    from .engines import pixels

    image = folder / "pixels.npy"
    numpy.save(image, pixels(1))
    command = [sys.executable, "-m", "peers.cold", files.architecture, files.folder, image, threads,
               rounds]
    result = subprocess.run(
        [str(part) for part in command], cwd=BENCHMARKS, check=True, stdout=subprocess.PIPE)
    return json.loads(result.stdout)


if __name__ == "__main__":
    architecture, folder, image, threads, rounds = sys.argv[1:]
    print(json.dumps(
        rows(Files(architecture, pathlib.Path(folder)), image, int(threads), int(rounds))))
