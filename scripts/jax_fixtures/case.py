"""Cases: a program, its inputs, what it should be in JAX's own words, and what is known of its accuracy."""

import zlib

import jax.numpy as jnp
import numpy as np

from measure import Measured, difference
from program import DTYPES, Program, number_text

CASES = []


class Input:
    """The numbers of a parameter; those of the dtype "float" take the dtype in which a case is computed."""

    def __init__(self, dtype, make):
        self.dtype, self.make = dtype, make


def real(*shape, low=-2, high=2):
    """Floating numbers of two decimals."""
    return Input("float", lambda random: np.round(random.uniform(low, high, shape), 2))


def numbers(values):
    return Input("float", lambda random: np.asarray(values, float))


def whole(*shape, low=-9, high=9, dtype="i64"):
    return Input(dtype, lambda random: random.integers(low, high + 1, shape))


def integers(values, dtype="i64"):
    return Input(dtype, lambda random: np.asarray(values, np.int64))


def truths(values):
    return Input("bool", lambda random: np.asarray(values, bool))


def matrix(*shape, spread=0.3):
    """Matrices whose factors are well determined: 2, 3, 4 … on the diagonal and little beside it."""

    def make(random):
        array = random.uniform(-spread, spread, shape)
        for i in range(min(shape[-2:])):
            array[..., i, i] += 2 + i
        return np.round(array, 2)

    return Input("float", make)


def listed(function, *x):
    made = function(*x)
    return list(made) if isinstance(made, (list, tuple)) else [made]


