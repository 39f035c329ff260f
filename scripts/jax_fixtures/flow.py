"""Ops with functions within, in JAX. Their functions are programs, which compute lists of arrays."""

import jax
import jax.numpy as jnp
from jax import lax


def call(function):
    return lambda *x: jax.jit(function)(*x)


def checkpoint(function):
    return lambda *x: jax.checkpoint(function)(*x)


def conditional(branches, **functions):
    functions = [functions[f"branch{i}"] for i in range(branches)]

    def compute(selector, *x):
        if selector.dtype == jnp.bool_:
            return lax.cond(selector, functions[1], functions[0], *x)
        # GradC clamps before it narrows.
        index = jnp.clip(selector, 0, branches - 1).astype(jnp.int32)
        return lax.switch(index, functions, *x)

    return compute


def scan(length, carries, stacks, reversed, body):
    def compute(*x):
        constants = x[carries + stacks :]

        def step(carry, rows):
            made = body(*carry, *rows, *constants)
            return tuple(made[:carries]), tuple(made[carries:])

        carry, rows = lax.scan(
            step, tuple(x[:carries]), tuple(x[carries : carries + stacks]), length=length, reverse=bool(reversed)
        )
        return list(carry) + list(rows)

    return compute


def while_(condition, carries, reversed, body0):
    count = carries[0]

    def compute(*x):
        constants = x[count:]
        return list(
            lax.while_loop(
                lambda carry: condition(*carry, *constants)[0],
                lambda carry: tuple(body0(*carry, *constants)),
                tuple(x[:count]),
            )
        )

    return compute


def is_float(x):
    return jnp.issubdtype(x.dtype, jnp.floating)


def custom_jvp(primal, rule):
    @jax.custom_jvp
    def function(*x):
        return primal(*x)

    @function.defjvp
    def tangents(x, dx):
        y = function(*x)
        moving = [d for value, d in zip(x, dx) if is_float(value)]
        return y, list(rule(*x, *y, *moving))

    return function


def custom_vjp(primal, rule):
    @jax.custom_vjp
    def function(*x):
        return primal(*x)

    def forward(*x):
        # Not of the primal, so that the rule gives derivatives of what it keeps as well.
        y = function(*x)
        return y, (x, y)

    def backward(residuals, cotangents):
        x, y = residuals
        return tuple(rule(*x, *y, *cotangents))

    function.defvjp(forward, backward)
    return function


def linear_call(residuals, forward, transpose):
    def compute(*x):
        return jax.custom_derivatives.linear_call(
            lambda r, t: forward(*r, *t), lambda r, c: transpose(*r, *c), list(x[:residuals]), list(x[residuals:])
        )

    return compute


OPERATIONS = {
    "call": call,
    "checkpoint": checkpoint,
    "conditional": conditional,
    "scan": scan,
    "while": while_,
    "custom_jvp": custom_jvp,
    "custom_vjp": custom_vjp,
    "linear_call": linear_call,
}
