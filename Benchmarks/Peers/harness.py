"""What every peer shares: cases, how they are timed, and the conversation with the driver.

A peer registers builders with `@case("W3_1000")`. A builder loads and converts the inputs, which is not timed, and
returns a function that defines, differentiates and compiles the program and returns a `Case`. `main` then times that
function together with the first call, writes a line of JSON, and measures calls anew for every line that it reads, so
that the driver can let peers take turns.
"""

import argparse
import gc
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

CASES = {}
# The folders of inputs and references, set by `main`.
FOLDERS = {}


class Case:
    """A program that is ready to run.

    call: computes everything once and waits for it.
    outputs: makes a dictionary of arrays of what `call` returned, named as the references are.
    inner: how many evaluations a call makes, for loops that are inside C.
    """

    def __init__(self, call, outputs=None, inner=1):
        self.call = call
        self.outputs = outputs
        self.inner = inner


def case(*names):
    """Registers a builder under names such as `W10` or, for another way to write it, `W10/scan_forward`."""

    def register(builder):
        for name in names:
            CASES[name] = builder
        return builder

    return register


def load(workload):
    """The inputs of a workload, by name."""
    return {path.stem: np.load(path) for path in sorted((FOLDERS["data"] / workload).glob("*.npy"))}


def converted(arrays, dtype):
    """Floating arrays in another dtype; integers stay."""
    return {name: a if a.dtype.kind in "iu" else a.astype(dtype) for name, a in arrays.items()}


def chosen(arrays, names):
    return {name: arrays[name] for name in names}


def named_gradients(names):
    """Outputs of cases that return a value and one gradient for every name."""

    def outputs(result):
        value, gradients = result
        return {"val": np.asarray(value)} | {"g_" + n: np.asarray(g) for n, g in zip(names, gradients)}

    return outputs


def single_gradient(result):
    """Outputs of cases that return a value and the gradient by the only parameter."""
    return {"val": np.asarray(result[0]), "g": np.asarray(result[1])}


def largest_error(outputs, workload):
    """max |a - b| / max |b| over the outputs against their references, and the output where it is largest."""
    folder = FOLDERS["ref"] / workload
    worst, where = 0.0, ""
    for name, output in outputs.items():
        expected = np.load(folder / f"{name}.npy").reshape(-1)
        found = np.asarray(output, dtype=np.float64).reshape(-1)
        if expected.shape != found.shape:
            raise ValueError(f"{name} has {found.size} elements, not {expected.size}")
        error = float(np.max(np.abs(expected - found)) / (np.max(np.abs(expected)) or 1.0))
        if not error <= worst:
            worst, where = error, name
    return worst, where


def memory(field):
    """A line of /proc/self/status, in bytes."""
    for line in open("/proc/self/status"):
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0


def reset_peak_memory():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def warmed_up(case):
    """Runs a case until it is fast; the seconds of the fastest call, as others may have been interrupted."""
    start = time.perf_counter()
    count, fastest = 0, float("inf")
    while True:
        before = time.perf_counter()
        case.call()
        seconds = time.perf_counter() - before
        count, fastest = count + 1, min(fastest, seconds)
        elapsed = time.perf_counter() - start
        if seconds > 5 or (count >= 2 and elapsed >= 0.2):
            return fastest


def call_time(case, estimate, seconds):
    """Times calls for so long; short ones in batches of two milliseconds."""
    batch = 1 if estimate > 2e-4 else max(1, int(2e-3 / max(estimate, 1e-8)))
    times = []
    clock, call = time.perf_counter, case.call
    end = clock() + seconds
    while True:
        before = clock()
        for _ in range(batch):
            call()
        after = clock()
        times.append((after - before) / batch / case.inner)
        if after >= end:
            break
    times.sort()
    return {
        "median": statistics.median(times),
        "lowestTenth": times[len(times) // 10],
        "highestTenth": times[min(len(times) - 1, 9 * len(times) // 10)],
        "batch": batch,
        "count": len(times),
    }


def main(initialise, version):
    """Runs a peer: `peer.py --list`, or `peer.py NAME --data FOLDER --seconds S`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="?")
    parser.add_argument("--list", action="store_true", help="print the names of all cases")
    parser.add_argument("--data", help="a folder with 'data' and 'ref'")
    parser.add_argument("--seconds", type=float, default=0.5)
    arguments = parser.parse_args()
    if arguments.list:
        print(json.dumps(list(CASES)))
        return
    FOLDERS["data"], FOLDERS["ref"] = Path(arguments.data) / "data", Path(arguments.data) / "ref"

    sys.setrecursionlimit(1_000_000)
    builder = CASES[arguments.name]
    initialise()
    build = builder()
    gc.collect()
    resident = memory("VmRSS")
    reset_peak_memory()
    start = time.perf_counter()
    case = build()
    built = time.perf_counter()
    result = case.call()
    first = time.perf_counter() - start
    compiling = memory("VmHWM")
    error, where = None, None
    if case.outputs:
        group = arguments.name.split("/")[0]
        error, where = largest_error(case.outputs(result), group)
    del result
    gc.collect()
    reset_peak_memory()
    estimate = warmed_up(case)
    gc.disable()
    report = {
        "workload": arguments.name,
        "version": version,
        "first": first,
        "compile": built - start,
        "error": error,
        "errorIn": where,
        "memory": {"before": resident, "compiling": compiling, "calling": memory("VmHWM")},
    }
    print(json.dumps(report), flush=True)
    for _ in sys.stdin:
        print(json.dumps(call_time(case, estimate, arguments.seconds)), flush=True)
