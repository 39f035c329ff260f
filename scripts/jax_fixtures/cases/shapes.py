"""What moves elements and does not compute."""

import jax.numpy as jnp

from case import Topic, integers, numbers, real, truths, whole

topic = Topic("shapes")


def shape(op, *inputs, name=None, **attributes):
    topic.op(op, *inputs, name=name or op, attributes=attributes, single=False)


shape("broadcast", real(), name="broadcast_scalar", shape=[2, 3], axes=[])
shape("broadcast", real(2, 3), name="broadcast_inside", shape=[2, 2, 3], axes=[0, 2])
shape("broadcast", real(3), name="broadcast_rows", shape=[2, 3], axes=[1])
shape("broadcast", real(2, 0), name="broadcast_of_none", shape=[3, 2, 0], axes=[1, 2])
shape("reshape", real(2, 3), shape=[3, 2])
shape("reshape", real(2, 1, 3), name="reshape_flat", shape=[6])
shape("reshape", real(1, 1), name="reshape_to_scalar", shape=[])
shape("transpose", real(2, 3), permutation=[1, 0])
shape("transpose", real(2, 3, 2), name="transpose_rotation", permutation=[2, 0, 1])
shape("transpose", truths([[1, 0, 0], [1, 1, 0]]), name="transpose_bool", permutation=[1, 0])
shape("slice", real(4, 5), starts=[1, 0], limits=[4, 5], strides=[1, 2])
shape("slice", real(7), name="slice_strided", starts=[1], limits=[7], strides=[3])
shape("slice", real(3, 2), name="slice_to_none", starts=[2, 0], limits=[2, 2], strides=[1, 1])
shape("reverse", real(2, 3), axes=[1], shape=[2, 3])
shape("reverse", real(2, 2, 2), name="reverse_two", axes=[0, 2], shape=[2, 2, 2])
shape("pad", real(2, 3), real(), low=[1, 0], high=[0, 2], interior=[0, 1])
shape("pad", real(3), real(), name="pad_interior", low=[0], high=[1], interior=[2])
shape("pad", whole(3), integers(7), name="pad_i64", low=[2], high=[0], interior=[1])
shape("concat", real(2, 2), real(2, 3), axis=1, extents=[2, 3], rank=2)
shape("concat", real(1, 2), real(2, 2), real(1, 2), name="concat_three", axis=0, extents=[1, 2, 1], rank=2)
shape("select", truths([[1, 0, 1], [0, 0, 1]]), real(2, 3), real(2, 3))


@topic.case(x=real(2, 3), oracle=lambda x: jnp.tile(x, (2, 2)))
def tile(p, x):
    return x.op("broadcast", shape=(2, 2, 2, 3), axes=[1, 3]).reshape((4, 6))


@topic.case(x=real(2, 2), oracle=lambda x: jnp.repeat(x, 3, axis=1))
def repeat(p, x):
    return x.op("broadcast", shape=(2, 2, 3), axes=[0, 1]).reshape((2, 6))


@topic.case(x=real(5), oracle=lambda x: jnp.roll(x, 2))
def roll(p, x):
    return p.concat([x.slice(slice(3, 5)), x.slice(slice(0, 3))])


@topic.case(x=real(3), y=real(3), oracle=lambda x, y: jnp.stack([x, jnp.sin(y)], axis=1))
def stack(p, x, y):
    return p.concat([x.expand(1), y.sin().expand(1)], axis=1)


@topic.case(x=real(3, 3), oracle=lambda x: (jnp.diag(x), jnp.trace(x), jnp.tril(x), jnp.triu(x, 1)))
def diagonals(p, x):
    rows, columns = p.iota("i64", (3, 3), axis=0), p.iota("i64", (3, 3), axis=1)
    kept = rows.eq(columns).where(x, 0.0)
    return kept.sum([1]), kept.sum(), (rows >= columns).where(x, 0.0), (rows < columns).where(x, 0.0)


@topic.case(x=real(3), oracle=lambda x: jnp.diag(x) @ jnp.ones((3, 3), x.dtype))
def diagonal_matrix(p, x):
    rows, columns = p.iota("i32", (3, 3), axis=0), p.iota("i32", (3, 3), axis=1)
    diagonal = rows.eq(columns).where(x.op("broadcast", shape=(3, 3), axes=[0]), 0.0)
    return diagonal.matmul(p.splat(1.0, x.dtype, (3, 3)))


@topic.case(x=real(2, 4), oracle=lambda x: (jnp.exp(x[:, ::2]), x[:, 1::2] * x[0, 0]))
def interleaved(p, x):
    return x.slice(slice(None), slice(0, 4, 2)).exp(), x.slice(slice(None), slice(1, 4, 2)) * x.element(0, 0)


@topic.case(x=real(2, 3), y=numbers([[0.5], [2.0]]), oracle=lambda x, y: x * y + x / y)
def broadcast_together(p, x, y):
    return x * y + x / y


@topic.case(x=real(4), oracle=lambda x: jnp.pad(x, 2, mode="reflect"))
def pad_by_reflection(p, x):
    flipped = x.op("reverse", axes=[0], shape=[4])
    return p.concat([flipped.slice(slice(1, 3)), x, flipped.slice(slice(1, 3))])


@topic.case(x=real(2, 4, 4), oracle=lambda x: x.reshape(2, 2, 2, 2, 2).mean(axis=(2, 4)))
def mean_pool(p, x):
    return x.reshape((2, 2, 2, 2, 2)).mean([2, 4])


@topic.case(x=real(2, 4, 4), oracle=lambda x: x.reshape(2, 2, 2, 2, 2).max(axis=(2, 4)))
def max_pool(p, x):
    return x.reshape((2, 2, 2, 2, 2)).reduce("max", [2, 4])


@topic.case(
    x=real(2, 4, 2, 2), oracle=lambda x: x.reshape(2, 2, 2, 2, 2).transpose(0, 2, 1, 3, 4).reshape(2, 4, 2, 2) ** 2
)
def channel_shuffle(p, x):
    y = x.reshape((2, 2, 2, 2, 2)).transpose([0, 2, 1, 3, 4]).reshape((2, 4, 2, 2))
    return y * y
