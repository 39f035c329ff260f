"""JAX with `jit` on the CPU. `jax_peer.py --references FOLDER` writes the float64 references of all workloads."""

import functools
import os
import sys
from pathlib import Path

os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import harness
import models
from harness import Case, case, chosen, load, main, named_gradients, single_gradient

MATH = models.namespace(
    sin=jnp.sin,
    cos=jnp.cos,
    tan=jnp.tan,
    exp=jnp.exp,
    log=jnp.log,
    sqrt=jnp.sqrt,
    tanh=jnp.tanh,
    erf=lax.erf,
    sum=jnp.sum,
    mean=jnp.mean,
    stack=jnp.stack,
    softplus=jax.nn.softplus,
    logsumexp=jax.scipy.special.logsumexp,
)


def initialise():
    jax.block_until_ready(jax.jit(jax.value_and_grad(lambda x: jnp.sum(x * 2)))(jnp.ones(3)))


def loaded(workload, dtype):
    return {name: jnp.asarray(a) for name, a in harness.converted(load(workload), dtype).items()}


def compiled(function, arguments, outputs):
    def build():
        f = jax.jit(function)
        return Case(lambda: jax.block_until_ready(f(*arguments)), outputs)

    return build


def dictionary_gradients(result):
    value, gradients = result
    return {"val": value} | {"g_" + name: gradient for name, gradient in gradients.items()}


# Elementwise workloads.


@case("W1")
def _():
    arguments = [jnp.asarray(number) for number in load("W1")["xy"]]
    f = jax.value_and_grad(functools.partial(models.formula, MATH), (0, 1))
    return compiled(f, arguments, lambda r: {"val": r[0], "g": np.array([r[1][0], r[1][1]])})


def rosenbrock(count):
    x = jnp.asarray(load("W3")[f"x_{count}"])
    return compiled(jax.value_and_grad(functools.partial(models.rosenbrock, MATH)), (x,), single_gradient)


def black_scholes(dtype):
    d = loaded("W4", dtype)
    f = jax.value_and_grad(functools.partial(models.black_scholes, MATH), (0, 1, 2, 3, 4))
    return compiled(f, [d[name] for name in models.OPTION], named_gradients(models.OPTION))


def logistic_regression(dtype):
    d = loaded("W5", dtype)
    f = jax.value_and_grad(functools.partial(models.logistic_regression, MATH))
    return compiled(f, (d["w"], d["X"], d["y"]), single_gradient)


for n in (1000, 1_000_000):
    case(f"W3_{n}")(functools.partial(rosenbrock, n))
for dtype_name, dtype in (("f64", np.float64), ("f32", np.float32)):
    case(f"W4_{dtype_name}")(functools.partial(black_scholes, dtype))
    case(f"W5_{dtype_name}")(functools.partial(logistic_regression, dtype))


def layers_scan(x, a, b):
    return jnp.mean(lax.scan(lambda h, ab: (jnp.tanh(ab[0] * h + ab[1]), None), x, (a, b))[0])


def layers(function):
    d = loaded("W13", np.float32)
    arguments = [d[name] for name in models.LAYERS]
    return compiled(jax.value_and_grad(function, (0, 1, 2)), arguments, named_gradients(models.LAYERS))


case("W13")(lambda: layers(functools.partial(models.layers, MATH)))
case("W13/scan")(lambda: layers(layers_scan))


# Networks.


def cross_entropy(logits, labels):
    log_probabilities = jax.nn.log_softmax(logits, axis=-1)
    return -jnp.mean(jnp.take_along_axis(log_probabilities, labels[:, None], axis=1))


def classifier_loss(p, x, y):
    h = jax.nn.relu(x @ p["W1"] + p["b1"])
    h = jax.nn.relu(h @ p["W2"] + p["b2"])
    return cross_entropy(h @ p["W3"] + p["b3"], y)


def lenet_loss(p, x, y, channels_last=False):
    if channels_last:
        dimensions, window = ("NHWC", "HWIO", "NHWC"), (1, 2, 2, 1)
        x = jnp.transpose(x, (0, 2, 3, 1))
    else:
        dimensions, window = ("NCHW", "OIHW", "NCHW"), (1, 1, 2, 2)

    def block(h, kernel, bias, padding):
        if channels_last:
            kernel = jnp.transpose(kernel, (2, 3, 1, 0))
        else:
            bias = bias[None, :, None, None]
        h = lax.conv_general_dilated(h, kernel, (1, 1), padding, dimension_numbers=dimensions)
        return lax.reduce_window(jax.nn.relu(h + bias), -jnp.inf, lax.max, window, window, "VALID")

    h = block(x, p["C1"], p["c1"], ((2, 2), (2, 2)))
    h = block(h, p["C2"], p["c2"], "VALID")
    if channels_last:
        h = jnp.transpose(h, (0, 3, 1, 2))
    return classifier_loss(p, h.reshape(h.shape[0], -1), y)


