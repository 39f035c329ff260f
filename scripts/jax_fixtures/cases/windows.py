"""Windows and what is made of them: convolutions with strides, padding, dilations and groups, and pools."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from case import Topic, numbers, real, whole

topic = Topic("windows")


def geometry(rank, axes, sizes, strides=None, dilations=None):
    ones = [1] * len(axes)
    return dict(rank=rank, axes=axes, sizes=sizes, strides=strides or ones, dilations=dilations or ones)


topic.op("windows", real(6), attributes=geometry(1, [0], [3]))
topic.op("windows", real(7), name="windows_apart", attributes=geometry(1, [0], [2], [3]), single=False)
topic.op("windows", real(7), name="windows_dilated", attributes=geometry(1, [0], [3], [2], [2]), single=False)
topic.op(
    "windows",
    real(2, 4, 5),
    name="windows_of_planes",
    single=False,
    attributes=geometry(3, [1, 2], [2, 3], [1, 2], [2, 1]),
)
topic.op("windows", real(2, 3), name="windows_too_large", attributes=geometry(2, [1], [4]), single=False)
topic.op("windows", whole(4, 2), name="windows_of_integers", attributes=geometry(2, [0], [2]))
topic.op("fold_windows", real(3, 4), attributes={**geometry(1, [0], [3]), "extents": [6]})
topic.op(
    "fold_windows",
    real(2, 2),
    name="fold_windows_apart",
    single=False,
    attributes={**geometry(1, [0], [2], [3]), "extents": [7]},
)
topic.op(
    "fold_windows",
    real(2, 3, 2, 2, 2),
    name="fold_windows_of_planes",
    single=False,
    attributes={**geometry(3, [1, 2], [2, 3], [1, 2], [2, 1]), "extents": [4, 5]},
)
topic.op(
    "fold_windows",
    whole(2, 3, 2),
    name="fold_windows_of_integers",
    attributes={**geometry(2, [0], [2]), "extents": [4]},
)


def padded(p, x, padding, interior=None, fill=0.0):
    """Padded along the last axes; negative amounts take elements away."""
    before = [(0, 0)] * (x.rank - len(padding))
    low, high = zip(*before, *padding)
    between = [0] * len(before) + list(interior or [0] * len(padding))
    positive = lambda amounts: [max(amount, 0) for amount in amounts]
    x = x.op("pad", p.splat(fill, x.dtype, ()), low=positive(low), high=positive(high), interior=between)
    return x.slice(*[slice(max(-a, 0), n - max(-b, 0)) for a, b, n in zip(low, high, x.shape)])


def convolved(p, x, kernel, strides, padding, input_dilation, kernel_dilation, groups):
    """`x[n, c, i…]` with `kernel[f, c, k…]` by windows and one product for each group."""
    count = x.rank - 2
    sizes = list(kernel.shape[2:])
    x = padded(p, x, padding, [d - 1 for d in input_dilation])
    w = x.op("windows", **geometry(x.rank, list(range(2, x.rank)), sizes, strides, kernel_dilation))
    batch, places = x.shape[0], list(w.shape[count + 2 :])
    w = w.reshape(sizes + [batch, groups, x.shape[1] // groups] + places)
    k = kernel.reshape([groups, kernel.shape[0] // groups, x.shape[1] // groups] + sizes)
    # Groups, kernels of a group, batch, places.
    y = k.dot(w, [2] + list(range(3, 3 + count)), [count + 2] + list(range(count)), [0], [count + 1])
    y = y.transpose([2, 0, 1] + list(range(3, 3 + count)))
    return y.reshape([batch, kernel.shape[0]] + places)


def convolution(
    name, x, kernel, strides=None, padding=None, input_dilation=None, kernel_dilation=None, groups=1, **options
):
    count = len(x) - 2
    ones = [1] * count
    arguments = (strides or ones, padding or [(0, 0)] * count, input_dilation or ones, kernel_dilation or ones, groups)

    def oracle(x, kernel):
        strides, padding, input_dilation, kernel_dilation, groups = arguments
        return lax.conv_general_dilated(
            x,
            kernel,
            strides,
            padding,
            input_dilation,
            kernel_dilation,
            feature_group_count=groups,
            precision=lax.Precision.HIGHEST,
        )

    topic.add(
        f"convolution_{name}",
        lambda p, x, kernel: convolved(p, x, kernel, *arguments),
        {"oracle": oracle, **options},
        x=real(*x),
        kernel=real(*kernel),
    )


convolution("of_rows", (2, 2, 5), (3, 2, 2))
convolution("of_rows_strided", (1, 2, 7), (2, 2, 3), strides=[2], padding=[(1, 1)])
convolution("of_rows_dilated", (1, 1, 7), (2, 1, 3), kernel_dilation=[2], single=False)
convolution("of_rows_transposed", (1, 2, 3), (2, 2, 3), input_dilation=[2], padding=[(2, 2)], single=False)
convolution("of_rows_cropped", (1, 1, 6), (1, 1, 2), padding=[(-1, -2)], single=False)
convolution("of_planes", (1, 2, 4, 4), (2, 2, 3, 3), padding=[(1, 1), (1, 1)])
convolution("of_planes_strided", (1, 1, 5, 4), (2, 1, 2, 3), strides=[2, 1], padding=[(0, 1), (1, 0)], single=False)
convolution(
    "of_planes_with_all",
    (1, 1, 4, 3),
    (1, 1, 2, 2),
    strides=[2, 3],
    padding=[(1, 0), (0, 2)],
    input_dilation=[1, 2],
    kernel_dilation=[2, 1],
    single=False,
)
convolution("of_planes_by_points", (2, 3, 2, 2), (2, 3, 1, 1), single=False)
convolution("of_groups", (1, 4, 3, 3), (4, 2, 2, 2), groups=2)
convolution("of_channels_apart", (1, 3, 4), (3, 1, 2), groups=3, single=False)
convolution("of_volumes", (1, 1, 3, 3, 3), (1, 1, 2, 2, 2), padding=[(1, 0), (0, 0), (0, 1)])


@topic.case(
    x=real(1, 4, 4, 2),
    k=real(2, 2, 2, 3),
    oracle=lambda x, k: lax.conv_general_dilated(x, k, (1, 2), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")),
)
def convolution_with_channels_last(p, x, k):
    w = x.op("windows", **geometry(4, [1, 2], [2, 2], [1, 2]))
    # Batch, places, and then the kernels.
    return w.dot(k, [0, 1, 5], [0, 1, 2])


@topic.case(
    x=real(1, 1, 3, 3),
    k=real(1, 1, 2, 2),
    oracle=lambda x, k: lax.conv_transpose(x, k, (2, 2), "VALID", dimension_numbers=("NCHW", "OIHW", "NCHW")),
)
def convolution_transposed(p, x, k):
    """Strides of a transposed convolution are dilations of its input; JAX pads it by the kernel's extent less one."""
    return convolved(p, x, k, [1, 1], [(1, 1), (1, 1)], [2, 2], [1, 1], 1)


