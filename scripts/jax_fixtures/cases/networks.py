"""Activations, normalisations, losses, attention, recurrent cells and steps of optimisers."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from case import Topic, integers, numbers, real, truths

topic = Topic("networks")
nn = jax.nn
HALF_ROOT = float(np.sqrt(0.5))


def activation(name, function, build, points=real(6, low=-3, high=3), **options):
    topic.add(name, lambda p, x: build(x), {"oracle": function, **options}, x=points)


activation("relu", nn.relu, lambda x: (x <= 0.0).where(0.0, x))
activation("relu_at_0", nn.relu, lambda x: (x <= 0.0).where(0.0, x), numbers([0.0, -0.0]), single=False)
activation("leaky_relu", lambda x: nn.leaky_relu(x, 0.1), lambda x: (x >= 0.0).where(x, 0.1 * x))
activation("elu", nn.elu, lambda x: (x > 0.0).where(x, x.expm1()))
activation(
    "selu",
    nn.selu,
    lambda x: 1.0507009873554804934193349852946 * (x > 0.0).where(x, 1.6732632423543772848170429916717 * x.expm1()),
)
activation("silu", nn.silu, lambda x: x * x.logistic())
activation("gelu", lambda x: nn.gelu(x, approximate=False), lambda x: x * 0.5 * (x * -HALF_ROOT).erfc())
activation(
    "gelu_by_tanh", nn.gelu, lambda x: 0.5 * x * (1.0 + (float(np.sqrt(2 / np.pi)) * (x + 0.044715 * x * x * x)).tanh())
)
activation("mish", nn.mish, lambda x: x * x.softplus().tanh())
activation("log_sigmoid", nn.log_sigmoid, lambda x: -(-x).softplus())
activation("hard_tanh", nn.hard_tanh, lambda x: x.max(-1.0).min(1.0))
activation("hard_sigmoid", nn.hard_sigmoid, lambda x: (x + 3.0).max(0.0).min(6.0) / 6.0)
activation("soft_sign", nn.soft_sign, lambda x: x / (x.abs() + 1.0))
activation("squareplus", nn.squareplus, lambda x: 0.5 * (x + (x * x + 4.0).sqrt()))
activation("celu", lambda x: nn.celu(x, 2.0), lambda x: (x > 0.0).where(x, 2.0 * (x / 2.0).expm1()))


def log_softmax_of(x, axis=-1):
    axis %= x.rank
    shifted = x - x.reduce("max", [axis], keep=True).stop_gradient()
    return shifted - shifted.exp().sum([axis], keep=True).log()


def softmax_of(x, axis=-1):
    axis %= x.rank
    e = (x - x.reduce("max", [axis], keep=True).stop_gradient()).exp()
    return e / e.sum([axis], keep=True)


@topic.case(x=real(2, 3), oracle=lambda x: nn.softmax(x, axis=-1))
def softmax(p, x):
    return softmax_of(x)


@topic.case(x=numbers([[800, 799, -800], [0, 0, 0]]), oracle=lambda x: nn.softmax(x, axis=-1))
def softmax_of_large(p, x):
    return softmax_of(x)


@topic.case(x=real(2, 3), oracle=lambda x: nn.log_softmax(x, axis=0))
def log_softmax_of_columns(p, x):
    return log_softmax_of(x, axis=0)


@topic.case(x=real(4), y=integers(2), oracle=lambda x, y: -nn.log_softmax(x)[y])
def cross_entropy_of_class(p, x, y):
    return -log_softmax_of(x).op("take", y, axis=0)


@topic.case(
    x=real(3, 4),
    y=integers([2, 0, 3]),
    oracle=lambda x, y: -jnp.mean(jnp.take_along_axis(nn.log_softmax(x, axis=1), y[:, None], axis=1)),
)
def cross_entropy(p, x, y):
    hot = p.iota("i64", (3, 4), axis=1).op("eq", y.expand(1).spread((3, 4)))
    return -hot.where(log_softmax_of(x), 0.0).sum() / 3.0


@topic.case(x=real(4), y=numbers([0, 1, 1, 0.3]), oracle=lambda x, y: jnp.mean(nn.softplus(x) - x * y))
def binary_cross_entropy(p, x, y):
    return (x.softplus() - x * y).mean()


@topic.case(x=real(2, 3), y=real(2, 3), oracle=lambda x, y: jnp.mean((x - y) ** 2))
def mean_squared_error(p, x, y):
    d = x - y
    return (d * d).mean()


@topic.case(
    x=real(5, low=-3, high=3),
    y=real(5, low=-3, high=3),
    oracle=lambda x, y: jnp.sum(jnp.where(jnp.abs(x - y) < 1, 0.5 * (x - y) ** 2, jnp.abs(x - y) - 0.5)),
)
def huber_loss(p, x, y):
    d = x - y
    return (d.abs() < 1.0).where(0.5 * d * d, d.abs() - 0.5).sum()


@topic.case(x=real(4), y=numbers([1, -1, -1, 1]), oracle=lambda x, y: jnp.mean(jnp.maximum(0, 1 - x * y)))
def hinge_loss(p, x, y):
    return (1.0 - x * y).max(0.0).mean()


@topic.case(
    x=real(2, 3), y=real(2, 3), oracle=lambda x, y: jnp.sum(nn.softmax(x) * (nn.log_softmax(x) - nn.log_softmax(y)))
)
def relative_entropy(p, x, y):
    a, b = log_softmax_of(x), log_softmax_of(y)
    return (a.exp() * (a - b)).sum()


@topic.case(
    x=real(5),
    y=real(5),
    q=numbers(0.8),
    wrt=[0, 1],
    oracle=lambda x, y, q: jnp.mean(jnp.maximum(q * (y - x), (q - 1) * (y - x))),
)
def quantile_loss(p, x, y, q):
    d = y - x
    return (q * d).max((q - 1.0) * d).mean()


@topic.case(
    x=real(2, 4),
    g=real(4),
    b=real(4),
    oracle=lambda x, g, b: (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5) * g + b,
)
def layer_norm(p, x, g, b):
    d = x - x.mean([1], keep=True)
    return d * ((d * d).mean([1], keep=True) + 1e-5).rsqrt() * g + b


@topic.case(x=real(2, 3), g=real(3), oracle=lambda x, g: x * lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6) * g)
def rms_norm(p, x, g):
    return x * ((x * x).mean([1], keep=True) + 1e-6).rsqrt() * g


@topic.case(x=real(4, 2), g=real(2), b=real(2), oracle=lambda x, g, b: nn.standardize(x, axis=0, epsilon=1e-3) * g + b)
def batch_norm(p, x, g, b):
    d = x - x.mean([0], keep=True)
    return d * ((d * d).mean([0], keep=True) + 1e-3).rsqrt() * g + b


def attention_of(q, k, v, mask=None):
    scores = q.dot(k, [q.rank - 1], [k.rank - 1], *([[0]] * 2 if q.rank == 3 else [[], []])) * float(
        q.shape[-1] ** -0.5
    )
    if mask is not None:
        scores = mask.where(scores, -1e30)
    weights = softmax_of(scores)
    return weights.dot(v, [q.rank - 1], [q.rank - 2], *([[0]] * 2 if q.rank == 3 else [[], []]))


def attention_in_jax(q, k, v, causal=False):
    """Not by `nn.dot_product_attention`, which computes weights in f32."""
    scores = q @ k.swapaxes(-1, -2) / float(np.sqrt(q.shape[-1]))
    seen = jnp.tril(jnp.ones(scores.shape[-2:], bool)) if causal else jnp.ones(scores.shape[-2:], bool)
    return nn.softmax(scores, axis=-1, where=seen) @ v


@topic.case(q=real(2, 3), k=real(4, 3), v=real(4, 3), oracle=attention_in_jax)
def attention(p, q, k, v):
    return attention_of(q, k, v)


@topic.case(q=real(3, 2), k=real(3, 2), v=real(3, 2), oracle=lambda q, k, v: attention_in_jax(q, k, v, causal=True))
def causal_attention(p, q, k, v):
    mask = p.iota("i64", (3, 3), axis=0).op("ge", p.iota("i64", (3, 3), axis=1))
    return attention_of(q, k, v, mask)


@topic.case(q=real(2, 3, 2), k=real(2, 3, 2), v=real(2, 3, 2), oracle=attention_in_jax)
def attention_with_heads(p, q, k, v):
    return attention_of(q, k, v)


@topic.case(x=real(2, 3), w=real(3, 4), b=real(4), v=real(4), oracle=lambda x, w, b, v: jnp.tanh(x @ w + b) @ v)
def two_layers(p, x, w, b, v):
    return (x.matmul(w) + b).tanh().matmul(v)


@topic.case(
    x=real(3),
    h=real(2),
    w=real(4, 3),
    u=real(4, 2),
    b=real(4),
    oracle=lambda x, h, w, u, b: (lambda a: nn.sigmoid(a[:2]) * h + (1 - nn.sigmoid(a[:2])) * jnp.tanh(a[2:]))(
        w @ x + u @ h + b
    ),
)
def gated_cell(p, x, h, w, u, b):
    a = w.matmul(x) + u.matmul(h) + b
    gate = a.slice(slice(0, 2)).logistic()
    return gate * h + (1.0 - gate) * a.slice(slice(2, 4)).tanh()


def lstm(x, h, c, w, u):
    i, f, g, o = jnp.split(w @ x + u @ h, 4)
    c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
    return nn.sigmoid(o) * jnp.tanh(c), c


@topic.case(x=real(2), h=real(2), c=real(2), w=real(8, 2), u=real(8, 2), oracle=lstm)
def long_short_term_memory(p, x, h, c, w, u):
    a = w.matmul(x) + u.matmul(h)
    i, f, g, o = [a.slice(slice(2 * k, 2 * k + 2)) for k in range(4)]
    c = f.logistic() * c + i.logistic() * g.tanh()
    return o.logistic() * c.tanh(), c


@topic.case(x=real(1, 1, 6), k=real(2, 1, 3), oracle=lambda x, k: lax.conv_general_dilated(x, k, (1,), "VALID"))
def convolution_in_one_dimension(p, x, k):
    windows = p.concat([x.reshape((6,)).slice(slice(i, i + 4)).expand(0) for i in range(3)])
    return k.reshape((2, 3)).matmul(windows).expand(0)


@topic.case(
    x=real(4, 4),
    k=real(2, 2),
    oracle=lambda x, k: lax.conv_general_dilated(x[None, None], k[None, None], (2, 1), "VALID")[0, 0],
)
def convolution_in_two_dimensions(p, x, k):
    parts = [k.element(i, j) * x.slice(slice(i, i + 3, 2), slice(j, j + 3)) for i in range(2) for j in range(2)]
    return parts[0] + parts[1] + parts[2] + parts[3]


@topic.case(x=real(6), drop=truths([1, 0, 1, 1, 0, 1]), oracle=lambda x, drop: jnp.where(drop, x / 0.75, 0) ** 2)
def dropout(p, x, drop):
    kept = drop.where(x / 0.75, 0.0)
    return kept * kept


@topic.case(
    mu=real(3),
    s=real(3),
    e=real(3),
    wrt=[0, 1],
    oracle=lambda mu, s, e: (mu + jnp.exp(0.5 * s) * e, 0.5 * jnp.sum(jnp.exp(s) + mu**2 - 1 - s)),
)
def reparameterisation(p, mu, s, e):
    return mu + (0.5 * s).exp() * e, 0.5 * (s.exp() + mu * mu - 1.0 - s).sum()


@topic.case(
    a=real(2, 3),
    b=real(2, 3),
    oracle=lambda a, b: (
        -jnp.mean(
            jnp.diag(
                nn.log_softmax(
                    (a / jnp.linalg.norm(a, axis=1, keepdims=True))
                    @ (b / jnp.linalg.norm(b, axis=1, keepdims=True)).T
                    / 0.5,
                    axis=1,
                )
            )
        )
    ),
)
def contrastive_loss(p, a, b):
    unit = lambda v: v / (v * v).sum([1], keep=True).sqrt()
    scores = unit(a).dot(unit(b), [1], [1]) / 0.5
    hot = p.iota("i64", (2, 2), axis=0).op("eq", p.iota("i64", (2, 2), axis=1))
    return -hot.where(log_softmax_of(scores), 0.0).sum() / 2.0


@topic.case(x=real(2, 2, 2), w=real(2, 2), oracle=lambda x, w: jax.vmap(lambda x: nn.relu(x @ w).sum())(x))
def batched_layer(p, x, w):
    h = x.dot(w, [2], [0])
    return (h <= 0.0).where(0.0, h).sum([1, 2])


@topic.case(
    w=real(3),
    x=real(4, 3),
    y=real(4),
    oracle=lambda w, x, y: w - 0.1 * jax.grad(lambda w: jnp.mean((x @ w - y) ** 2))(w),
)
def descent_step(p, w, x, y):
    return w - 0.1 * (2.0 * (x.matmul(w) - y).dot(x, [0], [0]) / 4.0)


@topic.case(
    w=real(3),
    m=real(3),
    v=real(3, low=0.1, high=1),
    g=real(3),
    oracle=lambda w, m, v, g: w - 0.01 * (0.9 * m + 0.1 * g) / (jnp.sqrt(0.999 * v + 0.001 * g * g) + 1e-8),
)
def adam_step(p, w, m, v, g):
    return w - 0.01 * (0.9 * m + 0.1 * g) / ((0.999 * v + 0.001 * g * g).sqrt() + 1e-8)


@topic.case(g=real(4), oracle=lambda g: g * jnp.minimum(1.0, 0.5 / jnp.linalg.norm(g)))
def gradient_clipping(p, g):
    return g * (0.5 / (g * g).sum().sqrt()).min(1.0)


@topic.case(x=real(4), oracle=lambda x: jax.grad(lambda x: jnp.sum(jnp.sin(x) * jnp.exp(x)))(x))
def gradient_as_program(p, x):
    """The program is a derivative already; its own are the second and third."""
    return x.exp() * (x.sin() + x.cos())


@topic.case(x=numbers(0.7), oracle=lambda x: jax.grad(jax.grad(jax.grad(lambda x: jnp.tanh(x) * jnp.log(x))))(x))
def third_derivative_as_program(p, x):
    t, s = x.tanh(), 1.0 - x.tanh() * x.tanh()
    first, second, third = s, -2.0 * t * s, (6.0 * t * t - 2.0) * s
    inverse = 1.0 / x
    return (
        third * x.log()
        + 3.0 * second * inverse
        - 3.0 * first * inverse * inverse
        + 2.0 * t * inverse * inverse * inverse
    )
