// The matrix products of W8 only (forward and backward), at the workload's shapes: a lower bound for anything
// that calls OpenBLAS.
#include <cblas.h>
#include <stdlib.h>
#include <string.h>
enum { B = 8, T = 128, D = 256, F = 1024, H = 4, E = 64, N = B * T };
static float *A(size_t n) {
  float *p = aligned_alloc(64, (n * 4 + 63) & ~63ul);
  for (size_t i = 0; i < n; i++)
    p[i] = (float)(i % 17) * 0.05f - 0.4f;
  return p;
}
static float *x, *wq, *qkv, *sc, *o, *wo, *wf1, *wf2, *f, *y, *g1, *g2, *g3, *g4;
void init(void) {
  x = A(N * D);
  wq = A(D * 3 * D);
  qkv = A(N * 3 * D);
  sc = A((size_t)B * H * T * T);
  o = A(N * D);
  wo = A(D * D);
  wf1 = A(D * F);
  wf2 = A(F * D);
  f = A(N * F);
  y = A(N * D);
  g1 = A(D * 3 * D);
  g2 = A(D * D);
  g3 = A(D * F);
  g4 = A(F * D);
}
static void G(int ta, int tb, int m, int n, int k, const float *a, int lda, const float *b, int ldb, float *c,
              int ldc) {
  cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, 1, a,
              lda, b, ldb, 0, c, ldc);
}
void w8(void) {
  G(0, 0, N, 3 * D, D, x, D, wq, 3 * D, qkv, 3 * D);
  for (int b = 0; b < B; b++)
    for (int h = 0; h < H; h++) {
      float *q = qkv + b * T * 3 * D + h * E, *k = q + D, *v = q + 2 * D, *s = sc + (b * H + h) * T * T;
      G(0, 1, T, T, E, q, 3 * D, k, 3 * D, s, T);
      G(0, 0, T, E, T, s, T, v, 3 * D, o + b * T * D + h * E, D);
    }
  G(0, 0, N, D, D, o, D, wo, D, y, D);
  G(0, 0, N, F, D, y, D, wf1, F, f, F);
  G(0, 0, N, D, F, f, F, wf2, D, y, D);
  G(1, 0, F, D, N, f, F, y, D, g4, D);
  G(0, 1, N, F, D, y, D, wf2, D, f, F);
  G(1, 0, D, F, N, x, D, f, F, g3, F);
  G(0, 1, N, D, F, f, F, wf1, F, y, D);
  G(1, 0, D, D, N, o, D, y, D, g2, D);
  G(0, 1, N, D, D, y, D, wo, D, o, D);
  for (int b = 0; b < B; b++)
    for (int h = 0; h < H; h++) {
      float *q = qkv + b * T * 3 * D + h * E, *k = q + D, *v = q + 2 * D, *s = sc + (b * H + h) * T * T,
            *d = o + b * T * D + h * E;
      G(1, 0, T, E, T, s, T, d, D, v, 3 * D);
      G(0, 1, T, T, E, d, D, v, 3 * D, s, T);
      G(0, 0, T, E, T, s, T, k, 3 * D, q, 3 * D);
      G(1, 0, T, E, T, s, T, q, 3 * D, k, 3 * D);
    }
  G(1, 0, D, 3 * D, N, x, D, qkv, 3 * D, g1, 3 * D);
  G(0, 1, N, D, 3 * D, qkv, 3 * D, wq, 3 * D, y, D);
}
