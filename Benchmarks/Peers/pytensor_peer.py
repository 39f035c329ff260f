"""PyTensor, with C through its virtual machine (`W6/c`) and with Numba (`W6/numba`)."""

import atexit
import functools
import os
import shutil
import sys
import tempfile

# A folder of its own, so that nothing compiled before is found again.
folder = tempfile.mkdtemp(prefix="pytensor-")
atexit.register(lambda: shutil.rmtree(folder, ignore_errors=True))
name = next((argument for argument in sys.argv[1:] if argument.startswith("W")), "")
# Numbers in formulas take this dtype.
is_double = name.split("/")[0] in ("W1", "W3_1000", "W3_1000000", "W4_f64", "W5_f64", "W9_hess", "W10")
os.environ["NUMBA_CACHE_DIR"] = folder + "/numba"
os.environ["PYTENSOR_FLAGS"] = (
    f"base_compiledir={folder},blas__ldflags=-lopenblas,numba__cache=False,"
    f"floatX={'float64' if is_double or name.startswith('W12') else 'float32'},warn_float64=ignore"
)

import numpy as np
import pytensor
import pytensor.tensor as pt

import harness
import models
from harness import Case, case, chosen, load, main

MODES = {"c": "CVM", "numba": "NUMBA"}

MATH = models.namespace(
    sin=pt.sin,
    cos=pt.cos,
    tan=pt.tan,
    exp=pt.exp,
    log=pt.log,
    sqrt=pt.sqrt,
    tanh=pt.tanh,
    erf=pt.erf,
    sum=pt.sum,
    mean=pt.mean,
    stack=pt.stack,
    softplus=pt.softplus,
    logsumexp=pt.logsumexp,
)


def mode():
    return MODES[name.split("/")[-1]]


def initialise():
    x = pt.dvector()
    total = (x * 2).sum()
    pytensor.function([x], [total, pytensor.grad(total, x)], mode=mode())(np.ones(3))


def engines(name):
    return case(*[f"{name}/{engine}" for engine in MODES])


def symbol(name, array):
    return pt.tensor(name, dtype=array.dtype, shape=array.shape)


def graph_case(define, inputs, outputs):
    """A case of a function of named arrays: `define` makes a list of results of symbols for them."""

    def build():
        symbols = {name: symbol(name, array) for name, array in inputs.items()}
        f = pytensor.function(list(symbols.values()), define(symbols), mode=mode())
        f.trust_input = True
        arguments = list(inputs.values())
        return Case(lambda: f(*arguments), outputs)

    return build


def with_gradient(loss, names):
    def define(symbols):
        value = loss(symbols)
        return [value] + pytensor.grad(value, [symbols[name] for name in names])

    return define


def gradient_outputs(names):
    return lambda r: {"val": r[0]} | {"g_" + name: gradient for name, gradient in zip(names, r[1:])}


def single_output(result):
    return {"val": result[0], "g": result[1]}


# Elementwise workloads.


@engines("W1")
def _():
    x, y = load("W1")["xy"]
    define = with_gradient(lambda s: models.formula(MATH, s["x"], s["y"]), ["x", "y"])
    outputs = lambda r: {"val": r[0], "g": np.array([float(r[1]), float(r[2])])}
    return graph_case(define, {"x": np.array(x), "y": np.array(y)}, outputs)


def rosenbrock(count):
    define = with_gradient(lambda s: models.rosenbrock(MATH, s["x"]), ["x"])
    return graph_case(define, {"x": load("W3")[f"x_{count}"]}, single_output)


def black_scholes(dtype):
    define = with_gradient(lambda s: models.black_scholes(MATH, *[s[name] for name in models.OPTION]), models.OPTION)
    inputs = chosen(harness.converted(load("W4"), dtype), models.OPTION)
    return graph_case(define, inputs, gradient_outputs(models.OPTION))


def logistic_regression(dtype):
    define = with_gradient(lambda s: models.logistic_regression(MATH, s["w"], s["X"], s["y"]), ["w"])
    return graph_case(define, harness.converted(load("W5"), dtype), single_output)


for n in (1000, 1_000_000):
    engines(f"W3_{n}")(functools.partial(rosenbrock, n))
for dtype_name, dtype in (("f64", np.float64), ("f32", np.float32)):
    engines(f"W4_{dtype_name}")(functools.partial(black_scholes, dtype))
    engines(f"W5_{dtype_name}")(functools.partial(logistic_regression, dtype))

