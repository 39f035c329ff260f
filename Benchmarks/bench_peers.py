#!/usr/bin/env python3
"""Runs GradC and its peers side by side on the workloads of README.md, and writes a report.

Everything goes to a folder outside the sources: virtual environments, inputs and references, measurements as JSON lines, the
report. What has been measured is not measured again, so a run that was stopped goes on where it was.
"""

import argparse
import os
import sys
from pathlib import Path

from driver import contenders, report, rounds
from driver.environments import PEERS, Environments

ROOT = Path(__file__).resolve().parent.parent


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", nargs="*", metavar="W", help="such as W1 W3_1000; all unless given")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS, help="all unless given")
    parser.add_argument(
        "--tiers", nargs="*", choices=["0", "1"], default=["0", "1"], help="of GradC; both unless given"
    )
    parser.add_argument(
        "--without", nargs="*", default=[], metavar="NAME", help="such as torch.compile or 'casadi gcc'"
    )
    parser.add_argument("--threads", choices=["1", "all", "both"], default="1")
    parser.add_argument("--rounds", type=int, default=5, help="in each, every contender runs once")
    parser.add_argument("--seconds", type=float, default=0.4, help="of calls, for a contender in a round")
    parser.add_argument("--limit", type=float, default=180, help="seconds until a contender's first result")
    parser.add_argument("--again", action="store_true", help="measure also what has been measured")
    parser.add_argument("--report-only", action="store_true", help="of what has been measured")
    parser.add_argument("--keep-environment", action="store_true", help="keep variables that choose kernels of a BLAS")
    parser.add_argument("--output", type=Path, default=ROOT / "out" / "benchmarks")
    parser.add_argument("--gradc", type=Path, default=ROOT / ".build" / "release" / "gradc")
    return parser.parse_args()


def main():
    options = parsed()
    options.output.mkdir(parents=True, exist_ok=True)
    measurements = rounds.Measurements(options.output / "measurements.jsonl")
    if not options.report_only:
        if not options.gradc.exists():
            sys.exit(f"{options.gradc} is not there; 'make build' builds it")
        environments = Environments(options.output)
        environments.install(options.peers)
        environments.write_inputs()
        for threads in {"1": [1], "all": [os.cpu_count()], "both": [1, os.cpu_count()]}[options.threads]:
            found = contenders.all_contenders(options, environments, threads)
            limits = contenders.machine_limits(environments, threads)
            measurements.append({"limits": limits, "threads": threads})
            rounds.run(found, measurements, options, threads)
    report.write(measurements, options.output)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on from here")
