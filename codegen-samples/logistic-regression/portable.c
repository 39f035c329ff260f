/*
 * logistic_regression_value_and_grad
 *   in  w: f32[16]
 *   in  b: f32[]
 *   in  x: f32[128,16]
 *   in  y: f32[128]
 *   out result: f32[]
 *   out w_gradient: f32[16]
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

static float logistic_f32(float x)
{
  return 1.0f / (1.0f + expf(-x));
}

static float max_f32(float a, float b)
{
  return a > b || a != a ? a : b;
}

/* mul, logistic, sub, abs, neg, exp, log1p, max, add, reduce_sum (GradCModels/Model+Learning.swift:26);
 * add, mul, sub, reduce_sum (GradCModels/Model+Learning.swift:22) */
static void k1_reduce_sum_sub(const float *restrict b, const float *restrict y, float *restrict result, float *restrict b_gradient, float *restrict sub)
{
  float v0 = 0.0f;
  float v1 = 0.0f;
  for (int64_t i0 = 0; i0 < 128; ++i0) {
    const float v2 = y[i0];
    const float v3 = sub[i0];
    const float v4 = v3 + b[0];
    v0 += (max_f32(v4, 0.0f) + log1pf(expf(-fabsf(v4)))) - (v2 * v4);
    const float v5 = (logistic_f32(v4) * 0.0078125f) - (v2 * 0.0078125f);
    v1 += v5;
    sub[i0] = v5;
  }
  result[0] = v0;
  b_gradient[0] = v1;
}

/* mul, reduce_sum, div (GradCModels/Model+Learning.swift:26);
 * mul, add (GradCModels/Model+Learning.swift:22) */
static void k2_reduce_sum_add(const float *restrict w, float *restrict result)
{
  float v0 = 0.0f;
  for (int64_t i0 = 0; i0 < 16; ++i0) {
    const float v1 = w[i0];
    v0 += v1 * v1;
  }
  result[0] = (result[0] / 128.0f) + (v0 * 0.01f);
}

/* mul, add (GradCModels/Model+Learning.swift:26) */
static void k4_add(const float *restrict w, float *restrict w_gradient)
{
  for (int64_t i0 = 0; i0 < 16; ++i0) {
    const float v0 = w_gradient[i0];
    w_gradient[i0] = (w[i0] * 0.02f) + v0;
  }
}

void logistic_regression_value_and_grad(const float *w, const float *b, const float *x, const float *y, float *result, float *w_gradient, float *b_gradient, void *workspace)
{
  float *sub = (float *)((unsigned char *)workspace + 0);
  /* dot_general (GradCModels/Model+Learning.swift:26) */
  gemm_f32(128, 1, 16, x, 16, 1, w, 1, 1, sub, 1, 0);
  k1_reduce_sum_sub(b, y, result, b_gradient, sub);
  k2_reduce_sum_add(w, result);
  /* dot_general (GradCModels/Model+Learning.swift:26) */
  gemm_f32(16, 1, 128, x, 1, 16, sub, 1, 1, w_gradient, 1, 0);
  k4_add(w, w_gradient);
}
