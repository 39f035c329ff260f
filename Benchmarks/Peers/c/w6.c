// MLP 784-256-128-10, batch 128, ReLU, softmax CE, one SGD step in place.  OpenBLAS sgemm + fused loops.
// gemm_only: just the 8 products.
#include "vmath.h"
#include <cblas.h>
#undef I
enum { B = 128, I = 784, H1 = 256, H2 = 128, O = 10 };
static float h1[B * H1] __attribute__((aligned(64))), h2[B * H2] __attribute__((aligned(64))),
    lg[B * O] __attribute__((aligned(64))), d1[B * H1] __attribute__((aligned(64))),
    d2[B * H2] __attribute__((aligned(64)));
static float gW1[I * H1] __attribute__((aligned(64))), gW2[H1 * H2] __attribute__((aligned(64))),
    gW3[H2 * O] __attribute__((aligned(64)));
#define NN CblasRowMajor, CblasNoTrans, CblasNoTrans
#define TN CblasRowMajor, CblasTrans, CblasNoTrans
#define NT CblasRowMajor, CblasNoTrans, CblasTrans
static void bias_relu(float *h, const float *b, int m, int n) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      float v = h[i * n + j] + b[j];
      h[i * n + j] = v > 0 ? v : 0;
    }
}
static void relu_b(float *d, const float *h, float *b, int m, int n, float lr) {
  float s[256];
  for (int j = 0; j < n; j++)
    s[j] = 0;
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      float v = h[i * n + j] > 0 ? d[i * n + j] : 0;
      d[i * n + j] = v;
      s[j] += v;
    }
  for (int j = 0; j < n; j++)
    b[j] -= lr * s[j];
}
static void axpy(float *w, const float *g, int n, float lr) {
  for (int i = 0; i < n; i++)
    w[i] -= lr * g[i];
}
float w6(float *W1, float *b1, float *W2, float *b2, float *W3, float *b3, const float *x, const int *y,
         float lr) {
  cblas_sgemm(NN, B, H1, I, 1, x, I, W1, H1, 0, h1, H1);
  bias_relu(h1, b1, B, H1);
  cblas_sgemm(NN, B, H2, H1, 1, h1, H1, W2, H2, 0, h2, H2);
  bias_relu(h2, b2, B, H2);
  cblas_sgemm(NN, B, O, H2, 1, h2, H2, W3, O, 0, lg, O);
  float loss = 0;
  float gb3[O] = {0};
  for (int i = 0; i < B; i++) {
    float *l = lg + i * O, m = -1e30f, s = 0, e[O];
    for (int j = 0; j < O; j++) {
      l[j] += b3[j];
      m = l[j] > m ? l[j] : m;
    }
    for (int j = 0; j < O; j++) {
      e[j] = exp_F(l[j] - m);
      s += e[j];
    }
    loss += __builtin_logf(s) + m - l[y[i]];
    for (int j = 0; j < O; j++) {
      l[j] = (e[j] / s - (j == y[i])) * (1.0f / B);
      gb3[j] += l[j];
    }
  }
  cblas_sgemm(TN, H2, O, B, 1, h2, H2, lg, O, 0, gW3, O);
  cblas_sgemm(NT, B, H2, O, 1, lg, O, W3, O, 0, d2, H2);
  relu_b(d2, h2, b2, B, H2, lr);
  cblas_sgemm(NT, B, H1, H2, 1, d2, H2, W2, H2, 0, d1, H1);
  cblas_sgemm(TN, H1, H2, B, -lr, h1, H1, d2, H2, 1, W2, H2);
  relu_b(d1, h1, b1, B, H1, lr);
  cblas_sgemm(TN, I, H1, B, -lr, x, I, d1, H1, 1, W1, H1);
  axpy(W3, gW3, H2 * O, lr);
  for (int j = 0; j < O; j++)
    b3[j] -= lr * gb3[j];
  return loss / B;
}
void gemm_only(const float *W1, const float *W2, const float *W3, const float *x) {
  cblas_sgemm(NN, B, H1, I, 1, x, I, W1, H1, 0, h1, H1);
  cblas_sgemm(NN, B, H2, H1, 1, h1, H1, W2, H2, 0, h2, H2);
  cblas_sgemm(NN, B, O, H2, 1, h2, H2, W3, O, 0, lg, O);
  cblas_sgemm(TN, H2, O, B, 1, h2, H2, lg, O, 0, gW3, O);
  cblas_sgemm(NT, B, H2, O, 1, lg, O, W3, O, 0, d2, H2);
  cblas_sgemm(NT, B, H1, H2, 1, d2, H2, W2, H2, 0, d1, H1);
  cblas_sgemm(TN, H1, H2, B, 1, h1, H1, d2, H2, 0, gW2, H2);
  cblas_sgemm(TN, I, H1, B, 1, x, I, d1, H1, 0, gW1, H1);
}
