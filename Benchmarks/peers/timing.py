"""Times engines by turns, so that a machine that slows down slows all of them."""

import json
import subprocess
import time

from .environment import VITQ


def latencies(function, seconds):
    """Latencies in ms over at least `seconds`, and at least three of them, after one that is not
    counted."""
    function()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        function()
        times.append((time.perf_counter() - start) * 1000)
    return times


def vitq_latencies(files, threads, batch, seconds):
    """Median latency in ms of vitq's fp32 and int8, which one process interleaves, and the report."""
    command = [
        VITQ, "bench", files.fp32, "--op", "MatMul", "--per-channel", "--batch-size", str(batch),
        "--no-accuracy", "--warmup", "1", "--duration", str(seconds), "--threads", str(threads),
        "--format", "json"]
    report = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    (configuration,) = report["configurations"]
    (cell,) = configuration["time"]
    return cell["baseline"]["latency_50"], cell["optimized"]["latency_50"], report["machine"]
