"""Factorisations and what is solved with them; of vectors with free signs and orders, what does not depend on these."""

import itertools

import jax
import jax.numpy as jnp
import jax.scipy.linalg as linalg

from case import Topic, matrix, numbers, real
from matrices import symmetric
from program import Scalar

topic = Topic("linear_algebra")

topic.op("cholesky", matrix(3, 3))
topic.op("cholesky", matrix(2, 2, 2), name="cholesky_batch", single=False)
topic.op("cholesky", matrix(1, 1), name="cholesky_of_number", single=False)
topic.op(
    "cholesky",
    numbers([[1, 0], [2, 1]]),
    name="cholesky_of_indefinite",
    derivatives=False,
    single=False,
    instead=(
        lambda a: jnp.full_like(a, jnp.nan),
        "all of a factor that does not exist is NaN, in JAX all but the upper triangle",
    ),
)
for lower, transposed, unit, left in itertools.product([1, 0], [0, 1], [0, 1], [1, 0]):
    name = "_".join(
        ["solve", "lower" if lower else "upper"]
        + ["transposed"] * transposed
        + ["unit"] * unit
        + ["right"] * (1 - left)
    )
    topic.op(
        "triangular_solve",
        matrix(3, 3),
        real(3, 2) if left else real(2, 3),
        name=name,
        single=not unit,
        attributes=dict(lower=lower, transposed=transposed, unit=unit, left=left),
    )
topic.op(
    "triangular_solve",
    matrix(2, 2, 2),
    real(2, 2, 1),
    name="solve_lower_batch",
    single=False,
    attributes=dict(lower=1, transposed=0, unit=0, left=1),
)
SHUFFLED = numbers([[1, 3, 0.5], [0.3, 0.4, 4], [5, 1, -1]])
topic.op("lu", SHUFFLED)
topic.op("lu", matrix(4, 2), name="lu_tall", single=False)
topic.op("lu", matrix(2, 4), name="lu_wide", single=False)
topic.op("lu", matrix(2, 2, 2), name="lu_batch", single=False)
topic.op("solve", SHUFFLED, real(3, 2), attributes={"transposed": 0})
topic.op("solve", SHUFFLED, real(3, 1), name="solve_transposed", attributes={"transposed": 1})
topic.op("solve", matrix(2, 2, 2), real(2, 2, 1), name="solve_batch", attributes={"transposed": 0}, single=False)
topic.op("determinant", SHUFFLED)
topic.op("determinant", matrix(2, 2, 2), name="determinant_batch", single=False)
topic.op(
    "determinant",
    numbers([[1, 2, 3], [2, 4, 6], [1, 0, 1]]),
    name="determinant_of_singular",
    second=False,
    single=False,
)
topic.op("log_abs_determinant", SHUFFLED)
topic.op("log_abs_determinant", numbers([[0, 1], [1, 0]]), name="log_abs_determinant_of_swap", single=False)
topic.op(
    "log_abs_determinant",
    numbers([[1, 2], [2, 4]]),
    name="log_abs_determinant_of_singular",
    derivatives=False,
    single=False,
)
topic.op("adjugate", SHUFFLED)
topic.op("qr", matrix(3, 3), attributes={"full": 0})
topic.op("qr", matrix(4, 2), name="qr_tall", attributes={"full": 0})
topic.op("qr", matrix(2, 4), name="qr_wide", attributes={"full": 0}, single=False, derivatives=False)
topic.op("qr", matrix(3, 2), name="qr_full", attributes={"full": 1}, single=False, derivatives=False)
topic.op("eigh", matrix(3, 3), attributes={"vectors": 1})
topic.op("eigh", matrix(2, 2, 2), name="eigh_batch", single=False, attributes={"vectors": 1})
for op in ["eigh", "svd"]:
    topic.op(op, matrix(3, 3), name=f"{op}_without_vectors", attributes={"vectors": 0})
    topic.op(op, matrix(2, 2, 2), name=f"{op}_without_vectors_batch", attributes={"vectors": 0}, single=False)
topic.op("svd", matrix(3, 3), attributes={"vectors": 1})
topic.op("svd", matrix(4, 2), name="svd_tall", single=False, attributes={"vectors": 1})
topic.op("svd", matrix(2, 3), name="svd_wide", single=False, attributes={"vectors": 1})
for name, shape in [("pseudo_inverse", (3, 3)), ("pseudo_inverse_tall", (3, 2)), ("pseudo_inverse_wide", (2, 3))]:
    topic.op("pseudo_inverse", matrix(*shape), name=name, attributes={"tolerance": Scalar("f64", 1e-6)})
