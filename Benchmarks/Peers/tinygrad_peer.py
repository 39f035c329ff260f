"""tinygrad on its CPU device, which compiles C by clang, with TinyJit."""

import functools
import os
from importlib.metadata import version

os.environ.setdefault("CC", "clang")
os.environ.setdefault("DEV", "CPU")
# Nothing compiled before is found again.
os.environ["CACHELEVEL"] = "0"

import numpy as np
from tinygrad import Device, Tensor, TinyJit, dtypes

import harness
import models
from harness import Case, case, chosen, load, main

MATH = models.namespace(
    sin=Tensor.sin,
    exp=Tensor.exp,
    log=Tensor.log,
    sqrt=Tensor.sqrt,
    tanh=Tensor.tanh,
    erf=Tensor.erf,
    sum=Tensor.sum,
    mean=Tensor.mean,
    softplus=Tensor.softplus,
)


def initialise():
    (Tensor([1.0, 2.0, 3.0]) * 2).sum().item()


def tensors(workload, dtype):
    arrays = harness.converted(load(workload), dtype)
    return {name: Tensor(array).realize() for name, array in arrays.items()}


def finished(call):
    """A call that waits for the device."""

    def run():
        result = call()
        Device[Device.DEFAULT].synchronize()
        return result

    return run


def gradient_case(loss, parameters, names, outputs=None):
    def build():
        @TinyJit
        def f():
            value = loss()
            gradients = value.gradient(*parameters)
            Tensor.realize(value, *gradients)
            return value, gradients

        def named(result):
            return {"val": result[0].numpy()} | {n: g.numpy() for n, g in zip(names, result[1])}

        return Case(finished(f), outputs or named)

    return build


def gradients_of(names):
    return ["g_" + name for name in names]


@case("W1")
def _():
    x, y = (Tensor([float(v)], dtype=dtypes.float64).realize() for v in load("W1")["xy"])

    def outputs(result):
        return {"val": result[0].numpy(), "g": np.concatenate([g.numpy() for g in result[1]])}

    return gradient_case(lambda: models.formula(MATH, x, y).sum(), [x, y], [], outputs)


def rosenbrock(count):
    x = Tensor(load("W3")[f"x_{count}"]).realize()
    return gradient_case(lambda: models.rosenbrock(MATH, x), [x], ["g"])


def black_scholes(dtype):
    d = tensors("W4", dtype)
    arguments = [d[name] for name in models.OPTION]
    return gradient_case(lambda: models.black_scholes(MATH, *arguments), arguments, gradients_of(models.OPTION))


def logistic_regression(dtype):
    d = tensors("W5", dtype)
    return gradient_case(lambda: models.logistic_regression(MATH, d["w"], d["X"], d["y"]), [d["w"]], ["g"])


for n in (1000, 1_000_000):
    case(f"W3_{n}")(functools.partial(rosenbrock, n))
for dtype_name, dtype in (("f64", np.float64), ("f32", np.float32)):
    case(f"W4_{dtype_name}")(functools.partial(black_scholes, dtype))
    case(f"W5_{dtype_name}")(functools.partial(logistic_regression, dtype))


@case("W2")
def _():
    d = tensors("W2", np.float32)
    parameters = chosen(d, models.NETWORK)
    return gradient_case(
        lambda: models.tiny_network(MATH, parameters, d["x"], d["t"]),
        list(parameters.values()),
        gradients_of(models.NETWORK),
    )


def classifier_loss(p, x, y):
    h = (x @ p["W1"] + p["b1"]).relu()
    h = (h @ p["W2"] + p["b2"]).relu()
    return (h @ p["W3"] + p["b3"]).sparse_categorical_crossentropy(y)


def lenet_loss(p, x, y):
    h = x.conv2d(p["C1"], p["c1"], padding=2).relu().max_pool2d()
    h = h.conv2d(p["C2"], p["c2"]).relu().max_pool2d()
    return classifier_loss(p, h.flatten(1), y)


def training(workload, loss, names):
    d = tensors(workload, np.float32)
    parameters = chosen(d, names)

    def build():
        @TinyJit
        def f():
            value = loss(parameters, d["x"], d["y"])
            gradients = value.gradient(*parameters.values())
            updated = [p - 0.01 * g for p, g in zip(parameters.values(), gradients)]
            for p, new in zip(parameters.values(), updated):
                p.assign(new)
            Tensor.realize(value, *parameters.values())
            return value

        def outputs(value):
            return {"val": value.numpy()} | {"new_" + name: p.numpy() for name, p in parameters.items()}

        return Case(finished(f), outputs)

    return build


case("W6")(functools.partial(training, "W6", classifier_loss, models.NETWORK))
case("W7")(functools.partial(training, "W7", lenet_loss, models.LENET))


def encoder_loss(p, x):
    batch, positions, features, heads = 8, 128, 256, 4

    def layer_norm(x, scale, offset):
        centred = x - x.mean(-1, keepdim=True)
        return centred * ((centred * centred).mean(-1, keepdim=True) + 1e-5).rsqrt() * scale + offset

    projected = layer_norm(x, p["g1"], p["be1"]) @ p["Wqkv"] + p["bqkv"]
    projected = projected.reshape(batch, positions, 3, heads, features // heads)
    q, k, v = (projected[:, :, i].transpose(1, 2) for i in range(3))
    weights = ((q @ k.transpose(-1, -2)) * 0.125).softmax(-1)
    x = x + (weights @ v).transpose(1, 2).reshape(batch, positions, features) @ p["Wo"] + p["bo"]
    z = layer_norm(x, p["g2"], p["be2"]) @ p["Wf1"] + p["bf1"]
    gelu = 0.5 * z * (1 + (0.7978845608028654 * (z + 0.044715 * z * z * z)).tanh())
    x = x + gelu @ p["Wf2"] + p["bf2"]
    return (x * x).mean()


@case("W8")
def _():
    d = tensors("W8", np.float32)
    parameters = chosen(d, models.ENCODER)
    return gradient_case(
        lambda: encoder_loss(parameters, d["x"]), list(parameters.values()), gradients_of(models.ENCODER)
    )


@case("W12_1000")
def _():
    x = Tensor(load("W12")["x"]).realize()
    return gradient_case(lambda: models.scalar_chain(MATH, [x[i] for i in range(8)], 1000), [x], ["g"])


@case("W13")
def _():
    d = tensors("W13", np.float32)
    arguments = [d[name] for name in models.LAYERS]
    return gradient_case(lambda: models.layers(MATH, *arguments), arguments, gradients_of(models.LAYERS))


if __name__ == "__main__":
    main(initialise, version("tinygrad"))
