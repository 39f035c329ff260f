/*
 * column_sum
 *   in  x: f32[40,100]
 *   in  w: f32[40]
 *   out s: f32[100]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "column_sum.h"
#include <math.h>

/* mul; sum */
static void k0_weighted_columns(const float *restrict x, const float *restrict w, float *restrict s)
{
  for (int64_t i1 = 0; i1 < 100; ++i1) {
    float v0 = 0.0f;
    for (int64_t i0 = 0; i0 < 40; ++i0) {
      v0 += x[100 * i0 + i1] * w[i0];
    }
    s[i1] = v0;
  }
}

void column_sum(const float *x, const float *w, float *s, void *workspace)
{
  (void)workspace;
  k0_weighted_columns(x, w, s);
}
