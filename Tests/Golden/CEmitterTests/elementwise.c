/*
 * affine_tanh
 *   in  x: f32[64,1000]
 *   in  scale: f32[]
 *   in  bias: f32[1000]
 *   out y: f32[64,1000]
 *
 * Written by GradC. Arrays are dense and row-major, and no two of them overlap. Compile as C99 without
 * fast-math; outside a compiler's strict mode add -ffp-contract=off.
 */
#include "elementwise.h"
#include <math.h>

/* mul; add; tanh */
static void k0_affine(const float *restrict x, const float *restrict scale, const float *restrict bias, float *restrict y)
{
  for (int64_t i0 = 0; i0 < 64; ++i0) {
    for (int64_t i1 = 0; i1 < 1000; ++i1) {
      const float v0 = tanhf((x[1000 * i0 + i1] * scale[0]) + bias[i1]);
      y[1000 * i0 + i1] = v0 - (v0 * v0);
    }
  }
}

void affine_tanh(const float *x, const float *scale, const float *bias, float *y, void *workspace)
{
  (void)workspace;
  k0_affine(x, scale, bias, y);
}
