"""Writes the fixtures in which results of JAX are kept, with which GradC is compared.

A development script, not run in CI. It needs Python 3.11 and

    pip install "jax[cpu]==0.10.*"

and is run from the folder above `scripts` as `python scripts/jax_fixtures [topic…]`. Each topic is a module in `cases`
and a file in `Tests/EndToEndTests/Fixtures/JAX`; without topics all are written. What a file holds is described in
`Tests/EndToEndTests/JAX/Fixture.swift`.
"""

import importlib
import os
import pathlib
import sys

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax

jax.config.update("jax_enable_x64", True)

from case import CASES

HERE = pathlib.Path(__file__).parent
FOLDER = HERE.parent.parent / "Tests/EndToEndTests/Fixtures/JAX"


def main(chosen):
    if not jax.__version__.startswith("0.10."):
        sys.exit(f"the fixtures are of JAX 0.10, and this is {jax.__version__}")
    topics = sorted(path.stem for path in (HERE / "cases").glob("[a-z]*.py"))
    if unknown := [topic for topic in chosen if topic not in topics]:
        sys.exit(f"there is no topic {', '.join(unknown)}; topics are {', '.join(topics)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for topic in chosen or topics:
        importlib.import_module(f"cases.{topic}")
        cases = [case for case in CASES if case.topic == topic]
        parts = [case.text(dtype) for case in cases for dtype in (["f64", "f32"] if case.single else ["f64"])]
        text = f"// Results of JAX {jax.__version__}, written by scripts/jax_fixtures.\n\n" + "\n".join(parts)
        (FOLDER / f"{topic}.txt").write_text(text)
        print(f"{topic}: {len(cases)} programs, {len(text)} bytes")
        # What is compiled takes gigabytes.
        jax.clear_caches()


main(sys.argv[1:])
