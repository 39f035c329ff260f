/*
 * formula_value_and_grad
 *   in  x: f64[]
 *   in  y: f64[]
 *   out result: f64[]
 *   out x_gradient: f64[]
 *   out y_gradient: f64[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "portable.h"
#include <math.h>

/* mul, neg, add, sub (GradCModels/Model+Scalars.swift:6);
 * cos, exp, mul, sin (GradCModels/Model+Scalars.swift:7) */
static void k0_cos_exp_add(const double *restrict x, const double *restrict y, double *restrict result, double *restrict x_gradient, double *restrict y_gradient)
{
  const double v0 = x[0] * y[0];
  const double v1 = cos(v0);
  const double v2 = exp(-y[0]);
  const double v3 = (x[0] * x[0]) * v2;
  result[0] = sin(v0) + v3;
  y_gradient[0] = (x[0] * v1) - v3;
  x_gradient[0] = (x[0] * (v2 * 2.0)) + (y[0] * v1);
}

void formula_value_and_grad(const double *x, const double *y, double *result, double *x_gradient, double *y_gradient, void *workspace)
{
  (void)workspace;
  k0_cos_exp_add(x, y, result, x_gradient, y_gradient);
}
