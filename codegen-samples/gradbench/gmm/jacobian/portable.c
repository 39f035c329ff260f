/*
 * gmm_grad
 *   in  alpha: f64[5]
 *   in  mu: f64[5,2]
 *   in  q: f64[5,2]
 *   in  l: f64[5,1]
 *   in  x: f64[1000,2]
 *   out alpha_gradient: f64[5]
 *   out mu_gradient: f64[5,2]
 *   out q_gradient: f64[5,2]
 *   out l_gradient: f64[5,1]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "portable.h"
#include <math.h>

static int64_t clamp_index(int64_t index, int64_t limit)
{
  return index < 0 ? 0 : index < limit ? index : limit - 1;
}

/* c = a b, or c += a b; matrices are given by the steps between rows and between columns. */
static void gemm_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t a_row, int64_t a_column,
  const double *b, int64_t b_row, int64_t b_column, double *c, int64_t c_row, int accumulate)
{
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = accumulate ? c[i * c_row + j] : 0;
      for (int64_t p = 0; p < k; ++p)
        sum += a[i * a_row + p * a_column] * b[p * b_row + j * b_column];
      c[i * c_row + j] = sum;
    }
  }
}

static double max_f64(double a, double b)
{
  return a > b || a != a ? a : b;
}

/* exp (GradBenchModels/GaussianMixture.swift:63); reduce_sum (GradBenchModels/GaussianMixture.swift:64) */
static void k0_exp_reduce_sum(const double *restrict q, double *restrict q_gradient, double *restrict reduce_sum)
{
  for (int64_t i0 = 0; i0 < 5; ++i0) {
    const double v0 = q[2 * i0];
    q_gradient[2 * i0] = exp(v0);
    const double v1 = q[2 * i0 + 1];
    q_gradient[2 * i0 + 1] = exp(v1);
    reduce_sum[i0] = v0 + v1;
  }
}

/* scatter_set (GradBenchModels/GaussianMixture.swift:83) */
static void k1_scatter_set(double *restrict add)
{
  for (int64_t i1 = 0; i1 < 20; ++i1) {
    add[i1] = 0.0;
  }
}

/* scatter_set (GradBenchModels/GaussianMixture.swift:83) */
static void k2_scatter_set(const double *restrict l, double *restrict add)
{
  for (int64_t i0 = 0; i0 < 5; ++i0) {
    add[4 * i0 + clamp_index(2, 4)] = l[i0];
  }
}

/* eq, select (GradBenchModels/GaussianMixture.swift:84); add (GradBenchModels/GaussianMixture.swift:62) */
static void k3_add(const double *restrict q_gradient, double *restrict add)
{
  for (int64_t i0 = 0; i0 < 5; ++i0) {
    for (int64_t i1 = 0; i1 < 2; ++i1) {
      const double v0 = q_gradient[2 * i0 + i1];
      const int64_t v1 = (int64_t)(i1);
      for (int64_t i2 = 0; i2 < 2; ++i2) {
        const double v2 = add[4 * i0 + 2 * i1 + i2];
        add[4 * i0 + 2 * i1 + i2] = v2 + (((int64_t)(i2) == v1) ? v0 : 0.0);
      }
    }
  }
}

/* sub (GradBenchModels/GaussianMixture.swift:62);
 * mul, reduce_sum (GradBenchModels/GaussianMixture.swift:67) */
static void k6_reduce_sum(const double *restrict dot_general, const double *restrict dot_general_2, double *restrict reduce_sum_2)
{
  for (int64_t i0 = 0; i0 < 1000; ++i0) {
    for (int64_t i1 = 0; i1 < 5; ++i1) {
      const double v0 = dot_general[10 * i0 + 2 * i1] - dot_general_2[2 * i1];
      const double v1 = dot_general[10 * i0 + 2 * i1 + 1] - dot_general_2[2 * i1 + 1];
      reduce_sum_2[5 * i0 + i1] = (v0 * v0) + (v1 * v1);
    }
  }
}

