"""GradBench's evals, each of whose messages all tools are sent, one after the other."""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

from .environments import progress, variables
from .processes import Failure, Process

EVALS = ["hello", "llsq", "lse", "gmm", "ba", "ht", "lstm", "kmeans", "ode", "det", "particle", "saddle"]
CPP = ["manual", "codipack", "cppad", "adept", "adol-c"]
PYTHON = ["jax", "pytorch"]
# Those whose first run compiles, which get so many seconds at least: the median is to be of other runs.
COMPILES_IN_FIRST_RUN = {"jax": 1.0}
# Who is measured, and whose answers the evals are given.
MINE = ["gradc tier0", "gradc tier1"]
# A call of more than so many seconds is measured in one round only.
LONG = 1.0
# Until a program is built, or an eval has its next message.
PATIENCE = 900


@dataclass
class Tool:
    """A tool's process for one eval; started again after it was too slow."""

    name: str
    command: list
    environment: dict
    folder: str
    processors: set
    process: Process = None
    prelude: list = field(default_factory=list)
    # Why functions are not asked for any more: inputs grow.
    given_up: dict = field(default_factory=dict)

    def start(self):
        self.process = Process(self.command, self.environment, self.processors, self.folder)
        return all(self.process.ask(line, PATIENCE).get("success", True) for line in self.prelude)

    def ask(self, line, limit):
        if self.process is None:
            self.start()
        try:
            return self.process.ask(line, limit)
        except Failure:
            self.stop()
            raise

    def stop(self):
        if self.process is not None:
            self.process.stop(patience=0)
            self.process = None


def tools(options, eval_name):
    """Everybody who claims to have the eval."""
    copy = str(options.gradbench.resolve())
    environment = variables(1) | {"PYTHONPATH": os.path.join(copy, "python", "gradbench")}
    processors = {min(os.sched_getaffinity(0))}
    commands = {
        f"gradc tier{tier}": [str(options.gradc), "gradbench", "--tier", str(tier), "--threads", "1"] for tier in (0, 1)
    }
    scripts = os.path.join(copy, "python", "gradbench", "gradbench")
    for name in CPP:
        commands[name] = [options.python, os.path.join(scripts, "cpp.py"), name]
    for name in PYTHON:
        commands[name] = [options.python, os.path.join(scripts, "tools", name, "run.py")]
    chosen = [*MINE, *options.tools]
    return [
        Tool(name, commands[name], environment, copy, processors)
        for name in chosen
        if name in MINE or eval_name in evals_of(copy, name)
    ]


def evals_of(copy, tool):
    with open(os.path.join(copy, "tools", tool, "evals.txt")) as file:
        return file.read().split()


def run(options, eval_name, measurements):
    """One eval, whose inputs go to every tool; its validator sees GradC's answers."""
    copy = str(options.gradbench.resolve())
    script = os.path.join(copy, "python", "gradbench", "gradbench", "evals", eval_name, "run.py")
    present = tools(options, eval_name)
    evaluator = Process(
        [options.python, script, *options.arguments.get(eval_name, [])],
        variables(1) | {"PYTHONPATH": os.path.join(copy, "python", "gradbench")},
        os.sched_getaffinity(0),
        copy,
    )
    pending = {}
    session = f"{time.time():.3f}"
    try:
        while (line := evaluator.line(PATIENCE)) is not None:
            message = json.loads(line)
            if message["kind"] == "evaluate":
                answer, records = evaluate(options, message, present)
                for record in records:
                    record["session"] = session
                if records:
                    pending[message["id"]] = records
            elif message["kind"] == "analysis":
                answer = {"id": message["id"]}
                finish(pending.pop(message["of"], []), message, measurements)
            else:
                answer = prepare(line, message, present)
            evaluator.send(json.dumps(answer).encode())
        for records in pending.values():
            finish(records, {"valid": None}, measurements)
        try:
            if evaluator.process.wait(PATIENCE) != 0:
                progress(f"  the eval failed: {evaluator.last_words()}")
        except subprocess.TimeoutExpired:
            progress("  the eval does not end")
    finally:
        evaluator.stop(patience=1)
        for tool in present:
            tool.stop()


def last_line(answer):
    """What an answer says of its failure."""
    return (str(answer.get("error") or "").strip().splitlines() or ["no reason given"])[-1][:300]


