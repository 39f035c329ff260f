"""PyTorch on the CPU, eager and compiled: `W6` is eager, `W6/compile` goes through TorchInductor and a C++ compiler."""

import functools
import os
import sys

# Nothing compiled before is found again.
os.environ["TORCHINDUCTOR_FORCE_DISABLE_CACHES"] = "1"

import numpy as np
import torch
import torch.nn.functional as F

import models
from harness import Case, case, chosen, load, main

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)))

MATH = models.namespace(
    sin=torch.sin,
    cos=torch.cos,
    tan=torch.tan,
    exp=torch.exp,
    log=torch.log,
    sqrt=torch.sqrt,
    tanh=torch.tanh,
    erf=torch.erf,
    sum=torch.sum,
    mean=torch.mean,
    stack=torch.stack,
    softplus=F.softplus,
    logsumexp=lambda x: torch.logsumexp(x, 0),
)


def initialise():
    x = torch.ones(64, requires_grad=True)
    (x * 2).sum().backward()
    if any("compile" in argument for argument in sys.argv):
        # Takes in what the compiler does once for all programs: imports, headers, what the processor can do.
        torch.compile(lambda x: torch.sin(x).sum(), dynamic=False)(x).backward()
        torch._dynamo.reset()


def tensors(workload, dtype, differentiated=()):
    result = {}
    for name, array in load(workload).items():
        if array.dtype.kind in "iu":
            result[name] = torch.tensor(array.astype(np.int64))
        else:
            result[name] = torch.tensor(array.astype(dtype)).requires_grad_(name in differentiated)
    return result


def numpy(tensor):
    return tensor.detach().numpy()


def both(name):
    """Registers a builder with the compiler off and on."""

    def register(builder):
        case(name)(functools.partial(builder, lambda f: f))
        case(name + "/compile")(functools.partial(builder, functools.partial(torch.compile, dynamic=False)))
        return builder

    return register


def gradient_case(compiler, loss, parameters, arguments, outputs):
    """Value and gradients by `backward`, which puts them where the parameters are."""

    def build():
        f = compiler(loss)

        def call():
            for parameter in parameters:
                parameter.grad = None
            value = f(*arguments)
            value.backward()
            return value, [parameter.grad for parameter in parameters]

        return Case(call, outputs)

    return build


def gradient_outputs(names):
    return lambda r: {"val": numpy(r[0])} | {"g_" + name: numpy(g) for name, g in zip(names, r[1])}


def single_output(result):
    return {"val": numpy(result[0]), "g": numpy(result[1][0])}


# Elementwise workloads.


@both("W1")
def _(compiler):
    xy = [torch.tensor(float(v), dtype=torch.float64, requires_grad=True) for v in load("W1")["xy"]]
    f = functools.partial(models.formula, MATH)
    return gradient_case(compiler, f, xy, xy, lambda r: {"val": numpy(r[0]), "g": np.array([float(g) for g in r[1]])})


def rosenbrock(count, compiler):
    x = torch.tensor(load("W3")[f"x_{count}"], requires_grad=True)
    return gradient_case(compiler, functools.partial(models.rosenbrock, MATH), [x], [x], single_output)


def black_scholes(dtype, compiler):
    d = tensors("W4", dtype, models.OPTION)
    arguments = [d[name] for name in models.OPTION]
    f = functools.partial(models.black_scholes, MATH)
    return gradient_case(compiler, f, arguments, arguments, gradient_outputs(models.OPTION))


def logistic_regression(dtype, compiler):
    d = tensors("W5", dtype, ["w"])

    def loss(w, x, y):
        return F.binary_cross_entropy_with_logits(x @ w, y) + 0.5e-3 * (w * w).sum()

    return gradient_case(compiler, loss, [d["w"]], (d["w"], d["X"], d["y"]), single_output)


for n in (1000, 1_000_000):
    both(f"W3_{n}")(functools.partial(rosenbrock, n))
for dtype_name, dtype in (("f64", np.float64), ("f32", np.float32)):
    both(f"W4_{dtype_name}")(functools.partial(black_scholes, dtype))
    both(f"W5_{dtype_name}")(functools.partial(logistic_regression, dtype))


@both("W13")
def _(compiler):
    d = tensors("W13", np.float32, models.LAYERS)
    arguments = [d[name] for name in models.LAYERS]
    f = functools.partial(models.layers, MATH)
    return gradient_case(compiler, f, arguments, arguments, gradient_outputs(models.LAYERS))


# Networks.


def classifier_loss(p, x, y):
    h = F.relu(torch.addmm(p["b1"], x, p["W1"]))
    h = F.relu(torch.addmm(p["b2"], h, p["W2"]))
    return F.cross_entropy(torch.addmm(p["b3"], h, p["W3"]), y)


def lenet_loss(p, x, y):
    h = F.max_pool2d(F.relu(F.conv2d(x, p["C1"], p["c1"], padding=2)), 2)
    h = F.max_pool2d(F.relu(F.conv2d(h, p["C2"], p["c2"])), 2)
    return classifier_loss(p, h.flatten(1), y)


def training(workload, loss, names, compiler):
    d = tensors(workload, np.float32, names)
    parameters = chosen(d, names)

    def build():
        f = compiler(loss)
        optimiser = torch.optim.SGD(list(parameters.values()), lr=0.01, fused=True)

        def call():
            optimiser.zero_grad(set_to_none=True)
            value = f(parameters, d["x"], d["y"])
            value.backward()
            optimiser.step()
            return value

        return Case(call, lambda v: {"val": numpy(v)} | {"new_" + n: numpy(p) for n, p in parameters.items()})

    return build