/* mul, add, sub (GradBenchModels/GaussianMixture.swift:62);
 * reduce_max, abs, lt, select, sub, exp, reduce_sum, eq, div (GradBenchModels/GaussianMixture.swift:69) */
static void k7_reduce_max_exp_reduce_sum(const double *restrict alpha, const double *restrict reduce_sum, const double *restrict reduce_sum_2, double *restrict exp_, double *restrict select_)
{
  const double v0 = alpha[0] + reduce_sum[0];
  const double v1 = alpha[1] + reduce_sum[1];
  const double v2 = alpha[2] + reduce_sum[2];
  const double v3 = alpha[3] + reduce_sum[3];
  const double v4 = alpha[4] + reduce_sum[4];
  for (int64_t i0 = 0; i0 < 1000; ++i0) {
    const double v5 = v0 - (reduce_sum_2[5 * i0] * 0.5);
    const double v6 = v1 - (reduce_sum_2[5 * i0 + 1] * 0.5);
    const double v7 = v2 - (reduce_sum_2[5 * i0 + 2] * 0.5);
    const double v8 = v3 - (reduce_sum_2[5 * i0 + 3] * 0.5);
    const double v9 = v4 - (reduce_sum_2[5 * i0 + 4] * 0.5);
    const double v10 = max_f64(max_f64(max_f64(max_f64(v5, v6), v7), v8), v9);
    const double v11 = (fabs(v10) < INFINITY) ? v10 : 0.0;
    const double v12 = exp(v5 - v11);
    exp_[5 * i0] = v12;
    const double v13 = exp(v6 - v11);
    exp_[5 * i0 + 1] = v13;
    const double v14 = exp(v7 - v11);
    exp_[5 * i0 + 2] = v14;
    const double v15 = exp(v8 - v11);
    exp_[5 * i0 + 3] = v15;
    const double v16 = exp(v9 - v11);
    exp_[5 * i0 + 4] = v16;
    const double v17 = (((v12 + v13) + v14) + v15) + v16;
    const uint8_t v18 = v17 == 0.0;
    select_[i0] = v18 ? 0.0 : (1.0 / (v18 ? 1.0 : v17));
  }
}

/* reduce_max, abs, lt, select, sub, exp, reduce_sum (GradBenchModels/GaussianMixture.swift:69) */
static void k8_reduce_max_exp_reduce_sum(const double *restrict alpha, double *restrict alpha_gradient, double *restrict reduce_sum_3)
{
  const double v0 = max_f64(max_f64(max_f64(max_f64(alpha[0], alpha[1]), alpha[2]), alpha[3]), alpha[4]);
  const double v1 = (fabs(v0) < INFINITY) ? v0 : 0.0;
  const double v2 = exp(alpha[0] - v1);
  alpha_gradient[0] = v2;
  const double v3 = exp(alpha[1] - v1);
  alpha_gradient[1] = v3;
  const double v4 = exp(alpha[2] - v1);
  alpha_gradient[2] = v4;
  const double v5 = exp(alpha[3] - v1);
  alpha_gradient[3] = v5;
  const double v6 = exp(alpha[4] - v1);
  alpha_gradient[4] = v6;
  reduce_sum_3[0] = (((v2 + v3) + v4) + v5) + v6;
}

/* mul, eq, select, div (GradBenchModels/GaussianMixture.swift:69);
 * reduce_sum, add (GradBenchModels/GaussianMixture.swift:62);
 * mul (GradBenchModels/GaussianMixture.swift:69);
 * mul, sub, neg, reduce_sum (GradBenchModels/GaussianMixture.swift:62);
 * mul (GradBenchModels/GaussianMixture.swift:67) */
