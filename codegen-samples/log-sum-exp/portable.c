/*
 * log_sum_exp_value_and_grad
 *   in  x: f64[256]
 *   out result: f64[]
 *   out x_gradient: f64[256]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "portable.h"
#include <math.h>

static double max_f64(double a, double b)
{
  return a > b || a != a ? a : b;
}

/* reduce_max, abs, lt, select, sub, exp, reduce_sum, eq, log, add, div, mul (GradCModels/Model+Scalars.swift:22) */
static void k0_reduce_max_exp_reduce_sum(const double *restrict x, double *restrict result, double *restrict x_gradient)
{
  double v0 = -INFINITY;
  for (int64_t i0 = 0; i0 < 256; ++i0) {
    v0 = max_f64(v0, x[i0]);
  }
  double v1 = 0.0;
  const double v2 = (fabs(v0) < INFINITY) ? v0 : 0.0;
  for (int64_t i0 = 0; i0 < 256; ++i0) {
    const double v3 = exp(x[i0] - v2);
    v1 += v3;
    x_gradient[i0] = v3;
  }
  const uint8_t v4 = v1 == 0.0;
  const double v5 = v4 ? 1.0 : v1;
  result[0] = v4 ? -INFINITY : (v2 + log(v5));
  const double v6 = v4 ? 0.0 : (1.0 / v5);
  for (int64_t i0 = 0; i0 < 256; ++i0) {
    const double v7 = x_gradient[i0];
    x_gradient[i0] = v7 * v6;
  }
}

void log_sum_exp_value_and_grad(const double *x, double *result, double *x_gradient, void *workspace)
{
  (void)workspace;
  k0_reduce_max_exp_reduce_sum(x, result, x_gradient);
}
