"""Lets contenders take turns: in each round, every one of a workload runs once, so that what disturbs the machine disturbs
all of them."""

import json
import os
import statistics
import time

from .environments import progress
from .processes import Failure, Process

# Threads that wait for work may spin for so long after a call.
REST = 0.25


class Measurements:
    """A file of JSON lines, one for every contender on a workload."""

    def __init__(self, path):
        self.path = path

    def records(self):
        if not self.path.exists():
            return []
        return [record for line in self.path.read_text().splitlines() if (record := parsed(line))]

    def append(self, record):
        with open(self.path, "a+") as file:
            # After a line that was cut.
            begun = file.tell() > 0 and not self.path.read_bytes().endswith(b"\n")
            file.write(("\n" if begun else "") + json.dumps(record) + "\n")

    def contains(self, contender, threads):
        return any(
            (r.get("contender"), r.get("case"), r["threads"]) == (contender.name, contender.case, threads)
            for r in self.records()
        )


def parsed(line):
    """A record; nothing where a run was stopped while it wrote."""
    try:
        return json.loads(line) if line else None
    except json.JSONDecodeError:
        return None


def run(contenders, measurements, options, threads):
    """Measures all workloads of which something has not been measured yet."""
    processors = set(sorted(os.sched_getaffinity(0))[:threads])
    workloads = list(dict.fromkeys(c.workload for c in contenders))
    for number, workload in enumerate(workloads):
        group = [c for c in contenders if c.workload == workload]
        if not options.again and all(measurements.contains(c, threads) for c in group):
            continue
        progress(f"{workload}, {threads} threads ({number + 1} of {len(workloads)}): {len(group)} contenders")
        run_workload(group, measurements, options, threads, processors)


def run_workload(group, measurements, options, threads, processors):
    running, records = [], []
    session = f"{time.time():.3f}"
    try:
        for contender in group:
            record = {"contender": contender.name, "case": contender.case, "workload": contender.workload,
                      "threads": threads, "session": session, "when": time.strftime("%Y-%m-%d %H:%M:%S")}  # fmt: skip
            records.append(record)
            process = Process(contender.command, contender.environment, processors)
            try:
                record |= process.answer(options.limit)
                record |= {"workload": contender.workload, "rounds": []}
                running.append((contender, process, record))
                progress(f"  {contender.name} {contender.case}: first result after {record['first']:.3g} s")
            except Failure as failure:
                record["failure"] = str(failure)
                process.stop(patience=0)
                progress(f"  {contender.name} {contender.case}: left out: {failure}")
        for number in range(options.rounds):
            # Nobody always comes after the same one.
            turn = number % len(running) if running else 0
            for entry in running[turn:] + running[:turn]:
                contender, process, record = entry
                if "failure" in record:
                    continue
                time.sleep(REST if threads > 1 else 0)
                try:
                    record["rounds"].append(process.ask(b"", 60 + 10 * options.seconds))
                except Failure as failure:
                    record["failure"] = str(failure)
    finally:
        for _, process, _ in running:
            process.stop()
    for record in records:
        if record.get("rounds"):
            record["median"] = statistics.median(r["median"] for r in record["rounds"])
            record["undisturbed"] = min(r["lowestTenth"] for r in record["rounds"])
        measurements.append(record)
