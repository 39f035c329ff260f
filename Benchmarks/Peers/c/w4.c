// Black-Scholes: sum of call prices and the five first-order sensitivities, one pass, R = float or double.
// Polynomials for exp, log and erfcx, which clang vectorises; N(d) and n(d) share one exp.
#include <math.h>
#ifndef R
#define R double
#define M(x) x
#define V(f) f##_D
#endif
#include "vmath.h"
double w4(const R *restrict S, const R *restrict K, const R *restrict r, const R *restrict sg,
          const R *restrict T, R *restrict gS, R *restrict gK, R *restrict gr, R *restrict gsg,
          R *restrict gT, long n) {
  double tot = 0;
  const R is2 = (R)0.70710678118654752440, i2p = (R)0.39894228040143267794;
  for (long b = 0; b < n; b += 1024) {
    R acc = 0;
    long e = b + 1024 < n ? b + 1024 : n;
    for (long i = b; i < e; i++) {
      R s = S[i], k = K[i], ri = r[i], v = sg[i], t = T[i], sq = M(sqrt)(t), vs = v * sq;
      R iv = 1 / (k * vs), ivs = k * iv;
      R d1 = (V(log)(s * vs * iv) + (ri + (R)0.5 * v * v) * t) * ivs, d2 = d1 - vs;
      R a1 = M(fabs)(d1) * is2, a2 = M(fabs)(d2) * is2;
      R q1 = V(exp)(-a1 * a1), q2 = V(exp)(-a2 * a2), df = V(exp)(-ri * t);
      R E1, E2;
      V(erfcx2)(a1, a2, &E1, &E2);
      R t1 = (R)0.5 * q1 * E1, t2 = (R)0.5 * q2 * E2;
      R N1 = d1 > 0 ? 1 - t1 : t1, N2 = d2 > 0 ? 1 - t2 : t2;
      R kd = k * df, p = s * N1 - kd * N2;
      R ph = s * q1 * i2p; // S n(d1)
      acc += p;
      gS[i] = N1;
      gK[i] = -df * N2;
      gr[i] = kd * t * N2;
      gsg[i] = ph * sq;
      gT[i] = ph * v * v * (R)0.5 * ivs + ri * kd * N2;
    }
    tot += acc;
  }
  return tot;
}
void run(long k, const R *S, const R *K, const R *r, const R *sg, const R *T, R *gS, R *gK, R *gr, R *gsg,
         R *gT, long n, double *val) {
  for (long i = 0; i < k; i++)
    *val = w4(S, K, r, sg, T, gS, gK, gr, gsg, gT, n);
}
