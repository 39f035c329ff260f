"""Picks and scatters with repeated and wrong indices, boxes at computed places, sorting and what is made of it."""

import jax
import jax.numpy as jnp
from jax import lax

from case import Topic, integers, numbers, real, truths, whole

topic = Topic("indexing")

topic.op("take", real(3, 2), integers([0, 2, -1, 1, 9, 2]), name="take_rows", attributes={"axis": 0})
topic.op("take", real(2, 3), integers([[2, 0], [1, 1]], "i32"), name="take_columns", attributes={"axis": 1})
topic.op("take", real(2, 3, 2), integers(1), name="take_one", attributes={"axis": 1}, single=False)
topic.op("take", real(2, 2, 3), integers([2, 2, 0], "i32"), name="take_inner", attributes={"axis": 2}, single=False)
topic.op("take", real(3), integers([]), name="take_none", attributes={"axis": 0}, single=False)
topic.op("take", whole(4), integers([3, 0, 0]), name="take_integers", attributes={"axis": 0})
topic.op("take", truths([1, 0, 1]), integers([2, 1], "i32"), name="take_truths", attributes={"axis": 0})

# JAX leaves the order of updates at one place open; what it does on processors is the order of their numbers.
for name in ["add", "set"]:
    for outside in ["clamp", "drop"]:
        topic.op(
            f"scatter_{name}",
            real(3, 2),
            integers([0, 2, -1, 1, 9, 2]),
            real(6, 2),
            name=f"scatter_{name}_{outside}",
            attributes={"axis": 0, "outside": outside},
        )
    topic.op(
        f"scatter_{name}",
        real(2, 3),
        integers([[2, 0], [1, 1]], "i32"),
        real(2, 2, 2),
        single=False,
        name=f"scatter_{name}_columns",
        attributes={"axis": 1, "outside": "clamp"},
    )
    topic.op(
        f"scatter_{name}",
        real(2, 3),
        integers(1),
        real(2),
        name=f"scatter_{name}_one",
        single=False,
        attributes={"axis": 1, "outside": "drop"},
    )
for name in ["max", "min"]:
    for outside in ["clamp", "drop"]:
        topic.op(
            f"scatter_{name}",
            real(3),
            integers([0, 2, -1, 1, 9, 2]),
            real(6),
            name=f"scatter_{name}_{outside}",
            attributes={"axis": 0, "outside": outside},
            derivatives=False,
        )


def combined_max(base, indices, updates):
    """`scatter_max` as maxima over all, whose derivatives JAX has."""
    hits = jnp.arange(base.shape[0])[:, None] == indices
    return jnp.max(jnp.concatenate([base[:, None], jnp.where(hits, updates, -jnp.inf)], axis=1), axis=1)


def combined_product(base, indices, updates):
    hits = jnp.arange(base.shape[0])[:, None] == indices
    return base * jnp.prod(jnp.where(hits, updates, 1.0), axis=1)


@topic.case(base=real(3), indices=integers([0, 2, 0, 1, 2]), updates=real(5), oracle=combined_max)
def scatter_max_slopes(p, base, indices, updates):
    return base.op("scatter_max", indices, updates, axis=0, outside="clamp")


@topic.case(
    base=numbers([1, 2, 0]),
    indices=integers([0, 2, 0, 1, 2]),
    updates=numbers([1, 0, -1, 2, 0]),
    oracle=combined_max,
    second=False,
    single=False,
)
def scatter_max_ties(p, base, indices, updates):
    return base.op("scatter_max", indices, updates, axis=0, outside="clamp")


@topic.case(
    base=real(3), indices=integers([0, 2, 0, 1, 2]), updates=real(5), oracle=lambda b, i, u: -combined_max(-b, i, -u)
)
def scatter_min_slopes(p, base, indices, updates):
    return base.op("scatter_min", indices, updates, axis=0, outside="clamp")


@topic.case(base=real(3), indices=integers([0, 2, 0, 1, 2]), updates=real(5), oracle=combined_product)
def scatter_mul(p, base, indices, updates):
    return base.op("scatter_mul", indices, updates, axis=0, outside="clamp")


