"""What special functions are composed of, and logarithms of densities, against `jax.scipy`."""

import jax.numpy as jnp
import jax.scipy.special as special
import jax.scipy.stats as stats
import numpy as np

from case import Topic, numbers, real

topic = Topic("special_functions")
HALF_ROOT, LOG_ROOT_2PI = float(np.sqrt(0.5)), float(0.5 * np.log(2 * np.pi))


@topic.case(x=real(4, low=0.1, high=2), y=real(4, low=0.1, high=3), oracle=special.xlogy)
def xlogy(p, x, y):
    return x * y.log()


@topic.case(x=real(4), y=real(4, low=-0.9, high=3), oracle=special.xlog1py)
def xlog1py(p, x, y):
    return x * y.log1p()


@topic.case(x=real(4, low=0.1, high=2), oracle=special.entr)
def entropy(p, x):
    return -(x * x.log())


@topic.case(x=numbers([0.5, -1.25, 2.4, 0.1]), oracle=jnp.sinc)
def sinc(p, x):
    angle = float(np.pi) * x
    return angle.sin() / angle


@topic.case(x=real(5, low=-3, high=3), oracle=special.ndtr)
def normal_distribution(p, x):
    return 0.5 * (-HALF_ROOT * x).erfc()


@topic.case(x=real(5, low=-3, high=3), oracle=special.log_ndtr)
def log_normal_distribution(p, x):
    return (0.5 * (-HALF_ROOT * x).erfc()).log()


@topic.case(x=real(4, low=0.1, high=0.9), oracle=special.logit)
def logit(p, x):
    return (x / (1.0 - x)).log()


@topic.case(a=real(3, low=0.5, high=4), b=real(3, low=0.5, high=4), oracle=special.betaln)
def log_beta(p, a, b):
    return a.lgamma() + b.lgamma() - (a + b).lgamma()


@topic.case(
    n=real(3, low=4, high=8),
    k=real(3, low=1, high=3),
    oracle=lambda n, k: jnp.exp(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)),
)
def binomial_coefficient(p, n, k):
    return (n + 1.0).tgamma() / ((k + 1.0).tgamma() * (n - k + 1.0).tgamma())


@topic.case(x=real(3, low=2, high=4), oracle=lambda x: special.multigammaln(x, 2))
def multivariate_gamma(p, x):
    return x.lgamma() + (x - 0.5).lgamma() + float(0.5 * np.log(np.pi))


@topic.case(a=real(4), b=real(4), oracle=jnp.logaddexp2)
def log_add_exp2(p, a, b):
    m = a.max(b)
    return m + ((a - m).exp2() + (b - m).exp2()).log2()


@topic.case(x=real(4, low=0.2, high=2), oracle=lambda x: jnp.log1p(-jnp.exp(-x)))
def log_1m_exp(p, x):
    return (-(-x).exp()).log1p()


@topic.case(x=real(5, low=-3, high=3), y=real(5, low=0.5, high=2), oracle=lambda x, y: jnp.mod(x, y), second=False)
def floored_remainder(p, x, y):
    return x - y * (x / y).floor()


@topic.case(x=real(4, low=-3, high=3), oracle=jnp.rad2deg)
def wrapped_angle(p, x):
    return x.sin().atan2(x.cos()) * float(180 / np.pi)


@topic.case(x=real(4), mu=numbers(0.3), s=numbers(1.7), oracle=lambda x, mu, s: jnp.sum(stats.norm.logpdf(x, mu, s)))
def log_normal_density(p, x, mu, s):
    z = (x - mu) / s
    return (-0.5 * z * z - s.log() - LOG_ROOT_2PI).sum()


@topic.case(
    x=real(3, low=0.1, high=3),
    a=numbers(2.3),
    oracle=lambda x, a: stats.gamma.logpdf(x, a),
    single_tolerance=[("vjp", 2e-5, "the derivative by a is a small difference of logarithms and digamma")],
)
def log_gamma_density(p, x, a):
    return (a - 1.0) * x.log() - x - a.lgamma()


@topic.case(x=real(3, low=0.1, high=0.9), a=numbers(2.3), b=numbers(0.8), oracle=stats.beta.logpdf)
def log_beta_density(p, x, a, b):
    normal = (a + b).lgamma() - a.lgamma() - b.lgamma()
    return (a - 1.0) * x.log() + (b - 1.0) * (-x).log1p() + normal


@topic.case(x=real(3), nu=numbers(3.5), oracle=lambda x, nu: stats.t.logpdf(x, nu))
def log_student_density(p, x, nu):
    normal = (0.5 * (nu + 1.0)).lgamma() - (0.5 * nu).lgamma() - 0.5 * (nu * float(np.pi)).log()
    return normal - 0.5 * (nu + 1.0) * (x * x / nu).log1p()


@topic.case(x=real(3, low=-3, high=3), oracle=lambda x: stats.cauchy.logpdf(x, 0.5, 2.0))
def log_cauchy_density(p, x):
    z = (x - 0.5) / 2.0
    return -(z * z).log1p() - float(np.log(2 * np.pi))


@topic.case(x=real(4, low=-3, high=3), mu=numbers(0.2), b=numbers(0.7), oracle=stats.laplace.logpdf)
def log_laplace_density(p, x, mu, b):
    return -((x - mu) / b).abs() - (2.0 * b).log()


@topic.case(
    k=numbers([0, 1, 4]), mu=real(3, low=0.5, high=4), wrt=[1], oracle=lambda k, mu: stats.poisson.logpmf(k, mu)
)
def log_poisson_mass(p, k, mu):
    return k * mu.log() - mu - (k + 1.0).lgamma()


@topic.case(x=real(3, low=-3, high=3), oracle=stats.logistic.logpdf)
def log_logistic_density(p, x):
    return -x - 2.0 * (-x).softplus()


@topic.case(
    x=numbers([0.2, 0.5, 0.3]),
    a=real(3, low=0.5, high=3),
    oracle=lambda x, a: jnp.sum((a - 1) * jnp.log(x)) + special.gammaln(jnp.sum(a)) - jnp.sum(special.gammaln(a)),
)
def log_dirichlet_density(p, x, a):
    return ((a - 1.0) * x.log()).sum() + a.sum().lgamma() - a.lgamma().sum()


@topic.case(
    x=real(3, low=-2, high=2),
    k=numbers(2.5),
    oracle=lambda x, k: k * jnp.cos(x) - jnp.log(2 * jnp.pi) - jnp.log(series(k)),
)
def log_von_mises_density(p, x, k):
    return k * x.cos() - float(np.log(2 * np.pi)) - series(k, lambda y: y.log())


def series(k, finish=lambda y: y):
    """The modified Bessel function I₀ by its power series."""
    term = total = 1.0
    for n in range(1, 25):
        term = term * (k * k / (4.0 * n * n))
        total = total + term
    return finish(total)


@topic.case(x=real(4, low=-2, high=2), oracle=lambda x: special.erfinv(jnp.tanh(x)))
def erf_inv_of_tanh(p, x):
    return x.tanh().erf_inv()


@topic.case(
    u=real(4, low=0.05, high=0.95),
    mu=numbers(0.5),
    s=numbers(2.0),
    oracle=lambda u, mu, s: stats.norm.ppf(u, mu, s).astype(u.dtype),
)
def normal_quantile(p, u, mu, s):
    return mu + s * u.ndtri()


@topic.case(a=real(3, low=0.5, high=5), oracle=lambda a: (special.digamma(a) - jnp.log(a)) * special.polygamma(1, a))
def digamma_and_trigamma(p, a):
    return (a.digamma() - a.log()) * a.op("polygamma", order=1)
