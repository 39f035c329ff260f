"""Branches, loops, checkpoints and custom derivatives, one within the other too."""

import jax
import jax.numpy as jnp
from jax import lax

from case import Topic, integers, numbers, real, truths

topic = Topic("control_flow")


def call(p, values, build, op="call"):
    made = p.op(op, *values, function=p.function("f", values, build))
    return made[0] if len(made) == 1 else made


@topic.case(x=real(3), y=real(3), oracle=lambda x, y: (jnp.sin(x * y), jnp.sin(x * y) * y))
def called(p, x, y):
    return call(p, [x, y], lambda q, a, b: ((a * b).sin(), (a * b).sin() * b))


@topic.case(x=real(3), y=real(3), oracle=lambda x, y: jnp.exp(jnp.sin(x * y)) * x)
def checkpointed(p, x, y):
    return call(p, [x, y], lambda q, a, b: (a * b).sin().exp() * a, op="checkpoint")


@topic.case(x=real(2), oracle=lambda x: jnp.tanh(jnp.tanh(jnp.tanh(x) * x) * x))
def checkpoints_within(p, x):
    def layer(q, h, x):
        return (h * x).tanh()

    def two(q, h, x):
        return call(q, [call(q, [h, x], layer, "checkpoint"), x], layer, "checkpoint")

    return call(p, [x.tanh(), x], two, op="checkpoint")


def branches(p, selector, values, *builds):
    functions = {f"branch{i}": p.function(f"b{i}", values, build) for i, build in enumerate(builds)}
    made = p.op("conditional", selector, *values, branches=len(builds), **functions)
    return made[0] if len(made) == 1 else made


for name, truth in [("taken", 1), ("not_taken", 0)]:

    @topic.case(
        name=f"conditional_{name}",
        x=real(3),
        y=real(3),
        c=truths(truth),
        oracle=lambda x, y, c: lax.cond(c, lambda: jnp.sin(x) * y, lambda: x * x * y),
    )
    def choice(p, x, y, c):
        return branches(p, c, [x, y], lambda q, x, y: x * x * y, lambda q, x, y: x.sin() * y)


for name, index, dtype in [("below", -3, "i32"), ("within", 1, "i64"), ("above", 7, "i64")]:

    @topic.case(
        name=f"switch_{name}",
        x=real(2),
        i=integers(index, dtype),
        oracle=lambda x, i: lax.switch(
            jnp.clip(i, 0, 2), [lambda: jnp.exp(x), lambda: x**3, lambda: jnp.cos(x) * x[0]]
        ),
    )
    def switch(p, x, i):
        return branches(p, i, [x], lambda q, x: x.exp(), lambda q, x: x * x * x, lambda q, x: x.cos() * x.element(0))


@topic.case(x=numbers(-0.5), oracle=lambda x: lax.cond(x > 0, lambda: jnp.sqrt(x), lambda: x * x))
def conditional_guards_root(p, x):
    return branches(p, x > 0.0, [x], lambda q, x: x * x, lambda q, x: x.sqrt())


@topic.case(
    x=real(2),
    c=truths(1),
    d=truths(0),
    oracle=lambda x, c, d: lax.cond(c, lambda: lax.cond(d, lambda: x, lambda: jnp.exp(x)), lambda: -x),
)
def conditionals_within(p, x, c, d):
    inner = lambda q, x, d: branches(q, d, [x], lambda r, x: x.exp(), lambda r, x: x * 1.0)
    return branches(p, c, [x, d], lambda q, x, d: -x, inner)


def scan(p, length, carries, stacks, constants, body, reversed=0):
    values = [*carries, *stacks, *constants]
    types = [(v.dtype, v.shape) for v in carries] + [(v.dtype, v.shape[1:]) for v in stacks]
    types += [(v.dtype, v.shape) for v in constants]
    return p.op(
        "scan",
        *values,
        length=length,
        carries=len(carries),
        stacks=len(stacks),
        reversed=reversed,
        body=p.function("step", types, body),
    )


def cell(h, x, w):
    h = jnp.tanh(w @ h + x)
    return h, jnp.sum(h)