@topic.case(
    base=numbers([2, 0, 3]),
    indices=integers([0, 2, 0, 1, 2, 2]),
    updates=numbers([0, 0, 5, 2, -1, 4]),
    oracle=combined_product,
)
def scatter_mul_zeros(p, base, indices, updates):
    return base.op("scatter_mul", indices, updates, axis=0, outside="drop")


for name in ["add", "mul", "max", "min", "set"]:
    topic.op(
        f"scatter_{name}",
        whole(3),
        integers([0, 2, 1, 2], "i32"),
        whole(4),
        name=f"scatter_{name}_integers",
        attributes={"axis": 0, "outside": "clamp"},
    )

topic.op("dynamic_slice", real(3, 4), integers(1), integers(2), attributes={"sizes": [2, 2]})
topic.op("dynamic_slice", real(4), integers(7, "i32"), name="dynamic_slice_clamped", attributes={"sizes": [3]})
topic.op("dynamic_slice", real(4), integers(-2), name="dynamic_slice_negative", attributes={"sizes": [2]}, single=False)
topic.op("dynamic_slice", whole(4), integers(1), name="dynamic_slice_integers", attributes={"sizes": [2]})
topic.op("dynamic_update_slice", real(3, 4), real(2, 2), integers(1), integers(2), name="dynamic_update_slice")
topic.op("dynamic_update_slice", real(4), real(3), integers(9, "i32"), name="dynamic_update_slice_clamped")
topic.op("dynamic_update_slice", whole(4), whole(2), integers(-3), name="dynamic_update_slice_integers")

for order in ["ascending", "descending"]:
    attributes = {"order": order}
    topic.op("argsort", real(2, 5), name=f"argsort_{order}", attributes=attributes)
    topic.op("argsort", numbers([2, 1, 2, 0.0, -0.0, 1]), name=f"argsort_ties_{order}", attributes=attributes)
    topic.op("argsort", integers([3, -1, 3, 2**62, 0], "i64"), name=f"argsort_integers_{order}", attributes=attributes)
topic.op(
    "argsort",
    numbers([0, jnp.nan, -0.0, -jnp.inf, jnp.inf, 0, jnp.nan, -1]),
    name="argsort_nan",
    attributes={"order": "ascending"},
)
topic.op(
    "argsort",
    numbers([0, jnp.nan, -jnp.inf, jnp.inf, jnp.nan, -1]),
    name="argsort_nan_descending",
    attributes={"order": "descending"},
    instead=(lambda x: jnp.asarray([3, 0, 5, 2, 1, 4]), "GradC puts NaN last either way, JAX first when descending"),
)


@topic.case(x=real(5), oracle=jnp.sort)
def sort(p, x):
    return x.op("take", x.op("argsort", order="ascending"), axis=0)


@topic.case(x=real(6), oracle=lambda x: lax.top_k(x, 3)[0])
def top(p, x):
    return x.op("take", x.op("argsort", order="descending").slice(slice(0, 3)), axis=0)


@topic.case(x=real(5), oracle=jnp.median)
def median(p, x):
    return x.op("take", x.op("argsort", order="ascending").element(2), axis=0)


@topic.case(x=real(5), oracle=lambda x: jnp.quantile(x, 0.3))
def quantile(p, x):
    y = x.op("take", x.op("argsort", order="ascending"), axis=0)
    return 0.8 * y.element(1) + 0.2 * y.element(2)


@topic.case(table=real(4, 2), words=integers([1, 3, 1]), w=real(2), oracle=lambda t, i, w: jnp.tanh(t[i] @ w))
def embedding(p, table, words, w):
    return table.op("take", words, axis=0).matmul(w).tanh()


@topic.case(x=real(6), s=integers([0, 2, 0, 1, 2, 0]), oracle=lambda x, s: jax.ops.segment_sum(jnp.exp(x), s, 3))
def segment_sum(p, x, s):
    return p.splat(0.0, x.dtype, (3,)).op("scatter_add", s, x.exp(), axis=0, outside="drop")


@topic.case(x=real(6), s=integers([0, 2, 0, 1, 2, 0]), oracle=lambda x, s: jax.ops.segment_max(x * x, s, 3))
def segment_max(p, x, s):
    return p.splat(-jnp.inf, x.dtype, (3,)).op("scatter_max", s, x * x, axis=0, outside="drop")


