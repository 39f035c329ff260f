"""Lets contenders take turns: in each round, every one of a workload runs once, so that what disturbs the machine disturbs
all of them."""

import json
import os
import selectors
import signal
import statistics
import subprocess
import tempfile
import time

from .environments import progress

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


class Failure(Exception):
    pass


class Process:
    """A contender's process, which answers every line it is sent with a line of JSON."""

    def __init__(self, contender, processors):
        self.errors = tempfile.TemporaryFile()
        # Empty, so that nothing is found again that an earlier process compiled.
        self.cache = tempfile.TemporaryDirectory(prefix="bench-peers-")
        self.process = subprocess.Popen(
            contender.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=contender.environment | {"XDG_CACHE_HOME": self.cache.name},
            start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, processors),
        )
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.pending = b""

    def answer(self, limit):
        """The next line that is an object of JSON."""
        end = time.monotonic() + limit
        while True:
            line, separator, rest = self.pending.partition(b"\n")
            if separator:
                self.pending = rest
                if line.startswith(b"{"):
                    return json.loads(line)
                continue
            remaining = end - time.monotonic()
            if remaining <= 0 or not self.selector.select(remaining):
                raise Failure(f"no answer within {limit:g} s")
            received = os.read(self.process.stdout.fileno(), 1 << 16)
            if not received:
                raise Failure(self.last_words())
            self.pending += received

    def last_words(self):
        self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else f"ended with {self.process.returncode}"

    def measure(self, limit):
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return self.answer(limit)

    def stop(self, patience=5):
        """Ends the process, and the compilers that it may have started."""
        try:
            self.process.stdin.close()
            self.process.wait(patience)
        except (subprocess.TimeoutExpired, OSError):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()
        self.cache.cleanup()


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
            process = Process(contender, processors)
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
                    record["rounds"].append(process.measure(60 + 10 * options.seconds))
                except (Failure, OSError) as failure:
                    record["failure"] = str(failure)
    finally:
        for _, process, _ in running:
            process.stop()
    for record in records:
        if record.get("rounds"):
            record["median"] = statistics.median(r["median"] for r in record["rounds"])
            record["undisturbed"] = min(r["lowestTenth"] for r in record["rounds"])
        measurements.append(record)
