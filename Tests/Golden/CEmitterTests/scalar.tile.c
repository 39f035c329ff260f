/*
 * pendulum
 *   in  state: f64[2]
 *   in  n_: i32[]  n
 *   out out: f64[3]
 *   out count: i32[]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

int32_t scalar_div_i32(int32_t a, int32_t b);
double scalar_max_f64(double a, double b);
double scalar_sin_f64(double a);
static const uint64_t bits_f64_fff0000000000000 = 0xfff0000000000000ULL;

/* @ sin; mul; add */
static void k0_step(const double *state, const int32_t *n_, double *out, int32_t *count)
{
  double d0, d1;
  d0 = state[1] + ((-9.81 * scalar_sin_f64(state[0])) * 0.01);
  d1 = state[0] + (d0 * 0.01);
  out[0] = d1;
  out[1] = d0;
  out[2] = (scalar_max_f64(d1, d0) < *(const double *)&bits_f64_fff0000000000000) ? d1 : -9.81;
  count[0] = scalar_div_i32(n_[0] + (-2147483647 - 1), 7);
}

static void pendulum(const double *state, const int32_t *n_, double *out, int32_t *count, unsigned char *arena)
{
  k0_step(state, n_, out, count);
}

int gradc_entry(void *const *buffers)
{
  pendulum((const double *)buffers[0], (const int32_t *)buffers[1], (double *)buffers[2], (int32_t *)buffers[3], (unsigned char *)buffers[4]);
  return 0;
}