@topic.case(
    x=real(1, 1, 4, 4),
    a=real(2, 1, 2, 2),
    b=real(1, 2, 2, 2),
    oracle=lambda x, a, b: lax.conv(jnp.tanh(lax.conv(x, a, (1, 1), "VALID")), b, (1, 1), "VALID")[0, 0],
)
def convolution_after_convolution(p, x, a, b):
    plain = [1, 1], [(0, 0), (0, 0)], [1, 1], [1, 1], 1
    return convolved(p, convolved(p, x, a, *plain).tanh(), b, *plain).reshape((2, 2))


@topic.case(
    x=real(2, 5, 2), oracle=lambda x: lax.conv_general_dilated_patches(x.transpose(0, 2, 1), (3,), (1,), "VALID")
)
def patches(p, x):
    """The elements of windows as channels."""
    w = x.transpose([0, 2, 1]).op("windows", **geometry(3, [2], [3]))
    return w.transpose([1, 2, 0, 3]).reshape((2, 6, 3))


def pool(name, kind, x, sizes, strides=None, padding=None, dilations=None, **options):
    """Windows of the last axes, combined."""
    count, rank = len(sizes), len(x)
    strides, dilations = strides or [1] * count, dilations or [1] * count
    padding = padding or [(0, 0)] * count
    start = {"sum": 0.0, "max": -np.inf, "min": np.inf, "prod": 1.0}[kind]
    combine = {"sum": lax.add, "max": lax.max, "min": lax.min, "prod": lax.mul}[kind]
    whole_ = lambda values, rest: [rest] * (rank - count) + list(values)

    def build(p, x):
        x = padded(p, x, padding, fill=start)
        w = x.op("windows", **geometry(rank, list(range(rank - count, rank)), sizes, strides, dilations))
        return w.reduce(kind, list(range(count)))

    def by_window(x):
        return lax.reduce_window(
            x,
            jnp.asarray(start, x.dtype),
            combine,
            whole_(sizes, 1),
            whole_(strides, 1),
            whole_(padding, (0, 0)),
            window_dilation=whole_(dilations, 1),
        )

    def by_places(x):
        """As reductions of strided slices, which JAX can differentiate twice and for every combiner."""
        x = jnp.pad(x, whole_(padding, (0, 0)), constant_values=start)
        spans = [(n - 1) * d + 1 for n, d in zip(sizes, dilations)]
        counts = [(e - s) // t + 1 for e, s, t in zip(x.shape[rank - count :], spans, strides)]
        parts = []
        for place in itertools.product(*map(range, sizes)):
            first = whole_([k * d for k, d in zip(place, dilations)], 0)
            step = whole_(strides, 1)
            extent = list(x.shape[: rank - count]) + counts
            parts.append(lax.slice(x, first, [f + (n - 1) * s + 1 for f, n, s in zip(first, extent, step)], step))
        return getattr(jnp, kind)(jnp.stack(parts), axis=0)

    sample = np.round(np.random.default_rng(len(name)).uniform(-2, 2, x), 2)
    if not np.allclose(by_window(sample), by_places(sample)):
        print(f"pool_{name}: reduce_window is not what slices say")
    oracle = by_window if kind == "sum" else by_places
    topic.add(f"pool_{name}", build, {"oracle": oracle, **options}, x=real(*x))


pool("of_sums", "sum", (2, 6), [3])
pool("of_sums_padded", "sum", (1, 4, 4), [2, 2], [2, 1], [(1, 0), (0, 1)], single=False)
pool("of_maxima", "max", (1, 4, 4), [2, 2], [2, 2])
pool("of_maxima_overlapping", "max", (2, 6), [3])
pool("of_maxima_padded", "max", (5, 4), [3, 2], [2, 2], [(1, 1), (1, 0)], single=False)
pool("of_maxima_dilated", "max", (7,), [2], [1], None, [3], single=False)
pool("of_minima", "min", (2, 5), [2], [2], [(0, 1)], single=False)
pool("of_products", "prod", (6,), [3], single=False)


@topic.case(
    x=numbers([[1, 1, 2], [1, 2, 2]]),
    second=False,
    single=False,
    oracle=lambda x: jnp.max(jnp.stack([x[:, :2], x[:, 1:]]), axis=0),
)
def pool_of_ties(p, x):
    return x.op("windows", **geometry(2, [1], [2])).reduce("max", [0])


@topic.case(
    x=real(1, 2, 3, 3),
    oracle=lambda x: (
        lax.reduce_window(x, 0.0, lax.add, (1, 1, 2, 2), (1, 1, 1, 1), "SAME")
        / lax.reduce_window(jnp.ones_like(x), 0.0, lax.add, (1, 1, 2, 2), (1, 1, 1, 1), "SAME")
    ),
)
def pool_of_means(p, x):
    """Means of what is there: padding does not count."""
    plane = geometry(4, [2, 3], [2, 2])
    total = lambda x: padded(p, x, [(0, 1), (0, 1)]).op("windows", **plane).sum([0, 1])
    return total(x) / total(p.splat(1.0, x.dtype, x.shape))


@topic.case(
    x=real(4, 4),
    oracle=lambda x: jax.vmap(
        jax.vmap(lambda i, j: jnp.std(lax.dynamic_slice(x, (i, j), (2, 2))), (None, 0)), (0, None)
    )(jnp.arange(3), jnp.arange(3)),
)
def deviation_in_windows(p, x):
    w = x.op("windows", **geometry(2, [0, 1], [2, 2]))
    d = w - w.mean([0, 1]).op("broadcast", shape=w.shape, axes=[2, 3])
    return (d * d).mean([0, 1]).sqrt()


@topic.case(x=real(8), oracle=lambda x: jnp.convolve(x, jnp.array([0.25, 0.5, 0.25], x.dtype), mode="same"))
def smoothing_by_windows(p, x):
    w = padded(p, x, [(1, 1)]).op("windows", **geometry(1, [0], [3]))
    return p.constant([0.25, 0.5, 0.25], x.dtype).dot(w, [0], [0])


@topic.case(
    x=real(3, 4),
    w=real(3),
    oracle=lambda x, w: (
        jnp.zeros(8, x.dtype).at[jnp.arange(4) * 2 + jnp.arange(3)[:, None] * 1].add(x * w[:, None])[:8]
    ),
)
def overlap_and_add(p, x, w):
    """As frames of sound are put together."""
    weighted = x * w.expand(1)
    folded = weighted.op("fold_windows", **geometry(1, [0], [3], [2]), extents=[9])
    return folded.slice(slice(0, 8))
