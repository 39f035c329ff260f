// Our own versions of the functions that models spend their time in, within 1 ulp (tanh and erf of f64: 1.1) and
// up to five times faster than SLEEF's.
//
// Each is written once, for vectors and for elements of every instruction set. Who includes this file says what the words
// mean: F is the float type and U the unsigned integers of its bits, NAME(f) the name of a function, K(c) and BK(c) are
// constants of F and U, BITS(x) and FLOAT(u) keep the bits, UNLESS(c, x, y) is y where c holds and else x, MA(a, b, c) is a * b + c
// with one rounding where that is an instruction, REST(a, w) is a * a - w where it is and else 0, SELECT(c, a, b) takes a
// comparison, LESSER(a, b) is a < b ? a : b and GREATER(a, b) a > b ? a : b, SHORTCUT(c, f, x) calls f and returns x where c holds,
// of single elements: a way to the same bits. NAME(any_sin) and the like take any operand. Of TEXT_f32 and TEXT_f64 one
// keeps its text.
//
// Coefficients are minimax, for the relative error of the result, fitted by Remez's exchange with 50 digits.

TEXT_f32(

/* e^x = 2^n (1 + r + q r^2), n = round(x / ln 2); the low bits of t's significand are n. */
INLINE F NAME(exp_parts)(F x, F *t, F *q) {
  *t = MA(x, K(0x1.715476p+0f), K(0x1.8p23f));
  F n = *t - K(0x1.8p23f);
  F r = MA(n, K(-0x1.62e4p-1f), x);
  r = MA(n, K(-0x1.7f7d1cp-20f), r);
  *q = MA(r, K(0x1.6a23dcp-10f), K(0x1.1239e4p-7f));
  *q = MA(*q, r, K(0x1.5558f2p-5f));
  *q = MA(*q, r, K(0x1.555492p-3f));
  *q = MA(*q, r, K(0x1.fffffcp-2f));
  return r;
}

INLINE F NAME(exp_fraction)(F x, F *t) {
  F q;
  F r = NAME(exp_parts)(x, t, &q);
  return MA(q, r * r, r);
}

/* 2^n, which must be a normal number. */
INLINE F NAME(exp_scale)(F t) { return FLOAT((BITS(t) + BK(0x7fu)) << 23); }

INLINE F NAME(exp)(F x) {
  x = LESSER(K(89.0f), x);
  x = GREATER(K(-104.0f), x);
  F t;
  F q;
  F r = NAME(exp_parts)(x, &t, &q);
  F y = r + K(1.0f);
  y = y + MA(q, r * r, r - (y - K(1.0f)));
  /* 2^n in two factors: the first product is normal, the second may overflow, or be rounded once. */
  U n = BITS(t) - BK(0x4b400000u) + BK(256u);
  U half = n >> 1;
  return y * FLOAT((half - BK(1u)) << 23) * FLOAT((n - half - BK(1u)) << 23);
}

/* x + x^3 R(x^2) near 0, else 1 - 2 / (e^2x + 1). With e^2x = 2^n (1 + r Q(r)), n = round(2x / ln 2) and r = x - n ln 2 / 2, of
   which the error counts for the less the greater n is; the low bits of t's significand are n + 127. */
INLINE F NAME(tanh)(F x) {
  F a = ABS(x);
  F z = a * a;
  F near = MA(z, K(-0x1.dd95aap-12f), K(0x1.5283fcp-9f));
  near = MA(near, z, K(-0x1.0ed008p-7f));
  near = MA(near, z, K(0x1.62ef7cp-6f));
  near = MA(near, z, K(-0x1.b9c9f2p-5f));
  near = MA(near, z, K(0x1.110f34p-3f));
  near = MA(near, z, K(-0x1.55554ep-2f));
  near = MA(near * z, a, a);
  F b = LESSER(K(9.1f), a);
  F t = MA(b, K(0x1.715476p+1f), K(0x1.8000fep23f));
  F n = t - K(0x1.8000fep23f);
  F r = MA(n, K(-0x1.62e43p-2f), b);
  F r2 = r * r;
  F q = MA(r, K(0x1.6a23dcp-4f), K(0x1.1239e4p-2f));
  q = MA(q, r2, MA(r, K(0x1.5558f2p-1f), K(0x1.555492p+0f)));
  q = MA(q, r2, MA(r, K(0x1.fffffcp+0f), K(2.0f)));
  F s = FLOAT(BITS(t) << 23);
  F far = K(1.0f) - K(2.0f) / MA(s, q * r, s + K(1.0f));
  return COPYSIGN(SELECT(a < K(0.9f), near, far), x);
}

/* x + x P(x^2) near 0, else 1 - e^(-x^2) S((x - 2) / (x + 2)). */
INLINE F NAME(erf)(F x) {
  F a = ABS(x);
  F z = a * a;
  F near = MA(z, K(-0x1.358272p-17f), K(0x1.d21cfcp-14f));
  near = MA(near, z, K(-0x1.bbb9c4p-11f));
  near = MA(near, z, K(0x1.56133p-8f));
  near = MA(near, z, K(-0x1.b827cep-6f));
  near = MA(near, z, K(0x1.ce2ef4p-4f));
  near = MA(near, z * z, K(0x1.06eba8p-3f));
  near = MA(z, K(-0x1.812746p-2f), near);
  near = MA(near, a, a);
  F b = LESSER(K(4.0f), a);
  F v = (b - K(2.0f)) / (b + K(2.0f));
  F c = MA(v, K(0x1.d8ae9cp-8f), K(0x1.e8dd76p-9f));
  c = MA(c, v, K(-0x1.4387c6p-4f));
  c = MA(c, v, K(0x1.eeea02p-3f));
  c = MA(c, v, K(-0x1.b57036p-2f));
  c = MA(c, v, K(0x1.058672p-2f));
  F t;
  F p = NAME(exp_fraction)(-b * b, &t);
  c = c * NAME(exp_scale)(t);
  F far = K(1.0f) - MA(c, p, c);
  return COPYSIGN(SELECT(a < K(1.03f), near, far), x);
}

/* x = 2^k (1 + f) with 1 + f around 1: k ln 2 + f - f^2/2 + s (f^2/2 + s^2 L(s^2)) with s = f / (2 + f). */
INLINE F NAME(log)(F x) {
  F y = SELECT(x < K(0x1p-126f), x * K(0x1p25f), x);
  F lift = SELECT(x < K(0x1p-126f), K(0x1.8p23f) + K(128.0f + 25.0f), K(0x1.8p23f) + K(128.0f));
  U shifted = BITS(y) - BK(0x3f3504f3u) + BK(0x40000000u);
  U k = shifted >> 23;
  F n = FLOAT(k + BK(0x4b400000u)) - lift;
  F f = FLOAT(BITS(y) - ((k - BK(128u)) << 23)) - K(1.0f);
  F s = f / (f + K(2.0f));
  F z = s * s;
  F l = MA(z, K(0x1.e2f654p-3f), K(0x1.2438d8p-2f));
  l = MA(l, z, K(0x1.999a7ap-2f));
  l = MA(l, z, K(0x1.555554p-1f));
  F h = K(0.5f) * f * f;
  F tail = MA(s, MA(l, z, h), n * K(0x1.7f7d1cp-20f));
  F r = MA(n, K(0x1.62e4p-1f), f - (h - tail));
  r = SELECT(x < K(__builtin_inff()), r, x);
  r = SELECT(x > K(0.0f), r, SELECT(x < K(0.0f), K(__builtin_nanf("")), SELECT(x == K(0.0f), K(-__builtin_inff()), x)));
  return r;
}

/* The sine and cosine of h + l, |h| <= pi/4. */
INLINE void NAME(eighth)(F h, F l, F *s, F *c) {
  F z = h * h;
  F sine = MA(z * z, K(-0x1.99405p-13f), MA(z, K(0x1.11073p-7f), K(-0x1.555546p-3f)));
  *s = MA(sine, z * h, l) + h;
  F cosine = MA(z * z, K(0x1.99e85p-16f), MA(z, K(-0x1.6c0c28p-10f), K(0x1.55554ap-5f)));
  F w = MA(z, K(-0.5f), K(1.0f));
  F rest = MA(z, K(-0.5f), K(1.0f) - w);
  *c = w + MA(z * z, cosine, MA(-h, l, rest));
}

/* The sine and cosine of x - n pi/2 with n = round(x / (pi/2)), for |x| below the limit of sin and cos, where SLEEF takes
   over, and n, in the low bits. The rest is h + l: n times the first part of pi/2 is subtracted exactly, the second with its
   rounding. For |x| < pi/4 that is x + 0. */
INLINE U NAME(quarter)(F x, F *s, F *c) {
  F t = MA(x, K(0x1.45f306p-1f), K(0x1.8p23f));
  F n = t - K(0x1.8p23f);
  F r = MA(n, K(-0x1.921fb6p+0f), x);
  F p = n * K(-0x1.777a5cp-25f);
  F h = r - p;
  F l = ((r - h) - p) - MA(n, K(-0x1.ee59dap-50f), MA(n, K(-0x1.777a5cp-25f), -p));
  NAME(eighth)(h, l, s, c);
  return BITS(t);
}

/* The sine of an angle in a quadrant, and the cosine of one in the quadrant before. */
INLINE F NAME(wave)(F sine, F cosine, U quadrant) {
  F y = SELECT((quadrant & BK(1u)) != BK(0u), cosine, sine);
  return FLOAT(BITS(y) ^ ((quadrant & BK(2u)) << 30));
}

INLINE F NAME(sin)(F x) {
  F sine;
  F cosine;
  SHORTCUT(ABS(x) < K(0x1.92p-1f), NAME(eighth)(x, K(0.0f), &sine, &cosine), SELECT(x == K(0.0f), x, sine))
  U n = NAME(quarter)(x, &sine, &cosine);
  F y = SELECT(x == K(0.0f), x, NAME(wave)(sine, cosine, n));
  return UNLESS(ABS(x) > K(16384.0f), y, NAME(any_sin)(x));
}

INLINE F NAME(cos)(F x) {
  F sine;
  F cosine;
  SHORTCUT(ABS(x) < K(0x1.92p-1f), NAME(eighth)(x, K(0.0f), &sine, &cosine), cosine)
  U n = NAME(quarter)(x, &sine, &cosine);
  F y = NAME(wave)(sine, cosine, n + BK(1u));
  return UNLESS(ABS(x) > K(16384.0f), y, NAME(any_cos)(x));
}

/* Both, with the same bits. */
INLINE F NAME(sincos)(F x, F *c) {
  F sine;
  F cosine;
  SHORTCUT(ABS(x) < K(0x1.92p-1f), NAME(eighth)(x, K(0.0f), &sine, c), SELECT(x == K(0.0f), x, sine))
  U n = NAME(quarter)(x, &sine, &cosine);
  F y = SELECT(x == K(0.0f), x, NAME(wave)(sine, cosine, n));
  F z = NAME(wave)(sine, cosine, n + BK(1u));
  *c = UNLESS(ABS(x) > K(16384.0f), z, NAME(any_cos)(x));
  return UNLESS(ABS(x) > K(16384.0f), y, NAME(any_sin)(x));
}
)

