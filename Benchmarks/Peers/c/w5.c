// Logistic regression, D=100: mean NLL + L2 and gradient in a single pass over X (blocks of 64 rows stay in
// L1/L2 between the two uses).
#include "vmath.h"
#ifndef R
#define R double
#define V(f) f##_D
#endif
#define D 100
#define B 64
double w5(const R *restrict X, const R *restrict y, const R *restrict w, R *restrict g, long n, double lam) {
  double nll = 0;
  double G[D];
  for (int j = 0; j < D; j++)
    G[j] = 0;
  for (long b = 0; b < n; b += B) {
    long m = b + B < n ? B : n - b;
    R z[B], c[B], gl[D];
    for (int i = m; i < B; i++) {
      z[i] = 0;
    }
    for (long i = 0; i < m; i++) {
      const R *x = X + (b + i) * D;
      R s = 0;
      for (int j = 0; j < D; j++)
        s += x[j] * w[j];
      z[i] = s;
    }
    R acc = 0;
    for (int i = 0; i < m; i++) {
      R zi = z[i], a = zi < 0 ? zi : -zi, e = V(exp)(a), q = 1 / (1 + e);
      R sp = (zi > 0 ? zi : 0) + V(log)(1 + e);
      acc += sp - y[b + i] * zi;
      R s = zi > 0 ? q : e * q;
      c[i] = s - y[b + i];
    }
    nll += acc;
    for (int j = 0; j < D; j++)
      gl[j] = 0;
    long i = 0;
    for (; i + 4 <= m; i += 4) {
      const R *x = X + (b + i) * D;
      R c0 = c[i], c1 = c[i + 1], c2 = c[i + 2], c3 = c[i + 3];
      for (int j = 0; j < D; j++)
        gl[j] += c0 * x[j] + c1 * x[D + j] + c2 * x[2 * D + j] + c3 * x[3 * D + j];
    }
    for (; i < m; i++) {
      const R *x = X + (b + i) * D;
      for (int j = 0; j < D; j++)
        gl[j] += c[i] * x[j];
    }
    for (int j = 0; j < D; j++)
      G[j] += gl[j];
  }
  double l2 = 0;
  for (int j = 0; j < D; j++) {
    l2 += (double)w[j] * w[j];
    g[j] = (R)(G[j] / n + lam * w[j]);
  }
  return nll / n + 0.5 * lam * l2;
}
void run(long k, const R *X, const R *y, const R *w, R *g, long n, double *val) {
  for (long i = 0; i < k; i++)
    *val = w5(X, y, w, g, n, 1e-3);
}
