/*
 * formula_value_and_grad
 *   in  x: f64[]
 *   in  y: f64[]
 *   out result: f64[]
 *   out x_gradient: f64[]
 *   out y_gradient: f64[]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

double scalar_exp_f64(double a);
double scalar_sincos_f64(double a, double *c);

/* @ mul, neg, add, sub (GradCModels/Model+Scalars.swift:6);
 * cos, exp, mul, sin (GradCModels/Model+Scalars.swift:7) */
static void k0_cos_exp_add(const double *x, const double *y, double *result, double *x_gradient, double *y_gradient)
{
  double d0, d1, d2, d3;
  d0 = x[0] * y[0];
  d2 = scalar_sincos_f64(d0, &d1);
  d0 = scalar_exp_f64(-y[0]);
  d3 = (x[0] * x[0]) * d0;
  result[0] = d2 + d3;
  y_gradient[0] = (x[0] * d1) - d3;
  x_gradient[0] = (x[0] * (d0 * 2.0)) + (y[0] * d1);
}

static void formula_value_and_grad(const double *x, const double *y, double *result, double *x_gradient, double *y_gradient, unsigned char *arena)
{
  k0_cos_exp_add(x, y, result, x_gradient, y_gradient);
}

int gradc_entry(void *const *buffers)
{
  formula_value_and_grad((const double *)buffers[0], (const double *)buffers[1], (double *)buffers[2], (double *)buffers[3], (double *)buffers[4], (unsigned char *)buffers[5]);
  return 0;
}
