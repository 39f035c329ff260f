/*
 * rnn
 *   in  x: f32[10,3]
 *   in  w: f32[4,4]
 *   in  h0: f32[4]
 *   out hs: f32[10,4]
 *   out energy: f32[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "scan.h"
#include <math.h>

/* c = a b, or c += a b; matrices are given by the steps between rows and between columns. */
static void gemm_f32(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_column,
  const float *b, int64_t b_row, int64_t b_column, float *c, int64_t c_row, int accumulate)
{
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      float sum = accumulate ? c[i * c_row + j] : 0;
      for (int64_t p = 0; p < k; ++p)
        sum += a[i * a_row + p * a_column] * b[p * b_row + j * b_column];
      c[i * c_row + j] = sum;
    }
  }
}

/* copy (Rnn.swift:10) */
static void k0_copy(const float *restrict h0, float *restrict energy, float *restrict h)
{
  energy[0] = 0.0f;
  for (int64_t i0 = 0; i0 < 4; ++i0) {
    h[i0] = h0[i0];
  }
}

/* add, tanh (Rnn.swift:15) */
static void k3_tanh(float *restrict h, const float *restrict wh, const float *restrict drive, float *restrict h_t_)
{
  for (int64_t i0 = 0; i0 < 4; ++i0) {
    const float v0 = tanhf(wh[i0] + drive[0]);
    h[i0] = v0;
    h_t_[i0] = v0;
  }
}

void rnn(const float *x, const float *w, const float *h0, float *hs, float *energy, void *workspace)
{
  float *h = (float *)((unsigned char *)workspace + 0);
  float *wh = (float *)((unsigned char *)workspace + 64);
  float *drive = (float *)((unsigned char *)workspace + 128);
  k0_copy(h0, energy, h);
  /* scan (Rnn.swift:12) */
  for (int64_t t = 0; t < 10; ++t) {
    const float *x_t_ = x + 27 - 3 * t;
    float *h_t_ = hs + 36 - 4 * t;
    /* dot (Rnn.swift:13) */
    gemm_f32(1, 4, 4, h, 4, 1, w, 4, 1, wh, 4, 0);
    /* mul, add (Rnn.swift:14) */
    drive[0] = (x_t_[0] * x_t_[1]) + x_t_[2];
    k3_tanh(h, wh, drive, h_t_);
    /* add (Rnn.swift:16) */
    {
      const float v0 = drive[0] * drive[0];
      energy[0] = (energy[0] + v0) + (sinf(v0) + v0);
    }
  }
}