class Case:
    """`oracle` says in JAX what the program should compute; without one, JAX computes it op by op.

    `wrt`: the parameters to differentiate by; `single`: whether in f32 too; `derivatives`, `second`: whether there are;
    `mode`: which JAX has, "both", "forward" or "reverse"; `compare`: "tensor" (errors relative to the largest number of
    a tensor), "elementwise", or "exactly"; `tolerance`, `single_tolerance`: (what, number, reason) with what like
    "jvp,vjp" or "all". `instead`: where JAX is not what GradC should be like, a function with the right numbers and the
    reason; JAX's own numbers are written beside them.
    """

    def __init__(
        self,
        topic,
        name,
        build,
        inputs,
        oracle=None,
        wrt=None,
        single=True,
        derivatives=True,
        second=True,
        mode="both",
        compare="tensor",
        tolerance=(),
        single_tolerance=(),
        instead=None,
        note=None,
        hessian=None,
    ):
        self.topic, self.name, self.build, self.inputs, self.oracle = topic, name, build, inputs, oracle
        self.wrt, self.single, self.derivatives, self.second, self.mode = wrt, single, derivatives, second, mode
        self.compare, self.tolerance, self.single_tolerance = compare, tolerance, single_tolerance
        self.instead, self.note, self.hessian = instead, note, hessian
        if not any(input.dtype == "float" for input in inputs.values()):
            self.single = False

    def text(self, dtype):
        """The fixture in a floating dtype."""
        random = np.random.default_rng(zlib.crc32(self.name.encode()))
        parameters, point = [], []
        for name, input in self.inputs.items():
            own = dtype if input.dtype == "float" else input.dtype
            array = np.asarray(input.make(random), DTYPES[own])
            parameters.append((name, own, array.shape))
            point.append(jnp.asarray(array))
        name = self.name if dtype == "f64" else f"{self.name}_{dtype}"
        program = Program(name, parameters, self.build)
        floating = [i for i, array in enumerate(point) if jnp.issubdtype(array.dtype, jnp.floating)]
        moving = (floating if self.wrt is None else list(self.wrt)) if self.derivatives else []
        second = self.second and dtype == "f64"
        hessian = second and self.has_hessian(program, [point[i] for i in moving])

        def measured(function):
            state = np.random.default_rng(zlib.crc32((self.name + " directions").encode()))
            draw = lambda array: jnp.asarray(np.round(state.uniform(-1, 1, array.shape), 2), array.dtype)
            return Measured(function, point, moving, draw, self.mode, second, hessian)

        if self.oracle is None:
            result = measured(program)
        else:
            result = measured(lambda *x: listed(self.oracle, *x))
            self.compare_with(program(*point), result, name, 1e-9 if dtype == "f64" else 1e-3)
        jax_result = result
        if self.instead is not None:
            result = measured(lambda *x: listed(self.instead[0], *x))
        if dtype == "f64" and not self.tolerance:
            result.check_duality(name)
        return self.written(program, point, moving, floating, result, jax_result, dtype)

    def has_hessian(self, program, x):
        scalar = len(program.made) == 1 and program.made[0].shape == () and program.made[0].dtype[0] == "f"
        if not scalar or not x or self.mode != "both":
            return False
        return self.hessian if self.hessian is not None else sum(array.size for array in x) <= 6

    def compare_with(self, values, result, name, tolerance):
        """The program as written, computed by JAX op by op, must be what the oracle says."""
        if len(values) != len(result.value):
            raise ValueError(f"{name}: {len(values)} results instead of {len(result.value)}")
        for number, (a, b) in enumerate(zip(result.value, values)):
            gap = difference(a, b)
            if a.dtype != b.dtype or not gap <= tolerance:
                print(
                    f"{name}: result {number} of the program is not the oracle's: {gap}, {b.dtype} {a.dtype}\n{a}\n{b}"
                )

    def distance(self, a, b):
        """How far numbers are apart in the way they are compared."""
        if self.compare == "tensor":
            return difference(a, b)
        a, b = np.asarray(a, float), np.asarray(b, float)
        if self.compare == "exactly":
            return 0 if np.array_equal(a.view(np.int64)[~np.isnan(a)], b.view(np.int64)[~np.isnan(b)]) else np.inf
        return max(difference(x, y) for x, y in zip(a.ravel(), b.ravel()))

    def written(self, program, point, moving, floating, result, jax_result, dtype):
        lines = [f"== {program.name}"]
        if self.note:
            lines.append(f"// {self.note}")
        lines.append(str(program))

        def add(key, arrays):
            for array in arrays:
                array = np.asarray(array)
                own = {"float64": "f64", "float32": "f32", "int64": "i64", "int32": "i32", "bool": "bool"}[
                    str(array.dtype)
                ]
                lines.append(" ".join([key] + [number_text(x, own) for x in array.ravel()]))

        add("point", point)
        if result.tangents and moving != floating:
            lines.append("wrt " + " ".join(str(place) for place in moving))
        add("tangent", result.tangents)
        add("cotangent", result.cotangents)
        for key in ["value", "jvp", "vjp", "hvp", "hessian"]:
            add(key, getattr(result, key))
        if self.compare != "tensor":
            lines.append(f"compare {self.compare}")
        for what, number, reason in self.tolerance if dtype == "f64" else self.single_tolerance:
            lines.append(f"tolerance {what} {number:g} {reason}")
        if self.instead is not None:
            kinds = ["value", "jvp", "vjp", "hvp", "hessian"]
            pairs = {key: (getattr(result, key), getattr(jax_result, key)) for key in kinds}
            limit = 1e-12 if dtype == "f64" else 1e-5
            different = [k for k, (a, b) in pairs.items() if any(self.distance(x, y) > limit for x, y in zip(a, b))]
            if not different:
                print(f"{program.name}: JAX does not differ")
            lines.append(f"differs {','.join(different)} {self.instead[1]}")
            for key in different:
                add(f"jax_{key}", pairs[key][1])
        return "\n".join(lines) + "\n"


class Topic:
    """Collects the cases of a file."""

    def __init__(self, name):
        self.name = name

    def add(self, name, build, options=None, **inputs):
        if any(case.name == name for case in CASES):
            raise ValueError(f"two cases are named {name}")
        CASES.append(Case(self.name, name, build, inputs, **(options or {})))

    def op(self, op, *operands, name=None, attributes=None, **options):
        """A case of one op."""
        names = "xyz" if len(operands) <= 3 else "abcdefgh"

        def build(p, *x):
            return p.op(op, *x, **(attributes or {}))

        self.add(name or op, build, options, **dict(zip(names, operands)))

    def case(self, oracle=None, name=None, **arguments):
        """A decorator: `build(p, x…)` is the program, keywords are inputs and options."""
        inputs = {key: value for key, value in arguments.items() if isinstance(value, Input)}
        options = {key: value for key, value in arguments.items() if not isinstance(value, Input)}

        def register(build):
            self.add(name or build.__name__, build, {"oracle": oracle, **options}, **inputs)
            return build

        return register