static void k9_reduce_sum_add_mul_reduce_sum(double *restrict alpha_gradient, const double *restrict dot_general, const double *restrict dot_general_2, const double *restrict exp_, const double *restrict reduce_sum_3, const double *restrict select_, double *restrict reduce_sum_4, double *restrict mul, double *restrict reduce_sum_5)
{
  const uint8_t v0 = reduce_sum_3[0] == 0.0;
  const double v1 = v0 ? 0.0 : (-1000.0 / (v0 ? 1.0 : reduce_sum_3[0]));
  for (int64_t i1 = 0; i1 < 5; ++i1) {
    double v2 = 0.0;
    double v3 = 0.0;
    double v4 = 0.0;
    const double v5 = dot_general_2[2 * i1];
    const double v6 = dot_general_2[2 * i1 + 1];
    for (int64_t i0 = 0; i0 < 1000; ++i0) {
      const double v7 = exp_[5 * i0 + i1] * select_[i0];
      v2 += v7;
      const double v8 = (v7 * -0.5) * 2.0;
      const double v9 = (dot_general[10 * i0 + 2 * i1] - v5) * v8;
      mul[10 * i0 + 2 * i1] = v9;
      v3 += -v9;
      const double v10 = (dot_general[10 * i0 + 2 * i1 + 1] - v6) * v8;
      mul[10 * i0 + 2 * i1 + 1] = v10;
      v4 += -v10;
    }
    reduce_sum_4[i1] = v2;
    const double v11 = alpha_gradient[i1];
    alpha_gradient[i1] = (v11 * v1) + v2;
    reduce_sum_5[2 * i1] = v3;
    reduce_sum_5[2 * i1 + 1] = v4;
  }
}

/* sub, add (GradBenchModels/GaussianMixture.swift:66);
 * eq, select, reduce_sum (GradBenchModels/GaussianMixture.swift:84);
 * mul, add (GradBenchModels/GaussianMixture.swift:63); add (GradBenchModels/GaussianMixture.swift:62) */
static void k13_add_reduce_sum(double *restrict q_gradient, const double *restrict add, const double *restrict reduce_sum_4, const double *restrict dot_general_3, const double *restrict dot_general_4, double *restrict add_2)
{
  const int64_t v0 = (int64_t)(0);
  const int64_t v1 = (int64_t)(1);
  for (int64_t i0 = 0; i0 < 5; ++i0) {
    const double v2 = reduce_sum_4[i0] + 0.0;
    for (int64_t i1 = 0; i1 < 2; ++i1) {
      const double v3 = (dot_general_3[4 * i0 + 2 * i1] - add[4 * i0 + 2 * i1]) + dot_general_4[4 * i0 + 2 * i1];
      add_2[4 * i0 + 2 * i1] = v3;
      const double v4 = (dot_general_3[4 * i0 + 2 * i1 + 1] - add[4 * i0 + 2 * i1 + 1]) + dot_general_4[4 * i0 + 2 * i1 + 1];
      add_2[4 * i0 + 2 * i1 + 1] = v4;
      const double v5 = q_gradient[2 * i0 + i1];
      q_gradient[2 * i0 + i1] = v2 + (v5 * (((v0 == (int64_t)(i1)) ? v3 : 0.0) + ((v1 == (int64_t)(i1)) ? v4 : 0.0)));
    }
  }
}

/* scatter_set (GradBenchModels/GaussianMixture.swift:83) */
static void k14_scatter_set(int64_t *restrict scatter_set)
{
  for (int64_t i0 = 0; i0 < 4; ++i0) {
    scatter_set[i0] = 0LL;
  }
}

/* scatter_set (GradBenchModels/GaussianMixture.swift:83) */
static void k15_scatter_set(int64_t *restrict scatter_set)
{
  scatter_set[clamp_index(2, 4)] = (int64_t)(0);
}

/* take, eq, select (GradBenchModels/GaussianMixture.swift:83) */
static void k16_select(double *restrict l_gradient, const double *restrict add_2, const int64_t *restrict scatter_set)
{
  const uint8_t v0 = (int64_t)(0) == scatter_set[clamp_index(2, 4)];
  for (int64_t i0 = 0; i0 < 5; ++i0) {
    l_gradient[i0] = v0 ? add_2[4 * i0 + clamp_index(2, 4)] : 0.0;
  }
}