@topic.case(x=real(2, 3), i=integers([[2, 0], [1, 1]]), oracle=lambda x, i: jnp.take_along_axis(x, i, axis=1))
def take_along_axis(p, x, i):
    rows = p.iota("i64", (2, 2), axis=0)
    return x.reshape((6,)).op("take", rows * 3 + i, axis=0)


@topic.case(x=real(2, 3), i=integers([1, 0, 1]), j=integers([2, 2, 0]), oracle=lambda x, i, j: x[i, j] ** 2)
def gather_pairs(p, x, i, j):
    y = x.reshape((6,)).op("take", i * 3 + j, axis=0)
    return y * y


@topic.case(
    x=real(2, 3),
    i=integers([1, 0, 1]),
    j=integers([2, 2, 2]),
    u=real(3),
    oracle=lambda x, i, j, u: x.at[i, j].add(u * u),
)
def scatter_pairs(p, x, i, j, u):
    return x.reshape((6,)).op("scatter_add", i * 3 + j, u * u, axis=0, outside="drop").reshape((2, 3))


@topic.case(
    x=real(5), i=integers([4, 9, -1, 0]), oracle=lambda x, i: jnp.where((i >= 0) & (i < 5), x[jnp.clip(i, 0, 4)], 0)
)
def take_filling(p, x, i):
    inside = (i >= 0).op("and", i < 5)
    return inside.where(x.op("take", i, axis=0), 0.0)


@topic.case(x=real(4), i=integers([2, 0, 3, 1]), oracle=lambda x, i: jnp.exp(x)[i].at[i].set(jnp.sin(x)))
def permuted_and_back(p, x, i):
    return x.exp().op("take", i, axis=0).op("scatter_set", i, x.sin(), axis=0, outside="clamp")


@topic.case(
    x=real(5),
    y=real(5),
    oracle=lambda x, y: jnp.mean((jnp.argsort(jnp.argsort(x)) - jnp.argsort(jnp.argsort(y))) ** 2 * x),
)
def rank_distances(p, x, y):
    ranks = [v.op("argsort", order="ascending").op("argsort", order="ascending") for v in (x, y)]
    d = (ranks[0] - ranks[1]).cast(x.dtype)
    return (d * d * x).mean()


@topic.case(
    a=numbers([-1, 0, 0, 2.5]),
    v=numbers([0, -2, 3, 1]),
    oracle=lambda a, v: (jnp.searchsorted(a, v).astype("int64"), jnp.searchsorted(a, v, side="right").astype("int64")),
    derivatives=False,
)
def search_sorted(p, a, v):
    pairs = a.expand(0).spread((4, 4)), v.expand(1).spread((4, 4))
    return [p.op(op, *pairs).cast("i64").sum([1]) for op in ("lt", "le")]


@topic.case(
    x=real(4, low=0, high=1),
    t=numbers(0.37),
    grid=numbers([0.0, 0.25, 0.5, 1.0]),
    oracle=lambda x, t, grid: jnp.interp(t, grid, x),
)
def interpolation(p, x, t, grid):
    place = grid.op("le", t.spread((4,))).cast("i64").sum() - 1
    at = lambda v, k: v.op("take", place + k, axis=0)
    share = (t - at(grid, 0)) / (at(grid, 1) - at(grid, 0))
    return at(x, 0) * (1.0 - share) + at(x, 1) * share


@topic.case(x=real(3, 3), k=integers(1), oracle=lambda x, k: x.at[k].multiply(2.0)[:, k] ** 2)
def row_update_and_column(p, x, k):
    row = x.op("dynamic_slice", k, k * 0, sizes=[1, 3])
    doubled = x.op("dynamic_update_slice", row * 2.0, k, k * 0)
    column = doubled.op("dynamic_slice", k * 0, k, sizes=[3, 1]).reshape((3,))
    return column * column


@topic.case(
    x=real(4), oracle=lambda x: jnp.histogram(x, bins=3, range=(-2, 2))[0].astype(x.dtype) @ jnp.ones(3, x.dtype)
)
def histogram(p, x):
    bins = ((x + 2.0) * 0.75).floor().cast("i64")
    counts = p.splat(0.0, x.dtype, (3,)).op("scatter_add", bins, p.splat(1.0, x.dtype, (4,)), axis=0, outside="drop")
    return counts.sum()
