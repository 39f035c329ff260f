#!/usr/bin/env python3
"""Runs GradC and other tools of GradBench side by side on its evals, one thread, and writes a report.

It takes a copy of GradBench's repository, whose evals make the inputs and validate GradC's answers, and whose tools are built
there. A tool that can't be built or has not an eval is left out; one that takes longer than the limit is not asked for larger
inputs.
"""

import argparse
import sys
from pathlib import Path

from driver import gradbench, gradbench_report
from driver.environments import progress
from driver.rounds import Measurements

ROOT = Path(__file__).resolve().parent.parent


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gradbench", type=Path, required=True, help="a copy of GradBench's repository")
    parser.add_argument("--evals", nargs="*", choices=gradbench.EVALS, default=gradbench.EVALS, help="all unless given")
    known = [*gradbench.CPP, *gradbench.PYTHON]
    parser.add_argument("--tools", nargs="*", choices=known, default=known, help="all unless given")
    parser.add_argument(
        "--workloads", default="", metavar="REGEX", help="inputs, as function/description: gmm/jacobian/10_"
    )
    parser.add_argument("--rounds", type=int, default=3, help="in each, every tool runs once")
    parser.add_argument("--seconds", type=float, default=0.2, help="of runs, for a tool in a round")
    parser.add_argument("--limit", type=float, default=30, help="seconds for an answer of another tool")
    parser.add_argument(
        "--python", default=sys.executable, help="with what the evals and the tools in Python need, see README.md"
    )
    parser.add_argument(
        "--arguments", action="append", default=[], metavar="EVAL=ARGUMENTS", help="of an eval: 'ba=--min 1 --max 3'"
    )
    parser.add_argument("--report-only", action="store_true", help="of what has been measured")
    parser.add_argument("--output", type=Path, default=ROOT / "out" / "gradbench")
    parser.add_argument("--gradc", type=Path, default=ROOT / ".build" / "release" / "gradc")
    options = parser.parse_args()
    options.arguments = {name: rest.split() for name, _, rest in (a.partition("=") for a in options.arguments)}
    return options


def main():
    options = parsed()
    options.gradc = options.gradc.resolve()
    options.output.mkdir(parents=True, exist_ok=True)
    measurements = Measurements(options.output / "gradbench.jsonl")
    if not options.report_only:
        for path in (options.gradc, options.gradbench / "tools" / "manual"):
            if not path.exists():
                sys.exit(f"{path} is not there")
        for number, name in enumerate(options.evals):
            progress(f"{name} ({number + 1} of {len(options.evals)})")
            gradbench.run(options, name, measurements)
    gradbench_report.write(measurements, options.output)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped")
