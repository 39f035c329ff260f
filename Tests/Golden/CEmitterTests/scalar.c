/*
 * pendulum
 *   in  state: f64[2]
 *   in  n_: i32[]  n
 *   out out: f64[3]
 *   out count: i32[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "scalar.h"
#include <math.h>

static int32_t add_i32(int32_t a, int32_t b)
{
  return (int32_t)((uint32_t)a + (uint32_t)b);
}

static int32_t div_i32(int32_t a, int32_t b)
{
  if (b == 0) return 0;
  return b == -1 ? (int32_t)(0 - (uint32_t)a) : a / b;
}

static double max_f64(double a, double b)
{
  return a > b || a != a ? a : b;
}

/* sin; mul; add */
static void k0_step(const double *restrict state, const int32_t *restrict n_, double *restrict out, int32_t *restrict count)
{
  const double v0 = state[1] + ((-9.81 * sin(state[0])) * 0.01);
  const double v1 = state[0] + (v0 * 0.01);
  out[0] = v1;
  out[1] = v0;
  out[2] = (max_f64(v1, v0) < -INFINITY) ? v1 : -9.81;
  count[0] = div_i32(add_i32(n_[0], (-2147483647 - 1)), 7);
}

void pendulum(const double *state, const int32_t *n_, double *out, int32_t *count, void *workspace)
{
  (void)workspace;
  k0_step(state, n_, out, count);
}