void gmm_grad(const double *alpha, const double *mu, const double *q, const double *l, const double *x, double *alpha_gradient, double *mu_gradient, double *q_gradient, double *l_gradient, void *workspace)
{
  double *add = (double *)((unsigned char *)workspace + 208000);
  double *reduce_sum = (double *)((unsigned char *)workspace + 120000);
  double *dot_general = (double *)((unsigned char *)workspace + 0);
  double *dot_general_2 = (double *)((unsigned char *)workspace + 208192);
  double *reduce_sum_2 = (double *)((unsigned char *)workspace + 80000);
  double *exp_ = (double *)((unsigned char *)workspace + 160000);
  double *reduce_sum_3 = (double *)((unsigned char *)workspace + 208448);
  double *select_ = (double *)((unsigned char *)workspace + 200000);
  double *reduce_sum_4 = (double *)((unsigned char *)workspace + 208512);
  double *mul = (double *)((unsigned char *)workspace + 80000);
  double *reduce_sum_5 = (double *)((unsigned char *)workspace + 208320);
  double *dot_general_3 = (double *)((unsigned char *)workspace + 160000);
  double *dot_general_4 = (double *)((unsigned char *)workspace + 160192);
  double *add_2 = (double *)((unsigned char *)workspace + 160384);
  int64_t *scatter_set = (int64_t *)((unsigned char *)workspace + 0);
  k0_exp_reduce_sum(q, q_gradient, reduce_sum);
  k1_scatter_set(add);
  k2_scatter_set(l, add);
  k3_add(q_gradient, add);
  /* dot_general (GradBenchModels/GaussianMixture.swift:66) */
  gemm_f64(1000, 10, 2, x, 2, 1, add, 1, 2, dot_general, 10, 0);
  /* dot_general (GradBenchModels/GaussianMixture.swift:66) */
  for (int64_t i0 = 0; i0 < 5; ++i0)
    gemm_f64(1, 2, 2, mu + 2 * i0, 2, 1, add + 4 * i0, 1, 2, dot_general_2 + 2 * i0, 2, 0);
  k6_reduce_sum(dot_general, dot_general_2, reduce_sum_2);
  k7_reduce_max_exp_reduce_sum(alpha, reduce_sum, reduce_sum_2, exp_, select_);
  k8_reduce_max_exp_reduce_sum(alpha, alpha_gradient, reduce_sum_3);
  k9_reduce_sum_add_mul_reduce_sum(alpha_gradient, dot_general, dot_general_2, exp_, reduce_sum_3, select_, reduce_sum_4, mul, reduce_sum_5);
  /* dot_general (GradBenchModels/GaussianMixture.swift:66) */
  for (int64_t i0 = 0; i0 < 5; ++i0)
    gemm_f64(1, 2, 2, reduce_sum_5 + 2 * i0, 2, 1, add + 4 * i0, 2, 1, mu_gradient + 2 * i0, 2, 0);
  /* dot_general (GradBenchModels/GaussianMixture.swift:66) */
  for (int64_t i0 = 0; i0 < 5; ++i0)
    gemm_f64(2, 2, 1, reduce_sum_5 + 2 * i0, 1, 1, mu + 2 * i0, 2, 1, dot_general_3 + 4 * i0, 2, 0);
  /* dot_general (GradBenchModels/GaussianMixture.swift:66) */
  gemm_f64(10, 2, 1000, mul, 1, 10, x, 2, 1, dot_general_4, 2, 0);
  k13_add_reduce_sum(q_gradient, add, reduce_sum_4, dot_general_3, dot_general_4, add_2);
  k14_scatter_set(scatter_set);
  k15_scatter_set(scatter_set);
  k16_select(l_gradient, add_2, scatter_set);
}
