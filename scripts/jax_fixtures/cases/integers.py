"""Integers and truth values: arithmetic that wraps, bits, comparisons, conversions, reductions."""

import itertools

import numpy as np

from case import Topic, integers, numbers, truths, whole
from program import DType

topic = Topic("integers")

for dtype in ["i32", "i64"]:
    low, high = (-(2**31), 2**31 - 1) if dtype == "i32" else (-(2**63), 2**63 - 1)
    ends = [0, 1, -1, 7, -7, low, high, low + 1]
    for op in ["neg", "abs", "sign", "not", "popcount"]:
        topic.op(op, integers(ends, dtype), name=f"{op}_{dtype}")
    x, y = zip(*itertools.product(ends, ends))
    for op in ["add", "sub", "mul", "max", "min", "and", "or", "xor", "eq", "ne", "lt", "le", "gt", "ge"]:
        topic.op(op, integers(x, dtype), integers(y, dtype), name=f"{op}_{dtype}")
    topic.op("rem", integers(x, dtype), integers(y, dtype), name=f"rem_{dtype}")
    x, y = zip(*[(a, b) for a, b in zip(x, y) if b != 0])
    topic.op("div", integers(x, dtype), integers(y, dtype), name=f"div_{dtype}")
    topic.op(
        "div",
        integers([5, -5, 0, low], dtype),
        integers([0, 0, 0, 0], dtype),
        name=f"div_by_0_{dtype}",
        instead=(lambda a, b: 0 * a, "x / 0 is 0, where JAX has -1"),
    )
    width = 32 if dtype == "i32" else 64
    x, y = zip(*itertools.product([5, -3, low, high], [0, 1, 7, width - 1, width, width + 3, -1]))
    for op in ["shl", "lshr", "ashr"]:
        topic.op(op, integers(x, dtype), integers(y, dtype), name=f"{op}_{dtype}")
    for name in ["sum", "prod", "max", "min"]:
        topic.op(f"reduce_{name}", whole(2, 4, dtype=dtype), name=f"reduce_{name}_{dtype}", attributes={"axes": [1]})
    for name in ["cumsum", "cumprod", "cummax", "cummin"]:
        topic.op(
            name,
            whole(2, 4, dtype=dtype),
            name=f"{name}_{dtype}",
            attributes={"axis": 1, "direction": "forward", "includes": "self"},
        )
    topic.op(
        "dot_general",
        whole(2, 3, dtype=dtype),
        whole(3, 2, dtype=dtype),
        name=f"dot_{dtype}",
        attributes=dict(left_contracting=[1], right_contracting=[0], left_batch=[], right_batch=[]),
    )
    topic.op("select", truths([1, 0, 1]), whole(3, dtype=dtype), whole(3, dtype=dtype), name=f"select_{dtype}")

x, y = [0, 0, 1, 1], [0, 1, 0, 1]
for op in ["and", "or", "xor", "eq", "ne", "lt", "le", "gt", "ge"]:
    topic.op(op, truths(x), truths(y), name=f"{op}_bool")
topic.op("not", truths([0, 1]), name="not_bool")
topic.op("select", truths(x), truths([1, 1, 0, 0]), truths([0, 1, 0, 1]), name="select_bool")
for name in ["all", "any"]:
    topic.op(
        f"reduce_{name}", truths([[1, 1, 1], [0, 1, 0], [0, 0, 0]]), name=f"reduce_{name}", attributes={"axes": [1]}
    )
    topic.op(f"reduce_{name}", truths(np.zeros((2, 0))), name=f"reduce_{name}_of_none", attributes={"axes": [1]})

WIDE = [0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**62, -(2**63), 2**63 - 1, 123456789]
NARROW = [0, 1, -1, 7, 2**31 - 1, -(2**31), 16777217, -5]
for to in ["f32", "f64", "i32", "i64", "bool"]:
    attributes = {"to": DType(to)}
    topic.op("cast", integers(WIDE, "i64"), name=f"cast_i64_to_{to}", attributes=attributes, compare="exactly")
    topic.op("cast", integers(NARROW, "i32"), name=f"cast_i32_to_{to}", attributes=attributes, compare="exactly")
    topic.op("cast", truths([0, 1]), name=f"cast_bool_to_{to}", attributes=attributes, compare="exactly")
for to in ["i32", "i64", "bool"]:
    topic.op(
        "cast",
        numbers([0, -0.0, 0.9, -0.9, 2.5, -2.5, 1e10, -1e10, 1e30, -1e30, np.inf, -np.inf, np.nan, 1e-30]),
        name=f"cast_float_to_{to}",
        attributes={"to": DType(to)},
        compare="exactly",
    )
topic.op(
    "cast",
    numbers([0.1, -2.5, 1e-50, 1e50, 3.14159265358979]),
    name="cast_to_f32",
    attributes={"to": DType("f32")},
    single=False,
    tolerance=[("vjp,hvp,jvp", 1e-7, "tangents are rounded to f32")],
)


@topic.case(x=numbers([0.1, -2.5, 3.7, 1e20]), single=False, tolerance=[("all", 1e-6, "the square is taken in f32")])
def square_in_f32(p, x):
    narrow = x.cast("f32")
    return (narrow * narrow).cast("f64")


@topic.case(x=integers([3, 12, 27, 1, 97, 837799]), oracle=None)
def collatz_step(p, x):
    odd = x.op("and", 1).eq(1)
    return odd.where(x * 3 + 1, x / 2)


@topic.case(x=integers([0, 1, 2, 255, 2**40 + 17, -1]))
def xorshift(p, x):
    x = x.op("xor", x.op("shl", 13))
    x = x.op("xor", x.op("lshr", 7))
    return x.op("xor", x.op("shl", 17))


@topic.case(x=whole(2, 3, low=0, high=4, dtype="i32"))
def one_hot(p, x):
    """Classes 0 to 3; the class 4 has no column."""
    classes = p.iota("i32", (2, 3, 4), axis=2)
    return x.op("broadcast", shape=(2, 3, 4), axes=[0, 1]).op("eq", classes).cast("f64")


for name, dtype, axis in [("rows", "i64", 0), ("columns", "i32", 1), ("floating", "f64", 1), ("single", "f32", 0)]:
    topic.add(f"iota_{name}", lambda p, dtype=dtype, axis=axis: p.iota(dtype, (2, 3), axis))
topic.add("constant_f64", lambda p: p.constant([[1, -0.0], [np.inf, 0.1]], "f64"), {"compare": "exactly"})
topic.add("constant_i32", lambda p: p.constant([7, -(2**31)], "i32"))
topic.add("constant_bool", lambda p: p.constant([True, False, True], "bool"))
