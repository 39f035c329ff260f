"""Programs in GradC's tensor IR: written as text, and computed op by op with JAX.

`docs/tensor-ir.md` describes the text. A `Program` is recorded once and is both: `str(program)` is the function, and
`program(*arrays)` computes it with the functions of JAX that `operations.py` names for its ops.
"""

import jax
import numpy as np

from operations import OPERATIONS

DTYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32, "i64": np.int64, "bool": np.bool_}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}


def number_text(value, dtype):
    """The shortest decimal that reads back as the same number of the dtype."""
    if dtype == "bool":
        return "1" if value else "0"
    if dtype in ("i32", "i64"):
        return str(int(value))
    value = DTYPES[dtype](value)
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = np.format_float_scientific(value, unique=True, trim="-", exp_digits=1)
    plain = np.format_float_positional(value, unique=True, trim="-") if 1e-4 <= abs(value) < 1e9 or value == 0 else text
    return min(text, plain, key=len).replace("e+", "e")


class DType(str):
    """A dtype as an attribute."""


class Scalar:
    """A number of a dtype as an attribute."""

    def __init__(self, dtype, value):
        self.dtype, self.value = dtype, value

    def __str__(self):
        return f"{self.dtype}({number_text(self.value, self.dtype)})"


class Tensor:
    """A constant tensor as an attribute."""

    def __init__(self, dtype, array):
        self.dtype, self.array = dtype, np.asarray(array, DTYPES[dtype])

    def __str__(self):
        words = {"bool": lambda x: "true" if x else "false"}
        write = words.get(self.dtype, lambda x: number_text(x, self.dtype))
        type_ = f"{self.dtype}{shape_text(self.array.shape)}"
        elements = [write(x) for x in self.array.ravel()]
        if elements and len(set(elements)) == 1:
            return f"{type_} splat<{elements[0]}>"
        return f"{type_} dense<{','.join(elements)}>"


def shape_text(shape):
    return "[" + ",".join(str(int(extent)) for extent in shape) + "]"


def attribute_text(value):
    if isinstance(value, DType):
        return str(value)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        return shape_text(value)
    return str(int(value)) if isinstance(value, (bool, int)) else str(value)


class Value:
    """A value of a program."""

    def __init__(self, program, name, dtype, shape):
        self.program, self.name, self.dtype, self.shape = program, name, dtype, tuple(shape)

    @property
    def rank(self):
        return len(self.shape)

    def op(self, name, *others, **attributes):
        """An op on this value; others are values, or numbers of its type."""
        return self.program.op(name, self, *[self.like(other) for other in others], **attributes)

    def like(self, other):
        return other if isinstance(other, Value) else self.program.splat(other, self.dtype, self.shape)

    def _pair(self, name, other, turned=False):
        other = self.like(other)
        shape = np.broadcast_shapes(self.shape, other.shape)
        a, b = self.spread(shape), other.spread(shape)
        return self.program.op(name, *((b, a) if turned else (a, b)))

    def __add__(self, other):
        return self._pair("add", other)

    def __radd__(self, other):
        return self._pair("add", other, True)

    def __sub__(self, other):
        return self._pair("sub", other)

    def __rsub__(self, other):
        return self._pair("sub", other, True)

    def __mul__(self, other):
        return self._pair("mul", other)

    def __rmul__(self, other):
        return self._pair("mul", other, True)

    def __truediv__(self, other):
        return self._pair("div", other)

    def __rtruediv__(self, other):
        return self._pair("div", other, True)

    def __pow__(self, other):
        return self._pair("pow", other)

    def __lt__(self, other):
        return self._pair("lt", other)

    def __le__(self, other):
        return self._pair("le", other)

    def __gt__(self, other):
        return self._pair("gt", other)

    def __ge__(self, other):
        return self._pair("ge", other)

    def __neg__(self):
        return self.op("neg")

    def __getattr__(self, name):
        """Ops without attributes are methods: `x.exp()`, `x.max(y)`."""
        if name in OPERATIONS:
            return lambda *others: self.op(name, *others)
        raise AttributeError(name)

    def eq(self, other):
        return self._pair("eq", other)

    def spread(self, shape):
        """Repeated to a shape by the rules of NumPy."""
        shape = tuple(shape)
        if self.shape == shape:
            return self
        kept = [axis for axis in range(self.rank) if self.shape[axis] != 1 or shape[len(shape) - self.rank + axis] == 1]
        dense = self.reshape([self.shape[axis] for axis in kept])
        return dense.op("broadcast", shape=shape, axes=[len(shape) - self.rank + axis for axis in kept])

    def reshape(self, shape):
        return self if tuple(shape) == self.shape else self.op("reshape", shape=shape)

    def expand(self, axis):
        return self.reshape(self.shape[:axis] + (1,) + self.shape[axis:])

    def transpose(self, permutation):
        return self.op("transpose", permutation=permutation)

    def reduce(self, name, axes=None, keep=False):
        axes = list(range(self.rank)) if axes is None else [axis % self.rank for axis in axes]
        result = self.op(f"reduce_{name}", axes=axes)
        return result.reshape([1 if i in axes else n for i, n in enumerate(self.shape)]) if keep else result

    def sum(self, axes=None, keep=False):
        return self.reduce("sum", axes, keep)

    def mean(self, axes=None, keep=False):
        total = self.sum(axes, keep)
        return total * (np.prod(total.shape, dtype=float) / np.prod(self.shape, dtype=float))

    def cast(self, dtype):
        return self if self.dtype == dtype else self.op("cast", to=DType(dtype))

    def where(self, yes, no):
        """`self ? yes : no`; one of both is a value."""
        like = yes if isinstance(yes, Value) else no
        yes, no = like.like(yes), like.like(no)
        return self.program.op("select", self.spread(like.shape), yes.spread(like.shape), no.spread(like.shape))

    def dot(self, other, left, right, left_batch=(), right_batch=()):
        return self.op(
            "dot_general",
            other,
            left_contracting=left,
            right_contracting=right,
            left_batch=left_batch,
            right_batch=right_batch,
        )

    def matmul(self, other):
        """The product of matrices, or of a matrix and a vector."""
        return self.dot(other, [self.rank - 1], [max(other.rank - 2, 0)])

    def slice(self, *ranges):
        """A `slice` for each of the first axes."""
        ranges = list(ranges) + [slice(None)] * (self.rank - len(ranges))
        parts = [part.indices(extent) for part, extent in zip(ranges, self.shape)]
        return self.op(
            "slice",
            starts=[p[0] for p in parts],
            limits=[max(p[0], p[1]) for p in parts],
            strides=[p[2] for p in parts],
        )

    def element(self, *index):
        return self.slice(*[slice(i, i + 1) for i in index]).reshape(self.shape[len(index) :])


