"""Products of matrices and tensors, with axes in every place, and einsum."""

import jax.numpy as jnp
import numpy as np

from case import Topic, numbers, real

topic = Topic("products")


def dot(name, left, right, left_contracting=(), right_contracting=(), left_batch=(), right_batch=(), **options):
    topic.op(
        "dot_general",
        real(*left),
        real(*right),
        name=name,
        attributes=dict(
            left_contracting=list(left_contracting),
            right_contracting=list(right_contracting),
            left_batch=list(left_batch),
            right_batch=list(right_batch),
        ),
        **options,
    )


dot("dot_matrices", (2, 3), (3, 2), [1], [0])
dot("dot_left_transposed", (3, 2), (3, 2), [0], [0])
dot("dot_right_transposed", (2, 3), (2, 3), [1], [1])
dot("dot_both_transposed", (3, 2), (2, 3), [0], [1])
dot("dot_vectors", (3,), (3,), [0], [0])
dot("dot_matrix_vector", (2, 3), (3,), [1], [0])
dot("dot_vector_matrix", (2,), (2, 3), [0], [0])
dot("dot_outer", (3,), (2,), single=False)
dot("dot_scalars", (), (), single=False)
dot("dot_all_axes", (2, 3), (3, 2), [0, 1], [1, 0])
dot("dot_batched", (2, 2, 3), (2, 3, 2), [2], [1], [0], [0])
dot("dot_batch_behind", (2, 3, 2), (3, 2, 2), [1], [0], [2], [1], single=False)
dot("dot_two_batches", (2, 2, 2), (2, 2, 2), [1], [0], [2, 0], [1, 2], single=False)
dot("dot_batch_alone", (3, 2), (3, 2), [], [], [0], [0], single=False)
dot("dot_crossed", (2, 2, 3, 2), (2, 2, 2, 3), [0, 3], [2, 0], [2], [3], single=False)
dot("dot_of_none", (2, 0), (0, 3), [1], [0], single=False)
dot("dot_long", (1, 40), (40, 2), [1], [0], second=False)


@topic.case(a=real(2, 3), b=real(3, 2), c=real(2, 2), oracle=lambda a, b, c: jnp.einsum("ij,jk,kl->il", a, b, c))
def einsum_chain(p, a, b, c):
    return a.matmul(b).matmul(c)


@topic.case(a=real(3), b=real(3, 2), c=real(2), oracle=lambda a, b, c: jnp.einsum("i,ij,j->", a, b, c))
def einsum_bilinear_form(p, a, b, c):
    return a.dot(b, [0], [0]).dot(c, [0], [0])


@topic.case(a=real(2, 2, 3), b=real(2, 3, 2), oracle=lambda a, b: jnp.einsum("bij,bjk->bki", a, b))
def einsum_batch_transposed(p, a, b):
    return a.dot(b, [2], [1], [0], [0]).transpose([0, 2, 1])


@topic.case(a=real(3, 3), oracle=lambda a: (jnp.einsum("ii->i", a), jnp.einsum("ii->", a)))
def einsum_diagonal(p, a):
    rows, columns = p.iota("i64", (3, 3), axis=0), p.iota("i64", (3, 3), axis=1)
    kept = rows.eq(columns).where(a, 0.0)
    return kept.sum([0]), kept.sum()


@topic.case(a=real(2, 3), b=real(2, 3), oracle=lambda a, b: jnp.einsum("ij,ij->i", a, b))
def einsum_row_products(p, a, b):
    return a.dot(b, [1], [1], [0], [0])


@topic.case(a=real(2, 3), b=real(2), oracle=lambda a, b: jnp.einsum("ij,k->ikj", a, b))
def einsum_outer(p, a, b):
    return a.dot(b, [], []).transpose([0, 2, 1])


@topic.case(a=real(2, 3, 2), b=real(3), oracle=lambda a, b: jnp.einsum("ijk,j->", a, b))
def einsum_summed(p, a, b):
    return a.sum([0, 2]).dot(b, [0], [0])


@topic.case(x=real(3), a=real(3, 3), oracle=lambda x, a: x @ a @ x, hessian=True)
def quadratic_form(p, x, a):
    return x.dot(a, [0], [0]).dot(x, [0], [0])


@topic.case(a=real(2, 2), b=real(2, 2), oracle=lambda a, b: jnp.kron(a, b))
def kronecker(p, a, b):
    return a.dot(b, [], []).transpose([0, 2, 1, 3]).reshape((4, 4))


@topic.case(a=real(3), b=real(3), oracle=jnp.cross)
def cross(p, a, b):
    roll = lambda v, k: p.concat([v.slice(slice(k, 3)), v.slice(slice(0, k))])
    return roll(a, 1) * roll(b, 2) - roll(a, 2) * roll(b, 1)


@topic.case(a=real(2, 2), oracle=lambda a: jnp.linalg.matrix_power(a, 5))
def matrix_power(p, a):
    square = a.matmul(a)
    return square.matmul(square).matmul(a)


@topic.case(a=real(2, 2), b=real(2, 2), oracle=lambda a, b: a @ b - b @ a)
def commutator(p, a, b):
    return a.matmul(b) - b.matmul(a)


@topic.case(x=real(2, 3), w=real(2, 3), b=real(2), oracle=lambda x, w, b: x @ w.T + b)
def affine(p, x, w, b):
    return x.dot(w, [1], [1]) + b


@topic.case(x=real(5), k=real(3), oracle=lambda x, k: jnp.convolve(x, k, mode="valid"))
def convolution_by_slices(p, x, k):
    parts = [k.element(2 - i) * x.slice(slice(i, i + 3)) for i in range(3)]
    return parts[0] + parts[1] + parts[2]


@topic.case(x=real(4), oracle=lambda x: jnp.stack([jnp.real(jnp.fft.fft(x)), jnp.imag(jnp.fft.fft(x))]))
def fourier_transform(p, x):
    angle = 2 * np.pi * np.outer(np.arange(4), np.arange(4)) / 4
    return p.concat([p.constant(m).matmul(x).expand(0) for m in (np.cos(angle), -np.sin(angle))])


@topic.case(a=real(2, 3), x=numbers([0.5, -1.0, 2.0]), oracle=lambda a, x: jnp.sum(jnp.tanh(a @ x) ** 2), hessian=False)
def squared_tanh_of_product(p, a, x):
    t = a.matmul(x).tanh()
    return (t * t).sum()
