/*
 * linear_regression_value_and_grad
 *   in  w: f32[8]
 *   in  b: f32[]
 *   in  x: f32[64,8]
 *   in  y: f32[64]
 *   out result: f32[]
 *   out w_gradient: f32[8]
 *   out b_gradient: f32[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "portable.h"
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

/* add, sub, reduce_sum (GradCModels/Model+Learning.swift:9);
 * mul, reduce_sum, div (GradCModels/Model+Learning.swift:13) */
static void k1_reduce_sum_div_mul(const float *restrict b, const float *restrict y, float *restrict result, float *restrict b_gradient, float *restrict mul)
{
  float v0 = 0.0f;
  float v1 = 0.0f;
  for (int64_t i0 = 0; i0 < 64; ++i0) {
    const float v2 = mul[i0];
    const float v3 = (v2 + b[0]) - y[i0];
    v0 += v3 * v3;
    const float v4 = v3 * 0.03125f;
    v1 += v4;
    mul[i0] = v4;
  }
  b_gradient[0] = v1;
  result[0] = v0 / 64.0f;
}

void linear_regression_value_and_grad(const float *w, const float *b, const float *x, const float *y, float *result, float *w_gradient, float *b_gradient, void *workspace)
{
  float *mul = (float *)((unsigned char *)workspace + 0);
  /* dot_general (GradCModels/Model+Learning.swift:13) */
  gemm_f32(64, 1, 8, x, 8, 1, w, 1, 1, mul, 1, 0);
  k1_reduce_sum_div_mul(b, y, result, b_gradient, mul);
  /* dot_general (GradCModels/Model+Learning.swift:13) */
  gemm_f32(8, 1, 64, x, 1, 8, mul, 1, 1, w_gradient, 1, 0);
}