for reverse in [0, 1]:
    # What is called later sees the present `reverse` as a default.
    @topic.case(
        name="scan_reversed" if reverse else "scan",
        h=real(2),
        x=real(4, 2),
        w=real(2, 2),
        oracle=lambda h, x, w, reverse=reverse: lax.scan(lambda h, x: cell(h, x, w), h, x, reverse=bool(reverse)),
    )
    def recurrent(p, h, x, w, reverse=reverse):
        def body(q, h, x, w):
            h = (w.matmul(h) + x).tanh()
            return h, h.sum()

        return scan(p, 4, [h], [x], [w], body, reversed=reverse)


@topic.case(x=numbers(0.4), oracle=lambda x: lax.fori_loop(0, 5, lambda i, y: jnp.sin(y) * (i + 1.0), x))
def scan_counting(p, x):
    zero = p.splat(0, "i32", ())
    body = lambda q, i, y: (i + 1, y.sin() * (i.cast(y.dtype) + 1.0))
    return scan(p, 5, [zero, x], [], [], body)[1]


@topic.case(x=real(3), oracle=lambda x: jax.vmap(lambda v: v * jnp.exp(v))(x))
def scan_without_carry(p, x):
    return scan(p, 3, [], [x], [], lambda q, x: x * x.exp())[0]


@topic.case(x=real(2), oracle=lambda x: x * 2.0)
def scan_of_none(p, x):
    return scan(p, 0, [x], [], [], lambda q, x: x.exp())[0] * 2.0


@topic.case(
    x=numbers([0.3, -0.2]),
    a=real(3, low=0.5, high=1.5),
    oracle=lambda x, a: lax.scan(
        lambda c, a: (lax.scan(lambda d, _: (jnp.sin(d) * a, None), c, None, length=2)[0], jnp.sum(c)), x, a
    ),
)
def scans_within(p, x, a):
    def body(q, c, a):
        inner = scan(q, 2, [c], [], [a], lambda r, d, a: d.sin() * a)[0]
        return inner, c.sum()

    return scan(p, 3, [x], [a], [], body)


@topic.case(
    x=real(3),
    s=numbers(0.0),
    oracle=lambda x, s: lax.scan(lambda s, x: (lax.cond(x > 0, lambda: s + x * x, lambda: s - jnp.exp(x)), s), s, x),
)
def scan_with_branches(p, x, s):
    def body(q, s, x):
        step = branches(q, x > 0.0, [s, x], lambda r, s, x: s - x.exp(), lambda r, s, x: s + x * x)
        return step, s

    return scan(p, 3, [s], [x], [], body)


def newton(a):
    x = a
    for _ in range(6):
        x = 0.5 * (x + a / x)
    return x


@topic.case(a=numbers([2.0, 9.0, 0.3]), oracle=newton)
def newton_roots(p, a):
    return scan(p, 6, [a], [], [a], lambda q, x, a: 0.5 * (x + a / x))[0]


def while_loop(p, carries, constants, condition, body):
    values = [*carries, *constants]
    made = p.op(
        "while",
        *values,
        condition=p.function("condition", values, condition),
        carries=[len(carries)],
        reversed=[0],
        body0=p.function("body", values, body),
    )
    return made


@topic.case(
    x=numbers(1.25),
    v=real(2),
    limit=numbers(40),
    mode="forward",
    oracle=lambda x, v, limit: lax.while_loop(
        lambda c: c[0] < limit, lambda c: (c[0] * 2 + 1, jnp.sin(c[1]) * c[0]), (x, v)
    ),
)
def while_doubling(p, x, v, limit):
    return while_loop(
        p, [x, v], [limit], lambda q, x, v, limit: x < limit, lambda q, x, v, limit: (x * 2.0 + 1.0, v.sin() * x)
    )


@topic.case(
    x=numbers(50),
    limit=numbers(40),
    mode="forward",
    oracle=lambda x, limit: lax.while_loop(lambda x: x < limit, lambda x: x * x, x),
)
def while_never(p, x, limit):
    return while_loop(p, [x], [limit], lambda q, x, limit: x < limit, lambda q, x, limit: x * x)[0]


