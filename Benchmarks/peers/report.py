"""The measurements as Markdown."""

import statistics

OURS = ("vitq", "fp32"), ("vitq", "dynamic int8")


def medians(rounds):
    return [statistics.median(values) for values in zip(*rounds)]


def ratio(rounds, peer, ours):
    """How many times as fast `ours` is, within each round; the median of the rounds."""
    return statistics.median(values[peer] / values[ours] for values in rounds)


def tables(cells, machine, versions):
    """One table for each model and number of threads; `cells` maps (model, threads, batch) to (engines,
    rounds of medians)."""
    lines = [f"{machine['processor']} ({machine['instruction_set']}), {versions}.", ""]
    groups = {}
    for (model, threads, batch), cell in cells.items():
        groups.setdefault((model, threads), {})[batch] = cell
    for (model, threads), batches in groups.items():
        lines += [f"### {model}, {threads} thread{'s' if threads > 1 else ''}", ""]
        lines += table(batches) + [""] + ratios(batches) + [""]
    return "\n".join(lines)


def table(batches):
    heads = [f"batch {batch}, ms (best)" for batch in batches]
    lines = ["| engine | " + " | ".join(heads) + " |", "| --- |" + " ---: |" * len(heads)]
    engines = next(iter(batches.values()))[0]
    for index, (engine, precision) in enumerate(engines):
        values = [
            f"{medians(rounds)[index]:.1f} ({min(values[index] for values in rounds):.1f})"
            for _, rounds in batches.values()]
        lines.append(f"| {engine} {precision} | " + " | ".join(values) + " |")
    return lines


def ratios(batches):
    heads = [f"batch {batch}" for batch in batches]
    lines = [
        "| times as fast, median of the ratios within a round | " + " | ".join(heads) + " |",
        "| --- |" + " ---: |" * len(heads)]
    engines = next(iter(batches.values()))[0]
    fp32, int8 = (engines.index(name) for name in OURS)
    pairs = [(int8, fp32)]
    for index, (engine, precision) in enumerate(engines):
        if engine != "vitq":
            pairs.append((fp32 if precision == "fp32" else int8, index))
    for ours, peer in pairs:
        values = [f"{ratio(rounds, peer, ours):.2f}" for _, rounds in batches.values()]
        name = " ".join(engines[ours]) + " against " + " ".join(engines[peer])
        lines.append(f"| {name} | " + " | ".join(values) + " |")
    return lines


def cold_table(rows):
    lines = [
        "### From the start of the process to the first result, batch 1", "",
        "| model | engine | whole process, s | load and first run, s | peak memory, MB |",
        "| --- | --- | ---: | ---: | ---: |"]
    for row in rows:
        lines.append(
            f"| {row['model']} | {row['engine']} {row['precision']} | "
            f"{row['process_seconds']:.2f} | {row['load_and_first_run_seconds']:.2f} | "
            f"{row['peak_memory_bytes'] / 1e6:.0f} |")
    return "\n".join(lines) + "\n"
