/*
 * dense
 *   in  x: f32[4,6]
 *   in  w_0: f32[10,6]  w.0
 *   out y: f32[4]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "dense.h"
#include <math.h>

static const float b[10] = {
  0.5f, -0.25f, 1.0f, 2.0f, 0.1f, 0.0f, -1.5f, 3.0f,
  1e-40f, 0.75f,
};

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

/* add; mul; sum */
static void k1_row_norm(const float *restrict z, float *restrict y)
{
  for (int64_t i0 = 0; i0 < 4; ++i0) {
    float v0 = 0.0f;
    for (int64_t i1 = 0; i1 < 10; ++i1) {
      const float v1 = z[10 * i0 + i1] + b[i1];
      v0 += v1 * v1;
    }
    y[i0] = sqrtf(v0);
  }
}

void dense(const float *x, const float *w_0, float *y, void *workspace)
{
  float *z = (float *)((unsigned char *)workspace + 64);
  /* dot */
  gemm_f32(4, 10, 6, x, 6, 1, w_0, 1, 6, z, 10, 0);
  k1_row_norm(z, y);
}
