"""What every op of GradC's registry is in JAX: by name a function of attributes that gives a function of arrays."""

import jax
import jax.numpy as jnp
import jax.scipy.special as special
import numpy as np
from jax import lax
from jax.extend.random import threefry2x32_p

import flow
import matrices

OPERATIONS = {}
DTYPES = {"f32": jnp.float32, "f64": jnp.float64, "i32": jnp.int32, "i64": jnp.int64, "bool": jnp.bool_}


def operation(name):
    def register(function):
        OPERATIONS[name] = function
        return function

    return register


def plain(**functions):
    """Ops without attributes."""
    for name, function in functions.items():
        OPERATIONS[name.rstrip("_")] = lambda function=function: function


def is_float(x):
    return jnp.issubdtype(x.dtype, jnp.floating)


plain(
    neg=lax.neg,
    add=lax.add,
    sub=lax.sub,
    mul=lax.mul,
    div=lax.div,
    rem=lax.rem,
    fma=lambda a, b, c: a * b + c,
    abs=lax.abs,
    max=lax.max,
    min=lax.min,
    copysign=jnp.copysign,
    nextafter=lax.nextafter,
)
plain(
    sqrt=lax.sqrt,
    rsqrt=lax.rsqrt,
    cbrt=lax.cbrt,
    exp=lax.exp,
    exp2=lax.exp2,
    exp10=lambda x: jnp.power(10.0, x),
    expm1=lax.expm1,
    log=lax.log,
    log2=jnp.log2,
    log10=jnp.log10,
    log1p=lax.log1p,
    pow=lax.pow,
    hypot=jnp.hypot,
)
plain(
    sin=lax.sin,
    cos=lax.cos,
    tan=lax.tan,
    asin=lax.asin,
    acos=lax.acos,
    atan=lax.atan,
    atan2=lax.atan2,
    sinh=lax.sinh,
    cosh=lax.cosh,
    tanh=lax.tanh,
    asinh=lax.asinh,
    acosh=lax.acosh,
    atanh=lax.atanh,
)
plain(
    logistic=lax.logistic,
    erf=lax.erf,
    erfc=lax.erfc,
    lgamma=lax.lgamma,
    tgamma=special.gamma,
    erf_inv=lax.erf_inv,
    ndtri=special.ndtri,
    digamma=lax.digamma,
    softplus=jax.nn.softplus,
    log_add_exp=jnp.logaddexp,
)
plain(
    floor=lax.floor,
    ceil=lax.ceil,
    round=lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN),
    trunc=jnp.trunc,
    sign=lax.sign,
)
plain(eq=lax.eq, ne=lax.ne, lt=lax.lt, le=lax.le, gt=lax.gt, ge=lax.ge)
plain(
    and_=lax.bitwise_and,
    or_=lax.bitwise_or,
    xor=lax.bitwise_xor,
    not_=lax.bitwise_not,
    shl=lax.shift_left,
    lshr=lax.shift_right_logical,
    ashr=lax.shift_right_arithmetic,
    popcount=lax.population_count,
)
plain(select=lambda c, a, b: lax.select(c, a, b), stop_gradient=lax.stop_gradient)


@operation("polygamma")
def polygamma(order):
    return lambda x: special.polygamma(order, x)


@operation("cast")
def cast(to):
    return lambda x: lax.convert_element_type(x, DTYPES[to])


# Constants and shapes


@operation("constant")
def constant(value):
    return lambda: jnp.asarray(value.array)


@operation("iota")
def iota(dtype, shape, axis):
    return lambda: lax.broadcasted_iota(DTYPES[dtype], tuple(shape), axis)


@operation("broadcast")
def broadcast(shape, axes):
    return lambda x: lax.broadcast_in_dim(x, tuple(shape), tuple(axes))


@operation("reshape")
def reshape(shape):
    return lambda x: lax.reshape(x, tuple(shape))


@operation("transpose")
def transpose(permutation):
    return lambda x: lax.transpose(x, tuple(permutation))


@operation("slice")
def slice_(starts, limits, strides):
    return lambda x: lax.slice(x, starts, limits, strides)


@operation("reverse")
def reverse(axes, shape):
    return lambda x: lax.rev(x, tuple(axes))


@operation("pad")
def pad(low, high, interior):
    return lambda x, fill: lax.pad(x, fill, list(zip(low, high, interior)))


@operation("concat")
def concat(axis, extents, rank):
    return lambda *xs: lax.concatenate(xs, axis)


# Sums and products


for _name, _function in dict(sum=jnp.sum, prod=jnp.prod, max=jnp.max, min=jnp.min, all=jnp.all, any=jnp.any).items():
    # Sums of i32 stay i32.
    def _reduce(axes, _name=_name, _function=_function):
        more = {"dtype": None} if _name in ("sum", "prod") else {}

        def compute(x):
            if more:
                return _function(x, axis=tuple(axes), dtype=x.dtype)
            if x.size == 0 and _name in ("max", "min"):
                worst = -jnp.inf if _name == "max" else jnp.inf
                return _function(x, axis=tuple(axes), initial=worst)
            return _function(x, axis=tuple(axes))

        return compute

    OPERATIONS[f"reduce_{_name}"] = _reduce


@operation("dot_general")
def dot_general(left_contracting, right_contracting, left_batch, right_batch):
    numbers = ((tuple(left_contracting), tuple(right_contracting)), (tuple(left_batch), tuple(right_batch)))
    return lambda a, b: lax.dot_general(a, b, numbers, precision=lax.Precision.HIGHEST)


