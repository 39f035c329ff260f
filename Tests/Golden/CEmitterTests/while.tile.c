/*
 * newton
 *   in  a: f64[]
 *   out root: f64[]
 *   out trips: i64[]
 *   out slope: f64[]
 *
 * Written by GradC for libtcc and GradC's runtime.
 */
typedef signed int int32_t;
typedef signed long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
struct gradc_tape { void *rows; int64_t capacity; };

int32_t gradc_tape_reserve(void *tape, int64_t rows, int64_t row_bytes);
double scalar_abs_f64(double a);

/* @ k0_start */
static void k0_start(const double *a, double *slope, double *x)
{
  x[0] = a[0];
  slope[0] = 1.0;
}

/* @ k7_end */
static void k7_end(double *root, const double *x)
{
  root[0] = x[0];
}

static int newton(const double *a, double *root, int64_t *trips, double *slope, unsigned char *arena, struct gradc_tape *tapes)
{
  double x[1];
  uint8_t goes_on[1];
  int64_t t[1];
  int32_t parity[1];
  struct gradc_tape *steps = tapes + 0;
  k0_start(a, slope, x);
  /* @ while (Newton.swift:5) */
  int64_t t_2;
  for (t_2 = 0; t_2 < 100; ++t_2) {
    t[0] = t_2;
    /* @ sub, abs, gt (Newton.swift:5) */
    goes_on[0] = scalar_abs_f64((x[0] * x[0]) - a[0]) > 1e-12;
    if (!goes_on[0]) break;
    if (gradc_tape_reserve(steps, t_2 + 1, 8)) return 1;
    double *x_t_ = (double *)steps->rows + t_2;
    /* @ div, add, mul (Newton.swift:6) */
    {
      double d0;
      d0 = x[0];
      x_t_[0] = d0;
      x[0] = (d0 + (a[0] / d0)) * 0.5;
      parity[0] = (int32_t)t[0];
    }
    /* @ switch (Newton.swift:7) */
    if (parity[0] == 1) {
      /* @ neg (Newton.swift:8) */
      slope[0] = -slope[0];
    } else if (parity[0] > 1) {
      for (int64_t t_4 = 0; t_4 < 2; ++t_4) {
        /* @ abs (Newton.swift:9) */
        slope[0] = scalar_abs_f64(slope[0]);
      }
    }
  }
  trips[0] = t_2;
  /* @ transposed while (Newton.swift:5) */
  const int64_t count = trips[0] < 0 ? 0 : trips[0] < 100 ? trips[0] : 100;
  if (gradc_tape_reserve(steps, count, 8)) return 1;
  for (int64_t t_3 = 0; t_3 < count; ++t_3) {
    const double *x_back = (const double *)steps->rows + (count - 1 - t_3);
    /* @ cond (Newton.swift:11) */
    if (goes_on[0]) {
      /* @ mul (Newton.swift:6) */
      slope[0] = slope[0] * x_back[0];
    } else {
      /* @ div (Newton.swift:6) */
      slope[0] = slope[0] / x_back[0];
    }
  }
  k7_end(root, x);
  return 0;
}

int gradc_entry(void *const *buffers)
{
  return newton((const double *)buffers[0], (double *)buffers[1], (int64_t *)buffers[2], (double *)buffers[3], (unsigned char *)buffers[4], (struct gradc_tape *)(buffers + 5));
}
