// The functions of elementary.h within 3.5 ulp, in fewer operations: no sums in two parts, shorter polynomials, one
// polynomial where there are two, and rare operands left to the functions of 1 ulp (all of sin, cos, exp and log where there is
// no fma). In the words of elementary.h, after it.

TEXT_f32(

INLINE F NAME(exp_u35)(F x) {
  F t = MA(x, K(0x1.715476p+0f), K(0x1.8p23f));
  F n = t - K(0x1.8p23f);
  F r = MA(n, K(-0x1.62e4p-1f), x);
  r = MA(n, K(-0x1.7f7d1cp-20f), r);
  F q = MA(r, K(0x1.1063a2p-7f), K(0x1.572a06p-5f));
  q = MA(q, r, K(0x1.5557aep-3f));
  q = MA(q, r, K(0x1.fffdfcp-2f));
  F s = NAME(exp_scale)(t);
  F y = MA(s, MA(q, r * r, r), s);
  return UNLESS(ABS(x) >= K(87.0f), y, NAME(exp)(x));
}

/* e^x - 1 = s f + (s - 1) with s = 2^n, for 0 <= x < 88: the relative error is small, too. */
INLINE F NAME(expm1_within)(F x) {
  F t = MA(x, K(0x1.715476p+0f), K(0x1.8p23f));
  F n = t - K(0x1.8p23f);
  F r = MA(n, K(-0x1.62e4p-1f), x);
  r = MA(n, K(-0x1.7f7d1cp-20f), r);
  F r2 = r * r;
  F q = MA(r2, K(0x1.6bedd4p-10f), K(0x1.555672p-5f));
  q = MA(q, r2, K(0x1.fffffep-2f));
  F odd = MA(r2, K(0x1.122772p-7f), K(0x1.5554bp-3f));
  q = MA(odd, r, q);
  F s = NAME(exp_scale)(t);
  return MA(s, MA(q, r2, r), s - K(1.0f));
}

/* p / (p + 2) with p = e^2x - 1. */
INLINE F NAME(tanh_u35)(F x) {
  F a = ABS(x);
  F b = LESSER(K(9.1f), a);
  F p = NAME(expm1_within)(b + b);
  return COPYSIGN(p / (p + K(2.0f)), x);
}

/* 1 - e^(-x - x P(x)) with P(x) = -log(erfc(x)) / x - 1. */
INLINE F NAME(erf_u35)(F x) {
  F a = ABS(x);
  F b = LESSER(K(4.0f), a);
  F b2 = b * b;
  F p = MA(b2, K(-0x1.3694e4p-17f), K(-0x1.4bc938p-11f));
  p = MA(p, b2, K(-0x1.505c58p-13f));
  p = MA(p, b2, K(0x1.a4fa5ep-4f));
  p = MA(p, b2, K(0x1.06eba8p-3f));
  F odd = MA(b2, K(0x1.ed6a8ap-14f), K(0x1.b4ffc6p-10f));
  odd = MA(odd, b2, K(-0x1.39cdc8p-6f));
  odd = MA(odd, b2, K(0x1.45f2fap-1f));
  p = MA(odd, b, p);
  return COPYSIGN(-NAME(expm1_within)(MA(-b, p, -b)), x);
}

/* k ln 2 + f + f^2 L(f), without a division. */
INLINE F NAME(log_u35)(F x) {
  U shifted = BITS(x) - BK(0x3f3504f3u) + BK(0x40000000u);
  U k = shifted >> 23;
  F n = FLOAT(k + BK(0x4b400000u)) - (K(0x1.8p23f) + K(128.0f));
  F f = FLOAT(BITS(x) - ((k - BK(128u)) << 23)) - K(1.0f);
  F f2 = f * f;
  F l = MA(f2, K(-0x1.250214p-3f), K(-0x1.535d9p-3f));
  l = MA(l, f2, K(-0x1.000498p-2f));
  l = MA(l, f2, K(-0x1.fffffap-2f));
  F odd = MA(f2, K(0x1.65b706p-4f), K(0x1.3186a6p-3f));
  odd = MA(odd, f2, K(0x1.98d2aap-3f));
  odd = MA(odd, f2, K(0x1.5556f4p-2f));
  l = MA(odd, f, l);
  F y = MA(n, K(0x1.62e4p-1f), MA(l, f2, MA(n, K(0x1.7f7d1cp-20f), f)));
  return UNLESS(BITS(x) - BK(0x00800000u) >= BK(0x7f000000u), y, NAME(log)(x));
}

/* The sine of r in [-pi/2, pi/2]. */
INLINE F NAME(sine_within)(F r) {
  F z = r * r;
  F s = MA(z, K(0x1.5dbc4p-19f), K(-0x1.9f6fe2p-13f));
  s = MA(s, z, K(0x1.110ed2p-7f));
  s = MA(s, z, K(-0x1.55554cp-3f));
  return MA(s, z * r, r);
}

/* By the nearest multiple of pi. */
INLINE F NAME(sin_u35)(F x) {
  SHORTCUT(ABS(x) < K(0x1.92p+0f), , SELECT(x == K(0.0f), x, NAME(sine_within)(x)))
  F t = MA(x, K(0x1.45f306p-2f), K(0x1.8p23f));
  F n = t - K(0x1.8p23f);
  F r = MA(n, K(-0x1.921fb4p+1f), x);
  r = MA(n, K(-0x1.4442d0p-23f), r);
  r = MA(n, K(-0x1.846988p-47f), r);
  F y = NAME(sine_within)(r);
  y = FLOAT(BITS(y) ^ (BITS(t) << 31));
  y = SELECT(x == K(0.0f), x, y);
  return UNLESS(ABS(x) > K(16384.0f), y, NAME(any_sin)(x));
}

/* By the nearest odd multiple of pi / 2. */
INLINE F NAME(cos_u35)(F x) {
  F t = MA(x, K(0x1.45f306p-2f), K(-0.5f)) + K(0x1.8p23f);
  F n = t - K(0x1.8p23f);
  n = MA(n, K(2.0f), K(1.0f));
  F r = MA(n, K(-0x1.921fb4p+0f), x);
  r = MA(n, K(-0x1.4442d0p-24f), r);
  r = MA(n, K(-0x1.846988p-48f), r);
  F y = NAME(sine_within)(r);
  y = FLOAT(BITS(y) ^ ((BITS(t) + BK(1u)) << 31));
  return UNLESS(ABS(x) > K(16384.0f), y, NAME(any_cos)(x));
}
)