both("W6")(functools.partial(training, "W6", classifier_loss, models.NETWORK))
both("W7")(functools.partial(training, "W7", lenet_loss, models.LENET))


def network_case(compiler, workload, loss, names, inputs):
    d = tensors(workload, np.float32, names)
    parameters = chosen(d, names)
    arguments = (parameters, *[d[name] for name in inputs])
    return gradient_case(compiler, loss, list(parameters.values()), arguments, gradient_outputs(names))


@both("W2")
def _(compiler):
    return network_case(compiler, "W2", functools.partial(models.tiny_network, MATH), models.NETWORK, ["x", "t"])


def encoder_loss(p, x, fused_attention):
    batch, positions, features = x.shape
    heads = 4
    rows = batch * positions
    h = F.layer_norm(x, (features,), p["g1"], p["be1"]).view(rows, features)
    projected = torch.addmm(p["bqkv"], h, p["Wqkv"]).view(batch, positions, 3, heads, features // heads)
    q, k, v = (projected[:, :, i].transpose(1, 2) for i in range(3))
    if fused_attention:
        attended = F.scaled_dot_product_attention(q, k, v)
    else:
        attended = torch.softmax((q @ k.transpose(-1, -2)) * (heads / features) ** 0.5, -1) @ v
    attended = attended.transpose(1, 2).reshape(rows, features)
    x = x + torch.addmm(p["bo"], attended, p["Wo"]).view(batch, positions, features)
    h = F.layer_norm(x, (features,), p["g2"], p["be2"]).view(rows, features)
    h = F.gelu(torch.addmm(p["bf1"], h, p["Wf1"]), approximate="tanh")
    x = x + torch.addmm(p["bf2"], h, p["Wf2"]).view(batch, positions, features)
    return (x * x).mean()


def transformer(fused_attention, compiler):
    loss = functools.partial(encoder_loss, fused_attention=fused_attention)
    return network_case(compiler, "W8", loss, models.ENCODER, ["x"])


both("W8")(functools.partial(transformer, False))
both("W8/fused_attention")(functools.partial(transformer, True))


@both("W11")
def _(compiler):
    d = tensors("W11", np.float32)
    lstm = torch.nn.LSTM(32, 64)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(d["Wx"].T)
        lstm.weight_hh_l0.copy_(d["Wh"].T)
        lstm.bias_ih_l0.copy_(d["b"])
        lstm.bias_hh_l0.zero_()
    parameters = [lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0, lstm.bias_hh_l0]

    def loss(x):
        states, _ = lstm(x)
        return (states * states).mean()

    def outputs(result):
        wx, wh, b, _ = (numpy(gradient) for gradient in result[1])
        return {"val": numpy(result[0]), "g_Wx": wx.T, "g_Wh": wh.T, "g_b": b}

    return gradient_case(compiler, loss, parameters, (d["x"],), outputs)


# Second derivatives, dynamics, scalars.


def functional(compiler, function, arguments, outputs):
    def build():
        f = compiler(function)
        return Case(lambda: f(*arguments), outputs)

    return build


@both("W9_hess")
def _(compiler):
    d = tensors("W9", np.float64)
    f = torch.func.hessian(functools.partial(models.log_sum_exp, MATH))
    return functional(compiler, f, (d["x"], d["A"], d["Q"]), lambda r: {"H": numpy(r)})


@both("W9_hvp")
def _(compiler):
    d, v = tensors("W6", np.float32), tensors("W9h", np.float32)
    parameters = chosen(d, models.NETWORK)
    directions = {name: v["v" + name] for name in models.NETWORK}

    def product(p, v):
        gradient = torch.func.grad(classifier_loss)
        return torch.func.jvp(lambda q: gradient(q, d["x"], d["y"]), (p,), (v,))[1]

    return functional(
        compiler, product, (parameters, directions), lambda r: {"hv_" + n: numpy(t) for n, t in r.items()}
    )


@both("W9_hvp/backward_twice")
def _(compiler):
    d, v = tensors("W6", np.float32, models.NETWORK), tensors("W9h", np.float32)
    parameters = chosen(d, models.NETWORK)
    leaves = list(parameters.values())
    directions = [v["v" + name] for name in models.NETWORK]

    def build():
        f = compiler(classifier_loss)

        def call():
            gradients = torch.autograd.grad(f(parameters, d["x"], d["y"]), leaves, create_graph=True)
            return torch.autograd.grad(gradients, leaves, directions)

        return Case(call, lambda r: {"hv_" + n: numpy(t) for n, t in zip(models.NETWORK, r)})

    return build


@case("W10")
def _():
    d = load("W10")
    z = torch.tensor(np.concatenate([d["x0"], d["u"].reshape(-1)]))
    f = torch.func.jacrev(functools.partial(models.trajectory, MATH))
    return functional(lambda f: f, f, (z,), lambda r: {"J": numpy(r)})


def chain(count, compiler):
    x = torch.tensor(load("W12")["x"], requires_grad=True)

    def f(x):
        return models.scalar_chain(MATH, x.unbind(0), count)

    return gradient_case(compiler, f, [x], [x], single_output)


both("W12_1000")(functools.partial(chain, 1000))
for n in (10_000, 100_000):
    case(f"W12_{n}")(functools.partial(chain, n, lambda f: f))

if __name__ == "__main__":
    main(initialise, torch.__version__)
