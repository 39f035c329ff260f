"""What JAX says of a function: value, Jacobian times tangent, cotangent times Jacobian, and second derivatives."""

import jax
import jax.numpy as jnp
import numpy as np


def is_float(array):
    return jnp.issubdtype(array.dtype, jnp.floating)


def contracted(jacobians, tangents):
    """`Σ ∂y/∂x · dx` of Jacobians by parameter."""
    return sum(jnp.tensordot(j, t, axes=t.ndim) for j, t in zip(jacobians, tangents))


class Measured:
    """All of one function at one point. `mode` is "both", or what JAX has for it: "forward" or "reverse" alone."""

    def __init__(self, function, point, moving, draw, mode="both", second=True, hessian=False):
        self.tangents, self.cotangents, self.jvp, self.vjp, self.hvp, self.hessian = [], [], [], [], [], []
        self.value = function(*point)
        moved = [place for place, array in enumerate(self.value) if is_float(array)]
        if not moving or not moved:
            return
        x = [point[place] for place in moving]
        u = self.tangents = [draw(array) for array in x]
        c = self.cotangents = [draw(self.value[place]) for place in moved]

        def g(*x):
            full = list(point)
            for place, array in zip(moving, x):
                full[place] = array
            made = function(*full)
            return [made[place] for place in moved]

        all_x = tuple(range(len(x)))

        def pulled(*x):
            if mode == "forward":
                jacobians = jax.jacfwd(g, argnums=all_x)(*x)
                return [sum(jnp.tensordot(ci, j[i], axes=ci.ndim) for ci, j in zip(c, jacobians)) for i in all_x]
            return list(jax.vjp(g, *x)[1](list(c)))

        if mode == "reverse":
            self.jvp = [contracted(j, u) for j in jax.jacrev(g, argnums=all_x)(*x)]
        else:
            self.jvp = list(jax.jvp(g, tuple(x), tuple(u))[1])
        self.vjp = pulled(*x)
        if second:
            if mode == "reverse":
                self.hvp = [contracted(j, u) for j in jax.jacrev(pulled, argnums=all_x)(*x)]
            else:
                self.hvp = list(jax.jvp(pulled, tuple(x), tuple(u))[1])
        if hessian:
            rows = jax.jacfwd(lambda *x: jax.grad(lambda *x: g(*x)[0], argnums=all_x)(*x), argnums=all_x)(*x)
            self.hessian = [block for row in rows for block in row]

    def check_duality(self, what):
        """⟨c, J u⟩ = ⟨Jᵀ c, u⟩, a test of JAX itself."""
        left = sum(float(np.sum(np.asarray(c) * np.asarray(d))) for c, d in zip(self.cotangents, self.jvp))
        right = sum(float(np.sum(np.asarray(u) * np.asarray(d))) for u, d in zip(self.tangents, self.vjp))
        if not np.isclose(left, right, rtol=1e-8, atol=1e-10, equal_nan=True):
            print(f"{what}: JAX's forward and reverse modes differ, {left} and {right}")


def difference(a, b):
    """How far tensors are apart, relative to the largest number among them."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape:
        return np.inf
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if np.all(same):
        return 0.0
    finite = np.abs(np.where(np.isfinite(a), a, 0))
    with np.errstate(invalid="ignore"):
        gap = np.where(same, 0, np.abs(a - b))
    return np.inf if not np.all(np.isfinite(gap)) else float(np.max(gap) / (np.max(finite, initial=0) or 1))