def prepare(line, message, present):
    """Start and define, which all have to understand to stay."""
    for tool in list(present):
        try:
            answer = tool.ask(line, PATIENCE)
            tool.prelude.append(line)
            success = answer.get("success", True)
            reason = last_line(answer)
        except Failure as failure:
            success, reason = False, str(failure)
        if not success:
            progress(f"  {tool.name} is left out: {reason}")
            tool.stop()
            present.remove(tool)
            if tool.name in MINE:
                sys.exit(f"{tool.name} does not answer: {reason}")
    return {"id": message["id"], **({"success": True} if message["kind"] == "define" else {})}


def evaluate(options, message, present):
    """What GradC answers, and a record for every tool; neither for inputs that are not asked for."""
    name = f"{message['module']}/{message['function']}"
    workload = message.get("description") or ""
    refusal = {"id": message["id"], "success": False, "error": "not asked for"}
    if not re.search(options.workloads, f"{name}/{workload}"):
        return refusal, []
    # hello's input is a number, for which a tool runs once.
    if isinstance(message["input"], dict):
        message["input"] |= {"min_runs": 1, "min_seconds": options.seconds}
    lines = {options.seconds: json.dumps(message).encode()}
    records = {t.name: {"function": name, "workload": workload, "tool": t.name, "rounds": []} for t in present}
    outputs = {}
    for number in range(options.rounds):
        # Nobody always comes after the same one.
        turn = number % len(present)
        for tool in present[turn:] + present[:turn]:
            record = records[tool.name]
            rounds = record["rounds"]
            if "failure" in record or (rounds and rounds[0]["median"] > LONG):
                continue
            try:
                measure(tool, name, line_for(tool, message, lines, options), options, record, outputs)
            except Failure as failure:
                record["failure"] = str(failure)
                tool.given_up[name] = str(failure)
    first, *others = [outputs.get(mine) for mine in MINE]
    for other in others:
        # Both tiers give the same bits.
        records[MINE[0]]["same"] = first is not None and first == other
    progress(f"  {name} {workload}: " + ", ".join(summary(r) for r in records.values()))
    answer = {"id": message["id"], "success": others[-1] is not None}
    if others[-1] is not None:
        answer["output"] = others[-1]
    return answer, list(records.values())


def line_for(tool, message, lines, options):
    """The message with the tool's seconds; `lines` has those that were made."""
    seconds = max(options.seconds, COMPILES_IN_FIRST_RUN.get(tool.name, 0))
    if seconds not in lines:
        longer = message["input"] | {"min_seconds": seconds} if isinstance(message["input"], dict) else message["input"]
        lines[seconds] = json.dumps(message | {"input": longer}).encode()
    return lines[seconds]


def measure(tool, name, line, options, record, outputs):
    if name in tool.given_up:
        raise Failure(tool.given_up[name])
    # GradC's preparation is a compiler's, which has its own time.
    answer = tool.ask(line, PATIENCE if tool.name in MINE else options.limit)
    if not answer.get("success"):
        raise Failure(last_line(answer))
    if tool.name in MINE:
        outputs[tool.name] = answer["output"]
    timings = {}
    for timing in answer.get("timings", []):
        timings.setdefault(timing["name"], []).append(timing["nanoseconds"] / 1e9)
    if not timings.get("evaluate"):
        raise Failure("no timings")
    runs = sorted(timings["evaluate"])
    record["rounds"].append({"median": statistics.median(runs), "lowestTenth": runs[len(runs) // 10]})
    record.setdefault("prepare", sum(timings.get("prepare", [])))


def summary(record):
    if not record["rounds"]:
        return f"{record['tool']} –"
    return f"{record['tool']} {statistics.median(r['median'] for r in record['rounds']):.3g} s"


def finish(records, analysis, measurements):
    """Writes the records of an input down."""
    for record in records:
        if record["tool"] in MINE:
            record["valid"] = analysis["valid"]
            if analysis.get("error"):
                record["error"] = analysis["error"][:300]
        if record["rounds"]:
            record["median"] = statistics.median(r["median"] for r in record["rounds"])
            record["undisturbed"] = min(r["lowestTenth"] for r in record["rounds"])
        measurements.append(record)
    invalid = [r for r in records if r.get("valid") is False or r.get("same") is False]
    if invalid:
        progress(f"  NOT VALID: {invalid[0].get('error', 'the tiers differ')}")
