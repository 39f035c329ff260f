"""Who takes part: programs that measure one case each, when they are told to."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass

from .environments import BENCHMARKS, progress, variables


@dataclass
class Contender:
    """A program for one case."""

    # Such as "jax", "casadi gcc", "c", "gradc tier0".
    name: str
    # The name of the case, such as "W10/scan_forward".
    case: str
    command: list
    environment: dict

    @property
    def workload(self):
        return workload_of(self.case)


def workload_of(case):
    """What a case is another way to write of. Chains as loops are compared with each other only."""
    return case if case.endswith("/loop") else case.split("/")[0]


def contender_name(peer, case):
    """The peer, and what runs its programs where it has a choice that users make."""
    last = case.split("/")[-1]
    if peer == "casadi":
        return "casadi VM" if last == "vm" else "casadi gcc"
    return "torch.compile" if peer == "torch" and last == "compile" else peer


def all_contenders(options, environments, threads):
    """Every contender for the workloads asked for."""
    environment = variables(threads, options.keep_environment)
    measuring = ["--data", str(environments.output), "--seconds", str(options.seconds)]
    found = []
    for tier, flags in gradc_tiers(options).items():
        for case in gradc_cases(options.gradc):
            command = [str(options.gradc), "bench", "workloads", case, "--on-demand", "--memory", *flags, *measuring]
            found.append(Contender(f"gradc {tier}", case, command, environment))
    for peer in options.peers:
        if peer in environments.failures:
            continue
        for case in peer_cases(environments, peer, environment):
            found.append(
                Contender(
                    contender_name(peer, case), case, [*environments.program(peer), case, *measuring], environment
                )
            )
    found = [c for c in found if c.name not in options.without]
    if options.workloads:
        known = {name for c in found for name in (c.workload, c.case)}
        if unknown := [name for name in options.workloads if name not in known]:
            sys.exit(f"nobody has {', '.join(unknown)}; there are {', '.join(dict.fromkeys(c.workload for c in found))}")
        found = [c for c in found if c.workload in options.workloads or c.case in options.workloads]
    return found


def gradc_tiers(options):
    """The tiers asked for, with the flags that make GradC use them."""
    return {f"tier{number}": ["--tier", number] for number in options.tiers}


def gradc_cases(gradc):
    listing = subprocess.run([str(gradc), "bench", "workloads", "--list"], capture_output=True, text=True, check=True)
    return [line.split(":")[0] for line in listing.stdout.splitlines()]


def peer_cases(environments, peer, environment):
    command = [*environments.program(peer), "--list"]
    try:
        listing = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, env=environment)
        return json.loads(listing.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, json.JSONDecodeError, IndexError) as error:
        reason = ((getattr(error, "stderr", None) or str(error)).strip().splitlines() or ["?"])[-1]
        environments.failures[peer] = reason
        progress(f"{peer} does not start and is left out: {reason}")
        return []


def machine_limits(environments, threads):
    """What `limits.c` measures, or nothing without compiler or OpenBLAS."""
    compiler = next((c for c in ("clang", "gcc", "cc") if shutil.which(c)), None)
    program = environments.output / "limits"
    source = BENCHMARKS / "Peers" / "c" / "limits.c"
    flags = ["-O3", "-march=native", "-ffast-math", "-lopenblas", "-lpthread"]
    try:
        subprocess.run([compiler, str(source), "-o", str(program), *flags], check=True, capture_output=True)
        run = subprocess.run([str(program), str(threads)], check=True, capture_output=True, env=variables(threads))
        return json.loads(run.stdout)
    except (subprocess.SubprocessError, OSError, TypeError, json.JSONDecodeError) as error:
        progress(f"the machine's limits can't be measured: {error}")
        return {}
