"""Autograd: a tape over NumPy, the baseline without any compilation."""

import functools
from importlib.metadata import version

import autograd.numpy as np
import numpy
from autograd import hessian, jacobian, value_and_grad
from autograd.scipy.special import erf, logsumexp

import harness
import models
from harness import Case, case, chosen, load, main, named_gradients, single_gradient

MATH = models.namespace(
    sin=np.sin,
    cos=np.cos,
    tan=np.tan,
    exp=np.exp,
    log=np.log,
    sqrt=np.sqrt,
    tanh=np.tanh,
    erf=erf,
    sum=np.sum,
    mean=np.mean,
    stack=np.array,
    softplus=lambda z: np.logaddexp(0.0, z),
    logsumexp=logsumexp,
)


def initialise():
    value_and_grad(lambda x: np.sum(x * 2))(numpy.ones(3))


def plain(function, arguments, outputs):
    return lambda: Case(lambda: function(*arguments), outputs)


@case("W1")
def _():
    f = value_and_grad(lambda xy: models.formula(MATH, xy[0], xy[1]))
    xy = tuple(float(v) for v in load("W1")["xy"])
    return plain(f, (xy,), single_gradient)


def rosenbrock(count):
    f = value_and_grad(functools.partial(models.rosenbrock, MATH))
    return plain(f, (load("W3")[f"x_{count}"],), single_gradient)


def black_scholes(dtype):
    d = harness.converted(load("W4"), dtype)
    f = value_and_grad(lambda option: models.black_scholes(MATH, *option))
    return plain(f, (tuple(d[name] for name in models.OPTION),), named_gradients(models.OPTION))


def logistic_regression(dtype):
    d = harness.converted(load("W5"), dtype)
    f = value_and_grad(functools.partial(models.logistic_regression, MATH))
    return plain(f, (d["w"], d["X"], d["y"]), single_gradient)


for n in (1000, 1_000_000):
    case(f"W3_{n}")(functools.partial(rosenbrock, n))
for dtype_name, dtype in (("f64", numpy.float64), ("f32", numpy.float32)):
    case(f"W4_{dtype_name}")(functools.partial(black_scholes, dtype))
    case(f"W5_{dtype_name}")(functools.partial(logistic_regression, dtype))


@case("W6")
def _():
    d = load("W6")
    state = {"parameters": chosen(d, models.NETWORK)}

    def loss(p, x, y):
        h = np.maximum(np.dot(x, p["W1"]) + p["b1"], numpy.float32(0))
        h = np.maximum(np.dot(h, p["W2"]) + p["b2"], numpy.float32(0))
        logits = np.dot(h, p["W3"]) + p["b3"]
        log_probabilities = logits - logsumexp(logits, axis=1, keepdims=True)
        return -np.mean(log_probabilities[numpy.arange(len(y)), y])

    f = value_and_grad(loss)

    def call():
        value, gradients = f(state["parameters"], d["x"], d["y"])
        state["parameters"] = {n: p - numpy.float32(0.01) * gradients[n] for n, p in state["parameters"].items()}
        return value, state["parameters"]

    return lambda: Case(call, lambda r: {"val": r[0]} | {"new_" + name: p for name, p in r[1].items()})


@case("W9_hess")
def _():
    d = load("W9")
    return plain(hessian(functools.partial(models.log_sum_exp, MATH)), (d["x"], d["A"], d["Q"]), lambda r: {"H": r})


@case("W10")
def _():
    d = load("W10")
    z = numpy.concatenate([d["x0"], d["u"].reshape(-1)])
    return plain(jacobian(functools.partial(models.trajectory, MATH)), (z,), lambda r: {"J": r})


for n in (1000, 10_000):

    @case(f"W12_{n}")
    def _(n=n):
        f = value_and_grad(lambda x: models.scalar_chain(MATH, [x[i] for i in range(8)], n))
        return plain(f, (load("W12")["x"],), single_gradient)


@case("W13")
def _():
    d = load("W13")
    f = value_and_grad(lambda inputs: models.layers(MATH, *inputs))
    return plain(f, (tuple(d[name] for name in models.LAYERS),), named_gradients(models.LAYERS))


if __name__ == "__main__":
    main(initialise, version("autograd"))
