"""A virtual environment for every peer, the variables programs run under, and the inputs."""

import os
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
# "c" is the hand-written C, which needs NumPy alone.
PEERS = ["c", "jax", "torch", "casadi", "pytensor", "tinygrad", "autograd"]


def progress(text):
    print(text, file=sys.stderr, flush=True)


def variables(threads, keeps_environment=False):
    """The environment of a contender.

    Variables that make a BLAS choose other kernels than those of the processor are left out unless asked for: they slow
    down whoever uses that BLAS.
    """
    prefixes = ("OPENBLAS_", "MKL_", "OMP_", "GOTO_", "GRADC_")
    kept = {k: v for k, v in os.environ.items() if keeps_environment or not k.startswith(prefixes)}
    count = str(threads)
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "GRADC_THREADS", "CPU_COUNT")
    return kept | {name: count for name in names}


class Environments:
    def __init__(self, output):
        self.output = output.resolve()
        # Why a peer is not there, by its name.
        self.failures = {}

    def python(self, peer):
        return self.output / f"venv-{peer}" / "bin" / "python"

    def program(self, peer):
        return [str(self.python(peer)), str(BENCHMARKS / "Peers" / f"{peer}_peer.py")]

    def install(self, peers):
        """Makes the environments that are not there; what can't be made is noted and left out."""
        # The references are JAX's.
        for peer in dict.fromkeys(["jax", *peers]):
            requirements = BENCHMARKS / "requirements" / f"{peer}.txt"
            mark = self.output / f"venv-{peer}" / "requirements.txt"
            if mark.exists() and mark.read_text() == requirements.read_text():
                continue
            progress(f"installing {peer}")
            folder = self.output / f"venv-{peer}"
            steps = [
                [sys.executable, "-m", "venv", "--clear", str(folder)],
                [str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "-r", str(requirements)],
            ]
            try:
                for step in steps:
                    subprocess.run(step, check=True, capture_output=True, text=True, timeout=1800)
                mark.write_text(requirements.read_text())
            except (subprocess.SubprocessError, OSError) as error:
                reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
                self.failures[peer] = reason
                progress(f"  {peer} can't be installed and is left out: {reason}")

    def write_inputs(self):
        """The inputs, and results in float64 to compare with."""
        try:
            self.compute_inputs()
        except (subprocess.SubprocessError, OSError) as error:
            reason = self.failures.get("jax") or str(error)
            sys.exit(f"inputs and references, which JAX computes, can't be had: {reason}")

    def compute_inputs(self):
        python = str(self.python("jax"))
        if not (self.output / "data" / "W13" / "x.npy").exists():
            progress("writing inputs")
            subprocess.run([python, str(BENCHMARKS / "Peers" / "data.py"), str(self.output / "data")], check=True)
        if not (self.output / "ref" / "W13" / "val.npy").exists():
            progress("computing references")
            command = [*self.program("jax"), "--references", str(self.output)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=variables(os.cpu_count()))
