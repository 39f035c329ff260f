"""C written by hand, as near to the machine's limit as we could come: `clang -O3 -march=native -ffast-math`, polynomials
for exp and tanh, OpenBLAS for products. The first result includes the compiler. `W8/products` is its matrix products alone.
"""

import ctypes
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import harness
import models
from harness import Case, case, load, main

SOURCES = Path(__file__).resolve().parent / "c"
FLAGS = ["-O3", "-march=native", "-ffast-math", "-mprefer-vector-width=512"]
DTYPES = {
    np.float32: ["-DR=float", "-DM(x)=x##f", "-DV(f)=f##_F"],
    np.float64: ["-DR=double", "-DM(x)=x", "-DV(f)=f##_D"],
}
COMPILER = next((c for c in ("clang", "gcc", "cc") if shutil.which(c)), None)


def library(source, flags=()):
    """A file of C, compiled and loaded."""
    folder = tempfile.mkdtemp(prefix="hand-written-")
    path = f"{folder}/library.so"
    command = [COMPILER, *FLAGS, "-shared", "-fPIC", *flags, source, "-o", path, "-lopenblas", "-lm"]
    subprocess.run(command, check=True, cwd=SOURCES)
    loaded = ctypes.CDLL(path)
    shutil.rmtree(folder)
    return loaded


def initialise():
    blas = ctypes.CDLL("libopenblas.so.0")
    blas.openblas_set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)))


def address(array):
    return ctypes.c_void_p(array.ctypes.data)


def repeated(source, count, arguments, outputs, flags=()):
    """A case whose loop is in C: `run(count, …)`."""

    def build():
        run = library(source, flags).run
        return Case(lambda: run(ctypes.c_long(count), *arguments), outputs, inner=count)

    return build


@case("W1")
def _():
    xy, out = load("W1")["xy"], np.zeros(3)

    def build():
        c = library("w1.c")
        call = lambda: c.run(ctypes.c_long(10_000), c.w1, address(xy), address(out))
        return Case(call, lambda _: {"val": out[0], "g": out[1:]}, inner=10_000)

    return build


@case("W2")
def _():
    d = load("W2")
    parameters = np.concatenate([d[name].reshape(-1) for name in models.NETWORK])
    value, gradient = np.zeros(1, np.float32), np.zeros_like(parameters)

    def outputs(_):
        named, start = {"val": value[0]}, 0
        for name in models.NETWORK:
            named["g_" + name] = gradient[start : start + d[name].size]
            start += d[name].size
        return named

    arguments = [address(a) for a in (parameters, d["x"], d["t"], value, gradient)]
    return repeated("w2.c", 5000, arguments, lambda r: outputs(r) | alive(parameters))


def rosenbrock(count):
    x, value = load("W3")[f"x_{count}"], np.zeros(1)
    gradient = np.zeros_like(x)
    arguments = [address(x), address(gradient), ctypes.c_long(count), address(value)]

    def outputs(_):
        return {"val": value[0], "g": gradient[: x.size]}

    return repeated("w3.c", 1000 if count == 1000 else 1, arguments, outputs)


def black_scholes(dtype):
    d = harness.converted(load("W4"), dtype)
    inputs, value = [d[name] for name in models.OPTION], np.zeros(1)
    gradients = [np.zeros_like(a) for a in inputs]
    arguments = [address(a) for a in inputs + gradients] + [ctypes.c_long(inputs[0].size), address(value)]

    def outputs(_):
        return {"val": value[0]} | {"g_" + name: g for name, g in zip(models.OPTION, gradients)} | alive(inputs)

    return repeated("w4.c", 1, arguments, outputs, DTYPES[dtype])


def alive(_):
    """Nothing: what the closure that calls this holds stays in memory, of which C has bare addresses."""
    return {}


def logistic_regression(dtype):
    d = harness.converted(load("W5"), dtype)
    gradient, value = np.zeros(100, dtype), np.zeros(1)
    arguments = [address(d[name]) for name in ("X", "y", "w")]
    arguments += [address(gradient), ctypes.c_long(len(d["y"])), address(value)]

    def outputs(_):
        return {"val": value[0], "g": gradient} | alive(d)

    return repeated("w5.c", 1, arguments, outputs, DTYPES[dtype])


for n in (1000, 1_000_000):
    case(f"W3_{n}")(functools.partial(rosenbrock, n))
for dtype_name, dtype in (("f64", np.float64), ("f32", np.float32)):
    case(f"W4_{dtype_name}")(functools.partial(black_scholes, dtype))
    case(f"W5_{dtype_name}")(functools.partial(logistic_regression, dtype))


@case("W6")
def _():
    d = load("W6")
    parameters = {name: d[name].copy() for name in models.NETWORK}
    arguments = [address(p) for p in parameters.values()] + [address(d["x"]), address(d["y"]), ctypes.c_float(0.01)]

    def build():
        step = library("w6.c").w6
        step.restype = ctypes.c_float
        outputs = lambda value: {"val": value} | {"new_" + n: p for n, p in parameters.items()} | alive(d)
        return Case(lambda: step(*arguments), outputs)

    return build


@case("W8/products")
def _():
    def build():
        c = library("w8.c")
        c.init()
        return Case(c.w8)

    return build


@case("W9_hess")
def _():
    d, hessian = load("W9"), np.zeros((100, 100))
    arguments = [address(d[name]) for name in ("x", "A", "Q")] + [address(hessian)]

    def build():
        f = library("w9.c").w9
        return Case(lambda: f(*arguments), lambda _: {"H": hessian} | alive(d))

    return build


@case("W11")
def _():
    d = load("W11")
    gradients = {name: np.zeros_like(d[name]) for name in models.LSTM}
    arguments = [address(d[name]) for name in (*models.LSTM, "x")] + [address(g) for g in gradients.values()]

    def build():
        f = library("w11.c").w11
        f.restype = ctypes.c_float
        outputs = lambda value: {"val": value} | {"g_" + n: g for n, g in gradients.items()} | alive(d)
        return Case(lambda: f(*arguments), outputs)

    return build


@case("W13")
def _():
    d = load("W13")
    gradients = {name: np.zeros_like(d[name]) for name in models.LAYERS}
    arguments = [address(d[name]) for name in models.LAYERS] + [address(g) for g in gradients.values()]

    def build():
        f = library("w13.c").w13
        f.restype = ctypes.c_double
        outputs = lambda value: {"val": value} | {"g_" + n: g for n, g in gradients.items()} | alive(d)
        return Case(lambda: f(*arguments, ctypes.c_long(d["x"].size)), outputs)

    return build


if __name__ == "__main__":
    main(initialise, COMPILER)
