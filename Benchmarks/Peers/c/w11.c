// LSTM T=100, I=32, H=64, B=32: mean(h^2) and gradient; OpenBLAS sgemm + fused cell loops (row-major, gates
// i,f,g,o).
#include "vmath.h"
#include <cblas.h>
#include <string.h>
#undef I
enum { T = 100, B = 32, I = 32, H = 64, G = 256 };
static float xw[T * B * G] __attribute__((aligned(64))), hs[(T + 1) * B * H] __attribute__((aligned(64))),
    cs[(T + 1) * B * H] __attribute__((aligned(64))), tc[T * B * H] __attribute__((aligned(64))),
    dh[B * H] __attribute__((aligned(64))), dc[B * H] __attribute__((aligned(64)));
INL float sig(float x) {
  return 0.5f + 0.5f * tanh_F(0.5f * x);
}
float w11(const float *Wx, const float *Wh, const float *b, const float *x, float *gWx, float *gWh,
          float *gb) {
  memset(hs, 0, B * H * 4);
  memset(cs, 0, B * H * 4);
  for (int i = 0; i < T * B; i++)
    memcpy(xw + i * G, b, G * 4);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, T * B, G, I, 1, x, I, Wx, G, 1, xw, G);
  float acc = 0;
  for (int t = 0; t < T; t++) {
    float *g = xw + t * B * G;
    const float *h = hs + t * B * H, *c = cs + t * B * H;
    float *hn = hs + (t + 1) * B * H, *cn = cs + (t + 1) * B * H, *tt = tc + t * B * H;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, B, G, H, 1, h, H, Wh, G, 1, g, G);
    for (int r = 0; r < B; r++) {
      float *q = g + r * G;
      for (int j = 0; j < H; j++) {
        float i = sig(q[j]), f = sig(q[H + j]), gg = tanh_F(q[2 * H + j]), o = sig(q[3 * H + j]);
        float cc = f * c[r * H + j] + i * gg, th = tanh_F(cc);
        q[j] = i;
        q[H + j] = f;
        q[2 * H + j] = gg;
        q[3 * H + j] = o;
        cn[r * H + j] = cc;
        tt[r * H + j] = th;
        float hh = o * th;
        hn[r * H + j] = hh;
        acc += hh * hh;
      }
    }
  }
  memset(dh, 0, sizeof dh);
  memset(dc, 0, sizeof dc);
  memset(gb, 0, G * 4);
  const float sc = 2.0f / (T * B * H);
  for (int t = T - 1; t >= 0; t--) {
    float *g = xw + t * B * G;
    const float *c = cs + t * B * H, *hn = hs + (t + 1) * B * H, *tt = tc + t * B * H;
    for (int r = 0; r < B; r++) {
      float *q = g + r * G;
      for (int j = 0; j < H; j++) {
        float i = q[j], f = q[H + j], gg = q[2 * H + j], o = q[3 * H + j], th = tt[r * H + j];
        float d = dh[r * H + j] + sc * hn[r * H + j];
        float dcc = dc[r * H + j] + d * o * (1 - th * th);
        dc[r * H + j] = dcc * f;
        q[j] = dcc * gg * i * (1 - i);
        q[H + j] = dcc * c[r * H + j] * f * (1 - f);
        q[2 * H + j] = dcc * i * (1 - gg * gg);
        q[3 * H + j] = d * th * o * (1 - o);
      }
      for (int j = 0; j < G; j++)
        gb[j] += q[j];
    }
    if (t)
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, B, H, G, 1, g, G, Wh, G, 0, dh, H);
  }
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, H, G, T * B, 1, hs, H, xw, G, 0, gWh, G);
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, I, G, T * B, 1, x, I, xw, G, 0, gWx, G);
  return acc / (T * B * H);
}