def shifted(x, axis, reverse, fill):
    """Elements moved by one along an axis in the direction in which it is run through."""
    padding = [(0, 0, 0)] * x.ndim
    padding[axis] = (-1, 1, 0) if reverse else (1, -1, 0)
    return lax.pad(x, jnp.asarray(fill, x.dtype), padding)


for _name, _function, _identity in [
    ("cumsum", lax.cumsum, lambda x: 0),
    ("cumprod", lax.cumprod, lambda x: 1),
    ("cummax", lax.cummax, lambda x: -jnp.inf if is_float(x) else jnp.iinfo(x.dtype).min),
    ("cummin", lax.cummin, lambda x: jnp.inf if is_float(x) else jnp.iinfo(x.dtype).max),
]:

    def _cumulate(axis, direction="forward", includes="self", _function=_function, _identity=_identity):
        reverse = direction == "reverse"

        def compute(x):
            if includes == "before":
                x = shifted(x, axis, reverse, _identity(x))
            return _function(x, axis=axis, reverse=reverse)

        return compute

    OPERATIONS[_name] = _cumulate


@operation("linear_recurrence")
def linear_recurrence(axis, direction="forward", factor="self"):
    reverse = direction == "reverse"

    def compute(a, b):
        if factor == "before":
            a = shifted(a, axis, reverse, 0)
        a, b = jnp.moveaxis(a, axis, 0), jnp.moveaxis(b, axis, 0)

        def step(z, row):
            z = row[0] * z + row[1]
            return z, z

        _, z = lax.scan(step, jnp.zeros_like(b[0]), (a, b), reverse=reverse)
        return jnp.moveaxis(z, 0, axis)

    return compute


# Windows


def places(x, axes, sizes, strides, dilations):
    """Of every element of windows the index along each of the axes, by place in the window and place of the window."""
    found = []
    for axis, size, stride, dilation in zip(axes, sizes, strides, dilations):
        span = (size - 1) * dilation + 1
        count = (x.shape[axis] - span) // stride + 1 if x.shape[axis] >= span else 0
        found.append(dilation * np.arange(size)[:, None] + stride * np.arange(count))
    return found


def indices(x, axes, *geometry):
    """An index of every axis for every element of the windows, whose places within come first."""
    ranges = dict(zip(axes, places(x, axes, *geometry)))
    count, total = len(axes), len(axes) + x.ndim
    result = []
    for axis in range(x.ndim):
        shape = [1] * total
        if axis in ranges:
            shape[axes.index(axis)], shape[count + axis] = ranges[axis].shape
            result.append(ranges[axis].reshape(shape))
        else:
            shape[count + axis] = x.shape[axis]
            result.append(np.arange(x.shape[axis]).reshape(shape))
    return tuple(result)


@operation("windows")
def windows(rank, axes, sizes, strides, dilations):
    return lambda x: x[indices(x, axes, sizes, strides, dilations)]


@operation("fold_windows")
def fold_windows(rank, axes, sizes, strides, dilations, extents):
    def compute(x):
        shape = list(x.shape[len(axes) :])
        for axis, extent in zip(axes, extents):
            shape[axis] = extent
        made = jnp.zeros(shape, x.dtype)
        return made.at[indices(made, axes, sizes, strides, dilations)].add(x)

    return compute


# Random bits


@operation("threefry")
def threefry(words):
    def compute(*parts):
        unsigned = [lax.bitcast_convert_type(part, jnp.uint32) for part in parts]
        first, second = threefry2x32_p.bind(*unsigned)
        if words == "folded":
            return lax.bitcast_convert_type(first ^ second, jnp.int32)
        high, low = first.astype(jnp.uint64), second.astype(jnp.uint64)
        return lax.bitcast_convert_type(high << 32 | low, jnp.int64)

    return compute


# Order and places. JAX counts negative indices from the end, GradC does not: they are clamped, or dropped, beforehand.


@operation("argsort")
def argsort(order):
    return lambda x: jnp.argsort(x, axis=-1, stable=True, descending=order == "descending").astype(jnp.int64)


@operation("take")
def take(axis):
    return lambda x, indices: jnp.take(x, jnp.clip(indices, 0, x.shape[axis] - 1), axis=axis)


def scatter(method):
    def with_attributes(axis, outside):
        def compute(base, indices, updates):
            extent = base.shape[axis]
            if outside == "drop":
                indices = jnp.where(indices < 0, extent, indices)
            else:
                indices = jnp.clip(indices, 0, extent - 1)
            place = (slice(None),) * axis + (indices,)
            return getattr(base.at[place], method)(updates, mode="drop")

        return compute

    return with_attributes


for _name, _method in dict(add="add", mul="multiply", max="max", min="min", set="set").items():
    OPERATIONS[f"scatter_{_name}"] = scatter(_method)


@operation("dynamic_slice")
def dynamic_slice(sizes):
    def compute(x, *starts):
        starts = [jnp.clip(start, 0, extent - size) for start, extent, size in zip(starts, x.shape, sizes)]
        return lax.dynamic_slice(x, starts, sizes) if sizes else x

    return compute


@operation("dynamic_update_slice")
def dynamic_update_slice():
    def compute(x, update, *starts):
        starts = [jnp.clip(start, 0, extent - size) for start, extent, size in zip(starts, x.shape, update.shape)]
        return lax.dynamic_update_slice(x, update, starts) if starts else update

    return compute


OPERATIONS.update(flow.OPERATIONS)
OPERATIONS.update(matrices.OPERATIONS)
