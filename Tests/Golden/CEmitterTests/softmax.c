/*
 * softmax
 *   in  x: f32[16,300]
 *   out y: f32[16,300]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "softmax.h"
#include <math.h>

static float max_f32(float a, float b)
{
  return a > b || a != a ? a : b;
}

/* max; sub; exp; sum; div */
static void k0_softmax(const float *restrict x, float *restrict y)
{
  for (int64_t i0 = 0; i0 < 16; ++i0) {
    float v0 = -INFINITY;
    for (int64_t i1 = 0; i1 < 300; ++i1) {
      v0 = max_f32(v0, x[300 * i0 + i1]);
    }
    float v1 = 0.0f;
    for (int64_t i1 = 0; i1 < 300; ++i1) {
      const float v2 = expf(x[300 * i0 + i1] - v0);
      y[300 * i0 + i1] = v2;
      v1 += v2;
    }
    for (int64_t i1 = 0; i1 < 300; ++i1) {
      const float v3 = y[300 * i0 + i1];
      y[300 * i0 + i1] = v3 / v1;
    }
  }
}

void softmax(const float *x, float *y, void *workspace)
{
  (void)workspace;
  k0_softmax(x, y);
}