# Networks.


@engines("W2")
def _():
    define = with_gradient(lambda s: models.tiny_network(MATH, s, s["x"], s["t"]), models.NETWORK)
    return graph_case(define, load("W2"), gradient_outputs(models.NETWORK))


def relu(x):
    return pt.maximum(x, np.asarray(0, x.dtype))


def classifier_loss(p, x, y):
    h = relu(x @ p["W1"] + p["b1"])
    h = relu(h @ p["W2"] + p["b2"])
    log_probabilities = pt.special.log_softmax(h @ p["W3"] + p["b3"], axis=-1)
    return -log_probabilities[pt.arange(y.shape[0]), y].mean()


@engines("W6")
def _():
    d = load("W6")
    parameters = {name: pytensor.shared(d[name], name) for name in models.NETWORK}

    def build():
        x, y = symbol("x", d["x"]), symbol("y", d["y"])
        value = classifier_loss(parameters, x, y)
        gradients = pytensor.grad(value, list(parameters.values()))
        updates = [(p, p - np.float32(0.01) * g) for p, g in zip(parameters.values(), gradients)]
        f = pytensor.function([x, y], value, updates=updates, mode=mode())
        f.trust_input = True

        def outputs(value):
            return {"val": value} | {"new_" + name: p.get_value() for name, p in parameters.items()}

        return Case(lambda: f(d["x"], d["y"]), outputs)

    return build


def encoder_loss(p, x):
    batch, positions, features, heads = 8, 128, 256, 4
    size, rows = features // heads, batch * positions

    def layer_norm(x, scale, offset):
        centred = x - x.mean(-1, keepdims=True)
        variance = (centred * centred).mean(-1, keepdims=True)
        return centred / pt.sqrt(variance + 1e-5) * scale + offset

    x = x.reshape((rows, features))
    projected = layer_norm(x, p["g1"], p["be1"]) @ p["Wqkv"] + p["bqkv"]
    projected = projected.reshape((batch, positions, 3, heads, size))
    q, k, v = (projected[:, :, i].transpose(0, 2, 1, 3) for i in range(3))
    weights = pt.special.softmax((q @ k.transpose(0, 1, 3, 2)) * 0.125, axis=-1)
    attended = (weights @ v).transpose(0, 2, 1, 3).reshape((rows, features))
    x = x + attended @ p["Wo"] + p["bo"]
    z = layer_norm(x, p["g2"], p["be2"]) @ p["Wf1"] + p["bf1"]
    gelu = 0.5 * z * (1 + pt.tanh(0.7978845608028654 * (z + 0.044715 * z * z * z)))
    x = x + gelu @ p["Wf2"] + p["bf2"]
    return (x * x).mean()


@engines("W8")
def _():
    define = with_gradient(lambda s: encoder_loss(s, s["x"]), models.ENCODER)
    return graph_case(define, load("W8"), gradient_outputs(models.ENCODER))


# Second derivatives and dynamics.


@engines("W9_hess")
def _():
    def define(s):
        return [pytensor.gradient.hessian(models.log_sum_exp(MATH, s["x"], s["A"], s["Q"]), s["x"])]

    return graph_case(define, load("W9"), lambda r: {"H": r[0]})


@engines("W9_hvp")
def _():
    def define(s):
        value = classifier_loss(s, s["x"], s["y"])
        parameters = [s[name] for name in models.NETWORK]
        directions = [s["v" + name] for name in models.NETWORK]
        return pytensor.gradient.hessian_vector_product(value, parameters, directions)

    outputs = lambda r: {"hv_" + name: a for name, a in zip(models.NETWORK, r)}
    return graph_case(define, load("W6") | load("W9h"), outputs)


@engines("W12_1000")
def _():
    define = with_gradient(lambda s: models.scalar_chain(MATH, [s["x"][i] for i in range(8)], 1000), ["x"])
    return graph_case(define, load("W12"), single_output)


@engines("W13")
def _():
    define = with_gradient(lambda s: models.layers(MATH, s["x"], s["a"], s["b"]), models.LAYERS)
    return graph_case(define, chosen(load("W13"), models.LAYERS), gradient_outputs(models.LAYERS))


if __name__ == "__main__":
    main(initialise, pytensor.__version__)
