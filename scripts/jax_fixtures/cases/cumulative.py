"""Running sums, products and extrema, and linear recurrences."""

import jax.numpy as jnp
from jax import lax

from case import Topic, numbers, real

topic = Topic("cumulative")

for op in ["cumsum", "cumprod", "cummax", "cummin"]:
    attributes = {"axis": 0, "direction": "forward", "includes": "self"}
    topic.op(op, real(5), attributes=attributes)
    topic.op(op, real(2, 3, 2), name=f"{op}_inner", attributes={**attributes, "axis": 1}, single=False)
    topic.op(op, real(2, 4), name=f"{op}_reversed", attributes={**attributes, "axis": 1, "direction": "reverse"})
    exclusive = {**attributes, "includes": "before"}
    finite = op in ("cumsum", "cumprod")
    topic.op(op, real(3, 2), name=f"{op}_exclusive", attributes=exclusive, derivatives=finite, single=False)
    topic.op(
        op,
        real(4),
        name=f"{op}_exclusive_reversed",
        attributes={**exclusive, "direction": "reverse"},
        derivatives=finite,
        single=False,
    )
    topic.op(
        op, real(2, 0), name=f"{op}_of_none", attributes={**attributes, "axis": 1}, single=False, derivatives=False
    )
topic.op(
    "cumprod",
    numbers([2, 0, 3, 0, -1.5]),
    name="cumprod_zeros",
    attributes={"axis": 0, "direction": "forward", "includes": "self"},
)
for op in ["cummax", "cummin"]:
    topic.op(
        op,
        numbers([1.5, 0, -1, 1.5, 0, 2]),
        name=f"{op}_ties",
        single=False,
        second=False,
        attributes={"axis": 0, "direction": "forward", "includes": "self"},
    )

for name, attributes in {
    "forward": {"axis": 0, "direction": "forward", "factor": "self"},
    "reversed": {"axis": 0, "direction": "reverse", "factor": "self"},
    "lagged": {"axis": 0, "direction": "forward", "factor": "before"},
    "lagged_reversed": {"axis": 0, "direction": "reverse", "factor": "before"},
}.items():
    topic.op("linear_recurrence", real(4, 2), real(4, 2), name=f"linear_recurrence_{name}", attributes=attributes)
topic.op(
    "linear_recurrence",
    real(2, 3),
    real(2, 3),
    name="linear_recurrence_inner",
    single=False,
    attributes={"axis": 1, "direction": "forward", "factor": "self"},
)


@topic.case(x=real(5), oracle=lambda x: lax.cumlogsumexp(x))
def cumulative_log_sum_exp(p, x):
    m = x.reduce("max").stop_gradient()
    running = (x - m).exp().op("cumsum", axis=0, direction="forward", includes="self")
    return running.log() + m


@topic.case(
    x=real(4, low=0.1, high=0.9),
    oracle=lambda x: jnp.sum(jnp.concatenate([jnp.ones(1, x.dtype), jnp.cumprod(1 - x)[:-1]]) * x),
)
def stick_breaking(p, x):
    left = (1.0 - x).op("cumprod", axis=0, direction="forward", includes="before")
    return (left * x).sum()


@topic.case(x=real(5), oracle=lambda x: jnp.cumsum(x[::-1] ** 2)[::-1])
def suffix_energies(p, x):
    return (x * x).op("cumsum", axis=0, direction="reverse", includes="self")


def smoothed(x, a):
    def step(s, value):
        s = a * value + (1 - a) * s
        return s, s

    return lax.scan(step, jnp.zeros((), x.dtype), x)[1]


@topic.case(x=real(5), a=numbers(0.3), oracle=smoothed)
def exponential_smoothing(p, x, a):
    keep = (1.0 - a).spread((5,))
    return keep.op("linear_recurrence", a * x, axis=0, direction="forward", factor="self")


@topic.case(c=real(4), x=numbers(0.7), oracle=lambda c, x: jnp.polyval(c, x))
def horner(p, c, x):
    sums = x.spread((4,)).op("linear_recurrence", c, axis=0, direction="forward", factor="self")
    return sums.element(3)


@topic.case(x=real(6), oracle=lambda x: jnp.max(x - jnp.concatenate([x[:1], lax.cummin(x)[:-1]])), second=False)
def greatest_rise(p, x):
    least = x.op("cummin", axis=0, direction="forward", includes="self")
    before = p.concat([x.slice(slice(0, 1)), least.slice(slice(0, 5))])
    return (x - before).reduce("max")
