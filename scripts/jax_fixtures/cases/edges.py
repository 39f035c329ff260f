"""Where functions end, jump, have kinks or lose digits: values, and derivatives where there is something to say."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from case import Topic, numbers

topic = Topic("edges")

INF, NAN = np.inf, np.nan
EXTREMES = [0.0, -0.0, INF, -INF, NAN, 1e-300, -1e-300, 1e300, -1e300]


def values(op, points, **options):
    options = {"derivatives": False, "single": False, "compare": "elementwise", **options}
    topic.op(op, numbers(points), name=f"{op}_edges", **options)


for op in ["neg", "abs", "sign", "floor", "ceil", "trunc", "round"]:
    values(op, EXTREMES + [0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370497.5], compare="exactly")
for op in ["exp", "exp2", "exp10", "expm1", "tanh", "atan", "asinh", "logistic", "erf", "cbrt"]:
    values(op, [0.0, -0.0, INF, -INF, NAN, 1e-300, 1e-10, -1e-10, 30, -30, 5.5, -5.5])
for op in ["sqrt", "rsqrt", "log", "log2", "log10"]:
    values(op, [0.0, -0.0, INF, -1, -INF, NAN, 1, 1e-300, 1e300, 1.0000001])
values("log1p", [0.0, -0.0, -1, INF, -2, NAN, 1e-10, -1e-10, 1e-300, 1e300, -0.9999999])
for op in ["sin", "cos", "tan"]:
    values(op, [0.0, -0.0, INF, -INF, NAN, 1e-300, 1e-10, 100, -1000.5, 1e6, 3.141592653589793, 1.5707963267948966])
for op in ["asin", "acos", "atanh"]:
    values(op, [0.0, -0.0, 1, -1, 1.5, -INF, NAN, 1e-10, 0.9999999, -0.9999999])
values("acosh", [1, 0.5, INF, -1, NAN, 1.0000001, 1e10, 1e300])
for op in ["sinh", "cosh"]:
    values(op, [0.0, -0.0, INF, -INF, NAN, 1e-300, 1e-10, 710.1, -710.1, 30])
values("erfc", [0.0, INF, -INF, NAN, 1e-10, 5, 10, 25, -5, 27])
values("erf_inv", [0.0, -0.0, 1, -1, 1.5, NAN, 1e-10, 0.999999, -0.999999, 0.5, 1 - 2**-53])
values("ndtri", [0, 1, 0.5, -0.5, 1.5, NAN, 1e-10, 1e-300, 0.999999, 0.3])
values("lgamma", [1, 2, 0.0, -1, -2, INF, NAN, 1e-300, 1e-10, 100, 1e10, 171.5, -2.5, -10.5])
values("tgamma", [1, 2, 5, INF, NAN, 1e-10, 20, 100.5, 171, 172, -2.5, -10.5])
values("digamma", [1, 2, -1, INF, NAN, 1e-10, 100, 1e10, -2.5, -10.25])
topic.op(
    "polygamma",
    numbers([0.0, -0.0, -1, -2, NAN, 1e-10, 1e10]),
    name="polygamma_edges",
    attributes={"order": 1},
    derivatives=False,
    single=False,
    compare="elementwise",
)
values("softplus", [0.0, INF, -INF, NAN, 30, -30, 700, 800, -700, 1e-10])

PLACES = [0.0, -0.0, 1.0, -1.0, 2.5, -2.5, INF, -INF, NAN]


def pairs(op, **options):
    """Every place with every other."""
    x, y = zip(*itertools.product(PLACES, PLACES))
    options = {"derivatives": False, "single": False, "compare": "elementwise", **options}
    topic.op(op, numbers(x), numbers(y), name=f"{op}_edges", **options)


for op in ["add", "sub", "mul", "div", "copysign"]:
    pairs(op, compare="exactly")
for op in ["max", "min", "rem", "atan2", "hypot", "log_add_exp", "nextafter"]:
    pairs(op)
for op in ["eq", "ne", "lt", "le", "gt", "ge"]:
    pairs(op)
EXPONENTS = [0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.0, INF, -INF, NAN]
x, y = zip(*itertools.product(PLACES, EXPONENTS))
topic.op("pow", numbers(x), numbers(y), name="pow_edges", derivatives=False, single=False, compare="elementwise")


def slopes(op, *points, name=None, **options):
    """Value and first derivatives at single points, each number for itself."""
    options = {"second": False, "single": False, "compare": "elementwise", **options}
    topic.op(op, *[numbers(p) for p in points], name=name or f"{op}_slopes", **options)


slopes("abs", [1e-300, -1e-300, INF, -INF])
slopes("sqrt", [1e-300, 1e300, 4, INF])
slopes("sqrt", [0.0], name="sqrt_slope_at_0")
slopes("cbrt", [1e-30, -1e-30, 1e30])
slopes("exp", [-INF, -800, 700, 0])
slopes("log", [0.0, INF, 1e-300])
slopes("log1p", [-1, INF, 1e-300])
slopes("tanh", [INF, -INF, 20, -20, 1e-10, 5])
slopes("logistic", [INF, -INF, 40, -40, 1e-10, 500, -500])
slopes("softplus", [INF, -INF, 0, 40, -40])
slopes("atan", [INF, -INF, 1e10, -1e-10])
slopes("asinh", [INF, -INF, 1e10, 1e200, -1e-10])
slopes("acosh", [INF, 1e10, 1e200, 1])
slopes("asin", [1, -1, 0.9])
slopes("acos", [1, -1, 0.9])
slopes("atanh", [1, -1, 0.9999999])
slopes("erf", [INF, -INF, 10, 1e-10, 30])
slopes("erfc", [INF, -INF, 10, 1e-10, 20])
slopes("erf_inv", [0, 0.9, -0.5])
slopes("lgamma", [INF, 1e10, 1e-10, 1, 2])
slopes("max", [1, 0.0, INF, -INF, 2], [1, 0.0, INF, -INF, 3], name="max_ties")
slopes("min", [1, 0.0, INF, -INF, 2], [1, 0.0, INF, -INF, 3], name="min_ties")
slopes("pow", [0.0, 0.0, 0.0, 0.0], [1, 2, 3, 2.5], name="pow_at_0")
slopes("pow", [0.0], [0.5], name="pow_steep_at_0")
slopes("pow", [2, -1.5, 3, 1], [0.0, 0.0, 1, 5], name="pow_by_small_integers", wrt=[0])
slopes("pow", [-2, -1.5, -3], [2, 3, -1], name="pow_of_negative", wrt=[0])
slopes("pow", [INF, 2, 0.5, 1], [2, 1000, 1000, 1e10], name="pow_far_out")
slopes("hypot", [3, 0, 1e20], [4, 2, 1e19])
slopes("atan2", [0, 1, -1, 1e200, 0], [1, 0, 0, 1e200, -1])
slopes("atan2", [0.0], [0.0], name="atan2_at_origin")
slopes("log_add_exp", [-INF, 800, -800, 0], [0, 700, -800, 0])
slopes("copysign", [1, -1, 2], [0.0, -0.0, -3])
slopes("rem", [4, -4, 5, 0], [2, 2, -3, 1], name="rem_of_multiples")
slopes("div", [1, 0, 1e300], [1e-300, 3, 1e10])


def sloped(function, *slopes):
    """A function with other partial derivatives."""
    function = jax.custom_jvp(function)

    @function.defjvp
    def tangents(x, dx):
        return function(*x), sum(slope(*x) * d for slope, d in zip(slopes, dx))

    return function


slopes(
    "abs",
    [0.0, -0.0],
    name="abs_at_0",
    instead=(sloped(jnp.abs, jnp.sign), "both are subgradients; GradC takes 0, the middle one, where JAX takes 1"),
)
slopes(
    "copysign",
    [0.0, -0.0],
    [1, -1],
    name="copysign_at_0",
    instead=(sloped(jnp.copysign, lambda a, b: 0 * a, lambda a, b: 0 * a), "likewise |a| has a kink at 0"),
)
slopes(
    "hypot",
    [0.0],
    [0.0],
    name="hypot_at_origin",
    instead=(
        sloped(jnp.hypot, lambda a, b: 0 * a, lambda a, b: 0 * b),
        "all of the unit disc are subgradients; GradC takes 0",
    ),
)
slopes(
    "hypot",
    [1e200, 1e-200],
    [1e200, 1e-200],
    name="hypot_far_out",
    instead=(
        sloped(jnp.hypot, lambda a, b: a / jnp.hypot(a, b), lambda a, b: b / jnp.hypot(a, b)),
        "JAX's derivative overflows and underflows where its value does not",
    ),
)
slopes(
    "asin",
    [0.9999999],
    name="asin_near_1",
    instead=(sloped(lax.asin, lambda x: 1 / jnp.sqrt((1 - x) * (1 + x))), "1 - x² cancels in JAX"),
)
slopes(
    "acos",
    [0.9999999],
    name="acos_near_1",
    instead=(sloped(lax.acos, lambda x: -1 / jnp.sqrt((1 - x) * (1 + x))), "1 - x² cancels in JAX"),
)
slopes(
    "acosh",
    [1.0000001],
    name="acosh_near_1",
    instead=(sloped(lax.acosh, lambda x: 1 / jnp.sqrt((x - 1) * (x + 1))), "x² - 1 cancels in JAX"),
)


def refined_erf_inv(x):
    y = lax.erf_inv(x)
    return y + (lax.erfc(y) - (1 - x)) * jnp.sqrt(jnp.pi) / 2 * jnp.exp(y * y)


slopes(
    "erf_inv",
    [0.999999],
    name="erf_inv_near_1",
    instead=(
        sloped(refined_erf_inv, lambda x: jnp.sqrt(jnp.pi) / 2 * jnp.exp(refined_erf_inv(x) ** 2)),
        "JAX's value has an error of 4e-13, which its derivative multiplies",
    ),
)
slopes(
    "pow",
    [0.0],
    [0.0],
    name="pow_at_0_0",
    instead=(
        sloped(lax.pow, lambda x, y: 0 * x, lambda x, y: 0 * y),
        "x⁰ is 1 for all x, so its derivative by x is 0, not NaN",
    ),
)
slopes(
    "pow",
    [0.0],
    [-1],
    name="pow_of_0_by_negative",
    instead=(
        sloped(lax.pow, lambda x, y: y * lax.pow(x, y - 1), lambda x, y: lax.pow(x, y) * jnp.log(x)),
        "the derivative by y is the limit -∞, where JAX has NaN",
    ),
)
share = lambda a, b: jnp.where(a == b, 0.5, lax.logistic(a - b))
slopes(
    "log_add_exp",
    [INF, -INF, INF],
    [0, -INF, INF],
    name="log_add_exp_of_infinities",
    instead=(sloped(jnp.logaddexp, share, lambda a, b: share(b, a)), "the weights add up to 1, in JAX to 2 or NaN"),
)
topic.op(
    "max",
    numbers([0.0, -0.0]),
    numbers([-0.0, 0.0]),
    name="max_of_zeros",
    derivatives=False,
    compare="exactly",
    single=False,
    instead=(lambda a, b: b, "GradC takes the second of equal numbers, JAX orders zeros by their signs"),
)
topic.op(
    "min",
    numbers([0.0, -0.0]),
    numbers([-0.0, 0.0]),
    name="min_of_zeros",
    derivatives=False,
    compare="exactly",
    single=False,
    instead=(lambda a, b: b, "GradC takes the second of equal numbers, JAX orders zeros by their signs"),
)
topic.op(
    "digamma",
    numbers([0.0]),
    name="digamma_at_0",
    derivatives=False,
    single=False,
    instead=(lambda x: x - INF, "the limit from above, where JAX has NaN"),
)
topic.op(
    "polygamma",
    numbers([INF]),
    name="polygamma_at_infinity",
    attributes={"order": 1},
    derivatives=False,
    single=False,
    instead=(lambda x: 1 / x, "the limit, where JAX has NaN"),
)
