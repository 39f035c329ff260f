"""Linear algebra of GradC in JAX: the same factors, whose signs are made GradC's."""

import jax.numpy as jnp
from jax import lax


def symmetric(a):
    """The symmetric matrix of which the lower triangle is read."""
    return jnp.tril(a) + jnp.swapaxes(jnp.tril(a, -1), -1, -2)


def swapped(a):
    return jnp.swapaxes(a, -1, -2)


def signs(columns):
    """For every column the sign of its first element of at least 9/10 of the greatest magnitude."""
    size = jnp.abs(columns)
    is_leading = size >= 0.9 * jnp.max(size, axis=-2, keepdims=True)
    place = jnp.argmax(is_leading, axis=-2)[..., None, :]
    return lax.stop_gradient(jnp.sign(jnp.take_along_axis(columns, place, axis=-2)))


def cholesky():
    return lambda a: jnp.linalg.cholesky(symmetric(a), symmetrize_input=False)


def triangular_solve(lower, transposed, unit, left):
    return lambda a, b: lax.linalg.triangular_solve(
        a, b, left_side=bool(left), lower=bool(lower), transpose_a=bool(transposed), unit_diagonal=bool(unit)
    )


def lu():
    return lambda a: list(lax.linalg.lu(a))


def solve(transposed=0):
    return lambda a, b: jnp.linalg.solve(swapped(a) if transposed else a, b)


def determinant():
    return jnp.linalg.det


def log_abs_determinant():
    return lambda a: jnp.linalg.slogdet(a)[1]


def adjugate():
    return lambda a: jnp.linalg.det(a)[..., None, None] * jnp.linalg.inv(a)


def qr(full):
    def compute(a):
        q, r = jnp.linalg.qr(a, mode="complete" if full else "reduced")
        diagonal = jnp.diagonal(r, axis1=-2, axis2=-1)
        turns = lax.stop_gradient(jnp.where(diagonal < 0, -1.0, 1.0).astype(a.dtype))
        wide = jnp.ones(turns.shape[:-1] + (q.shape[-1] - turns.shape[-1],), a.dtype)
        turns = jnp.concatenate([turns, wide], axis=-1)
        return [q * turns[..., None, :], r * turns[..., :, None]]

    return compute


def eigh(vectors):
    def compute(a):
        if not vectors:
            return [jnp.linalg.eigvalsh(symmetric(a), symmetrize_input=False), a[..., :0]]
        w, v = jnp.linalg.eigh(symmetric(a), symmetrize_input=False)
        return [w, v * signs(v)]

    return compute


def svd(vectors):
    def compute(a):
        if not vectors:
            return [a[..., :0], jnp.linalg.svd(a, compute_uv=False), a[..., :0, :]]
        u, s, vh = jnp.linalg.svd(a, full_matrices=False)
        turns = signs(u)
        return [u * turns, s, vh * swapped(turns)]

    return compute


def pseudo_inverse(tolerance):
    return lambda a: jnp.linalg.pinv(a, rtol=tolerance.value)


OPERATIONS = {
    "cholesky": cholesky,
    "triangular_solve": triangular_solve,
    "lu": lu,
    "solve": solve,
    "determinant": determinant,
    "log_abs_determinant": log_abs_determinant,
    "adjugate": adjugate,
    "qr": qr,
    "eigh": eigh,
    "svd": svd,
    "pseudo_inverse": pseudo_inverse,
}
