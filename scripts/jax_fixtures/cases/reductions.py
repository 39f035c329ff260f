"""Sums, products, extrema, statistics and norms, ties and zeros among their elements."""

import jax
import jax.numpy as jnp
import numpy as np

from case import Topic, numbers, real

topic = Topic("reductions")

for name in ["sum", "prod", "max", "min"]:
    op = f"reduce_{name}"
    topic.op(op, real(2, 4), name=op, attributes={"axes": [1]})
    topic.op(op, real(2, 3, 2), name=f"{op}_outer", attributes={"axes": [0, 2]})
    topic.op(op, real(2, 2), name=f"{op}_all", attributes={"axes": [0, 1]})
    topic.op(op, real(3), name=f"{op}_over_no_axis", attributes={"axes": []}, single=False)
    topic.op(op, real(2, 0), name=f"{op}_of_none", attributes={"axes": [1]}, single=False, derivatives=False)
topic.op(
    "reduce_sum",
    numbers([1e16, 1, -1e16, 3]),
    name="reduce_sum_cancelling",
    attributes={"axes": [0]},
    single=False,
    derivatives=False,
    tolerance=[("value", 0.5, "the order of additions is not JAX's")],
)
topic.op("reduce_sum", real(70, low=0, high=1), name="reduce_sum_long", attributes={"axes": [0]}, hessian=False)
topic.op("reduce_max", numbers([[1, 3, 3], [2, 2, 2]]), name="reduce_max_ties", attributes={"axes": [1]}, second=False)
topic.op(
    "reduce_min", numbers([[1, 3, 1], [0.0, -0.0, 4]]), name="reduce_min_ties", attributes={"axes": [1]}, second=False
)
topic.op("reduce_prod", numbers([[2, 0, 3], [0, 0, 5]]), name="reduce_prod_zeros", attributes={"axes": [1]})
topic.op("reduce_prod", numbers([[2, 0, 3, 0, -1]]), name="reduce_prod_two_zeros", attributes={"axes": [0, 1]})
for name in ["max", "min"]:
    topic.op(
        f"reduce_{name}",
        numbers([1, np.nan, 2, -np.inf, np.inf]),
        name=f"reduce_{name}_of_nan",
        attributes={"axes": [0]},
        derivatives=False,
        single=False,
    )


@topic.case(x=real(2, 3), oracle=lambda x: jnp.mean(x, axis=0))
def mean(p, x):
    return x.mean([0])


@topic.case(x=real(2, 4), oracle=lambda x: (jnp.var(x, axis=1), jnp.std(x, axis=1, ddof=1)))
def variance_and_deviation(p, x):
    d = x - x.mean([1], keep=True)
    return (d * d).mean([1]), ((d * d).sum([1]) / 3.0).sqrt()


@topic.case(x=real(2, 3), oracle=lambda x: jax.nn.logsumexp(x, axis=1))
def log_sum_exp(p, x):
    m = x.reduce("max", [1], keep=True).stop_gradient()
    return (x - m).exp().sum([1]).log() + m.reshape((2,))


@topic.case(x=real(4), oracle=lambda x: jax.nn.logsumexp(x))
def log_sum_exp_of_all(p, x):
    m = x.reduce("max").stop_gradient()
    return (x - m).exp().sum().log() + m


@topic.case(x=real(3), oracle=lambda x: jnp.linalg.norm(x))
def norm_2(p, x):
    return (x * x).sum().sqrt()


@topic.case(x=real(2, 3), oracle=lambda x: (jnp.sum(jnp.abs(x), axis=1), jnp.max(jnp.abs(x), axis=0)))
def norm_1_and_infinity(p, x):
    return x.abs().sum([1]), x.abs().reduce("max", [0])


@topic.case(x=real(4, low=0.3, high=2), oracle=lambda x: jnp.sum(x**3) ** (1 / 3))
def norm_3(p, x):
    return (x**3.0).sum() ** (1 / 3)


@topic.case(x=real(5), oracle=lambda x: (jnp.argmax(x), jnp.max(x)))
def arg_max(p, x):
    m = x.reduce("max", keep=True)
    places = p.iota("i64", (5,))
    return x.eq(m.spread((5,))).where(places, 5).reduce("min"), m.reshape(())


@topic.case(x=real(3), y=real(3), oracle=lambda x, y: jnp.dot(x, y) / jnp.linalg.norm(x) / jnp.linalg.norm(y))
def cosine_similarity(p, x, y):
    return (x * y).sum() / ((x * x).sum().sqrt() * (y * y).sum().sqrt())


@topic.case(x=real(3, 2), y=real(2, 2), oracle=lambda x, y: jnp.sum((x[:, None] - y[None]) ** 2, axis=-1))
def pairwise_distances(p, x, y):
    d = x.expand(1) - y.expand(0)
    return (d * d).sum([2])


@topic.case(x=real(4, 2), oracle=lambda x: jnp.cov(x, rowvar=False))
def covariance(p, x):
    d = x - x.mean([0], keep=True)
    return d.dot(d, [0], [0]) / 3.0


@topic.case(x=real(4, low=0.2, high=2), oracle=lambda x: (jnp.exp(jnp.mean(jnp.log(x))), 1 / jnp.mean(1 / x)))
def geometric_and_harmonic_mean(p, x):
    return x.log().mean().exp(), 1.0 / (1.0 / x).mean()


@topic.case(
    x=real(2, 4),
    oracle=lambda x: (jnp.mean(x**3, 1) / jnp.mean(x**2, 1) ** 1.5, jnp.ptp(x, axis=1)),
    single_tolerance=[("jvp,vjp", 1e-4, "the third moment cancels")],
)
def skewness_and_range(p, x):
    return (x * x * x).mean([1]) / (x * x).mean([1]) ** 1.5, x.reduce("max", [1]) - x.reduce("min", [1])


@topic.case(x=real(3, low=0, high=1), oracle=lambda x: jnp.prod(1 - x) + jnp.prod(x))
def product_of_complements(p, x):
    return (1.0 - x).reduce("prod") + x.reduce("prod")


@topic.case(x=real(2, 3), w=real(3, low=0.1, high=1), oracle=lambda x, w: jnp.average(x, axis=1, weights=w))
def weighted_mean(p, x, w):
    return (x * w).sum([1]) / w.sum().spread((2,))


@topic.case(x=real(6), oracle=lambda x: jnp.sum(jnp.abs(jnp.diff(x))))
def total_variation(p, x):
    return (x.slice(slice(1, 6)) - x.slice(slice(0, 5))).abs().sum()


@topic.case(x=real(2, 5), oracle=lambda x: (jnp.any(x > 1.5, axis=1), jnp.all(x < 1.8, axis=1), jnp.sum(x > 0, axis=1)))
def counts(p, x):
    return (x > 1.5).reduce("any", [1]), (x < 1.8).reduce("all", [1]), (x > 0.0).cast("i64").sum([1])