TEXT_f64(

INLINE F NAME(exp_u35)(F x) {
  F t = MA(x, K(0x1.71547652b82fep+0), K(0x1.8p52));
  F n = t - K(0x1.8p52);
  F r = MA(n, K(-0x1.62e42fefa2p-1), x);
  r = MA(n, K(-0x1.9ef35793c7673p-41), r);
  F r2 = r * r;
  F q = MA(r2, K(0x1.28ad7279aea2ap-22), K(0x1.a0199a0c7f609p-16));
  q = MA(q, r2, K(0x1.6c16c1842a29p-10));
  q = MA(q, r2, K(0x1.555555555087bp-5));
  q = MA(q, r2, K(0x1.000000000000ap-1));
  F odd = MA(r2, K(0x1.ad81d5603bb09p-26), K(0x1.71df23ee7d01fp-19));
  odd = MA(odd, r2, K(0x1.a01a012ae8191p-13));
  odd = MA(odd, r2, K(0x1.1111111127a68p-7));
  odd = MA(odd, r2, K(0x1.55555555554fap-3));
  q = MA(odd, r, q);
  F s = NAME(exp_scale)(t);
  F y = MA(s, MA(q, r2, r), s);
  return UNLESS(ABS(x) >= K(708.0), y, NAME(exp)(x));
}

INLINE F NAME(expm1_within)(F x) {
  F t = MA(x, K(0x1.71547652b82fep+0), K(0x1.8p52));
  F n = t - K(0x1.8p52);
  F r = MA(n, K(-0x1.62e42fefa2p-1), x);
  r = MA(n, K(-0x1.9ef35793c7673p-41), r);
  F r2 = r * r;
  F q = MA(r2, K(0x1.28a1de5f8ec45p-22), K(0x1.a019a770a3011p-16));
  q = MA(q, r2, K(0x1.6c16c17edb52dp-10));
  q = MA(q, r2, K(0x1.55555555522b8p-5));
  q = MA(q, r2, K(0x1.0000000000005p-1));
  F odd = MA(r2, K(0x1.ae6ddfbbf4bcep-26), K(0x1.71de86d61181bp-19));
  odd = MA(odd, r2, K(0x1.a01a017584c6cp-13));
  odd = MA(odd, r2, K(0x1.1111111118ea9p-7));
  odd = MA(odd, r2, K(0x1.555555555553ap-3));
  q = MA(odd, r, q);
  F s = NAME(exp_scale)(t);
  return MA(s, MA(q, r2, r), s - K(1.0));
}

INLINE F NAME(tanh_u35)(F x) {
  F a = ABS(x);
  F b = LESSER(K(19.1), a);
  F p = NAME(expm1_within)(b + b);
  return COPYSIGN(p / (p + K(2.0)), x);
}

/* k ln 2 + 2 s + s^3 L(s^2). */
INLINE F NAME(log_u35)(F x) {
  U shifted = BITS(x) - BK(0x3fe6a09e667f3bcdull) + BK(0x4000000000000000ull);
  U k = shifted >> 52;
  F n = FLOAT(k + BK(0x4338000000000000ull)) - (K(0x1.8p52) + K(1024.0));
  F f = FLOAT(BITS(x) - ((k - BK(1024ull)) << 52)) - K(1.0);
  F s = f / (f + K(2.0));
  F z = s * s;
  F l = MA(z, K(0x1.2f03f14b70ef3p-3), K(0x1.39a1e26b8b626p-3));
  l = MA(l, z, K(0x1.74663d3f4bf06p-3));
  l = MA(l, z, K(0x1.c71c521217665p-3));
  l = MA(l, z, K(0x1.24924941e5922p-2));
  l = MA(l, z, K(0x1.999999997fe99p-2));
  l = MA(l, z, K(0x1.5555555555592p-1));
  F y = MA(n, K(0x1.62e42fefa39efp-1), MA(l, s * z, s + s));
  return UNLESS(BITS(x) - BK(0x0010000000000000ull) >= BK(0x7fe0000000000000ull), y, NAME(log)(x));
}

INLINE F NAME(sine_within)(F r) {
  F z = r * r;
  F z2 = z * z;
  F s = MA(z2, K(-0x1.ae4313632536dp-41), K(-0x1.ae6454cac242fp-26));
  s = MA(s, z2, K(-0x1.a01a01a01488fp-13));
  s = MA(s, z2, K(-0x1.5555555555555p-3));
  F odd = MA(z2, K(0x1.882889f935be9p-49), K(0x1.6123cb02a67a5p-33));
  odd = MA(odd, z2, K(0x1.71de3a52868a1p-19));
  odd = MA(odd, z2, K(0x1.11111111110c1p-7));
  s = MA(odd, z, s);
  return MA(s, z * r, r);
}

INLINE F NAME(sin_u35)(F x) {
  SHORTCUT(ABS(x) < K(0x1.92p+0), , SELECT(x == K(0.0), x, NAME(sine_within)(x)))
  F t = MA(x, K(0x1.45f306dc9c883p-2), K(0x1.8p52));
  F n = t - K(0x1.8p52);
  F r = MA(n, K(-0x1.921fb54442d18p+1), x);
  r = MA(n, K(-0x1.1a62633145c06p-53), r);
  r = MA(n, K(-0x1.c1cd129024e08p-106), r);
  F y = NAME(sine_within)(r);
  y = FLOAT(BITS(y) ^ (BITS(t) << 63));
  y = SELECT(x == K(0.0), x, y);
  return UNLESS(ABS(x) > K(524288.0), y, NAME(any_sin)(x));
}

INLINE F NAME(cos_u35)(F x) {
  F t = MA(x, K(0x1.45f306dc9c883p-2), K(-0.5)) + K(0x1.8p52);
  F n = t - K(0x1.8p52);
  n = MA(n, K(2.0), K(1.0));
  F r = MA(n, K(-0x1.921fb54442d18p+0), x);
  r = MA(n, K(-0x1.1a62633145c06p-54), r);
  r = MA(n, K(-0x1.c1cd129024e08p-107), r);
  F y = NAME(sine_within)(r);
  y = FLOAT(BITS(y) ^ ((BITS(t) + BK(1ull)) << 63));
  return UNLESS(ABS(x) > K(524288.0), y, NAME(any_cos)(x));
}
)