topic.op(
    "pseudo_inverse",
    numbers([[1, 2], [2, 4], [3, 6]]),
    name="pseudo_inverse_of_rank_1",
    derivatives=False,
    attributes={"tolerance": Scalar("f64", 1e-6)},
    single=False,
)


@topic.case(
    a=matrix(2, 2), oracle=lambda a: jnp.stack([jnp.stack([a[1, 1], -a[0, 1]]), jnp.stack([-a[1, 0], a[0, 0]])])
)
def adjugate_of_two(p, a):
    return a.adjugate()


def identity(p, n):
    return p.iota("i64", (n, n), axis=0).op("eq", p.iota("i64", (n, n), axis=1)).cast(p.floating)


def diagonal(p, a):
    return (a * identity(p, a.shape[0])).sum([1])


def transposed(a):
    return a.transpose([1, 0])


@topic.case(a=SHUFFLED, oracle=jnp.linalg.inv)
def inverse(p, a):
    return a.op("solve", identity(p, 3), transposed=0)


@topic.case(a=matrix(3, 3), b=real(3), oracle=lambda a, b: b @ jnp.linalg.solve(a, b))
def inverse_quadratic_form(p, a, b):
    return (b * a.op("solve", b.expand(1), transposed=0).reshape((3,))).sum()


@topic.case(a=matrix(2, 2), oracle=lambda a: jnp.log(jnp.linalg.det(a @ a.T)))
def log_determinant_of_square(p, a):
    return a.dot(a, [1], [1]).op("determinant").log()


@topic.case(a=matrix(2, 2), oracle=lambda a: 2 * jnp.sum(jnp.log(jnp.diag(jnp.linalg.cholesky(symmetric(a))))))
def log_determinant_by_cholesky(p, a):
    return 2.0 * diagonal(p, a.cholesky()).log().sum()


@topic.case(
    a=matrix(3, 3), b=real(3), oracle=lambda a, b: linalg.cho_solve((jnp.linalg.cholesky(symmetric(a)), True), b)
)
def cholesky_solve(p, a, b):
    factor = a.cholesky()
    options = dict(lower=1, unit=0, left=1)
    y = factor.op("triangular_solve", b.expand(1), transposed=0, **options)
    return factor.op("triangular_solve", y, transposed=1, **options).reshape((3,))


@topic.case(
    x=real(2),
    mu=real(2),
    a=matrix(2, 2),
    oracle=lambda x, mu, a: jax.scipy.stats.multivariate_normal.logpdf(x, mu, symmetric(a)),
)
def normal_density(p, x, mu, a):
    factor = a.cholesky()
    z = factor.op("triangular_solve", (x - mu).expand(1), lower=1, transposed=0, unit=0, left=1)
    return -0.5 * (z * z).sum() - diagonal(p, factor).log().sum() - float(jnp.log(2 * jnp.pi))


@topic.case(
    x=real(4, 2), y=real(4), oracle=lambda x, y: jnp.linalg.solve(x.T @ x + 0.1 * jnp.eye(2, dtype=x.dtype), x.T @ y)
)
def ridge_regression(p, x, y):
    gram = x.dot(x, [0], [0]) + 0.1 * identity(p, 2)
    return gram.op("solve", x.dot(y, [0], [0]).expand(1), transposed=0).reshape((2,))


@topic.case(x=matrix(4, 2), y=real(4), oracle=lambda x, y: jnp.linalg.pinv(x) @ y)
def least_squares_by_qr(p, x, y):
    q, r = x.op("qr", full=0)
    return r.op("triangular_solve", q.dot(y, [0], [0]).expand(1), lower=0, transposed=0, unit=0, left=1).reshape((2,))


@topic.case(a=matrix(3, 3), oracle=lambda a: jnp.sum(jnp.linalg.eigvalsh(symmetric(a)) ** 3))
def spectral_moment(p, a):
    w = a.op("eigh", vectors=0)[0]
    return (w * w * w).sum()


@topic.case(a=matrix(3, 3), oracle=lambda a: linalg.expm(symmetric(a)))
def exponential_of_symmetric(p, a):
    w, v = a.op("eigh", vectors=1)
    return (v * w.exp()).dot(v, [1], [1])


