/*
 * log_sum_exp_value_and_grad
 *   in  x: f64[256]
 *   out result: f64[]
 *   out x_gradient: f64[256]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

double lanes_add_f64(const double *acc);
void lanes_fill_f64(double *acc, double s);
double lanes_max_f64(const double *acc);
double scalar_abs_f64(double a);
double scalar_log_f64(double a);
void tile_exp_f64(double *d, const double *a, int64_t n);
void tile_mul_f64_vs(double *d, const double *a, double b, int64_t n);
void tile_reduce_add_f64(double *acc, const double *a, int64_t n);
void tile_reduce_max_f64(double *acc, const double *a, int64_t n);
void tile_sub_f64_vs(double *d, const double *a, double b, int64_t n);
static const uint64_t bits_f64_7ff0000000000000 = 0x7ff0000000000000ULL;
static const uint64_t bits_f64_fff0000000000000 = 0xfff0000000000000ULL;

/* @ reduce_max, abs, lt, select, sub, exp, reduce_sum, eq, log, add, div, mul (GradCModels/Model+Scalars.swift:22) */
static void k0_reduce_max_exp_reduce_sum(const double *x, double *result, double *x_gradient, unsigned char *scratch)
{
  enum { width = 256 };
  double *td0 = (double *)(scratch + 0);
  double *ad0 = (double *)(scratch + 2048);
  double d0, d1;
  uint8_t c0;
  lanes_fill_f64(ad0, *(const double *)&bits_f64_fff0000000000000);
  tile_reduce_max_f64(ad0, x, 256);
  d0 = lanes_max_f64(ad0);
  lanes_fill_f64(ad0, 0.0);
  d0 = (scalar_abs_f64(d0) < *(const double *)&bits_f64_7ff0000000000000) ? d0 : 0.0;
  for (int64_t i0 = 0; i0 < 256; i0 += width) {
    const int64_t n0 = 256 - i0 < width ? 256 - i0 : width;
    tile_sub_f64_vs(td0, x + i0, d0, n0);
    tile_exp_f64(x_gradient + i0, td0, n0);
    tile_reduce_add_f64(ad0, x_gradient + i0, n0);
  }
  d1 = lanes_add_f64(ad0);
  c0 = d1 == 0.0;
  d1 = c0 ? 1.0 : d1;
  result[0] = c0 ? *(const double *)&bits_f64_fff0000000000000 : (d0 + scalar_log_f64(d1));
  d1 = c0 ? 0.0 : (1.0 / d1);
  tile_mul_f64_vs(x_gradient, x_gradient, d1, 256);
}

static void log_sum_exp_value_and_grad(const double *x, double *result, double *x_gradient, unsigned char *arena)
{
  k0_reduce_max_exp_reduce_sum(x, result, x_gradient, arena + 0);
}

int gradc_entry(void *const *buffers)
{
  log_sum_exp_value_and_grad((const double *)buffers[0], (double *)buffers[1], (double *)buffers[2], (unsigned char *)buffers[3]);
  return 0;
}