@topic.case(
    a=numbers(7.0),
    oracle=jnp.sqrt,
    tolerance=[("hvp,hessian", 1e-10, "the iteration ends at the value's accuracy")],
    single_tolerance=[("jvp,vjp", 1e-4, "the iteration ends at the value's accuracy")],
)
def while_converging(p, a):
    """Newton's method until steps are tiny, and two more, so that derivatives have converged as well."""
    body = lambda q, x, step, a: (0.5 * (x + a / x), (0.5 * (x + a / x) - x).abs())
    x = while_loop(p, [a, a], [a], lambda q, x, step, a: step > 1e-3, body)[0]
    for _ in range(2):
        x = 0.5 * (x + a / x)
    return x


@topic.case(
    x=numbers([0.7, -0.4]),
    n=integers(3),
    mode="forward",
    oracle=lambda x, n: lax.fori_loop(0, n, lambda i, x: jnp.cos(x) * (i + 1), x),
)
def while_counting(p, x, n):
    body = lambda q, i, x, n: (i + 1, x.cos() * (i + 1).cast(x.dtype))
    return while_loop(p, [p.splat(0, "i64", ()), x], [n], lambda q, i, x, n: i < n, body)[1]


@topic.case(
    x=numbers([0.2, 0.9]),
    limit=numbers(1.5),
    mode="forward",
    oracle=lambda x, limit: lax.scan(
        lambda s, x: (lax.while_loop(lambda v: v < limit, lambda v: v * 1.5 + s, x), s * x), limit * 0.1, x
    ),
)
def while_in_scan(p, x, limit):
    def body(q, s, x, limit):
        made = while_loop(q, [x], [s, limit], lambda r, v, s, limit: v < limit, lambda r, v, s, limit: v * 1.5 + s)
        return made[0], s * x

    return scan(p, 2, [limit * 0.1], [x], [limit], body)


# Derivatives given by hand, which are not the function's own, so that it shows whose is used.


@topic.case(x=real(3), y=real(3))
def custom_forward_rule(p, x, y):
    primal = p.function("product", [x, y], lambda q, x, y: (x * y).exp())
    rule = p.function("rule", [x, y, x, x, y], lambda q, x, y, z, dx, dy: 2.0 * z * (dx * y + x * dy) + 3.0 * dx)
    made = p.op("custom_jvp", x, y, primal=primal, rule=rule)
    return made[0] * x


@topic.case(x=real(3), y=real(3), mode="reverse")
def custom_reverse_rule(p, x, y):
    primal = p.function("product", [x, y], lambda q, x, y: (x * y).exp())
    rule = p.function("rule", [x, y, x, x], lambda q, x, y, z, c: (2.0 * c * z * y, 3.0 * c * x))
    made = p.op("custom_vjp", x, y, primal=primal, rule=rule)
    return made[0] * x


@topic.case(x=real(3), y=real(3))
def custom_rule_of_log1pexp(p, x, y):
    """The usual example: a derivative that does not overflow."""
    primal = p.function("log1pexp", [x], lambda q, x: (1.0 + x.exp()).log())
    rule = p.function("rule", [x, x, x], lambda q, x, z, dx: (1.0 - 1.0 / (1.0 + x.exp())) * dx)
    made = p.op("custom_jvp", x, primal=primal, rule=rule)
    return made[0] * y


@topic.case(r=real(3), t=real(3), wrt=[1])
def linear_map(p, r, t):
    forward = p.function("forward", [r, t], lambda q, r, t: r.sin() * t)
    transpose = p.function("transpose", [r, t], lambda q, r, c: r.sin() * c)
    return p.op("linear_call", r, t, residuals=1, forward=forward, transpose=transpose)[0]


@topic.case(x=real(3), oracle=lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), x * x))
def select_guards_root(p, x):
    """The zeros of a select are strong in GradC; JAX needs the argument made safe."""
    return (x > 0.0).where(x.sqrt(), x * x)


@topic.case(x=real(3), y=real(3), oracle=lambda x, y: lax.stop_gradient(x) * y + x)
def stopped(p, x, y):
    return x.stop_gradient() * y + x