@topic.case(a=matrix(2, 2), oracle=lambda a: square_root(symmetric(a)))
def root_of_symmetric(p, a):
    w, v = a.op("eigh", vectors=1)
    return (v * w.sqrt()).dot(v, [1], [1])


def square_root(a):
    """The root of a 2 × 2 matrix by its trace and determinant (Cayley-Hamilton)."""
    s = jnp.sqrt(jnp.linalg.det(a))
    return (a + s * jnp.eye(2, dtype=a.dtype)) / jnp.sqrt(jnp.trace(a) + 2 * s)


@topic.case(a=matrix(3, 2), oracle=lambda a: (jnp.linalg.norm(a, "nuc"), jnp.linalg.norm(a, 2)))
def nuclear_and_spectral_norm(p, a):
    s = a.op("svd", vectors=0)[1]
    return s.sum(), s.reduce("max")


@topic.case(
    a=matrix(3, 3), oracle=lambda a: (lambda w, v: jnp.outer(v[:, -1], v[:, -1]))(*jnp.linalg.eigh(symmetric(a)))
)
def projector_on_greatest(p, a):
    v = a.op("eigh", vectors=1)[1].slice(slice(0, 3), slice(2, 3))
    return v.dot(v, [1], [1])


@topic.case(a=matrix(3, 3), oracle=lambda a: (lambda u, s, vh: u @ vh)(*jnp.linalg.svd(a)))
def polar_factor(p, a):
    u, s, vh = a.op("svd", vectors=1)
    return u.matmul(vh)


@topic.case(
    a=numbers([[2, 0.5], [0.5, 2]]),
    oracle=lambda a: jnp.sum(jnp.exp(a)) + jnp.trace(symmetric(a) @ symmetric(a)),
    second=False,
)
def trace_of_equal_eigenvalues(p, a):
    w = a.op("eigh", vectors=1)[0]
    return (w * w).sum() + a.exp().sum()


@topic.case(a=matrix(2, 2), b=matrix(2, 2), q=matrix(2, 2), oracle=lambda a, b, q: sylvester(a, b, q))
def sylvester_equation(p, a, b, q):
    i = identity(p, 2)
    kron = lambda x, y: x.dot(y, [], []).transpose([0, 2, 1, 3]).reshape((4, 4))
    system = kron(a, i) + kron(i, transposed(b))
    return system.op("solve", q.reshape((4, 1)), transposed=0).reshape((2, 2))


def sylvester(a, b, q):
    """`a x + x b = q`, as one system for the columns of x."""
    system = jnp.kron(jnp.eye(2, dtype=a.dtype), a) + jnp.kron(b.T, jnp.eye(2, dtype=a.dtype))
    return jnp.linalg.solve(system, q.T.reshape(4)).reshape(2, 2).T


@topic.case(z=real(3), a=matrix(3, 3), oracle=lambda z, a: jnp.linalg.slogdet(a)[1] - 0.5 * jnp.sum((a @ z) ** 2))
def flow_density(p, z, a):
    y = a.matmul(z)
    return a.op("log_abs_determinant") - 0.5 * (y * y).sum()


@topic.case(x=real(3, 1), y=real(3), s=numbers(0.7), oracle=lambda x, y, s: gaussian_process(x, y, s))
def gaussian_process_likelihood(p, x, y, s):
    d = x.reshape((3, 1)) - x.reshape((1, 3))
    k = (-0.5 * d * d / (s * s).spread((3, 3))).exp() + 0.1 * identity(p, 3)
    factor = k.cholesky()
    z = factor.op("triangular_solve", y.expand(1), lower=1, transposed=0, unit=0, left=1)
    return -0.5 * (z * z).sum() - diagonal(p, factor).log().sum()


def gaussian_process(x, y, s):
    k = jnp.exp(-0.5 * (x - x.T) ** 2 / s**2) + 0.1 * jnp.eye(3, dtype=x.dtype)
    return -0.5 * y @ jnp.linalg.solve(k, y) - 0.5 * jnp.linalg.slogdet(k)[1]


@topic.case(a=matrix(2, 2), b=real(2), oracle=lambda a, b: jnp.linalg.inv(a) @ b)
def cramer(p, a, b):
    return a.adjugate().matmul(b) / a.op("determinant")