def step(loss, rate=0.01):
    def run(parameters, x, y):
        value, gradients = jax.value_and_grad(loss)(parameters, x, y)
        return value, jax.tree.map(lambda p, g: p - rate * g, parameters, gradients)

    return run


def step_outputs(result):
    value, parameters = result
    return {"val": value} | {"new_" + name: p for name, p in parameters.items()}


def training(workload, loss, names):
    d = loaded(workload, np.float32)
    state = {"parameters": chosen(d, names)}

    def build():
        f = jax.jit(step(loss), donate_argnums=0)

        def call():
            result = jax.block_until_ready(f(state["parameters"], d["x"], d["y"]))
            state["parameters"] = result[1]
            return result

        return Case(call, step_outputs)

    return build


@case("W2")
def _():
    d = loaded("W2", np.float32)
    f = jax.value_and_grad(functools.partial(models.tiny_network, MATH))
    return compiled(f, (chosen(d, models.NETWORK), d["x"], d["t"]), dictionary_gradients)


case("W6")(lambda: training("W6", classifier_loss, models.NETWORK))
case("W7")(lambda: training("W7", lenet_loss, models.LENET))
case("W7/channels_last")(lambda: training("W7", functools.partial(lenet_loss, channels_last=True), models.LENET))


def layer_norm(x, scale, offset):
    centred = x - jnp.mean(x, -1, keepdims=True)
    variance = jnp.mean(centred * centred, -1, keepdims=True)
    return centred * lax.rsqrt(variance + 1e-5) * scale + offset


def encoder_loss(p, x):
    batch, positions, features = x.shape
    heads = 4
    size = features // heads

    def by_head(t):
        return t.reshape(batch, positions, heads, size).transpose(0, 2, 1, 3)

    projected = layer_norm(x, p["g1"], p["be1"]) @ p["Wqkv"] + p["bqkv"]
    q, k, v = (by_head(part) for part in jnp.split(projected, 3, -1))
    weights = jax.nn.softmax((q @ k.transpose(0, 1, 3, 2)) * (1.0 / np.sqrt(size).item()), axis=-1)
    attended = (weights @ v).transpose(0, 2, 1, 3).reshape(batch, positions, features)
    x = x + attended @ p["Wo"] + p["bo"]
    h = layer_norm(x, p["g2"], p["be2"]) @ p["Wf1"] + p["bf1"]
    x = x + jax.nn.gelu(h, approximate=True) @ p["Wf2"] + p["bf2"]
    return jnp.mean(x * x)


@case("W8")
def _():
    d = loaded("W8", np.float32)
    return compiled(jax.value_and_grad(encoder_loss), (chosen(d, models.ENCODER), d["x"]), dictionary_gradients)


