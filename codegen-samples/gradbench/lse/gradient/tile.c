/*
 * lse_grad
 *   in  x: f64[2500]
 *   out x_gradient: f64[2500]
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
void tile_exp_f64(double *d, const double *a, int64_t n);
void tile_mul_f64_vs(double *d, const double *a, double b, int64_t n);
void tile_reduce_add_f64(double *acc, const double *a, int64_t n);
void tile_reduce_max_f64(double *acc, const double *a, int64_t n);
void tile_sub_f64_vs(double *d, const double *a, double b, int64_t n);
static const uint64_t bits_f64_fff0000000000000 = 0xfff0000000000000ULL;

/* @ reduce_max (GradBenchModels/LogSumExp.swift:19); sub (GradBenchModels/LogSumExp.swift:18);
 * exp, reduce_sum, div, mul (GradBenchModels/LogSumExp.swift:20) */
static void k0_reduce_max_exp_reduce_sum(const double *x, double *x_gradient, unsigned char *scratch)
{
  enum { width = 2048 };
  double *td0 = (double *)(scratch + 0);
  double *ad0 = (double *)(scratch + 16384);
  double d0;
  lanes_fill_f64(ad0, *(const double *)&bits_f64_fff0000000000000);
  tile_reduce_max_f64(ad0, x, 2500);
  d0 = lanes_max_f64(ad0);
  lanes_fill_f64(ad0, 0.0);
  for (int64_t i0 = 0; i0 < 2500; i0 += width) {
    const int64_t n0 = 2500 - i0 < width ? 2500 - i0 : width;
    tile_sub_f64_vs(td0, x + i0, d0, n0);
    tile_exp_f64(x_gradient + i0, td0, n0);
    tile_reduce_add_f64(ad0, x_gradient + i0, n0);
  }
  d0 = 1.0 / lanes_add_f64(ad0);
  tile_mul_f64_vs(x_gradient, x_gradient, d0, 2500);
}

static void lse_grad(const double *x, double *x_gradient, unsigned char *arena)
{
  k0_reduce_max_exp_reduce_sum(x, x_gradient, arena + 0);
}

int gradc_entry(void *const *buffers)
{
  lse_grad((const double *)buffers[0], (double *)buffers[1], (unsigned char *)buffers[2]);
  return 0;
}
