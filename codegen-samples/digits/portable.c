/*
 * digits_value_and_grad
 *   in  layers_0_weight: f32[64,128]  layers[0].weight
 *   in  layers_0_bias: f32[128]  layers[0].bias
 *   in  layers_1_weight: f32[128,64]  layers[1].weight
 *   in  layers_1_bias: f32[64]  layers[1].bias
 *   in  layers_2_weight: f32[64,10]  layers[2].weight
 *   in  layers_2_bias: f32[10]  layers[2].bias
 *   in  images: f32[32,64]
 *   in  labels: i32[32]
 *   out result: f32[]
 *   out layers_0_weight_gradient: f32[64,128]  layers[0].weight_gradient
 *   out layers_0_bias_gradient: f32[128]  layers[0].bias_gradient
 *   out layers_1_weight_gradient: f32[128,64]  layers[1].weight_gradient
 *   out layers_1_bias_gradient: f32[64]  layers[1].bias_gradient
 *   out layers_2_weight_gradient: f32[64,10]  layers[2].weight_gradient
 *   out layers_2_bias_gradient: f32[10]  layers[2].bias_gradient
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

static float max_f32(float a, float b)
{
  return a > b || a != a ? a : b;
}

/* add (GradCModels/Model+Learning.swift:54); le, select (GradCModels/Model+Learning.swift:76) */
static void k1_select(const float *restrict layers_0_bias, float *restrict select_, const float *restrict select__4)
{
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    for (int64_t i1 = 0; i1 < 128; ++i1) {
      const float v0 = select__4[128 * i0 + i1] + layers_0_bias[i1];
      select_[128 * i0 + i1] = (v0 <= 0.0f) ? 0.0f : v0;
    }
  }
}

/* add (GradCModels/Model+Learning.swift:54); le, select (GradCModels/Model+Learning.swift:76) */
static void k3_select(const float *restrict layers_1_bias, float *restrict select__2, const float *restrict select__3)
{
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    for (int64_t i1 = 0; i1 < 64; ++i1) {
      const float v0 = select__3[64 * i0 + i1] + layers_1_bias[i1];
      select__2[64 * i0 + i1] = (v0 <= 0.0f) ? 0.0f : v0;
    }
  }
}

/* add, mul, neg (GradCModels/Model+Learning.swift:54);
 * reduce_max, eq, cast, reduce_sum, abs, lt, select, sub, exp, log, div, mul (GradCModels/Model+Learning.swift:56) */
static void k5_reduce_max_exp_reduce_sum(const float *restrict layers_2_bias, const int32_t *restrict labels, const float *restrict dot_general, float *restrict reduce_sum, float *restrict sub)
{
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    float v0 = -INFINITY;
    float v1 = 0.0f;
    const int32_t v2 = labels[i0];
    for (int64_t i1 = 0; i1 < 10; ++i1) {
      v0 = max_f32(v0, dot_general[10 * i0 + i1] + layers_2_bias[i1]);
      v1 += ((v2 == (int32_t)(i1)) ? 1.0f : 0.0f) * 0.03125f;
    }
    float v3 = 0.0f;
    const float v4 = (fabsf(v0) < INFINITY) ? v0 : 0.0f;
    for (int64_t i1 = 0; i1 < 10; ++i1) {
      const float v5 = expf((dot_general[10 * i0 + i1] + layers_2_bias[i1]) - v4);
      v3 += v5;
      sub[10 * i0 + i1] = v5;
    }
    const float v6 = logf(v3);
    float v7 = 0.0f;
    const float v8 = v1 / v3;
    for (int64_t i1 = 0; i1 < 10; ++i1) {
      const float v9 = (v2 == (int32_t)(i1)) ? 1.0f : 0.0f;
      const float v10 = sub[10 * i0 + i1];
      sub[10 * i0 + i1] = (v10 * v8) - (v9 * 0.03125f);
      v7 += -(v9 * (((dot_general[10 * i0 + i1] + layers_2_bias[i1]) - v4) - v6));
    }
    reduce_sum[i0] = v7;
  }
}

/* reduce_sum, div (GradCModels/Model+Learning.swift:56) */
static void k6_reduce_sum_div(float *restrict result, const float *restrict reduce_sum)
{
  float v0 = 0.0f;
  for (int64_t i0 = 0; i0 < 32; ++i0) {
    v0 += reduce_sum[i0];
  }
  result[0] = v0 / 32.0f;
}

/* reduce_sum (GradCModels/Model+Learning.swift:54) */
static void k7_reduce_sum(float *restrict layers_2_bias_gradient, const float *restrict sub)
{
  for (int64_t i1 = 0; i1 < 10; ++i1) {
    float v0 = 0.0f;
    for (int64_t i0 = 0; i0 < 32; ++i0) {
      v0 += sub[10 * i0 + i1];
    }
    layers_2_bias_gradient[i1] = v0;
  }
}

/* add, reduce_sum (GradCModels/Model+Learning.swift:54);
 * le, select (GradCModels/Model+Learning.swift:76) */
