/*
 * lse_grad
 *   in  x: f64[2500]
 *   out x_gradient: f64[2500]
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

/* reduce_max (GradBenchModels/LogSumExp.swift:19); sub (GradBenchModels/LogSumExp.swift:18);
 * exp, reduce_sum, div, mul (GradBenchModels/LogSumExp.swift:20) */
static void k0_reduce_max_exp_reduce_sum(const double *restrict x, double *restrict x_gradient)
{
  double v0 = -INFINITY;
  for (int64_t i0 = 0; i0 < 2500; ++i0) {
    v0 = max_f64(v0, x[i0]);
  }
  double v1 = 0.0;
  for (int64_t i0 = 0; i0 < 2500; ++i0) {
    const double v2 = exp(x[i0] - v0);
    v1 += v2;
    x_gradient[i0] = v2;
  }
  const double v3 = 1.0 / v1;
  for (int64_t i0 = 0; i0 < 2500; ++i0) {
    const double v4 = x_gradient[i0];
    x_gradient[i0] = v4 * v3;
  }
}

void lse_grad(const double *x, double *x_gradient, void *workspace)
{
  (void)workspace;
  k0_reduce_max_exp_reduce_sum(x, x_gradient);
}
