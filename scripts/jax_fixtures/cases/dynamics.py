"""Scalar formulas, physics and numerical methods, whose Hessians and higher derivatives are known to be delicate."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from case import Topic, numbers, real
from cases.control_flow import scan

topic = Topic("dynamics")


@topic.case(x=numbers([1.2, 0.9]), oracle=lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2)
def rosenbrock(p, x):
    a, b = x.element(0), x.element(1)
    return (1.0 - a) * (1.0 - a) + 100.0 * (b - a * a) * (b - a * a)


@topic.case(x=numbers([0.4, -1.3]), oracle=lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2)
def himmelblau(p, x):
    a, b = x.element(0), x.element(1)
    f, g = a * a + b - 11.0, a + b * b - 7.0
    return f * f + g * g


@topic.case(x=real(4), oracle=lambda x: 40 + jnp.sum(x**2 - 10 * jnp.cos(2 * jnp.pi * x)))
def rastrigin(p, x):
    return 40.0 + (x * x - 10.0 * (float(2 * np.pi) * x).cos()).sum()


@topic.case(x=numbers(0.8), oracle=lambda x: jnp.log(jnp.sin(x)) + x**x)
def nested_scalar(p, x):
    return x.sin().log() + x**x


@topic.case(x=numbers(1.3), y=numbers(0.4), oracle=lambda x, y: jnp.exp(-x * y) * jnp.sin(x / y) / (1 + x**2))
def quotient_of_two(p, x, y):
    return (-x * y).exp() * (x / y).sin() / (1.0 + x * x)


@topic.case(x=real(3, 2), oracle=lambda x: sum(1 / jnp.linalg.norm(x[i] - x[j]) for i in range(3) for j in range(i)))
def coulomb_energy(p, x):
    rows = [x.element(i) for i in range(3)]
    inverse = lambda d: (d * d).sum().rsqrt()
    return inverse(rows[1] - rows[0]) + inverse(rows[2] - rows[0]) + inverse(rows[2] - rows[1])


@topic.case(
    x=numbers([[0, 0, 0], [0.8, 0.4, -0.2]]),
    oracle=lambda x: (lambda s: 4 * (s**6 - s**3))(1 / jnp.sum((x[0] - x[1]) ** 2)),
)
def lennard_jones(p, x):
    d = x.element(0) - x.element(1)
    s = 1.0 / (d * d).sum()
    cube = s * s * s
    return 4.0 * (cube * cube - cube)


def runge_kutta(f, y, h):
    a = f(y)
    b = f(y + 0.5 * h * a)
    c = f(y + 0.5 * h * b)
    d = f(y + h * c)
    return y + h / 6 * (a + 2 * b + 2 * c + d)


@topic.case(
    y=numbers([0.5, -0.3]),
    mu=numbers(1.5),
    oracle=lambda y, mu: runge_kutta(lambda y: jnp.stack([y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]]), y, 0.1),
)
def van_der_pol_step(p, y, mu):
    def f(y):
        a, b = y.slice(slice(0, 1)), y.slice(slice(1, 2))
        return p.concat([b, mu * (1.0 - a * a) * b - a])

    a = f(y)
    b = f(y + 0.05 * a)
    c = f(y + 0.05 * b)
    d = f(y + 0.1 * c)
    return y + (0.1 / 6) * (a + 2.0 * b + 2.0 * c + d)


@topic.case(
    q=numbers([1.0, 0.0]),
    v=numbers([0.1, 0.9]),
    oracle=lambda q, v: lax.fori_loop(
        0,
        4,
        lambda i, s: (
            s[0] + 0.1 * (s[1] - 0.1 * s[0] / jnp.linalg.norm(s[0]) ** 3),
            s[1] - 0.1 * s[0] / jnp.linalg.norm(s[0]) ** 3,
        ),
        (q, v),
    ),
)
def symplectic_orbit(p, q, v):
    def step(r, q, v):
        s = (q * q).sum().rsqrt()
        v = v - 0.1 * q * (s * s * s)
        return q + 0.1 * v, v

    return scan(p, 4, [q, v], [], [], step)


@topic.case(x=numbers(0.3), r=numbers(3.2), oracle=lambda x, r: lax.fori_loop(0, 8, lambda i, x: r * x * (1 - x), x))
def logistic_map(p, x, r):
    return scan(p, 8, [x], [], [r], lambda q, x, r: r * x * (1.0 - x))[0]


@topic.case(
    u=real(5),
    k=numbers(0.2),
    oracle=lambda u, k: lax.fori_loop(0, 3, lambda i, u: u + k * (jnp.roll(u, 1) - 2 * u + jnp.roll(u, -1)), u),
)
def heat_equation(p, u, k):
    def step(q, u, k):
        left = q.concat([u.slice(slice(4, 5)), u.slice(slice(0, 4))])
        right = q.concat([u.slice(slice(1, 5)), u.slice(slice(0, 1))])
        return u + k * (left - 2.0 * u + right)

    return scan(p, 3, [u], [], [k], step)[0]


def black_scholes(s, k, t, v, r):
    d1 = (jnp.log(s / k) + (r + v * v / 2) * t) / (v * jnp.sqrt(t))
    normal = jax.scipy.stats.norm.cdf
    return s * normal(d1) - k * jnp.exp(-r * t) * normal(d1 - v * jnp.sqrt(t))


@topic.case(
    s=numbers(100),
    k=numbers(95),
    t=numbers(0.5),
    v=numbers(0.3),
    r=numbers(0.02),
    oracle=black_scholes,
    single_tolerance=[("jvp,vjp", 1e-4, "large terms cancel")],
)
def option_price(p, s, k, t, v, r):
    root = v * t.sqrt()
    d1 = ((s / k).log() + (r + v * v / 2.0) * t) / root
    normal = lambda x: 0.5 * (x * float(-np.sqrt(0.5))).erfc()
    return s * normal(d1) - k * (-r * t).exp() * normal(d1 - root)


@topic.case(
    a=numbers([0.3, -0.5]),
    r=numbers([1.0, 0.7]),
    oracle=lambda a, r: jnp.stack(
        [r[0] * jnp.cos(a[0]) + r[1] * jnp.cos(a[0] + a[1]), r[0] * jnp.sin(a[0]) + r[1] * jnp.sin(a[0] + a[1])]
    ),
)
def two_link_arm(p, a, r):
    one, both = a.element(0), a.element(0) + a.element(1)
    x = r.element(0) * one.cos() + r.element(1) * both.cos()
    y = r.element(0) * one.sin() + r.element(1) * both.sin()
    return p.concat([x.expand(0), y.expand(0)])


@topic.case(
    q=numbers([0.9, 0.1, -0.3, 0.2]),
    v=real(3),
    oracle=lambda q, v: v + 2 * jnp.cross(q[1:], jnp.cross(q[1:], v) + q[0] * v),
)
def rotation_by_quaternion(p, q, v):
    roll = lambda v, k: p.concat([v.slice(slice(k, 3)), v.slice(slice(0, k))])
    cross = lambda a, b: roll(a, 1) * roll(b, 2) - roll(a, 2) * roll(b, 1)
    axis = q.slice(slice(1, 4))
    return v + 2.0 * cross(axis, cross(axis, v) + q.element(0) * v)


@topic.case(x=real(3), y=real(3), t=real(2), oracle=lambda x, y, t: jnp.sum((t[0] * jnp.exp(t[1] * x) - y) ** 2))
def curve_fit(p, x, y, t):
    d = t.element(0) * (t.element(1) * x).exp() - y
    return (d * d).sum()


@topic.case(w=real(2, 2, 2), oracle=lambda w: jnp.exp(jnp.sum(jnp.sin(w) ** 2, axis=(0, 2))))
def tensor_energies(p, w):
    s = w.sin()
    return (s * s).sum([0, 2]).exp()


@topic.case(x=real(3, low=0.2, high=0.9), oracle=lambda x: -jnp.sum(x * jnp.log(x) + (1 - x) * jnp.log1p(-x)))
def mixing_entropy(p, x):
    return -(x * x.log() + (1.0 - x) * (-x).log1p()).sum()


@topic.case(x=real(4), oracle=lambda x: jnp.prod(x) * jnp.sum(1 / x) + jnp.max(x) ** 3)
def elementary_symmetric(p, x):
    m = x.reduce("max")
    return x.reduce("prod") * (1.0 / x).sum() + m * m * m
