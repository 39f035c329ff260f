"""Workloads as formulas, for every peer whose arrays overload operators.

`m` is the peer's namespace of functions: sin, cos, tan, exp, log, sqrt, tanh, erf, softplus, sum, mean, stack.
"""

from types import SimpleNamespace

NETWORK = ["W1", "b1", "W2", "b2", "W3", "b3"]
LENET = ["C1", "c1", "C2", "c2"] + NETWORK
ENCODER = ["g1", "be1", "Wqkv", "bqkv", "Wo", "bo", "g2", "be2", "Wf1", "bf1", "Wf2", "bf2"]
LSTM = ["Wx", "Wh", "b"]
OPTION = ["S", "K", "r", "sigma", "T"]
LAYERS = ["x", "a", "b"]
CHAINS = [1000, 10_000, 100_000, 1_000_000]


def formula(m, x, y):
    return m.sin(x * y) + x * x * m.exp(-y)


def tiny_network(m, p, x, t):
    h = m.tanh(x @ p["W1"] + p["b1"])
    h = m.tanh(h @ p["W2"] + p["b2"])
    return m.mean((h @ p["W3"] + p["b3"] - t) ** 2)


def rosenbrock(m, x):
    here, following = x[:-1], x[1:]
    return m.sum(100.0 * (following - here**2) ** 2 + (1.0 - here) ** 2)


def black_scholes(m, spot, strike, rate, volatility, time):
    def normal_cdf(x):
        return 0.5 * (1.0 + m.erf(x * 0.7071067811865476))

    deviation = volatility * m.sqrt(time)
    first = (m.log(spot / strike) + (rate + 0.5 * volatility * volatility) * time) / deviation
    second = first - deviation
    return m.sum(spot * normal_cdf(first) - strike * m.exp(-rate * time) * normal_cdf(second))


def logistic_regression(m, w, x, y):
    z = x @ w
    return m.mean(m.softplus(z) - y * z) + 0.5e-3 * m.sum(w * w)


def log_sum_exp(m, x, a, q):
    return m.logsumexp(a @ x) + 0.5 * (x @ (q @ x))


def quadrotor_derivative(m, s, u):
    """The time derivative of position, velocity, Euler angles and angular velocity, as a list."""
    jx, jy, jz, gravity = 0.01, 0.01, 0.02, 9.81
    roll, pitch, yaw, p, q, r = (s[i] for i in range(6, 12))
    sr, cr, sp, cp, sy, cy = m.sin(roll), m.cos(roll), m.sin(pitch), m.cos(pitch), m.sin(yaw), m.cos(yaw)
    across = sr * q + cr * r
    return [
        s[3], s[4], s[5],
        u[0] * (cr * sp * cy + sr * sy), u[0] * (cr * sp * sy - sr * cy), u[0] * cr * cp - gravity,
        p + m.tan(pitch) * across, cr * q - sr * r, across / cp,
        ((jy - jz) * q * r + u[1]) / jx, ((jz - jx) * p * r + u[2]) / jy, ((jx - jy) * p * q + u[3]) / jz,
    ]  # fmt: skip


def runge_kutta(m, s, u, h=0.05):
    """A step of the classical method, on states that are vectors."""

    def f(s):
        return m.stack(quadrotor_derivative(m, s, u))

    k1 = f(s)
    k2 = f(s + 0.5 * h * k1)
    k3 = f(s + 0.5 * h * k2)
    k4 = f(s + h * k3)
    return s + (h / 6.0) * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def trajectory(m, z, steps=20):
    """The state after so many steps, unrolled; z is the first state and then the controls of every step."""
    s = z[:12]
    for i in range(steps):
        s = runge_kutta(m, s, z[12 + 4 * i : 16 + 4 * i])
    return s


def chain_link(m, a, b, x):
    product = a * b
    mixed = (m.sin(product) + 0.1 * product) * x
    return 0.5 * mixed + 0.3 * a + 0.2


def scalar_chain(m, inputs, operations):
    """A chain of so many scalar operations, unrolled; `inputs` is a list of eight scalars."""
    a, b = inputs[0], inputs[1]
    for i in range(operations // 10):
        a, b = b, chain_link(m, a, b, inputs[i % 8])
    return a + b


def layers(m, x, a, b):
    h = x
    for i in range(64):
        h = m.tanh(a[i] * h + b[i])
    return m.mean(h)


def namespace(**functions):
    return SimpleNamespace(**functions)