TEXT_f64(

INLINE F NAME(exp_parts)(F x, F *t, F *q) {
  *t = MA(x, K(0x1.71547652b82fep+0), K(0x1.8p52));
  F n = *t - K(0x1.8p52);
  F r = MA(n, K(-0x1.62e42fefa2p-1), x);
  r = MA(n, K(-0x1.9ef35793c7673p-41), r);
  *q = MA(r, K(0x1.ad7f330d73d4ap-26), K(0x1.28ad72df49402p-22));
  *q = MA(*q, r, K(0x1.71df257997528p-19));
  *q = MA(*q, r, K(0x1.a0199a0c67cbcp-16));
  *q = MA(*q, r, K(0x1.a01a012a45948p-13));
  *q = MA(*q, r, K(0x1.6c16c1842a073p-10));
  *q = MA(*q, r, K(0x1.1111111127c1bp-7));
  *q = MA(*q, r, K(0x1.555555555087dp-5));
  *q = MA(*q, r, K(0x1.55555555554fap-3));
  *q = MA(*q, r, K(0x1.000000000000ap-1));
  return r;
}

INLINE F NAME(exp_fraction)(F x, F *t) {
  F q;
  F r = NAME(exp_parts)(x, t, &q);
  return MA(q, r * r, r);
}

INLINE F NAME(exp_scale)(F t) { return FLOAT((BITS(t) + BK(0x3ffull)) << 52); }

INLINE F NAME(exp)(F x) {
  x = LESSER(K(710.0), x);
  x = GREATER(K(-746.0), x);
  F t;
  F q;
  F r = NAME(exp_parts)(x, &t, &q);
  F y = r + K(1.0);
  y = y + MA(q, r * r, r - (y - K(1.0)));
  U n = BITS(t) - BK(0x4338000000000000ull) + BK(2048ull);
  U half = n >> 1;
  return y * FLOAT((half - BK(1ull)) << 52) * FLOAT((n - half - BK(1ull)) << 52);
}

INLINE F NAME(tanh)(F x) {
  F a = ABS(x);
  F z = a * a;
  F near = MA(z, K(-0x1.b4c9bef486b03p-24), K(0x1.e75b30d351545p-21));
  near = MA(near, z, K(-0x1.17449b8274174p-18));
  near = MA(near, z, K(0x1.c9857a010cc55p-17));
  near = MA(near, z, K(-0x1.3b43179ad000bp-15));
  near = MA(near, z, K(0x1.928b06a8fb59fp-14));
  near = MA(near, z, K(-0x1.f4abc2a75c6fbp-13));
  near = MA(near, z, K(0x1.3547fe42e536cp-11));
  near = MA(near, z, K(-0x1.7da191d3b24f1p-10));
  near = MA(near, z, K(0x1.d6d3ab3044dfdp-9));
  near = MA(near, z, K(-0x1.226e34511c85cp-7));
  near = MA(near, z, K(0x1.664f4878edfbap-6));
  near = MA(near, z, K(-0x1.ba1ba1b9e4d4ap-5));
  near = MA(near, z, K(0x1.1111111110c36p-3));
  near = MA(near, z, K(-0x1.555555555555p-2));
  near = MA(near * z, a, a);
  F b = LESSER(K(19.1), a);
  F t;
  F p = NAME(exp_fraction)(b + b, &t);
  F s = NAME(exp_scale)(t);
  F far = K(1.0) - K(2.0) / MA(s, p, s + K(1.0));
  return COPYSIGN(SELECT(a < K(0.9), near, far), x);
}

INLINE F NAME(erf)(F x) {
  F a = ABS(x);
  F z = a * a;
  F near = MA(z, K(0x1.f2feef322c50ap-35), K(-0x1.33de08206e9b1p-30));
  near = MA(near, z, K(0x1.f6212766350d3p-27));
  near = MA(near, z, K(-0x1.5ef851ba993fp-23));
  near = MA(near, z, K(0x1.b9da7c305afc8p-20));
  near = MA(near, z, K(-0x1.f4d18431b013ep-17));
  near = MA(near, z, K(0x1.f9a31cca9ba93p-14));
  near = MA(near, z, K(-0x1.c02db3ada5a53p-11));
  near = MA(near, z, K(0x1.565bcd0cbb101p-8));
  near = MA(near, z, K(-0x1.b82ce3127e35fp-6));
  near = MA(near, z, K(0x1.ce2f21a0429cp-4));
  near = MA(near, z * z, K(0x1.06eba8214db69p-3));
  near = MA(z, K(-0x1.812746b0379e4p-2), near);
  near = MA(near, a, a);
  F b = LESSER(K(6.0), a);
  F v = (b - K(2.0)) / (b + K(2.0));
  F c = MA(v, K(-0x1.a84460ffaa1ap-17), K(-0x1.be77ad0810842p-16));
  c = MA(c, v, K(0x1.cf70988b218bbp-16));
  c = MA(c, v, K(0x1.6d8268cde3a06p-13));
  c = MA(c, v, K(0x1.6d35318022cc9p-15));
  c = MA(c, v, K(-0x1.016b537464b61p-10));
  c = MA(c, v, K(-0x1.bc258dc4d61b2p-11));
  c = MA(c, v, K(0x1.ca95ed86419dep-8));
  c = MA(c, v, K(0x1.e947158adc23ep-9));
  c = MA(c, v, K(-0x1.437f0b68ccc4bp-4));
  c = MA(c, v, K(0x1.eeea7dc8a790bp-3));
  c = MA(c, v, K(-0x1.b57034efd3f56p-2));
  c = MA(c, v, K(0x1.058671b52c776p-2));
  F t;
  /* With what b * b leaves out. */
  F w = b * b;
  F p = NAME(exp_fraction)(-w, &t) - REST(b, w);
  c = c * NAME(exp_scale)(t);
  F far = K(1.0) - MA(c, p, c);
  return COPYSIGN(SELECT(a < K(1.0), near, far), x);
}

INLINE F NAME(log)(F x) {
  F y = SELECT(x < K(0x1p-1022), x * K(0x1p54), x);
  F lift = SELECT(x < K(0x1p-1022), K(0x1.8p52) + K(1024.0 + 54.0), K(0x1.8p52) + K(1024.0));
  U shifted = BITS(y) - BK(0x3fe6a09e667f3bcdull) + BK(0x4000000000000000ull);
  U k = shifted >> 52;
  F n = FLOAT(k + BK(0x4338000000000000ull)) - lift;
  F f = FLOAT(BITS(y) - ((k - BK(1024ull)) << 52)) - K(1.0);
  F s = f / (f + K(2.0));
  F z = s * s;
  F l = MA(z, K(0x1.2f0569abd3a71p-3), K(0x1.39a1ba2ca0998p-3));
  l = MA(l, z, K(0x1.74663eed764b7p-3));
  l = MA(l, z, K(0x1.c71c520942912p-3));
  l = MA(l, z, K(0x1.24924941f1519p-2));
  l = MA(l, z, K(0x1.999999997fdb2p-2));
  l = MA(l, z, K(0x1.5555555555592p-1));
  F h = K(0.5) * f * f;
  F tail = MA(s, MA(l, z, h), n * K(0x1.9ef35793c7673p-41));
  F r = MA(n, K(0x1.62e42fefa2p-1), f - (h - tail));
  r = SELECT(x < K(__builtin_inf()), r, x);
  r = SELECT(x > K(0.0), r, SELECT(x < K(0.0), K(__builtin_nan("")), SELECT(x == K(0.0), K(-__builtin_inf()), x)));
  return r;
}

INLINE void NAME(eighth)(F h, F l, F *s, F *c) {
  F z = h * h;
  F z2 = z * z;
  F z4 = z2 * z2;
  F sine = MA(z, K(0x1.111111110f79p-7), K(-0x1.5555555555548p-3));
  sine = MA(z2, MA(z, K(0x1.71de3560498d1p-19), K(-0x1.a01a019bf58acp-13)), sine);
  sine = MA(z4, MA(z, K(0x1.5d8e000fbc395p-33), K(-0x1.ae5e54799d782p-26)), sine);
  *s = MA(sine, z * h, l) + h;
  F cosine = MA(z, K(-0x1.6c16c16c14f48p-10), K(0x1.555555555554bp-5));
  cosine = MA(z2, MA(z, K(-0x1.27e4f7e5465adp-22), K(0x1.a01a019c7ce74p-16)), cosine);
  cosine = MA(z4, MA(z, K(-0x1.8fa292e2ed5bdp-37), K(0x1.1ee9d3e120082p-29)), cosine);
  F w = MA(z, K(-0.5), K(1.0));
  F rest = MA(z, K(-0.5), K(1.0) - w);
  *c = w + MA(z2, cosine, MA(-h, l, rest));
}

INLINE U NAME(quarter)(F x, F *s, F *c) {
  F t = MA(x, K(0x1.45f306dc9c883p-1), K(0x1.8p52));
  F n = t - K(0x1.8p52);
  F r = MA(n, K(-0x1.921fb54442d18p+0), x);
  F p = n * K(0x1.1a62633145c07p-54);
  F h = r - p;
  F l = ((r - h) - p) - MA(n, K(-0x1.f1976b7ed8fbcp-110), MA(n, K(0x1.1a62633145c07p-54), -p));
  NAME(eighth)(h, l, s, c);
  return BITS(t);
}

INLINE F NAME(wave)(F sine, F cosine, U quadrant) {
  F y = SELECT((quadrant & BK(1ull)) != BK(0ull), cosine, sine);
  return FLOAT(BITS(y) ^ ((quadrant & BK(2ull)) << 62));
}

INLINE F NAME(sin)(F x) {
  F sine;
  F cosine;
  SHORTCUT(ABS(x) < K(0x1.92p-1), NAME(eighth)(x, K(0.0), &sine, &cosine), SELECT(x == K(0.0), x, sine))
  U n = NAME(quarter)(x, &sine, &cosine);
  F y = SELECT(x == K(0.0), x, NAME(wave)(sine, cosine, n));
  return UNLESS(ABS(x) > K(524288.0), y, NAME(any_sin)(x));
}

INLINE F NAME(cos)(F x) {
  F sine;
  F cosine;
  SHORTCUT(ABS(x) < K(0x1.92p-1), NAME(eighth)(x, K(0.0), &sine, &cosine), cosine)
  U n = NAME(quarter)(x, &sine, &cosine);
  F y = NAME(wave)(sine, cosine, n + BK(1ull));
  return UNLESS(ABS(x) > K(524288.0), y, NAME(any_cos)(x));
}

INLINE F NAME(sincos)(F x, F *c) {
  F sine;
  F cosine;
  SHORTCUT(ABS(x) < K(0x1.92p-1), NAME(eighth)(x, K(0.0), &sine, c), SELECT(x == K(0.0), x, sine))
  U n = NAME(quarter)(x, &sine, &cosine);
  F y = SELECT(x == K(0.0), x, NAME(wave)(sine, cosine, n));
  F z = NAME(wave)(sine, cosine, n + BK(1ull));
  *c = UNLESS(ABS(x) > K(524288.0), z, NAME(any_cos)(x));
  return UNLESS(ABS(x) > K(524288.0), y, NAME(any_sin)(x));
}
)
