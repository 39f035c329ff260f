"""Random bits and what is made of them, which are JAX's where both take the same way from bits to numbers."""

import jax
import jax.numpy as jnp
import numpy as np

from case import Topic, integers, whole

topic = Topic("random")

WORDS = [0, -1, 608135816, -2052912941, 1, 2147483647, -2147483648]
for words in ["both", "folded"]:
    topic.op(
        "threefry",
        integers(WORDS, "i32"),
        integers(WORDS[::-1], "i32"),
        whole(7, low=0, high=99, dtype="i32"),
        integers(WORDS[2:] + WORDS[:2], "i32"),
        name=f"threefry_{words}",
        attributes={"words": words},
    )
# The third of the vectors that its authors publish.
topic.op(
    "threefry",
    *[integers(np.uint32(word).astype(np.int32), "i32") for word in (0x13198A2E, 0x03707344, 0x243F6A88, 0x85A308D3)],
    name="threefry_of_pi",
    attributes={"words": "both"},
)

KEY = integers([12345, -678910], "i32")


def key_of(words):
    return jax.random.wrap_key_data(jax.lax.bitcast_convert_type(words, jnp.uint32), impl="threefry2x32")


def signed(bits):
    return jax.lax.bitcast_convert_type(bits, jnp.int64 if bits.dtype == jnp.uint64 else jnp.int32)


def random_bits(p, key, count, words, first=0):
    low = p.iota("i32", (count,)) + first
    parts = [key.slice(slice(i, i + 1)).spread((count,)) for i in range(2)]
    return p.op("threefry", *parts, p.splat(0, "i32", (count,)), low, words=words)


@topic.case(
    key=KEY,
    oracle=lambda key: (
        signed(jax.random.bits(key_of(key), 5, jnp.uint32)),
        signed(jax.random.bits(key_of(key), 5, jnp.uint64)),
    ),
)
def bits(p, key):
    return random_bits(p, key, 5, "folded"), random_bits(p, key, 5, "both")


@topic.case(
    key=KEY,
    oracle=lambda key: (
        jax.random.uniform(key_of(key), 5, jnp.float32),
        jax.random.uniform(key_of(key), 5, jnp.float64),
    ),
)
def uniform(p, key):
    narrow = random_bits(p, key, 5, "folded").op("lshr", 9).cast("f32") * 2.0**-23
    wide = random_bits(p, key, 5, "both").op("lshr", 12).cast("f64") * 2.0**-52
    return narrow, wide


@topic.case(key=KEY, oracle=lambda key: signed(jax.random.key_data(jax.random.split(key_of(key), 3))))
def split_keys(p, key):
    both = random_bits(p, key, 3, "both")
    words = [both.op("ashr", 32).cast("i32"), both.cast("i32")]
    return p.concat([word.expand(1) for word in words], axis=1)


@topic.case(key=KEY, oracle=lambda key: signed(jax.random.key_data(jax.random.fold_in(key_of(key), 77))))
def folded_key(p, key):
    both = random_bits(p, key, 1, "both", first=77)
    return p.concat([both.op("ashr", 32).cast("i32"), both.cast("i32")])


@topic.case(key=KEY, oracle=lambda key: jax.random.bernoulli(key_of(key), 0.3, (8,)))
def coins(p, key):
    bits = random_bits(p, key, 8, "both").op("lshr", 12)
    return (bits.cast("f64") * 2.0**-52) < 0.3