static void k10_select_reduce_sum(const float *restrict layers_1_bias, float *restrict layers_1_bias_gradient, const float *restrict dot_general_2, float *restrict select__3)
{
  for (int64_t i1 = 0; i1 < 64; ++i1) {
    float v0 = 0.0f;
    const float v1 = layers_1_bias[i1];
    for (int64_t i0 = 0; i0 < 32; ++i0) {
      const float v2 = select__3[64 * i0 + i1];
      const float v3 = ((v2 + v1) <= 0.0f) ? 0.0f : dot_general_2[64 * i0 + i1];
      select__3[64 * i0 + i1] = v3;
      v0 += v3;
    }
    layers_1_bias_gradient[i1] = v0;
  }
}

/* add, reduce_sum (GradCModels/Model+Learning.swift:54);
 * le, select (GradCModels/Model+Learning.swift:76) */
static void k13_select_reduce_sum(const float *restrict layers_0_bias, float *restrict layers_0_bias_gradient, const float *restrict dot_general_3, float *restrict select__4)
{
  for (int64_t i1 = 0; i1 < 128; ++i1) {
    float v0 = 0.0f;
    const float v1 = layers_0_bias[i1];
    for (int64_t i0 = 0; i0 < 32; ++i0) {
      const float v2 = select__4[128 * i0 + i1];
      const float v3 = ((v2 + v1) <= 0.0f) ? 0.0f : dot_general_3[128 * i0 + i1];
      select__4[128 * i0 + i1] = v3;
      v0 += v3;
    }
    layers_0_bias_gradient[i1] = v0;
  }
}

void digits_value_and_grad(const float *layers_0_weight, const float *layers_0_bias, const float *layers_1_weight, const float *layers_1_bias, const float *layers_2_weight, const float *layers_2_bias, const float *images, const int32_t *labels, float *result, float *layers_0_weight_gradient, float *layers_0_bias_gradient, float *layers_1_weight_gradient, float *layers_1_bias_gradient, float *layers_2_weight_gradient, float *layers_2_bias_gradient, void *workspace)
{
  float *select_ = (float *)((unsigned char *)workspace + 16384);
  float *select__2 = (float *)((unsigned char *)workspace + 40960);
  float *dot_general = (float *)((unsigned char *)workspace + 49152);
  float *reduce_sum = (float *)((unsigned char *)workspace + 50432);
  float *sub = (float *)((unsigned char *)workspace + 50560);
  float *dot_general_2 = (float *)((unsigned char *)workspace + 40960);
  float *select__3 = (float *)((unsigned char *)workspace + 32768);
  float *dot_general_3 = (float *)((unsigned char *)workspace + 16384);
  float *select__4 = (float *)((unsigned char *)workspace + 0);
  /* dot_general (GradCModels/Model+Learning.swift:56) */
  gemm_f32(32, 128, 64, images, 64, 1, layers_0_weight, 128, 1, select__4, 128, 0);
  k1_select(layers_0_bias, select_, select__4);
  /* dot_general (GradCModels/Model+Learning.swift:56) */
  gemm_f32(32, 64, 128, select_, 128, 1, layers_1_weight, 64, 1, select__3, 64, 0);
  k3_select(layers_1_bias, select__2, select__3);
  /* dot_general (GradCModels/Model+Learning.swift:56) */
  gemm_f32(32, 10, 64, select__2, 64, 1, layers_2_weight, 10, 1, dot_general, 10, 0);
  k5_reduce_max_exp_reduce_sum(layers_2_bias, labels, dot_general, reduce_sum, sub);
  k6_reduce_sum_div(result, reduce_sum);
  k7_reduce_sum(layers_2_bias_gradient, sub);
  /* dot_general (GradCModels/Model+Learning.swift:56) */
  gemm_f32(64, 10, 32, select__2, 1, 64, sub, 10, 1, layers_2_weight_gradient, 10, 0);
  /* dot_general (GradCModels/Model+Learning.swift:56) */
  gemm_f32(32, 64, 10, sub, 10, 1, layers_2_weight, 1, 10, dot_general_2, 64, 0);
  k10_select_reduce_sum(layers_1_bias, layers_1_bias_gradient, dot_general_2, select__3);
  /* dot_general (GradCModels/Model+Learning.swift:56) */
  gemm_f32(128, 64, 32, select_, 1, 128, select__3, 64, 1, layers_1_weight_gradient, 64, 0);
  /* dot_general (GradCModels/Model+Learning.swift:56) */
  gemm_f32(32, 128, 64, select__3, 64, 1, layers_1_weight, 1, 64, dot_general_3, 128, 0);
  k13_select_reduce_sum(layers_0_bias, layers_0_bias_gradient, dot_general_3, select__4);
  /* dot_general (GradCModels/Model+Learning.swift:56) */
  gemm_f32(64, 128, 32, images, 1, 64, select__4, 128, 1, layers_0_weight_gradient, 128, 0);
}