class Program:
    """A function of tensor IR. `parameters` are names with dtypes and shapes; `build` gets a value for each."""

    def __init__(self, name, parameters, build, results=None):
        self.name, self.lines, self.steps, self.count = name, [], [], len(parameters)
        self.parameters = [Value(self, f"%{n}", dtype, shape) for n, dtype, shape in parameters]
        # The dtype of the floating parameters, for programs that make numbers of nothing.
        self.floating = next((value.dtype for value in self.parameters if value.dtype[0] == "f"), "f64")
        made = build(self, *self.parameters)
        self.made = list(made) if isinstance(made, (list, tuple)) else [made]
        names = results or (["y"] if len(self.made) == 1 else [f"y{i}" for i in range(len(self.made))])
        self.results = list(zip(names, self.made))

    def op(self, name, *operands, **attributes):
        if name not in OPERATIONS:
            raise ValueError(f"no op {name}")
        text = ", ".join(f"{key} = {attribute_text(value)}" for key, value in attributes.items())
        compute = OPERATIONS[name](**attributes)
        shapes = [jax.ShapeDtypeStruct(value.shape, DTYPES[value.dtype]) for value in operands]
        made = jax.eval_shape(compute, *shapes)
        single = not isinstance(made, (list, tuple))
        results = []
        for shape in [made] if single else made:
            results.append(Value(self, f"%{self.count}", NAMES[np.dtype(shape.dtype)], shape.shape))
            self.count += 1
        left = ", ".join(value.name for value in results)
        right = " ".join(part for part in [", ".join(v.name for v in operands), f"{{{text}}}" if text else ""] if part)
        self.lines.append(f"{left} = {name} {right}".rstrip())
        self.steps.append((compute, operands, results))
        return results[0] if single else tuple(results)

    def constant(self, array, dtype=None):
        return self.op("constant", value=Tensor(dtype or self.floating, array))

    def splat(self, number, dtype, shape):
        return self.op("constant", value=Tensor(dtype, np.full(shape, number)))

    def iota(self, dtype, shape, axis=0):
        return self.op("iota", dtype=DType(dtype), shape=shape, axis=axis)

    def concat(self, values, axis=0):
        return self.op(
            "concat", *values, axis=axis, extents=[value.shape[axis] for value in values], rank=values[0].rank
        )

    def function(self, name, values, build):
        """A function within, with parameters of the types of values, or of `(dtype, shape)`."""
        types = [(v.dtype, v.shape) if isinstance(v, Value) else v for v in values]
        inner = Program(name, [(f"x{i}", *type_) for i, type_ in enumerate(types)], build)
        return inner

    def __call__(self, *arrays):
        values = {value.name: array for value, array in zip(self.parameters, arrays)}
        for compute, operands, results in self.steps:
            made = compute(*[values[value.name] for value in operands])
            made = list(made) if isinstance(made, (list, tuple)) else [made]
            values.update((value.name, array) for value, array in zip(results, made))
        return [values[value.name] for value in self.made]

    def __str__(self):
        type_ = lambda value: f"{value.dtype}{shape_text(value.shape)}"
        parameters = ", ".join(f"{value.name}: {type_(value)}" for value in self.parameters)
        results = ", ".join(f"{name}: {type_(value)}" for name, value in self.results)
        body = "\n".join("  " + line.replace("\n", "\n  ") for line in self.lines)
        returned = ", ".join(value.name for value in self.made)
        return f"func @{self.name}({parameters}) -> ({results}) {{\n{body}\n  return {returned}\n}}"
