/*
 * newton
 *   in  a: f64[]
 *   out root: f64[]
 *   out trips: i64[]
 *   out slope: f64[]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "while.h"
#include <math.h>
#include <stdlib.h>

/* Rows that a loop records whose number of iterations is not known before. */
struct tape { void *rows; int64_t capacity; };

/* Makes room for rows; nonzero if there is no memory. */
static int reserve_rows(struct tape *tape, int64_t rows, int64_t row_bytes)
{
  int64_t bytes;
  void *memory;
  if (row_bytes > 0 && rows > INT64_MAX / row_bytes) return 1;
  bytes = rows * row_bytes;
  if (tape->rows && bytes <= tape->capacity) return 0;
  if (bytes < 2 * tape->capacity) bytes = 2 * tape->capacity;
  if (bytes < 64) bytes = 64;
  if ((uint64_t)bytes > SIZE_MAX) return 1;
  memory = realloc(tape->rows, (size_t)bytes);
  if (!memory) return 1;
  tape->rows = memory;
  tape->capacity = bytes;
  return 0;
}

/* k0_start */
static void k0_start(const double *restrict a, double *restrict slope, double *restrict x)
{
  x[0] = a[0];
  slope[0] = 1.0;
}

/* k7_end */
static void k7_end(double *restrict root, const double *restrict x)
{
  root[0] = x[0];
}

int newton(const double *a, double *root, int64_t *trips, double *slope, void *workspace)
{
  double *x = (double *)((unsigned char *)workspace + 0);
  uint8_t *goes_on = (uint8_t *)((unsigned char *)workspace + 64);
  int64_t *t = (int64_t *)((unsigned char *)workspace + 128);
  int32_t *parity = (int32_t *)((unsigned char *)workspace + 192);
  struct tape steps = {0, 0};
  int status = 1;
  k0_start(a, slope, x);
  /* while (Newton.swift:5) */
  int64_t t_2;
  for (t_2 = 0; t_2 < 100; ++t_2) {
    t[0] = t_2;
    /* sub, abs, gt (Newton.swift:5) */
    goes_on[0] = fabs((x[0] * x[0]) - a[0]) > 1e-12;
    if (!goes_on[0]) break;
    if (reserve_rows(&steps, t_2 + 1, 8) != 0) goto done;
    double *x_t_ = (double *)steps.rows + t_2;
    /* div, add, mul (Newton.swift:6) */
    {
      const double v0 = x[0];
      x_t_[0] = v0;
      x[0] = (v0 + (a[0] / v0)) * 0.5;
      parity[0] = (int32_t)(uint32_t)t[0];
    }
    /* switch (Newton.swift:7) */
    if (parity[0] == 1) {
      /* neg (Newton.swift:8) */
      slope[0] = -slope[0];
    } else if (parity[0] > 1) {
      for (int64_t t_4 = 0; t_4 < 2; ++t_4) {
        /* abs (Newton.swift:9) */
        slope[0] = fabs(slope[0]);
      }
    }
  }
  trips[0] = t_2;
  /* transposed while (Newton.swift:5) */
  const int64_t count = trips[0] < 0 ? 0 : trips[0] < 100 ? trips[0] : 100;
  if (reserve_rows(&steps, count, 8) != 0) goto done;
  for (int64_t t_3 = 0; t_3 < count; ++t_3) {
    const double *x_back = (const double *)steps.rows + (count - 1 - t_3);
    /* cond (Newton.swift:11) */
    if (goes_on[0]) {
      /* mul (Newton.swift:6) */
      slope[0] = slope[0] * x_back[0];
    } else {
      /* div (Newton.swift:6) */
      slope[0] = slope[0] / x_back[0];
    }
  }
  k7_end(root, x);
  status = 0;
done:
  free(steps.rows);
  return status;
}
