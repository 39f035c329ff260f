"""Writes erfcx_coef.h: (1 + 2a) erfcx(a) for a ≥ 0 as a polynomial in t = (a - k) / (a + k) with k = 3.75, by interpolation
at Chebyshev's points in 60 digits. Needs mpmath."""

import mpmath as mp

mp.mp.dps = 60
K = mp.mpf(15) / 4


def scaled(t):
    if t >= 1 - mp.mpf(10) ** -50:
        return 2 / mp.sqrt(mp.pi)
    a = K * (1 + t) / (1 - t)
    if a > 1000:
        erfcx = (1 - 1 / (2 * a**2) + mp.mpf(3) / (4 * a**4) - mp.mpf(15) / (8 * a**6)) / (a * mp.sqrt(mp.pi))
    else:
        erfcx = mp.exp(a * a) * mp.erfc(a)
    return (1 + 2 * a) * erfcx


def monomials(degree):
    """The coefficients of the interpolating polynomial, lowest first."""
    points = [mp.cos(mp.pi * (2 * j + 1) / (2 * (degree + 1))) for j in range(degree + 1)]
    values = [scaled(x) for x in points]
    chebyshev = [
        2 / mp.mpf(degree + 1)
        * sum(values[j] * mp.cos(i * mp.pi * (2 * j + 1) / (2 * (degree + 1))) for j in range(degree + 1))
        for i in range(degree + 1)
    ]  # fmt: skip
    chebyshev[0] /= 2
    basis = [[mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]]
    for _ in range(degree):
        following = [mp.mpf(0)] + [2 * c for c in basis[-1]]
        for j, c in enumerate(basis[-2]):
            following[j] -= c
        basis.append(following)
    result = [mp.mpf(0)] * (degree + 1)
    for i in range(degree + 1):
        for j, c in enumerate(basis[i]):
            result[j] += chebyshev[i] * c
    return result


with open("erfcx_coef.h", "w") as file:
    for name, ctype, suffix, degree in (("D", "double", "", 22), ("F", "float", "f", 10)):
        numbers = ", ".join(mp.nstr(c, 20) + suffix for c in monomials(degree))
        file.write(f"#define ERFCX_{name}_N {degree}\n")
        file.write(f"static const {ctype} ERFCX_{name}[{degree + 1}] = {{{numbers}}};\n")
