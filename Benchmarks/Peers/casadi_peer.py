"""CasADi, called through buffers. `W1/vm` runs in its virtual machine; `W1/gcc` is its C built by `gcc -O3`, `W1/gcc_fast`
with `-march=native -ffast-math` too."""

import functools
import os
import sys
import tempfile

import casadi as ca
import numpy as np

import models
from harness import Case, case, load, main

FLAGS = {"vm": None, "gcc": ["-O3"], "gcc_fast": ["-O3", "-march=native", "-ffast-math"]}

MATH = models.namespace(
    sin=ca.sin, cos=ca.cos, tan=ca.tan, exp=ca.exp, tanh=ca.tanh, sum=ca.sum1, stack=lambda parts: ca.vertcat(*parts)
)


def options(engine):
    if FLAGS[engine] is None:
        return {}
    # With -ffast-math, gcc calls vector functions of the last.
    libraries = ["-lm", "-lmvec"] if "-ffast-math" in FLAGS[engine] else ["-lm"]
    compiler = {"compiler": "gcc", "linker": "gcc", "flags": FLAGS[engine], "linker_flags": libraries}
    compiler |= {"verbose": False, "cleanup": True}
    return {"jit": True, "compiler": "shell", "jit_options": compiler, "jit_serialize": "source"}


def initialise():
    # C is compiled in the current folder.
    os.chdir(tempfile.mkdtemp(prefix="casadi-"))
    engine = sys.argv[1].split("/")[-1]
    x = ca.SX.sym("x")
    ca.Function("f", [x], [x * x], options(engine))(1.0)


def engines(name, among=tuple(FLAGS)):
    """Registers a builder once for every engine."""

    def register(builder):
        for engine in among:
            case(f"{name}/{engine}")(functools.partial(builder, engine))
        return builder

    return register


def buffered(define, arguments, outputs, engine):
    """A case whose function reads and writes arrays that are there already.

    define: makes symbols and expressions of them.
    outputs: names what the arrays hold that are written; takes the function and these.
    """

    def build():
        symbols, expressions = define()
        f = ca.Function("f", symbols, expressions, options(engine))
        buffer, evaluate = f.buffer()
        arrays = [np.asarray(a, dtype=np.float64).reshape(-1, order="F").copy() for a in arguments]
        results = [np.zeros(f.nnz_out(i)) for i in range(f.n_out())]
        views = [memoryview(a) for a in arrays + results]
        for index in range(len(arrays)):
            buffer.set_arg(index, views[index])
        for index in range(len(results)):
            buffer.set_res(index, views[len(arrays) + index])

        # The buffer holds bare addresses, so everything behind them must live as long.
        def call(_alive=(f, buffer, views)):
            evaluate()
            return results

        return Case(call, lambda r: outputs(f, r))

    return build


def dense(f, results, index):
    return np.array(ca.DM(f.sparsity_out(index), results[index]))


def value_and_gradient(f, results):
    return {"val": results[0], "g": results[1]}


@engines("W1")
def _(engine):
    def define():
        x = ca.SX.sym("x", 2)
        value = models.formula(MATH, x[0], x[1])
        return [x], [value, ca.gradient(value, x)]

    return buffered(define, [load("W1")["xy"]], value_and_gradient, engine)


@engines("W2")
def _(engine):
    d = load("W2")

    def define():
        p = {name: ca.SX.sym(name, *d[name].shape) for name in models.NETWORK}
        x, t = ca.SX.sym("x", 4), ca.SX.sym("t")
        h = ca.tanh(p["W1"].T @ x + p["b1"])
        h = ca.tanh(p["W2"].T @ h + p["b2"])
        value = (p["W3"].T @ h + p["b3"] - t) ** 2
        parameters = ca.veccat(*[p[name] for name in models.NETWORK])
        return [parameters, x, t], [value, ca.gradient(value, parameters)]

    def outputs(f, results):
        named, start = {"val": results[0]}, 0
        for name in models.NETWORK:
            size = d[name].size
            named["g_" + name] = results[1][start : start + size].reshape(d[name].shape, order="F")
            start += size
        return named

    parameters = np.concatenate([d[name].reshape(-1, order="F") for name in models.NETWORK])
    return buffered(define, [parameters, d["x"], d["t"]], outputs, engine)


def rosenbrock(count, symbol, engine):
    def define():
        x = symbol("x", count)
        here, following = x[: count - 1], x[1:]
        value = ca.sum1(100 * (following - here**2) ** 2 + (1 - here) ** 2)
        return [x], [value, ca.gradient(value, x)]

    return buffered(define, [load("W3")[f"x_{count}"]], value_and_gradient, engine)


engines("W3_1000")(functools.partial(rosenbrock, 1000, ca.SX.sym))
for n in (1000, 1_000_000):
    engines(f"W3_{n}/matrix")(functools.partial(rosenbrock, n, ca.MX.sym))


@engines("W9_hess")
def _(engine):
    def define():
        x, a, q = ca.MX.sym("x", 100), ca.MX.sym("A", 200, 100), ca.MX.sym("Q", 100, 100)
        value = ca.logsumexp(a @ x) + 0.5 * ca.dot(x, q @ x)
        return [x, a, q], [ca.hessian(value, x)[0]]

    d = load("W9")
    return buffered(define, [d["x"], d["A"], d["Q"]], lambda f, r: {"H": dense(f, r, 0)}, engine)


def quadrotor(eliminates_common, engine):
    def define():
        z = ca.SX.sym("z", 92)
        jacobian = ca.jacobian(models.trajectory(MATH, z), z)
        return [z], [ca.cse(jacobian) if eliminates_common else jacobian]

    d = load("W10")
    z = np.concatenate([d["x0"], d["u"].reshape(-1)])
    return buffered(define, [z], lambda f, r: {"J": dense(f, r, 0)}, engine)


engines("W10")(functools.partial(quadrotor, False))
engines("W10/cse")(functools.partial(quadrotor, True))


def chain(count, engine):
    def define():
        x = ca.SX.sym("x", 8)
        value = models.scalar_chain(MATH, [x[i] for i in range(8)], count)
        return [x], [value, ca.gradient(value, x)]

    return buffered(define, [load("W12")["x"]], value_and_gradient, engine)


for n in models.CHAINS:
    # Beyond, gcc needs more time and memory than anybody has.
    engines(f"W12_{n}", FLAGS if n <= 10_000 else ["vm"])(functools.partial(chain, n))

if __name__ == "__main__":
    main(initialise, ca.__version__)