def lstm_loss(p, x, hoisted=True):
    start = jnp.zeros((x.shape[1], 64), x.dtype)
    driven = x @ p["Wx"] + p["b"] if hoisted else x

    def cell(carry, row):
        h, c = carry
        gates = (row if hoisted else row @ p["Wx"] + p["b"]) + h @ p["Wh"]
        i, f, g, o = jnp.split(gates, 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    states = lax.scan(cell, (start, start), driven)[1]
    return jnp.mean(states * states)


def lstm(hoisted):
    d = loaded("W11", np.float32)
    f = jax.value_and_grad(functools.partial(lstm_loss, hoisted=hoisted))
    return compiled(f, (chosen(d, models.LSTM), d["x"]), dictionary_gradients)


case("W11")(lambda: lstm(True))
case("W11/not_hoisted")(lambda: lstm(False))


# Second derivatives, dynamics, scalars.


@case("W9_hess")
def _():
    d = loaded("W9", np.float64)
    f = jax.hessian(functools.partial(models.log_sum_exp, MATH))
    return compiled(f, (d["x"], d["A"], d["Q"]), lambda r: {"H": r})


def hessian_vector_product(p, v, x, y):
    return jax.jvp(lambda q: jax.grad(classifier_loss)(q, x, y), (p,), (v,))[1]


def directions(dtype):
    return {name[1:]: array for name, array in loaded("W9h", dtype).items()}


@case("W9_hvp")
def _():
    d = loaded("W6", np.float32)
    arguments = (chosen(d, models.NETWORK), directions(np.float32), d["x"], d["y"])
    return compiled(hessian_vector_product, arguments, lambda r: {"hv_" + name: a for name, a in r.items()})


def state_and_controls():
    d = load("W10")
    return jnp.asarray(np.concatenate([d["x0"], d["u"].reshape(-1)]))


def trajectory_scan(z):
    controls = z[12:].reshape(20, 4)
    return lax.scan(lambda s, u: (models.runge_kutta(MATH, s, u), None), z[:12], controls)[0]


def jacobian(transform, function):
    return compiled(transform(function), (state_and_controls(),), lambda r: {"J": r})


case("W10/scan_forward")(lambda: jacobian(jax.jacfwd, trajectory_scan))
case("W10/scan_reverse")(lambda: jacobian(jax.jacrev, trajectory_scan))


def chain(x, operations):
    return models.scalar_chain(MATH, [x[i] for i in range(8)], operations)


def chain_loop(x, operations):
    def body(i, pair):
        a, b = pair
        return b, models.chain_link(MATH, a, b, x[i % 8])

    a, b = lax.fori_loop(0, operations // 10, body, (x[0], x[1]))
    return a + b


def chain_case(function, operations):
    f = jax.value_and_grad(functools.partial(function, operations=operations))
    return compiled(f, (jnp.asarray(load("W12")["x"]),), single_gradient)


# Unrolled, 1,000 operations take JAX minutes to compile.
case("W12_1000")(functools.partial(chain_case, chain, 1000))
for n in models.CHAINS:
    case(f"W12_{n}/loop")(functools.partial(chain_case, chain_loop, n))


def write_references(folder):
    """All results in float64, from the inputs in FOLDER/data to FOLDER/ref."""
    harness.FOLDERS["data"] = Path(folder) / "data"
    f64 = np.float64

    def put(workload, results):
        target = Path(folder) / "ref" / workload
        target.mkdir(parents=True, exist_ok=True)
        for name, array in results.items():
            np.save(target / f"{name}.npy", np.asarray(array, dtype=f64))
        print("reference of", workload, flush=True)

    def gradients(function, names, arguments):
        f = jax.jit(jax.value_and_grad(functools.partial(function, MATH), tuple(range(len(names)))))
        return named_gradients(names)(f(*arguments))

    value, slopes = jax.value_and_grad(functools.partial(models.formula, MATH), (0, 1))(*load("W1")["xy"])
    put("W1", {"val": value, "g": np.array([slopes[0], slopes[1]])})
    for n in (1000, 1_000_000):
        f = jax.value_and_grad(functools.partial(models.rosenbrock, MATH))
        put(f"W3_{n}", single_gradient(f(jnp.asarray(load("W3")[f"x_{n}"]))))
    d = loaded("W4", f64)
    prices = gradients(models.black_scholes, models.OPTION, [d[name] for name in models.OPTION])
    d = loaded("W5", f64)
    f = jax.value_and_grad(functools.partial(models.logistic_regression, MATH))
    regression = single_gradient(f(d["w"], d["X"], d["y"]))
    for dtype_name in ("f64", "f32"):
        put(f"W4_{dtype_name}", prices)
        put(f"W5_{dtype_name}", regression)
    d = loaded("W2", f64)
    f = jax.value_and_grad(functools.partial(models.tiny_network, MATH))
    put("W2", dictionary_gradients(f(chosen(d, models.NETWORK), d["x"], d["t"])))
    for workload, loss, names in (("W6", classifier_loss, models.NETWORK), ("W7", lenet_loss, models.LENET)):
        d = loaded(workload, f64)
        put(workload, step_outputs(step(loss)(chosen(d, names), d["x"], d["y"])))
    d = loaded("W6", f64)
    products = hessian_vector_product(chosen(d, models.NETWORK), directions(f64), d["x"], d["y"])
    put("W9_hvp", {"hv_" + name: array for name, array in products.items()})
    d = loaded("W8", f64)
    put("W8", dictionary_gradients(jax.value_and_grad(encoder_loss)(chosen(d, models.ENCODER), d["x"])))
    d = loaded("W9", f64)
    put("W9_hess", {"H": jax.hessian(functools.partial(models.log_sum_exp, MATH))(d["x"], d["A"], d["Q"])})
    put("W10", {"J": jax.jit(jax.jacfwd(trajectory_scan))(state_and_controls())})
    d = loaded("W11", f64)
    put("W11", dictionary_gradients(jax.value_and_grad(lstm_loss)(chosen(d, models.LSTM), d["x"])))
    for n in models.CHAINS:
        f = jax.jit(jax.value_and_grad(functools.partial(chain_loop, operations=n)))
        put(f"W12_{n}", single_gradient(f(jnp.asarray(load("W12")["x"]))))
    d = loaded("W13", f64)
    f = jax.jit(jax.value_and_grad(layers_scan, (0, 1, 2)))
    put("W13", named_gradients(models.LAYERS)(f(*[d[name] for name in models.LAYERS])))


if __name__ == "__main__":
    if "--references" in sys.argv:
        write_references(sys.argv[sys.argv.index("--references") + 1])
    else:
        main(initialise, jax.__version__)
